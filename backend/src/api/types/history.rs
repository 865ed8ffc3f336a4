//! What tasks were.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::{
    event::{EventKind, FieldChange, field_changes},
    policy::{Budget, OutcomeConstraint, Pruning, TrialPolicy},
    settings::Objective,
    space::ParameterSpace,
    strategy::Strategy,
    task::TaskStatus,
};
use crate::{
    api::{
        Services,
        cursor::VersionCursor,
        error::{Result, refusal},
        paging::{PageArguments, TaskVersionConnection, keys},
        scalar::{DateTime, Json, JsonMap},
    },
    task::{self, PastSpace, TaskId},
};

/// One version of a task: who made it, when, why, and what changed.
#[derive(Debug, Clone)]
pub(in crate::api) struct TaskVersion(pub(in crate::api) task::TaskVersion);

impl From<task::TaskVersion> for TaskVersion {
    fn from(version: task::TaskVersion) -> Self {
        Self(version)
    }
}

/// One version of a task: who made it, when, why, and what changed.
#[Object]
impl TaskVersion {
    /// The id, `<task id>@<version>`.
    pub(in crate::api) async fn id(&self) -> ID {
        self.0.id().to_string().into()
    }

    /// The id of the task.
    async fn task_id(&self) -> ID {
        self.0.event().change.task.to_string().into()
    }

    /// The number of the version: `taskAt` gives the task as it was then.
    async fn version(&self) -> i64 {
        self.0.event().change.version
    }

    /// When it was made.
    async fn at(&self) -> DateTime {
        DateTime(self.0.event().change.at)
    }

    /// Who made it.
    async fn actor(&self) -> &str {
        self.0.event().change.actor.as_str()
    }

    /// What kind of change it was.
    async fn kind(&self) -> EventKind {
        self.0.event().change.what.kind().into()
    }

    /// Why, if a reason was given.
    async fn reason(&self) -> Option<&str> {
        self.0.reason().map(task::Reason::as_str)
    }

    /// The version whose settings the task had again, if it was `revertTask`.
    async fn reverted_to(&self) -> Option<i64> {
        self.0.reverted_to()
    }

    /// The fields that changed, old and new; of a new or imported task every field that has a value. That a task was
    /// deleted or restored is the field `deleted`.
    async fn changes(&self) -> Vec<FieldChange> {
        field_changes(&self.0.changes())
    }
}

/// A page of the versions of a task.
pub(in crate::api) async fn list_versions(
    ctx: &Context<'_>,
    id: TaskId,
    page: &PageArguments,
) -> Result<TaskVersionConnection> {
    let request = keys(page.request(&VersionCursor(id, 0))?, |cursor| cursor.1);
    let store = &ctx.data::<Services>()?.store;
    let page = store.list_versions(id, &request).await.map_err(refusal)?;
    Ok(TaskVersionConnection::of(page, |made| VersionCursor(id, made.event().change.version)))
}

/// A task as it was at one version. Its trials, its results and its model state are no part of it.
#[derive(Debug, Clone)]
pub(in crate::api) struct PastTask(pub(in crate::api) task::PastTask);

/// A task as it was at one version. Its trials, its results and its model state are no part of it.
#[Object]
impl PastTask {
    /// The id of the task.
    async fn task_id(&self) -> ID {
        self.0.told.id.to_string().into()
    }

    /// The number of the version.
    async fn version(&self) -> i64 {
        self.0.told.version
    }

    /// The name.
    async fn name(&self) -> &str {
        self.0.settings.name.as_str()
    }

    /// What the task was about.
    async fn description(&self) -> &str {
        self.0.settings.description.as_str()
    }

    /// Where it stood in its life.
    async fn status(&self) -> TaskStatus {
        self.0.told.status.into()
    }

    /// Why it had come to its status, if a reason was given.
    async fn status_reason(&self) -> Option<&str> {
        self.0.told.status_reason.as_ref().map(task::Reason::as_str)
    }

    /// When it was made.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.told.created_at.map(DateTime)
    }

    /// When it had last changed: when this version was made, or what its file said if it came from one.
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.told.updated_at.map(DateTime)
    }

    /// When it had first been started.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.told.started_at.map(DateTime)
    }

    /// When it had ended, if it had.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.told.finished_at.map(DateTime)
    }

    /// When it had been deleted, if it was.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.told.deleted_at.map(DateTime)
    }

    /// The runner that had taken the whole task, if one had.
    async fn claim(&self) -> Option<PastClaim> {
        let claim = self.0.told.claim.as_ref()?;
        Some(PastClaim { runner: claim.runner.to_string(), token: claim.token })
    }

    /// The parameters to search, with the candidates; none while the task was being planned, or if `unknownFields`
    /// names it.
    async fn parameter_space(&self) -> Option<ParameterSpace> {
        match &self.0.settings.parameter_space {
            PastSpace::Known(space) => Some(ParameterSpace::from(space.as_ref())),
            PastSpace::None | PastSpace::CandidatesUnknown => None,
        }
    }

    /// What was measured, and whether less or more of it was better.
    async fn objectives(&self) -> Vec<Objective> {
        self.0.settings.objectives.as_slice().iter().map(Objective::from).collect()
    }

    /// What proposed points.
    async fn strategy(&self) -> Strategy {
        Strategy::from(&self.0.settings.strategy)
    }

    /// Whatever the client kept with the task.
    async fn metadata(&self) -> JsonMap {
        JsonMap(self.0.settings.metadata.clone())
    }

    /// Which task went first in the queue: the larger number.
    async fn priority(&self) -> i32 {
        self.0.settings.priority.get()
    }

    /// On whose behalf it ran.
    async fn owner(&self) -> &str {
        self.0.settings.owner.as_str()
    }

    /// What a worker had to be able to do to get its trials from the queue.
    async fn labels(&self) -> &[String] {
        self.0.settings.labels.as_slice()
    }

    /// By what words people kept it apart.
    async fn tags(&self) -> Vec<&str> {
        self.0.settings.tags.as_slice().iter().map(task::Tag::as_str).collect()
    }

    /// The task that it was a part of; none for a root.
    async fn parent_id(&self) -> Option<ID> {
        self.0.told.settings.get("parentId").and_then(task::JsonValue::as_str).map(ID::from)
    }

    /// When it had enough.
    async fn budget(&self) -> Budget {
        self.0.settings.budget.into()
    }

    /// What it did about workers that failed, died or came late.
    async fn trial_policy(&self) -> TrialPolicy {
        TrialPolicy::from(&self.0.settings.policy)
    }

    /// Which trials were stopped early.
    async fn pruning(&self) -> Pruning {
        self.0.settings.pruning.into()
    }

    /// What a result had to satisfy to count as good.
    async fn constraints(&self) -> Vec<OutcomeConstraint> {
        self.0.settings.constraints.as_slice().iter().map(OutcomeConstraint::from).collect()
    }

    /// Every field that had a value, by its name, in the words of the events: what `taskDifference` compares.
    async fn fields(&self) -> JsonMap {
        JsonMap(self.0.told.fields().into_iter().collect())
    }

    /// The fields that the log does not tell of this version, by name: an earlier server told less. They are empty
    /// here, which does not mean that they were.
    async fn unknown_fields(&self) -> Vec<String> {
        let space = match self.0.settings.parameter_space {
            PastSpace::CandidatesUnknown => Some(PastSpace::FIELD.to_owned()),
            PastSpace::None | PastSpace::Known(_) => None,
        };
        self.0.told.unknown.iter().cloned().chain(space).collect()
    }
}

/// A runner that had taken a whole task.
#[derive(Debug, Clone, SimpleObject)]
struct PastClaim {
    /// Who had it.
    runner: String,
    /// The number of the claim.
    token: i64,
}

/// What two versions of a task differ in.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TaskDifference {
    /// The id of the task.
    task_id: ID,
    /// The version that `old` values are of.
    from: i64,
    /// The version that `new` values are of.
    to: i64,
    /// The fields that differ, by name; none if the versions are the same but for their numbers and times.
    fields: Vec<FieldDifference>,
}

/// A field in which two versions of a task differ.
#[derive(Debug, Clone, SimpleObject)]
struct FieldDifference {
    /// The name of the field.
    field: String,
    /// What it was; none if it had no value.
    old: Option<Json>,
    /// What it is in the other; none if it has no value there.
    new: Option<Json>,
    /// Where in it they differ, down to single values. Empty for a field that is a single value, or that one of the two
    /// does not have.
    parts: Vec<PartDifference>,
}

/// A place within a field where two versions of a task differ.
#[derive(Debug, Clone, SimpleObject)]
struct PartDifference {
    /// The way there, as in `["parameters", "temperature", "high"]`: names of members; in lists, names of items that have
    /// one, else their places from 0.
    path: Vec<String>,
    /// What was there; none if nothing was.
    old: Option<Json>,
    /// What is there in the other; none if nothing is.
    new: Option<Json>,
}

impl TaskDifference {
    pub(in crate::api) fn between(from: &task::ToldTask, to: &task::ToldTask) -> Self {
        let fields = task::differences(from, to).into_iter().map(FieldDifference::from).collect();
        let task_id = from.id.to_string().into();
        Self { task_id, from: from.version, to: to.version, fields }
    }
}

impl From<task::FieldDifference> for FieldDifference {
    fn from(difference: task::FieldDifference) -> Self {
        let task::FieldDifference { field, old, new, parts } = difference;
        let part = |task::PartDifference { path, old, new }| PartDifference {
            path,
            old: old.map(Json),
            new: new.map(Json),
        };
        let parts = parts.into_iter().map(part).collect();
        Self { field, old: old.map(Json), new: new.map(Json), parts }
    }
}
