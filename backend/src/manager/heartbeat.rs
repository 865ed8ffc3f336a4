//! `heartbeat`.

use std::collections::BTreeSet;

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::{Answer, TaskManager};
use crate::{
    store::Tx,
    task::{
        Caller, Error, Invalid, LeaseRef, LeaseTime, LeaseToken, Result, Task, TaskId, Timestamp,
        Verdict, renewed,
    },
};

/// A claim that a runner names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRef {
    /// The task.
    pub task: TaskId,
    /// The token that came with it.
    pub token: LeaseToken,
}

/// A sign of life.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    /// The leases of trials to be renewed.
    pub leases: Vec<LeaseRef>,
    /// The claims of tasks to be renewed.
    pub claims: Vec<ClaimRef>,
    /// How long they hold from now on; none leaves it to the tasks.
    pub lease: Option<LeaseTime>,
}

/// How a lease or a claim stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseState {
    /// What to do.
    pub verdict: Verdict,
    /// When it ends unless it is renewed; none if it has ended.
    pub expires_at: Option<Timestamp>,
    /// Why, in words.
    pub reason: String,
}

/// The answer to a heartbeat, in the order of what was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// One for each lease.
    pub leases: Vec<LeaseState>,
    /// One for each claim.
    pub claims: Vec<LeaseState>,
}

impl Answer for Pulse {}

/// The most leases or claims of one heartbeat.
const MOST: usize = 1_000;

impl TaskManager {
    /// Renews leases and claims, and says for each whether to go on. It changes no task and causes no
    /// event: only the moment at which the server would give the worker up.
    pub async fn heartbeat(&self, caller: &Caller, beat: Heartbeat) -> Result<Pulse> {
        for (field, count) in [("leases", beat.leases.len()), ("claims", beat.claims.len())] {
            if count > MOST {
                return Err(Invalid::new(format!("at most {MOST}")).at(field).into());
            }
        }
        let at = self.now();
        self.write(caller, move |tx| {
            let beat = beat.clone();
            async move {
                // In the order of the ids, so that two heartbeats never wait for each other.
                let mut order: Vec<usize> = (0..beat.claims.len()).collect();
                order.sort_by_key(|i| beat.claims[*i].task);
                let mut claims = vec![None; beat.claims.len()];
                for i in order {
                    claims[i] = Some(renew_claim(tx, beat.claims[i], beat.lease, at).await?);
                }
                let claims = claims.into_iter().flatten().collect();
                let leases = renew_leases(tx, &beat, at).await?;
                Ok(Pulse { leases, claims })
            }
            .boxed()
        })
        .await
    }
}

async fn renew_leases(tx: &mut Tx, beat: &Heartbeat, at: Timestamp) -> Result<Vec<LeaseState>> {
    if beat.leases.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = beat.leases.iter().map(|lease| lease.trial).collect();
    let task_ids: BTreeSet<_> = ids.iter().map(|id| id.task).collect();
    let task_ids: Vec<_> = task_ids.into_iter().collect();
    let trials = tx.some_trials(&ids).await?;
    let tasks = tx.some_tasks(&task_ids).await?;
    let verdicts: Vec<_> = beat
        .leases
        .iter()
        .map(|lease| match (trials.get(&lease.trial), tasks.get(&lease.trial.task)) {
            (Some(trial), Some(task)) => match trial.verdict(lease.token) {
                (Verdict::GoOn, _) if has_ended(task) => (Verdict::Stop, "the task has ended"),
                verdict => verdict,
            },
            _ => (Verdict::Lost, "there is no such trial"),
        })
        .collect();
    let alive = beat.leases.iter().zip(&verdicts).filter(|(_, (v, _))| *v == Verdict::GoOn);
    let alive: Vec<_> = alive.map(|(lease, _)| *lease).collect();
    let renewed = tx.renew_leases(&alive, beat.lease, at).await?;
    Ok(beat
        .leases
        .iter()
        .zip(verdicts)
        .map(|(lease, (verdict, reason))| match verdict {
            Verdict::GoOn => match renewed.get(&lease.trial) {
                Some(end) => {
                    LeaseState { verdict, expires_at: Some(*end), reason: reason.to_owned() }
                }
                // It ended between the look and the renewal.
                None => ended(Verdict::Lost, "the lease has just ended"),
            },
            Verdict::Stop | Verdict::Lost => ended(verdict, reason),
        })
        .collect())
}

pub(super) fn has_ended(task: &Task) -> bool {
    task.status.is_ended() || task.deleted_at.is_some()
}

fn ended(verdict: Verdict, reason: &str) -> LeaseState {
    LeaseState { verdict, expires_at: None, reason: reason.to_owned() }
}

async fn renew_claim(
    tx: &mut Tx,
    claim: ClaimRef,
    lease: Option<LeaseTime>,
    at: Timestamp,
) -> Result<LeaseState> {
    let before = match tx.lock_task(claim.task).await {
        Err(Error::TaskNotFound(_)) => return Ok(ended(Verdict::Lost, "there is no such task")),
        found => found?,
    };
    let mut task = before.clone();
    match &mut task.claim {
        _ if has_ended(&before) => Ok(ended(Verdict::Stop, "the task has ended")),
        Some(held) if held.token == claim.token => {
            held.time = lease.unwrap_or(held.time);
            held.expires_at = renewed(held.expires_at, held.time, at);
            let expires_at = Some(held.expires_at);
            tx.update_task(&before, &task).await?;
            let reason = "the claim holds".to_owned();
            Ok(LeaseState { verdict: Verdict::GoOn, expires_at, reason })
        }
        Some(_) => Ok(ended(Verdict::Lost, "another runner has the task")),
        None => Ok(ended(Verdict::Lost, "the claim ended and the task was given back")),
    }
}
