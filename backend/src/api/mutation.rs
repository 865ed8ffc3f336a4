//! Writes: one use case each. A failed one is an error at the top of the response, with a stable code.

use async_graphql::{Context, Object, SimpleObject};

use super::{
    Services,
    error::{Result, refuse_input},
    inputs::{
        AskInput, CreateTaskInput, DeleteTaskInput, EnqueueTrialsInput, RestoreTaskInput,
        TellInput, TransitionTaskInput, UpdateTaskInput,
    },
    types::{Task, Trial},
};
use crate::{
    manager::{TaskManager, TrialsChanged},
    task::{Caller, Error, Invalid},
};

/// Writing. A mutation that fails changes nothing, and answers an error with a stable `extensions.code`.
#[derive(Debug)]
pub struct Mutation;

/// Whoever asks, and what does it.
fn parts<'a>(ctx: &Context<'a>) -> Result<(&'a TaskManager, &'a Caller)> {
    Ok((&ctx.data::<Services>()?.manager, ctx.data()?))
}

fn wrong(problem: Invalid) -> async_graphql::Error {
    refuse_input(Error::Invalid(problem))
}

/// Writing. A mutation that fails changes nothing, and answers an error with a stable `extensions.code`.
#[Object]
impl Mutation {
    /// Makes a task. It is CREATED; `transitionTask` to RUNNING starts it.
    async fn create_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be made.")] input: CreateTaskInput,
    ) -> Result<CreateTaskPayload> {
        let (manager, caller) = parts(ctx)?;
        let new = input.try_into().map_err(wrong)?;
        let task = manager.create_task(caller, new).await.map_err(refuse_input)?;
        Ok(CreateTaskPayload { task: Task(task) })
    }

    /// Changes fields of a task. What is left out stays, `null` sets back to the default. Status, trials and results
    /// have mutations of their own.
    async fn update_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateTaskInput,
    ) -> Result<UpdateTaskPayload> {
        let (manager, caller) = parts(ctx)?;
        let update = input.try_into().map_err(wrong)?;
        let task = manager.update_task(caller, update).await.map_err(refuse_input)?;
        Ok(UpdateTaskPayload { task: Task(task) })
    }

    /// Moves a task on in its life: starts, pauses, resumes, completes or fails it.
    async fn transition_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The move.")] input: TransitionTaskInput,
    ) -> Result<TransitionTaskPayload> {
        let (manager, caller) = parts(ctx)?;
        let transition = input.try_into().map_err(wrong)?;
        let task = manager.transition_status(caller, transition).await.map_err(refuse_input)?;
        Ok(TransitionTaskPayload { task: Task(task) })
    }

    /// Deletes a task: it is hidden, not lost, and `restoreTask` brings it back. Results that are still out are kept
    /// when they come.
    async fn delete_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be deleted.")] input: DeleteTaskInput,
    ) -> Result<DeleteTaskPayload> {
        let (manager, caller) = parts(ctx)?;
        let (id, version) = input.into_parts().map_err(wrong)?;
        let task = manager.delete_task(caller, id, version).await.map_err(refuse_input)?;
        Ok(DeleteTaskPayload { task: Task(task) })
    }

    /// Brings a deleted task back as it was.
    async fn restore_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be restored.")] input: RestoreTaskInput,
    ) -> Result<RestoreTaskPayload> {
        let (manager, caller) = parts(ctx)?;
        let id = input.into_id().map_err(wrong)?;
        let task = manager.restore_task(caller, id).await.map_err(refuse_input)?;
        Ok(RestoreTaskPayload { task: Task(task) })
    }

    /// Hands out the next points of a RUNNING task: first those that wait, then new ones of the strategy. Fewer than
    /// `count` come back only if the strategy is EXTERNAL and too few are enqueued.
    async fn ask(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: AskInput,
    ) -> Result<AskPayload> {
        let (manager, caller) = parts(ctx)?;
        let (id, count, worker) = input.into_parts().map_err(wrong)?;
        let TrialsChanged { task, trials } =
            manager.ask(caller, id, count, worker).await.map_err(refuse_input)?;
        Ok(AskPayload { trials: trials.into_iter().map(Trial).collect(), task: Task(task) })
    }

    /// Reports the outcome of a trial: what was measured, or that the evaluation went wrong. It is taken whatever the
    /// status of the task; a result that comes after its end is marked late.
    async fn tell(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report.")] input: TellInput,
    ) -> Result<TellPayload> {
        let (manager, caller) = parts(ctx)?;
        let (id, report) = input.into_parts().map_err(wrong)?;
        let (trial, task) = manager.tell(caller, id, report).await.map_err(refuse_input)?;
        Ok(TellPayload { trial: Trial(trial), task: Task(task) })
    }

    /// Adds points of your own to those that are run next. They are handed out before the strategy's.
    async fn enqueue_trials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The points.")] input: EnqueueTrialsInput,
    ) -> Result<EnqueueTrialsPayload> {
        let (manager, caller) = parts(ctx)?;
        let (id, points) = input.into_parts().map_err(wrong)?;
        let TrialsChanged { task, trials } =
            manager.enqueue_trials(caller, id, points).await.map_err(refuse_input)?;
        Ok(EnqueueTrialsPayload {
            trials: trials.into_iter().map(Trial).collect(),
            task: Task(task),
        })
    }
}

/// What `createTask` did.
#[derive(Debug, SimpleObject)]
struct CreateTaskPayload {
    /// The new task.
    task: Task,
}

/// What `updateTask` did.
#[derive(Debug, SimpleObject)]
struct UpdateTaskPayload {
    /// The task as it is now.
    task: Task,
}

/// What `transitionTask` did.
#[derive(Debug, SimpleObject)]
struct TransitionTaskPayload {
    /// The task as it is now.
    task: Task,
}

/// What `deleteTask` did.
#[derive(Debug, SimpleObject)]
struct DeleteTaskPayload {
    /// The deleted task.
    task: Task,
}

/// What `restoreTask` did.
#[derive(Debug, SimpleObject)]
struct RestoreTaskPayload {
    /// The task as it is now.
    task: Task,
}

/// What `ask` handed out.
#[derive(Debug, SimpleObject)]
struct AskPayload {
    /// The trials to be run, by number.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
}

/// What `tell` did.
#[derive(Debug, SimpleObject)]
struct TellPayload {
    /// The trial with its outcome.
    trial: Trial,
    /// The task as it is now.
    task: Task,
}

/// What `enqueueTrials` did.
#[derive(Debug, SimpleObject)]
struct EnqueueTrialsPayload {
    /// The new trials, in the order of the points.
    trials: Vec<Trial>,
    /// The task as it is now.
    task: Task,
}
