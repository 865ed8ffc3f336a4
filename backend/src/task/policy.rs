//! What a task does about workers that fail, die or come late.

use serde::{Deserialize, Serialize};

use super::{
    Invalid, LeaseTime, Timestamp,
    lease::{duration, seconds},
    objective::check_label,
};

/// What becomes of a result whose worker has lost its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LateResults {
    /// If nobody else has reported, the first result counts; else it is kept beside the counted one.
    #[default]
    Accept,
    /// It is kept beside the counted one, and never counts.
    Attach,
    /// It is refused.
    Reject,
}

/// What is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RetryOn {
    /// Only trials whose worker was lost: a failed evaluation is an outcome.
    #[default]
    LostWorkers,
    /// Also failures of the kinds that the policy lists.
    ListedFailures,
    /// Also every failure.
    AllFailures,
}

/// A number of seconds from 0 to 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Delay(chrono::TimeDelta);

impl Delay {
    /// Checks the range.
    pub fn from_seconds(given: f64) -> Result<Self, Invalid> {
        if !(0.0..=LeaseTime::MAX_SECONDS).contains(&given) {
            return Err(Invalid::new(format!(
                "a number of seconds from 0 to {}",
                LeaseTime::MAX_SECONDS
            )));
        }
        Ok(Self(duration(given)))
    }

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        seconds(self.0)
    }
}

impl TryFrom<f64> for Delay {
    type Error = Invalid;
    fn try_from(seconds: f64) -> Result<Self, Invalid> {
        Self::from_seconds(seconds)
    }
}

impl From<Delay> for f64 {
    fn from(delay: Delay) -> Self {
        delay.seconds()
    }
}

/// How a task deals with leases that end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrialPolicy {
    /// How long a lease holds if the worker does not say.
    pub lease_seconds: LeaseTime,
    /// What becomes of a result whose worker has lost its lease.
    pub late_results: LateResults,
    /// How often a trial is tried before it is given up: 1 to 1,000.
    pub max_attempts: i64,
    /// What is tried again.
    pub retry_on: RetryOn,
    /// The kinds of failures that are tried again, for [`RetryOn::ListedFailures`].
    pub retry_kinds: Vec<String>,
    /// How long a trial waits before its second attempt; doubled for each one that follows.
    pub backoff_seconds: Delay,
    /// The longest such wait.
    pub max_backoff_seconds: Delay,
}

impl Default for TrialPolicy {
    fn default() -> Self {
        Self {
            lease_seconds: LeaseTime::default(),
            late_results: LateResults::default(),
            max_attempts: 3,
            retry_on: RetryOn::default(),
            retry_kinds: Vec::new(),
            backoff_seconds: Delay::default(),
            max_backoff_seconds: Delay(chrono::TimeDelta::hours(1)),
        }
    }
}

/// The longest name of a kind of failure, in characters.
pub(super) const MAX_KIND_CHARS: usize = 100;

impl TrialPolicy {
    const MAX_ATTEMPTS: i64 = 1_000;
    const MAX_KINDS: usize = 32;

    /// Checks what the types leave open.
    pub fn check(self) -> Result<Self, Invalid> {
        if !(1..=Self::MAX_ATTEMPTS).contains(&self.max_attempts) {
            return Err(Invalid::new(format!("a whole number from 1 to {}", Self::MAX_ATTEMPTS))
                .at("maxAttempts"));
        }
        if self.retry_kinds.len() > Self::MAX_KINDS {
            return Err(Invalid::new(format!("at most {} kinds", Self::MAX_KINDS)).at("retryKinds"));
        }
        for (i, kind) in self.retry_kinds.iter().enumerate() {
            check_label(kind, MAX_KIND_CHARS).map_err(|e| e.at_index(i).at("retryKinds"))?;
        }
        Ok(self)
    }

    /// Whether a failure of that kind may be tried again.
    #[must_use]
    pub fn retries(&self, kind: Option<&str>) -> bool {
        match self.retry_on {
            RetryOn::LostWorkers => false,
            RetryOn::ListedFailures => {
                kind.is_some_and(|kind| self.retry_kinds.iter().any(|listed| listed == kind))
            }
            RetryOn::AllFailures => true,
        }
    }

    /// When a trial may be tried again after so many attempts; none if they were the last.
    #[must_use]
    pub fn next_attempt(&self, attempts: i64, now: Timestamp) -> Option<Timestamp> {
        if attempts >= self.max_attempts {
            return None;
        }
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(40);
        let first = self.backoff_seconds.0.num_microseconds().unwrap_or(i64::MAX);
        let longest = self.max_backoff_seconds.0.num_microseconds().unwrap_or(i64::MAX);
        let wait = first.saturating_mul(1_i64 << doublings).min(longest);
        Some(now + chrono::TimeDelta::microseconds(wait))
    }
}
