//! Inputs of the mutations of many tasks.

use async_graphql::{ID, InputObject};

use super::{
    TaskChanges, TaskFilter, id,
    life::{OfChildren, because},
    task::CreateTaskInput,
};
use crate::{
    api::types::TaskStatus,
    manager::{Batch, BatchStep, Picked, Selection, TaskManager},
    task::{Invalid, NewTask, Tag, Tags, TaskId},
};

/// A task of a batch, with the version that it must have.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct BatchItemInput {
    /// The task.
    id: ID,
    /// Only if the task is at this version; else it stands in the way of the batch, with `VERSION_CONFLICT`.
    expected_version: Option<i64>,
}

/// Which tasks a batch is about: by `ids`, `items` or `filter`, at most 10,000, and how it is done.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct SelectionInput {
    /// These tasks.
    ids: Option<Vec<ID>>,
    /// These tasks, each at the version that is expected of it.
    items: Option<Vec<BatchItemInput>>,
    /// The tasks that pass this filter when it is done.
    filter: Option<TaskFilter>,
    /// `true`: nothing is done; you are told what would become of the tasks, and what stands in the way.
    #[graphql(default)]
    dry_run: bool,
    /// The `token` of a dry run. Nothing is done if the tasks are others by now, or have changed (`SELECTION_CHANGED`), or
    /// if it is the token of another operation or of other arguments (`VALIDATION_FAILED`). A `reason` may differ.
    token: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl SelectionInput {
    fn batch(self, step: BatchStep) -> Result<Batch, Invalid> {
        let Self { ids, items, filter, dry_run, token, idempotency_key: _ } = self;
        let selection = match (ids, items, filter) {
            (Some(ids), None, None) => {
                let ids = ids.into_iter().map(|id| BatchItemInput { id, expected_version: None });
                Selection::Ids(picked(ids).map_err(|(e, i)| e.at_index(i).at("ids"))?)
            }
            (None, Some(items), None) => {
                let items = picked(items.into_iter());
                Selection::Ids(items.map_err(|(e, i)| e.at("id").at_index(i).at("items"))?)
            }
            (None, None, Some(filter)) => {
                Selection::Filter(filter.try_into().map_err(|e: Invalid| e.at("filter"))?)
            }
            (_, _, _) => {
                return Err(Invalid::new("one of `ids`, `items` and `filter` is needed"));
            }
        };
        Ok(Batch { selection, step, dry_run, token })
    }
}

/// The tasks; of one whose id is none, what is wrong and its place.
fn picked(
    items: impl ExactSizeIterator<Item = BatchItemInput>,
) -> Result<Vec<Picked>, (Invalid, usize)> {
    if items.len() > TaskManager::MAX_BATCH {
        let most = format!("at most {} tasks in one batch", TaskManager::MAX_BATCH);
        return Err((Invalid::new(most), TaskManager::MAX_BATCH));
    }
    let one = |(i, BatchItemInput { id, expected_version }): (usize, BatchItemInput)| {
        let id = id.parse().map_err(|e: Invalid| (e, i))?;
        Ok(Picked { id, expected_version })
    };
    items.enumerate().map(one).collect()
}

/// What an input of a batch has in common with the others.
macro_rules! batch_input {
    ($input:ident) => {
        impl $input {
            pub(in crate::api) fn key(&self) -> Option<String> {
                self.selection.idempotency_key.clone()
            }
        }
    };
}

/// Tasks to be made, all of them or none.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct CreateTasksInput {
    /// The tasks, 10,000 at most, within the 8 MiB of a request. One may be below another that comes before it. Their own
    /// `idempotencyKey` is not used.
    tasks: Vec<CreateTaskInput>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl CreateTasksInput {
    pub(in crate::api) fn into_tasks(self) -> Result<Vec<NewTask>, Invalid> {
        let tasks = self.tasks.into_iter().enumerate();
        tasks
            .map(|(i, task)| task.try_into().map_err(|e: Invalid| e.at_index(i).at("tasks")))
            .collect()
    }
}

/// Changes to many tasks.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct UpdateTasksInput {
    /// Which tasks.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// What is changed of each.
    set: TaskChanges,
}

impl TryFrom<UpdateTasksInput> for Batch {
    type Error = Invalid;

    fn try_from(input: UpdateTasksInput) -> Result<Self, Invalid> {
        let UpdateTasksInput { selection, set } = input;
        // Each task puts its own id in.
        let changes = set.of(TaskId::nil()).map_err(|e| e.at("set"))?;
        selection.batch(BatchStep::Update(Box::new(changes)))
    }
}

/// A move of many tasks in their lives.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TransitionTasksInput {
    /// Which tasks.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// Where they are to go.
    to: TaskStatus,
    /// Why, 1 to 2,000 characters.
    reason: Option<String>,
}

impl TryFrom<TransitionTasksInput> for Batch {
    type Error = Invalid;

    fn try_from(input: TransitionTasksInput) -> Result<Self, Invalid> {
        let TransitionTasksInput { selection, to, reason } = input;
        let reason = because(reason)?;
        selection.batch(BatchStep::Transition { to: to.into(), reason })
    }
}

/// Many tasks to be deleted. They are hidden, not lost.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct DeleteTasksInput {
    /// Which tasks.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// What becomes of their children; by default a task that has some is not deleted: `TASK_HAS_CHILDREN`.
    #[graphql(default_with = "OfChildren::Refuse")]
    children: OfChildren,
}

impl TryFrom<DeleteTasksInput> for Batch {
    type Error = Invalid;

    fn try_from(input: DeleteTasksInput) -> Result<Self, Invalid> {
        let DeleteTasksInput { selection, children } = input;
        selection.batch(BatchStep::Delete(children.into()))
    }
}

/// Many deleted tasks to be restored.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct RestoreTasksInput {
    /// Which tasks; a filter of them says `deleted: true`.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// Restore everything that is deleted below them, too.
    #[graphql(default)]
    subtree: bool,
}

impl TryFrom<RestoreTasksInput> for Batch {
    type Error = Invalid;

    fn try_from(input: RestoreTasksInput) -> Result<Self, Invalid> {
        let RestoreTasksInput { selection, subtree } = input;
        selection.batch(BatchStep::Restore { subtree })
    }
}

/// Many tasks to be put elsewhere in the tree.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct MoveTasksInput {
    /// Which tasks.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// Their new parent; left out or `null`: they become roots.
    parent_id: Option<ID>,
}

impl TryFrom<MoveTasksInput> for Batch {
    type Error = Invalid;

    fn try_from(input: MoveTasksInput) -> Result<Self, Invalid> {
        let MoveTasksInput { selection, parent_id } = input;
        let parent = parent_id.map(|parent| id("parentId", &parent)).transpose()?;
        selection.batch(BatchStep::Move(parent))
    }
}

/// Tags that many tasks get.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct AddTagsInput {
    /// Which tasks.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// The tags.
    tags: Vec<String>,
}

impl TryFrom<AddTagsInput> for Batch {
    type Error = Invalid;

    fn try_from(input: AddTagsInput) -> Result<Self, Invalid> {
        let AddTagsInput { selection, tags } = input;
        selection.batch(BatchStep::AddTags(Tags::of_texts(tags).map_err(|e| e.at("tags"))?))
    }
}

/// Tags that many tasks lose.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct RemoveTagsInput {
    /// Which tasks.
    #[graphql(flatten)]
    selection: SelectionInput,
    /// The tags.
    tags: Vec<String>,
}

impl TryFrom<RemoveTagsInput> for Batch {
    type Error = Invalid;

    fn try_from(input: RemoveTagsInput) -> Result<Self, Invalid> {
        let RemoveTagsInput { selection, tags } = input;
        selection.batch(BatchStep::RemoveTags(Tags::of_texts(tags).map_err(|e| e.at("tags"))?))
    }
}

/// A tag that is to become another, in the tasks that have it.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct RenameTagInput {
    /// The tag as it is.
    from: String,
    /// What it is to be. If there is such a tag, the two are merged.
    to: String,
    /// `true`: nothing is done; you are told what would become of the tasks.
    #[graphql(default)]
    dry_run: bool,
    /// The `token` of a dry run.
    token: Option<String>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<RenameTagInput> for Batch {
    type Error = Invalid;

    fn try_from(input: RenameTagInput) -> Result<Self, Invalid> {
        let RenameTagInput { from, to, dry_run, token, idempotency_key: _ } = input;
        let from = Tag::new(from).map_err(|e| e.at("from"))?;
        let to = Tag::new(to).map_err(|e| e.at("to"))?;
        let condition = crate::task::TaskCondition::Tag(from.clone());
        let filter = crate::task::TaskFilter { condition, deleted: false };
        let selection = Selection::Filter(filter);
        Ok(Self { selection, step: BatchStep::RenameTag { from, to }, dry_run, token })
    }
}

batch_input!(UpdateTasksInput);
batch_input!(TransitionTasksInput);
batch_input!(DeleteTasksInput);
batch_input!(RestoreTasksInput);
batch_input!(MoveTasksInput);
batch_input!(AddTagsInput);
batch_input!(RemoveTagsInput);
