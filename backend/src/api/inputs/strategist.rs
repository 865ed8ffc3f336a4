//! Inputs of the mutations of strategists: clients that propose points.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{
    id,
    worker::{lease, reported, wait},
};
use crate::{
    api::scalar::{Json, JsonMap},
    manager::{ProposedTrials, StrategyClaim},
    task::{
        Invalid, Labels, LeaseToken, Patch, Prediction, ProposedPoint, Reason, TaskId, Version,
        WorkerName,
    },
};

/// A strategist's request for a task that needs points.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ClaimStrategyInput {
    /// The task. Left out, the first of those that need points and have no strategist.
    task_id: Option<ID>,
    /// The name of the strategist, at most 100 characters: it is shown with the task.
    strategist: String,
    /// The token of the lease that you have of the task already: it is renewed, and the call waits until the task needs
    /// points again. If you have lost it, this is a request like any other: the answer has another token.
    lease_token: Option<LeaseToken>,
    /// How long the lease holds without a heartbeat or a proposal, 0.1 seconds to 30 days. Left out, as long as the
    /// task's policy says of leases.
    lease_seconds: Option<f64>,
    /// How long to wait until points are needed, at most 300 seconds. Stay below the length of a lease that you have, or
    /// send heartbeats meanwhile.
    #[graphql(default = 0.0)]
    wait_seconds: f64,
    /// Without `taskId`: only tasks that have all of these labels, at most 32.
    labels: Option<Vec<String>>,
    /// Makes the call safe to send twice: with the same key and input it gives the same lease again.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<ClaimStrategyInput> for StrategyClaim {
    type Error = Invalid;

    fn try_from(input: ClaimStrategyInput) -> Result<Self, Invalid> {
        let ClaimStrategyInput {
            task_id,
            strategist,
            lease_token,
            lease_seconds,
            wait_seconds,
            labels,
            idempotency_key: _,
        } = input;
        Ok(Self {
            task: task_id.map(|task| id("taskId", &task)).transpose()?,
            strategist: WorkerName::new(strategist).map_err(|e| e.at("strategist"))?,
            token: lease_token,
            lease: lease(lease_seconds)?,
            wait: wait(wait_seconds)?,
            labels: Labels::new(labels.unwrap_or_default()).map_err(|e| e.at("labels"))?,
        })
    }
}

/// What a strategist proposes.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ProposeTrialsInput {
    /// The task.
    task_id: ID,
    /// The token of the lease, as `claimStrategy` gave it.
    lease_token: LeaseToken,
    /// The points in the order in which they are to be tried, at most 1,000. They may be more or fewer than are needed.
    points: Vec<ProposedPointInput>,
    /// The checkpoint of your own model, at most 512 KiB: whoever takes over goes on from it. It replaces the one that
    /// is there; null removes it, and left out it stays.
    model_state: MaybeUndefined<Json>,
    /// Refuse the points if the task itself has changed since you saw this version.
    expected_version: Option<Version>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

/// A point to be tried, and why.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ProposedPointInput {
    /// A value for each parameter, by its name.
    point: JsonMap,
    /// Why you chose it; shown with the trial. Over 2,000 characters the server keeps the beginning and the end, and
    /// marks what it cut.
    reason: Option<String>,
    /// What your model expects there, at most one for each objective.
    predictions: Option<Vec<PredictionInput>>,
}

/// What a model expects of one objective at a point.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct PredictionInput {
    /// The name of the objective.
    objective: String,
    /// The expected value, in the units of the objective.
    mean: f64,
    /// How sure that is: the standard deviation.
    deviation: f64,
}

impl TryFrom<ProposedPointInput> for ProposedPoint {
    type Error = Invalid;

    fn try_from(input: ProposedPointInput) -> Result<Self, Invalid> {
        let ProposedPointInput { point, reason: why, predictions } = input;
        let predictions = predictions.unwrap_or_default().into_iter();
        Ok(Self {
            point: point.0,
            reason: reported(why.as_deref()),
            predictions: predictions
                .map(|PredictionInput { objective, mean, deviation }| Prediction {
                    objective,
                    mean,
                    deviation,
                })
                .collect(),
        })
    }
}

impl TryFrom<ProposeTrialsInput> for ProposedTrials {
    type Error = Invalid;

    fn try_from(input: ProposeTrialsInput) -> Result<Self, Invalid> {
        let ProposeTrialsInput {
            task_id,
            lease_token,
            points,
            model_state,
            expected_version,
            idempotency_key: _,
        } = input;
        let one = |(i, point): (usize, ProposedPointInput)| {
            point.try_into().map_err(|e: Invalid| e.at_index(i).at("points"))
        };
        Ok(Self {
            task: id("taskId", &task_id)?,
            token: lease_token,
            expected_version,
            points: points.into_iter().enumerate().map(one).collect::<Result<_, _>>()?,
            model_state: match model_state {
                MaybeUndefined::Undefined => Patch::Keep,
                MaybeUndefined::Null => Patch::Clear,
                MaybeUndefined::Value(state) => Patch::Set(state.0),
            },
        })
    }
}

/// The strategy of a task, to be given back.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ReleaseStrategyInput {
    /// The task.
    task_id: ID,
    /// The token of the lease.
    lease_token: LeaseToken,
    /// Why. Over 2,000 characters the server keeps the beginning and the end, and marks what it cut.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl ReleaseStrategyInput {
    pub(in crate::api) fn into_parts(
        self,
    ) -> Result<(TaskId, LeaseToken, Option<Reason>), Invalid> {
        Ok((id("taskId", &self.task_id)?, self.lease_token, reported(self.reason.as_deref())))
    }
}
