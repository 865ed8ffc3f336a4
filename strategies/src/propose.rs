//! What is asked, and which strategy answers.

use std::fmt;

use crate::{
    auto, bayes,
    history::{History, Problem},
    model::Model,
    nsga2,
    proposal::{Proposal, Why},
    sampling::{self, Method},
    settings::{Strategy, StrategyKind},
    space::{Point, Region, Used},
    tpe,
};

/// Everything that a proposal depends on. Equal requests are answered equally, in every process.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What is to be found.
    pub problem: &'a Problem,
    /// By what.
    pub strategy: &'a Strategy,
    /// What is known.
    pub history: &'a History,
    /// How many points are wanted at once.
    pub count: usize,
    /// The seed of the task: the number of the proposal ([`History::proposed`]) is mixed into it.
    pub seed: u64,
    /// Asked now and then while a model computes; once it says yes, the answer is [`Interrupted`].
    pub interrupted: &'a dyn Fn() -> bool,
}

/// The caller wanted no answer any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the computation of a proposal was interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Why a strategy has no points to give.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// See [`Interrupted`].
    Interrupted,
    /// It cannot, in words that end the sentence "a simpler strategy was taken: …".
    Unable(String),
}

impl From<Interrupted> for Fault {
    fn from(Interrupted: Interrupted) -> Self {
        Self::Interrupted
    }
}

/// The next points. As many as are wanted; fewer only where a finite space has no more to give: each of its points, and each
/// point of a grid, is proposed once, or as often as [`Strategy::replicates`] says.
///
/// A strategy that fails is replaced by a simpler one, and [`Why::fallback`] says why. Every point is finite and in the space.
pub fn propose(request: &Request) -> Result<Vec<Proposal>, Interrupted> {
    let asked = request.strategy.kind;
    let (kind, reason) =
        if asked == StrategyKind::Auto { auto::choose(request) } else { (asked, None) };
    match by_kind(request, kind).and_then(|proposals| all_inside(request, proposals)) {
        Ok(proposals) => Ok(proposals
            .into_iter()
            .map(|proposal| with_reason(proposal, reason.as_deref()))
            .collect()),
        Err(Fault::Interrupted) => Err(Interrupted),
        Err(Fault::Unable(words)) => {
            let mut proposals = sampled(request, StrategyKind::Sobol);
            proposals.retain(|proposal| request.problem.space.admits(&proposal.point));
            Ok(proposals.into_iter().map(|proposal| with_fallback(proposal, &words)).collect())
        }
    }
}

/// Passes proposals on whose points are all in the space.
fn all_inside(request: &Request, proposals: Vec<Proposal>) -> Result<Vec<Proposal>, Fault> {
    let space = &request.problem.space;
    match proposals.iter().find(|proposal| !space.admits(&proposal.point)) {
        None => Ok(proposals),
        Some(Proposal { point, why }) => Err(Fault::Unable(format!(
            "{:?} proposed {point:?}, which is not in the space",
            why.strategy
        ))),
    }
}

fn by_kind(request: &Request, kind: StrategyKind) -> Result<Vec<Proposal>, Fault> {
    match kind {
        StrategyKind::Random
        | StrategyKind::Sobol
        | StrategyKind::LatinHypercube
        | StrategyKind::Grid => Ok(sampled(request, kind)),
        StrategyKind::Tpe => Ok(tpe::propose(request)?),
        StrategyKind::Nsga2 => Ok(nsga2::propose(request)),
        StrategyKind::Gp | StrategyKind::Auto => bayes::propose(request),
    }
}

/// Points that no model has chosen.
fn sampled(request: &Request, kind: StrategyKind) -> Vec<Proposal> {
    let region = Region::new(&request.problem.space);
    let used = Used::of(request.history, request.strategy.replicates());
    let first = request.history.proposed;
    let (seed, count) = (request.seed, request.count);
    let points = if kind == StrategyKind::Grid {
        sampling::grid(&region, &request.strategy.grid, seed, first, count, &used)
    } else {
        sampling::points(&region, method_of(kind), seed, first, count, &used)
    };
    let listed = !region.candidates().is_empty();
    let results = request.history.observations.len();
    (first..)
        .zip(points)
        .map(|(index, point)| Proposal {
            point,
            why: Why::plain(kind, reason(kind, index, listed), results),
        })
        .collect()
}

/// Why a point was chosen that stands on no result; `listed` if the space is a list of candidates.
fn reason(kind: StrategyKind, index: u64, listed: bool) -> String {
    let number = index + 1;
    let block = u64::from(sampling::LATIN_BLOCK);
    match (kind, listed) {
        (StrategyKind::Random, false) => "drawn at random from the whole space".to_owned(),
        (StrategyKind::Random, true) => {
            format!("number {number} of the candidates in random order")
        }
        (StrategyKind::LatinHypercube, false) => format!(
            "row {} of {block} of Latin hypercube {}: one point in each slice of every parameter",
            index % block + 1,
            index / block + 1
        ),
        (StrategyKind::LatinHypercube, true) => {
            format!("the untried candidate nearest to point {number} of Latin hypercubes")
        }
        (StrategyKind::Grid, false) => {
            format!("the untried point of the grid nearest to point {number} of a Sobol sequence")
        }
        (_, true) => {
            format!("the untried candidate nearest to point {number} of a Sobol sequence")
        }
        (_, false) => {
            format!("point {number} of a scrambled Sobol sequence, which fills the space evenly")
        }
    }
}

fn method_of(kind: StrategyKind) -> Method {
    match kind {
        StrategyKind::Random => Method::Random,
        StrategyKind::LatinHypercube => Method::LatinHypercube(sampling::LATIN_BLOCK),
        StrategyKind::Sobol
        | StrategyKind::Grid
        | StrategyKind::Tpe
        | StrategyKind::Gp
        | StrategyKind::Nsga2
        | StrategyKind::Auto => Method::Sobol,
    }
}

/// Puts why AUTO chose the strategy before what the strategy says of itself.
fn with_reason(mut proposal: Proposal, reason: Option<&str>) -> Proposal {
    if let Some(reason) = reason {
        proposal.why.reason = match proposal.why.reason.as_str() {
            "" => reason.to_owned(),
            own => format!("{reason}; {own}"),
        };
    }
    proposal
}

fn with_fallback(mut proposal: Proposal, words: &str) -> Proposal {
    proposal.why.fallback = Some(words.to_owned());
    proposal
}

/// The points that start a task, filling its space; computed before any result is known.
/// `method` is RANDOM, SOBOL or `LATIN_HYPERCUBE`; any other is taken for SOBOL.
#[must_use]
pub fn initial_design(
    problem: &Problem,
    method: StrategyKind,
    count: usize,
    seed: u64,
) -> Vec<Point> {
    let size = u32::try_from(count).unwrap_or(u32::MAX);
    let method = match method_of(method) {
        Method::LatinHypercube(_) => Method::LatinHypercube(size),
        method @ (Method::Random | Method::Sobol) => method,
    };
    // The points that follow are of the same kind, but not the same.
    let seed = seed | 1 << 63;
    sampling::points(&Region::new(&problem.space), method, seed, 0, count, &Used::default())
}

/// The model by which [`propose`] would choose now. None if the strategy has none, or too few results are known.
pub fn model(request: &Request) -> Result<Option<Model>, Interrupted> {
    let kind = match request.strategy.kind {
        StrategyKind::Auto => auto::with_results(request),
        kind @ (StrategyKind::Random
        | StrategyKind::Sobol
        | StrategyKind::LatinHypercube
        | StrategyKind::Grid
        | StrategyKind::Tpe
        | StrategyKind::Gp
        | StrategyKind::Nsga2) => kind,
    };
    if kind != StrategyKind::Gp || bayes::measured(request) < 2 {
        return Ok(None);
    }
    match Model::train(request) {
        Ok(model) => Ok(Some(model)),
        Err(Fault::Interrupted) => Err(Interrupted),
        Err(Fault::Unable(_)) => Ok(None),
    }
}

impl Why {
    /// A point that stands on no model.
    #[must_use]
    pub fn plain(strategy: StrategyKind, reason: String, results: usize) -> Self {
        Self {
            strategy,
            reason,
            fallback: None,
            predictions: Vec::new(),
            acquisition: None,
            expected_improvement: None,
            attainable_improvement: None,
            results,
        }
    }
}
