//! `transitionTask`.

use futures_util::FutureExt as _;

use super::{TaskManager, change::Change, enqueue::plan_trials};
use crate::{
    store::Tx,
    strategy,
    task::{
        Caller, Error, Invalid, Reason, Result, Task, TaskStatus, Timestamp, Transition,
        TrialOrigin,
    },
};

impl TaskManager {
    /// Moves a task on in its life, if the table of [`TaskStatus`] has that move.
    pub async fn transition_status(&self, caller: &Caller, transition: Transition) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, transition) = (by.clone(), transition.clone());
            async move { self::transition(tx, &by, at, transition).await }.boxed()
        })
        .await
    }
}

/// The same in a transaction that may do more. What is refused has changed nothing.
pub(super) async fn transition(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    transition: Transition,
) -> Result<Task> {
    let Transition { id, to, reason, expected_version, subtree } = transition;
    let mut change = Change::of_live(tx, caller, at, id).await?;
    change.task.expect_version(expected_version)?;
    let from = change.task.status;
    if !from.successors().contains(&to) {
        return Err(Error::InvalidStatusTransition { from, to });
    }
    match to {
        TaskStatus::Running => {
            check_start(&mut change).await?;
            check_resume(&mut change, reason.as_ref()).await?;
        }
        TaskStatus::Created | TaskStatus::Paused | TaskStatus::Completed | TaskStatus::Failed => {}
    }
    change.go_with(to, reason, subtree).await?;
    match to {
        TaskStatus::Running => start(&mut change).await?,
        TaskStatus::Created | TaskStatus::Paused | TaskStatus::Completed | TaskStatus::Failed => {}
    }
    change.save().await
}

/// Refuses to start what is not ready, before anything is told.
async fn check_start(change: &mut Change<'_>) -> Result<()> {
    if change.task.started_at.is_none() {
        let settings = change.tx.settings(change.task.id).await?;
        settings.ready().map_err(|missing| Error::TaskNotReady { missing })?;
    }
    Ok(())
}

/// Refuses to resume what would stop again at once. A COMPLETED task is resumed for a reason: whoever
/// reads its history later finds why it did not end there.
async fn check_resume(change: &mut Change<'_>, reason: Option<&Reason>) -> Result<()> {
    if change.task.status == TaskStatus::Completed {
        if reason.is_none() {
            let what = "a COMPLETED task is resumed for a reason: say why";
            return Err(Invalid::new(what).at("reason").into());
        }
        let settings = change.tx.settings(change.task.id).await?;
        change.task.judge_results(&settings.objectives);
    }
    match change.task.barred_by(change.at) {
        Some(criterion) => {
            let why = criterion.reason(&change.task.budget);
            Err(Error::BudgetReached { criterion, why })
        }
        None => Ok(()),
    }
}

/// The first start needs a space and objectives, and makes the initial design.
pub(super) async fn start(change: &mut Change<'_>) -> Result<()> {
    if change.task.started_at.is_some() {
        return Ok(());
    }
    let settings = change.tx.settings(change.task.id).await?;
    let space = settings.ready().map_err(|missing| Error::TaskNotReady { missing })?;
    change.task.started_at = Some(change.at);
    let points = strategy::initial_design(&settings.strategy, space);
    let trials = plan_trials(change, TrialOrigin::InitialDesign, points);
    change.tx.insert_trials(&trials).await
}
