//! The trial.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::{
    Task,
    attempt::{
        Artifact, AttachedResult, Attempt, Correction, Lease, MetricValue, TrialReport, attempts,
        metric_values,
    },
    strategy::Proposal,
};
use crate::{
    api::{
        error::{Result, invalid},
        loader::{Gathered, ReportsKey, TaskKey},
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
    /// It was measured elsewhere.
    Imported,
}

/// What was measured for one objective.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct ObjectiveValue {
    /// The name of the objective.
    objective: String,
    /// What was measured.
    value: f64,
    /// The standard deviation of the measurement, if the worker told it.
    standard_deviation: Option<f64>,
}

pub(super) fn objective_values(
    values: &task::Values,
    deviations: &task::Values,
) -> Vec<ObjectiveValue> {
    values
        .iter()
        .map(|(objective, value)| ObjectiveValue {
            objective: objective.clone(),
            value: *value,
            standard_deviation: deviations.get(objective).copied(),
        })
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

    /// What was really tried, as `tell` said; null if that is what was planned. Models learn from this point, and lists
    /// are filtered and sorted by it.
    async fn executed_point(&self) -> Option<JsonMap> {
        self.0.executed_point.as_ref().map(|point| JsonMap(point.to_json()))
    }

    /// Why the strategy chose the point; none if a client did, or a design that fills the space.
    async fn proposal(&self) -> Option<Proposal> {
        self.0.details.proposal.as_ref().map(Proposal::from)
    }

    /// What was measured: one value for each objective, or for some of them (`partial`); empty until then.
    async fn values(&self) -> Vec<ObjectiveValue> {
        objective_values(&self.0.values, &self.0.details.deviations)
    }

    /// What was measured, if there is one objective; none before that, and none with several.
    async fn value(&self) -> Option<f64> {
        let mut values = self.0.values.values();
        values.next().copied().filter(|_| values.next().is_none() && !self.0.details.partial)
    }

    /// Whether some objective of the task was not measured. Models learn from the others; such a result is never on the
    /// Pareto front. `correctTrial` adds what is measured later.
    async fn partial(&self) -> bool {
        self.0.details.partial
    }

    /// Named quantities beside the objectives.
    async fn metrics(&self) -> Vec<MetricValue> {
        metric_values(&self.0.details.beside.metrics)
    }

    /// Whatever the worker keeps with the result.
    async fn metadata(&self) -> JsonMap {
        JsonMap(self.0.details.beside.metadata.clone())
    }

    /// Links to what the evaluation left behind.
    async fn artifacts(&self) -> Vec<Artifact> {
        self.0.details.beside.artifacts.iter().map(Artifact::from).collect()
    }

    /// Whether the result keeps the constraints of the task; none without a result, or if that depends on an objective
    /// that was not measured.
    async fn feasible(&self) -> Option<bool> {
        self.0.feasible
    }

    /// Whether it is left out of the optimization.
    async fn excluded(&self) -> bool {
        self.0.excluded.is_some()
    }

    /// Why it is left out.
    async fn exclusion_reason(&self) -> Option<&str> {
        self.0.excluded.as_ref().map(task::Reason::as_str)
    }

    /// What its result was before it was corrected, oldest first.
    async fn corrections(&self) -> Vec<Correction> {
        self.0.details.corrections.iter().map(Correction::from).collect()
    }

    /// Results that came too late to count, kept beside the counted one, oldest first.
    async fn attached_results(&self) -> Vec<AttachedResult> {
        self.0.details.attached.iter().map(AttachedResult::from).collect()
    }

    /// Whether it is on the Pareto front of a task with several objectives: no other result is better in every respect.
    async fn on_pareto_front(&self) -> bool {
        self.0.on_front
    }

    /// The version of the task's space under which it was made.
    async fn space_version(&self) -> i64 {
        self.0.space_version
    }

    /// Whether what was tried lies in the space that the task has now. A result outside is kept, but is never the best nor on
    /// the Pareto front; `Task.spaceReport` tells what models learn from.
    async fn in_space(&self) -> bool {
        self.0.in_space
    }

    /// What its worker told on the way to the result, by step.
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The latest ones, at most 1,000.", default = 1_000)] last: i32,
    ) -> Result<Vec<TrialReport>> {
        let last = usize::try_from(last)
            .ok()
            .filter(|last| *last <= 1_000)
            .ok_or_else(|| invalid("last", task::Invalid::new("a whole number from 0 to 1,000")))?;
        let found = ctx.data::<Gathered>()?.load_one(ReportsKey(self.0.id)).await;
        let reports = found.map_err(super::task::shared)?.unwrap_or_default();
        let from = reports.len().saturating_sub(last);
        Ok(reports[from..].iter().map(TrialReport::from).collect())
    }

    /// The right of the worker that has it; only while it is RUNNING.
    async fn lease(&self) -> Option<Lease> {
        self.0.lease().map(Lease::from)
    }

    /// Who has had it, from when to when, and how that ended; the present one last.
    async fn attempts(&self) -> Vec<Attempt> {
        attempts(&self.0)
    }

    /// A trial that waits for its next attempt is not handed out before.
    async fn available_at(&self) -> Option<DateTime> {
        self.0.available_at.map(DateTime)
    }

    /// Why there is no result: why the evaluation failed, why the point cannot be evaluated, or why the trial was
    /// stopped or given up.
    async fn failure_reason(&self) -> Option<&str> {
        self.0.failure_reason.as_ref().map(task::Reason::as_str)
    }

    /// The worker that has it, or had it last.
    async fn worker(&self) -> Option<&str> {
        self.0.worker.as_ref().map(task::WorkerName::as_str)
    }

    /// Whether its result came after its lease or the task had ended. It is kept all the same.
    async fn late(&self) -> bool {
        self.0.late
    }

    /// When it was planned.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was handed out, the last time.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(DateTime)
    }

    /// When its outcome came.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }
}
