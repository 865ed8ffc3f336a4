//! Gaussian processes: what a function may be, judged by some of its values.
//!
//! The kernel is Matérn 5/2 with a length scale per axis of the unit cube (Rasmussen and Williams, "Gaussian Processes for
//! Machine Learning", 2006; choices by whether they are the same). Hyperparameters maximize their posterior density ([`fit()`]);
//! the scale on which values are seen is one of them ([`warp`]).

pub(crate) mod fit;
pub(crate) mod kernel;
mod likelihood;
mod posterior;
#[cfg(test)]
mod tests;
pub(crate) mod warp;

pub(crate) use fit::{Fit, Hyperparameters, fit};
pub(crate) use kernel::Axis;
pub(crate) use posterior::Posterior;

/// What a Gaussian process learns from: places of the unit cube and the values there.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    /// What each coordinate of a place is.
    pub(crate) axes: Vec<Axis>,
    /// Place after place.
    pub(crate) places: Vec<f64>,
    /// The value at each place, finite.
    pub(crate) values: Vec<f64>,
    /// What is known of the noise of each value.
    pub(crate) noise: Vec<Noise>,
}

/// What is known of the noise of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Noise {
    /// Nothing: as that of all other such values.
    Unknown,
    /// Its standard deviation, in the units of the value.
    Known(f64),
    /// The value stands for one that is not known: its variance, as a share of the function's own.
    Guess(f64),
}

impl Data {
    /// How many values.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The place of the value with that index.
    pub(crate) fn place(&self, index: usize) -> &[f64] {
        &self.places[index * self.axes.len()..][..self.axes.len()]
    }

    /// Some of it.
    pub(crate) fn part(&self, indices: &[usize]) -> Self {
        Self {
            axes: self.axes.clone(),
            places: indices.iter().flat_map(|index| self.place(*index)).copied().collect(),
            values: indices.iter().map(|index| self.values[*index]).collect(),
            noise: indices.iter().map(|index| self.noise[*index]).collect(),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of results and parameters are far below 2^53"
)]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}
