//! What proposes points: pure functions of space, seed and place in the sequence. No I/O, no clock,
//! no state: the same arguments give the same points, in every process and on both databases.

mod adapt;
pub mod pruning;
mod sampling;
mod unit;

#[cfg(test)]
mod laws;

pub use adapt::{
    is_finite, is_quick, observation, point_in, point_of, predictions, problem, propose_at_once,
    settings, sources, spread, suggestion,
};

use crate::task::{ParameterSpace, Point, SamplingMethod, StrategyKind, StrategySettings};

/// The size of the Latin hypercubes that the strategy of that name strings together: any stretch of
/// 32 points from a multiple of 32 has one point in each of 32 slices of every parameter.
const LATIN_BLOCK: u32 = 32;

/// The next `count` points of a task's strategy, which has proposed `proposed` before; none if a
/// client proposes them.
#[must_use]
pub fn propose(
    strategy: &StrategySettings,
    space: &ParameterSpace,
    proposed: u64,
    count: u64,
) -> Vec<Point> {
    let method = match strategy.kind {
        StrategyKind::Random => SamplingMethod::Random,
        // Until the crate's models are here.
        StrategyKind::Sobol
        | StrategyKind::Grid
        | StrategyKind::Tpe
        | StrategyKind::Gp
        | StrategyKind::Nsga2
        | StrategyKind::Auto => SamplingMethod::Sobol,
        StrategyKind::LatinHypercube => SamplingMethod::LatinHypercube,
        StrategyKind::External => return Vec::new(),
    };
    let sampler = sampling::Sampler::new(method, strategy.seed, LATIN_BLOCK);
    (proposed..proposed.saturating_add(count)).map(|index| sampler.point(space, index)).collect()
}

/// The points of a task's initial design. Its seed is its own, so that a strategy of the same method
/// does not begin by repeating them.
#[must_use]
pub fn initial_design(strategy: &StrategySettings, space: &ParameterSpace) -> Vec<Point> {
    let Some(design) = strategy.initial_design else { return Vec::new() };
    let sampler = sampling::Sampler::for_design(design.method(), strategy.seed, design.count());
    (0..u64::from(design.count())).map(|index| sampler.point(space, index)).collect()
}
