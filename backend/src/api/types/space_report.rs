//! What a space makes of the results that there are, and what changes between two spaces.

use async_graphql::{Enum, SimpleObject};

use crate::task;

/// What kind of change of a space it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "task::SpaceChangeKind")]
pub(in crate::api) enum SpaceChangeKind {
    /// A range goes further.
    Widened,
    /// A range goes less far.
    Narrowed,
    /// The values on a grid are others.
    StepChanged,
    /// A scale became logarithmic, or linear.
    ScaleChanged,
    /// There are more choices or levels.
    ChoicesAdded,
    /// There are fewer choices or levels.
    ChoicesRemoved,
    /// The same choices or levels stand in another order.
    Reordered,
    /// Only one value of a parameter is tried from here on.
    Fixed,
    /// All values of a parameter are tried again.
    Freed,
    /// A parameter exists for other new values of the one that decides.
    ConditionChanged,
    /// Something more must hold between parameters.
    ConstraintAdded,
    /// Something need no longer hold between parameters.
    ConstraintRemoved,
    /// Candidates were added to the list.
    CandidatesAdded,
    /// Candidates were taken from the list.
    CandidatesRemoved,
    /// Only the candidates of a list can be tried from here on.
    Listed,
    /// Every point can be tried again, not the candidates of a list only.
    Unlisted,
}

/// One difference between the space of a task and another.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct SpaceChange {
    /// What kind of change it is.
    kind: SpaceChangeKind,
    /// The name of the parameter that it is of; none for what concerns several.
    parameter: Option<String>,
    /// The change in words.
    message: String,
}

impl From<task::SpaceChange> for SpaceChange {
    fn from(change: task::SpaceChange) -> Self {
        let task::SpaceChange { kind, parameter, message } = change;
        Self { kind: kind.into(), parameter, message }
    }
}

/// What another space would do to a task. Nothing is written.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct SpaceChangePreview {
    /// What changes, parameter by parameter; empty if it is the space that the task has, or nothing was tried yet.
    changes: Vec<SpaceChange>,
    /// What becomes of the results that there are.
    report: SpaceReport,
}

impl SpaceChangePreview {
    pub(in crate::api) fn new(changes: Vec<task::SpaceChange>, report: &task::SpaceReport) -> Self {
        Self { changes: changes.into_iter().map(Into::into).collect(), report: report.into() }
    }
}

/// What a space makes of the results of its task: how many count for it, and from how many models learn.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct SpaceReport {
    /// The version of the space.
    space_version: i64,
    /// How many trials there are.
    trials: i64,
    /// How many of them have an outcome: COMPLETED, FAILED, PRUNED or INFEASIBLE.
    results: i64,
    /// How many results lie in the space: only these can be the best or on the Pareto front.
    in_space: i64,
    /// How many results lie outside. They are kept, and count again when the space holds them again.
    outside: i64,
    /// From how many results models learn. Those outside are among them where every number is within its range and
    /// every choice is still there: other values of a fixed parameter, sums that are no longer allowed, points that are
    /// no candidates.
    learned: i64,
    /// How many WAITING trials lie outside: they are given up when the space becomes this one.
    waiting_outside: i64,
    /// How many RUNNING trials lie outside: they go on, and their results are kept.
    running_outside: i64,
    /// By which parameters results lie outside. One may, by several.
    by_parameter: Vec<OutsideByParameter>,
    /// Which constraints between parameters results break.
    by_constraint: Vec<OutsideByConstraint>,
    /// How many results are none of the candidates; 0 without a list.
    not_candidates: i64,
    /// The same counts by the version of the space under which the trials were made, oldest first.
    by_version: Vec<SpaceVersionTally>,
}

/// How many results lie outside by one parameter.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct OutsideByParameter {
    /// The name of the parameter.
    parameter: String,
    /// How many results.
    results: i64,
}

/// How many results break a constraint between parameters.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct OutsideByConstraint {
    /// The place of the constraint in the space, from 0.
    constraint: usize,
    /// How many results.
    results: i64,
}

/// What became of the trials that were made under one version of a space.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::api) struct SpaceVersionTally {
    /// The version.
    space_version: i64,
    /// How many trials were made under it.
    trials: i64,
    /// How many of them have an outcome.
    results: i64,
    /// How many of the results lie in the space that is reported on.
    in_space: i64,
    /// How many of the results lie outside of it.
    outside: i64,
    /// From how many of the results models learn.
    learned: i64,
}

impl From<&task::SpaceReport> for SpaceReport {
    fn from(report: &task::SpaceReport) -> Self {
        let task::SpaceReport {
            version,
            total,
            versions,
            parameters,
            constraints,
            unlisted,
            waiting_outside,
            running_outside,
        } = report;
        let task::SpaceTally { trials, results, in_space, learned } = *total;
        let of_parameter = |(parameter, results): (&String, &i64)| OutsideByParameter {
            parameter: parameter.clone(),
            results: *results,
        };
        let of_constraint = |(constraint, results): (&usize, &i64)| OutsideByConstraint {
            constraint: *constraint,
            results: *results,
        };
        Self {
            space_version: *version,
            trials,
            results,
            in_space,
            outside: results - in_space,
            learned,
            waiting_outside: *waiting_outside,
            running_outside: *running_outside,
            by_parameter: parameters.iter().map(of_parameter).collect(),
            by_constraint: constraints.iter().map(of_constraint).collect(),
            not_candidates: *unlisted,
            by_version: versions
                .iter()
                .map(|(version, tally)| of_version(*version, *tally))
                .collect(),
        }
    }
}

const fn of_version(space_version: i64, tally: task::SpaceTally) -> SpaceVersionTally {
    let task::SpaceTally { trials, results, in_space, learned } = tally;
    SpaceVersionTally {
        space_version,
        trials,
        results,
        in_space,
        outside: results - in_space,
        learned,
    }
}
