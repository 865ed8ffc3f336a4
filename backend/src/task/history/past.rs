//! A task as it was, in the words of the domain.

use serde::Deserialize;
use serde_json::json;

use super::ToldTask;
use crate::task::{
    Actor, Budget, Constraints, Description, Error, Happening, JsonObject, JsonValue, Labels,
    Objectives, Owner, ParameterSpace, Patch, Priority, Pruning, Result, StrategyChoice,
    StrategySettings, Tags, TaskId, TaskName, TaskUpdate, TrialPolicy,
};

/// A task as it was at one version.
#[derive(Debug, Clone, PartialEq)]
pub struct PastTask {
    /// In the words of its events.
    pub told: ToldTask,
    /// Its settings.
    pub settings: PastSettings,
}

/// The settings of a task as they were. What an earlier server did not know yet has its default.
#[derive(Debug, Clone, PartialEq)]
pub struct PastSettings {
    /// Its name.
    pub name: TaskName,
    /// What it was about.
    pub description: Description,
    /// The space to search.
    pub parameter_space: PastSpace,
    /// What was measured.
    pub objectives: Objectives,
    /// What proposed points.
    pub strategy: StrategySettings,
    /// What the client kept with it.
    pub metadata: JsonObject,
    /// Its place in the queue.
    pub priority: Priority,
    /// On whose behalf it ran.
    pub owner: Owner,
    /// What its workers had to be able to do.
    pub labels: Labels,
    /// By what words people kept it apart.
    pub tags: Tags,
    /// When it had enough.
    pub budget: Budget,
    /// What a result had to satisfy.
    pub constraints: Constraints,
    /// What it did about workers.
    pub policy: TrialPolicy,
    /// Which trials were stopped early.
    pub pruning: Pruning,
}

/// The space of a task as it was.
#[derive(Debug, Clone, PartialEq)]
pub enum PastSpace {
    /// There was none yet.
    None,
    /// This one.
    Known(Box<ParameterSpace>),
    /// One whose list of candidates was not kept: an earlier server told only how many they were.
    CandidatesUnknown,
}

/// The settings as events tell them. (The space is told apart from its candidates.)
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    name: TaskName,
    #[serde(default)]
    description: Description,
    #[serde(default)]
    objectives: Objectives,
    strategy: StrategySettings,
    #[serde(default)]
    metadata: JsonObject,
    #[serde(default)]
    priority: Priority,
    owner: Option<Owner>,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    budget: Budget,
    #[serde(default)]
    constraints: Constraints,
    #[serde(default)]
    trial_policy: TrialPolicy,
    #[serde(default)]
    pruning: Pruning,
}

impl PastTask {
    /// The task that was told, with the list of its candidates as it was kept, if it has one.
    pub fn new(told: ToldTask, candidates: Option<&str>) -> Result<Self> {
        let space = match told.settings.get(PastSpace::FIELD) {
            Some(space) => PastSpace::of_told(space, candidates)?,
            None => PastSpace::None,
        };
        let Told {
            name,
            description,
            objectives,
            strategy,
            metadata,
            priority,
            owner,
            labels,
            tags,
            budget,
            constraints,
            trial_policy,
            pruning,
        } = serde_json::from_value(json!(told.settings)).map_err(Error::storage)?;
        let settings = PastSettings {
            name,
            description,
            parameter_space: space,
            objectives,
            strategy,
            metadata,
            priority,
            owner: owner.unwrap_or_else(|| Owner::from(&Actor::anonymous())),
            labels,
            tags,
            budget,
            constraints,
            policy: trial_policy,
            pruning,
        };
        Ok(Self { told, settings })
    }

    /// The task that it was a part of.
    pub fn parent(&self) -> Result<Option<TaskId>> {
        let told = self.told.settings.get(Happening::PARENT).cloned();
        told.map(serde_json::from_value).transpose().map_err(Error::storage)
    }

    /// The update that gives a task these settings. Status, deletion, trials and the model state stay
    /// what they are.
    pub fn into_update(self) -> Result<TaskUpdate> {
        let Self { told, settings } = self;
        let PastSettings {
            name,
            description,
            parameter_space,
            objectives,
            strategy,
            metadata,
            priority,
            owner,
            labels,
            tags,
            budget,
            constraints,
            policy,
            pruning,
        } = settings;
        let StrategySettings { kind, seed, initial_design, tuning } = strategy;
        Ok(TaskUpdate {
            id: told.id,
            expected_version: None,
            reason: None,
            name: Patch::Set(name),
            description: Patch::Set(description),
            parameter_space: match parameter_space {
                PastSpace::None => Patch::Clear,
                PastSpace::Known(space) => Patch::Set(*space),
                PastSpace::CandidatesUnknown => {
                    let field = PastSpace::FIELD;
                    return Err(Error::HistoryIncomplete { version: told.version, field });
                }
            },
            objectives: Patch::Set(objectives),
            strategy: Patch::Set(StrategyChoice { kind, seed: Some(seed), initial_design, tuning }),
            model_state: Patch::Keep,
            metadata: Patch::Set(metadata),
            priority: Patch::Set(priority),
            owner: Patch::Set(owner),
            labels: Patch::Set(labels),
            tags: Patch::Set(tags),
            budget: Patch::Set(budget),
            constraints: Patch::Set(constraints),
            policy: Patch::Set(policy),
            pruning: Patch::Set(pruning),
        })
    }
}

impl PastSpace {
    /// The field of a task that it is.
    pub const FIELD: &'static str = "parameterSpace";

    fn of_told(told: &JsonValue, list: Option<&str>) -> Result<Self> {
        let space = ParameterSpace::of_told(told, list).map_err(Error::storage)?;
        Ok(space.map_or(Self::CandidatesUnknown, |space| Self::Known(Box::new(space))))
    }
}
