//! When a task has had enough, and what it does about workers and results.

use async_graphql::InputObject;

use crate::{
    api::{
        scalar::DateTime,
        types::{LateResultPolicy, PruningKind, RetryOn},
    },
    task::{Budget, Constraint, Constraints, Delay, Invalid, LeaseTime, Pruning, TrialPolicy},
};

/// When a task has had enough. Each bound may be left out. When one is reached nothing new is handed out, and when what
/// is out is in, the task completes itself.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct BudgetInput {
    /// The most trials that are ever handed out, exactly: each counts once, however often it is tried. Results from
    /// elsewhere do not count.
    max_trials: Option<i64>,
    /// The most trials that are out at once.
    max_running: Option<i64>,
    /// The largest share, over 0 up to 1, that the task may have of all trials that are out, of whatever task. It binds
    /// the queue; one trial is always allowed.
    max_share: Option<f64>,
    /// When the task ends. A time that has passed is refused.
    deadline: Option<DateTime>,
    /// A value of the objective that is good enough; only for a task with one objective.
    target_value: Option<f64>,
    /// How many results may come without an improvement.
    patience: Option<i64>,
    /// The least improvement that the model must expect of some point: the task ends when it expects less of all. More than
    /// 0, in the units of the objective; with several objectives, of hypervolume (the units of all multiplied). Only for
    /// the strategies GP and AUTO. While there is no model yet, it ends nothing.
    min_expected_improvement: Option<f64>,
    /// Number of failed trials at which the task pauses, at least 1; default: no limit. Trials measured elsewhere do not
    /// count, nor do failed attempts that are tried again. While it is reached, the task cannot be resumed:
    /// `BUDGET_REACHED`.
    max_failures: Option<i64>,
    /// Number of trials that fail in a row at which the task pauses, at least 1. Another outcome, or resuming the task,
    /// begins the row anew. Default: 20 while no trial of the task has another outcome than a failure, else no limit.
    max_consecutive_failures: Option<i64>,
}

impl TryFrom<BudgetInput> for Budget {
    type Error = Invalid;

    fn try_from(input: BudgetInput) -> Result<Self, Invalid> {
        let BudgetInput {
            max_trials,
            max_running,
            max_share,
            deadline,
            target_value,
            patience,
            min_expected_improvement,
            max_failures,
            max_consecutive_failures,
        } = input;
        Self {
            max_trials,
            max_running,
            max_share,
            deadline: deadline.map(|at| at.0),
            target_value,
            patience,
            min_expected_improvement,
            max_failures,
            max_consecutive_failures,
        }
        .check()
    }
}

/// What a task does about workers that fail, die or come late. What is left out takes its default.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct TrialPolicyInput {
    /// How long a lease holds if the worker does not say, 0.1 seconds to 30 days; default 300 seconds.
    lease_seconds: Option<f64>,
    /// What becomes of a result whose worker has lost its lease; default ACCEPT.
    late_results: Option<LateResultPolicy>,
    /// How often a trial is tried before it is given up, 1 to 1,000; default 3.
    max_attempts: Option<i64>,
    /// What is tried again; default `LOST_WORKERS`.
    retry_on: Option<RetryOn>,
    /// The kinds of failures that are tried again, with `LISTED_FAILURES`; at most 32.
    retry_kinds: Option<Vec<String>>,
    /// How long a trial waits before its second attempt, doubled for each one that follows; default 0.
    backoff_seconds: Option<f64>,
    /// The longest such wait; default 3,600 seconds.
    max_backoff_seconds: Option<f64>,
}

impl TryFrom<TrialPolicyInput> for TrialPolicy {
    type Error = Invalid;

    fn try_from(input: TrialPolicyInput) -> Result<Self, Invalid> {
        let TrialPolicyInput {
            lease_seconds,
            late_results,
            max_attempts,
            retry_on,
            retry_kinds,
            backoff_seconds,
            max_backoff_seconds,
        } = input;
        let default = Self::default();
        let lease = lease_seconds.map(LeaseTime::from_seconds).transpose();
        let delay = |field: &'static str, seconds: Option<f64>, default: Delay| {
            let delay = seconds.map(Delay::from_seconds).transpose().map_err(|e| e.at(field))?;
            Ok::<_, Invalid>(delay.unwrap_or(default))
        };
        Self {
            lease_seconds: lease.map_err(|e| e.at("leaseSeconds"))?.unwrap_or_default(),
            late_results: late_results.map(Into::into).unwrap_or_default(),
            max_attempts: max_attempts.unwrap_or(default.max_attempts),
            retry_on: retry_on.map(Into::into).unwrap_or_default(),
            retry_kinds: retry_kinds.unwrap_or_default(),
            backoff_seconds: delay("backoffSeconds", backoff_seconds, default.backoff_seconds)?,
            max_backoff_seconds: delay(
                "maxBackoffSeconds",
                max_backoff_seconds,
                default.max_backoff_seconds,
            )?,
        }
        .check()
    }
}

/// Which trials are stopped early, by what they report on the way. What is left out takes its default.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct PruningInput {
    /// How it is decided.
    kind: PruningKind,
    /// MEDIAN: how many trials must be COMPLETED before any is stopped; default 5.
    startup_trials: Option<i64>,
    /// MEDIAN: no trial is stopped at or before this step; default 0.
    warmup_steps: Option<i64>,
    /// `SUCCESSIVE_HALVING`: the step of the first rung; default 1.
    min_resource: Option<i64>,
    /// `SUCCESSIVE_HALVING`: each rung has this many times the steps of the one before, and one in so many trials goes
    /// on from it; default 3.
    reduction_factor: Option<i64>,
}

impl TryFrom<PruningInput> for Pruning {
    type Error = Invalid;

    fn try_from(input: PruningInput) -> Result<Self, Invalid> {
        let PruningInput { kind, startup_trials, warmup_steps, min_resource, reduction_factor } =
            input;
        let default = Self::default();
        Self {
            kind: kind.into(),
            startup_trials: startup_trials.unwrap_or(default.startup_trials),
            warmup_steps: warmup_steps.unwrap_or(default.warmup_steps),
            min_resource: min_resource.unwrap_or(default.min_resource),
            reduction_factor: reduction_factor.unwrap_or(default.reduction_factor),
        }
        .check()
    }
}

/// A threshold that a result must keep to count as good: at most, at least, or both.
#[derive(Debug, Clone, InputObject)]
pub(in crate::api) struct OutcomeConstraintInput {
    /// The name of an objective, or of a metric that every result then has to have.
    name: String,
    /// The most that it may be.
    at_most: Option<f64>,
    /// The least that it must be.
    at_least: Option<f64>,
}

pub(super) fn constraints(given: Vec<OutcomeConstraintInput>) -> Result<Constraints, Invalid> {
    let one =
        |OutcomeConstraintInput { name, at_most, at_least }| Constraint { name, at_most, at_least };
    Constraints::new(given.into_iter().map(one).collect())
}
