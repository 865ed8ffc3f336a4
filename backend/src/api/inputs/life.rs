//! Inputs that move tasks on in their lives, and about in the tree.

use async_graphql::{Enum, ID, InputObject};

use super::id;
use crate::{
    api::types::TaskStatus,
    task::{self, Deletion, Invalid, Reason, Revert, TaskId, TaskMove, Transition},
};

/// A move in the life of a task.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TransitionTaskInput {
    /// The task.
    id: ID,
    /// Where it is to go: one of its `allowedTransitions`.
    to: TaskStatus,
    /// Why, 1 to 2,000 characters. It is kept with the task and told in the event. Required to resume a COMPLETED task.
    reason: Option<String>,
    /// Move the task only if it is at this version; else `VERSION_CONFLICT`.
    expected_version: Option<i64>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<TransitionTaskInput> for Transition {
    type Error = Invalid;

    fn try_from(input: TransitionTaskInput) -> Result<Self, Invalid> {
        let TransitionTaskInput { id: task, to, reason, expected_version, idempotency_key: _ } =
            input;
        let (id, reason) = (id("id", &task)?, because(reason)?);
        Ok(Self { id, to: to.into(), reason, expected_version, subtree: None })
    }
}

/// Why something is done, in a field of that name.
pub(super) fn because(reason: Option<String>) -> Result<Option<Reason>, Invalid> {
    reason.map(Reason::given).transpose().map_err(|e| e.at("reason"))
}

/// What becomes of the children of a task that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::OfChildren", name = "OfChildren")]
pub(in crate::api) enum OfChildren {
    /// A task with children is not deleted.
    Refuse,
    /// Everything below it is deleted, too.
    Cascade,
    /// Its children become roots.
    Orphan,
    /// Its children become children of its parent; roots if it has none.
    Lift,
}

/// A task to be deleted. It is hidden, not lost.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct DeleteTaskInput {
    /// The task.
    id: ID,
    /// What becomes of its children; by default a task that has some is not deleted: `TASK_HAS_CHILDREN`.
    #[graphql(default_with = "OfChildren::Refuse")]
    children: OfChildren,
    /// Why, 1 to 2,000 characters. It is told in the event and kept with the version.
    reason: Option<String>,
    /// Delete the task only if it is at this version; else `VERSION_CONFLICT`.
    expected_version: Option<i64>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<DeleteTaskInput> for Deletion {
    type Error = Invalid;

    fn try_from(input: DeleteTaskInput) -> Result<Self, Invalid> {
        let DeleteTaskInput { id: task, children, reason, expected_version, idempotency_key: _ } =
            input;
        let (children, reason) = (children.into(), because(reason)?);
        Ok(Self { id: id("id", &task)?, children, reason, expected_version })
    }
}

/// A deleted task to be restored.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct RestoreTaskInput {
    /// The task.
    id: ID,
    /// Restore everything that is deleted below it, too.
    #[graphql(default)]
    subtree: bool,
    /// Why, 1 to 2,000 characters. It is told in the event and kept with the version.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl RestoreTaskInput {
    pub(in crate::api) fn into_parts(self) -> Result<(TaskId, Option<Reason>, bool), Invalid> {
        Ok((id("id", &self.id)?, because(self.reason)?, self.subtree))
    }
}

/// A task to be put elsewhere in the tree, with everything below it.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct MoveTaskInput {
    /// The task.
    id: ID,
    /// Its new parent; left out or `null`: it becomes a root.
    parent_id: Option<ID>,
    /// Why, 1 to 2,000 characters. It is told in the event and kept with the version.
    reason: Option<String>,
    /// Move the task only if it is at this version; else `VERSION_CONFLICT`.
    expected_version: Option<i64>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<MoveTaskInput> for TaskMove {
    type Error = Invalid;

    fn try_from(input: MoveTaskInput) -> Result<Self, Invalid> {
        let MoveTaskInput { id: task, parent_id, reason, expected_version, idempotency_key: _ } =
            input;
        let parent = parent_id.map(|parent| id("parentId", &parent)).transpose()?;
        Ok(Self { id: id("id", &task)?, parent, reason: because(reason)?, expected_version })
    }
}

/// A move of a task and everything below it in their lives.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TransitionSubtreeInput {
    /// The task.
    id: ID,
    /// Where they are to go, as far as they may. RUNNING resumes what a pause of this subtree, or of one that it is a part
    /// of, has stopped, and the task itself if it is PAUSED.
    to: TaskStatus,
    /// Why, 1 to 2,000 characters.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TransitionSubtreeInput {
    pub(in crate::api) fn into_parts(
        self,
    ) -> Result<(TaskId, task::TaskStatus, Option<Reason>), Invalid> {
        Ok((id("id", &self.id)?, self.to.into(), because(self.reason)?))
    }
}

/// A task that is to have the settings again that it had.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct RevertTaskInput {
    /// The task.
    id: ID,
    /// The version whose settings it is to have again.
    to_version: i64,
    /// Revert the task only if it is at this version; else `VERSION_CONFLICT`.
    expected_version: Option<i64>,
    /// Why, 1 to 2,000 characters. It is told in the event and kept with the version.
    reason: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<RevertTaskInput> for Revert {
    type Error = Invalid;

    fn try_from(input: RevertTaskInput) -> Result<Self, Invalid> {
        let RevertTaskInput { id: task, to_version, expected_version, reason, idempotency_key: _ } =
            input;
        let reason = because(reason)?;
        Ok(Self { id: id("id", &task)?, to: to_version, reason, expected_version })
    }
}
