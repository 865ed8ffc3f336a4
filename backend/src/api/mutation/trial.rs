//! Mutations of trials by hand.

use async_graphql::{Context, Object, SimpleObject};

use super::{parts, wrong};
use crate::api::{
    error::{Result, refuse_input},
    inputs::{
        AddResultsInput, CorrectTrialInput, EnqueueTrialsInput, ExcludeTrialInput,
        IncludeTrialInput, SkipTrialsInput,
    },
    types::{Task, Trial},
};

#[derive(Debug)]
pub(super) struct TrialMutation;

#[Object]
impl TrialMutation {
    /// Adds points of your own to those that are run next. They are handed out before the strategy's.
    async fn enqueue_trials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The points.")] input: EnqueueTrialsInput,
    ) -> Result<Option<EnqueueTrialsPayload>> {
        let key = input.idempotency_key.clone();
        let (id, points) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &points))?;
        let changed = manager.enqueue_trials(&caller, id, points).await.map_err(refuse_input)?;
        Ok(Some(EnqueueTrialsPayload {
            trials: changed.trials.into_iter().map(Trial).collect(),
            task: Task(changed.task),
        }))
    }

    /// Adds what was measured elsewhere: the optimization learns from it as from its own results. All of them or none:
    /// if some are refused, the error names each in `problems`. The budget does not count them.
    async fn add_results(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The results.")] input: AddResultsInput,
    ) -> Result<Option<AddResultsPayload>> {
        let key = input.idempotency_key.clone();
        let (id, results, place) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &results, &place))?;
        let changed =
            manager.add_results(&caller, id, results, place).await.map_err(refuse_input)?;
        Ok(Some(AddResultsPayload {
            trials: changed.trials.into_iter().map(Trial).collect(),
            task: Task(changed.task),
        }))
    }

    /// Gives up trials of one task that wait, all of them or none.
    async fn skip_trials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The trials.")] input: SkipTrialsInput,
    ) -> Result<Option<SkipTrialsPayload>> {
        let key = input.idempotency_key.clone();
        let (ids, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&ids, &reason))?;
        let changed = manager.skip_trials(&caller, ids, reason).await.map_err(refuse_input)?;
        Ok(Some(SkipTrialsPayload {
            trials: changed.trials.into_iter().map(Trial).collect(),
            task: Task(changed.task),
        }))
    }

    /// Leaves a finished trial out of the optimization, with the reason: it is neither learned from nor ever the best.
    /// It stays in the record, and `includeTrial` lets it count again.
    async fn exclude_trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The trial.")] input: ExcludeTrialInput,
    ) -> Result<Option<ExcludeTrialPayload>> {
        let key = input.idempotency_key.clone();
        let (id, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &reason))?;
        let changed = manager.exclude_trial(&caller, id, reason).await.map_err(refuse_input)?;
        Ok(Some(ExcludeTrialPayload { trial: Trial(changed.trial), task: Task(changed.task) }))
    }

    /// Lets an excluded trial count again, with the reason.
    async fn include_trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The trial.")] input: IncludeTrialInput,
    ) -> Result<Option<IncludeTrialPayload>> {
        let key = input.idempotency_key.clone();
        let (id, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &reason))?;
        let changed = manager.include_trial(&caller, id, reason).await.map_err(refuse_input)?;
        Ok(Some(IncludeTrialPayload { trial: Trial(changed.trial), task: Task(changed.task) }))
    }

    /// Replaces a measured result that was wrong. What stood there before is kept with the trial, with who corrected it
    /// and why.
    async fn correct_trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectTrialInput,
    ) -> Result<Option<CorrectTrialPayload>> {
        let key = input.idempotency_key.clone();
        let (id, values, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &values, &reason))?;
        let changed =
            manager.correct_trial(&caller, id, values, reason).await.map_err(refuse_input)?;
        Ok(Some(CorrectTrialPayload { trial: Trial(changed.trial), task: Task(changed.task) }))
    }
}

/// What `enqueueTrials` did.
#[derive(Debug, SimpleObject)]
struct EnqueueTrialsPayload {
    /// The new trials, in the order of the points.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
}

/// What `addResults` did.
#[derive(Debug, SimpleObject)]
struct AddResultsPayload {
    /// The new trials, in the order of the results.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
}

/// What `skipTrials` did.
#[derive(Debug, SimpleObject)]
struct SkipTrialsPayload {
    /// The trials, in the order in which they were named.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
}

/// What `excludeTrial` did.
#[derive(Debug, SimpleObject)]
struct ExcludeTrialPayload {
    /// The trial as it is now.
    trial: Trial,
    /// The task as it is now.
    task: Task,
}

/// What `includeTrial` did.
#[derive(Debug, SimpleObject)]
struct IncludeTrialPayload {
    /// The trial as it is now.
    trial: Trial,
    /// The task as it is now.
    task: Task,
}

/// What `correctTrial` did.
#[derive(Debug, SimpleObject)]
struct CorrectTrialPayload {
    /// The trial as it is now.
    trial: Trial,
    /// The task as it is now.
    task: Task,
}
