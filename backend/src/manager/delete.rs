//! `deleteTask`, `restoreTask`, and the purge that only a command does.

use futures_util::FutureExt as _;

use super::{TaskManager, change::Change, tree::put_below};
use crate::{
    store::Tx,
    task::{
        Caller, Deletion, Error, Happening, OfChildren, Reason, Result, Task, TaskId, TaskMove,
        Timestamp,
    },
};

impl TaskManager {
    /// Hides a task; nothing of it is lost. Deleting it again is an error, as it is for a task that
    /// never was.
    pub async fn delete_task(&self, caller: &Caller, deletion: Deletion) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, deletion) = (by.clone(), deletion.clone());
            async move {
                tx.lock_tree().await?;
                tx.live_task(deletion.id).await?.expect_version(deletion.expected_version)?;
                delete(tx, &by, at, deletion).await
            }
            .boxed()
        })
        .await
    }

    /// Brings a deleted task back as it was, and if so wished all that is below it. A task that is not
    /// deleted stays as it is; one whose parent is deleted is refused.
    pub async fn restore_task(
        &self,
        caller: &Caller,
        id: TaskId,
        reason: Option<Reason>,
        subtree: bool,
    ) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                tx.lock_tree().await?;
                restore(tx, &by, at, id, reason, subtree).await
            }
            .boxed()
        })
        .await
    }

    /// Removes for good the tasks that were deleted before a time, with their trials and events, one
    /// transaction each. Says how many they were.
    pub async fn purge_tasks(&self, deleted_before: Timestamp) -> Result<usize> {
        let mut purged = 0;
        for id in self.store.all_task_ids().await? {
            let gone = self
                .store
                .write(move |tx| {
                    async move {
                        let task = tx.lock_task(id).await?;
                        let old = task.deleted_at.is_some_and(|at| at < deleted_before);
                        if old {
                            tx.purge_task(id).await?;
                        }
                        Ok(old)
                    }
                    .boxed()
                })
                .await?;
            purged += usize::from(gone);
        }
        Ok(purged)
    }
}

/// Deletes a task; the tree is locked. What lies below goes first, so that no task ever has a deleted
/// parent.
pub(super) async fn delete(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    deletion: Deletion,
) -> Result<Task> {
    let Deletion { id, children, reason, expected_version: _ } = deletion;
    match children {
        OfChildren::Refuse => {
            expect_no_children(tx, id).await?;
        }
        OfChildren::Cascade => {
            for one in tx.descendants(id).await?.into_iter().rev() {
                if one.deleted_at.is_none() {
                    hide(tx, caller, at, one.id, reason.clone()).await?;
                }
            }
        }
        OfChildren::Orphan => move_children(tx, caller, at, id, None, reason.as_ref()).await?,
        OfChildren::Lift => {
            let above = tx.live_task(id).await?.lineage.parent();
            move_children(tx, caller, at, id, above, reason.as_ref()).await?;
        }
    }
    hide(tx, caller, at, id, reason).await
}

async fn move_children(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    to: Option<TaskId>,
    reason: Option<&Reason>,
) -> Result<()> {
    for child in tx.live_children(id).await? {
        let reason = reason.cloned();
        let out = TaskMove { id: child.id, parent: to, reason, expected_version: None };
        put_below(tx, caller, at, out).await?;
    }
    Ok(())
}

async fn hide(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    reason: Option<Reason>,
) -> Result<Task> {
    let mut change = Change::of_live(tx, caller, at, id).await?;
    change.task.deleted_at = Some(at);
    change.record(Happening::Deleted { reason });
    change.save().await
}

/// Restores a task; the tree is locked.
pub(super) async fn restore(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    reason: Option<Reason>,
    subtree: bool,
) -> Result<Task> {
    let task = tx.lock_task(id).await?;
    expect_live_parent(tx, &task).await?;
    let restored = show(tx, caller, at, id, reason.clone()).await?;
    if subtree {
        for one in tx.descendants(id).await? {
            show(tx, caller, at, one.id, reason.clone()).await?;
        }
    }
    Ok(restored)
}

/// Refuses what would leave a task below one that is deleted.
pub(super) async fn expect_live_parent(tx: &mut Tx, task: &Task) -> Result<()> {
    let Some(parent) = task.lineage.parent() else { return Ok(()) };
    if tx.lock_tasks(&[parent]).await?.iter().all(|parent| parent.deleted_at.is_some()) {
        return Err(Error::ParentDeleted { task: task.id, parent });
    }
    Ok(())
}

/// Refuses what would leave the children of a task below a deleted one.
pub(super) async fn expect_no_children(tx: &mut Tx, id: TaskId) -> Result<()> {
    match tx.live_children(id).await?.len() {
        0 => Ok(()),
        children => Err(Error::TaskHasChildren { task: id, children }),
    }
}

async fn show(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    reason: Option<Reason>,
) -> Result<Task> {
    let mut change = Change::of_any(tx, caller, at, id).await?;
    if change.task.deleted_at.is_none() {
        return Ok(change.task);
    }
    change.task.deleted_at = None;
    change.record(Happening::Restored { reason });
    change.save().await
}
