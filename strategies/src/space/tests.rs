//! Regions of many kinds, and what holds in each.

use rand_pcg::Pcg64;

use super::{
    Condition, Domain, LinearConstraint, Parameter, Point, Region, Space, SpaceProblem, When,
};
use crate::sampling::generator;

fn float(low: f64, high: f64) -> Parameter {
    Parameter::free(Domain::Float { low, high, step: None, log: false })
}

fn log(low: f64, high: f64) -> Parameter {
    Parameter::free(Domain::Float { low, high, step: None, log: true })
}

fn stepped(low: f64, high: f64, step: f64) -> Parameter {
    Parameter::free(Domain::Float { low, high, step: Some(step), log: false })
}

fn int(low: i64, high: i64) -> Parameter {
    Parameter::free(Domain::Int { low, high, step: 1, log: false })
}

fn sum(terms: &[(usize, f64)], low: f64, high: f64) -> LinearConstraint {
    LinearConstraint { terms: terms.to_vec(), low, high }
}

fn all(n: usize) -> Vec<(usize, f64)> {
    (0..n).map(|i| (i, 1.0)).collect()
}

fn space(parameters: Vec<Parameter>, constraints: Vec<LinearConstraint>) -> Space {
    Space { parameters, constraints, candidates: Vec::new() }
}

fn mixture(n: usize) -> Space {
    space(vec![float(0.0, 1.0); n], vec![sum(&all(n), 1.0, 1.0)])
}

/// Spaces whose constraints are of every kind.
fn constrained() -> Vec<(&'static str, Space)> {
    let open = f64::INFINITY;
    vec![
        ("mixture of 3", mixture(3)),
        ("mixture of 12", mixture(12)),
        ("mixture in steps", space(vec![stepped(0.0, 1.0, 0.05); 3], vec![sum(&all(3), 1.0, 1.0)])),
        (
            "mixture in unlike steps",
            space(
                vec![
                    stepped(0.0, 1.0, 0.1),
                    stepped(0.05, 0.6, 0.05),
                    stepped(0.0, 1.0, 0.01),
                    float(0.0, 0.3),
                ],
                vec![sum(&all(4), 1.0, 1.0)],
            ),
        ),
        (
            "mixture of 8 in steps",
            space(vec![stepped(0.0, 1.0, 0.05); 8], vec![sum(&all(8), 1.0, 1.0)]),
        ),
        ("whole numbers", space(vec![int(0, 20); 4], vec![sum(&all(4), 30.0, 30.0)])),
        (
            "unlike whole numbers",
            space(
                vec![int(0, 50), int(0, 50), int(0, 50)],
                vec![sum(&[(0, 2.0), (1, 3.0), (2, 5.0)], 101.0, 101.0)],
            ),
        ),
        (
            "log members",
            space(
                vec![log(1e-4, 1.0), log(1e-3, 1.0), float(0.0, 1.0)],
                vec![sum(&all(3), 1.0, 1.0)],
            ),
        ),
        ("log below", space(vec![log(1e-6, 1.0), log(1e-6, 1.0)], vec![sum(&all(2), -open, 1e-3)])),
        (
            "x ≤ y",
            space(
                vec![float(-5.0, 5.0), float(-5.0, 5.0)],
                vec![sum(&[(0, 1.0), (1, -1.0)], -open, 0.0)],
            ),
        ),
        (
            "a thin chain",
            space(
                vec![float(0.0, 1.0); 5],
                (0..4).map(|i| sum(&[(i, 1.0), (i + 1, -1.0)], -0.02, 0.0)).collect(),
            ),
        ),
        (
            "two sums and an order",
            space(
                vec![
                    float(0.0, 1.0),
                    float(0.0, 1.0),
                    float(0.0, 1.0),
                    stepped(0.0, 10.0, 0.5),
                    int(0, 10),
                    float(0.0, 10.0),
                ],
                vec![
                    sum(&[(0, 1.0), (1, 1.0), (2, 1.0)], 1.0, 1.0),
                    sum(&[(3, 1.0), (4, 1.0), (5, 1.0)], 10.0, 10.0),
                    sum(&[(0, 10.0), (3, -1.0)], -open, 0.0),
                ],
            ),
        ),
        (
            "big numbers",
            space(
                vec![float(0.0, 1e9), float(0.0, 1e9), float(1.0, 1e6)],
                vec![sum(&all(3), 1e9, 1e9)],
            ),
        ),
    ]
}

fn conditional() -> Space {
    let when = |parent, when, domain| Parameter {
        domain,
        condition: Some(Condition { parent, when }),
        fixed: None,
    };
    space(
        vec![
            Parameter::free(Domain::Categorical { choices: 3 }),
            when(0, When::Among(vec![1, 2]), Domain::Int { low: 1, high: 4, step: 1, log: false }),
            when(
                1,
                When::Between(3.0, f64::INFINITY),
                Domain::Float { low: 0.0, high: 1.0, step: None, log: false },
            ),
            Parameter::free(Domain::Ordinal { levels: 4 }),
        ],
        Vec::new(),
    )
}

fn stream(number: u64) -> Pcg64 {
    generator(7, 99, number)
}

#[test]
fn draws_and_repairs_are_feasible() {
    for (name, space) in constrained().into_iter().chain([("conditional", conditional())]) {
        assert_eq!(space.check(), Ok(()), "{name}");
        let region = Region::new(&space);
        for number in 0..200 {
            let mut generator = stream(number);
            let drawn = region.draw(&mut generator);
            assert!(space.admits(&drawn), "{name}: {drawn:?}");
            let cube = region.anywhere(&mut generator);
            let repaired = region.repair(&cube);
            assert!(space.admits(&repaired), "{name}: {repaired:?} from {cube:?}");
            for neighbour in region.neighbours(&repaired, &mut generator) {
                assert!(space.admits(&neighbour), "{name}: {neighbour:?}");
            }
        }
    }
}

#[test]
fn what_is_feasible_stays_where_it_is() {
    for (name, space) in constrained() {
        let region = Region::new(&space);
        for number in 0..50 {
            let point = region.draw(&mut stream(number));
            let repaired = region.repair(&space.unit_of(&point));
            let moved = space.distance(&space.unit_of(&point), &space.unit_of(&repaired)).sqrt();
            assert!(moved < 1e-6, "{name}: {point:?} became {repaired:?}");
        }
    }
}

#[test]
fn a_repair_in_steps_is_nearly_the_nearest() {
    let (_, space) = constrained().remove(2);
    let region = Region::new(&space);
    let lattice: Vec<Vec<f64>> = (0..=20)
        .flat_map(|a| {
            (0..=(20 - a))
                .map(move |b| [a, b, 20 - a - b].map(|n| (f64::from(n) + 0.5) / 21.0).to_vec())
        })
        .collect();
    for number in 0..300 {
        let cube = region.anywhere(&mut stream(number));
        let reached = space.distance(&cube, &space.unit_of(&region.repair(&cube)));
        let best =
            lattice.iter().map(|place| space.distance(&cube, place)).fold(f64::INFINITY, f64::min);
        assert!(
            reached.sqrt() <= best.sqrt() + 1.5 / 21.0,
            "{} for {}",
            reached.sqrt(),
            best.sqrt()
        );
    }
}

#[test]
fn draws_from_a_mixture_are_even() {
    // Each component of an even mixture of n has mean 1/n and variance (n − 1) / (n² (n + 1)).
    for n in [3_u32, 6] {
        let space = mixture(n as usize);
        let region = Region::new(&space);
        let draws: Vec<Point> = (0..2000).map(|number| region.draw(&mut stream(number))).collect();
        let n_f = f64::from(n);
        for component in 0..n as usize {
            let values: Vec<f64> = draws.iter().map(|point| point.0[component].unwrap()).collect();
            let mean = values.iter().sum::<f64>() / 2000.0;
            let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 2000.0;
            let expected = (n_f - 1.0) / (n_f * n_f * (n_f + 1.0));
            assert!(
                (mean - 1.0 / n_f).abs() < 5.0 * (expected / 2000.0).sqrt(),
                "{n}: mean {mean}"
            );
            assert!(
                (variance / expected - 1.0).abs() < 0.15,
                "{n}: variance {variance} for {expected}"
            );
        }
    }
}

#[test]
fn draws_from_a_lattice_are_even() {
    // Two dice that show 2 to 12 in all: as many points as pairs; here those that sum to 7 with a third.
    let space = space(vec![int(0, 4); 3], vec![sum(&all(3), 6.0, 6.0)]);
    let region = Region::new(&space);
    let mut counts = std::collections::BTreeMap::new();
    for number in 0..3800 {
        let point = region.draw(&mut stream(number));
        let key: Vec<u64> = point.0.iter().map(|v| v.unwrap().to_bits()).collect();
        *counts.entry(key).or_insert(0_u32) += 1;
    }
    assert_eq!(counts.len(), 19);
    let chi: f64 = counts.values().map(|c| (f64::from(*c) - 200.0).powi(2) / 200.0).sum();
    // 18 degrees of freedom: above 42 once in a thousand.
    assert!(chi < 42.0, "{chi}");
}

#[test]
fn draws_on_a_log_scale_are_even_on_it() {
    // Below an inactive bound, the logarithm of each is uniform; the sum bounds both by about 1e-3.
    let (_, space) = constrained().remove(8);
    let region = Region::new(&space);
    let small = (0..1000).filter(|n| region.draw(&mut stream(*n)).0[0].unwrap() < 3.16e-5).count();
    assert!((450..560).contains(&small), "{small} of 1000 in the lower half");
}

#[test]
fn empty_regions_are_found() {
    let open = f64::INFINITY;
    let fails = |parameters, constraints, problem| {
        assert_eq!(space(parameters, constraints).check(), Err(problem));
    };
    fails(
        vec![float(0.0, 1.0); 3],
        vec![sum(&all(3), 3.5, 3.5)],
        SpaceProblem::Unsatisfiable { constraint: 0 },
    );
    fails(
        vec![float(0.0, 1.0); 3],
        vec![
            sum(&all(3), 1.0, 1.0),
            sum(&[(0, 1.0), (1, 1.0)], 0.9, open),
            sum(&[(2, 1.0), (1, -1.0)], 0.8, open),
        ],
        SpaceProblem::Empty,
    );
    fails(
        vec![int(0, 100_000); 2],
        vec![sum(&[(0, 2.0), (1, 2.0)], 3.0, 3.0)],
        SpaceProblem::Empty,
    );
    fails(
        vec![stepped(0.0, 1.0, 0.1), stepped(0.05, 1.0, 0.1)],
        vec![sum(&all(2), 1.0, 1.0)],
        SpaceProblem::Empty,
    );
    fails(
        vec![float(0.0, 1.0)],
        vec![sum(&[(1, 1.0)], 0.0, 1.0)],
        SpaceProblem::WrongTerm { constraint: 0, parameter: 1 },
    );
    fails(
        vec![float(0.0, 1.0)],
        vec![sum(&[(0, 0.0)], 0.0, 1.0)],
        SpaceProblem::MeaninglessConstraint { constraint: 0 },
    );
    fails(
        vec![float(0.0, 1.0)],
        vec![sum(&[(0, 1.0)], 1.0, 0.0)],
        SpaceProblem::MeaninglessConstraint { constraint: 0 },
    );
    let mut spaces = conditional();
    spaces.constraints = vec![sum(&[(1, 1.0)], 0.0, 3.0)];
    assert_eq!(spaces.check(), Err(SpaceProblem::ConditionalTerm { constraint: 0, parameter: 1 }));
    spaces.constraints = vec![sum(&[(0, 1.0)], 0.0, 3.0)];
    assert_eq!(
        spaces.check(),
        Err(SpaceProblem::TermWithoutNumber { constraint: 0, parameter: 0 })
    );
}

const PARTS: [u8; 10] = [2, 13, 24, 31, 45, 50, 58, 77, 83, 99];

/// A space with random constraints that a known point keeps.
fn any_space(seed: u64) -> Space {
    use rand::RngExt as _;
    let mut generator = generator(seed, 99, 1_000_000);
    let mut pick = |count: usize| generator.random_range(0..count);
    let count = 2 + pick(7);
    let parameters: Vec<Parameter> = (0..count)
        .map(|_| match pick(6) {
            0 => float(-3.0, 7.5),
            1 => log(1e-4, 2.0),
            2 => stepped(0.0, 1.0, [0.05, 0.1, 0.125][pick(3)]),
            3 => int(-5, 30),
            4 => Parameter::free(Domain::Int { low: 2, high: 60, step: 3, log: false }),
            _ => float(0.0, 1.0),
        })
        .collect();
    let known: Vec<f64> =
        parameters.iter().map(|p| p.domain.value_at(f64::from(PARTS[pick(10)]) / 100.0)).collect();
    let constraints = (0..=pick(3))
        .map(|_| {
            let mut terms: Vec<(usize, f64)> = Vec::new();
            for index in 0..count {
                if pick(3) > 0 || index + 1 == count && terms.is_empty() {
                    terms.push((index, [1.0, 1.0, -1.0, 2.0, 0.5, -3.0, 0.37][pick(7)]));
                }
            }
            let here: f64 = terms.iter().map(|(index, c)| c * known[*index]).sum();
            match pick(4) {
                0 => sum(&terms, here, here),
                1 => sum(&terms, f64::NEG_INFINITY, here),
                2 => sum(&terms, here, f64::INFINITY),
                _ => sum(&terms, here - 0.1, here + 0.2),
            }
        })
        .collect();
    space(parameters, constraints)
}

#[test]
fn any_constraints_are_kept() {
    let mut found = 0;
    for seed in 0..600 {
        let space = any_space(seed);
        let checked = space.check();
        // The one thing that may fail is the search for whole numbers.
        if checked == Err(SpaceProblem::NoneFound) {
            continue;
        }
        assert_eq!(checked, Ok(()), "{seed}: {space:?}");
        found += 1;
        let region = Region::new(&space);
        for number in 0..10 {
            let mut generator = stream(number);
            let cube = region.anywhere(&mut generator);
            let repaired = region.repair(&cube);
            assert!(space.admits(&repaired), "{seed}, {number}: {repaired:?} in {space:?}");
            let drawn = region.draw(&mut generator);
            assert!(space.admits(&drawn), "{seed}, {number}: {drawn:?} in {space:?}");
        }
    }
    assert!(found >= 590, "{found} of 600 were found to have a point");
}

#[test]
fn a_domain_has_its_values_and_no_others() {
    let domain = |step, log| Domain::Float { low: 0.1, high: 0.75, step, log };
    let stepped = domain(Some(0.1), false);
    assert!(stepped.values(10).unwrap().iter().all(|value| stepped.contains(*value)));
    assert!(stepped.contains(0.1 + 2.0 * 0.1));
    assert!(
        [0.0, 0.15, 0.8, f64::NAN, f64::INFINITY].iter().all(|value| !stepped.contains(*value))
    );
    let logarithmic = domain(None, true);
    assert!([0.1, 0.75].iter().all(|value| logarithmic.contains(*value)));
    for outside in [-1.0, 0.0, f64::NAN, f64::INFINITY, 1e300] {
        assert!(!logarithmic.contains(outside));
        assert!((0.0..=1.0).contains(&logarithmic.unit_of(outside)));
    }
    let whole = Domain::Int { low: 1, high: 10, step: 4, log: false };
    assert_eq!(
        [1.0, 3.0, 9.0, 10.0].map(|value| whole.contains(value)),
        [true, false, true, false]
    );
}
