//! What proposes points: the crate `asktell_strategies`, in the words of a task. Pure functions: no
//! I/O, no clock, no state; the same arguments give the same points, in every process and on both databases.

mod adapt;
mod look;
pub mod pruning;
#[cfg(test)]
mod tests;
mod warm_start;

use adapt::sign;
pub use adapt::{
    initial_design, is_quick, observation, point_in, point_of, predictions, problem,
    propose_at_once, settings, settled, spread, suggestion,
};
pub use look::{
    axis, best_expected, best_place, expected, index_of, learned_from, learned_objectives, moved,
    named_importance, through, values_of,
};
pub use warm_start::{MOST_RESULTS, Source, carry_over, check_source, source_result, sources};
