//! The expected hypervolume improvement.

use super::Criterion;
use crate::{
    normal::{self, Shortfall},
    pareto,
};

/// More points than this on a front of four objectives (or more) make too many boxes: some 2,000.
const MOST_OF_FOUR: usize = 200;

/// And of fewer objectives, where boxes are two for each point.
const MOST: usize = 1000;

/// Boxes narrower than this (as the logarithm of what their sides win) are integrated, not subtracted.
const NARROW: f64 = 0.01;

/// A deviation below this share of the mean's and the front's size is none: what is certain is taken as almost certain.
const LEAST_DEVIATION: f64 = 1e-9;

/// The logarithm of the expected hypervolume improvement over a front, for objectives that are independent and normal; exact.
///
/// A result wins what it dominates of the places that are not won yet, so the expected improvement is the integral, over
/// these places, of the probability that each is dominated. Cut into boxes ([`pareto::non_dominated_cells`]) it is
/// a sum of products: for each side of a box from `l` to `u`, the integral of `Φ((z − mean) / deviation)` over `z`. (Emmerich,
/// Deutz and Klinkenberg, CEC 2011; Yang, Emmerich, Deutz and Bäck, Journal of Global Optimization 75, 2019.) All of it in logarithms,
/// as Ament, Daulton, Eriksson, Balandat and Bakshy, `NeurIPS` 2023, show to be needed: where improvement is
/// all but impossible, there still is a direction to it.
///
/// With one objective it is the logarithm of the expected improvement.
#[derive(Debug, Clone)]
pub(crate) struct LogEhvi {
    axes: Vec<Axis>,
    /// Box by box, for each objective the index of its side on the axis.
    cells: Vec<u32>,
}

/// The sides of the boxes along one objective.
#[derive(Debug, Clone)]
struct Axis {
    /// Where sides begin and end, ascending.
    edges: Vec<f64>,
    /// Different sides, as the indices of their edges.
    sides: Vec<[u32; 2]>,
}

/// What a side wins: the logarithm, and its derivatives by mean and deviation.
#[derive(Debug, Clone, Copy)]
struct Side {
    ln: f64,
    d_mean: f64,
    d_deviation: f64,
}

impl LogEhvi {
    /// Over these points (dominated ones may be among them), up to the reference, both on the scales of the models.
    ///
    /// Of a very large front, a part that is spread over it stands for it: 1,000 points, or 200 with four objectives.
    pub(crate) fn new(points: &[Vec<f64>], reference: &[f64]) -> Self {
        let front = pareto::front(points).into_iter().map(|index| points[index].clone()).collect();
        let most = if reference.len() > 3 { MOST_OF_FOUR } else { MOST };
        let cells = pareto::non_dominated_cells(&pareto::spread(front, most), reference);
        let mut axes: Vec<Axis> =
            (0..reference.len()).map(|objective| Axis::of(&cells, objective)).collect();
        let sides = |cell: &pareto::Cell| -> Vec<u32> {
            let bounds = cell.low.iter().zip(&cell.high);
            axes.iter_mut().zip(bounds).map(|(axis, (low, high))| axis.side(*low, *high)).collect()
        };
        let cells = cells.iter().flat_map(sides).collect();
        Self { axes, cells }
    }

    /// The logarithm of what each box wins, and of what all win together.
    fn sum(&self, sides: &[Vec<Side>]) -> (Vec<f64>, f64) {
        let cells = self.cells.chunks_exact(self.axes.len());
        let each: Vec<f64> = cells
            .map(|cell| cell.iter().zip(sides).map(|(side, sides)| sides[*side as usize].ln).sum())
            .collect();
        let most = each.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most == f64::NEG_INFINITY {
            return (each, most);
        }
        let sum: f64 = each.iter().map(|ln| (ln - most).exp()).sum();
        (each, most + sum.ln())
    }

    fn sides(&self, mean: &[f64], deviation: &[f64]) -> Vec<Vec<Side>> {
        let moments = mean.iter().zip(deviation);
        self.axes
            .iter()
            .zip(moments)
            .map(|(axis, (mean, deviation))| axis.win(*mean, *deviation))
            .collect()
    }
}

impl Criterion for LogEhvi {
    fn value(&self, mean: &[f64], deviation: &[f64]) -> f64 {
        self.sum(&self.sides(mean, deviation)).1
    }

    fn gradient(
        &self,
        mean: &[f64],
        deviation: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> f64 {
        let sides = self.sides(mean, deviation);
        let (each, total) = self.sum(&sides);
        d_mean.fill(0.0);
        d_deviation.fill(0.0);
        for (cell, ln) in self.cells.chunks_exact(self.axes.len()).zip(each) {
            let share = (ln - total).exp();
            if share > 0.0 {
                for (objective, (side, sides)) in cell.iter().zip(&sides).enumerate() {
                    d_mean[objective] += share * sides[*side as usize].d_mean;
                    d_deviation[objective] += share * sides[*side as usize].d_deviation;
                }
            }
        }
        total
    }
}

impl Axis {
    fn of(cells: &[pareto::Cell], objective: usize) -> Self {
        let bounds = cells.iter().flat_map(|cell| [cell.low[objective], cell.high[objective]]);
        let mut edges: Vec<f64> = bounds.collect();
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        Self { edges, sides: Vec::new() }
    }

    /// The index of a side, which is added if it is new.
    fn side(&mut self, low: f64, high: f64) -> u32 {
        let edge = |value: f64| {
            let place = self.edges.partition_point(|edge| *edge < value);
            u32::try_from(place).unwrap_or(u32::MAX)
        };
        let side = [edge(low), edge(high)];
        let place = self.sides.iter().position(|other| *other == side).unwrap_or_else(|| {
            self.sides.push(side);
            self.sides.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// What each side wins.
    fn win(&self, mean: f64, deviation: f64) -> Vec<Side> {
        let size = self.edges.last().map_or(0.0, |edge| edge.abs()).max(mean.abs());
        let deviation = deviation.max(LEAST_DEVIATION * size).max(f64::MIN_POSITIVE);
        let at = |edge: &f64| {
            let t = (edge - mean) / deviation;
            (t, normal::ln_expected_below(t))
        };
        let edges: Vec<(f64, Shortfall)> = self.edges.iter().map(at).collect();
        let won = |[low, high]: &[u32; 2]| {
            side_between(edges[*low as usize], edges[*high as usize], deviation)
        };
        self.sides.iter().map(won).collect()
    }
}

/// The integral of `Φ` between two places, times the deviation.
fn side_between(low: (f64, Shortfall), high: (f64, Shortfall), deviation: f64) -> Side {
    let ((from, low), (to, high)) = (low, high);
    if from == f64::NEG_INFINITY {
        return Side {
            ln: deviation.ln() + high.ln,
            d_mean: -high.slope / deviation,
            d_deviation: high.density / deviation,
        };
    }
    let ratio = low.ln - high.ln;
    if ratio > -NARROW {
        return narrow_side(from, to, deviation);
    }
    let (lower, share) = (ratio.exp(), -ratio.exp_m1());
    Side {
        ln: deviation.ln() + high.ln + share.ln(),
        d_mean: -(high.slope - low.slope * lower) / (share * deviation),
        d_deviation: (high.density - low.density * lower) / (share * deviation),
    }
}

/// The same where `Φ` hardly changes between the two, by the Gauß-Legendre rule of two points.
fn narrow_side(from: f64, to: f64, deviation: f64) -> Side {
    let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
    let [t, s] = [middle + half / 3_f64.sqrt(), middle - half / 3_f64.sqrt()];
    let [(ln, inverse), (ln_lower, inverse_lower)] = [t, s].map(normal::ln_distribution);
    let lower = (ln_lower - ln).exp();
    let share = 1.0 + lower;
    let (slope, slope_lower) = (inverse / share, inverse_lower * lower / share);
    Side {
        ln: deviation.ln() + half.ln() + ln + share.ln(),
        d_mean: -(slope + slope_lower) / deviation,
        // The width in units of the deviation shrinks as the deviation grows, and the integral is of that width.
        d_deviation: -(t * slope + s * slope_lower) / deviation,
    }
}

#[cfg(test)]
mod tests;
