//! Which failures are tried again, how often, and when.

use asktell_tests::{App, Client, Db, failed, quadratic_with, time, token_of};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

/// A task that hands out one enqueued point, under this policy.
async fn one_point(app: &Client, policy: Value) -> String {
    let fields = json!({ "trialPolicy": policy, "strategy": { "kind": "EXTERNAL" } });
    let id = app.running_task(quadratic_with(fields)).await;
    app.enqueue(&id, json!([{ "x": 1.0, "y": 2.0 }])).await;
    id
}

/// Hands out the point and reports a failure; gives the payload.
async fn fail(app: &Client, task: &str, reason: &str, kind: Option<&str>) -> Value {
    let trial = app.lease(task, 600.0).await;
    app.tell_for(failed(&trial, Some(token_of(&trial)), reason, kind)).await
}

fn outcomes(trial: &Value) -> Vec<Value> {
    let attempts = trial["attempts"].as_array().expect("attempts");
    attempts.iter().map(|attempt| attempt["outcome"].clone()).collect()
}

#[rstest]
#[case::by_default(json!({}), [false, false, false])]
#[case::lost_workers(json!({ "retryOn": "LOST_WORKERS", "retryKinds": ["power"] }), [false, false, false])]
#[case::listed(json!({ "retryOn": "LISTED_FAILURES", "retryKinds": ["disk", "power"] }), [false, false, true])]
#[case::listed_none(json!({ "retryOn": "LISTED_FAILURES" }), [false, false, false])]
#[case::all(json!({ "retryOn": "ALL_FAILURES" }), [true, true, true])]
#[tokio::test]
async fn the_policy_says_what_is_tried_again(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] policy: Value,
    #[case] again: [bool; 3],
) {
    let Some(app) = App::start(db).await else { return };
    for (kind, again) in [None, Some("Power"), Some("power")].into_iter().zip(again) {
        let id = one_point(&app, policy.clone()).await;
        let told = fail(&app, &id, "no\npower", kind).await;
        assert_eq!(told["receipt"], "COUNTED");
        let trial = &told["trial"];
        let state = if again { "WAITING" } else { "FAILED" };
        assert_eq!((&trial["state"], &trial["lease"]), (&json!(state), &Value::Null), "{kind:?}");
        assert_eq!(outcomes(trial), ["FAILED"]);
        assert_eq!(trial["attempts"][0]["reason"], "no\npower");
        assert_eq!(trial["finishedAt"].is_null(), again);
        let event = app.moved(trial, state, 1).await;
        assert_eq!(
            (&event["reason"], &event["trialFrom"]),
            (&json!("no\npower"), &json!("RUNNING"))
        );
        let counts = &told["task"]["trialCounts"];
        let failures = i32::from(!again);
        assert_eq!(
            (&counts["failed"], &counts["waiting"]),
            (&json!(failures), &json!(1 - failures))
        );
        if again {
            let trial = app.lease(&id, 60.0).await;
            let told = app.tell_with(&trial, token_of(&trial), 2.0).await;
            assert_eq!(outcomes(&told["trial"]), ["FAILED", "COMPLETED"]);
            assert_eq!(told["trial"]["failureReason"], Value::Null, "in the end it went well");
        } else {
            assert_eq!(trial["failureReason"], "no\npower");
            assert_eq!(app.ask(&id, 1).await, [] as [Value; 0]);
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_failure_of_the_last_attempt_is_the_outcome(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for attempts in [1_usize, 2, 4] {
        let policy = json!({ "retryOn": "ALL_FAILURES", "maxAttempts": attempts });
        let id = one_point(&app, policy).await;
        for attempt in 1..attempts {
            let told = fail(&app, &id, &format!("failure {attempt}"), None).await;
            assert_eq!(told["trial"]["state"], "WAITING", "{attempt} of {attempts}");
        }
        let told = fail(&app, &id, "the last", None).await;
        assert_eq!(told["trial"]["state"], "FAILED", "{attempts}");
        assert_eq!(told["trial"]["failureReason"], "the last");
        assert_eq!(outcomes(&told["trial"]), vec![json!("FAILED"); attempts]);
        assert_eq!(told["task"]["trialCounts"]["failed"], 1);
        assert_eq!(app.ask(&id, 1).await, [] as [Value; 0]);
    }
}

#[rstest]
#[tokio::test]
async fn lost_workers_and_failures_share_the_attempts(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "retryOn": "ALL_FAILURES", "maxAttempts": 2 });
    let id = one_point(&app, policy.clone()).await;
    let lost = app.lease(&id, 0.1).await;
    app.moved(&lost, "WAITING", 1).await;
    let told = fail(&app, &id, "no power", None).await;
    assert_eq!(told["trial"]["state"], "FAILED");
    assert_eq!(outcomes(&told["trial"]), ["EXPIRED", "FAILED"]);

    let id = one_point(&app, policy).await;
    assert_eq!(fail(&app, &id, "no power", None).await["trial"]["state"], "WAITING");
    let lost = app.lease(&id, 0.1).await;
    app.moved(&lost, "ABANDONED", 1).await;
    assert_eq!(outcomes(&app.trial(&lost["id"]).await), ["FAILED", "EXPIRED"]);
}

#[rstest]
#[tokio::test]
async fn what_can_never_be_measured_is_not_tried_again(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for (outcome, state) in [
        (json!({ "infeasible": { "reason": "it clots" } }), "INFEASIBLE"),
        (json!({ "pruned": { "reason": "hopeless" } }), "PRUNED"),
    ] {
        let id = one_point(&app, json!({ "retryOn": "ALL_FAILURES", "maxAttempts": 9 })).await;
        let trial = app.lease(&id, 600.0).await;
        let input =
            json!({ "trialId": trial["id"], "leaseToken": token_of(&trial), "outcome": outcome });
        let told = app.tell_for(input).await;
        assert_eq!(
            (&told["trial"]["state"], outcomes(&told["trial"])),
            (&json!(state), vec![json!(state)])
        );
        let reason =
            outcome.as_object().and_then(|o| o.values().next()).expect("one")["reason"].clone();
        assert_eq!(
            (&told["trial"]["failureReason"], &told["trial"]["attempts"][0]["reason"]),
            (&reason, &reason)
        );
        assert_eq!(told["task"]["trialCounts"][state.to_lowercase()], 1);
        assert_eq!(app.ask(&id, 1).await, [] as [Value; 0]);
    }
}

#[rstest]
#[tokio::test]
async fn a_failure_backs_off_like_a_lost_worker(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({
        "retryOn": "ALL_FAILURES", "maxAttempts": 9, "backoffSeconds": 0.4, "maxBackoffSeconds": 1,
    });
    let id = one_point(&app, policy).await;
    for (times, backoff) in [(1, 400), (3, 800), (5, 1_000), (7, 1_000)] {
        let told = fail(&app, &id, "no power", None).await;
        let event = app.moved(&told["trial"], "WAITING", times).await;
        let available = time(&told["trial"]["availableAt"]);
        let off = available - (time(&event["at"]) + TimeDelta::milliseconds(backoff));
        assert!(off.abs() < TimeDelta::milliseconds(100), "attempt {times}: {off} off");
        assert_eq!(app.ask(&id, 1).await, [] as [Value; 0]);
        let again = asktell_tests::eventually(10, "it to be available", async || {
            app.ask(&id, 1).await.pop()
        });
        let again = again.await;
        assert!(time(&again["startedAt"]) >= available);
        // Given back, it goes out again at once: nothing went wrong.
        app.release(json!([asktell_tests::lease_of(&again)])).await;
    }
}

#[rstest]
#[tokio::test]
async fn what_backs_off_does_not_hold_up_the_others(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "retryOn": "ALL_FAILURES", "maxAttempts": 9, "backoffSeconds": 900 });
    let id = one_point(&app, policy).await;
    app.enqueue(&id, json!([{ "x": 2.0, "y": 2.0 }, { "x": 3.0, "y": 2.0 }])).await;
    assert_eq!(fail(&app, &id, "no power", None).await["trial"]["number"], 1);
    let rest = app.ask(&id, 9).await;
    assert_eq!(rest.iter().map(|trial| &trial["number"]).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(app.ask(&id, 9).await, [] as [Value; 0]);
}
