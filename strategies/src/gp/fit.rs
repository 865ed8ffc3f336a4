//! Which hyperparameters explain the data best.

use super::{Data, Noise, kernel::Axis, likelihood::Objective, real, warp::Warp};
use crate::{
    lbfgs::{self, Effort, Minimum},
    propose::Interrupted,
};

/// The least variance of noise, as a share of the function's: what keeps factors stable where points crowd. Exact
/// functions are interpolated to four or five digits of their range.
pub(crate) const LEAST_NOISE: f64 = 1e-9;

/// What a Gaussian process knows before and beside its data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hyperparameters {
    /// How far along each axis of the unit cube values are alike.
    pub(crate) lengths: Vec<f64>,
    /// The variance of the function on its standardized scale.
    pub(crate) amplitude: f64,
    /// The variance of unknown noise, as a share of the amplitude.
    pub(crate) noise: f64,
    /// The logarithm of the knee of the scale's curve.
    pub(crate) ln_knee: f64,
}

/// Where each hyperparameter is among the coordinates of the fit, all as logarithms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout(usize);

impl Layout {
    pub(crate) fn amplitude(self) -> usize {
        self.0
    }
    pub(crate) fn noise(self) -> usize {
        self.0 + 1
    }
    pub(crate) fn knee(self) -> usize {
        self.0 + 2
    }
    pub(crate) fn read(self, place: &[f64]) -> Hyperparameters {
        Hyperparameters {
            lengths: place[..self.0].iter().map(|x| x.exp()).collect(),
            amplitude: place[self.amplitude()].exp(),
            noise: place[self.noise()].exp(),
            ln_knee: place[self.knee()],
        }
    }
}

/// What is believed of the logarithm of a hyperparameter before there are data: a normal distribution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prior {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl Prior {
    /// The negative logarithm of its density, but for a constant.
    pub(crate) fn unlikely(self, x: f64) -> f64 {
        0.5 * ((x - self.mean) / self.deviation).powi(2)
    }
    pub(crate) fn slope(self, x: f64) -> f64 {
        (x - self.mean) / self.deviation.powi(2)
    }
}

/// A line of coordinates on which descents begin: shifts of the length scales, and the logarithm of the knee.
const STARTS: [(f64, f64); 4] = [(0.0, STRAIGHT), (-1.0, STRAIGHT), (0.0, -1.5), (-1.0, -3.5)];

/// The knee of a line that is as good as straight.
const STRAIGHT: f64 = 4.0;

/// What may be assumed of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Whatever curve makes it likeliest.
    Free,
    /// A straight line.
    Straight,
}

/// The hyperparameters of highest posterior density.
pub(crate) fn fit(
    data: &Data,
    scale: Scale,
    interrupted: &dyn Fn() -> bool,
) -> Result<Hyperparameters, Interrupted> {
    let layout = Layout(data.axes.len());
    let straight = scale == Scale::Straight
        || data.noise.iter().any(|noise| matches!(noise, Noise::Known(d) if *d > 0.0));
    let (priors, bounds) = beliefs(data, straight);
    let mut objective = Objective::new(data, layout, priors.clone());
    let starts = STARTS.iter().filter(|(_, knee)| !straight || *knee >= STRAIGHT);
    let mut best: Option<Minimum> = None;
    for (shift, knee) in starts {
        if interrupted() {
            return Err(Interrupted);
        }
        let mut start: Vec<f64> = priors.iter().map(|prior| prior.mean).collect();
        for x in &mut start[..data.axes.len()] {
            *x += shift;
        }
        start[layout.knee()] = *knee;
        let effort = Effort { evaluations: 14, first_step: 0.5, tolerance: 1e-3 };
        let found = lbfgs::minimize(|x, g| objective.evaluate(x, g), &start, &bounds, effort);
        if best.as_ref().is_none_or(|best| found.value < best.value) {
            best = Some(found);
        }
    }
    let start =
        best.map_or_else(|| priors.iter().map(|prior| prior.mean).collect(), |best| best.place);
    let effort = Effort { evaluations: 50, first_step: 0.1, tolerance: 1e-4 };
    let found = lbfgs::minimize(|x, g| objective.evaluate(x, g), &start, &bounds, effort);
    Ok(layout.read(&found.place))
}

/// Priors and bounds of all coordinates.
///
/// Length scales grow with the root of the number of axes, as distances do (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
/// Optimization Performs Great in High Dimensions", ICML 2024). Noise may be next to nothing, or all that there is.
fn beliefs(data: &Data, straight: bool) -> (Vec<Prior>, Vec<(f64, f64)>) {
    let dimensions = real(data.axes.len());
    let mut priors = Vec::with_capacity(data.axes.len() + 3);
    let mut bounds = Vec::with_capacity(data.axes.len() + 3);
    for axis in &data.axes {
        let mean = match axis {
            Axis::Number => -0.7 + 0.5 * dimensions.ln(),
            Axis::Choice => 0.5,
        };
        priors.push(Prior { mean, deviation: 1.0 });
        bounds.push((0.01_f64.ln(), 100_f64.ln() + 0.5 * dimensions.ln()));
    }
    priors.push(Prior { mean: 0.5, deviation: 1.5 });
    bounds.push((-7.0, 9.0));
    priors.push(Prior { mean: -10.0, deviation: 4.0 });
    bounds.push((LEAST_NOISE.ln(), 3.0));
    priors.push(Prior { mean: 1.0, deviation: 2.5 });
    bounds.push(if straight { (STRAIGHT + 2.0, STRAIGHT + 2.0) } else { (-6.0, STRAIGHT + 2.0) });
    (priors, bounds)
}

impl Hyperparameters {
    /// The scale that they put values on.
    pub(crate) fn warp(&self, values: &[f64]) -> (Warp, Vec<f64>) {
        let warped = super::warp::Scaled::new(values).under(self.ln_knee);
        (warped.warp, warped.values)
    }
}
