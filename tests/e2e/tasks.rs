//! Tasks: what is made of an input, and what deleting and restarting leave of it.

use asktell_tests::{App, Db, Reply, id_of, new_id, nodes, quadratic, time};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[tokio::test]
async fn a_task_without_any_field_has_the_defaults(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.create_task(json!({})).await;
    let id = id_of(&task);
    assert_eq!(id.len(), 36);
    assert_eq!(task["name"], format!("Task_{}", &id[..8]));
    assert_eq!(task["description"], "");
    assert_eq!(task["status"], "CREATED");
    assert_eq!(task["statusReason"], Value::Null);
    assert_eq!(task["allowedTransitions"], json!(["RUNNING", "FAILED"]));
    assert_eq!((&task["version"], &task["sequence"]), (&json!(1), &json!(1)));
    assert_eq!(task["createdAt"], task["updatedAt"]);
    assert!((chrono::DateTime::UNIX_EPOCH..).contains(&time(&task["createdAt"])));
    for field in ["startedAt", "finishedAt", "deletedAt", "parameterSpace", "modelState"] {
        assert_eq!(task[field], Value::Null, "{field}");
    }
    assert_eq!(task["objectives"], json!([]));
    assert_eq!(task["strategy"]["kind"], "AUTO");
    assert_eq!(task["strategy"]["initialDesign"], Value::Null);
    assert_eq!(task["metadata"], json!({}));
    assert_eq!(task["trialCounts"]["total"], 0);
    assert_eq!((&task["bestTrial"], &task["bestValue"]), (&Value::Null, &Value::Null));
    assert_eq!((&task["priority"], &task["owner"]), (&json!(0), &json!("anonymous")));
    assert_eq!((&task["labels"], &task["constraints"]), (&json!([]), &json!([])));
    assert_eq!((&task["handedOut"], &task["claim"]), (&json!(0), &Value::Null));
    let bounds = task["budget"].as_object().expect("a budget");
    assert!(bounds.len() == 9 && bounds.values().all(Value::is_null), "{bounds:?}");
    assert_eq!(
        task["trialPolicy"],
        json!({
            "leaseSeconds": 300.0, "lateResults": "ACCEPT", "maxAttempts": 3,
            "retryOn": "LOST_WORKERS", "retryKinds": [], "backoffSeconds": 0.0,
            "maxBackoffSeconds": 3600.0,
        })
    );
    assert_eq!(
        task["pruning"],
        json!({ "kind": "NONE", "startupTrials": 5, "warmupSteps": 0, "minResource": 1, "reductionFactor": 3 })
    );
    assert_eq!(app.task(&id).await, task);

    let lists = "query ($id: ID!) { task(id: $id) {
        initialDesigns { nodes { id } } nextPoints { nodes { id } } results { nodes { id } }
        trials { nodes { id } } events { nodes { kind } } } }";
    let data = app.graphql(lists, json!({ "id": id })).await.data();
    for list in ["initialDesigns", "nextPoints", "results", "trials"] {
        assert_eq!(nodes(&data["task"][list]), [] as [Value; 0], "{list}");
    }
    assert_eq!(nodes(&data["task"]["events"]), [json!({ "kind": "CREATED" })]);
}

#[rstest]
#[tokio::test]
async fn a_task_keeps_every_field_as_given(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = new_id();
    let metadata = json!({ "z": 1, "a": [0.1, 1e300, -0.0, null, true], "ü": { "汉": "🜚" } });
    let task = app
        .create_task(json!({
            "id": id,
            "name": "  Süße Tröpfchen 🧪 ",
            "description": "two\nlines",
            "parameterSpace": { "parameters": [
                { "float": { "name": "temperature", "low": 20.5, "high": 80.0, "step": 0.5 } },
                { "float": { "name": "rate", "low": 1e-5, "high": 1.0, "log": true } },
                { "int": { "name": "n", "low": 6, "high": 12, "step": 2 } },
                { "int": { "name": "width", "low": 1, "high": 9_007_199_254_740_992_i64, "log": true } },
                { "categorical": { "name": "solvent", "choices": ["water", "DMSO", true, 3, 2.5] } },
                { "ordinal": { "name": "grade", "levels": [1, 10, 100] } },
            ] },
            "objectives": [
                { "name": "yield", "direction": "MAXIMIZE" },
                { "name": "cost", "direction": "MINIMIZE" },
            ],
            "strategy": {
                "kind": "LATIN_HYPERCUBE",
                "seed": 2_147_483_647,
                "initialDesign": { "method": "SOBOL", "count": 8 },
            },
            "modelState": [1, { "lengthscale": 0.1 }],
            "metadata": metadata,
            "priority": -7,
            "owner": "Ada Lovelace",
            "labels": ["gpu", "höher"],
            "budget": {
                "maxTrials": 100, "maxRunning": 4, "maxShare": 0.25,
                "deadline": "2999-12-31T23:59:59.123456Z", "patience": 9,
            },
            "trialPolicy": {
                "leaseSeconds": 12.5, "lateResults": "ATTACH", "maxAttempts": 7,
                "retryOn": "LISTED_FAILURES", "retryKinds": ["oom"], "backoffSeconds": 1.5,
                "maxBackoffSeconds": 60.0,
            },
            "pruning": {
                "kind": "NONE", "startupTrials": 2, "warmupSteps": 3, "minResource": 4,
                "reductionFactor": 5,
            },
            "constraints": [{ "name": "cost", "atMost": 9.5 }, { "name": "pH", "atLeast": 6.0 }],
        }))
        .await;
    assert_eq!(task["id"], id);
    assert_eq!(task["name"], "Süße Tröpfchen 🧪");
    assert_eq!(task["description"], "two\nlines");
    assert_eq!(
        task["parameterSpace"]["parameters"],
        json!([
            { "__typename": "FloatParameter", "name": "temperature", "condition": null, "fixed": null,
              "low": 20.5, "high": 80.0, "step": 0.5, "log": false },
            { "__typename": "FloatParameter", "name": "rate", "condition": null, "fixed": null,
              "low": 1e-5, "high": 1.0, "step": null, "log": true },
            { "__typename": "IntParameter", "name": "n", "condition": null, "fixed": null,
              "intLow": 6, "intHigh": 12, "intStep": 2, "log": false },
            { "__typename": "IntParameter", "name": "width", "condition": null, "fixed": null,
              "intLow": 1, "intHigh": 9_007_199_254_740_992_i64, "intStep": 1, "log": true },
            { "__typename": "CategoricalParameter", "name": "solvent", "condition": null, "fixed": null,
              "choices": ["water", "DMSO", true, 3, 2.5] },
            { "__typename": "OrdinalParameter", "name": "grade", "condition": null, "fixed": null, "levels": [1, 10, 100] },
        ])
    );
    assert_eq!(
        task["objectives"],
        json!([
            { "name": "yield", "direction": "MAXIMIZE" },
            { "name": "cost", "direction": "MINIMIZE" },
        ])
    );
    assert_eq!(
        task["strategy"],
        json!({ "kind": "LATIN_HYPERCUBE", "seed": 2_147_483_647,
                "initialDesign": { "method": "SOBOL", "count": 8 }, "gp": null, "tpe": null,
                "grid": null, "nsga2": null, "external": null, "warmStart": [], "replicates": null,
                "timeLimitSeconds": 10.0 })
    );
    assert_eq!(task["modelState"], json!([1, { "lengthscale": 0.1 }]));
    assert_eq!(task["metadata"], metadata);
    assert_eq!((&task["priority"], &task["owner"]), (&json!(-7), &json!("Ada Lovelace")));
    assert_eq!(task["labels"], json!(["gpu", "höher"]));
    assert_eq!(
        task["budget"],
        json!({
            "maxTrials": 100, "maxRunning": 4, "maxShare": 0.25,
            "deadline": "2999-12-31T23:59:59.123456Z", "targetValue": null, "patience": 9,
            "minExpectedImprovement": null, "maxFailures": null, "maxConsecutiveFailures": null,
        })
    );
    assert_eq!(
        task["trialPolicy"],
        json!({
            "leaseSeconds": 12.5, "lateResults": "ATTACH", "maxAttempts": 7,
            "retryOn": "LISTED_FAILURES", "retryKinds": ["oom"], "backoffSeconds": 1.5,
            "maxBackoffSeconds": 60.0,
        })
    );
    assert_eq!(
        task["pruning"],
        json!({ "kind": "NONE", "startupTrials": 2, "warmupSteps": 3, "minResource": 4, "reductionFactor": 5 })
    );
    assert_eq!(
        task["constraints"],
        json!([
            { "name": "cost", "atMost": 9.5, "atLeast": null },
            { "name": "pH", "atMost": null, "atLeast": 6.0 },
        ])
    );
    assert_eq!(app.task(&id).await, task);
}

#[rstest]
#[tokio::test]
async fn an_id_is_taken_once_and_for_all(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = new_id();
    let first = app.create_task(json!({ "id": id, "name": "first" })).await;
    let second = json!({ "id": id, "name": "second" });
    assert_eq!(
        app.mutate("createTask", second.clone()).await.error().code(),
        "TASK_ALREADY_EXISTS"
    );
    assert_eq!(app.task(&id).await, first);

    app.delete_task(&id).await;
    assert_eq!(app.mutate("createTask", second).await.error().code(), "TASK_ALREADY_EXISTS");
}

#[rstest]
#[tokio::test]
async fn of_64_that_make_the_same_task_one_does(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = new_id();
    let attempts =
        (0..64).map(|n| app.mutate("createTask", json!({ "id": id, "name": n.to_string() })));
    let replies = futures_util::future::join_all(attempts).await;
    let failures: Vec<_> = replies.into_iter().filter(Reply::is_error).map(Reply::error).collect();
    assert_eq!(failures.len(), 63);
    assert!(failures.iter().all(|failure| failure.code() == "TASK_ALREADY_EXISTS"));
    assert_eq!(app.events_of(&id).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_deleted_task_is_hidden_and_restorable(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let trials = app.ask(&id, 2).await;
    app.tell(&trials[0], 1.5).await;
    let before = app.task(&id).await;

    let deleted = app.delete_task(&id).await;
    assert!(deleted["deletedAt"].is_string());
    assert_eq!(deleted["version"], 3);
    assert_eq!(app.task(&id).await, Value::Null);
    let list = "{ shown: tasks { nodes { id } } deleted: tasks(filter: { deleted: true }) { nodes { id } } }";
    let data = app.graphql(list, json!({})).await.data();
    assert_eq!(nodes(&data["shown"]), [] as [Value; 0]);
    assert_eq!(nodes(&data["deleted"]), [json!({ "id": id })]);
    for (mutation, input) in [
        ("updateTask", json!({ "id": id, "name": "x" })),
        ("transitionTask", json!({ "id": id, "to": "PAUSED" })),
        ("deleteTask", json!({ "id": id })),
        ("ask", json!({ "taskId": id })),
        ("enqueueTrials", json!({ "taskId": id, "points": [{ "x": 1.0, "y": 1.0 }] })),
    ] {
        assert_eq!(
            app.mutate(mutation, input).await.error().code(),
            "TASK_NOT_FOUND",
            "{mutation}"
        );
    }

    let restored = app.mutate("restoreTask", json!({ "id": id })).await.data();
    let restored = &restored["restoreTask"]["task"];
    assert_eq!(restored["deletedAt"], Value::Null);
    assert_eq!(restored["version"], 4);
    for field in ["status", "startedAt", "trialCounts", "bestValue", "parameterSpace"] {
        assert_eq!(restored[field], before[field], "{field}");
    }
    app.tell(&trials[1], 0.5).await;
    assert_eq!(app.task(&id).await["bestValue"], 0.5);
}

#[rstest]
#[tokio::test]
async fn node_finds_tasks_and_trials_by_id(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(quadratic()).await;
    let trial = id_of(&app.ask(&task, 1).await[0]);
    let query = "query ($task: ID!, $trial: ID!, $ids: [ID!]!) {
        task: node(id: $task) { __typename id }
        trial: node(id: $trial) { __typename id ... on Trial { task { id } } }
        nodes(ids: $ids) { id } }";
    let ids = json!([trial, new_id(), task]);
    let data = app.graphql(query, json!({ "task": task, "trial": trial, "ids": ids })).await.data();
    assert_eq!(data["task"], json!({ "__typename": "Task", "id": task }));
    assert_eq!(
        data["trial"],
        json!({ "__typename": "Trial", "id": trial, "task": { "id": task } })
    );
    assert_eq!(data["nodes"], json!([{ "id": trial }, null, { "id": task }]));
}

#[rstest]
#[tokio::test]
async fn a_restart_loses_nothing(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    for trial in app.ask(&id, 3).await {
        app.tell(&trial, 2.0).await;
    }
    app.transition(&id, "PAUSED").await;
    let hidden = id_of(&app.create_task(json!({ "modelState": { "k": 1 } })).await);
    app.delete_task(&hidden).await;
    let (task, trials, log) = (app.task(&id).await, app.trials(&id).await, app.log(None).await);

    app.stop().await;
    app.start_again().await;
    assert_eq!(app.task(&id).await, task);
    assert_eq!(app.trials(&id).await, trials);
    assert_eq!(app.log(None).await, log);
    assert_eq!(app.task(&hidden).await, Value::Null);
    app.transition(&id, "RUNNING").await;
    assert_eq!(app.ask(&id, 1).await[0]["number"], 4);
}
