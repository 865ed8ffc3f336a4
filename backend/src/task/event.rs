//! One committed change, as the log tells it.

use serde::{Deserialize, Serialize};

use super::{
    Actor, JsonValue, Point, Reason, TaskId, TaskStatus, Timestamp, TrialNumber, TrialOrigin,
    TrialState, Values, Version, WorkerName,
};

/// A place in the log: 1, 2, 3, … in the order in which changes were committed, without a gap.
/// 0 is before the first.
pub type Position = i64;

/// A field that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field, by its name in the API.
    pub field: String,
    /// What it was; none for a new task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<JsonValue>,
    /// What it is now; none if it was cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<JsonValue>,
}

/// What happened, with all that a reader of the log needs to follow the change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Happening {
    /// A task was made, with these fields.
    Created {
        /// Every field that has a value.
        changes: Vec<FieldChange>,
    },
    /// Fields of a task changed.
    Updated {
        /// The fields, old and new.
        changes: Vec<FieldChange>,
    },
    /// A task moved on in its life.
    StatusChanged {
        /// The status that it had.
        from: TaskStatus,
        /// The status that it has.
        to: TaskStatus,
        /// Why.
        reason: Option<Reason>,
    },
    /// A task was hidden.
    Deleted,
    /// A hidden task is back.
    Restored,
    /// A task came from a file, with its trials.
    Imported {
        /// Every field that has a value.
        changes: Vec<FieldChange>,
        /// Whether it took the place of a task with that id.
        replaced: bool,
    },
    /// A trial was planned or, by the strategy, proposed and handed out at once.
    TrialCreated {
        /// Its number.
        number: TrialNumber,
        /// Where it stands from the start.
        state: TrialState,
        /// Where its point came from.
        origin: TrialOrigin,
        /// What to try.
        point: Point,
        /// Who got it.
        worker: Option<WorkerName>,
    },
    /// A trial moved on in its life.
    TrialStateChanged {
        /// Its number.
        number: TrialNumber,
        /// The state that it had.
        from: TrialState,
        /// The state that it has.
        to: TrialState,
        /// Who has it.
        worker: Option<WorkerName>,
        /// What was measured.
        #[serde(default)]
        values: Values,
        /// Why it failed.
        reason: Option<Reason>,
    },
}

/// The kinds of [`Happening`], for filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A task was made.
    Created,
    /// Fields of a task changed.
    Updated,
    /// A task moved on in its life.
    StatusChanged,
    /// A task was hidden.
    Deleted,
    /// A hidden task is back.
    Restored,
    /// A task came from a file.
    Imported,
    /// A trial was made.
    TrialCreated,
    /// A trial moved on in its life.
    TrialStateChanged,
}

impl EventKind {
    /// The word in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::StatusChanged => "STATUS_CHANGED",
            Self::Deleted => "DELETED",
            Self::Restored => "RESTORED",
            Self::Imported => "IMPORTED",
            Self::TrialCreated => "TRIAL_CREATED",
            Self::TrialStateChanged => "TRIAL_STATE_CHANGED",
        }
    }
}

impl Happening {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Created { .. } => EventKind::Created,
            Self::Updated { .. } => EventKind::Updated,
            Self::StatusChanged { .. } => EventKind::StatusChanged,
            Self::Deleted => EventKind::Deleted,
            Self::Restored => EventKind::Restored,
            Self::Imported { .. } => EventKind::Imported,
            Self::TrialCreated { .. } => EventKind::TrialCreated,
            Self::TrialStateChanged { .. } => EventKind::TrialStateChanged,
        }
    }

    /// Whether it changed the task itself, and so its version.
    #[must_use]
    pub const fn bumps_version(&self) -> bool {
        match self {
            Self::Created { .. }
            | Self::Updated { .. }
            | Self::StatusChanged { .. }
            | Self::Deleted
            | Self::Restored
            | Self::Imported { .. } => true,
            Self::TrialCreated { .. } | Self::TrialStateChanged { .. } => false,
        }
    }
}

/// A change that is about to be committed; the log gives it its [`Position`].
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// The task that changed, or whose trial did.
    pub task: TaskId,
    /// Its place among the events of this task and its trials: 1, 2, 3, …
    pub sequence: i64,
    /// The task's version after the change.
    pub version: Version,
    /// Who caused it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub what: Happening,
}

/// One committed change, with its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its place in the log.
    pub position: Position,
    /// The change.
    pub change: NewEvent,
}
