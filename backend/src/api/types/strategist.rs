//! Clients that propose the points of EXTERNAL tasks.

use async_graphql::{ID, SimpleObject};

use super::Task;
use crate::{
    api::scalar::DateTime,
    task::{self, LeaseToken, Timestamp},
};

/// A client's time-limited right to propose the points of a task.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Strategist {
    /// Who has it.
    name: String,
    /// Its number among those of the task, growing with each: pass it with proposals and heartbeats.
    token: LeaseToken,
    /// When it ends unless it is renewed.
    expires_at: DateTime,
}

impl From<&task::Strategist> for Strategist {
    fn from(strategist: &task::Strategist) -> Self {
        let task::Strategist { name, token, expires_at, time: _ } = strategist;
        Self { name: name.to_string(), token: *token, expires_at: DateTime(*expires_at) }
    }
}

/// A task needs points.
#[derive(Debug, SimpleObject)]
pub(in crate::api) struct PointsNeeded {
    /// The id of the task.
    task_id: ID,
    /// The task.
    task: Task,
    /// How many points it needs.
    count: i64,
    /// Who is to propose them; none if the task has no strategist: then take it with `claimStrategy`.
    strategist: Option<Strategist>,
}

impl PointsNeeded {
    /// What the task needs now; none if that is nothing.
    pub(in crate::api) fn of(task: task::Task, now: Timestamp) -> Option<Self> {
        let count = task.points_needed(now);
        (count > 0).then(|| Self {
            task_id: task.id.to_string().into(),
            count,
            strategist: task.strategist.as_ref().map(Into::into),
            task: Task(task),
        })
    }
}
