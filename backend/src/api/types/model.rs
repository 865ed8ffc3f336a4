//! What the strategy's model has learned, for people to look at.

use async_graphql::SimpleObject;

use super::{Prediction, StrategyKind};
use crate::{
    api::scalar::{JsonMap, ParameterScalar},
    task,
};

/// What the strategy's model has learned from the results so far.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Model {
    /// How many results there are to learn from.
    results: i64,
    /// How many of them the model stands on; fewer only where there are too many for it.
    used: i64,
    /// Which strategy the model belongs to; never AUTO.
    strategy: StrategyKind,
    /// In words: which model, and from how much it has learned. Why a point was chosen is told with its trial
    /// (`Trial.proposal`).
    reason: String,
    /// What it has learned of each objective.
    objectives: Vec<ObjectiveModel>,
    /// Where it expects the best value of the only objective, among the points tried; none with several.
    best: Option<PredictedPoint>,
    /// The largest improvement over the best so far that it expects of any point, in the units of the only objective; with
    /// several, of hypervolume. What `budget.minExpectedImprovement` is compared with. None while that is not known.
    expected_improvement: Option<f64>,
}

/// What the model has learned of one objective.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ObjectiveModel {
    /// The name of the objective.
    objective: String,
    /// Whether the model sees the objective itself, its logarithm or the like; in words.
    scale: String,
    /// Standard deviation of a repeated measurement, in the units of the objective: as declared (`strategy.gp.noise`), or as
    /// told with every result (their quadratic mean), else as estimated from the results.
    noise: f64,
    /// The share of the variation between results that the model predicts without having seen them: 1 is perfect, 0 no
    /// better than the mean, below 0 worse. None for fewer than three results.
    r_squared: Option<f64>,
    /// False while `rSquared` is negative: the model knows nothing of the objective yet but the mean of the results.
    /// Predictions of it (`best`, `Task.slice`, `Task.contour`, `Trial.proposal`) are then that mean and the standard
    /// deviation of the results.
    informative: bool,
    /// What it holds of each parameter, in the order of the space.
    parameters: Vec<ParameterEffect>,
    /// Each result as the model predicts it from all others: how far to trust it.
    cross_validation: Vec<CrossValidated>,
}

/// What the model holds of one parameter.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ParameterEffect {
    /// The name of the parameter.
    parameter: String,
    /// How far one must go along it until the objective has changed, as a share of its range: small means that it
    /// matters. For a choice without order, how unlike two choices are is its inverse.
    length_scale: f64,
    /// How much it matters by the model's own account, 0 to 1; all parameters sum to 1.
    relevance: f64,
}

/// A result as the model predicts it from all others.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct CrossValidated {
    /// The number of the trial.
    trial: i64,
    /// What was measured.
    measured: f64,
    /// What the others let expect.
    predicted: f64,
    /// The standard deviation of that, the noise of a measurement included.
    deviation: f64,
}

/// A point, and what the model expects of it.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct PredictedPoint {
    /// The point.
    point: JsonMap,
    /// What the model expects of each objective.
    predictions: Vec<Prediction>,
}

/// What the model expects along one parameter, the others held.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Slice {
    /// The name of the parameter.
    parameter: String,
    /// The point through which the slice goes.
    at: JsonMap,
    /// The values of the parameter, in order.
    values: Vec<Option<ParameterScalar>>,
    /// What the model expects of each objective there.
    objectives: Vec<ObjectiveSlice>,
}

/// What the model expects of one objective along a slice.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ObjectiveSlice {
    /// The name of the objective.
    objective: String,
    /// The expected value at each value of the parameter; none where no point of the space is there.
    means: Vec<Option<f64>>,
    /// How sure that is: the standard deviations, without the noise of a measurement.
    deviations: Vec<Option<f64>>,
}

/// What the model expects over two parameters, the others held.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Contour {
    /// The name of one parameter.
    x: String,
    /// The name of the other.
    y: String,
    /// The point through which the plane goes.
    at: JsonMap,
    /// The values of the one, in order.
    x_values: Vec<Option<ParameterScalar>>,
    /// The values of the other, in order.
    y_values: Vec<Option<ParameterScalar>>,
    /// What the model expects of each objective there.
    objectives: Vec<ObjectiveContour>,
}

/// What the model expects of one objective over a plane: row by row, all values of x for the first of y, and so on.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ObjectiveContour {
    /// The name of the objective.
    objective: String,
    /// The expected values; none where no point of the space is there.
    means: Vec<Option<f64>>,
    /// How sure that is: the standard deviations, without the noise of a measurement.
    deviations: Vec<Option<f64>>,
}

/// How much one parameter matters for one objective, whatever the strategy: the share of the objective's variation over
/// the space that comes from the parameter alone (functional ANOVA on a random forest, Hutter et al., ICML 2014).
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ParameterImportance {
    /// The name of the objective.
    objective: String,
    /// The name of the parameter.
    parameter: String,
    /// The share, 0 to 1. What is missing to 1 comes from parameters together, or from noise.
    importance: f64,
}

impl From<&task::LearnedModel> for Model {
    fn from(model: &task::LearnedModel) -> Self {
        let task::LearnedModel {
            results,
            used,
            strategy,
            reason,
            objectives,
            best,
            expected_improvement,
        } = model;
        Self {
            results: count(*results),
            used: count(*used),
            strategy: (*strategy).into(),
            reason: reason.clone(),
            objectives: objectives.iter().map(ObjectiveModel::from).collect(),
            best: best.as_ref().map(PredictedPoint::from),
            expected_improvement: *expected_improvement,
        }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<&task::LearnedObjective> for ObjectiveModel {
    fn from(learned: &task::LearnedObjective) -> Self {
        let task::LearnedObjective {
            objective,
            scale,
            noise,
            r_squared,
            informative,
            parameters,
            cross_validation,
        } = learned;
        Self {
            objective: objective.clone(),
            scale: scale.clone(),
            noise: *noise,
            r_squared: *r_squared,
            informative: *informative,
            parameters: parameters.iter().map(ParameterEffect::from).collect(),
            cross_validation: cross_validation.iter().map(CrossValidated::from).collect(),
        }
    }
}

impl From<&task::ParameterEffect> for ParameterEffect {
    fn from(effect: &task::ParameterEffect) -> Self {
        let task::ParameterEffect { parameter, length_scale, relevance } = effect;
        Self { parameter: parameter.clone(), length_scale: *length_scale, relevance: *relevance }
    }
}

impl From<&task::CrossValidated> for CrossValidated {
    fn from(one: &task::CrossValidated) -> Self {
        let task::CrossValidated { trial, measured, predicted, deviation } = *one;
        Self { trial, measured, predicted, deviation }
    }
}

impl From<&task::PredictedPoint> for PredictedPoint {
    fn from(place: &task::PredictedPoint) -> Self {
        let task::PredictedPoint { point, predictions } = place;
        let predictions = predictions.iter().map(Prediction::from).collect();
        Self { point: JsonMap(point.to_json()), predictions }
    }
}

impl From<task::Slice> for Slice {
    fn from(slice: task::Slice) -> Self {
        let task::Slice { parameter, at, values, objectives } = slice;
        let objectives = objectives.into_iter().map(|expected| {
            let task::Expected { objective, means, deviations } = expected;
            ObjectiveSlice { objective, means, deviations }
        });
        Self {
            parameter,
            at: JsonMap(at.to_json()),
            values: ParameterScalar::nullable(values),
            objectives: objectives.collect(),
        }
    }
}

impl From<task::Contour> for Contour {
    fn from(contour: task::Contour) -> Self {
        let task::Contour { x, y, at, x_values, y_values, objectives } = contour;
        let objectives = objectives.into_iter().map(|expected| {
            let task::Expected { objective, means, deviations } = expected;
            ObjectiveContour { objective, means, deviations }
        });
        Self {
            x,
            y,
            at: JsonMap(at.to_json()),
            x_values: ParameterScalar::nullable(x_values),
            y_values: ParameterScalar::nullable(y_values),
            objectives: objectives.collect(),
        }
    }
}

impl From<&task::ParameterImportance> for ParameterImportance {
    fn from(share: &task::ParameterImportance) -> Self {
        let task::ParameterImportance { objective, parameter, importance } = share;
        let (objective, parameter) = (objective.clone(), parameter.clone());
        Self { objective, parameter, importance: *importance }
    }
}
