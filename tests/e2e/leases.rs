//! Leases: who holds a trial, how long, and what becomes of it when nobody hears of them any more.

use std::time::Duration;

use asktell_tests::{App, Db, eventually, id_of, lease_of, new_id, quadratic_with, time, token_of};
use chrono::TimeDelta;
use rstest::rstest;
use serde_json::{Value, json};

/// A task that hands out only what is enqueued.
fn external(fields: Value) -> Value {
    let mut input = quadratic_with(fields);
    input["strategy"] = json!({ "kind": "EXTERNAL" });
    input
}

fn points(count: usize) -> Value {
    json!(vec![json!({ "x": 1.0, "y": 2.0 }); count])
}

fn outcomes(trial: &Value) -> Vec<Value> {
    let attempts = trial["attempts"].as_array().expect("attempts");
    attempts.iter().map(|attempt| attempt["outcome"].clone()).collect()
}

/// So many seconds after a time.
fn after(at: &Value, seconds: f64) -> chrono::DateTime<chrono::Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "small numbers of seconds")]
    let micros = (seconds * 1e6) as i64;
    time(at) + TimeDelta::microseconds(micros)
}

/// Whether two times are the same, give or take a moment.
fn about(at: &Value, expected: chrono::DateTime<chrono::Utc>) -> bool {
    (time(at) - expected).abs() < TimeDelta::milliseconds(100)
}

fn verdicts(states: &[Value]) -> Vec<&str> {
    states.iter().filter_map(|state| state["verdict"].as_str()).collect()
}

#[rstest]
#[tokio::test]
async fn who_asks_gets_a_lease(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id =
        app.running_task(quadratic_with(json!({ "trialPolicy": { "leaseSeconds": 90 } }))).await;
    let input = json!({ "taskId": id, "worker": "robot 7", "leaseSeconds": 20.5 });
    let trial = app.ask_for(input).await["trials"][0].clone();
    assert_eq!(trial["lease"]["worker"], "robot 7");
    assert_eq!(time(&trial["lease"]["expiresAt"]), after(&trial["startedAt"], 20.5));
    let attempt = json!({
        "token": trial["lease"]["token"], "worker": "robot 7", "startedAt": trial["startedAt"],
        "endedAt": null, "outcome": null, "reason": null,
    });
    assert_eq!(trial["attempts"], json!([attempt]));
    let created = app.event(&id, "the trial", |event| event["kind"] == "TRIAL_CREATED").await;
    assert_eq!(created["leaseToken"], trial["lease"]["token"]);
    assert_eq!(created["leaseExpiresAt"], trial["lease"]["expiresAt"]);

    let trial = app.ask(&id, 1).await[0].clone();
    assert_eq!(trial["lease"]["worker"], Value::Null);
    assert_eq!(
        time(&trial["lease"]["expiresAt"]),
        after(&trial["startedAt"], 90.0),
        "the task's policy rules what is not asked for"
    );
    let told = app.tell_with(&trial, token_of(&trial), 1.0).await;
    assert_eq!((&told["receipt"], &told["trial"]["late"]), (&json!("COUNTED"), &json!(false)));
    assert_eq!(told["trial"]["lease"], Value::Null);
    assert_eq!(outcomes(&told["trial"]), ["COMPLETED"]);
    assert_eq!(told["trial"]["attempts"][0]["endedAt"], told["trial"]["finishedAt"]);
}

#[rstest]
#[tokio::test]
async fn a_lease_that_runs_out_gives_the_trial_back_within_a_second(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let input = json!({ "taskId": id, "worker": "w", "leaseSeconds": 0.3 });
    let trial = app.ask_for(input).await["trials"][0].clone();
    let event = app.moved(&trial, "WAITING", 1).await;
    let expired = time(&trial["lease"]["expiresAt"]);
    assert!((expired..=expired + TimeDelta::seconds(1)).contains(&time(&event["at"])), "{event}");
    assert_eq!((&event["trialFrom"], &event["actor"]), (&json!("RUNNING"), &json!("asktell")));
    assert!(event["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{event}");

    let back = app.trial(&trial["id"]).await;
    assert_eq!((&back["state"], &back["lease"]), (&json!("WAITING"), &Value::Null));
    let attempt = &back["attempts"][0];
    assert_eq!(
        (&attempt["token"], &attempt["worker"], &attempt["outcome"]),
        (&trial["lease"]["token"], &json!("w"), &json!("EXPIRED"))
    );
    assert!(
        time(&attempt["endedAt"]) >= expired && time(&attempt["endedAt"]) <= time(&event["at"])
    );
    let counts = app.task(&id).await["trialCounts"].clone();
    assert_eq!((&counts["waiting"], &counts["running"]), (&json!(1), &json!(0)));

    // It comes before anything new, under a new token, and its story goes on.
    let again = app.lease(&id, 60.0).await;
    assert_eq!((&again["id"], &again["point"]), (&trial["id"], &trial["point"]));
    assert!(token_of(&again) > token_of(&trial));
    assert_eq!(outcomes(&again), [json!("EXPIRED"), Value::Null]);
    let told = app.tell_with(&again, token_of(&again), 2.0).await;
    assert_eq!(outcomes(&told["trial"]), ["EXPIRED", "COMPLETED"]);
    assert_eq!((&told["receipt"], &told["trial"]["late"]), (&json!("COUNTED"), &json!(false)));
    assert_eq!(app.task(&id).await["handedOut"], 1, "the same trial is handed out once");
}

#[rstest]
#[tokio::test]
async fn tokens_grow_with_each_lease(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(external(json!({ "trialPolicy": { "maxAttempts": 9 } }))).await;
    app.enqueue(&id, points(1)).await;
    let mut tokens = Vec::new();
    for round in 0..6 {
        let trial = app.lease(&id, if round % 2 == 0 { 60.0 } else { 0.1 }).await;
        assert_eq!(trial["number"], 1);
        tokens.push(token_of(&trial));
        if round % 2 == 0 {
            app.release(json!([lease_of(&trial)])).await;
        } else {
            app.moved(&trial, "WAITING", round + 1).await;
        }
    }
    assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{tokens:?}");
    let trial = app.trial(&json!(format!("{id}:1"))).await;
    let attempts = trial["attempts"].as_array().expect("attempts");
    let kept: Vec<_> = attempts.iter().filter_map(|attempt| attempt["token"].as_i64()).collect();
    assert_eq!(kept, tokens);
}

#[rstest]
#[tokio::test]
async fn a_trial_that_loses_too_many_workers_is_abandoned(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "trialPolicy": { "maxAttempts": 3, "leaseSeconds": 0.1 } });
    let id = app.running_task(external(policy)).await;
    let trial = app.enqueue(&id, points(1)).await[0].clone();
    for attempt in 1..=2 {
        let leased = app.ask(&id, 1).await;
        assert_eq!(leased[0]["id"], trial["id"]);
        app.moved(&trial, "WAITING", attempt).await;
    }
    let last = app.ask(&id, 1).await[0].clone();
    let event = app.moved(&trial, "ABANDONED", 1).await;
    assert!(time(&event["at"]) <= after(&last["lease"]["expiresAt"], 1.0));
    let abandoned = app.trial(&trial["id"]).await;
    assert_eq!((&abandoned["state"], &abandoned["lease"]), (&json!("ABANDONED"), &Value::Null));
    assert_eq!(outcomes(&abandoned), ["EXPIRED", "EXPIRED", "EXPIRED"]);
    assert!(abandoned["finishedAt"].is_string());
    let task = app.task(&id).await;
    assert_eq!(
        (&task["trialCounts"]["abandoned"], &task["trialCounts"]["waiting"], &task["handedOut"]),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(app.ask(&id, 1).await, [] as [Value; 0]);
}

#[rstest]
#[tokio::test]
async fn a_lease_that_runs_out_after_the_end_does_not_wait_for_another_worker(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for (status, state) in
        [("PAUSED", "WAITING"), ("FAILED", "WAITING"), ("COMPLETED", "ABANDONED")]
    {
        let id = app.running_task(quadratic_with(json!({}))).await;
        let trial = app.lease(&id, 0.4).await;
        app.transition(&id, status).await;
        app.moved(&trial, state, 1).await;
        let back = app.trial(&trial["id"]).await;
        assert_eq!(
            (&back["state"], outcomes(&back)),
            (&json!(state), vec![json!("EXPIRED")]),
            "{status}"
        );
        assert_eq!(app.task(&id).await["status"], status);
    }
}

#[rstest]
#[tokio::test]
async fn every_lease_is_taken_away_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    // On Postgres two servers look after the same leases.
    let other = if db == Db::Postgres { Some(app.another_server().await) } else { None };
    let there = other.as_ref().map_or(&*app, |server| &server.client);
    let mut trials = Vec::new();
    for n in 0..4 {
        let id = app.running_task(quadratic_with(json!({}))).await;
        let client = if n % 2 == 0 { &*app } else { there };
        let input = json!({ "taskId": id, "count": 25, "leaseSeconds": 0.5 });
        trials.extend(client.ask_for(input).await["trials"].as_array().expect("trials").clone());
    }
    assert_eq!(trials.len(), 100);
    for trial in &trials {
        let event = app.moved(trial, "WAITING", 1).await;
        assert!(time(&event["at"]) <= after(&trial["lease"]["expiresAt"], 1.0), "{event}");
    }
    // Time for whoever would do it a second time.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let log = app.log(None).await;
    let moves = log.iter().filter(|event| event["trialTo"] == "WAITING").count();
    assert_eq!(moves, 100);
    for trial in &trials {
        let back = app.trial(&trial["id"]).await;
        assert_eq!(outcomes(&back), ["EXPIRED"]);
    }
    if let Some(server) = other {
        assert!(server.stop().await.success());
    }
}

#[rstest]
#[tokio::test]
async fn a_heartbeat_keeps_a_trial_for_its_worker(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&id, 1.2).await;
    let before = app.log(None).await;
    let mut expires = time(&trial["lease"]["expiresAt"]);
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let input = json!({ "leases": [lease_of(&trial)], "leaseSeconds": 1.2 });
        let state = app.heartbeat_for(input).await["leases"][0].clone();
        assert_eq!((&state["trialId"], &state["verdict"]), (&trial["id"], &json!("GO_ON")));
        assert!(time(&state["expiresAt"]) > expires);
        expires = time(&state["expiresAt"]);
    }
    assert_eq!(app.log(None).await, before, "a heartbeat is no event");
    let kept = app.trial(&trial["id"]).await;
    assert_eq!((time(&kept["lease"]["expiresAt"]), outcomes(&kept)), (expires, vec![Value::Null]));
    assert_eq!(kept["lease"]["token"], trial["lease"]["token"]);
    // Without it the trial is gone, measured from the last one.
    let event = app.moved(&trial, "WAITING", 1).await;
    assert!((expires..=expires + TimeDelta::seconds(1)).contains(&time(&event["at"])));
}

#[rstest]
#[tokio::test]
async fn a_heartbeat_says_whether_to_go_on(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut leases = Vec::new();
    let mut expected = Vec::new();
    let mut note = |trial: &Value, verdict: &'static str| {
        leases.push(lease_of(trial));
        expected.push(verdict);
    };
    // What becomes of the task.
    for (end, verdict) in [
        ("", "GO_ON"),
        ("PAUSED", "GO_ON"),
        ("COMPLETED", "STOP"),
        ("FAILED", "STOP"),
        ("deleted", "STOP"),
    ] {
        let id = app.running_task(quadratic_with(json!({}))).await;
        let trial = app.lease(&id, 60.0).await;
        match end {
            "" => {}
            "deleted" => drop(app.delete_task(&id).await),
            status => drop(app.transition(&id, status).await),
        }
        note(&trial, verdict);
    }
    // What becomes of the trial.
    let id = app.running_task(quadratic_with(json!({}))).await;
    let told = app.lease(&id, 60.0).await;
    app.tell(&told, 1.0).await;
    note(&told, "STOP");
    let pruned = app.lease(&id, 60.0).await;
    let by_hand =
        json!({ "trialId": pruned["id"], "outcome": { "pruned": { "reason": "hopeless" } } });
    app.tell_for(by_hand).await;
    note(&pruned, "STOP");
    let released = app.lease(&id, 60.0).await;
    app.release(json!([lease_of(&released)])).await;
    let anew = app.lease(&id, 60.0).await;
    assert_eq!(anew["id"], released["id"]);
    note(&released, "LOST");
    note(&anew, "GO_ON");
    let expired = app.lease(&id, 0.1).await;
    app.moved(&expired, "WAITING", 1).await;
    note(&expired, "LOST");
    let once =
        app.running_task(quadratic_with(json!({ "trialPolicy": { "maxAttempts": 1 } }))).await;
    let abandoned = app.lease(&once, 0.1).await;
    app.moved(&abandoned, "ABANDONED", 1).await;
    note(&abandoned, "LOST");
    let mut unknown = anew.clone();
    unknown["id"] = json!(format!("{id}:999"));
    note(&unknown, "LOST");
    unknown["id"] = json!(format!("{}:1", new_id()));
    note(&unknown, "LOST");
    let mut another = anew.clone();
    another["lease"]["token"] = json!(token_of(&anew) + 1_000);
    note(&another, "LOST");

    let log = app.log(None).await;
    let states = app.heartbeat(json!(leases)).await;
    assert_eq!(verdicts(&states), expected, "{states:#?}");
    for (state, lease) in states.iter().zip(&leases) {
        assert_eq!(state["trialId"], lease["trialId"], "in the order of the question");
        let reason = state["reason"].as_str().expect("a reason");
        assert!(state["verdict"] == "GO_ON" || !reason.is_empty(), "{state}");
    }
    let mut backwards = leases.clone();
    backwards.reverse();
    expected.reverse();
    assert_eq!(verdicts(&app.heartbeat(json!(backwards)).await), expected);
    assert_eq!(app.log(None).await, log);
}

#[rstest]
#[tokio::test]
async fn one_heartbeat_keeps_many_leases_of_many_tasks(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut leases = Vec::new();
    for _ in 0..4 {
        let id = app.running_task(quadratic_with(json!({}))).await;
        let input = json!({ "taskId": id, "count": 250, "leaseSeconds": 30 });
        let trials = app.ask_for(input).await["trials"].clone();
        leases.extend(trials.as_array().expect("trials").iter().map(lease_of));
    }
    // Mixed, so that no two neighbours are of one task.
    let mixed: Vec<_> = (0..250).flat_map(|n| (0..4).map(move |t| t * 250 + n)).collect();
    let asked: Vec<_> = mixed.iter().map(|place: &usize| leases[*place].clone()).collect();
    let input = json!({ "leases": asked, "leaseSeconds": 3000 });
    let states = app.heartbeat_for(input).await["leases"].as_array().expect("leases").clone();
    assert_eq!(states.len(), 1_000);
    for (state, lease) in states.iter().zip(&asked) {
        assert_eq!((&state["trialId"], &state["verdict"]), (&lease["trialId"], &json!("GO_ON")));
    }
    for place in [0, 499, 999] {
        let trial = app.trial(&asked[place]["trialId"]).await;
        assert_eq!(trial["lease"]["expiresAt"], states[place]["expiresAt"]);
        assert!(time(&states[place]["expiresAt"]) > after(&trial["startedAt"], 2900.0));
    }
}

#[rstest]
#[tokio::test]
async fn what_is_given_back_waits_for_the_next_and_counts_no_attempt(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "maxAttempts": 2, "backoffSeconds": 0.2 });
    let id = app.running_task(external(json!({ "trialPolicy": policy }))).await;
    app.enqueue(&id, points(2)).await;
    for round in 1..=3 {
        let leases: Vec<_> = app.ask(&id, 2).await.iter().map(lease_of).collect();
        let input = json!({ "leases": leases, "reason": "night" });
        let back = app.payload("releaseTrials", input).await["trials"].clone();
        assert_eq!(back.as_array().map(Vec::len), Some(2));
        for trial in back.as_array().expect("trials") {
            assert_eq!((&trial["state"], &trial["lease"]), (&json!("WAITING"), &Value::Null));
            assert_eq!(trial["availableAt"], Value::Null, "nothing went wrong: no waiting time");
            assert_eq!(outcomes(trial), vec![json!("RELEASED"); round]);
            assert_eq!(trial["attempts"][round - 1]["reason"], "night");
        }
    }
    let event = app.moved(&json!({ "id": format!("{id}:1") }), "WAITING", 3).await;
    assert_eq!((&event["reason"], &event["actor"]), (&json!("night"), &json!("anonymous")));

    // A lost one among them: none is given back.
    let trials = app.ask(&id, 2).await;
    let mut lost = lease_of(&trials[1]);
    lost["token"] = json!(token_of(&trials[1]) - 1);
    let log = app.log(None).await;
    let input = json!({ "leases": [lease_of(&trials[0]), lost] });
    let error = app.mutate("releaseTrials", input).await.error();
    assert_eq!(error.code(), "LEASE_LOST");
    assert_eq!(
        (error.detail("trialId"), error.detail("token"), error.detail("current")),
        (&trials[1]["id"], &lost["token"], &trials[1]["lease"]["token"])
    );
    assert_eq!(app.log(None).await, log);
    assert_eq!(app.trial(&trials[0]["id"]).await["state"], "RUNNING");

    // Both attempts that count are still to come.
    app.skip(&app.release(json!([lease_of(&trials[1])])).await).await;
    app.release(json!([lease_of(&trials[0])])).await;
    let first = app.lease(&id, 0.1).await;
    app.moved(&first, "WAITING", 5).await;
    let last = eventually(10, "the trial", async || {
        let input = json!({ "taskId": id, "leaseSeconds": 0.1 });
        Some(app.ask_for(input).await["trials"][0].clone()).filter(Value::is_object)
    });
    let last = last.await;
    assert_eq!(last["id"], first["id"]);
    app.moved(&last, "ABANDONED", 1).await;
    let ended = outcomes(&app.trial(&last["id"]).await);
    assert_eq!(ended[4..], [json!("EXPIRED"), json!("EXPIRED")]);
}

#[rstest]
#[tokio::test]
async fn leases_outlive_the_server(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let short = app.lease(&id, 0.5).await;
    let long = app.lease(&id, 600.0).await;
    let told = app.lease(&id, 600.0).await;
    let before = app.trials(&id).await;
    app.kill();
    // Longer than the short lease: it ran out while nobody looked.
    tokio::time::sleep(Duration::from_millis(600)).await;
    app.start_again().await;
    let event = app.moved(&short, "WAITING", 1).await;
    assert!(time(&event["at"]) >= time(&short["lease"]["expiresAt"]));
    assert_eq!(outcomes(&app.trial(&short["id"]).await), ["EXPIRED"]);
    assert_eq!(app.trials(&id).await[1..], before[1..]);
    let states = app.heartbeat(json!([lease_of(&long), lease_of(&short)])).await;
    assert_eq!(verdicts(&states), ["GO_ON", "LOST"]);
    let told = app.tell_with(&told, token_of(&told), 1.0).await;
    assert_eq!((&told["receipt"], &told["trial"]["late"]), (&json!("COUNTED"), &json!(false)));
    let again = app.lease(&id, 60.0).await;
    assert_eq!(again["id"], short["id"]);
    assert!(token_of(&again) > token_of(&short), "tokens grow over a restart");
}

#[rstest]
#[tokio::test]
async fn what_went_wrong_waits_twice_as_long_each_time_up_to_a_limit(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({
        "maxAttempts": 5, "leaseSeconds": 0.1, "backoffSeconds": 0.5, "maxBackoffSeconds": 1.25,
    });
    let id = app.running_task(external(json!({ "trialPolicy": policy }))).await;
    let trial = app.enqueue(&id, points(1)).await[0].clone();
    assert_eq!(trial["availableAt"], Value::Null);
    app.ask(&id, 1).await;
    for (attempt, backoff) in [(1, 0.5), (2, 1.0), (3, 1.25), (4, 1.25)] {
        let event = app.moved(&trial, "WAITING", attempt).await;
        let back = app.trial(&trial["id"]).await;
        assert!(
            about(&back["availableAt"], after(&event["at"], backoff)),
            "{attempt}: {back} {event}"
        );
        assert_eq!(app.ask(&id, 1).await, [] as [Value; 0], "it is not yet handed out");
        // Asked again and again, it comes as soon as it may.
        let leased = eventually(10, "the trial", async || app.ask(&id, 1).await.pop()).await;
        assert_eq!(id_of(&leased), id_of(&trial));
        let startable = time(&back["availableAt"]);
        let started = time(&leased["attempts"][attempt]["startedAt"]);
        assert!((startable..startable + TimeDelta::seconds(1)).contains(&started), "{started}");
        assert_eq!(leased["availableAt"], Value::Null);
    }
    app.moved(&trial, "ABANDONED", 1).await;
}

#[rstest]
#[tokio::test]
async fn a_sign_of_life_never_shortens_a_lease(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let policy = json!({ "trialPolicy": { "leaseSeconds": 5 } });
    let id = app.running_task(quadratic_with(policy)).await;
    let trial = app.lease(&id, 3600.0).await;
    let asked_for = time(&trial["lease"]["expiresAt"]);
    let state = app.heartbeat(json!([lease_of(&trial)])).await[0].clone();
    assert!(time(&state["expiresAt"]) >= asked_for, "a heartbeat made it shorter: {state}");
    let input = json!({ "leases": [lease_of(&trial)], "leaseSeconds": 0.1 });
    let state = app.heartbeat_for(input).await["leases"][0].clone();
    assert!(time(&state["expiresAt"]) >= asked_for, "a heartbeat made it shorter: {state}");
    let reported = app.report(&trial, 1, 1.0).await["trial"]["lease"].clone();
    assert!(time(&reported["expiresAt"]) >= asked_for, "a report made it shorter: {reported}");
    assert_eq!(app.trial(&trial["id"]).await["lease"]["expiresAt"], reported["expiresAt"]);
    // The policy is for what is not asked for.
    let input = json!({ "leases": [lease_of(&trial)], "leaseSeconds": 9000 });
    let state = app.heartbeat_for(input).await["leases"][0].clone();
    assert!(time(&state["expiresAt"]) > asked_for + TimeDelta::seconds(5000));
}

#[rstest]
#[tokio::test]
async fn a_result_by_hand_supersedes_the_worker_that_has_the_trial(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&id, 600.0).await;
    let told = app.tell(&trial, 2.0).await;
    assert_eq!((&told["receipt"], &told["trial"]["late"]), (&json!("COUNTED"), &json!(false)));
    assert_eq!(outcomes(&told["trial"]), ["SUPERSEDED"]);
    assert_eq!(verdicts(&app.heartbeat(json!([lease_of(&trial)])).await), ["STOP"]);
    // What the worker measured is kept beside.
    let told = app.tell_with(&trial, token_of(&trial), 1.0).await;
    assert_eq!((&told["receipt"], &told["trial"]["value"]), (&json!("ATTACHED"), &json!(2.0)));
    assert_eq!(told["task"]["trialCounts"]["completed"], 1);
}

#[rstest]
#[tokio::test]
async fn heartbeats_and_releases_do_not_block_each_other(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut tasks = Vec::new();
    for _ in 0..3 {
        let id = app.running_task(quadratic_with(json!({}))).await;
        let leases: Vec<_> = app.ask(&id, 200).await.iter().map(lease_of).collect();
        tasks.push(leases);
    }
    let forward: Vec<_> = tasks.concat();
    let backward: Vec<_> = forward.iter().rev().cloned().collect();
    for round in 0..5 {
        let beats = (0..12).map(|n: usize| {
            let leases = if n.is_multiple_of(2) { &forward } else { &backward };
            app.mutate("heartbeat", json!({ "leases": leases, "leaseSeconds": 600 }))
        });
        let releases = tasks.iter().map(|leases| {
            let some: Vec<_> = leases[round * 20..(round + 1) * 20].iter().rev().collect();
            app.mutate("releaseTrials", json!({ "leases": some }))
        });
        let (beats, releases) = tokio::join!(
            futures_util::future::join_all(beats),
            futures_util::future::join_all(releases)
        );
        for reply in beats.into_iter().chain(releases) {
            let _ = reply.data();
        }
    }
    for leases in &tasks {
        let states = app.heartbeat(json!(leases)).await;
        assert_eq!(verdicts(&states)[..100], ["LOST"; 100]);
        assert_eq!(verdicts(&states)[100..], ["GO_ON"; 100]);
    }
}
