//! What is measured.

use async_graphql::{Enum, SimpleObject};

use crate::task;

/// Whether less or more of an objective is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::Direction")]
pub(in crate::api) enum Direction {
    /// Less is better: cost, error, time.
    Minimize,
    /// More is better: yield, strength, accuracy.
    Maximize,
}

/// A quantity that is measured, with a direction.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Objective {
    /// The name, unique within the task.
    name: String,
    /// Whether less or more of it is better.
    direction: Direction,
}

impl From<&task::Objective> for Objective {
    fn from(objective: &task::Objective) -> Self {
        let task::Objective { name, direction } = objective;
        Self { name: name.clone(), direction: (*direction).into() }
    }
}
