//! Mutations of strategists: clients that propose the points of EXTERNAL tasks.

use async_graphql::{Context, Object, SimpleObject};

use super::{parts, presence, wrong};
use crate::{
    api::{
        Services,
        error::{Result, refuse_input},
        inputs::{ClaimStrategyInput, ProposeTrialsInput, ReleaseStrategyInput},
        types::{Strategist, Task, Trial},
    },
    task,
};

#[derive(Debug)]
pub(super) struct StrategistMutation;

#[Object]
impl StrategistMutation {
    /// Takes it on you to propose the points of an EXTERNAL task that needs some, under a lease: of the task that is
    /// named, or of the first in the order of the queue that nobody proposes for. The task's `modelState` is where the last
    /// strategist left off. It waits up to `waitSeconds` until points are needed. If it comes to nothing, `task` and
    /// `claim` are null; whoever has the lease gets both, with `needed` 0.
    async fn claim_strategy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: ClaimStrategyInput,
    ) -> Result<Option<ClaimStrategyPayload>> {
        let key = input.idempotency_key.clone();
        let claim = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &claim)?;
        let claimed =
            manager.claim_strategy(&caller, claim, &presence(ctx)).await.map_err(refuse_input)?;
        Ok(Some(ClaimStrategyPayload {
            claim: strategist(claimed.task.as_ref()),
            needed: claimed.needed,
            task: claimed.task.map(Task),
        }))
    }

    /// Proposes points of an EXTERNAL task, all of them or none: they become WAITING trials, which workers get in this
    /// order. The checkpoint of your model is kept in the same step, and the lease is renewed. With a lease that is not
    /// the present one nothing is taken: `LEASE_LOST`. (`enqueueTrials` adds points without a lease, by hand.)
    async fn propose_trials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The points.")] input: ProposeTrialsInput,
    ) -> Result<Option<ProposeTrialsPayload>> {
        let key = input.idempotency_key.clone();
        let proposed = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &proposed)?;
        let changed = manager.propose_trials(&caller, proposed).await.map_err(refuse_input)?;
        let now = ctx.data::<Services>()?.clock.now();
        Ok(Some(ProposeTrialsPayload {
            trials: changed.trials.into_iter().map(Trial).collect(),
            needed: changed.task.points_needed(now),
            claim: strategist(Some(&changed.task)),
            task: Task(changed.task),
        }))
    }

    /// Gives the strategy of a task back, for a strategist that must stop: the next one may take it at once.
    async fn release_strategy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lease.")] input: ReleaseStrategyInput,
    ) -> Result<Option<ReleaseStrategyPayload>> {
        let key = input.idempotency_key.clone();
        let (id, token, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &token, &reason))?;
        let released = manager.release_strategy(&caller, id, token, reason).await;
        Ok(Some(ReleaseStrategyPayload { task: Task(released.map_err(refuse_input)?) }))
    }
}

fn strategist(task: Option<&task::Task>) -> Option<Strategist> {
    task.and_then(|task| task.strategist.as_ref()).map(Strategist::from)
}

/// What `claimStrategy` took.
#[derive(Debug, SimpleObject)]
struct ClaimStrategyPayload {
    /// The task; none if there was none to take.
    task: Option<Task>,
    /// Your right to propose its points.
    claim: Option<Strategist>,
    /// How many points it needs.
    needed: i64,
}

/// What `proposeTrials` did.
#[derive(Debug, SimpleObject)]
struct ProposeTrialsPayload {
    /// The trials that were planned, in the order of the points.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
    /// Your right to propose its points, renewed.
    claim: Option<Strategist>,
    /// How many more points it needs.
    needed: i64,
}

/// What `releaseStrategy` did.
#[derive(Debug, SimpleObject)]
struct ReleaseStrategyPayload {
    /// The task as it is now.
    task: Task,
}
