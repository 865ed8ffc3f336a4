//! Every combination of values, in an order that is spread out from the start.

use super::{Method, Sampler};
use crate::{
    settings::GridSettings,
    space::{Axis, Parameter, Point, Region, Space, Used},
};

/// How many values a continuous parameter has if the settings do not say.
const VALUES: usize = 10;

/// `count` points of a grid: the untried ones nearest to the places of a Sobol sequence from the index `from` on. Each point
/// comes once before any comes again (as a replicate). Fewer than `count` once all were given.
///
/// A continuous parameter has as many values as the settings say, from end to end; one with steps, a whole number and a choice
/// have all of their own. Where a sum must stay, one continuous parameter is what the others leave.
#[must_use]
pub fn grid(
    region: &Region,
    settings: &GridSettings,
    seed: u64,
    from: u64,
    count: usize,
    used: &Used,
) -> Vec<Point> {
    if !region.candidates().is_empty() {
        return super::points(region, Method::Sobol, seed, from, count, used);
    }
    let wanted = settings.values.map_or(VALUES, |values| values.max(1) as usize);
    let axes = axes(region.space(), wanted);
    let sampler = Sampler::new(Method::Sobol, seed);
    let mut used = used.clone();
    let mut found = Vec::new();
    let mut times = 1;
    for index in (from..).take(count) {
        let place = sampler.place(index, axes.len());
        let next = loop {
            let next = region.untried_on(&axes, &place, &used, times);
            if next.is_some() || times >= used.replicates() {
                break next;
            }
            times += 1;
        };
        let Some(point) = next else { break };
        used.insert(&point);
        found.push(point);
    }
    found
}

/// What each parameter takes on the grid.
fn axes(space: &Space, wanted: usize) -> Vec<Axis> {
    let mut axes: Vec<Axis> =
        space.parameters.iter().map(|parameter| spread(parameter, wanted)).collect();
    for constraint in space.constraints.iter().filter(|constraint| space.is_equality(constraint)) {
        let members = constraint.terms.iter().map(|(parameter, _)| *parameter);
        let continuous = |member: &usize| matches!(axes[*member], Axis::Values(_));
        if let Some(last) = members.rev().find(continuous) {
            axes[last] = Axis::Remainder;
        }
    }
    axes
}

/// All values of a parameter, or as many as wanted from end to end of a continuous one.
#[expect(clippy::cast_precision_loss, reason = "grids are small")]
fn spread(parameter: &Parameter, wanted: usize) -> Axis {
    if parameter.count().is_some() {
        return Axis::All;
    }
    let domain = &parameter.domain;
    if wanted == 1 {
        return Axis::Values(vec![domain.value_at(0.5)]);
    }
    let shares = (0..wanted).map(|place| place as f64 / (wanted - 1) as f64);
    let mut values: Vec<f64> = shares.map(|share| domain.value_at(share)).collect();
    values.dedup();
    Axis::Values(values)
}
