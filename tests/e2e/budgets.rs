//! Budgets: exact to the trial, whoever asks at the same time; and the task that completes itself when it has had enough.

use std::collections::BTreeSet;

use asktell_tests::{
    App, Client, Db, eventually, failed, id_of, lease_of, now, quadratic_with, time, token_of,
    within,
};
use chrono::{SecondsFormat, TimeDelta};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

fn budget(bounds: Value) -> Value {
    let mut input = quadratic_with(json!({}));
    input["budget"] = bounds;
    input
}

/// Waits until the task has completed itself, and checks how.
async fn completed_itself(app: &Client, task: &str, word: &str) -> Value {
    let event = app.event(task, "its completion", |event| event["to"] == "COMPLETED").await;
    assert_eq!(event["actor"], "asktell");
    let reason = event["reason"].as_str().unwrap_or_default();
    assert!(reason.contains(word), "{reason:?} should say {word:?}");
    let task = app.task(task).await;
    assert_eq!((&task["status"], &task["statusReason"]), (&json!("COMPLETED"), &event["reason"]));
    assert_eq!(
        (&task["trialCounts"]["running"], &task["trialCounts"]["waiting"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(task["finishedAt"], event["at"]);
    task
}

/// It is not complete, and hands out nothing.
async fn hands_out_nothing(app: &Client, task: &str) {
    assert_eq!(app.ask(task, 3).await, [] as [Value; 0]);
    assert_eq!(app.task(task).await["status"], "RUNNING");
}

/// Asks and tells until the task has ended; gives the trials that it measured.
async fn work(client: Client, task: String, worker: usize) -> Vec<Value> {
    let ask = json!({ "taskId": task, "worker": format!("w{worker}"), "count": 1 + worker % 3 });
    let mut measured = Vec::new();
    loop {
        let reply = client.mutate_for("ask", ask.clone(), "trials { id lease { token } }").await;
        if reply.is_error() {
            assert_eq!(reply.error().code(), "TASK_NOT_RUNNING");
            return measured;
        }
        let trials = reply.data()["ask"]["trials"].as_array().expect("trials").clone();
        if trials.is_empty() {
            // The others still measure.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        for trial in trials {
            let input = asktell_tests::measured(&trial, Some(token_of(&trial)), 1.0);
            let told = client.mutate_for("tell", input, "receipt").await.data();
            assert_eq!(told["tell"]["receipt"], "COUNTED");
            measured.push(trial["id"].clone());
        }
    }
}

#[rstest]
#[case::in_memory(Db::Memory, 64, 300)]
#[case::in_a_file(Db::SqliteFile, 200, 1_000)]
#[case::on_postgres(Db::Postgres, 64, 300)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_workers_measure_exactly_as_many_trials_as_there_are(
    #[case] db: Db,
    #[case] workers: usize,
    #[case] trials: usize,
) {
    let Some(app) = App::start(db).await else { return };
    // On Postgres two servers hand out the same task.
    let other = if db == Db::Postgres { Some(app.another_server().await) } else { None };
    let there = other.as_ref().map_or(&*app, |server| &server.client);
    let id = app.running_task(budget(json!({ "maxTrials": trials }))).await;
    let all = (0..workers).map(|n| {
        let client = if n % 4 < 2 { &*app } else { there };
        tokio::spawn(work(client.clone(), id.clone(), n))
    });
    let measured = within(300, "the workers", join_all(all)).await;
    let measured: Vec<_> = measured.into_iter().flat_map(|list| list.expect("it ends")).collect();
    assert_eq!(measured.len(), trials);
    let distinct: BTreeSet<_> = measured.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), trials);
    let task = completed_itself(&app, &id, "budget").await;
    assert_eq!(task["handedOut"], trials);
    let counts = &task["trialCounts"];
    assert_eq!((&counts["completed"], &counts["total"]), (&json!(trials), &json!(trials)));
    if let Some(server) = other {
        assert!(server.stop().await.success());
    }
}

#[rstest]
#[tokio::test]
async fn one_call_gets_no_more_than_what_is_left(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = budget(json!({ "maxTrials": 7 }));
    // Planned trials and proposed ones alike.
    input["initialDesigns"] = json!(vec![json!({ "x": 1, "y": 1 }); 3]);
    let id = app.running_task(input).await;
    assert_eq!(app.ask(&id, 5).await.len(), 5);
    let rest = app.ask(&id, 1_000).await;
    assert_eq!(rest.len(), 2);
    hands_out_nothing(&app, &id).await;
    assert_eq!(app.task(&id).await["handedOut"], 7);
    for trial in app.trials(&id).await {
        app.tell_with(&trial, token_of(&trial), 1.0).await;
    }
    completed_itself(&app, &id, "budget").await;
    let error = app.mutate("ask", json!({ "taskId": id })).await.error();
    assert_eq!(error.code(), "TASK_NOT_RUNNING");
}

#[rstest]
#[tokio::test]
async fn what_is_planned_beyond_the_budget_is_abandoned_at_the_end(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = budget(json!({ "maxTrials": 2 }));
    input["initialDesigns"] = json!(vec![json!({ "x": 1, "y": 1 }); 5]);
    let id = app.running_task(input).await;
    for trial in app.ask(&id, 10).await {
        app.tell_with(&trial, token_of(&trial), 1.0).await;
    }
    let task = completed_itself(&app, &id, "budget").await;
    let counts = &task["trialCounts"];
    assert_eq!((&counts["completed"], &counts["abandoned"]), (&json!(2), &json!(3)));
}

#[rstest]
#[tokio::test]
async fn only_what_is_handed_out_for_the_first_time_counts(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "maxAttempts": 3, "retryOn": "ALL_FAILURES" });
    let mut input = budget(json!({ "maxTrials": 4 }));
    input["trialPolicy"] = policy;
    let id = app.running_task(input).await;
    let handed_out = async |count: i32| {
        assert_eq!(app.task(&id).await["handedOut"], count);
    };
    // Measured elsewhere: no part of the budget.
    let outcome = json!({ "values": [{ "objective": "loss", "value": 9.0 }] });
    let imported = json!({ "point": { "x": 0.0, "y": 0.0 }, "outcome": outcome });
    app.add_results(&id, json!(vec![imported; 10])).await;
    handed_out(0).await;
    // Skipped before anybody got it: no part either.
    let planned = app.enqueue(&id, json!([{ "x": 1.0, "y": 1.0 }])).await;
    app.skip(&planned).await;
    handed_out(0).await;

    let returned = app.lease(&id, 60.0).await;
    app.release(json!([lease_of(&returned)])).await;
    handed_out(1).await;
    let lost = app.lease(&id, 0.1).await;
    assert_eq!(lost["id"], returned["id"]);
    app.moved(&lost, "WAITING", 2).await;
    let broken = app.lease(&id, 60.0).await;
    let failure = failed(&broken, Some(token_of(&broken)), "no power", None);
    assert_eq!(app.tell_for(failure).await["trial"]["state"], "WAITING");
    handed_out(1).await;
    let given_up = app.lease(&id, 0.1).await;
    assert_eq!(given_up["id"], returned["id"]);
    app.moved(&given_up, "ABANDONED", 1).await;
    handed_out(1).await;

    // The abandoned one counts: three are left.
    let rest = app.ask(&id, 100).await;
    assert_eq!(rest.len(), 3);
    // One comes back after all is handed out; it may go out again.
    app.release(json!([lease_of(&rest[0])])).await;
    let again = app.ask(&id, 100).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0]["id"], rest[0]["id"]);
    handed_out(4).await;
    for trial in [&again[0], &rest[1], &rest[2]] {
        app.tell_with(trial, token_of(trial), 1.0).await;
    }
    let task = completed_itself(&app, &id, "budget").await;
    let counts = &task["trialCounts"];
    assert_eq!((&counts["completed"], &counts["abandoned"]), (&json!(13), &json!(2)));
    assert_eq!(task["handedOut"], 4);
}

#[rstest]
#[tokio::test]
async fn no_more_are_out_at_once_than_there_are_places(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(budget(json!({ "maxRunning": 3 }))).await;
    let trials = app.ask(&id, 10).await;
    assert_eq!(trials.len(), 3);
    hands_out_nothing(&app, &id).await;
    // Each way to end a lease frees its place.
    app.tell_with(&trials[0], token_of(&trials[0]), 1.0).await;
    assert_eq!(app.ask(&id, 10).await.len(), 1);
    app.release(json!([lease_of(&trials[1])])).await;
    assert_eq!(app.ask(&id, 10).await.len(), 1);
    let failure = failed(&trials[2], Some(token_of(&trials[2])), "no", None);
    app.tell_for(failure).await;
    let short = app.ask_for(json!({ "taskId": id, "count": 9, "leaseSeconds": 0.1 })).await;
    assert_eq!(short["trials"].as_array().map(Vec::len), Some(1));
    app.moved(&short["trials"][0], "WAITING", 1).await;
    assert_eq!(app.ask(&id, 10).await.len(), 1);
    hands_out_nothing(&app, &id).await;

    // Also when many ask at once.
    let id = app.running_task(budget(json!({ "maxRunning": 5 }))).await;
    let asks = join_all((0..40).map(|_| app.ask(&id, 2))).await;
    assert_eq!(asks.concat().len(), 5);
    let task = app.update_task(json!({ "id": id, "budget": { "maxRunning": 6 } })).await;
    assert_eq!(task["budget"]["maxRunning"], 6);
    assert_eq!(app.ask(&id, 10).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_deadline_ends_the_task_when_what_is_out_is_in(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let before = app.create_task(quadratic_with(json!({}))).await;
    let deadline = (time(&before["createdAt"]) + TimeDelta::milliseconds(2_500))
        .to_rfc3339_opts(SecondsFormat::Micros, true);
    let idle = app.running_task(budget(json!({ "deadline": deadline }))).await;
    let busy = app.running_task(budget(json!({ "deadline": deadline }))).await;
    assert_eq!(app.task(&busy).await["budget"]["deadline"], deadline);
    let out = app.ask(&busy, 2).await;
    assert_eq!(out.len(), 2);
    app.tell_with(&out[0], token_of(&out[0]), 1.0).await;
    app.enqueue(&busy, json!([{ "x": 0.0, "y": 0.0 }])).await;

    let task = completed_itself(&app, &idle, "deadline").await;
    let late = time(&task["finishedAt"]) - time(&json!(deadline));
    assert!(
        (TimeDelta::zero()..=TimeDelta::seconds(1)).contains(&late),
        "{late} after the deadline"
    );
    hands_out_nothing(&app, &busy).await;
    app.tell_with(&out[1], token_of(&out[1]), 1.0).await;
    let task = completed_itself(&app, &busy, "deadline").await;
    assert_eq!(task["trialCounts"]["abandoned"], 1, "what was enqueued is not measured any more");
    assert_eq!(task["trialCounts"]["completed"], 2);
}

#[rstest]
#[case::minimize("MINIMIZE", [1.5, 1.0 + 1e-9], 1.0)]
#[case::maximize("MAXIMIZE", [0.5, 1.0 - 1e-9], 1.0)]
#[case::beyond("MINIMIZE", [1.5, 1.25], -3.0)]
#[tokio::test]
async fn a_target_that_is_reached_ends_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] direction: &str,
    #[case] short_of: [f64; 2],
    #[case] reaching: f64,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = budget(json!({ "targetValue": 1.0 }));
    input["objectives"] = json!([{ "name": "loss", "direction": direction }]);
    let id = app.running_task(input).await;
    let trials = app.ask(&id, 4).await;
    for (trial, value) in trials.iter().zip(short_of) {
        assert_eq!(app.tell_with(trial, token_of(trial), value).await["task"]["status"], "RUNNING");
    }
    let more = app.lease(&id, 600.0).await;
    let told = app.tell_with(&more, token_of(&more), reaching).await;
    assert_eq!(told["task"]["status"], "RUNNING", "two are still out");
    hands_out_nothing(&app, &id).await;
    app.tell_with(&trials[2], token_of(&trials[2]), short_of[0]).await;
    hands_out_nothing(&app, &id).await;
    let told = app.tell_with(&trials[3], token_of(&trials[3]), short_of[0]).await;
    assert_eq!(told["task"]["status"], "COMPLETED", "with the last one, in the same transaction");
    let task = completed_itself(&app, &id, "target").await;
    assert_eq!(
        (&task["bestValue"], &task["trialCounts"]["completed"]),
        (&json!(reaching), &json!(5))
    );
}

#[rstest]
#[tokio::test]
async fn results_without_improvement_end_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(budget(json!({ "patience": 3 }))).await;
    let tell = async |value: f64| {
        let trial = app.lease(&id, 600.0).await;
        app.tell_with(&trial, token_of(&trial), value).await["task"]["status"].clone()
    };
    // Equal is no improvement; failures are no results.
    for value in [5.0, 5.0, 6.0, 4.0, 4.5] {
        assert_eq!(tell(value).await, "RUNNING", "{value}");
    }
    let trial = app.lease(&id, 600.0).await;
    let failure = failed(&trial, Some(token_of(&trial)), "no power", None);
    assert_eq!(app.tell_for(failure).await["task"]["status"], "RUNNING");
    assert_eq!(tell(4.0).await, "RUNNING");
    assert_eq!(tell(9.0).await, "COMPLETED");
    let task = completed_itself(&app, &id, "improvement").await;
    assert_eq!((&task["bestValue"], &task["trialCounts"]["completed"]), (&json!(4.0), &json!(7)));
}

#[rstest]
#[tokio::test]
async fn a_budget_can_be_raised_and_lowered_while_the_task_runs(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(budget(json!({ "maxTrials": 2 }))).await;
    let set = async |budget: Value| app.update_task(json!({ "id": id, "budget": budget })).await;
    let first = app.ask(&id, 9).await;
    hands_out_nothing(&app, &id).await;
    set(json!({ "maxTrials": 4 })).await;
    let second = app.ask(&id, 9).await;
    assert_eq!((first.len(), second.len()), (2, 2));
    set(json!({ "maxTrials": 100, "targetValue": -50.0 })).await;
    assert_eq!(app.ask(&id, 3).await.len(), 3);
    // Lowered below what is out already: what is out may still be told.
    set(json!({ "maxTrials": 3 })).await;
    hands_out_nothing(&app, &id).await;
    let out = app.trials(&id).await;
    for trial in &out[1..] {
        let told = app.tell_with(trial, token_of(trial), 1.0).await;
        assert_eq!((&told["receipt"], &told["trial"]["late"]), (&json!("COUNTED"), &json!(false)));
    }
    app.tell_with(&out[0], token_of(&out[0]), 1.0).await;
    assert_eq!(completed_itself(&app, &id, "budget").await["handedOut"], 7);

    // Lowered when nothing is out, it ends at once, or nearly.
    let id = app.running_task(budget(json!({}))).await;
    let trial = app.lease(&id, 600.0).await;
    app.tell_with(&trial, token_of(&trial), 1.0).await;
    app.update_task(json!({ "id": id, "budget": { "maxTrials": 1 } })).await;
    completed_itself(&app, &id, "budget").await;
    // A target that an old result has reached already.
    let id = app.running_task(budget(json!({}))).await;
    let trial = app.lease(&id, 600.0).await;
    app.tell_with(&trial, token_of(&trial), 1.0).await;
    app.update_task(json!({ "id": id, "budget": { "targetValue": 1.5 } })).await;
    completed_itself(&app, &id, "target").await;
}

/// How the last trial that is out ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Tell,
    Failure,
    Infeasible,
    Pruned,
    Expiry,
    ReleaseAndSkip,
    ByHand,
}

#[rstest]
#[tokio::test]
async fn whatever_ends_the_last_trial_completes_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(
        End::Tell,
        End::Failure,
        End::Infeasible,
        End::Pruned,
        End::Expiry,
        End::ReleaseAndSkip,
        End::ByHand
    )]
    end: End,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = budget(json!({ "maxTrials": 2 }));
    input["trialPolicy"] = json!({ "maxAttempts": 1 });
    let id = app.running_task(input).await;
    let first = app.lease(&id, 600.0).await;
    let last = app.lease(&id, if matches!(end, End::Expiry) { 0.2 } else { 600.0 }).await;
    app.tell_with(&first, token_of(&first), 1.0).await;
    let tell = async |outcome: Value| {
        let token = token_of(&last);
        let input = json!({ "trialId": last["id"], "leaseToken": token, "outcome": outcome });
        app.tell_for(input).await["task"]["status"].clone()
    };
    match end {
        End::Tell => drop(app.tell_with(&last, token_of(&last), 1.0).await),
        End::Failure => {
            assert_eq!(tell(json!({ "failure": { "reason": "no" } })).await, "COMPLETED");
        }
        End::Infeasible => {
            assert_eq!(tell(json!({ "infeasible": { "reason": "no" } })).await, "COMPLETED");
        }
        End::Pruned => assert_eq!(tell(json!({ "pruned": {} })).await, "COMPLETED"),
        End::Expiry => {
            let event = app.moved(&last, "ABANDONED", 1).await;
            assert!(time(&event["at"]) >= time(&last["lease"]["expiresAt"]));
        }
        End::ReleaseAndSkip => {
            app.release(json!([lease_of(&last)])).await;
            assert_eq!(app.task(&id).await["status"], "RUNNING", "a returned trial waits");
            app.skip(&[last]).await;
        }
        End::ByHand => drop(app.tell(&last, 1.0).await),
    }
    completed_itself(&app, &id, "budget").await;
}

#[rstest]
#[tokio::test]
async fn a_budget_that_is_reached_in_a_pause_ends_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for (bound, word) in
        [(json!({ "maxTrials": 1 }), "budget"), (json!({ "targetValue": 2.0 }), "target")]
    {
        let id = app.running_task(budget(bound)).await;
        let trial = app.lease(&id, 600.0).await;
        app.transition(&id, "PAUSED").await;
        let told = app.tell_with(&trial, token_of(&trial), 1.0).await;
        assert_eq!(told["trial"]["late"], false);
        if told["task"]["status"] == "PAUSED" {
            app.transition(&id, "RUNNING").await;
        }
        let task = completed_itself(&app, &id, word).await;
        assert_eq!(task["trialCounts"]["total"], 1);
    }
}

#[rstest]
#[tokio::test]
async fn a_budget_holds_over_a_restart(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let mut input = budget(json!({ "maxTrials": 5, "maxRunning": 3 }));
    input["trialPolicy"] = json!({ "maxAttempts": 1 });
    let id = app.running_task(input).await;
    let trials = app.ask_for(json!({ "taskId": id, "count": 9, "leaseSeconds": 1 })).await;
    assert_eq!(trials["trials"].as_array().map(Vec::len), Some(3));
    app.kill();
    app.start_again().await;
    for trial in trials["trials"].as_array().expect("trials") {
        app.moved(trial, "ABANDONED", 1).await;
    }
    let rest = app.ask(&id, 9).await;
    assert_eq!(rest.len(), 2);
    app.tell_with(&rest[0], token_of(&rest[0]), 1.0).await;
    app.kill();
    app.start_again().await;
    let told = app.tell_with(&rest[1], token_of(&rest[1]), 1.0).await;
    assert_eq!(id_of(&told["task"]), id);
    completed_itself(&app, &id, "budget").await;
}

#[rstest]
#[tokio::test]
async fn a_deadline_that_passes_while_the_server_is_down_ends_the_task_when_it_is_up(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let before = app.create_task(quadratic_with(json!({}))).await;
    let deadline = (time(&before["createdAt"]) + TimeDelta::milliseconds(2_000))
        .to_rfc3339_opts(SecondsFormat::Micros, true);
    let id = app.running_task(budget(json!({ "deadline": deadline }))).await;
    app.kill();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    app.start_again().await;
    completed_itself(&app, &id, "deadline").await;
    let ended = eventually(5, "the end", async || {
        Some(app.task(&id).await).filter(|task| task["status"] == "COMPLETED")
    });
    assert_eq!(ended.await["trialCounts"]["total"], 0);
}

#[rstest]
#[tokio::test]
async fn a_budget_that_is_reached_while_the_task_is_deleted_ends_it_when_it_is_restored(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(budget(json!({ "maxTrials": 1 }))).await;
    let trial = app.lease(&id, 600.0).await;
    app.delete_task(&id).await;
    assert_eq!(app.tell_with(&trial, token_of(&trial), 1.0).await["receipt"], "COUNTED");
    let _ = app.mutate("restoreTask", json!({ "id": id })).await.data();
    completed_itself(&app, &id, "budget").await;
}

#[rstest]
#[tokio::test]
async fn a_budget_that_is_raised_among_many_workers_stays_exact(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(budget(json!({ "maxTrials": 40 }))).await;
    // As long as this one is out, the task does not end.
    let kept = app.lease(&id, 600.0).await;
    let workers: Vec<_> =
        (0..16).map(|n| tokio::spawn(work(Client::clone(&app), id.clone(), n))).collect();
    for most in [60, 50, 90] {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        app.update_task(json!({ "id": id, "budget": { "maxTrials": most } })).await;
    }
    eventually(60, "the last trial", async || {
        Some(app.task(&id).await).filter(|task| task["handedOut"] == 90)
    })
    .await;
    app.tell_with(&kept, token_of(&kept), 1.0).await;
    let measured = within(120, "the workers", join_all(workers)).await;
    let measured: usize = measured.into_iter().map(|list| list.expect("it ends").len()).sum();
    let task = completed_itself(&app, &id, "budget").await;
    assert_eq!((measured, &task["handedOut"]), (89, &json!(90)));
}

#[rstest]
#[tokio::test]
async fn a_target_that_was_reached_by_mistake_does_not_end_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(budget(json!({ "targetValue": 1.0 }))).await;
    let trials = app.ask(&id, 3).await;
    app.tell_with(&trials[0], token_of(&trials[0]), 0.5).await;
    hands_out_nothing(&app, &id).await;
    app.exclude(&trials[0], "dirty").await;
    let more = app.ask(&id, 1).await;
    assert_eq!(more.len(), 1, "nothing has reached it now");
    app.tell_with(&trials[1], token_of(&trials[1]), 0.75).await;
    hands_out_nothing(&app, &id).await;
    app.correct(&trials[1], 7.5, "the scale was off").await;
    assert_eq!(app.ask(&id, 1).await.len(), 1);
    // The first one again: it ends when what is out is in.
    app.include(&trials[0], "clean after all").await;
    hands_out_nothing(&app, &id).await;
    for trial in app.trials(&id).await.iter().filter(|trial| trial["state"] == "RUNNING") {
        app.tell_with(trial, token_of(trial), 9.0).await;
    }
    completed_itself(&app, &id, "target").await;
}

#[rstest]
#[tokio::test]
async fn a_waiting_trial_that_is_told_by_hand_counts_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let points = json!([{ "x": 1, "y": 1 }, { "x": 2, "y": 2 }, { "x": 3, "y": 3 }]);
    let mut input = budget(json!({ "maxTrials": 5 }));
    input["initialDesigns"] = points;
    let id = app.running_task(input).await;
    let handed_out = async || app.task(&id).await["handedOut"].as_i64();
    // Two of those that are planned are measured by hand before anybody asks.
    let planned = app.trials(&id).await;
    app.tell(&planned[0], 4.0).await;
    assert_eq!(handed_out().await, Some(1));
    app.tell(&planned[1], 3.0).await;
    assert_eq!(app.task(&id).await["progress"], 0.4);
    // One that is skipped is not tried, until it is measured all the same.
    app.skip(&planned[2..]).await;
    assert_eq!(handed_out().await, Some(2));
    app.tell(&planned[2], 2.0).await;
    assert_eq!(handed_out().await, Some(3));
    // Two are left, whoever asks for more; one that was handed out and is told by hand counts once.
    let rest = app.ask(&id, 100).await;
    assert_eq!(rest.len(), 2);
    app.tell(&rest[0], 1.0).await;
    assert_eq!(handed_out().await, Some(5));
    app.tell_with(&rest[1], token_of(&rest[1]), 1.0).await;
    let task = completed_itself(&app, &id, "budget").await;
    assert_eq!((&task["handedOut"], &task["trialCounts"]["completed"]), (&json!(5), &json!(5)));

    // By hand alone, too: the last one completes the task.
    let mut input = budget(json!({ "maxTrials": 1 }));
    input["initialDesigns"] = json!([{ "x": 1, "y": 1 }, { "x": 2, "y": 2 }]);
    let id = app.running_task(input).await;
    let planned = app.trials(&id).await;
    app.tell(&planned[1], 1.0).await;
    let task = completed_itself(&app, &id, "budget").await;
    assert_eq!((&task["handedOut"], &task["trialCounts"]["abandoned"]), (&json!(1), &json!(1)));
}

#[rstest]
#[tokio::test]
async fn a_deadline_that_has_passed_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let past = json!({ "deadline": "2001-01-01T00:00:00Z" });
    let refused = async |mutation: &str, input: Value| {
        let error = app.mutate(mutation, input).await.error();
        (error.code().to_owned(), error.path())
    };
    let invalid = |path: &str| ("VALIDATION_FAILED".to_owned(), path.to_owned());
    assert_eq!(refused("createTask", budget(past.clone())).await, invalid("input.budget.deadline"));
    let many = json!({ "tasks": [quadratic_with(json!({})), budget(past.clone())] });
    assert_eq!(refused("createTasks", many).await.0, "BATCH_REFUSED");
    let id = id_of(&app.create_task(budget(json!({ "deadline": "2099-01-01T00:00:00Z" }))).await);
    let update = json!({ "id": id, "budget": past });
    assert_eq!(refused("updateTask", update).await, invalid("input.budget.deadline"));
    // One that is there already and has passed since is no obstacle to other changes.
    let soon = (now() + TimeDelta::seconds(2)).to_rfc3339_opts(SecondsFormat::Micros, true);
    let soon = json!({ "deadline": soon, "maxTrials": 3 });
    app.update_task(json!({ "id": id, "budget": soon })).await;
    eventually(5, "the deadline", async || {
        (now() > time(&app.task(&id).await["budget"]["deadline"])).then_some(())
    })
    .await;
    let mut more = soon.clone();
    more["maxTrials"] = json!(4);
    assert_eq!(
        app.update_task(json!({ "id": id, "budget": more })).await["budget"]["maxTrials"],
        4
    );
}
