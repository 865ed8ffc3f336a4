//! `tell`.

use futures_util::FutureExt as _;

use super::TaskManager;
use crate::task::{Best, Caller, Error, Happening, Outcome, Report, Result, Task, Trial, TrialId};

impl TaskManager {
    /// Takes what a worker reports of a trial. The status of the task does not matter: a measured
    /// result is never refused for it, not even if the task is deleted; one that comes after the end
    /// is marked late.
    pub async fn tell(
        &self,
        caller: &Caller,
        id: TrialId,
        report: Report,
    ) -> Result<(Trial, Task)> {
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let (caller, report) = (caller.clone(), report.clone());
                async move {
                    let before = match tx.lock_task(id.task).await {
                        Err(Error::TaskNotFound(_)) => return Err(Error::TrialNotFound(id)),
                        found => found?,
                    };
                    let mut trial = tx.trial(id).await?;
                    let settings = tx.settings(id.task).await?;
                    let outcome =
                        report.check(&settings.objectives).map_err(|e| e.at("outcome"))?;
                    let (from, to) = (trial.state, outcome.state());
                    if !from.successors().contains(&to) {
                        return Err(Error::InvalidTrialState { from, to });
                    }
                    match outcome {
                        Outcome::Completed(values) => trial.values = values,
                        Outcome::Failed(reason) => trial.failure_reason = Some(reason),
                    }
                    trial.state = to;
                    trial.late = before.status.is_ended();
                    trial.finished_at = Some(at);
                    tx.update_trial(&trial, from).await?;

                    let mut task = before.clone();
                    task.trial_counts.add(from, -1);
                    task.trial_counts.add(to, 1);
                    task.best = Best::after(task.best, &trial, &settings.objectives);
                    tx.record(
                        &mut task,
                        &caller,
                        at,
                        Happening::TrialStateChanged {
                            number: id.number,
                            from,
                            to,
                            worker: trial.worker.clone(),
                            values: trial.values.clone(),
                            reason: trial.failure_reason.clone(),
                        },
                    );
                    tx.update_task(&before, &task).await?;
                    Ok((trial, task))
                }
                .boxed()
            })
            .await
    }
}
