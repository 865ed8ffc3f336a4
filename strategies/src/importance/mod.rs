//! Which parameters matter: functional analysis of variance on a random forest (Hutter, Hoos and Leyton-Brown, ICML 2014).
//!
//! The forest is our own: the analysis walks the leaves of its trees, and a choice without order has to be split into sets.

mod forest;
mod variance;

#[cfg(test)]
mod tests;

use rand::RngExt as _;

use crate::{
    history::{History, Observation, Outcome, Problem},
    sampling::{self, purpose},
    space::{Domain, Space},
};

use forest::{Feature, Forest, Table};

/// With fewer results there is nothing to tell.
const LEAST_RESULTS: usize = 10;

/// How important each parameter is for each objective, by the results of the task itself: `[objective][parameter]`, the share
/// of the objective's variance over the whole space that the parameter explains alone, on average over all others. All are 0
/// or more; together they are at most 1, and what is missing is what parameters do together. 0 for all where
/// an objective never changed.
///
/// Each parameter counts evenly on its own scale, as in the unit cube; constraints between them are not looked at.
/// Where one is inactive it has no influence. Failed and pruned results have no values and do not count. Of many results
/// each tree sees a sample of 2,000.
///
/// None while there are fewer than 10 results.
#[must_use]
pub fn importance(problem: &Problem, history: &History, seed: u64) -> Option<Vec<Vec<f64>>> {
    let results: Vec<(&Observation, &Vec<f64>)> =
        history.observations.iter().filter_map(|result| usable(result, problem)).collect();
    if results.len() < LEAST_RESULTS {
        return None;
    }
    let features = problem.space.parameters.iter().map(|parameter| match parameter.domain {
        Domain::Categorical { choices } => Feature::Choice(choices),
        Domain::Float { .. } | Domain::Int { .. } | Domain::Ordinal { .. } => Feature::Number,
    });
    let columns = columns(&problem.space, &results, seed);
    let mut table = Table::new(features.collect(), columns);
    let shares = |objective: usize| {
        table.set_targets(results.iter().map(|(_, values)| values[objective]).collect());
        variance::shares(&Forest::grow(&table, seed), seed)
    };
    Some((0..problem.objectives).map(shares).collect())
}

fn usable<'h>(
    result: &'h Observation,
    problem: &Problem,
) -> Option<(&'h Observation, &'h Vec<f64>)> {
    let Outcome::Measured { values, .. } = &result.outcome else { return None };
    let whole = result.source == 0
        && result.point.0.len() == problem.space.parameters.len()
        && values.len() == problem.objectives
        && values.iter().all(|value| value.is_finite());
    whole.then_some((result, values))
}

/// Where the results lie in the unit cube, parameter by parameter; a choice by its index. A parameter without a value gets
/// a random one: so that it tells nothing, neither of the objective nor of the parameter that made it inactive.
fn columns(space: &Space, results: &[(&Observation, &Vec<f64>)], seed: u64) -> Vec<Vec<f64>> {
    let mut generator = sampling::generator(seed, purpose::IMPORTANCE, 0);
    let parameters = space.parameters.iter().enumerate();
    parameters
        .map(|(index, parameter)| {
            let mut place = |result: &Observation| match (result.point.0[index], &parameter.domain)
            {
                (Some(value), Domain::Categorical { .. }) => value,
                (Some(value), domain) => domain.unit_of(value),
                (None, domain @ Domain::Categorical { .. }) => domain.value_at(generator.random()),
                (None, _) => generator.random(),
            };
            results.iter().map(|(result, _)| place(result)).collect()
        })
        .collect()
}
