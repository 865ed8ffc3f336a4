//! Minimizing a smooth function in a box.

use std::collections::VecDeque;

/// How many steps back curvature is remembered.
const MEMORY: usize = 8;

/// Decrease that a step must bring, as a share of what the slope promises (Armijo).
const SUFFICIENT: f64 = 1e-4;

/// Where a descent ended.
#[derive(Debug, Clone)]
pub(crate) struct Minimum {
    /// The place.
    pub(crate) place: Vec<f64>,
    /// The value there.
    pub(crate) value: f64,
}

/// How long to descend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Evaluations of the function at the most.
    pub(crate) evaluations: usize,
    /// The length of the first step, in units of the box.
    pub(crate) first_step: f64,
    /// Ends when a step decreases the value by less than this.
    pub(crate) tolerance: f64,
}

/// A curvature pair: a step, the change of the gradient over it, and one by their product.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    inverse: f64,
}

/// A local minimum of `function` from `start`, within `bounds` (low and high of each coordinate).
/// `function` returns its value and writes its gradient; where it has none, a value that is not finite.
///
/// Limited-memory BFGS (Nocedal, Mathematics of Computation 35, 1980) on the coordinates that are not held by a bound, with
/// steps projected into the box (Bertsekas, SIAM Journal on Control and Optimization 20, 1982). Own code: the crates in
/// question have no bounds (argmin), or carry translated Fortran for problems a thousand times the size.
pub(crate) fn minimize(
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: &[f64],
    bounds: &[(f64, f64)],
    effort: Effort,
) -> Minimum {
    let mut place: Vec<f64> = project(start.to_vec(), bounds);
    let mut gradient = vec![0.0; place.len()];
    let mut value = function(&place, &mut gradient);
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    let mut evaluations = 1;
    let mut next_gradient = gradient.clone();
    while value.is_finite() && evaluations < effort.evaluations {
        let free = free_coordinates(&place, &gradient, bounds);
        let mut direction = quasi_newton(&gradient, &free, &pairs);
        let mut slope = dot(&direction, &gradient);
        if slope >= 0.0 || !slope.is_finite() {
            pairs.clear();
            direction = quasi_newton(&gradient, &free, &pairs);
            slope = dot(&direction, &gradient);
        }
        if slope >= -1e-16 {
            break;
        }
        let length = if pairs.is_empty() {
            effort.first_step / dot(&direction, &direction).sqrt()
        } else {
            1.0
        };
        let mut share = length;
        let mut accepted = None;
        while evaluations < effort.evaluations {
            let moved = place.iter().zip(&direction).map(|(x, d)| share.mul_add(*d, *x)).collect();
            let next = project(moved, bounds);
            let next_value = function(&next, &mut next_gradient);
            evaluations += 1;
            let promised: f64 =
                next.iter().zip(&place).zip(&gradient).map(|((n, x), g)| (n - x) * g).sum();
            if next_value <= SUFFICIENT.mul_add(promised.min(0.0), value) {
                accepted = Some((next, next_value));
                break;
            }
            share *= if next_value.is_finite() {
                // The minimum of the parabola through what is known, kept within a tenth and a half.
                (-0.5 * promised / (next_value - value - promised)).clamp(0.1, 0.5)
            } else {
                0.1
            };
            if share < 1e-10 * length {
                break;
            }
        }
        let Some((next, next_value)) = accepted else {
            if pairs.is_empty() {
                break;
            }
            pairs.clear();
            continue;
        };
        remember(&mut pairs, &place, &next, &gradient, &next_gradient);
        let won = value - next_value;
        (place, value) = (next, next_value);
        gradient.copy_from_slice(&next_gradient);
        if won < effort.tolerance {
            break;
        }
    }
    Minimum { place, value }
}

fn project(mut place: Vec<f64>, bounds: &[(f64, f64)]) -> Vec<f64> {
    for (x, (low, high)) in place.iter_mut().zip(bounds) {
        *x = x.clamp(*low, *high);
    }
    place
}

/// Which coordinates are not at a bound that the slope pushes against.
#[expect(clippy::float_cmp, reason = "projection puts coordinates exactly on their bounds")]
fn free_coordinates(place: &[f64], gradient: &[f64], bounds: &[(f64, f64)]) -> Vec<bool> {
    let coordinates = place.iter().zip(gradient).zip(bounds);
    coordinates
        .map(|((x, g), (low, high))| {
            low < high && !(*x == *low && *g > 0.0) && !(*x == *high && *g < 0.0)
        })
        .collect()
}

/// The two loops of L-BFGS over the free coordinates.
fn quasi_newton(gradient: &[f64], free: &[bool], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let masked = |vector: &mut Vec<f64>| {
        for (x, free) in vector.iter_mut().zip(free) {
            if !free {
                *x = 0.0;
            }
        }
    };
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    masked(&mut direction);
    let mut shares = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let share = pair.inverse * dot(&pair.step, &direction);
        add(&mut direction, -share, &pair.change);
        shares.push(share);
    }
    if let Some(last) = pairs.back() {
        let scale = 1.0 / (last.inverse * dot(&last.change, &last.change));
        for d in &mut direction {
            *d *= scale;
        }
    }
    for (pair, share) in pairs.iter().zip(shares.iter().rev()) {
        let other = pair.inverse * dot(&pair.change, &direction);
        add(&mut direction, share - other, &pair.step);
    }
    masked(&mut direction);
    direction
}

fn remember(pairs: &mut VecDeque<Pair>, from: &[f64], to: &[f64], before: &[f64], after: &[f64]) {
    let step: Vec<f64> = to.iter().zip(from).map(|(a, b)| a - b).collect();
    let change: Vec<f64> = after.iter().zip(before).map(|(a, b)| a - b).collect();
    let product = dot(&step, &change);
    if product > 1e-10 * dot(&step, &step).sqrt() * dot(&change, &change).sqrt() {
        if pairs.len() == MEMORY {
            pairs.pop_front();
        }
        pairs.push_back(Pair { step, change, inverse: 1.0 / product });
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn add(to: &mut [f64], share: f64, what: &[f64]) {
    for (x, y) in to.iter_mut().zip(what) {
        *x = share.mul_add(*y, *x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EFFORT: Effort = Effort { evaluations: 300, first_step: 0.1, tolerance: 1e-14 };

    #[test]
    fn finds_the_bottom_of_a_bent_valley() {
        let rosenbrock = |x: &[f64], g: &mut [f64]| {
            let bend = x[1] - x[0] * x[0];
            g[0] = -400.0 * x[0] * bend - 2.0 * (1.0 - x[0]);
            g[1] = 200.0 * bend;
            100.0 * bend * bend + (1.0 - x[0]).powi(2)
        };
        let found = minimize(rosenbrock, &[-1.2, 1.0], &[(-2.0, 2.0), (-2.0, 2.0)], EFFORT);
        assert!(found.value < 1e-10, "{found:?}");
    }

    #[test]
    fn stops_at_the_wall() {
        let slope = |x: &[f64], g: &mut [f64]| {
            g[0] = 1.0;
            g[1] = 2.0 * (x[1] - 0.3);
            x[0] + (x[1] - 0.3).powi(2)
        };
        let found = minimize(slope, &[0.7, 0.9], &[(0.0, 1.0), (0.0, 1.0)], EFFORT);
        assert!(found.place[0] < 1e-12 && (found.place[1] - 0.3).abs() < 1e-6, "{found:?}");
    }
}
