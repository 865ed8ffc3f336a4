//! The closed set of what can go wrong.

use std::sync::Arc;

use super::{
    Criterion, IdempotencyKey, Invalid, LeaseToken, Moment, TaskId, TaskStatus, TrialId,
    TrialState, Version, View, ViewId, ViewName, WatchedTasks,
};

/// The result of a use case or a read.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a task still lacks before it can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// There is no parameter space to draw points from.
    ParameterSpace,
    /// There is nothing to measure.
    Objectives,
}

impl Readiness {
    /// The field of the task that is missing.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::ParameterSpace => "parameterSpace",
            Self::Objectives => "objectives",
        }
    }
}

/// What a lease is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseOf {
    /// A worker's right to a trial.
    Trial(TrialId),
    /// A runner's right to a task.
    Task(TaskId),
    /// A strategist's right to propose the points of a task.
    Strategy(TaskId),
}

impl std::fmt::Display for LeaseOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Trial(id) => write!(f, "trial {id}"),
            Self::Task(id) => write!(f, "task {id}"),
            Self::Strategy(id) => write!(f, "the strategy of task {id}"),
        }
    }
}

/// Everything that a use case or a read can answer instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such task, or it is deleted.
    #[error("there is no task {0}")]
    TaskNotFound(TaskId),
    /// The id that the client chose is taken, perhaps by a deleted task.
    #[error("there is already a task {0}")]
    TaskAlreadyExists(TaskId),
    /// The table of [`TaskStatus`] has no such move.
    #[error("a task cannot go from {from} to {to}")]
    InvalidStatusTransition {
        /// The status that the task has.
        from: TaskStatus,
        /// The status that was asked for.
        to: TaskStatus,
    },
    /// The task, or the view, has changed since the client read it.
    #[error("it is at version {actual}, not {expected}")]
    VersionConflict {
        /// What the client expected.
        expected: Version,
        /// What it is at.
        actual: Version,
    },
    /// A task cannot be below itself.
    #[error("task {task} cannot be moved below {parent}, which is the same or lies below it")]
    TaskCycle {
        /// The task that was to be moved.
        task: TaskId,
        /// The task that was to be its parent.
        parent: TaskId,
    },
    /// A task with children is deleted only if it is said what becomes of them.
    #[error("task {task} has {children} children: say what is to become of them")]
    TaskHasChildren {
        /// The task.
        task: TaskId,
        /// How many of its children are not deleted.
        children: usize,
    },
    /// A task whose parent is deleted is not restored without it.
    #[error("the parent {parent} of task {task} is deleted, or gone")]
    ParentDeleted {
        /// The task that was to be restored.
        task: TaskId,
        /// Its parent.
        parent: TaskId,
    },
    /// Nothing of a batch was done, because of some of its items.
    #[error("nothing was done: {} of {of} items stand in the way; the first: {}", .items.len(), .items.first().map(|item| item.error.to_string()).unwrap_or_default())]
    BatchRefused {
        /// How many items the batch has.
        of: usize,
        /// Those that stand in the way.
        items: Vec<BatchItem>,
    },
    /// The tasks of a batch are not those that its dry run has met, or have changed since.
    #[error("the tasks have changed since the dry run")]
    SelectionChanged,
    /// An input breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The task cannot start yet.
    #[error("the task cannot start: it has no {}", .missing.iter().map(|m| m.field()).collect::<Vec<_>>().join(" and no "))]
    TaskNotReady {
        /// What it lacks.
        missing: Vec<Readiness>,
    },
    /// A stopping criterion is met that would end the task again at once.
    #[error("the task cannot be resumed: {why}. Change {} with updateTask first", .criterion.setting())]
    BudgetReached {
        /// The criterion.
        criterion: Criterion,
        /// What is met, in words.
        why: String,
    },
    /// Only a RUNNING task hands out points.
    #[error("the task is {status}, and only a RUNNING task hands out points")]
    TaskNotRunning {
        /// The status that the task has.
        status: TaskStatus,
    },
    /// A COMPLETED task takes no new trials.
    #[error("the task is {status} and takes no new trials")]
    TaskEnded {
        /// The status that the task has.
        status: TaskStatus,
    },
    /// This field is fixed once the task has been started.
    #[error("{field} cannot change after the task was started")]
    TaskAlreadyStarted {
        /// The field, by its name in the API.
        field: &'static str,
    },
    /// What was tried would lose its meaning in this space.
    #[error(transparent)]
    IncompatibleSpace(Invalid),
    /// No such trial.
    #[error("there is no trial {0}")]
    TrialNotFound(TrialId),
    /// The table of [`TrialState`] has no such move.
    #[error("a trial cannot go from {from} to {to}")]
    InvalidTrialState {
        /// The state that the trial has.
        from: TrialState,
        /// The state that was asked for.
        to: TrialState,
    },
    /// The lease has ended, and with it the right to report.
    #[error("lease {token} of {of} has been lost; its latest is {current}")]
    LeaseLost {
        /// What was leased.
        of: LeaseOf,
        /// The lease that the request names.
        token: LeaseToken,
        /// The latest lease; 0 if there was none.
        current: LeaseToken,
    },
    /// The key belongs to a call with another input.
    #[error("the idempotency key \"{key}\" has been used with another input")]
    IdempotencyConflict {
        /// The key.
        key: IdempotencyKey,
    },
    /// The task has no such version.
    #[error("the task has no {wanted}")]
    VersionNotFound {
        /// Which one was asked for.
        wanted: Moment,
    },
    /// The history does not reach so far back any more.
    #[error("the history of the task was compacted: it begins with version {oldest}")]
    HistoryCompacted {
        /// The oldest version that is kept.
        oldest: Version,
    },
    /// Not all of that version is known: an earlier server told less of its tasks.
    #[error("{field} of version {version} is not fully known")]
    HistoryIncomplete {
        /// The version.
        version: Version,
        /// The field, by its name in the API.
        field: &'static str,
    },
    /// No such view.
    #[error("there is no view {0}")]
    ViewNotFound(ViewId),
    /// Another view has that name, in upper or lower case.
    #[error("there is already a view \"{name}\"")]
    ViewNameTaken {
        /// The name that was wanted.
        name: ViewName,
        /// The view that has it.
        view: ViewId,
    },
    /// There is no room for another view.
    #[error("there are {} views already, and no more are kept", View::MOST)]
    TooManyViews,
    /// What is kept of a view is no filter or no order that this server knows.
    #[error("the view {view} cannot be read: {why}")]
    ViewUnreadable {
        /// The view.
        view: ViewId,
        /// What is wrong with it.
        why: Invalid,
    },
    /// More tasks pass than can be watched.
    #[error("more than {} tasks pass, which are too many to be watched", WatchedTasks::MOST)]
    ViewTooLarge,
    /// What follows on that cursor is not all kept any more.
    #[error("the log was compacted: what followed on this cursor is not all kept any more")]
    CursorExpired,
    /// The cursor is not one that this list gave.
    #[error("this cursor is not one that this list gave")]
    CursorInvalid,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The kinds of failure of the storage. They decide what a client can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageErrorKind {
    /// A fault of this server: clients learn no more than that, and a retry does not help.
    Internal,
    /// The database does not answer, or refuses to write, for now.
    Unavailable,
    /// The disk or the quota of the database is full.
    Full,
}

/// A failure of the storage, with its cause for the log.
#[derive(Debug, Clone)]
pub struct StorageError {
    kind: StorageErrorKind,
    cause: Arc<dyn std::error::Error + Send + Sync>,
}

impl StorageError {
    /// A failure of that kind.
    pub fn new(
        kind: StorageErrorKind,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind, cause: Arc::from(cause.into()) }
    }

    /// The kind of failure.
    #[must_use]
    pub const fn kind(&self) -> StorageErrorKind {
        self.kind
    }

    /// The cause, as a `T` if it is one.
    #[must_use]
    pub fn cause<T: std::error::Error + 'static>(&self) -> Option<&T> {
        self.cause.downcast_ref()
    }
}

impl std::fmt::Display for StorageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.kind {
            StorageErrorKind::Internal => "the storage failed",
            StorageErrorKind::Unavailable => {
                "the database is unavailable; retry later, a mutation with its idempotency key"
            }
            StorageErrorKind::Full => {
                "the disk of the database is full; retry once there is space, a mutation with its \
                 idempotency key"
            }
        })
    }
}

impl std::error::Error for StorageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

/// An item of a batch that stands in its way.
#[derive(Debug)]
pub struct BatchItem {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its task, if it has one.
    pub task: Option<TaskId>,
    /// What is wrong with it.
    pub error: Box<Error>,
}

impl BatchItem {
    /// What is wrong with that task.
    #[must_use]
    pub fn new(index: usize, task: TaskId, error: Error) -> Self {
        Self { index, task: Some(task), error: Box::new(error) }
    }
}

impl Error {
    /// Whether a worker that waits for work should wait on: the task may run, or run again, by then.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::TaskNotRunning { status: TaskStatus::Created | TaskStatus::Paused })
    }

    /// A fault of this server in its storage.
    pub fn storage(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Storage(StorageError::new(StorageErrorKind::Internal, cause))
    }
}
