//! What tasks were: every version, folded from the events that made it.
//!
//! A task is told in its events: all of it when it is made or imported, then what changes. Folding the
//! events that raise the version ([`Happening::bumps_version`]) gives the task as it was at each of
//! them, from the log alone. Trials, results and the state of models are no part of it.

mod difference;
mod past;
mod seen;
mod told;

use std::fmt;

use super::{Event, FieldChange, Happening, Reason, Timestamp, Version, VersionId};
use serde_json::json;

pub use difference::{FieldDifference, PartDifference, differences};
pub use past::{PastSettings, PastSpace, PastTask};
pub use seen::SeenTask;
pub use told::{PastClaim, ToldTask};

/// Which version is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The one of that number.
    Version(Version),
    /// The latest that was made at that time or before.
    Time(Timestamp),
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version}"),
            Self::Time(at) => write!(f, "version at {}", at.format("%Y-%m-%dT%H:%M:%S%.6fZ")),
        }
    }
}

/// One version of a task: the event that made it, which says who, when and what.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskVersion(Event);

impl TaskVersion {
    /// The version that an event made; none if it made none.
    #[must_use]
    pub fn of(event: Event) -> Option<Self> {
        event.change.what.kind().bumps_version().then_some(Self(event))
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> &Event {
        &self.0
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> VersionId {
        VersionId { task: self.0.change.task, version: self.0.change.version }
    }

    /// Why, if a reason was given.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        match &self.0.change.what {
            Happening::Updated { reason, .. }
            | Happening::StatusChanged { reason, .. }
            | Happening::Deleted { reason }
            | Happening::Restored { reason }
            | Happening::ClaimEnded { reason, .. } => reason.as_ref(),
            Happening::Created { .. }
            | Happening::Imported { .. }
            | Happening::TrialCreated { .. }
            | Happening::TrialStateChanged { .. }
            | Happening::TrialReported { .. }
            | Happening::ResultAttached { .. }
            | Happening::TrialExcluded { .. }
            | Happening::TrialIncluded { .. }
            | Happening::TrialCorrected { .. }
            | Happening::Claimed { .. }
            | Happening::StrategyClaimed { .. }
            | Happening::StrategyReleased { .. }
            | Happening::ModelStateSaved { .. } => None,
        }
    }

    /// The version that it went back to, if it did.
    #[must_use]
    pub const fn reverted_to(&self) -> Option<Version> {
        match &self.0.change.what {
            Happening::Updated { reverted_to, .. } => *reverted_to,
            Happening::Created { .. }
            | Happening::StatusChanged { .. }
            | Happening::Deleted { .. }
            | Happening::Restored { .. }
            | Happening::Imported { .. }
            | Happening::TrialCreated { .. }
            | Happening::TrialStateChanged { .. }
            | Happening::TrialReported { .. }
            | Happening::ResultAttached { .. }
            | Happening::TrialExcluded { .. }
            | Happening::TrialIncluded { .. }
            | Happening::TrialCorrected { .. }
            | Happening::Claimed { .. }
            | Happening::ClaimEnded { .. }
            | Happening::StrategyClaimed { .. }
            | Happening::StrategyReleased { .. }
            | Happening::ModelStateSaved { .. } => None,
        }
    }

    /// The fields that changed, old and new, whatever kind of change it was: status, `deleted` and
    /// claim like any other.
    #[must_use]
    pub fn changes(&self) -> Vec<FieldChange> {
        let change = |field: &str, old, new| vec![FieldChange { field: field.into(), old, new }];
        let yes_or_no = |new: bool| change("deleted", Some(json!(!new)), Some(json!(new)));
        match &self.0.change.what {
            Happening::Created { changes }
            | Happening::Updated { changes, .. }
            | Happening::Imported { changes, .. } => changes.clone(),
            Happening::StatusChanged { from, to, .. } => {
                change("status", Some(json!(from)), Some(json!(to)))
            }
            Happening::Deleted { .. } => yes_or_no(true),
            Happening::Restored { .. } => yes_or_no(false),
            Happening::Claimed { runner, token, .. } => {
                let claim = PastClaim { runner: runner.clone(), token: *token };
                change("claim", None, Some(json!(claim)))
            }
            Happening::ClaimEnded { runner, token, .. } => {
                let claim = PastClaim { runner: runner.clone(), token: *token };
                change("claim", Some(json!(claim)), None)
            }
            Happening::TrialCreated { .. }
            | Happening::TrialStateChanged { .. }
            | Happening::TrialReported { .. }
            | Happening::ResultAttached { .. }
            | Happening::TrialExcluded { .. }
            | Happening::TrialIncluded { .. }
            | Happening::TrialCorrected { .. }
            | Happening::StrategyClaimed { .. }
            | Happening::StrategyReleased { .. }
            | Happening::ModelStateSaved { .. } => Vec::new(),
        }
    }
}
