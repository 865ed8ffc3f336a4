//! Inputs of the mutations of tasks.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::{
    id,
    life::because,
    policy::{BudgetInput, OutcomeConstraintInput, PruningInput, TrialPolicyInput, constraints},
    settings::{ObjectiveInput, objectives},
    space::ParameterSpaceInput,
    strategy::StrategyInput,
};
use crate::{
    api::scalar::{Json, JsonMap},
    task::{
        CloneTask, Description, Invalid, Labels, NewTask, Objectives, Owner, Patch, Priority, Tags,
        TaskId, TaskName, TaskUpdate,
    },
};

/// A task to be made. Everything may be left out; a task needs a parameter space and objectives only to start.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct CreateTaskInput {
    /// The id, a UUID, if you want to choose it. Choosing it makes the call safe to send twice: the second is refused.
    id: Option<ID>,
    /// The name, at most 200 characters. Left out, it is `Task_` and the first eight characters of the id.
    name: Option<String>,
    /// What the task is about, at most 10,000 characters.
    description: Option<String>,
    /// The parameters to search.
    parameter_space: Option<ParameterSpaceInput>,
    /// What is measured, at most 16 objectives.
    objectives: Option<Vec<ObjectiveInput>>,
    /// What proposes the points; AUTO if left out.
    strategy: Option<StrategyInput>,
    /// Points to try first, at most 1,000: for each, the name of every parameter and its value.
    initial_designs: Option<Vec<JsonMap>>,
    /// A checkpoint of your own model, at most 512 KiB.
    model_state: Option<Json>,
    /// Whatever you want to keep with the task, at most 64 KiB.
    metadata: Option<JsonMap>,
    /// Which task goes first in the queue: the larger number, from -1,000,000 to 1,000,000; 0 if left out.
    priority: Option<i64>,
    /// On whose behalf it runs, at most 100 characters; whoever makes it if left out. Owners take turns in the queue.
    owner: Option<String>,
    /// What a worker must be able to do to get its trials from the queue, at most 32 labels.
    labels: Option<Vec<String>>,
    /// Words by which you keep it apart from others, at most 64 of at most 100 characters. Upper and lower case are the same
    /// tag, kept in lower case.
    tags: Option<Vec<String>>,
    /// The task that it is a part of; a root if left out. At most 32 levels below a root.
    parent_id: Option<ID>,
    /// When it has had enough.
    budget: Option<BudgetInput>,
    /// What it does about workers that fail, die or come late.
    trial_policy: Option<TrialPolicyInput>,
    /// Which trials are stopped early; none if left out. Only for a task with one objective.
    pruning: Option<PruningInput>,
    /// What a result must satisfy to count as good, at most 32 constraints.
    constraints: Option<Vec<OutcomeConstraintInput>>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<CreateTaskInput> for NewTask {
    type Error = Invalid;

    fn try_from(input: CreateTaskInput) -> Result<Self, Invalid> {
        let CreateTaskInput {
            id: chosen,
            name,
            description,
            parameter_space,
            objectives: measured,
            strategy,
            initial_designs,
            model_state,
            metadata,
            priority,
            owner,
            labels,
            tags,
            parent_id,
            budget,
            trial_policy,
            pruning,
            constraints: thresholds,
            idempotency_key: _,
        } = input;
        Ok(Self {
            id: chosen.map(|chosen| id("id", &chosen)).transpose()?,
            name: name.map(TaskName::new).transpose().map_err(|e| e.at("name"))?,
            description: Description::new(description.unwrap_or_default())
                .map_err(|e| e.at("description"))?,
            parameter_space: parameter_space
                .map(TryInto::try_into)
                .transpose()
                .map_err(|e: Invalid| e.at("parameterSpace"))?,
            objectives: objectives(measured.unwrap_or_default()).map_err(|e| e.at("objectives"))?,
            strategy: strategy
                .map(TryInto::try_into)
                .transpose()
                .map_err(|e: Invalid| e.at("strategy"))?
                .unwrap_or_default(),
            initial_designs: initial_designs.unwrap_or_default().into_iter().map(|p| p.0).collect(),
            model_state: model_state.map(|state| state.0),
            metadata: metadata.unwrap_or_default().0,
            priority: priority
                .map(Priority::new)
                .transpose()
                .map_err(|e| e.at("priority"))?
                .unwrap_or_default(),
            owner: owner.map(Owner::new).transpose().map_err(|e| e.at("owner"))?,
            labels: Labels::new(labels.unwrap_or_default()).map_err(|e| e.at("labels"))?,
            tags: Tags::of_texts(tags.unwrap_or_default()).map_err(|e| e.at("tags"))?,
            parent: parent_id.map(|parent| id("parentId", &parent)).transpose()?,
            budget: or_default("budget", budget)?,
            policy: or_default("trialPolicy", trial_policy)?,
            pruning: or_default("pruning", pruning)?,
            constraints: constraints(thresholds.unwrap_or_default())
                .map_err(|e| e.at("constraints"))?,
            cloned_from: None,
        })
    }
}

/// Another task like one that there is: its space, objectives, strategy, constraints, budget (but for a deadline that has
/// passed), policy, pruning, labels, tags, metadata, description, parent, and the points that were given with it to be
/// tried first. It is CREATED, without any other trials.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct CloneTaskInput {
    /// The task to be cloned, whatever its status.
    id: ID,
    /// The id of the new one, a UUID, if you want to choose it.
    new_id: Option<ID>,
    /// The name of the new one; that of the task if left out.
    name: Option<String>,
    /// Whether the strategy begins with the results of the task, as they are now. Only for strategies that learn: AUTO,
    /// GP, TPE and NSGA2.
    #[graphql(default = false)]
    with_results: bool,
    /// Whether the strategy has the same seed. Without results, it then proposes the same points.
    #[graphql(default = false)]
    keep_seed: bool,
    /// On whose behalf the new one runs; whoever makes it if left out.
    owner: Option<String>,
    /// Its place in the queue; that of the task if left out.
    priority: Option<i64>,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

impl TryFrom<CloneTaskInput> for CloneTask {
    type Error = Invalid;

    fn try_from(input: CloneTaskInput) -> Result<Self, Invalid> {
        let CloneTaskInput {
            id: task,
            new_id,
            name,
            with_results,
            keep_seed,
            owner,
            priority,
            idempotency_key: _,
        } = input;
        Ok(Self {
            id: id("id", &task)?,
            new_id: new_id.map(|chosen| id("newId", &chosen)).transpose()?,
            name: name.map(TaskName::new).transpose().map_err(|e| e.at("name"))?,
            owner: owner.map(Owner::new).transpose().map_err(|e| e.at("owner"))?,
            priority: priority.map(Priority::new).transpose().map_err(|e| e.at("priority"))?,
            with_results,
            keep_seed,
        })
    }
}

fn or_default<I, T>(field: &str, input: Option<I>) -> Result<T, Invalid>
where
    T: TryFrom<I, Error = Invalid> + Default,
{
    let given = input.map(T::try_from).transpose().map_err(|e| e.at(field))?;
    Ok(given.unwrap_or_default())
}

/// Changes to a task. A field that is left out stays; `null` sets it back to its default. Status, trials and results
/// have mutations of their own.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct UpdateTaskInput {
    /// The task.
    id: ID,
    /// Change the task only if it is at this version; else `VERSION_CONFLICT`.
    expected_version: Option<i64>,
    /// What is changed.
    #[graphql(flatten)]
    changes: TaskChanges,
    /// Makes the call safe to send twice.
    pub(in crate::api) idempotency_key: Option<String>,
}

/// Changes to one or many tasks. A field that is left out stays; `null` sets it back to its default.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TaskChanges {
    /// The name; `null`: `Task_` and the first eight characters of the id.
    name: MaybeUndefined<String>,
    /// What the task is about; `null`: empty.
    description: MaybeUndefined<String>,
    /// The parameters to search; `null`: none. Once the task has been started or has trials, the parameters, their kinds
    /// and when they exist stay, or else `INCOMPATIBLE_SPACE`; ranges, steps, scales, choices, fixed values, constraints
    /// and candidates may change until it is COMPLETED. `spaceChangePreview` tells before what becomes of the results.
    parameter_space: MaybeUndefined<ParameterSpaceInput>,
    /// What is measured; `null`: nothing yet. Fixed once the task has been started.
    objectives: MaybeUndefined<Vec<ObjectiveInput>>,
    /// What proposes the points; `null`: AUTO. The initial design is fixed once the task has been started.
    strategy: MaybeUndefined<StrategyInput>,
    /// A checkpoint of your own model; `null`: none.
    model_state: MaybeUndefined<Json>,
    /// Whatever you want to keep with the task, replaced as a whole; `null`: `{}`.
    metadata: MaybeUndefined<JsonMap>,
    /// Its place in the queue; `null`: 0. It may change at any time.
    priority: MaybeUndefined<i64>,
    /// On whose behalf it runs; `null`: anonymous.
    owner: MaybeUndefined<String>,
    /// What its workers must be able to do; `null`: nothing.
    labels: MaybeUndefined<Vec<String>>,
    /// Its tags, replaced as a whole; `null`: none. `addTags` and `removeTags` change some.
    tags: MaybeUndefined<Vec<String>>,
    /// When it has had enough, replaced as a whole; `null`: never.
    budget: MaybeUndefined<BudgetInput>,
    /// What it does about workers that fail, die or come late, replaced as a whole; `null`: the default.
    trial_policy: MaybeUndefined<TrialPolicyInput>,
    /// Which trials are stopped early, replaced as a whole; `null`: none.
    pruning: MaybeUndefined<PruningInput>,
    /// What a result must satisfy; `null`: nothing. Fixed once the task has been started.
    constraints: MaybeUndefined<Vec<OutcomeConstraintInput>>,
    /// Why it is changed, 1 to 2,000 characters. It is told in the event and kept with the version.
    reason: Option<String>,
}

/// A field of a partial update, in the words of the domain.
fn patch<I, T>(
    field: &str,
    value: MaybeUndefined<I>,
    check: impl FnOnce(I) -> Result<T, Invalid>,
) -> Result<Patch<T>, Invalid> {
    Ok(match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(check(value).map_err(|e| e.at(field))?),
    })
}

impl TryFrom<UpdateTaskInput> for TaskUpdate {
    type Error = Invalid;

    fn try_from(input: UpdateTaskInput) -> Result<Self, Invalid> {
        let UpdateTaskInput { id: task, expected_version, changes, idempotency_key: _ } = input;
        Ok(Self { expected_version, ..changes.of(id("id", &task)?)? })
    }
}

impl TaskChanges {
    /// The changes of that task.
    pub(in crate::api) fn of(self, id: TaskId) -> Result<TaskUpdate, Invalid> {
        let Self {
            name,
            description,
            parameter_space,
            objectives: measured,
            strategy,
            model_state,
            metadata,
            priority,
            owner,
            labels,
            tags,
            budget,
            trial_policy,
            pruning,
            constraints: thresholds,
            reason,
        } = self;
        Ok(TaskUpdate {
            id,
            expected_version: None,
            reason: because(reason)?,
            name: patch("name", name, TaskName::new)?,
            description: patch("description", description, Description::new)?,
            parameter_space: patch("parameterSpace", parameter_space, TryInto::try_into)?,
            objectives: patch::<_, Objectives>("objectives", measured, objectives)?,
            strategy: patch("strategy", strategy, TryInto::try_into)?,
            model_state: patch("modelState", model_state, |state| Ok(state.0))?,
            metadata: patch("metadata", metadata, |metadata| Ok(metadata.0))?,
            priority: patch("priority", priority, Priority::new)?,
            owner: patch("owner", owner, Owner::new)?,
            labels: patch("labels", labels, Labels::new)?,
            tags: patch("tags", tags, Tags::of_texts)?,
            budget: patch("budget", budget, TryInto::try_into)?,
            policy: patch("trialPolicy", trial_policy, TryInto::try_into)?,
            pruning: patch("pruning", pruning, TryInto::try_into)?,
            constraints: patch("constraints", thresholds, constraints)?,
        })
    }
}
