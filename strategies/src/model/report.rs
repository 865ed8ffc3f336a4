//! What a model tells of itself.

use super::{Learned, Model, prediction};
use crate::{
    gp::real,
    proposal::{CrossValidated, ModelReport, ObjectiveModel, Prediction},
};

impl Model {
    /// What it has learned.
    #[must_use]
    pub fn report(&self) -> ModelReport {
        let objectives = &self.quantities[..self.problem.objectives];
        ModelReport {
            results: self.history.results,
            used: self.history.used,
            objectives: objectives.iter().map(|learned| self.objective(learned)).collect(),
            best: self.best(),
        }
    }

    fn objective(&self, learned: &Learned) -> ObjectiveModel {
        let hyper = learned.told().hyper();
        let warp = learned.told().warp();
        let parameters = self.problem.space.parameters.len();
        let lengths = hyper.lengths[..parameters].to_vec();
        let noise = (hyper.noise * hyper.amplitude).sqrt();
        let middle = warp.forward(median(&learned.values));
        let scale = if warp.is_curved() {
            "logarithm of the distance from the best"
        } else {
            "as measured"
        };
        // How much the function changes along an axis: the inverse of its length scale, squared.
        // What has never changed does not matter.
        let constant = |axis: usize| learned.told().is_constant(axis);
        let change =
            |(axis, length): (usize, &f64)| if constant(axis) { 0.0 } else { length.powi(-2) };
        let changes: Vec<f64> = lengths.iter().enumerate().map(change).collect();
        let total: f64 = changes.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        ObjectiveModel {
            noise: learned.told_noise.unwrap_or_else(|| warp.deviation(middle, noise)),
            scale: scale.to_owned(),
            r_squared: learned.r_squared(),
            informative: learned.is_informative(),
            relevance: changes.iter().map(|change| change / total).collect(),
            length_scales: lengths,
            cross_validation: learned.cross_validation().to_vec(),
        }
    }

    /// Where the only objective is expected to be best, among the points tried that keep all constraints.
    fn best(&self) -> Option<(crate::space::Point, Prediction)> {
        let [learned] = &self.quantities[..self.problem.objectives] else { return None };
        let predicted = learned.predict(&self.history.places);
        let means = learned.told().predict(&self.history.places).0;
        let kept = (0..means.len()).filter(|index| self.history.feasible[*index]);
        let best = kept.min_by(|a, b| means[*a].total_cmp(&means[*b]))?;
        let (_, point) = self.history.points.get(best)?;
        Some((point.clone(), predicted[best]))
    }
}

impl Learned {
    /// Each value as the others predict it.
    fn cross_validation(&self) -> &[CrossValidated] {
        self.left_out.get_or_init(|| {
            let left_out = self.told().leave_one_out(&self.values);
            let known = self.observations.iter().zip(&self.values);
            let told =
                known.zip(left_out).map(|((observation, measured), left_out)| CrossValidated {
                    observation: *observation,
                    measured: *measured,
                    predicted: prediction(self.told(), left_out.mean, left_out.deviation),
                });
            told.collect()
        })
    }

    /// The share of the variance that these predictions explain; none for fewer than three values, or equal ones.
    pub(super) fn r_squared(&self) -> Option<f64> {
        r_squared(self.cross_validation())
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn r_squared(told: &[CrossValidated]) -> Option<f64> {
    let mean = told.iter().map(|one| one.measured).sum::<f64>() / real(told.len());
    let total: f64 = told.iter().map(|one| (one.measured - mean).powi(2)).sum();
    let left: f64 = told.iter().map(|one| (one.measured - one.predicted.mean).powi(2)).sum();
    let share = 1.0 - left / total;
    (told.len() > 2 && share.is_finite()).then_some(share)
}
