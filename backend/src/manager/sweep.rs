//! What the server does by itself: it takes back what dead workers and runners held, and ends tasks
//! whose time is over.

use std::{collections::BTreeSet, time::Duration};

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;

use super::{TaskManager, change::Change, claim::give_back};
use crate::task::{
    AttemptOutcome, Caller, Error, Reason, Result, Task, TaskId, TaskStatus, Timestamp, Trial,
    TrialPolicy, TrialState,
};

/// How often the server looks for what is overdue. A lease ends within a second of its time.
const EVERY: Duration = Duration::from_millis(200);
/// How long answers are kept under their idempotency keys.
const KEEP_ANSWERS: chrono::TimeDelta = chrono::TimeDelta::days(7);
/// How often old answers are looked for.
const FORGET_EVERY: u32 = 3_000;

impl TaskManager {
    /// Sweeps until `stop`. Several servers on one database may sweep at once: each task is looked at
    /// again under its lock, so that what has ended is ended once.
    pub async fn sweep_until(self, stop: CancellationToken) {
        let mut rounds: u32 = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(error = ?error, "could not look for what is overdue; it will be tried again");
            }
            if rounds.is_multiple_of(FORGET_EVERY)
                && let Err(error) = self.forget_answers().await
            {
                tracing::warn!(error = ?error, "could not forget old answers; it will be tried again");
            }
            rounds = rounds.wrapping_add(1);
        }
    }

    /// Ends whatever is overdue. One task that cannot be written does not keep the others waiting.
    pub async fn sweep(&self) -> Result<()> {
        let overdue = self.store.overdue(self.now()).await?;
        let tasks = overdue.leases.union(&overdue.claims).copied().collect::<BTreeSet<_>>();
        let tasks = tasks.union(&overdue.strategies).copied().collect::<Vec<_>>();
        let tasks = tasks.into_iter().chain(overdue.deadlines);
        let sweeping = tasks.map(|id| self.sweep_task(id));
        for swept in futures_util::future::join_all(sweeping).await {
            match swept {
                // Purged since.
                Ok(()) | Err(Error::TaskNotFound(_)) => {}
                Err(error) => tracing::warn!(error = ?error, "could not end what is overdue"),
            }
        }
        Ok(())
    }

    async fn sweep_task(&self, id: TaskId) -> Result<()> {
        let at = self.now();
        self.store
            .write(move |tx| {
                async move {
                    let server = Caller::asktell();
                    let mut change = Change::of_any(tx, &server, at, id).await?;
                    end_leases(&mut change).await?;
                    end_claim(&mut change).await?;
                    end_strategist(&mut change)?;
                    change.save_if_due().await?;
                    Ok(())
                }
                .boxed()
            })
            .await
    }

    async fn forget_answers(&self) -> Result<()> {
        let before = self.now() - KEEP_ANSWERS;
        if self.store.has_answers_before(before).await? {
            self.store
                .write(move |tx| async move { tx.forget_answers(before).await }.boxed())
                .await?;
        }
        Ok(())
    }
}

async fn end_leases(change: &mut Change<'_>) -> Result<()> {
    let expired = change.tx.expired_trials(change.task.id, change.at).await?;
    if expired.is_empty() {
        return Ok(());
    }
    let settings = change.tx.settings(change.task.id).await?;
    for mut trial in expired {
        let reason = Reason::new(expire(&mut trial, &change.task, &settings.policy, change.at))?;
        change.moved(&trial, TrialState::Running, Some(&reason)).await?;
    }
    Ok(())
}

/// Ends the lease of a trial: it waits for its next attempt, or is given up after its last.
fn expire(trial: &mut Trial, task: &Task, policy: &TrialPolicy, at: Timestamp) -> String {
    let attempts = trial.attempts_that_count();
    trial.end_lease(AttemptOutcome::Expired, None, at);
    let next = match task.status {
        // What is given back to a COMPLETED task would wait for ever.
        TaskStatus::Completed => None,
        _ if !trial.in_space => None,
        TaskStatus::Created | TaskStatus::Running | TaskStatus::Paused | TaskStatus::Failed => {
            policy.next_attempt(attempts, at)
        }
    };
    if let Some(available_at) = next {
        trial.state = TrialState::Waiting;
        trial.available_at = Some(available_at).filter(|available| *available > at);
        return format!("the lease expired; attempt {attempts} of {}", policy.max_attempts);
    }
    let reason = if trial.in_space {
        format!("the lease expired; it was attempt {attempts} and the last")
    } else {
        "the lease expired, and the point lies outside of the space now".to_owned()
    };
    trial.state = TrialState::Abandoned;
    trial.failure_reason = Reason::new(&reason).ok();
    trial.finished_at = Some(at);
    reason
}

async fn end_claim(change: &mut Change<'_>) -> Result<()> {
    let Some(claim) = change.task.claim.as_ref().filter(|claim| claim.expires_at <= change.at)
    else {
        return Ok(());
    };
    let reason = Reason::new(format!("its runner {} was lost", claim.runner))?;
    give_back(change, Some(reason)).await
}

fn end_strategist(change: &mut Change<'_>) -> Result<()> {
    let held = change.task.strategist.as_ref().filter(|held| held.expires_at <= change.at);
    let Some(held) = held else { return Ok(()) };
    let reason = Reason::new(format!("the strategist {} was lost", held.name))?;
    change.end_strategist(Some(reason));
    Ok(())
}
