//! Inputs of the mutations of trials.

use async_graphql::{ID, InputObject, OneofObject};

use super::id;
use crate::{
    api::scalar::JsonMap,
    task::{Invalid, JsonObject, Reason, Report, TaskId, TrialId, WorkerName},
};

/// A worker's request for points.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct AskInput {
    /// The task.
    task_id: ID,
    /// How many points, 1 to 1,000.
    #[graphql(default = 1)]
    count: i32,
    /// The name of the worker, at most 100 characters: it is shown with its trials.
    worker: Option<String>,
}

impl AskInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TaskId, i64, Option<WorkerName>), Invalid> {
        let worker = self.worker.map(WorkerName::new).transpose().map_err(|e| e.at("worker"))?;
        Ok((id("taskId", &self.task_id)?, self.count.into(), worker))
    }
}

/// A worker's report of one trial.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TellInput {
    /// The trial, as `ask` gave it.
    trial_id: ID,
    /// What became of it.
    outcome: TellOutcome,
}

/// What became of a trial: exactly one of the fields.
#[derive(Debug, Clone, OneofObject)]
pub(in crate::api) enum TellOutcome {
    /// What was measured: one value for each objective.
    Values(Vec<ObjectiveValueInput>),
    /// The evaluation went wrong.
    Failure(TrialFailureInput),
}

/// What was measured for one objective.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ObjectiveValueInput {
    /// The name of the objective.
    objective: String,
    /// What was measured, a finite number.
    value: f64,
}

/// How an evaluation went wrong.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TrialFailureInput {
    /// Why, at most 2,000 characters.
    reason: String,
}

impl TellInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TrialId, Report), Invalid> {
        let report = match self.outcome {
            TellOutcome::Values(values) => Report::Values(
                values
                    .into_iter()
                    .map(|ObjectiveValueInput { objective, value }| (objective, value))
                    .collect(),
            ),
            TellOutcome::Failure(TrialFailureInput { reason }) => Report::Failure(
                Reason::new(reason).map_err(|e| e.at("reason").at("failure").at("outcome"))?,
            ),
        };
        Ok((id("trialId", &self.trial_id)?, report))
    }
}

/// Points to be run next.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct EnqueueTrialsInput {
    /// The task.
    task_id: ID,
    /// The points, 1 to 1,000: for each, the name of every parameter and its value.
    points: Vec<JsonMap>,
}

impl EnqueueTrialsInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TaskId, Vec<JsonObject>), Invalid> {
        Ok((id("taskId", &self.task_id)?, self.points.into_iter().map(|point| point.0).collect()))
    }
}
