//! The kinds of what happens, and what each of them does to a task.

use super::Happening;

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
    /// A worker told of values on the way to the result.
    TrialReported,
    /// A result came that does not count.
    ResultAttached,
    /// A result is left out of the optimization.
    TrialExcluded,
    /// A result counts again.
    TrialIncluded,
    /// A result was corrected.
    TrialCorrected,
    /// A runner took the whole task.
    Claimed,
    /// A runner gave the task back, or was lost.
    ClaimEnded,
    /// A client took it on itself to propose points.
    StrategyClaimed,
    /// A client no longer proposes points.
    StrategyReleased,
    /// A client that proposes points has left a checkpoint.
    ModelStateSaved,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::Created,
        Self::Updated,
        Self::StatusChanged,
        Self::Deleted,
        Self::Restored,
        Self::Imported,
        Self::TrialCreated,
        Self::TrialStateChanged,
        Self::TrialReported,
        Self::ResultAttached,
        Self::TrialExcluded,
        Self::TrialIncluded,
        Self::TrialCorrected,
        Self::Claimed,
        Self::ClaimEnded,
        Self::StrategyClaimed,
        Self::StrategyReleased,
        Self::ModelStateSaved,
    ];

    /// Whether such an event changes the task itself, and so its version. (A new one of which that is
    /// so needs a new index over the log: `event_of_version` in the migrations.)
    #[must_use]
    pub const fn bumps_version(self) -> bool {
        match self {
            Self::Created
            | Self::Updated
            | Self::StatusChanged
            | Self::Deleted
            | Self::Restored
            | Self::Imported
            | Self::Claimed
            | Self::ClaimEnded => true,
            Self::TrialCreated
            | Self::TrialStateChanged
            | Self::TrialReported
            | Self::ResultAttached
            | Self::TrialExcluded
            | Self::TrialIncluded
            | Self::TrialCorrected
            | Self::StrategyClaimed
            | Self::StrategyReleased
            | Self::ModelStateSaved => false,
        }
    }

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
            Self::TrialReported => "TRIAL_REPORTED",
            Self::ResultAttached => "RESULT_ATTACHED",
            Self::TrialExcluded => "TRIAL_EXCLUDED",
            Self::TrialIncluded => "TRIAL_INCLUDED",
            Self::TrialCorrected => "TRIAL_CORRECTED",
            Self::Claimed => "CLAIMED",
            Self::ClaimEnded => "CLAIM_ENDED",
            Self::StrategyClaimed => "STRATEGY_CLAIMED",
            Self::StrategyReleased => "STRATEGY_RELEASED",
            Self::ModelStateSaved => "MODEL_STATE_SAVED",
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
            Self::Deleted { .. } => EventKind::Deleted,
            Self::Restored { .. } => EventKind::Restored,
            Self::Imported { .. } => EventKind::Imported,
            Self::TrialCreated { .. } => EventKind::TrialCreated,
            Self::TrialStateChanged { .. } => EventKind::TrialStateChanged,
            Self::TrialReported { .. } => EventKind::TrialReported,
            Self::ResultAttached { .. } => EventKind::ResultAttached,
            Self::TrialExcluded { .. } => EventKind::TrialExcluded,
            Self::TrialIncluded { .. } => EventKind::TrialIncluded,
            Self::TrialCorrected { .. } => EventKind::TrialCorrected,
            Self::Claimed { .. } => EventKind::Claimed,
            Self::ClaimEnded { .. } => EventKind::ClaimEnded,
            Self::StrategyClaimed { .. } => EventKind::StrategyClaimed,
            Self::StrategyReleased { .. } => EventKind::StrategyReleased,
            Self::ModelStateSaved { .. } => EventKind::ModelStateSaved,
        }
    }

    /// Whether it changed the task itself, and so its version.
    #[must_use]
    pub const fn bumps_version(&self) -> bool {
        self.kind().bumps_version()
    }
}
