//! Which strategy suits a task.

use crate::{bayes, propose::Request, settings::StrategyKind};

/// Parameters beyond which a Gaussian process tells too little.
const MOST_PARAMETERS: usize = 50;

/// Results beyond which other strategies have learned as much, in less time.
const MOST_RESULTS: usize = 10_000;

/// The strategy for the next points, and why, in words for whoever runs the task.
pub(crate) fn choose(request: &Request) -> (StrategyKind, Option<String>) {
    let (problem, history) = (request.problem, request.history);
    let counts = format!(
        "{}, {}, {}",
        counted(problem.objectives, "objective"),
        counted(problem.space.parameters.len(), "parameter"),
        counted(history.observations.len(), "result"),
    );
    let kind = with_results(request);
    let left = bayes::startup_left(request);
    let reason = match kind {
        StrategyKind::Gp if left > 0 || bayes::measured(request) < 2 => {
            format!("one of the first {} points, to get to know the space", bayes::startup(request))
        }
        StrategyKind::Gp => format!("Gaussian process: {counts}"),
        StrategyKind::Nsga2 => {
            format!("NSGA-II, because there are more than four objectives: {counts}")
        }
        StrategyKind::Tpe => {
            format!("TPE, because there are too many for a Gaussian process: {counts}")
        }
        StrategyKind::Random
        | StrategyKind::Sobol
        | StrategyKind::LatinHypercube
        | StrategyKind::Grid
        | StrategyKind::Auto => counts,
    };
    (kind, Some(reason))
}

/// The strategy, once there are results to learn from.
pub(crate) fn with_results(request: &Request) -> StrategyKind {
    let (problem, history) = (request.problem, request.history);
    if problem.objectives > bayes::MOST_OBJECTIVES {
        StrategyKind::Nsga2
    } else if problem.space.parameters.len() > MOST_PARAMETERS
        || history.observations.len() > MOST_RESULTS
    {
        StrategyKind::Tpe
    } else {
        StrategyKind::Gp
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
