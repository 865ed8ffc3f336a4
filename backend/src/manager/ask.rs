//! `ask`.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialsChanged};
use crate::{
    store::Tx,
    strategy,
    task::{
        Caller, Error, Happening, Invalid, Result, Task, TaskId, TaskStatus, Timestamp, Trial,
        TrialId, TrialOrigin, TrialState, Values, WorkerName,
    },
};

/// The most points of one ask.
pub(crate) const MAX_COUNT: u64 = 1_000;

impl TaskManager {
    /// Hands out the next points of a RUNNING task: first those that wait, then new ones of the
    /// strategy. Fewer than `count` come back only if the strategy is EXTERNAL.
    pub async fn ask(
        &self,
        caller: &Caller,
        id: TaskId,
        count: i64,
        worker: Option<WorkerName>,
    ) -> Result<TrialsChanged> {
        let count =
            u64::try_from(count).ok().filter(|count| (1..=MAX_COUNT).contains(count)).ok_or_else(
                || Invalid::new(format!("a whole number from 1 to {MAX_COUNT}")).at("count"),
            )?;
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let (caller, worker) = (caller.clone(), worker.clone());
                async move {
                    let before = tx.live_task(id).await?;
                    if before.status != TaskStatus::Running {
                        return Err(Error::TaskNotRunning { status: before.status });
                    }
                    let mut task = before.clone();
                    let handing_out = HandOut { caller: &caller, at, worker: worker.as_ref() };
                    let mut trials = handing_out.waiting(tx, &mut task, count).await?;
                    let missing = count - trials.len() as u64;
                    if missing > 0 {
                        trials.extend(handing_out.proposed(tx, &mut task, missing).await?);
                    }
                    if !trials.is_empty() {
                        tx.update_task(&before, &task).await?;
                    }
                    Ok(TrialsChanged { task, trials })
                }
                .boxed()
            })
            .await
    }
}

/// To whom trials are handed out, and when.
#[derive(Clone, Copy)]
struct HandOut<'a> {
    caller: &'a Caller,
    at: Timestamp,
    worker: Option<&'a WorkerName>,
}

impl HandOut<'_> {
    /// Trials that wait.
    async fn waiting(self, tx: &mut Tx, task: &mut Task, count: u64) -> Result<Vec<Trial>> {
        if task.trial_counts.get(TrialState::Waiting) == 0 {
            return Ok(Vec::new());
        }
        let trials = tx.take_waiting_trials(task.id, count, self.worker, self.at).await?;
        for trial in &trials {
            tx.record(
                task,
                self.caller,
                self.at,
                Happening::TrialStateChanged {
                    number: trial.id.number,
                    from: TrialState::Waiting,
                    to: TrialState::Running,
                    worker: self.worker.cloned(),
                    values: Values::new(),
                    reason: None,
                },
            );
            task.trial_counts.add(TrialState::Waiting, -1);
            task.trial_counts.add(TrialState::Running, 1);
        }
        Ok(trials)
    }

    /// New trials, of points that the strategy proposes.
    async fn proposed(self, tx: &mut Tx, task: &mut Task, count: u64) -> Result<Vec<Trial>> {
        let settings = tx.settings(task.id).await?;
        let space = settings.ready().map_err(|missing| Error::TaskNotReady { missing })?;
        let already = u64::try_from(task.proposed).unwrap_or_default();
        let points = strategy::propose(settings.strategy, space, already, count);
        let first = task.trial_counts.total() + 1;
        let (state, origin) = (TrialState::Running, TrialOrigin::Strategy);
        let mut trials = Vec::with_capacity(points.len());
        for (number, point) in (first..).zip(points) {
            tx.record(
                task,
                self.caller,
                self.at,
                Happening::TrialCreated {
                    number,
                    state,
                    origin,
                    point: point.clone(),
                    worker: self.worker.cloned(),
                },
            );
            task.trial_counts.add(state, 1);
            task.proposed += 1;
            trials.push(Trial {
                id: TrialId { task: task.id, number },
                state,
                origin,
                point,
                values: Values::new(),
                failure_reason: None,
                worker: self.worker.cloned(),
                late: false,
                created_at: self.at,
                started_at: Some(self.at),
                finished_at: None,
            });
        }
        tx.insert_trials(&trials).await?;
        Ok(trials)
    }
}
