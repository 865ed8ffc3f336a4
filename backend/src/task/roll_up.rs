//! What the tasks below another have come to, taken together.

use super::{Direction, TaskStatus, TrialCounts};

/// Which tasks below a task are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Below {
    /// Its children.
    Children,
    /// Its children, their children, and so on.
    Descendants,
}

/// What some tasks have come to; deleted ones do not count.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RollUp {
    /// How many of them have each status.
    pub statuses: Vec<(TaskStatus, i64)>,
    /// How many of their trials stand where.
    pub trial_counts: TrialCounts,
    /// The sum of their progresses, and how many of them have one.
    pub progress: (f64, i64),
    /// The best value of each objective that some of them measure alone.
    pub best: Vec<BestOfSome>,
}

/// The best value of some tasks that measure the same.
#[derive(Debug, Clone, PartialEq)]
pub struct BestOfSome {
    /// What they measure.
    pub objective: String,
    /// Which way is better.
    pub direction: Direction,
    /// The best of their values.
    pub value: f64,
}

impl RollUp {
    /// The mean of their progresses, if one of them has any.
    #[must_use]
    pub fn mean_progress(&self) -> Option<f64> {
        let (sum, count) = self.progress;
        #[expect(clippy::cast_precision_loss, reason = "tasks are fewer than 2^53")]
        let mean = sum / count as f64;
        (count > 0).then_some(mean)
    }
}
