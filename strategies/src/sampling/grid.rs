//! Every combination of values, in an order that is spread out from the start.

use rand::seq::SliceRandom as _;

use super::{Method, Sampler, generator, purpose};
use crate::{
    settings::GridSettings,
    space::{Axis, Domain, Parameter, Point, Region, Space, Used},
};

/// How many values a parameter has if the settings do not say.
const VALUES: usize = 10;

/// How many places of a Sobol sequence come first, so that a grid that is not finished is spread over the space.
const SPREAD: u64 = 1024;

/// The largest grid whose last points are looked for one by one.
const LIMIT: usize = 50_000;

/// So many places in a row without a new point, and a huge grid counts as finished.
const MISSES: u64 = 1_000;

/// `count` points of a grid: of its sequence, from the index `from` on, those that are not `used`; at its end, those that
/// were left out at its beginning. Fewer than `count` once all were given.
///
/// A parameter without steps has as many values as the settings say, from end to end; one with steps has all of its own,
/// or as many of them, evenly. Where a sum must stay, one parameter without steps is what the others leave; those with
/// steps have all of their values.
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
    super::pick(sequence(region, &axes, seed), from, count, used)
}

/// Every point of the grid once: first those near to places of a Sobol sequence, then the others, shuffled.
fn sequence<'a>(
    region: &'a Region,
    axes: &'a [Axis],
    seed: u64,
) -> impl Iterator<Item = Point> + 'a {
    let mut given = Used::default();
    let mut index = 0;
    let mut rest: Option<std::vec::IntoIter<Point>> = None;
    let sampler = Sampler::new(Method::Sobol, seed);
    let mut endless = false;
    std::iter::from_fn(move || {
        let mut misses = 0;
        loop {
            if (index == SPREAD || misses == SPREAD / 8) && rest.is_none() && !endless {
                match region.lattice(axes, LIMIT) {
                    Some(mut points) => {
                        points.shuffle(&mut generator(seed, purpose::GRID, 0));
                        rest = Some(points.into_iter());
                    }
                    None => endless = true,
                }
            }
            if let Some(rest) = &mut rest {
                return rest.find(|point| given.insert(point));
            }
            let place = sampler.place(index, axes.len());
            index += 1;
            match region.nearest_on(axes, &place).filter(|point| given.insert(point)) {
                Some(point) => return Some(point),
                None => misses += 1,
            }
            if endless && misses > MISSES {
                return None;
            }
        }
    })
}

/// What each parameter takes on the grid.
fn axes(space: &Space, wanted: usize) -> Vec<Axis> {
    let mut axes: Vec<Axis> =
        space.parameters.iter().map(|parameter| Axis::Values(spread(parameter, wanted))).collect();
    for constraint in space.constraints.iter().filter(|constraint| space.is_equality(constraint)) {
        let members: Vec<usize> =
            constraint.terms.iter().map(|(parameter, _)| *parameter).collect();
        for member in &members {
            if let Some(values) = space.parameters[*member].values(LIMIT) {
                axes[*member] = Axis::Values(values);
            }
        }
        let stepless = |member: &&usize| {
            axes[**member] != Axis::Remainder && space.parameters[**member].count().is_none()
        };
        if let Some(last) = members.iter().rev().find(stepless) {
            axes[*last] = Axis::Remainder;
        }
    }
    axes
}

/// Values of a parameter from end to end: all, or as many as wanted.
#[expect(clippy::cast_precision_loss, reason = "grids are small")]
fn spread(parameter: &Parameter, wanted: usize) -> Vec<f64> {
    let domain = &parameter.domain;
    let choice = matches!(domain, Domain::Categorical { .. });
    let own = parameter.values(if choice { usize::MAX } else { wanted });
    if let Some(values) = own {
        return values;
    }
    if wanted == 1 {
        return vec![domain.value_at(0.5)];
    }
    let shares = (0..wanted).map(|place| place as f64 / (wanted - 1) as f64);
    let mut values: Vec<f64> = shares.map(|share| domain.value_at(share)).collect();
    values.dedup();
    values
}
