//! What the server does by itself when a strategy says that it is enough: the model expects too little
//! of the next point, or there is none.

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use super::{TaskManager, change::Change};
use crate::task::{Caller, Error, Result, TaskId, TaskStatus};

impl TaskManager {
    /// Ends tasks by what their strategies say, until `stop`.
    pub async fn conclude_until(self, stop: CancellationToken) {
        let Some(mut bounds) = self.proposals.bounds() else { return };
        loop {
            let id = tokio::select! {
                () = stop.cancelled() => return,
                id = bounds.recv() => id,
            };
            let Some(id) = id else { return };
            match self.conclude(id).await {
                // Purged since.
                Ok(()) | Err(Error::TaskNotFound(_)) => {}
                Err(error) => tracing::warn!(task = %id, error = ?error, "could not end a task"),
            }
        }
    }

    /// Whoever asks for the task would come to the same, by the same points.
    async fn conclude(&self, id: TaskId) -> Result<()> {
        let Some(ready) = self.proposals.ready(id) else { return Ok(()) };
        let at = self.now();
        self.store
            .write(move |tx| {
                let ready = ready.clone();
                async move {
                    let server = Caller::asktell();
                    let mut change = Change::of_live(tx, &server, at, id).await?;
                    let running = change.task.status == TaskStatus::Running;
                    if let Some(bound) = ready.bound(&change.task).filter(|_| running) {
                        change.task.bound = Some(bound);
                        change.save_if_changed().await?;
                    }
                    Ok(())
                }
                .boxed()
            })
            .await
    }
}
