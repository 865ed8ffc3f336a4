//! Handing out trials of one task: what waits first, then what the strategy proposes.

use super::change::Change;
use crate::{
    strategy,
    task::{Error, LeaseTime, Result, TaskSettings, Trial, TrialOrigin, TrialState, WorkerName},
};

/// To whom trials are handed out, and for how long.
#[derive(Clone, Copy)]
pub(super) struct HandOut<'a> {
    pub(super) worker: Option<&'a WorkerName>,
    /// None: as long as the task's policy says.
    pub(super) lease: Option<LeaseTime>,
}

impl HandOut<'_> {
    /// At most `count` trials, within the budget: it is checked here, under the lock of the task, and
    /// so is never overrun.
    pub(super) async fn trials(self, change: &mut Change<'_>, count: u64) -> Result<Vec<Trial>> {
        let count = count.min(change.task.places_left().try_into().unwrap_or(0));
        if count == 0 {
            return Ok(Vec::new());
        }
        let settings = change.tx.settings(change.task.id).await?;
        let mut trials = self.waiting(change, &settings, count).await?;
        let missing = count - trials.len() as u64;
        let allowed = change.task.new_trials_left(change.at).try_into().unwrap_or(0);
        if change.task.proposes && missing.min(allowed) > 0 {
            trials.extend(self.proposed(change, &settings, missing.min(allowed)).await?);
        }
        if !trials.is_empty() {
            change.task.waiting_since = Some(change.at);
        }
        Ok(trials)
    }

    async fn waiting(
        self,
        change: &mut Change<'_>,
        settings: &TaskSettings,
        count: u64,
    ) -> Result<Vec<Trial>> {
        let (task, at) = (&change.task, change.at);
        let may_return = task.may_return(at);
        let mut new_left = task.new_trials_left(at);
        let returned = if may_return { task.returned } else { 0 };
        let planned = task.trial_counts.get(TrialState::Waiting) - task.returned;
        if returned == 0 && (planned == 0 || new_left == 0) {
            return Ok(Vec::new());
        }
        let mut waiting = change.tx.waiting_trials(task.id, count, new_left == 0, at).await?;
        waiting.retain(|trial| {
            if trial.lease_token > 0 {
                return may_return;
            }
            new_left -= 1;
            new_left >= 0
        });
        let lease = self.lease_time(settings);
        for trial in &mut waiting {
            trial.hand_out(self.worker, at, lease);
            change.moved(trial, TrialState::Waiting, None).await?;
        }
        if waiting.is_empty() && change.task.returned > 0 {
            // It was thought that one could be tried again by now.
            change.task.retry_at = change.tx.next_available(change.task.id).await?;
        }
        Ok(waiting)
    }

    async fn proposed(
        self,
        change: &mut Change<'_>,
        settings: &TaskSettings,
        count: u64,
    ) -> Result<Vec<Trial>> {
        let space = settings.ready().map_err(|missing| Error::TaskNotReady { missing })?;
        let already = u64::try_from(change.task.proposed).unwrap_or_default();
        let points = strategy::propose(&settings.strategy, space, already, count);
        let first = change.task.trial_counts.total() + 1;
        let lease = self.lease_time(settings);
        let mut trials = Vec::with_capacity(points.len());
        for (number, point) in (first..).zip(points) {
            let (task, at) = (change.task.id, change.at);
            let mut trial = Trial::planned(task, number, TrialOrigin::Strategy, point, at);
            trial.hand_out(self.worker, at, lease);
            change.created(&trial);
            change.task.proposed += 1;
            trials.push(trial);
        }
        change.tx.insert_trials(&trials).await?;
        Ok(trials)
    }

    fn lease_time(self, settings: &TaskSettings) -> LeaseTime {
        self.lease.unwrap_or(settings.policy.lease_seconds)
    }
}
