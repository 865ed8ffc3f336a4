//! Batches: the same done to many tasks in one transaction, all of them or none.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    TaskManager,
    delete::{delete, restore},
    replay::Answer,
    transition::transition,
    tree::put_below,
    update::{Changed, Sources, change_task},
};
use crate::{
    store::{Tx, Work},
    task::{
        BatchItem, Caller, Deletion, Error, Invalid, OfChildren, Patch, Reason, Result, Tag, Tags,
        Task, TaskFilter, TaskId, TaskMove, TaskStatus, TaskUpdate, Timestamp, Transition, Version,
    },
};

/// Which tasks a batch is about.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These, in this order.
    Ids(Vec<Picked>),
    /// Those that pass when it is done, oldest first.
    Filter(TaskFilter),
}

/// A task that a batch names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// The task.
    pub id: TaskId,
    /// Refuse it if it has changed since.
    pub expected_version: Option<Version>,
}

/// What is done to each task of a batch.
#[derive(Debug, Clone)]
pub enum BatchStep {
    /// Fields are changed; the id of the update is that of the task.
    Update(Box<TaskUpdate>),
    /// It moves on in its life.
    Transition {
        /// Where it is to go.
        to: TaskStatus,
        /// Why.
        reason: Option<Reason>,
    },
    /// It is hidden.
    Delete(OfChildren),
    /// It comes back, and if so wished all that is below it.
    Restore {
        /// Whether all that is below it comes back, too.
        subtree: bool,
    },
    /// It gets these tags, too.
    AddTags(Tags),
    /// It loses these tags.
    RemoveTags(Tags),
    /// One tag becomes another.
    RenameTag {
        /// The tag as it is.
        from: Tag,
        /// What it is to be; a tag that is there already is not there twice.
        to: Tag,
    },
    /// It is put below another task, or made a root.
    Move(Option<TaskId>),
}

/// A batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Which tasks.
    pub selection: Selection,
    /// What is done to each.
    pub step: BatchStep,
    /// Whether nothing is kept: it is only told what would become of them.
    pub dry_run: bool,
    /// What a dry run has answered: the batch is refused if the tasks have changed since.
    pub token: Option<String>,
}

/// What a batch did, or would do.
#[derive(Debug, Serialize, Deserialize)]
pub struct BatchDone {
    /// The tasks as they are then, in the order of the selection.
    pub tasks: Vec<Task>,
    /// How many of them have changed.
    pub changed: usize,
    /// How many other tasks have changed with them.
    #[serde(default)]
    pub others: usize,
    /// What stands for the tasks as they were before, and for those others.
    pub token: String,
    /// What stood in the way; only a dry run tells it so, otherwise it is an error.
    #[serde(skip)]
    pub refused: Vec<BatchItem>,
}

impl Answer for BatchDone {}

impl TaskManager {
    /// The most tasks of one batch.
    pub const MAX_BATCH: usize = 10_000;

    /// Does the same to many tasks, all of them or none. What stands in the way is told with each item.
    pub async fn batch(&self, caller: &Caller, batch: Batch) -> Result<BatchDone> {
        if let Selection::Ids(picked) = &batch.selection {
            check_picked(picked)?;
        }
        let (at, dry_run) = (self.now(), batch.dry_run);
        let sources = self.sources_of_batch(&batch).await?;
        let work = work(caller.clone(), at, batch, sources);
        if dry_run { self.store.rehearse(work).await } else { self.write(caller, work).await }
    }

    /// The results of other tasks that tasks of a batch are to begin with.
    async fn sources_of_batch(&self, batch: &Batch) -> Result<SourcesOfAll> {
        let BatchStep::Update(changes) = &batch.step else { return Ok(None) };
        if !changes.may_change_sources() {
            return Ok(None);
        }
        let ids = match &batch.selection {
            Selection::Ids(picked) => picked.iter().map(|one| one.id).collect(),
            Selection::Filter(filter) => {
                self.store.ids_of_tasks(filter, Self::MAX_BATCH + 1).await?
            }
        };
        let mut sources = HashMap::new();
        for id in ids {
            let update = TaskUpdate { id, ..TaskUpdate::clone(changes) };
            sources.insert(id, self.sources_after(&update, false).await?);
        }
        Ok(Some(sources))
    }
}

fn work(by: Caller, at: Timestamp, batch: Batch, sources: SourcesOfAll) -> impl Work<BatchDone> {
    let (batch, sources) = (Arc::new(batch), Arc::new(sources));
    move |tx: &mut Tx| {
        let (by, batch, sources) = (by.clone(), Arc::clone(&batch), Arc::clone(&sources));
        async move { run(tx, &by, at, &batch, &sources).await }.boxed()
    }
}

/// For each task what it is to begin with; none if that does not change.
type SourcesOfAll = Option<HashMap<TaskId, Sources>>;

fn check_picked(picked: &[Picked]) -> Result<()> {
    if picked.len() > TaskManager::MAX_BATCH {
        return Err(too_many().at("ids").into());
    }
    let mut seen = std::collections::HashSet::new();
    match picked.iter().position(|one| !seen.insert(one.id)) {
        Some(place) => {
            Err(Invalid::new("this task is there twice").at_index(place).at("ids").into())
        }
        None => Ok(()),
    }
}

fn too_many() -> Invalid {
    Invalid::new(format!("at most {} tasks in one batch", TaskManager::MAX_BATCH))
}

async fn run(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    batch: &Batch,
    sources: &SourcesOfAll,
) -> Result<BatchDone> {
    let operation = batch.step.fingerprint();
    if batch.token.as_ref().is_some_and(|token| !token.starts_with(&format!("{operation}."))) {
        let what = "this is the token of a dry run of another operation, or with other arguments";
        return Err(Invalid::new(what).at("token").into());
    }
    if batch.step.is_about_the_tree() {
        tx.lock_tree().await?;
    }
    let told = tx.told();
    let (ids, before) = select(tx, &batch.selection).await?;
    tx.know_settings(&ids).await?;
    if batch.step.is_about_the_tree() {
        tx.know_leaves(&ids).await?;
    }
    let versions: HashMap<_, _> = before.iter().map(|task| (task.id, task.version)).collect();
    let mut done: Vec<_> = ids.iter().map(|_| None).collect();
    let mut refused = Vec::new();
    for index in batch.step.turns(&ids, &before) {
        let id = ids[index];
        // Of a task that is not there the step tells.
        let version = versions.get(&id).copied();
        let expected = batch.selection.expected_version(index);
        if let Some((expected, actual)) = expected.zip(version).filter(|(one, other)| one != other)
        {
            refused.push(BatchItem::new(index, id, Error::VersionConflict { expected, actual }));
            continue;
        }
        match batch.step.take(tx, caller, at, id, sources).await {
            Ok(task) => done[index] = Some(task),
            Err(error @ Error::Storage(_)) => return Err(error),
            Err(error) => {
                refused.push(BatchItem { index, task: Some(id), error: Box::new(error) });
            }
        }
    }
    refused.sort_by_key(|item| item.index);
    let mut others = tx.versions_since(told);
    others.retain(|id, _| !versions.contains_key(id));
    let token = format!("{}.{}", operation, token_of(&versions, &others));
    if batch.token.as_ref().is_some_and(|expected| *expected != token) {
        return Err(Error::SelectionChanged);
    }
    let tasks: Vec<_> = done.into_iter().flatten().collect();
    if !refused.is_empty() && !batch.dry_run {
        return Err(Error::BatchRefused { of: ids.len(), items: refused });
    }
    let changed = tasks.iter().filter(|task| versions.get(&task.id) != Some(&task.version)).count();
    Ok(BatchDone { tasks, changed, others: others.len(), token, refused })
}

/// The tasks of a selection, locked: their ids in its order, and those that are there as they are.
async fn select(tx: &mut Tx, selection: &Selection) -> Result<(Vec<TaskId>, Vec<Task>)> {
    let filter = match selection {
        Selection::Ids(picked) => {
            let ids: Vec<_> = picked.iter().map(|one| one.id).collect();
            let found = tx.lock_tasks(&ids).await?;
            return Ok((ids, found));
        }
        Selection::Filter(filter) => filter,
    };
    let ids = tx.ids_of_tasks(filter, TaskManager::MAX_BATCH + 1).await?;
    if ids.len() > TaskManager::MAX_BATCH {
        return Err(too_many().at("filter").into());
    }
    let locked = tx.lock_tasks(&ids).await?;
    // While they were waited for they may have become others: those that still pass are meant.
    let still: std::collections::HashSet<_> =
        tx.ids_of_tasks(filter, TaskManager::MAX_BATCH + 1).await?.into_iter().collect();
    let tasks: Vec<_> = locked.into_iter().filter(|task| still.contains(&task.id)).collect();
    Ok((tasks.iter().map(|task| task.id).collect(), tasks))
}

/// What stands for the tasks of a batch as they were, and for the others that change with them: it is another
/// if one more or less passes, or one of these has changed.
fn token_of(before: &HashMap<TaskId, i64>, others: &BTreeMap<TaskId, i64>) -> String {
    let mut hash = Sha256::new();
    for places in [&before.iter().collect::<BTreeMap<_, _>>(), &others.iter().collect()] {
        for (id, version) in places {
            hash.update(id.uuid().as_bytes());
            hash.update(version.to_le_bytes());
        }
        hash.update([0]);
    }
    short_hash(hash)
}

fn short_hash(hash: Sha256) -> String {
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..16])
}

impl Selection {
    /// The version that a task of the batch must have, if it is said.
    fn expected_version(&self, index: usize) -> Option<Version> {
        match self {
            Self::Ids(picked) => picked.get(index)?.expected_version,
            Self::Filter(_) => None,
        }
    }
}

impl BatchStep {
    /// What a token stands for beside the tasks: the operation with its arguments, but not why it is done.
    fn fingerprint(&self) -> String {
        let unexplained = match self.clone() {
            Self::Update(changes) => {
                Self::Update(Box::new(TaskUpdate { reason: None, ..*changes }))
            }
            Self::Transition { to, reason: _ } => Self::Transition { to, reason: None },
            other @ (Self::Delete(_)
            | Self::Restore { .. }
            | Self::AddTags(_)
            | Self::RemoveTags(_)
            | Self::RenameTag { .. }
            | Self::Move(_)) => other,
        };
        short_hash(Sha256::new_with_prefix(format!("{unexplained:?}")))
    }

    const fn is_about_the_tree(&self) -> bool {
        match self {
            Self::Delete(_) | Self::Restore { .. } | Self::Move(_) => true,
            Self::Update(_)
            | Self::Transition { .. }
            | Self::AddTags(_)
            | Self::RemoveTags(_)
            | Self::RenameTag { .. } => false,
        }
    }

    /// In which order the tasks take their turns: what lies below others is deleted before them, and
    /// comes back after them.
    fn turns(&self, ids: &[TaskId], before: &[Task]) -> Vec<usize> {
        let depths: HashMap<_, _> =
            before.iter().map(|task| (task.id, task.lineage.ancestors().len())).collect();
        let depth = |index: &usize| depths.get(&ids[*index]).copied().unwrap_or_default();
        let mut turns: Vec<_> = (0..ids.len()).collect();
        match self {
            Self::Delete(_) => turns.sort_by_key(|index| Reverse(depth(index))),
            Self::Restore { .. } => turns.sort_by_key(depth),
            Self::Update(_)
            | Self::Transition { .. }
            | Self::AddTags(_)
            | Self::RemoveTags(_)
            | Self::RenameTag { .. }
            | Self::Move(_) => {}
        }
        turns
    }

    async fn take(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        at: Timestamp,
        id: TaskId,
        sources: &SourcesOfAll,
    ) -> Result<Task> {
        match self {
            Self::Update(changes) => {
                let changes = TaskUpdate { id, ..TaskUpdate::clone(changes) };
                let known = match sources {
                    None => None,
                    // It has come to the selection only now.
                    Some(sources) => sources.get(&id).cloned().ok_or(Error::SelectionChanged)?,
                };
                let news = Changed { update: changes, sources: known, reverted: None };
                change_task(tx, caller, at, news).await
            }
            Self::Transition { to, reason } => {
                let (to, reason) = (*to, reason.clone());
                let task = tx.live_task(id).await?;
                if task.status == to {
                    return Ok(task);
                }
                let step = Transition { id, to, reason, expected_version: None, subtree: None };
                transition(tx, caller, at, step).await
            }
            Self::Delete(children) => {
                let children = *children;
                let deletion = Deletion { id, children, reason: None, expected_version: None };
                delete(tx, caller, at, deletion).await
            }
            Self::Restore { subtree } => restore(tx, caller, at, id, None, *subtree).await,
            Self::AddTags(tags) => retag(tx, caller, at, id, |own| own.with(tags)).await,
            Self::RemoveTags(tags) => retag(tx, caller, at, id, |own| Ok(own.without(tags))).await,
            Self::RenameTag { from, to } => {
                retag(tx, caller, at, id, |own| {
                    let renamed =
                        own.as_slice().iter().map(|tag| if tag == from { to } else { tag });
                    Tags::new(renamed.cloned().collect())
                })
                .await
            }
            Self::Move(parent) => {
                let to = TaskMove { id, parent: *parent, reason: None, expected_version: None };
                put_below(tx, caller, at, to).await
            }
        }
    }
}

async fn retag(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    id: TaskId,
    change: impl FnOnce(&Tags) -> Result<Tags, Invalid>,
) -> Result<Task> {
    let own = tx.live_task(id).await?.tags;
    let tags = change(&own).map_err(|e| e.at("tags"))?;
    let changes = TaskUpdate { tags: Patch::Set(tags), ..TaskUpdate::of(id) };
    let news = Changed { update: changes, sources: None, reverted: None };
    change_task(tx, caller, at, news).await
}
