//! Strategies of clients: told when a task needs points, proposing them under a lease, going on where
//! the last one left off.

use std::time::Duration;

use asktell_tests::{
    App, Client, Db, eventually, id_of, kill_rounds, new_id, quadratic_with, time, token_of, within,
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

const MOMENT: Duration = Duration::from_millis(150);
const SOON: u64 = 10;

/// A RUNNING task of a client's strategy, with these fields beside.
async fn external(app: &Client, ahead: i32, fields: Value) -> String {
    let mut input = quadratic_with(fields);
    input["strategy"] = json!({ "kind": "EXTERNAL", "external": { "ahead": ahead } });
    app.running_task(input).await
}

fn at(x: f64) -> Value {
    json!({ "point": { "x": x, "y": 1.0 } })
}

async fn needed(app: &Client, task: &str) -> Value {
    app.task(task).await["pointsNeeded"].clone()
}

async fn claim(app: &Client, task: &str, name: &str, seconds: f64) -> Value {
    let input = json!({ "taskId": task, "strategist": name, "leaseSeconds": seconds });
    app.payload("claimStrategy", input).await
}

/// `proposeTrials` of one point for each number; gives the payload.
async fn propose(app: &Client, task: &str, token: &Value, xs: &[f64]) -> Value {
    app.payload("proposeTrials", proposal(task, token, xs)).await
}

fn proposal(task: &str, token: &Value, xs: &[f64]) -> Value {
    let points: Vec<_> = xs.iter().map(|x| at(*x)).collect();
    json!({ "taskId": task, "leaseToken": token, "points": points })
}

fn lease(task: &str, claim: &Value) -> Value {
    json!({ "taskId": task, "token": claim["token"] })
}

async fn beat(app: &Client, leases: Value) -> Vec<Value> {
    let payload = app.heartbeat_for(json!({ "strategies": leases })).await;
    payload["strategies"].as_array().expect("strategies").clone()
}

fn count(value: &Value) -> usize {
    let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
    count.unwrap_or_else(|| panic!("a count expected: {value}"))
}

async fn log_of(app: &Client, task: &str, kind: &str) -> Vec<Value> {
    let mut events = app.events_of(task).await;
    events.retain(|event| event["kind"] == kind);
    events
}

#[rstest]
#[tokio::test]
async fn a_task_needs_what_is_not_ready_and_never_more_than_its_budget_leaves(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 3, json!({ "budget": { "maxTrials": 5 } })).await;
    assert_eq!(needed(&app, &task).await, 3);
    app.enqueue(&task, json!([at(0.0)["point"]])).await;
    assert_eq!(needed(&app, &task).await, 2, "what is enqueued by hand is ready, too");
    let claimed = claim(&app, &task, "s", 600.0).await;
    assert_eq!(claimed["needed"], 2);
    let token = &claimed["claim"]["token"];
    let proposed = propose(&app, &task, token, &[1.0]).await;
    assert_eq!((&proposed["needed"], &proposed["task"]["pointsNeeded"]), (&json!(1), &json!(1)));
    assert_eq!(propose(&app, &task, token, &[2.0]).await["needed"], 0);

    // Each point that is handed out makes room for one, until the budget has no more.
    let mut out = Vec::new();
    for left in [1, 2, 2] {
        out.push(app.lease(&task, 600.0).await);
        assert_eq!(needed(&app, &task).await, left);
    }
    // One that comes back waits again, but is not new.
    app.release(json!([asktell_tests::lease_of(&out[0])])).await;
    assert_eq!(needed(&app, &task).await, 2);
    assert_eq!(propose(&app, &task, token, &[3.0, 4.0, 5.0]).await["needed"], 0);
    let update = json!({ "id": task, "budget": { "maxTrials": 8 } });
    app.payload("updateTask", update).await;
    assert_eq!(needed(&app, &task).await, 0, "three are ready");

    let plain = app.running_task(quadratic_with(json!({}))).await;
    assert_eq!(needed(&app, &plain).await, 0, "the server proposes");
    let refused = json!({ "taskId": plain, "strategist": "s" });
    let error = app.mutate("claimStrategy", refused).await.error();
    assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.taskId"));
}

#[rstest]
#[tokio::test]
async fn only_a_running_task_needs_points(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic_with(json!({}));
    input["strategy"] = json!({ "kind": "EXTERNAL" });
    let task = id_of(&app.create_task(input).await);
    assert_eq!(needed(&app, &task).await, 0);
    let refused = json!({ "taskId": task, "strategist": "s" });
    let error = app.mutate("claimStrategy", refused.clone()).await.error();
    assert_eq!((error.code(), error.detail("status")), ("TASK_NOT_RUNNING", &json!("CREATED")));
    app.transition(&task, "RUNNING").await;
    assert_eq!(needed(&app, &task).await, 1);

    // A pause needs nothing, but takes what was being computed.
    let held = claim(&app, &task, "s", 600.0).await["claim"].clone();
    app.transition(&task, "PAUSED").await;
    assert_eq!(needed(&app, &task).await, 0);
    assert_eq!(beat(&app, json!([lease(&task, &held)])).await[0]["verdict"], "GO_ON");
    assert_eq!(propose(&app, &task, &held["token"], &[1.0]).await["needed"], 0);
    app.transition(&task, "RUNNING").await;
    assert_eq!(app.task(&task).await["strategist"]["name"], "s");

    // The end is the strategist's, too.
    for (n, end) in (1..).zip(["FAILED", "COMPLETED"]) {
        app.transition(&task, end).await;
        assert_eq!(app.task(&task).await["strategist"], Value::Null, "{end}");
        assert_eq!(log_of(&app, &task, "STRATEGY_RELEASED").await.len(), n, "{end}");
        assert_eq!(needed(&app, &task).await, 0);
        let error = app.mutate("claimStrategy", refused.clone()).await.error();
        assert_eq!((error.code(), error.detail("status")), ("TASK_NOT_RUNNING", &json!(end)));
        if end == "FAILED" {
            let late = app.mutate("proposeTrials", proposal(&task, &held["token"], &[2.0])).await;
            assert_eq!(late.error().code(), "LEASE_LOST");
            app.transition(&task, "RUNNING").await;
            let waiting = app.ask(&task, 1).await;
            assert_eq!(waiting.len(), 1, "what was proposed is kept for the retry");
            claim(&app, &task, "s", 600.0).await;
        }
    }
    let late = app.mutate("proposeTrials", proposal(&task, &held["token"], &[2.0])).await.error();
    assert_eq!(late.code(), "TASK_ENDED");
}

#[rstest]
#[tokio::test]
async fn a_strategist_proposes_points_and_says_why(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 2, json!({})).await;
    let claimed = claim(&app, &task, "botorch 1", 600.0).await;
    assert_eq!((&claimed["task"]["id"], &claimed["needed"]), (&json!(task), &json!(2)));
    let held = &claimed["claim"];
    assert_eq!((&held["name"], &held["token"]), (&json!("botorch 1"), &json!(1)));
    assert_eq!(claimed["task"]["strategist"], *held);
    let event = log_of(&app, &task, "STRATEGY_CLAIMED").await.remove(0);
    assert_eq!(
        (&event["strategist"], &event["token"], &event["expiresAt"]),
        (&held["name"], &held["token"], &held["expiresAt"])
    );
    let version = app.task(&task).await["version"].clone();

    let state = json!({ "lengthScales": [0.5, 2.0], "name": "größer" });
    let mut input = proposal(&task, &held["token"], &[1.0, 2.0]);
    input["modelState"] = state.clone();
    input["expectedVersion"] = version.clone();
    input["points"][0]["reason"] = json!("the most is to be expected there");
    input["points"][0]["predictions"] =
        json!([{ "objective": "loss", "mean": -1.5, "deviation": 0.25 }]);
    let proposed = app.payload("proposeTrials", input).await;
    assert_eq!((&proposed["needed"], &proposed["task"]["modelState"]), (&json!(0), &state));
    let trials = proposed["trials"].as_array().expect("trials");
    let why = |reason: &str, predictions: Value| {
        json!({
            "strategy": "EXTERNAL", "reason": reason, "fallback": null, "predictions": predictions,
            "criterion": null, "acquisitionValue": null, "expectedImprovement": null, "results": 0,
        })
    };
    let predicted = json!([{ "objective": "loss", "mean": -1.5, "deviation": 0.25 }]);
    assert_eq!(trials[0]["proposal"], why("the most is to be expected there", predicted));
    assert_eq!(trials[1]["proposal"], why("proposed by botorch 1", json!([])));
    for (trial, x) in trials.iter().zip([1.0, 2.0]) {
        assert_eq!((&trial["state"], &trial["origin"]), (&json!("WAITING"), &json!("STRATEGY")));
        assert_eq!(trial["point"]["x"], x);
        let got = app.lease(&task, 600.0).await;
        assert_eq!((&got["id"], &got["proposal"]), (&trial["id"], &trial["proposal"]));
    }
    let saved = log_of(&app, &task, "MODEL_STATE_SAVED").await.remove(0);
    assert_eq!(saved["strategist"], "botorch 1");
    assert_eq!(saved["bytes"], state.to_string().len());
    let after = app.task(&task).await;
    assert_eq!(
        after["version"], version,
        "points and checkpoints are no change of the task itself"
    );

    // A checkpoint without points, and none any more.
    let mut input = proposal(&task, &held["token"], &[]);
    let error = app.mutate("proposeTrials", input.clone()).await.error();
    assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.points"));
    input["modelState"] = Value::Null;
    let payload = app.payload("proposeTrials", input).await;
    assert_eq!((&payload["trials"], &payload["task"]["modelState"]), (&json!([]), &Value::Null));
}

#[rstest]
#[case::outside("/points/1/point/x", json!(11.0), "input.points.1.point.x")]
#[case::unknown("/points/1/point/z", json!(1.0), "input.points.1.point.z")]
#[case::no_objective("/points/1/predictions/0/objective", json!("gain"), "input.points.1.predictions.0.objective")]
#[case::twice("/points/1/predictions/1", json!({ "objective": "loss", "mean": 0.0, "deviation": 1.0 }), "input.points.1.predictions.1.objective")]
#[case::negative("/points/1/predictions/0/deviation", json!(-1.0), "input.points.1.predictions.0.deviation")]
#[case::large_state("/modelState", json!("x".repeat(600_000)), "input.modelState")]
#[case::no_task("/taskId", json!("x"), "input.taskId")]
#[tokio::test]
async fn of_a_proposal_with_a_fault_nothing_is_written(
    #[case] place: &str,
    #[case] fault: Value,
    #[case] path: &str,
) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let task = external(&app, 1, json!({})).await;
    let held = claim(&app, &task, "s", 600.0).await["claim"].clone();
    let mut input = proposal(&task, &held["token"], &[1.0, 2.0]);
    input["modelState"] = json!({ "n": 1 });
    input["points"][1]["predictions"] =
        json!([{ "objective": "loss", "mean": 1.0, "deviation": 1.0 }]);
    let (parent, field) = place.rsplit_once('/').expect("a place");
    let parent = input.pointer_mut(parent).expect("a parent");
    match parent.as_array_mut() {
        Some(list) => list.push(fault),
        None => parent[field] = fault,
    }
    let before = app.log(None).await;
    let error = app.mutate("proposeTrials", input).await.error();
    assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", path));
    assert_eq!(app.log(None).await, before);
    assert_eq!(app.task(&task).await["modelState"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn settings_of_another_strategy_are_refused(
    #[values(
        json!({ "kind": "SOBOL", "external": { "ahead": 2 } }),
        json!({ "kind": "EXTERNAL", "external": { "ahead": 0 } }),
        json!({ "kind": "EXTERNAL", "external": { "ahead": 1001 } }),
    )]
    strategy: Value,
) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let error = app.mutate("createTask", quadratic_with(json!({ "strategy": strategy }))).await;
    let error = error.error();
    assert_eq!(error.code(), "VALIDATION_FAILED");
    assert!(error.path().starts_with("input.strategy.external"), "{}", error.path());
}

#[rstest]
#[tokio::test]
async fn of_strategists_that_race_one_wins(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(true, false)] by_name: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let other = if db == Db::Postgres { Some(app.another_server().await) } else { None };
    let there = other.as_ref().map_or(&*app, |server| &server.client);
    for round in 0..10 {
        let task = external(&app, 1, json!({})).await;
        let race = (0..8).map(async |n: usize| {
            let client = if n.is_multiple_of(2) { &*app } else { there };
            let input = json!({
                "taskId": by_name.then_some(&task), "strategist": format!("s{n}"), "leaseSeconds": 600,
            });
            let claimed = client.payload("claimStrategy", input).await;
            assert_eq!(claimed["claim"].is_null(), claimed["task"].is_null());
            claimed["claim"].clone()
        });
        let claims = join_all(race).await;
        let won: Vec<_> = claims.into_iter().filter(|claim| !claim.is_null()).collect();
        assert_eq!(won.len(), 1, "round {round}: {won:?}");
        assert_eq!(app.task(&task).await["strategist"], won[0]);
        assert_eq!(log_of(&app, &task, "STRATEGY_CLAIMED").await.len(), 1);
        // Not in the way of the next round.
        app.transition(&task, "PAUSED").await;
    }
    if let Some(server) = other {
        assert!(server.stop().await.success());
    }
}

#[rstest]
#[tokio::test]
async fn without_a_name_the_first_in_order_that_nobody_proposes_for(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let low = external(&app, 1, json!({ "priority": -1000, "labels": ["oven"] })).await;
    let high = external(&app, 1, json!({ "priority": 1000, "labels": ["oven", "gp"] })).await;
    let middle = external(&app, 1, json!({ "labels": ["gp"] })).await;
    app.running_task(quadratic_with(json!({}))).await;
    let next = async |labels: Value| {
        let input = json!({ "strategist": "s", "labels": labels });
        app.payload("claimStrategy", input).await["task"]["id"].clone()
    };
    assert_eq!(next(json!(["oven", "robot"])).await, Value::Null, "it has not both labels");
    assert_eq!(next(json!(["oven", "gp"])).await, high.as_str());
    assert_eq!(next(json!(["oven", "gp"])).await, Value::Null);
    assert_eq!(next(json!([])).await, middle.as_str());
    assert_eq!(next(Value::Null).await, low.as_str());
    assert_eq!(next(Value::Null).await, Value::Null);
}

#[rstest]
#[tokio::test]
async fn whoever_loses_the_lease_is_fenced_off_and_the_next_goes_on_from_the_checkpoint(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 2, json!({})).await;
    let first = claim(&app, &task, "lost one", 1.2).await["claim"].clone();
    let none = claim(&app, &task, "too late", 600.0).await;
    assert_eq!(
        (&none["task"], &none["claim"], &none["needed"]),
        (&Value::Null, &Value::Null, &json!(0))
    );

    // Heartbeats and proposals renew it.
    let mut expires = time(&first["expiresAt"]);
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let log = app.log(None).await;
        let state = beat(&app, json!([lease(&task, &first)])).await.remove(0);
        assert_eq!((&state["taskId"], &state["verdict"]), (&json!(task), &json!("GO_ON")));
        assert_eq!(app.log(None).await, log, "a heartbeat is no event");
        assert!(time(&state["expiresAt"]) > expires);
        expires = time(&state["expiresAt"]);
    }
    let mut input = proposal(&task, &first["token"], &[1.0]);
    input["modelState"] = json!({ "seen": 1 });
    let proposed = app.payload("proposeTrials", input).await;
    assert_eq!(proposed["claim"]["token"], first["token"]);
    assert!(time(&proposed["claim"]["expiresAt"]) > expires);
    expires = time(&proposed["claim"]["expiresAt"]);

    // Then it is lost, and said so.
    let lost = app.event(&task, "the end", |event| event["kind"] == "STRATEGY_RELEASED").await;
    assert_eq!((&lost["strategist"], &lost["token"]), (&json!("lost one"), &first["token"]));
    assert_eq!(lost["actor"], "asktell");
    assert!((expires..=expires + TimeDelta::seconds(1)).contains(&time(&lost["at"])), "{lost}");
    assert_eq!(app.task(&task).await["status"], "RUNNING");

    let second = claim(&app, &task, "next", 600.0).await;
    assert_eq!(
        (&second["needed"], &second["task"]["modelState"]),
        (&json!(1), &json!({ "seen": 1 }))
    );
    assert_eq!(second["claim"]["token"], 2);
    let before = app.log(None).await;
    let mut input = proposal(&task, &first["token"], &[2.0]);
    input["modelState"] = json!({ "seen": "by a ghost" });
    for (mutation, input) in [
        ("proposeTrials", input),
        ("releaseStrategy", json!({ "taskId": task, "leaseToken": first["token"] })),
    ] {
        let error = app.mutate(mutation, input).await.error();
        assert_eq!(error.code(), "LEASE_LOST");
        assert_eq!(
            (error.detail("taskId"), error.detail("token"), error.detail("current")),
            (&json!(task), &json!(1), &json!(2))
        );
    }
    let leases = json!([lease(&task, &first), lease(&task, &second["claim"]),
                        { "taskId": new_id(), "token": 1 }]);
    let verdicts: Vec<_> =
        beat(&app, leases).await.iter().map(|state| state["verdict"].clone()).collect();
    assert_eq!(verdicts, ["LOST", "GO_ON", "LOST"]);
    assert_eq!(app.log(None).await, before);
    assert_eq!(app.task(&task).await["modelState"], json!({ "seen": 1 }));
    assert_eq!(app.trials(&task).await.len(), 1);

    // One that must stop gives it back.
    let input = json!({ "taskId": task, "leaseToken": 2, "reason": "maintenance" });
    let released = app.payload("releaseStrategy", input).await["task"].clone();
    assert_eq!((&released["strategist"], &released["status"]), (&Value::Null, &json!("RUNNING")));
    assert_eq!(log_of(&app, &task, "STRATEGY_RELEASED").await[1]["releaseReason"], "maintenance");
    assert_eq!(claim(&app, &task, "third", 600.0).await["claim"]["token"], 3);
}

#[rstest]
#[tokio::test]
async fn when_the_server_itself_is_to_propose_the_strategist_may_go(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 1, json!({})).await;
    let held = claim(&app, &task, "s", 600.0).await["claim"].clone();
    let update = json!({ "id": task, "strategy": { "kind": "SOBOL" } });
    let updated = app.payload("updateTask", update).await["task"].clone();
    assert_eq!((&updated["strategist"], &updated["pointsNeeded"]), (&Value::Null, &json!(0)));
    assert_eq!(log_of(&app, &task, "STRATEGY_RELEASED").await.len(), 1);
    let late = app.mutate("proposeTrials", proposal(&task, &held["token"], &[1.0])).await.error();
    assert_eq!(late.code(), "LEASE_LOST");
}

#[rstest]
#[tokio::test]
async fn what_is_sent_twice_is_proposed_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 2, json!({})).await;
    let request = json!({ "taskId": task, "strategist": "s", "idempotencyKey": "claim" });
    let claims = join_all((0..4).map(|_| app.payload("claimStrategy", request.clone()))).await;
    assert!(claims.iter().all(|claim| *claim == claims[0]), "{claims:?}");
    assert_eq!(claims[0]["claim"]["token"], 1);
    let mut input = proposal(&task, &claims[0]["claim"]["token"], &[1.0]);
    input["modelState"] = json!({ "n": 1 });
    input["idempotencyKey"] = json!("first");
    let answers = join_all((0..4).map(|_| app.payload("proposeTrials", input.clone()))).await;
    for answer in &answers {
        assert_eq!(answer["trials"], answers[0]["trials"]);
        assert_eq!(answer["needed"], 1);
    }
    assert_eq!(app.trials(&task).await.len(), 1);
    assert_eq!(log_of(&app, &task, "MODEL_STATE_SAVED").await.len(), 1);
    // Also when the lease is another's by then: it was done.
    app.payload("releaseStrategy", json!({ "taskId": task, "leaseToken": 1 })).await;
    claim(&app, &task, "next", 600.0).await;
    assert_eq!(app.payload("proposeTrials", input).await["trials"], answers[0]["trials"]);
}

const NEEDED: &str = "subscription ($task: ID, $labels: [String!]) {
    pointsNeeded(taskId: $task, labels: $labels) {
        taskId count strategist { name } task { id pointsNeeded } } }";

#[rstest]
#[tokio::test]
async fn a_subscription_tells_each_time_that_points_are_needed(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 1, json!({ "labels": ["gp", "oven"] })).await;
    let told = |count: i32, strategist: Value| {
        json!({
            "taskId": task, "count": count, "strategist": strategist,
            "task": { "id": task, "pointsNeeded": count },
        })
    };
    let mut of_task = app.subscribe(NEEDED, json!({ "task": task })).await;
    let mut of_all = app.subscribe(NEEDED, json!({ "labels": ["gp"] })).await;
    let mut of_others = app.subscribe(NEEDED, json!({ "labels": ["gp", "robot"] })).await;
    for subscription in [&mut of_task, &mut of_all] {
        assert_eq!(subscription.take(1).await[0], told(1, Value::Null), "at once");
    }
    let held = claim(&app, &task, "s", 600.0).await["claim"].clone();
    propose(&app, &task, &held["token"], &[1.0]).await;
    for subscription in [&mut of_task, &mut of_all] {
        assert_eq!(subscription.comes_soon().await, None, "there is enough");
    }
    for _ in 0..3 {
        app.lease(&task, 600.0).await;
        for subscription in [&mut of_task, &mut of_all] {
            assert_eq!(subscription.take(1).await[0], told(1, json!({ "name": "s" })), "anew");
        }
        propose(&app, &task, &held["token"], &[1.0]).await;
    }
    // And when nobody proposes what is needed any more.
    app.lease(&task, 600.0).await;
    for subscription in [&mut of_task, &mut of_all] {
        assert_eq!(subscription.take(1).await[0], told(1, json!({ "name": "s" })));
    }
    app.payload("releaseStrategy", json!({ "taskId": task, "leaseToken": held["token"] })).await;
    for subscription in [&mut of_task, &mut of_all] {
        assert_eq!(subscription.take(1).await[0], told(1, Value::Null));
    }
    app.transition(&task, "COMPLETED").await;
    for subscription in [&mut of_task, &mut of_all, &mut of_others] {
        assert_eq!(subscription.comes_soon().await, None);
    }
}

/// A strategist that proposes whenever it is told, as workers take points as fast as they can: it is
/// told of each need, also of one that comes at the moment at which it has met the last.
#[rstest]
#[tokio::test]
async fn a_subscriber_that_proposes_when_told_misses_nothing(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 1, json!({})).await;
    let mut told = app.subscribe(NEEDED, json!({ "task": task })).await;
    let held = claim(&app, &task, "s", 600.0).await["claim"].clone();
    for round in 0..50 {
        within(SOON, &format!("round {round}"), told.take(1)).await;
        propose(&app, &task, &held["token"], &[1.0]).await;
        app.lease(&task, 600.0).await;
    }
}

/// A call that waits.
async fn waiting(
    client: &Client,
    mutation: &'static str,
    input: Value,
) -> tokio::task::JoinHandle<Value> {
    let client = client.clone();
    let call = async move { client.payload(mutation, input).await };
    let mut call = tokio::spawn(call);
    let early = tokio::time::timeout(MOMENT, &mut call).await;
    assert!(early.is_err(), "{mutation} did not wait: {early:?}");
    call
}

async fn answer(call: tokio::task::JoinHandle<Value>) -> Value {
    within(SOON, "the call to wake", call).await.expect("the call ends well")
}

#[rstest]
#[tokio::test]
async fn strategists_and_workers_wake_each_other(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(true, false)] by_name: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 1, json!({})).await;
    let name = by_name.then_some(&task);
    let ask = json!({ "taskId": name, "waitSeconds": 60 });
    let worker = waiting(&app, "ask", ask.clone()).await;
    let held = claim(&app, &task, "s", 600.0).await["claim"].clone();
    let proposed = propose(&app, &task, &held["token"], &[1.0]).await;
    assert_eq!(answer(worker).await["trials"][0]["id"], proposed["trials"][0]["id"]);

    // The strategist waits for the next need with its lease, another one for the strategy itself.
    propose(&app, &task, &held["token"], &[2.0]).await;
    let mine = json!({
        "taskId": task, "strategist": "s", "leaseToken": held["token"], "waitSeconds": 60, "leaseSeconds": 600,
    });
    let holder = waiting(&app, "claimStrategy", mine.clone()).await;
    let others = json!({ "taskId": name, "strategist": "t", "waitSeconds": 60 });
    let other = waiting(&app, "claimStrategy", others).await;
    app.lease(&task, 600.0).await;
    let told = answer(holder).await;
    assert_eq!((&told["claim"]["token"], &told["needed"]), (&held["token"], &json!(1)));
    assert!(time(&told["claim"]["expiresAt"]) > time(&held["expiresAt"]), "it is renewed");
    assert!(!other.is_finished(), "the strategy is taken");
    app.payload("releaseStrategy", json!({ "taskId": task, "leaseToken": held["token"] })).await;
    let taken = answer(other).await;
    assert_eq!((&taken["claim"]["name"], &taken["claim"]["token"]), (&json!("t"), &json!(2)));

    // Who has nothing to do is told so at the end of the time, and keeps the lease.
    let token = taken["claim"]["token"].clone();
    propose(&app, &task, &token, &[3.0]).await;
    let mut idle =
        json!({ "taskId": task, "strategist": "t", "leaseToken": token, "waitSeconds": 0.3 });
    let nothing = app.payload("claimStrategy", idle.clone()).await;
    assert_eq!((&nothing["claim"]["token"], &nothing["needed"]), (&token, &json!(0)));
    // The end of the task ends the wait.
    idle["waitSeconds"] = json!(60);
    let client = Client::clone(&app);
    let ended = tokio::spawn(async move { client.mutate("claimStrategy", idle).await });
    tokio::time::sleep(MOMENT).await;
    app.transition(&task, "COMPLETED").await;
    let error = within(SOON, "the end", ended).await.expect("an answer").error();
    assert_eq!((error.code(), error.detail("status")), ("TASK_NOT_RUNNING", &json!("COMPLETED")));
}

#[rstest]
#[tokio::test]
async fn a_lease_outlives_the_server(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let short = external(&app, 1, json!({})).await;
    let long = external(&app, 1, json!({})).await;
    claim(&app, &short, "short", 0.5).await;
    let kept = claim(&app, &long, "long", 600.0).await["claim"].clone();
    app.kill();
    tokio::time::sleep(Duration::from_millis(600)).await;
    app.start_again().await;
    app.event(&short, "the end of the lease", |event| event["kind"] == "STRATEGY_RELEASED").await;
    assert_eq!(app.task(&long).await["strategist"], kept);
    assert_eq!(propose(&app, &long, &kept["token"], &[1.0]).await["needed"], 0);
}

/// Points and checkpoint are one: whatever is cut off by the kill, the one tells of the other.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_half_proposed_when_the_server_is_killed(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let task = external(&app, 1, json!({})).await;
    let token = claim(&app, &task, "s", 600.0).await["claim"]["token"].clone();
    let mut proposed = 0;
    for round in 0..kill_rounds() {
        let (client, id, token) = (Client::clone(&app), task.clone(), token.clone());
        let proposing = tokio::spawn(async move {
            for n in proposed + 1.. {
                let mut input = proposal(&id, &token, &[1.0, 2.0]);
                input["modelState"] = json!({ "n": n });
                input["idempotencyKey"] = json!(format!("{n}"));
                let Ok(reply) = client.try_mutate("proposeTrials", input).await else {
                    return n - 1;
                };
                let _ = reply.data();
            }
            0
        });
        let enough = 2 * (proposed + 5 + 7 * (round % 3));
        eventually(25, "some proposals", async || {
            let total = count(&app.task(&task).await["trialCounts"]["total"]);
            (total >= enough).then_some(())
        })
        .await;
        app.kill();
        let acknowledged = proposing.await.expect("the strategist ends with the connection");
        app.database.check();
        app.start_again().await;
        let state = app.task(&task).await;
        let kept = count(&state["modelState"]["n"]);
        assert!(
            (acknowledged..=acknowledged + 1).contains(&kept),
            "{kept}, {acknowledged} were told"
        );
        assert_eq!(
            state["trialCounts"]["total"],
            2 * kept,
            "points without checkpoint, or the reverse"
        );
        proposed = kept;
    }
    println!("{db:?}: {} kills, {proposed} proposals, all whole", kill_rounds());
}

#[rstest]
#[tokio::test]
async fn workers_and_strategists_get_a_whole_campaign_done(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = external(&app, 2, json!({ "budget": { "maxTrials": 30 } })).await;
    let worker = async |_| {
        let ask = json!({ "taskId": task, "waitSeconds": 20 });
        loop {
            let reply = app.mutate("ask", ask.clone()).await;
            if reply.is_error() {
                return;
            }
            for trial in reply.data()["ask"]["trials"].as_array().expect("trials") {
                app.tell_with(trial, token_of(trial), 1.0).await;
            }
        }
    };
    // Each proposes once, and gives the strategy back.
    let strategist = async |n: usize| {
        let request = json!({ "taskId": task, "strategist": format!("s{n}"), "waitSeconds": 20 });
        loop {
            let reply = app.mutate("claimStrategy", request.clone()).await;
            if reply.is_error() {
                return;
            }
            let claimed = reply.data()["claimStrategy"].clone();
            let token = &claimed["claim"]["token"];
            let xs = vec![1.0; count(&claimed["needed"])];
            propose(&app, &task, token, &xs).await;
            let release = json!({ "taskId": task, "leaseToken": token });
            let _ = app.mutate("releaseStrategy", release).await;
        }
    };
    let workers = join_all((0..3).map(worker));
    let strategists = join_all((0..3).map(strategist));
    within(60, "the campaign", futures_util::future::join(workers, strategists)).await;
    let done = app.task(&task).await;
    assert_eq!(
        (&done["status"], &done["trialCounts"]["completed"]),
        (&json!("COMPLETED"), &json!(30))
    );
    assert_eq!(done["trialCounts"]["total"], 30, "no point too many");
}
