//! Where a task and its trials stand.

use async_graphql::{Enum, SimpleObject};

use crate::task::{self, TrialState as State};

/// Where a task stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::TaskStatus")]
pub(in crate::api) enum TaskStatus {
    /// Made, and not started yet.
    Created,
    /// Hands out points and takes results.
    Running,
    /// Hands out nothing new. What is out may still report.
    Paused,
    /// Ended as planned. It can be resumed, with a reason, if its budget then leaves something.
    Completed,
    /// Ended by a fault. It may be started again.
    Failed,
}

/// How many trials of a task stand in each state.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TrialCounts {
    /// All of them.
    total: i64,
    /// Planned: nobody has them yet.
    waiting: i64,
    /// Handed out to workers.
    running: i64,
    /// Measured.
    completed: i64,
    /// The evaluation went wrong.
    failed: i64,
    /// Stopped early.
    pruned: i64,
    /// The point cannot be evaluated.
    infeasible: i64,
    /// Given up without a result.
    abandoned: i64,
}

impl From<task::TrialCounts> for TrialCounts {
    fn from(counts: task::TrialCounts) -> Self {
        Self {
            total: counts.total(),
            waiting: counts.get(State::Waiting),
            running: counts.get(State::Running),
            completed: counts.get(State::Completed),
            failed: counts.get(State::Failed),
            pruned: counts.get(State::Pruned),
            infeasible: counts.get(State::Infeasible),
            abandoned: counts.get(State::Abandoned),
        }
    }
}
