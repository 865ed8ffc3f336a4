//! The strategy GP: Bayesian optimization with Gaussian processes.

mod chooser;

use rand::seq::IteratorRandom as _;

use crate::{
    history::Outcome,
    model::Model,
    proposal::{Proposal, Why},
    propose::{Fault, Request},
    sampling::{self, Method, generator},
    settings::StrategyKind,
    space::{Region, Used},
};

use chooser::Chooser;

/// The stream of random numbers for first candidates.
const PURPOSE: u64 = 0x66_69_72_73_74;

/// First points among a list of candidates.
const FIRST_CANDIDATES: usize = 6;

/// Hypervolume improvement is computed for so many objectives.
pub(crate) const MOST_OBJECTIVES: usize = 4;

/// How many points come first, to get to know the space.
pub(crate) fn startup(request: &Request) -> usize {
    let parameters = request.problem.space.parameters.len();
    let own = request.strategy.gp.startup.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    own.unwrap_or_else(|| {
        if request.problem.space.candidates.is_empty() {
            (parameters + 3).clamp(4, 12)
        } else {
            FIRST_CANDIDATES
        }
    })
}

/// How many of these are still to come.
pub(crate) fn startup_left(request: &Request) -> usize {
    let history = request.history;
    let own = history.observations.iter().filter(|observation| observation.source == 0).count();
    let others = history.observations.len() - own;
    startup(request).saturating_sub(own + others / 2 + history.pending.len())
}

/// Number of results that a model can learn from: of the objective that the fewest results have.
pub(crate) fn measured(request: &Request) -> usize {
    let of = |objective: usize| {
        let has = |outcome: &Outcome| match outcome {
            Outcome::Measured { values, .. } => {
                values.get(objective).is_some_and(|v| v.is_finite())
            }
            Outcome::Failed | Outcome::Pruned => false,
        };
        request.history.observations.iter().filter(|o| has(&o.outcome)).count()
    };
    (0..request.problem.objectives).map(of).min().unwrap_or_default()
}

/// The next points by a Gaussian process; the first ones fill the space.
pub(crate) fn propose(request: &Request) -> Result<Vec<Proposal>, Fault> {
    let first = if measured(request) < 2 {
        request.count
    } else {
        startup_left(request).min(request.count)
    };
    let region = Region::new(&request.problem.space);
    let mut used = Used::of(request.history, request.strategy.replicates());
    let mut proposals = fill(request, &region, first, &used);
    if proposals.len() < request.count && first < request.count {
        for proposal in &proposals {
            used.insert(&proposal.point);
        }
        let model = Model::train(request)?;
        let mut chooser = Chooser::new(request, &region, &model, used, &proposals);
        for _ in first..request.count {
            let Some(proposal) = chooser.next()? else { break };
            proposals.push(proposal);
        }
    }
    Ok(proposals)
}

/// The first points: Sobol; of a list of candidates evenly drawn ones, which stand for the list as it is.
fn fill(request: &Request, region: &Region, count: usize, used: &Used) -> Vec<Proposal> {
    let first = request.history.proposed;
    let results = request.history.observations.len();
    let proposal = |point, kind, reason: &str| Proposal {
        point,
        why: Why::plain(kind, reason.to_owned(), results),
    };
    if region.candidates().is_empty() {
        let points = sampling::points(region, Method::Sobol, request.seed, first, count, used);
        let reason = "fills the space evenly (Sobol), so that a model has something to learn from";
        return points
            .into_iter()
            .map(|point| proposal(point, StrategyKind::Sobol, reason))
            .collect();
    }
    let mut used = used.clone();
    let mut proposals = Vec::with_capacity(count);
    for number in (first..).take(count) {
        let candidates = &region.space().candidates;
        let unused =
            region.candidates().iter().filter(|(index, _)| !used.contains(&candidates[*index]));
        let Some((index, _)) = unused.choose(&mut generator(request.seed, PURPOSE, number)) else {
            break;
        };
        used.insert(&candidates[*index]);
        let reason = "drawn from the candidates, so that a model has something to learn from";
        proposals.push(proposal(candidates[*index].clone(), StrategyKind::Random, reason));
    }
    proposals
}
