//! The life of a task: one table, and one winner for each move.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, id_of, quadratic, time};
use rstest::rstest;
use serde_json::{Value, json};

const STATUSES: [&str; 5] = ["CREATED", "RUNNING", "PAUSED", "COMPLETED", "FAILED"];

/// The table of the specification, written down a second time.
fn allowed(from: &str) -> &'static [&'static str] {
    match from {
        "CREATED" => &["RUNNING", "FAILED"],
        "RUNNING" => &["PAUSED", "COMPLETED", "FAILED"],
        "PAUSED" => &["RUNNING", "COMPLETED", "FAILED"],
        "FAILED" | "COMPLETED" => &["RUNNING"],
        _ => &[],
    }
}

/// A way from CREATED to each status.
fn way(to: &str) -> &'static [&'static str] {
    match to {
        "RUNNING" => &["RUNNING"],
        "PAUSED" => &["RUNNING", "PAUSED"],
        "COMPLETED" => &["RUNNING", "COMPLETED"],
        "FAILED" => &["FAILED"],
        _ => &[],
    }
}

async fn task_at(app: &Client, status: &str) -> Value {
    let mut task = app.create_task(quadratic()).await;
    for to in way(status) {
        task = app.transition(&id_of(&task), to).await;
    }
    assert_eq!(task["status"], status);
    task
}

fn words(list: &Value) -> BTreeSet<&str> {
    list.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

#[rstest]
#[tokio::test]
async fn every_pair_of_statuses_is_as_the_table_says(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for from in STATUSES {
        for to in STATUSES {
            let before = task_at(&app, from).await;
            let id = id_of(&before);
            let allowed: BTreeSet<_> = allowed(from).iter().copied().collect();
            assert_eq!(words(&before["allowedTransitions"]), allowed, "from {from}");
            let reply =
                app.mutate("transitionTask", json!({ "id": id, "to": to, "reason": "why" })).await;
            let after = app.task(&id).await;
            if allowed.contains(to) {
                assert_eq!(reply.data()["transitionTask"]["task"], after, "{from} to {to}");
                assert_eq!((&after["status"], &after["statusReason"]), (&json!(to), &json!("why")));
                assert_eq!(after["version"], before["version"].as_i64().expect("a version") + 1);
                assert!(time(&after["updatedAt"]) > time(&before["updatedAt"]));
                let event = app.events_of(&id).await.pop().expect("an event");
                assert_eq!(event["kind"], "STATUS_CHANGED");
                assert_eq!(
                    (&event["from"], &event["to"], &event["reason"]),
                    (&json!(from), &json!(to), &json!("why"))
                );
                assert_eq!(event["version"], after["version"]);
            } else {
                let error = reply.error();
                assert_eq!(error.code(), "INVALID_STATUS_TRANSITION", "{from} to {to}");
                assert_eq!((error.detail("from"), error.detail("to")), (&json!(from), &json!(to)));
                assert_eq!(words(error.detail("allowed")), allowed, "{from} to {to}");
                assert_eq!(after, before, "{from} to {to}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn of_64_attempts_at_the_same_move_one_wins(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for (from, to) in [
        ("CREATED", "RUNNING"),
        ("RUNNING", "PAUSED"),
        ("PAUSED", "COMPLETED"),
        ("CREATED", "FAILED"),
    ] {
        let task = task_at(&app, from).await;
        let id = id_of(&task);
        let attempts = (0..64).map(|_| {
            let (client, input) = (Client::clone(&app), json!({ "id": id, "to": to }));
            tokio::spawn(async move { client.mutate("transitionTask", input).await })
        });
        let mut won = 0;
        for reply in futures_util::future::join_all(attempts).await {
            let reply = reply.expect("the attempt ends");
            if reply.is_error() {
                let error = reply.error();
                assert_eq!(error.code(), "INVALID_STATUS_TRANSITION");
                assert_eq!((error.detail("from"), error.detail("to")), (&json!(to), &json!(to)));
                assert_eq!(words(error.detail("allowed")), allowed(to).iter().copied().collect());
            } else {
                won += 1;
            }
        }
        assert_eq!(won, 1, "{from} to {to}");
        let after = app.task(&id).await;
        assert_eq!(after["version"], task["version"].as_i64().expect("a version") + 1);
    }
}

#[rstest]
#[tokio::test]
async fn of_attempts_at_different_moves_each_is_legal_where_it_falls(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&task_at(&app, "RUNNING").await);
    let attempts = (0..60).map(|n| {
        let to = ["PAUSED", "RUNNING", "FAILED"][n % 3];
        app.mutate("transitionTask", json!({ "id": id, "to": to }))
    });
    futures_util::future::join_all(attempts).await;
    let mut status = "RUNNING".to_owned();
    for event in
        app.events_of(&id).await.iter().filter(|event| event["kind"] == "STATUS_CHANGED").skip(1)
    {
        assert_eq!(event["from"], status.as_str(), "the log is one unbroken way");
        let to = event["to"].as_str().expect("a status");
        assert!(allowed(&status).contains(&to), "{status} to {to}");
        status = to.to_owned();
    }
    assert_eq!(app.task(&id).await["status"], status.as_str());
}

#[rstest]
#[case::both(json!({}), json!(["parameterSpace", "objectives"]))]
#[case::objectives(json!({ "parameterSpace": quadratic()["parameterSpace"] }), json!(["objectives"]))]
#[case::space(json!({ "objectives": quadratic()["objectives"] }), json!(["parameterSpace"]))]
#[tokio::test]
async fn a_task_that_lacks_something_cannot_start(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] input: Value,
    #[case] missing: Value,
) {
    let Some(app) = App::start(db).await else { return };
    let before = app.create_task(input).await;
    let id = id_of(&before);
    let error = app.mutate("transitionTask", json!({ "id": id, "to": "RUNNING" })).await.error();
    assert_eq!(error.code(), "TASK_NOT_READY");
    assert_eq!(error.detail("missing"), &missing);
    assert_eq!(app.task(&id).await, before);

    // With what was missing it starts.
    let mut update = json!({ "id": id });
    for field in missing.as_array().expect("a list").iter().filter_map(Value::as_str) {
        update[field] = quadratic()[field].clone();
    }
    app.update_task(update).await;
    assert_eq!(app.transition(&id, "RUNNING").await["status"], "RUNNING");
}

#[rstest]
#[tokio::test]
async fn start_and_end_have_their_times(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let created = app.create_task(quadratic()).await;
    let id = id_of(&created);
    let running = app.transition(&id, "RUNNING").await;
    assert_eq!(running["startedAt"], running["updatedAt"]);
    assert!(time(&running["startedAt"]) > time(&created["createdAt"]));
    assert_eq!(running["finishedAt"], Value::Null);

    let failed = app.transition(&id, "FAILED").await;
    assert_eq!(failed["finishedAt"], failed["updatedAt"]);
    let retried = app.transition(&id, "RUNNING").await;
    assert_eq!(retried["finishedAt"], Value::Null, "a retry has not ended");
    assert_eq!(retried["startedAt"], running["startedAt"], "the first start counts");
    let completed = app.transition(&id, "COMPLETED").await;
    assert_eq!(completed["finishedAt"], completed["updatedAt"]);
    assert_eq!(completed["startedAt"], running["startedAt"]);
}

#[rstest]
#[tokio::test]
async fn completing_abandons_what_waits_and_failing_keeps_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    app.enqueue(
        &id,
        json!([{ "x": 0.0, "y": 1.0 }, { "x": 1.0, "y": 2.0 }, { "x": 2.0, "y": 3.0 }]),
    )
    .await;
    app.transition(&id, "RUNNING").await;
    app.ask(&id, 1).await;

    let failed = app.transition(&id, "FAILED").await;
    assert_eq!(failed["trialCounts"]["waiting"], 2);
    app.transition(&id, "RUNNING").await;
    let completed = app.transition(&id, "COMPLETED").await;
    let counts = &completed["trialCounts"];
    assert_eq!(
        (&counts["waiting"], &counts["abandoned"], &counts["running"]),
        (&json!(0), &json!(2), &json!(1))
    );
    let states: Vec<_> = app.trials(&id).await.iter().map(|trial| trial["state"].clone()).collect();
    assert_eq!(states, ["RUNNING", "ABANDONED", "ABANDONED"]);
    let abandoned: Vec<_> = app
        .events_of(&id)
        .await
        .into_iter()
        .filter(|event| event["trialTo"] == "ABANDONED")
        .map(|event| event["trialNumber"].clone())
        .collect();
    assert_eq!(abandoned, [2, 3]);
}

#[rstest]
#[tokio::test]
async fn a_task_that_is_not_there_cannot_move(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let input = json!({ "id": asktell_tests::new_id(), "to": "RUNNING" });
    assert_eq!(app.mutate("transitionTask", input).await.error().code(), "TASK_NOT_FOUND");
}
