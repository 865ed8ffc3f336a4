//! `cloneTask`: how a campaign goes on.

use asktell_tests::{App, Db, eventually, id_of, new_id, now, quadratic_with, run, time};
use chrono::{SecondsFormat, TimeDelta};
use rstest::rstest;
use serde_json::{Value, json};

/// A task with something in every field that a clone takes over.
fn full() -> Value {
    let soon = now() + TimeDelta::seconds(2);
    let soon = soon.to_rfc3339_opts(SecondsFormat::Micros, true);
    quadratic_with(json!({
        "description": "the first campaign",
        "strategy": { "kind": "AUTO", "seed": 7, "initialDesign": { "method": "SOBOL", "count": 2 } },
        "metadata": { "lab": "B12" },
        "modelState": { "own": true },
        "priority": 5,
        "labels": ["gpu"],
        "budget": { "maxTrials": 40, "deadline": soon },
        "trialPolicy": { "maxAttempts": 9 },
        "pruning": { "kind": "MEDIAN" },
        "constraints": [{ "name": "cost", "atMost": 5.0 }],
    }))
}

#[rstest]
#[tokio::test]
async fn a_clone_is_a_new_task_with_the_same_rules(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let source = app.create_task(full()).await;
    let deadline = time(&source["budget"]["deadline"]);
    eventually(5, "the deadline", async || (now() > deadline).then_some(())).await;
    let clone = app.payload("cloneTask", json!({ "id": source["id"] })).await["task"].clone();
    for field in [
        "name",
        "description",
        "parameterSpace",
        "objectives",
        "metadata",
        "priority",
        "labels",
        "trialPolicy",
        "pruning",
        "constraints",
    ] {
        assert_eq!(clone[field], source[field], "{field}");
    }
    assert_ne!(clone["id"], source["id"]);
    assert_eq!(clone["clonedFrom"], source["id"]);
    assert_eq!((&clone["status"], &clone["version"]), (&json!("CREATED"), &json!(1)));
    assert_eq!(clone["modelState"], Value::Null);
    assert_eq!(clone["budget"]["maxTrials"], 40);
    assert_eq!(clone["budget"]["deadline"], Value::Null, "it has passed");
    assert_eq!(clone["strategy"]["initialDesign"], source["strategy"]["initialDesign"]);
    assert_ne!(clone["strategy"]["seed"], 7);
    let events = app.events_of(&id_of(&clone)).await;
    let told = json!({ "field": "clonedFrom", "old": null, "new": source["id"] });
    assert_eq!((events.len(), &events[0]["kind"]), (1, &json!("CREATED")));
    assert!(events[0]["changes"].as_array().expect("changes").contains(&told), "{}", events[0]);

    let chosen = new_id();
    let input = json!({
        "id": source["id"], "newId": chosen, "name": "Again", "owner": "Ada", "priority": -3, "keepSeed": true,
    });
    let clone = app.payload("cloneTask", input).await["task"].clone();
    assert_eq!((id_of(&clone), &clone["name"]), (chosen, &json!("Again")));
    assert_eq!((&clone["owner"], &clone["priority"]), (&json!("Ada"), &json!(-3)));
    assert_eq!(clone["strategy"]["seed"], 7);
    assert_eq!(app.task(&id_of(&source)).await, source, "the source stays as it is");
}

#[rstest]
#[tokio::test]
async fn a_campaign_goes_on_with_the_results_of_a_finished_one(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = full();
    for field in ["constraints", "pruning", "budget", "strategy"] {
        input.as_object_mut().expect("a task").remove(field);
    }
    let id = app.running_task(input).await;
    for trial in app.ask(&id, 8).await {
        let at = |name: &str| trial["point"][name].as_f64().expect("a number");
        let value = (at("x") - 2.0).powi(2) + (at("y") - 7.0).powi(2);
        app.tell(&trial, value).await;
    }
    app.transition(&id, "COMPLETED").await;
    let input = json!({ "id": id, "withResults": true });
    let clone = app.payload("cloneTask", input).await["task"].clone();
    assert_eq!(clone["strategy"]["warmStart"], json!([id]));
    assert_eq!((&clone["trialCounts"]["total"], &clone["bestValue"]), (&json!(0), &Value::Null));
    let clone = id_of(&clone);
    app.transition(&clone, "RUNNING").await;
    // Its results are in the clone, whatever becomes of the source.
    app.delete_task(&id).await;
    let trial = app.ask(&clone, 1).await.remove(0);
    assert_eq!(trial["proposal"]["results"], 8);
    app.tell(&trial, 3.0).await;
    // They stay through a change of the space, too.
    let space = json!({ "parameters": [
        { "float": { "name": "x", "low": -20.0, "high": 20.0 } },
        { "float": { "name": "y", "low": 0.0, "high": 15.0 } },
    ] });
    app.update_task(json!({ "id": clone, "parameterSpace": space })).await;
    assert_eq!(app.ask(&clone, 1).await[0]["proposal"]["results"], 9);
}

#[rstest]
#[tokio::test]
async fn a_clone_that_is_asked_for_twice_is_made_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let source = app.create_task(full()).await;
    let input = json!({ "id": source["id"], "idempotencyKey": "again" });
    let first = app.payload("cloneTask", input.clone()).await;
    assert_eq!(app.payload("cloneTask", input).await, first);
    let count = "query { tasks { nodes { id } } }";
    let data = app.graphql(count, json!({})).await.data();
    assert_eq!(data["tasks"]["nodes"].as_array().expect("tasks").len(), 2);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_cloned_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let source = app.create_task(full()).await;
    let sobol = app.create_task(quadratic_with(json!({}))).await;
    for (input, code, path) in [
        (json!({ "id": new_id() }), "TASK_NOT_FOUND", ""),
        (json!({ "id": "nobody" }), "VALIDATION_FAILED", "input.id"),
        (json!({ "id": source["id"], "newId": "x" }), "VALIDATION_FAILED", "input.newId"),
        (json!({ "id": source["id"], "newId": source["id"] }), "TASK_ALREADY_EXISTS", ""),
        (json!({ "id": source["id"], "name": "" }), "VALIDATION_FAILED", "input.name"),
        (
            json!({ "id": sobol["id"], "withResults": true }),
            "VALIDATION_FAILED",
            "input.withResults",
        ),
    ] {
        let error = app.mutate("cloneTask", input.clone()).await.error();
        assert_eq!((error.code(), error.path().as_str()), (code, path), "{input}");
    }
    app.delete_task(&id_of(&source)).await;
    let error = app.mutate("cloneTask", json!({ "id": source["id"] })).await.error();
    assert_eq!(error.code(), "TASK_NOT_FOUND");
    let data = app.graphql("query { tasks { nodes { id } } }", json!({})).await.data();
    assert_eq!(data["tasks"]["nodes"].as_array().expect("tasks").len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_clone_keeps_the_designs_that_were_given_and_the_parent(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let parent = id_of(&app.create_task(quadratic_with(json!({}))).await);
    let given = json!([{ "x": 1.0, "y": 2.0 }, { "x": 3.0, "y": 4.0 }]);
    let source = app.running_task(quadratic_with(json!({
        "parentId": parent,
        "initialDesigns": given,
        "strategy": { "kind": "AUTO", "seed": 7, "initialDesign": { "method": "SOBOL", "count": 3 } },
    }))).await;
    let trials = app.ask(&source, 1).await;
    app.tell(&trials[0], 1.0).await;
    app.enqueue(&source, json!([{ "x": 9.0, "y": 9.0 }])).await;
    let points = async |id: &str| {
        let points: Vec<_> =
            app.trials(id).await.iter().map(|trial| trial["point"].clone()).collect();
        json!(points)
    };
    let clone = id_of(&app.payload("cloneTask", json!({ "id": source })).await["task"]);
    assert_eq!(
        points(&clone).await,
        given,
        "not what its design has made, nor what was added later"
    );
    let query = "query ($id: ID!) { task(id: $id) { parent { id } } }";
    let data = app.graphql(query, json!({ "id": clone })).await.data();
    assert_eq!(data["task"]["parent"]["id"], parent.as_str());
    assert_eq!(app.transition(&clone, "RUNNING").await["trialCounts"]["waiting"], 5);
    // What is measured is not tried again where the clone begins with it.
    let input = json!({ "id": source, "withResults": true });
    let clone = id_of(&app.payload("cloneTask", input).await["task"]);
    assert_eq!(points(&clone).await, json!([given[1]]));
    // What lies outside of the space by now is left behind.
    let space = json!({ "parameters": [
        { "float": { "name": "x", "low": -5.0, "high": 2.0 } },
        { "float": { "name": "y", "low": 0.0, "high": 15.0 } },
    ] });
    app.update_task(json!({ "id": source, "parameterSpace": space })).await;
    let clone = id_of(&app.payload("cloneTask", json!({ "id": source })).await["task"]);
    assert_eq!(points(&clone).await, json!([given[0]]));
}

#[rstest]
#[tokio::test]
async fn a_source_that_is_gone_breaks_neither_a_revert_nor_a_clone(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(false, true)] purged: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let learning = |warm: Value| {
        quadratic_with(json!({ "strategy": { "kind": "AUTO", "seed": 7, "warmStart": warm } }))
    };
    let source = app.running_task(learning(json!([]))).await;
    for trial in app.ask(&source, 8).await {
        app.tell(&trial, 1.0).await;
    }
    let id = id_of(&app.create_task(learning(json!([source]))).await);
    app.update_task(json!({ "id": id, "name": "Renamed" })).await;
    app.update_task(json!({ "id": id, "strategy": { "kind": "AUTO", "seed": 8 } })).await;
    let keeps = id_of(&app.create_task(learning(json!([source]))).await);
    app.delete_task(&source).await;
    if purged {
        let database = app.database.url();
        let output = run(["purge", "--deleted-before-days", "0", "--database", database]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // To what was there before it was deleted, with as much of it as there still is.
    let back = app.payload("revertTask", json!({ "id": id, "toVersion": 1 })).await["task"].clone();
    assert_eq!(back["strategy"]["warmStart"], json!([source]));
    let results = async |id: &str| {
        app.transition(id, "RUNNING").await;
        app.ask(id, 1).await[0]["proposal"]["results"].as_i64().unwrap_or_default()
    };
    assert_eq!(results(&id).await, if purged { 0 } else { 8 });
    // What was written down is there whatever has become of the source.
    let clone = app.payload("cloneTask", json!({ "id": keeps })).await["task"].clone();
    assert_eq!(clone["strategy"]["warmStart"], json!([source]));
    assert_eq!(results(&id_of(&clone)).await, 8);
    let changed =
        json!({ "id": keeps, "strategy": { "kind": "GP", "seed": 1, "warmStart": [source] } });
    app.update_task(changed).await;
    assert_eq!(results(&keeps).await, 8);
    // But nobody begins with it anew.
    let refused = app.mutate("createTask", learning(json!([source]))).await.error();
    assert_eq!(refused.path(), "input.strategy.warmStart.0");
}
