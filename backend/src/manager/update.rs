//! `updateTask`, and `revertTask`, which is an update to what once was.

use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::json;

use super::{
    TaskManager, abandon::abandon_outside, change::Change, tree::relocate, warm_start::Known,
};
use crate::{
    store::Tx,
    strategy,
    task::{
        Actor, Budget, Caller, Constraints, Description, Error, FieldChange, Happening, Invalid,
        JsonObject, JsonValue, Labels, Moment, Objectives, Owner, ParameterSpace, Patch, Priority,
        Pruning, Reason, Result, Revert, Seed, StrategySettings, Tags, Task, TaskId, TaskName,
        TaskSettings, TaskStatus, TaskUpdate, Timestamp, TrialPolicy, Version, check_json,
    },
};

impl TaskManager {
    /// Changes the fields that the update names; an update that changes nothing writes nothing.
    pub async fn update_task(&self, caller: &Caller, update: TaskUpdate) -> Result<Task> {
        self.update(caller, update, None).await
    }

    /// Gives a task the settings again that it had at a version, by the rules of any other update, as
    /// one new change. One that has them already stays as it is.
    pub async fn revert_task(&self, caller: &Caller, revert: Revert) -> Result<Task> {
        let Revert { id, to, reason, expected_version } = revert;
        // What a version was does not change any more, so it need not be read under the lock.
        let past = self.store.past_task(id, Moment::Version(to)).await?;
        let parent = past.parent()?;
        let update = TaskUpdate { expected_version, reason, ..past.into_update()? };
        self.update(caller, update, Some(Reverted { to, parent })).await
    }

    async fn update(
        &self,
        caller: &Caller,
        update: TaskUpdate,
        reverted: Option<Reverted>,
    ) -> Result<Task> {
        check_documents(&update)?;
        let sources = self.sources_after(&update, reverted.is_some()).await?;
        let at = self.now();
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, update, sources) = (by.clone(), update.clone(), sources.clone());
            let changed = Changed { update, sources, reverted };
            async move {
                if changed.reverted.is_some() {
                    tx.lock_tree().await?;
                }
                change_task(tx, &by, at, changed).await
            }
            .boxed()
        })
        .await
    }
}

impl TaskManager {
    /// The results of other tasks that a task is to begin with after an update, if that may be news.
    pub(super) async fn sources_after(
        &self,
        update: &TaskUpdate,
        reverts: bool,
    ) -> Result<Sources> {
        if !update.may_change_sources() {
            return Ok(None);
        }
        let snapshot = self.store.at_one_moment().await?;
        let task = snapshot.task(update.id).await?;
        let found = match &task {
            Some(_) => Some(snapshot.settings(update.id).await?),
            None => None,
        };
        let written = snapshot.warm_start(update.id).await?;
        snapshot.end().await;
        // What is wrong with the update is told under the lock of the task.
        let Some((mut settings, mut task)) = found.zip(task) else { return Ok(None) };
        let before = settings.clone();
        let had = !settings.strategy.tuning.warm_start.is_empty();
        if update.changes_only_the_space() && !task.is_unstarted() {
            // What was written down is carried over, whatever has become of the other tasks since.
            return Ok(None);
        }
        if apply(&mut task, &mut settings, update).is_err() {
            return Ok(None);
        }
        // What was written down says the same only of the same objectives and constraints.
        let same = (&before.objectives, &before.constraints)
            == (&settings.objectives, &settings.constraints);
        let written = match written.filter(|_| same) {
            Some(written) => Some(strategy::carry_over(&before, &settings, &written)?),
            None => None,
        };
        let known = Known::of(written.as_deref(), reverts)?;
        let sources = self.read_sources(&settings, known).await?;
        let news = had || !matches!(sources, Ok(None));
        Ok(news.then_some(sources))
    }
}

/// The results of other tasks that a task is to begin with, or what is wrong with those that it names;
/// none if that is no news.
pub(super) type Sources = Option<Result<Option<String>, Invalid>>;

/// A way back to a version.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reverted {
    /// The version.
    pub(super) to: Version,
    /// Its parent.
    pub(super) parent: Option<TaskId>,
}

/// An update with what was looked up for it.
pub(super) struct Changed {
    pub(super) update: TaskUpdate,
    /// The results of other tasks that the task is to begin with, if that may be news.
    pub(super) sources: Sources,
    /// The version whose settings it is to have again, if that is what the update does.
    pub(super) reverted: Option<Reverted>,
}

/// The same in a transaction that may do more. What is refused has changed nothing.
pub(super) async fn change_task(
    tx: &mut Tx,
    caller: &Caller,
    at: Timestamp,
    news: Changed,
) -> Result<Task> {
    let Changed { update, sources, reverted } = news;
    tx.live_task(update.id).await?.expect_version(update.expected_version)?;
    let moved = match reverted {
        Some(Reverted { parent, .. }) => move_back(tx, update.id, parent).await?,
        None => None,
    };
    let mut change = Change::of_live(tx, caller, at, update.id).await?;
    let before = change.task.clone();
    let settings_before = change.tx.settings(update.id).await?;
    let (labels_before, budget_before) = (change.task.labels.clone(), change.task.budget);
    let mut settings = TaskSettings::clone(&settings_before);
    let unstarted = change.task.is_unstarted();
    let mut changes = apply(&mut change.task, &mut settings, &update)?;
    changes.extend(moved);
    let another_space = settings.parameter_space != settings_before.parameter_space;
    if another_space && !unstarted {
        changes.push(raise_space_version(&mut change.task, at));
    }
    change_model_state(change.tx, &update, &mut changes).await?;
    if changes.is_empty() {
        return Ok(change.task);
    }
    // A task that was made before there was a rule can still be given another name.
    if change.task.budget.deadline != budget_before.deadline && reverted.is_none() {
        change.task.budget.check_deadline(at)?;
    }
    if settings != *settings_before || change.task.budget != budget_before {
        settings.check(update.id, &change.task.budget)?;
    }
    if settings != *settings_before {
        change.tx.update_settings(update.id, &settings).await?;
        if let Some(sources) = sources {
            change.tx.set_warm_start(update.id, sources?.as_deref()).await?;
        } else if another_space && let Some(written) = change.tx.warm_start(update.id).await? {
            let written = strategy::carry_over(&settings_before, &settings, &written)?;
            change.tx.set_warm_start(update.id, Some(&written)).await?;
        }
    }
    if change.task.labels != labels_before {
        change.tx.set_labels(update.id, &change.task.labels).await?;
    }
    let has_trials = change.task.trial_counts.total() > 0;
    if has_trials
        && (settings.objectives != settings_before.objectives
            || settings.constraints != settings_before.constraints
            || another_space)
    {
        change.recount_results(&settings, None).await?;
    }
    change.task.follow(&settings);
    let after = Some((&change.task, &settings));
    change.tx.note_findable(Some((&before, &settings_before)), after);
    let (reason, reverted_to) = (update.reason.clone(), reverted.map(|reverted| reverted.to));
    change.record(Happening::Updated { changes, reason, reverted_to });
    if another_space {
        abandon_outside(&mut change).await?;
    }
    if change.task.proposes {
        let reason = Reason::new("the server itself proposes the points now")?;
        change.end_strategist(Some(reason));
    }
    change.save().await
}

/// Puts a task below the parent that it had; the tree is locked.
async fn move_back(
    tx: &mut Tx,
    task: TaskId,
    parent: Option<TaskId>,
) -> Result<Option<FieldChange>> {
    match (relocate(tx, task, parent).await, parent) {
        (Err(Error::TaskNotFound(_)), Some(parent)) => Err(Error::ParentDeleted { task, parent }),
        (moved, _) => moved,
    }
}

fn check_documents(update: &TaskUpdate) -> Result<()> {
    if let Patch::Set(metadata) = &update.metadata {
        check_json(&JsonValue::Object(metadata.clone()), TaskSettings::MAX_METADATA_BYTES)
            .map_err(|e| e.at("metadata"))?;
    }
    if let Patch::Set(state) = &update.model_state {
        check_json(state, TaskSettings::MAX_MODEL_STATE_BYTES).map_err(|e| e.at("modelState"))?;
    }
    Ok(())
}

/// Applies the update to the task and its settings, and lists what has really changed.
fn apply(
    task: &mut Task,
    settings: &mut TaskSettings,
    update: &TaskUpdate,
) -> Result<Vec<FieldChange>> {
    let TaskUpdate {
        id,
        expected_version: _,
        reason: _,
        name,
        description,
        parameter_space,
        objectives,
        strategy,
        model_state: _,
        metadata,
        priority,
        owner,
        labels,
        tags,
        budget,
        constraints,
        policy,
        pruning,
    } = update.clone();
    let mut changes = Vec::new();
    let default_name = TaskName::new(id.default_name())?;
    change(&mut changes, "name", &mut task.name, name.resolve(|| default_name));
    let description = description.resolve(Description::default);
    change(&mut changes, "description", &mut task.description, description);

    let space = match parameter_space {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(space) => Some(Some(space)),
    };
    if let Some(space) = space.filter(|space| *space != settings.parameter_space) {
        task.change_space(settings.parameter_space.as_ref(), space.as_ref())?;
        let told = |space: &Option<ParameterSpace>| space.as_ref().map(ParameterSpace::told);
        let (old, new) = (told(&settings.parameter_space), told(&space));
        changes.push(FieldChange { field: "parameterSpace".into(), old, new });
        settings.parameter_space = space;
    }
    let had_objectives = !settings.objectives.is_empty();
    let objectives = objectives.resolve(Objectives::default);
    // A task from a file may have results before anybody has said what was measured.
    if change(&mut changes, "objectives", &mut settings.objectives, objectives) && had_objectives {
        fixed_once_started(task, "objectives")?;
    }
    let strategy = match strategy {
        Patch::Keep => None,
        Patch::Clear => Some(StrategySettings::default_with(Seed::of_task(id))),
        Patch::Set(choice) => Some(choice.settle(id)),
    };
    let design = settings.strategy.initial_design;
    if change(&mut changes, "strategy", &mut settings.strategy, strategy)
        && settings.strategy.initial_design != design
    {
        fixed_once_started(task, "strategy.initialDesign")?;
    }
    let metadata = metadata.resolve(JsonObject::new);
    change(&mut changes, "metadata", &mut settings.metadata, metadata);

    change(&mut changes, "priority", &mut task.priority, priority.resolve(Priority::default));
    let nobody = Owner::from(&Actor::anonymous());
    change(&mut changes, "owner", &mut task.owner, owner.resolve(|| nobody));
    change(&mut changes, "labels", &mut task.labels, labels.resolve(Labels::default));
    change(&mut changes, "tags", &mut task.tags, tags.resolve(Tags::default));
    change(&mut changes, "budget", &mut task.budget, budget.resolve(Budget::default));
    let constraints = constraints.resolve(Constraints::default);
    if change(&mut changes, "constraints", &mut settings.constraints, constraints) {
        fixed_once_started(task, "constraints")?;
    }
    let policy = policy.resolve(TrialPolicy::default);
    change(&mut changes, "trialPolicy", &mut settings.policy, policy);
    let pruning = pruning.resolve(Pruning::default);
    change(&mut changes, "pruning", &mut settings.pruning, pruning);
    Ok(changes)
}

/// Sets a field to its new value, if it has one that differs, and notes the change.
fn change<T: PartialEq + Serialize>(
    changes: &mut Vec<FieldChange>,
    field: &str,
    place: &mut T,
    new: Option<T>,
) -> bool {
    let Some(new) = new.filter(|new| new != place) else { return false };
    let present = |value: &T| Some(json!(value)).filter(|value| !value.is_null());
    changes.push(FieldChange { field: field.into(), old: present(place), new: present(&new) });
    *place = new;
    true
}

/// A space in which something was tried before has got another version.
fn raise_space_version(task: &mut Task, at: Timestamp) -> FieldChange {
    let old = Some(json!(task.space_version));
    task.space_version += 1;
    task.space_changed_at = Some(at);
    FieldChange { field: "spaceVersion".into(), old, new: Some(json!(task.space_version)) }
}

fn fixed_once_started(task: &Task, field: &'static str) -> Result<()> {
    match (task.status, task.started_at) {
        (TaskStatus::Created, None) => Ok(()),
        _ => Err(Error::TaskAlreadyStarted { field }),
    }
}

async fn change_model_state(
    tx: &mut Tx,
    update: &TaskUpdate,
    changes: &mut Vec<FieldChange>,
) -> Result<()> {
    let new = match &update.model_state {
        Patch::Keep => return Ok(()),
        Patch::Clear => None,
        Patch::Set(state) => Some(state.clone()),
    };
    let old = tx.model_state(update.id).await?;
    if old != new {
        tx.set_model_state(update.id, new.as_ref()).await?;
        changes.push(FieldChange { field: "modelState".into(), old, new });
    }
    Ok(())
}
