//! `createTask`.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use serde_json::json;

use super::{TaskManager, change::Change, enqueue::plan_trials};
use crate::{
    store::TaskRecord,
    task::{
        Caller, FieldChange, Happening, JsonValue, NewTask, Owner, ParameterSpace, Result, Seed,
        StrategySettings, Task, TaskId, TaskName, TaskSettings, TrialOrigin, check_json,
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
            priority,
            owner,
            labels,
            budget,
            constraints,
            policy,
            pruning,
            cloned_from,
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
            constraints,
            policy,
            pruning,
        };
        settings.check(id, &budget)?;
        let points = settings.admit_points(&initial_designs).map_err(|e| e.at("initialDesigns"))?;
        let name = match name {
            Some(name) => name,
            None => TaskName::new(id.default_name())?,
        };
        let owner = owner.unwrap_or_else(|| Owner::from(&caller.actor));
        let mut new_task = Task {
            description,
            priority,
            labels,
            budget,
            cloned_from,
            ..Task::new(id, name, owner, at)
        };
        new_task.follow(&settings);
        let sources = self.read_sources(&settings).await?;
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (task, sources) = (new_task.clone(), sources.clone());
            let (by, settings, points, model_state) =
                (by.clone(), settings.clone(), points.clone(), model_state.clone());
            async move {
                let mut change = Change::of_new(tx, &by, at, task);
                let record = TaskRecord {
                    task: change.task.clone(),
                    settings,
                    model_state,
                    trials: Vec::new(),
                    reports: BTreeMap::new(),
                };
                change.record(Happening::Created { changes: fields(&record) });
                let TaskRecord { settings, model_state, .. } = record;
                let trials = plan_trials(&mut change, TrialOrigin::InitialDesign, points);
                let Change { tx, task, .. } = change;
                tx.insert_task(&task, &settings).await?;
                tx.insert_trials(&trials).await?;
                if let Some(state) = &model_state {
                    tx.set_model_state(task.id, Some(state)).await?;
                }
                if let Some(sources) = &sources {
                    tx.set_warm_start(task.id, Some(sources)).await?;
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
    let TaskRecord { task, settings, model_state, trials: _, reports: _ } = record;
    let TaskSettings {
        parameter_space,
        objectives,
        strategy,
        metadata,
        constraints,
        policy,
        pruning,
    } = settings;
    [
        ("name", Some(json!(task.name))),
        ("description", Some(json!(task.description))),
        ("status", Some(json!(task.status))),
        ("parameterSpace", parameter_space.as_ref().map(ParameterSpace::told)),
        ("objectives", Some(json!(objectives))),
        ("strategy", Some(json!(strategy))),
        ("metadata", Some(json!(metadata))),
        ("modelState", model_state.clone()),
        ("priority", Some(json!(task.priority))),
        ("owner", Some(json!(task.owner))),
        ("labels", Some(json!(task.labels))),
        ("budget", Some(json!(task.budget))),
        ("constraints", Some(json!(constraints))),
        ("trialPolicy", Some(json!(policy))),
        ("pruning", Some(json!(pruning))),
        // What is 1 need not be told.
        ("spaceVersion", (task.space_version > 1).then(|| json!(task.space_version))),
        ("clonedFrom", task.cloned_from.map(|id| json!(id))),
    ]
    .into_iter()
    .filter(|(_, value)| value.is_some())
    .map(|(field, new)| FieldChange { field: field.into(), old: None, new })
    .collect()
}
