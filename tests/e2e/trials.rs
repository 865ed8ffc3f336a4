//! Ask and tell.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, Reply, id_of, nodes, quadratic};
use rstest::rstest;
use serde_json::{Value, json};

fn maximized() -> Value {
    let mut input = quadratic();
    input["objectives"][0]["direction"] = json!("MAXIMIZE");
    input
}

#[rstest]
#[tokio::test]
async fn ask_then_tell(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let data = app.mutate("ask", json!({ "taskId": id, "worker": "robot 7" })).await.data();
    let (trial, task) = (&data["ask"]["trials"][0], &data["ask"]["task"]);
    assert_eq!(data["ask"]["trials"].as_array().map(Vec::len), Some(1), "count is 1 by default");
    assert_eq!(trial["id"], format!("{id}:1"));
    assert_eq!((&trial["state"], &trial["worker"]), (&json!("RUNNING"), &json!("robot 7")));
    assert_eq!((&trial["values"], &trial["value"]), (&json!([]), &Value::Null));
    assert!(trial["startedAt"].is_string() && trial["finishedAt"].is_null());
    assert_eq!(
        (&task["trialCounts"]["running"], &task["trialCounts"]["total"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(task["version"], 2, "trials do not change the task's version");
    assert_eq!(task["sequence"], 3);

    let told = app.tell(trial, 0.1 + 0.2).await;
    assert_eq!(told["trial"]["state"], "COMPLETED");
    assert_eq!(told["trial"]["value"], 0.1 + 0.2, "a measured value comes back as it was sent");
    assert_eq!(
        told["trial"]["values"],
        json!([{ "objective": "loss", "value": 0.1 + 0.2, "standardDeviation": null }])
    );
    assert_eq!(told["trial"]["late"], false);
    assert!(told["trial"]["finishedAt"].is_string());
    assert_eq!(told["task"]["trialCounts"]["completed"], 1);
    assert_eq!(told["task"]["bestTrial"]["id"], trial["id"]);
    assert_eq!(app.trials(&id).await, [told["trial"].clone()]);
}

#[rstest]
#[case::minimize(quadratic(), [3.0, 1.0, 2.0, 1.0], [(3.0, 1), (1.0, 2), (1.0, 2), (1.0, 2)])]
#[case::maximize(maximized(), [3.0, 1.0, 4.0, 4.0], [(3.0, 1), (3.0, 1), (4.0, 3), (4.0, 3)])]
#[tokio::test]
async fn the_best_trial_follows_the_direction(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] input: Value,
    #[case] told: [f64; 4],
    #[case] best: [(f64, i64); 4],
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(input).await;
    for (trial, (value, (best, number))) in
        app.ask(&id, 4).await.iter().zip(told.into_iter().zip(best))
    {
        let task = &app.tell(trial, value).await["task"];
        assert_eq!(task["bestValue"], best);
        assert_eq!(task["bestTrial"]["number"], number);
        assert_eq!(task["bestTrial"]["value"], best);
    }
}

#[rstest]
#[tokio::test]
async fn with_several_objectives_there_is_no_single_best(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["objectives"] =
        json!([{ "name": "a", "direction": "MINIMIZE" }, { "name": "b", "direction": "MAXIMIZE" }]);
    let id = app.running_task(input).await;
    let trial = app.ask(&id, 1).await[0].clone();
    let values = json!([{ "objective": "b", "value": 2.0 }, { "objective": "a", "value": 1.0 }]);
    let outcome = json!({ "trialId": trial["id"], "outcome": { "values": values } });
    let told = app.mutate("tell", outcome).await.data()["tell"].clone();
    let reported = told["trial"]["values"].as_array().expect("values");
    let reported: BTreeSet<_> = reported
        .iter()
        .map(|value| (value["objective"].to_string(), value["value"].to_string()))
        .collect();
    let sent = [("\"a\"", "1.0"), ("\"b\"", "2.0")];
    assert_eq!(reported, sent.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    for (holder, field) in [("trial", "value"), ("task", "bestTrial"), ("task", "bestValue")] {
        assert_eq!(told[holder][field], Value::Null, "{field}");
    }
}

#[rstest]
#[tokio::test]
async fn a_failure_is_an_outcome(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let trial = app.ask(&id, 1).await[0].clone();
    let input = json!({ "trialId": trial["id"], "outcome": { "failure": { "reason": "the stirrer\nbroke" } } });
    let told = app.mutate("tell", input).await.data()["tell"].clone();
    assert_eq!(told["trial"]["state"], "FAILED");
    assert_eq!(told["trial"]["failureReason"], "the stirrer\nbroke");
    assert_eq!(told["task"]["trialCounts"]["failed"], 1);
    assert_eq!(told["task"]["bestTrial"], Value::Null);
    assert_eq!(told["task"]["status"], "RUNNING");
    let lists = "query ($id: ID!) { task(id: $id) { results { nodes { number state } } } }";
    let data = app.graphql(lists, json!({ "id": id })).await.data();
    assert_eq!(nodes(&data["task"]["results"]), [json!({ "number": 1, "state": "FAILED" })]);
}

#[rstest]
#[tokio::test]
async fn a_trial_is_told_once(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let trial = app.ask(&id, 1).await[0].clone();
    let values = |value: f64| json!({ "values": [{ "objective": "loss", "value": value }] });
    let tell = |n: i32| {
        app.mutate("tell", json!({ "trialId": trial["id"], "outcome": values(f64::from(n)) }))
    };
    let replies = futures_util::future::join_all((0..16).map(tell)).await;
    assert_eq!(replies.iter().filter(|reply| !reply.is_error()).count(), 1);
    for reply in replies.into_iter().filter(Reply::is_error) {
        let error = reply.error();
        assert_eq!(error.code(), "INVALID_TRIAL_STATE");
        assert_eq!(
            (error.detail("from"), error.detail("to")),
            (&json!("COMPLETED"), &json!("COMPLETED"))
        );
        assert_eq!(error.detail("allowed"), &json!([]));
    }
    let failure = json!({ "trialId": trial["id"], "outcome": { "failure": { "reason": "no" } } });
    assert_eq!(app.mutate("tell", failure).await.error().code(), "INVALID_TRIAL_STATE");
    assert_eq!(app.task(&id).await["trialCounts"]["completed"], 1);
}

#[rstest]
#[tokio::test]
async fn a_result_can_be_entered_by_hand_for_a_trial_that_waits(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let waiting = app.enqueue(&id, json!([{ "x": 1.0, "y": 1.0 }, { "x": 2.0, "y": 2.0 }])).await;
    assert_eq!(app.tell(&waiting[0], 4.0).await["trial"]["state"], "COMPLETED");
    let failure =
        json!({ "trialId": waiting[1]["id"], "outcome": { "failure": { "reason": "no" } } });
    let error = app.mutate("tell", failure).await.error();
    assert_eq!(error.code(), "INVALID_TRIAL_STATE");
    assert_eq!((error.detail("from"), error.detail("to")), (&json!("WAITING"), &json!("FAILED")));
    assert_eq!(error.detail("allowed"), &json!(["RUNNING", "COMPLETED", "ABANDONED"]));
}

#[rstest]
#[tokio::test]
async fn only_a_running_task_hands_out_points(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let refused = async |id: &str, status: &str| {
        let error = app.mutate("ask", json!({ "taskId": id })).await.error();
        assert_eq!(error.code(), "TASK_NOT_RUNNING");
        assert_eq!(error.detail("status"), status);
    };
    let id = id_of(&app.create_task(quadratic()).await);
    refused(&id, "CREATED").await;
    for status in ["RUNNING", "PAUSED", "FAILED", "RUNNING", "COMPLETED"] {
        app.transition(&id, status).await;
        if status != "RUNNING" {
            refused(&id, status).await;
        }
    }
    assert_eq!(app.task(&id).await["trialCounts"]["total"], 0);
    let points = json!({ "taskId": id, "points": [{ "x": 1.0, "y": 1.0 }] });
    assert!(
        app.mutate("enqueueTrials", points).await.is_error(),
        "a COMPLETED task takes no new trials"
    );
}

#[rstest]
#[tokio::test]
async fn a_measured_result_is_never_refused_for_the_status(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let trials = app.ask(&id, 4).await;
    for (trial, (status, late)) in trials.iter().zip([
        ("PAUSED", false),
        ("FAILED", true),
        ("RUNNING", false),
        ("COMPLETED", true),
    ]) {
        app.transition(&id, status).await;
        let told = app.tell(trial, 1.0).await;
        assert_eq!(told["trial"]["late"], late, "{status}");
        assert_eq!(told["task"]["status"], status);
    }
    // Also of a trial that was abandoned when the task ended, and of a deleted task.
    let id = id_of(&app.create_task(quadratic()).await);
    let waiting = app.enqueue(&id, json!([{ "x": 1.0, "y": 1.0 }, { "x": 2.0, "y": 2.0 }])).await;
    app.transition(&id, "RUNNING").await;
    app.transition(&id, "COMPLETED").await;
    let told = app.tell(&waiting[0], -3.0).await;
    assert_eq!(
        (&told["trial"]["late"], &told["trial"]["state"]),
        (&json!(true), &json!("COMPLETED"))
    );
    assert_eq!(told["task"]["bestValue"], -3.0);
    app.delete_task(&id).await;
    app.tell(&waiting[1], -4.0).await;
}

#[rstest]
#[tokio::test]
async fn workers_at_the_same_time_never_get_the_same_trial(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["strategy"] =
        json!({ "kind": "SOBOL", "seed": 1, "initialDesign": { "method": "RANDOM", "count": 10 } });
    let id = app.running_task(input).await;
    let worker = async |app: &Client| {
        let mut got = Vec::new();
        for _ in 0..5 {
            for trial in app.ask(&id, 2).await {
                app.tell(&trial, 1.0).await;
                got.push(trial);
            }
        }
        got
    };
    let all: Vec<_> = futures_util::future::join_all((0..8).map(|_| worker(&app))).await.concat();
    assert_eq!(all.len(), 80);
    let numbers: BTreeSet<_> = all.iter().filter_map(|trial| trial["number"].as_i64()).collect();
    assert_eq!(numbers, (1..=80).collect());
    let points: BTreeSet<_> = all.iter().map(|trial| trial["point"].to_string()).collect();
    assert_eq!(points.len(), 80);
    let counts = app.task(&id).await["trialCounts"].clone();
    assert_eq!((&counts["completed"], &counts["total"]), (&json!(80), &json!(80)));
}

#[rstest]
#[tokio::test]
async fn a_trial_is_found_by_its_task_and_number(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    app.ask(&id, 2).await;
    let query = "query ($task: ID!, $number: Int!) { trial(taskId: $task, number: $number) { id number state } }";
    let find = async |task: &str, number: i64| {
        app.graphql(query, json!({ "task": task, "number": number })).await.data()["trial"].clone()
    };
    assert_eq!(
        find(&id, 2).await,
        json!({ "id": format!("{id}:2"), "number": 2, "state": "RUNNING" })
    );
    assert_eq!(find(&id, 3).await, Value::Null);
    assert_eq!(find(&id, 0).await, Value::Null);
    assert_eq!(find(&asktell_tests::new_id(), 1).await, Value::Null);
    let reply = app.graphql(query, json!({ "task": "x", "number": 1 })).await;
    assert_eq!(reply.error().code(), "VALIDATION_FAILED");
    app.delete_task(&id).await;
    assert_eq!(find(&id, 2).await, Value::Null, "a deleted task is not there");
}
