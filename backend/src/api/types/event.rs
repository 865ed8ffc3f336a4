//! The events of the log: one object for each kind, under one interface.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Interface, Object, SimpleObject};

use super::{
    Task, Trial,
    task::{TaskStatus, shared},
    trial::{ObjectiveValue, TrialOrigin, TrialState, objective_values},
};
use crate::{
    api::{
        cursor::{Cursor as _, EventCursor},
        error::Result,
        loader::{Gathered, TaskKey},
        scalar::{DateTime, Json, JsonMap},
    },
    task::{self, Event, Happening, TrialId, TrialNumber},
};

/// What kind of change an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "TaskEventKind", remote = "task::EventKind")]
pub(in crate::api) enum EventKind {
    /// A task was made.
    Created,
    /// Fields of a task changed.
    Updated,
    /// A task moved on in its life.
    StatusChanged,
    /// A task was deleted.
    Deleted,
    /// A deleted task was restored.
    Restored,
    /// A task came from a file.
    Imported,
    /// A trial was planned, or proposed and handed out at once.
    TrialCreated,
    /// A trial moved on in its life.
    TrialStateChanged,
}

/// A field that changed.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct FieldChange {
    /// The name of the field.
    field: String,
    /// What it was; none for a new task or a field that was empty.
    old: Option<Json>,
    /// What it is now; none if it was cleared.
    new: Option<Json>,
}

fn field_changes(changes: &[task::FieldChange]) -> Vec<FieldChange> {
    changes
        .iter()
        .map(|task::FieldChange { field, old, new }| FieldChange {
            field: field.clone(),
            old: old.clone().map(Json),
            new: new.clone().map(Json),
        })
        .collect()
}

/// One committed change to a task or one of its trials.
#[expect(clippy::duplicated_attributes, reason = "several fields have the same type")]
#[derive(Debug, Clone, Interface)]
#[graphql(
    field(
        name = "cursor",
        ty = "String",
        desc = "The place in the log: pass it as `after` to read or follow what comes next."
    ),
    field(name = "kind", ty = "EventKind", desc = "What kind of change it is."),
    field(name = "task_id", ty = "ID", desc = "The id of the task."),
    field(
        name = "task",
        ty = "Option<Task>",
        desc = "The task as it is now, which may be later than the event; none if it was purged."
    ),
    field(
        name = "sequence",
        ty = "i64",
        desc = "The number among the events of this task and its trials: 1, 2, 3, …"
    ),
    field(name = "version", ty = "i64", desc = "The version of the task after the change."),
    field(name = "actor", ty = "String", desc = "Who caused it."),
    field(name = "at", ty = "DateTime", desc = "When it was committed.")
)]
pub(in crate::api) enum TaskEvent {
    /// A task was made.
    Created(TaskCreated),
    /// Fields of a task changed.
    Updated(TaskUpdated),
    /// A task moved on in its life.
    StatusChanged(TaskStatusChanged),
    /// A task was deleted.
    Deleted(TaskDeleted),
    /// A deleted task was restored.
    Restored(TaskRestored),
    /// A task came from a file.
    Imported(TaskImported),
    /// A trial was made.
    TrialCreated(TrialCreated),
    /// A trial moved on.
    TrialStateChanged(TrialStateChanged),
}

/// An object for one kind of event: its own fields, and those of the interface.
macro_rules! event_object {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident: $ty:ty),* $(,)? } $($resolvers:tt)*) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub(in crate::api) struct $name { event: Arc<Event>, $($field: $ty),* }

        $(#[doc = $doc])*
        #[Object]
        impl $name {
            /// The place in the log: pass it as `after` to read or follow what comes next.
            pub(super) async fn cursor(&self) -> String {
                EventCursor(self.event.position).encode()
            }

            /// What kind of change it is.
            pub(super) async fn kind(&self) -> EventKind {
                self.event.change.what.kind().into()
            }

            /// The id of the task.
            pub(super) async fn task_id(&self) -> ID {
                self.event.change.task.to_string().into()
            }

            /// The task as it is now, which may be later than the event; none if it was purged.
            pub(super) async fn task(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
                let found = ctx.data::<Gathered>()?.load_one(TaskKey(self.event.change.task)).await;
                Ok(found.map_err(shared)?.map(Task))
            }

            /// The number among the events of this task and its trials: 1, 2, 3, …
            pub(super) async fn sequence(&self) -> i64 {
                self.event.change.sequence
            }

            /// The version of the task after the change.
            pub(super) async fn version(&self) -> i64 {
                self.event.change.version
            }

            /// Who caused it.
            pub(super) async fn actor(&self) -> String {
                self.event.change.actor.to_string()
            }

            /// When it was committed.
            pub(super) async fn at(&self) -> DateTime {
                DateTime(self.event.change.at)
            }

            $($resolvers)*
        }
    };
}

event_object! {
    /// A task was made.
    TaskCreated { changes: Vec<FieldChange> }

    /// Every field of the new task that has a value.
    async fn changes(&self) -> &[FieldChange] {
        &self.changes
    }
}

event_object! {
    /// Fields of a task changed.
    TaskUpdated { changes: Vec<FieldChange> }

    /// The fields that changed, old and new.
    async fn changes(&self) -> &[FieldChange] {
        &self.changes
    }
}

event_object! {
    /// A task moved on in its life.
    TaskStatusChanged { from: TaskStatus, to: TaskStatus, reason: Option<String> }

    /// The status that it had.
    async fn from(&self) -> TaskStatus {
        self.from
    }

    /// The status that it has.
    async fn to(&self) -> TaskStatus {
        self.to
    }

    /// Why, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

event_object! {
    /// A task was deleted. It can be restored.
    TaskDeleted {}
}

event_object! {
    /// A deleted task was restored.
    TaskRestored {}
}

event_object! {
    /// A task came from a file, with its trials.
    TaskImported { changes: Vec<FieldChange>, replaced: bool }

    /// Every field of the task that has a value.
    async fn changes(&self) -> &[FieldChange] {
        &self.changes
    }

    /// Whether it took the place of a task with that id.
    async fn replaced(&self) -> bool {
        self.replaced
    }
}

async fn trial_now(ctx: &Context<'_>, id: TrialId) -> Result<Option<Trial>> {
    let found = ctx.data::<Gathered>()?.load_one(id).await;
    Ok(found.map_err(shared)?.map(Trial))
}

event_object! {
    /// A trial was planned or, by the strategy, proposed and handed out at once.
    TrialCreated {
        trial: TrialId,
        state: TrialState,
        origin: TrialOrigin,
        point: JsonMap,
        worker: Option<String>,
    }

    /// The id of the trial.
    async fn trial_id(&self) -> ID {
        self.trial.to_string().into()
    }

    /// The number of the trial within its task.
    async fn trial_number(&self) -> TrialNumber {
        self.trial.number
    }

    /// The trial as it is now, which may be later than the event.
    async fn trial(&self, ctx: &Context<'_>) -> Result<Option<Trial>> {
        trial_now(ctx, self.trial).await
    }

    /// Where it stood from the start: WAITING or RUNNING.
    async fn state(&self) -> TrialState {
        self.state
    }

    /// Where its point came from.
    async fn origin(&self) -> TrialOrigin {
        self.origin
    }

    /// What to try: the name of each parameter and its value.
    async fn point(&self) -> &JsonMap {
        &self.point
    }

    /// The worker that got it, if any did.
    async fn worker(&self) -> Option<&str> {
        self.worker.as_deref()
    }
}

event_object! {
    /// A trial moved on in its life: it was handed out, or its outcome came.
    TrialStateChanged {
        trial: TrialId,
        from: TrialState,
        to: TrialState,
        worker: Option<String>,
        values: Vec<ObjectiveValue>,
        reason: Option<String>,
    }

    /// The id of the trial.
    async fn trial_id(&self) -> ID {
        self.trial.to_string().into()
    }

    /// The number of the trial within its task.
    async fn trial_number(&self) -> TrialNumber {
        self.trial.number
    }

    /// The trial as it is now, which may be later than the event.
    async fn trial(&self, ctx: &Context<'_>) -> Result<Option<Trial>> {
        trial_now(ctx, self.trial).await
    }

    /// The state that it had.
    async fn from(&self) -> TrialState {
        self.from
    }

    /// The state that it has.
    async fn to(&self) -> TrialState {
        self.to
    }

    /// The worker that has it, or had it last.
    async fn worker(&self) -> Option<&str> {
        self.worker.as_deref()
    }

    /// What was measured, one value for each objective.
    async fn values(&self) -> &[ObjectiveValue] {
        &self.values
    }

    /// Why the evaluation failed.
    async fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

impl From<Event> for TaskEvent {
    fn from(event: Event) -> Self {
        Arc::new(event).into()
    }
}

impl From<Arc<Event>> for TaskEvent {
    fn from(event: Arc<Event>) -> Self {
        let text = |text: &Option<task::WorkerName>| text.as_ref().map(ToString::to_string);
        let because = |reason: &Option<task::Reason>| reason.as_ref().map(ToString::to_string);
        let trial = |number: TrialNumber| TrialId { task: event.change.task, number };
        match &event.change.what {
            Happening::Created { changes } => {
                let changes = field_changes(changes);
                Self::Created(TaskCreated { event, changes })
            }
            Happening::Updated { changes } => {
                let changes = field_changes(changes);
                Self::Updated(TaskUpdated { event, changes })
            }
            Happening::StatusChanged { from, to, reason } => {
                let (from, to, reason) = ((*from).into(), (*to).into(), because(reason));
                Self::StatusChanged(TaskStatusChanged { event, from, to, reason })
            }
            Happening::Deleted => Self::Deleted(TaskDeleted { event }),
            Happening::Restored => Self::Restored(TaskRestored { event }),
            Happening::Imported { changes, replaced } => {
                let (changes, replaced) = (field_changes(changes), *replaced);
                Self::Imported(TaskImported { event, changes, replaced })
            }
            Happening::TrialCreated { number, state, origin, point, worker } => {
                let (trial, state, origin) = (trial(*number), (*state).into(), (*origin).into());
                let (point, worker) = (JsonMap(point.to_json()), text(worker));
                Self::TrialCreated(TrialCreated { event, trial, state, origin, point, worker })
            }
            Happening::TrialStateChanged { number, from, to, worker, values, reason } => {
                let (trial, from, to) = (trial(*number), (*from).into(), (*to).into());
                let (worker, values) = (text(worker), objective_values(values));
                let reason = because(reason);
                Self::TrialStateChanged(TrialStateChanged {
                    event,
                    trial,
                    from,
                    to,
                    worker,
                    values,
                    reason,
                })
            }
        }
    }
}
