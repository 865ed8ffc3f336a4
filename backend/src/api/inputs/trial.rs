//! Inputs of the mutations of trials by hand.

use async_graphql::{ID, InputObject};

use super::{
    id, ids, life,
    worker::{ArtifactInput, MetricInput, ObjectiveValueInput, TellOutcome, beside, measured},
};
use crate::{
    api::scalar::JsonMap,
    manager::{NewResult, PlaceOfResults},
    task::{Invalid, JsonObject, Measured, Reason, TaskId, TrialId},
};

/// Points to be run next.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct EnqueueTrialsInput {
    /// The task.
    task_id: ID,
    /// The points, 1 to 1,000: for each, the name of every parameter and its value.
    points: Vec<JsonMap>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl EnqueueTrialsInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TaskId, Vec<JsonObject>), Invalid> {
        Ok((id("taskId", &self.task_id)?, self.points.into_iter().map(|point| point.0).collect()))
    }
}

/// Results from elsewhere.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct AddResultsInput {
    /// The task.
    task_id: ID,
    /// The results, 1 to 10,000.
    results: Vec<ResultInput>,
    /// Whether points outside the space (beyond its bounds, off its steps, against its constraints, no candidates) are
    /// taken, too. They are marked `inSpace: false`: models learn from them, they are never the best.
    #[graphql(default = true)]
    outside: bool,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

/// A result from elsewhere.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ResultInput {
    /// What was tried: the name of every parameter and its value.
    point: JsonMap,
    /// What became of it.
    outcome: TellOutcome,
    /// Named quantities that are not objectives, at most 100.
    metrics: Option<Vec<MetricInput>>,
    /// Whatever you want to keep with the result, at most 16 KiB.
    metadata: Option<JsonMap>,
    /// Links to what the evaluation left behind, at most 100.
    artifacts: Option<Vec<ArtifactInput>>,
}

impl TryFrom<ResultInput> for NewResult {
    type Error = Invalid;

    fn try_from(input: ResultInput) -> Result<Self, Invalid> {
        let ResultInput { point, outcome, metrics, metadata, artifacts } = input;
        Ok(Self {
            point: point.0,
            report: outcome.try_into().map_err(|e: Invalid| e.at("outcome"))?,
            beside: beside(metrics, metadata, artifacts)?,
        })
    }
}

impl AddResultsInput {
    pub(in crate::api) fn into_parts(
        self,
    ) -> Result<(TaskId, Vec<NewResult>, PlaceOfResults), Invalid> {
        let place = if self.outside { PlaceOfResults::Anywhere } else { PlaceOfResults::InSpace };
        let one = |(i, result): (usize, ResultInput)| {
            result.try_into().map_err(|e: Invalid| e.at_index(i).at("results"))
        };
        let results = self.results.into_iter().enumerate().map(one).collect::<Result<_, _>>()?;
        Ok((id("taskId", &self.task_id)?, results, place))
    }
}

/// Waiting trials to be given up.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct SkipTrialsInput {
    /// The trials, 1 to 1,000, all of one task.
    trial_ids: Vec<ID>,
    /// Why, 1 to 2,000 characters.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl SkipTrialsInput {
    pub(in crate::api) fn into_parts(self) -> Result<(Vec<TrialId>, Option<Reason>), Invalid> {
        Ok((ids("trialIds", &self.trial_ids)?, life::because(self.reason)?))
    }
}

fn because(given: String) -> Result<Reason, Invalid> {
    Reason::given(given).map_err(|e| e.at("reason"))
}

/// A finished trial to be left out of the optimization.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct ExcludeTrialInput {
    /// The trial.
    trial_id: ID,
    /// Why, 1 to 2,000 characters.
    reason: String,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl ExcludeTrialInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TrialId, Reason), Invalid> {
        Ok((id("trialId", &self.trial_id)?, because(self.reason)?))
    }
}

/// An excluded trial that is to count again.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct IncludeTrialInput {
    /// The trial.
    trial_id: ID,
    /// Why, 1 to 2,000 characters.
    reason: String,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl IncludeTrialInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TrialId, Reason), Invalid> {
        Ok((id("trialId", &self.trial_id)?, because(self.reason)?))
    }
}

/// A measured result that was wrong.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct CorrectTrialInput {
    /// The trial; it is COMPLETED.
    trial_id: ID,
    /// What was measured in truth, of one objective at least.
    values: Vec<ObjectiveValueInput>,
    /// Why it is corrected, 1 to 2,000 characters.
    reason: String,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl CorrectTrialInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TrialId, Vec<Measured>, Reason), Invalid> {
        Ok((id("trialId", &self.trial_id)?, measured(self.values), because(self.reason)?))
    }
}
