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
async fn an_error_with_only_non_null_fields_above_takes_all_data() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "{ server { version } tasks(after: \"nonsense\") { nodes { id } } }";
    let reply = app.graphql(query, json!({})).await;
    assert_eq!(reply.body["data"], Value::Null);
    assert_eq!(reply.body["errors"][0]["path"], json!(["tasks"]));

    let mutation = "mutation { updateTask(input: { id: \"00000000-0000-4000-8000-000000000000\" }) { task { id } } }";
    let reply = app.graphql(mutation, json!({})).await;
    assert_eq!(reply.body["data"], Value::Null, "no client can mistake it for success");
    assert_eq!(reply.error().code(), "TASK_NOT_FOUND");
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
