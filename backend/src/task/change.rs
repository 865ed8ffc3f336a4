//! What clients do to a task: make it, change it, move it on.

use super::{
    Budget, Constraints, Description, InitialDesign, JsonObject, JsonValue, Labels, Objectives,
    Owner, ParameterSpace, Priority, Pruning, Reason, Seed, StrategyKind, StrategySettings, Tags,
    TaskId, TaskName, TaskStatus, TrialPolicy, Tuning, Version,
};

/// A strategy as a client chooses it; a seed that it leaves out is taken from the task's id.
#[derive(Debug, Clone, PartialEq)]
pub struct StrategyChoice {
    /// What proposes the points.
    pub kind: StrategyKind,
    /// Fixes the points.
    pub seed: Option<Seed>,
    /// What is tried first.
    pub initial_design: Option<InitialDesign>,
    /// How it proposes them.
    pub tuning: Tuning,
}

impl Default for StrategyChoice {
    /// What a task has that was given none.
    fn default() -> Self {
        let (seed, initial_design, tuning) = (None, None, Tuning::default());
        Self { kind: StrategyKind::Auto, seed, initial_design, tuning }
    }
}

impl StrategyChoice {
    /// The settings for that task.
    #[must_use]
    pub fn settle(self, id: TaskId) -> StrategySettings {
        let Self { kind, seed, initial_design, tuning } = self;
        let seed = seed.unwrap_or_else(|| Seed::of_task(id));
        StrategySettings { kind, seed, initial_design, tuning }
    }
}

/// A task to be made; what is left out takes its default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewTask {
    /// The id, if the client chooses it.
    pub id: Option<TaskId>,
    /// Default: [`TaskId::default_name`].
    pub name: Option<TaskName>,
    /// Default: empty.
    pub description: Description,
    /// Default: none yet.
    pub parameter_space: Option<ParameterSpace>,
    /// Default: none yet.
    pub objectives: Objectives,
    /// Default: AUTO.
    pub strategy: StrategyChoice,
    /// Points to try first.
    pub initial_designs: Vec<JsonObject>,
    /// A checkpoint of the client's own model.
    pub model_state: Option<JsonValue>,
    /// Default: `{}`.
    pub metadata: JsonObject,
    /// Default: 0.
    pub priority: Priority,
    /// Default: who makes it.
    pub owner: Option<Owner>,
    /// Default: none.
    pub labels: Labels,
    /// Default: none.
    pub tags: Tags,
    /// Default: none; it is a root.
    pub parent: Option<TaskId>,
    /// Default: open.
    pub budget: Budget,
    /// Default: none.
    pub constraints: Constraints,
    /// Default: [`TrialPolicy::default`].
    pub policy: TrialPolicy,
    /// Default: none.
    pub pruning: Pruning,
    /// The task of which it is a clone.
    pub cloned_from: Option<TaskId>,
}

/// A task to be made like another.
#[derive(Debug, Clone, PartialEq)]
pub struct CloneTask {
    /// The other.
    pub id: TaskId,
    /// The id of the new one, if the client chooses it.
    pub new_id: Option<TaskId>,
    /// Default: that of the other.
    pub name: Option<TaskName>,
    /// Default: who makes it.
    pub owner: Option<Owner>,
    /// Default: that of the other.
    pub priority: Option<Priority>,
    /// Whether its strategy begins with the results of the other.
    pub with_results: bool,
    /// Whether its strategy has the same seed.
    pub keep_seed: bool,
}

/// What a partial update does to one field.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Patch<T> {
    /// The field was left out: it stays.
    #[default]
    Keep,
    /// The field was null: back to its default.
    Clear,
    /// The field gets a value.
    Set(T),
}

impl<T> Patch<T> {
    /// The new value, if the field is to change; `default` is what null stands for.
    pub fn resolve(self, default: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(default()),
            Self::Set(value) => Some(value),
        }
    }
}

/// A partial update of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskUpdate {
    /// The task.
    pub id: TaskId,
    /// Refuse the update if the task has changed since.
    pub expected_version: Option<Version>,
    /// Why it is changed.
    pub reason: Option<Reason>,
    /// Its name.
    pub name: Patch<TaskName>,
    /// Its description.
    pub description: Patch<Description>,
    /// Its space; once started, only as [`super::Task::change_space`] allows.
    pub parameter_space: Patch<ParameterSpace>,
    /// Its objectives; fixed once started.
    pub objectives: Patch<Objectives>,
    /// Its strategy.
    pub strategy: Patch<StrategyChoice>,
    /// The checkpoint of the client's own model.
    pub model_state: Patch<JsonValue>,
    /// The client's metadata, replaced as a whole.
    pub metadata: Patch<JsonObject>,
    /// Its place in the queue.
    pub priority: Patch<Priority>,
    /// On whose behalf it runs.
    pub owner: Patch<Owner>,
    /// What its workers must be able to do.
    pub labels: Patch<Labels>,
    /// By what words people keep it apart, replaced as a whole.
    pub tags: Patch<Tags>,
    /// When it has had enough, replaced as a whole.
    pub budget: Patch<Budget>,
    /// Its outcome constraints; fixed once started.
    pub constraints: Patch<Constraints>,
    /// Its policy, replaced as a whole.
    pub policy: Patch<TrialPolicy>,
    /// Its pruning, replaced as a whole.
    pub pruning: Patch<Pruning>,
}

impl TaskUpdate {
    /// An update of that task that changes nothing yet.
    #[must_use]
    pub fn of(id: TaskId) -> Self {
        Self {
            id,
            expected_version: None,
            reason: None,
            name: Patch::Keep,
            description: Patch::Keep,
            parameter_space: Patch::Keep,
            objectives: Patch::Keep,
            strategy: Patch::Keep,
            model_state: Patch::Keep,
            metadata: Patch::Keep,
            priority: Patch::Keep,
            owner: Patch::Keep,
            labels: Patch::Keep,
            tags: Patch::Keep,
            budget: Patch::Keep,
            constraints: Patch::Keep,
            policy: Patch::Keep,
            pruning: Patch::Keep,
        }
    }

    /// Whether other results of other tasks may be of use after it than before.
    #[must_use]
    pub fn may_change_sources(&self) -> bool {
        let Self { parameter_space, objectives, strategy, constraints, .. } = self;
        let others = (parameter_space, objectives, strategy, constraints);
        others != (&Patch::Keep, &Patch::Keep, &Patch::Keep, &Patch::Keep)
    }

    /// Whether of what may change the sources only the space does.
    #[must_use]
    pub fn changes_only_the_space(&self) -> bool {
        let Self { objectives, strategy, constraints, .. } = self;
        (objectives, strategy, constraints) == (&Patch::Keep, &Patch::Keep, &Patch::Keep)
    }
}

/// A task to be put elsewhere in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskMove {
    /// The task.
    pub id: TaskId,
    /// Its new parent; none makes it a root.
    pub parent: Option<TaskId>,
    /// Why.
    pub reason: Option<Reason>,
    /// Refuse the move if the task has changed since.
    pub expected_version: Option<Version>,
}

/// What becomes of the children of a task that is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OfChildren {
    /// A task with children is not deleted.
    #[default]
    Refuse,
    /// All tasks below it are deleted, too.
    Cascade,
    /// Its children become roots.
    Orphan,
    /// Its children become children of its parent, or roots if it has none.
    Lift,
}

/// A move in a task's life.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The task.
    pub id: TaskId,
    /// Where it is to go.
    pub to: TaskStatus,
    /// Why.
    pub reason: Option<Reason>,
    /// Refuse the move if the task has changed since.
    pub expected_version: Option<Version>,
    /// The task whose whole subtree is moved, if the move is a part of that.
    pub subtree: Option<TaskId>,
}

/// A way back to the settings that a task had.
#[derive(Debug, Clone, PartialEq)]
pub struct Revert {
    /// The task.
    pub id: TaskId,
    /// The version whose settings it is to have again.
    pub to: Version,
    /// Why.
    pub reason: Option<Reason>,
    /// Refuse it if the task has changed since.
    pub expected_version: Option<Version>,
}

/// The deletion of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The task.
    pub id: TaskId,
    /// What becomes of its children.
    pub children: OfChildren,
    /// Why.
    pub reason: Option<Reason>,
    /// Refuse it if the task has changed since.
    pub expected_version: Option<Version>,
}
