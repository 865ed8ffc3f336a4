//! Which parameters matter.

use crate::history::{History, Problem};

/// How important each parameter is for each objective, by all results: `[objective][parameter]`, each list summing to 1.
/// None while there are too few results.
#[must_use]
pub fn importance(_problem: &Problem, _history: &History, _seed: u64) -> Option<Vec<Vec<f64>>> {
    None
}
