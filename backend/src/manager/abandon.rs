//! Giving up what waits: `skipTrials`, and the end of a task.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialsChanged, change::Change};
use crate::task::{
    Caller, Error, Invalid, Reason, Result, TaskSettings, Timestamp, Trial, TrialId, TrialState,
};

impl TaskManager {
    /// Gives up trials that wait, all of them or none. They are of one task.
    pub async fn skip_trials(
        &self,
        caller: &Caller,
        ids: Vec<TrialId>,
        reason: Option<Reason>,
    ) -> Result<TrialsChanged> {
        let task = one_task(&ids, "trialIds")?;
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (caller, ids, reason) = (by.clone(), ids.clone(), reason.clone());
            async move {
                let mut change = Change::of_live(tx, &caller, at, task).await?;
                let mut trials = Vec::with_capacity(ids.len());
                for id in ids {
                    let mut trial = change.tx.trial(id).await?;
                    let (from, to) = (trial.state, TrialState::Abandoned);
                    if from != TrialState::Waiting {
                        return Err(Error::InvalidTrialState { from, to });
                    }
                    abandon(&mut trial, reason.clone(), at);
                    change.moved(&trial, from, reason.as_ref()).await?;
                    trials.push(trial);
                }
                Ok(TrialsChanged { task: change.save().await?, trials })
            }
            .boxed()
        })
        .await
    }
}

/// The one task of some trials.
pub(super) fn one_task(ids: &[TrialId], field: &str) -> Result<crate::task::TaskId, Invalid> {
    let first = ids.first().ok_or_else(|| Invalid::new("at least one is needed").at(field))?;
    if ids.len() > TaskSettings::MAX_POINTS {
        return Err(Invalid::new(format!("at most {}", TaskSettings::MAX_POINTS)).at(field));
    }
    match ids.iter().position(|id| id.task != first.task) {
        Some(other) => Err(Invalid::new("all must be of the same task").at_index(other).at(field)),
        None => Ok(first.task),
    }
}

fn abandon(trial: &mut Trial, reason: Option<Reason>, at: Timestamp) {
    trial.state = TrialState::Abandoned;
    trial.failure_reason = reason;
    trial.available_at = None;
    trial.finished_at = Some(at);
}

/// What waits and has come to lie outside of the space is not handed out any more.
pub(super) async fn abandon_outside(change: &mut Change<'_>) -> Result<()> {
    if change.task.trial_counts.get(TrialState::Waiting) == 0 {
        return Ok(());
    }
    let version = change.task.space_version;
    let reason = Reason::new(format!("lies outside of version {version} of the space"))?;
    for mut trial in change.tx.all_waiting_trials(change.task.id).await? {
        if !trial.in_space {
            abandon(&mut trial, Some(reason.clone()), change.at);
            change.moved(&trial, TrialState::Waiting, Some(&reason)).await?;
        }
    }
    Ok(())
}

/// A COMPLETED task keeps no points to be run; a FAILED one does, for the retry.
pub(super) async fn abandon_waiting(change: &mut Change<'_>) -> Result<()> {
    if change.task.trial_counts.get(TrialState::Waiting) == 0 {
        return Ok(());
    }
    for mut trial in change.tx.all_waiting_trials(change.task.id).await? {
        abandon(&mut trial, None, change.at);
        change.moved(&trial, TrialState::Waiting, None).await?;
    }
    Ok(())
}
