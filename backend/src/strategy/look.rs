//! Looking at what a model has learned: in the words of the task, along a parameter, over two.

use std::collections::BTreeSet;

use asktell_strategies::{
    History, Outcome, Point as Place, Problem,
    proposal::{self, ModelReport, Prediction as Expectation},
    space::{Domain, Space},
};

use super::{point_of, predictions, sign};
use crate::task::{
    CrossValidated, Expected, Invalid, JsonObject, LearnedObjective, Parameter, ParameterEffect,
    ParameterImportance, ParameterValue, PredictedPoint, Result, TaskSettings, TrialNumber,
};

/// What a model has learned of each objective. `trials` are those of its observations.
#[must_use]
pub fn learned_objectives(
    settings: &TaskSettings,
    report: &ModelReport,
    trials: &[Option<TrialNumber>],
) -> Vec<LearnedObjective> {
    let parameters = settings.parameter_space.as_ref().map_or(&[][..], |space| space.parameters());
    let named = settings.objectives.as_slice().iter().zip(&report.objectives);
    named
        .map(|(objective, learned)| LearnedObjective {
            objective: objective.name.clone(),
            scale: learned.scale.clone(),
            noise: learned.noise,
            r_squared: learned.r_squared.filter(|share| share.is_finite()),
            informative: learned.informative,
            parameters: parameters
                .iter()
                .zip(learned.length_scales.iter().zip(&learned.relevance))
                .map(|(parameter, (length_scale, relevance))| ParameterEffect {
                    parameter: parameter.name.clone(),
                    length_scale: *length_scale,
                    relevance: *relevance,
                })
                .collect(),
            cross_validation: learned
                .cross_validation
                .iter()
                .filter_map(|one| cross_validated(one, sign(objective), trials))
                .collect(),
        })
        .collect()
}

/// By what the model is made of how much, in words: it is the same for all points that it chooses.
#[must_use]
pub fn learned_from(settings: &TaskSettings, report: &ModelReport) -> String {
    let parameters = settings.parameter_space.as_ref().map_or(0, |space| space.parameters().len());
    let learned = format!(
        "Gaussian process: {}, {}, {}",
        counted(settings.objectives.as_slice().len(), "objective"),
        counted(parameters, "parameter"),
        counted(report.results, "result"),
    );
    if report.used < report.results {
        format!("{learned}, of which it stands on {}", report.used)
    } else {
        learned
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn cross_validated(
    one: &proposal::CrossValidated,
    sign: f64,
    trials: &[Option<TrialNumber>],
) -> Option<CrossValidated> {
    let trial = trials.get(one.observation).copied().flatten()?;
    let Expectation { mean, deviation } = one.predicted;
    let (measured, predicted) = (sign * one.measured, sign * mean);
    Some(CrossValidated { trial, measured, predicted, deviation })
}

/// Where a model expects the best value.
#[must_use]
pub fn best_expected(settings: &TaskSettings, report: &ModelReport) -> Option<PredictedPoint> {
    let (point, expected) = report.best.as_ref()?;
    let predictions = predictions(settings, std::slice::from_ref(expected));
    Some(PredictedPoint { point: point_of(settings, point), predictions })
}

/// The best of the results, through which slices go: with several objectives, one of the front. The
/// middle of the space if there is none.
#[must_use]
pub fn best_place(problem: &Problem, history: &History) -> Place {
    let measured = history.observations.iter().filter(|one| one.source == 0).filter_map(|one| {
        let Outcome::Measured { values, constraints, .. } = &one.outcome else { return None };
        let broken = constraints.iter().filter(|value| value.is_nan() || **value > 0.0).count();
        Some((&one.point, values, broken))
    });
    let all: Vec<_> = measured.collect();
    let range = |objective: usize| {
        let values = || all.iter().map(|(_, values, _)| values[objective]);
        let low = values().fold(f64::INFINITY, f64::min);
        (low, (values().fold(f64::NEG_INFINITY, f64::max) - low).max(f64::MIN_POSITIVE))
    };
    let ranges: Vec<_> = (0..problem.objectives).map(range).collect();
    // What is least in this sum is on the front.
    let total = |values: &[f64]| -> f64 {
        let places = values.iter().zip(&ranges).map(|(value, (low, width))| (value - low) / width);
        // One that was not measured in every objective comes last.
        places.map(|place| if place.is_nan() { f64::INFINITY } else { place }).sum()
    };
    let inside = |(point, _, _): &&(&Place, _, _)| problem.space.admits(point);
    let may_be_best: Vec<_> = match all.iter().filter(inside).collect::<Vec<_>>() {
        inside if inside.is_empty() => all.iter().collect(),
        inside => inside,
    };
    let best = may_be_best.into_iter().min_by(|(_, a, broken_a), (_, b, broken_b)| {
        broken_a.cmp(broken_b).then(total(a).total_cmp(&total(b)))
    });
    let middle = || {
        let halves = vec![0.5; problem.space.parameters.len()];
        problem.space.point_at(&halves)
    };
    best.map_or_else(middle, |(point, _, _)| (*point).clone())
}

/// A place with other values of some parameters, as a client names them.
pub fn moved(settings: &TaskSettings, at: &Place, to: &JsonObject) -> Result<Place, Invalid> {
    let mut at = at.clone();
    for (name, value) in to {
        let index = index_of(settings, name).map_err(|e| e.at(name.as_str()))?;
        let parameter = &parameters(settings)[index];
        let value = serde_json::from_value::<ParameterValue>(value.clone()).ok();
        let number = value.and_then(|value| parameter.kind.number_of(&value));
        let number = number.ok_or_else(|| {
            Invalid::new(format!("must be a value of the parameter \"{name}\"")).at(name.as_str())
        })?;
        at.0[index] = Some(number);
    }
    Ok(at)
}

/// The index of a parameter.
pub fn index_of(settings: &TaskSettings, name: &str) -> Result<usize, Invalid> {
    let found = parameters(settings).iter().position(|parameter| parameter.name == name);
    found.ok_or_else(|| Invalid::new("the space has no such parameter"))
}

fn parameters(settings: &TaskSettings) -> &[Parameter] {
    settings.parameter_space.as_ref().map_or(&[][..], |space| space.parameters())
}

/// Values along a parameter: all of them if they are few, else so many, evenly on its own scale.
#[must_use]
pub fn axis(problem: &Problem, parameter: usize, steps: usize) -> Vec<f64> {
    let domain = &problem.space.parameters[parameter].domain;
    if let Domain::Categorical { choices } | Domain::Ordinal { levels: choices } = domain {
        return (0..*choices).take(MOST_CHOICES).map(real).collect();
    }
    let count = problem.space.parameters.len();
    let at = |step: usize| {
        let mut place = vec![0.5; count];
        place[parameter] = real(step) / real(steps.saturating_sub(1).max(1));
        value_at(domain, place[parameter])
    };
    let mut seen = BTreeSet::new();
    let values = (0..steps).map(at);
    values.filter(|value| seen.insert(value.to_bits())).collect()
}

/// Values of a parameter in the words of the task.
#[must_use]
pub fn values_of(settings: &TaskSettings, index: usize, values: &[f64]) -> Vec<ParameterValue> {
    let parameter = &parameters(settings)[index];
    values.iter().map(|value| parameter.kind.value_of(*value)).collect()
}

/// The most choices or levels that are looked at.
const MOST_CHOICES: usize = 200;

/// The value of a number at `u` of 0 to 1, the bounds at the ends.
fn value_at(domain: &Domain, u: f64) -> f64 {
    let (low, high, step, log) = match domain {
        Domain::Float { low, high, step, log } => (*low, *high, *step, *log),
        #[expect(clippy::cast_precision_loss, reason = "within 53 bits")]
        Domain::Int { low, high, step, log } => {
            (*low as f64, *high as f64, Some(*step as f64), *log)
        }
        Domain::Categorical { .. } | Domain::Ordinal { .. } => return 0.0,
    };
    let value = if log { low * (high / low).powf(u) } else { (high - low).mul_add(u, low) };
    let value = step.map_or(value, |step| {
        let most = ((high - low) / step + 1e-6).floor();
        let steps = ((value - low) / step).round().clamp(0.0, most);
        steps.mul_add(step, low)
    });
    value.clamp(low, high)
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
const fn real(number: usize) -> f64 {
    number as f64
}

/// The place with these values of some parameters, if it is a point of the space (of a list of
/// candidates, too: what lies between them shows how the model goes on).
#[must_use]
pub fn through(space: &Space, at: &Place, values: &[(usize, f64)]) -> Option<Place> {
    let mut place = at.clone();
    for (parameter, value) in values {
        place.0[*parameter] = Some(*value);
    }
    for parameter in 0..space.parameters.len() {
        if !space.is_active(parameter, &place.0) {
            if values.iter().any(|(named, _)| *named == parameter) {
                return None;
            }
            place.0[parameter] = None;
        } else if place.0[parameter].is_none() {
            // What comes to exist here has no value at the place: its middle stands for all.
            place.0[parameter] = Some(middle(&space.parameters[parameter].domain));
        }
    }
    space.admits(&place).then_some(place)
}

fn middle(domain: &Domain) -> f64 {
    match domain {
        Domain::Float { .. } | Domain::Int { .. } => value_at(domain, 0.5),
        Domain::Categorical { .. } | Domain::Ordinal { .. } => 0.0,
    }
}

/// What is expected of each objective at some places, those left out that are no points.
#[must_use]
pub fn expected(settings: &TaskSettings, places: &[Option<Vec<Expectation>>]) -> Vec<Expected> {
    let objectives = settings.objectives.as_slice().iter().enumerate();
    objectives
        .map(|(index, objective)| {
            let at = |place: &Option<Vec<Expectation>>| {
                place.as_ref().and_then(|expected| expected.get(index)).copied()
            };
            Expected {
                objective: objective.name.clone(),
                means: places.iter().map(|p| at(p).map(|e| sign(objective) * e.mean)).collect(),
                deviations: places.iter().map(|p| at(p).map(|e| e.deviation)).collect(),
            }
        })
        .collect()
}

/// The importance of each parameter for each objective, by their names.
#[must_use]
pub fn named_importance(settings: &TaskSettings, shares: &[Vec<f64>]) -> Vec<ParameterImportance> {
    let objectives = settings.objectives.as_slice().iter().zip(shares);
    objectives
        .flat_map(|(objective, shares)| {
            parameters(settings).iter().zip(shares).map(|(parameter, share)| ParameterImportance {
                objective: objective.name.clone(),
                parameter: parameter.name.clone(),
                importance: *share,
            })
        })
        .collect()
}
