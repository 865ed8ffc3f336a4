//! Which hyperparameters explain the data best.

use super::{Data, Noise, Posterior, kernel::Axis, likelihood::Objective, real, warp::Warp};
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
    pub(super) fn of(data: &Data) -> Self {
        Self(data.axes.len())
    }
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
struct Prior {
    mean: f64,
    deviation: f64,
}

impl Prior {
    /// The negative logarithm of its density, but for a constant, and the slope of that.
    fn unlikely(self, x: f64) -> (f64, f64) {
        let away = (x - self.mean) / self.deviation;
        (0.5 * away * away, away / self.deviation)
    }
}

/// What is believed of all hyperparameters.
///
/// Length scales grow with the root of the number of axes, as distances do (Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
/// Optimization Performs Great in High Dimensions", ICML 2024). They differ less from each other than from what was
/// expected: few results cannot tell ten of them apart. Noise may be next to nothing, or all that there is.
#[derive(Debug, Clone)]
pub(crate) struct Beliefs {
    /// Of the mean of the length scales along numbers.
    common: Prior,
    /// Of how far each is from their mean.
    apart: Prior,
    axes: Vec<Axis>,
    /// Of the length scales of choices.
    choice: Prior,
    /// Of all that comes after the length scales.
    others: [Prior; 3],
    bounds: Vec<(f64, f64)>,
}

impl Beliefs {
    pub(super) fn new(data: &Data, straight: bool) -> Self {
        let axes = &data.axes;
        let active = active_axes(data);
        let spread = 0.5 * active.ln();
        let mut bounds = vec![(0.01_f64.ln(), 100_f64.ln() + spread); axes.len()];
        bounds.push((-7.0, 9.0));
        bounds.push((LEAST_NOISE.ln(), 3.0));
        bounds.push(if straight {
            (STRAIGHT + 2.0, STRAIGHT + 2.0)
        } else {
            (-6.0, STRAIGHT + 2.0)
        });
        let apart = Prior { mean: 0.0, deviation: 0.5 };
        let common = Prior { mean: -0.7 + spread, deviation: 1.0 / active.sqrt() };
        let others = [
            Prior { mean: 0.5, deviation: 3.0 },
            Prior { mean: -10.0, deviation: 4.0 },
            Prior { mean: 1.0, deviation: 2.5 },
        ];
        Self {
            common,
            apart,
            axes: axes.clone(),
            choice: Prior { mean: 0.5, deviation: 1.0 },
            others,
            bounds,
        }
    }

    /// The likeliest hyperparameters before there are data.
    fn middle(&self) -> Vec<f64> {
        let lengths = self.axes.iter().map(|axis| match axis {
            Axis::Number => self.common.mean,
            Axis::Choice => self.choice.mean,
        });
        lengths.chain(self.others.iter().map(|prior| prior.mean)).collect()
    }

    /// The negative logarithm of their density, but for a constant; its gradient is added. `noise` says whether that of the
    /// noise is counted, or something better is known of it.
    pub(crate) fn add_to(&self, place: &[f64], gradient: &mut [f64], noise: bool) -> f64 {
        let numbers: Vec<usize> =
            (0..self.axes.len()).filter(|axis| self.axes[*axis] == Axis::Number).collect();
        let count = real(numbers.len().max(1));
        let mean = numbers.iter().map(|axis| place[*axis]).sum::<f64>() / count;
        let (mut sum, common) =
            if numbers.is_empty() { (0.0, 0.0) } else { self.common.unlikely(mean) };
        for axis in numbers {
            let (unlikely, slope) = self.apart.unlikely(place[axis] - mean);
            sum += unlikely;
            // The differences sum to 0: what the mean takes from each, they have together.
            gradient[axis] += slope + common / count;
        }
        let choices = (0..self.axes.len())
            .filter(|axis| self.axes[*axis] == Axis::Choice)
            .map(|axis| (axis, self.choice));
        let others = (self.axes.len()..).zip(self.others);
        let others = others.filter(|(index, _)| noise || *index != Layout(self.axes.len()).noise());
        for (index, prior) in choices.chain(others) {
            let (unlikely, slope) = prior.unlikely(place[index]);
            sum += unlikely;
            gradient[index] += slope;
        }
        sum
    }
}

/// Along how many axes places differ, on average: parameters that are inactive lie in the middle.
fn active_axes(data: &Data) -> f64 {
    let active = data.places.iter().filter(|u| (*u - 0.5).abs() > 1e-9).count();
    (real(active) / real(data.len().max(1))).max(1.0)
}

/// Where descents begin: shifts of the length scales, and the logarithm of the knee. All begin with little noise.
const STARTS: [(f64, f64); 4] = [(0.0, STRAIGHT), (-1.0, STRAIGHT), (0.0, -1.5), (-1.0, -3.5)];

/// Where those begin that look for much noise. From little of it a descent does not find the way to much, and then takes noise
/// for a function that changes quickly.
const NOISY_STARTS: [(f64, f64); 2] = [(0.0, STRAIGHT), (0.0, -1.5)];

/// The logarithm of the noise where they begin, as a share of the function's variance.
const MUCH_NOISE: f64 = -1.0;

/// The knee of a line that is as good as straight.
const STRAIGHT: f64 = 4.0;

/// What may be assumed of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Whatever curve makes it likeliest.
    Free,
    /// A straight line.
    Straight,
    /// It has two values.
    Step,
}

/// What explains the data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// The likeliest explanation that is found from little noise: by it points are chosen, for what is taken for noise is not
    /// looked at again, and a curved scale tells what is good apart.
    pub(crate) hyper: Hyperparameters,
    /// By which predictions are told, where that is another: the likeliest explanation of all, on a straight scale where a curved
    /// one predicts worse what is left out.
    pub(crate) told: Option<Hyperparameters>,
}

/// The hyperparameters of highest posterior density.
pub(crate) fn fit(
    data: &Data,
    scale: Scale,
    interrupted: &dyn Fn() -> bool,
) -> Result<Fit, Interrupted> {
    let layout = Layout::of(data);
    let straight = scale != Scale::Free || must_be_straight(data);
    let little = Beliefs::new(data, true).middle()[layout.noise()];
    let first = descend(data, straight, &STARTS, little, f64::INFINITY, interrupted)?;
    let Some(first) = first else { return Err(Interrupted) };
    let hyper = layout.read(&first.place);
    if scale == Scale::Step {
        return Ok(Fit { hyper, told: None });
    }
    let noisier = descend(data, straight, &NOISY_STARTS, MUCH_NOISE, first.value, interrupted)?;
    let noisier = noisier.map(|found| layout.read(&found.place));
    let noisier = noisier.filter(|found| found.noise > hyper.noise);
    let (starts, noise): (&[_], f64) =
        if noisier.is_some() { (&NOISY_STARTS, MUCH_NOISE) } else { (&STARTS, little) };
    let likeliest = noisier.as_ref().unwrap_or(&hyper);
    if straight || !likeliest.warp(&data.values).0.is_curved() {
        return Ok(Fit { hyper, told: noisier });
    }
    let other = descend(data, true, starts, noise, f64::INFINITY, interrupted)?;
    let other = other.map(|found| layout.read(&found.place));
    let worth = |hyper: &Hyperparameters| {
        Posterior::new(data, hyper.clone())
            .map_or(f64::NEG_INFINITY, |posterior| posterior.ln_left_out(&data.values))
    };
    let other = other.filter(|other| worth(other) > worth(likeliest));
    Ok(Fit { told: other.or(noisier), hyper })
}

/// Whether values are to be taken as they are: where their errors are told in their own units, and where several are best
/// alike (ratings, yes and no). A curve could tell those apart from all others at will, and would promise what nobody measured.
fn must_be_straight(data: &Data) -> bool {
    let least = data.values.iter().copied().fold(f64::INFINITY, f64::min);
    let told = |noise: &Noise| matches!(noise, Noise::Known(deviation) if *deviation > 0.0);
    data.noise.iter().any(told) || data.values.iter().filter(|value| **value <= least).count() > 1
}

/// The best that descents from these starts come to; none if they do not seem to come below a value.
fn descend(
    data: &Data,
    straight: bool,
    starts: &[(f64, f64)],
    noise: f64,
    below: f64,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Minimum>, Interrupted> {
    let layout = Layout::of(data);
    let beliefs = Beliefs::new(data, straight);
    let bounds = beliefs.bounds.clone();
    let middle = beliefs.middle();
    let mut objective = Objective::new(data, layout, beliefs);
    let mut descend = |start: &[f64], effort: Effort| {
        // A function that is infinite everywhere ends the descent.
        let function = |x: &[f64], g: &mut [f64]| {
            if interrupted() { f64::INFINITY } else { objective.evaluate(x, g) }
        };
        lbfgs::minimize(function, start, &bounds, effort)
    };
    let mut best: Option<Minimum> = None;
    for (shift, knee) in starts.iter().filter(|(_, knee)| !straight || *knee >= STRAIGHT) {
        let mut start = middle.clone();
        for (x, axis) in start.iter_mut().zip(&data.axes) {
            *x += if *axis == Axis::Number { *shift } else { 0.0 };
        }
        start[layout.knee()] = *knee;
        start[layout.noise()] = noise;
        let effort = Effort { evaluations: 14, first_step: 0.5, tolerance: 1e-3 };
        let found = descend(&start, effort);
        if best.as_ref().is_none_or(|best| found.value < best.value) {
            best = Some(found);
        }
    }
    if below.is_finite() && best.as_ref().is_none_or(|best| best.value >= below) {
        return if interrupted() { Err(Interrupted) } else { Ok(None) };
    }
    let start = best.map_or(middle, |best| best.place);
    let found = descend(&start, Effort { evaluations: 50, first_step: 0.1, tolerance: 1e-4 });
    if interrupted() { Err(Interrupted) } else { Ok(Some(found)) }
}

impl Hyperparameters {
    /// Those of a step, from yes to no: it has no length scale of its own, and the closer it is looked at, the shorter the
    /// fitted one. Here neighbours count, and no single one is certain.
    pub(crate) fn of_step(mut self) -> Self {
        let least = 0.15 * real(self.lengths.len()).sqrt();
        for length in &mut self.lengths {
            *length = length.max(least);
        }
        self.noise = self.noise.max(0.01);
        self
    }

    /// The scale that they put values on.
    pub(crate) fn warp(&self, values: &[f64]) -> (Warp, Vec<f64>) {
        let warped = super::warp::Scaled::new(values).under(self.ln_knee);
        (warped.warp, warped.values)
    }
}
