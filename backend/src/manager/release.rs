//! `releaseTrials`: a worker that must stop gives back what it has.

use futures_util::FutureExt as _;

use super::{TaskManager, TrialsChanged, abandon::one_task, change::Change};
use crate::task::{
    AttemptOutcome, Caller, Error, LeaseOf, LeaseRef, Reason, Result, TaskStatus, Trial, TrialState,
};

impl TaskManager {
    /// Gives back leased trials of one task, all of them or none. The attempt does not count against
    /// the cap. One whose point has come to lie outside of the space is not handed out again.
    pub async fn release_trials(
        &self,
        caller: &Caller,
        leases: Vec<LeaseRef>,
        reason: Option<Reason>,
    ) -> Result<TrialsChanged> {
        let ids: Vec<_> = leases.iter().map(|lease| lease.trial).collect();
        let task = one_task(&ids, "leases")?;
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, leases, reason) = (by.clone(), leases.clone(), reason.clone());
            async move {
                let mut change = Change::of_any(tx, &by, at, task).await?;
                let mut trials = Vec::with_capacity(leases.len());
                // In the order of the numbers, as a heartbeat renews them: the two never wait for each other.
                let mut in_order = leases.clone();
                in_order.sort_by_key(|lease| lease.trial.number);
                for LeaseRef { trial: id, token } in in_order {
                    let mut trial = change.tx.trial(id).await?;
                    let from = trial.state;
                    if from != TrialState::Running || token != trial.lease_token {
                        let current = trial.lease_token;
                        return Err(Error::LeaseLost { of: LeaseOf::Trial(id), token, current });
                    }
                    trial.end_lease(AttemptOutcome::Released, reason.clone(), at);
                    if change.task.status == TaskStatus::Completed || !trial.in_space {
                        trial.state = TrialState::Abandoned;
                        trial.finished_at = Some(at);
                    } else {
                        trial.state = TrialState::Waiting;
                    }
                    change.moved(&trial, from, reason.as_ref()).await?;
                    trials.push(trial);
                }
                trials.sort_by_key(|trial: &Trial| {
                    leases.iter().position(|lease| lease.trial == trial.id)
                });
                Ok(TrialsChanged { task: change.save().await?, trials })
            }
            .boxed()
        })
        .await
    }
}
