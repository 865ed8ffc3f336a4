//! What each branch of a space with conditions says of itself.
//!
//! One process for all branches has one scale and one set of length scales: once it has seen a minimum in one branch to
//! many digits, it holds a deeper one in another branch, where little is known, for next to impossible. Here every set of
//! active parameters has a process of its own, which sees those parameters only. They are compared by how probable an
//! improvement is, which does not depend on any scale: so the branch that is looked into is the one that may well be
//! better, not the one that looks best.

use super::{data::Encoding, learned, part};
use crate::{
    gp::{Data, Posterior, fit::Scale, real},
    history::Outcome,
    propose::{Fault, Request},
    space::{Point, Space},
};

/// With fewer results of its own a branch is judged by all results together.
const LEAST: usize = 3;

/// The processes of the only objective, branch by branch.
#[derive(Debug, Clone)]
pub(crate) struct Branches {
    space: Space,
    all: Vec<Branch>,
    /// What is to be undercut, in the objective's own units.
    target: f64,
}

/// The points with the same active parameters.
#[derive(Debug, Clone)]
struct Branch {
    active: Vec<bool>,
    /// Which coordinates of a place its process sees.
    axes: Vec<usize>,
    posterior: Posterior,
    /// Degrees of freedom: results, but for the one that the mean takes.
    freedom: f64,
}

impl Branches {
    /// Empty for a space without conditions, and while no branch has enough results.
    pub(crate) fn learn(request: &Request) -> Result<Self, Fault> {
        let (problem, history) = (request.problem, request.history);
        let space = &problem.space;
        if space.parameters.iter().all(|parameter| parameter.condition.is_none()) {
            return Ok(Self { space: space.clone(), all: Vec::new(), target: f64::NEG_INFINITY });
        }
        let encoding = Encoding::new(problem, history);
        let used = part::chosen(history, &encoding, request.seed);
        let quantity = encoding.objective(0, history, &used, &request.strategy.gp);
        let mut members: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
        for (place, index) in quantity.observations.iter().enumerate() {
            let observation = &history.observations[*index];
            let active = active(space, &observation.point);
            match members.iter_mut().find(|(known, _)| *known == active) {
                Some((_, members)) => members.push(place),
                None => members.push((active, vec![place])),
            }
        }
        let measured = |place: &&usize| {
            let outcome = &history.observations[quantity.observations[**place]].outcome;
            matches!(outcome, Outcome::Measured { .. })
        };
        let mut all = Vec::new();
        for (active, members) in members {
            // A point from outside may have no values at all.
            let known = active.contains(&true) && members.iter().filter(measured).count() >= LEAST;
            if known {
                all.push(Branch::learn(&quantity.data, active, &members, request)?);
            }
        }
        Ok(Self { space: space.clone(), all, target: f64::NEG_INFINITY })
    }

    /// Whether nothing can be told by branches.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Sets what is to be undercut, in the objective's own units.
    pub(crate) fn aim(&mut self, target: f64) {
        self.target = target;
    }

    /// Takes a place as known, with the value that is expected there.
    pub(crate) fn believe(&mut self, place: &[f64]) {
        if let Some(index) = self.branch_at(place) {
            let branch = &mut self.all[index];
            branch.posterior = branch.posterior.believing(&branch.seen(place));
        }
    }

    /// How far places are from an improvement, in standard deviations of a normal distribution: positive where it is less
    /// likely than not. Where a branch has no process, by that of `all`.
    pub(crate) fn distances(&self, places: &[Vec<f64>], all: &Posterior) -> Vec<f64> {
        let mut distances = vec![0.0; places.len()];
        let branches: Vec<Option<usize>> =
            places.iter().map(|place| self.branch_at(place)).collect();
        for branch in std::iter::once(None).chain((0..self.all.len()).map(Some)) {
            let here: Vec<usize> =
                (0..places.len()).filter(|index| branches[*index] == branch).collect();
            if here.is_empty() {
                continue;
            }
            let branch = branch.map(|index| &self.all[index]);
            let posterior = branch.map_or(all, |branch| &branch.posterior);
            let seen: Vec<f64> = here
                .iter()
                .flat_map(|index| {
                    branch.map_or_else(|| places[*index].clone(), |b| b.seen(&places[*index]))
                })
                .collect();
            let target = posterior.warp().forward(self.target);
            let (means, deviations) = posterior.predict(&seen);
            for (index, (mean, deviation)) in
                here.into_iter().zip(means.into_iter().zip(deviations))
            {
                let t = (mean - target) / deviation;
                distances[index] =
                    branch.map_or(t, |branch| normal_of_student(t, branch.freedom).0);
            }
        }
        distances
    }

    /// The same at one place, and its gradient (written).
    pub(crate) fn gradient(&self, place: &[f64], all: &Posterior, gradient: &mut [f64]) -> f64 {
        let branch = self.branch_at(place).map(|index| &self.all[index]);
        let posterior = branch.map_or(all, |branch| &branch.posterior);
        let seen = branch.map_or_else(|| place.to_vec(), |branch| branch.seen(place));
        let (mut d_mean, mut d_deviation) = (vec![0.0; seen.len()], vec![0.0; seen.len()]);
        let (mean, deviation) = posterior.gradient(&seen, &mut d_mean, &mut d_deviation);
        let t = (mean - posterior.warp().forward(self.target)) / deviation;
        let (distance, slope) =
            branch.map_or((t, 1.0), |branch| normal_of_student(t, branch.freedom));
        gradient.fill(0.0);
        for (index, (by_mean, by_deviation)) in d_mean.into_iter().zip(d_deviation).enumerate() {
            let axis = branch.map_or(index, |branch| branch.axes[index]);
            gradient[axis] = slope * (by_mean - t * by_deviation) / deviation;
        }
        distance
    }

    fn branch_at(&self, place: &[f64]) -> Option<usize> {
        let cube = &place[..self.space.parameters.len()];
        let active = active(&self.space, &self.space.point_at(cube));
        self.all.iter().position(|branch| branch.active == active)
    }
}

impl Branch {
    fn learn(
        data: &Data,
        active: Vec<bool>,
        members: &[usize],
        request: &Request,
    ) -> Result<Self, Fault> {
        let axes: Vec<usize> = (0..data.axes.len())
            .filter(|axis| active.get(*axis).copied().unwrap_or(true))
            .collect();
        let own = data.part(members);
        let places = (0..own.len()).flat_map(|index| axes.iter().map(move |axis| (index, *axis)));
        let places = places.map(|(index, axis)| own.place(index)[axis]).collect();
        let own = Data { axes: axes.iter().map(|axis| data.axes[*axis]).collect(), places, ..own };
        let (posterior, _) = learned(&own, Scale::Free, "a branch", request)?;
        Ok(Self { active, axes, posterior, freedom: real(members.len() - 1) })
    }

    /// The coordinates of a place that count here.
    fn seen(&self, place: &[f64]) -> Vec<f64> {
        self.axes.iter().map(|axis| place[*axis]).collect()
    }
}

fn active(space: &Space, point: &Point) -> Vec<bool> {
    (0..space.parameters.len())
        .map(|index| point.0.get(index).is_some_and(Option::is_some))
        .collect()
}

/// The standard normal number that is as far out as a number of Student's distribution, and its slope: what is estimated
/// from few results has heavy tails (Wallace, Annals of Mathematical Statistics 30, 1959, to within 1 %).
fn normal_of_student(t: f64, freedom: f64) -> (f64, f64) {
    let scale = (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0);
    let square = t * t / freedom;
    let root = (freedom * square.ln_1p()).sqrt();
    let slope = if root > 1e-9 { t.abs() / (1.0 + square) / root } else { 1.0 };
    (scale * root.copysign(t), scale * slope)
}

#[cfg(test)]
mod tests {
    use super::{Branches, normal_of_student};
    use crate::{
        History, Observation, Outcome, Point, Problem, Request, Strategy, StrategyKind,
        model::Model,
        sampling::generator,
        space::{Condition, Domain, Parameter, Region, Space, When},
    };

    fn problem() -> Problem {
        let float = |branch: Option<usize>| Parameter {
            domain: Domain::Float { low: 0.0, high: 1.0, step: None, log: false },
            condition: branch.map(|b| Condition { parent: 0, when: When::Among(vec![b]) }),
            fixed: None,
        };
        let choice = Parameter::free(Domain::Categorical { choices: 2 });
        let parameters = vec![choice, float(None), float(Some(0)), float(Some(0)), float(Some(1))];
        Problem { space: Space { parameters, ..Space::default() }, objectives: 1, constraints: 0 }
    }

    fn history(problem: &Problem) -> History {
        let region = Region::new(&problem.space);
        let result = |number| {
            let point: Point = region.draw(&mut generator(4, 96, number));
            let values =
                vec![problem.space.unit_of(&point).iter().map(|u| (u - 0.3).powi(2)).sum()];
            let outcome =
                Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() };
            Observation { point, outcome, source: 0 }
        };
        History { observations: (0..16).map(result).collect(), ..History::default() }
    }

    #[test]
    fn gradient_of_a_distance_is_that_of_its_values() {
        let (problem, strategy) = (problem(), Strategy::plain(StrategyKind::Gp));
        let history = history(&problem);
        let request = Request {
            problem: &problem,
            strategy: &strategy,
            history: &history,
            count: 1,
            seed: 3,
            interrupted: &|| false,
        };
        let all = Model::train(&request).unwrap().posteriors().remove(0);
        let mut branches = Branches::learn(&request).unwrap();
        assert_eq!(branches.all.len(), 2);
        branches.aim(-0.1);
        branches.believe(&[0.25, 0.9, 0.9, 0.9, 0.5]);
        for place in [[0.25, 0.2, 0.6, 0.4, 0.5], [0.75, 0.2, 0.5, 0.5, 0.7]] {
            let mut gradient = [9.0; 5];
            let value = branches.gradient(&place, &all, &mut gradient);
            assert!((value - branches.distances(&[place.to_vec()], &all)[0]).abs() < 1e-6);
            for axis in 1..5 {
                let along = |by: f64| {
                    let mut moved = place.to_vec();
                    moved[axis] += by;
                    branches.distances(&[moved], &all)[0]
                };
                let slope = (along(1e-5) - along(-1e-5)) / 2e-5;
                let near = (slope - gradient[axis]).abs() < 1e-3 * slope.abs().max(1.0);
                assert!(near, "{place:?} {axis}: {slope} {gradient:?}");
            }
        }
    }

    #[test]
    fn few_degrees_of_freedom_have_heavy_tails() {
        // One-sided 2.5 % points of Student's distribution.
        for (freedom, t) in [(2.0, 4.303), (4.0, 2.776), (30.0, 2.042)] {
            let (normal, slope) = normal_of_student(-t, freedom);
            assert!((normal + 1.96).abs() < 0.05, "{freedom}: {normal}");
            let along = |by: f64| normal_of_student(by - t, freedom).0;
            assert!(((along(1e-6) - along(-1e-6)) / 2e-6 - slope).abs() < 1e-6);
        }
    }
}
