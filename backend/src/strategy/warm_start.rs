//! Beginning with the results of other tasks: which may be used, and as what.

use asktell_strategies::{Observation, Outcome};
use serde::{Deserialize, Serialize};

use super::{observation, point_in, point_of, problem};
use crate::task::{
    Error, Invalid, Parameter, ParameterKind, Point, Result, TaskId, TaskSettings, Trial,
    TrialState,
};

/// The most results of other tasks that a task begins with; of more, the latest are taken.
pub const MOST_RESULTS: usize = 2_000;

/// Results of one task, as they are written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The task that they come from.
    pub task: TaskId,
    /// The results, oldest first.
    pub results: Vec<Observation>,
}

/// Whether results of another task say something about this one: it measures the same objectives, and
/// has every parameter of this one, of the same kind.
pub fn check_source(settings: &TaskSettings, other: &TaskSettings) -> Result<(), Invalid> {
    let (Some(space), Some(theirs)) = (&settings.parameter_space, &other.parameter_space) else {
        return Err(Invalid::new("both tasks must have a parameter space"));
    };
    for Parameter { name, kind, .. } in space.parameters() {
        let found = theirs.parameters().iter().find(|parameter| parameter.name == *name);
        match found {
            None => {
                return Err(Invalid::new(format!("it has no parameter \"{name}\"")));
            }
            Some(found) if !are_alike(kind, &found.kind) => {
                let (here, there) = (kind.word(), found.kind.word());
                let what = format!("its parameter \"{name}\" is {there}, not {here}");
                return Err(Invalid::new(what));
            }
            Some(_) => {}
        }
    }
    for objective in settings.objectives.as_slice() {
        if !other.objectives.as_slice().contains(objective) {
            let what =
                format!("it does not measure \"{}\", or for the other direction", objective.name);
            return Err(Invalid::new(what));
        }
    }
    Ok(())
}

fn are_alike(here: &ParameterKind, there: &ParameterKind) -> bool {
    match (here, there) {
        (
            ParameterKind::Float(_) | ParameterKind::Int(_),
            ParameterKind::Float(_) | ParameterKind::Int(_),
        ) => true,
        (
            ParameterKind::Categorical { choices: a } | ParameterKind::Ordinal { levels: a },
            ParameterKind::Categorical { choices: b } | ParameterKind::Ordinal { levels: b },
        ) => a.iter().any(|choice| b.iter().any(|other| other.same(choice))),
        (_, _) => false,
    }
}

/// What a result of another task says here; none if it was not measured, or its point cannot be said
/// in the parameters of this task.
#[must_use]
pub fn source_result(settings: &TaskSettings, trial: &Trial) -> Option<Observation> {
    if trial.state != TrialState::Completed {
        return None;
    }
    let result = observation(settings, trial)?;
    let Outcome::Measured { values, constraints, .. } = &result.outcome else { return None };
    // A source is compared by all of its values.
    values.iter().chain(constraints).all(|value| value.is_finite()).then_some(result)
}

fn learned_at(settings: &TaskSettings, point: &Point) -> bool {
    point_in(settings, point).is_some()
}

/// What was written down in the numbers of one space, in those of the next: a choice may have another
/// index there. What it cannot say is left out.
pub fn carry_over(before: &TaskSettings, after: &TaskSettings, written: &str) -> Result<String> {
    let mut sources: Vec<Source> = serde_json::from_str(written).map_err(Error::storage)?;
    let space = after.parameter_space.as_ref();
    for source in &mut sources {
        let results = std::mem::take(&mut source.results).into_iter();
        let moved = results.filter_map(|result| {
            let point = space?.numbers_of(&point_of(before, &result.point))?;
            Some(Observation { point, ..result })
        });
        source.results = moved.collect();
    }
    serde_json::to_string(&sources).map_err(Error::storage)
}

/// Results of other tasks that were written down, each with the number of its task: 1, 2, …
pub fn sources(settings: &TaskSettings, written: &str) -> Result<Vec<Observation>> {
    let sources: Vec<Source> = serde_json::from_str(written).map_err(Error::storage)?;
    let Some(problem) = problem(settings) else { return Ok(Vec::new()) };
    let of_space = |result: &Observation| result.point.0.len() == problem.space.parameters.len();
    // A choice may be gone since.
    let fits = |result: &Observation| {
        of_space(result) && learned_at(settings, &point_of(settings, &result.point))
    };
    let numbered = (1..).zip(sources).flat_map(|(number, source)| {
        let results = source.results.into_iter();
        results.map(move |result| Observation { source: number, ..result })
    });
    Ok(numbered.filter(fits).collect())
}
