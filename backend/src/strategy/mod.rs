//! What proposes points: the crate `asktell_strategies`, in the words of a task. Pure functions: no
//! I/O, no clock, no state; the same arguments give the same points, in every process and on both databases.

mod adapt;
pub mod pruning;
#[cfg(test)]
mod tests;

pub use adapt::{
    initial_design, is_finite, is_quick, observation, point_in, point_of, predictions, problem,
    propose_at_once, settings, sources, spread, suggestion,
};
