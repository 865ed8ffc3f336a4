//! `deleteTask`, `restoreTask`, and the purge that only a command does.

use futures_util::FutureExt as _;

use super::TaskManager;
use crate::task::{Caller, Happening, Result, Task, TaskId, Timestamp, Version};

impl TaskManager {
    /// Hides a task; nothing of it is lost. Deleting it again is an error, as it is for a task that
    /// never was.
    pub async fn delete_task(
        &self,
        caller: &Caller,
        id: TaskId,
        expected_version: Option<Version>,
    ) -> Result<Task> {
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let caller = caller.clone();
                async move {
                    let before = tx.live_task(id).await?;
                    before.expect_version(expected_version)?;
                    let mut task = before.clone();
                    task.deleted_at = Some(at);
                    tx.record(&mut task, &caller, at, Happening::Deleted);
                    tx.update_task(&before, &task).await?;
                    Ok(task)
                }
                .boxed()
            })
            .await
    }

    /// Brings a deleted task back as it was. A task that is not deleted stays as it is.
    pub async fn restore_task(&self, caller: &Caller, id: TaskId) -> Result<Task> {
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let caller = caller.clone();
                async move {
                    let before = tx.lock_task(id).await?;
                    if before.deleted_at.is_none() {
                        return Ok(before);
                    }
                    let mut task = before.clone();
                    task.deleted_at = None;
                    tx.record(&mut task, &caller, at, Happening::Restored);
                    tx.update_task(&before, &task).await?;
                    Ok(task)
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
