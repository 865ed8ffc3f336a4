//! What of a history each model learns from.

use crate::{
    gp::{Axis, Data, Noise, kernel::squared},
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
        let mut place = self.space.place_of(point);
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

/// Results of earlier tasks are as comparable as the data say: where this task's are of another size than an earlier one's
/// nearby, or lie elsewhere, all of those are brought to the median and the spread of this one's.
///
/// Only pairs of neighbours are compared: this task's points are where its values are low, the earlier one's all over the
/// space, so their values as a whole would differ even if the tasks were the same. Quartiles, lest one outlier decide.
fn align_sources(quantity: &mut Quantity, history: &History) {
    let source = |index: &usize| history.observations[*index].source;
    let sources: Vec<usize> = quantity.observations.iter().map(source).collect();
    let of = |wanted: usize| (0..sources.len()).filter(|index| sources[*index] == wanted).collect();
    let own: Vec<usize> = of(0);
    for other in 1..=sources.iter().copied().max().unwrap_or_default() {
        let theirs: Vec<usize> = of(other);
        let Some(line) = aligned(&quantity.data, &own, &theirs) else { continue };
        for index in theirs {
            let value = &mut quantity.data.values[index];
            *value = line.ratio.mul_add(*value - line.from, line.to);
            if let Noise::Known(noise) = &mut quantity.data.noise[index] {
                *noise *= line.ratio;
            }
        }
    }
}

/// From values of an earlier task to those of this one.
struct Line {
    from: f64,
    to: f64,
    ratio: f64,
}

/// How to bring the results of another task to this one's; none where they are comparable as they are, or too few tell.
fn aligned(data: &Data, own: &[usize], theirs: &[usize]) -> Option<Line> {
    // For each result of theirs that is next to some of ours: the median of those.
    let mut pairs: Vec<(usize, Vec<f64>)> = Vec::new();
    for index in own {
        let distance = |other: &usize| distance(data, *index, *other);
        let nearest = *theirs.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        match pairs.iter_mut().find(|(other, _)| *other == nearest) {
            Some((_, values)) => values.push(data.values[*index]),
            None => pairs.push((nearest, vec![data.values[*index]])),
        }
    }
    if pairs.len() < LEAST_PAIRS {
        return None;
    }
    let (their_middle, their_spread) =
        quartiles(pairs.iter().map(|(other, _)| data.values[*other]).collect())?;
    let (middle, spread) =
        quartiles(pairs.into_iter().filter_map(|(_, own)| median(own)).collect())?;
    let ratio = spread / their_spread;
    let alike = (1.0 / COMPARABLE..COMPARABLE).contains(&ratio)
        && (middle - their_middle).abs() < COMPARABLE * their_spread;
    (!alike && ratio.is_finite()).then_some(Line { from: their_middle, to: middle, ratio })
}

/// With fewer neighbours nothing is said of spreads.
const LEAST_PAIRS: usize = 4;

/// Spreads up to so many times apart are alike; so are medians up to so many spreads apart.
const COMPARABLE: f64 = 3.0;

fn distance(data: &Data, one: usize, other: usize) -> f64 {
    let places = data.axes.iter().zip(data.place(one).iter().zip(data.place(other)));
    places.map(|(axis, (a, b))| squared(*axis, *a, *b)).sum()
}

/// Median, and the distance of the quartiles; none if there is none.
fn quartiles(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |quarter: usize| {
        let (low, rest) = (last * quarter / 4, crate::gp::real(last * quarter % 4) / 4.0);
        let high = (low + 1).min(last);
        values[low].mul_add(1.0 - rest, values[high] * rest)
    };
    let spread = at(3) - at(1);
    (spread.is_finite() && spread > 0.0).then(|| (at(2), spread))
}

/// The middle one; the lower of two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}
