//! Tasks: reading, and the guarded writes.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, prelude::Uuid,
};

use super::{
    Store, Tx,
    entity::{event, task},
    fault,
    in_turn::in_turn,
    sql::{Columns, Sql, by_statement, row},
};
use crate::task::{Error, Result, Task, TaskId, TaskSettings, TaskStatus};

impl Store {
    /// One task; none if there is none or it is deleted.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>> {
        Ok(self.tasks(&[id]).await?.remove(&id).filter(|task| task.deleted_at.is_none()))
    }

    /// Some tasks, the deleted ones too, in one query.
    pub async fn tasks(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, Task>> {
        by_id(&self.reader, ids).await
    }
}

/// Some tasks, in one query.
pub(super) async fn by_id(
    connection: &impl ConnectionTrait,
    ids: &[TaskId],
) -> Result<HashMap<TaskId, Task>> {
    task::Entity::find()
        .filter(task::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
        .all(connection)
        .await
        .map_err(fault)?
        .into_iter()
        .map(|row| Task::try_from(row).map(|task| (task.id, task)))
        .collect()
}

/// How many tasks are locked by one statement.
const LOCKED_TOGETHER: usize = 1_000;

static COLUMNS: LazyLock<Columns> = LazyLock::new(Columns::of::<task::Entity>);

impl Tx {
    /// Adds a task; refuses an id that is taken.
    pub async fn insert_task(&mut self, new: &Task, settings: &TaskSettings) -> Result<()> {
        match self.insert_tasks(&[(new.clone(), Arc::new(settings.clone()))]).await?[..] {
            [] => Ok(()),
            [there, ..] => Err(Error::TaskAlreadyExists(there)),
        }
    }

    /// Adds tasks with their settings, and so writes their rows at once. Gives the ids that are taken;
    /// if there are any, what is written is to be taken back.
    pub async fn insert_tasks(&mut self, new: &[(Task, Arc<TaskSettings>)]) -> Result<Vec<TaskId>> {
        let known = new.iter().map(|(task, _)| task.id).filter(|id| self.unit.task(*id).is_some());
        let mut there: Vec<_> = known.collect();
        if !there.is_empty() {
            return Ok(there);
        }
        let chunks = by_statement(new);
        let kind = self.kind();
        let statements = chunks.iter().map(|some| {
            let rows = some.iter().map(|(task, _)| row(&task::row(task)?));
            let mut sql = Sql::new(kind);
            sql.push("INSERT INTO task (").push(&COLUMNS.list).push(") VALUES ");
            sql.rows(rows.collect::<Result<Vec<_>>>()?);
            sql.push(" ON CONFLICT DO NOTHING RETURNING id");
            Ok(sql)
        });
        let connection = self.connection();
        let done = in_turn(statements, |sql| connection.query_all_raw(sql)).await?;
        if done.iter().any(|written| !written.is_empty()) {
            self.writing_apart();
        }
        for (some, written) in chunks.iter().zip(done) {
            if written.len() < some.len() {
                let ids = written.iter().map(|row| row.try_get::<Uuid>("", "id"));
                let written: HashSet<_> = ids.collect::<Result<_, _>>().map_err(fault)?;
                let all = some.iter().map(|(task, _)| task.id);
                there.extend(all.filter(|id| !written.contains(&id.uuid())));
            }
        }
        if !there.is_empty() {
            return Ok(there);
        }
        for (task, settings) in new {
            if let Some(parent) = task.lineage.parent() {
                self.leaves.remove(&parent);
            }
            if let Some(space) = &settings.parameter_space {
                self.keep_list(task.id, space).await?;
            }
            self.unit.put_task(task.clone());
            self.unit.change_settings(task.id, Arc::clone(settings));
            self.note_findable(None, Some((task, settings)));
            self.insert_labels(task.id, &task.labels).await?;
        }
        Ok(there)
    }

    /// The task, for changing: nobody else changes it, or its trials, before this transaction ends.
    /// Deleted tasks are found too; most callers want [`Tx::live_task`].
    pub async fn lock_task(&mut self, id: TaskId) -> Result<Task> {
        if let Some(task) = self.unit.task(id) {
            return Ok(task.clone());
        }
        let task: Task = task::Entity::find_by_id(id.uuid())
            .lock_exclusive()
            .one(self.connection())
            .await
            .map_err(fault)?
            .ok_or(Error::TaskNotFound(id))?
            .try_into()?;
        self.unit.put_task(task.clone());
        Ok(task)
    }

    /// Some tasks, for changing, those that are there, in the order of the ids; deleted ones are found too.
    pub async fn lock_tasks(&mut self, ids: &[TaskId]) -> Result<Vec<Task>> {
        let mut unknown: Vec<_> =
            ids.iter().copied().filter(|id| self.unit.task(*id).is_none()).collect();
        // In one order, so that two who lock many do not wait for each other.
        unknown.sort_unstable();
        unknown.dedup();
        for some in unknown.chunks(LOCKED_TOGETHER) {
            let rows = task::Entity::find()
                .filter(task::Column::Id.is_in(some.iter().map(|id| id.uuid())))
                .order_by_asc(task::Column::Id)
                .lock_exclusive()
                .all(self.connection())
                .await
                .map_err(fault)?;
            for row in rows {
                self.unit.put_task(row.try_into()?);
            }
        }
        Ok(ids.iter().filter_map(|id| self.unit.task(*id).cloned()).collect())
    }

    /// The task, for changing, if it is not deleted.
    pub async fn live_task(&mut self, id: TaskId) -> Result<Task> {
        let task = self.lock_task(id).await?;
        if task.deleted_at.is_some() {
            return Err(Error::TaskNotFound(id));
        }
        Ok(task)
    }

    /// Changes a task that was locked in this transaction: `before` must be its latest state. It is
    /// written at the end, with a guard that says once more that nobody has changed it meanwhile.
    pub async fn update_task(&mut self, before: &Task, after: &Task) -> Result<()> {
        self.guarded_update(before, after, &[before.status]).await
    }

    /// Changes a task that moves to another status: only from a status that may precede it.
    pub async fn transition_status(&mut self, before: &Task, after: &Task) -> Result<()> {
        let from: Vec<_> = after.status.predecessors().collect();
        self.guarded_update(before, after, &from).await
    }

    async fn guarded_update(
        &mut self,
        before: &Task,
        after: &Task,
        from: &[TaskStatus],
    ) -> Result<()> {
        let now = self.lock_task(after.id).await?;
        if now.sequence != before.sequence || !from.contains(&now.status) {
            return Err(Error::InvalidStatusTransition { from: now.status, to: after.status });
        }
        self.unit.change_task(after.clone());
        Ok(())
    }

    /// Removes a task with its trials; its events stay.
    pub async fn remove_task(&mut self, id: TaskId) -> Result<()> {
        let (task, settings) = (self.lock_task(id).await?, self.settings(id).await?);
        self.note_findable(Some((&task, &settings)), None);
        task::Entity::delete_by_id(id.uuid()).exec(self.writing().await?).await.map_err(fault)?;
        self.unit.forget_task(id);
        Ok(())
    }

    /// Removes a task for good, with its trials and its history.
    pub async fn purge_task(&mut self, id: TaskId) -> Result<()> {
        self.keep_log_head().await?;
        event::Entity::delete_many()
            .filter(event::Column::TaskId.eq(id.uuid()))
            .exec(self.writing_apart())
            .await
            .map_err(fault)?;
        self.forget_history(id).await?;
        self.remove_task(id).await
    }
}
