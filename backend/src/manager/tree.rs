//! `moveTask` and `transitionSubtree`.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TaskManager, change::Change, create::below, replay::Answer, transition::transition};
use crate::{
    store::Tx,
    task::{
        Caller, Error, FieldChange, Happening, Lineage, Reason, Result, Task, TaskId, TaskMove,
        TaskStatus, Timestamp, Transition,
    },
};

/// What a move of a whole subtree in its life did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubtreeMoved {
    /// The tasks that were moved, as they are now, ancestors first.
    pub moved: Vec<Task>,
    /// The others, with the status that may not come before the one that was wanted.
    pub left: Vec<Task>,
}

impl Answer for SubtreeMoved {}

impl TaskManager {
    /// Puts a task, with all that is below it, below another, or makes it a root.
    pub async fn move_task(&self, caller: &Caller, to: TaskMove) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, to) = (by.clone(), to.clone());
            async move {
                tx.lock_tree().await?;
                tx.live_task(to.id).await?.expect_version(to.expected_version)?;
                put_below(tx, &by, at, to).await
            }
            .boxed()
        })
        .await
    }

    /// Moves a task and all that is below it on in their lives, those that may be moved so, in one
    /// transaction.
    pub async fn transition_subtree(
        &self,
        caller: &Caller,
        id: TaskId,
        to: TaskStatus,
        reason: Option<Reason>,
    ) -> Result<SubtreeMoved> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                tx.hold_tree().await?;
                let root = tx.live_task(id).await?;
                let pauses = Pauses::of(&root);
                let mut done = SubtreeMoved { moved: Vec::new(), left: Vec::new() };
                let below = tx.descendants(id).await?.into_iter();
                for task in std::iter::once(root).chain(below.filter(|t| t.deleted_at.is_none())) {
                    if to == TaskStatus::Running && !pauses.stopped(&task) {
                        done.left.push(task);
                        continue;
                    }
                    let (reason, subtree) = (reason.clone(), Some(id));
                    let step =
                        Transition { id: task.id, to, reason, expected_version: None, subtree };
                    match transition(tx, &by, at, step).await {
                        Ok(task) => done.moved.push(task),
                        Err(
                            Error::InvalidStatusTransition { .. }
                            | Error::TaskNotReady { .. }
                            | Error::BudgetReached { .. },
                        ) => done.left.push(task),
                        Err(error) => return Err(error),
                    }
                }
                Ok(done)
            }
            .boxed()
        })
        .await
    }
}

/// The pauses of subtrees that hold a subtree: its own, and those of what it is a part of.
struct Pauses {
    root: TaskId,
    subtrees: Vec<TaskId>,
}

impl Pauses {
    fn of(root: &Task) -> Self {
        let subtrees = root.lineage.ancestors().iter().copied().chain([root.id]).collect();
        Self { root: root.id, subtrees }
    }

    /// Whether a task is resumed with the subtree. Below its root only what such a pause has stopped is:
    /// not what a person has paused by itself, nor what was never started, has failed or is complete.
    fn stopped(&self, task: &Task) -> bool {
        let with_subtree = task.paused_with.is_some_and(|with| self.subtrees.contains(&with));
        task.status == TaskStatus::Paused && (with_subtree || task.id == self.root)
    }
}

/// Puts a task below another; the tree is locked.
pub(super) async fn put_below(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    to: TaskMove,
) -> Result<Task> {
    let TaskMove { id, parent, reason, expected_version: _ } = to;
    let Some(moved) = relocate(tx, id, parent).await? else { return tx.live_task(id).await };
    let mut change = Change::of_live(tx, caller, at, id).await?;
    change.record(Happening::Updated { changes: vec![moved], reason, reverted_to: None });
    change.save().await
}

/// Writes the place of a task in the tree, and of all that is below it; the tree is locked. Gives what is to
/// be told of it; none if the task is there already.
pub(super) async fn relocate(
    tx: &mut Tx,
    id: TaskId,
    parent: Option<TaskId>,
) -> Result<Option<FieldChange>> {
    let before = tx.live_task(id).await?;
    if before.lineage.parent() == parent {
        return Ok(None);
    }
    let lineage = match parent {
        None => Lineage::default(),
        Some(parent) => {
            let lineage = below(tx, parent).await?;
            if lineage.ancestors().contains(&id) {
                return Err(Error::TaskCycle { task: id, parent });
            }
            lineage
        }
    };
    let told = |parent: Option<TaskId>| parent.map(|parent| json!(parent));
    let moved = FieldChange {
        field: Happening::PARENT.into(),
        old: told(before.lineage.parent()),
        new: told(parent),
    };
    for one in tx.descendants(id).await? {
        let place = one.lineage.after_move(id, &lineage).map_err(|e| e.at("parentId"))?;
        tx.move_task(&one, &Task { lineage: place, ..one.clone() }).await?;
    }
    tx.move_task(&before, &Task { lineage, ..before.clone() }).await?;
    Ok(Some(moved))
}
