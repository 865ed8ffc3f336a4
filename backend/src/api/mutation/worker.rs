//! Mutations of workers and runners: ask, tell, and what keeps leases alive.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{parts, presence, wrong};
use crate::{
    api::{
        error::{Result, refuse_input},
        inputs::{
            AskInput, ClaimTaskInput, HeartbeatInput, ReleaseTaskInput, ReleaseTrialsInput,
            ReportTrialInput, TellInput,
        },
        scalar::DateTime,
        types::{LeaseVerdict, Task, TaskClaim, TellReceipt, Trial},
    },
    manager,
    task::{LeaseRef, TaskId},
};

#[derive(Debug)]
pub(super) struct WorkerMutation;

#[Object]
impl WorkerMutation {
    /// Hands out the next trials under leases: of the RUNNING task that is named, first those that wait, then new ones
    /// of the strategy; or, without a task, of whichever task comes first in the queue. If there is nothing to hand
    /// out, it waits up to `waitSeconds`, and then answers an empty list. Budgets are exact: they are checked in the
    /// transaction that hands out.
    async fn ask(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: AskInput,
    ) -> Result<Option<AskPayload>> {
        let key = input.idempotency_key.clone();
        let ask = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &ask)?;
        let asked = manager.ask(&caller, ask, &presence(ctx)).await.map_err(refuse_input)?;
        Ok(Some(AskPayload {
            trials: asked.trials.into_iter().map(Trial).collect(),
            task: asked.task.map(Task),
        }))
    }

    /// Reports the outcome of a trial. It is taken whatever the status of the task. With the token of the trial's
    /// present lease it counts; a measured result whose lease was lost follows the task's `lateResults`. The same
    /// report by the same lease may be sent again: it is answered and counts once.
    async fn tell(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: TellInput,
    ) -> Result<Option<TellPayload>> {
        let key = input.idempotency_key.clone();
        let tell = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &tell)?;
        let told = manager.tell(&caller, tell).await.map_err(refuse_input)?;
        Ok(Some(TellPayload {
            trial: Trial(told.trial),
            task: Task(told.task),
            receipt: told.receipt.into(),
        }))
    }

    /// Renews leases of trials, claims of tasks and leases of strategies, and answers for each whether to go on. Send it well before a lease ends, from a thread
    /// of its own. It causes no event.
    async fn heartbeat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be renewed.")] input: HeartbeatInput,
    ) -> Result<Option<HeartbeatPayload>> {
        let key = input.idempotency_key.clone();
        let beat: manager::Heartbeat = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &beat)?;
        let trials: Vec<_> = beat.leases.iter().map(|lease: &LeaseRef| lease.trial).collect();
        let tasks: Vec<_> = beat.claims.iter().map(|claim| claim.task).collect();
        let strategies: Vec<_> = beat.strategies.iter().map(|lease| lease.task).collect();
        let pulse = manager.heartbeat(&caller, beat).await.map_err(refuse_input)?;
        let leases = trials.into_iter().zip(pulse.leases).map(|(trial, state)| LeaseState {
            trial_id: trial.to_string().into(),
            verdict: state.verdict.into(),
            expires_at: state.expires_at.map(DateTime),
            reason: state.reason,
        });
        Ok(Some(HeartbeatPayload {
            leases: leases.collect(),
            claims: tasks.into_iter().zip(pulse.claims).map(ClaimState::of).collect(),
            strategies: strategies.into_iter().zip(pulse.strategies).map(ClaimState::of).collect(),
        }))
    }

    /// Tells values on the way to the result, such as the loss after each epoch. It renews the lease, and answers
    /// whether to go on: if the task stops trials early, this may be one. A step that is reported again replaces the
    /// earlier report.
    async fn report_trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: ReportTrialInput,
    ) -> Result<Option<ReportTrialPayload>> {
        let key = input.idempotency_key.clone();
        let told = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &told)?;
        let reported = manager.report_trial(&caller, told).await.map_err(refuse_input)?;
        Ok(Some(ReportTrialPayload {
            trial: Trial(reported.trial),
            task: Task(reported.task),
            verdict: reported.verdict.into(),
            reason: reported.reason,
        }))
    }

    /// Gives leased trials of one task back, all of them or none: for a worker that must stop. They wait for the next
    /// worker, and the attempt does not count against `maxAttempts`.
    async fn release_trials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The leases.")] input: ReleaseTrialsInput,
    ) -> Result<Option<ReleaseTrialsPayload>> {
        let key = input.idempotency_key.clone();
        let (leases, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&leases, &reason))?;
        let changed =
            manager.release_trials(&caller, leases, reason).await.map_err(refuse_input)?;
        Ok(Some(ReleaseTrialsPayload {
            trials: changed.trials.into_iter().map(Trial).collect(),
            task: Task(changed.task),
        }))
    }

    /// Takes a whole task, for runners that do not ask point by point: the first in the queue of those that are CREATED
    /// and can start, or that another runner gave back. The task is RUNNING then, under a lease; if its runner dies it
    /// is given back, PAUSED. Nothing to take: both fields are null.
    async fn claim_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: ClaimTaskInput,
    ) -> Result<Option<ClaimTaskPayload>> {
        let key = input.idempotency_key.clone();
        let claim = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &claim)?;
        let claimed =
            manager.claim_task(&caller, claim, &presence(ctx)).await.map_err(refuse_input)?;
        let claim = claimed.task.as_ref().and_then(|task| task.claim.clone());
        Ok(Some(ClaimTaskPayload {
            task: claimed.task.map(Task),
            claim: claim.map(TaskClaim::from),
        }))
    }

    /// Gives a claimed task back: it is PAUSED, and the next runner may take it.
    async fn release_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim.")] input: ReleaseTaskInput,
    ) -> Result<Option<ReleaseTaskPayload>> {
        let key = input.idempotency_key.clone();
        let (id, token, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &token, &reason))?;
        let task = manager.release_task(&caller, id, token, reason).await.map_err(refuse_input)?;
        Ok(Some(ReleaseTaskPayload { task: Task(task) }))
    }
}

/// What `ask` handed out.
#[derive(Debug, SimpleObject)]
struct AskPayload {
    /// The trials to be run, each with its `lease`; empty if there is no work.
    trials: Vec<Trial>,
    /// The task as it is now; none if the queue was asked.
    task: Option<Task>,
}

/// What `tell` did.
#[derive(Debug, SimpleObject)]
struct TellPayload {
    /// The trial as it is now.
    trial: Trial,
    /// The task as it is now.
    task: Task,
    /// What became of the report.
    receipt: TellReceipt,
}

/// How leases and claims stand, each in the order in which they were named.
#[derive(Debug, SimpleObject)]
struct HeartbeatPayload {
    /// One for each lease.
    leases: Vec<LeaseState>,
    /// One for each claim.
    claims: Vec<ClaimState>,
    /// One for each lease of a strategy.
    strategies: Vec<ClaimState>,
}

/// How the lease of a trial stands.
#[derive(Debug, SimpleObject)]
struct LeaseState {
    /// The id of the trial.
    trial_id: ID,
    /// What to do.
    verdict: LeaseVerdict,
    /// When the lease ends unless it is renewed; none if it has ended.
    expires_at: Option<DateTime>,
    /// Why, in words.
    reason: String,
}

/// How the claim of a task, or the lease of its strategy, stands.
#[derive(Debug, SimpleObject)]
struct ClaimState {
    /// The id of the task.
    task_id: ID,
    /// What to do.
    verdict: LeaseVerdict,
    /// When it ends unless it is renewed; none if it has ended.
    expires_at: Option<DateTime>,
    /// Why, in words.
    reason: String,
}

impl ClaimState {
    fn of((task, state): (TaskId, manager::LeaseState)) -> Self {
        let manager::LeaseState { verdict, expires_at, reason } = state;
        let (verdict, expires_at) = (verdict.into(), expires_at.map(DateTime));
        Self { task_id: task.to_string().into(), verdict, expires_at, reason }
    }
}

/// What `reportTrial` answers.
#[derive(Debug, SimpleObject)]
struct ReportTrialPayload {
    /// The trial as it is now.
    trial: Trial,
    /// The task as it is now.
    task: Task,
    /// What to do.
    verdict: LeaseVerdict,
    /// Why, in words.
    reason: String,
}

/// What `releaseTrials` did.
#[derive(Debug, SimpleObject)]
struct ReleaseTrialsPayload {
    /// The trials as they are now, in the order of the leases.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
}

/// What `claimTask` took.
#[derive(Debug, SimpleObject)]
struct ClaimTaskPayload {
    /// The task, RUNNING; none if there was none to take.
    task: Option<Task>,
    /// The runner's right to it.
    claim: Option<TaskClaim>,
}

/// What `releaseTask` did.
#[derive(Debug, SimpleObject)]
struct ReleaseTaskPayload {
    /// The task as it is now.
    task: Task,
}
