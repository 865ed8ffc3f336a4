//! `deleteTask`, `restoreTask`, and the purge that only a command does.

use futures_util::FutureExt as _;

use super::{TaskManager, change::Change};
use crate::task::{Caller, Deletion, Happening, Reason, Result, Task, TaskId, Timestamp};

impl TaskManager {
    /// Hides a task; nothing of it is lost. Deleting it again is an error, as it is for a task that
    /// never was.
    pub async fn delete_task(&self, caller: &Caller, deletion: Deletion) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, deletion) = (by.clone(), deletion.clone());
            async move {
                let Deletion { id, reason, expected_version } = deletion;
                let mut change = Change::of_live(tx, &by, at, id).await?;
                change.task.expect_version(expected_version)?;
                change.task.deleted_at = Some(at);
                change.record(Happening::Deleted { reason });
                change.save().await
            }
            .boxed()
        })
        .await
    }

    /// Brings a deleted task back as it was. A task that is not deleted stays as it is.
    pub async fn restore_task(
        &self,
        caller: &Caller,
        id: TaskId,
        reason: Option<Reason>,
    ) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                let mut change = Change::of_any(tx, &by, at, id).await?;
                if change.task.deleted_at.is_none() {
                    return Ok(change.task);
                }
                change.task.deleted_at = None;
                change.record(Happening::Restored { reason });
                change.save().await
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
