//! Which ones.

use async_graphql::{ID, InputObject};

use super::ids;
use crate::{
    api::types::{EventKind, TaskStatus, TrialOrigin, TrialState},
    task::{self, Invalid},
};

/// Which tasks. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::api) struct TaskFilter {
    /// In one of these statuses.
    status: Option<Vec<TaskStatus>>,
    /// With this text in the name, upper or lower case alike.
    name_contains: Option<String>,
    /// `true`: the deleted tasks rather than the others.
    deleted: Option<bool>,
}

impl TryFrom<TaskFilter> for task::TaskFilter {
    type Error = Invalid;

    fn try_from(filter: TaskFilter) -> Result<Self, Invalid> {
        let TaskFilter { status, name_contains, deleted } = filter;
        if name_contains.as_ref().is_some_and(|text| text.contains('\0') || text.len() > 1_000) {
            let problem = Invalid::new("at most 1,000 bytes, without the character U+0000");
            return Err(problem.at("nameContains"));
        }
        Ok(Self {
            statuses: status.unwrap_or_default().into_iter().map(Into::into).collect(),
            name_contains,
            deleted: deleted.unwrap_or_default(),
        })
    }
}

/// Which trials of a task. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::api) struct TrialFilter {
    /// In one of these states.
    states: Option<Vec<TrialState>>,
    /// From one of these origins.
    origins: Option<Vec<TrialOrigin>>,
    /// `true`: only those in the space that the task has now; `false`: only those outside.
    in_space: Option<bool>,
}

impl From<TrialFilter> for task::TrialFilter {
    fn from(filter: TrialFilter) -> Self {
        let TrialFilter { states, origins, in_space } = filter;
        Self {
            states: states.unwrap_or_default().into_iter().map(Into::into).collect(),
            origins: origins.unwrap_or_default().into_iter().map(Into::into).collect(),
            on_front: false,
            in_space,
        }
    }
}

/// Which events. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::api) struct TaskEventFilter {
    /// Of one of these tasks (1,000 at most) or its trials.
    task_ids: Option<Vec<ID>>,
    /// Of one of these kinds.
    kinds: Option<Vec<EventKind>>,
}

impl TryFrom<TaskEventFilter> for task::EventFilter {
    type Error = Invalid;

    fn try_from(filter: TaskEventFilter) -> Result<Self, Invalid> {
        let TaskEventFilter { task_ids, kinds } = filter;
        Ok(Self {
            tasks: ids("taskIds", &task_ids.unwrap_or_default())?,
            kinds: kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
        })
    }
}
