//! The Gaussian process and what AUTO makes of it: whatever the history, there are points, and they are good ones.

use asktell_strategies::{
    History, Observation, Outcome, Point, Problem, Proposal, Request, Space, Strategy,
    StrategyKind, model, propose,
    settings::{Acquisition, GpSettings, GridSettings, Nsga2Settings, TpeSettings},
    space::{Condition, Domain, LinearConstraint, Parameter, When},
};

fn float(low: f64, high: f64) -> Parameter {
    Parameter::free(Domain::Float { low, high, step: None, log: false })
}

fn square() -> Problem {
    let space = Space { parameters: vec![float(0.0, 1.0), float(-5.0, 5.0)], ..Space::default() };
    Problem { space, objectives: 1, constraints: 0 }
}

/// Floats, ints, choices, one of them only sometimes there.
fn mixed() -> Problem {
    let mut sometimes = float(0.0, 1.0);
    sometimes.condition = Some(Condition { parent: 0, when: When::Among(vec![1]) });
    let parameters = vec![
        Parameter::free(Domain::Categorical { choices: 3 }),
        float(0.0, 1.0),
        sometimes,
        Parameter::free(Domain::Int { low: 1, high: 64, step: 1, log: true }),
        Parameter::free(Domain::Float { low: 0.0, high: 1.0, step: Some(0.1), log: false }),
        Parameter::free(Domain::Ordinal { levels: 4 }),
    ];
    Problem { space: Space { parameters, ..Space::default() }, objectives: 1, constraints: 0 }
}

fn mixture() -> Problem {
    let parameters = vec![float(0.0, 1.0), float(0.0, 1.0), float(0.0, 1.0)];
    let constraints =
        vec![LinearConstraint { terms: vec![(0, 1.0), (1, 1.0), (2, 1.0)], low: 1.0, high: 1.0 }];
    Problem {
        space: Space { parameters, constraints, ..Space::default() },
        objectives: 1,
        constraints: 0,
    }
}

fn strategy(kind: StrategyKind, acquisition: Acquisition) -> Strategy {
    let gp = GpSettings { acquisition, ..GpSettings::default() };
    Strategy {
        kind,
        gp,
        tpe: TpeSettings::default(),
        grid: GridSettings::default(),
        nsga2: Nsga2Settings::default(),
        replicates: None,
    }
}

fn ask(problem: &Problem, strategy: &Strategy, history: &History, count: usize) -> Vec<Proposal> {
    let request = Request { problem, strategy, history, count, seed: 3, interrupted: &|| false };
    propose(&request).expect("not interrupted")
}

fn tell(history: &mut History, point: Point, outcome: Outcome) {
    history.observations.push(Observation { point, outcome, source: 0 });
}

fn measured(values: Vec<f64>) -> Outcome {
    Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() }
}

/// A bowl over the unit cube, with a step for choices.
fn bowl(problem: &Problem, point: &Point) -> f64 {
    problem.space.unit_of(point).iter().map(|u| (u - 0.3) * (u - 0.3)).sum()
}

/// A campaign on the bowl: its history and the least value.
fn campaign(problem: &Problem, strategy: &Strategy, trials: usize) -> (History, f64) {
    let mut history = History::default();
    let mut least = f64::INFINITY;
    for _ in 0..trials {
        for proposal in ask(problem, strategy, &history, 1) {
            assert!(problem.space.admits(&proposal.point), "{:?}", proposal.point);
            assert_eq!(proposal.why.fallback, None);
            let value = bowl(problem, &proposal.point);
            least = least.min(value);
            history.proposed += 1;
            tell(&mut history, proposal.point, measured(vec![value]));
        }
    }
    (history, least)
}

#[test]
fn every_criterion_finds_the_bottom_of_a_bowl() {
    for (acquisition, enough) in [
        (Acquisition::LogEi, 1e-5),
        (Acquisition::Ucb, 1e-3),
        (Acquisition::Pi, 1e-3),
        (Acquisition::Thompson, 3e-3),
    ] {
        let (_, least) = campaign(&square(), &strategy(StrategyKind::Gp, acquisition), 25);
        assert!(least < enough, "{acquisition:?}: {least}");
    }
}

#[test]
fn what_can_be_gained_is_told_whatever_the_point_was_chosen_by() {
    for (acquisition, always) in [(Acquisition::LogEi, false), (Acquisition::Ucb, true)] {
        let strategy = strategy(StrategyKind::Gp, acquisition);
        let (mut history, _) = campaign(&square(), &strategy, 7);
        let mut told = Vec::new();
        for _ in 0..6 {
            let Proposal { point, why } = ask(&square(), &strategy, &history, 1).remove(0);
            let here = why.expected_improvement.expect("it comes from the model");
            if let Some(anywhere) = why.attainable_improvement {
                // Looked for with little effort, but nothing that is better by much is missed.
                assert!(anywhere > 0.5 * here, "{acquisition:?}: {here} here, {anywhere} anywhere");
            }
            told.push(why.attainable_improvement.is_some());
            let value = bowl(&square(), &point);
            history.proposed += 1;
            tell(&mut history, point, measured(vec![value]));
        }
        // With expected improvement every third point is chosen by something else.
        let every_third = if always { 6 } else { 2 };
        assert_eq!(told.iter().filter(|told| **told).count(), every_third, "{acquisition:?}");
    }
}

#[test]
fn points_keep_spaces_of_every_kind() {
    let auto = strategy(StrategyKind::Auto, Acquisition::LogEi);
    let (_, least) = campaign(&mixed(), &auto, 40);
    assert!(least < 0.2, "{least}");
    let (_, least) = campaign(&mixture(), &auto, 20);
    assert!(least < 0.0034, "{least}");
}

#[test]
fn a_branch_that_looked_good_is_left_for_a_better_one() {
    let branch = |branch| {
        let condition = Some(Condition { parent: 0, when: When::Among(vec![branch]) });
        Parameter { condition, ..float(0.0, 1.0) }
    };
    let choice = Parameter::free(Domain::Categorical { choices: 2 });
    let parameters = vec![choice, branch(0), branch(0), branch(0), branch(1), branch(1)];
    let space = Space { parameters, ..Space::default() };
    let problem = Problem { space, objectives: 1, constraints: 0 };
    // A steep bowl, and a wide one that is better in most of its places but never by much.
    let value = |point: &Point| {
        let away = |slots: &[usize], centre: f64| -> f64 {
            slots.iter().map(|slot| (point.0[*slot].expect("active") - centre).powi(2)).sum()
        };
        if point.0[0] == Some(0.0) {
            6.0 * away(&[1, 2, 3], 0.25)
        } else {
            0.15 + away(&[4, 5], 0.6)
        }
    };
    let auto = strategy(StrategyKind::Auto, Acquisition::LogEi);
    for (seed, batch) in [(1, 1), (2, 8), (3, 1), (4, 8), (5, 8)] {
        let mut history = History::default();
        let mut least = f64::INFINITY;
        while history.observations.len() < 48 {
            let request = Request {
                problem: &problem,
                strategy: &auto,
                history: &history,
                count: batch,
                seed,
                interrupted: &|| false,
            };
            for proposal in propose(&request).expect("not interrupted") {
                history.proposed += 1;
                let value = value(&proposal.point);
                least = least.min(value);
                tell(&mut history, proposal.point, measured(vec![value]));
            }
        }
        assert!(least < 0.05, "seed {seed}, {batch} at a time: {least}");
    }
}

#[test]
fn several_points_at_once_are_those_one_after_the_other() {
    for problem in [square(), mixed(), mixture()] {
        for acquisition in [Acquisition::LogEi, Acquisition::Thompson] {
            let strategy = strategy(StrategyKind::Auto, acquisition);
            let (mut history, _) = campaign(&problem, &strategy, 12);
            let together: Vec<Point> =
                ask(&problem, &strategy, &history, 5).into_iter().map(|p| p.point).collect();
            let again: Vec<Point> =
                ask(&problem, &strategy, &history, 5).into_iter().map(|p| p.point).collect();
            assert_eq!(together, again);
            let mut singly = Vec::new();
            for _ in 0..5 {
                let proposal = ask(&problem, &strategy, &history, 1).remove(0);
                history.pending.push(proposal.point.clone());
                history.proposed += 1;
                singly.push(proposal.point);
            }
            assert_eq!(together, singly);
        }
    }
}

#[test]
fn strange_histories_are_survived() {
    let problem = square();
    let at = |x: f64, y: f64| Point(vec![Some(x), Some(y)]);
    let spread: Vec<Point> =
        (0..12).map(|k| at(f64::from(k) / 11.0, f64::from(k * 5 % 12) - 5.0)).collect();
    let cases: Vec<Vec<f64>> = vec![
        vec![1.0; 12],
        vec![0.0; 12],
        (0..12).map(|k| if k % 2 == 0 { 1e300 } else { -1e300 }).collect(),
        (0..12).map(|k| if k == 5 { f64::MAX } else { f64::from(k) }).collect(),
        (0..12).map(|k| if k == 5 { -1e300 } else { f64::from(k) * 1e-300 }).collect(),
        (0..12).map(|k| 10f64.powi(3 * k)).collect(),
        (0..12).map(|k| if k == 5 { f64::NAN } else { f64::from(k) }).collect(),
    ];
    for values in cases {
        for same_place in [false, true] {
            let mut history = History { proposed: 12, ..History::default() };
            for (point, value) in spread.iter().zip(&values) {
                let point = if same_place { spread[3].clone() } else { point.clone() };
                tell(&mut history, point, measured(vec![*value]));
            }
            let strategy = strategy(StrategyKind::Auto, Acquisition::LogEi);
            let proposals = ask(&problem, &strategy, &history, 3);
            assert_eq!(proposals.len(), 3, "{values:?}");
            assert!(
                proposals.iter().all(|proposal| problem.space.admits(&proposal.point)),
                "{values:?}"
            );
            let request = Request {
                problem: &problem,
                strategy: &strategy,
                history: &history,
                count: 1,
                seed: 3,
                interrupted: &|| false,
            };
            if let Some(model) = model(&request).expect("not interrupted") {
                let told = model.predict(&spread);
                assert!(
                    told.iter().flatten().all(|p| p.mean.is_finite() && p.deviation.is_finite()),
                    "{values:?}"
                );
                let _ = model.report();
            }
        }
    }
}

#[test]
fn failures_are_kept_away_from() {
    let problem = square();
    let auto = strategy(StrategyKind::Auto, Acquisition::LogEi);
    let mut history = History::default();
    let (mut failed, mut least) = (0, f64::INFINITY);
    for trial in 0..30 {
        let point = ask(&problem, &auto, &history, 1).remove(0).point;
        history.proposed += 1;
        // Nearer to the bottom than a tenth nothing can be evaluated on one side of it.
        let cube = problem.space.unit_of(&point);
        let fails = cube[0] > 0.4 && cube[1] > 0.4;
        if fails && trial >= 10 {
            failed += 1;
        }
        let value = bowl(&problem, &point);
        if !fails {
            least = least.min(value);
        }
        tell(&mut history, point, if fails { Outcome::Failed } else { measured(vec![value]) });
    }
    assert!(least < 1e-5, "{least}");
    assert!(failed <= 5, "{failed} of the last 20 failed");
}

#[test]
fn constraints_are_learned() {
    let problem = Problem { constraints: 1, ..square() };
    let auto = strategy(StrategyKind::Auto, Acquisition::LogEi);
    let mut history = History::default();
    let mut least = f64::INFINITY;
    for _ in 0..30 {
        let point = ask(&problem, &auto, &history, 1).remove(0).point;
        history.proposed += 1;
        let cube = problem.space.unit_of(&point);
        let (value, kept) = (bowl(&problem, &point), 1.0 - cube[0] - cube[1]);
        if kept <= 0.0 {
            least = least.min(value);
        }
        let outcome = Outcome::Measured {
            values: vec![value],
            deviations: Vec::new(),
            constraints: vec![kept],
        };
        tell(&mut history, point, outcome);
    }
    // The nearest feasible place is (0.5, 0.5).
    assert!((0.08 - 1e-9..0.0801).contains(&least), "{least}");
}

#[test]
fn candidates_are_given_out_once_each() {
    let candidates = (0..20)
        .map(|k| Point(vec![Some(f64::from(k) / 19.0), Some(f64::from(k * 7 % 20) / 4.0)]))
        .collect();
    let mut problem = square();
    problem.space.candidates = candidates;
    let auto = strategy(StrategyKind::Auto, Acquisition::LogEi);
    let mut history = History::default();
    for left in (0..20).rev() {
        let proposals = ask(&problem, &auto, &history, 64);
        assert_eq!(proposals.len(), left + 1);
        let point = proposals[0].point.clone();
        assert!(history.observations.iter().all(|known| known.point != point));
        history.proposed += 1;
        let value = bowl(&problem, &point);
        tell(&mut history, point, measured(vec![value]));
    }
    assert!(ask(&problem, &auto, &history, 1).is_empty());
}

#[test]
fn results_of_another_task_help() {
    let problem = square();
    let auto = strategy(StrategyKind::Auto, Acquisition::LogEi);
    let (mut history, _) = campaign(&problem, &auto, 25);
    for observation in &mut history.observations {
        observation.source = 1;
        if let Outcome::Measured { values, .. } = &mut observation.outcome {
            values[0] = 40.0 * values[0] + 7.0;
        }
    }
    history.proposed = 0;
    let mut least = f64::INFINITY;
    for _ in 0..6 {
        let point = ask(&problem, &auto, &history, 1).remove(0).point;
        history.proposed += 1;
        let value = bowl(&problem, &point);
        least = least.min(value);
        tell(&mut history, point, measured(vec![value]));
    }
    assert!(least < 1e-3, "{least}");
}
