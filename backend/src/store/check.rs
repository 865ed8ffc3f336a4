//! Whether the database is consistent: everything that is derived is derived again and compared.

use std::fmt;

use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::{Store, TaskRecord, entity::event, events::log_head, export::read_record, fault};
use crate::task::{Best, Event, Happening, Result, TaskId, TrialCounts, TrialState, mark_front};

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    task: Option<TaskId>,
    what: String,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.task {
            Some(task) => write!(f, "task {task}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl Store {
    /// Derives counters, best values, versions and sequences again from trials and events, and names
    /// everything that differs.
    pub async fn check(&self) -> Result<Vec<Discrepancy>> {
        let ids = self.all_task_ids().await?;
        let mut found = Vec::new();
        for id in ids {
            let snapshot = self.snapshot().await?;
            if let Some(record) = read_record(&snapshot, id).await? {
                let events = events_of(&snapshot, id).await?;
                let about = |what| Discrepancy { task: Some(id), what };
                found.extend(check_trials(&record).into_iter().map(about));
                found.extend(check_events(&record, &events).into_iter().map(about));
            }
            snapshot.rollback().await.map_err(fault)?;
        }
        found.extend(self.check_log().await?);
        Ok(found)
    }

    async fn check_log(&self) -> Result<Vec<Discrepancy>> {
        let snapshot = self.snapshot().await?;
        let head = log_head(self.kind(), &snapshot).await?;
        let last = event::Entity::find()
            .order_by_desc(event::Column::Position)
            .one(&snapshot)
            .await
            .map_err(fault)?;
        snapshot.rollback().await.map_err(fault)?;
        let last = last.map_or(0, |last| last.position);
        // A purge may have taken the last events, never add one.
        Ok(match head {
            Some(head) if last <= head => Vec::new(),
            head => vec![Discrepancy {
                task: None,
                what: format!("the log says it ends at {head:?}, its last event is {last}"),
            }],
        })
    }
}

async fn events_of(connection: &DatabaseTransaction, id: TaskId) -> Result<Vec<Event>> {
    event::Entity::find()
        .filter(event::Column::TaskId.eq(id.uuid()))
        .order_by_asc(event::Column::Position)
        .all(connection)
        .await
        .map_err(fault)?
        .into_iter()
        .map(Event::try_from)
        .collect()
}

fn check_trials(record: &TaskRecord) -> Vec<String> {
    let mut found = Vec::new();
    let TaskRecord { task, settings, model_state: _, trials, reports: _ } = record;
    let mut counts = TrialCounts::default();
    let mut best: Option<Best> = None;
    let mut marked = trials.clone();
    for index in mark_front(&settings.objectives, &mut marked) {
        found.push(format!("trial {} is marked wrongly for the front", trials[index].id.number));
    }
    let (mut returned, mut handed_out) = (0, 0);
    for (trial, number) in trials.iter().zip(1..) {
        counts.add(trial.state, 1);
        handed_out += i64::from(trial.lease_token > 0);
        returned += i64::from(trial.state == TrialState::Waiting && trial.lease_token > 0);
        let leased = trial.state == TrialState::Running;
        if leased != trial.lease_expires_at.is_some() || (leased && trial.lease_token == 0) {
            found.push(format!("trial {number} is {}, its lease says otherwise", trial.state));
        }
        if trial.id.number != number {
            found.push(format!("trial {number} is missing"));
        }
        best = Best::after(best, trial, &settings.objectives);
    }
    if counts != task.trial_counts {
        found.push(format!("counts {:?}, its trials {counts:?}", task.trial_counts));
    }
    if (returned, handed_out) != (task.returned, task.handed_out) {
        found.push(format!(
            "{} returned and {} handed out, its trials {returned} and {handed_out}",
            task.returned, task.handed_out
        ));
    }
    if best != task.best {
        found.push(format!("best {:?}, its trials {best:?}", task.best));
    }
    found
}

fn check_events(record: &TaskRecord, events: &[Event]) -> Vec<String> {
    let mut found = Vec::new();
    let task = &record.task;
    let mut before: Option<&Event> = None;
    let mut strategist = None;
    for event in events {
        let change = &event.change;
        let imported = matches!(change.what, Happening::Imported { .. });
        let version_before = before.map_or(0, |event| event.change.version);
        let sequence_before = before.map_or(0, |event| event.change.sequence);
        if change.sequence != sequence_before + 1 {
            found.push(format!("event {} follows {sequence_before}", change.sequence));
        }
        // A file brings its own version.
        let expected = version_before + i64::from(change.what.bumps_version());
        if !imported && change.version != expected {
            found.push(format!(
                "event {} has version {}, not {expected}",
                change.sequence, change.version
            ));
        }
        if let Happening::StrategyClaimed { strategist: name, token, .. } = &change.what {
            strategist = Some((name, *token));
        } else if imported || matches!(change.what, Happening::StrategyReleased { .. }) {
            strategist = None;
        }
        before = Some(event);
    }
    let held = task.strategist.as_ref().map(|held| (&held.name, held.token));
    if held != strategist {
        found.push(format!("the strategist is {held:?}, by its events {strategist:?}"));
    }
    let (sequence, version) =
        before.map_or((0, 0), |event| (event.change.sequence, event.change.version));
    if (sequence, version) != (task.sequence, task.version) {
        found.push(format!(
            "at sequence {} and version {}, its events at {sequence} and {version}",
            task.sequence, task.version
        ));
    }
    found
}
