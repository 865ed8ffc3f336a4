//! What the pinned GraphQL library must do, whatever its next version does. That an omitted variable
//! leaves a field alone is tested in [`crate::updates`].

use asktell_tests::{App, Db, id_of, quadratic};
use serde_json::{Value, json};

#[tokio::test]
async fn an_error_in_a_non_null_field_takes_the_nearest_nullable_one_with_it() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    // `trials` is non-null, `task` may be null.
    let query = "query ($id: ID!) {
        good: task(id: $id) { name }
        bad: task(id: $id) { name trials(after: \"nonsense\") { nodes { id } } } }";
    let reply = app.graphql(query, json!({ "id": id })).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["data"], json!({ "good": { "name": "Quadratic" }, "bad": null }));
    assert_eq!(reply.body["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(reply.body["errors"][0]["path"], json!(["bad", "trials"]));
    assert_eq!(reply.error().code(), "CURSOR_INVALID");
}

#[tokio::test]
async fn a_root_field_that_fails_leaves_its_siblings() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "{ server { version } tasks(after: \"nonsense\") { nodes { id } } }";
    let reply = app.graphql(query, json!({})).await;
    assert!(reply.body["data"]["server"]["version"].is_string(), "{}", reply.body);
    assert_eq!(reply.body["data"]["tasks"], Value::Null);
    assert_eq!(reply.body["errors"][0]["path"], json!(["tasks"]));

    // What has been done is told, and what has failed is null, so that no client can mistake it for success.
    let nobody = "00000000-0000-4000-8000-000000000000";
    let mutation = format!(
        "mutation {{ a: createTask(input: {{ name: \"kept\" }}) {{ task {{ id name }} }}
        b: transitionTask(input: {{ id: \"{nobody}\", to: RUNNING }}) {{ task {{ id }} }}
        c: createTask(input: {{ name: \"kept, too\" }}) {{ task {{ name }} }} }}"
    );
    let reply = app.graphql(&mutation, json!({})).await;
    let data = &reply.body["data"];
    assert_eq!(data["a"]["task"]["name"], "kept");
    assert_eq!((&data["b"], &data["c"]["task"]["name"]), (&Value::Null, &json!("kept, too")));
    assert_eq!(reply.body["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(reply.body["errors"][0]["path"], json!(["b"]));
    assert_eq!(reply.error().code(), "TASK_NOT_FOUND");
}

/// What is not null of `Query` and `Mutation` cannot fail.
#[tokio::test]
async fn every_root_field_that_can_fail_is_nullable() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "{ __schema { queryType { ...Root } mutationType { ...Root } } }
        fragment Root on __Type { fields { name type { kind } } }";
    let schema = app.graphql(query, json!({})).await.data()["__schema"].clone();
    for (root, infallible) in [("queryType", vec!["server"]), ("mutationType", vec![])] {
        let fields = schema[root]["fields"].as_array().expect("fields").iter();
        let strict = fields.filter(|field| field["type"]["kind"] == "NON_NULL");
        let names: Vec<_> = strict.filter_map(|field| field["name"].as_str()).collect();
        assert_eq!(names, infallible, "{root}");
    }
}

#[tokio::test]
async fn typename_takes_directives_like_every_field() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "query ($x: Boolean!, $y: Boolean!) {
        __typename @skip(if: $x) named: __typename @include(if: $y)
        server { ...S } } fragment S on Server { __typename @skip(if: $x) version @skip(if: $y) }";
    for (x, y) in [(true, true), (true, false), (false, true), (false, false)] {
        let data = app.graphql(query, json!({ "x": x, "y": y })).await.data();
        assert_eq!(data.get("__typename").is_some(), !x, "{data}");
        assert_eq!(data.get("named").is_some(), y, "{data}");
        assert_eq!(data["server"].get("__typename").is_some(), !x, "{data}");
    }
}

#[tokio::test]
async fn blanks_stand_between_any_two_tokens() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    for types in ["[ ID! ]!", "[ID !] !", "[\n# one id\nID\t!,]\n!", "[,ID!]! "] {
        let query = format!("query ($ ids : {types}) {{ nodes(ids: $ids) {{ id }} }}");
        let data = app.graphql(&query, json!({ "ids": [id] })).await.data();
        assert_eq!(data["nodes"][0]["id"], json!(id), "{types}");
    }
    // Places in errors are those of the document that was sent.
    let query = "query ($ids: [ ID! ]!) { nodes(ids: $ids) { id } oops }";
    let reply = app.graphql(query, json!({ "ids": [] })).await;
    let column = query.find("oops").map(|at| at + 1);
    assert_eq!(reply.body["errors"][0]["locations"], json!([{ "line": 1, "column": column }]));
}

#[tokio::test]
async fn defaults_of_input_fields_are_applied() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query =
        "mutation ($log: Boolean! = true) { createTask(input: { parameterSpace: { parameters: [
        { int: { name: \"n\", low: 1, high: 9 } }
        { float: { name: \"x\", low: 1, high: 2, log: $log } }
      ] } }) { task { parameterSpace { parameters {
        ... on IntParameter { step log } ... on FloatParameter { log } } } } } }";
    let data = app.graphql(query, json!({})).await.data();
    assert_eq!(
        data["createTask"]["task"]["parameterSpace"]["parameters"],
        json!([{ "step": 1, "log": false }, { "log": true }])
    );
}

#[tokio::test]
async fn mutations_of_one_document_run_one_after_the_other() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = app.running_task(quadratic()).await;
    let query = "mutation ($id: ID!) {
        a: transitionTask(input: { id: $id, to: PAUSED }) { task { version } }
        b: transitionTask(input: { id: $id, to: RUNNING }) { task { version } }
        c: transitionTask(input: { id: $id, to: COMPLETED }) { task { version } } }";
    let data = app.graphql(query, json!({ "id": id })).await.data();
    let versions: Vec<_> =
        ["a", "b", "c"].iter().map(|alias| data[alias]["task"]["version"].clone()).collect();
    assert_eq!(versions, [3, 4, 5]);
}
