//! `createTask` and `createTasks`.

use std::{collections::HashMap, sync::Arc};

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TaskManager, change::Change, enqueue::plan_trials, replay::Answer, warm_start::Known};
use crate::{
    store::Tx,
    task::{
        BatchItem, Caller, Error, FieldChange, Happening, Invalid, JsonValue, Lineage, NewTask,
        Owner, ParameterSpace, Point, Result, Task, TaskId, TaskName, TaskSettings, Timestamp,
        Trial, TrialOrigin, check_json,
    },
};

impl TaskManager {
    /// Makes a task, CREATED, with its initial designs as WAITING trials.
    pub async fn create_task(&self, caller: &Caller, new: NewTask) -> Result<Task> {
        let at = self.now();
        let draft = self.draft(caller, at, new).await?;
        let by = caller.clone();
        self.write(caller, move |tx| {
            let (by, draft) = (by.clone(), draft.clone());
            async move {
                let done = make_all(tx, &by, std::slice::from_ref(&draft)).await?;
                match done {
                    Ok(mut tasks) => tasks.pop().ok_or_else(|| Error::storage("no task was made")),
                    Err(mut refused) => Err(refused
                        .pop()
                        .map_or_else(|| Error::storage("nothing was refused"), |item| *item.error)),
                }
            }
            .boxed()
        })
        .await
    }

    /// Makes tasks, all of them or none. A task may be below one that comes before it.
    pub async fn create_tasks(&self, caller: &Caller, new: Vec<NewTask>) -> Result<TasksCreated> {
        if !(1..=Self::MAX_BATCH).contains(&new.len()) {
            let range = format!("1 to {} tasks", Self::MAX_BATCH);
            return Err(Invalid::new(range).at("tasks").into());
        }
        let at = self.now();
        let (mut drafts, mut refused) = (Vec::with_capacity(new.len()), Vec::new());
        let of = new.len();
        for (index, new) in new.into_iter().enumerate() {
            let id = new.id;
            // By age they are in the order of the batch. It takes longer to write it than that.
            let at = at + TimeDelta::microseconds(i64::try_from(index).unwrap_or_default());
            match self.draft(caller, at, new).await {
                Ok(draft) => drafts.push(draft),
                Err(error @ Error::Storage(_)) => return Err(error),
                Err(error) => refused.push(BatchItem { index, task: id, error: Box::new(error) }),
            }
        }
        if !refused.is_empty() {
            return Err(Error::BatchRefused { of, items: refused });
        }
        let (by, drafts) = (caller.clone(), Arc::new(drafts));
        self.write(caller, move |tx| {
            let (by, drafts) = (by.clone(), Arc::clone(&drafts));
            async move {
                match make_all(tx, &by, &drafts).await? {
                    Ok(tasks) => Ok(TasksCreated { tasks }),
                    Err(items) => Err(Error::BatchRefused { of: drafts.len(), items }),
                }
            }
            .boxed()
        })
        .await
    }

    /// What is known of a task before it is made: all that needs no lock.
    async fn draft(&self, caller: &Caller, at: Timestamp, new: NewTask) -> Result<Draft> {
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
            tags,
            parent,
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
            strategy: strategy.settle(id),
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
            tags,
            budget,
            cloned_from,
            ..Task::new(id, name, owner, at)
        };
        new_task.follow(&settings);
        let known = match cloned_from {
            Some(source) => Known::of_clone(self, source).await?,
            None => Known::default(),
        };
        let sources = self.read_sources(&settings, known).await?;
        let settings = Arc::new(settings);
        Ok(Draft { task: new_task, parent, settings, points, model_state, sources })
    }
}

/// A task that is to be made.
#[derive(Debug, Clone)]
struct Draft {
    task: Task,
    parent: Option<TaskId>,
    settings: Arc<TaskSettings>,
    points: Vec<Point>,
    model_state: Option<JsonValue>,
    /// The results that it begins with, or what is wrong with the tasks that it names.
    sources: Result<Option<String>, Invalid>,
}

/// The tasks that a batch has made, in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TasksCreated {
    /// The tasks.
    pub tasks: Vec<Task>,
}

impl Answer for TasksCreated {}

/// Makes tasks; gives those that stand in the way if there are some.
async fn make_all(
    tx: &mut Tx,
    caller: &Caller,
    drafts: &[Draft],
) -> Result<Result<Vec<Task>, Vec<BatchItem>>> {
    let (mut made, mut refused) = (Vec::with_capacity(drafts.len()), Vec::new());
    let mut lineages = HashMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        let id = draft.task.id;
        // Here and not before: a call that is repeated under its key later gets its earlier answer.
        if let Err(problem) = draft.task.budget.check_deadline(draft.task.created_at) {
            refused.push(BatchItem::new(index, id, problem.into()));
            continue;
        }
        if let Err(problem) = &draft.sources {
            refused.push(BatchItem::new(index, id, problem.clone().into()));
            continue;
        }
        match lineage_of(tx, draft, &lineages).await {
            Ok(lineage) if !lineages.contains_key(&id) => {
                lineages.insert(id, lineage.clone());
                made.push(draft.make(tx, caller, lineage));
            }
            Ok(_) => refused.push(BatchItem::new(index, id, Error::TaskAlreadyExists(id))),
            Err(error @ Error::Storage(_)) => return Err(error),
            Err(error) => refused.push(BatchItem::new(index, id, error)),
        }
    }
    let rows: Vec<_> =
        made.iter().map(|(draft, task, _)| (task.clone(), Arc::clone(&draft.settings))).collect();
    let there = if refused.is_empty() { tx.insert_tasks(&rows).await? } else { Vec::new() };
    let places = there.into_iter().filter_map(|id| {
        let index = drafts.iter().position(|draft| draft.task.id == id)?;
        Some(BatchItem::new(index, id, Error::TaskAlreadyExists(id)))
    });
    refused.extend(places);
    if !refused.is_empty() {
        refused.sort_by_key(|item| item.index);
        return Ok(Err(refused));
    }
    for (draft, task, trials) in &made {
        tx.insert_trials(trials).await?;
        if let Some(state) = &draft.model_state {
            tx.set_model_state(task.id, Some(state)).await?;
        }
        if let Ok(Some(sources)) = &draft.sources {
            tx.set_warm_start(task.id, Some(sources)).await?;
        }
    }
    Ok(Ok(made.into_iter().map(|(_, task, _)| task).collect()))
}

async fn lineage_of(
    tx: &mut Tx,
    draft: &Draft,
    made: &HashMap<TaskId, Lineage>,
) -> Result<Lineage> {
    let Some(parent) = draft.parent else { return Ok(Lineage::default()) };
    match made.get(&parent) {
        Some(lineage) => Ok(Lineage::of_child(parent, lineage).map_err(|e| e.at("parentId"))?),
        None => below(tx, parent).await,
    }
}

impl Draft {
    /// The task with its trials, and its event told; nothing of it is written yet.
    fn make(&self, tx: &mut Tx, caller: &Caller, lineage: Lineage) -> (&Self, Task, Vec<Trial>) {
        let task = Task { lineage, ..self.task.clone() };
        let mut change = Change::of_new(tx, caller, task.created_at, task);
        let changes = fields(&change.task, &self.settings, self.model_state.as_ref());
        change.record(Happening::Created { changes });
        let trials = plan_trials(&mut change, TrialOrigin::InitialDesign, self.points.clone());
        (self, change.task, trials)
    }
}

/// The lineage of a child of that task.
pub(super) async fn below(tx: &mut Tx, parent: TaskId) -> Result<Lineage> {
    tx.hold_tree().await?;
    let parent = tx.live_task(parent).await?;
    Ok(Lineage::of_child(parent.id, &parent.lineage).map_err(|e| e.at("parentId"))?)
}

/// Every field of a task that has a value, as the event of its making tells it.
pub(super) fn fields(
    task: &Task,
    settings: &TaskSettings,
    model_state: Option<&JsonValue>,
) -> Vec<FieldChange> {
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
        ("modelState", model_state.cloned()),
        ("priority", Some(json!(task.priority))),
        ("owner", Some(json!(task.owner))),
        ("labels", Some(json!(task.labels))),
        ("tags", Some(json!(task.tags))),
        ("parentId", task.lineage.parent().map(|parent| json!(parent))),
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
