//! What of a history each model learns from.

use crate::{
    gp::{Axis, Data, Noise},
    history::{History, Observation, Outcome, Problem},
    settings::GpSettings,
    space::{Domain, Point, Space},
};

/// Of a history, the places of the unit cube that models see.
pub(super) struct Encoding<'a> {
    space: &'a Space,
    pub(super) axes: Vec<Axis>,
    /// Whether the task that a result comes from is a coordinate, too.
    has_sources: bool,
}

/// What a history says of one quantity.
pub(super) struct Quantity {
    pub(super) data: Data,
    /// For each value the index of its observation.
    pub(super) observations: Vec<usize>,
}

impl<'a> Encoding<'a> {
    pub(super) fn new(problem: &'a Problem, history: &History) -> Self {
        let axis = |domain: &Domain| match domain {
            Domain::Categorical { .. } => Axis::Choice,
            Domain::Float { .. } | Domain::Int { .. } | Domain::Ordinal { .. } => Axis::Number,
        };
        let has_sources = history.observations.iter().any(|observation| observation.source != 0);
        let mut all: Vec<Axis> = problem.space.parameters.iter().map(|p| axis(&p.domain)).collect();
        all.extend(has_sources.then_some(Axis::Choice));
        Self { space: &problem.space, axes: all, has_sources }
    }

    /// Whether results of other tasks are among those of this one.
    pub(super) fn has_sources(&self) -> bool {
        self.has_sources
    }

    /// Where a point of this task lies, for the models.
    pub(super) fn place(&self, point: &Point) -> Vec<f64> {
        self.place_of(point, 0)
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of tasks are small")]
    fn place_of(&self, point: &Point, source: usize) -> Vec<f64> {
        let mut place = self.space.unit_of(point);
        for u in &mut place {
            // Points of other tasks may lie where a logarithm has no value.
            if !u.is_finite() {
                *u = 0.5;
            }
        }
        place.resize(self.space.parameters.len(), 0.5);
        place.extend(self.has_sources.then_some(source as f64));
        place
    }

    /// What each observation says, where it says something: value and noise.
    fn quantity<'h>(
        &self,
        observations: impl Iterator<Item = (usize, &'h Observation)>,
        value: impl Fn(&Observation) -> Option<(f64, Noise)>,
    ) -> Quantity {
        let mut data = Data {
            axes: self.axes.clone(),
            places: Vec::new(),
            values: Vec::new(),
            noise: Vec::new(),
        };
        let mut indices = Vec::new();
        for (index, observation) in observations {
            if let Some((value, noise)) = value(observation).filter(|(value, _)| value.is_finite())
            {
                data.places.extend(self.place_of(&observation.point, observation.source));
                data.values.push(value);
                data.noise.push(noise);
                indices.push(index);
            }
        }
        Quantity { data, observations: indices }
    }

    /// An objective; what was stopped early stands for one of the worse half.
    pub(super) fn objective(
        &self,
        objective: usize,
        history: &History,
        used: &[usize],
        settings: &GpSettings,
    ) -> Quantity {
        let given = settings.noise.get(objective).copied().flatten();
        let mut measured: Vec<f64> =
            history.observations.iter().filter_map(|o| measured(o, objective)).collect();
        measured.sort_by(f64::total_cmp);
        let bad = measured.get(measured.len() * 3 / 4).copied();
        let value = |observation: &Observation| match &observation.outcome {
            Outcome::Measured { deviations, .. } => {
                let own = deviations.get(objective).copied().flatten().or(given);
                let noise =
                    own.filter(|d| d.is_finite() && *d >= 0.0).map_or(Noise::Unknown, Noise::Known);
                measured_value(observation, objective).map(|value| (value, noise))
            }
            Outcome::Pruned => bad.map(|value| (value, Noise::Guess(0.1))),
            Outcome::Failed => None,
        };
        let mut quantity =
            self.quantity(used.iter().map(|index| (*index, &history.observations[*index])), value);
        if self.has_sources {
            align_sources(&mut quantity, history);
        }
        quantity
    }

    /// An outcome constraint, on a scale where large violations count by their order of magnitude, and 0 stays 0.
    pub(super) fn constraint(
        &self,
        constraint: usize,
        history: &History,
        used: &[usize],
    ) -> Quantity {
        let raw = |observation: &Observation| match &observation.outcome {
            Outcome::Measured { constraints, .. } => {
                constraints.get(constraint).copied().filter(|c| c.is_finite())
            }
            Outcome::Failed | Outcome::Pruned => None,
        };
        let mut sizes: Vec<f64> =
            history.observations.iter().filter_map(raw).map(f64::abs).collect();
        sizes.sort_by(f64::total_cmp);
        let unit = sizes.get(sizes.len() / 2).copied().filter(|size| *size > 0.0).unwrap_or(1.0);
        let value = |observation: &Observation| {
            raw(observation).map(|c| ((c.abs() / unit).ln_1p().copysign(c), Noise::Unknown))
        };
        self.quantity(used.iter().map(|index| (*index, &history.observations[*index])), value)
    }

    /// Whether evaluations fail: 1 where they did, −1 where not. None if nothing has failed.
    pub(super) fn failure(&self, history: &History, used: &[usize]) -> Option<Quantity> {
        let failed = |observation: &Observation| observation.outcome == Outcome::Failed;
        let value = |observation: &Observation| {
            Some((if failed(observation) { 1.0 } else { -1.0 }, Noise::Unknown))
        };
        let quantity =
            self.quantity(used.iter().map(|index| (*index, &history.observations[*index])), value);
        quantity.data.values.iter().any(|value| *value > 0.0).then_some(quantity)
    }
}

/// The value of an objective, if it was measured.
fn measured(observation: &Observation, objective: usize) -> Option<f64> {
    measured_value(observation, objective).filter(|value| value.is_finite())
}

pub(super) fn measured_value(observation: &Observation, objective: usize) -> Option<f64> {
    match &observation.outcome {
        Outcome::Measured { values, .. } => values.get(objective).copied(),
        Outcome::Failed | Outcome::Pruned => None,
    }
}

/// Results of earlier tasks are as comparable as the data say: each task's are brought to the mean and deviation of this
/// one's, unless this one has few, and they lie among those.
fn align_sources(quantity: &mut Quantity, history: &History) {
    let source = |index: usize| history.observations[index].source;
    let sources: Vec<usize> = quantity.observations.iter().map(|index| source(*index)).collect();
    let of = |wanted: usize, values: &[f64]| -> Vec<f64> {
        sources
            .iter()
            .zip(values)
            .filter(|(source, _)| **source == wanted)
            .map(|(_, value)| *value)
            .collect()
    };
    let values = quantity.data.values.clone();
    let own = of(0, &values);
    let Some((mean, deviation)) = moments(&own) else { return };
    let mut others: Vec<usize> = sources.iter().copied().filter(|source| *source != 0).collect();
    others.sort_unstable();
    others.dedup();
    for other in others {
        let theirs = of(other, &values);
        let Some((their_mean, their_deviation)) = moments(&theirs) else { continue };
        let within = |value: &f64| (value - their_mean).abs() < 4.0 * their_deviation;
        if own.iter().all(within) || own.len() < 3 {
            continue;
        }
        for (index, value) in quantity.data.values.iter_mut().enumerate() {
            if sources[index] == other {
                let ratio = deviation / their_deviation;
                *value = ratio.mul_add(*value - their_mean, mean);
                if let Noise::Known(noise) = &mut quantity.data.noise[index] {
                    *noise *= ratio;
                }
            }
        }
    }
}

/// Mean and deviation; none of values that are all equal.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let count = crate::gp::real(values.len());
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
    (deviation.is_finite() && deviation > 0.0).then_some((mean, deviation))
}
