//! `asktell compact`: what is old goes, and what is left stays exact.

use std::collections::BTreeMap;

use asktell_tests::{App, Db, EVENT, End, id_of, nodes, quadratic_with, run};
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    quadratic,
    scene::{Scene, task_at, task_with},
    versions,
};

/// Later than any event.
pub(super) const EVER: &str = "2099-01-01T00:00:00Z";

pub(super) fn compact(app: &App, before: &str, keep: &str) {
    let arguments = ["compact", "--before", before, "--keep-versions", keep];
    let output = run(arguments.into_iter().chain(["--database", app.database.url()]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is told of every version of a task, by its number.
async fn history(app: &App, task: &str) -> BTreeMap<i64, (Value, Value)> {
    let mut all = BTreeMap::new();
    for version in versions(app, task, 3).await {
        let number = version["version"].as_i64().expect("a version");
        let past = task_at(app, task, number).await.data()["taskAt"].take();
        all.insert(number, (version, past));
    }
    all
}

/// What is kept is what it was, what is not says so; gives the oldest version that is kept.
async fn expect_the_rest(
    app: &App,
    task: &str,
    before: &BTreeMap<i64, (Value, Value)>,
    keep: usize,
) -> i64 {
    let after = history(app, task).await;
    let oldest = *after.keys().next().expect("a version");
    let rest: BTreeMap<_, _> = before.range(oldest..).map(|(n, told)| (*n, told.clone())).collect();
    assert!(after == rest, "what is left of {task} is not what it was");
    assert!(after.len() >= keep.min(before.len()), "only {} versions", after.len());
    for version in before.range(..oldest).map(|(version, _)| *version) {
        let error = task_at(app, task, version).await.error();
        assert_eq!(
            (error.code(), error.detail("oldestVersion")),
            ("HISTORY_COMPACTED", &json!(oldest))
        );
    }
    if oldest > 1 {
        let query =
            "query ($id: ID!) { taskAt(taskId: $id, at: \"2020-01-01T00:00:00Z\") { version } }";
        let error = app.graphql(query, json!({ "id": task })).await.error();
        assert_eq!(error.code(), "HISTORY_COMPACTED");
    }
    oldest
}

#[rstest]
#[tokio::test]
async fn every_later_version_stays_exactly_what_it_was(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(4, 5)] seed: u64,
) {
    let Some(app) = App::start(db).await else { return };
    let mut scene = Scene::set(&app, seed).await;
    scene.play(&app, 70).await;
    let middle = scene.seen.values().filter_map(|task| task["updatedAt"].as_str()).max();
    let middle = middle.expect("a change").to_owned();
    scene.play(&app, 70).await;
    let mut gone = 0;
    // The middle twice: there is nothing more to do the second time.
    for (before, keep) in [(middle.as_str(), 3), (middle.as_str(), 3), (EVER, 5), (EVER, 1)] {
        let mut told = Vec::new();
        for task in &scene.tasks {
            told.push(history(&app, task).await);
        }
        compact(&app, before, &keep.to_string());
        app.database.check();
        for (task, told) in scene.tasks.iter().zip(&told) {
            gone = gone.max(expect_the_rest(&app, task, told, keep).await);
        }
        // Life goes on.
        scene.play(&app, 20).await;
        for ((task, version), seen) in &scene.seen {
            let reply = task_at(&app, task, *version).await;
            if !reply.is_error() {
                let mut past = reply.data()["taskAt"].take();
                past.as_object_mut().expect("a task").retain(|name, _| seen.get(name).is_some());
                assert_eq!(&past, seen, "version {version}");
            }
        }
    }
    assert!(gone > 10, "of no task much was compacted");
    assert!(scene.done.contains_key("ask"), "there were trials, too: {:?}", scene.done);
}

#[rstest]
#[tokio::test]
async fn whoever_has_not_read_what_was_compacted_learns_that(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    app.ask(&id, 3).await;
    let log = app.log(None).await;
    let [first, last] = [&log[0], &log[log.len() - 1]].map(|event| event["cursor"].clone());
    compact(&app, EVER, "5");

    // Both versions are kept, and no part of the log.
    let kept = versions(&app, &id, 10).await;
    assert_eq!(kept.len(), 2);
    let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let ids = [kept[1]["id"].clone(), kept[0]["id"].clone()];
    let found = app.graphql(query, json!({ "ids": ids })).await.data();
    assert_eq!(found["nodes"], json!([{ "id": ids[0] }, { "id": ids[1] }]));
    assert_eq!(app.log(None).await, Vec::<Value>::new());
    assert_eq!(app.log(last.as_str()).await, Vec::<Value>::new());
    let of_task = "query ($id: ID!, $after: String) {
        task(id: $id) { events(after: $after) { nodes { sequence } } } }";
    let whole = "query ($after: String) { taskEvents(after: $after) { nodes { sequence } } }";
    for query in [of_task, whole] {
        let error = app.graphql(query, json!({ "id": id, "after": first })).await.error();
        assert_eq!(error.code(), "CURSOR_EXPIRED");
    }
    let follow = format!(
        "subscription ($after: String) {{ taskEvents(after: $after) {{ ...Event }} }} {EVENT}"
    );
    let (events, end) = app.subscribe(&follow, json!({ "after": first })).await.all().await;
    assert!(events.is_empty(), "{events:?}");
    let End::Error(errors) = end else { panic!("the subscription ended with {end:?}") };
    assert_eq!(errors[0]["extensions"]["code"], "CURSOR_EXPIRED");

    // Who has read all, and who begins at the start, get what comes: at places that nobody had before.
    let mut of_reader = app.subscribe(&follow, json!({ "after": last })).await;
    let mut of_newcomer = app.subscribe(&follow, json!({ "after": "START" })).await;
    app.update_task(json!({ "id": id, "priority": 1 })).await;
    let sequence = log.len() + 1;
    for events in [&mut of_reader, &mut of_newcomer] {
        let event = events.next().await["taskEvents"].clone();
        assert_eq!((&event["sequence"], &event["version"]), (&json!(sequence), &json!(3)));
        assert!(log.iter().all(|before| before["cursor"] != event["cursor"]));
    }
}

#[rstest]
#[tokio::test]
async fn a_subscriber_that_was_too_slow_for_a_compaction_learns_that_and_is_done(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    let follow = format!(
        "subscription ($after: String) {{ taskEvents(after: $after) {{ ...Event }} }} {EVENT}"
    );
    let mut events = app.subscribe(&follow, json!({ "after": "START" })).await;
    assert_eq!(events.take(1).await.len(), 1);
    // As if 48 events had come that it did not get, and most of them were compacted since.
    app.database.execute("UPDATE log_head SET position = 50, start = 40 WHERE id = 1").await;
    app.update_task(json!({ "id": id, "priority": 1 })).await;
    let told = events.next_response().await.expect("an error, as an event");
    assert_eq!(told["errors"][0]["extensions"]["code"], "CURSOR_EXPIRED", "{told}");
    assert_eq!(events.next_response().await, Err(End::Complete));
}

#[rstest]
#[tokio::test]
async fn a_compaction_that_was_interrupted_goes_on(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    for n in 1..6 {
        app.update_task(json!({ "id": id, "priority": n })).await;
    }
    let before = history(&app, &id).await;
    // The log is cut, and no task is compacted yet.
    app.database.execute("UPDATE log_head SET start = 4 WHERE id = 1").await;
    app.database.check();
    assert!(history(&app, &id).await == before, "all versions are there");
    assert_eq!(app.log(None).await.len(), 2);
    compact(&app, EVER, "2");
    assert_eq!(expect_the_rest(&app, &id, &before, 2).await, 5);
}

#[rstest]
#[tokio::test]
async fn a_purge_takes_the_history_with_it(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let stays = task_with(&app, quadratic()).await;
    let id = task_with(&app, quadratic()).await;
    app.update_task(json!({ "id": id, "priority": 1 })).await;
    app.delete_task(&id).await;
    compact(&app, EVER, "2");
    assert_eq!(versions(&app, &id, 10).await.len(), 2);
    let output = run(["purge", "--deleted-before-days", "0", "--database", app.database.url()]);
    assert!(output.status.success());
    assert_eq!(task_at(&app, &id, 3).await.error().code(), "TASK_NOT_FOUND");
    assert_eq!(versions(&app, &stays, 10).await.len(), 1);
    // A task of the same name has a history of its own.
    app.create_task(quadratic_with(json!({ "id": id }))).await;
    assert_eq!(versions(&app, &id, 10).await.len(), 1);
}

#[tokio::test]
async fn a_model_proposes_as_if_nothing_had_been_compacted() {
    let (db, settings) = (
        Db::SqliteFile,
        json!({ "strategy": { "kind": "GP", "seed": 3,
        "gp": { "startup": 3 }, "initialDesign": { "method": "SOBOL", "count": 3 } } }),
    );
    let mut runs = Vec::new();
    for compacted in [false, true] {
        let app = App::start(db).await.expect("SQLite is always there");
        let task = app.running_task(quadratic_with(settings.clone())).await;
        let mut points = Vec::new();
        for round in 0..7 {
            let trial = app.ask(&task, 1).await.remove(0);
            if compacted && round % 2 == 0 {
                compact(&app, EVER, "1");
            }
            let [x, y] = ["x", "y"].map(|name| trial["point"][name].as_f64().expect("a number"));
            app.tell(&trial, (x - 2.0).powi(2) + (y - 3.0).powi(2)).await;
            if compacted && round % 3 == 0 {
                compact(&app, EVER, "1");
            }
            points.push(trial["point"].clone());
        }
        runs.push(points);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn lists_of_candidates_stay_as_long_as_a_version_needs_them() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let listed = |count: usize| {
        let candidates: Vec<_> = (0..count).map(|i| json!({ "x": i })).collect();
        let x = json!({ "int": { "name": "x", "low": 0, "high": 100 } });
        json!({ "parameters": [x], "candidates": candidates })
    };
    let task = app.create_task(quadratic_with(json!({ "parameterSpace": listed(3) }))).await;
    let id = id_of(&task);
    for count in [5, 7] {
        app.update_task(json!({ "id": id, "parameterSpace": listed(count) })).await;
    }
    app.update_task(json!({ "id": id, "priority": 1 })).await;
    compact(&app, EVER, "3");
    let counts = async |version: i64| {
        let past = task_at(&app, &id, version).await.data()["taskAt"].take();
        past["parameterSpace"]["candidates"].as_array().expect("candidates").len()
    };
    assert_eq!((counts(2).await, counts(3).await, counts(4).await), (5, 7, 7));
    // And back to one that the task does not have any more.
    let back = app.payload("revertTask", json!({ "id": id, "toVersion": 2 })).await;
    assert_eq!(back["task"]["parameterSpace"]["candidates"].as_array().map(Vec::len), Some(5));
    // Lists that an earlier server did not keep are not guessed.
    app.database.execute("DELETE FROM document").await;
    let past = task_at(&app, &id, 2).await.data()["taskAt"].take();
    assert_eq!(past["parameterSpace"], Value::Null);
    assert_eq!(past["unknownFields"], json!(["parameterSpace"]));
    let error = app.mutate("revertTask", json!({ "id": id, "toVersion": 2 })).await.error();
    assert_eq!(
        (error.code(), error.detail("field")),
        ("HISTORY_INCOMPLETE", &json!("parameterSpace"))
    );
    assert_eq!(nodes(&app.graphql("{ taskEvents { nodes { sequence } } }", json!({})).await.data()["taskEvents"]).len(), 1);
}

#[rstest]
#[case(&[])]
#[case(&["--before", "yesterday"])]
#[case(&["--before", EVER, "--keep-versions", "0"])]
fn a_compaction_needs_a_time_and_keeps_a_version(#[case] arguments: &[&str]) {
    let all = ["compact"].iter().chain(arguments).chain(&["--database", "sqlite::memory:"]);
    assert_eq!(run(all).status.code(), Some(2));
}
