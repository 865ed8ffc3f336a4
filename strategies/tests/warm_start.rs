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
    Space { parameters: vec![Parameter { domain, condition: None }; 2], ..Space::default() }
}

fn strategy() -> Strategy {
    Strategy {
        kind: StrategyKind::Gp,
        gp: GpSettings::default(),
        tpe: TpeSettings::default(),
        grid: GridSettings::default(),
        nsga2: Nsga2Settings::default(),
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
