//! Spaces with a finite number of points, and grids: every point once, then the task is complete and says so. No point that is not
//! finite and in the space is ever stored.

use std::collections::BTreeMap;

use asktell_tests::{App, Client, Db, eventually, run};
use rstest::rstest;
use serde_json::{Value, json};

fn task(parameters: &Value, strategy: &Value) -> Value {
    json!({
        "parameterSpace": { "parameters": parameters },
        "objectives": [{ "name": "loss", "direction": "MINIMIZE" }],
        "strategy": strategy,
    })
}

/// Trials, none once the task has completed itself.
async fn ask(app: &Client, id: &str, count: usize) -> Vec<Value> {
    let input = json!({ "taskId": id, "count": count });
    let reply = app.mutate("ask", input).await;
    if reply.is_error() {
        assert_eq!(reply.error().code(), "TASK_NOT_RUNNING");
        return Vec::new();
    }
    reply.data()["ask"]["trials"].as_array().expect("trials").clone()
}

/// Asks and tells until the task is complete; gives it, and how often each point came. `workers` trials run at once.
async fn to_the_end(app: &Client, id: &str, workers: usize) -> (Value, BTreeMap<String, usize>) {
    let mut points = BTreeMap::new();
    for round in 0..100 {
        let trials = ask(app, id, workers).await;
        if trials.is_empty() {
            break;
        }
        assert!(round < 99, "it does not end: {points:?}");
        for trial in &trials {
            let reason = trial["proposal"]["reason"].as_str().expect("why it was chosen");
            assert!(!reason.is_empty(), "{trial}");
            *points.entry(trial["point"].to_string()).or_default() += 1;
            app.tell(trial, f64::from(u32::try_from(points.len()).expect("few"))).await;
        }
    }
    let ended = eventually(30, "the task to end", async || {
        let task = app.task(id).await;
        (task["status"] == "COMPLETED").then_some(task)
    })
    .await;
    (ended, points)
}

#[rstest]
#[case::choice_and_int(json!([
    { "categorical": { "name": "q", "choices": ["1", "2", "3"] } },
    { "int": { "name": "b", "low": 0, "high": 1 } },
]), 6)]
#[case::int(json!([{ "int": { "name": "n", "low": 0, "high": 10 } }]), 11)]
#[case::step(json!([{ "float": { "name": "x", "low": 0, "high": 1, "step": 0.05 } }]), 21)]
#[case::continuous(json!([{ "float": { "name": "x", "low": 0, "high": 1 } }]), 10)]
#[tokio::test]
async fn a_grid_has_every_point_once_and_then_completes_the_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] parameters: Value,
    #[case] size: usize,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(task(&parameters, &json!({ "kind": "GRID" }))).await;
    let (ended, points) = to_the_end(&app, &id, 4).await;
    assert_eq!((points.len(), points.values().max()), (size, Some(&1)), "{points:?}");
    assert_eq!(ended["statusReason"], "every point of the grid has been tried");
    assert_eq!(ended["trialCounts"]["completed"], json!(size));
}

#[rstest]
#[tokio::test]
async fn every_strategy_tries_each_point_once_or_as_often_as_replicates_are_asked_for(
    #[values(Db::Memory, Db::Postgres)] db: Db,
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE", "GRID", "TPE", "GP", "NSGA2", "AUTO")]
    kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let parameters = json!([
        { "int": { "name": "n", "low": 1, "high": 4 } },
        { "categorical": { "name": "base", "choices": ["none", "DBU"] } },
    ]);
    let what = if kind == "GRID" { "point of the grid" } else { "point of the space" };
    let once = app.running_task(task(&parameters, &json!({ "kind": kind }))).await;
    let (ended, points) = to_the_end(&app, &once, 3).await;
    assert_eq!((points.len(), points.values().max()), (8, Some(&1)), "{points:?}");
    assert_eq!(ended["statusReason"], format!("every {what} has been tried"));

    let strategy = json!({ "kind": kind, "replicates": 2 });
    let twice = app.running_task(task(&parameters, &strategy)).await;
    let (ended, points) = to_the_end(&app, &twice, 3).await;
    assert!(points.len() == 8 && points.values().all(|times| *times == 2), "{points:?}");
    assert_eq!(ended["statusReason"], format!("every {what} has been tried 2 times"));
    assert_eq!(ended["strategy"]["replicates"], 2);
}

#[rstest]
#[tokio::test]
async fn many_workers_get_each_point_of_a_grid_once(#[values(Db::Memory, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let parameters = json!([{ "int": { "name": "n", "low": 1, "high": 60 } }]);
    let id = app.running_task(task(&parameters, &json!({ "kind": "GRID" }))).await;
    let worker = async || {
        let mut points = Vec::new();
        loop {
            let trials = ask(&app, &id, 1).await;
            let Some(trial) = trials.first() else { return points };
            points.push(trial["point"].to_string());
            app.tell(trial, 1.0).await;
        }
    };
    let all = futures_util::future::join_all((0..8).map(|_| worker())).await;
    let mut points: Vec<String> = all.into_iter().flatten().collect();
    points.sort();
    points.dedup();
    let handed_out = &app.task(&id).await["handedOut"];
    assert_eq!((points.len(), handed_out), (60, &json!(60)));
}

#[rstest]
#[tokio::test]
async fn steps_that_cannot_be_told_apart_are_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(5e-324, 1e-300, 1e-14)] step: f64,
) {
    let Some(app) = App::start(db).await else { return };
    let parameters = json!([{ "float": { "name": "x", "low": 0, "high": 1, "step": step } }]);
    let refused = app.mutate("createTask", task(&parameters, &json!({ "kind": "GRID" }))).await;
    let refused = refused.error();
    assert_eq!(refused.code(), "VALIDATION_FAILED");
    assert_eq!(refused.path(), "input.parameterSpace.parameters.0.float.step");
}

#[rstest]
#[tokio::test]
async fn the_largest_whole_numbers_stay_in_the_space(
    #[values(Db::Memory, Db::Postgres)] db: Db,
    #[values("RANDOM", "SOBOL", "GRID", "TPE", "GP")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let most: i64 = 1 << 53;
    let parameters = json!([{ "int": { "name": "n", "low": 1 - most, "high": most } }]);
    let id = app.running_task(task(&parameters, &json!({ "kind": kind }))).await;
    for trial in app.ask(&id, 12).await {
        let number = trial["point"]["n"].as_i64().expect("a whole number");
        assert!((1 - most..=most).contains(&number), "{number}");
        app.tell(&trial, 1.0).await;
    }
    assert!(app.trials(&id).await.iter().all(|trial| trial["inSpace"] == json!(true)));
}

#[rstest]
#[tokio::test]
async fn check_and_export_tell_a_row_that_cannot_be_read_and_go_on(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let parameters = json!([{ "float": { "name": "x", "low": 0, "high": 1 } }]);
    let (damaged, sound) = (
        app.running_task(task(&parameters, &json!({ "kind": "SOBOL" }))).await,
        app.running_task(task(&parameters, &json!({ "kind": "SOBOL" }))).await,
    );
    for id in [&damaged, &sound] {
        for trial in app.ask(id, 3).await {
            app.tell(&trial, 0.5).await;
        }
    }
    app.stop().await;
    let spoil = format!("UPDATE trial SET point = '{{\"x\":[]}}' WHERE number = 2 AND {}", {
        let hex = damaged.replace('-', "");
        match db {
            Db::Postgres => format!("task_id = '{damaged}'"),
            Db::Memory | Db::SqliteFile => format!("hex(task_id) = upper('{hex}')"),
        }
    });
    app.database.execute(&spoil).await;
    let checked = run(["check", "--database", app.database.url()]);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert_eq!(checked.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("task {damaged}: trial 2 cannot be read")), "{said}");
    assert!(!said.contains(&sound), "{said}");

    let folder = app.database.directory().join("exported");
    let folder = folder.to_str().expect("a path");
    let exported = run(["export", folder, "--database", app.database.url()]);
    let (out, told) =
        (String::from_utf8_lossy(&exported.stdout), String::from_utf8_lossy(&exported.stderr));
    assert_eq!(exported.status.code(), Some(1), "{out}{told}");
    assert!(out.contains("exported 2 tasks"), "{out}");
    assert!(told.contains(&format!("task {damaged}: trial 2 cannot be read")), "{told}");
    for (id, trials) in [(&damaged, 2), (&sound, 3)] {
        let file = std::fs::read_to_string(format!("{folder}/{id}.json")).expect("a file");
        let file: Value = serde_json::from_str(&file).expect("JSON");
        assert_eq!(file["asktell"]["trials"].as_array().map(Vec::len), Some(trials), "{id}");
    }
    app.give_up();
}
