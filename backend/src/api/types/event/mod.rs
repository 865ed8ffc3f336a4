//! The events of the log: one object for each kind, under one interface.

use std::sync::Arc;

use async_graphql::{Enum, ID, Interface, SimpleObject};

use super::{Task, trial::objective_values};
use crate::{
    api::scalar::{DateTime, Json, JsonMap},
    task::{self, Event, Happening, Measurement, TrialId, TrialNumber},
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
    /// A worker told of values on the way to the result.
    TrialReported,
    /// A result came that does not count; it is kept beside the counted one.
    ResultAttached,
    /// A result was left out of the optimization.
    TrialExcluded,
    /// A result counts again.
    TrialIncluded,
    /// A result was corrected.
    TrialCorrected,
    /// A runner took the whole task.
    Claimed,
    /// A runner gave the task back, or was lost.
    ClaimEnded,
    /// A client took it on itself to propose the points of an EXTERNAL task.
    StrategyClaimed,
    /// A client no longer proposes the points: it gave the strategy back, or was lost.
    StrategyReleased,
    /// A client that proposes points has left a checkpoint.
    ModelStateSaved,
}

/// A field that changed. Of a parameter space with candidates, only how many they are is told (`candidateCount`), and a
/// hash of their list: the list is with the task, and `taskAt` gives that of any version.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct FieldChange {
    /// The name of the field.
    field: String,
    /// What it was; none for a new task or a field that was empty.
    old: Option<Json>,
    /// What it is now; none if it was cleared.
    new: Option<Json>,
}

pub(in crate::api::types) fn field_changes(changes: &[task::FieldChange]) -> Vec<FieldChange> {
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
    /// A worker told of values on the way.
    TrialReported(TrialReported),
    /// A result came that does not count.
    ResultAttached(TrialResultAttached),
    /// A result was left out.
    TrialExcluded(TrialExcluded),
    /// A result counts again.
    TrialIncluded(TrialIncluded),
    /// A result was corrected.
    TrialCorrected(TrialCorrected),
    /// A runner took the task.
    Claimed(TaskClaimed),
    /// A runner's claim ended.
    ClaimEnded(TaskClaimEnded),
    /// A client began to propose points.
    StrategyClaimed(TaskStrategyClaimed),
    /// A client no longer proposes points.
    StrategyReleased(TaskStrategyReleased),
    /// A client has left a checkpoint.
    ModelStateSaved(TaskModelStateSaved),
}

/// An object for one kind of event: its own fields, and those of the interface.
macro_rules! event_object {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident: $ty:ty),* $(,)? } $($resolvers:tt)*) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub(in crate::api) struct $name {
            pub(super) event: Arc<Event>,
            $(pub(super) $field: $ty),*
        }

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

mod of_task;
mod of_trial;

pub(in crate::api) use of_task::TaskStatusChanged;
use of_task::{
    TaskClaimEnded, TaskClaimed, TaskCreated, TaskDeleted, TaskImported, TaskModelStateSaved,
    TaskRestored, TaskStrategyClaimed, TaskStrategyReleased, TaskUpdated,
};
use of_trial::{
    Progress, TrialCorrected, TrialCreated, TrialExcluded, TrialIncluded, TrialReported,
    TrialResultAttached, TrialStateChanged,
};

impl From<Event> for TaskEvent {
    fn from(event: Event) -> Self {
        Arc::new(event).into()
    }
}

impl From<Arc<Event>> for TaskEvent {
    fn from(event: Arc<Event>) -> Self {
        let because = |reason: &Option<task::Reason>| reason.as_ref().map(ToString::to_string);
        let trial = |number: &TrialNumber| TrialId { task: event.change.task, number: *number };
        let values =
            |measured: &Measurement| objective_values(&measured.values, &measured.deviations);
        match &event.change.what {
            Happening::Created { changes } => {
                let changes = field_changes(changes);
                Self::Created(TaskCreated { event, changes })
            }
            Happening::Updated { changes, reason, reverted_to } => {
                let (changes, reason) = (field_changes(changes), because(reason));
                let reverted_to = *reverted_to;
                Self::Updated(TaskUpdated { event, changes, reason, reverted_to })
            }
            Happening::StatusChanged { from, to, reason, subtree } => {
                let (from, to, reason) = ((*from).into(), (*to).into(), because(reason));
                let subtree = subtree.map(|id| id.to_string().into());
                Self::StatusChanged(TaskStatusChanged { event, from, to, reason, subtree })
            }
            Happening::Deleted { reason } => {
                let reason = because(reason);
                Self::Deleted(TaskDeleted { event, reason })
            }
            Happening::Restored { reason } => {
                let reason = because(reason);
                Self::Restored(TaskRestored { event, reason })
            }
            Happening::Imported { changes, replaced, life: _ } => {
                let (changes, replaced) = (field_changes(changes), *replaced);
                Self::Imported(TaskImported { event, changes, replaced })
            }
            Happening::Claimed { runner, token, expires_at } => {
                let (runner, token) = (runner.to_string(), *token);
                let expires_at = DateTime(*expires_at);
                Self::Claimed(TaskClaimed { event, runner, token, expires_at })
            }
            Happening::ClaimEnded { runner, token, reason } => {
                let (runner, token, reason) = (runner.to_string(), *token, because(reason));
                Self::ClaimEnded(TaskClaimEnded { event, runner, token, reason })
            }
            Happening::StrategyClaimed { strategist, token, expires_at } => {
                let (strategist, token) = (strategist.to_string(), *token);
                let expires_at = DateTime(*expires_at);
                let claimed = TaskStrategyClaimed { event, strategist, token, expires_at };
                Self::StrategyClaimed(claimed)
            }
            Happening::StrategyReleased { strategist, token, reason } => {
                let (strategist, token) = (strategist.to_string(), *token);
                let reason = because(reason);
                let released = TaskStrategyReleased { event, strategist, token, reason };
                Self::StrategyReleased(released)
            }
            Happening::ModelStateSaved { strategist, token, bytes } => {
                let (strategist, token, bytes) = (strategist.to_string(), *token, *bytes);
                let saved = TaskModelStateSaved { event, strategist, token, bytes };
                Self::ModelStateSaved(saved)
            }
            Happening::TrialCreated { number, state, origin, point, course } => {
                let (trial, state, origin) = (trial(number), (*state).into(), (*origin).into());
                let (point, progress) = (JsonMap(point.to_json()), Progress::from(course));
                Self::TrialCreated(TrialCreated { event, trial, state, origin, point, progress })
            }
            Happening::TrialStateChanged { number, from, to, reason, course } => {
                let (trial, from, to) = (trial(number), (*from).into(), (*to).into());
                let (reason, progress) = (because(reason), Progress::from(course));
                let moved = TrialStateChanged { event, trial, from, to, reason, progress };
                Self::TrialStateChanged(moved)
            }
            Happening::TrialReported { number, step, measurement } => {
                let (trial, step, values) = (trial(number), *step, values(measurement));
                Self::TrialReported(TrialReported { event, trial, step, values })
            }
            Happening::ResultAttached { number, worker, token, measurement } => {
                let (trial, values, token) = (trial(number), values(measurement), *token);
                let worker = worker.as_ref().map(ToString::to_string);
                let attached = TrialResultAttached { event, trial, worker, token, values };
                Self::ResultAttached(attached)
            }
            Happening::TrialExcluded { number, reason } => {
                let (trial, reason) = (trial(number), reason.to_string());
                Self::TrialExcluded(TrialExcluded { event, trial, reason })
            }
            Happening::TrialIncluded { number, reason } => {
                let (trial, reason) = (trial(number), reason.to_string());
                Self::TrialIncluded(TrialIncluded { event, trial, reason })
            }
            Happening::TrialCorrected { number, old, new, reason } => {
                let (trial, reason) = (trial(number), reason.to_string());
                let (old, new) = (values(old), values(new));
                Self::TrialCorrected(TrialCorrected { event, trial, old, new, reason })
            }
        }
    }
}
