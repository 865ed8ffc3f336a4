//! Tests of the costing of fragments, pages and structure.

use std::{fmt::Write, time::Instant};

use async_graphql::{
    Variables,
    parser::{parse_query, types::DocumentOperations},
};
use serde_json::{Value, json};

use super::{
    LimitExceeded, Limits,
    cost::{CostError, OperationCost, check_cost},
    scan::check_text,
};

/// The standard introspection query of graphql-js 16, with every option on.
const INTROSPECTION: &str = r"
    query IntrospectionQuery {
      __schema {
        description
        queryType { name kind }
        mutationType { name kind }
        subscriptionType { name kind }
        types { ...FullType }
        directives {
          name description isRepeatable locations
          args(includeDeprecated: true) { ...InputValue }
        }
      }
    }
    fragment FullType on __Type {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) {
        name description
        args(includeDeprecated: true) { ...InputValue }
        type { ...TypeRef }
        isDeprecated deprecationReason
      }
      inputFields(includeDeprecated: true) { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue {
      name description
      type { ...TypeRef }
      defaultValue isDeprecated deprecationReason
    }
    fragment TypeRef on __Type {
      kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
    }";

fn check_with(
    document: &str,
    variables: Value,
    limits: &Limits,
) -> Result<OperationCost, CostError> {
    let document = parse_query(document).unwrap();
    let operation = match &document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(all) => all.values().next().unwrap(),
    };
    check_cost(&document, &operation.node, &Variables::from_json(variables), limits)
}

fn check(document: &str) -> Result<OperationCost, CostError> {
    check_with(document, json!({}), &Limits::default())
}

fn complexity(document: &str, variables: Value) -> u64 {
    check_with(document, variables, &Limits::default()).unwrap().complexity
}

fn over(limit: &'static str, max: u64, actual: u64) -> CostError {
    CostError::Limit(LimitExceeded { limit, max, actual: Some(actual) })
}

/// The limit that a document is over.
fn limit(document: &str) -> Option<&'static str> {
    match check(document) {
        Err(CostError::Limit(exceeded)) => Some(exceeded.limit),
        _ => None,
    }
}

/// `n` fragments, of which each spreads the one before twice: 2ⁿ fields.
fn bomb(n: usize) -> String {
    let mut document = format!("{{ ...F{n} }} fragment F0 on Query {{ a }}");
    for i in 1..=n {
        write!(document, " fragment F{i} on Query {{ ...F{p} ...F{p} }}", p = i - 1).unwrap();
    }
    document
}

#[test]
fn introspection_is_within_all_limits() {
    assert_eq!(check_text(INTROSPECTION, &Limits::default()), Ok(()));
    let cost = check(INTROSPECTION).unwrap();
    assert_eq!(cost.root_fields, 1);
    assert!(cost.complexity < 500, "{cost:?}");
}

#[test]
fn a_fragment_bomb_is_counted_not_expanded() {
    let begin = Instant::now();
    assert_eq!(check(&bomb(30)).unwrap_err(), over("fields", 2_000, 1 << 30));
    assert_eq!(limit(&bomb(45)), Some("fields"));
    assert!(begin.elapsed().as_secs() < 1);
    assert_eq!(check(&bomb(5)).unwrap().complexity, 32);
}

#[test]
fn a_fragment_bomb_that_nothing_spreads_is_found_too() {
    let document = bomb(30).replacen("...F30", "a", 1);
    assert_eq!(limit(&document), Some("fields"));
}

#[test]
fn sums_and_products_saturate() {
    let document = "{ a(first: 500) ".repeat(18) + "{ b }" + &"}".repeat(18);
    assert_eq!(check(&document).unwrap_err(), over("complexity", 50_000, u64::MAX));

    // 2⁴⁰ times 125,250,501: a sum that wraps would be within any limit one day.
    let pages = "{ a(first: 500) { a(first: 500) { a(first: 500) { b } } } }";
    let document = bomb(40).replace("{ a }", pages);
    let limits = Limits { fields: u64::MAX, root_fields: u64::MAX, ..Limits::default() };
    assert_eq!(
        check_with(&document, json!({}), &limits).unwrap_err(),
        over("complexity", 50_000, u64::MAX)
    );
}

#[test]
fn cycles_are_found() {
    for document in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { a { ...B } } fragment B on Query { ... { ...A } }",
        "{ a } fragment A on Query { ...A }",
    ] {
        assert!(matches!(check(document), Err(CostError::FragmentCycle(_))), "{document}");
    }
}

#[test]
fn a_long_chain_of_fragments_does_not_go_deep() {
    let mut document = String::from("{ ...F0 } fragment F900 on Query { a }");
    for i in 0..900 {
        write!(document, " fragment F{i} on Query {{ ...F{} }}", i + 1).unwrap();
    }
    assert_eq!(limit(&document), Some("nesting"));
}

#[test]
fn floods_are_refused() {
    let aliases = " b: a".repeat(201);
    assert_eq!(check(&format!("{{ x {{ {aliases} }} }}")).unwrap_err(), over("aliases", 200, 201));
    let fields = " a".repeat(51);
    assert_eq!(check(&format!("mutation {{ {fields} }}")).unwrap_err(), over("rootFields", 50, 51));
    let fields = " a".repeat(2_000);
    assert_eq!(
        check(&format!("{{ x {{ {fields} }} }}")).unwrap_err(),
        over("fields", 2_000, 2_001)
    );
    let deep = "{ a ".repeat(21) + &"}".repeat(21);
    assert_eq!(check(&deep).unwrap_err(), over("depth", 20, 21));
}

#[test]
fn what_is_not_selected_counts_too() {
    let fields = " a".repeat(1_500);
    let document = format!("query A {{ x {{ {fields} }} }} query B {{ x {{ {fields} }} }}");
    assert_eq!(check(&document).unwrap_err(), over("fields", 2_000, 3_002));
}

#[test]
fn page_sizes_multiply() {
    assert_eq!(complexity("{ tasks(first: 10) { nodes { id } } }", json!({})), 1 + 10 * 2);
    assert_eq!(complexity("{ tasks(last: 10) { edges { node { id } } } }", json!({})), 1 + 10 * 3);
    let nested = "{ tasks(first: 10) { nodes { trials(first: 20) { nodes { id } } } } }";
    assert_eq!(complexity(nested, json!({})), 1 + 10 * (1 + 1 + 20 * 2));
    assert_eq!(complexity("{ nodes(ids: [1, 2, 3]) { id } }", json!({})), 1 + 3);
    let document = "query A($n: Int = 4, $ids: [ID!]) {
        tasks(first: $n) { nodes { id } } nodes(ids: $ids) { id } }";
    assert_eq!(complexity(document, json!({})), 1 + 4 * 2 + 1 + 1);
    assert_eq!(complexity(document, json!({ "n": 7, "ids": [1, 2] })), 1 + 7 * 2 + 1 + 2);
}

#[test]
fn a_connection_without_a_page_size_counts_as_its_default() {
    assert_eq!(complexity("{ tasks { nodes { id } } }", json!({})), 1 + 50 * 2);
    let document =
        "query A($n: Int) { tasks(first: $n) { ...F } } fragment F on C { edges { cursor } }";
    assert_eq!(complexity(document, json!({})), 1 + 50 * 2);
    assert_eq!(complexity(document, json!({ "n": null })), 1 + 50 * 2);
    assert_eq!(complexity("{ server { version } }", json!({})), 2);
}

#[test]
fn senseless_page_sizes_are_left_to_the_resolver() {
    for size in ["-1", "0", "1.5", "\"x\"", "[1]"] {
        let document = format!("{{ tasks(first: {size}) {{ nodes {{ id }} }} }}");
        assert_eq!(complexity(&document, json!({})), 3, "{size}");
    }
    assert_eq!(
        complexity("{ tasks(first: 999999999) { nodes { id } } }", json!({})),
        1 + 1_000 * 2
    );
}

#[test]
fn the_events_of_a_subscription_are_not_summed_up() {
    assert_eq!(complexity("subscription { taskEvents(first: 500) { cursor kind } }", json!({})), 3);
}

#[test]
fn a_look_at_every_trial_has_its_price() {
    let report = "{ task(id: 1) { spaceReport { version } } }";
    assert_eq!(complexity(report, json!({})), 1 + 1 + 1 + 200);
    let sorted = "query A($s: [TrialSort!]) {
        task(id: 1) { trials(first: 2, sort: $s) { nodes { id } } } }";
    let keys = json!({ "s": [{ "by": "STARTED" }] });
    assert_eq!(complexity(sorted, keys), 1 + 1 + 2 * 2 + 200);
    assert_eq!(complexity(sorted, json!({ "s": null })), 1 + 1 + 2 * 2);
    let preview = "{ spaceChangePreview(taskId: 1) { version } }";
    assert_eq!(complexity(preview, json!({})), 1 + 1 + 200);
}

#[test]
fn a_document_weighs_more_than_a_value() {
    assert_eq!(complexity("{ task(id: 1) { modelState } }", json!({})), 1 + 1 + 500);
    assert_eq!(
        complexity("{ tasks(first: 3) { nodes { metadata } } }", json!({})),
        1 + 3 * (1 + 11)
    );
}
