//! How alike two places are.

/// What a coordinate of the unit cube is to the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Distances count.
    Number,
    /// Two places are the same or not: choices without order, tasks.
    Choice,
}

const SQRT_5: f64 = 2.236_067_977_499_79;

/// The squared distance along one axis, in units of its range.
pub(crate) fn squared(axis: Axis, a: f64, b: f64) -> f64 {
    match axis {
        Axis::Number => (a - b) * (a - b),
        // Choices lie in the middle of their shares of the axis: a hundred of them are a hundredth apart.
        Axis::Choice => f64::from((a - b).abs() > 1e-6),
    }
}

/// The Matérn kernel with ν = 5/2 at a squared scaled distance: `(1 + √5 r + 5/3 r²) e^(−√5 r)`; and
/// `−2 dk/d(r²) = 5/3 (1 + √5 r) e^(−√5 r)`, from which all derivatives are made.
pub(crate) fn matern(squared: f64) -> (f64, f64) {
    let r = SQRT_5 * squared.sqrt();
    let fading = (-r).exp();
    ((1.0 + r + r * r / 3.0) * fading, 5.0 / 3.0 * (1.0 + r) * fading)
}

/// Squared distances along each axis between all pairs of places.
#[derive(Debug, Clone)]
pub(crate) struct Distances {
    /// How many places.
    pub(crate) places: usize,
    /// Pair after pair (1,0), (2,0), (2,1), …; for each pair a distance per axis.
    pub(crate) pairs: Vec<f64>,
    /// How many axes.
    pub(crate) axes: usize,
}

impl Distances {
    /// Between places given one after the other.
    pub(crate) fn new(axes: &[Axis], places: &[f64]) -> Self {
        let rows: Vec<&[f64]> = places.chunks_exact(axes.len()).collect();
        let mut pairs = Vec::with_capacity(rows.len() * rows.len() / 2 * axes.len());
        for (index, row) in rows.iter().enumerate() {
            for other in &rows[..index] {
                pairs.extend(
                    axes.iter()
                        .zip(row.iter().zip(*other))
                        .map(|(axis, (a, b))| squared(*axis, *a, *b)),
                );
            }
        }
        Self { places: rows.len(), pairs, axes: axes.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::matern;

    #[test]
    fn slope_is_that_of_the_kernel() {
        for squared in [1e-4, 0.01, 0.3, 1.0, 7.0] {
            let step = 1e-5 * squared;
            let slope = (matern(squared + step).0 - matern(squared - step).0) / (2.0 * step);
            assert!((-2.0 * slope - matern(squared).1).abs() < 1e-6, "{squared}");
        }
        assert!((matern(0.0).0 - 1.0).abs() < 1e-15);
    }
}
