//! A task and its trials, as the strategies see them, and what they answer, as the task says it.

use asktell_strategies::{
    Outcome, Why,
    proposal::{Criterion, Prediction},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::task::{
    Constraints, JsonObject, Objectives, ParameterSpace, Point, Pruning, Seed, StrategyKind,
    StrategySettings, TaskId, TaskSettings, Timestamp, Trial, TrialId, TrialOrigin, TrialPolicy,
    TrialState,
};

fn of<T: DeserializeOwned>(document: Value) -> T {
    serde_json::from_value(document).unwrap()
}

/// Two parameters, one of them of some solvents only; a yield to be maximized, a cost to be minimized.
fn task() -> TaskSettings {
    let space: ParameterSpace = of(json!([
        { "name": "solvent", "type": "categorical", "choices": ["water", "none"] },
        { "name": "amount", "type": "float", "low": 0.0, "high": 1.0, "step": null, "log": false,
          "condition": { "parameter": "solvent", "oneOf": ["water"] } },
    ]));
    let objectives: Objectives = of(json!([
        { "name": "yield", "direction": "MAXIMIZE" },
        { "name": "cost", "direction": "MINIMIZE" },
    ]));
    let constraints: Constraints = of(json!([
        { "name": "pH", "atLeast": 6.0, "atMost": 8.0 },
        { "name": "cost", "atMost": 9.5 },
    ]));
    TaskSettings {
        parameter_space: Some(space),
        objectives,
        strategy: of(json!({ "kind": "GP", "seed": 3, "gp": {
            "noise": [{ "objective": "cost", "deviation": 0.5 }], "startup": 4 } })),
        metadata: JsonObject::new(),
        constraints,
        policy: TrialPolicy::default(),
        pruning: Pruning::default(),
    }
}

fn trial(state: TrialState, point: Value) -> Trial {
    let id = uuid::Uuid::nil().into();
    let at = Timestamp::UNIX_EPOCH;
    let point: Point = of(point);
    Trial {
        state,
        ..Trial::planned(TrialId { task: id, number: 1 }, 1, TrialOrigin::Strategy, point, at)
    }
}

#[test]
fn the_problem_counts_each_bound_of_a_constraint() {
    let problem = problem(&task()).unwrap();
    assert_eq!((problem.objectives, problem.constraints), (2, 3));
    assert_eq!(problem.space.parameters.len(), 2);
    let settings = settings(&task()).unwrap();
    assert_eq!(settings.gp.noise, [None, Some(0.5)], "by the order of the objectives");
    assert_eq!(settings.gp.startup, Some(4));
}

#[test]
fn a_result_is_minimized_and_its_constraints_are_kept_below_zero() {
    let mut done = trial(TrialState::Completed, json!({ "solvent": "none" }));
    done.values = of(json!({ "yield": 0.75, "cost": 4.0 }));
    done.details.deviations = of(json!({ "yield": 0.01 }));
    done.details.beside.metrics = of(json!({ "pH": 5.0 }));
    let seen = observation(&task(), &done).unwrap();
    assert_eq!(seen.point.0, [Some(1.0), None]);
    assert_eq!(
        seen.outcome,
        Outcome::Measured {
            values: vec![-0.75, 4.0],
            deviations: vec![Some(0.01), None],
            // At most 8: 5 − 8. At least 6: 6 − 5. Cost at most 9.5: 4 − 9.5.
            constraints: vec![-3.0, 1.0, -5.5],
        }
    );
    done.details.beside.metrics.clear();
    let Outcome::Measured { constraints, .. } = observation(&task(), &done).unwrap().outcome else {
        panic!("measured");
    };
    assert!(constraints[0].is_nan() && constraints[1].is_nan(), "not measured");
}

#[test]
fn what_became_of_a_trial_is_what_is_learned() {
    let point = json!({ "solvent": "water", "amount": 0.5 });
    let outcome = |state| observation(&task(), &trial(state, point.clone())).map(|o| o.outcome);
    assert_eq!(outcome(TrialState::Failed), Some(Outcome::Failed));
    assert_eq!(outcome(TrialState::Infeasible), Some(Outcome::Failed));
    assert_eq!(outcome(TrialState::Pruned), Some(Outcome::Pruned));
    for state in [TrialState::Waiting, TrialState::Running, TrialState::Abandoned] {
        assert_eq!(outcome(state), None);
    }
    let without_values = outcome(TrialState::Completed);
    assert_eq!(without_values, None, "a file may have results of other objectives");
    let excluded = Some(crate::task::Reason::new("a typo").unwrap());
    let excluded = Trial { excluded, ..trial(TrialState::Failed, point.clone()) };
    assert_eq!(observation(&task(), &excluded), None);
    let elsewhere = trial(TrialState::Failed, json!({ "solvent": "water", "amount": 7.0 }));
    assert!(observation(&task(), &elsewhere).is_some(), "outside of the bounds is a place, too");
    let mut partial = trial(TrialState::Completed, point.clone());
    partial.values = of(json!({ "yield": 0.75 }));
    partial.executed_point = Some(serde_json::from_value(json!({ "solvent": "none" })).unwrap());
    let seen = observation(&task(), &partial).unwrap();
    assert_eq!(seen.point.0, [Some(1.0), None], "learned where it was executed");
    assert!(matches!(seen.outcome, Outcome::Measured { values, .. } if values[1].is_nan()));
    assert_eq!(settled(&task(), &partial).unwrap().0, [Some(0.0), Some(0.5)]);
    let unknown = trial(TrialState::Failed, json!({ "solvent": "tea" }));
    assert_eq!(observation(&task(), &unknown), None);
}

#[test]
fn what_is_proposed_is_told_in_the_sign_of_the_objectives() {
    let answer = asktell_strategies::Proposal {
        point: asktell_strategies::Point(vec![Some(0.0), Some(0.25)]),
        why: Why {
            strategy: asktell_strategies::StrategyKind::Gp,
            reason: "it is best".into(),
            fallback: None,
            predictions: vec![
                Prediction { mean: -0.9, deviation: 0.1 },
                Prediction { mean: 3.0, deviation: 0.5 },
            ],
            acquisition: Some((Criterion::LogEhvi, f64::NEG_INFINITY)),
            expected_improvement: Some(0.2),
            attainable_improvement: None,
            results: 12,
        },
    };
    let told = suggestion(&task(), &answer);
    assert_eq!(json!(told.point), json!({ "solvent": "water", "amount": 0.25 }));
    assert_eq!(
        json!(told.why),
        json!({
            "strategy": "GP", "reason": "it is best",
            "predictions": [{ "objective": "yield", "mean": 0.9, "deviation": 0.1 },
                            { "objective": "cost", "mean": 3.0, "deviation": 0.5 }],
            "criterion": "LOG_EHVI", "expectedImprovement": 0.2, "results": 12,
        })
    );
}

#[test]
fn an_initial_design_has_its_count_and_lies_in_the_space() {
    let task = task();
    let space = task.parameter_space.as_ref().unwrap();
    for method in ["RANDOM", "SOBOL", "LATIN_HYPERCUBE"] {
        let design = json!({ "method": method, "count": 20 });
        let strategy: StrategySettings =
            of(json!({ "kind": "SOBOL", "seed": 3, "initialDesign": design }));
        assert_eq!(strategy.seed, Seed::new(3).unwrap());
        let points = initial_design(&strategy, space);
        assert_eq!(points.len(), 20);
        for point in points {
            assert_eq!(space.admit(&point.to_json()).unwrap(), point);
        }
    }
}

#[test]
fn a_model_takes_as_many_objectives_as_auto_gives_it() {
    let most = StrategyKind::MAX_GP_OBJECTIVES;
    for (count, takes) in [(most, true), (most + 1, false)] {
        let objectives: Vec<_> = (0..count)
            .map(|n| json!({ "name": format!("o{n}"), "direction": "MINIMIZE" }))
            .collect();
        let of_kind = |kind: &str| TaskSettings {
            objectives: of(json!(objectives)),
            strategy: of(json!({ "kind": kind, "seed": 3 })),
            ..task()
        };
        let model = of_kind("GP");
        let id: TaskId = of(json!("018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b"));
        assert_eq!(model.strategy.check(id, &model.objectives).is_ok(), takes);
        let why = propose_at_once(&of_kind("AUTO"), 0, 1).remove(0).why;
        assert_eq!(!why.reason.starts_with("NSGA-II"), takes, "{}", why.reason);
    }
}
