//! Criteria for one objective, and what constraints add to any.

use super::Criterion;
use crate::normal::{ln_distribution, ln_expected_below};

/// The logarithm of the expected improvement over `best` (Jones, Schonlau and Welch, Journal of Global Optimization 13, 1998;
/// in logarithms as Ament, Daulton, Eriksson, Balandat and Bakshy, `NeurIPS` 2023, show to be needed).
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogEi {
    /// What is to be undercut.
    pub(crate) best: f64,
}

impl Criterion for LogEi {
    fn value(&self, mean: &[f64], deviation: &[f64]) -> f64 {
        ln_expected_below((self.best - mean[0]) / deviation[0]).ln + deviation[0].ln()
    }

    fn gradient(
        &self,
        mean: &[f64],
        deviation: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> f64 {
        let below = ln_expected_below((self.best - mean[0]) / deviation[0]);
        d_mean[0] = -below.slope / deviation[0];
        d_deviation[0] = below.density / deviation[0];
        below.ln + deviation[0].ln()
    }
}

/// The logarithm of the probability of any improvement over `best` (Kushner, Journal of Basic Engineering 86, 1964).
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogPi {
    /// What is to be undercut.
    pub(crate) best: f64,
}

impl Criterion for LogPi {
    fn value(&self, mean: &[f64], deviation: &[f64]) -> f64 {
        ln_distribution((self.best - mean[0]) / deviation[0]).0
    }

    fn gradient(
        &self,
        mean: &[f64],
        deviation: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> f64 {
        let t = (self.best - mean[0]) / deviation[0];
        let (ln, inverse) = ln_distribution(t);
        d_mean[0] = -inverse / deviation[0];
        d_deviation[0] = -t * inverse / deviation[0];
        ln
    }
}

/// How low the function may well be: the mean less `deviations` standard deviations, negated (Srinivas, Krause, Kakade and
/// Seeger, ICML 2010).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    /// How many.
    pub(crate) deviations: f64,
}

impl Criterion for Bound {
    fn value(&self, mean: &[f64], deviation: &[f64]) -> f64 {
        self.deviations * deviation[0] - mean[0]
    }

    fn gradient(
        &self,
        mean: &[f64],
        deviation: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> f64 {
        d_mean[0] = -1.0;
        d_deviation[0] = self.deviations;
        self.value(mean, deviation)
    }
}

/// Another criterion for the first quantities, and the logarithm of the probability that each of the others is kept: with the
/// expected improvement, its expectation over what is feasible (Schonlau, Welch and Jones 1998; Gardner et al., ICML 2014).
pub(crate) struct Constrained {
    /// What the objectives are worth; none while the first thing is to keep the constraints at all.
    pub(crate) objective: Option<Box<dyn Criterion>>,
    /// How many quantities come before the constraints.
    pub(crate) first: usize,
    /// Up to where each constraint is kept.
    pub(crate) bounds: Vec<f64>,
    /// How much the logarithm of each probability counts: 1 for the expectation.
    pub(crate) weights: Vec<f64>,
}

impl Criterion for Constrained {
    fn value(&self, mean: &[f64], deviation: &[f64]) -> f64 {
        let first = self.first;
        let worth = self
            .objective
            .as_ref()
            .map_or(0.0, |inner| inner.value(&mean[..first], &deviation[..first]));
        let moments = mean[first..].iter().zip(&deviation[first..]);
        let kept = moments.zip(&self.bounds).zip(&self.weights);
        worth
            + kept
                .map(|(((mean, deviation), bound), weight)| {
                    weight * ln_distribution((bound - mean) / deviation).0
                })
                .sum::<f64>()
    }

    fn gradient(
        &self,
        mean: &[f64],
        deviation: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> f64 {
        let first = self.first;
        d_mean[..first].fill(0.0);
        d_deviation[..first].fill(0.0);
        let mut total = self.objective.as_ref().map_or(0.0, |inner| {
            inner.gradient(
                &mean[..first],
                &deviation[..first],
                &mut d_mean[..first],
                &mut d_deviation[..first],
            )
        });
        for ((bound, weight), index) in self.bounds.iter().zip(&self.weights).zip(first..) {
            let t = (bound - mean[index]) / deviation[index];
            let (ln, inverse) = ln_distribution(t);
            d_mean[index] = -weight * inverse / deviation[index];
            d_deviation[index] = -weight * t * inverse / deviation[index];
            total += weight * ln;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_those_of_the_values() {
        let criteria: [Box<dyn Criterion>; 4] = [
            Box::new(LogEi { best: 0.2 }),
            Box::new(LogPi { best: 0.2 }),
            Box::new(Bound { deviations: 2.0 }),
            Box::new(Constrained {
                objective: Some(Box::new(LogEi { best: 0.2 })),
                first: 1,
                bounds: vec![0.1],
                weights: vec![2.0],
            }),
        ];
        for criterion in criteria {
            for (mean, deviation) in
                [([0.1, 0.4], [0.3, 0.2]), ([3.0, -0.2], [0.05, 0.5]), ([-2.0, 2.0], [0.4, 0.1])]
            {
                let (mut d_mean, mut d_deviation) = ([0.0; 2], [0.0; 2]);
                let value = criterion.gradient(&mean, &deviation, &mut d_mean, &mut d_deviation);
                assert!((value - criterion.value(&mean, &deviation)).abs() < 1e-12);
                for index in 0..2 {
                    let step = 1e-6;
                    let along = |by: f64| {
                        let mut moved = (mean, deviation);
                        moved.0[index] += by;
                        criterion.value(&moved.0, &moved.1)
                    };
                    let slope = (along(step) - along(-step)) / (2.0 * step);
                    assert!(
                        (slope - d_mean[index]).abs() < 1e-4 * slope.abs().max(1.0),
                        "{slope} {}",
                        d_mean[index]
                    );
                    let along = |by: f64| {
                        let mut moved = (mean, deviation);
                        moved.1[index] += by;
                        criterion.value(&moved.0, &moved.1)
                    };
                    let slope = (along(step) - along(-step)) / (2.0 * step);
                    assert!((slope - d_deviation[index]).abs() < 1e-3 * slope.abs().max(1.0));
                }
            }
        }
    }
}
