//! Results of workers whose lease was lost: by the task's policy they count, are kept beside, or are refused; none is
//! lost, none counts twice.

use asktell_tests::{App, Client, Db, failed, id_of, lease_of, measured, quadratic_with, token_of};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

const POLICIES: [&str; 3] = ["ACCEPT", "ATTACH", "REJECT"];

/// What has become of a trial, and of its task, when the first worker's result comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Waiting,
    Leased,
    Abandoned,
    Completed,
    TaskPaused,
    TaskFailed,
    TaskCompleted,
    TaskDeleted,
}

const ALL: [Meanwhile; 8] = [
    Meanwhile::Waiting,
    Meanwhile::Leased,
    Meanwhile::Abandoned,
    Meanwhile::Completed,
    Meanwhile::TaskPaused,
    Meanwhile::TaskFailed,
    Meanwhile::TaskCompleted,
    Meanwhile::TaskDeleted,
];

/// A trial that its first worker has lost.
struct Lost {
    task: String,
    /// As the first worker got it.
    first: Value,
    /// As the second got it, if there is one.
    second: Option<Value>,
}

async fn lose(app: &Client, policy: &str, meanwhile: Meanwhile) -> Lost {
    let attempts = if meanwhile == Meanwhile::Abandoned { 1 } else { 3 };
    let policy = json!({ "lateResults": policy, "maxAttempts": attempts });
    let task = app.running_task(quadratic_with(json!({ "trialPolicy": policy }))).await;
    let ask = json!({ "taskId": task, "worker": "first", "leaseSeconds": 0.1 });
    let first = app.ask_for(ask).await["trials"][0].clone();
    let state = if attempts == 1 { "ABANDONED" } else { "WAITING" };
    app.moved(&first, state, 1).await;
    let mut second = None;
    match meanwhile {
        Meanwhile::Waiting | Meanwhile::Abandoned => {}
        Meanwhile::Leased => second = Some(app.lease(&task, 600.0).await),
        Meanwhile::Completed => {
            let trial = app.lease(&task, 600.0).await;
            app.tell_with(&trial, token_of(&trial), 7.0).await;
            second = Some(trial);
        }
        Meanwhile::TaskPaused => drop(app.transition(&task, "PAUSED").await),
        Meanwhile::TaskFailed => drop(app.transition(&task, "FAILED").await),
        Meanwhile::TaskCompleted => drop(app.transition(&task, "COMPLETED").await),
        Meanwhile::TaskDeleted => drop(app.delete_task(&task).await),
    }
    if let Some(second) = &second {
        assert_eq!(second["id"], first["id"]);
    }
    Lost { task, first, second }
}

/// A trial and the events of it, whether its task is deleted or not.
async fn story(app: &Client, lost: &Lost) -> (Value, Vec<Value>) {
    let mut events = app.events_of(&lost.task).await;
    if app.task(&lost.task).await.is_null() {
        let _ = app.mutate("restoreTask", json!({ "id": lost.task })).await.data();
    }
    events.retain(|event| event["trialId"] == lost.first["id"]);
    (app.trial(&lost.first["id"]).await, events)
}

fn count(events: &[Value], is: impl Fn(&Value) -> bool) -> usize {
    events.iter().filter(|event| is(event)).count()
}

/// Checks one late result from the worker's tell to the end of the trial.
async fn check(app: &Client, policy: &str, meanwhile: Meanwhile) {
    let what = format!("{policy}, {meanwhile:?}");
    let lost = lose(app, policy, meanwhile).await;
    let before = app.task(&lost.task).await;
    let tell = measured(&lost.first, Some(token_of(&lost.first)), 3.0);
    let counted = policy == "ACCEPT" && meanwhile != Meanwhile::Completed;

    if policy == "REJECT" {
        let error = app.mutate("tell", tell.clone()).await.error();
        assert_eq!(error.code(), "LEASE_LOST", "{what}");
        assert_eq!(error.detail("trialId"), &lost.first["id"], "{what}");
        assert_eq!(error.detail("token"), &lost.first["lease"]["token"], "{what}");
        let latest = lost.second.as_ref().unwrap_or(&lost.first);
        assert_eq!(error.detail("current"), &latest["lease"]["token"], "{what}");
        assert_eq!(app.task(&lost.task).await, before, "{what}: nothing is written");
    } else {
        let told = app.tell_for(tell.clone()).await;
        let receipt = if counted { "COUNTED" } else { "ATTACHED" };
        assert_eq!(told["receipt"], receipt, "{what}");
        // Nobody knows whether the answer arrived: it is told again.
        let again = app.tell_for(tell.clone()).await;
        assert_eq!(
            (&again["receipt"], &again["trial"]),
            (&json!("REPEATED"), &told["trial"]),
            "{what}"
        );
    }

    let (trial, events) = story(app, &lost).await;
    let state = match meanwhile {
        _ if counted => "COMPLETED",
        Meanwhile::Leased => "RUNNING",
        Meanwhile::Completed => "COMPLETED",
        Meanwhile::Abandoned | Meanwhile::TaskCompleted => "ABANDONED",
        Meanwhile::Waiting
        | Meanwhile::TaskPaused
        | Meanwhile::TaskFailed
        | Meanwhile::TaskDeleted => "WAITING",
    };
    assert_eq!(trial["state"], state, "{what}");
    let completed = |event: &Value| event["trialTo"] == "COMPLETED";
    if counted {
        assert_eq!((&trial["late"], &trial["value"]), (&json!(true), &json!(3.0)), "{what}");
        assert_eq!((&trial["worker"], &trial["lease"]), (&json!("first"), &Value::Null), "{what}");
        let event = events.iter().rfind(|event| completed(event)).expect("the result");
        assert_eq!(event["late"], true, "{what}");
        assert_eq!(event["leaseToken"], lost.first["lease"]["token"], "{what}");
        assert_eq!(app.task(&lost.task).await["bestValue"], 3.0, "{what}");
    } else {
        let value = if meanwhile == Meanwhile::Completed { json!(7.0) } else { Value::Null };
        assert_eq!((&trial["late"], &trial["value"]), (&json!(false), &value), "{what}");
    }
    let attached = trial["attachedResults"].as_array().expect("attached results");
    if counted || policy == "REJECT" {
        assert_eq!(attached.len(), 0, "{what}");
    } else {
        assert_eq!(attached.len(), 1, "{what}: once, although told twice");
        let result = &attached[0];
        let value = json!([{ "objective": "loss", "value": 3.0, "standardDeviation": null }]);
        assert_eq!((&result["values"], &result["worker"]), (&value, &json!("first")), "{what}");
        assert_eq!(result["leaseToken"], lost.first["lease"]["token"], "{what}");
        assert_eq!(result["actor"], "anonymous", "{what}");
        let kept =
            events.iter().find(|event| event["kind"] == "RESULT_ATTACHED").expect("an event");
        assert_eq!((&kept["at"], &kept["attached"]), (&result["at"], &value), "{what}");
        assert_eq!(kept["attachedToken"], result["leaseToken"], "{what}");
        assert_eq!(kept["worker"], "first", "{what}");
    }
    let results = usize::from(counted || meanwhile == Meanwhile::Completed);
    assert_eq!(count(&events, completed), results, "{what}: a trial has one result");

    // Whoever holds it now, or gets it next, is told so, and tells in turn.
    if meanwhile == Meanwhile::Leased {
        let second = lost.second.expect("a second worker");
        let state = app.heartbeat(json!([lease_of(&second)])).await[0].clone();
        let told = app.tell_with(&second, token_of(&second), 5.0).await;
        let trial = &told["trial"];
        if counted {
            assert_eq!(state["verdict"], "STOP", "{what}");
            assert_eq!(told["receipt"], "ATTACHED", "{what}: the first report counts");
            assert_eq!((&trial["value"], &trial["late"]), (&json!(3.0), &json!(true)), "{what}");
            assert_eq!(trial["attempts"][1]["outcome"], "SUPERSEDED", "{what}");
            assert_eq!(trial["attachedResults"][0]["values"][0]["value"], 5.0, "{what}");
        } else {
            assert_eq!(state["verdict"], "GO_ON", "{what}");
            assert_eq!(told["receipt"], "COUNTED", "{what}");
            assert_eq!((&trial["value"], &trial["late"]), (&json!(5.0), &json!(false)), "{what}");
            assert_eq!(trial["attempts"][1]["outcome"], "COMPLETED", "{what}");
        }
        let (_, events) = story(app, &Lost { second: Some(second), ..lost }).await;
        assert_eq!(count(&events, completed), 1, "{what}");
    } else if state == "WAITING" && meanwhile == Meanwhile::Waiting {
        let next = app.lease(&lost.task, 600.0).await;
        assert_eq!(next["id"], lost.first["id"], "{what}: it is still to be measured");
        let told = app.tell_with(&next, token_of(&next), 5.0).await;
        assert_eq!((&told["receipt"], &told["trial"]["value"]), (&json!("COUNTED"), &json!(5.0)));
    }
}

#[rstest]
#[tokio::test]
async fn a_result_of_a_lost_lease_follows_the_policy(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for policy in POLICIES {
        join_all(ALL.map(|meanwhile| check(&app, policy, meanwhile))).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_lost_lease_that_measured_nothing_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let check = async |policy: &str, meanwhile: Meanwhile| {
        let lost = lose(&app, policy, meanwhile).await;
        let before = app.events_of(&lost.task).await;
        for outcome in [
            json!({ "failure": { "reason": "no power" } }),
            json!({ "infeasible": { "reason": "it clots" } }),
            json!({ "pruned": { "reason": "hopeless" } }),
        ] {
            let token = token_of(&lost.first);
            let input =
                json!({ "trialId": lost.first["id"], "leaseToken": token, "outcome": outcome });
            let error = app.mutate("tell", input).await.error();
            assert_eq!(error.code(), "LEASE_LOST", "{policy}, {meanwhile:?}: {outcome}");
        }
        assert_eq!(app.events_of(&lost.task).await, before, "{policy}, {meanwhile:?}");
    };
    let cases = POLICIES.iter().flat_map(|policy| {
        [Meanwhile::Waiting, Meanwhile::Leased, Meanwhile::Abandoned, Meanwhile::Completed]
            .map(|meanwhile| check(policy, meanwhile))
    });
    join_all(cases).await;
}

#[rstest]
#[tokio::test]
async fn the_same_report_twice_is_one(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    for outcome in [
        json!({ "values": [{ "objective": "loss", "value": 2.5, "standardDeviation": 0.5 }] }),
        json!({ "failure": { "reason": "no power", "kind": "power" } }),
        json!({ "infeasible": { "reason": "it clots" } }),
        json!({ "pruned": { "reason": "hopeless" } }),
        json!({ "pruned": {} }),
    ] {
        let trial = app.lease(&id, 60.0).await;
        let input = json!({
            "trialId": trial["id"], "leaseToken": token_of(&trial), "outcome": outcome,
            "metrics": [{ "name": "hours", "value": 1.5 }], "metadata": { "run": 7 },
        });
        let told = app.tell_for(input.clone()).await;
        assert_eq!(told["receipt"], "COUNTED");
        let log = app.log(None).await;
        for _ in 0..3 {
            let again = app.tell_for(input.clone()).await;
            assert_eq!(again["receipt"], "REPEATED", "{outcome}");
            assert_eq!((&again["trial"], &again["task"]), (&told["trial"], &told["task"]));
        }
        assert_eq!(app.log(None).await, log, "{outcome}");
    }
}

#[rstest]
#[case::accept("ACCEPT")]
#[case::attach("ATTACH")]
#[case::reject("REJECT")]
#[tokio::test]
async fn another_result_under_a_spent_token_never_replaces_the_first(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] policy: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let policies = json!({ "trialPolicy": { "lateResults": policy } });
    let id = app.running_task(quadratic_with(policies)).await;
    let trial = app.lease(&id, 60.0).await;
    let token = token_of(&trial);
    app.tell_with(&trial, token, 2.0).await;
    let reply = app.mutate("tell", measured(&trial, Some(token), 1.0)).await;
    if policy == "REJECT" {
        assert_eq!(reply.error().code(), "LEASE_LOST");
    } else {
        assert_eq!(reply.data()["tell"]["receipt"], "ATTACHED");
    }
    let failure = failed(&trial, Some(token), "no power", None);
    assert_eq!(app.mutate("tell", failure).await.error().code(), "LEASE_LOST");
    let told = app.trial(&trial["id"]).await;
    assert_eq!((&told["value"], &told["state"]), (&json!(2.0), &json!("COMPLETED")));
    let attached = usize::from(policy != "REJECT");
    assert_eq!(told["attachedResults"].as_array().map(Vec::len), Some(attached));
    assert_eq!(app.task(&id).await["bestValue"], 2.0);
}

#[rstest]
#[tokio::test]
async fn a_result_under_its_own_lease_counts_after_the_end_whatever_the_policy(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for policy in POLICIES {
        for end in ["PAUSED", "FAILED", "COMPLETED", "deleted"] {
            let policies = json!({ "trialPolicy": { "lateResults": policy } });
            let id = app.running_task(quadratic_with(policies)).await;
            let trial = app.lease(&id, 600.0).await;
            if end == "deleted" {
                app.delete_task(&id).await;
            } else {
                app.transition(&id, end).await;
            }
            let told = app.tell_with(&trial, token_of(&trial), 4.0).await;
            assert_eq!(told["receipt"], "COUNTED", "{policy}, {end}");
            let late = end == "FAILED" || end == "COMPLETED";
            if end != "deleted" {
                assert_eq!(told["trial"]["late"], late, "{policy}, {end}");
                assert_eq!(told["task"]["bestValue"], 4.0, "{policy}, {end}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn of_many_lost_workers_one_counts_and_the_others_are_kept(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "trialPolicy": { "maxAttempts": 20 } });
    let id = app.running_task(quadratic_with(policy)).await;
    let mut workers = Vec::new();
    for _ in 0..8 {
        let trial = app.lease(&id, 600.0).await;
        app.release(json!([lease_of(&trial)])).await;
        workers.push(trial);
    }
    assert!(workers.iter().all(|trial| id_of(trial) == format!("{id}:1")));
    workers.push(app.lease(&id, 600.0).await);
    let tells = (0_i32..)
        .zip(&workers)
        .map(|(n, trial)| app.tell_with(trial, token_of(trial), f64::from(n)));
    let told = join_all(tells).await;
    let counted: Vec<_> = told.iter().filter(|told| told["receipt"] == "COUNTED").collect();
    assert_eq!(counted.len(), 1);
    assert!(told.iter().all(|told| told["receipt"] != "REPEATED"));
    let trial = app.trial(&json!(format!("{id}:1"))).await;
    assert_eq!(trial["value"], counted[0]["trial"]["value"]);
    let attached = trial["attachedResults"].as_array().expect("attached results");
    let mut values: Vec<_> =
        attached.iter().filter_map(|result| result["values"][0]["value"].as_f64()).collect();
    values.push(trial["value"].as_f64().expect("a value"));
    values.sort_by(f64::total_cmp);
    assert_eq!(values, (0..9).map(f64::from).collect::<Vec<_>>(), "none is lost");
    assert_eq!(app.task(&id).await["trialCounts"]["completed"], 1);
}

#[rstest]
#[tokio::test]
async fn a_repeated_report_is_known_after_a_correction(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&id, 600.0).await;
    let tell = measured(&trial, Some(token_of(&trial)), 2.0);
    app.tell_for(tell.clone()).await;
    app.correct(&trial, 3.0, "the scale was off").await;
    app.exclude(&trial, "dirty").await;
    let log = app.log(None).await;
    let again = app.tell_for(tell).await;
    assert_eq!((&again["receipt"], &again["trial"]["value"]), (&json!("REPEATED"), &json!(3.0)));
    assert_eq!(app.log(None).await, log);
}

#[rstest]
#[tokio::test]
async fn a_token_that_was_never_given_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&id, 600.0).await;
    let planned = app.enqueue(&id, json!([{ "x": 1.0, "y": 1.0 }])).await.remove(0);
    let log = app.log(None).await;
    for (trial, token) in
        [(&trial, token_of(&trial) + 1), (&trial, 0), (&trial, -1), (&planned, 0), (&planned, 1)]
    {
        let error = app.mutate("tell", measured(trial, Some(token), 1.0)).await.error();
        assert!(["LEASE_LOST", "VALIDATION_FAILED"].contains(&error.code()), "{}", error.0);
    }
    assert_eq!(app.log(None).await, log);
}
