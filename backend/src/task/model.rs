//! What a model has learned of a task, for people to look at.

use serde::{Deserialize, Serialize};

use super::{ParameterValue, Point, Prediction, StrategyKind, TrialNumber};

/// What the model of a strategy has learned from the results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LearnedModel {
    /// How many results it has seen.
    pub results: usize,
    /// How many of them it stands on.
    pub used: usize,
    /// Which strategy it belongs to; never AUTO.
    pub strategy: StrategyKind,
    /// In words: which model, and of how much it was made.
    pub reason: String,
    /// What it has learned of each objective.
    pub objectives: Vec<LearnedObjective>,
    /// Where it expects the best value of the only objective, among the points tried.
    pub best: Option<PredictedPoint>,
    /// The improvement that it expects of the next point.
    pub expected_improvement: Option<f64>,
}

/// What a model has learned of one objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LearnedObjective {
    /// The name of the objective.
    pub objective: String,
    /// Whether the model sees the objective itself, its logarithm or the like; in words.
    pub scale: String,
    /// The standard deviation of a measurement.
    pub noise: f64,
    /// The share of the variance that predictions of results explain that they have not seen.
    pub r_squared: Option<f64>,
    /// False while that share is negative: the model knows no more of the objective than the mean of the results.
    #[serde(default = "informative")]
    pub informative: bool,
    /// What it holds of each parameter, in the order of the space.
    pub parameters: Vec<ParameterEffect>,
    /// Each result as the others let expect it.
    pub cross_validation: Vec<CrossValidated>,
}

/// What was written down before it was judged.
const fn informative() -> bool {
    true
}

/// What a model holds of one parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParameterEffect {
    /// The name of the parameter.
    pub parameter: String,
    /// How far one must go along it until the objective has changed, as a share of its range.
    pub length_scale: f64,
    /// How much it matters by the model's own account; all parameters sum to 1.
    pub relevance: f64,
}

/// A result as the model predicts it without having seen it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CrossValidated {
    /// The number of the trial.
    pub trial: TrialNumber,
    /// What was measured.
    pub measured: f64,
    /// What the others let expect.
    pub predicted: f64,
    /// The standard deviation of that, the noise of a measurement included.
    pub deviation: f64,
}

/// A point, and what the model expects of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictedPoint {
    /// The point.
    pub point: Point,
    /// What it expects of each objective.
    pub predictions: Vec<Prediction>,
}

/// What a model expects along one parameter, the others held.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// The name of the parameter.
    pub parameter: String,
    /// The point through which it goes.
    pub at: Point,
    /// The values of the parameter.
    pub values: Vec<ParameterValue>,
    /// What is expected of each objective there.
    pub objectives: Vec<Expected>,
}

/// What a model expects over two parameters, the others held.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// The name of one parameter.
    pub x: String,
    /// The name of the other.
    pub y: String,
    /// The point through which the plane goes.
    pub at: Point,
    /// The values of the one.
    pub x_values: Vec<ParameterValue>,
    /// The values of the other.
    pub y_values: Vec<ParameterValue>,
    /// What is expected of each objective: all values of x for the first of y, and so on.
    pub objectives: Vec<Expected>,
}

/// What is expected of one objective at some places; none where no point of the space is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The name of the objective.
    pub objective: String,
    /// The expected values.
    pub means: Vec<Option<f64>>,
    /// How sure that is.
    pub deviations: Vec<Option<f64>>,
}

/// How much one parameter matters for one objective, whatever the strategy.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterImportance {
    /// The name of the objective.
    pub objective: String,
    /// The name of the parameter.
    pub parameter: String,
    /// The share of the objective's variation that comes from the parameter alone.
    pub importance: f64,
}
