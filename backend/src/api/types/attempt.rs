//! What happened to a trial: its leases, and the results beside the one that counts.

use async_graphql::{Enum, SimpleObject};

use super::trial::{ObjectiveValue, objective_values};
use crate::{
    api::scalar::{DateTime, JsonMap},
    task::{self, LeaseToken, Reason, WorkerName},
};

/// A worker's time-limited right to a trial.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Lease {
    /// Its number among the leases of the trial, growing with each: pass it with the result and with heartbeats.
    token: LeaseToken,
    /// Who has it.
    worker: Option<String>,
    /// When it ends unless it is renewed.
    expires_at: DateTime,
}

impl From<task::Lease> for Lease {
    fn from(lease: task::Lease) -> Self {
        let task::Lease { token, worker, started_at: _, expires_at, time: _ } = lease;
        Self { token, worker: words(worker.as_ref()), expires_at: DateTime(expires_at) }
    }
}

fn words(worker: Option<&WorkerName>) -> Option<String> {
    worker.map(ToString::to_string)
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::AttemptOutcome")]
pub(in crate::api) enum AttemptOutcome {
    /// With a result.
    Completed,
    /// The evaluation went wrong.
    Failed,
    /// It was stopped early.
    Pruned,
    /// The point cannot be evaluated.
    Infeasible,
    /// Its lease expired: the worker was lost.
    Expired,
    /// The worker gave it back.
    Released,
    /// Another's result counted first.
    Superseded,
}

/// One time that a worker had a trial.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Attempt {
    /// The token of its lease.
    token: LeaseToken,
    /// Who had it.
    worker: Option<String>,
    /// When it began.
    started_at: DateTime,
    /// When it ended; none while it lasts.
    ended_at: Option<DateTime>,
    /// How it ended; none while it lasts.
    outcome: Option<AttemptOutcome>,
    /// Why, if that was said.
    reason: Option<String>,
}

/// All attempts of a trial, the present one last.
pub(super) fn attempts(trial: &task::Trial) -> Vec<Attempt> {
    let ended = trial.details.attempts.iter().map(|attempt| {
        let task::Attempt { token, worker, started_at, ended_at, outcome, reason } = attempt;
        Attempt {
            token: *token,
            worker: words(worker.as_ref()),
            started_at: DateTime(*started_at),
            ended_at: Some(DateTime(*ended_at)),
            outcome: Some((*outcome).into()),
            reason: reason.as_ref().map(Reason::to_string),
        }
    });
    let present = trial.lease().map(|lease| Attempt {
        token: lease.token,
        worker: words(lease.worker.as_ref()),
        started_at: DateTime(lease.started_at),
        ended_at: None,
        outcome: None,
        reason: None,
    });
    ended.chain(present).collect()
}

/// What a worker should do with what it has leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Verdict")]
pub(in crate::api) enum LeaseVerdict {
    /// The lease holds.
    GoOn,
    /// The result is no longer wanted: the trial was stopped early or has its outcome, or the task has ended.
    Stop,
    /// The lease expired, and the right has gone to another or back to the queue.
    Lost,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Receipt")]
pub(in crate::api) enum TellReceipt {
    /// It is the trial's outcome, or sent it back to be tried again.
    Counted,
    /// It is kept beside the counted result.
    Attached,
    /// It was known already; nothing changed.
    Repeated,
}

/// A named quantity that is not an objective.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct MetricValue {
    /// Its name.
    name: String,
    /// What was measured.
    value: f64,
}

pub(super) fn metric_values(metrics: &task::Values) -> Vec<MetricValue> {
    let one = |(name, value): (&String, &f64)| MetricValue { name: name.clone(), value: *value };
    metrics.iter().map(one).collect()
}

/// A link to something that an evaluation left behind.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Artifact {
    /// What it is.
    name: String,
    /// Where it is. Written by a worker: check its scheme before you follow it.
    url: String,
}

impl From<&task::Artifact> for Artifact {
    fn from(artifact: &task::Artifact) -> Self {
        let task::Artifact { name, url } = artifact;
        Self { name: name.clone(), url: url.clone() }
    }
}

/// What a result was before it was corrected.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Correction {
    /// When it was corrected.
    at: DateTime,
    /// Who did.
    actor: String,
    /// Why.
    reason: String,
    /// What stood there before.
    values: Vec<ObjectiveValue>,
}

impl From<&task::Correction> for Correction {
    fn from(correction: &task::Correction) -> Self {
        let task::Correction { at, actor, reason, before } = correction;
        Self {
            at: DateTime(*at),
            actor: actor.to_string(),
            reason: reason.to_string(),
            values: objective_values(&before.values, &before.deviations),
        }
    }
}

/// A result that is kept beside the counted one.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct AttachedResult {
    /// When it came.
    at: DateTime,
    /// Who sent it.
    actor: String,
    /// The worker of the lease that it names, if that is known.
    worker: Option<String>,
    /// The lease that it names.
    lease_token: LeaseToken,
    /// What was really tried; null if that is what was planned.
    executed_point: Option<JsonMap>,
    /// What was measured.
    values: Vec<ObjectiveValue>,
    /// Named quantities that came with it.
    metrics: Vec<MetricValue>,
}

impl From<&task::AttachedResult> for AttachedResult {
    fn from(result: &task::AttachedResult) -> Self {
        let task::AttachedResult { at, actor, worker, token, executed_point, measurement, beside } =
            result;
        Self {
            at: DateTime(*at),
            actor: actor.to_string(),
            worker: words(worker.as_ref()),
            lease_token: *token,
            executed_point: executed_point.as_ref().map(|point| JsonMap(point.to_json())),
            values: objective_values(&measurement.values, &measurement.deviations),
            metrics: metric_values(&beside.metrics),
        }
    }
}

/// What a worker told of a trial on the way to its result.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TrialReport {
    /// How far the evaluation was.
    step: i64,
    /// What was measured there.
    values: Vec<ObjectiveValue>,
    /// When it was told.
    at: DateTime,
}

impl From<&task::StepReport> for TrialReport {
    fn from(report: &task::StepReport) -> Self {
        let task::StepReport { step, measurement, rung: _, at } = report;
        Self {
            step: *step,
            values: objective_values(&measurement.values, &measurement.deviations),
            at: DateTime(*at),
        }
    }
}
