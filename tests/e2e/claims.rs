//! Whole tasks for runners: each to one, for a time, and back if the runner is lost.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, id_of, quadratic, quadratic_with, time, token_of};
use chrono::TimeDelta;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

/// A task that may be claimed, with an id that sorts by `n`.
async fn claimable(app: &Client, n: u32, fields: Value) -> String {
    let mut input = quadratic_with(fields);
    input["id"] = json!(format!("00000000-0000-4000-8000-{n:012}"));
    id_of(&app.create_task(input).await)
}

fn claim_ref(task: &str, claim: &Value) -> Value {
    json!({ "taskId": task, "token": claim["token"] })
}

async fn verdicts(app: &Client, claims: Value) -> Vec<String> {
    let payload = app.heartbeat_for(json!({ "claims": claims })).await;
    let states = payload["claims"].as_array().expect("claims");
    states.iter().map(|state| state["verdict"].as_str().expect("a verdict").to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn a_runner_gets_a_task_and_starts_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let nothing = app.claim_task("r1", 600.0).await;
    assert_eq!((&nothing["task"], &nothing["claim"]), (&Value::Null, &Value::Null));
    app.create_task(json!({ "name": "not ready" })).await;
    app.running_task(quadratic()).await;
    assert_eq!(app.claim_task("r1", 600.0).await["task"], Value::Null);

    let id = id_of(&app.create_task(quadratic()).await);
    let claimed = app.claim_task("cluster job 7", 600.0).await;
    let task = &claimed["task"];
    assert_eq!((&task["id"], &task["status"]), (&json!(id), &json!("RUNNING")));
    assert_eq!(
        (&task["claim"], &claimed["claim"]["runner"]),
        (&claimed["claim"], &json!("cluster job 7"))
    );
    let length = time(&claimed["claim"]["expiresAt"]) - time(&task["startedAt"]);
    assert_eq!(length, TimeDelta::seconds(600));
    let event = app.event(&id, "the claim", |event| event["kind"] == "CLAIMED").await;
    assert_eq!(event["__typename"], "TaskClaimed");
    for field in ["runner", "token", "expiresAt"] {
        assert_eq!(event[field], claimed["claim"][field], "{field}");
    }
    app.event(&id, "the start", |event| event["to"] == "RUNNING").await;
    assert_eq!(app.claim_task("r2", 600.0).await["task"], Value::Null, "nobody else gets it");

    // Its trials are the runner's own: not in the queue, but there by name.
    let other = app.running_task(quadratic()).await;
    app.delete_task(&other).await;
    let queue = "query ($id: ID!) { task(id: $id) { queuePosition whyWaiting { reason } } }";
    let why = app.graphql(queue, json!({ "id": id })).await.data()["task"].clone();
    assert_eq!(why, json!({ "queuePosition": null, "whyWaiting": { "reason": "CLAIMED" } }));
    let of_queue = app.ask_for(json!({ "count": 20 })).await["trials"].clone();
    let tasks: BTreeSet<_> = of_queue
        .as_array()
        .expect("trials")
        .iter()
        .map(id_of)
        .map(|id| id.split(':').next().unwrap_or_default().to_owned())
        .collect();
    assert!(!tasks.contains(&id), "{tasks:?}");
    let trial = app.lease(&id, 600.0).await;
    app.tell_with(&trial, token_of(&trial), 1.0).await;
}

#[rstest]
#[tokio::test]
async fn the_best_comes_first(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    // By priority, then the owner whose turn it is, then the id.
    let mut expected = Vec::new();
    for (n, priority, owner) in [
        (9, 100_000, "ada"),
        (8, 50_000, "ada"),
        (1, 0, "bob"),
        (3, 0, "cem"),
        (6, 0, "ada"),
        (2, 0, "bob"),
        (4, 0, "cem"),
        (7, 0, "ada"),
        (5, -50_000, "dan"),
    ] {
        let fields = json!({ "priority": priority, "owner": owner });
        expected.push((n, priority, owner, fields));
    }
    let mut ids = Vec::new();
    for (n, _, _, fields) in expected.iter().rev() {
        ids.push(claimable(&app, *n, fields.clone()).await);
    }
    ids.reverse();
    let mut order = Vec::new();
    for _ in 0..9 {
        order.push(id_of(&app.claim_task("r", 600.0).await["task"]));
    }
    assert_eq!(order, ids);
    assert_eq!(app.claim_task("r", 600.0).await["task"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn a_runner_gets_only_what_it_can_do(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let plain = claimable(&app, 3, json!({})).await;
    let gpu = claimable(&app, 2, json!({ "labels": ["gpu"] })).await;
    let both = claimable(&app, 1, json!({ "labels": ["gpu", "A100"] })).await;
    assert_eq!(app.task(&both).await["labels"].as_array().map(Vec::len), Some(2));
    let claim = async |capabilities: Value| {
        let input = json!({ "runner": "r", "capabilities": capabilities });
        app.payload("claimTask", input).await["task"]["id"].clone()
    };
    assert_eq!(claim(json!(["A100"])).await, plain.as_str());
    assert_eq!(claim(json!([])).await, Value::Null);
    assert_eq!(claim(json!(["gpu", "robot"])).await, gpu.as_str());
    assert_eq!(claim(json!(["gpu"])).await, Value::Null);
    assert_eq!(claim(json!(["A100", "gpu"])).await, both.as_str());
}

#[rstest]
#[tokio::test]
async fn a_runner_can_wait_for_a_task(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let input = json!({ "runner": "patient", "waitSeconds": 20 });
    let waiting = app.payload("claimTask", input);
    let making = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        id_of(&app.create_task(quadratic()).await)
    };
    let (claimed, id) = tokio::join!(waiting, making);
    assert_eq!(
        (&claimed["task"]["id"], &claimed["claim"]["runner"]),
        (&json!(id), &json!("patient"))
    );
    // And without one it gets nothing after a while.
    let input = json!({ "runner": "patient", "waitSeconds": 0.3 });
    assert_eq!(app.payload("claimTask", input).await["task"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn no_two_runners_get_one_task(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let other = if db == Db::Postgres { Some(app.another_server().await) } else { None };
    let there = other.as_ref().map_or(&*app, |server| &server.client);
    let mut all = BTreeSet::new();
    for n in 0..40 {
        all.insert(claimable(&app, n, json!({})).await);
    }
    let runner = async |n: usize| {
        let client = if n.is_multiple_of(2) { &*app } else { there };
        let mut got = Vec::new();
        loop {
            let claimed = client.claim_task(&format!("r{n}"), 600.0).await;
            if claimed["task"].is_null() {
                return got;
            }
            assert_eq!(claimed["claim"]["runner"], format!("r{n}"));
            got.push(id_of(&claimed["task"]));
        }
    };
    let got: Vec<_> = join_all((0..8).map(runner)).await.concat();
    assert_eq!(got.len(), 40);
    assert_eq!(got.into_iter().collect::<BTreeSet<_>>(), all);
    let log = app.log(None).await;
    assert_eq!(log.iter().filter(|event| event["kind"] == "CLAIMED").count(), 40);
    if let Some(server) = other {
        assert!(server.stop().await.success());
    }
}

#[rstest]
#[tokio::test]
async fn a_runner_that_is_lost_gives_its_task_back(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let first = app.claim_task("lost one", 1.2).await["claim"].clone();
    // A heartbeat keeps it.
    let before = app.log(None).await;
    let mut expires = time(&first["expiresAt"]);
    for _ in 0..5 {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let input = json!({ "claims": [claim_ref(&id, &first)], "leaseSeconds": 1.2 });
        let state = app.heartbeat_for(input).await["claims"][0].clone();
        assert_eq!((&state["taskId"], &state["verdict"]), (&json!(id), &json!("GO_ON")));
        assert!(time(&state["expiresAt"]) > expires);
        expires = time(&state["expiresAt"]);
    }
    assert_eq!(app.log(None).await, before, "a heartbeat is no event");

    let ended =
        app.event(&id, "the end of the claim", |event| event["kind"] == "CLAIM_ENDED").await;
    assert_eq!((&ended["runner"], &ended["token"]), (&json!("lost one"), &first["token"]));
    assert!((expires..=expires + TimeDelta::seconds(1)).contains(&time(&ended["at"])));
    let paused = app.event(&id, "the pause", |event| event["to"] == "PAUSED").await;
    assert_eq!(paused["actor"], "asktell");
    assert!(
        paused["reason"].as_str().is_some_and(|reason| reason.contains("lost one")),
        "{paused}"
    );
    let task = app.task(&id).await;
    assert_eq!((&task["status"], &task["claim"]), (&json!("PAUSED"), &Value::Null));

    // The next runner goes on with it; the old one is fenced off.
    let second = app.claim_task("next", 600.0).await;
    assert_eq!((&second["task"]["id"], &second["task"]["status"]), (&json!(id), &json!("RUNNING")));
    let second = second["claim"].clone();
    assert!(second["token"].as_i64() > first["token"].as_i64(), "tokens grow");
    let log = app.log(None).await;
    let claims = json!([claim_ref(&id, &first), claim_ref(&id, &second)]);
    assert_eq!(verdicts(&app, claims).await, ["LOST", "GO_ON"]);
    let input = json!({ "taskId": id, "token": first["token"] });
    let error = app.mutate("releaseTask", input).await.error();
    assert_eq!(error.code(), "LEASE_LOST");
    assert_eq!(
        (error.detail("taskId"), error.detail("token"), error.detail("current")),
        (&json!(id), &first["token"], &second["token"])
    );
    assert_eq!(app.log(None).await, log);
    assert_eq!(app.task(&id).await["claim"]["runner"], "next");
}

#[rstest]
#[tokio::test]
async fn a_runner_can_give_its_task_back(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let mut tokens = Vec::new();
    for round in 0..3 {
        let claimed = app.claim_task(&format!("r{round}"), 600.0).await;
        assert_eq!(claimed["task"]["id"], id.as_str());
        let trial = app.lease(&id, 600.0).await;
        app.tell_with(&trial, token_of(&trial), 1.0).await;
        let token = claimed["claim"]["token"].as_i64().expect("a token");
        tokens.push(token);
        let input = json!({ "taskId": id, "token": token, "reason": "the night is over" });
        let task = app.payload("releaseTask", input).await["task"].clone();
        assert_eq!((&task["status"], &task["claim"]), (&json!("PAUSED"), &Value::Null));
        assert_eq!(task["statusReason"], "the night is over");
        assert_eq!(verdicts(&app, json!([{ "taskId": id, "token": token }])).await, ["LOST"]);
    }
    assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{tokens:?}");
    assert_eq!(app.task(&id).await["trialCounts"]["completed"], 3);
    let ended: Vec<_> = app
        .events_of(&id)
        .await
        .into_iter()
        .filter(|event| event["kind"] == "CLAIM_ENDED")
        .collect();
    assert_eq!(ended.len(), 3);
    assert_eq!(ended[0]["claimReason"], "the night is over");
    // Somebody paused it: that is no task given back.
    app.transition(&id, "RUNNING").await;
    app.transition(&id, "PAUSED").await;
    assert_eq!(app.claim_task("r", 600.0).await["task"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn a_heartbeat_tells_a_runner_that_its_task_has_ended(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut claims = Vec::new();
    for (n, end) in (0..).zip(["", "PAUSED", "COMPLETED", "FAILED", "deleted"]) {
        let id = claimable(&app, n, json!({})).await;
        let claim = app.claim_task("r", 600.0).await["claim"].clone();
        claims.push(claim_ref(&id, &claim));
        match end {
            "" => {}
            "deleted" => drop(app.delete_task(&id).await),
            status => drop(app.transition(&id, status).await),
        }
        if end == "COMPLETED" || end == "FAILED" {
            assert_eq!(app.task(&id).await["claim"], Value::Null, "{end} ends the claim");
        }
    }
    claims.push(json!({ "taskId": asktell_tests::new_id(), "token": 1 }));
    let told = verdicts(&app, json!(claims)).await;
    assert_eq!(told, ["GO_ON", "GO_ON", "STOP", "STOP", "STOP", "LOST"]);
}

#[rstest]
#[tokio::test]
async fn claims_outlive_the_server(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let short = claimable(&app, 1, json!({})).await;
    let long = claimable(&app, 2, json!({})).await;
    app.claim_task("short", 0.5).await;
    let kept = app.claim_task("long", 600.0).await["claim"].clone();
    app.kill();
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    app.start_again().await;
    app.event(&short, "the pause", |event| event["to"] == "PAUSED").await;
    assert_eq!(app.task(&long).await["claim"], kept);
    assert_eq!(verdicts(&app, json!([claim_ref(&long, &kept)])).await, ["GO_ON"]);
    assert_eq!(app.claim_task("r", 600.0).await["task"]["id"], short.as_str());
}

#[rstest]
#[tokio::test]
async fn a_pause_by_hand_outlives_the_claim(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    app.claim_task("lost one", 0.3).await;
    app.transition(&id, "PAUSED").await;
    app.event(&id, "the end of the claim", |event| event["kind"] == "CLAIM_ENDED").await;
    let task = app.task(&id).await;
    assert_eq!((&task["status"], &task["claim"]), (&json!("PAUSED"), &Value::Null));
    let next = app.claim_task("next", 600.0).await;
    assert_eq!(next["task"], Value::Null, "somebody has paused it, no runner goes on with it");
    assert_eq!(app.task(&id).await["status"], "PAUSED");
}

#[rstest]
#[tokio::test]
async fn heartbeats_of_many_claims_do_not_block_each_other(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut claims = Vec::new();
    for n in 0..12 {
        let id = claimable(&app, n, json!({})).await;
        let claim = app.claim_task("r", 600.0).await["claim"].clone();
        claims.push(claim_ref(&id, &claim));
    }
    let backward: Vec<_> = claims.iter().rev().cloned().collect();
    for _ in 0..10 {
        let beats = (0..16).map(|n: usize| {
            let claims = if n.is_multiple_of(2) { &claims } else { &backward };
            verdicts(&app, json!(claims))
        });
        for told in join_all(beats).await {
            assert_eq!(told, ["GO_ON"; 12]);
        }
    }
}
