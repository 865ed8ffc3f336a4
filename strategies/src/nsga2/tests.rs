//! What is better, and what children look like.

use rand::SeedableRng as _;
use rand_pcg::Pcg64;

use super::*;
use crate::{
    history::{Outcome, Problem},
    settings::Nsga2Settings,
    space::{Condition, Domain, Parameter, Space, When},
};

fn parameter(domain: Domain) -> Parameter {
    Parameter::free(domain)
}

fn numbers(count: usize) -> Space {
    let number = Domain::Float { low: 0.0, high: 1.0, step: None, log: false };
    Space { parameters: vec![parameter(number); count], ..Space::default() }
}

fn measured(x: f64, values: &[f64], constraints: &[f64]) -> Observation {
    let outcome = Outcome::Measured {
        values: values.to_vec(),
        deviations: Vec::new(),
        constraints: constraints.to_vec(),
    };
    Observation { point: Point(vec![Some(x)]), outcome, source: 0 }
}

#[test]
fn what_keeps_constraints_comes_first_then_the_front_then_the_loneliest() {
    let problem = Problem { space: numbers(1), objectives: 2, constraints: 2 };
    let nan = f64::NAN;
    let results = [
        Observation { point: Point(vec![Some(9.0)]), outcome: Outcome::Failed, source: 0 },
        measured(8.0, &[0.0, 0.0], &[nan, -1.0]),
        measured(7.0, &[0.0, 0.0], &[1.0, -1.0]),
        measured(6.0, &[0.0, 0.0], &[-1.0, 3.0e9]),
        measured(5.0, &[0.0, 0.0], &[0.5, 0.0]),
        Observation { point: Point(vec![Some(4.5)]), outcome: Outcome::Pruned, source: 0 },
        measured(4.0, &[9.0, 9.0], &[0.0, 0.0]),
        measured(3.0, &[4.0, 4.1], &[-1.0, 0.0]),
        measured(2.0, &[3.0, 6.0], &[-1.0, 0.0]),
        measured(1.0, &[8.0, 0.0], &[-1.0, 0.0]),
        measured(0.0, &[0.0, 8.0], &[-1.0, 0.0]),
    ];
    let results: Vec<&Observation> = results.iter().collect();
    let order: Vec<f64> =
        best_first(&results, &problem).iter().map(|point| point.0[0].unwrap()).collect();
    assert_eq!(order, [1.0, 0.0, 3.0, 2.0, 4.0, 4.5, 5.0, 8.0, 7.0, 6.0, 9.0]);
}

#[test]
fn with_one_objective_the_smallest_comes_first() {
    let problem = Problem { space: numbers(1), objectives: 1, constraints: 0 };
    let results = [3.0, -1.0, 2.0, 2.0, -5.0].map(|value| measured(value, &[value], &[]));
    let results: Vec<&Observation> = results.iter().collect();
    let order: Vec<f64> =
        best_first(&results, &problem).iter().map(|point| point.0[0].unwrap()).collect();
    assert_eq!(order, [-5.0, -1.0, 2.0, 2.0, 3.0]);
}

#[test]
fn children_lie_around_their_parents() {
    let space = numbers(2);
    let settings = Nsga2Settings { mutation: Some(0.0), ..Nsga2Settings::default() };
    let variation = Variation::new(&space, &settings);
    let [one, other] = [0.4, 0.6].map(|x| Point(vec![Some(x), Some(0.5)]));
    let mut generator = Pcg64::seed_from_u64(2);
    let children: Vec<f64> = (0..4000)
        .map(|_| {
            let child = variation.child(&[&one, &other], &mut generator);
            assert!((child[1] - 0.5).abs() < 1e-12, "equal values stay");
            child[0]
        })
        .collect();
    let near = children.iter().filter(|x| (**x - 0.4).abs().min((**x - 0.6).abs()) < 0.05).count();
    assert!(near > 3900, "{near}");
    let first = children.iter().filter(|x| **x < 0.5).count();
    // The better one wins three of four tournaments, and half of what is crossed comes from either.
    assert!((2500..3100).contains(&first), "{first}");
}

#[test]
fn what_mutates_moves_by_a_value_at_least() {
    let domains = [
        Domain::Int { low: 0, high: 3, step: 1, log: false },
        Domain::Float { low: 0.0, high: 1.0, step: Some(0.1), log: false },
        Domain::Categorical { choices: 3 },
        Domain::Ordinal { levels: 5 },
        Domain::Float { low: 1e-3, high: 1.0, step: None, log: true },
    ];
    let space = Space { parameters: domains.map(parameter).to_vec(), ..Space::default() };
    let settings = Nsga2Settings { mutation: Some(1.0), ..Nsga2Settings::default() };
    let variation = Variation::new(&space, &settings);
    let mut generator = Pcg64::seed_from_u64(2);
    let parent = Point(vec![Some(2.0), Some(0.3), Some(1.0), Some(0.0), Some(0.1)]);
    for _ in 0..200 {
        let child = space.repair(&variation.child(&[&parent], &mut generator));
        assert!(child.0.iter().zip(&parent.0).all(|(new, old)| new != old), "{child:?}");
        assert!(space.admits(&child));
    }
}

#[test]
fn what_no_parent_has_is_drawn() {
    let mut space = numbers(2);
    space.parameters[0].domain = Domain::Categorical { choices: 2 };
    space.parameters[1].condition = Some(Condition { parent: 0, when: When::Among(vec![1]) });
    let settings = Nsga2Settings { mutation: Some(1.0), ..Nsga2Settings::default() };
    let variation = Variation::new(&space, &settings);
    let parent = Point(vec![Some(0.0), None]);
    let mut generator = Pcg64::seed_from_u64(2);
    let drawn: Vec<f64> = (0..100)
        .map(|_| space.repair(&variation.child(&[&parent], &mut generator)).0[1].unwrap())
        .collect();
    assert!(drawn.iter().any(|x| *x < 0.2) && drawn.iter().any(|x| *x > 0.8));
}
