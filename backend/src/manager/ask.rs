//! `ask`.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{
    Answer, TaskManager,
    change::Change,
    hand_out::{HandOut, HandedOut},
};
use crate::{
    events::Awaited,
    proposals::{Grant, Lack, Proposals},
    store::{Line, Tx},
    task::{
        Aging, Caller, Delay, Error, Invalid, Labels, LeaseTime, Result, Task, TaskId, TaskStatus,
        Timestamp, Trial, WorkerName,
    },
};

/// The most points of one ask.
pub(crate) const MAX_COUNT: u64 = 1_000;

/// A worker's request for points.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The task; none takes the next of the queue across tasks.
    pub task: Option<TaskId>,
    /// How many points, 1 to 1,000.
    pub count: i64,
    /// Who asks.
    pub worker: Option<WorkerName>,
    /// How long the leases hold; none leaves it to the task.
    pub lease: Option<LeaseTime>,
    /// How long to wait for work if there is none.
    pub wait: Delay,
    /// What the worker can do, for the queue.
    pub capabilities: Labels,
}

/// What was handed out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Asked {
    /// The trials, leased; empty if there is no work.
    pub trials: Vec<Trial>,
    /// The task that was asked; none for the queue.
    pub task: Option<Task>,
    /// What must be computed first.
    #[serde(skip)]
    lacking: Vec<Lack>,
}

impl Answer for Asked {
    fn worth_keeping(&self) -> bool {
        !self.trials.is_empty()
    }

    /// The same trials as they are now: whoever asks again after a while must not work on one that was told
    /// since, or whose lease has gone to another. What was purged is as it was.
    async fn repeated(mut self, tx: &mut Tx) -> Result<Self> {
        let tasks: BTreeSet<_> = self.trials.iter().map(|trial| trial.id.task).collect();
        let tasks = tx.lock_tasks(&tasks.into_iter().collect::<Vec<_>>()).await?;
        for trial in &mut self.trials {
            match tx.trial(trial.id).await {
                Ok(now) => *trial = now,
                Err(Error::TrialNotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(asked) = &mut self.task
            && let Some(now) = tasks.into_iter().find(|task| task.id == asked.id)
        {
            *asked = now;
        }
        Ok(self)
    }
}

impl TaskManager {
    /// Hands out the next trials under leases: of one RUNNING task, or of whichever comes first in the
    /// queue. Waits for work if it is asked to; if the caller has gone by then, nothing is leased.
    pub async fn ask(&self, caller: &Caller, ask: Ask, gone: &CancellationToken) -> Result<Asked> {
        let within = 1..=MAX_COUNT;
        let count = u64::try_from(ask.count).ok().filter(|count| within.contains(count));
        let count = count.ok_or_else(|| {
            Invalid::new(format!("a whole number from 1 to {MAX_COUNT}")).at("count")
        })?;
        let awaited = match ask.task {
            Some(task) => Awaited::Task(task),
            None => Awaited::Queue(Line::Trials, ask.capabilities.clone()),
        };
        let attempt = || self.ask_with_points(caller, &ask, count, gone);
        self.until_work(awaited, ask.wait, gone, attempt).await
    }

    /// Where points must be computed first, waits for them without a transaction, and asks again.
    async fn ask_with_points(
        &self,
        caller: &Caller,
        ask: &Ask,
        count: u64,
        gone: &CancellationToken,
    ) -> Result<Asked> {
        let mut grant = Arc::new(Grant::default());
        loop {
            let asked = self.ask_once(caller, ask, count, Arc::clone(&grant), gone).await?;
            if asked.lacking.is_empty() || !asked.trials.is_empty() {
                return Ok(asked);
            }
            match self.proposals.wait(&asked.lacking, gone).await {
                Some(granted) => grant = Arc::new(granted),
                None => return Ok(asked),
            }
        }
    }

    async fn ask_once(
        &self,
        caller: &Caller,
        ask: &Ask,
        count: u64,
        grant: Arc<Grant>,
        gone: &CancellationToken,
    ) -> Result<Asked> {
        let (at, aging) = (self.now(), self.aging);
        let proposals = self.proposals.clone();
        let (by, ask, gone) = (caller.clone(), ask.clone(), gone.clone());
        let Some(task) = ask.task else {
            return self
                .write_in_line(caller, move |tx| {
                    let (by, ask, gone) = (by.clone(), ask.clone(), gone.clone());
                    let (proposals, grant) = (proposals.clone(), Arc::clone(&grant));
                    async move {
                        let queue = Queue { caller: &by, at, aging };
                        let to = ask.to(&proposals, &grant);
                        queue.serve(tx, to, &ask.capabilities, count, &gone).await
                    }
                    .boxed()
                })
                .await;
        };
        self.write(caller, move |tx| {
            let (by, ask, gone) = (by.clone(), ask.clone(), gone.clone());
            let (proposals, grant) = (proposals.clone(), Arc::clone(&grant));
            async move {
                if gone.is_cancelled() {
                    return Ok(Asked::default());
                }
                of_task(tx, &by, at, task, ask.to(&proposals, &grant), count).await
            }
            .boxed()
        })
        .await
    }
}

impl Ask {
    fn to<'a>(&'a self, proposals: &'a Proposals, grant: &'a Grant) -> HandOut<'a> {
        HandOut { worker: self.worker.as_ref(), lease: self.lease, proposals, grant }
    }
}

async fn of_task(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    to: HandOut<'_>,
    count: u64,
) -> Result<Asked> {
    let mut change = Change::of_live(tx, caller, at, id).await?;
    if change.task.status != TaskStatus::Running {
        return Err(Error::TaskNotRunning { status: change.task.status });
    }
    match to.trials(&mut change, count).await? {
        HandedOut::Trials(trials) => {
            let task = change.save_if_changed().await?;
            Ok(Asked { trials, task: Some(task), lacking: Vec::new() })
        }
        HandedOut::Lacking(lack) => {
            let task = Some(change.save_if_changed().await?);
            Ok(Asked { trials: Vec::new(), task, lacking: vec![*lack] })
        }
    }
}

/// How many tasks are looked at for one turn: a task may have less than its row promises.
const CANDIDATES: u64 = 8;

/// How often, at most.
const ROUNDS: usize = 16;

/// The queue across tasks at one moment.
#[derive(Clone, Copy)]
struct Queue<'a> {
    caller: &'a Caller,
    at: Timestamp,
    aging: Aging,
}

impl Queue<'_> {
    /// Each trial is one turn: after it the order is a new one.
    async fn serve(
        self,
        tx: &mut Tx,
        to: HandOut<'_>,
        capabilities: &Labels,
        count: u64,
        gone: &CancellationToken,
    ) -> Result<Asked> {
        tx.lock_queue().await?;
        let mut asked = Asked::default();
        // Whoever has waited for the lock may have gone meanwhile.
        while !gone.is_cancelled() && (asked.trials.len() as u64) < count {
            let turn = self.turn(tx, to, capabilities, &mut asked.lacking).await?;
            let Some(trial) = turn else { break };
            asked.trials.push(trial);
        }
        Ok(asked)
    }

    /// A task whose points must be computed first is noted in `lacking`, and others go before it.
    async fn turn(
        self,
        tx: &mut Tx,
        to: HandOut<'_>,
        capabilities: &Labels,
        lacking: &mut Vec<Lack>,
    ) -> Result<Option<Trial>> {
        for _ in 0..ROUNDS {
            let skipped: Vec<_> = lacking.iter().map(|lack| lack.task.id).collect();
            let first = tx
                .first_in_queue(
                    Line::Trials,
                    capabilities,
                    &skipped,
                    self.at,
                    self.aging,
                    CANDIDATES,
                )
                .await?;
            if first.is_empty() {
                return Ok(None);
            }
            for id in first {
                let mut change = Change::of_any(tx, self.caller, self.at, id).await?;
                let due = change.task.work_at().is_some_and(|at| at <= self.at);
                if !due || change.task.claim.is_some() {
                    continue;
                }
                let trial = match to.trials(&mut change, 1).await? {
                    HandedOut::Trials(mut trials) => trials.pop(),
                    HandedOut::Lacking(lack) => {
                        change.save_if_changed().await?;
                        lacking.push(*lack);
                        continue;
                    }
                };
                let owner = change.task.owner.clone();
                // One that had nothing after all knows better now, and leaves the queue until then.
                change.save_if_changed().await?;
                if trial.is_some() {
                    tx.take_turn(&owner).await?;
                    return Ok(trial);
                }
            }
        }
        Ok(None)
    }
}
