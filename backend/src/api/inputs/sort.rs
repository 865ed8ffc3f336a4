//! The orders of lists.

use async_graphql::{Enum, InputObject};

use super::filter::checked_text;
use crate::task::{self, Invalid, SortBy, SortKey, TaskOrder, TrialOrder, TrialSortBy};

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

/// One key of an order of trials. Those that are equal in all keys are ordered by their numbers, in the direction of the last
/// key. Trials that have nothing of a key come last, in both directions.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TrialSort {
    /// What trials are ordered by.
    by: TrialSortKey,
    /// Which objective or parameter; needed with VALUE and PARAMETER, and only there.
    name: Option<String>,
    /// In which direction.
    #[graphql(default_with = "SortDirection::Ascending")]
    direction: SortDirection,
}

/// What trials are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum TrialSortKey {
    /// Their numbers.
    Number,
    /// When a worker first got them.
    Started,
    /// When they ended.
    Finished,
    /// What was measured of an objective.
    Value,
    /// What a parameter is set to: truth values, then numbers, then texts by code points.
    Parameter,
}

impl TryFrom<TrialSort> for TrialSortBy {
    type Error = Invalid;

    fn try_from(sort: TrialSort) -> Result<Self, Invalid> {
        let TrialSort { by, name, direction } = sort;
        let name = name.map(checked_text).transpose().map_err(|e| e.at("name"))?;
        let key = match (by, name) {
            (TrialSortKey::Number, None) => task::TrialSortKey::Number,
            (TrialSortKey::Started, None) => task::TrialSortKey::Started,
            (TrialSortKey::Finished, None) => task::TrialSortKey::Finished,
            (TrialSortKey::Value, Some(name)) => task::TrialSortKey::Value(name),
            (TrialSortKey::Parameter, Some(name)) => task::TrialSortKey::Parameter(name),
            (TrialSortKey::Value | TrialSortKey::Parameter, None) => {
                return Err(Invalid::new("the objective or parameter is needed").at("name"));
            }
            (TrialSortKey::Number | TrialSortKey::Started | TrialSortKey::Finished, Some(_)) => {
                return Err(Invalid::new("only with VALUE and PARAMETER").at("name"));
            }
        };
        Ok(Self { key, falling: direction == SortDirection::Descending })
    }
}

/// The order that some keys make; by number without any.
pub(in crate::api) fn order_of_trials(keys: Vec<TrialSort>) -> Result<TrialOrder, Invalid> {
    let keys = keys.into_iter().enumerate();
    let keys = keys.map(|(i, sort)| TrialSortBy::try_from(sort).map_err(|e| e.at_index(i)));
    TrialOrder::new(keys.collect::<Result<_, _>>()?)
}
