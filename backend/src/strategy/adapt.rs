//! Between the words of a task and those of the crate of strategies, which knows numbers only: there a
//! choice is its index, every objective is minimized, and a constraint is kept where it is at most 0.

use asktell_strategies::{
    History, Observation, Outcome, Problem, Request, Strategy, StrategyKind as OwnStrategy, Why,
    settings::GpSettings,
};

use crate::task::{
    Direction, Objective, ParameterSpace, Point, Prediction, Proposal, SamplingMethod,
    StrategyKind, StrategySettings, Suggestion, Task, TaskSettings, Trial, TrialState, Values,
};

/// What is to be found; none while the task has no space or no objectives.
#[must_use]
pub fn problem(settings: &TaskSettings) -> Option<Problem> {
    let space = settings.ready().ok()?;
    let objectives = settings.objectives.as_slice().len();
    let constraints = bounds(settings).count();
    Some(Problem { space: space.numbers().clone(), objectives, constraints })
}

/// The outcome constraints, each bound for itself: name, sign, and the limit of `sign · value`.
fn bounds(settings: &TaskSettings) -> impl Iterator<Item = (&str, f64, f64)> {
    settings.constraints.as_slice().iter().flat_map(|constraint| {
        let name = constraint.name.as_str();
        let most = constraint.at_most.map(|most| (name, 1.0, most));
        let least = constraint.at_least.map(|least| (name, -1.0, -least));
        most.into_iter().chain(least)
    })
}

/// The strategy and its settings; none if a client proposes the points.
#[must_use]
pub fn settings(settings: &TaskSettings) -> Option<Strategy> {
    let kind = settings.strategy.kind.of_server()?;
    let tuning = &settings.strategy.tuning;
    let gp = tuning.gp.as_ref().map(|gp| GpSettings {
        acquisition: gp.acquisition,
        exploration: gp.exploration,
        noise: settings
            .objectives
            .as_slice()
            .iter()
            .map(|objective| {
                let known = gp.noise.iter().find(|noise| noise.objective == objective.name);
                known.map(|noise| noise.deviation)
            })
            .collect(),
        startup: gp.startup,
    });
    Some(Strategy {
        kind,
        gp: gp.unwrap_or_default(),
        tpe: tuning.tpe.clone().unwrap_or_default(),
        grid: tuning.grid.clone().unwrap_or_default(),
        nsga2: tuning.nsga2.clone().unwrap_or_default(),
        replicates: tuning.replicates,
    })
}

/// A point in numbers, as models learn from it; none if they cannot know where it lies, because it is not
/// of this space.
#[must_use]
pub fn point_in(settings: &TaskSettings, point: &Point) -> Option<asktell_strategies::Point> {
    settings.parameter_space.as_ref()?.learned(point)
}

/// A point in the words of the task.
#[must_use]
pub fn point_of(settings: &TaskSettings, point: &asktell_strategies::Point) -> Point {
    let space = settings.parameter_space.as_ref();
    space.map_or_else(Point::default, |space| space.point_of(point))
}

/// What became of a trial, as the strategy learns from it; none if it does not.
#[must_use]
pub fn observation(settings: &TaskSettings, trial: &Trial) -> Option<Observation> {
    if trial.excluded.is_some() {
        return None;
    }
    let outcome = match trial.state {
        TrialState::Completed => measured(settings, trial)?,
        TrialState::Failed | TrialState::Infeasible => Outcome::Failed,
        TrialState::Pruned => Outcome::Pruned,
        TrialState::Waiting | TrialState::Running | TrialState::Abandoned => return None,
    };
    Some(Observation { point: point_in(settings, trial.tried())?, outcome, source: 0 })
}

/// The planned point of a trial that was executed elsewhere, which need not be planned again.
#[must_use]
pub fn settled(settings: &TaskSettings, trial: &Trial) -> Option<asktell_strategies::Point> {
    trial.executed_point.as_ref()?;
    point_in(settings, &trial.point)
}

/// None if it has values of no objective, as results of files may.
fn measured(settings: &TaskSettings, trial: &Trial) -> Option<Outcome> {
    let metrics = &trial.details.beside.metrics;
    let named = |name: &str| trial.values.get(name).or_else(|| metrics.get(name)).copied();
    let values = minimized(settings, &trial.values);
    values.iter().any(|value| value.is_finite()).then(|| Outcome::Measured {
        values,
        deviations: settings
            .objectives
            .as_slice()
            .iter()
            .map(|objective| trial.details.deviations.get(&objective.name).copied())
            .collect(),
        constraints: bounds(settings)
            .map(|(name, sign, limit)| named(name).map_or(f64::NAN, |value| sign * value - limit))
            .collect(),
    })
}

/// The values of all objectives, not a number where one was not measured.
fn minimized(settings: &TaskSettings, values: &Values) -> Vec<f64> {
    let value = |objective: &Objective| {
        values.get(&objective.name).map_or(f64::NAN, |value| sign(objective) * value)
    };
    settings.objectives.as_slice().iter().map(value).collect()
}

/// What turns a value of an objective into one that is minimized, and back.
pub(super) const fn sign(objective: &Objective) -> f64 {
    match objective.direction {
        Direction::Minimize => 1.0,
        Direction::Maximize => -1.0,
    }
}

/// What the strategy answers, in the words of the task.
#[must_use]
pub fn suggestion(settings: &TaskSettings, proposal: &asktell_strategies::Proposal) -> Suggestion {
    let Why {
        strategy,
        reason,
        fallback,
        predictions,
        acquisition,
        expected_improvement,
        attainable_improvement,
        results,
    } = &proposal.why;
    let why = Proposal {
        strategy: StrategyKind::from(*strategy),
        reason: reason.clone(),
        fallback: fallback.clone(),
        predictions: self::predictions(settings, predictions),
        criterion: acquisition.map(|(criterion, _)| criterion),
        acquisition_value: acquisition.map(|(_, value)| value).filter(|value| value.is_finite()),
        expected_improvement: expected_improvement.filter(|value| value.is_finite()),
        attainable_improvement: attainable_improvement.filter(|value| value.is_finite()),
        results: *results,
    };
    Suggestion { point: point_of(settings, &proposal.point), why }
}

/// What a model expects of each objective, in its own sign.
#[must_use]
pub fn predictions(
    settings: &TaskSettings,
    predictions: &[asktell_strategies::proposal::Prediction],
) -> Vec<Prediction> {
    let named = settings.objectives.as_slice().iter().zip(predictions);
    named
        .map(|(objective, prediction)| Prediction {
            objective: objective.name.clone(),
            mean: sign(objective) * prediction.mean,
            deviation: prediction.deviation,
        })
        .collect()
}

/// The next points of a task of which nothing need be known: see [`is_quick`].
#[must_use]
pub fn propose_at_once(task: &TaskSettings, proposed: i64, count: u64) -> Vec<Suggestion> {
    settings(task).map_or_else(Vec::new, |strategy| unlearned(task, &strategy, proposed, count))
}

/// Points that fill the space, in the place of those that the strategy would have proposed, and why.
#[must_use]
pub fn spread(task: &TaskSettings, proposed: i64, count: u64, why: &str) -> Vec<Suggestion> {
    let replicates = task.strategy.tuning.replicates;
    let strategy = Strategy { replicates, ..Strategy::plain(OwnStrategy::Sobol) };
    let mut points = unlearned(task, &strategy, proposed, count);
    for point in &mut points {
        point.why.fallback = Some(why.to_owned());
    }
    points
}

fn unlearned(
    task: &TaskSettings,
    strategy: &Strategy,
    proposed: i64,
    count: u64,
) -> Vec<Suggestion> {
    let Some(problem) = problem(task) else { return Vec::new() };
    let proposed = u64::try_from(proposed).unwrap_or_default();
    let history = History { proposed, ..History::default() };
    let request = Request {
        problem: &problem,
        strategy,
        history: &history,
        count: usize::try_from(count).unwrap_or_default(),
        seed: task.strategy.seed.get().into(),
        interrupted: &|| false,
    };
    let proposals = asktell_strategies::propose(&request).unwrap_or_default();
    proposals.iter().map(|proposal| suggestion(task, proposal)).collect()
}

/// Whether the next points of a task take no time: its strategy does not learn, or has nothing to learn
/// from yet.
#[must_use]
pub fn is_quick(settings: &TaskSettings, task: &Task) -> bool {
    let counts = &task.trial_counts;
    let nothing_yet = TrialState::WITH_OUTCOME.iter().all(|state| counts.get(*state) == 0)
        && settings.strategy.tuning.warm_start.is_empty()
        && !settings.proposes_each_point_once();
    !settings.looks_back() || nothing_yet
}

/// The points of a task's initial design. They are not those that a strategy of the same method begins with.
#[must_use]
pub fn initial_design(strategy: &StrategySettings, space: &ParameterSpace) -> Vec<Point> {
    let Some(design) = strategy.initial_design else { return Vec::new() };
    let method = match design.method() {
        SamplingMethod::Random => OwnStrategy::Random,
        SamplingMethod::Sobol => OwnStrategy::Sobol,
        SamplingMethod::LatinHypercube => OwnStrategy::LatinHypercube,
    };
    let count = usize::try_from(design.count()).unwrap_or(usize::MAX);
    // Nothing need be measured to fill a space.
    let problem = Problem { space: space.numbers().clone(), objectives: 1, constraints: 0 };
    let points =
        asktell_strategies::initial_design(&problem, method, count, strategy.seed.get().into());
    points.iter().map(|point| space.point_of(point)).collect()
}
