//! Whether trials that will not become good are stopped early, as the task says it. The decision
//! itself is made in `crate::strategy`.

use serde::{Deserialize, Serialize};

use super::Invalid;

/// How it is decided that a trial is stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PruningKind {
    /// Never.
    #[default]
    None,
    /// When its best value so far is worse than the median of the others at that step.
    Median,
    /// Asynchronous successive halving.
    SuccessiveHalving,
}

/// The rule by which trials are stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pruning {
    /// How it is decided.
    pub kind: PruningKind,
    /// MEDIAN: how many trials must be COMPLETED before any is stopped.
    pub startup_trials: i64,
    /// MEDIAN: no trial is stopped at or before this step.
    pub warmup_steps: i64,
    /// `SUCCESSIVE_HALVING`: the step of the first rung.
    pub min_resource: i64,
    /// `SUCCESSIVE_HALVING`: each rung is this many times the step of the one before, and one in so
    /// many trials goes on from it.
    pub reduction_factor: i64,
}

impl Default for Pruning {
    fn default() -> Self {
        Self {
            kind: PruningKind::None,
            startup_trials: 5,
            warmup_steps: 0,
            min_resource: 1,
            reduction_factor: 3,
        }
    }
}

impl Pruning {
    const MAX: i64 = 1_000_000_000;

    /// Checks the numbers.
    pub fn check(self) -> Result<Self, Invalid> {
        let within = |field: &str, number: i64, low: i64, high: i64| {
            if (low..=high).contains(&number) {
                return Ok(());
            }
            Err(Invalid::new(format!("a whole number from {low} to {high}")).at(field))
        };
        within("startupTrials", self.startup_trials, 0, Self::MAX)?;
        within("warmupSteps", self.warmup_steps, 0, Self::MAX)?;
        within("minResource", self.min_resource, 1, Self::MAX)?;
        within("reductionFactor", self.reduction_factor, 2, 1_000)?;
        Ok(self)
    }
}
