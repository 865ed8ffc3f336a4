//! The order of a list of tasks.

use async_graphql::{Enum, InputObject};

use crate::task::{Invalid, SortBy, SortKey, TaskOrder};

/// One key of an order. Tasks that are equal in all keys are ordered by the time of their making, in the direction of the
/// last key.
#[derive(Debug, Clone, Copy, InputObject)]
pub(in crate::api) struct TaskSort {
    /// What tasks are ordered by.
    by: TaskSortKey,
    /// In which direction.
    #[graphql(default_with = "SortDirection::Ascending")]
    direction: SortDirection,
}

/// What tasks are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SortKey")]
enum TaskSortKey {
    /// When they were made.
    Created,
    /// When they last changed.
    Updated,
    /// Their names, upper and lower case alike.
    Name,
    /// Their statuses: CREATED, RUNNING, PAUSED, COMPLETED, FAILED.
    Status,
    /// Their priorities.
    Priority,
    /// Their best values. Tasks that have none come last, in both directions.
    BestValue,
    /// Which share of its budget of trials is over; COMPLETED tasks count as done. Tasks without `budget.maxTrials` come
    /// last, in both directions.
    Progress,
}

/// In which direction a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SortDirection {
    /// The smallest, earliest or first comes first.
    Ascending,
    /// The largest, latest or last comes first.
    Descending,
}

/// The order that some keys make; newest first without any.
pub(in crate::api) fn order(keys: Vec<TaskSort>) -> Result<TaskOrder, Invalid> {
    let by = |TaskSort { by, direction }| SortBy {
        key: by.into(),
        falling: direction == SortDirection::Descending,
    };
    TaskOrder::new(keys.into_iter().map(by).collect())
}
