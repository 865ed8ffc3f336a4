//! Spaces that are no boxes: conditions, constraints between parameters, candidates.

use super::{Case, INVALID, LIMIT, WRONG_TYPE, mutation};

const KIND: &str = r#"{"categorical": {"name": "kind", "choices": ["A", "B"]}}"#;
const X: &str = r#"{"float": {"name": "x", "low": 0, "high": 1}}"#;
const Y: &str = r#"{"int": {"name": "y", "low": 0, "high": 9}}"#;

pub(super) fn cases() -> Vec<Case> {
    [conditions(), constraints(), candidates()].into_iter().flatten().collect()
}

/// A new task whose third parameter depends on an earlier one: `kind`, `x` or `y`.
fn condition(
    what: &'static str,
    condition: &str,
    codes: &'static [&'static str],
    path: &str,
) -> Case {
    let last =
        format!(r#"{{"float": {{"name": "z", "low": 0, "high": 1, "condition": {condition}}}}}"#);
    let input = format!(r#"{{"parameterSpace": {{"parameters": [{KIND}, {X}, {Y}, {last}]}}}}"#);
    let path = format!("parameterSpace.parameters.3.float.condition{path}");
    mutation(what, "createTask", &input, codes, &path)
}

fn conditions() -> Vec<Case> {
    let later = format!(
        r#"{{"parameterSpace": {{"parameters": [
            {{"float": {{"name": "z", "low": 0, "high": 1,
                         "condition": {{"parameter": "x", "atLeast": 0.5}}}}}}, {X}]}}}}"#
    );
    vec![
        condition(
            "a condition on nobody",
            r#"{"parameter": "q", "oneOf": [1]}"#,
            INVALID,
            ".parameter",
        ),
        condition(
            "a condition on itself",
            r#"{"parameter": "z", "atLeast": 0}"#,
            INVALID,
            ".parameter",
        ),
        mutation(
            "a condition on a later parameter",
            "createTask",
            &later,
            INVALID,
            "parameterSpace.parameters.0.float.condition.parameter",
        ),
        condition("a condition without values", r#"{"parameter": "kind"}"#, INVALID, ""),
        condition("a condition without name", r#"{"oneOf": ["A"]}"#, WRONG_TYPE, ""),
        condition(
            "a condition on no choice",
            r#"{"parameter": "kind", "oneOf": ["C"]}"#,
            INVALID,
            ".oneOf.0",
        ),
        condition(
            "a condition with a choice twice",
            r#"{"parameter": "kind", "oneOf": ["A", "A"]}"#,
            INVALID,
            ".oneOf.1",
        ),
        condition(
            "a range of choices",
            r#"{"parameter": "kind", "atLeast": 1}"#,
            INVALID,
            ".atLeast",
        ),
        condition(
            "a list of any numbers",
            r#"{"parameter": "x", "oneOf": [0.5]}"#,
            INVALID,
            ".oneOf",
        ),
        condition(
            "a list with a fraction",
            r#"{"parameter": "y", "oneOf": [0.5]}"#,
            INVALID,
            ".oneOf.0",
        ),
        condition(
            "a list and a range",
            r#"{"parameter": "y", "oneOf": [1], "atMost": 3}"#,
            INVALID,
            ".oneOf",
        ),
        condition(
            "a condition beyond the bounds",
            r#"{"parameter": "x", "atLeast": 2}"#,
            INVALID,
            ".atLeast",
        ),
        condition(
            "a condition between whole numbers",
            r#"{"parameter": "y", "atLeast": 2.2, "atMost": 2.8}"#,
            INVALID,
            ".atLeast",
        ),
    ]
}

/// A new task with a constraint between `x` (0 to 1) and `y` (0 to 9).
fn constraint(
    what: &'static str,
    constraints: &str,
    codes: &'static [&'static str],
    path: &str,
) -> Case {
    let z = r#"{"float": {"name": "z", "low": 0, "high": 1, "condition": {"parameter": "kind", "oneOf": ["A"]}}}"#;
    let input = format!(
        r#"{{"parameterSpace": {{"parameters": [{KIND}, {X}, {Y}, {z}], "constraints": {constraints}}}}}"#
    );
    mutation(what, "createTask", &input, codes, &format!("parameterSpace.constraints{path}"))
}

fn constraints() -> Vec<Case> {
    let sum = |bounds: &str| {
        format!(r#"[{{"terms": [{{"parameter": "x"}}, {{"parameter": "y"}}], {bounds}}}]"#)
    };
    let of = |terms: &str| format!(r#"[{{"terms": [{terms}], "atMost": 1}}]"#);
    let apart = r#"[{"terms": [{"parameter": "x"}, {"parameter": "y"}], "atLeast": 9.5},
                    {"terms": [{"parameter": "x"}, {"parameter": "y", "coefficient": -1}], "atLeast": 0}]"#;
    let crowd = vec![r#"{"terms": [{"parameter": "x"}], "atMost": 1}"#; 101].join(",");
    vec![
        constraint("a sum without bounds", &sum(r#""atLeast": null"#), INVALID, ".0"),
        constraint(
            "a sum with crossed bounds",
            &sum(r#""atLeast": 2, "atMost": 1"#),
            INVALID,
            ".0.atLeast",
        ),
        constraint(
            "a sum with three bounds",
            &sum(r#""atMost": 2, "equals": 1"#),
            INVALID,
            ".0.equals",
        ),
        constraint("a sum out of reach", &sum(r#""atLeast": 11"#), INVALID, ".0"),
        constraint("constraints against each other", apart, INVALID, ""),
        constraint("a sum of nothing", &of(""), INVALID, ".0.terms"),
        constraint(
            "a sum with nobody",
            &of(r#"{"parameter": "q"}"#),
            INVALID,
            ".0.terms.0.parameter",
        ),
        constraint(
            "a sum with a choice",
            &of(r#"{"parameter": "kind"}"#),
            INVALID,
            ".0.terms.0.parameter",
        ),
        constraint(
            "a sum with what may not exist",
            &of(r#"{"parameter": "x"}, {"parameter": "z"}"#),
            INVALID,
            ".0.terms.1.parameter",
        ),
        constraint(
            "a sum with a parameter twice",
            &of(r#"{"parameter": "x"}, {"parameter": "x"}"#),
            INVALID,
            ".0.terms.1.parameter",
        ),
        constraint(
            "a coefficient of 0",
            &of(r#"{"parameter": "x", "coefficient": 0}"#),
            INVALID,
            ".0.terms.0.coefficient",
        ),
        constraint("101 constraints", &format!("[{crowd}]"), INVALID, ""),
    ]
}

/// A new task with candidates of `x` (0 to 1) and `kind`.
fn listed(
    what: &'static str,
    candidates: &str,
    codes: &'static [&'static str],
    path: &str,
) -> Case {
    let input = format!(
        r#"{{"parameterSpace": {{"parameters": [{KIND}, {X}], "candidates": {candidates}}}}}"#
    );
    mutation(what, "createTask", &input, codes, &format!("parameterSpace.candidates{path}"))
}

fn candidates() -> Vec<Case> {
    let good = r#"{"kind": "A", "x": 0.5}"#;
    let many = (0..10_001).map(|n| format!(r#"{{"kind": "A", "x": {}}}"#, f64::from(n) / 1e5));
    let many = many.collect::<Vec<_>>().join(",");
    let values = format!("[{}]", vec!["0"; 60_000].join(","));
    let huge = format!("[{}]", vec![format!(r#"{{"kind": "A", "x": {values}}}"#); 18].join(","));
    let start = format!(
        r#"{{"parameterSpace": {{"parameters": [{KIND}, {X}], "candidates": [{good}]}},
            "initialDesigns": [{{"kind": "B", "x": 0.5}}]}}"#
    );
    vec![
        listed("a candidate outside", r#"[{"kind": "A", "x": 2}]"#, INVALID, ".0.x"),
        listed("a candidate of no choice", r#"[{"kind": "C", "x": 0}]"#, INVALID, ".0.kind"),
        listed("a candidate without a value", r#"[{"kind": "A"}]"#, INVALID, ".0.x"),
        listed("a candidate with too much", r#"[{"kind": "A", "x": 0, "q": 1}]"#, INVALID, ".0.q"),
        listed("a candidate twice", &format!("[{good}, {good}]"), INVALID, ".1"),
        listed("a candidate that is no object", "[7]", WRONG_TYPE, ""),
        listed("10,001 candidates", &format!("[{many}]"), INVALID, ""),
        listed("candidates of 1,080,000 values", &huge, LIMIT, ""),
        mutation(
            "a design that is no candidate",
            "createTask",
            &start,
            INVALID,
            "initialDesigns.0",
        ),
    ]
}
