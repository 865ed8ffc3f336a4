//! Taking up again what is complete or paused: with a reason, and within the budget.

use asktell_tests::{App, Client, Db, id_of, measured, now, quadratic_with, token_of};
use chrono::{SecondsFormat, TimeDelta};
use rstest::rstest;
use serde_json::{Value, json};

async fn resume(app: &Client, id: &str, reason: Option<&str>) -> asktell_tests::Reply {
    app.mutate("transitionTask", json!({ "id": id, "to": "RUNNING", "reason": reason })).await
}

/// Asks for one trial and tells its value, under its lease.
async fn measure(app: &Client, id: &str, value: f64) -> Value {
    let trial = app.lease(id, 600.0).await;
    app.tell_with(&trial, token_of(&trial), value).await["task"].clone()
}

#[rstest]
#[tokio::test]
async fn one_more_trial_needs_no_clone(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({ "budget": { "maxTrials": 2 } }))).await;
    measure(&app, &id, 2.0).await;
    let complete = measure(&app, &id, 1.0).await;
    assert_eq!(complete["status"], "COMPLETED");
    assert_eq!(complete["allowedTransitions"], json!(["RUNNING"]));

    for nothing in [None, Some(""), Some(" \n")] {
        let error = resume(&app, &id, nothing).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.reason"));
    }
    let error = resume(&app, &id, Some("one more")).await.error();
    assert_eq!(error.code(), "BUDGET_REACHED");
    assert_eq!(error.detail("criterion"), "MAX_TRIALS");
    assert_eq!(error.detail("setting"), "budget.maxTrials");
    assert_eq!(app.task(&id).await, complete, "what is refused changes nothing");

    app.update_task(json!({ "id": id, "budget": { "maxTrials": 3 } })).await;
    let running =
        resume(&app, &id, Some("one more")).await.data()["transitionTask"]["task"].clone();
    assert_eq!(
        (&running["status"], &running["statusReason"], &running["finishedAt"]),
        (&json!("RUNNING"), &json!("one more"), &Value::Null)
    );
    assert_eq!(running["startedAt"], complete["startedAt"], "the first start counts");
    assert_eq!(app.ask(&id, 10).await.len(), 1, "the budget is exact");
    let last = app.trials(&id).await.pop().expect("a trial");
    let told = app.tell_for(measured(&last, Some(token_of(&last)), 0.5)).await;
    assert_eq!(
        (&told["task"]["status"], &told["trial"]["late"]),
        (&json!("COMPLETED"), &json!(false))
    );
    assert_eq!((&told["task"]["handedOut"], &told["task"]["bestValue"]), (&json!(3), &json!(0.5)));
    let moves: Vec<_> =
        app.events_of(&id).await.into_iter().filter(|e| e["kind"] == "STATUS_CHANGED").collect();
    let ways: Vec<_> = moves.iter().map(|e| (e["from"].clone(), e["to"].clone())).collect();
    let way = |from: &str, to: &str| (json!(from), json!(to));
    assert_eq!(
        ways,
        [
            way("CREATED", "RUNNING"),
            way("RUNNING", "COMPLETED"),
            way("COMPLETED", "RUNNING"),
            way("RUNNING", "COMPLETED"),
        ]
    );
}

#[rstest]
#[tokio::test]
async fn the_error_names_the_criterion_that_is_met_and_how_to_go_on(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("TARGET", "PATIENCE", "DEADLINE")] criterion: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let soon = now() + TimeDelta::seconds(3);
    let (budget, setting, open) = match criterion {
        "TARGET" => {
            (json!({ "targetValue": 3.0 }), "budget.targetValue", json!({ "targetValue": 1.0 }))
        }
        "PATIENCE" => (json!({ "patience": 1 }), "budget.patience", json!({ "patience": 9 })),
        _ => (
            json!({ "deadline": soon.to_rfc3339_opts(SecondsFormat::Micros, true) }),
            "budget.deadline",
            json!({ "deadline": "2099-01-01T00:00:00Z" }),
        ),
    };
    let id = app.running_task(quadratic_with(json!({ "budget": budget }))).await;
    if criterion != "DEADLINE" {
        measure(&app, &id, 2.0).await;
    }
    if criterion == "PATIENCE" {
        measure(&app, &id, 2.5).await;
    }
    app.event(&id, "its completion", |event| event["to"] == "COMPLETED").await;
    let error = resume(&app, &id, Some("go on")).await.error();
    assert_eq!(error.code(), "BUDGET_REACHED");
    assert_eq!(
        (error.detail("criterion"), error.detail("setting")),
        (&json!(criterion), &json!(setting))
    );
    app.update_task(json!({ "id": id, "budget": open })).await;
    assert_eq!(
        app.task(&id).await["status"],
        "COMPLETED",
        "raising a budget resumes nothing by itself"
    );
    drop(resume(&app, &id, Some("go on")).await.data());
    assert_eq!(measure(&app, &id, 5.0).await["status"], "RUNNING");
}

#[rstest]
#[tokio::test]
async fn what_a_completion_gave_up_stays_so_and_what_was_running_counts(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let designs = json!([{ "x": 1, "y": 1 }, { "x": 2, "y": 2 }]);
    let id = app.running_task(quadratic_with(json!({ "initialDesigns": designs }))).await;
    let running = app.lease(&id, 600.0).await;
    app.transition(&id, "COMPLETED").await;
    drop(resume(&app, &id, Some("completed by mistake")).await.data());
    let states: Vec<_> = app.trials(&id).await.iter().map(|t| t["state"].clone()).collect();
    assert_eq!(states, ["RUNNING", "ABANDONED"]);
    let told = app.tell_with(&running, token_of(&running), 1.0).await;
    assert_eq!((&told["receipt"], &told["trial"]["late"]), (&json!("COUNTED"), &json!(false)));
    assert_eq!(app.ask(&id, 1).await[0]["number"], 3);
}

/// Of a subtree with tasks of every kind: what a pause has stopped.
#[rstest]
#[tokio::test]
async fn a_subtree_resumes_what_its_pause_has_stopped(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let child = async |parent: Option<&str>| {
        id_of(&app.create_task(quadratic_with(json!({ "parentId": parent }))).await)
    };
    let root = child(None).await;
    let [busy, held, failed, complete] = [
        child(Some(&root)).await,
        child(Some(&root)).await,
        child(Some(&root)).await,
        child(Some(&root)).await,
    ];
    let deep = child(Some(&busy)).await;
    let fresh = child(Some(&busy)).await;
    for id in [&root, &busy, &held, &failed, &complete, &deep] {
        app.transition(id, "RUNNING").await;
    }
    app.transition(&held, "PAUSED").await;
    app.transition(&failed, "FAILED").await;
    app.transition(&complete, "COMPLETED").await;
    let subtree = async |id: &str, to: &str, reason: &str| {
        let input = json!({ "id": id, "to": to, "reason": reason });
        let moved = "moved { id status pausedWith } left { id status }";
        app.mutate_for("transitionSubtree", input, moved).await.data()["transitionSubtree"].clone()
    };
    let ids = |list: &Value| {
        let mut ids: Vec<_> = list.as_array().expect("tasks").iter().map(id_of).collect();
        ids.sort();
        ids
    };
    let sorted = |these: &[&String]| {
        let mut these: Vec<_> = these.iter().map(|id| (*id).clone()).collect();
        these.sort();
        these
    };
    let paused = subtree(&root, "PAUSED", "night").await;
    assert_eq!(ids(&paused["moved"]), sorted(&[&root, &busy, &deep]));
    assert!(
        paused["moved"]
            .as_array()
            .expect("tasks")
            .iter()
            .all(|task| task["pausedWith"] == root.as_str())
    );
    let event = app.events_of(&deep).await.pop().expect("an event");
    assert_eq!((&event["to"], &event["subtree"]), (&json!("PAUSED"), &json!(root)));

    let resumed = subtree(&root, "RUNNING", "morning").await;
    assert_eq!(ids(&resumed["moved"]), sorted(&[&root, &busy, &deep]));
    assert_eq!(ids(&resumed["left"]), sorted(&[&held, &failed, &complete, &fresh]));
    for (id, status) in [
        (&held, "PAUSED"),
        (&failed, "FAILED"),
        (&complete, "COMPLETED"),
        (&fresh, "CREATED"),
        (&deep, "RUNNING"),
    ] {
        let task = app.task(id).await;
        assert_eq!((&task["status"], &task["pausedWith"]), (&json!(status), &Value::Null));
    }

    // What a part was paused by is not undone by what holds it, but a part may go on before the rest.
    subtree(&busy, "PAUSED", "only these").await;
    subtree(&root, "PAUSED", "night").await;
    let resumed = subtree(&root, "RUNNING", "morning").await;
    assert_eq!(ids(&resumed["moved"]), sorted(&[&root]));
    subtree(&busy, "RUNNING", "these, too").await;
    subtree(&root, "PAUSED", "night").await;
    let resumed = subtree(&busy, "RUNNING", "these first").await;
    assert_eq!(ids(&resumed["moved"]), sorted(&[&busy, &deep]));
    assert_eq!(app.task(&root).await["status"], "PAUSED");

    // One that went its own way meanwhile does so no more with the subtree.
    subtree(&root, "RUNNING", "all").await;
    subtree(&root, "PAUSED", "night").await;
    app.transition(&deep, "RUNNING").await;
    app.transition(&deep, "PAUSED").await;
    let resumed = subtree(&root, "RUNNING", "morning").await;
    assert_eq!(ids(&resumed["moved"]), sorted(&[&root, &busy]));
}
