//! Between the words of a task and those of the crate of strategies, which knows numbers only: there a
//! choice is its index, every objective is minimized, and a constraint is kept where it is at most 0.

use asktell_strategies::{
    History, Observation, Outcome, Problem, Request, Strategy, Why,
    settings::GpSettings,
    space::{self, Domain, Space},
};

use crate::task::{
    Direction, Objective, Parameter, ParameterKind, ParameterValue, Point, Prediction, Proposal,
    Result, StrategyKind, Suggestion, Task, TaskSettings, Trial, TrialState, Values,
};

/// What is to be found; none while the task has no space or no objectives.
#[must_use]
pub fn problem(settings: &TaskSettings) -> Option<Problem> {
    let space = settings.ready().ok()?;
    let parameters = space.parameters().iter().map(parameter).collect();
    let space = Space { parameters, ..Space::default() };
    let objectives = settings.objectives.as_slice().len();
    let constraints = bounds(settings).count();
    Some(Problem { space, objectives, constraints })
}

fn parameter(Parameter { name: _, kind }: &Parameter) -> space::Parameter {
    let domain = match kind {
        ParameterKind::Float(bounds) => {
            Domain::Float { low: bounds.low, high: bounds.high, step: bounds.step, log: bounds.log }
        }
        ParameterKind::Int(bounds) => {
            Domain::Int { low: bounds.low, high: bounds.high, step: bounds.step, log: bounds.log }
        }
        ParameterKind::Categorical { choices } => Domain::Categorical { choices: choices.len() },
        ParameterKind::Ordinal { levels } => Domain::Ordinal { levels: levels.len() },
    };
    space::Parameter { domain, condition: None }
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
    })
}

/// A point in numbers; none if it does not lie in the space, or not any more.
#[must_use]
pub fn point_in(settings: &TaskSettings, point: &Point) -> Option<asktell_strategies::Point> {
    let parameters = settings.parameter_space.as_ref()?.parameters();
    let values = parameters.iter().map(|parameter| {
        let (_, value) = point.values().iter().find(|(name, _)| *name == parameter.name)?;
        number_of(&parameter.kind, value).map(Some)
    });
    values.collect::<Option<_>>().map(asktell_strategies::Point)
}

fn number_of(kind: &ParameterKind, value: &ParameterValue) -> Option<f64> {
    match kind {
        ParameterKind::Float(_) | ParameterKind::Int(_) => value.as_f64(),
        ParameterKind::Categorical { choices: known }
        | ParameterKind::Ordinal { levels: known } => {
            let index = known.iter().position(|choice| choice.same(value))?;
            u32::try_from(index).ok().map(f64::from)
        }
    }
}

/// A point in the words of the task.
#[must_use]
pub fn point_of(settings: &TaskSettings, point: &asktell_strategies::Point) -> Point {
    let parameters = settings.parameter_space.as_ref().map_or(&[][..], |space| space.parameters());
    let values = parameters.iter().zip(&point.0).filter_map(|(parameter, value)| {
        Some((parameter.name.clone(), value_of(&parameter.kind, (*value)?)))
    });
    Point::of_space(values.collect())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers within 53 bits, and indices"
)]
fn value_of(kind: &ParameterKind, value: f64) -> ParameterValue {
    match kind {
        ParameterKind::Float(_) => ParameterValue::Float(value),
        ParameterKind::Int(_) => ParameterValue::Int(value.round() as i64),
        ParameterKind::Categorical { choices: known }
        | ParameterKind::Ordinal { levels: known } => {
            known[(value.round() as usize).min(known.len() - 1)].clone()
        }
    }
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
    Some(Observation { point: point_in(settings, &trial.point)?, outcome, source: 0 })
}

fn measured(settings: &TaskSettings, trial: &Trial) -> Option<Outcome> {
    let metrics = &trial.details.beside.metrics;
    let named = |name: &str| trial.values.get(name).or_else(|| metrics.get(name)).copied();
    Some(Outcome::Measured {
        values: minimized(settings, &trial.values)?,
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

fn minimized(settings: &TaskSettings, values: &Values) -> Option<Vec<f64>> {
    let value = |objective: &Objective| Some(sign(objective) * values.get(&objective.name)?);
    settings.objectives.as_slice().iter().map(value).collect()
}

/// What turns a value of an objective into one that is minimized, and back.
const fn sign(objective: &Objective) -> f64 {
    match objective.direction {
        Direction::Minimize => 1.0,
        Direction::Maximize => -1.0,
    }
}

/// What the strategy answers, in the words of the task.
#[must_use]
pub fn suggestion(settings: &TaskSettings, proposal: &asktell_strategies::Proposal) -> Suggestion {
    let Why { strategy, reason, fallback, predictions, acquisition, expected_improvement, results } =
        &proposal.why;
    let why = Proposal {
        strategy: StrategyKind::from(*strategy),
        reason: reason.clone(),
        fallback: fallback.clone(),
        predictions: self::predictions(settings, predictions),
        criterion: acquisition.map(|(criterion, _)| criterion),
        acquisition_value: acquisition.map(|(_, value)| value).filter(|value| value.is_finite()),
        expected_improvement: expected_improvement.filter(|value| value.is_finite()),
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
    let strategy = Strategy::plain(asktell_strategies::StrategyKind::Sobol);
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
        && !is_finite(settings);
    !task.looks_back || nothing_yet
}

/// Whether the space has a finite number of points, so that what is out matters.
#[must_use]
pub fn is_finite(settings: &TaskSettings) -> bool {
    let infinite = |parameter: &Parameter| match &parameter.kind {
        ParameterKind::Float(bounds) => bounds.step.is_none(),
        ParameterKind::Int(_)
        | ParameterKind::Categorical { .. }
        | ParameterKind::Ordinal { .. } => false,
    };
    settings.parameter_space.as_ref().is_some_and(|space| !space.parameters().iter().any(infinite))
}

/// Results of other tasks that were written down for a warm start.
pub fn sources(_settings: &TaskSettings, _results: &str) -> Result<Vec<Observation>> {
    Ok(Vec::new())
}
