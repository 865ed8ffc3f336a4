//! Results of which none is better in every objective, and how much of the space of objectives they win.
//!
//! A result is a list of values, one for each objective, finite and **minimized**. One dominates another if it is at least
//! as good in every objective and better in one; equal ones do not dominate each other.

mod boxes;
mod front;
mod hypervolume;
mod reference;

#[cfg(test)]
mod tests;

pub use boxes::{Cell, non_dominated_cells};
pub(crate) use front::spread;
pub use front::{dominates, front, ranks};
pub use hypervolume::hypervolume;
pub use reference::reference_point;

use std::cmp::Ordering;

/// By size; 0 and −0 are equal, as they are to [`dominates`].
fn by_size(a: f64, b: f64) -> Ordering {
    (a + 0.0).total_cmp(&(b + 0.0))
}
