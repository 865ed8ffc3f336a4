//! Saved views, and what happens to one that is watched.

use async_graphql::{Context, Enum, ID, Object};

use super::{
    Task,
    task::{list_tasks, shared},
};
use crate::{
    api::{
        cursor::{Cursor as _, EventCursor},
        error::{Result, refusal},
        inputs::question,
        loader::{Gathered, TaskKey},
        paging::{PageArguments, TaskConnection},
        scalar::{DateTime, Json},
    },
    task::{self, Sighting, TaskId, Watched},
};

/// A filter of tasks with an order and columns, saved under a name for everybody. A view is no task: saving one makes no
/// events, and `export` leaves it out.
#[derive(Debug, Clone)]
pub(in crate::api) struct View(pub(in crate::api) task::View);

impl From<task::View> for View {
    fn from(view: task::View) -> Self {
        Self(view)
    }
}

/// A filter of tasks with an order and columns, saved under a name for everybody. A view is no task: saving one makes no
/// events, and `export` leaves it out.
#[Object]
impl View {
    /// The id, `view-<UUID>`.
    pub(in crate::api) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called. No two views have the same name, upper and lower case alike.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// Who saved it first.
    async fn owner(&self) -> &str {
        self.0.owner.as_str()
    }

    /// Which tasks, as it was given: the value of a variable of the type `TaskFilter`.
    async fn filter(&self) -> Json {
        Json(self.0.filter.as_json().clone())
    }

    /// In which order, as it was given: the value of a variable of the type `[TaskSort!]`.
    async fn sort(&self) -> Json {
        Json(self.0.sort.as_json().clone())
    }

    /// What of the tasks a page shows. The server does not read it.
    async fn columns(&self) -> Vec<&str> {
        self.0.columns.as_slice().iter().map(task::ViewColumn::as_str).collect()
    }

    /// How often the view has changed. Pass it as `expectedVersion` to change it only if nobody else has meanwhile.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was saved first.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// The tasks that pass its filter now, in its order. `VIEW_UNREADABLE` if it was saved by another version of the server,
    /// and this one does not know all that it asks for.
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The most tasks of the page, from its start. 50 if neither `first` nor `last` is given, 1,000 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only tasks after this cursor.")] after: Option<String>,
        #[graphql(desc = "The most tasks of the page, from its end.")] last: Option<i32>,
        #[graphql(desc = "Only tasks before this cursor.")] before: Option<String>,
    ) -> Result<Option<TaskConnection>> {
        let (filter, order) = question(&self.0).map_err(refusal)?;
        let page = PageArguments { first, after, last, before };
        list_tasks(ctx, filter, order, &page).await.map(Some)
    }
}

/// What happened to the tasks that are watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(in crate::api) enum ViewChangeKind {
    /// The watch has begun: read the list now, and you miss nothing.
    Opened,
    /// A task passes that did not before.
    Entered,
    /// A task passes as before, and it or one of its trials has changed.
    Changed,
    /// A task does not pass any more, or was deleted.
    Left,
}

/// Something that happened to the tasks that pass a filter.
#[derive(Debug, Clone)]
pub(in crate::api) struct ViewChange(pub(in crate::api) Watched);

impl ViewChange {
    const fn subject(&self) -> Option<TaskId> {
        match self.0.what {
            Sighting::Opened => None,
            Sighting::Entered(task) | Sighting::Changed(task) | Sighting::Left(task) => Some(task),
        }
    }
}

/// Something that happened to the tasks that pass a filter.
#[Object]
impl ViewChange {
    /// What happened.
    async fn kind(&self) -> ViewChangeKind {
        match self.0.what {
            Sighting::Opened => ViewChangeKind::Opened,
            Sighting::Entered(_) => ViewChangeKind::Entered,
            Sighting::Changed(_) => ViewChangeKind::Changed,
            Sighting::Left(_) => ViewChangeKind::Left,
        }
    }

    /// The id of the task; none if the kind is OPENED.
    async fn task_id(&self) -> Option<ID> {
        self.subject().map(|task| task.to_string().into())
    }

    /// The task as it is now, deleted or not; none if the kind is OPENED, or the task was purged.
    async fn task(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(task) = self.subject() else { return Ok(None) };
        let found = ctx.data::<Gathered>()?.load_one(TaskKey(task)).await;
        Ok(found.map_err(shared)?.map(Task))
    }

    /// The place in the log up to which this is true. Changes that were seen together have the same.
    async fn cursor(&self) -> String {
        EventCursor(self.0.position).encode()
    }
}
