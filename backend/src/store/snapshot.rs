//! The database as it is at one moment, read in pieces.

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{
    DatabaseKind, Store,
    entity::{event, micros, proposal, task, task_settings, trial, warm_start},
    events::log_head,
    fault,
    transaction::Transaction,
};
use crate::task::{
    Error, Event, Position, Prepared, Result, Task, TaskId, TaskSettings, Timestamp, Trial,
    TrialNumber,
};

/// The database at one moment, whatever is written meanwhile. To be ended soon.
#[derive(Debug)]
pub struct Snapshot(Transaction, DatabaseKind);

/// What is kept of the proposals of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The points that are ready, whatever they stand on.
    pub prepared: Prepared,
    /// What the model has learned, as it was written down.
    pub model: Option<String>,
    /// Which server computes more points, and until when at the latest.
    pub computing: Option<(String, i64)>,
}

impl Kept {
    /// Whether another server than this one computes points now.
    #[must_use]
    pub fn computed_elsewhere(&self, server: &str, now: Timestamp) -> bool {
        let elsewhere = |(by, until): &(String, i64)| by != server && *until > micros(now);
        self.computing.as_ref().is_some_and(elsewhere)
    }
}

impl Store {
    /// The database as it is at the first read.
    pub async fn at_one_moment(&self) -> Result<Snapshot> {
        Ok(Snapshot(self.snapshot().await?, self.kind))
    }
}

impl Snapshot {
    /// A task, deleted or not.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>> {
        let row = task::Entity::find_by_id(id.uuid()).one(&self.0).await.map_err(fault)?;
        row.map(Task::try_from).transpose()
    }

    /// The settings of a task that exists.
    pub async fn settings(&self, id: TaskId) -> Result<TaskSettings> {
        task_settings::Entity::find_by_id(id.uuid())
            .one(&self.0)
            .await
            .map_err(fault)?
            .ok_or_else(|| Error::storage(format!("task {id} has no settings")))?
            .try_into()
    }

    /// Where the log ends.
    pub async fn log_head(&self) -> Result<Position> {
        log_head(self.1, &self.0).await?.ok_or_else(|| Error::storage("the log has no head"))
    }

    /// Events of a task after a position, oldest first, at most `limit`.
    pub async fn events_after(
        &self,
        id: TaskId,
        position: Position,
        limit: u64,
    ) -> Result<Vec<Event>> {
        event::Entity::find()
            .filter(event::Column::TaskId.eq(id.uuid()))
            .filter(event::Column::Position.gt(position))
            .order_by_asc(event::Column::Position)
            .limit(limit)
            .all(&self.0)
            .await
            .map_err(fault)?
            .into_iter()
            .map(Event::try_from)
            .collect()
    }

    /// Trials of a task by their numbers.
    pub async fn trials(&self, id: TaskId, numbers: &[TrialNumber]) -> Result<Vec<Trial>> {
        let some = trial::Entity::find()
            .filter(trial::Column::TaskId.eq(id.uuid()))
            .filter(trial::Column::Number.is_in(numbers.iter().copied()));
        let rows = some.all(&self.0).await.map_err(fault)?;
        rows.into_iter().map(Trial::try_from).collect()
    }

    /// Trials of a task after that number, in order, at most `limit`.
    pub async fn trials_after(
        &self,
        id: TaskId,
        number: TrialNumber,
        limit: u64,
    ) -> Result<Vec<Trial>> {
        let rows = trial::Entity::find()
            .filter(trial::Column::TaskId.eq(id.uuid()))
            .filter(trial::Column::Number.gt(number))
            .order_by_asc(trial::Column::Number)
            .limit(limit)
            .all(&self.0)
            .await
            .map_err(fault)?;
        rows.into_iter().map(Trial::try_from).collect()
    }

    /// What is kept of the proposals of a task.
    pub async fn kept(&self, id: TaskId) -> Result<Option<Kept>> {
        let row = proposal::Entity::find_by_id(id.uuid()).one(&self.0).await.map_err(fault)?;
        let Some(row) = row else { return Ok(None) };
        let model = row.model.clone();
        let computing = row.computing_by.clone().zip(row.computing_until);
        Ok(Some(Kept { prepared: row.try_into()?, model, computing }))
    }

    /// The results that a task begins with, as they were written down.
    pub async fn warm_start(&self, id: TaskId) -> Result<Option<String>> {
        let row = warm_start::Entity::find_by_id(id.uuid()).one(&self.0).await.map_err(fault)?;
        Ok(row.map(|row| row.results))
    }

    /// Ends it.
    pub async fn end(self) {
        self.0.roll_back().await;
    }
}
