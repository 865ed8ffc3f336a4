//! Inputs of the mutations of workers and runners.

use async_graphql::{ID, InputObject, OneofObject};

use super::id;
use crate::{
    api::scalar::JsonMap,
    manager::{Ask, ClaimRef, Heartbeat, StepValues, TaskClaim, Tell},
    task::{
        Artifact, Beside, Delay, Invalid, Labels, LeaseRef, LeaseTime, LeaseToken, Measured,
        Reason, Report, TaskId, WorkerName,
    },
};

/// The longest that a call waits for work, in seconds.
const MAX_WAIT: f64 = 300.0;

pub(super) fn wait(seconds: f64) -> Result<Delay, Invalid> {
    if !(0.0..=MAX_WAIT).contains(&seconds) {
        let range = format!("a number of seconds from 0 to {MAX_WAIT}");
        return Err(Invalid::new(range).at("waitSeconds"));
    }
    Delay::from_seconds(seconds).map_err(|e| e.at("waitSeconds"))
}

pub(super) fn lease(seconds: Option<f64>) -> Result<Option<LeaseTime>, Invalid> {
    seconds.map(LeaseTime::from_seconds).transpose().map_err(|e| e.at("leaseSeconds"))
}

fn capabilities(labels: Option<Vec<String>>) -> Result<Labels, Invalid> {
    Labels::new(labels.unwrap_or_default()).map_err(|e| e.at("capabilities"))
}

/// Reason for a failure that a worker need not name.
const NO_REASON: &str = "no reason was given";

/// Reason that a program gives, if it does.
pub(super) fn reported(reason: Option<&str>) -> Option<Reason> {
    reason.and_then(Reason::cut)
}

fn because(reason: &str) -> Result<Reason, Invalid> {
    Reason::cut(reason).map_or_else(|| Reason::new(NO_REASON), Ok)
}

/// A worker's request for points.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct AskInput {
    /// The task. Left out, the next trial of the queue across all RUNNING tasks.
    task_id: Option<ID>,
    /// How many points, 1 to 1,000.
    #[graphql(default = 1)]
    count: i32,
    /// The name of the worker, at most 100 characters: it is shown with its trials.
    worker: Option<String>,
    /// How long the leases hold without a heartbeat, 0.1 seconds to 30 days. Left out, as long as the task's policy
    /// says.
    lease_seconds: Option<f64>,
    /// How long to wait for work if there is none, at most 300 seconds. The call returns as soon as there is some.
    #[graphql(default = 0.0)]
    wait_seconds: f64,
    /// What the worker can do, at most 32 labels: from the queue it gets trials of tasks whose `labels` are among them.
    capabilities: Option<Vec<String>>,
    /// Makes the call safe to send twice: with the same key and input it gives the same trials again, as they are then.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<AskInput> for Ask {
    type Error = Invalid;

    fn try_from(input: AskInput) -> Result<Self, Invalid> {
        let AskInput {
            task_id,
            count,
            worker,
            lease_seconds,
            wait_seconds,
            capabilities: labels,
            idempotency_key: _,
        } = input;
        Ok(Self {
            task: task_id.map(|task| id("taskId", &task)).transpose()?,
            count: count.into(),
            worker: worker.map(WorkerName::new).transpose().map_err(|e| e.at("worker"))?,
            lease: lease(lease_seconds)?,
            wait: wait(wait_seconds)?,
            capabilities: capabilities(labels)?,
        })
    }
}

/// A worker's report of one trial.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TellInput {
    /// The trial, as `ask` gave it.
    trial_id: ID,
    /// The token of the lease, as `ask` gave it. Left out, the result is entered by hand: it counts whoever has the
    /// trial.
    lease_token: Option<LeaseToken>,
    /// What was really tried, if that is not the point of the trial: a value for each parameter. It may lie outside the
    /// space. Models learn from it, and it is kept beside the planned point.
    executed_point: Option<JsonMap>,
    /// What became of it.
    outcome: TellOutcome,
    /// Named quantities that are not objectives, at most 100.
    metrics: Option<Vec<MetricInput>>,
    /// Whatever you want to keep with the result, at most 16 KiB.
    metadata: Option<JsonMap>,
    /// Links to what the evaluation left behind, at most 100.
    artifacts: Option<Vec<ArtifactInput>>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

/// What became of a trial: exactly one of the fields.
#[derive(Debug, Clone, OneofObject)]
pub(in crate::api) enum TellOutcome {
    /// What was measured: one value for each objective, or for those that were measured.
    Values(Vec<ObjectiveValueInput>),
    /// The evaluation went wrong. It is tried again if the task's `trialPolicy` says so.
    Failure(TrialFailureInput),
    /// The point cannot be evaluated, now or ever.
    Infeasible(TrialInfeasibleInput),
    /// You stopped the evaluation early, because it would not become good.
    Pruned(TrialPrunedInput),
}

/// What was measured for one objective.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ObjectiveValueInput {
    /// The name of the objective.
    objective: String,
    /// What was measured, a finite number.
    value: f64,
    /// The standard deviation of the measurement, if you know it.
    standard_deviation: Option<f64>,
}

pub(super) fn measured(values: Vec<ObjectiveValueInput>) -> Vec<Measured> {
    values
        .into_iter()
        .map(|ObjectiveValueInput { objective, value, standard_deviation }| Measured {
            objective,
            value,
            deviation: standard_deviation,
        })
        .collect()
}

/// A named quantity that is not an objective.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct MetricInput {
    /// Its name, at most 100 characters.
    name: String,
    /// What was measured, a finite number.
    value: f64,
}

/// A link to something that an evaluation left behind: a spectrum, a log, a model.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ArtifactInput {
    /// What it is, at most 200 characters.
    name: String,
    /// Where it is: an address with a scheme, such as `https:` or `s3:`, at most 2,000 characters.
    url: String,
}

/// How an evaluation went wrong.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TrialFailureInput {
    /// Why, such as a traceback. Over 2,000 characters the server keeps the beginning and the end, and marks what it
    /// cut. An empty text is kept as "no reason was given".
    reason: String,
    /// Which kind of failure it is, a word of your own: the task's `trialPolicy` may list the kinds that are tried
    /// again.
    kind: Option<String>,
}

/// Why a point cannot be evaluated.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TrialInfeasibleInput {
    /// Why. Over 2,000 characters the server keeps the beginning and the end, and marks what it cut.
    reason: String,
}

/// Why an evaluation was stopped early.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TrialPrunedInput {
    /// Why. Over 2,000 characters the server keeps the beginning and the end, and marks what it cut.
    reason: Option<String>,
}

impl TryFrom<TellOutcome> for Report {
    type Error = Invalid;

    fn try_from(outcome: TellOutcome) -> Result<Self, Invalid> {
        Ok(match outcome {
            TellOutcome::Values(values) => Self::Values(measured(values)),
            TellOutcome::Failure(TrialFailureInput { reason, kind }) => {
                Self::Failure { reason: because(&reason)?, kind }
            }
            TellOutcome::Infeasible(TrialInfeasibleInput { reason }) => {
                Self::Infeasible(because(&reason)?)
            }
            TellOutcome::Pruned(TrialPrunedInput { reason }) => {
                Self::Pruned(reason.as_deref().and_then(Reason::cut))
            }
        })
    }
}

pub(super) fn beside(
    metrics: Option<Vec<MetricInput>>,
    metadata: Option<JsonMap>,
    artifacts: Option<Vec<ArtifactInput>>,
) -> Result<Beside, Invalid> {
    let metrics = metrics.unwrap_or_default().into_iter();
    let artifacts = artifacts.unwrap_or_default().into_iter();
    Beside::new(
        metrics.map(|MetricInput { name, value }| (name, value)).collect(),
        metadata.unwrap_or_default().0,
        artifacts.map(|ArtifactInput { name, url }| Artifact { name, url }).collect(),
    )
}

impl TryFrom<TellInput> for Tell {
    type Error = Invalid;

    fn try_from(input: TellInput) -> Result<Self, Invalid> {
        let TellInput {
            trial_id,
            lease_token,
            executed_point,
            outcome,
            metrics,
            metadata,
            artifacts,
            idempotency_key: _,
        } = input;
        Ok(Self {
            id: id("trialId", &trial_id)?,
            token: lease_token,
            executed_point: executed_point.map(|point| point.0),
            report: outcome.try_into().map_err(|e: Invalid| e.at("outcome"))?,
            beside: beside(metrics, metadata, artifacts)?,
        })
    }
}

/// The lease of a trial, as `ask` gave it.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct LeaseInput {
    /// The trial.
    trial_id: ID,
    /// The token of the lease.
    token: LeaseToken,
}

fn leases(given: Vec<LeaseInput>) -> Result<Vec<LeaseRef>, Invalid> {
    let one = |(i, LeaseInput { trial_id, token }): (usize, LeaseInput)| {
        let trial = id("trialId", &trial_id).map_err(|e| e.at_index(i).at("leases"))?;
        Ok(LeaseRef { trial, token })
    };
    given.into_iter().enumerate().map(one).collect()
}

/// The claim of a task, as `claimTask` gave it, or the lease of its strategy, as `claimStrategy` did.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ClaimInput {
    /// The task.
    task_id: ID,
    /// Its token.
    token: LeaseToken,
}

fn claims(field: &str, given: Option<Vec<ClaimInput>>) -> Result<Vec<ClaimRef>, Invalid> {
    let one = |(i, ClaimInput { task_id, token }): (usize, ClaimInput)| {
        let task = id("taskId", &task_id).map_err(|e| e.at_index(i).at(field))?;
        Ok(ClaimRef { task, token })
    };
    given.unwrap_or_default().into_iter().enumerate().map(one).collect()
}

/// A sign of life.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct HeartbeatInput {
    /// The leases to be renewed, at most 1,000, of whatever tasks.
    leases: Option<Vec<LeaseInput>>,
    /// The claims of whole tasks to be renewed, at most 1,000.
    claims: Option<Vec<ClaimInput>>,
    /// The leases of strategies to be renewed, at most 1,000.
    strategies: Option<Vec<ClaimInput>>,
    /// How long they hold from now on, 0.1 seconds to 30 days. Left out, as long as each task's policy says.
    lease_seconds: Option<f64>,
    /// Makes the call safe to send twice. A heartbeat is anyway: it needs none.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<HeartbeatInput> for Heartbeat {
    type Error = Invalid;

    fn try_from(input: HeartbeatInput) -> Result<Self, Invalid> {
        let HeartbeatInput {
            leases: held,
            claims: of_tasks,
            strategies,
            lease_seconds,
            idempotency_key: _,
        } = input;
        Ok(Self {
            leases: leases(held.unwrap_or_default())?,
            claims: claims("claims", of_tasks)?,
            strategies: claims("strategies", strategies)?,
            lease: lease(lease_seconds)?,
        })
    }
}

/// Values on the way to the result.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ReportTrialInput {
    /// The trial.
    trial_id: ID,
    /// The token of its lease.
    lease_token: LeaseToken,
    /// How far the evaluation is: an epoch, a minute, a cycle; from 0 on.
    step: i64,
    /// What was measured there, for at least one of the objectives.
    values: Vec<ObjectiveValueInput>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<ReportTrialInput> for StepValues {
    type Error = Invalid;

    fn try_from(input: ReportTrialInput) -> Result<Self, Invalid> {
        let ReportTrialInput { trial_id, lease_token, step, values, idempotency_key: _ } = input;
        Ok(Self {
            id: id("trialId", &trial_id)?,
            token: lease_token,
            step,
            values: measured(values),
        })
    }
}

/// Leased trials to be given back.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ReleaseTrialsInput {
    /// The leases, 1 to 1,000, all of one task.
    leases: Vec<LeaseInput>,
    /// Why. Over 2,000 characters the server keeps the beginning and the end, and marks what it cut.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl ReleaseTrialsInput {
    pub(in crate::api) fn into_parts(self) -> Result<(Vec<LeaseRef>, Option<Reason>), Invalid> {
        Ok((leases(self.leases)?, reported(self.reason.as_deref())))
    }
}

/// A runner's request for a whole task.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ClaimTaskInput {
    /// The name of the runner, at most 100 characters.
    runner: String,
    /// How long the claim holds without a heartbeat, 0.1 seconds to 30 days. Left out, as long as the task's policy
    /// says of leases.
    lease_seconds: Option<f64>,
    /// What the runner can do, at most 32 labels: it gets tasks whose `labels` are among them.
    capabilities: Option<Vec<String>>,
    /// How long to wait for a task if there is none, at most 300 seconds.
    #[graphql(default = 0.0)]
    wait_seconds: f64,
    /// Makes the call safe to send twice: with the same key and input it gives the same task again.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<ClaimTaskInput> for TaskClaim {
    type Error = Invalid;

    fn try_from(input: ClaimTaskInput) -> Result<Self, Invalid> {
        let ClaimTaskInput {
            runner,
            lease_seconds,
            capabilities: labels,
            wait_seconds,
            idempotency_key: _,
        } = input;
        Ok(Self {
            runner: WorkerName::new(runner).map_err(|e| e.at("runner"))?,
            lease: lease(lease_seconds)?,
            capabilities: capabilities(labels)?,
            wait: wait(wait_seconds)?,
        })
    }
}

/// A claimed task to be given back.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ReleaseTaskInput {
    /// The task.
    task_id: ID,
    /// The token of the claim.
    token: LeaseToken,
    /// Why. Over 2,000 characters the server keeps the beginning and the end, and marks what it cut.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl ReleaseTaskInput {
    pub(in crate::api) fn into_parts(
        self,
    ) -> Result<(TaskId, LeaseToken, Option<Reason>), Invalid> {
        Ok((id("taskId", &self.task_id)?, self.token, reported(self.reason.as_deref())))
    }
}
