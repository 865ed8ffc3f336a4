//! Tree-structured Parzen estimators: two densities over the space, one of the places of the good results and one of all the
//! others; the next point is where the first is the greatest beside the second.
//!
//! Bergstra, Bardenet, Bengio and Kégl, `NeurIPS` 2011; multivariate kernels as of Falkner, Klein and Hutter (BOHB), ICML 2018;
//! the parts compared by Watanabe, "Tree-structured Parzen estimator: understanding its algorithm components", 2023. Results
//! are only ever compared, so their scale does not matter. With outcome constraints, those that keep them are better than
//! those that do not; with several objectives, the front is better than what it dominates. Points that are out count as not
//! good, so that workers spread out.

mod density;

#[cfg(test)]
mod tests;

use crate::{
    history::{Observation, Outcome},
    nsga2::best_first,
    proposal::{Criterion, Proposal, Why},
    propose::{Interrupted, Request},
    sampling::{self, Method, purpose},
    settings::StrategyKind,
    space::{Point, Region, Used},
};

use density::{Axes, Density, Place};

/// How many points fill the space first.
const STARTUP: u32 = 10;

/// How many candidates are drawn for a point.
const CANDIDATES: u32 = 48;

/// How many results are good at the most; of fewer, it is 15 %.
const MOST_GOOD: usize = 25;

/// How many of the others are looked at: of more, an even part.
const MOST_OTHERS: usize = 500;

/// The whole list of candidates is looked through, if it is not longer.
const SHORT_LIST: usize = 1_000;

/// The next points. As many as are wanted; fewer only where all points of a finite space are used.
pub(crate) fn propose(request: &Request) -> Result<Vec<Proposal>, Interrupted> {
    let mut search = Search::of(request);
    let mut proposals = Vec::with_capacity(request.count);
    for number in (request.history.proposed..).take(request.count) {
        if (request.interrupted)() {
            return Err(Interrupted);
        }
        let Some(proposal) = search.next(number) else { break };
        search.taken(&proposal.point);
        proposals.push(proposal);
    }
    Ok(proposals)
}

/// What the next points are chosen by.
struct Search<'a> {
    region: Region<'a>,
    axes: Axes<'a>,
    seed: u64,
    candidates: usize,
    /// None while there are too few results.
    densities: Option<Densities>,
    used: Used,
    results: usize,
}

struct Densities {
    good: Density,
    other: Density,
    others: Vec<Place>,
}

impl<'a> Search<'a> {
    fn of(request: &Request<'a>) -> Self {
        let Request { problem, strategy, history, seed, .. } = *request;
        let axes = Axes::of(&problem.space);
        let startup = strategy.tpe.startup.unwrap_or(STARTUP) as usize;
        let results = history.observations.len();
        let measured = history
            .observations
            .iter()
            .any(|observation| matches!(observation.outcome, Outcome::Measured { .. }));
        let densities = (measured && results >= startup).then(|| {
            let (good, mut others) = split(request, &axes);
            others.extend(history.pending.iter().filter_map(|point| axes.place_of(point)));
            let (good, other) = (Density::new(&axes, &good), Density::new(&axes, &others));
            Densities { good, other, others }
        });
        let candidates = strategy.tpe.candidates.unwrap_or(CANDIDATES).max(1) as usize;
        let (region, used) =
            (Region::new(&problem.space), Used::of(history, strategy.replicates()));
        Self { region, axes, seed, candidates, densities, used, results }
    }

    /// The point with that number.
    fn next(&self, number: u64) -> Option<Proposal> {
        let Some(densities) = &self.densities else {
            let listed = !self.region.candidates().is_empty();
            // Of a list, even places of the cube would prefer what lies alone.
            let method = if listed { Method::Random } else { Method::Sobol };
            return self.sampled(
                method,
                number,
                "fills the space before the densities are estimated",
            );
        };
        let candidates = self.candidates(densities, number);
        let count = candidates.len();
        let worth = |point: &Point| {
            let place = self.axes.place_of(point)?;
            Some(
                densities.good.ln_at(&self.axes, &place)
                    - densities.other.ln_at(&self.axes, &place),
            )
        };
        let rated = candidates.into_iter().filter_map(|point| Some((worth(&point)?, point)));
        let Some((ratio, point)) = rated.max_by(|(a, _), (b, _)| a.total_cmp(b)) else {
            return self.sampled(
                Method::Random,
                number,
                "at random: what is likely to be good is known already",
            );
        };
        let (good, other) = (densities.good.len(), densities.other.len());
        let reason = format!(
            "the best of {count} candidates by the densities of the {good} best and the {other} other points"
        );
        let mut why = Why::plain(StrategyKind::Tpe, reason, self.results);
        why.acquisition = Some((Criterion::DensityRatio, ratio));
        Some(Proposal { point, why })
    }

    /// Points that are not known yet, drawn from the density of the good ones.
    fn candidates(&self, densities: &Densities, number: u64) -> Vec<Point> {
        let listed = self.region.candidates();
        if !listed.is_empty() && listed.len() <= SHORT_LIST {
            let all = listed.iter().map(|(index, _)| &self.region.space().candidates[*index]);
            return all.filter(|point| !self.used.contains(point)).cloned().collect();
        }
        let mut generator = sampling::generator(self.seed, purpose::TPE, number);
        let draws = (0..4 * self.candidates).map(|_| {
            let cube = densities.good.draw(&self.axes, &mut generator);
            self.region.repair(&cube)
        });
        draws.filter(|point| !self.used.contains(point)).take(self.candidates).collect()
    }

    fn sampled(&self, method: Method, number: u64, reason: &str) -> Option<Proposal> {
        let point =
            sampling::points(&self.region, method, self.seed, number, 1, &self.used).pop()?;
        Some(Proposal {
            point,
            why: Why::plain(StrategyKind::Tpe, reason.to_owned(), self.results),
        })
    }

    /// A point of the same batch is out, too.
    fn taken(&mut self, point: &Point) {
        self.used.insert(point);
        if let (Some(densities), Some(place)) = (&mut self.densities, self.axes.place_of(point)) {
            densities.others.push(place);
            densities.other = Density::new(&self.axes, &densities.others);
        }
    }
}

/// The places of the good results, and those of the others. Results of earlier tasks are compared among themselves.
fn split(request: &Request, axes: &Axes) -> (Vec<Place>, Vec<Place>) {
    let observations = &request.history.observations;
    let last = observations.iter().map(|observation| observation.source).max().unwrap_or_default();
    let (mut good, mut other) = (Vec::new(), Vec::new());
    for source in 0..=last {
        let known: Vec<&Observation> =
            observations.iter().filter(|observation| observation.source == source).collect();
        let best = best_first(&known, request.problem);
        let count = (3 * best.len()).div_ceil(20).min(MOST_GOOD);
        let places = |points: &[&Point]| -> Vec<Place> {
            points.iter().filter_map(|point| axes.place_of(point)).collect()
        };
        good.extend(places(&best[..count]));
        other.extend(places(&thinned(&best[count..])));
    }
    (good, other)
}

/// At most so many of the others, evenly from the best to the worst.
fn thinned<'p>(points: &[&'p Point]) -> Vec<&'p Point> {
    let every = points.len().div_ceil(MOST_OTHERS).max(1);
    points.iter().step_by(every).copied().collect()
}
