//! Functions whose importances are known.

use rand::RngExt as _;

use super::*;
use crate::space::{Condition, Parameter, Point, When};

const NUMBER: Domain = Domain::Float { low: 0.0, high: 1.0, step: None, log: false };

fn problem(domains: &[Domain], objectives: usize) -> Problem {
    let parameter = |domain: &Domain| Parameter::free(domain.clone());
    let space = Space { parameters: domains.iter().map(parameter).collect(), ..Space::default() };
    Problem { space, objectives, constraints: 0 }
}

/// Results at random points.
fn tried(problem: &Problem, count: u64, function: impl Fn(&[Option<f64>]) -> Vec<f64>) -> History {
    let result = |number| {
        let point = problem.space.draw(&mut sampling::generator(1, 99, number));
        let values = function(&point.0);
        let outcome = Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() };
        Observation { point, outcome, source: 0 }
    };
    History { observations: (0..count).map(result).collect(), ..History::default() }
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64) {
    let near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= tolerance;
    assert!(found.iter().zip(expected).all(near), "{found:?} is not {expected:?}");
    assert!(found.iter().sum::<f64>() <= 1.0 + 1e-12 && found.iter().all(|share| *share >= 0.0));
}

#[test]
fn weights_of_a_linear_function() {
    let problem = problem(&vec![NUMBER; 4], 2);
    let history = tried(&problem, 500, |x| {
        let x: Vec<f64> = x.iter().flatten().copied().collect();
        vec![3.0 * x[0] + 2.0 * x[1] + x[2], 1e9 - 1e-3 * x[3]]
    });
    let found = importance(&problem, &history, 1).unwrap();
    assert_near(&found[0], &[9.0 / 14.0, 4.0 / 14.0, 1.0 / 14.0, 0.0], 0.06);
    assert!(found[0][3] < 0.005);
    assert_near(&found[1], &[0.0, 0.0, 0.0, 1.0], 0.02);
}

#[test]
fn ishigamis_function() {
    // Main effects 0.314, 0.442 and 0; the third matters only together with the first (Ishigami and Homma, 1990).
    let angle = Domain::Float {
        low: -std::f64::consts::PI,
        high: std::f64::consts::PI,
        step: None,
        log: false,
    };
    let problem = problem(&vec![angle; 3], 1);
    let history = tried(&problem, 2000, |x| {
        let [x, y, z] = [0, 1, 2].map(|index: usize| x[index].unwrap());
        vec![x.sin() + 7.0 * y.sin().powi(2) + 0.1 * z.powi(4) * x.sin()]
    });
    let found = importance(&problem, &history, 1).unwrap();
    assert_near(&found[0], &[0.314, 0.442, 0.0], 0.05);
}

#[test]
fn what_does_nothing_is_not_important_even_with_noise_and_few_results() {
    let problem = problem(&vec![NUMBER; 5], 1);
    let mut history = tried(&problem, 60, |x| vec![(x[0].unwrap() - 0.3).powi(2)]);
    for (number, observation) in (0..).zip(&mut history.observations) {
        if let Outcome::Measured { values, .. } = &mut observation.outcome {
            values[0] += 0.05 * sampling::generator(2, 99, number).random::<f64>();
        }
    }
    let found = importance(&problem, &history, 1).unwrap();
    assert!(found[0][0] > 0.7 && found[0][1..].iter().all(|share| *share < 0.03), "{found:?}");
}

#[test]
fn choices_grids_and_logarithms() {
    let domains = [
        Domain::Categorical { choices: 7 },
        Domain::Int { low: 1, high: 4, step: 1, log: false },
        Domain::Float { low: 1e-4, high: 1.0, step: None, log: true },
        Domain::Ordinal { levels: 3 },
    ];
    let problem = problem(&domains, 1);
    let history = tried(&problem, 600, |x| {
        // Choices 1, 4 and 6 are alike; variances 0.2449, 0.3125 and 0.3333.
        let choice = if [1.0, 4.0, 6.0].contains(&x[0].unwrap()) { 1.0 } else { 0.0 };
        vec![choice + 0.5 * x[1].unwrap() + x[2].unwrap().log10() / 2.0]
    });
    let found = importance(&problem, &history, 1).unwrap();
    let whole = 0.2449 + 0.3125 + 0.3333;
    assert_near(&found[0], &[0.2449 / whole, 0.3125 / whole, 0.3333 / whole, 0.0], 0.04);
}

#[test]
fn what_is_inactive_takes_no_credit() {
    // The last parameter exists for the second choice only, and hardly matters; the choice decides.
    let mut problem = problem(&[Domain::Categorical { choices: 2 }, NUMBER, NUMBER], 1);
    problem.space.parameters[2].condition =
        Some(Condition { parent: 0, when: When::Among(vec![1]) });
    let history = tried(&problem, 300, |x| {
        vec![5.0 * x[0].unwrap() + x[1].unwrap() + 0.1 * x[2].unwrap_or(0.0)]
    });
    let found = importance(&problem, &history, 1).unwrap();
    assert_near(&found[0], &[6.25 / 6.3333, 0.0833 / 6.3333, 0.0], 0.01);
}

#[test]
fn there_is_always_a_number() {
    let problem = problem(&vec![NUMBER; 3], 1);
    let few = tried(&problem, 9, |x| vec![x[0].unwrap()]);
    assert_eq!(importance(&problem, &few, 1), None);
    let extreme = |x: &[Option<f64>]| vec![if x[0].unwrap() < 0.5 { 1e308 } else { -1e308 }];
    let history = tried(&problem, 100, extreme);
    assert_near(&importance(&problem, &history, 1).unwrap()[0], &[1.0, 0.0, 0.0], 0.02);
    let equal = tried(&problem, 20, |_| vec![7.0]);
    assert_eq!(importance(&problem, &equal, 1), Some(vec![vec![0.0; 3]]));
    let mut same_place = tried(&problem, 20, |_| vec![7.0]);
    for (number, observation) in same_place.observations.iter_mut().enumerate() {
        observation.point = Point(vec![Some(0.5); 3]);
        let values = vec![f64::from(u32::try_from(number).unwrap())];
        observation.outcome =
            Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() };
    }
    same_place.observations[3].outcome = Outcome::Failed;
    assert_eq!(importance(&problem, &same_place, 1), Some(vec![vec![0.0; 3]]));
}

#[test]
fn many_results_of_many_parameters_always_have_the_same_answer() {
    let problem = problem(&vec![NUMBER; 30], 1);
    let history = tried(&problem, 10_000, |x| {
        let weighted = (0..).zip(x).map(|(index, x)| f64::from(index % 5) * x.unwrap());
        vec![weighted.sum()]
    });
    let found = importance(&problem, &history, 1).unwrap();
    assert_eq!(Some(&found), importance(&problem, &history, 1).as_ref());
    // Six each of weights 0 to 4: shares of w² / 180. Trees favour the strongest, but never out of turn.
    let mean = |weight: usize| found[0].iter().skip(weight).step_by(5).sum::<f64>() / 6.0;
    assert!(mean(0) < 1e-3 && mean(1) > mean(0) && mean(2) > 2.0 * mean(1), "{found:?}");
    assert!(mean(3) > 2.0 * mean(2) && mean(4) > 2.0 * mean(3) && mean(4) < 0.15, "{found:?}");
}
