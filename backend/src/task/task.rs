//! The task.

use caseless::default_case_fold_str;

use super::{
    Description, Error, InitialDesign, Invalid, JsonObject, JsonValue, Objectives, ParameterSpace,
    Point, Readiness, Reason, Result, Seed, StrategyKind, StrategySettings, TaskId, TaskName,
    TaskStatus, Timestamp, Trial, TrialNumber, TrialState,
};

/// How often a task has changed: 1 when made, +1 with every change to the task itself.
pub type Version = i64;

/// One optimization run: what lists and workers need. Its documents are [`TaskSettings`].
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its name.
    pub name: TaskName,
    /// What it is about.
    pub description: Description,
    /// Where it stands in its life.
    pub status: TaskStatus,
    /// Why it came there.
    pub status_reason: Option<Reason>,
    /// How often the task itself has changed.
    pub version: Version,
    /// The number of its latest event, its trials' included.
    pub sequence: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the task itself last changed.
    pub updated_at: Timestamp,
    /// When it was first started.
    pub started_at: Option<Timestamp>,
    /// When it ended, if it has.
    pub finished_at: Option<Timestamp>,
    /// When it was deleted, if it is.
    pub deleted_at: Option<Timestamp>,
    /// How many trials stand where.
    pub trial_counts: TrialCounts,
    /// The best trial so far, with a single objective.
    pub best: Option<Best>,
    /// How many points the strategy has proposed: where it goes on.
    pub proposed: i64,
}

impl Task {
    /// Refuses to go on if the client has seen another version than this.
    pub fn expect_version(&self, expected: Option<Version>) -> Result<()> {
        match expected {
            Some(expected) if expected != self.version => {
                Err(Error::VersionConflict { expected, actual: self.version })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The best trial of a task with a single objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// Its number.
    pub number: TrialNumber,
    /// What was measured.
    pub value: f64,
}

impl Best {
    /// The best after this trial: the earlier one stays unless the trial is better. With several
    /// objectives (or none) there is no best, and an unfinished trial never is.
    #[must_use]
    pub fn after(best: Option<Self>, trial: &Trial, objectives: &Objectives) -> Option<Self> {
        let objective = objectives.single()?;
        if trial.state != TrialState::Completed {
            return best;
        }
        let Some(&value) = trial.values.get(&objective.name) else { return best };
        let number = trial.id.number;
        match best {
            Some(best) if objective.direction.prefers(best.value, value) => Some(best),
            // Of equals the lowest number is the best, whichever was reported first.
            #[expect(clippy::float_cmp, reason = "equal means the same measured number")]
            Some(best) if best.value == value && best.number < number => Some(best),
            Some(_) | None => Some(Self { number, value }),
        }
    }
}

/// How many trials of a task stand in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrialCounts([i64; TrialState::ALL.len()]);

impl TrialCounts {
    /// How many trials stand in that state.
    #[must_use]
    pub const fn get(&self, state: TrialState) -> i64 {
        self.0[state as usize]
    }

    /// Adds to (or, negative, takes from) the count of a state.
    pub const fn add(&mut self, state: TrialState, number: i64) {
        self.0[state as usize] += number;
    }

    /// How many trials there are: also the number of the latest one.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.iter().sum()
    }
}

/// The documents of a task: what is to be optimized, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSettings {
    /// The space to search; none while the task is being planned.
    pub parameter_space: Option<ParameterSpace>,
    /// What is measured.
    pub objectives: Objectives,
    /// What proposes points.
    pub strategy: StrategySettings,
    /// Whatever the client wants to keep with the task.
    pub metadata: JsonObject,
}

impl TaskSettings {
    /// The most bytes of a task's metadata, written as JSON.
    pub const MAX_METADATA_BYTES: usize = 64 * 1024;
    /// The most bytes of a model state, written as JSON.
    pub const MAX_MODEL_STATE_BYTES: usize = 512 * 1024;
    /// The most points of one call.
    pub const MAX_POINTS: usize = 1_000;

    /// The space, if nothing that a start needs is missing.
    pub fn ready(&self) -> Result<&ParameterSpace, Vec<Readiness>> {
        match (&self.parameter_space, self.objectives.is_empty()) {
            (Some(space), false) => Ok(space),
            (Some(_), true) => Err(vec![Readiness::Objectives]),
            (None, false) => Err(vec![Readiness::ParameterSpace]),
            (None, true) => Err(vec![Readiness::ParameterSpace, Readiness::Objectives]),
        }
    }

    /// Checks points of a client against the space; without one there is nothing to check against.
    pub fn admit_points(&self, points: &[JsonObject]) -> Result<Vec<Point>, Invalid> {
        if points.len() > Self::MAX_POINTS {
            return Err(Invalid::new(format!("at most {} points at once", Self::MAX_POINTS)));
        }
        let Some(space) = &self.parameter_space else {
            return match points {
                [] => Ok(Vec::new()),
                _ => Err(Invalid::new("the task has no parameter space to place points in")),
            };
        };
        points
            .iter()
            .enumerate()
            .map(|(i, point)| space.admit(point).map_err(|e| e.at_index(i)))
            .collect()
    }
}

/// A strategy as a client chooses it; a seed that it leaves out is taken from the task's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrategyChoice {
    /// What proposes the points.
    pub kind: StrategyKind,
    /// Fixes the points.
    pub seed: Option<Seed>,
    /// What is tried first.
    pub initial_design: Option<InitialDesign>,
}

impl StrategyChoice {
    /// The settings for that task.
    #[must_use]
    pub fn settle(self, id: TaskId) -> StrategySettings {
        StrategySettings {
            kind: self.kind,
            seed: self.seed.unwrap_or_else(|| Seed::of_task(id)),
            initial_design: self.initial_design,
        }
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
    /// Default: [`StrategySettings::default_with`].
    pub strategy: Option<StrategyChoice>,
    /// Points to try first.
    pub initial_designs: Vec<JsonObject>,
    /// A checkpoint of the client's own model.
    pub model_state: Option<JsonValue>,
    /// Default: `{}`.
    pub metadata: JsonObject,
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
    /// Its name.
    pub name: Patch<TaskName>,
    /// Its description.
    pub description: Patch<Description>,
    /// Its space; fixed once started.
    pub parameter_space: Patch<ParameterSpace>,
    /// Its objectives; fixed once started.
    pub objectives: Patch<Objectives>,
    /// Its strategy.
    pub strategy: Patch<StrategyChoice>,
    /// The checkpoint of the client's own model.
    pub model_state: Patch<JsonValue>,
    /// The client's metadata, replaced as a whole.
    pub metadata: Patch<JsonObject>,
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
}

/// A text as it is compared: folded by the rules of Unicode, the same on both databases.
#[must_use]
pub fn fold(text: &str) -> String {
    default_case_fold_str(text)
}
