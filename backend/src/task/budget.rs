//! When a task has had enough.

use serde::{Deserialize, Serialize};

use super::{Invalid, Timestamp};

/// The bounds of a task; each may be left open.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Budget {
    /// The most trials that are ever handed out. Each counts once: not again when it is tried again;
    /// results from elsewhere do not count.
    pub max_trials: Option<i64>,
    /// The most trials that are out at once.
    pub max_running: Option<i64>,
    /// The largest share of all trials that are out, of whatever task, over 0 up to 1; one trial is
    /// always allowed. It binds the queue, not a worker that asks for this task by name.
    pub max_share: Option<f64>,
    /// When the task ends.
    pub deadline: Option<Timestamp>,
    /// A value of the only objective that is good enough.
    pub target_value: Option<f64>,
    /// How many results may come without an improvement.
    pub patience: Option<i64>,
    /// The least improvement that the model must expect of the next point, in the units of the only
    /// objective, or of hypervolume.
    pub min_expected_improvement: Option<f64>,
    /// Number of failed trials at which the task pauses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<i64>,
    /// Number of trials that fail in a row at which the task pauses. None:
    /// [`Budget::FIRST_FAILURES`], and only while no trial has another outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_consecutive_failures: Option<i64>,
}

impl Budget {
    /// The most trials of a budget.
    pub const MAX: i64 = 1_000_000_000;

    /// Number of trials at which a task pauses if they are its first and all of them failed, unless
    /// its budget says otherwise.
    pub const FIRST_FAILURES: i64 = 20;

    /// Refuses a deadline that has passed: it would end the task at once.
    pub fn check_deadline(&self, now: Timestamp) -> Result<(), Invalid> {
        match self.deadline.filter(|deadline| *deadline <= now) {
            None => Ok(()),
            Some(deadline) => {
                let (deadline, now) = (deadline.to_rfc3339(), now.to_rfc3339());
                let what = format!("the deadline {deadline} has passed: it is {now} on the server");
                Err(Invalid::new(what).at("deadline").at("budget"))
            }
        }
    }

    /// Checks the bounds.
    pub fn check(self) -> Result<Self, Invalid> {
        for (field, count) in [
            ("maxTrials", self.max_trials),
            ("maxRunning", self.max_running),
            ("patience", self.patience),
            ("maxFailures", self.max_failures),
            ("maxConsecutiveFailures", self.max_consecutive_failures),
        ] {
            if count.is_some_and(|count| !(1..=Self::MAX).contains(&count)) {
                return Err(
                    Invalid::new(format!("a whole number from 1 to {}", Self::MAX)).at(field)
                );
            }
        }
        if self.max_share.is_some_and(|share| !(share > 0.0 && share <= 1.0)) {
            return Err(Invalid::new("a number over 0, up to 1").at("maxShare"));
        }
        if self.target_value.is_some_and(|target| !target.is_finite()) {
            return Err(Invalid::new("must be a finite number").at("targetValue"));
        }
        let positive = |number: f64| number.is_finite() && number > 0.0;
        if self.min_expected_improvement.is_some_and(|least| !positive(least)) {
            return Err(Invalid::new("a finite number over 0").at("minExpectedImprovement"));
        }
        Ok(self)
    }
}

/// Which bound of its budget a task has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Bound {
    /// All trials have been handed out.
    MaxTrials,
    /// The time is over.
    Deadline,
    /// A result is good enough.
    Target,
    /// Too many results without an improvement.
    Patience,
    /// The model expects too little of the next point.
    ExpectedImprovement,
    /// Every point of the space, or of the grid, has been tried.
    Exhausted,
}

impl Bound {
    const ALL: [Self; 6] = [
        Self::MaxTrials,
        Self::Deadline,
        Self::Target,
        Self::Patience,
        Self::ExpectedImprovement,
        Self::Exhausted,
    ];

    /// Whether it is the strategy that says so, by what was tried: it holds as long as that does.
    #[must_use]
    pub const fn is_of_strategy(self) -> bool {
        match self {
            Self::ExpectedImprovement | Self::Exhausted => true,
            Self::MaxTrials | Self::Deadline | Self::Target | Self::Patience => false,
        }
    }

    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MaxTrials => "MAX_TRIALS",
            Self::Deadline => "DEADLINE",
            Self::Target => "TARGET",
            Self::Patience => "PATIENCE",
            Self::ExpectedImprovement => "EXPECTED_IMPROVEMENT",
            Self::Exhausted => "EXHAUSTED",
        }
    }

    /// The bound of that word, if there is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bound| bound.as_str() == word)
    }

    /// The setting to change so that a task may go on.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::MaxTrials => "budget.maxTrials",
            Self::Deadline => "budget.deadline",
            Self::Target => "budget.targetValue",
            Self::Patience => "budget.patience",
            Self::ExpectedImprovement => "budget.minExpectedImprovement",
            Self::Exhausted => "parameterSpace",
        }
    }

    /// Why a task that has come to it is complete, in words.
    #[must_use]
    pub fn reason(self, budget: &Budget) -> String {
        match (self, budget) {
            (Self::MaxTrials, Budget { max_trials: Some(count), .. }) => {
                format!("the budget of {count} trials is used up")
            }
            (Self::Deadline, Budget { deadline: Some(at), .. }) => {
                format!("the deadline {} has passed", at.to_rfc3339())
            }
            (Self::Target, Budget { target_value: Some(target), .. }) => {
                format!("the target {target} is reached")
            }
            (Self::Patience, Budget { patience: Some(count), .. }) => {
                format!("no improvement over {count} trials")
            }
            (Self::ExpectedImprovement, Budget { min_expected_improvement: Some(least), .. }) => {
                format!("the model expects an improvement of less than {least}")
            }
            (Self::Exhausted, _) => "every point has been tried".to_owned(),
            (
                Self::MaxTrials
                | Self::Deadline
                | Self::Target
                | Self::Patience
                | Self::ExpectedImprovement,
                _,
            ) => "the budget was reached".to_owned(),
        }
    }
}

/// Limit on failed trials that a task has reached: the server pauses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureLimit {
    /// `budget.maxFailures`.
    Total(i64),
    /// `budget.maxConsecutiveFailures`.
    Consecutive(i64),
    /// The guard of a task whose budget names no number: its first trials all failed.
    First(i64),
}

impl FailureLimit {
    /// Reason for the pause, in words.
    #[must_use]
    pub fn reason(self) -> String {
        match self {
            Self::Total(count) => format!("{count} trials have failed (budget.maxFailures)"),
            Self::Consecutive(count) => {
                format!("{count} trials in a row have failed (budget.maxConsecutiveFailures)")
            }
            Self::First(count) => format!(
                "the first {count} trials all failed; budget.maxConsecutiveFailures sets another number"
            ),
        }
    }
}

/// Condition that keeps a task from being resumed until a setting is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// A stopping criterion of the budget, or of the strategy.
    Bound(Bound),
    /// As many trials have failed as may.
    Failures(i64),
}

impl Criterion {
    /// The word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bound(bound) => bound.as_str(),
            Self::Failures(_) => "MAX_FAILURES",
        }
    }

    /// The setting to change.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Bound(bound) => bound.setting(),
            Self::Failures(_) => "budget.maxFailures",
        }
    }

    /// What is met, in words.
    #[must_use]
    pub fn reason(self, budget: &Budget) -> String {
        match self {
            Self::Bound(bound) => bound.reason(budget),
            Self::Failures(count) => FailureLimit::Total(count).reason(),
        }
    }
}
