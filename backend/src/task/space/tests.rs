//! Which points a space admits, how it is written, and what it is in numbers.

use serde_json::{Value, json};

use super::*;
use crate::task::Invalid;

fn space(document: Value) -> ParameterSpace {
    serde_json::from_value(document).unwrap()
}

fn refused(document: &Value) -> Invalid {
    let whole = |name: &str| document.get(name).cloned().unwrap_or_else(|| json!([]));
    let candidates: Vec<JsonObject> = serde_json::from_value(whole("candidates")).unwrap();
    ParameterSpace::new(
        serde_json::from_value(whole("parameters")).unwrap(),
        serde_json::from_value(whole("constraints")).unwrap(),
        &candidates,
    )
    .unwrap_err()
}

fn admit(space: &ParameterSpace, point: Value) -> Result<Value, String> {
    let point: JsonObject = serde_json::from_value(point).unwrap();
    space.admit(&point).map(|point| json!(point)).map_err(|e| e.to_string())
}

fn float(name: &str, low: f64, high: f64) -> Value {
    json!({ "name": name, "type": "float", "low": low, "high": high, "step": null, "log": false })
}

/// A solvent, and an amount and a temperature that only some solvents have.
fn conditional() -> Value {
    json!([
        { "name": "solvent", "type": "categorical", "choices": ["water", "DMSO", "none"] },
        { "name": "amount", "type": "float", "low": 0.0, "high": 1.0, "step": null, "log": false,
          "condition": { "parameter": "solvent", "oneOf": ["water", "DMSO"] } },
        { "name": "stirred", "type": "categorical", "choices": [true, false],
          "condition": { "parameter": "amount", "atLeast": 0.5 } },
        { "name": "n", "type": "int", "low": -3, "high": 5, "step": 1, "log": false },
        { "name": "extra", "type": "int", "low": 1, "high": 9, "step": 2, "log": false,
          "condition": { "parameter": "n", "oneOf": [-2, 4] } },
    ])
}

#[test]
fn a_point_has_values_only_where_parameters_exist() {
    let space = space(conditional());
    let whole = json!({ "solvent": "water", "amount": 0.7, "stirred": true, "n": -2, "extra": 3 });
    assert_eq!(admit(&space, whole.clone()), Ok(whole));
    let bare = json!({ "solvent": "none", "n": 0 });
    assert_eq!(admit(&space, bare.clone()), Ok(bare.clone()));
    let nulls =
        json!({ "solvent": "none", "n": 0, "amount": null, "stirred": null, "extra": null });
    assert_eq!(admit(&space, nulls), Ok(bare), "null stands for no value");
    for (point, error) in [
        (
            json!({ "solvent": "none", "amount": 0.1, "n": 0 }),
            "amount: exists only where \"solvent\" is one of \"water\", \"DMSO\"",
        ),
        (
            json!({ "solvent": "none", "stirred": true, "n": 0 }),
            "stirred: exists only where \"amount\" is at least 0.5",
        ),
        (json!({ "solvent": "DMSO", "n": 0 }), "amount: has no value"),
        (json!({ "solvent": "DMSO", "amount": 0.5, "n": 0 }), "stirred: has no value"),
        (
            json!({ "solvent": "none", "n": 3, "extra": 1 }),
            "extra: exists only where \"n\" is one of -2, 4",
        ),
    ] {
        assert_eq!(admit(&space, point), Err(error.into()));
    }
}

#[test]
fn what_decides_comes_before_what_depends_on_it() {
    let with = |condition: Value| {
        let mut parameters = conditional();
        parameters[1]["condition"] = condition;
        refused(&json!({ "parameters": parameters })).to_string()
    };
    for (condition, error) in [
        (json!({ "parameter": "n", "oneOf": [1] }), "parameter: no parameter \"n\" comes earlier"),
        (json!({ "parameter": "solvent" }), "needs `oneOf`, `atLeast` or `atMost`"),
        (json!({ "parameter": "solvent", "oneOf": ["tea"] }), "oneOf[0]: must be one of"),
        (json!({ "parameter": "solvent", "oneOf": ["DMSO", "DMSO"] }), "oneOf[1]: \"DMSO\" is"),
        (json!({ "parameter": "solvent", "atLeast": 1 }), "atLeast: only of numbers; use `oneOf`"),
        (
            json!({ "parameter": "solvent", "oneOf": ["DMSO"], "atMost": 1 }),
            "oneOf: either values or a range",
        ),
    ] {
        let found = with(condition);
        let expected = format!("parameters[1].float.condition.{error}");
        let expected = expected.replace("condition.needs", "condition: needs");
        assert!(found.starts_with(&expected), "{found}\nis not\n{expected}");
    }
    let mut parameters = conditional();
    parameters[4]["condition"] = json!({ "parameter": "n", "atLeast": 2.2, "atMost": 2.8 });
    let found = refused(&json!({ "parameters": parameters })).to_string();
    assert_eq!(found, "parameters[4].int.condition.atLeast: is never fulfilled");
}

#[test]
fn constraints_between_parameters_are_kept() {
    let all = ["a", "b", "c"].map(|name| json!({ "parameter": name, "coefficient": 1.0 }));
    let mixture = space(json!({
        "parameters": [float("a", 0.0, 1.0), float("b", 0.0, 1.0), float("c", 0.0, 1.0)],
        "constraints": [
            { "terms": all, "equals": 1.0 },
            { "terms": [{ "parameter": "a", "coefficient": 1.0 },
                        { "parameter": "b", "coefficient": -2.5 }], "atMost": 0.0 },
        ],
    }));
    assert!(admit(&mixture, json!({ "a": 0.1, "b": 0.2, "c": 0.7 })).is_ok());
    assert_eq!(
        admit(&mixture, json!({ "a": 0.25, "b": 0.25, "c": 0.25 })),
        Err("must keep a + b + c = 1; the sum is 0.75".into())
    );
    assert_eq!(
        admit(&mixture, json!({ "a": 0.5, "b": 0.0, "c": 0.5 })),
        Err("must keep a - 2.5 * b at most 0; the sum is 0.5".into())
    );
}

#[test]
fn a_space_without_points_is_refused() {
    let with = |constraints: Value| {
        let parameters = json!([
            float("a", 0.0, 1.0),
            float("b", 0.0, 1.0),
            { "name": "kind", "type": "categorical", "choices": ["x", "y"] },
        ]);
        refused(&json!({ "parameters": parameters, "constraints": constraints })).to_string()
    };
    let sum = |bounds: &str| {
        let mut constraint: Value = serde_json::from_str(bounds).unwrap();
        constraint["terms"] = json!([{ "parameter": "a", "coefficient": 1.0 },
                                     { "parameter": "b", "coefficient": 1.0 }]);
        constraint
    };
    assert_eq!(
        with(json!([sum(r#"{"atLeast": 2.5}"#)])),
        "constraints[0]: no point within the bounds keeps a + b at least 2.5"
    );
    let apart = json!([sum(r#"{"atLeast": 1.5}"#), sum(r#"{"atMost": 0.5}"#)]);
    assert_eq!(with(apart), "constraints: no point keeps all of them");
    for (constraint, error) in [
        (json!({ "terms": [] }), "terms: at least one term is needed"),
        (sum("{}"), "needs `atLeast`, `atMost` or `equals`"),
        (sum(r#"{"equals": 1, "atMost": 1}"#), "equals: stands alone"),
        (sum(r#"{"atLeast": 1, "atMost": 0.5}"#), "atLeast: `atLeast` must not be more"),
        (
            json!({ "terms": [{ "parameter": "kind", "coefficient": 1.0 }], "equals": 1.0 }),
            "terms[0].parameter: \"kind\" is no number",
        ),
        (
            json!({ "terms": [{ "parameter": "z", "coefficient": 1.0 }], "equals": 1.0 }),
            "terms[0].parameter: the space has no parameter \"z\"",
        ),
        (
            json!({ "terms": [{ "parameter": "a", "coefficient": 0.0 }], "equals": 1.0 }),
            "terms[0].coefficient: a finite number other than 0",
        ),
    ] {
        let found = with(json!([constraint]));
        let expected = format!("constraints[0].{error}");
        let expected = expected.replace("].needs", "]: needs");
        assert!(found.starts_with(&expected), "{found}\nis not\n{expected}");
    }
}

#[test]
fn candidates_are_the_only_points() {
    let document = json!({
        "parameters": [float("x", 0.0, 1.0),
                       { "name": "kind", "type": "ordinal", "levels": [1, 10] }],
        "candidates": [{ "x": 0.1, "kind": 1 }, { "x": 0.1, "kind": 10 }, { "x": 0.9, "kind": 1 }],
    });
    let space = space(document.clone());
    assert_eq!(space.candidates().len(), 3);
    assert!(admit(&space, json!({ "x": 0.1, "kind": 10.0 })).is_ok());
    assert_eq!(
        admit(&space, json!({ "x": 0.9, "kind": 10 })),
        Err("is none of the candidates".into())
    );
    let with = |point: Value| {
        let mut document = document.clone();
        document["candidates"][2] = point;
        refused(&document).to_string()
    };
    assert_eq!(
        with(json!({ "x": 0.1, "kind": 1.0 })),
        "candidates[2]: the candidate is listed twice"
    );
    assert_eq!(with(json!({ "x": 2.0, "kind": 1 })), "candidates[2].x: must be from 0 to 1");
}

#[test]
fn parameters_alone_are_written_as_they_always_were() {
    let old = json!([{ "name": "x", "type": "float", "low": 0.0, "high": 1.0, "step": null, "log": false }]);
    assert_eq!(json!(space(old.clone())), old);
    assert_eq!(json!(space(conditional())), conditional());
    let whole = json!({ "parameters": old, "candidates": [{ "x": 0.5 }, { "x": 0.25 }] });
    assert_eq!(json!(space(whole.clone())), whole);
}

#[test]
fn numbers_and_words_say_the_same() {
    let space = space(conditional());
    let words = json!({ "solvent": "DMSO", "amount": 0.7, "stirred": false, "n": 4, "extra": 9 });
    let point = space.admit(words.as_object().unwrap()).unwrap();
    let numbers = space.numbers_of(&point).unwrap();
    assert_eq!(numbers.0, [Some(1.0), Some(0.7), Some(1.0), Some(4.0), Some(9.0)]);
    assert_eq!(space.point_of(&numbers), point);
    let bare = Point::from_json(json!({ "solvent": "none", "n": 0 }).as_object().unwrap()).unwrap();
    let numbers = space.numbers_of(&bare).unwrap();
    assert_eq!(numbers.0, [Some(2.0), None, None, Some(0.0), None]);
    assert_eq!(space.point_of(&numbers), bare);
    let of = |json: Value| space.numbers_of(&Point::from_json(json.as_object().unwrap()).unwrap());
    assert_eq!(of(json!({ "solvent": "tea", "n": 0 })), None, "no choice of it");
    assert_eq!(of(json!({ "solvent": "none" })), None, "a value is missing");
    let outside = of(json!({ "solvent": "none", "n": 77 })).unwrap();
    assert_eq!(outside.0[3], Some(77.0), "measured elsewhere, outside of the bounds");
}

/// What changes from one space to the other, or why it cannot.
fn changes(old: &Value, new: &Value) -> Result<Vec<SpaceChangeKind>, String> {
    let changes = space(old.clone()).succeed(&space(new.clone()));
    let kinds = changes.map(|changes| changes.into_iter().map(|change| change.kind).collect());
    kinds.map_err(|problem| problem.to_string())
}

/// The space with one place of its document changed.
fn with(document: &Value, place: &str, value: Value) -> Value {
    let mut changed = document.clone();
    let (parent, field) = place.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap();
    match field.parse::<usize>() {
        Ok(index) => parent[index] = value,
        Err(_) => parent[field] = value,
    }
    changed
}

#[test]
fn a_space_may_be_followed_by_one_in_which_every_point_keeps_its_meaning() {
    use SpaceChangeKind::{
        ChoicesAdded, ChoicesRemoved, ConditionChanged, Fixed, Narrowed, Reordered, StepChanged,
        Widened,
    };
    let old = conditional();
    for (place, value, expected) in [
        ("/1/high", json!(2.0), vec![Widened]),
        ("/1/low", json!(-1.0), vec![Widened]),
        ("/1/high", json!(0.7), vec![Narrowed]),
        ("/1/step", json!(0.25), vec![StepChanged]),
        ("/3/low", json!(-4), vec![Widened]),
        ("/3/fixed", json!(4), vec![Fixed]),
        ("/0/fixed", json!("none"), vec![Fixed]),
        ("/0/choices", json!(["water", "DMSO", "none", "THF"]), vec![ChoicesAdded]),
        ("/0/choices", json!(["DMSO", "water", "none"]), vec![Reordered]),
        ("/0/choices", json!(["water", "DMSO"]), vec![ChoicesRemoved]),
    ] {
        assert_eq!(changes(&old, &with(&old, place, value)), Ok(expected), "{place}");
    }
    assert_eq!(changes(&old, &old), Ok(vec![]));
    // With a choice goes what depended on it, and comes with another.
    let new = with(&old, "/0/choices", json!(["water", "THF", "none"]));
    let new = with(&new, "/1/condition/oneOf", json!(["water", "THF"]));
    assert_eq!(changes(&old, &new), Ok(vec![ChoicesAdded, ChoicesRemoved, ConditionChanged]));
}

#[test]
fn what_would_lose_its_meaning_is_refused() {
    let old = conditional();
    for (place, value, expected) in [
        ("/1/condition/oneOf", json!(["water"]), "parameters[1].float.condition.oneOf: whether it"),
        ("/2/condition/atLeast", json!(0.4), "parameters[2].categorical.condition.atLeast: from"),
        ("/1/condition", Value::Null, "parameters[1].float.condition: its condition cannot be"),
        ("/3/name", json!("m"), "parameters[3].int.name: the parameter \"m\" cannot be added"),
        ("/3/type", json!("float"), "parameters[3].float: \"n\" is int and cannot become float"),
    ] {
        let mut new = with(&old, place, value);
        if place == "/3/name" || place == "/3/type" {
            new.as_array_mut().unwrap().truncate(4);
        }
        let old = json!(old.as_array().unwrap()[..new.as_array().unwrap().len()]);
        let found = changes(&old, &new).unwrap_err();
        assert!(found.starts_with(expected), "{found}\nis not\n{expected}");
        assert!(found.ends_with("cloneTask makes another task of it"), "{found}");
    }
    let fewer = json!(old.as_array().unwrap()[..3]);
    let found = changes(&json!(old.as_array().unwrap()[..4]), &fewer).unwrap_err();
    assert!(found.starts_with("parameters: the parameter \"n\" cannot be taken away"), "{found}");
}

#[test]
fn a_fixed_parameter_admits_one_value() {
    let space = space(with(&conditional(), "/3/fixed", json!(4.0)));
    assert_eq!(space.parameters()[3].fixed, Some(ParameterValue::Int(4)), "spelled as it is");
    assert!(admit(&space, json!({ "solvent": "none", "n": 4, "extra": 1 })).is_ok());
    let other = admit(&space, json!({ "solvent": "none", "n": 0 }));
    assert_eq!(other, Err("n: is fixed to 4".into()));
    let found = refused(&json!({ "parameters": with(&conditional(), "/3/fixed", json!(77)) }));
    assert_eq!(found.to_string(), "parameters[3].int.fixed: must be from -3 to 5");
}

#[test]
fn a_fit_says_by_what_a_point_lies_outside() {
    let sum = json!([{ "terms": [{ "parameter": "a", "coefficient": 1.0 },
                                 { "parameter": "b", "coefficient": 1.0 }], "atMost": 1.0 }]);
    let kind =
        json!({ "name": "kind", "type": "categorical", "choices": ["x", "y"], "fixed": "x" });
    let parameters = json!([float("a", 0.0, 1.0), float("b", 0.0, 1.0), kind]);
    let space = space(json!({ "parameters": parameters, "constraints": sum }));
    let fit = |point: Value| {
        let point = Point::from_json(point.as_object().unwrap()).unwrap();
        space.fit(&point, JudgedAs::Proposal)
    };
    let inside = Fit { learned: true, ..Fit::default() };
    assert_eq!(fit(json!({ "a": 0.5, "b": 0.5, "kind": "x" })), inside);
    for (point, parameters, constraints, learned) in [
        (json!({ "a": 0.5, "b": 0.5, "kind": "y" }), vec!["kind"], vec![], true),
        (json!({ "a": 0.9, "b": 0.5, "kind": "x" }), vec![], vec![0], true),
        (json!({ "a": 1.5, "b": 0.5, "kind": "x" }), vec!["a"], vec![0], true),
        (json!({ "a": 0.1, "b": 0.5, "kind": "z" }), vec!["kind"], vec![], false),
        (json!({ "a": 0.1, "kind": "x" }), vec!["b"], vec![], false),
    ] {
        let parameters = parameters.into_iter().map(str::to_owned).collect();
        let expected = Fit { parameters, constraints, unlisted: false, learned };
        assert_eq!(fit(point.clone()), expected, "{point}");
    }
}

#[test]
fn steps_and_exact_sums_bind_proposals_and_not_results() {
    let sum = json!([{ "terms": [{ "parameter": "a", "coefficient": 1.0 },
                                 { "parameter": "b", "coefficient": 1.0 }], "equals": 1.0, "tolerance": 0.02 }]);
    let stepped =
        json!({ "name": "t", "type": "int", "low": 20, "high": 100, "step": 5, "log": false });
    let parameters = json!([float("a", 0.0, 1.0), float("b", 0.0, 1.0), stepped]);
    let space = space(json!({ "parameters": parameters, "constraints": sum }));
    for (point, proposal, result) in [
        (json!({ "a": 0.5, "b": 0.5, "t": 80 }), true, true),
        (json!({ "a": 0.5, "b": 0.51, "t": 80 }), false, true),
        (json!({ "a": 0.5, "b": 0.53, "t": 80 }), false, false),
        (json!({ "a": 0.5, "b": 0.5, "t": 79.4 }), false, true),
        (json!({ "a": 0.5, "b": 0.5, "t": 101.2 }), false, false),
    ] {
        let object = point.as_object().unwrap();
        let located = space.locate(object).unwrap();
        assert_eq!(located.to_json(), *object, "kept as it is");
        assert_eq!(
            (space.contains(&located), space.holds(&located)),
            (proposal, result),
            "{point}"
        );
        assert!(space.learned(&located).is_some(), "{point}");
        assert_eq!(space.admit(object).is_ok(), proposal, "{point}");
    }
    for (point, what) in [
        (json!({ "a": 0.5, "t": 80 }), "b: has no value"),
        (json!({ "a": "much", "b": 0.5, "t": 80 }), "a: must be a finite number"),
        (json!({ "a": 0.5, "b": 0.5, "t": 80, "c": 1 }), "c: the space has no such parameter"),
    ] {
        let refused = space.locate(point.as_object().unwrap()).unwrap_err();
        assert_eq!(refused.to_string(), what);
    }
}

#[test]
fn a_single_value_is_a_constant_and_null_may_be_a_choice() {
    let choice = |name: &str, choices: Value| json!({ "name": name, "type": "categorical", "choices": choices });
    let n = json!({ "name": "n", "type": "int", "low": 3, "high": 3, "step": 1, "log": false });
    let parameters = json!([
        choice("features", json!([null, "sqrt"])),
        choice("cbow", json!([true])),
        n,
        float("x", 0.5, 0.5),
    ]);
    let space = space(json!({ "parameters": parameters }));
    let whole = json!({ "features": null, "cbow": true, "n": 3, "x": 0.5 });
    let point = space.admit(whole.as_object().unwrap()).unwrap();
    assert_eq!(point.to_json(), *whole.as_object().unwrap());
    let place = space.numbers_of(&point).unwrap();
    assert_eq!(space.point_of(&place), point);
    let written = serde_json::to_string(&space).unwrap();
    assert_eq!(serde_json::from_str::<ParameterSpace>(&written).unwrap(), space);
    let none = admit(&space, json!({ "features": "log2", "cbow": true, "n": 3, "x": 0.5 }));
    assert_eq!(none, Err("features: must be one of null, \"sqrt\"".into()));
}
