//! `createTask`.

use futures_util::FutureExt as _;
use serde_json::json;

use super::{TaskManager, enqueue::plan_trials};
use crate::{
    store::TaskRecord,
    task::{
        Caller, FieldChange, Happening, JsonValue, NewTask, Result, Seed, StrategySettings, Task,
        TaskId, TaskName, TaskSettings, TaskStatus, TrialCounts, TrialOrigin, check_json,
    },
};

impl TaskManager {
    /// Makes a task, CREATED, with its initial designs as WAITING trials.
    pub async fn create_task(&self, caller: &Caller, new: NewTask) -> Result<Task> {
        let at = self.now();
        let NewTask {
            id,
            name,
            description,
            parameter_space,
            objectives,
            strategy,
            initial_designs,
            model_state,
            metadata,
        } = new;
        let id = id.unwrap_or_else(TaskId::random);
        check_json(&JsonValue::Object(metadata.clone()), TaskSettings::MAX_METADATA_BYTES)
            .map_err(|e| e.at("metadata"))?;
        if let Some(state) = &model_state {
            check_json(state, TaskSettings::MAX_MODEL_STATE_BYTES)
                .map_err(|e| e.at("modelState"))?;
        }
        let settings = TaskSettings {
            parameter_space,
            objectives,
            strategy: match strategy {
                Some(choice) => choice.settle(id),
                None => StrategySettings::default_with(Seed::of_task(id)),
            },
            metadata,
        };
        let points = settings.admit_points(&initial_designs).map_err(|e| e.at("initialDesigns"))?;
        let new_task = Task {
            id,
            name: match name {
                Some(name) => name,
                None => TaskName::new(id.default_name())?,
            },
            description,
            status: TaskStatus::Created,
            status_reason: None,
            version: 0,
            sequence: 0,
            created_at: at,
            updated_at: at,
            started_at: None,
            finished_at: None,
            deleted_at: None,
            trial_counts: TrialCounts::default(),
            best: None,
            proposed: 0,
        };
        let caller = caller.clone();
        self.store
            .write(move |tx| {
                let mut task = new_task.clone();
                let (caller, settings, points, model_state) =
                    (caller.clone(), settings.clone(), points.clone(), model_state.clone());
                async move {
                    let changes = fields(&TaskRecord {
                        task: task.clone(),
                        settings: settings.clone(),
                        model_state: model_state.clone(),
                        trials: Vec::new(),
                    });
                    tx.record(&mut task, &caller, at, Happening::Created { changes });
                    let trials =
                        plan_trials(tx, &mut task, &caller, at, TrialOrigin::InitialDesign, points);
                    tx.insert_task(&task, &settings).await?;
                    tx.insert_trials(&trials).await?;
                    if let Some(state) = &model_state {
                        tx.set_model_state(task.id, Some(state)).await?;
                    }
                    Ok(task)
                }
                .boxed()
            })
            .await
    }
}

/// Every field of a task that has a value, as the event of its making tells it.
pub(super) fn fields(record: &TaskRecord) -> Vec<FieldChange> {
    let TaskRecord { task, settings, model_state, trials: _ } = record;
    let TaskSettings { parameter_space, objectives, strategy, metadata } = settings;
    [
        ("name", Some(json!(task.name))),
        ("description", Some(json!(task.description))),
        ("status", Some(json!(task.status))),
        ("parameterSpace", parameter_space.as_ref().map(|space| json!(space))),
        ("objectives", Some(json!(objectives))),
        ("strategy", Some(json!(strategy))),
        ("metadata", Some(json!(metadata))),
        ("modelState", model_state.clone()),
    ]
    .into_iter()
    .filter(|(_, value)| value.is_some())
    .map(|(field, new)| FieldChange { field: field.into(), old: None, new })
    .collect()
}
