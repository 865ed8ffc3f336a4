//! The points that models choose: the same whatever is ready, fresh after every change, shared among
//! many, and never a reason to fail.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use asktell_tests::{
    App, Client, Db, Random, Server, eventually, id_of, quadratic_with, token_of, within,
};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

/// The server tells when it computes points, and when they are ready.
const TOLD: [&str; 2] = ["--log", "info,asktell::proposals=debug"];

const TRIALS: &str = "trials {
  id number point lease { token }
  proposal {
    strategy reason fallback results criterion acquisitionValue expectedImprovement
    predictions { objective mean deviation }
  }
}";

fn learning(fields: &Value) -> Value {
    let mut input = quadratic_with(json!({ "strategy": { "kind": "AUTO", "seed": 7 } }));
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), fields.clone()) {
        input.extend(fields);
    }
    input
}

/// A bowl with its lowest point at (2, 7).
fn loss(point: &Value) -> f64 {
    let at = |name: &str| point[name].as_f64().expect("a number");
    (at("x") - 2.0).powi(2) + (at("y") - 7.0).powi(2)
}

async fn ask(client: &Client, input: Value) -> Vec<Value> {
    let reply = client.mutate_for("ask", input, TRIALS).await;
    reply.data()["ask"]["trials"].as_array().expect("trials").clone()
}

async fn ask_one(client: &Client, task: &str) -> Value {
    let mut trials = ask(client, json!({ "taskId": task })).await;
    assert_eq!(trials.len(), 1, "one trial is handed out");
    trials.remove(0)
}

async fn tell(client: &Client, trial: &Value) {
    let values = json!([{ "objective": "loss", "value": loss(&trial["point"]) }]);
    let outcome = json!({ "values": values });
    let token = token_of(trial);
    let input = json!({ "trialId": trial["id"], "leaseToken": token, "outcome": outcome });
    let payload = "trial { state }";
    let _ = client.mutate_for("tell", input, payload).await.data();
}

/// A RUNNING task with results at that many points.
async fn with_results(client: &Client, input: Value, count: usize) -> String {
    let id = client.running_task(input).await;
    let mut random = Random::new(3);
    let mut draw = |low: f64, high: f64| {
        let share = random.within(0, 1_000_000);
        low + (high - low) * f64::from(u32::try_from(share).expect("small")) / 1e6
    };
    let results: Vec<_> = (0..count)
        .map(|_| {
            let point = json!({ "x": draw(-5.0, 10.0), "y": draw(0.0, 15.0) });
            let values = json!([{ "objective": "loss", "value": loss(&point) }]);
            json!({ "point": point, "outcome": { "values": values } })
        })
        .collect();
    for some in results.chunks(1_000) {
        let input = json!({ "taskId": id, "results": some });
        let _ = client.mutate_for("addResults", input, "task { id }").await.data();
    }
    id
}

/// How often the server has said that of a task.
fn said(server: &Server, what: &str, task: &str) -> usize {
    let log = server.log();
    log.lines().filter(|line| line.contains(what) && line.contains(task)).count()
}

const COMPUTES: &str = "computes points";
const READY: &str = "points are ready";

/// Does something, and waits until points are ready after it.
async fn then_ready(server: &Server, task: &str, what: impl Future<Output = ()>) {
    let before = said(server, READY, task);
    what.await;
    eventually(30, "points to be ready", async || {
        (said(server, READY, task) > before).then_some(())
    })
    .await;
}

/// Asks and tells in turn; gives the points.
async fn campaign(app: &App, task: &str, patient: bool, trials: usize) -> Vec<Value> {
    let mut points = Vec::new();
    for _ in 0..trials {
        let trial = ask_one(app, task).await;
        if patient {
            then_ready(app.server(), task, tell(app, &trial)).await;
        } else {
            tell(app, &trial).await;
        }
        points.push(trial["point"].clone());
    }
    points
}

#[tokio::test]
async fn the_points_are_the_same_ready_or_not_and_on_every_database() {
    let mut all = Vec::new();
    for db in [Db::Memory, Db::SqliteFile, Db::Postgres] {
        let Some(mut app) = App::start_with(db, &TOLD).await else { continue };
        let hasty = app.running_task(learning(&json!({}))).await;
        all.push(campaign(&app, &hasty, false, 12).await);
        let patient = app.running_task(learning(&json!({}))).await;
        all.push(campaign(&app, &patient, true, 12).await);
        if db != Db::Memory {
            let restarted = app.running_task(learning(&json!({}))).await;
            let mut points = campaign(&app, &restarted, true, 8).await;
            app.stop().await;
            app.start_again().await;
            points.extend(campaign(&app, &restarted, false, 2).await);
            app.kill();
            app.start_again().await;
            points.extend(campaign(&app, &restarted, false, 2).await);
            all.push(points);
        }
    }
    for points in &all {
        assert_eq!(points, &all[0]);
    }
    let best = all[0].iter().map(loss).fold(f64::INFINITY, f64::min);
    assert!(best < 1.0, "12 trials came to {best} only");
}

#[rstest]
#[tokio::test]
async fn it_does_not_matter_whether_points_are_asked_for_together(
    #[values(Db::Memory, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TOLD).await else { return };
    let mut all = Vec::new();
    for portions in [[6_u64, 0], [3, 3], [1, 5]] {
        let task = with_results(&app, learning(&json!({})), 12).await;
        let mut points = Vec::new();
        for portion in portions.into_iter().filter(|portion| *portion > 0) {
            let trials = ask(&app, json!({ "taskId": task, "count": portion })).await;
            assert_eq!(trials.len() as u64, portion);
            points.extend(trials.iter().map(|trial| trial["point"].clone()));
        }
        all.push(points);
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
}

#[rstest]
#[tokio::test]
async fn each_trial_keeps_why_it_was_chosen(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(learning(&json!({}))).await;
    let first = ask_one(&app, &task).await["proposal"].clone();
    assert_eq!((&first["strategy"], &first["results"]), (&json!("SOBOL"), &json!(0)));
    assert_eq!((&first["fallback"], &first["predictions"]), (&Value::Null, &json!([])));
    let task = with_results(&app, learning(&json!({})), 15).await;
    let trial = ask_one(&app, &task).await;
    let why = &trial["proposal"];
    assert_eq!((&why["strategy"], &why["results"]), (&json!("GP"), &json!(15)), "{why}");
    assert_eq!((&why["fallback"], &why["criterion"]), (&Value::Null, &json!("LOG_EI")), "{why}");
    let prediction = &why["predictions"][0];
    assert_eq!(prediction["objective"], "loss");
    let expected = prediction["mean"].as_f64().expect("a mean");
    let deviation = prediction["deviation"].as_f64().expect("a deviation");
    let off = (expected - loss(&trial["point"])).abs();
    assert!(deviation >= 0.0 && off < 20.0, "{prediction} at {}", trial["point"]);
    assert!(why["expectedImprovement"].as_f64().expect("an improvement") >= 0.0, "{why}");
    // It stays with the trial.
    let query =
        "query ($id: ID!) { task(id: $id) { trials(last: 1) { nodes { proposal { reason } } } } }";
    let kept = app.graphql(query, json!({ "id": task })).await.data();
    assert_eq!(kept["task"]["trials"]["nodes"][0]["proposal"]["reason"], why["reason"]);
}

#[rstest]
#[tokio::test]
async fn what_was_ready_is_replaced_after_every_change(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TOLD).await else { return };
    let task = with_results(&app, learning(&json!({})), 15).await;
    let trial = ask_one(&app, &task).await;
    let stands_on = async || ask_one(&app, &task).await["proposal"]["results"].clone();
    then_ready(app.server(), &task, tell(&app, &trial)).await;
    assert_eq!(stands_on().await, 16);
    then_ready(app.server(), &task, async { drop(app.exclude(&trial, "a slip").await) }).await;
    assert_eq!(stands_on().await, 15);
    then_ready(app.server(), &task, async { drop(app.include(&trial, "none").await) }).await;
    assert_eq!(stands_on().await, 16);
    let computed = said(app.server(), COMPUTES, &task);
    then_ready(app.server(), &task, async { drop(app.correct(&trial, 3.0, "misread").await) })
        .await;
    assert_eq!(stands_on().await, 16);
    assert!(said(app.server(), COMPUTES, &task) > computed, "computed anew");
    let ucb = json!({ "kind": "GP", "seed": 7, "gp": { "acquisition": "UCB" } });
    let update = async { drop(app.update_task(json!({ "id": task, "strategy": ucb })).await) };
    then_ready(app.server(), &task, update).await;
    let ask_ucb = async { assert_eq!(ask_one(&app, &task).await["proposal"]["criterion"], "UCB") };
    then_ready(app.server(), &task, ask_ucb).await;
    // What is no news to the strategy leaves it as it is.
    let computed = said(app.server(), COMPUTES, &task);
    app.update_task(json!({ "id": task, "name": "Renamed", "priority": 3 })).await;
    let trial = app.ask(&task, 1).await.remove(0);
    app.heartbeat(json!([{ "trialId": trial["id"], "token": token_of(&trial) }])).await;
    // One was still to come for the ask before, and one is for the next.
    assert!(said(app.server(), COMPUTES, &task) <= computed + 2, "for what is asked for only");
}

#[rstest]
#[tokio::test]
async fn of_64_workers_at_once_each_gets_a_point_of_its_own(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let patience = json!({ "kind": "AUTO", "seed": 7, "timeLimitSeconds": 300 });
    let task = with_results(&app, learning(&json!({ "strategy": patience })), 20).await;
    let asks = join_all((0..64).map(|_| ask_one(&app, &task))).await;
    let points: BTreeSet<_> = asks.iter().map(|trial| trial["point"].to_string()).collect();
    assert_eq!(points.len(), 64);
    let numbers: BTreeSet<_> = asks.iter().map(|trial| trial["number"].as_i64()).collect();
    assert_eq!(numbers.len(), 64);
    for trial in &asks {
        let why = &trial["proposal"];
        assert_eq!((&why["strategy"], &why["fallback"]), (&json!("GP"), &Value::Null), "{why}");
    }
    // And while results come in between.
    let worker = async |trial: &Value| {
        let mut trial = trial.clone();
        for _ in 0..2 {
            tell(&app, &trial).await;
            trial = ask_one(&app, &task).await;
        }
        trial["point"].to_string()
    };
    let last = join_all(asks.iter().take(16).map(worker)).await;
    assert_eq!(last.iter().collect::<BTreeSet<_>>().len(), 16);
}

#[tokio::test]
async fn of_two_servers_one_computes_and_both_hand_out() {
    let Some(app) = App::start_with(Db::Postgres, &TOLD).await else { return };
    let other = app.another_server().await;
    let task = with_results(&app, learning(&json!({})), 15).await;
    let alone = with_results(&app, learning(&json!({})), 15).await;
    let mut points = (Vec::new(), Vec::new());
    let mut last = (ask_one(&app, &task).await, ask_one(&app, &alone).await);
    for _ in 0..6 {
        then_ready(app.server(), &task, tell(&app, &last.0)).await;
        last.0 = ask_one(&other.client, &task).await;
        points.0.push(last.0["point"].clone());
        tell(&app, &last.1).await;
        last.1 = ask_one(&app, &alone).await;
        points.1.push(last.1["point"].clone());
    }
    assert_eq!(points.0, points.1, "the same as on one server");
    // Whoever hands out prepares what may come next; but it found the first ones ready.
    let (here, there) = (said(app.server(), COMPUTES, &task), said(&other, COMPUTES, &task));
    assert!(here >= 6 && there <= 6, "{here} here and {there} there");
    // Both at once, while nothing is ready: one waits for the other.
    for round in 0..3 {
        tell(&app, &last.0).await;
        let both = [&app.server().client, &other.client].map(|client| ask_one(client, &task));
        let both = join_all(both).await;
        assert_ne!(both[0]["point"], both[1]["point"], "round {round}");
        last.0 = both[0].clone();
    }
    assert!(other.stop().await.success());
}

/// A campaign of parallel workers; the servers hand out in turns, `workers` trials at a time.
async fn in_turns(servers: &[&Client], kind: &str, workers: &[usize]) -> Vec<Value> {
    let strategy = json!({ "kind": kind, "seed": 11, "timeLimitSeconds": 60 });
    let task = servers[0].running_task(learning(&json!({ "strategy": strategy }))).await;
    let mut turns = servers.iter().cycle();
    let mut next = || *turns.next().expect("at least one server");
    let (mut points, mut running) = (Vec::new(), Vec::new());
    for workers in workers {
        while running.len() < *workers {
            let trial = ask_one(next(), &task).await;
            points.push(trial["point"].clone());
            running.push(trial);
        }
        // The first one finished; the others are still running.
        tell(next(), &running.remove(0)).await;
    }
    points
}

#[rstest]
#[tokio::test]
async fn servers_that_hand_out_in_turns_give_the_points_of_one_server(
    #[values("GP", "AUTO", "TPE")] kind: &str,
) {
    let workers = [1, 1, 4, 2, 9, 9, 10, 3, 3, 1, 1, 6];
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let alone = in_turns(&[&app], kind, &workers).await;
    let Some(app) = App::start(Db::Postgres).await else { return };
    let other = app.another_server().await;
    let in_turns = in_turns(&[&app, &other.client], kind, &workers).await;
    assert_eq!(in_turns, alone);
    assert!(other.stop().await.success());
}

#[rstest]
#[tokio::test]
async fn a_model_that_takes_too_long_gives_way_and_the_trial_says_so(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let hasty = json!({ "kind": "GP", "seed": 7, "timeLimitSeconds": 0.05 });
    let task = with_results(&app, learning(&json!({ "strategy": hasty })), 1_500).await;
    for _ in 0..2 {
        let trial = within(20, "a point", ask_one(&app, &task)).await;
        let why = &trial["proposal"];
        assert_eq!(why["strategy"], "SOBOL", "{why}");
        let fallback = why["fallback"].as_str().expect("why there is none of the model's");
        assert!(fallback.contains("longer than 0.05 s"), "{fallback}");
    }
}

#[rstest]
#[tokio::test]
async fn the_time_limit_holds_for_the_whole_ask(#[values(Db::Memory, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let of = |limit: f64| {
        learning(&json!({ "strategy": { "kind": "GP", "seed": 7, "timeLimitSeconds": limit } }))
    };
    // How long the first of the four goes takes that compute 64 points.
    let patient = with_results(&app, of(600.0), 700).await;
    let begin = Instant::now();
    assert_eq!(ask(&app, json!({ "taskId": patient, "count": 16 })).await.len(), 16);
    let one_go = begin.elapsed().as_secs_f64();
    // One or two of them come to their end within the limit.
    let limit = (1.5 * one_go).clamp(0.5, 120.0);
    let hasty = with_results(&app, of(limit), 700).await;
    let begin = Instant::now();
    let trials = ask(&app, json!({ "taskId": hasty, "count": 1_000 })).await;
    let taken = begin.elapsed().as_secs_f64();
    assert_eq!(trials.len(), 1_000);
    // Without the limit it would take some sixty goes. The grace is for writing a thousand trials on a busy machine.
    assert!(taken < limit + 10.0_f64.max(1.5 * limit), "{taken} s, with a limit of {limit} s");
    let of_sobol = |trial: &&Value| trial["proposal"]["strategy"] == "SOBOL";
    let late = trials.iter().filter(of_sobol).all(|trial| !trial["proposal"]["fallback"].is_null());
    assert!(late, "what was not computed in time says so");
}

/// A task whose next point takes long.
async fn slow_task(app: &Client, fields: &Value) -> String {
    let patient = json!({ "kind": "GP", "seed": 7, "timeLimitSeconds": 60 });
    let mut input = learning(fields);
    input["strategy"] = patient;
    with_results(app, input, 1_500).await
}

#[rstest]
#[tokio::test]
async fn a_caller_who_goes_while_points_are_computed_leases_nothing(
    #[values(Db::Memory, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TOLD).await else { return };
    let task = slow_task(&app, &json!({})).await;
    let gone = tokio::time::timeout(Duration::from_millis(50), ask_one(&app, &task)).await;
    if gone.is_err() {
        eventually(60, "points to be ready", async || {
            (said(app.server(), READY, &task) > 0).then_some(())
        })
        .await;
        assert_eq!(app.task(&task).await["trialCounts"]["running"], 0);
    }
    assert_eq!(ask_one(&app, &task).await["proposal"]["strategy"], "GP");
}

#[rstest]
#[tokio::test]
async fn a_task_without_ready_points_does_not_hold_up_the_queue(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TOLD).await else { return };
    let slow = slow_task(&app, &json!({ "priority": 10 })).await;
    let quick = app.running_task(quadratic_with(json!({ "name": "quick" }))).await;
    let of = |trial: &Value| trial["id"].as_str().expect("an id").to_owned();
    let first = ask(&app, json!({})).await.remove(0);
    if !of(&first).starts_with(&slow) {
        assert!(of(&first).starts_with(&quick));
    }
    // Its points are computed meanwhile, and then it goes first.
    let second = within(60, "the turn of the slow task", async {
        loop {
            let trial = ask(&app, json!({})).await.remove(0);
            if of(&trial).starts_with(&slow) {
                return trial;
            }
        }
    })
    .await;
    assert_eq!(second["proposal"]["strategy"], "GP");
    // Alone, it is waited for.
    app.transition(&quick, "PAUSED").await;
    let third = ask(&app, json!({ "count": 2 })).await;
    assert!(!third.is_empty() && third.iter().all(|trial| of(trial).starts_with(&slow)));
}

#[rstest]
#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_computations(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start_with(db, &TOLD).await else { return };
    let task = slow_task(&app, &json!({})).await;
    eventually(30, "a computation to begin", async || {
        (said(app.server(), COMPUTES, &task) > 0).then_some(())
    })
    .await;
    within(5, "the server to stop", app.stop()).await;
    app.start_again().await;
    assert_eq!(ask_one(&app, &task).await["proposal"]["strategy"], "GP");
}

#[rstest]
#[tokio::test]
async fn more_points_than_a_model_chooses_fill_the_space(
    #[values(Db::Memory, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let patience = json!({ "kind": "AUTO", "seed": 7, "timeLimitSeconds": 300 });
    let task = with_results(&app, learning(&json!({ "strategy": patience })), 12).await;
    let trials = ask(&app, json!({ "taskId": task, "count": 200 })).await;
    let of_model = |trial: &&Value| trial["proposal"]["fallback"].is_null();
    assert_eq!((trials.len(), trials.iter().filter(of_model).count()), (200, 64));
    let points: BTreeSet<_> = trials.iter().map(|trial| trial["point"].to_string()).collect();
    assert_eq!(points.len(), 200);
    // Before there are results nothing takes time.
    let task = app.running_task(learning(&json!({}))).await;
    assert_eq!(ask(&app, json!({ "taskId": task, "count": 1_000 })).await.len(), 1_000);
}

#[rstest]
#[tokio::test]
async fn the_budget_is_not_overrun_by_points_that_were_waited_for(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let budget = json!({ "maxTrials": 10, "maxRunning": 4 });
    let task = with_results(&app, learning(&json!({ "budget": budget })), 12).await;
    let asks = join_all((0..12).map(|_| ask(&app, json!({ "taskId": task })))).await;
    let out: Vec<_> = asks.into_iter().flatten().collect();
    assert_eq!(out.len(), 4);
    join_all(out.iter().map(|trial| tell(&app, trial))).await;
    let rest = ask(&app, json!({ "taskId": task, "count": 50 })).await;
    assert_eq!(rest.len(), 4);
    assert_eq!(app.task(&task).await["handedOut"], 8);
    assert_eq!(id_of(&app.task(&task).await), task);
}
