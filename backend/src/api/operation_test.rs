//! Tests of the boundary, with a schema of their own. They also hold the library to what the
//! boundary relies on.

#![expect(clippy::unused_async, reason = "the library wants its resolvers async")]

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_graphql::{
    Context, Error, ErrorExtensions, InputObject, Object, Result, Schema, Subscription,
};
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};

use super::{
    GraphQl, Limits, Operation, OperationKind, RequestParams, Response, ResponseKind, caller, code,
};
use crate::task::Caller;

#[derive(InputObject)]
struct Point {
    x: i32,
    next: Option<Box<Self>>,
}

fn coded(code: &'static str) -> Error {
    Error::new("in the resolver's words").extend_with(|_, extensions| extensions.set("code", code))
}

struct TestQuery;

#[Object]
impl TestQuery {
    async fn actor(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(ctx.data::<Caller>()?.actor.to_string())
    }
    async fn sum(&self, point: Point) -> i32 {
        point.x + point.next.map_or(0, |next| next.x)
    }
    async fn fails(&self) -> Result<i32> {
        Err(coded("OF_ITS_OWN"))
    }
    async fn fails_softly(&self) -> Result<Option<i32>> {
        Err("the password is hunter2".into())
    }
    async fn child(&self) -> Option<Self> {
        Some(Self)
    }
    async fn children(&self) -> Vec<Option<Self>> {
        vec![Some(Self), None]
    }
    async fn sleeps(&self) -> i32 {
        std::future::pending().await
    }
    async fn panics(&self) -> i32 {
        [1, 2][std::hint::black_box(2)]
    }
}

/// Counts what it completed.
#[derive(Default)]
struct TestMutation(AtomicUsize);

#[Object]
impl TestMutation {
    async fn takes_its_time(&self) -> usize {
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.0.fetch_add(1, Ordering::SeqCst)
    }
    async fn completed(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
    async fn panics(&self) -> i32 {
        [1, 2][std::hint::black_box(2)]
    }
}

struct TestSubscription;

#[Subscription]
impl TestSubscription {
    async fn countdown(&self, from: i32) -> impl Stream<Item = i32> {
        stream::iter((0..from).rev())
    }
    async fn stumbles(&self) -> impl Stream<Item = Result<i32>> {
        stream::iter([Ok(1), Err(coded("OF_ITS_OWN")), Ok(3)])
    }
    async fn never_begins(&self, begins: Option<bool>) -> Result<impl Stream<Item = i32>> {
        if begins.is_none() { Err(coded("OF_ITS_OWN")) } else { Ok(stream::iter([1])) }
    }
    async fn panics(&self) -> impl Stream<Item = i32> {
        stream::iter([0, 1]).map(|n| [7][n])
    }
}

type TestGraphQl = GraphQl<TestQuery, TestMutation, TestSubscription>;

fn graphql(limits: Limits) -> TestGraphQl {
    let builder = Schema::build(TestQuery, TestMutation::default(), TestSubscription);
    GraphQl::new(builder, limits)
}

fn prepare(graphql: &TestGraphQl, params: Value) -> Result<Operation, Response> {
    graphql.prepare(RequestParams::from_json(params)?, caller(Some(" Ada "))?)
}

async fn execute_params(params: Value) -> (ResponseKind, Value) {
    let graphql = graphql(Limits::default());
    let response = match prepare(&graphql, params) {
        Ok(operation) => graphql.execute(operation).await,
        Err(refusal) => refusal,
    };
    (response.kind(), json!(response))
}

async fn execute(query: &str) -> (ResponseKind, Value) {
    execute_params(json!({ "query": query })).await
}

/// The kinds and responses of a subscription.
async fn subscribe(query: &str) -> Vec<(ResponseKind, Value)> {
    let graphql = graphql(Limits::default());
    let responses = match prepare(&graphql, json!({ "query": query })) {
        Ok(operation) => graphql.stream(operation).collect().await,
        Err(refusal) => vec![refusal],
    };
    responses.into_iter().map(|response| (response.kind(), json!(response))).collect()
}

fn code_of(response: &Value) -> &str {
    response["errors"][0]["extensions"]["code"].as_str().unwrap()
}

#[tokio::test]
async fn an_operation_is_executed_for_its_caller() {
    let expected = json!({ "data": { "actor": "Ada" } });
    assert_eq!(execute("{ actor }").await, (ResponseKind::Executed, expected));
}

#[test]
fn the_caller_has_a_name_or_is_anonymous() {
    for (name, expected) in [(None, "anonymous"), (Some("  "), "anonymous"), (Some("Ünal"), "Ünal")]
    {
        assert_eq!(caller(name).unwrap().actor.as_str(), expected);
    }
    for name in ["a\u{7}b", &"x".repeat(101)] {
        assert!(caller(Some(name)).is_err());
    }
}

#[tokio::test]
async fn refusals_have_a_code_and_no_data() {
    let deep = format!("{{ sum(point: {}{}) }}", "[".repeat(1_800), "]".repeat(1_800));
    for (query, expected) in [
        ("", code::PARSE_FAILED),
        ("{ actor", code::PARSE_FAILED),
        ("{ actor(a: \") }", code::PARSE_FAILED),
        ("{ nothing }", code::VALIDATION_FAILED),
        ("{ ...A } fragment A on Query { ...A }", code::VALIDATION_FAILED),
        ("fragment A on TestQuery { actor }", code::VALIDATION_FAILED),
        ("query A { actor } query A { actor }", code::VALIDATION_FAILED),
        ("subscription { countdown(from: 1) }", code::BAD_REQUEST),
        (&deep, code::LIMIT_EXCEEDED),
    ] {
        let (kind, response) = execute(query).await;
        assert_eq!((kind, code_of(&response)), (ResponseKind::Refused, expected), "{query}");
        assert!(response.get("data").is_none(), "{query}");
    }
}

#[tokio::test]
async fn a_limit_tells_its_name_and_size() {
    let query = format!("{{ {} }}", "actor ".repeat(51));
    let expected =
        json!({ "code": "LIMIT_EXCEEDED", "limit": "rootFields", "max": 50, "actual": 51 });
    assert_eq!(execute(&query).await.1["errors"][0]["extensions"], expected);
}

#[tokio::test]
async fn a_syntax_error_tells_its_place_in_one_line() {
    let (_, response) = execute("{\n  actor(\n}").await;
    assert_eq!(response["errors"][0]["locations"], json!([{ "line": 3, "column": 1 }]));
    let (_, response) = execute("{\n  actor(a: \"ü").await;
    assert_eq!(response["errors"][0]["locations"], json!([{ "line": 2, "column": 12 }]));
    assert!(!response["errors"][0]["message"].as_str().unwrap().contains('\n'));
}

#[tokio::test]
async fn the_operation_is_found_by_its_name() {
    let query = "query A { a: actor } query B { b: actor }";
    for (name, expected) in [
        (json!("B"), Ok("b")),
        (json!(null), Err(code::OPERATION_NOT_FOUND)),
        (json!("C"), Err(code::OPERATION_NOT_FOUND)),
    ] {
        let (_, response) = execute_params(json!({ "query": query, "operationName": name })).await;
        match expected {
            Ok(alias) => assert_eq!(response, json!({ "data": { alias: "Ada" } })),
            Err(code) => assert_eq!(code_of(&response), code),
        }
    }
    let named = json!({ "query": "{ actor }", "operationName": "A" });
    assert_eq!(code_of(&execute_params(named).await.1), code::OPERATION_NOT_FOUND);
    let unnamed = json!({ "query": "query A { actor }", "operationName": "" });
    assert_eq!(execute_params(unnamed).await.0, ResponseKind::Executed);
}

#[tokio::test]
async fn values_of_the_wrong_type_are_bad_input() {
    let whole = "query A($p: Point!) { sum(point: $p) }";
    let inside = "query A($x: Int!, $p: Point) { sum(point: { x: $x, next: $p }) }";
    for (query, variables) in [
        ("{ sum(point: { x: \"1\" }) }", json!({})),
        ("{ sum(point: { y: 1 }) }", json!({})),
        (whole, json!({})),
        (whole, json!({ "p": null })),
        (whole, json!({ "p": 1 })),
        (whole, json!({ "p": { "x": "1" } })),
        (whole, json!({ "p": { "x": 1, "y": 1 } })),
        (inside, json!({ "x": 1.5 })),
        (inside, json!({ "x": 1, "p": { "x": true } })),
    ] {
        let (_, response) = execute_params(json!({ "query": query, "variables": variables })).await;
        assert_eq!(code_of(&response), code::BAD_USER_INPUT, "{query} {variables} {response}");
        assert!(response.get("data").is_none_or(Value::is_null));
    }
    let (_, response) = execute_params(json!({ "query": inside, "variables": { "x": 1 } })).await;
    assert_eq!(response, json!({ "data": { "sum": 1 } }));
}

#[tokio::test]
async fn a_root_that_became_null_was_executed() {
    let (kind, response) = execute("{ actor fails }").await;
    assert_eq!((kind, code_of(&response)), (ResponseKind::Executed, "OF_ITS_OWN"));
    assert_eq!(response.get("data"), Some(&Value::Null));
}

#[tokio::test]
async fn an_error_goes_up_to_the_next_nullable_field_and_no_further() {
    let query = "{ actor child { fails } children { actor child { failsSoftly actor } } }";
    let (_, response) = execute(query).await;
    let grandchild = json!({ "failsSoftly": null, "actor": "Ada" });
    let children = json!([{ "actor": "Ada", "child": grandchild }, null]);
    assert_eq!(response["data"], json!({ "actor": "Ada", "child": null, "children": children }));
    let paths: Vec<&Value> =
        response["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
    assert_eq!(
        paths,
        [&json!(["child", "fails"]), &json!(["children", 0, "child", "failsSoftly"])]
    );
}

#[tokio::test]
async fn errors_without_a_code_are_internal_and_say_nothing() {
    let (kind, response) = execute("{ actor failsSoftly }").await;
    assert_eq!((kind, code_of(&response)), (ResponseKind::Executed, code::INTERNAL));
    assert_eq!(response["data"], json!({ "actor": "Ada", "failsSoftly": null }));
    assert!(!response.to_string().contains("hunter2"));
}

#[tokio::test]
async fn a_panic_is_internal() {
    for query in ["{ panics }", "mutation { panics }"] {
        let (kind, response) = execute(query).await;
        assert_eq!((kind, code_of(&response)), (ResponseKind::Failed, code::INTERNAL));
        assert!(response.get("data").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_has_a_time_limit() {
    let (kind, response) = execute("{ sleeps }").await;
    assert_eq!((kind, code_of(&response)), (ResponseKind::GivenUp, code::TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn a_mutation_outlives_its_client() {
    let graphql = graphql(Limits::default());
    let slow = prepare(&graphql, json!({ "query": "mutation { takesItsTime }" })).unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(10), graphql.execute(slow)).await;
    assert!(given_up.is_err());
    graphql.settle().await;
    let look = prepare(&graphql, json!({ "query": "mutation { completed }" })).unwrap();
    assert_eq!(json!(graphql.execute(look).await), json!({ "data": { "completed": 1 } }));
}

#[tokio::test]
async fn the_kind_of_an_operation_is_known_before_it_runs() {
    let graphql = graphql(Limits::default());
    for (query, kind) in [
        ("{ actor }", OperationKind::Query),
        ("mutation { completed }", OperationKind::Mutation),
        ("subscription { countdown(from: 1) }", OperationKind::Subscription),
    ] {
        assert_eq!(prepare(&graphql, json!({ "query": query })).unwrap().kind(), kind);
    }
}

#[tokio::test]
async fn a_query_streams_as_one_response() {
    let expected = (ResponseKind::Executed, json!({ "data": { "actor": "Ada" } }));
    assert_eq!(subscribe("{ actor }").await, [expected]);
}

#[tokio::test]
async fn each_event_is_executed() {
    let event = |n: i32| (ResponseKind::Executed, json!({ "data": { "countdown": n } }));
    assert_eq!(subscribe("subscription { countdown(from: 2) }").await, [event(1), event(0)]);
}

#[tokio::test]
async fn an_error_of_one_event_is_not_the_end() {
    let responses = subscribe("subscription { stumbles }").await;
    assert_eq!(responses.len(), 3);
    assert!(responses.iter().all(|(kind, _)| *kind == ResponseKind::Executed));
    assert_eq!(code_of(&responses[1].1), "OF_ITS_OWN");
}

#[tokio::test]
async fn a_subscription_that_does_not_begin_is_refused() {
    for (query, expected) in [
        ("subscription { neverBegins }", "OF_ITS_OWN"),
        ("subscription { neverBegins(begins: 1) }", code::BAD_USER_INPUT),
        ("subscription { nothing }", code::VALIDATION_FAILED),
        ("subscription { __typename }", code::VALIDATION_FAILED),
        ("subscription { a: countdown(from: 1) b: countdown(from: 1) }", code::VALIDATION_FAILED),
        ("subscription { ... { countdown(from: 1) } }", code::VALIDATION_FAILED),
    ] {
        let responses = subscribe(query).await;
        assert_eq!(responses.len(), 1, "{query}");
        let (kind, response) = &responses[0];
        assert_eq!((*kind, code_of(response)), (ResponseKind::Refused, expected), "{query}");
    }
}

#[tokio::test]
async fn a_panic_ends_a_subscription() {
    let responses = subscribe("subscription { panics }").await;
    let kinds: Vec<ResponseKind> = responses.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [ResponseKind::Executed, ResponseKind::Failed]);
}
