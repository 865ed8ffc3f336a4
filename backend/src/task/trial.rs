//! One point and what became of it.

use serde::{Deserialize, Serialize};

use super::{Invalid, Objectives, Point, Reason, Timestamp, TrialId, Values, WorkerName};

/// Where a trial stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrialState {
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

impl TrialState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Pruned,
        Self::Infeasible,
        Self::Abandoned,
    ];
    /// The states of a trial that has an outcome: the task's `results`.
    pub const WITH_OUTCOME: [Self; 4] =
        [Self::Completed, Self::Failed, Self::Pruned, Self::Infeasible];

    /// The whole life of a trial.
    #[must_use]
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Waiting => &[Self::Running, Self::Completed, Self::Abandoned],
            Self::Running => &[
                Self::Completed,
                Self::Failed,
                Self::Pruned,
                Self::Infeasible,
                Self::Waiting,
                Self::Abandoned,
            ],
            Self::Abandoned => &[Self::Completed],
            Self::Completed | Self::Failed | Self::Pruned | Self::Infeasible => &[],
        }
    }

    /// The word in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Pruned => "PRUNED",
            Self::Infeasible => "INFEASIBLE",
            Self::Abandoned => "ABANDONED",
        }
    }

    /// The state of that word, if there is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl std::fmt::Display for TrialState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the point of a trial came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrialOrigin {
    /// The initial design, by the task's points or by its method.
    InitialDesign,
    /// The strategy proposed it.
    Strategy,
    /// A client enqueued it.
    Client,
}

impl TrialOrigin {
    /// Every origin.
    pub const ALL: [Self; 3] = [Self::InitialDesign, Self::Strategy, Self::Client];

    /// The word in the API and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InitialDesign => "INITIAL_DESIGN",
            Self::Strategy => "STRATEGY",
            Self::Client => "CLIENT",
        }
    }

    /// The origin of that word, if there is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }
}

/// One point and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The task and the number within it.
    pub id: TrialId,
    /// Where it stands.
    pub state: TrialState,
    /// Where its point came from.
    pub origin: TrialOrigin,
    /// What to try.
    pub point: Point,
    /// What was measured; empty until then.
    pub values: Values,
    /// Why the evaluation failed.
    pub failure_reason: Option<Reason>,
    /// Who has it, or had it last.
    pub worker: Option<WorkerName>,
    /// Whether the result came after the task had ended.
    pub late: bool,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was handed out.
    pub started_at: Option<Timestamp>,
    /// When its outcome came.
    pub finished_at: Option<Timestamp>,
}

/// A trial to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrial {
    /// Where its point came from.
    pub origin: TrialOrigin,
    /// What to try.
    pub point: Point,
}

/// What a worker reports, not checked yet against the task's objectives.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// Objective names and what was measured.
    Values(Vec<(String, f64)>),
    /// The evaluation went wrong.
    Failure(Reason),
}

/// A checked report.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// One finite value for every objective.
    Completed(Values),
    /// The evaluation went wrong.
    Failed(Reason),
}

impl Report {
    /// Checks the report against what the task measures.
    pub fn check(self, objectives: &Objectives) -> Result<Outcome, Invalid> {
        match self {
            Self::Values(values) => {
                objectives.check_values(&values).map(Outcome::Completed).map_err(|e| e.at("values"))
            }
            Self::Failure(reason) => Ok(Outcome::Failed(reason)),
        }
    }
}

impl Outcome {
    /// The state that the trial comes to.
    #[must_use]
    pub const fn state(&self) -> TrialState {
        match self {
            Self::Completed(_) => TrialState::Completed,
            Self::Failed(_) => TrialState::Failed,
        }
    }
}
