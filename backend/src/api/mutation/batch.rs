//! Mutations of many tasks at once.

use async_graphql::{Context, Object, SimpleObject};

use super::{parts, wrong};
use crate::{
    api::{
        error::{Result, item, refuse_input},
        inputs::{
            AddTagsInput, CreateTasksInput, DeleteTasksInput, MoveTasksInput, RemoveTagsInput,
            RenameTagInput, RestoreTasksInput, TransitionTasksInput, UpdateTasksInput,
        },
        scalar::Json,
        types::Task,
    },
    manager::{Batch, BatchDone},
    task::Invalid,
};

#[derive(Debug)]
pub(super) struct BatchMutation;

#[Object]
impl BatchMutation {
    /// Makes tasks in one transaction, all of them or none. If some stand in the way the error `BATCH_REFUSED` names them.
    async fn create_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tasks to be made.")] input: CreateTasksInput,
    ) -> Result<Option<CreateTasksPayload>> {
        let (manager, caller) = parts(ctx, input.idempotency_key.clone())?;
        let new = input.into_tasks().map_err(wrong)?;
        let made = manager.create_tasks(&caller, new).await.map_err(refuse_input)?;
        Ok(Some(CreateTasksPayload { tasks: made.tasks.into_iter().map(Task).collect() }))
    }

    /// Changes fields of many tasks in one transaction, of all of them or of none.
    async fn update_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and what is changed.")] input: UpdateTasksInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Moves many tasks on in their lives in one transaction, all of them or none.
    async fn transition_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and where they are to go.")] input: TransitionTasksInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Deletes many tasks in one transaction, all of them or none.
    async fn delete_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks.")] input: DeleteTasksInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Restores many deleted tasks in one transaction, all of them or none.
    async fn restore_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks.")] input: RestoreTasksInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Puts many tasks below another, or makes them roots, in one transaction, all of them or none.
    async fn move_tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and where they are to be.")] input: MoveTasksInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Adds tags to one or many tasks. Tags that a task has already stay.
    async fn add_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and which tags.")] input: AddTagsInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Takes tags away from one or many tasks. Tags that a task does not have do not matter.
    async fn remove_tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tasks, and which tags.")] input: RemoveTagsInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.key(), input.try_into()).await
    }

    /// Renames a tag in every task that has it (10,000 at most); if there is such a tag already, the two are merged.
    async fn rename_tag(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tag, and its new name.")] input: RenameTagInput,
    ) -> Result<Option<BatchPayload>> {
        run(ctx, input.idempotency_key.clone(), input.try_into()).await
    }
}

async fn run(
    ctx: &Context<'_>,
    key: Option<String>,
    batch: std::result::Result<Batch, Invalid>,
) -> Result<Option<BatchPayload>> {
    let (manager, caller) = parts(ctx, key)?;
    let done = manager.batch(&caller, batch.map_err(wrong)?).await.map_err(refuse_input)?;
    let BatchDone { tasks, changed, others, token, refused } = done;
    let refused = refused.iter().map(|one| item(one).into_json().map(Json));
    Ok(Some(BatchPayload {
        tasks: tasks.into_iter().map(Task).collect(),
        changed: i64::try_from(changed).unwrap_or(i64::MAX),
        others: i64::try_from(others).unwrap_or(i64::MAX),
        token,
        refused: refused.collect::<std::result::Result<_, _>>()?,
    }))
}

/// What `createTasks` did.
#[derive(Debug, SimpleObject)]
struct CreateTasksPayload {
    /// The new tasks, in the order of the input.
    tasks: Vec<Task>,
}

/// What a batch did, or what a dry run says that it would do.
#[derive(Debug, SimpleObject)]
struct BatchPayload {
    /// The tasks as they are now (or would be), in the order of the ids, or oldest first.
    tasks: Vec<Task>,
    /// How many of them have changed (or would); the others were so already.
    changed: i64,
    /// How many other tasks have changed with them (or would): those below them that are deleted, come back, or get
    /// another parent.
    others: i64,
    /// Stands for the tasks as they were before, and for those others. Give it to the real run after a dry run:
    /// it is refused if the tasks are others by then, or have changed.
    token: String,
    /// Of a dry run, what stands in the way: for each item `index`, `taskId`, `code`, `message`. Empty otherwise: then it is an
    /// error.
    refused: Vec<Json>,
}
