//! `updateTask`.

use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::json;

use super::TaskManager;
use crate::{
    store::Tx,
    task::{
        Best, Caller, Description, Error, FieldChange, Happening, JsonObject, JsonValue,
        Objectives, Patch, Result, StrategyChoice, StrategyKind, Task, TaskName, TaskSettings,
        TaskStatus, TaskUpdate, check_json,
    },
};

impl TaskManager {
    /// Changes the fields that the update names; an update that changes nothing writes nothing.
    pub async fn update_task(&self, caller: &Caller, update: TaskUpdate) -> Result<Task> {
        check_documents(&update)?;
        let (caller, at) = (caller.clone(), self.now());
        self.store
            .write(move |tx| {
                let (caller, update) = (caller.clone(), update.clone());
                async move {
                    let before = tx.live_task(update.id).await?;
                    before.expect_version(update.expected_version)?;
                    let settings_before = tx.settings(update.id).await?;
                    let mut task = before.clone();
                    let mut settings = settings_before.clone();
                    let mut changes = apply(&mut task, &mut settings, &update)?;
                    change_model_state(tx, &update, &mut changes).await?;
                    if changes.is_empty() {
                        return Ok(before);
                    }
                    if settings != settings_before {
                        tx.update_settings(task.id, &settings).await?;
                    }
                    if settings.objectives != settings_before.objectives {
                        task.best = best_of_all(tx, &task, &settings.objectives).await?;
                    }
                    tx.record(&mut task, &caller, at, Happening::Updated { changes });
                    tx.update_task(&before, &task).await?;
                    Ok(task)
                }
                .boxed()
            })
            .await
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
        name,
        description,
        parameter_space,
        objectives,
        strategy,
        model_state: _,
        metadata,
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
    if change(&mut changes, "parameterSpace", &mut settings.parameter_space, space) {
        fixed_once_started(task, "parameterSpace")?;
        if task.trial_counts.total() > 0 {
            return Err(Error::TaskAlreadyStarted { field: "parameterSpace" });
        }
    }
    let had_objectives = !settings.objectives.is_empty();
    let objectives = objectives.resolve(Objectives::default);
    // A task from a file may have results before anybody has said what was measured.
    if change(&mut changes, "objectives", &mut settings.objectives, objectives) && had_objectives {
        fixed_once_started(task, "objectives")?;
    }
    let default = || StrategyChoice { kind: StrategyKind::Sobol, seed: None, initial_design: None };
    let strategy = strategy.resolve(default).map(|choice| choice.settle(id));
    let design = settings.strategy.initial_design;
    if change(&mut changes, "strategy", &mut settings.strategy, strategy)
        && settings.strategy.initial_design != design
    {
        fixed_once_started(task, "strategy.initialDesign")?;
    }
    let metadata = metadata.resolve(JsonObject::new);
    change(&mut changes, "metadata", &mut settings.metadata, metadata);
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

async fn best_of_all(tx: &mut Tx, task: &Task, objectives: &Objectives) -> Result<Option<Best>> {
    if task.trial_counts.total() == 0 {
        return Ok(None);
    }
    let trials = tx.all_trials(task.id).await?;
    Ok(trials.iter().fold(None, |best, trial| Best::after(best, trial, objectives)))
}
