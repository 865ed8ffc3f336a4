//! What is learned of a task: a Gaussian process for each objective, each outcome constraint, and for whether evaluations
//! fail.

mod branch;
mod data;
mod part;
mod report;

use std::sync::OnceLock;

pub(crate) use branch::Branches;
use data::{Encoding, Quantity};

use crate::{
    gp::{self, Data, Fit, Noise, Posterior, fit::Scale, real},
    history::{History, Outcome, Problem},
    proposal::{CrossValidated, Prediction},
    propose::{Fault, Request},
    space::{Point, Region, Space},
};

/// A surrogate model, trained on a history.
#[derive(Debug, Clone)]
pub struct Model {
    problem: Problem,
    history: Known,
    /// Objectives, then constraints, then failures.
    quantities: Vec<Learned>,
}

/// What the model remembers of its history.
#[derive(Debug, Clone)]
struct Known {
    /// How many results there were.
    results: usize,
    /// The observations that it stands on.
    used: usize,
    /// The measured points of this task among them, in order of their observations, with their places: those that may be
    /// proposed, for the best is to be one of them. While there are none, what lies nearest to the others, or to those of
    /// earlier tasks.
    points: Vec<(usize, Point)>,
    places: Vec<f64>,
    /// Which of them keep all constraints.
    feasible: Vec<bool>,
    has_sources: bool,
}

/// One quantity with its process.
#[derive(Debug, Clone)]
struct Learned {
    /// By which points are chosen.
    posterior: Posterior,
    /// By which predictions are told, where that is another one.
    told: Option<Posterior>,
    values: Vec<f64>,
    /// For each value the index of its observation.
    observations: Vec<usize>,
    /// The standard deviation of a measurement, where it need not be estimated.
    told_noise: Option<f64>,
    /// What the others predict of each value; computed when it is first asked for.
    left_out: OnceLock<Vec<CrossValidated>>,
}

impl Model {
    /// From everything that is known. Unable without two results.
    pub(crate) fn train(request: &Request) -> Result<Self, Fault> {
        let (problem, history) = (request.problem, request.history);
        let encoding = Encoding::new(problem, history);
        let used = part::chosen(history, &encoding, request.seed);
        let scale = if problem.objectives == 1 { Scale::Free } else { Scale::Straight };
        let learn =
            |quantity: Quantity, scale: Scale, what: &str| learn(quantity, scale, what, request);
        let mut quantities = Vec::new();
        for objective in 0..problem.objectives {
            let quantity = encoding.objective(objective, history, &used, &request.strategy.gp);
            let mut learned = learn(quantity, scale, "an objective")?;
            let declared = request.strategy.gp.noise.get(objective).copied().flatten();
            let declared = declared.filter(|deviation| deviation.is_finite() && *deviation >= 0.0);
            learned.told_noise = declared.or(learned.told_noise);
            quantities.push(learned);
        }
        for constraint in 0..problem.constraints {
            let quantity = encoding.constraint(constraint, history, &used);
            quantities.push(learn(quantity, Scale::Straight, "an outcome constraint")?);
        }
        if let Some(quantity) = encoding.failure(history, &used) {
            quantities.push(learn(quantity, Scale::Step, "failures")?);
        }
        let known = Known::new(&encoding, &problem.space, history, &used);
        Ok(Self { problem: problem.clone(), history: known, quantities })
    }

    pub(crate) fn space(&self) -> &Space {
        &self.problem.space
    }

    pub(crate) fn objectives(&self) -> usize {
        self.problem.objectives
    }

    pub(crate) fn results(&self) -> usize {
        self.history.results
    }

    pub(crate) fn used(&self) -> usize {
        self.history.used
    }

    /// The processes: objectives, then constraints, then failures.
    pub(crate) fn posteriors(&self) -> Vec<Posterior> {
        self.quantities.iter().map(|learned| learned.posterior.clone()).collect()
    }

    /// Up to which value each quantity after the objectives is kept, on its model's scale. Evaluations ought to succeed
    /// rather surely: half-way between evens and certainty.
    pub(crate) fn bounds(&self) -> Vec<f64> {
        let later = self.quantities[self.problem.objectives..].iter().enumerate();
        let bound = |index| if index < self.problem.constraints { 0.0 } else { -0.5 };
        later.map(|(index, learned)| learned.posterior.warp().forward(bound(index))).collect()
    }

    /// Places of this task's results in the models' coordinates, one after the other.
    pub(crate) fn places(&self) -> &[f64] {
        &self.history.places
    }

    /// Which of these results keep all constraints, as measured.
    pub(crate) fn feasible(&self) -> &[bool] {
        &self.history.feasible
    }

    /// The coordinates of a place beyond those of the unit cube.
    pub(crate) fn beyond(&self) -> &'static [f64] {
        if self.history.has_sources { &[0.0] } else { &[] }
    }

    /// A point as the models see it.
    pub(crate) fn place(&self, point: &Point) -> Vec<f64> {
        let mut place = self.problem.space.unit_of(point);
        place.extend_from_slice(self.beyond());
        place
    }

    /// False while the model predicts results of an objective worse than their mean does, by cross-validation.
    pub(crate) fn is_informative(&self, objective: usize) -> bool {
        self.quantities[objective].is_informative()
    }

    /// What it expects at each point, for each objective: `[point][objective]`, in their own units, minimized. Where it knows
    /// nothing of an objective yet, the mean and the standard deviation of the results.
    #[must_use]
    pub fn predict(&self, points: &[Point]) -> Vec<Vec<Prediction>> {
        let places: Vec<f64> = points.iter().flat_map(|point| self.place(point)).collect();
        let mut predictions = vec![Vec::with_capacity(self.problem.objectives); points.len()];
        for learned in &self.quantities[..self.problem.objectives] {
            for (point, prediction) in predictions.iter_mut().zip(learned.predict(&places)) {
                point.push(prediction);
            }
        }
        predictions
    }
}

impl Learned {
    /// The process by which predictions are told.
    fn told(&self) -> &Posterior {
        self.told.as_ref().unwrap_or(&self.posterior)
    }

    /// What is expected at places given one after the other, in the units of the quantity.
    fn predict(&self, places: &[f64]) -> Vec<Prediction> {
        let (means, deviations) = self.told().predict(places);
        if !self.is_informative() {
            return vec![scatter(&self.values); means.len()];
        }
        let expected = means.into_iter().zip(deviations);
        expected.map(|(mean, deviation)| prediction(self.told(), mean, deviation)).collect()
    }

    fn is_informative(&self) -> bool {
        self.r_squared().is_none_or(|share| share >= 0.0)
    }
}

/// From the scale of a process to the units of its objective.
fn prediction(posterior: &Posterior, mean: f64, deviation: f64) -> Prediction {
    let (mean, deviation) = posterior.warp().moments(mean, deviation);
    Prediction { mean, deviation }
}

/// Mean and standard deviation of values.
fn scatter(values: &[f64]) -> Prediction {
    let count = real(values.len());
    // Shares, lest the sum of huge values be infinite; and squares of shares of the largest.
    let mean = values.iter().map(|value| value / count).sum::<f64>();
    let away = |value: &f64| 0.5 * value - 0.5 * mean;
    let largest = values.iter().map(|value| away(value).abs()).fold(f64::MIN_POSITIVE, f64::max);
    let sum: f64 = values.iter().map(|value| (away(value) / largest).powi(2)).sum();
    let deviation = (2.0 * largest * (sum / (count - 1.0).max(1.0)).sqrt()).min(f64::MAX);
    Prediction { mean, deviation }
}

fn learn(
    quantity: Quantity,
    scale: Scale,
    what: &str,
    request: &Request,
) -> Result<Learned, Fault> {
    let Quantity { data, observations } = quantity;
    if data.len() < 2 {
        return Err(Fault::Unable(format!("fewer than two results tell of {what}")));
    }
    let (posterior, told) = learned(&data, scale, what, request)?;
    let (told_noise, left_out) = (told_noise(&data.noise), OnceLock::new());
    Ok(Learned { posterior, told, values: data.values, observations, told_noise, left_out })
}

/// The quadratic mean of the deviations of measurements, where each is told.
fn told_noise(noise: &[Noise]) -> Option<f64> {
    let told = noise.iter().filter_map(|noise| match noise {
        Noise::Unknown => Some(None),
        Noise::Known(deviation) => Some(Some(*deviation)),
        Noise::Guess(_) => None,
    });
    let told: Vec<f64> = told.collect::<Option<_>>()?;
    let mean = told.iter().map(|deviation| deviation * deviation).sum::<f64>() / real(told.len());
    (!told.is_empty()).then(|| mean.sqrt())
}

/// The process by which points are chosen, and the one by which predictions are told, if that is another.
fn learned(
    data: &Data,
    scale: Scale,
    what: &str,
    request: &Request,
) -> Result<(Posterior, Option<Posterior>), Fault> {
    let Fit { hyper, told } = gp::fit(&part::for_fit(data), scale, request.interrupted)?;
    let hyper = if scale == Scale::Step { hyper.of_step() } else { hyper };
    let posterior = Posterior::new(data, hyper).ok_or_else(|| {
        Fault::Unable(format!("the Gaussian process of {what} has no numerically sound solution"))
    })?;
    Ok((posterior, told.and_then(|told| Posterior::new(data, told))))
}

impl Known {
    fn new(encoding: &Encoding, space: &Space, history: &History, used: &[usize]) -> Self {
        let measured = |index: &&usize| {
            matches!(history.observations[**index].outcome, Outcome::Measured { .. })
        };
        let measured: Vec<usize> = used.iter().filter(measured).copied().collect();
        let is_own = |index: &&usize| history.observations[**index].source == 0;
        let mut own: Vec<usize> = measured.iter().filter(is_own).copied().collect();
        if own.is_empty() {
            // What is expected here at the points of earlier tasks stands for the first results.
            own = measured;
        }
        let point = |index: &usize| &history.observations[*index].point;
        let inside: Vec<usize> =
            own.iter().filter(|index| space.admits_values(point(index))).copied().collect();
        let points: Vec<(usize, Point)> = if inside.is_empty() {
            let region = Region::new(space);
            own.iter().map(|i| (*i, region.repair(&space.unit_of(point(i))))).collect()
        } else {
            inside.iter().map(|index| (*index, point(index).clone())).collect()
        };
        let keeps = |index: &usize| match &history.observations[*index].outcome {
            Outcome::Measured { constraints, .. } => constraints.iter().all(|value| *value <= 0.0),
            Outcome::Failed | Outcome::Pruned => false,
        };
        Self {
            results: history.observations.len(),
            used: used.len(),
            places: points.iter().flat_map(|(_, point)| encoding.place(point)).collect(),
            feasible: points.iter().map(|(index, _)| keeps(index)).collect(),
            points,
            has_sources: encoding.has_sources(),
        }
    }
}
