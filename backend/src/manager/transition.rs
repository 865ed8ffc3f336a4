//! `transitionTask`.

use futures_util::FutureExt as _;

use super::{TaskManager, enqueue::plan_trials};
use crate::{
    store::Tx,
    strategy,
    task::{
        Caller, Error, Happening, Result, Task, TaskStatus, Timestamp, Transition, TrialOrigin,
        TrialState, Values,
    },
};

impl TaskManager {
    /// Moves a task on in its life, if the table of [`TaskStatus`] has that move.
    pub async fn transition_status(&self, caller: &Caller, transition: Transition) -> Result<Task> {
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let (caller, transition) = (caller.clone(), transition.clone());
                async move {
                    let Transition { id, to, reason, expected_version } = transition;
                    let before = tx.live_task(id).await?;
                    before.expect_version(expected_version)?;
                    let from = before.status;
                    if !from.successors().contains(&to) {
                        return Err(Error::InvalidStatusTransition { from, to });
                    }
                    let mut task = before.clone();
                    task.status = to;
                    task.status_reason.clone_from(&reason);
                    task.finished_at = to.is_ended().then_some(at);
                    tx.record(
                        &mut task,
                        &caller,
                        at,
                        Happening::StatusChanged { from, to, reason },
                    );
                    match to {
                        TaskStatus::Running => start(tx, &mut task, &caller, at).await?,
                        TaskStatus::Completed => {
                            abandon_waiting(tx, &mut task, &caller, at).await?;
                        }
                        TaskStatus::Created | TaskStatus::Paused | TaskStatus::Failed => {}
                    }
                    tx.transition_status(&before, &task).await?;
                    Ok(task)
                }
                .boxed()
            })
            .await
    }
}

/// The first start needs a space and objectives, and makes the initial design.
async fn start(tx: &mut Tx, task: &mut Task, caller: &Caller, at: Timestamp) -> Result<()> {
    if task.started_at.is_some() {
        return Ok(());
    }
    let settings = tx.settings(task.id).await?;
    let space = settings.ready().map_err(|missing| Error::TaskNotReady { missing })?;
    task.started_at = Some(at);
    let points = strategy::initial_design(settings.strategy, space);
    let trials = plan_trials(tx, task, caller, at, TrialOrigin::InitialDesign, points);
    tx.insert_trials(&trials).await
}

/// A COMPLETED task keeps no points to be run; a FAILED one does, for the retry.
async fn abandon_waiting(
    tx: &mut Tx,
    task: &mut Task,
    caller: &Caller,
    at: Timestamp,
) -> Result<()> {
    if task.trial_counts.get(TrialState::Waiting) == 0 {
        return Ok(());
    }
    let (from, to) = (TrialState::Waiting, TrialState::Abandoned);
    for number in tx.abandon_waiting_trials(task.id, at).await? {
        task.trial_counts.add(from, -1);
        task.trial_counts.add(to, 1);
        tx.record(
            task,
            caller,
            at,
            Happening::TrialStateChanged {
                number,
                from,
                to,
                worker: None,
                values: Values::new(),
                reason: None,
            },
        );
    }
    Ok(())
}
