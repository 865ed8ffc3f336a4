//! What is answered.

use serde::{Deserialize, Serialize};

use crate::{settings::StrategyKind, space::Point};

/// What a model expects of one objective, in its own units (minimized).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Mean of the posterior distribution, transformed back where the model works on another scale.
    pub mean: f64,
    /// Standard deviation of the objective itself, without the noise of a measurement.
    pub deviation: f64,
}

/// By what the point was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Criterion {
    /// The logarithm of the expected improvement.
    LogEi,
    /// A confidence bound.
    Ucb,
    /// The probability of improvement.
    Pi,
    /// A function drawn from the posterior.
    Thompson,
    /// The logarithm of the expected hypervolume improvement.
    LogEhvi,
    /// The logarithm of the ratio of the densities of good and other points, of TPE.
    DensityRatio,
    /// The probability that the constraints are kept, while no point is known that keeps them.
    Feasibility,
}

/// Why a point was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// What chose it in the end; never [`StrategyKind::Auto`].
    pub strategy: StrategyKind,
    /// In words: why this strategy, and what it did.
    pub reason: String,
    /// If it comes from a simpler strategy than was asked for: what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// What the model expects of each objective; empty without a model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<Prediction>,
    /// By what it was chosen, and its value there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acquisition: Option<(Criterion, f64)>,
    /// The expected improvement over the best, in the units of the only objective (or of hypervolume): what the next
    /// evaluation is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_improvement: Option<f64>,
    /// The largest improvement that is expected anywhere, if the point was chosen by something else: what tells whether going
    /// on is worth it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attainable_improvement: Option<f64>,
    /// How many results it stands on.
    pub results: usize,
}

/// A point to try next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The point.
    pub point: Point,
    /// Why it was chosen.
    pub why: Why,
}

/// What a surrogate model has learned of one objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectiveModel {
    /// One for each parameter: how far one must go along it, as a share of its range (0 to 1 is the whole range), until
    /// the objective has changed. Small means that it matters.
    pub length_scales: Vec<f64>,
    /// Standard deviation of a measurement, in the units of the objective: as it was declared, or told with all results
    /// (their quadratic mean), else estimated.
    pub noise: f64,
    /// Whether the model sees the objective itself, or its logarithm or the like; in words.
    pub scale: String,
    /// Leave-one-out predictions: (index of the observation, measured, mean, standard deviation with noise).
    pub cross_validation: Vec<CrossValidated>,
    /// The share of the variance that leave-one-out predictions explain; 1 is perfect, 0 as good as the mean.
    pub r_squared: Option<f64>,
    /// False while `r_squared` is negative: the model predicts results worse than their mean does. Its predictions are then that
    /// mean and the standard deviation of the results.
    pub informative: bool,
    /// How important each parameter is by the model's own account, 0 to 1, summing to 1.
    pub relevance: Vec<f64>,
}

/// A result as the model predicts it without having seen it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CrossValidated {
    /// The index of the observation in the history.
    pub observation: usize,
    /// What was measured.
    pub measured: f64,
    /// What the others predict, with noise.
    pub predicted: Prediction,
}

/// What a surrogate model has learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelReport {
    /// How many results it has seen.
    pub results: usize,
    /// How many of them it stands on, if it takes a part.
    pub used: usize,
    /// One for each objective.
    pub objectives: Vec<ObjectiveModel>,
    /// Where the model expects the best value of the only objective, among the points tried; none with several.
    pub best: Option<(Point, Prediction)>,
}
