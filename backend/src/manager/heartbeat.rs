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
    /// The leases of strategies to be renewed.
    pub strategies: Vec<ClaimRef>,
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
    /// One for each lease of a strategy.
    #[serde(default)]
    pub strategies: Vec<LeaseState>,
}

impl Answer for Pulse {}

/// The most leases or claims of one heartbeat.
const MOST: usize = 1_000;

impl TaskManager {
    /// Renews leases and claims, and says for each whether to go on. It changes no task and causes no
    /// event: only the moment at which the server would give the worker up.
    pub async fn heartbeat(&self, caller: &Caller, beat: Heartbeat) -> Result<Pulse> {
        let counts = [
            ("leases", beat.leases.len()),
            ("claims", beat.claims.len()),
            ("strategies", beat.strategies.len()),
        ];
        for (field, count) in counts {
            if count > MOST {
                return Err(Invalid::new(format!("at most {MOST}")).at(field).into());
            }
        }
        let at = self.now();
        self.write(caller, move |tx| {
            let beat = beat.clone();
            async move {
                let of_tasks = renew_of_tasks(tx, &beat, at).await?;
                let (claims, strategies) = of_tasks.split_at(beat.claims.len());
                let leases = renew_leases(tx, &beat, at).await?;
                Ok(Pulse { leases, claims: claims.to_vec(), strategies: strategies.to_vec() })
            }
            .boxed()
        })
        .await
    }
}

/// Renews claims and leases of strategies, in the order in which they are named, the claims first.
async fn renew_of_tasks(tx: &mut Tx, beat: &Heartbeat, at: Timestamp) -> Result<Vec<LeaseState>> {
    let claims = beat.claims.iter().map(|claim| (*claim, OfTask::Claim));
    let strategies = beat.strategies.iter().map(|lease| (*lease, OfTask::Strategy));
    let named: Vec<_> = claims.chain(strategies).collect();
    // Locked in the order of the ids, so that two heartbeats never wait for each other.
    let mut order: Vec<usize> = (0..named.len()).collect();
    order.sort_by_key(|i| named[*i].0.task);
    let mut states = vec![None; named.len()];
    for i in order {
        let (lease, what) = named[i];
        states[i] = Some(what.renew(tx, lease, beat.lease, at).await?);
    }
    Ok(states.into_iter().flatten().collect())
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

/// What can be leased of a whole task.
#[derive(Debug, Clone, Copy)]
enum OfTask {
    Claim,
    Strategy,
}

impl OfTask {
    async fn renew(
        self,
        tx: &mut Tx,
        lease: ClaimRef,
        time: Option<LeaseTime>,
        at: Timestamp,
    ) -> Result<LeaseState> {
        let before = match tx.lock_task(lease.task).await {
            Err(Error::TaskNotFound(_)) => {
                return Ok(ended(Verdict::Lost, "there is no such task"));
            }
            found => found?,
        };
        if has_ended(&before) {
            return Ok(ended(Verdict::Stop, "the task has ended"));
        }
        let mut task = before.clone();
        let renewed = match self {
            Self::Claim => renew_claim(&mut task, lease.token, time, at),
            Self::Strategy => renew_strategy(&mut task, lease.token, time, at),
        };
        Ok(match renewed {
            Ok((expires_at, reason)) => {
                tx.update_task(&before, &task).await?;
                let (verdict, reason) = (Verdict::GoOn, reason.to_owned());
                LeaseState { verdict, expires_at: Some(expires_at), reason }
            }
            Err(why) => ended(Verdict::Lost, why),
        })
    }
}

type Renewed = std::result::Result<(Timestamp, &'static str), &'static str>;

fn renew_claim(
    task: &mut Task,
    token: LeaseToken,
    time: Option<LeaseTime>,
    at: Timestamp,
) -> Renewed {
    match &mut task.claim {
        Some(held) if held.token == token => {
            held.time = time.unwrap_or(held.time);
            held.expires_at = renewed(held.expires_at, held.time, at);
            Ok((held.expires_at, "the claim holds"))
        }
        Some(_) => Err("another runner has the task"),
        None => Err("the claim ended and the task was given back"),
    }
}

fn renew_strategy(
    task: &mut Task,
    token: LeaseToken,
    time: Option<LeaseTime>,
    at: Timestamp,
) -> Renewed {
    match &mut task.strategist {
        Some(held) if held.token == token => {
            held.renew(time, at);
            Ok((held.expires_at, "the lease holds"))
        }
        Some(_) => Err("another strategist has the task"),
        None => Err("the lease has ended"),
    }
}
