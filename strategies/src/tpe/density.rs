//! A density over a space: a mixture of one kernel around each of some points, and an even one over the whole space.
//!
//! A kernel is a product over the parameters: a normal density cut off at the ends of the range, or a table of
//! probabilities where there are few values. Where a parameter is active in a point and not in the kernel's, the kernel
//! knows nothing of it and is even.

use std::f64::consts::TAU;

use rand::RngExt as _;
use rand_pcg::Pcg64;

use crate::{
    normal::distribution,
    space::{Domain, Point, Space, normal},
};

/// Ordered domains with more values count as continuous.
const FEW: f64 = 24.0;

/// The most kernels that fit side by side on an axis, however many points there are.
const MOST_NARROW: f64 = 100.0;

/// How far kernels reach towards their neighbours. This and the next were set by medians over 20 runs of nine problems.
const REACH: f64 = 0.85;

/// How often each choice counts as seen by chance.
const CHANCE: f64 = 5.0;

/// How the parameters are measured.
pub(super) struct Axes<'a> {
    space: &'a Space,
    kinds: Vec<Kind>,
}

enum Kind {
    /// A number from 0 to 1.
    Line,
    /// One of few values in order, each with the share of the range that it stands for.
    Steps { values: Vec<f64>, edges: Vec<f64> },
    /// One of some choices without order.
    Choices(Vec<f64>),
}

/// Where a point lies on each axis: from 0 to 1, or the place of its value among few; none where it is inactive.
pub(super) type Place = Vec<Option<f64>>;

impl<'a> Axes<'a> {
    pub(super) fn of(space: &'a Space) -> Self {
        let kinds = space.parameters.iter().map(|parameter| Kind::of(&parameter.domain)).collect();
        Self { space, kinds }
    }

    /// Where a point lies; none if it is no point of such a space at all.
    pub(super) fn place_of(&self, point: &Point) -> Option<Place> {
        if point.0.len() != self.kinds.len() {
            return None;
        }
        let parameters = self.space.parameters.iter().zip(&self.kinds).zip(&point.0).enumerate();
        parameters
            .map(|(index, ((parameter, kind), value))| match value {
                Some(value) if self.space.is_active(index, &point.0) => {
                    // A little outside counts as the edge; what was measured far out says nothing of the space.
                    let place = parameter.domain.place_of(*value);
                    let near = (-OUTSIDE..=1.0 + OUTSIDE).contains(&place);
                    near.then(|| Some(kind.place_at(place.clamp(0.0, 1.0))))
                }
                // A value that counts for nothing, or one that is missing: nothing is known of it.
                Some(_) | None => Some(None),
            })
            .collect()
    }
}

/// How far outside of its range a value may lie, in units of the range.
const OUTSIDE: f64 = 0.05;

impl Kind {
    fn of(domain: &Domain) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "24")]
        let few = FEW as usize;
        match domain {
            Domain::Categorical { .. } => {
                Self::Choices(domain.values(usize::MAX).unwrap_or_default())
            }
            Domain::Float { .. } | Domain::Int { .. } | Domain::Ordinal { .. } => {
                let Some(values) = domain.values(few) else { return Self::Line };
                let middles = values
                    .windows(2)
                    .map(|pair| f64::midpoint(domain.unit_of(pair[0]), domain.unit_of(pair[1])));
                let edges = std::iter::once(0.0).chain(middles).chain([1.0]).collect();
                Self::Steps { values, edges }
            }
        }
    }

    /// From 0 to 1 to the place among few values.
    fn place_at(&self, unit: f64) -> f64 {
        match self {
            Self::Line => unit,
            Self::Steps { values, edges } => {
                let inner = &edges[1..values.len()];
                number(inner.iter().filter(|edge| **edge <= unit).count())
            }
            Self::Choices(values) => {
                (unit * number(values.len())).floor().min(number(values.len() - 1))
            }
        }
    }

    fn count(&self) -> usize {
        match self {
            Self::Line => 0,
            Self::Steps { values, .. } | Self::Choices(values) => values.len(),
        }
    }
}

/// A mixture of kernels.
pub(super) struct Density {
    kernels: Vec<Kernel>,
}

/// What one point tells of each axis.
struct Kernel {
    parts: Vec<Part>,
    /// The sum of what its normal densities are multiplied by, as logarithms.
    scale: f64,
}

#[derive(Clone, Copy)]
enum Part {
    /// Nothing.
    Even,
    /// A normal density cut off at 0 and 1, and the logarithm of what makes it integrate to 1.
    Normal { centre: f64, deviation: f64, scale: f64 },
    /// One choice, and the logarithms of its probability and of each other's.
    Choice { place: f64, same: f64, other: f64 },
}

impl Density {
    pub(super) fn new(axes: &Axes, places: &[Place]) -> Self {
        let mut parts: Vec<Vec<Part>> = vec![Vec::with_capacity(axes.kinds.len()); places.len()];
        for (axis, kind) in axes.kinds.iter().enumerate() {
            let centres: Vec<Option<f64>> = places.iter().map(|place| place[axis]).collect();
            for (parts, part) in parts.iter_mut().zip(kind.parts(&centres)) {
                parts.push(part);
            }
        }
        let kernels = parts.into_iter().map(|parts| {
            let scale = parts.iter().map(Part::scale).sum();
            Kernel { parts, scale }
        });
        Self { kernels: kernels.collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.kernels.len()
    }

    /// The logarithm of the density at a place.
    pub(super) fn ln_at(&self, axes: &Axes, at: &Place) -> f64 {
        let mut terms = Vec::with_capacity(self.kernels.len() + 1);
        terms.push(even(axes, at));
        terms.extend(self.kernels.iter().map(|kernel| kernel.ln_at(axes, at)));
        let most = terms.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let sum: f64 = terms.iter().map(|term| (term - most).exp()).sum();
        most + sum.ln() - number(terms.len()).ln()
    }

    /// A place of the unit cube drawn from the density.
    pub(super) fn draw(&self, axes: &Axes, generator: &mut Pcg64) -> Vec<f64> {
        let kernel = self.kernels.get(generator.random_range(0..=self.kernels.len()));
        let mut cube = Vec::with_capacity(axes.kinds.len());
        for (axis, (kind, parameter)) in axes.kinds.iter().zip(&axes.space.parameters).enumerate() {
            let part = kernel.map_or(Part::Even, |kernel| kernel.parts[axis]);
            let unit = part.draw(generator, kind.count());
            cube.push(match kind {
                Kind::Line => unit,
                Kind::Steps { values, .. } | Kind::Choices(values) => {
                    parameter.domain.unit_of(values[slot(kind.place_at(unit))])
                }
            });
        }
        cube
    }
}

impl Kind {
    /// A kernel's part around each centre.
    fn parts(&self, centres: &[Option<f64>]) -> Vec<Part> {
        let known: Vec<f64> = centres.iter().copied().flatten().collect();
        match self {
            Self::Choices(values) => {
                // As if each choice had been seen some times in all by chance.
                let (points, count) = (number(known.len() + 1), number(values.len()));
                let all = points + CHANCE * count;
                let (same, other) = (((points + CHANCE) / all).ln(), (CHANCE / all).ln());
                let part = |place| Part::Choice { place, same, other };
                centres.iter().map(|centre| centre.map_or(Part::Even, part)).collect()
            }
            Self::Line | Self::Steps { .. } => {
                let units: Vec<f64> = known.iter().map(|place| self.middle(*place)).collect();
                let mut deviations = deviations(&units).into_iter();
                centres
                    .iter()
                    .map(|centre| match (centre, centre.and_then(|_| deviations.next())) {
                        (Some(centre), Some(deviation)) => {
                            Part::normal(self.middle(*centre), deviation)
                        }
                        _ => Part::Even,
                    })
                    .collect()
            }
        }
    }

    /// Where a place of an ordered axis is, from 0 to 1.
    fn middle(&self, place: f64) -> f64 {
        match self {
            Self::Steps { edges, .. } => f64::midpoint(edges[slot(place)], edges[slot(place) + 1]),
            Self::Line | Self::Choices(_) => place,
        }
    }
}

/// How far the kernel around each number reaches: to the further one of its neighbours, within limits. So kernels are
/// narrow where points are dense (Bergstra and others, 2011).
fn deviations(units: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by(|a, b| units[*a].total_cmp(&units[*b]));
    let least = 1.0 / number(units.len() + 2).min(MOST_NARROW);
    let mut deviations = vec![1.0; units.len()];
    for (rank, index) in order.iter().enumerate() {
        let gap = |other: Option<&usize>| other.map(|other| (units[*other] - units[*index]).abs());
        let before = gap(rank.checked_sub(1).and_then(|before| order.get(before)));
        let after = gap(order.get(rank + 1));
        // Alone, it reaches to the further end.
        let reach = before.into_iter().chain(after).reduce(f64::max);
        let reach = reach.unwrap_or(units[*index].max(1.0 - units[*index]));
        deviations[*index] = (REACH * reach).clamp(least, 1.0);
    }
    deviations
}

impl Part {
    fn normal(centre: f64, deviation: f64) -> Self {
        let below = |edge: f64| distribution((edge - centre) / deviation);
        let scale = -(deviation * TAU.sqrt() * (below(1.0) - below(0.0))).ln();
        Self::Normal { centre, deviation, scale }
    }

    fn scale(&self) -> f64 {
        match self {
            Self::Normal { scale, .. } => *scale,
            Self::Even | Self::Choice { .. } => 0.0,
        }
    }

    /// A number from 0 to 1; of choices, in the share of one.
    fn draw(self, generator: &mut Pcg64, count: usize) -> f64 {
        match self {
            Self::Even => generator.random(),
            Self::Normal { centre, deviation, .. } => {
                // The centre is inside, so that about every other draw is, or more.
                let draws = (0..100).map(|_| deviation.mul_add(normal(generator), centre));
                draws.into_iter().find(|unit| (0.0..=1.0).contains(unit)).unwrap_or(centre)
            }
            Self::Choice { place, same, .. } => {
                let count = number(count);
                let others = (generator.random::<f64>() * (count - 1.0)).floor();
                let other = if others < place { others } else { others + 1.0 };
                let chosen = if generator.random::<f64>() < same.exp() { place } else { other };
                (chosen + 0.5) / count
            }
        }
    }
}

impl Kernel {
    fn ln_at(&self, axes: &Axes, at: &Place) -> f64 {
        let mut sum = self.scale;
        for (kind, (part, at)) in axes.kinds.iter().zip(self.parts.iter().zip(at)) {
            let Some(at) = *at else {
                // Nothing is compared: out of the scales, too.
                sum -= part.scale();
                continue;
            };
            match (*part, kind) {
                (Part::Even, kind) => sum -= number(kind.count().max(1)).ln(),
                (Part::Normal { centre, deviation, .. }, Kind::Steps { edges, .. }) => {
                    let below = |edge: f64| distribution((edge - centre) / deviation);
                    let share = below(edges[slot(at) + 1]) - below(edges[slot(at)]);
                    // Far away, the difference is lost in rounding: not impossible, but hardly.
                    sum += (share.max(1e-12) * deviation * TAU.sqrt()).ln();
                }
                (Part::Normal { centre, deviation, .. }, Kind::Line | Kind::Choices(_)) => {
                    let away = (at - centre) / deviation;
                    sum -= 0.5 * away * away;
                }
                (Part::Choice { place, same, other }, _) => {
                    sum += if slot(place) == slot(at) { same } else { other };
                }
            }
        }
        sum
    }
}

/// The logarithm of the even density at a place.
fn even(axes: &Axes, at: &Place) -> f64 {
    let active = axes.kinds.iter().zip(at).filter(|(_, at)| at.is_some());
    active.map(|(kind, _)| -number(kind.count().max(1)).ln()).sum()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place of a short list"
)]
fn slot(place: f64) -> usize {
    place as usize
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53: exact")]
fn number(count: usize) -> f64 {
    count as f64
}
