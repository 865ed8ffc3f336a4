//! Which trials and events.

use async_graphql::{ID, InputObject};

use super::{
    filter::{NumberBounds, TaskFilter, checked_text, listed},
    ids,
};
use crate::{
    api::{
        scalar::ParameterScalar,
        types::{EventKind, TrialOrigin, TrialState},
    },
    task::{self, Bounds, Invalid, ParameterTest, WorkerName},
};

/// Which trials of a task. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::api) struct TrialFilter {
    /// In one of these states.
    states: Option<Vec<TrialState>>,
    /// From one of these origins.
    origins: Option<Vec<TrialOrigin>>,
    /// `true`: only those in the space that the task has now; `false`: only those outside.
    in_space: Option<bool>,
    /// That one of these workers has, or had last.
    workers: Option<Vec<String>>,
    /// Whose points have such values.
    parameters: Option<Vec<ParameterFilter>>,
    /// With such measured values.
    values: Option<Vec<ValueFilter>>,
}

/// What the value of a parameter is. Everything that is given must hold; a point that does not have the parameter never passes.
#[derive(Debug, Clone, InputObject)]
struct ParameterFilter {
    /// The name of the parameter.
    name: String,
    /// One of these values.
    r#in: Option<Vec<Option<ParameterScalar>>>,
    /// A number, and at least this.
    min: Option<f64>,
    /// A number, and at most this.
    max: Option<f64>,
}

/// What was measured of an objective. A trial without a result never passes.
#[derive(Debug, Clone, InputObject)]
struct ValueFilter {
    /// The name of the objective.
    objective: String,
    /// The bounds of what was measured.
    #[graphql(flatten)]
    bounds: NumberBounds,
}

impl TryFrom<TrialFilter> for task::TrialFilter {
    type Error = Invalid;

    fn try_from(filter: TrialFilter) -> Result<Self, Invalid> {
        let TrialFilter { states, origins, in_space, workers, parameters, values } = filter;
        let workers = listed(workers.unwrap_or_default(), WorkerName::new);
        let parameters = listed(parameters.unwrap_or_default(), test);
        let values = listed(values.unwrap_or_default(), |ValueFilter { objective, bounds }| {
            let objective = checked_text(objective).map_err(|e| e.at("objective"))?;
            Ok((objective, Bounds { from: bounds.min, to: bounds.max }))
        });
        Ok(Self {
            states: states.unwrap_or_default().into_iter().map(Into::into).collect(),
            origins: origins.unwrap_or_default().into_iter().map(Into::into).collect(),
            on_front: false,
            in_space,
            workers: workers.map_err(|e| e.at("workers"))?,
            parameters: parameters.map_err(|e| e.at("parameters"))?,
            values: values.map_err(|e| e.at("values"))?,
        })
    }
}

fn test(filter: ParameterFilter) -> Result<ParameterTest, Invalid> {
    let ParameterFilter { name, r#in, min, max } = filter;
    let one_of = listed(r#in.unwrap_or_default(), |value| Ok(ParameterScalar::value(value)));
    Ok(ParameterTest {
        name: checked_text(name).map_err(|e| e.at("name"))?,
        one_of: one_of.map_err(|e| e.at("in"))?,
        bounds: Bounds { from: min, to: max },
    })
}

/// Which events. Every field that is given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub(in crate::api) struct TaskEventFilter {
    /// Of one of these tasks (1,000 at most) or its trials.
    task_ids: Option<Vec<ID>>,
    /// Of tasks that matched this at the event, deleted or not; with `deleted: true`, of deleted ones only. The answer is
    /// the same live and later. Conditions about trials (`trials`, `bestValue`) are refused: the versions of a task do not
    /// tell of its trials.
    tasks: Option<TaskFilter>,
    /// Of one of these kinds.
    kinds: Option<Vec<EventKind>>,
}

impl TryFrom<TaskEventFilter> for task::EventFilter {
    type Error = Invalid;

    fn try_from(filter: TaskEventFilter) -> Result<Self, Invalid> {
        let TaskEventFilter { task_ids, tasks, kinds } = filter;
        let passing: Result<Option<task::TaskFilter>, Invalid> =
            tasks.map(TryInto::try_into).transpose();
        let passing = passing.map_err(|e| e.at("tasks"))?;
        if passing.as_ref().is_some_and(|filter| filter.condition.is_about_trials()) {
            let what = "events are not found by what has become of the trials of their tasks";
            return Err(Invalid::new(what).at("tasks"));
        }
        Ok(Self {
            tasks: ids("taskIds", &task_ids.unwrap_or_default())?,
            kinds: kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            passing,
        })
    }
}
