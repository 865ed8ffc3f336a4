//! Limits on failed trials: a task of which too many fail pauses, and says why.

use asktell_tests::{App, Client, Db, Server, failed, id_of, quadratic_with, run, token_of};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

async fn task_with(app: &Client, budget: Value) -> String {
    app.running_task(quadratic_with(json!({ "budget": budget }))).await
}

/// Asks for a trial and tells that it failed; gives the task.
async fn fail(app: &Client, id: &str) -> Value {
    let trial = app.lease(id, 600.0).await;
    app.tell_for(failed(&trial, Some(token_of(&trial)), "reactor clogged", None)).await["task"]
        .clone()
}

async fn succeed(app: &Client, id: &str) -> Value {
    let trial = app.lease(id, 600.0).await;
    app.tell_with(&trial, token_of(&trial), 1.0).await["task"].clone()
}

/// It is paused by the server, for a reason that says this.
async fn is_paused(app: &Client, id: &str, words: &str) {
    let task = app.task(id).await;
    assert_eq!(task["status"], "PAUSED");
    let reason = task["statusReason"].as_str().expect("a reason");
    assert!(reason.contains(words), "{reason:?} should say {words:?}");
    let event = app.events_of(id).await.pop().expect("an event");
    assert_eq!((&event["kind"], &event["actor"]), (&json!("STATUS_CHANGED"), &json!("asktell")));
    assert_eq!(event["reason"], task["statusReason"]);
    let error = app.mutate("ask", json!({ "taskId": id })).await.error();
    assert_eq!((error.code(), error.detail("status")), ("TASK_NOT_RUNNING", &json!("PAUSED")));
    let query = "query ($id: ID!) { task(id: $id) { whyWaiting { reason message } } }";
    let why = app.graphql(query, json!({ "id": id })).await.data()["task"]["whyWaiting"].clone();
    assert!(why["message"].as_str().is_some_and(|message| message.contains(words)), "{why}");
}

#[rstest]
#[tokio::test]
async fn a_task_whose_first_trials_all_fail_pauses_and_says_why(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, json!(null)).await;
    for _ in 0..19 {
        assert_eq!(fail(&app, &id).await["status"], "RUNNING");
    }
    let paused = fail(&app, &id).await;
    assert_eq!((&paused["failures"], &paused["consecutiveFailures"]), (&json!(20), &json!(20)));
    is_paused(&app, &id, "first 20 trials all failed").await;
    // Whoever resumes it knows: the row begins anew.
    app.transition(&id, "RUNNING").await;
    let task = fail(&app, &id).await;
    assert_eq!((&task["status"], &task["consecutiveFailures"]), (&json!("RUNNING"), &json!(1)));
}

#[rstest]
#[tokio::test]
async fn one_result_is_enough_for_the_guard_to_trust_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, json!(null)).await;
    fail(&app, &id).await;
    succeed(&app, &id).await;
    for _ in 0..25 {
        assert_eq!(fail(&app, &id).await["status"], "RUNNING");
    }
    // Whoever wants another number says so.
    let id = task_with(&app, json!({ "maxConsecutiveFailures": 1_000 })).await;
    for _ in 0..25 {
        assert_eq!(fail(&app, &id).await["status"], "RUNNING");
    }
}

#[rstest]
#[tokio::test]
async fn so_many_failures_in_all_pause_the_task_until_the_limit_is_raised(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, json!({ "maxFailures": 3 })).await;
    for _ in 0..2 {
        fail(&app, &id).await;
        succeed(&app, &id).await;
    }
    fail(&app, &id).await;
    is_paused(&app, &id, "3 trials have failed").await;
    let error = app.mutate("transitionTask", json!({ "id": id, "to": "RUNNING" })).await.error();
    assert_eq!(error.code(), "BUDGET_REACHED");
    assert_eq!(
        (error.detail("criterion"), error.detail("setting")),
        (&json!("MAX_FAILURES"), &json!("budget.maxFailures"))
    );
    app.update_task(json!({ "id": id, "budget": { "maxFailures": 4 } })).await;
    app.transition(&id, "RUNNING").await;
    succeed(&app, &id).await;
    // A limit that is lowered below what has failed holds at once.
    app.update_task(json!({ "id": id, "budget": { "maxFailures": 2 } })).await;
    is_paused(&app, &id, "2 trials have failed").await;
}

#[rstest]
#[tokio::test]
async fn so_many_failures_in_a_row_pause_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, json!({ "maxConsecutiveFailures": 2 })).await;
    fail(&app, &id).await;
    succeed(&app, &id).await;
    assert_eq!(fail(&app, &id).await["status"], "RUNNING");
    fail(&app, &id).await;
    is_paused(&app, &id, "2 trials in a row have failed").await;
    app.transition(&id, "RUNNING").await;
    assert_eq!(fail(&app, &id).await["status"], "RUNNING");
    fail(&app, &id).await;
    is_paused(&app, &id, "2 trials in a row have failed").await;
}

#[rstest]
#[tokio::test]
async fn what_is_tried_again_or_was_measured_elsewhere_is_no_failure_of_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic_with(json!({ "budget": { "maxFailures": 1 } }));
    input["trialPolicy"] = json!({ "maxAttempts": 2, "retryOn": "ALL_FAILURES" });
    let id = app.running_task(input).await;
    let elsewhere =
        json!({ "point": { "x": 1, "y": 1 }, "outcome": { "failure": { "reason": "leak" } } });
    app.add_results(&id, json!([elsewhere, elsewhere])).await;
    assert_eq!(fail(&app, &id).await["failures"], 0, "it is tried again");
    assert_eq!(app.task(&id).await["status"], "RUNNING");
    let paused = fail(&app, &id).await;
    assert_eq!((&paused["failures"], &paused["status"]), (&json!(1), &json!("PAUSED")));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_failures_that_come_at_once_one_pauses_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, json!({ "maxFailures": 5 })).await;
    let trials = app.ask(&id, 32).await;
    let tells = trials.into_iter().map(|trial| {
        let client = Client::clone(&app);
        tokio::spawn(async move {
            client.tell_for(failed(&trial, Some(token_of(&trial)), "no power", None)).await
        })
    });
    for told in join_all(tells).await {
        assert_eq!(told.expect("it ends")["receipt"], "COUNTED", "none is refused for the pause");
    }
    let events = app.events_of(&id).await;
    assert_eq!(events.iter().filter(|event| event["to"] == "PAUSED").count(), 1);
    assert_eq!(app.task(&id).await["failures"], 32);
}

#[rstest]
#[tokio::test]
async fn the_limits_and_the_row_go_along_with_a_clone_and_a_file(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let budget = json!({ "maxFailures": 9, "maxConsecutiveFailures": 3 });
    let id = task_with(&app, budget.clone()).await;
    fail(&app, &id).await;
    fail(&app, &id).await;
    let clone = app.payload("cloneTask", json!({ "id": id })).await["task"].clone();
    assert_eq!(clone["budget"]["maxFailures"], 9);
    assert_eq!(clone["budget"]["maxConsecutiveFailures"], 3);
    assert_eq!((&clone["failures"], &clone["consecutiveFailures"]), (&json!(0), &json!(0)));
    app.stop().await;
    let folder = app.database.directory().join("files");
    let folder = folder.to_str().expect("a path");
    assert!(run(["export", folder, "--database", app.database.url()]).status.success());
    let other = asktell_tests::Database::fresh(db).await.expect("a database");
    assert!(run(["import", folder, "--database", other.url()]).status.success());
    let server = Server::start(other.url(), other.directory()).await;
    let there = server.client.task(&id).await;
    assert_eq!((&there["failures"], &there["consecutiveFailures"]), (&json!(2), &json!(2)));
    let paused = fail(&server.client, &id).await;
    assert_eq!(paused["status"], "PAUSED");
    assert_eq!(id_of(&paused), id);
    assert!(server.stop().await.success());
    other.check();
}

#[rstest]
#[tokio::test]
async fn a_long_reason_is_cut_and_never_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, json!(null)).await;
    let trace = format!("Traceback\n{}\nOSError: \u{0}pump", "  frame é\n".repeat(1_000));
    let trial = app.lease(&id, 600.0).await;
    let tell = failed(&trial, Some(token_of(&trial)), &trace, None);
    let told = app.tell_for(tell.clone()).await;
    let kept = told["trial"]["failureReason"].as_str().expect("a reason").to_owned();
    assert!(kept.starts_with("Traceback\n") && kept.ends_with("OSError: \u{fffd}pump"), "{kept}");
    assert!(kept.contains("characters cut by the server"), "{kept}");
    assert!(kept.chars().count() <= 2_000);
    assert_eq!(app.tell_for(tell).await["receipt"], "REPEATED", "the same report is known");

    let trial = app.lease(&id, 600.0).await;
    let told = app.tell_for(failed(&trial, Some(token_of(&trial)), "", None)).await;
    assert_eq!(told["trial"]["failureReason"], "no reason was given");
    let trial = app.lease(&id, 600.0).await;
    let infeasible =
        json!({ "trialId": trial["id"], "outcome": { "infeasible": { "reason": trace } } });
    let told = app.tell_for(infeasible).await;
    assert_eq!(told["trial"]["failureReason"], kept);
    let outcome = json!({ "failure": { "reason": trace } });
    let result = json!({ "point": { "x": 1, "y": 1 }, "outcome": outcome });
    let added = app.add_results(&id, json!([result])).await;
    assert_eq!(added["trials"][0]["failureReason"], kept);
}
