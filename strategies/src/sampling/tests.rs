//! What every sequence of points must keep.

use super::{LATIN_BLOCK, Method, grid, points};
use crate::{
    settings::GridSettings,
    space::{Condition, Domain, LinearConstraint, Parameter, Point, Region, Space, Used, When},
};

fn parameter(domain: Domain) -> Parameter {
    Parameter::free(domain)
}

fn float(low: f64, high: f64, step: Option<f64>, log: bool) -> Parameter {
    parameter(Domain::Float { low, high, step, log })
}

fn int(low: i64, high: i64, step: i64, log: bool) -> Parameter {
    parameter(Domain::Int { low, high, step, log })
}

fn boxed(parameters: Vec<Parameter>) -> Space {
    Space { parameters, ..Space::default() }
}

fn mixed() -> Space {
    boxed(vec![
        float(-5.0, 10.0, None, false),
        float(1e-5, 1.0, None, true),
        float(0.1, 0.75, Some(0.1), false),
        parameter(Domain::Int { low: 6, high: 12, step: 2, log: false }),
        parameter(Domain::Int { low: 1, high: 1024, step: 1, log: true }),
        parameter(Domain::Categorical { choices: 3 }),
        parameter(Domain::Ordinal { levels: 3 }),
    ])
}

fn mixture(members: usize, step: Option<f64>) -> Space {
    let terms = (0..members).map(|member| (member, 1.0)).collect();
    Space {
        parameters: vec![float(0.0, 1.0, step, false); members],
        constraints: vec![LinearConstraint { terms, low: 1.0, high: 1.0 }],
        candidates: Vec::new(),
    }
}

/// 4 × 3 points where the choice is 0, 4 elsewhere.
fn conditional() -> Space {
    let deeper = Parameter {
        domain: Domain::Int { low: 1, high: 3, step: 1, log: false },
        condition: Some(Condition { parent: 0, when: When::Among(vec![0]) }),
        fixed: None,
    };
    boxed(vec![
        parameter(Domain::Categorical { choices: 2 }),
        deeper,
        parameter(Domain::Ordinal { levels: 4 }),
    ])
}

const METHODS: [Method; 3] = [Method::Random, Method::Sobol, Method::LatinHypercube(LATIN_BLOCK)];

fn fresh(space: &Space, method: Method, from: u64, count: usize) -> Vec<Point> {
    points(&Region::new(space), method, 7, from, count, &Used::default())
}

fn distinct(points: &[Point]) -> usize {
    let mut used = Used::default();
    points.iter().filter(|point| used.insert(point)).count()
}

#[test]
fn points_depend_on_seed_and_index_only() {
    for space in [mixed(), mixture(4, None), mixture(3, Some(0.05)), conditional()] {
        for method in METHODS {
            let at_once = fresh(&space, method, 0, 10);
            let one_by_one: Vec<Point> =
                (0..10).flat_map(|index| fresh(&space, method, index, 1)).collect();
            assert!(at_once.iter().all(|point| space.admits(point)), "{method:?}");
            if distinct(&one_by_one) == 10 {
                assert_eq!(at_once, one_by_one, "{method:?}");
            }
        }
    }
}

#[test]
fn a_finite_space_gives_each_point_once_or_as_often_as_is_asked_for() {
    let space = conditional();
    for method in METHODS {
        let found = fresh(&space, method, 0, 20);
        assert_eq!((found.len(), distinct(&found)), (16, 16), "{method:?}");
        let twice = points(&Region::new(&space), method, 7, 0, 50, &Used::new(2));
        assert_eq!((twice.len(), distinct(&twice)), (32, 16), "{method:?}");
    }
}

#[test]
fn each_candidate_comes_once() {
    let mut space = mixed();
    space.candidates = fresh(&space, Method::Random, 0, 40);
    for method in METHODS {
        let found = fresh(&space, method, 0, 60);
        assert_eq!((found.len(), distinct(&found)), (40, 40), "{method:?}");
        let used = {
            let mut used = Used::default();
            found[..30].iter().for_each(|point| assert!(used.insert(point)));
            used
        };
        let rest = points(&Region::new(&space), method, 7, 30, 60, &used);
        assert_eq!(rest.len(), 10, "{method:?}");
        assert!(rest.iter().all(|point| found[30..].contains(point)), "{method:?}");
    }
}

#[test]
fn sobol_points_and_their_like_are_more_even_than_random_ones() {
    // The mean distance from anywhere to the nearest of 32 points.
    let hole = |space: &Space, method| {
        let places: Vec<Vec<f64>> =
            fresh(space, method, 0, 32).iter().map(|point| space.unit_of(point)).collect();
        let probes = fresh(space, Method::Random, 1_000, 300);
        let nearest = probes.iter().map(|probe| {
            let probe = space.unit_of(probe);
            places.iter().map(|place| space.distance(&probe, place)).fold(f64::INFINITY, f64::min)
        });
        nearest.map(f64::sqrt).sum::<f64>() / 300.0
    };
    for space in [boxed(vec![float(0.0, 1.0, None, false); 2]), mixture(3, None)] {
        for method in [Method::Sobol, Method::LatinHypercube(LATIN_BLOCK)] {
            assert!(hole(&space, method) < 0.97 * hole(&space, Method::Random), "{method:?}");
        }
    }
}

#[test]
fn a_latin_hypercube_has_one_point_in_each_slice_of_each_parameter() {
    let space = mixed();
    let mut slices: Vec<f64> = fresh(&space, Method::LatinHypercube(15), 0, 15)
        .iter()
        .map(|point| (point.0[0].unwrap() + 5.0).floor())
        .collect();
    slices.sort_by(f64::total_cmp);
    assert!(slices.iter().zip(0..15).all(|(slice, n)| (slice - f64::from(n)).abs() < 0.5));
}

#[test]
fn sobol_goes_on_after_all_its_points() {
    let after = fresh(&mixed(), Method::Sobol, 1 << 32, 2);
    assert_ne!(after[0], fresh(&mixed(), Method::Sobol, 0, 1)[0]);
    assert!(mixed().admits(&after[1]));
}

#[test]
fn every_grid_value_is_reached_and_clean() {
    let mut doses: Vec<String> = fresh(&mixed(), Method::Sobol, 0, 200)
        .iter()
        .map(|point| point.0[2].unwrap().to_string())
        .collect();
    doses.sort();
    doses.dedup();
    assert_eq!(doses, ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]);
}

fn gridded(space: &Space, values: Option<u32>, from: u64, count: usize, used: &Used) -> Vec<Point> {
    grid(&Region::new(space), &GridSettings { values }, 7, from, count, used)
}

#[test]
fn a_grid_has_every_combination_once() {
    let triangle = Space {
        parameters: vec![float(0.0, 1.0, None, false); 2],
        constraints: vec![LinearConstraint {
            terms: vec![(0, 1.0), (1, -1.0)],
            low: f64::NEG_INFINITY,
            high: 0.0,
        }],
        candidates: Vec::new(),
    };
    let sizes = [
        (boxed(vec![float(0.0, 1.0, None, false); 3]), Some(5), 125),
        (boxed(vec![float(0.0, 1.0, None, false); 4]), None, 10_000),
        (conditional(), None, 16),
        (triangle, Some(10), 55),
        (mixture(3, Some(0.05)), None, 231),
        (mixture(3, None), Some(11), 66),
        // Only what is continuous is thinned out.
        (boxed(vec![int(0, 10, 1, false)]), None, 11),
        (boxed(vec![float(0.0, 1.0, Some(0.05), false)]), Some(3), 21),
        (boxed(vec![int(1, 1_000, 1, true), float(0.0, 1.0, None, false)]), Some(2), 2_000),
        (boxed(vec![float(2.5, 2.5, None, false), int(-3, -3, 1, false)]), None, 1),
    ];
    for (space, values, size) in sizes {
        let found = gridded(&space, values, 0, size + 10, &Used::default());
        assert_eq!((found.len(), distinct(&found)), (size, size), "{space:?}");
        assert!(found.iter().all(|point| space.admits(point)), "{space:?}");
    }
}

#[test]
fn a_grid_is_spread_from_the_start_and_ends_with_what_was_left_out() {
    let space = boxed(vec![float(0.0, 1.0, None, false); 2]);
    let all = gridded(&space, Some(10), 0, 100, &Used::default());
    for axis in 0..2 {
        let mut values: Vec<u64> =
            all[..20].iter().map(|point| point.0[axis].unwrap().to_bits()).collect();
        values.sort_unstable();
        values.dedup();
        assert!(values.len() >= 9, "{} of 10 values", values.len());
    }
    let mut used = Used::default();
    for point in &all[10..95] {
        used.insert(point);
    }
    // As if the first ten had been given by hand: it goes on, and comes back to them.
    let rest = gridded(&space, Some(10), 95, 30, &used);
    assert_eq!((rest.len(), distinct(&rest)), (15, 15));
    assert!(rest.iter().all(|point| !used.contains(point)));
}

#[test]
fn each_point_of_a_grid_comes_once_before_any_comes_again() {
    let space = boxed(vec![int(0, 2, 1, false), float(0.0, 1.0, None, false)]);
    let settings = GridSettings { values: Some(4) };
    let found = grid(&Region::new(&space), &settings, 7, 0, 50, &Used::new(3));
    assert_eq!(found.len(), 36);
    for round in found.chunks(12) {
        assert_eq!(distinct(round), 12);
    }
}

#[test]
fn a_grid_of_the_largest_whole_numbers_stays_in_the_space() {
    let most = 1 << 53;
    for (low, high, step) in [(-most, most, 1), (1 - most, most, 1), (-most, most - 1, 3)] {
        let space = boxed(vec![int(low, high, step, false)]);
        assert_eq!(space.check(), Ok(()));
        let found = gridded(&space, None, 0, 200, &Used::default());
        assert_eq!(distinct(&found), 200);
        for u in [0.0, 0.3, 0.999_999_999_999, 1.0] {
            assert!(space.admits(&space.point_at(&[u])), "{low} to {high} by {step} at {u}");
        }
        assert!(found.iter().all(|point| space.admits(point)), "{low} to {high} by {step}");
    }
}

#[test]
fn a_huge_grid_is_not_enumerated() {
    let space = boxed(vec![float(0.0, 1.0, None, false); 30]);
    let found = gridded(&space, None, 0, 300, &Used::default());
    assert_eq!(distinct(&found), 300);
    let found = gridded(&mixture(20, None), None, 0, 100, &Used::default());
    assert_eq!(distinct(&found), 100);
}
