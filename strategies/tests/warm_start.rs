//! Tasks that begin with the results of another one.
#![expect(clippy::unwrap_used, reason = "a test may fail that way")]

use asktell_strategies::{
    History, Observation, Outcome, Point, Problem, Proposal, Request, Space, Strategy,
    StrategyKind, propose, sampling,
    settings::{GpSettings, GridSettings, Nsga2Settings, TpeSettings},
    space::{Domain, Parameter},
};
use rand::RngExt as _;

fn space() -> Space {
    let domain = Domain::Float { low: 0.0, high: 1.0, step: None, log: false };
    Space { parameters: vec![Parameter::free(domain); 2], ..Space::default() }
}

fn strategy() -> Strategy {
    Strategy {
        kind: StrategyKind::Gp,
        gp: GpSettings::default(),
        tpe: TpeSettings::default(),
        grid: GridSettings::default(),
        nsga2: Nsga2Settings::default(),
        replicates: None,
    }
}

fn bowl(point: &Point, x: f64, y: f64) -> f64 {
    (point.0[0].unwrap() - x).powi(2) + (point.0[1].unwrap() - y).powi(2)
}

/// Thirty random points of an earlier task, in other units.
fn earlier(values: impl Fn(&Point) -> Vec<f64>) -> History {
    let result = |number| {
        let mut random = sampling::generator(5, 0, number);
        let point = Point(vec![Some(random.random()), Some(random.random())]);
        let values = values(&point).into_iter().map(|value| 40.0 * value + 700.0).collect();
        let outcome = Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() };
        Observation { point, outcome, source: 1 }
    };
    History { observations: (0..30).map(result).collect(), ..History::default() }
}

fn first(objectives: usize, history: &History) -> Proposal {
    let problem = Problem { space: space(), objectives, constraints: 0 };
    let strategy = strategy();
    let request = Request {
        problem: &problem,
        strategy: &strategy,
        history,
        count: 1,
        seed: 3,
        interrupted: &|| false,
    };
    propose(&request).unwrap().remove(0)
}

#[test]
fn the_first_point_is_where_the_earlier_task_was_best() {
    let history = earlier(|point| vec![bowl(point, 0.3, 0.6)]);
    let proposal = first(1, &history);
    assert!(bowl(&proposal.point, 0.3, 0.6) < 0.01, "{proposal:?}");
}

#[test]
fn the_first_point_is_on_the_front_of_the_earlier_task() {
    let history = earlier(|point| vec![bowl(point, 0.1, 0.5), bowl(point, 0.9, 0.5)]);
    let proposal = first(2, &history);
    assert!((proposal.point.0[1].unwrap() - 0.5).abs() < 0.1, "{proposal:?}");
    assert!(proposal.why.expected_improvement.unwrap() > 0.0);
}

/// The least value of a campaign that begins with earlier results, and its points.
fn campaign(
    kind: StrategyKind,
    mut history: History,
    points: usize,
    value: impl Fn(&Point) -> f64,
) -> (f64, Vec<Point>) {
    let problem = Problem { space: space(), objectives: 1, constraints: 0 };
    let strategy = Strategy { kind, ..strategy() };
    let (mut least, mut proposed) = (f64::INFINITY, Vec::new());
    for _ in 0..points {
        let request = Request {
            problem: &problem,
            strategy: &strategy,
            history: &history,
            count: 1,
            seed: 3,
            interrupted: &|| false,
        };
        let point = propose(&request).unwrap().remove(0).point;
        least = least.min(value(&point));
        let values = vec![value(&point)];
        let outcome = Outcome::Measured { values, deviations: Vec::new(), constraints: Vec::new() };
        history.observations.push(Observation { point: point.clone(), outcome, source: 0 });
        history.proposed += 1;
        proposed.push(point);
    }
    (least, proposed)
}

/// Two valleys: one a little deeper.
fn valleys(point: &Point) -> f64 {
    (6.0 * bowl(point, 0.2, 0.7)).min(0.1 + 3.0 * bowl(point, 0.8, 0.3))
}

#[test]
fn an_earlier_task_in_other_units_helps_all_the_same() {
    for (factor, offset) in [(1.0, 0.0), (100.0, 0.0), (0.01, 0.0), (1.0, 500.0), (100.0, -1e4)] {
        let history =
            earlier(|point| vec![factor * valleys(point) / 40.0 + (offset - 700.0) / 40.0]);
        let (least, _) = campaign(StrategyKind::Gp, history, 15, valleys);
        assert!(least < 0.01, "× {factor} + {offset}: {least}");
    }
}

#[test]
fn one_outlier_does_not_stretch_an_earlier_task() {
    let mut history = earlier(|point| vec![(valleys(point) - 700.0) / 40.0]);
    let point = Point(vec![Some(0.99), Some(0.99)]);
    let outcome =
        Outcome::Measured { values: vec![1e6], deviations: Vec::new(), constraints: Vec::new() };
    history.observations.push(Observation { point, outcome, source: 0 });
    let (least, _) = campaign(StrategyKind::Gp, history, 12, valleys);
    assert!(least < 0.01, "{least}");
}

#[test]
fn every_other_first_point_is_inherited() {
    let value = |point: &Point| bowl(point, 0.3, 0.6);
    let history = earlier(|point| vec![value(point)]);
    let (_, points) = campaign(StrategyKind::Nsga2, history.clone(), 10, value);
    let known = |point: &&Point| history.observations.iter().any(|o| o.point == **point);
    assert_eq!(points.iter().filter(known).count(), 5);
}
