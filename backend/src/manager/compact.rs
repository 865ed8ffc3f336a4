//! Retention, which only a command does: what is old goes from the log, and every later version stays.

use futures_util::FutureExt as _;

use super::TaskManager;
use crate::task::{Error, Result, Timestamp};

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    /// How many tasks have fewer events now.
    pub tasks: usize,
    /// How many events are gone.
    pub events: u64,
}

impl TaskManager {
    /// Removes what the log tells of the time before `before`. Of each task at least the newest
    /// `keep_versions` versions stay what they were, and whatever came later.
    ///
    /// First the log is cut: from then on nobody reads what lies before, nor is sent past it unawares.
    /// Then each task is compacted in a transaction of its own. Whoever dies in between has lost
    /// nothing, and the next compaction goes on.
    pub async fn compact_history(
        &self,
        before: Timestamp,
        keep_versions: u64,
    ) -> Result<Compacted> {
        let place = self.store.last_place_before(before).await?;
        let cut =
            self.store.write(move |tx| async move { tx.cut_log(place).await }.boxed()).await?;
        let mut done = Compacted::default();
        for id in self.store.all_task_ids().await? {
            let gone = self
                .store
                .write(move |tx| {
                    async move {
                        match tx.lock_task(id).await {
                            Ok(_) => tx.compact_task(id, cut, keep_versions).await,
                            // Purged since the list was read.
                            Err(Error::TaskNotFound(_)) => Ok(0),
                            Err(error) => Err(error),
                        }
                    }
                    .boxed()
                })
                .await?;
            done.tasks += usize::from(gone > 0);
            done.events += gone;
        }
        Ok(done)
    }
}
