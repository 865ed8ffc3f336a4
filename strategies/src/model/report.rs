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
        let hyper = learned.posterior.hyper();
        let warp = learned.posterior.warp();
        let parameters = self.problem.space.parameters.len();
        let lengths = hyper.lengths[..parameters].to_vec();
        let cross_validation = cross_validation(learned);
        let noise = (hyper.noise * hyper.amplitude).sqrt();
        let middle = warp.forward(median(&learned.values));
        let scale = if warp.is_curved() {
            "logarithm of the distance from the best"
        } else {
            "as measured"
        };
        // How much the function changes along an axis: the inverse of its length scale, squared.
        let changes: Vec<f64> = lengths.iter().map(|length| length.powi(-2)).collect();
        let total: f64 = changes.iter().sum();
        ObjectiveModel {
            noise: warp.deviation(middle, noise),
            scale: scale.to_owned(),
            r_squared: r_squared(&cross_validation),
            relevance: changes.iter().map(|change| change / total).collect(),
            length_scales: lengths,
            cross_validation,
        }
    }

    /// Where the only objective is expected to be best, among the points tried that keep all constraints.
    fn best(&self) -> Option<(crate::space::Point, Prediction)> {
        let [learned] = &self.quantities[..self.problem.objectives] else { return None };
        let (means, deviations) = learned.posterior.predict(&self.history.places);
        let kept = (0..means.len()).filter(|index| self.history.feasible[*index]);
        let best = kept.min_by(|a, b| means[*a].total_cmp(&means[*b]))?;
        let (_, point) = self.history.points.get(best)?;
        Some((point.clone(), prediction(&learned.posterior, means[best], deviations[best])))
    }
}

fn cross_validation(learned: &Learned) -> Vec<CrossValidated> {
    let left_out = learned.posterior.leave_one_out(&learned.values);
    let known = learned.observations.iter().zip(&learned.values);
    let told = known.zip(left_out).map(|((observation, measured), left_out)| CrossValidated {
        observation: *observation,
        measured: *measured,
        predicted: prediction(&learned.posterior, left_out.mean, left_out.deviation),
    });
    told.collect()
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
