//! One point after the other, by what a model expects.

use crate::{
    acquisition::{
        Bound, Constrained, Criterion, Found, LogEhvi, LogEi, LogPi, Search, Surface, thompson,
    },
    gp::Posterior,
    model::{Branches, Model},
    pareto,
    proposal::{self, Proposal, Why},
    propose::{Fault, Request},
    settings::{Acquisition, StrategyKind},
    space::{Region, Used},
};

/// Around how many of the best results is looked for the next point.
const INCUMBENTS: usize = 3;

/// How many standard deviations below the mean a confidence bound is, if the task does not say.
const EXPLORATION: f64 = 2.0;

/// One in so many points looks for more than the next little improvement,
const EXPLORING: u64 = 3;

/// which is for one of this share of what lies between the best result and the middle one: so a wrong valley is left again.
const AMBITION: f64 = 0.1;

/// How much the logarithm of the probability that an evaluation succeeds counts: what fails costs, and tells little.
const FAILURE: f64 = 3.0;

/// While so many points are out, all that come look for more: the next little improvement has been asked for already.
const CROWD: usize = 8;

/// What a point is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// The next improvement, however little.
    Next,
    /// More than that.
    Further,
    /// The same, by what each branch of the space says of itself.
    Branches,
}

/// Chooses one point after the other, each as if those before had turned out as expected.
pub(super) struct Chooser<'a> {
    request: &'a Request<'a>,
    region: &'a Region<'a>,
    model: &'a Model,
    used: Used,
    /// With what is pending as known.
    posteriors: Vec<Posterior>,
    /// Means of the quantities at the results, and at the points believed so far.
    means: Vec<Vec<f64>>,
    feasible: Vec<bool>,
    /// The places of these in the unit cube.
    cubes: Vec<Vec<f64>>,
    /// Number of points that this request has come to.
    chosen: u64,
    /// What each branch of the space says of itself; learned when it is first asked for.
    branches: Option<Branches>,
    /// What was believed before that.
    believed: Vec<Vec<f64>>,
}

impl<'a> Chooser<'a> {
    /// Begins after the points that are pending, and after the `first` ones of the same request: they count in the numbers of
    /// those that follow.
    pub(super) fn new(
        request: &'a Request<'a>,
        region: &'a Region<'a>,
        model: &'a Model,
        used: Used,
        first: &[Proposal],
    ) -> Self {
        let posteriors = model.posteriors();
        let dimensions = model.space().parameters.len();
        let width = dimensions + model.beyond().len();
        let means =
            posteriors.iter().map(|posterior| posterior.predict(model.places()).0).collect();
        let cubes =
            model.places().chunks_exact(width).map(|place| place[..dimensions].to_vec()).collect();
        let feasible = model.feasible().to_vec();
        let mut chooser = Self {
            request,
            region,
            model,
            used,
            posteriors,
            means,
            feasible,
            cubes,
            chosen: first.len() as u64,
            branches: None,
            believed: Vec::new(),
        };
        let pending = request.history.pending.iter();
        for point in pending.chain(first.iter().map(|proposal| &proposal.point)) {
            chooser.believe(point);
        }
        chooser
    }

    /// Takes a point as evaluated, with the values that are expected.
    fn believe(&mut self, point: &crate::space::Point) {
        let place = self.model.place(point);
        let bounds = self.model.bounds();
        let objectives = self.model.objectives();
        // What may not be proposed any more is no best to come near to.
        let mut feasible = self.model.space().admits_values(point);
        for (quantity, posterior) in self.posteriors.iter_mut().enumerate() {
            let mean = posterior.predict(&place).0[0];
            self.means[quantity].push(mean);
            feasible &= quantity < objectives || mean <= bounds[quantity - objectives];
            *posterior = posterior.believing(&place);
        }
        if let Some(branches) = &mut self.branches {
            branches.believe(&place);
        }
        self.feasible.push(feasible);
        self.cubes.push(place[..self.model.space().parameters.len()].to_vec());
        self.believed.push(place);
        self.used.insert(point);
    }

    /// What each branch says of itself, for a point that explores; none in a space without branches.
    fn explored(&mut self) -> Result<Option<Branches>, Fault> {
        let thompson = self.request.strategy.gp.acquisition == Acquisition::Thompson;
        if self.model.objectives() > 1 || thompson || !self.is_exploring() {
            return Ok(None);
        }
        let Some(best) = self.best() else { return Ok(None) };
        let mut branches = if let Some(branches) = self.branches.take() {
            branches
        } else {
            let mut branches = Branches::learn(self.request)?;
            for place in &self.believed {
                branches.believe(place);
            }
            branches
        };
        let warp = self.posteriors[0].warp();
        branches.aim(warp.backward(warp.below(best, AMBITION)));
        self.branches = Some(branches.clone());
        Ok((!branches.is_empty()).then_some(branches))
    }

    /// Whether the next point looks for more than the next little improvement.
    fn is_exploring(&self) -> bool {
        self.number().is_multiple_of(EXPLORING) || self.believed.len() >= CROWD
    }

    pub(super) fn next(&mut self) -> Result<Option<Proposal>, Fault> {
        let attainable = self.attainable();
        let branches = self.explored()?;
        let aim = match &branches {
            Some(_) => Aim::Branches,
            None if self.model.objectives() == 1 && self.is_exploring() => Aim::Further,
            None => Aim::Next,
        };
        let (kind, criterion) = self.criterion(aim);
        let surface = Surface {
            posteriors: std::mem::take(&mut self.posteriors),
            criterion,
            branches,
            beyond: self.model.beyond(),
        };
        let incumbents = self.incumbents();
        let search = self.search(&incumbents);
        let mut found = if kind == proposal::Criterion::Thompson {
            thompson(&search, &surface)?
        } else {
            search.maximize(&surface)?
        };
        if found.is_none() {
            // Of a finite space hardly anything is left.
            found = search.left(&surface);
        }
        self.posteriors = surface.posteriors;
        let Some(found) = found else { return Ok(None) };
        self.chosen += 1;
        let mut proposal = self.proposal(&found, kind, aim);
        proposal.why.attainable_improvement = attainable;
        self.believe(&found.point);
        Ok(Some(proposal))
    }

    /// The largest improvement that is expected anywhere, where the next point is not chosen by that: it looks for more, or by
    /// another criterion.
    fn attainable(&mut self) -> Option<f64> {
        let chosen_by_it = self.request.strategy.gp.acquisition == Acquisition::LogEi;
        let best = self.best()?;
        if self.model.objectives() > 1 || (chosen_by_it && !self.is_exploring()) {
            return None;
        }
        let criterion = self.constrained(Some(Box::new(LogEi { best })));
        let surface = Surface {
            posteriors: std::mem::take(&mut self.posteriors),
            criterion,
            branches: None,
            beyond: self.model.beyond(),
        };
        let incumbents = self.incumbents();
        let found = self.search(&incumbents).glance(&surface);
        self.posteriors = surface.posteriors;
        found.map(|found| self.improvement(&found, best))
    }

    fn search<'s>(&'s self, incumbents: &'s [Vec<f64>]) -> Search<'s> {
        Search {
            region: self.region,
            used: &self.used,
            incumbents,
            seed: self.request.seed,
            number: self.number(),
            interrupted: self.request.interrupted,
        }
    }

    /// The number of the next proposal.
    fn number(&self) -> u64 {
        self.request.history.proposed + self.chosen
    }

    /// The indices of results (and beliefs) that keep the constraints; all if there are none.
    fn kept(&self) -> Vec<usize> {
        (0..self.feasible.len()).filter(|index| self.feasible[*index]).collect()
    }

    /// The lowest mean of the only objective where the constraints are kept.
    fn best(&self) -> Option<f64> {
        self.kept().into_iter().map(|index| self.means[0][index]).min_by(f64::total_cmp)
    }

    fn criterion(&self, aim: Aim) -> (proposal::Criterion, Box<dyn Criterion>) {
        let objective = if aim == Aim::Branches {
            // What a branch tells is a distance from what is to be undercut.
            let probable: Box<dyn Criterion> = Box::new(LogPi { best: 0.0 });
            Some((proposal::Criterion::Pi, probable))
        } else {
            self.objective()
        };
        let kind = objective.as_ref().map_or(proposal::Criterion::Feasibility, |(kind, _)| *kind);
        (kind, self.constrained(objective.map(|(_, criterion)| criterion)))
    }

    /// A criterion for the objectives together with the probability that the constraints are kept; that alone without one.
    fn constrained(&self, objective: Option<Box<dyn Criterion>>) -> Box<dyn Criterion> {
        let bounds = self.model.bounds();
        match objective {
            Some(criterion) if bounds.is_empty() => criterion,
            objective => {
                let mut weights = vec![1.0; self.request.problem.constraints];
                weights.resize(bounds.len(), FAILURE);
                let first = self.model.objectives();
                Box::new(Constrained { objective, first, bounds, weights })
            }
        }
    }

    /// What the objectives are worth; none while nothing is known that keeps the constraints.
    fn objective(&self) -> Option<(proposal::Criterion, Box<dyn Criterion>)> {
        if self.model.objectives() > 1 {
            return self.hypervolume();
        }
        let settings = &self.request.strategy.gp;
        let best = self.best()?;
        let warp = self.posteriors[0].warp();
        let best = if self.is_exploring() { warp.below(best, AMBITION) } else { best };
        Some(match settings.acquisition {
            Acquisition::LogEi => (proposal::Criterion::LogEi, Box::new(LogEi { best })),
            Acquisition::Pi => (proposal::Criterion::Pi, Box::new(LogPi { best })),
            Acquisition::Ucb => {
                let deviations = settings.exploration.unwrap_or(EXPLORATION);
                (proposal::Criterion::Ucb, Box::new(Bound { deviations }))
            }
            Acquisition::Thompson => (proposal::Criterion::Thompson, Box::new(LogEi { best })),
        })
    }

    fn hypervolume(&self) -> Option<(proposal::Criterion, Box<dyn Criterion>)> {
        let objectives = self.model.objectives();
        let kept = self.kept();
        let point = |index: &usize| -> Vec<f64> {
            (0..objectives).map(|k| self.means[k][*index]).collect()
        };
        let points: Vec<Vec<f64>> = kept.iter().map(point).collect();
        let front = pareto::front(&points);
        if front.is_empty() {
            return None;
        }
        let reference = pareto::reference_point(&points, &front);
        Some((proposal::Criterion::LogEhvi, Box::new(LogEhvi::new(&points, &reference))))
    }

    /// Where the best results are.
    fn incumbents(&self) -> Vec<Vec<f64>> {
        let kept = self.kept();
        let among: Vec<usize> =
            if kept.is_empty() { (0..self.feasible.len()).collect() } else { kept };
        let objectives = self.model.objectives();
        if objectives > 1 {
            let point = |index: &usize| -> Vec<f64> {
                (0..objectives).map(|k| self.means[k][*index]).collect()
            };
            let points: Vec<Vec<f64>> = among.iter().map(point).collect();
            let front = pareto::front(&points);
            let every = front.len().div_ceil(2 * INCUMBENTS).max(1);
            return front
                .into_iter()
                .step_by(every)
                .map(|index| self.cubes[among[index]].clone())
                .collect();
        }
        let mut among = among;
        // While nothing is feasible: nearest to it.
        let worth = |index: usize| {
            if self.best().is_some() {
                self.means[0][index]
            } else {
                self.means[objectives..].iter().map(|m| m[index].max(0.0)).sum()
            }
        };
        among.sort_by(|a, b| worth(*a).total_cmp(&worth(*b)));
        among.into_iter().take(INCUMBENTS).map(|index| self.cubes[index].clone()).collect()
    }

    fn proposal(&self, found: &Found, kind: proposal::Criterion, aim: Aim) -> Proposal {
        let model = self.model;
        let predictions =
            model.predict(std::slice::from_ref(&found.point)).pop().unwrap_or_default();
        let expected_improvement = match (self.best(), model.objectives()) {
            (Some(best), 1) => Some(self.improvement(found, best)),
            _ if kind == proposal::Criterion::LogEhvi => Some(self.won(found)),
            _ => None,
        };
        let why = Why {
            strategy: StrategyKind::Gp,
            reason: reason(kind, aim, model),
            fallback: None,
            predictions,
            acquisition: Some((kind, found.value)),
            expected_improvement,
            attainable_improvement: None,
            results: model.results(),
        };
        Proposal { point: found.point.clone(), why }
    }

    /// The improvement over the best that is expected of a point, in the units of the only objective.
    fn improvement(&self, found: &Found, best: f64) -> f64 {
        let (mean, deviation) = self.posteriors[0].predict(&self.model.place(&found.point));
        self.posteriors[0].warp().improvement(best, mean[0], deviation[0])
    }

    /// The hypervolume that is expected to be won, in the units of the objectives: where constraints are kept.
    fn won(&self, found: &Found) -> f64 {
        let place = self.model.place(&found.point);
        let units = self.posteriors[..self.model.objectives()].iter().map(|posterior| {
            let warp = posterior.warp();
            let mean = warp.backward(posterior.predict(&place).0[0]);
            -warp.slope(mean).ln()
        });
        (found.value + units.sum::<f64>()).exp().min(f64::MAX)
    }
}

/// What the point promises, in words.
fn reason(kind: proposal::Criterion, aim: Aim, model: &Model) -> String {
    let what = match kind {
        _ if aim == Aim::Branches => {
            "an improvement is most probable here, by what each branch's own results say of it"
        }
        proposal::Criterion::LogEi if aim == Aim::Further => {
            "looks further: more than the next little improvement is to be expected here most"
        }
        proposal::Criterion::LogEi => "the largest improvement is expected here",
        proposal::Criterion::Ucb => "the objective may be lowest here, by its confidence bound",
        proposal::Criterion::Pi => "an improvement is most probable here",
        proposal::Criterion::Thompson => "the best place of one function that the results allow",
        proposal::Criterion::LogEhvi => "the front is expected to gain most here",
        proposal::Criterion::DensityRatio => "good results are dense here, and others are not",
        proposal::Criterion::Feasibility => {
            "the constraints are most likely to be kept here; no result keeps them yet"
        }
    };
    let mut words = what.to_owned();
    if model.used() < model.results() {
        words = format!("{words} (by {} of the {} results)", model.used(), model.results());
    }
    if model.objectives() == 1 && !model.is_informative(0) {
        words
            .push_str("; but the model cannot predict results yet: cross-validated R² is negative");
    }
    words
}
