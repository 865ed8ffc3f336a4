//! What every strategy must keep, in every kind of space, whatever the results are.

use asktell_strategies::{
    History, Observation, Outcome, Point, Problem, Region, Request, Space, Strategy, StrategyKind,
    Used, initial_design, propose, sampling,
    space::{Condition, Domain, LinearConstraint, Parameter, When},
};
use proptest::prelude::*;

const KINDS: [StrategyKind; 8] = [
    StrategyKind::Random,
    StrategyKind::Sobol,
    StrategyKind::LatinHypercube,
    StrategyKind::Grid,
    StrategyKind::Tpe,
    StrategyKind::Gp,
    StrategyKind::Nsga2,
    StrategyKind::Auto,
];

fn parameter(domain: Domain) -> Parameter {
    Parameter::free(domain)
}

fn float(low: f64, high: f64, step: Option<f64>, log: bool) -> Parameter {
    parameter(Domain::Float { low, high, step, log })
}

fn int(low: i64, high: i64, log: bool) -> Parameter {
    parameter(Domain::Int { low, high, step: 1, log })
}

fn when(parent: usize, when: When, domain: Domain) -> Parameter {
    Parameter { domain, condition: Some(Condition { parent, when }), fixed: None }
}

fn space(parameters: Vec<Parameter>) -> Space {
    Space { parameters, ..Space::default() }
}

fn tied(parameters: Vec<Parameter>, terms: &[f64], low: f64, high: f64) -> Space {
    let terms = terms.iter().copied().enumerate().collect();
    Space { constraints: vec![LinearConstraint { terms, low, high }], ..space(parameters) }
}

fn mixed() -> Vec<Parameter> {
    vec![
        float(-5.0, 10.0, None, false),
        parameter(Domain::Categorical { choices: 3 }),
        int(1, 1024, true),
        parameter(Domain::Ordinal { levels: 4 }),
    ]
}

/// One space of every kind.
fn spaces() -> Vec<(&'static str, Space)> {
    let mut listed = space(mixed());
    let draws = sampling::points(
        &Region::new(&listed),
        sampling::Method::Random,
        1,
        0,
        60,
        &Used::default(),
    );
    listed.candidates = draws;
    let conditional = space(vec![
        parameter(Domain::Categorical { choices: 3 }),
        when(
            0,
            When::Among(vec![0]),
            Domain::Float { low: 1e-4, high: 1.0, step: None, log: true },
        ),
        when(0, When::Among(vec![1, 2]), Domain::Int { low: 1, high: 40, step: 1, log: false }),
        when(
            2,
            When::Between(20.0, 40.0),
            Domain::Float { low: 0.0, high: 1.0, step: None, log: false },
        ),
        float(0.0, 1.0, None, false),
    ]);
    vec![
        ("box", space(vec![float(0.0, 1.0, None, false), float(-50.0, 50.0, None, false)])),
        ("log", space(vec![float(1e-6, 1.0, None, true), int(1, 100_000, true)])),
        ("stepped", space(vec![float(0.0, 1.0, Some(0.1), false), int(0, 20, false)])),
        ("mixed", space(mixed())),
        ("conditional", conditional.clone()),
        ("mixture", mixture(None)),
        ("stepped mixture", tied(vec![float(0.0, 1.0, Some(0.05), false); 3], &[1.0; 3], 1.0, 1.0)),
        (
            "x ≤ y",
            tied(vec![float(0.0, 9.0, None, false); 2], &[1.0, -1.0], f64::NEG_INFINITY, 0.0),
        ),
        ("whole x + y ≤ 9", tied(vec![int(0, 9, false); 2], &[1.0, 1.0], f64::NEG_INFINITY, 9.0)),
        (
            "0.1 x + 0.7 y ≤ 0.6",
            tied(vec![float(0.0, 1.0, None, false); 2], &[0.1, 0.7], f64::NEG_INFINITY, 0.6),
        ),
        (
            "in tenths x + y ≤ 0.3",
            tied(vec![float(0.0, 1.0, Some(0.1), false); 3], &[1.0; 3], f64::NEG_INFINITY, 0.9),
        ),
        (
            "constants",
            space(vec![
                float(0.3, 0.3, None, false),
                float(2.5, 2.5, None, true),
                int(3, 3, false),
                parameter(Domain::Categorical { choices: 1 }),
                parameter(Domain::Ordinal { levels: 1 }),
                float(0.0, 1.0, None, false),
            ]),
        ),
        ("candidates", listed.clone()),
        ("fixed", fixed(space(mixed()), &[(0, 2.5), (1, 1.0)])),
        ("fixed whole", fixed(space(mixed()), &[(2, 32.0), (3, 2.0)])),
        ("fixed branch", fixed(conditional, &[(0, 1.0)])),
        ("fixed in a mixture", fixed(mixture(None), &[(2, 0.25)])),
        ("fixed in steps", fixed(mixture(Some(0.05)), &[(1, 0.3)])),
        ("fixed in a list", fixed_in_list(listed)),
    ]
}

fn mixture(step: Option<f64>) -> Space {
    tied(vec![float(0.0, 1.0, step, false); 4], &[1.0; 4], 1.0, 1.0)
}

fn fixed(mut space: Space, values: &[(usize, f64)]) -> Space {
    for (parameter, value) in values {
        space.parameters[*parameter].fixed = Some(*value);
    }
    space
}

/// A list of which a part is left.
fn fixed_in_list(mut space: Space) -> Space {
    for place in 0..40 {
        space.candidates[place].0[1] = Some(f64::from(u8::from(place % 2 == 0)));
    }
    fixed(space, &[(1, 1.0)])
}

/// What kind of results there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Results {
    Smooth,
    Equal,
    Enormous,
    Cliff,
    Contradictory,
    Failed,
    Pruned,
    Infeasible,
    Outside,
    Earlier,
    Mixture,
    Partial,
}

const RESULTS: [Results; 12] = [
    Results::Smooth,
    Results::Equal,
    Results::Enormous,
    Results::Cliff,
    Results::Contradictory,
    Results::Failed,
    Results::Pruned,
    Results::Infeasible,
    Results::Outside,
    Results::Earlier,
    Results::Mixture,
    Results::Partial,
];

/// The squared distance from a place of the unit cube that is not in the middle.
fn bowl(space: &Space, point: &Point) -> f64 {
    space.unit_of(point).iter().map(|u| (u - 0.7).powi(2)).sum()
}

fn observation(problem: &Problem, point: &Point, results: Results, number: usize) -> Observation {
    let smooth = bowl(&problem.space, point);
    let odd = number % 2 == 1;
    let value = match results {
        Results::Equal => 3.0,
        Results::Enormous => 1e300 * (smooth - 0.3),
        Results::Cliff => {
            if smooth < 0.3 {
                -1e12
            } else {
                1e-12 * smooth
            }
        }
        Results::Contradictory => {
            if odd {
                1e6
            } else {
                -1e6
            }
        }
        Results::Smooth
        | Results::Failed
        | Results::Pruned
        | Results::Infeasible
        | Results::Outside
        | Results::Earlier
        | Results::Partial
        | Results::Mixture => smooth,
    };
    let mixture = results == Results::Mixture;
    let kept = if results == Results::Infeasible {
        1.0 + smooth
    } else if mixture && number.is_multiple_of(5) {
        f64::NAN
    } else {
        smooth - 0.5
    };
    let measured = Outcome::Measured {
        values: (0..problem.objectives)
            .map(|o| match o {
                // Now the one, now the other was measured.
                _ if results == Results::Partial && (number + o).is_multiple_of(3) => f64::NAN,
                0 => value,
                _ => -value,
            })
            .collect(),
        deviations: if odd { vec![Some(0.1); problem.objectives] } else { Vec::new() },
        constraints: vec![kept; problem.constraints],
    };
    let outcome = if results == Results::Failed || mixture && number % 4 == 2 {
        Outcome::Failed
    } else if results == Results::Pruned || mixture && number % 4 == 3 {
        Outcome::Pruned
    } else {
        measured
    };
    let source = if results == Results::Earlier { number % 3 } else { 0 };
    Observation { point: point.clone(), outcome, source }
}

/// Results at random points of the space, or outside of it.
fn history(problem: &Problem, results: Results, count: usize, seed: u64) -> History {
    let region = Region::new(&problem.space);
    let points = (0..count).map(|number| {
        let repeated = if results == Results::Contradictory { number / 2 } else { number };
        let mut point = region.draw(&mut sampling::generator(seed, 98, repeated as u64));
        if results == Results::Outside {
            // Further out with every number; a value where there should be none, and none where there should be one.
            let far = [1.5, -1e9, 1e300][number % 3];
            point.0.iter_mut().for_each(|v| {
                *v = if number % 4 == 0 { None } else { Some(v.unwrap_or(1.0) * far) }
            });
        }
        point
    });
    let observations: Vec<Observation> = points
        .enumerate()
        .map(|(number, point)| observation(problem, &point, results, number))
        .collect();
    let pending = (0..count.min(3) as u64)
        .map(|number| region.draw(&mut sampling::generator(seed, 97, number)))
        .collect();
    History { proposed: observations.len() as u64, observations, pending, ..History::default() }
}

fn strategy(kind: StrategyKind) -> Strategy {
    Strategy {
        kind,
        gp: asktell_strategies::settings::GpSettings { startup: Some(4), ..Default::default() },
        tpe: asktell_strategies::settings::TpeSettings { startup: Some(4), candidates: None },
        grid: asktell_strategies::settings::GridSettings::default(),
        nsga2: asktell_strategies::settings::Nsga2Settings {
            population: Some(6),
            crossover: None,
            mutation: None,
        },
        replicates: None,
    }
}

fn ask(
    problem: &Problem,
    kind: StrategyKind,
    history: &History,
    count: usize,
    seed: u64,
) -> Vec<Point> {
    let strategy = strategy(kind);
    let request =
        Request { problem, strategy: &strategy, history, count, seed, interrupted: &|| false };
    let answer = propose(&request).expect("nobody interrupts");
    answer.into_iter().map(|proposal| proposal.point).collect()
}

/// Points asked for one by one, each out when the next is asked for.
fn one_by_one(
    problem: &Problem,
    kind: StrategyKind,
    history: &History,
    count: usize,
    seed: u64,
) -> Vec<Point> {
    let mut history = history.clone();
    let mut points = Vec::new();
    for _ in 0..count {
        let next = ask(problem, kind, &history, 1, seed);
        history.pending.extend(next.iter().cloned());
        history.proposed += 1;
        points.extend(next);
    }
    points
}

fn problem(space: &Space, objectives: usize, constraints: usize) -> Problem {
    Problem { space: space.clone(), objectives, constraints }
}

/// Every point is in the space and new.
fn check_points(problem: &Problem, history: &History, points: &[Point], wanted: usize, what: &str) {
    assert_eq!(points.len(), wanted, "{what}");
    let mut used = Used::of(history, 1);
    for point in points {
        assert!(problem.space.admits(point), "{what}: {point:?} is not in the space");
        for LinearConstraint { terms, low, high } in &problem.space.constraints {
            let sum: f64 =
                terms.iter().map(|(index, c)| c * point.0[*index].expect("a number")).sum();
            assert!(
                high - low < 1e-9 || (*low..=*high).contains(&sum),
                "{what}: {point:?} sums to {sum}"
            );
        }
        assert!(used.insert(point), "{what}: {point:?} is known already");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn points_are_in_the_space_and_new_whatever_the_results_are(
        seed in 0_u64..1 << 31,
        count in 0_usize..16,
        results in prop::sample::select(RESULTS.to_vec()),
        (objectives, constraints) in prop::sample::select(vec![(1, 0), (1, 1), (2, 0)]),
    ) {
        for (name, space) in spaces() {
            let problem = problem(&space, objectives, constraints);
            let history = history(&problem, results, count, seed);
            for kind in KINDS {
                let points = ask(&problem, kind, &history, 3, seed);
                let what = format!("{kind:?} in {name}, {count} results {results:?}");
                check_points(&problem, &history, &points, 3, &what);
            }
        }
    }
}

#[test]
fn no_kind_of_results_breaks_a_strategy() {
    for results in RESULTS {
        for (name, space) in spaces() {
            for (kind, count) in KINDS.into_iter().flat_map(|kind| [(kind, 1), (kind, 14)]) {
                let constraints =
                    usize::from(results == Results::Infeasible || results == Results::Mixture);
                let problem = problem(&space, 1, constraints);
                let history = history(&problem, results, count, 5);
                let points = ask(&problem, kind, &history, 1, 5);
                check_points(
                    &problem,
                    &history,
                    &points,
                    1,
                    &format!("{kind:?} in {name}, {count} results {results:?}"),
                );
            }
        }
    }
}

#[test]
fn a_batch_is_what_asking_one_by_one_gives() {
    for (name, space) in spaces() {
        for kind in KINDS {
            for (objectives, count) in [(1, 0), (1, 12), (2, 12)] {
                let problem = problem(&space, objectives, 0);
                let history = history(&problem, Results::Smooth, count, 3);
                let batch = ask(&problem, kind, &history, 3, 3);
                let single = one_by_one(&problem, kind, &history, 3, 3);
                assert_eq!(
                    batch, single,
                    "{kind:?} in {name}, {objectives} objectives, {count} results"
                );
            }
        }
    }
}

#[test]
fn a_batch_is_what_smaller_batches_give() {
    // Two points are left of the startup; after them the model chooses, then looks further, then has many running trials.
    for (name, space) in spaces() {
        for kind in [StrategyKind::Tpe, StrategyKind::Gp, StrategyKind::Nsga2, StrategyKind::Auto] {
            let problem = problem(&space, 1, 0);
            let mut history = history(&problem, Results::Smooth, 2, 3);
            history.pending.clear();
            let batch = ask(&problem, kind, &history, 12, 3);
            for portions in [[1; 12].as_slice(), &[5, 7], &[2, 1, 9], &[3, 3, 3, 3]] {
                let mut later = history.clone();
                for portion in portions {
                    let points = ask(&problem, kind, &later, *portion, 3);
                    later.proposed += points.len() as u64;
                    later.pending.extend(points);
                }
                assert_eq!(batch, later.pending, "{kind:?} in {name}, {portions:?}");
            }
        }
    }
}

#[test]
fn many_workers_get_points_of_their_own() {
    for (name, space) in
        spaces().into_iter().filter(|(name, _)| ["box", "mixed", "mixture"].contains(name))
    {
        let problem = problem(&space, 1, 0);
        let history = history(&problem, Results::Smooth, 12, 4);
        for kind in KINDS {
            let points = ask(&problem, kind, &history, 32, 4);
            check_points(&problem, &history, &points, 32, &format!("{kind:?} in {name}"));
            // Not all in one place: some are further apart than a hundredth of the range.
            let mut apart: Vec<&Point> = Vec::new();
            for point in &points {
                let near = |other: &&Point| {
                    space.distance(&space.unit_of(point), &space.unit_of(other)) < 1e-4
                };
                if !apart.iter().any(near) {
                    apart.push(point);
                }
            }
            let least = if matches!(kind, StrategyKind::Gp | StrategyKind::Auto) { 20 } else { 6 };
            assert!(apart.len() >= least, "{kind:?} in {name}: {} of 32 are apart", apart.len());
        }
    }
}

#[test]
fn a_first_design_is_in_the_space_and_not_the_start_of_the_strategy() {
    for (name, space) in spaces() {
        let problem = problem(&space, 1, 0);
        for kind in [StrategyKind::Random, StrategyKind::Sobol, StrategyKind::LatinHypercube] {
            let design = initial_design(&problem, kind, 12, 6);
            let what = format!("{kind:?} in {name}");
            check_points(&problem, &History::default(), &design, 12, &what);
            assert_ne!(design, ask(&problem, kind, &History::default(), 12, 6), "{what}");
        }
    }
}

/// The spaces with parameters that are fixed.
fn fixed_spaces() -> impl Iterator<Item = (&'static str, Space)> {
    spaces().into_iter().filter(|(name, _)| name.starts_with("fixed"))
}

#[test]
fn a_fixed_parameter_has_its_value_in_every_point_whatever_was_tried_before() {
    for (name, space) in fixed_spaces() {
        assert_eq!(space.check(), Ok(()), "{name}");
        let opened = Problem { space: space.opened(), objectives: 1, constraints: 0 };
        let problem = problem(&space, 1, 0);
        for (kind, count) in KINDS.into_iter().flat_map(|kind| [(kind, 0), (kind, 14)]) {
            // Most results have other values there, and so have points that are out.
            let history = history(&opened, Results::Smooth, count, 8);
            let points = ask(&problem, kind, &history, 4, 8);
            let what = format!("{kind:?} in {name}, {count} results");
            check_points(&problem, &history, &points, 4, &what);
            for point in &points {
                for (parameter, value) in space.parameters.iter().zip(&point.0) {
                    if let (Some(fixed), Some(value)) = (parameter.fixed, value) {
                        assert_eq!(fixed.to_bits(), value.to_bits(), "{what}: {point:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn models_learn_from_results_at_other_values_of_what_is_fixed() {
    // Not one result lies in the space, and yet the bottom of the bowl is found.
    let whole = space(vec![float(0.0, 1.0, None, false); 3]);
    let space = fixed(whole.clone(), &[(2, 0.7)]);
    let (opened, problem) = (problem(&whole, 1, 0), problem(&space, 1, 0));
    for kind in [StrategyKind::Gp, StrategyKind::Auto] {
        let history = history(&opened, Results::Smooth, 15, 2);
        let points = ask(&problem, kind, &history, 3, 2);
        let found = points.iter().map(|p| bowl(&space, p)).fold(f64::INFINITY, f64::min);
        assert!(found < 0.01, "{kind:?}: {points:?}, the best worth {found}");
    }
}

#[test]
fn another_seed_gives_other_points() {
    let (_, space) = spaces().swap_remove(3);
    let problem = problem(&space, 1, 0);
    for kind in KINDS {
        let points = |seed| ask(&problem, kind, &History::default(), 3, seed);
        assert_eq!(points(1), points(1), "{kind:?}");
        assert_ne!(points(1), points(2), "{kind:?}");
    }
}

#[test]
fn a_list_is_used_up_and_then_nothing_comes() {
    let (_, space) =
        spaces().into_iter().find(|(name, _)| *name == "candidates").expect("it is one");
    let problem = problem(&space, 1, 0);
    for kind in KINDS {
        let history = history(&problem, Results::Smooth, 0, 1);
        let points = ask(&problem, kind, &history, 70, 1);
        check_points(&problem, &history, &points, 60, &format!("{kind:?}"));
        let known = points
            .iter()
            .enumerate()
            .map(|(n, point)| observation(&problem, point, Results::Smooth, n));
        let history = History { observations: known.collect(), proposed: 60, ..History::default() };
        assert_eq!(ask(&problem, kind, &history, 2, 1), [], "{kind:?}");
    }
}

#[test]
fn a_finite_space_is_not_left_before_its_end() {
    let space = space(vec![parameter(Domain::Categorical { choices: 4 }), int(1, 3, false)]);
    let problem = problem(&space, 1, 0);
    for kind in KINDS {
        let mut history = History::default();
        for number in 0..12 {
            let points = ask(&problem, kind, &history, 1, 2);
            check_points(&problem, &history, &points, 1, &format!("{kind:?}, point {number}"));
            history.observations.push(observation(&problem, &points[0], Results::Smooth, 0));
            history.proposed += 1;
        }
        // All are known: nothing is left.
        assert_eq!(ask(&problem, kind, &history, 1, 2), [], "{kind:?}");
    }
}

#[test]
fn each_point_of_a_finite_space_comes_as_often_as_replicates_are_asked_for() {
    let whole = space(vec![parameter(Domain::Categorical { choices: 2 }), int(1, 3, false)]);
    let mut listed = whole.clone();
    listed.candidates = [0.0, 1.0, 1.0]
        .into_iter()
        .zip([1.0, 3.0, 2.0])
        .map(|(choice, number)| Point(vec![Some(choice), Some(number)]))
        .collect();
    for (space, size) in [(whole, 6), (listed, 3)] {
        let problem = problem(&space, 1, 0);
        for kind in KINDS {
            let strategy = Strategy { replicates: Some(3), ..strategy(kind) };
            let mut history = History::default();
            for count in [1, 4, 50] {
                let (problem, strategy, history_now) = (&problem, &strategy, &history.clone());
                let request = Request {
                    problem,
                    strategy,
                    history: history_now,
                    count,
                    seed: 2,
                    interrupted: &|| false,
                };
                for proposal in propose(&request).expect("nobody interrupts") {
                    let number = history.observations.len();
                    let result = observation(problem, &proposal.point, Results::Smooth, number);
                    history.observations.push(result);
                    history.proposed += 1;
                }
            }
            let used = Used::of(&history, 3);
            assert_eq!((history.observations.len(), used.len()), (3 * size, size), "{kind:?}");
            assert!(history.observations.iter().all(|o| used.contains(&o.point)), "{kind:?}");
        }
    }
}

#[test]
fn every_point_says_why_it_was_chosen() {
    for (name, space) in spaces() {
        let problem = problem(&space, 1, 0);
        for (kind, count) in KINDS.into_iter().flat_map(|kind| [(kind, 0), (kind, 14)]) {
            let history = history(&problem, Results::Smooth, count, 5);
            let (problem, history) = (&problem, &history);
            let strategy = &strategy(kind);
            let request =
                Request { problem, strategy, history, count: 3, seed: 5, interrupted: &|| false };
            for proposal in propose(&request).expect("nobody interrupts") {
                assert!(!proposal.why.reason.is_empty(), "{kind:?} in {name}");
            }
        }
    }
}

#[test]
fn steps_that_vanish_beside_their_bounds_and_inexact_numbers_are_no_space() {
    let check = |parameter| space(vec![parameter]).check();
    for step in [5e-324, 1e-300, 1e-13] {
        let problem = asktell_strategies::SpaceProblem::StepTooSmall { parameter: 0 };
        assert_eq!(check(float(0.0, 1.0, Some(step), false)), Err(problem), "{step}");
    }
    assert_eq!(check(float(0.0, 1e9, Some(0.1), false)), Ok(()));
    assert!(check(int(0, (1 << 53) + 1, false)).is_err());
    // The finest that there is: every value is one of the space, and told apart from the next.
    let fine = space(vec![float(0.1, 1.0, Some(1e-12), false)]);
    assert_eq!(fine.check(), Ok(()));
    for kind in KINDS {
        let problem = problem(&fine, 1, 0);
        let history = history(&problem, Results::Smooth, 12, 5);
        let points = ask(&problem, kind, &history, 5, 5);
        check_points(&problem, &history, &points, 5, &format!("{kind:?}"));
    }
}

/// The least value after so many points.
fn best(problem: &Problem, kind: StrategyKind, budget: usize, seed: u64) -> f64 {
    let mut history = History::default();
    let mut least = f64::INFINITY;
    for _ in 0..budget {
        let point = ask(problem, kind, &history, 1, seed).remove(0);
        least = least.min(bowl(&problem.space, &point));
        history.observations.push(observation(problem, &point, Results::Smooth, 0));
        history.proposed += 1;
    }
    least
}

#[test]
fn models_find_the_bottom_of_a_bowl_better_than_chance() {
    let median = |problem: &Problem, kind| {
        let mut found: Vec<f64> = (0..7).map(|seed| best(problem, kind, 30, seed)).collect();
        found.sort_by(f64::total_cmp);
        found[3]
    };
    for (name, space) in
        spaces().into_iter().filter(|(name, _)| ["box", "log", "mixture", "x ≤ y"].contains(name))
    {
        let problem = problem(&space, 1, 0);
        let chance = median(&problem, StrategyKind::Random);
        for kind in [StrategyKind::Tpe, StrategyKind::Gp, StrategyKind::Nsga2, StrategyKind::Auto] {
            let found = median(&problem, kind);
            assert!(found < chance, "{kind:?} in {name}: {found} with chance {chance}");
        }
    }
}
