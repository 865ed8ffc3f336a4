//! A trial in the file of its task.

use serde::{Deserialize, Serialize};

use super::{file::bounded, moment::Moment};
use crate::task::{
    LeaseToken, Point, Reason, StepReport, TaskId, Trial, TrialDetails, TrialId, TrialOrigin,
    TrialState, Values, Version, WorkerName,
};

/// The version of a space that was never changed.
const fn first_space() -> Version {
    1
}

/// A trial, with all that became of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrialFile {
    pub(super) number: i64,
    state: TrialState,
    origin: TrialOrigin,
    point: Point,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    executed_point: Option<Point>,
    values: Values,
    failure_reason: Option<Reason>,
    worker: Option<WorkerName>,
    late: bool,
    created_at: Moment,
    started_at: Option<Moment>,
    finished_at: Option<Moment>,
    #[serde(default)]
    lease_token: LeaseToken,
    #[serde(default)]
    lease_expires_at: Option<Moment>,
    #[serde(default)]
    available_at: Option<Moment>,
    #[serde(default)]
    told_with: Option<LeaseToken>,
    #[serde(default)]
    excluded: Option<Reason>,
    #[serde(default = "first_space")]
    space_version: Version,
    #[serde(default)]
    details: TrialDetails,
    #[serde(default)]
    pub(super) reports: Vec<StepReport>,
}

impl TrialFile {
    /// A trial, with what was reported on the way to its result.
    pub(super) fn of(trial: &Trial, reports: Vec<StepReport>) -> Self {
        let Trial {
            id,
            state,
            origin,
            point,
            executed_point,
            values,
            failure_reason,
            worker,
            late,
            created_at,
            started_at,
            finished_at,
            details,
            lease_token,
            lease_expires_at,
            lease_time: _, // what the policy says
            available_at,
            told_with,
            excluded,
            feasible: _, // derived from values and constraints
            on_front: _,
            space_version,
            in_space: _, // derived from point and space
        } = trial.clone();
        Self {
            number: id.number,
            state,
            origin,
            point,
            executed_point,
            values,
            failure_reason,
            worker,
            late,
            created_at: Moment(created_at),
            started_at: started_at.map(Moment),
            finished_at: finished_at.map(Moment),
            lease_token,
            lease_expires_at: lease_expires_at.map(Moment),
            available_at: available_at.map(Moment),
            told_with,
            excluded,
            space_version,
            details,
            reports,
        }
    }

    /// Refuses counts that are out of bounds.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        bounded("number", self.number, 1)?;
        bounded("space_version", self.space_version, 1)?;
        bounded("lease_token", self.lease_token, 0)?;
        bounded("told_with", self.told_with.unwrap_or_default(), 0)
    }

    /// The trial of that task; its reports are taken before.
    pub(super) fn into_trial(self, task: TaskId) -> Trial {
        let Self {
            number,
            state,
            origin,
            point,
            executed_point,
            values,
            failure_reason,
            worker,
            late,
            created_at,
            started_at,
            finished_at,
            lease_token,
            lease_expires_at,
            available_at,
            told_with,
            excluded,
            space_version,
            details,
            reports: _,
        } = self;
        Trial {
            state,
            executed_point,
            values,
            details,
            lease_token,
            lease_expires_at: lease_expires_at.map(|at| at.0),
            available_at: available_at.map(|at| at.0),
            told_with,
            excluded,
            failure_reason,
            worker,
            late,
            started_at: started_at.map(|at| at.0),
            finished_at: finished_at.map(|at| at.0),
            ..Trial::planned(TrialId { task, number }, space_version, origin, point, created_at.0)
        }
    }
}
