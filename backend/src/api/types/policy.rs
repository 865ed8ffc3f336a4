//! When a task has had enough, what it does about workers and results, and its place in the queue.

use async_graphql::{Enum, SimpleObject};

use crate::{
    api::scalar::DateTime,
    task::{self, LeaseToken},
};

/// When a task has had enough. When a bound is reached nothing new is handed out, and when what is out is in, the task
/// completes itself.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Budget {
    /// The most trials that are ever handed out, each counted once.
    max_trials: Option<i64>,
    /// The most trials that are out at once.
    max_running: Option<i64>,
    /// The largest share of all trials that are out, for the queue.
    max_share: Option<f64>,
    /// When the task ends.
    deadline: Option<DateTime>,
    /// A value of the only objective that is good enough.
    target_value: Option<f64>,
    /// How many results may come without an improvement.
    patience: Option<i64>,
    /// The least improvement that the model must expect of some point, in the units of the only objective, or of
    /// hypervolume.
    min_expected_improvement: Option<f64>,
    /// Number of failed trials at which the task pauses.
    max_failures: Option<i64>,
    /// Number of trials that fail in a row at which the task pauses; null: 20 while no trial of the task has another
    /// outcome than a failure, else no limit.
    max_consecutive_failures: Option<i64>,
}

impl From<task::Budget> for Budget {
    fn from(budget: task::Budget) -> Self {
        let task::Budget {
            max_trials,
            max_running,
            max_share,
            deadline,
            target_value,
            patience,
            min_expected_improvement,
            max_failures,
            max_consecutive_failures,
        } = budget;
        Self {
            max_trials,
            max_running,
            max_share,
            deadline: deadline.map(DateTime),
            target_value,
            patience,
            min_expected_improvement,
            max_failures,
            max_consecutive_failures,
        }
    }
}

/// What becomes of a result whose worker has lost its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::LateResults")]
pub(in crate::api) enum LateResultPolicy {
    /// If nobody else has reported, the first result counts; else it is kept beside the counted one.
    Accept,
    /// It is kept beside the counted one, and never counts.
    Attach,
    /// It is refused, with the error `LEASE_LOST`.
    Reject,
}

/// What is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::RetryOn")]
pub(in crate::api) enum RetryOn {
    /// Only trials whose worker was lost: a failed evaluation is an outcome.
    LostWorkers,
    /// Also failures of the kinds in `retryKinds`.
    ListedFailures,
    /// Also every failure.
    AllFailures,
}

/// What a task does about workers that fail, die or come late.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TrialPolicy {
    /// How long a lease holds if the worker does not say.
    lease_seconds: f64,
    /// What becomes of a result whose worker has lost its lease.
    late_results: LateResultPolicy,
    /// How often a trial is tried before it is given up.
    max_attempts: i64,
    /// What is tried again.
    retry_on: RetryOn,
    /// The kinds of failures that are tried again, with `LISTED_FAILURES`.
    retry_kinds: Vec<String>,
    /// How long a trial waits before its second attempt; doubled for each one that follows.
    backoff_seconds: f64,
    /// The longest such wait.
    max_backoff_seconds: f64,
}

impl From<&task::TrialPolicy> for TrialPolicy {
    fn from(policy: &task::TrialPolicy) -> Self {
        let task::TrialPolicy {
            lease_seconds,
            late_results,
            max_attempts,
            retry_on,
            retry_kinds,
            backoff_seconds,
            max_backoff_seconds,
        } = policy;
        Self {
            lease_seconds: lease_seconds.seconds(),
            late_results: (*late_results).into(),
            max_attempts: *max_attempts,
            retry_on: (*retry_on).into(),
            retry_kinds: retry_kinds.clone(),
            backoff_seconds: backoff_seconds.seconds(),
            max_backoff_seconds: max_backoff_seconds.seconds(),
        }
    }
}

/// How it is decided that a trial is stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::PruningKind")]
pub(in crate::api) enum PruningKind {
    /// Never.
    None,
    /// When its best value so far is worse than the median of the others at that step.
    Median,
    /// Asynchronous successive halving (ASHA): at each rung, only the best of those that came so far go on.
    SuccessiveHalving,
}

/// Which trials are stopped early, by what they report on the way. Only for tasks with one objective.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct Pruning {
    /// How it is decided.
    kind: PruningKind,
    /// MEDIAN: how many trials must be COMPLETED before any is stopped.
    startup_trials: i64,
    /// MEDIAN: no trial is stopped at or before this step.
    warmup_steps: i64,
    /// `SUCCESSIVE_HALVING`: the step of the first rung.
    min_resource: i64,
    /// `SUCCESSIVE_HALVING`: each rung has this many times the steps of the one before, and one in so many goes on.
    reduction_factor: i64,
}

impl From<task::Pruning> for Pruning {
    fn from(pruning: task::Pruning) -> Self {
        let task::Pruning { kind, startup_trials, warmup_steps, min_resource, reduction_factor } =
            pruning;
        let kind = kind.into();
        Self { kind, startup_trials, warmup_steps, min_resource, reduction_factor }
    }
}

/// A threshold that a result must keep to count as good.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct OutcomeConstraint {
    /// The name of an objective or a metric.
    name: String,
    /// The most that it may be.
    at_most: Option<f64>,
    /// The least that it must be.
    at_least: Option<f64>,
}

impl From<&task::Constraint> for OutcomeConstraint {
    fn from(constraint: &task::Constraint) -> Self {
        let task::Constraint { name, at_most, at_least } = constraint;
        Self { name: name.clone(), at_most: *at_most, at_least: *at_least }
    }
}

/// A runner's time-limited right to a whole task.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct TaskClaim {
    /// Who has it.
    runner: String,
    /// Its number among the claims of the task: pass it with heartbeats.
    token: LeaseToken,
    /// When it ends unless it is renewed.
    expires_at: DateTime,
}

impl From<task::Claim> for TaskClaim {
    fn from(claim: task::Claim) -> Self {
        let task::Claim { runner, token, expires_at, time: _ } = claim;
        Self { runner: runner.to_string(), token, expires_at: DateTime(expires_at) }
    }
}

/// What keeps a task waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::WaitingReason")]
pub(in crate::api) enum WaitingReason {
    /// It has not been started.
    NotStarted,
    /// It lacks a parameter space or objectives.
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
    /// As many of its trials are out as may be at once.
    AllPlacesTaken,
    /// It has its share of all the trials that are out.
    ShareReached,
    /// Its trials wait for their next attempt.
    BackingOff,
    /// Its strategy is EXTERNAL, and no points are enqueued.
    NoPoints,
    /// Others go first in the queue.
    BehindOthers,
}

/// Why no worker gets a trial of a task now.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct WhyWaiting {
    /// The reason.
    reason: WaitingReason,
    /// The reason in words.
    message: String,
    /// When it ends by itself, if that is known.
    until: Option<DateTime>,
}

impl From<task::WhyWaiting> for WhyWaiting {
    fn from(why: task::WhyWaiting) -> Self {
        let task::WhyWaiting { reason, message, until } = why;
        Self { reason: reason.into(), message, until: until.map(DateTime) }
    }
}
