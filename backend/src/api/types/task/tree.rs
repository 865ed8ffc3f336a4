//! What lies below a task, taken together.

use async_graphql::{Enum, SimpleObject};

use super::{TaskStatus, TrialCounts, facets::StatusCount};
use crate::{
    api::types::Direction,
    task::{self, BestOfSome},
};

/// Which tasks below a task are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Below")]
pub(in crate::api) enum Below {
    /// Its children.
    Children,
    /// Its children, their children, and so on.
    Descendants,
}

/// What the tasks below a task have come to, taken together. Deleted ones do not count.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct RollUp {
    /// How many tasks they are.
    task_count: i64,
    /// How many of them have each status.
    statuses: Vec<StatusCount>,
    /// How many of their trials stand where.
    trial_counts: TrialCounts,
    /// The mean of their progresses, of those that have one.
    progress: Option<f64>,
    /// The best value of each objective that some of them measure alone, by its name.
    best: Vec<BestOfTasks>,
}

/// The best value of some tasks that measure the same.
#[derive(Debug, Clone, SimpleObject)]
struct BestOfTasks {
    /// What they measure.
    objective: String,
    /// Whether less or more of it is better.
    direction: Direction,
    /// The best of their values.
    value: f64,
}

impl From<task::RollUp> for RollUp {
    fn from(roll_up: task::RollUp) -> Self {
        let progress = roll_up.mean_progress();
        let task::RollUp { statuses, trial_counts, progress: _, best } = roll_up;
        let best = best.into_iter().map(|BestOfSome { objective, direction, value }| BestOfTasks {
            objective,
            direction: direction.into(),
            value,
        });
        Self {
            task_count: statuses.iter().map(|(_, count)| count).sum(),
            statuses: statuses
                .into_iter()
                .map(|(status, count)| StatusCount { status: TaskStatus::from(status), count })
                .collect(),
            trial_counts: trial_counts.into(),
            progress,
            best: best.collect(),
        }
    }
}
