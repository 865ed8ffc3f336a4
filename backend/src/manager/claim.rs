//! `claimTask` and `releaseTask`: runners that take whole tasks.

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{Answer, TaskManager, change::Change, transition::start};
use crate::{
    events::Awaited,
    store::{Line, Tx},
    task::{
        Aging, Caller, Claim, Delay, Error, Happening, Labels, LeaseOf, LeaseTime, LeaseToken,
        Reason, Result, Task, TaskId, TaskStatus, Timestamp, WorkerName,
    },
};

/// A runner's request for a whole task.
#[derive(Debug, Clone)]
pub struct TaskClaim {
    /// Who asks.
    pub runner: WorkerName,
    /// How long the claim holds; none leaves it to the task.
    pub lease: Option<LeaseTime>,
    /// What the runner can do.
    pub capabilities: Labels,
    /// How long to wait for a task if there is none.
    pub wait: Delay,
}

/// What a runner got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    /// The task, RUNNING, with its claim; none if there was none to take.
    pub task: Option<Task>,
}

impl Answer for Claimed {
    fn worth_keeping(&self) -> bool {
        self.task.is_some()
    }
}

/// How many tasks are looked at: one may have been taken since the list was read.
const CANDIDATES: u64 = 8;

impl TaskManager {
    /// Takes the first task of those that no runner has: one that is CREATED and can start, or that
    /// was given back. It is RUNNING then, under a lease.
    pub async fn claim_task(
        &self,
        caller: &Caller,
        claim: TaskClaim,
        gone: &CancellationToken,
    ) -> Result<Claimed> {
        let awaited = Awaited::Queue(Line::Tasks, claim.capabilities.clone());
        let attempt = || self.claim_once(caller, &claim, gone);
        self.until_work(awaited, claim.wait, gone, attempt).await
    }

    async fn claim_once(
        &self,
        caller: &Caller,
        claim: &TaskClaim,
        gone: &CancellationToken,
    ) -> Result<Claimed> {
        let (at, aging) = (self.now(), self.aging);
        let (by, claim, gone) = (caller.clone(), claim.clone(), gone.clone());
        self.write_in_line(caller, move |tx| {
            let (by, claim, gone) = (by.clone(), claim.clone(), gone.clone());
            async move {
                if gone.is_cancelled() {
                    return Ok(Claimed { task: None });
                }
                take(tx, &by, at, aging, &claim).await
            }
            .boxed()
        })
        .await
    }

    /// Gives a claimed task back: it is PAUSED, and the next runner may take it.
    pub async fn release_task(
        &self,
        caller: &Caller,
        id: TaskId,
        token: LeaseToken,
        reason: Option<Reason>,
    ) -> Result<Task> {
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, reason) = (by.clone(), reason.clone());
            async move {
                let mut change = Change::of_live(tx, &by, at, id).await?;
                match &change.task.claim {
                    Some(claim) if claim.token == token => {}
                    Some(_) | None => {
                        let current = change.task.claim_token;
                        return Err(Error::LeaseLost { of: LeaseOf::Task(id), token, current });
                    }
                }
                give_back(&mut change, reason).await?;
                change.save().await
            }
            .boxed()
        })
        .await
    }
}

async fn take(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    aging: Aging,
    claim: &TaskClaim,
) -> Result<Claimed> {
    tx.lock_queue().await?;
    let first =
        tx.first_in_queue(Line::Tasks, &claim.capabilities, &[], at, aging, CANDIDATES).await?;
    for id in first {
        let mut change = Change::of_any(tx, caller, at, id).await?;
        if !change.task.claimable() {
            continue;
        }
        let lease = match claim.lease {
            Some(lease) => lease,
            None => change.tx.settings(id).await?.policy.lease_seconds,
        };
        let (runner, expires_at) = (claim.runner.clone(), lease.end(at));
        let token = change.task.claim_token + 1;
        change.task.claim_token = token;
        change.task.claim = Some(Claim { runner: runner.clone(), token, expires_at, time: lease });
        change.record(Happening::Claimed { runner, token, expires_at });
        change.go_to(TaskStatus::Running, None).await?;
        start(&mut change).await?;
        change.task.waiting_since = Some(at);
        let task = change.save().await?;
        tx.take_turn(&task.owner).await?;
        return Ok(Claimed { task: Some(task) });
    }
    Ok(Claimed { task: None })
}

/// Ends a claim so that the next runner may take the task.
pub(super) async fn give_back(change: &mut Change<'_>, reason: Option<Reason>) -> Result<()> {
    change.end_claim(reason.clone());
    // One that a person has paused stays paused: no runner takes it until it is resumed.
    if change.task.status == TaskStatus::Running {
        change.task.given_back = true;
        change.go_to(TaskStatus::Paused, reason).await?;
    }
    Ok(())
}
