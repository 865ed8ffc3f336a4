//! What every strategy must keep, whatever the space.

use crate::task::{
    InitialDesign, Numeric, Parameter, ParameterKind, ParameterSpace, ParameterValue, Point,
    SamplingMethod, Seed, StrategyKind, StrategySettings, Tuning,
};

use super::{initial_design, propose};

fn space() -> ParameterSpace {
    let parameter = |name: &str, kind| Parameter { name: name.into(), kind };
    ParameterSpace::new(vec![
        parameter(
            "x",
            ParameterKind::Float(Numeric { low: -5.0, high: 10.0, step: None, log: false }),
        ),
        parameter(
            "rate",
            ParameterKind::Float(Numeric { low: 1e-5, high: 1.0, step: None, log: true }),
        ),
        parameter(
            "dose",
            ParameterKind::Float(Numeric { low: 0.1, high: 0.75, step: Some(0.1), log: false }),
        ),
        parameter("n", ParameterKind::Int(Numeric { low: 6, high: 12, step: 2, log: false })),
        parameter("width", ParameterKind::Int(Numeric { low: 1, high: 1024, step: 1, log: true })),
        parameter(
            "solvent",
            ParameterKind::Categorical {
                choices: ["water", "ethanol", "DMSO"]
                    .map(|s| ParameterValue::Text(s.into()))
                    .to_vec(),
            },
        ),
        parameter(
            "grade",
            ParameterKind::Ordinal {
                levels: vec![
                    ParameterValue::Int(1),
                    ParameterValue::Int(10),
                    ParameterValue::Int(100),
                ],
            },
        ),
    ])
    .unwrap()
}

fn settings(kind: StrategyKind, seed: i64) -> StrategySettings {
    let seed = Seed::new(seed).unwrap();
    StrategySettings { kind, seed, initial_design: None, tuning: Tuning::default() }
}

const KINDS: [StrategyKind; 3] =
    [StrategyKind::Random, StrategyKind::Sobol, StrategyKind::LatinHypercube];
const METHODS: [SamplingMethod; 3] =
    [SamplingMethod::Random, SamplingMethod::Sobol, SamplingMethod::LatinHypercube];

fn number(point: &Point, name: &str) -> f64 {
    point.values().iter().find(|(n, _)| n == name).unwrap().1.as_f64().unwrap()
}

#[test]
fn every_point_lies_in_the_space() {
    let space = space();
    for kind in KINDS {
        for point in propose(&settings(kind, 7), &space, 0, 500) {
            let admitted = space.admit(&point.to_json()).unwrap();
            assert_eq!(admitted, point, "{kind:?}");
        }
    }
}

#[test]
fn the_same_seed_and_place_give_the_same_points_however_they_are_asked_for() {
    let space = space();
    for kind in KINDS {
        let at_once = propose(&settings(kind, 7), &space, 0, 100);
        let one_by_one: Vec<_> =
            (0..100).flat_map(|i| propose(&settings(kind, 7), &space, i, 1)).collect();
        assert_eq!(at_once, one_by_one, "{kind:?}");
        assert_ne!(at_once, propose(&settings(kind, 8), &space, 0, 100), "{kind:?}");
    }
}

#[test]
fn no_two_points_are_the_same_where_a_parameter_is_continuous() {
    for kind in KINDS {
        let mut points: Vec<_> = propose(&settings(kind, 7), &space(), 0, 300)
            .iter()
            .map(|point| number(point, "x").to_bits())
            .collect();
        points.sort_unstable();
        points.dedup();
        assert_eq!(points.len(), 300, "{kind:?}");
    }
}

#[test]
fn an_initial_design_has_its_count_and_is_not_the_start_of_the_strategy() {
    let space = space();
    for (kind, method) in KINDS.into_iter().zip(METHODS) {
        let mut settings = settings(kind, 7);
        settings.initial_design = Some(InitialDesign::new(method, 20).unwrap());
        let design = initial_design(&settings, &space);
        assert_eq!(design.len(), 20);
        assert_ne!(design, propose(&settings, &space, 0, 20), "{kind:?}");
    }
}

#[test]
fn a_latin_hypercube_has_one_point_in_each_slice_of_each_parameter() {
    let space = space();
    let mut settings = settings(StrategyKind::LatinHypercube, 3);
    settings.initial_design = Some(InitialDesign::new(SamplingMethod::LatinHypercube, 15).unwrap());
    let mut slices: Vec<_> =
        initial_design(&settings, &space).iter().map(|p| (number(p, "x") + 5.0).floor()).collect();
    slices.sort_by(f64::total_cmp);
    assert_eq!(slices, (0..15).map(f64::from).collect::<Vec<_>>());
}

#[test]
fn sobol_points_are_more_even_than_random_ones() {
    // The largest gap between neighbours on one axis, of 256 points.
    let gap = |kind| {
        let mut xs: Vec<_> = propose(&settings(kind, 5), &space(), 0, 256)
            .iter()
            .map(|point| number(point, "x"))
            .collect();
        xs.sort_by(f64::total_cmp);
        xs.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max)
    };
    assert!(gap(StrategyKind::Sobol) < 2.0 * 15.0 / 256.0);
    assert!(gap(StrategyKind::Sobol) < gap(StrategyKind::Random) / 1.5);
}

#[test]
fn sobol_goes_on_after_its_65_536_points() {
    let space = space();
    let after = propose(&settings(StrategyKind::Sobol, 5), &space, 65_536, 2);
    assert_ne!(after[0], propose(&settings(StrategyKind::Sobol, 5), &space, 0, 1)[0]);
    assert!(space.admit(&after[1].to_json()).is_ok());
}

#[test]
fn an_external_strategy_proposes_nothing() {
    assert!(propose(&settings(StrategyKind::External, 1), &space(), 0, 10).is_empty());
}

#[test]
fn every_grid_value_is_reached_and_clean() {
    let points = propose(&settings(StrategyKind::Sobol, 1), &space(), 0, 200);
    let mut doses: Vec<_> = points.iter().map(|p| number(p, "dose").to_string()).collect();
    doses.sort();
    doses.dedup();
    assert_eq!(doses, ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]);
}
