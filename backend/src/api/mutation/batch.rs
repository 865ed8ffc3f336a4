//! Mutations of many tasks at once.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{parts, wrong};
use crate::{
    api::{
        error::{Result, explained, refuse_input},
        inputs::{
            AddTagsInput, CreateTasksInput, DeleteTasksInput, MoveTasksInput, RemoveTagsInput,
            RenameTagInput, RestoreTasksInput, TransitionTasksInput, UpdateTasksInput,
        },
        scalar::JsonMap,
        types::Task,
    },
    manager::{Batch, BatchDone},
    task::{BatchItem, Caller, Invalid, Owner},
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
        let key = input.idempotency_key.clone();
        let mut new = input.into_tasks().map_err(wrong)?;
        let actor = &ctx.data::<Caller>()?.actor;
        for task in &mut new {
            task.owner.get_or_insert_with(|| Owner::from(actor));
        }
        let (manager, caller) = parts(ctx, key, &new)?;
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
    let batch = batch.map_err(wrong)?;
    let (manager, caller) = parts(ctx, key, &batch)?;
    let done = manager.batch(&caller, batch).await.map_err(refuse_input)?;
    let BatchDone { tasks, changed, others, token, refused } = done;
    Ok(Some(BatchPayload {
        tasks: tasks.into_iter().map(Task).collect(),
        changed: i64::try_from(changed).unwrap_or(i64::MAX),
        others: i64::try_from(others).unwrap_or(i64::MAX),
        token,
        refused: refused.iter().map(BatchRefusal::of).collect::<Result<_>>()?,
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
    /// Token of the operation, its arguments, the tasks as they were before, and those others. Give it to the real run
    /// after a dry run: that is refused if it does something else, or if the tasks are others by then, or have changed.
    token: String,
    /// Of a dry run, the tasks that stand in the way, in the order of `tasks`. Empty otherwise: then they are an error.
    refused: Vec<BatchRefusal>,
}

/// A task that stands in the way of a batch.
#[derive(Debug, SimpleObject)]
struct BatchRefusal {
    /// Index of the task in the batch, from 0.
    index: i64,
    /// Id of the task; null if it has none yet.
    task_id: Option<ID>,
    /// The `extensions.code` of the error that the task would be alone.
    code: String,
    /// The message of that error.
    message: String,
    /// The other extensions of that error, such as `path`, `from`, `to` and `allowed`.
    details: JsonMap,
}

impl BatchRefusal {
    fn of(refused: &BatchItem) -> Result<Self> {
        let (code, details) = explained(&refused.error);
        let serde_json::Value::Object(details) = details.into_json()? else {
            return Err("the extensions of an error are an object".into());
        };
        Ok(Self {
            index: i64::try_from(refused.index).unwrap_or(i64::MAX),
            task_id: refused.task.map(|id| id.to_string().into()),
            code,
            message: refused.error.to_string(),
            details: JsonMap(details),
        })
    }
}
