//! What a point is worth by a model.

mod ehvi;
mod improvement;
mod maximize;
mod surface;
mod thompson;

pub(crate) use ehvi::LogEhvi;
pub(crate) use improvement::{Bound, Constrained, LogEi, LogPi};
pub(crate) use maximize::{Found, Search};
pub(crate) use surface::Surface;
pub(crate) use thompson::thompson;

/// How much one wants to evaluate a place, by what a model says of it.
///
/// The modelled quantities come in one order: the objectives, then the outcome constraints, all on the scales of their
/// models (where smaller is better, and a constraint is kept at most at its bound). A criterion is maximized.
pub(crate) trait Criterion {
    /// Its value where the quantities have these means and standard deviations (without noise; never negative, may be 0).
    /// Usually a logarithm: comparable at any size, −∞ only where there is nothing to be won at all.
    fn value(&self, mean: &[f64], deviation: &[f64]) -> f64;

    /// Its value, and how it changes with each mean and each deviation: written, not added.
    fn gradient(
        &self,
        mean: &[f64],
        deviation: &[f64],
        d_mean: &mut [f64],
        d_deviation: &mut [f64],
    ) -> f64;
}
