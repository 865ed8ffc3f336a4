//! Tasks: reading, and the guarded writes.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _, Order,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, TryInsertResult,
    sea_query::{Expr, LikeExpr},
};

use super::{
    Store, Tx,
    entity::{event, micros, task},
    fault,
};
use crate::task::{
    Error, Page, PageRequest, Result, Side, Task, TaskFilter, TaskId, TaskSettings, TaskStatus,
    Timestamp, fold,
};

/// The place of a task in the list: newest first, by time and then by id.
pub(super) type TaskKey = (Timestamp, TaskId);

impl Store {
    /// One task; none if there is none or it is deleted.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>> {
        Ok(self.tasks(&[id]).await?.remove(&id).filter(|task| task.deleted_at.is_none()))
    }

    /// Some tasks, the deleted ones too, in one query.
    pub async fn tasks(&self, ids: &[TaskId]) -> Result<HashMap<TaskId, Task>> {
        by_id(&self.reader, ids).await
    }

    /// A page of tasks, newest first.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        page: &PageRequest<TaskKey>,
    ) -> Result<Page<Task>> {
        // Both columns sort the same way, so that one comparison of the row uses the index.
        let key = || Expr::tuple([Expr::col(task::Column::CreatedAt), Expr::col(task::Column::Id)]);
        let place = |(at, id): TaskKey| Expr::tuple([Expr::val(micros(at)), Expr::val(id.uuid())]);
        let order = match page.side {
            Side::First => Order::Desc,
            Side::Last => Order::Asc,
        };
        let mut condition = matching(filter);
        if let Some(after) = page.after {
            condition = condition.add(key().lt(place(after)));
        }
        if let Some(before) = page.before {
            condition = condition.add(key().gt(place(before)));
        }
        let rows = task::Entity::find()
            .filter(condition)
            .order_by(task::Column::CreatedAt, order.clone())
            .order_by(task::Column::Id, order)
            .limit(page.limit + 1)
            .all(&self.reader)
            .await
            .map_err(fault)?;
        let tasks = rows.into_iter().map(Task::try_from).collect::<Result<_>>()?;
        Ok(Page::of(page, tasks))
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

fn matching(filter: &TaskFilter) -> Condition {
    let TaskFilter { statuses, name_contains, deleted } = filter;
    let mut condition = Condition::all().add(if *deleted {
        task::Column::DeletedAt.is_not_null()
    } else {
        task::Column::DeletedAt.is_null()
    });
    if !statuses.is_empty() {
        condition = condition
            .add(task::Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    if let Some(text) = name_contains {
        let literal = fold(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        condition = condition
            .add(task::Column::NameFolded.like(LikeExpr::new(format!("%{literal}%")).escape('\\')));
    }
    condition
}

impl Tx {
    /// Adds a task; refuses an id that is taken, and so writes its row at once.
    pub async fn insert_task(&mut self, new: &Task, settings: &TaskSettings) -> Result<()> {
        if self.unit.task(new.id).is_some() {
            return Err(Error::TaskAlreadyExists(new.id));
        }
        let inserted = task::Entity::insert(task::row(new)?)
            .on_conflict_do_nothing()
            .exec_without_returning(self.connection())
            .await
            .map_err(fault)?;
        match inserted {
            TryInsertResult::Inserted(1..) => drop(self.writing_apart()),
            TryInsertResult::Inserted(0) | TryInsertResult::Conflicted | TryInsertResult::Empty => {
                return Err(Error::TaskAlreadyExists(new.id));
            }
        }
        if let Some(space) = &settings.parameter_space {
            self.keep_list(new.id, space).await?;
        }
        self.unit.put_task(new.clone());
        self.unit.change_settings(new.id, Arc::new(settings.clone()));
        self.insert_labels(new.id, &new.labels).await
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
