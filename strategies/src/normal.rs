//! The standard normal distribution, sound far out in its tails, where a naive `ln(Φ(t))` is −∞ or noise.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// From here downwards the tail has a formula of its own: above it `φ(t) + t Φ(t)` loses at most two digits.
const TAIL: f64 = -8.0;

/// How deep the continued fraction goes: enough for 15 digits beyond [`TAIL`].
const DEPTH: u32 = 26;

/// The density `φ(t)`.
pub(crate) fn density(t: f64) -> f64 {
    ln_density(t).exp()
}

/// `ln φ(t)`.
pub(crate) fn ln_density(t: f64) -> f64 {
    -0.5 * t * t - 0.5 * (2.0 * PI).ln()
}

/// The distribution `Φ(t)`: the probability of a value below `t`.
pub(crate) fn distribution(t: f64) -> f64 {
    0.5 * libm::erfc(-t * FRAC_1_SQRT_2)
}

/// `ln Φ(t)`, and its derivative `φ(t) / Φ(t)`.
pub(crate) fn ln_distribution(t: f64) -> (f64, f64) {
    if t <= TAIL {
        let inverse = -t + tail_fraction(-t);
        (ln_density(t) - inverse.ln(), inverse)
    } else {
        let below = distribution(t);
        let ln = if t > 0.0 { (-distribution(-t)).ln_1p() } else { below.ln() };
        (ln, density(t) / below)
    }
}

/// The expected part of a standard normal value below `t`: `h(t) = E max(0, t − Z) = φ(t) + t Φ(t)`, the integral of `Φ` up to
/// `t`. As `ln h(t)`, `Φ(t) / h(t)` (its derivative) and `φ(t) / h(t)`.
///
/// Far out by a continued fraction, in which nothing cancels. The idea of a separate formula is that of Ament, Daulton,
/// Eriksson, Balandat and Bakshy, "Unexpected Improvements to Expected Improvement", `NeurIPS` 2023.
pub(crate) fn ln_expected_below(t: f64) -> Shortfall {
    if t <= TAIL {
        let x = -t;
        let fraction = tail_fraction(x);
        Shortfall {
            ln: ln_density(t) + (fraction / (x + fraction)).ln(),
            slope: fraction.recip(),
            density: (x + fraction) / fraction,
        }
    } else {
        let (density, below) = (density(t), distribution(t));
        let expected = density + t * below;
        Shortfall { ln: expected.ln(), slope: below / expected, density: density / expected }
    }
}

/// See [`ln_expected_below`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shortfall {
    /// `ln h(t)`.
    pub(crate) ln: f64,
    /// `Φ(t) / h(t)`.
    pub(crate) slope: f64,
    /// `φ(t) / h(t)`.
    pub(crate) density: f64,
}

/// `1 / (x + 2 / (x + 3 / (x + …)))`, with which `Φ(−x) = φ(x) / (x + fraction)`: Laplace's continued fraction.
fn tail_fraction(x: f64) -> f64 {
    (1..=DEPTH).rev().fold(0.0, |deeper, k| f64::from(k) / (x + deeper))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By Simpson's rule over the part that counts, times `e^(t²/2)` for negative `t` so that nothing underflows.
    fn integral(t: f64, what: impl Fn(f64) -> f64) -> f64 {
        let width = 40.0 / t.abs().max(1.0);
        let steps = 40_000_u32;
        let step = width / f64::from(steps);
        let at = |k: u32| {
            let depth = f64::from(k) * step;
            what(depth) * (t * depth - 0.5 * depth * depth).exp()
        };
        let inner: f64 = (1..steps).map(|k| if k % 2 == 1 { 4.0 } else { 2.0 } * at(k)).sum();
        (at(0) + inner + at(steps)) * step / 3.0
    }

    #[test]
    fn logarithms_are_right_near_and_far() {
        for t in [-1e4, -300.0, -40.0, -12.0, -8.01, -8.0, -7.99, -5.0, -1.0, -0.1, 0.0] {
            let scale = ln_density(t);
            let close = |value: f64, expected: f64, what: &str| {
                assert!(
                    (value - expected).abs() < 3e-12 * expected.abs().max(1.0),
                    "{what}({t}): {value} {expected}"
                );
            };
            let (ln, inverse) = ln_distribution(t);
            let below = integral(t, |_| 1.0);
            close(ln, scale + below.ln(), "ln Φ");
            close(inverse, below.recip(), "φ/Φ");
            let h = ln_expected_below(t);
            let expected = integral(t, |depth| depth);
            close(h.ln, scale + expected.ln(), "ln h");
            close(h.slope * expected / below, 1.0, "Φ/h");
            close(h.density * expected, 1.0, "φ/h");
        }
    }

    #[test]
    fn the_other_side_is_plain() {
        for t in [0.5, 3.0, 9.0, 40.0, 1e8] {
            let h = ln_expected_below(t);
            let below = distribution(t);
            assert!((h.ln - (density(t) + t * below).ln()).abs() < 1e-15);
            assert!((h.slope * h.ln.exp() - below).abs() < 1e-14);
            assert!((ln_distribution(t).0.exp() - below).abs() < 1e-15);
        }
        let far = ln_expected_below(-1e150);
        assert!(far.ln.is_finite() && far.slope.is_finite() && far.density.is_finite());
    }
}
