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

/// How wide kernels are beside the range, before the number of points narrows them.
const WIDTH: f64 = 0.2;

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
                    let unit = parameter.domain.unit_of(*value);
                    unit.is_finite().then(|| Some(kind.place_at(unit)))
                }
                // A value that counts for nothing, or one that is missing: nothing is known of it.
                Some(_) | None => Some(None),
            })
            .collect()
    }
}

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
    places: Vec<Place>,
    /// Logarithms of what each kernel's normal densities must be multiplied by.
    scales: Vec<f64>,
    widths: Widths,
}

/// How far kernels reach.
struct Widths {
    deviation: f64,
    /// For each axis with few values, the logarithm of the probability of each around each.
    tables: Vec<Vec<f64>>,
}

impl Density {
    pub(super) fn new(axes: &Axes, places: Vec<Place>) -> Self {
        let widths = Widths::of(axes, places.len());
        let scales = places.iter().map(|place| widths.scale(axes, place)).collect();
        Self { places, scales, widths }
    }

    /// Puts one more kernel in, as wide as the others.
    pub(super) fn add(&mut self, axes: &Axes, place: Place) {
        self.scales.push(self.widths.scale(axes, &place));
        self.places.push(place);
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The logarithm of the density at a place.
    pub(super) fn ln_at(&self, axes: &Axes, at: &Place) -> f64 {
        let mut terms = Vec::with_capacity(self.places.len() + 1);
        terms.push(even(axes, at));
        let kernels = self.places.iter().zip(&self.scales);
        terms.extend(kernels.map(|(place, scale)| scale + self.widths.ln_kernel(axes, place, at)));
        let most = terms.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let sum: f64 = terms.iter().map(|term| (term - most).exp()).sum();
        most + sum.ln() - number(terms.len()).ln()
    }

    /// A place of the unit cube drawn from the density.
    pub(super) fn draw(&self, axes: &Axes, generator: &mut Pcg64) -> Vec<f64> {
        let kernel = self.places.get(generator.random_range(0..=self.places.len()));
        let mut cube = Vec::with_capacity(axes.kinds.len());
        for (index, kind) in axes.kinds.iter().enumerate() {
            let centre = kernel.and_then(|place| place[index]);
            let unit = match (kind, centre) {
                (Kind::Line, Some(centre)) => self.widths.near(centre, generator),
                (Kind::Line, None) => generator.random(),
                (Kind::Steps { values, .. } | Kind::Choices(values), centre) => {
                    let row = centre.map(|centre| self.widths.row(index, centre, values.len()));
                    let value = values[drawn(row, values.len(), generator)];
                    axes.space.parameters[index].domain.unit_of(value)
                }
            };
            cube.push(unit);
        }
        cube
    }
}

impl Widths {
    /// Scott's rule: the more points, the narrower; the more parameters, the slower.
    fn of(axes: &Axes, points: usize) -> Self {
        let (points, dimensions) = (number(points.max(1)), number(axes.kinds.len()));
        // Never narrower than the points lie apart on a line.
        let least = (1.0 / (1.0 + points)).max(0.01);
        let deviation = (WIDTH * points.powf(-1.0 / (dimensions + 4.0))).max(least.min(WIDTH));
        let tables = axes.kinds.iter().map(|kind| table(kind, deviation, points)).collect();
        Self { deviation, tables }
    }

    /// The logarithm of what makes a kernel's normal densities integrate to 1.
    fn scale(&self, axes: &Axes, place: &Place) -> f64 {
        let lines = axes.kinds.iter().zip(place).filter(|(kind, _)| matches!(kind, Kind::Line));
        lines.filter_map(|(_, centre)| *centre).map(|centre| self.line_scale(centre)).sum()
    }

    fn line_scale(&self, centre: f64) -> f64 {
        let below = |edge: f64| distribution((edge - centre) / self.deviation);
        -(self.deviation * TAU.sqrt() * (below(1.0) - below(0.0))).ln()
    }

    fn ln_kernel(&self, axes: &Axes, place: &Place, at: &Place) -> f64 {
        let mut squares = 0.0;
        let mut sum = 0.0;
        for (index, (kind, (centre, at))) in axes.kinds.iter().zip(place.iter().zip(at)).enumerate()
        {
            match (kind, centre, at) {
                (Kind::Line, Some(centre), Some(at)) => squares += (at - centre) * (at - centre),
                (Kind::Steps { .. } | Kind::Choices(_), Some(centre), Some(at)) => {
                    sum += self.row(index, *centre, kind.count())[slot(*at)];
                }
                (Kind::Steps { .. } | Kind::Choices(_), None, Some(_)) => {
                    sum -= number(kind.count()).ln();
                }
                // Nothing is compared: take the factor that `scale` has put in for it back.
                (Kind::Line, Some(centre), None) => sum -= self.line_scale(*centre),
                (Kind::Line, None, _) | (Kind::Steps { .. } | Kind::Choices(_), _, None) => {}
            }
        }
        sum - 0.5 * squares / (self.deviation * self.deviation)
    }

    /// The logarithms of the probabilities around one of few values.
    fn row(&self, axis: usize, centre: f64, count: usize) -> &[f64] {
        let from = slot(centre) * count;
        &self.tables[axis][from..from + count]
    }

    /// A number from 0 to 1 near to a centre.
    fn near(&self, centre: f64, generator: &mut Pcg64) -> f64 {
        // The centre is inside, so that at least about every other draw is.
        for _ in 0..100 {
            let unit = self.deviation.mul_add(normal(generator), centre);
            if (0.0..=1.0).contains(&unit) {
                return unit;
            }
        }
        centre
    }
}

/// The logarithm of the probability of each of few values around each.
fn table(kind: &Kind, deviation: f64, points: f64) -> Vec<f64> {
    match kind {
        Kind::Line => Vec::new(),
        Kind::Steps { values, edges } => (0..values.len())
            .flat_map(|centre| {
                let centre = f64::midpoint(edges[centre], edges[centre + 1]);
                let below = |edge: f64| distribution((edge - centre) / deviation);
                let all = below(1.0) - below(0.0);
                // Far away, the difference is lost in rounding: not impossible, but hardly.
                let share =
                    move |pair: &[f64]| ((below(pair[1]) - below(pair[0])) / all).max(1e-12).ln();
                edges.windows(2).map(share).collect::<Vec<f64>>()
            })
            .collect(),
        Kind::Choices(values) => {
            // As if each choice had been seen once in all by chance.
            let count = values.len();
            let all = points + number(count);
            let share = |place: usize| {
                if place.is_multiple_of(count + 1) { (points + 1.0) / all } else { 1.0 / all }
            };
            (0..count * count).map(|place| share(place).ln()).collect()
        }
    }
}

/// The logarithm of the even density at a place.
fn even(axes: &Axes, at: &Place) -> f64 {
    let active = axes.kinds.iter().zip(at).filter(|(_, at)| at.is_some());
    active.map(|(kind, _)| -number(kind.count().max(1)).ln()).sum()
}

/// One of `count` places by the logarithms of their probabilities; evenly if there are none.
fn drawn(row: Option<&[f64]>, count: usize, generator: &mut Pcg64) -> usize {
    let Some(row) = row else { return generator.random_range(0..count) };
    let mut left: f64 = generator.random();
    for (place, ln) in row.iter().enumerate() {
        left -= ln.exp();
        if left <= 0.0 {
            return place;
        }
    }
    count - 1
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
