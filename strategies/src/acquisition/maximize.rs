//! Where a criterion is highest, over any space.

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::surface::Surface;
use crate::{
    gp::real,
    lbfgs::{self, Effort},
    propose::Interrupted,
    sampling::{Method, Sampler, generator},
    space::{Domain, Parameter, Point, Region, Used},
};

/// Streams of random numbers for the places that are tried.
const PURPOSE: u64 = 0x6d_61_78;

/// Places all over the space that are tried first.
const GLOBAL: u64 = 400;

/// Places around each incumbent that are tried first.
const LOCAL: usize = 50;

/// How many of the best are climbed from.
const CLIMBS: usize = 5;

/// How far from an incumbent is looked, in units of the cube: one after the other.
const REACHES: [f64; 5] = [0.2, 0.06, 0.02, 0.005, 0.001];

/// Values of a grid beyond which it is climbed like a line, and rounded.
const FINE: f64 = 12.0;

/// Where to look.
pub(crate) struct Search<'a> {
    pub(crate) region: &'a Region<'a>,
    /// What is not to be proposed again.
    pub(crate) used: &'a Used,
    /// The most promising places of the unit cube so far.
    pub(crate) incumbents: &'a [Vec<f64>],
    pub(crate) seed: u64,
    /// The number of the proposal.
    pub(crate) number: u64,
    pub(crate) interrupted: &'a dyn Fn() -> bool,
}

/// A point, and what it is worth.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) point: Point,
    pub(crate) cube: Vec<f64>,
    pub(crate) value: f64,
}

impl Search<'_> {
    /// The best point that is found; none if a finite space has no unused one left.
    pub(crate) fn maximize(&self, surface: &Surface) -> Result<Option<Found>, Interrupted> {
        if !self.region.candidates().is_empty() {
            return Ok(self.best_candidate(surface));
        }
        let mut random = generator(self.seed, PURPOSE, self.number);
        let pool = self.pool(&mut random);
        let values = surface.values(&pool);
        let mut best: Option<Found> = None;
        for start in starts(&pool, &values) {
            if (self.interrupted)() {
                return Err(Interrupted);
            }
            let found = self.climb(surface, &pool[start], &mut random);
            let better = |best: &Found| found.value > best.value;
            if !self.used.contains(&found.point) && best.as_ref().is_none_or(better) {
                best = Some(found);
            }
        }
        Ok(best.or_else(|| self.best_unused(&pool, &values)))
    }

    /// A point of a finite space that is not used, near to the best; none if there is none.
    pub(crate) fn left(&self, surface: &Surface) -> Option<Found> {
        let space = self.region.space();
        let middle = vec![0.5; space.parameters.len()];
        let point =
            self.region.unused_near(self.incumbents.first().unwrap_or(&middle), self.used)?;
        let cube = space.unit_of(&point);
        let value = surface.values(std::slice::from_ref(&cube)).pop()?;
        Some(Found { point, cube, value })
    }

    /// A place that is about as good as any, for the value alone: only the best first place is climbed from.
    pub(crate) fn glance(&self, surface: &Surface) -> Option<Found> {
        if !self.region.candidates().is_empty() {
            return self.best_candidate(surface);
        }
        let mut random = generator(self.seed, PURPOSE, self.number);
        let pool = self.pool(&mut random);
        let start = *starts(&pool, &surface.values(&pool)).first()?;
        Some(self.climb(surface, &pool[start], &mut random))
    }

    fn best_candidate(&self, surface: &Surface) -> Option<Found> {
        let space = self.region.space();
        let unused = self
            .region
            .candidates()
            .iter()
            .filter(|(index, _)| !self.used.contains(&space.candidates[*index]));
        let (indices, cubes): (Vec<usize>, Vec<Vec<f64>>) = unused.cloned().unzip();
        let values = surface.values(&cubes);
        let best =
            (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)))?;
        Some(Found {
            point: space.candidates[indices[best]].clone(),
            cube: cubes[best].clone(),
            value: values[best],
        })
    }

    /// Points to choose among that have not been tried: all candidates, or some all over the space and around the
    /// incumbents. Their values are not computed.
    pub(super) fn unused(&self, random: &mut Pcg64) -> Vec<Found> {
        let space = self.region.space();
        let snapped: Vec<(Point, Vec<f64>)> = if self.region.candidates().is_empty() {
            self.pool(random).iter().map(|cube| self.snap(cube)).collect()
        } else {
            self.region
                .candidates()
                .iter()
                .map(|(index, cube)| (space.candidates[*index].clone(), cube.clone()))
                .collect()
        };
        let found = snapped.into_iter().map(|(point, cube)| Found { point, cube, value: f64::NAN });
        found.filter(|found| !self.used.contains(&found.point)).collect()
    }

    /// The best of the pool that has not been tried.
    fn best_unused(&self, pool: &[Vec<f64>], values: &[f64]) -> Option<Found> {
        let mut order: Vec<usize> = (0..pool.len()).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        let found = |index: usize| {
            let (point, cube) = self.snap(&pool[index]);
            Found { point, cube, value: values[index] }
        };
        order.into_iter().map(found).find(|found| !self.used.contains(&found.point))
    }

    /// The point at or near a place, and its own place.
    fn snap(&self, cube: &[f64]) -> (Point, Vec<f64>) {
        let point = self.region.repair(cube);
        let cube = self.region.space().unit_of(&point);
        (point, cube)
    }

    /// Feasible places: all over the space, and around the incumbents.
    fn pool(&self, random: &mut Pcg64) -> Vec<Vec<f64>> {
        let space = self.region.space();
        let dimensions = space.parameters.len();
        let sampler = Sampler::new(Method::Sobol, self.seed ^ PURPOSE);
        let first = (self.number % 4096) * GLOBAL;
        let mut pool: Vec<Vec<f64>> = if space.constraints.is_empty() {
            (first..first + GLOBAL).map(|index| sampler.place(index, dimensions)).collect()
        } else {
            (0..GLOBAL).map(|_| space.unit_of(&self.region.draw(random))).collect()
        };
        for incumbent in self.incumbents {
            pool.extend(
                (0..LOCAL)
                    .map(|index| self.near(incumbent, REACHES[index % REACHES.len()], random)),
            );
        }
        if space.is_continuous_box() {
            return pool;
        }
        pool.into_iter().map(|cube| self.snap(&cube).1).collect()
    }

    /// A place near another: a few or all coordinates moved.
    fn near(&self, cube: &[f64], reach: f64, random: &mut Pcg64) -> Vec<f64> {
        let dimensions = real(cube.len());
        let share = if random.random::<f64>() < 0.5 { 1.0 } else { (2.0 / dimensions).min(1.0) };
        let moved = cube.iter().zip(&self.region.space().parameters).map(|(u, parameter)| {
            if random.random::<f64>() > share {
                return *u;
            }
            match &parameter.domain {
                Domain::Categorical { .. } => {
                    if random.random::<f64>() < 1.0 / dimensions {
                        random.random()
                    } else {
                        *u
                    }
                }
                domain @ (Domain::Float { .. } | Domain::Int { .. } | Domain::Ordinal { .. }) => {
                    // A step of a grid at the least.
                    let reach = domain.count().map_or(reach, |count| reach.max(1.0 / count));
                    // The sum of three even draws is bell-shaped enough.
                    let bell: f64 = (0..3).map(|_| random.random::<f64>() - 0.5).sum::<f64>() * 2.0;
                    bell.mul_add(reach, *u).clamp(0.0, 1.0)
                }
            }
        });
        moved.collect()
    }

    /// Uphill from a place, to a point.
    fn climb(&self, surface: &Surface, start: &[f64], random: &mut Pcg64) -> Found {
        let space = self.region.space();
        if space.is_continuous_box() {
            return self.ascend(surface, start);
        }
        let mut best = if space.constraints.is_empty() {
            self.ascend(surface, start)
        } else {
            self.walk(surface, start, random)
        };
        for _ in 0..4 {
            let neighbours = self.region.neighbours(&best.point, random);
            let cubes: Vec<Vec<f64>> =
                neighbours.iter().map(|point| space.unit_of(point)).collect();
            let values = surface.values(&cubes);
            let candidates =
                (0..values.len()).filter(|index| !self.used.contains(&neighbours[*index]));
            let Some(next) = candidates.max_by(|a, b| values[*a].total_cmp(&values[*b])) else {
                break;
            };
            if values[next] <= best.value && !self.used.contains(&best.point) {
                break;
            }
            let moved = if space.constraints.is_empty() {
                self.ascend(surface, &cubes[next])
            } else {
                Found {
                    point: neighbours[next].clone(),
                    cube: cubes[next].clone(),
                    value: values[next],
                }
            };
            best = moved;
        }
        best
    }

    /// By the gradient, along the coordinates where any number is allowed and nothing else depends on it.
    fn ascend(&self, surface: &Surface, start: &[f64]) -> Found {
        let space = self.region.space();
        let values = &space.point_at(start).0;
        let parent = |index: usize| {
            let depends = |parameter: &Parameter| {
                parameter.condition.as_ref().is_some_and(|c| c.parent == index)
            };
            space.parameters.iter().any(depends)
        };
        let bounds: Vec<(f64, f64)> = (0..start.len())
            .map(|index| {
                let parameter = &space.parameters[index];
                let smooth = !matches!(parameter.domain, Domain::Categorical { .. })
                    && parameter.count().is_none_or(|count| count >= FINE);
                if smooth && values[index].is_some() && !parent(index) {
                    (0.0, 1.0)
                } else {
                    (start[index], start[index])
                }
            })
            .collect();
        let function = |x: &[f64], g: &mut [f64]| {
            let value = surface.gradient(x, g);
            for slope in g.iter_mut() {
                *slope = -*slope;
            }
            -value
        };
        let effort = Effort { evaluations: 50, first_step: 0.05, tolerance: 1e-5 };
        let found = lbfgs::minimize(function, start, &bounds, effort);
        let (point, cube) = self.snap(&found.place);
        if space.is_continuous_box() {
            return Found { point, cube, value: -found.value };
        }
        let value = surface.values(&[start.to_vec(), cube.clone()]);
        if value[1] >= value[0] {
            return Found { point, cube, value: value[1] };
        }
        // Rounding took away what the climb had won.
        let (point, cube) = self.snap(start);
        Found { point, cube, value: value[0] }
    }

    /// By steps that are repaired where they leave the region: along the gradient, and at random.
    fn walk(&self, surface: &Surface, start: &[f64], random: &mut Pcg64) -> Found {
        let (mut point, mut cube) = self.snap(start);
        let mut gradient = vec![0.0; cube.len()];
        let mut value = surface.gradient(&cube, &mut gradient);
        let mut step = 0.1;
        for _ in 0..25 {
            let length = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            let mut tried = Vec::new();
            if length > 0.0 {
                for share in [1.0, 0.3, 0.1] {
                    tried.push(
                        cube.iter()
                            .zip(&gradient)
                            .map(|(x, g)| (x + share * step * g / length).clamp(0.0, 1.0))
                            .collect(),
                    );
                }
            }
            tried.extend((0..5).map(|_| self.near(&cube, step, random)));
            let snapped: Vec<(Point, Vec<f64>)> =
                tried.iter().map(|cube: &Vec<f64>| self.snap(cube)).collect();
            let cubes: Vec<Vec<f64>> = snapped.iter().map(|(_, cube)| cube.clone()).collect();
            let values = surface.values(&cubes);
            let Some(best) = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]))
            else {
                break;
            };
            if values[best] > value {
                (point, cube) = snapped[best].clone();
                value = surface.gradient(&cube, &mut gradient);
                step *= 1.3;
            } else {
                step *= 0.4;
            }
            if step < 1e-5 {
                break;
            }
        }
        Found { point, cube, value }
    }
}

/// The best places, as long as they are not all in one spot: indices.
fn starts(pool: &[Vec<f64>], values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> =
        (0..pool.len()).filter(|index| values[*index] > f64::NEG_INFINITY).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    let mut chosen: Vec<usize> = Vec::with_capacity(CLIMBS);
    for index in &order {
        let apart = |other: &usize| {
            let square: f64 =
                pool[*index].iter().zip(&pool[*other]).map(|(a, b)| (a - b) * (a - b)).sum();
            square > 0.01 * 0.01 * real(pool[*index].len())
        };
        if chosen.iter().all(apart) {
            chosen.push(*index);
        }
        if chosen.len() == CLIMBS {
            break;
        }
    }
    chosen
}
