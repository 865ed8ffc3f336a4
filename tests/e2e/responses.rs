//! A response has a budget of memory, however large the documents are that tasks keep.

use asktell_tests::{App, Db, id_of, nodes, quadratic};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

fn memory(app: &App) -> u64 {
    let path = format!("/proc/{}/status", app.server().process());
    let status = std::fs::read_to_string(path).expect("the status of the process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("a number") >> 10
}

/// A task with as large a model state as there may be, and 1,000 results.
async fn heavy_task(app: &App) -> String {
    let mut input = quadratic();
    input["modelState"] = json!(vec![1; 250_000]);
    let id = id_of(&app.create_task(input).await);
    let result = |n: u32| {
        let values = json!([{ "objective": "loss", "value": n }]);
        json!({ "point": { "x": f64::from(n) / 1e3, "y": 1.0 }, "outcome": { "values": values } })
    };
    let results: Vec<_> = (0..1_000).map(result).collect();
    app.payload("addResults", json!({ "taskId": id, "results": results })).await;
    id
}

#[rstest]
#[tokio::test]
async fn a_document_asked_for_a_thousand_times_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = heavy_task(&app).await;
    let before = memory(&app);
    // By what it is estimated to be.
    let aliases = |size: u32, count: u32| {
        let alias = |n| {
            format!(
                "a{n}: task(id: $id) {{ trials(first: {size}) {{ nodes {{ task {{ modelState }} }} }} }}"
            )
        };
        format!("query ($id: ID!) {{ {} }}", (0..count).map(alias).collect::<Vec<_>>().join(" "))
    };
    let error = app.graphql(&aliases(1_000, 14), json!({ "id": id })).await.error();
    assert_eq!((error.code(), error.detail("limit")), ("LIMIT_EXCEEDED", &json!("complexity")));
    // By what it is: each of these is within the estimate.
    let attacks = (0..4).map(|_| app.graphql(
        "query ($id: ID!) { task(id: $id) { trials(first: 90) { nodes { task { modelState } } } } }",
        json!({ "id": id }),
    ));
    for reply in join_all(attacks).await {
        assert_eq!(reply.body["data"], Value::Null);
        let error = reply.error();
        match error.code() {
            "LIMIT_EXCEEDED" => assert_eq!(error.detail("limit"), &json!("responseBytes")),
            code => assert_eq!(code, "SERVER_BUSY"),
        }
    }
    let grown = memory(&app) - before;
    assert!(grown < 64, "grown by {grown} MiB");
    // What fits comes as it was kept, and the memory was given back.
    for _ in 0..5 {
        let query = "query ($id: ID!) { a: task(id: $id) { modelState } b: task(id: $id) { modelState metadata } }";
        let data = app.graphql(query, json!({ "id": id })).await.data();
        assert_eq!(data["a"]["modelState"], json!(vec![1; 250_000]));
        assert_eq!(data["a"]["modelState"], data["b"]["modelState"]);
        assert_eq!(data["b"]["metadata"], json!({}));
    }
}

#[tokio::test]
async fn a_mutation_tells_what_it_has_done_even_if_not_all_of_it_fits() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = heavy_task(&app).await;
    let mutation = "mutation ($id: ID!) {
        a: createTask(input: { name: \"kept\" }) { task { name } }
        b: updateTask(input: { id: $id, name: \"changed\" }) { task { trials(first: 90) { nodes { task { modelState } } } } }
        c: createTask(input: { name: \"not begun\" }) { task { name } } }";
    let reply = app.graphql(mutation, json!({ "id": id })).await;
    assert_eq!(reply.body["data"]["a"]["task"]["name"], "kept");
    // There is no room left to tell of another one, so it is not begun.
    assert_eq!(reply.body["data"]["c"], Value::Null);
    let errors = reply.body["errors"].as_array().expect("errors").clone();
    assert_eq!((errors.len(), &errors[1]["path"]), (2, &json!(["c"])), "{errors:?}");
    assert!(errors.iter().all(|error| error["extensions"]["limit"] == "responseBytes"));
    let query = "{ tasks(first: 10) { nodes { name } } }";
    let data = app.graphql(query, json!({})).await.data();
    let names: Vec<_> = nodes(&data["tasks"]).iter().map(|task| task["name"].clone()).collect();
    assert_eq!(names, ["kept", "changed"]);
}

#[tokio::test]
async fn documents_come_as_they_were_kept() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let metadata =
        json!({ "z": [1, 1.5, true, null, "a\"b\u{2028}\u{1f9ea}"], "a": { "b": {} }, "n": 1e300 });
    for state in [json!(null), json!(false), json!(0), json!(""), json!([]), json!({ "k": [null] })]
    {
        let id =
            id_of(&app.create_task(json!({ "modelState": state, "metadata": metadata })).await);
        let task = app.task(&id).await;
        assert_eq!((&task["modelState"], &task["metadata"]), (&state, &metadata));
    }
}
