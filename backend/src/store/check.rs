//! Whether the database is consistent: everything that is derived is derived again and compared.

use std::fmt;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::{
    Store, TaskRecord,
    compact::strategist_after,
    entity::{baseline, document, event},
    events::log_head,
    export::{ReadableRecord, read_what_is_readable},
    fault,
    find::Found,
    history::{baseline_of, past},
    transaction::Transaction,
};
use crate::task::{
    Best, Error, Event, Happening, JsonValue, Moment, PastSettings, PastSpace, PastTask, Result,
    TaskId, TaskSettings, TrialCounts, TrialState, Version, mark_front,
};

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
    /// Derives counters, best values, versions, sequences and settings again from trials and events, and
    /// names everything that differs.
    pub async fn check(&self) -> Result<Vec<Discrepancy>> {
        let ids = self.all_task_ids().await?;
        let mut found = Vec::new();
        let mut findable = Found::default();
        for id in ids {
            let snapshot = self.snapshot().await?;
            if let Some(ReadableRecord { record, unreadable }) =
                read_what_is_readable(&snapshot, id).await?
            {
                let about = |what| Discrepancy { task: Some(id), what };
                found.extend(unreadable.into_iter().map(about));
                if let Some(record) = record {
                    let more = self.check_record(&snapshot, &record, &mut findable).await?;
                    found.extend(more.into_iter().map(about));
                }
            }
            snapshot.roll_back().await;
        }
        let snapshot = self.snapshot().await?;
        let more = findable.check_rest(self.kind, &snapshot).await?;
        found.extend(more.map(|what| Discrepancy { task: None, what }));
        snapshot.roll_back().await;
        found.extend(self.check_log().await?);
        Ok(found)
    }

    async fn check_record(
        &self,
        snapshot: &Transaction,
        record: &TaskRecord,
        findable: &mut Found,
    ) -> Result<Vec<String>> {
        let TaskRecord { task, settings, .. } = record;
        let events = events_of(snapshot, task.id).await?;
        let baseline = Baseline::of(baseline_of(snapshot, task.id).await?)?;
        let mut found = check_trials(record);
        found.extend(findable.check(self.kind, snapshot, task, settings).await?);
        found.extend(check_events(record, &events, baseline));
        match past(snapshot, task.id, Moment::Version(task.version)).await {
            Ok(past) => found.extend(check_history(record, past)),
            Err(error @ Error::Storage(_)) => return Err(error),
            Err(error) => found.push(format!("its history: {error}")),
        }
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
        snapshot.roll_back().await;
        let last = last.map_or(0, |last| last.position);
        // A purge or a cut may have taken the last events, never add one.
        Ok(match head {
            Some(head) if last <= head => Vec::new(),
            head => vec![Discrepancy {
                task: None,
                what: format!("the log says it ends at {head:?}, its last event is {last}"),
            }],
        })
    }
}

async fn events_of(connection: &Transaction, id: TaskId) -> Result<Vec<Event>> {
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
    let (mut returned, mut handed_out, mut failures) = (0, 0, 0);
    for (trial, number) in trials.iter().zip(1..) {
        counts.add(trial.state, 1);
        handed_out += i64::from(trial.counts_in_budget());
        failures += i64::from(trial.counts_as_failure());
        returned += i64::from(trial.state == TrialState::Waiting && trial.lease_token > 0);
        let leased = trial.state == TrialState::Running;
        if leased != trial.lease_expires_at.is_some() || (leased && trial.lease_token == 0) {
            found.push(format!("trial {number} is {}, its lease says otherwise", trial.state));
        }
        if trial.in_space != trial.lies_in_space(settings) {
            found.push(format!("trial {number} is marked wrongly as to the space"));
        }
        if !(1..=task.space_version).contains(&trial.space_version) {
            let (its, present) = (trial.space_version, task.space_version);
            found.push(format!("trial {number} has space version {its}, its task {present}"));
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
    if failures != task.failures {
        found.push(format!("{} failures, its trials {failures}", task.failures));
    }
    if best != task.best {
        found.push(format!("best {:?}, its trials {best:?}", task.best));
    }
    found
}

/// What is left of the events that were compacted.
#[derive(Debug, Default)]
struct Baseline {
    version: Version,
    removed: i64,
    strategist: Option<(String, i64)>,
}

impl Baseline {
    fn of(row: Option<baseline::Model>) -> Result<Self> {
        let Some(row) = row else { return Ok(Self::default()) };
        let held = row.strategist.map(|held| document("baseline.strategist", &held)).transpose()?;
        Ok(Self { version: row.version, removed: row.removed, strategist: held })
    }
}

fn check_events(record: &TaskRecord, events: &[Event], baseline: Baseline) -> Vec<String> {
    let mut found = Vec::new();
    let task = &record.task;
    let Baseline { mut version, removed, mut strategist } = baseline;
    let mut sequence = removed;
    for event in events {
        let change = &event.change;
        let (what, bumps) = (&change.what, change.what.bumps_version());
        // Of what lies before, only the events of versions are left.
        if change.sequence > removed {
            if change.sequence != sequence + 1 {
                found.push(format!("event {} follows {sequence}", change.sequence));
            }
            sequence = change.sequence;
            strategist = strategist_after(what, strategist);
        } else if !bumps {
            found.push(format!("event {} is left of what was compacted", change.sequence));
        }
        // A file brings its own version.
        let expected = version + i64::from(bumps);
        if !matches!(what, Happening::Imported { .. }) && change.version != expected {
            found.push(format!(
                "event {} has version {}, not {expected}",
                change.sequence, change.version
            ));
        }
        version = change.version;
    }
    let held = task.strategist.as_ref().map(|held| (held.name.to_string(), held.token));
    if held != strategist {
        found.push(format!("the strategist is {held:?}, by its events {strategist:?}"));
    }
    if (sequence, version) != (task.sequence, task.version) {
        found.push(format!(
            "at sequence {} and version {}, its events at {sequence} and {version}",
            task.sequence, task.version
        ));
    }
    found
}

/// Whether the history tells of the latest version what the task is.
fn check_history(record: &TaskRecord, past: PastTask) -> Vec<String> {
    let TaskRecord { task, settings, model_state: _, trials: _, reports: _ } = record;
    let PastTask { told, settings: past } = past;
    let PastSettings {
        name,
        description,
        parameter_space,
        objectives,
        strategy,
        metadata,
        priority,
        owner,
        labels,
        tags,
        budget,
        constraints,
        policy,
        pruning,
    } = past;
    let parameter_space = match parameter_space {
        PastSpace::None => None,
        PastSpace::Known(space) => Some(*space),
        PastSpace::CandidatesUnknown => settings.parameter_space.clone(),
    };
    let past = TaskSettings {
        parameter_space,
        objectives,
        strategy,
        metadata,
        constraints,
        policy,
        pruning,
    };
    let parent = told.settings.get("parentId").and_then(JsonValue::as_str).map(str::to_owned);
    let known = |field: &str| !told.unknown.contains(field);
    let claim = task.claim.as_ref().map(|claim| (&claim.runner, claim.token));
    let claim_told = told.claim.as_ref().map(|claim| (&claim.runner, claim.token));
    let same = [
        ("settings", past == *settings),
        ("name", name == task.name),
        ("description", description == task.description),
        ("priority", priority == task.priority),
        ("owner", owner == task.owner),
        ("labels", labels == task.labels),
        ("tags", tags == task.tags),
        ("parentId", parent == task.lineage.parent().map(|id| id.to_string())),
        ("budget", budget == task.budget),
        ("status", told.status == task.status),
        ("statusReason", told.status_reason == task.status_reason),
        ("createdAt", told.created_at == Some(task.created_at)),
        ("updatedAt", told.updated_at == Some(task.updated_at)),
        ("startedAt", told.started_at == task.started_at),
        ("finishedAt", told.finished_at == task.finished_at),
        ("deletedAt", told.deleted_at == task.deleted_at),
        ("claim", claim_told == claim),
        ("pausedWith", told.paused_with == task.paused_with),
    ];
    let differ = same.into_iter().filter(|(field, same)| !same && known(field));
    differ.map(|(field, _)| format!("its history tells of another {field}")).collect()
}
