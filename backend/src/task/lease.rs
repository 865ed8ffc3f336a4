//! A worker's time-limited right to a trial, and what is kept of it when it has ended.

use serde::{Deserialize, Serialize};

use super::{Invalid, Reason, Timestamp, TrialId, WorkerName};

/// Numbers the leases of one trial: 1, 2, 3, … The larger one is the later: a report with a smaller
/// token comes from a worker that has lost its right (a fencing token, as in M. Kleppmann, "How to do
/// distributed locking", 2016).
pub type LeaseToken = i64;

/// How long a lease holds without a heartbeat, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct LeaseTime(chrono::TimeDelta);

impl LeaseTime {
    /// The shortest, in seconds.
    pub const MIN_SECONDS: f64 = 0.1;
    /// The longest, in seconds: 30 days.
    pub const MAX_SECONDS: f64 = 2_592_000.0;

    /// Checks the range, 0.1 seconds to 30 days.
    pub fn from_seconds(seconds: f64) -> Result<Self, Invalid> {
        if !(Self::MIN_SECONDS..=Self::MAX_SECONDS).contains(&seconds) {
            return Err(Invalid::new(format!(
                "a number of seconds from {} to {}",
                Self::MIN_SECONDS,
                Self::MAX_SECONDS
            )));
        }
        Ok(Self(duration(seconds)))
    }

    /// When a lease of this length ends that begins, or is renewed, at that time.
    #[must_use]
    pub fn end(self, from: Timestamp) -> Timestamp {
        from + self.0
    }

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        seconds(self.0)
    }

    /// In microseconds, for the store.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.num_microseconds().unwrap_or(i64::MAX)
    }

    /// From what the store has kept.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(chrono::TimeDelta::microseconds(micros))
    }
}

impl Default for LeaseTime {
    /// Five minutes.
    fn default() -> Self {
        Self(chrono::TimeDelta::minutes(5))
    }
}

impl TryFrom<f64> for LeaseTime {
    type Error = Invalid;
    fn try_from(seconds: f64) -> Result<Self, Invalid> {
        Self::from_seconds(seconds)
    }
}

impl From<LeaseTime> for f64 {
    fn from(time: LeaseTime) -> Self {
        time.seconds()
    }
}

/// A number of seconds as a duration, to the microsecond. The caller has checked the range.
#[expect(clippy::cast_possible_truncation, reason = "within 30 days by construction")]
pub(super) fn duration(seconds: f64) -> chrono::TimeDelta {
    chrono::TimeDelta::microseconds((seconds * 1e6).round() as i64)
}

#[expect(clippy::cast_precision_loss, reason = "30 days in microseconds are within 53 bits")]
pub(super) fn seconds(duration: chrono::TimeDelta) -> f64 {
    duration.num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6
}

/// A lease that a worker names: which trial, and by which right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseRef {
    /// The trial.
    pub trial: TrialId,
    /// The token that came with it.
    pub token: LeaseToken,
}

/// The lease of a RUNNING trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its number among the leases of the trial.
    pub token: LeaseToken,
    /// Who has it.
    pub worker: Option<WorkerName>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
    /// How long it holds from each sign of life.
    pub time: LeaseTime,
}

/// When a lease ends after a sign of life: a sign of life never makes it end sooner.
#[must_use]
pub fn renewed(expires_at: Timestamp, time: LeaseTime, now: Timestamp) -> Timestamp {
    expires_at.max(time.end(now))
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttemptOutcome {
    /// With a result.
    Completed,
    /// The evaluation went wrong.
    Failed,
    /// It was stopped early.
    Pruned,
    /// The point cannot be evaluated.
    Infeasible,
    /// Its lease expired: the worker was lost.
    Expired,
    /// The worker gave it back.
    Released,
    /// Another's result counted first.
    Superseded,
}

/// A lease that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number among the leases of the trial.
    pub token: LeaseToken,
    /// Who had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerName>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How.
    pub outcome: AttemptOutcome,
    /// Why, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What a worker should do with what it has leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The lease holds.
    GoOn,
    /// The result is no longer wanted: the trial was pruned, another's result counts, or the task
    /// has ended.
    Stop,
    /// The lease expired, and the right has gone to another or back to the queue.
    Lost,
}
