//! `updateTask` is partial: what is left out stays, null clears.

use std::collections::BTreeSet;

use asktell_tests::{App, Db, id_of, quadratic, time};
use rstest::rstest;
use serde_json::{Value, json};

fn full() -> Value {
    let mut input = quadratic();
    input["description"] = json!("to be changed");
    input["modelState"] = json!({ "lengthscale": 0.5 });
    input["metadata"] = json!({ "lab": "B12" });
    input
}

/// A field that an update may change.
struct Change {
    field: &'static str,
    value: Value,
    /// What to look at when it was cleared, and what must be there.
    cleared: (&'static str, Value),
}

fn changes(id: &str) -> Vec<Change> {
    let space = json!({ "parameters": [{ "int": { "name": "n", "low": 1, "high": 9 } }] });
    let change = |field, value, place, cleared| Change { field, value, cleared: (place, cleared) };
    vec![
        change("name", json!("Another"), "/name", json!(format!("Task_{}", &id[..8]))),
        change("description", json!("changed"), "/description", json!("")),
        change("parameterSpace", space, "/parameterSpace", Value::Null),
        change(
            "objectives",
            json!([{ "name": "g", "direction": "MAXIMIZE" }]),
            "/objectives",
            json!([]),
        ),
        change("strategy", json!({ "kind": "RANDOM", "seed": 1 }), "/strategy/kind", json!("AUTO")),
        change("modelState", json!([1, 2]), "/modelState", Value::Null),
        change("metadata", json!({ "other": true }), "/metadata", json!({})),
        change("priority", json!(-5), "/priority", json!(0)),
        change("owner", json!("Ada"), "/owner", json!("anonymous")),
        change("labels", json!(["gpu"]), "/labels", json!([])),
        change("tags", json!(["suzuki"]), "/tags", json!([])),
        change("budget", json!({ "maxTrials": 5 }), "/budget/maxTrials", Value::Null),
        change("trialPolicy", json!({ "maxAttempts": 9 }), "/trialPolicy/maxAttempts", json!(3)),
        change("pruning", json!({ "kind": "MEDIAN" }), "/pruning/kind", json!("NONE")),
        change(
            "constraints",
            json!([{ "name": "cost", "atMost": 5.0 }]),
            "/constraints",
            json!([]),
        ),
    ]
}

#[rstest]
#[tokio::test]
async fn each_field_changes_alone(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let mut before = app.create_task(full()).await;
    let id = id_of(&before);
    for Change { field, value, cleared } in changes(&id) {
        for given in [value, Value::Null] {
            let mut input = json!({ "id": id });
            input[field] = given.clone();
            let after = app.update_task(input).await;
            if given.is_null() {
                assert_eq!(after.pointer(cleared.0), Some(&cleared.1), "{field} is cleared");
            }
            let changed: BTreeSet<_> = before
                .as_object()
                .expect("a task")
                .iter()
                // The progress follows from the budget.
                .filter(|(name, value)| *name != "progress" && &after[name.as_str()] != *value)
                .map(|(name, _)| name.as_str())
                .collect();
            assert_eq!(changed, BTreeSet::from([field, "version", "sequence", "updatedAt"]));
            assert_eq!(after["version"], before["version"].as_i64().expect("a version") + 1);
            assert!(time(&after["updatedAt"]) > time(&before["updatedAt"]));
            before = after;
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_omitted_variable_leaves_its_field_alone(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let before = app.create_task(full()).await;
    let query = "mutation (
        $id: ID!, $name: String, $description: String, $space: ParameterSpaceInput, $metadata: JSONObject,
        $objectives: [ObjectiveInput!], $strategy: StrategyInput, $state: JSON, $version: Int
      ) { updateTask(input: {
        id: $id, expectedVersion: $version, name: $name, description: $description, parameterSpace: $space,
        objectives: $objectives, strategy: $strategy, modelState: $state, metadata: $metadata
      }) { task { name description metadata modelState objectives { name } strategy { seed }
           parameterSpace { parameters { name } } } } }";
    let data = app.graphql(query, json!({ "id": before["id"], "name": "Renamed" })).await.data();
    assert_eq!(
        data["updateTask"]["task"],
        json!({
            "name": "Renamed",
            "description": "to be changed",
            "metadata": { "lab": "B12" },
            "modelState": { "lengthscale": 0.5 },
            "objectives": [{ "name": "loss" }],
            "strategy": { "seed": 7 },
            "parameterSpace": { "parameters": [{ "name": "x" }, { "name": "y" }] },
        })
    );
    // And a variable that is given as null clears.
    let data = app.graphql(query, json!({ "id": before["id"], "state": null })).await.data();
    assert_eq!(data["updateTask"]["task"]["modelState"], Value::Null);
    assert_eq!(data["updateTask"]["task"]["metadata"], json!({ "lab": "B12" }));
}

#[rstest]
#[tokio::test]
async fn an_update_that_changes_nothing_writes_nothing(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let before = app.create_task(full()).await;
    let id = id_of(&before);
    let same = json!({ "id": id, "name": before["name"], "metadata": before["metadata"] });
    assert_eq!(app.update_task(same).await, before);
    assert_eq!(app.update_task(json!({ "id": id })).await, before);
    assert_eq!(app.events_of(&id).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn what_has_an_operation_of_its_own_is_refused_by_update(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let before = app.create_task(full()).await;
    let id = id_of(&before);
    for field in
        ["status", "results", "nextPoints", "initialDesigns", "version", "createdAt", "nonsense"]
    {
        let mut input = json!({ "id": id });
        input[field] = json!([]);
        let error = app.mutate("updateTask", input).await.error();
        assert!(
            ["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"].contains(&error.code()),
            "{field}: {}",
            error.code()
        );
    }
    assert_eq!(app.task(&id).await, before);
}

#[rstest]
#[tokio::test]
async fn an_expected_version_is_compared(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(full()).await);
    app.update_task(json!({ "id": id, "expectedVersion": 1, "name": "at 2" })).await;
    for (mutation, input) in [
        ("updateTask", json!({ "id": id, "expectedVersion": 1, "name": "lost" })),
        ("transitionTask", json!({ "id": id, "expectedVersion": 1, "to": "RUNNING" })),
        ("deleteTask", json!({ "id": id, "expectedVersion": 3 })),
    ] {
        let expected = input["expectedVersion"].clone();
        let error = app.mutate(mutation, input).await.error();
        assert_eq!(error.code(), "VERSION_CONFLICT", "{mutation}");
        assert_eq!(error.detail("expected"), &expected);
        assert_eq!(error.detail("actual"), 2);
    }
    assert_eq!(app.task(&id).await["name"], "at 2");
    assert_eq!(app.events_of(&id).await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn no_update_loses_another(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(full()).await);
    let updates = (0..32).map(|n| {
        let change = match n % 4 {
            0 => ("name", json!(format!("name {n}"))),
            1 => ("description", json!(format!("description {n}"))),
            2 => ("metadata", json!({ "n": n })),
            _ => ("modelState", json!({ "n": n })),
        };
        let mut input = json!({ "id": id });
        input[change.0] = change.1;
        app.update_task(input)
    });
    let replies = futures_util::future::join_all(updates).await;
    let mut versions: Vec<_> = replies.iter().filter_map(|task| task["version"].as_i64()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..=33).collect::<Vec<_>>());
    let task = app.task(&id).await;
    for (field, prefix) in [("name", "name "), ("description", "description ")] {
        assert!(task[field].as_str().is_some_and(|text| text.starts_with(prefix)));
    }
    assert!(task["metadata"]["n"].is_number() && task["modelState"]["n"].is_number());
}

#[rstest]
#[tokio::test]
async fn what_is_optimized_is_fixed_once_started(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(full()).await;
    let before = app.task(&id).await;
    for (field, code) in
        [("parameterSpace", "INCOMPATIBLE_SPACE"), ("objectives", "TASK_ALREADY_STARTED")]
    {
        let change = changes(&id).into_iter().find(|change| change.field == field);
        let value = change.expect("a change").value;
        for (given, code) in [(value, code), (Value::Null, "TASK_ALREADY_STARTED")] {
            let mut input = json!({ "id": id });
            input[field] = given;
            let error = app.mutate("updateTask", input).await.error();
            assert_eq!(error.code(), code, "{field}");
        }
    }
    assert_eq!(app.task(&id).await, before);
    let renamed = app.update_task(json!({ "id": id, "name": "still possible" })).await;
    assert_eq!(renamed["name"], "still possible");
    let switched = app.update_task(json!({ "id": id, "strategy": { "kind": "RANDOM" } })).await;
    assert_eq!(switched["strategy"]["kind"], "RANDOM");
}

#[rstest]
#[tokio::test]
async fn a_task_belongs_to_who_made_it_unless_it_is_given_to_another(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let made = app.mutate_as("Ada", "createTask", quadratic()).await.data();
    let task = &made["createTask"]["task"];
    assert_eq!(task["owner"], "Ada");
    let given = app.update_task(json!({ "id": task["id"], "owner": "Bob" })).await;
    assert_eq!(given["owner"], "Bob");
    let back = app.update_task(json!({ "id": task["id"], "owner": null })).await;
    assert_eq!(back["owner"], "anonymous", "nobody remembers who made it");
    let mut input = quadratic();
    input["owner"] = json!("the lab");
    let made = app.mutate_as("Ada", "createTask", input).await.data();
    assert_eq!(made["createTask"]["task"]["owner"], "the lab");
}

#[rstest]
#[tokio::test]
async fn a_settings_object_is_replaced_as_a_whole(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["budget"] = json!({ "maxTrials": 5, "patience": 3 });
    input["trialPolicy"] = json!({ "maxAttempts": 5, "lateResults": "REJECT" });
    let id = app.running_task(input).await;
    let task = app.update_task(json!({ "id": id, "budget": { "maxRunning": 2 } })).await;
    assert_eq!(
        (&task["budget"]["maxTrials"], &task["budget"]["maxRunning"]),
        (&Value::Null, &json!(2))
    );
    let task = app.update_task(json!({ "id": id, "trialPolicy": { "leaseSeconds": 9 } })).await;
    let policy = &task["trialPolicy"];
    assert_eq!((&policy["maxAttempts"], &policy["lateResults"]), (&json!(3), &json!("ACCEPT")));
    assert_eq!(policy["leaseSeconds"], 9.0);
}
