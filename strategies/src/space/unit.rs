//! Between points and the unit cube.

use super::{Domain, Point, Space};

/// Where an inactive parameter lies in the unit cube, so that it tells no two points apart.
const INACTIVE: f64 = 0.5;

impl Space {
    /// The point at that place of the unit cube (one number from 0 to 1 for each parameter): on each parameter's own scale,
    /// rounded to its grid, without those that are inactive. Equal lengths stand for equal ranges, equal numbers of grid
    /// values, or single choices. Constraints between parameters are not looked at.
    #[must_use]
    pub fn point_at(&self, cube: &[f64]) -> Point {
        let mut values = Vec::with_capacity(self.parameters.len());
        for (index, (parameter, u)) in self.parameters.iter().zip(cube).enumerate() {
            let active = self.is_active(index, &values);
            values.push(active.then(|| parameter.value_at(*u)));
        }
        Point(values)
    }

    /// Where a point lies in the unit cube: a value of a grid or a choice in the middle of its share, an inactive parameter
    /// in the middle. `point_at` gives the point back.
    #[must_use]
    pub fn unit_of(&self, point: &Point) -> Vec<f64> {
        let places = self.parameters.iter().zip(&point.0);
        places
            .map(|(parameter, value)| value.map_or(INACTIVE, |v| parameter.domain.unit_of(v)))
            .collect()
    }
}

impl Space {
    /// Where a point lies that was measured: in the unit cube, or outside of it.
    #[must_use]
    pub fn place_of(&self, point: &Point) -> Vec<f64> {
        let places = self.parameters.iter().zip(&point.0);
        places
            .map(|(parameter, value)| value.map_or(INACTIVE, |v| parameter.domain.place_of(v)))
            .collect()
    }
}

impl Domain {
    /// The value at `u` of 0 to 1.
    #[must_use]
    pub fn value_at(&self, u: f64) -> f64 {
        match *self {
            Self::Float { low, high, step: Some(step), .. } => {
                self.nth(place(u, grid_count(low, high, step)))
            }
            Self::Float { low, high, step: None, log: true } => {
                (low.ln() + u * (high.ln() - low.ln())).exp().clamp(low, high)
            }
            Self::Float { low, high, step: None, log: false } => {
                (low + u * (high - low)).clamp(low, high)
            }
            Self::Int { low, high, log: true, .. } => {
                let (least, most) = ((whole(low) - 0.5).ln(), (whole(high) + 0.5).ln());
                (least + u * (most - least)).exp().round().clamp(whole(low), whole(high))
            }
            Self::Int { low, high, step, log: false } => {
                self.nth(place(u, whole((high - low) / step + 1)))
            }
            Self::Categorical { choices: count } | Self::Ordinal { levels: count } => {
                place(u, size(count))
            }
        }
    }

    /// The value with that index, from 0 on, where there are values one after the other.
    #[must_use]
    pub fn nth(&self, index: f64) -> f64 {
        match *self {
            Self::Float { low, step: None, .. } => low,
            Self::Float { low, high, step: Some(step), .. } => {
                without_dust(index.mul_add(step, low)).clamp(low, high)
            }
            Self::Int { low, high, step, log } => {
                let (step, last) =
                    if log { (1, high) } else { (step, low + (high - low) / step * step) };
                // Beyond 2^53 values an index is no exact number.
                index.mul_add(whole(step), whole(low)).clamp(whole(low), whole(last))
            }
            Self::Categorical { .. } | Self::Ordinal { .. } => index,
        }
    }

    /// The index of a value, or of the nearest one, where there are values one after the other.
    #[must_use]
    pub fn index_of(&self, value: f64) -> f64 {
        let Some(count) = self.count() else { return 0.0 };
        let index = match *self {
            Self::Float { step: None, .. } => 0.0,
            Self::Float { low, step: Some(step), .. } => (value - low) / step,
            Self::Int { low, log: true, .. } => value - whole(low),
            Self::Int { low, step, log: false, .. } => (value - whole(low)) / whole(step),
            Self::Categorical { .. } | Self::Ordinal { .. } => value,
        };
        if index.is_nan() { 0.0 } else { index.round().clamp(0.0, count - 1.0) }
    }

    /// Where a value lies, 0 to 1; one of a grid in the middle of its share. One outside counts as the nearest inside, one
    /// between two of a grid (which may have been another when it was measured) lies between them.
    #[must_use]
    pub fn unit_of(&self, value: f64) -> f64 {
        self.place_of(value).clamp(0.0, 1.0)
    }

    /// The same where a value may lie outside, as one that was measured may: below 0 or above 1, as far out as it is, up to nine
    /// times the range.
    #[must_use]
    pub fn place_of(&self, value: f64) -> f64 {
        let place = match *self {
            Self::Float { low, high, step: Some(step), .. } => {
                (on_grid((value - low) / step) + 0.5) / grid_count(low, high, step)
            }
            Self::Float { low, high, step: None, log: true } => {
                (value.max(0.0).ln() - low.ln()) / (high.ln() - low.ln())
            }
            Self::Float { low, high, step: None, log: false } => (value - low) / (high - low),
            Self::Int { low, high, log: true, .. } => {
                let (least, most) = ((whole(low) - 0.5).ln(), (whole(high) + 0.5).ln());
                (value.max(0.0).ln() - least) / (most - least)
            }
            Self::Int { low, high, step, log: false } => {
                (on_grid((value - whole(low)) / whole(step)) + 0.5) / whole((high - low) / step + 1)
            }
            Self::Categorical { choices: count } | Self::Ordinal { levels: count } => {
                (value + 0.5) / size(count)
            }
        };
        // Not a number where the range is a single value, or the value none.
        if place.is_nan() { 0.5 } else { place.clamp(-FARTHEST, 1.0 + FARTHEST) }
    }

    /// How many values there are; none where any number between two bounds is one.
    #[must_use]
    pub fn count(&self) -> Option<f64> {
        match *self {
            Self::Float { low, high, step: None, .. } => (low >= high).then_some(1.0),
            Self::Float { low, high, step: Some(step), .. } => Some(grid_count(low, high, step)),
            Self::Int { low, high, log: true, .. } => Some(whole(high - low + 1)),
            Self::Int { low, high, step, log: false } => Some(whole((high - low) / step + 1)),
            Self::Categorical { choices: count } | Self::Ordinal { levels: count } => {
                Some(size(count))
            }
        }
    }
}

impl Domain {
    /// The least and the greatest number; of choices and levels, their indices.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        match *self {
            Self::Float { low, high, step: None, .. } => (low, high),
            Self::Float { low, step: Some(_), .. } => (low, self.value_at(1.0)),
            Self::Int { low, high, step, log } => (
                whole(low),
                if log { whole(high) } else { whole(low + (high - low) / step * step) },
            ),
            Self::Categorical { choices: count } | Self::Ordinal { levels: count } => {
                (0.0, size(count) - 1.0)
            }
        }
    }

    /// Whether it has that value, but for the last bits of a grid's.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        if let Self::Float { low, high, step: Some(step), .. } = *self {
            let place = (value - low) / step;
            let known = 0.0..grid_count(low, high, step);
            let dust = 1e-6 + rounding(low, high) / step;
            return known.contains(&place.round()) && (place - place.round()).abs() < dust;
        }
        let (low, high) = self.bounds();
        (low..=high).contains(&value)
            && match *self {
                Self::Float { .. } => true,
                // On a log scale, a step of a whole number is not looked at.
                Self::Int { log: true, .. } | Self::Categorical { .. } | Self::Ordinal { .. } => {
                    value.fract() == 0.0
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "within the bounds: within 53 bits"
                )]
                Self::Int { low, step, log: false, .. } => {
                    value.fract() == 0.0 && (value as i64 - low).rem_euclid(step) == 0
                }
            }
    }

    /// All values in order, if there are `limit` at the most.
    #[must_use]
    pub fn values(&self, limit: usize) -> Option<Vec<f64>> {
        let count = self.count().filter(|count| *count <= size(limit))?;
        Some(numbers(count).map(|index| self.nth(index)).collect())
    }

    /// Whether steps are so fine that neighbouring values could not be told apart: a trillionth of the largest bound.
    #[must_use]
    pub fn has_vanishing_step(&self) -> bool {
        let Self::Float { low, high, step: Some(step), .. } = *self else { return false };
        step < FINEST * low.abs().max(high.abs())
    }

    /// The values one step away: the next up and down, or every other choice; none where any number is a value.
    #[must_use]
    pub fn next_to(&self, value: f64) -> Vec<f64> {
        let (low, high) = self.bounds();
        match *self {
            Self::Float { step: None, .. } => Vec::new(),
            Self::Float { step: Some(step), .. } => {
                let around = [value - step, value + step].map(|v| self.value_at(self.unit_of(v)));
                around.into_iter().filter(|v| (v - value).abs() > step / 2.0).collect()
            }
            Self::Int { step, log, .. } => {
                let step = if log { 1.0 } else { whole(step) };
                [value - step, value + step]
                    .into_iter()
                    .filter(|v| (low..=high).contains(v))
                    .collect()
            }
            Self::Ordinal { .. } => [value - 1.0, value + 1.0]
                .into_iter()
                .filter(|v| (low..=high).contains(v))
                .collect(),
            Self::Categorical { choices } => {
                (0..choices).map(size).filter(|other| (other - value).abs() > 0.5).collect()
            }
        }
    }
}

/// How far outside of a range a value is told from others, in units of the range.
const FARTHEST: f64 = 9.0;

/// The smallest step, as a share of the largest bound.
const FINEST: f64 = 1e-12;

/// By how much rounding may move a value between two bounds.
fn rounding(low: f64, high: f64) -> f64 {
    1e-14 * low.abs().max(high.abs())
}

/// Which of `count` equal parts of the unit interval `u` lies in.
pub(super) fn place(u: f64, count: f64) -> f64 {
    (u * count).floor().clamp(0.0, count - 1.0)
}

/// Which of `count` values in order `u` stands for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place of a list: small and not negative"
)]
pub(super) fn slot(u: f64, count: f64) -> usize {
    place(u, count) as usize
}

/// 0, 1, … below a count.
fn numbers(count: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(0.0), |number| Some(number + 1.0)).take_while(move |n| *n < count)
}

/// A number of steps, without what rounding added to a whole one.
fn on_grid(steps: f64) -> f64 {
    let whole = steps.round();
    if (steps - whole).abs() < 1e-6 { whole } else { steps }
}

fn grid_count(low: f64, high: f64, step: f64) -> f64 {
    // A millionth of a step: what the division may lose at the upper end.
    ((high - low) / step + 1e-6).floor() + 1.0
}

/// Drops the last bits: 0.1 + 2 × 0.1 is 0.3, not 0.30000000000000004.
pub(super) fn without_dust(value: f64) -> f64 {
    format!("{value:.14e}").parse().unwrap_or(value)
}

#[expect(clippy::cast_precision_loss, reason = "whole parameters are within 53 bits: exact")]
fn whole(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of choices are far below 2^53: exact")]
fn size(count: usize) -> f64 {
    count as f64
}
