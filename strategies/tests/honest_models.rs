//! What a model says of itself: no more than the results tell it.

use asktell_strategies::{
    History, Model, Observation, Outcome, Point, Problem, Request, Space, Strategy, StrategyKind,
    model,
    proposal::{ModelReport, Prediction},
    propose,
    sampling::generator,
    settings::GpSettings,
    space::{Domain, Parameter},
};
use rand::RngExt as _;

fn problem(dimensions: usize, (low, high): (f64, f64), objectives: usize) -> Problem {
    let float = Parameter::free(Domain::Float { low, high, step: None, log: false });
    let space = Space { parameters: vec![float; dimensions], ..Space::default() };
    Problem { space, objectives, constraints: 0 }
}

fn result(place: &[f64], values: Vec<f64>) -> Observation {
    let outcome = Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() };
    Observation { point: at(place), outcome, source: 0 }
}

fn at(place: &[f64]) -> Point {
    Point(place.iter().copied().map(Some).collect())
}

fn trained(problem: &Problem, gp: GpSettings, observations: &[Observation]) -> Model {
    let strategy = Strategy { gp, ..Strategy::plain(StrategyKind::Gp) };
    let history = History { observations: observations.to_vec(), ..History::default() };
    let (strategy, history) = (&strategy, &history);
    let request = Request { problem, strategy, history, count: 1, seed: 3, interrupted: &|| false };
    model(&request).expect("nobody interrupts").expect("enough results")
}

fn predicted(model: &Model, place: &[f64]) -> Prediction {
    model.predict(&[at(place)])[0][0]
}

/// The same values at each of five places.
fn replicates(values: &[f64]) -> Vec<Observation> {
    let at_place = |place: usize| {
        let x = f64::from(u32::try_from(place).expect("small")) / 4.0;
        values.iter().map(move |value| result(&[x], vec![*value]))
    };
    (0..5).flat_map(at_place).collect()
}

fn assert_near(value: f64, wanted: f64, within: f64, what: &str) {
    assert!((value - wanted).abs() <= within, "{what}: {value}, not {wanted}");
}

#[test]
fn ratings_and_other_ties_at_the_best_are_predicted_as_their_replicates_have_them() {
    // Ratings from 3 to 5, maximized; one or two; pass or fail.
    let sets: [(&[f64], f64, f64); 3] = [
        (&[-3.0, -4.0, -4.0, -5.0, -5.0, -4.0], -4.17, 0.75),
        (&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0], 1.5, 0.55),
        (&[0.0, 0.0, -1.0, -1.0, 0.0, 0.0], -0.33, 0.52),
    ];
    for (values, mean, noise) in sets {
        let model = trained(&problem(1, (0.0, 1.0), 1), GpSettings::default(), &replicates(values));
        let ModelReport { objectives, best, .. } = model.report();
        assert_eq!(objectives[0].scale, "as measured", "{values:?}");
        assert_near(objectives[0].noise, noise, 0.2 * noise, "noise");
        let (_, best) = best.expect("one objective");
        for told in [best, predicted(&model, &[0.1]), predicted(&model, &[0.5])] {
            assert_near(told.mean, mean, 0.15 * noise, &format!("{values:?}"));
            assert!(told.deviation > 0.05 * noise, "{told:?}");
        }
    }
}

/// Results of a bowl with normal noise of that deviation.
fn noisy(dimensions: usize, count: usize, deviation: f64, seed: u64) -> Vec<Observation> {
    let mut random = generator(seed, 90, 0);
    let normal =
        |random: &mut rand_pcg::Pcg64| (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let one = |_| {
        let place: Vec<f64> = (0..dimensions).map(|_| random.random()).collect();
        let bowl: f64 = place.iter().map(|x| 10.0 * (x - 0.4).powi(2)).sum();
        let value = bowl + deviation * normal(&mut random);
        result(&place, vec![value])
    };
    (0..count).map(one).collect()
}

#[test]
fn noise_is_not_taken_for_a_function_that_changes_quickly() {
    for (dimensions, count, deviation) in [(1, 20, 1.0), (1, 30, 2.0), (2, 30, 1.0)] {
        let problem = problem(dimensions, (0.0, 1.0), 1);
        let interpolated = (0..20).filter(|seed| {
            let results = noisy(dimensions, count, deviation, *seed);
            let report = trained(&problem, GpSettings::default(), &results).report();
            report.objectives[0].noise < 0.3 * deviation
        });
        let interpolated = interpolated.count();
        assert!(interpolated <= 2, "{interpolated} of 20 with {count} results in {dimensions}");
    }
}

#[test]
fn what_is_exact_is_known_for_that() {
    let results = noisy(2, 20, 0.0, 1);
    let model = trained(&problem(2, (0.0, 1.0), 1), GpSettings::default(), &results);
    let objective = &model.report().objectives[0];
    assert!(objective.noise < 0.02 && objective.informative, "{}", objective.noise);
    assert!(objective.r_squared.is_some_and(|share| share > 0.99));
    assert_near(predicted(&model, &[0.5, 0.5]).mean, 0.2, 0.05, "between the results");
}

#[test]
fn a_declared_noise_is_shown_as_declared_and_a_told_one_as_told() {
    let problem = problem(1, (0.0, 1.0), 1);
    for declared in [2.0, 0.0] {
        let gp = GpSettings { noise: vec![Some(declared)], ..GpSettings::default() };
        let noise = trained(&problem, gp, &noisy(1, 30, 2.0, 1)).report().objectives[0].noise;
        assert_near(noise, declared, 0.0, "declared");
    }
    let mut results = noisy(1, 30, 2.0, 1);
    for (number, result) in results.iter_mut().enumerate() {
        if let Outcome::Measured { deviations, .. } = &mut result.outcome {
            *deviations = vec![Some(if number % 2 == 0 { 1.0 } else { 7.0 })];
        }
    }
    let noise = trained(&problem, GpSettings::default(), &results).report().objectives[0].noise;
    assert_near(noise, 5.0, 1e-9, "the quadratic mean of 1 and 7");
}

#[test]
fn a_model_that_predicts_worse_than_the_mean_says_that_it_knows_nothing() {
    let problem = problem(2, (0.0, 1.0), 1);
    let mut uninformed = 0;
    for seed in 0..12 {
        let results = noisy(2, 12, 30.0, seed);
        let model = trained(&problem, GpSettings::default(), &results);
        let objective = &model.report().objectives[0];
        assert_eq!(objective.informative, objective.r_squared.is_none_or(|share| share >= 0.0));
        if objective.informative {
            continue;
        }
        uninformed += 1;
        let values = results.iter().map(|result| match &result.outcome {
            Outcome::Measured { values, .. } => values[0],
            Outcome::Failed | Outcome::Pruned => f64::NAN,
        });
        let values: Vec<f64> = values.collect();
        let mean = values.iter().sum::<f64>() / 12.0;
        let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        for place in [[0.1, 0.9], [0.5, 0.5]] {
            let told = predicted(&model, &place);
            assert_near(told.mean, mean, 1e-9, "the mean of the results");
            assert_near(told.deviation, (square / 11.0).sqrt(), 1e-9, "their deviation");
        }
        // And the next point says so.
        let strategy = Strategy::plain(StrategyKind::Gp);
        let history = History { observations: results, ..History::default() };
        let request = Request {
            problem: &problem,
            strategy: &strategy,
            history: &history,
            count: 1,
            seed: 3,
            interrupted: &|| false,
        };
        let why = propose(&request).expect("nobody interrupts").remove(0).why;
        assert!(why.reason.contains("cannot predict results yet"), "{}", why.reason);
    }
    assert!(uninformed > 3, "{uninformed} of 12");
}

#[test]
fn each_objective_is_learned_from_the_results_that_have_it() {
    let problem = problem(1, (0.0, 1.0), 2);
    let results: Vec<Observation> = (0..16)
        .map(|number| {
            let x = f64::from(number) / 15.0;
            // The first has no second value, the next no first one, every fourth has both.
            let values = match number % 4 {
                0 | 1 => vec![x * x, f64::NAN],
                2 => vec![f64::NAN, 1.0 - x],
                _ => vec![x * x, 1.0 - x],
            };
            result(&[x], values)
        })
        .collect();
    let model = trained(&problem, GpSettings::default(), &results);
    let report = model.report();
    let counts: Vec<usize> =
        report.objectives.iter().map(|objective| objective.cross_validation.len()).collect();
    assert_eq!((report.results, counts), (16, vec![12, 8]));
    let told = &model.predict(&[at(&[0.37])])[0];
    assert_near(told[0].mean, 0.37 * 0.37, 0.02, "the first");
    assert_near(told[1].mean, 0.63, 0.02, "the second");
}

#[test]
fn a_result_from_outside_of_the_space_is_learned_where_it_was_measured() {
    // A straight line, measured up to half of the range beyond the bounds; not one result lies inside.
    let problem = problem(1, (20.0, 100.0), 1);
    let places = [-20.0, -5.0, 10.0, 110.0, 125.0, 140.0];
    let results: Vec<Observation> = places.iter().map(|t| result(&[*t], vec![0.5 * t])).collect();
    let model = trained(&problem, GpSettings::default(), &results);
    for t in [25.0, 60.0, 95.0] {
        assert_near(predicted(&model, &[t]).mean, 0.5 * t, 2.5, &format!("at {t}"));
    }
    // The next point is in the space all the same.
    let history = History { observations: results, ..History::default() };
    let strategy = Strategy::plain(StrategyKind::Gp);
    let (problem, history, strategy) = (&problem, &history, &strategy);
    let request = Request { problem, strategy, history, count: 3, seed: 3, interrupted: &|| false };
    for proposal in propose(&request).expect("nobody interrupts") {
        assert!(problem.space.admits(&proposal.point), "{:?}", proposal.point);
    }
}
