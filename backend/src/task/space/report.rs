//! What a space makes of the results that there are: so that whoever narrows it sees what that costs.

use std::collections::BTreeMap;

use super::{JudgedAs, ParameterSpace, Point};
use crate::task::{TrialState, Version};

/// A trial, as far as a space can judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedPoint {
    /// The version of the space under which it was made.
    pub space_version: Version,
    /// Where it stands.
    pub state: TrialState,
    /// Whether its result is left out of the optimization.
    pub excluded: bool,
    /// The point.
    pub point: Point,
}

/// How many trials are of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpaceTally {
    /// All of them, whatever became of them.
    pub trials: i64,
    /// Those with an outcome.
    pub results: i64,
    /// Of the results, those that lie in the space.
    pub in_space: i64,
    /// Of the results, those that models learn from.
    pub learned: i64,
}

/// What a space makes of the trials of its task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpaceReport {
    /// The version of the space.
    pub version: Version,
    /// All trials together.
    pub total: SpaceTally,
    /// The trials by the version of the space under which they were made.
    pub versions: BTreeMap<Version, SpaceTally>,
    /// For each parameter by which results lie outside, how many do.
    pub parameters: BTreeMap<String, i64>,
    /// For each constraint between parameters that results break, by index, how many do.
    pub constraints: BTreeMap<usize, i64>,
    /// How many results are none of the candidates.
    pub unlisted: i64,
    /// WAITING trials outside: they are given up.
    pub waiting_outside: i64,
    /// RUNNING trials outside: they go on.
    pub running_outside: i64,
}

impl SpaceReport {
    /// What that version of a space makes of those trials.
    #[must_use]
    pub fn of(space: &ParameterSpace, version: Version, trials: &[TriedPoint]) -> Self {
        let mut report = Self { version, ..Self::default() };
        for trial in trials {
            report.add(space, trial);
        }
        report
    }

    fn add(&mut self, space: &ParameterSpace, trial: &TriedPoint) {
        let judged_as = if TrialState::WITH_OUTCOME.contains(&trial.state) {
            JudgedAs::Result
        } else {
            JudgedAs::Proposal
        };
        let fit = space.fit(&trial.point, judged_as);
        let has_outcome = match trial.state {
            TrialState::Completed
            | TrialState::Failed
            | TrialState::Pruned
            | TrialState::Infeasible => true,
            TrialState::Waiting => {
                self.waiting_outside += i64::from(!fit.is_inside());
                false
            }
            TrialState::Running => {
                self.running_outside += i64::from(!fit.is_inside());
                false
            }
            TrialState::Abandoned => false,
        };
        let of_version = self.versions.entry(trial.space_version).or_default();
        for tally in [&mut self.total, of_version] {
            tally.trials += 1;
            tally.results += i64::from(has_outcome);
            tally.in_space += i64::from(has_outcome && fit.is_inside());
            tally.learned += i64::from(has_outcome && fit.learned && !trial.excluded);
        }
        if has_outcome {
            for parameter in fit.parameters {
                *self.parameters.entry(parameter).or_default() += 1;
            }
            for constraint in fit.constraints {
                *self.constraints.entry(constraint).or_default() += 1;
            }
            self.unlisted += i64::from(fit.unlisted);
        }
    }
}
