//! The trial.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::Task;
use crate::{
    api::{
        error::Result,
        loader::{Gathered, TaskKey},
        scalar::{DateTime, JsonMap},
    },
    task,
};

/// Where a trial stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::TrialState")]
pub(in crate::api) enum TrialState {
    /// Planned: nobody has it yet.
    Waiting,
    /// Handed out: a worker is at it.
    Running,
    /// Measured.
    Completed,
    /// The evaluation went wrong.
    Failed,
    /// Stopped early, because it would not become good.
    Pruned,
    /// The point cannot be evaluated, now or ever.
    Infeasible,
    /// Given up without a result.
    Abandoned,
}

/// Where the point of a trial came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::TrialOrigin")]
pub(in crate::api) enum TrialOrigin {
    /// The initial design.
    InitialDesign,
    /// The strategy proposed it.
    Strategy,
    /// A client enqueued it.
    Client,
}

/// What was measured for one objective.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ObjectiveValue {
    /// The name of the objective.
    objective: String,
    /// What was measured.
    value: f64,
}

pub(super) fn objective_values(values: &task::Values) -> Vec<ObjectiveValue> {
    values
        .iter()
        .map(|(objective, value)| ObjectiveValue { objective: objective.clone(), value: *value })
        .collect()
}

/// One point of the parameter space and what became of it.
#[derive(Debug, Clone)]
pub(in crate::api) struct Trial(pub(in crate::api) task::Trial);

impl From<task::Trial> for Trial {
    fn from(trial: task::Trial) -> Self {
        Self(trial)
    }
}

/// One point of the parameter space and what became of it.
#[Object]
impl Trial {
    /// The id: `<task id>:<number>`.
    pub(in crate::api) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The task that it belongs to.
    async fn task(&self, ctx: &Context<'_>) -> Result<Task> {
        let found = ctx.data::<Gathered>()?.load_one(TaskKey(self.0.id.task)).await;
        found.map_err(super::task::shared)?.map(Task).ok_or_else(|| "a trial without a task".into())
    }

    /// The number within its task: 1, 2, 3, …
    async fn number(&self) -> i64 {
        self.0.id.number
    }

    /// Where it stands.
    async fn state(&self) -> TrialState {
        self.0.state.into()
    }

    /// Where its point came from.
    async fn origin(&self) -> TrialOrigin {
        self.0.origin.into()
    }

    /// What to try: the name of each parameter and its value.
    async fn point(&self) -> JsonMap {
        JsonMap(self.0.point.to_json())
    }

    /// What was measured, one value for each objective; empty until then.
    async fn values(&self) -> Vec<ObjectiveValue> {
        objective_values(&self.0.values)
    }

    /// What was measured, if there is one objective; none before that, and none with several.
    async fn value(&self) -> Option<f64> {
        let mut values = self.0.values.values();
        values.next().copied().filter(|_| values.next().is_none())
    }

    /// Why the evaluation failed.
    async fn failure_reason(&self) -> Option<&str> {
        self.0.failure_reason.as_ref().map(task::Reason::as_str)
    }

    /// The worker that has it, or had it last.
    async fn worker(&self) -> Option<&str> {
        self.0.worker.as_ref().map(task::WorkerName::as_str)
    }

    /// Whether its result came after the task had ended. It is kept all the same.
    async fn late(&self) -> bool {
        self.0.late
    }

    /// When it was planned.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was handed out.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(DateTime)
    }

    /// When its outcome came.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }
}
