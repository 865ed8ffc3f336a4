//! One committed change, as the log tells it.

mod kind;

pub use kind::EventKind;
use serde::{Deserialize, Serialize};

use super::{
    Actor, JsonValue, LeaseToken, Measurement, Point, Reason, Task, TaskId, TaskStatus, Timestamp,
    Trial, TrialNumber, TrialOrigin, TrialState, Values, Version, WorkerName,
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
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// The version whose settings the task has again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverted_to: Option<Version>,
    },
    /// A task moved on in its life.
    StatusChanged {
        /// The status that it had.
        from: TaskStatus,
        /// The status that it has.
        to: TaskStatus,
        /// Why.
        reason: Option<Reason>,
        /// The task whose whole subtree was moved, if the move was a part of that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subtree: Option<TaskId>,
    },
    /// A task was hidden.
    Deleted {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// A hidden task is back.
    Restored {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// A task came from a file, with its trials.
    Imported {
        /// Every field that has a value.
        changes: Vec<FieldChange>,
        /// Whether it took the place of a task with that id.
        replaced: bool,
        /// What its life was before it came here; none in what earlier servers told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        life: Option<ImportedLife>,
    },
    /// A trial was planned; proposed and handed out at once; or measured elsewhere.
    TrialCreated {
        /// Its number.
        number: TrialNumber,
        /// Where it stands from the start.
        state: TrialState,
        /// Where its point came from.
        origin: TrialOrigin,
        /// What to try.
        point: Point,
        /// Who got it, and what was measured.
        #[serde(flatten)]
        course: Course,
    },
    /// A trial moved on in its life.
    TrialStateChanged {
        /// Its number.
        number: TrialNumber,
        /// The state that it had.
        from: TrialState,
        /// The state that it has.
        to: TrialState,
        /// Why there is no result, or why it was given back.
        reason: Option<Reason>,
        /// Who has it, and what was measured.
        #[serde(flatten)]
        course: Course,
    },
    /// A worker told of values on the way to the result.
    TrialReported {
        /// Its number.
        number: TrialNumber,
        /// How far the evaluation is.
        step: i64,
        /// What was measured there.
        #[serde(flatten)]
        measurement: Measurement,
    },
    /// A result came that does not count; it is kept beside the counted one.
    ResultAttached {
        /// The number of the trial.
        number: TrialNumber,
        /// The worker of the lease that it names, if that is known.
        worker: Option<WorkerName>,
        /// The lease that it names.
        token: LeaseToken,
        /// What was measured.
        #[serde(flatten)]
        measurement: Measurement,
    },
    /// A result is left out of the optimization.
    TrialExcluded {
        /// The number of the trial.
        number: TrialNumber,
        /// Why.
        reason: Reason,
    },
    /// A result counts again.
    TrialIncluded {
        /// The number of the trial.
        number: TrialNumber,
        /// Why.
        reason: Reason,
    },
    /// A result was corrected.
    TrialCorrected {
        /// The number of the trial.
        number: TrialNumber,
        /// What it was.
        old: Measurement,
        /// What it is.
        new: Measurement,
        /// Why.
        reason: Reason,
    },
    /// A runner took the whole task.
    Claimed {
        /// Who.
        runner: WorkerName,
        /// The number of the claim.
        token: LeaseToken,
        /// When it ends unless it is renewed.
        expires_at: Timestamp,
    },
    /// A runner gave the task back, or was lost.
    ClaimEnded {
        /// Who had it.
        runner: WorkerName,
        /// The number of the claim.
        token: LeaseToken,
        /// Why.
        reason: Option<Reason>,
    },
    /// A client took it on itself to propose the points of a task.
    StrategyClaimed {
        /// Who.
        strategist: WorkerName,
        /// The number of the lease.
        token: LeaseToken,
        /// When it ends unless it is renewed.
        expires_at: Timestamp,
    },
    /// A client no longer proposes the points: it gave the strategy back, or was lost.
    StrategyReleased {
        /// Who did.
        strategist: WorkerName,
        /// The number of the lease.
        token: LeaseToken,
        /// Why.
        reason: Option<Reason>,
    },
    /// A client that proposes points has left a checkpoint. (What is in it is not told: it may be
    /// large, and comes with every point.)
    ModelStateSaved {
        /// Who.
        strategist: WorkerName,
        /// The number of its lease.
        token: LeaseToken,
        /// How long the checkpoint is, written as JSON; 0 if there is none any more.
        bytes: u64,
    },
}

/// The life of a task before it was imported, as its file tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportedLife {
    /// Why it came to its status.
    pub status_reason: Option<Reason>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was first started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The task with whose subtree it was paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_with: Option<TaskId>,
}

impl ImportedLife {
    /// The life of that task.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        Self {
            status_reason: task.status_reason.clone(),
            created_at: task.created_at,
            updated_at: task.updated_at,
            started_at: task.started_at,
            finished_at: task.finished_at,
            deleted_at: task.deleted_at,
            paused_with: task.paused_with,
        }
    }
}

/// Who has a trial, by which right, and what came of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// Who has it, or had it last.
    pub worker: Option<WorkerName>,
    /// Its lease, or its last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_token: Option<LeaseToken>,
    /// When the lease ends unless it is renewed, while it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_expires_at: Option<Timestamp>,
    /// A trial that waits for its next attempt is not handed out before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_at: Option<Timestamp>,
    /// Whether the result came after its lease or its task had ended.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// What was really tried, if that is not what was planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed_point: Option<Point>,
    /// Whether what was tried lies outside the space of that moment.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// What was measured.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub values: Values,
    /// The standard deviations, where they are known.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub deviations: Values,
    /// Named quantities that are not objectives.
    #[serde(skip_serializing_if = "Values::is_empty")]
    pub metrics: Values,
}

impl Course {
    fn of(trial: &Trial) -> Self {
        Self {
            worker: trial.worker.clone(),
            // A result belongs to the lease that told it, which may not be the latest.
            lease_token: trial.told_with.or((trial.lease_token > 0).then_some(trial.lease_token)),
            lease_expires_at: trial.lease_expires_at,
            available_at: trial.available_at,
            late: trial.late,
            executed_point: trial.executed_point.clone(),
            outside: !trial.in_space,
            values: trial.values.clone(),
            deviations: trial.details.deviations.clone(),
            metrics: trial.details.beside.metrics.clone(),
        }
    }
}

impl Happening {
    /// That this trial was made, as it is now.
    #[must_use]
    pub fn trial_created(trial: &Trial) -> Self {
        Self::TrialCreated {
            number: trial.id.number,
            state: trial.state,
            origin: trial.origin,
            point: trial.point.clone(),
            course: Course::of(trial),
        }
    }

    /// That this trial came from state `from` to where it is now.
    #[must_use]
    pub fn trial_moved(trial: &Trial, from: TrialState, reason: Option<&Reason>) -> Self {
        Self::TrialStateChanged {
            number: trial.id.number,
            from,
            to: trial.state,
            reason: reason.cloned(),
            course: Course::of(trial),
        }
    }

    /// Whether it puts the task, and with it what lies below, elsewhere in the tree.
    #[must_use]
    pub fn moves_in_tree(&self) -> bool {
        matches!(self, Self::Updated { changes, .. } if changes.iter().any(|one| one.field == Self::PARENT))
    }

    /// The field of a task that says where it stands in the tree.
    pub const PARENT: &str = "parentId";

    /// The number of the trial that it is about, if it is about one.
    #[must_use]
    pub const fn trial(&self) -> Option<TrialNumber> {
        match self {
            Self::TrialCreated { number, .. }
            | Self::TrialStateChanged { number, .. }
            | Self::TrialReported { number, .. }
            | Self::ResultAttached { number, .. }
            | Self::TrialExcluded { number, .. }
            | Self::TrialIncluded { number, .. }
            | Self::TrialCorrected { number, .. } => Some(*number),
            Self::Created { .. }
            | Self::Updated { .. }
            | Self::StatusChanged { .. }
            | Self::Deleted { .. }
            | Self::Restored { .. }
            | Self::Imported { .. }
            | Self::Claimed { .. }
            | Self::ClaimEnded { .. }
            | Self::StrategyClaimed { .. }
            | Self::StrategyReleased { .. }
            | Self::ModelStateSaved { .. } => None,
        }
    }

    /// Whether the strategy would answer with other points after it, and so it raises the basis of
    /// the task: results, points that are out, or settings that say what is good have changed.
    #[must_use]
    pub fn changes_basis(&self) -> bool {
        match self {
            Self::Created { .. }
            | Self::Imported { .. }
            | Self::TrialExcluded { .. }
            | Self::TrialIncluded { .. }
            | Self::TrialCorrected { .. } => true,
            Self::Updated { changes, .. } => {
                changes.iter().any(|change| seen_by_strategy(&change.field))
            }
            // The points of a row were computed each with those before it as out.
            Self::TrialCreated { origin, .. } => match origin {
                TrialOrigin::Strategy => false,
                TrialOrigin::InitialDesign | TrialOrigin::Client | TrialOrigin::Imported => true,
            },
            // Who has a point that is out does not matter, nor whether somebody has it.
            Self::TrialStateChanged { from, to, .. } => !(from.is_out() && to.is_out()),
            Self::StatusChanged { .. }
            | Self::Deleted { .. }
            | Self::Restored { .. }
            | Self::TrialReported { .. }
            | Self::ResultAttached { .. }
            | Self::Claimed { .. }
            | Self::ClaimEnded { .. }
            | Self::StrategyClaimed { .. }
            | Self::StrategyReleased { .. }
            | Self::ModelStateSaved { .. } => false,
        }
    }
}

/// Whether a strategy goes by that field of a task. (By the budget only as far as it says when
/// improvement is too small to go on.)
fn seen_by_strategy(field: &str) -> bool {
    ["parameterSpace", "objectives", "strategy", "constraints", "budget"].contains(&field)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Timestamp, TrialId};

    fn trial(origin: TrialOrigin) -> Trial {
        let id = TrialId { task: TaskId::from(uuid::Uuid::nil()), number: 1 };
        Trial::planned(id, 1, origin, Point::of_space(Vec::new()), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_basis_changes_with_what_a_strategy_sees() {
        let created = |origin| Happening::trial_created(&trial(origin)).changes_basis();
        assert!(created(TrialOrigin::Client));
        assert!(created(TrialOrigin::InitialDesign));
        assert!(created(TrialOrigin::Imported));
        assert!(!created(TrialOrigin::Strategy), "the next of a row");
        let updated = |field: &str| {
            let changes = vec![FieldChange { field: field.into(), old: None, new: None }];
            Happening::Updated { changes, reason: None, reverted_to: None }.changes_basis()
        };
        for field in ["parameterSpace", "objectives", "strategy", "constraints", "budget"] {
            assert!(updated(field), "{field}");
        }
        for field in ["name", "priority", "labels", "metadata", "modelState", "trialPolicy"] {
            assert!(!updated(field), "{field}");
        }
    }

    #[test]
    fn events_that_gave_no_reasons_are_read() {
        let read = |text: &str| serde_json::from_str::<Happening>(text).unwrap();
        assert_eq!(read(r#"{"kind":"DELETED"}"#), Happening::Deleted { reason: None });
        assert_eq!(read(r#"{"kind":"RESTORED"}"#), Happening::Restored { reason: None });
        let updated = Happening::Updated { changes: Vec::new(), reason: None, reverted_to: None };
        assert_eq!(read(r#"{"kind":"UPDATED","changes":[]}"#), updated);
        let imported = Happening::Imported { changes: Vec::new(), replaced: true, life: None };
        assert_eq!(read(r#"{"kind":"IMPORTED","changes":[],"replaced":true}"#), imported);
    }

    #[test]
    fn who_has_a_trial_does_not_change_the_basis_but_what_became_of_it_does() {
        for from in TrialState::ALL {
            for to in from.successors() {
                let moved = Trial { state: *to, ..trial(TrialOrigin::Strategy) };
                let changes = Happening::trial_moved(&moved, from, None).changes_basis();
                let handed_on = matches!(
                    (from, to),
                    (TrialState::Waiting, TrialState::Running)
                        | (TrialState::Running, TrialState::Waiting)
                );
                assert_eq!(changes, !handed_on, "{from} to {to}");
            }
        }
    }

    #[test]
    fn what_is_only_told_does_not_change_the_basis() {
        let measurement = Measurement::default();
        let worker = None;
        let told = [
            Happening::Deleted { reason: None },
            Happening::Restored { reason: None },
            Happening::TrialReported { number: 1, step: 1, measurement: measurement.clone() },
            Happening::ResultAttached { number: 1, worker, token: 1, measurement },
        ];
        assert!(told.iter().all(|what| !what.changes_basis()));
    }
}
