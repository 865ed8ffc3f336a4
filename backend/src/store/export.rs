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

    /// A task with everything that belongs to it, as it is at one moment.
    pub async fn task_record(&self, id: TaskId) -> Result<Option<TaskRecord>> {
        let snapshot = self.snapshot().await?;
        let record = read_record(&snapshot, id).await?;
        snapshot.roll_back().await;
        Ok(record)
    }

    /// A transaction that sees the database as it is at its first read, whatever is written meanwhile.
    pub(super) async fn snapshot(&self) -> Result<Transaction> {
        self.reader.snapshot().await.map_err(fault)
    }
}

pub(super) async fn read_record(
    connection: &Transaction,
    id: TaskId,
) -> Result<Option<TaskRecord>> {
    let Some(row) = task::Entity::find_by_id(id.uuid()).one(connection).await.map_err(fault)?
    else {
        return Ok(None);
    };
    let settings = task_settings::Entity::find_by_id(id.uuid())
        .one(connection)
        .await
        .map_err(fault)?
        .ok_or_else(|| Error::storage(format!("task {id} has no settings")))?;
    let state = model_state::Entity::find_by_id(id.uuid()).one(connection).await.map_err(fault)?;
    let trials = trial::Entity::find()
        .filter(trial::Column::TaskId.eq(id.uuid()))
        .order_by_asc(trial::Column::Number)
        .all(connection)
        .await
        .map_err(fault)?;
    Ok(Some(TaskRecord {
        task: row.try_into()?,
        settings: settings.try_into()?,
        model_state: state.map(|row| row.document()).transpose()?,
        trials: trials.into_iter().map(Trial::try_from).collect::<Result<_>>()?,
        reports: read_reports(connection, id).await?,
    }))
}

async fn read_reports(
    connection: &Transaction,
    id: TaskId,
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
        reports.entry(row.number).or_default().push(row.try_into()?);
    }
    Ok(reports)
}
