//! Whole tasks, for export and import.

use std::collections::BTreeMap;

use sea_orm::ColumnTrait as _;
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{
    Store, Tx,
    entity::{model_state, report, task, task_settings, trial},
    fault,
    transaction::Transaction,
};
use crate::task::{
    Error, JsonValue, Result, StepReport, Task, TaskId, TaskSettings, Trial, TrialNumber,
};

/// A task with everything that belongs to it, but for its history.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRecord {
    /// The task.
    pub task: Task,
    /// Its documents.
    pub settings: TaskSettings,
    /// Its model state, if it has one.
    pub model_state: Option<JsonValue>,
    /// Its trials, by number.
    pub trials: Vec<Trial>,
    /// What workers told of its trials on the way to their results, by number and step.
    pub reports: BTreeMap<TrialNumber, Vec<StepReport>>,
}

impl TaskRecord {
    /// Whether another record tells the same of a task, with that task in the place of its own. The sequence is the
    /// log's, not the task's; its place in the queue, its claim and what its next points stand on are this server's.
    #[must_use]
    pub fn same_content(&self, there: &Task, other: &Self) -> bool {
        let task = Task {
            sequence: there.sequence,
            retry_at: there.retry_at,
            waiting_since: there.waiting_since,
            work_since: there.work_since,
            claim: there.claim.clone(),
            claim_token: there.claim_token,
            given_back: there.given_back,
            strategist: there.strategist.clone(),
            strategy_token: there.strategy_token,
            points_since: there.points_since,
            basis: there.basis,
            ..self.task.clone()
        };
        task == *there
            && self.settings == other.settings
            && self.model_state == other.model_state
            && self.trials == other.trials
            && self.reports == other.reports
    }
}

/// What can be read of a task, and what cannot.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadableRecord {
    /// The task; none if its own rows cannot be read.
    pub record: Option<TaskRecord>,
    /// The rows that cannot be read, each with why, in words.
    pub unreadable: Vec<String>,
}

impl Tx {
    /// A task that this transaction has locked, with everything that belongs to it.
    pub async fn task_record(&mut self, id: TaskId) -> Result<Option<TaskRecord>> {
        read_record(self.flushed().await?, id).await
    }
}

impl Store {
    /// The ids of all tasks, the deleted ones too, oldest first.
    pub async fn all_task_ids(&self) -> Result<Vec<TaskId>> {
        let ids: Vec<sea_orm::prelude::Uuid> = task::Entity::find()
            .select_only()
            .column(task::Column::Id)
            .order_by_asc(task::Column::CreatedAt)
            .order_by_asc(task::Column::Id)
            .into_tuple()
            .all(&self.reader)
            .await
            .map_err(fault)?;
        Ok(ids.into_iter().map(TaskId::from).collect())
    }

    /// A task with everything that belongs to it, as it is at one moment, without the rows that cannot be read.
    pub async fn readable_record(&self, id: TaskId) -> Result<Option<ReadableRecord>> {
        let snapshot = self.snapshot().await?;
        let record = read_what_is_readable(&snapshot, id).await?;
        snapshot.roll_back().await;
        Ok(record)
    }

    /// A transaction that sees the database as it is at its first read, whatever is written meanwhile.
    pub(super) async fn snapshot(&self) -> Result<Transaction> {
        self.reader.snapshot().await.map_err(fault)
    }
}

/// A task with everything that belongs to it; an error if a row cannot be read.
async fn read_record(connection: &Transaction, id: TaskId) -> Result<Option<TaskRecord>> {
    match read_what_is_readable(connection, id).await? {
        None => Ok(None),
        Some(ReadableRecord { record: Some(record), unreadable }) if unreadable.is_empty() => {
            Ok(Some(record))
        }
        Some(ReadableRecord { unreadable, .. }) => {
            Err(Error::storage(format!("task {id}: {}", unreadable.join("; "))))
        }
    }
}

/// The same without the rows that cannot be read.
pub(super) async fn read_what_is_readable(
    connection: &Transaction,
    id: TaskId,
) -> Result<Option<ReadableRecord>> {
    let Some(row) = task::Entity::find_by_id(id.uuid()).one(connection).await.map_err(fault)?
    else {
        return Ok(None);
    };
    let settings = task_settings::Entity::find_by_id(id.uuid()).one(connection).await;
    let settings = settings.map_err(fault)?;
    let state = model_state::Entity::find_by_id(id.uuid()).one(connection).await.map_err(fault)?;
    let rows = trial::Entity::find()
        .filter(trial::Column::TaskId.eq(id.uuid()))
        .order_by_asc(trial::Column::Number)
        .all(connection)
        .await
        .map_err(fault)?;
    let mut unreadable = Vec::new();
    let mut trials = Vec::with_capacity(rows.len());
    for row in rows {
        let number = row.number;
        let what = format!("trial {number}");
        trials.extend(readable(Trial::try_from(row), &what, &mut unreadable));
    }
    let settings = settings
        .ok_or_else(|| Error::storage(format!("task {id} has no settings")))
        .and_then(TaskSettings::try_from);
    let task = readable(Task::try_from(row), "the task", &mut unreadable);
    let settings = readable(settings, "its settings", &mut unreadable);
    let state = state.map(|row| row.document()).transpose();
    let model_state = readable(state, "its model state", &mut unreadable).flatten();
    let reports = read_reports(connection, id, &mut unreadable).await?;
    let record = task.zip(settings).map(|(task, settings)| TaskRecord {
        task,
        settings,
        model_state,
        trials,
        reports,
    });
    Ok(Some(ReadableRecord { record, unreadable }))
}

/// What was read; none if it could not be, which is noted.
fn readable<T>(read: Result<T>, what: &str, unreadable: &mut Vec<String>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(error) => {
            let mut words = format!("{what} cannot be read: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(deeper) = cause {
                words = format!("{words}: {deeper}");
                cause = deeper.source();
            }
            unreadable.push(words);
            None
        }
    }
}

async fn read_reports(
    connection: &Transaction,
    id: TaskId,
    unreadable: &mut Vec<String>,
) -> Result<BTreeMap<TrialNumber, Vec<StepReport>>> {
    let rows = report::Entity::find()
        .filter(report::Column::TaskId.eq(id.uuid()))
        .order_by_asc(report::Column::Number)
        .order_by_asc(report::Column::Step)
        .all(connection)
        .await
        .map_err(fault)?;
    let mut reports: BTreeMap<TrialNumber, Vec<StepReport>> = BTreeMap::new();
    for row in rows {
        let (number, step) = (row.number, row.step);
        let what = format!("step {step} of trial {number}");
        if let Some(report) = readable(StepReport::try_from(row), &what, unreadable) {
            reports.entry(number).or_default().push(report);
        }
    }
    Ok(reports)
}
