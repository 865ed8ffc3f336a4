//! Mutations of tasks.

use async_graphql::{Context, Object, SimpleObject};

use super::{parts, wrong};
use crate::{
    api::{
        error::{Result, refuse_input},
        inputs::{
            CloneTaskInput, CreateTaskInput, DeleteTaskInput, MoveTaskInput, RestoreTaskInput,
            RevertTaskInput, TransitionSubtreeInput, TransitionTaskInput, UpdateTaskInput,
        },
        types::Task,
    },
    manager::SubtreeMoved,
    task::{self, Caller, CloneTask, NewTask, Owner},
};

#[derive(Debug)]
pub(super) struct TaskMutation;

#[Object]
impl TaskMutation {
    /// Makes a task. It is CREATED; `transitionTask` to RUNNING starts it.
    async fn create_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be made.")] input: CreateTaskInput,
    ) -> Result<Option<CreateTaskPayload>> {
        let key = input.idempotency_key.clone();
        let mut new: NewTask = input.try_into().map_err(wrong)?;
        let actor = &ctx.data::<Caller>()?.actor;
        new.owner.get_or_insert_with(|| Owner::from(actor));
        let (manager, caller) = parts(ctx, key, &new)?;
        let task = manager.create_task(&caller, new).await.map_err(refuse_input)?;
        Ok(Some(CreateTaskPayload { task: Task(task) }))
    }

    /// Makes another task like one that there is, with its results as a warm start if you want: so a campaign goes on
    /// with other parameters. (To go on with a COMPLETED task itself: `updateTask` its budget, `transitionTask` to RUNNING.)
    async fn clone_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, and what is to be different.")] input: CloneTaskInput,
    ) -> Result<Option<CloneTaskPayload>> {
        let key = input.idempotency_key.clone();
        let mut clone: CloneTask = input.try_into().map_err(wrong)?;
        let actor = &ctx.data::<Caller>()?.actor;
        clone.owner.get_or_insert_with(|| Owner::from(actor));
        let (manager, caller) = parts(ctx, key, &clone)?;
        let task = manager.clone_task(&caller, clone).await.map_err(refuse_input)?;
        Ok(Some(CloneTaskPayload { task: Task(task) }))
    }

    /// Changes fields of a task. What is left out stays, `null` sets back to the default. Status, trials and results
    /// have mutations of their own.
    async fn update_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateTaskInput,
    ) -> Result<Option<UpdateTaskPayload>> {
        let key = input.idempotency_key.clone();
        let update = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &update)?;
        let task = manager.update_task(&caller, update).await.map_err(refuse_input)?;
        Ok(Some(UpdateTaskPayload { task: Task(task) }))
    }

    /// Gives a task the settings again that it had at an earlier version, as one new change: its history stays, and this
    /// can be reverted, too. Status, trials, results and the model state stay as they are. What is fixed once a task has
    /// been started is refused as `updateTask` refuses it. The task goes back below the parent that it had, or is refused:
    /// `PARENT_DELETED` if that is deleted or purged, `TASK_CYCLE` if it is below the task now. A task that has these
    /// settings already is not changed.
    async fn revert_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, and the version.")] input: RevertTaskInput,
    ) -> Result<Option<RevertTaskPayload>> {
        let key = input.idempotency_key.clone();
        let revert = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &revert)?;
        let task = manager.revert_task(&caller, revert).await.map_err(refuse_input)?;
        Ok(Some(RevertTaskPayload { task: Task(task) }))
    }

    /// Moves a task on in its life: starts, pauses, resumes, completes or fails it. A COMPLETED task is resumed with a
    /// `reason`, and only if its budget leaves something, else `BUDGET_REACHED`: raise the `criterion` that is met with
    /// `updateTask` first. Points that its completion abandoned stay ABANDONED.
    async fn transition_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The move.")] input: TransitionTaskInput,
    ) -> Result<Option<TransitionTaskPayload>> {
        let key = input.idempotency_key.clone();
        let transition = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &transition)?;
        let task = manager.transition_status(&caller, transition).await.map_err(refuse_input)?;
        Ok(Some(TransitionTaskPayload { task: Task(task) }))
    }

    /// Deletes a task: it is hidden, not lost, and `restoreTask` brings it back. Results that are still out are kept
    /// when they come.
    async fn delete_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be deleted.")] input: DeleteTaskInput,
    ) -> Result<Option<DeleteTaskPayload>> {
        let key = input.idempotency_key.clone();
        let deletion = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &deletion)?;
        let task = manager.delete_task(&caller, deletion).await.map_err(refuse_input)?;
        Ok(Some(DeleteTaskPayload { task: Task(task) }))
    }

    /// Brings a deleted task back as it was. One whose parent is deleted is refused: `PARENT_DELETED`.
    async fn restore_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task to be restored.")] input: RestoreTaskInput,
    ) -> Result<Option<RestoreTaskPayload>> {
        let key = input.idempotency_key.clone();
        let (id, reason, subtree) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &reason, &subtree))?;
        let restored = manager.restore_task(&caller, id, reason, subtree).await;
        let task = restored.map_err(refuse_input)?;
        Ok(Some(RestoreTaskPayload { task: Task(task) }))
    }

    /// Puts a task, with everything below it, below another task, or makes it a root. A task cannot be below itself:
    /// `TASK_CYCLE`.
    async fn move_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task, and where it is to be.")] input: MoveTaskInput,
    ) -> Result<Option<MoveTaskPayload>> {
        let key = input.idempotency_key.clone();
        let to = input.try_into().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &to)?;
        let task = manager.move_task(&caller, to).await.map_err(refuse_input)?;
        Ok(Some(MoveTaskPayload { task: Task(task) }))
    }

    /// Moves a task and everything below it on in their lives, in one step: pauses, resumes or fails a whole subtree. To
    /// RUNNING it resumes what a pause of the subtree has stopped (`Task.pausedWith`): not what was paused by itself, was
    /// never started, has failed or is complete. Tasks that are not moved stay as they are, and are listed.
    async fn transition_subtree(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The move.")] input: TransitionSubtreeInput,
    ) -> Result<Option<TransitionSubtreePayload>> {
        let key = input.idempotency_key.clone();
        let (id, to, reason) = input.into_parts().map_err(wrong)?;
        let (manager, caller) = parts(ctx, key, &(&id, &to, &reason))?;
        let done = manager.transition_subtree(&caller, id, to, reason).await;
        let SubtreeMoved { moved, left } = done.map_err(refuse_input)?;
        let tasks = |tasks: Vec<task::Task>| tasks.into_iter().map(Task).collect();
        Ok(Some(TransitionSubtreePayload { moved: tasks(moved), left: tasks(left) }))
    }
}

/// What `createTask` did.
#[derive(Debug, SimpleObject)]
struct CreateTaskPayload {
    /// The new task.
    task: Task,
}

/// What `cloneTask` did.
#[derive(Debug, SimpleObject)]
struct CloneTaskPayload {
    /// The new task.
    task: Task,
}

/// What `updateTask` did.
#[derive(Debug, SimpleObject)]
struct UpdateTaskPayload {
    /// The task as it is now.
    task: Task,
}

/// What `revertTask` did.
#[derive(Debug, SimpleObject)]
struct RevertTaskPayload {
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

/// What `moveTask` did.
#[derive(Debug, SimpleObject)]
struct MoveTaskPayload {
    /// The task as it is now.
    task: Task,
}

/// What `transitionSubtree` did.
#[derive(Debug, SimpleObject)]
struct TransitionSubtreePayload {
    /// The tasks that were moved, ancestors first.
    moved: Vec<Task>,
    /// The tasks that were left as they are.
    left: Vec<Task>,
}
