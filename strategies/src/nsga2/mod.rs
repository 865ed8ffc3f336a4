//! NSGA-II, a genetic algorithm: Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6(2), 2002.
//!
//! It keeps no population: the parents of a point are the best of all results that are known when it is asked for (steady
//! state, which Durillo, Nebro, Luna and Alba found to be better, EMO 2009). So no generation has to be complete, and
//! workers never wait for each other. With one objective it is a plain genetic algorithm.

mod selection;
mod variation;

#[cfg(test)]
mod tests;

use crate::{
    history::{History, Observation},
    proposal::{Proposal, Why},
    propose::Request,
    sampling::{self, Method, purpose},
    settings::StrategyKind,
    space::{Point, Region, Used},
};

pub(crate) use selection::best_first;
use variation::Variation;

/// The size of a generation, where it is not set.
const POPULATION: u32 = 50;

/// How often a child that is known already is made anew, before a random point takes its place.
const ATTEMPTS: u32 = 30;

/// The next points. As many as are wanted; fewer only where all points of a finite space are used.
pub(crate) fn propose(request: &Request) -> Vec<Proposal> {
    let mut breeding = Breeding::of(request);
    let results = request.history.observations.len();
    let mut proposals = Vec::with_capacity(request.count);
    for number in (request.history.proposed..).take(request.count) {
        let Some((point, reason)) = breeding.next(number) else { break };
        proposals.push(Proposal { point, why: Why::plain(StrategyKind::Nsga2, reason, results) });
    }
    proposals
}

/// What the next points are made from.
struct Breeding<'a> {
    region: Region<'a>,
    variation: Variation<'a>,
    seed: u64,
    /// How many parents there are at the most, and points before the first child.
    population: usize,
    /// The best of this task's results, the best first.
    parents: Vec<&'a Point>,
    /// The best of earlier tasks' results, to be tried here early.
    inherited: Vec<&'a Point>,
    used: Used,
    /// How many points of this task are known, with those that are out.
    trials: usize,
}

impl<'a> Breeding<'a> {
    fn of(request: &Request<'a>) -> Self {
        let Request { problem, strategy, history, seed, .. } = *request;
        let population = strategy.nsga2.population.unwrap_or(POPULATION).max(2) as usize;
        let own: Vec<&Observation> = of_source(history, 0).collect();
        let trials = own.len() + history.pending.len();
        let mut parents = best_first(&own, problem);
        parents.truncate(population);
        let mut inherited: Vec<&Point> = Vec::new();
        let sources = history.observations.iter().map(|observation| observation.source).max();
        for source in 1..=sources.unwrap_or_default() {
            let earlier: Vec<&Observation> = of_source(history, source).collect();
            let best = best_first(&earlier, problem).into_iter().take(population / 2);
            inherited.extend(best.filter(|point| problem.space.admits(point)));
        }
        inherited.truncate(population / 2);
        Self {
            region: Region::new(&problem.space),
            variation: Variation::new(&problem.space, &strategy.nsga2),
            seed,
            population,
            parents,
            inherited,
            used: Used::of(history, strategy.replicates()),
            trials,
        }
    }

    /// The point with that number, and why it is that; none if there is none left.
    fn next(&mut self, number: u64) -> Option<(Point, String)> {
        let (point, reason) = if self.trials < self.population || self.parents.len() < 2 {
            self.first(number)?
        } else {
            self.later(number)?
        };
        self.used.insert(&point);
        self.trials += 1;
        Some((point, reason))
    }

    fn first(&self, number: u64) -> Option<(Point, String)> {
        // Every other one: the earlier task may have been quite another.
        let turn = self.trials.is_multiple_of(2);
        let new = |point: &&&Point| turn && !self.used.contains(point);
        let inherited = self.inherited.iter().find(new);
        let reason = format!("one of the {} points before the first children", self.population);
        match inherited {
            Some(point) => {
                Some(((*point).clone(), format!("{reason}: among the best of an earlier task")))
            }
            None => {
                Some((self.sampled(Method::Sobol, number)?, format!("{reason}: fills the space")))
            }
        }
    }

    fn later(&self, number: u64) -> Option<(Point, String)> {
        let mut generator = sampling::generator(self.seed, purpose::NSGA2, number);
        let children = (0..ATTEMPTS).map(|_| {
            let point = self.variation.child(&self.parents, &mut generator);
            self.region.repair(&point)
        });
        let best = self.parents.len();
        match children.into_iter().find(|child| !self.used.contains(child)) {
            Some(child) => Some((child, format!("a child of two of the {best} best results"))),
            None => Some((
                self.sampled(Method::Random, number)?,
                format!("at random: children of the {best} best results are known already"),
            )),
        }
    }

    fn sampled(&self, method: Method, number: u64) -> Option<Point> {
        sampling::points(&self.region, method, self.seed, number, 1, &self.used).pop()
    }
}

fn of_source(history: &History, source: usize) -> impl Iterator<Item = &Observation> {
    history.observations.iter().filter(move |observation| observation.source == source)
}
