//! A task's place among others, where workers ask for a trial of any of them.

use serde::{Deserialize, Serialize};

use super::{Invalid, TaskId, Timestamp, objective::check_label};

/// Which task goes first: the larger number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Priority(i32);

impl Priority {
    const MOST: i32 = 1_000_000;

    /// Checks the range, a million to either side.
    pub fn new(priority: i64) -> Result<Self, Invalid> {
        i32::try_from(priority)
            .ok()
            .filter(|priority| (-Self::MOST..=Self::MOST).contains(priority))
            .map(Self)
            .ok_or_else(|| Invalid::new(format!("a whole number from -{0} to {0}", Self::MOST)))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl TryFrom<i64> for Priority {
    type Error = Invalid;
    fn try_from(priority: i64) -> Result<Self, Invalid> {
        Self::new(priority)
    }
}

impl From<Priority> for i64 {
    fn from(priority: Priority) -> Self {
        Self::from(priority.0)
    }
}

/// Labels: what a worker must be able to do, or what it can. Each is there once, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Labels(Vec<String>);

impl Labels {
    const MAX: usize = 32;
    const MAX_CHARS: usize = 100;

    /// Checks the labels: at most 32, not empty, one line each.
    pub fn new(mut labels: Vec<String>) -> Result<Self, Invalid> {
        if labels.len() > Self::MAX {
            return Err(Invalid::new(format!("at most {} labels", Self::MAX)));
        }
        for (i, label) in labels.iter().enumerate() {
            check_label(label, Self::MAX_CHARS).map_err(|e| e.at_index(i))?;
        }
        labels.sort_unstable();
        labels.dedup();
        Ok(Self(labels))
    }

    /// The labels in order.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether whoever has these capabilities can do what the labels ask for.
    #[must_use]
    pub fn are_within(&self, capabilities: &Self) -> bool {
        self.0.iter().all(|label| capabilities.0.binary_search(label).is_ok())
    }
}

impl TryFrom<Vec<String>> for Labels {
    type Error = Invalid;
    fn try_from(labels: Vec<String>) -> Result<Self, Invalid> {
        Self::new(labels)
    }
}

impl From<Labels> for Vec<String> {
    fn from(labels: Labels) -> Self {
        labels.0
    }
}

/// How fast waiting makes a task more urgent: after this time it has gained one point of priority.
/// Without it nothing is gained, and a task can starve behind others of higher priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aging(Option<i64>);

impl Aging {
    /// From a rate, in points of priority a second; 0 is none.
    pub fn from_rate(rate: f64) -> Result<Self, Invalid> {
        if !(0.0..=1e6).contains(&rate) {
            return Err(Invalid::new("a number of points a second, from 0 to 1,000,000"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a huge time for a point is as good as none"
        )]
        let micros = (1e6 / rate).round() as i64;
        Ok(Self((rate > 0.0).then_some(micros.max(1))))
    }

    /// Microseconds of waiting for one point.
    #[must_use]
    pub const fn micros_per_point(self) -> Option<i64> {
        self.0
    }
}

impl Default for Aging {
    /// One point a minute.
    fn default() -> Self {
        Self(Some(60_000_000))
    }
}

/// Why no worker gets a trial of this task now, or no runner the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingReason {
    /// It has not been started.
    NotStarted,
    /// It cannot start yet.
    NotReady,
    /// It is paused.
    Paused,
    /// It has ended.
    Ended,
    /// It is deleted.
    Deleted,
    /// A runner has taken it.
    Claimed,
    /// Its budget is used up.
    BudgetReached,
    /// As many trials are out as may be at once.
    AllPlacesTaken,
    /// It has its share of all the trials that are out.
    ShareReached,
    /// Its trials wait for their next attempt.
    BackingOff,
    /// Its client has proposed no points.
    NoPoints,
    /// Others go first.
    BehindOthers,
}

/// Why a task waits, and until when if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyWaiting {
    /// The reason.
    pub reason: WaitingReason,
    /// The reason in words.
    pub message: String,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// A task that has something to hand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// The task.
    pub task: TaskId,
    /// What its workers must be able to do.
    pub labels: Labels,
    /// Whether it is in the queue across tasks; else it is only handed out by name.
    pub queued: bool,
    /// Tells this work from what the task had before: since when, and from when on.
    pub mark: (Option<i64>, i64),
}
