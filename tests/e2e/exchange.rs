//! `asktell export` and `asktell import`: whole tasks as files.

mod hostile;
mod work;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Output,
};

use asktell_tests::{App, Database, Db, Server, id_of, new_id, quadratic, run, time};
use rstest::rstest;
use serde_json::{Value, json};

const ORIGINAL_FIELDS: [&str; 13] = [
    "task_id",
    "name",
    "description",
    "status",
    "created_at",
    "updated_at",
    "parameter_space",
    "strategy",
    "initial_designs",
    "results",
    "next_points",
    "model_state",
    "metadata",
];

fn export(database: &Database, name: &str) -> PathBuf {
    let dir = database.directory().join(name);
    let output =
        run(["export".as_ref(), dir.as_os_str(), "--database".as_ref(), database.url().as_ref()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    dir
}

fn import(database: &Database, dir: &Path, more: &[&str]) -> Output {
    let arguments =
        ["import".as_ref(), dir.as_os_str(), "--database".as_ref(), database.url().as_ref()];
    run(arguments.into_iter().chain(more.iter().map(std::convert::AsRef::as_ref)))
}

fn import_well(database: &Database, dir: &Path, more: &[&str]) {
    let output = import(database, dir, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Name to content.
fn files(dir: &Path) -> BTreeMap<String, String> {
    std::fs::read_dir(dir)
        .expect("the folder")
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            let content = std::fs::read_to_string(entry.path()).expect("a text");
            (entry.file_name().to_string_lossy().into_owned(), content)
        })
        .collect()
}

/// Tasks with everything that a task may have.
async fn fill(app: &App) -> Vec<String> {
    let mut full = quadratic();
    full["description"] = json!("two\nlines, \"quoted\", 汉字");
    full["metadata"] = json!({ "z": 1, "a": [0.1, 1e300, null], "nested": { "é": true } });
    full["modelState"] = json!({ "lengthscale": [0.1, 0.1 + 0.2] });
    full["initialDesigns"] = json!([{ "x": 0.5, "y": 0.25 }]);
    full["strategy"] =
        json!({ "kind": "SOBOL", "seed": 5, "initialDesign": { "method": "RANDOM", "count": 3 } });
    let busy = app.running_task(full).await;
    let trials = app.ask(&busy, 6).await;
    app.tell(&trials[0], 0.1 + 0.2).await;
    app.tell(&trials[5], -1e-300).await;
    let failure =
        json!({ "trialId": trials[1]["id"], "outcome": { "failure": { "reason": "spilled" } } });
    let _ = app.mutate("tell", failure).await.data();
    // What comes later is of another version of the space, and some of the earlier lies outside of it.
    let mut space = quadratic()["parameterSpace"].clone();
    space["parameters"][0]["float"]["low"] = json!(0.0);
    app.update_task(json!({ "id": busy, "parameterSpace": space })).await;
    app.enqueue(&busy, json!([{ "x": 1.0, "y": 2.0 }])).await;
    let _ = app
        .mutate("transitionTask", json!({ "id": busy, "to": "PAUSED", "reason": "night" }))
        .await
        .data();

    let ended = app.running_task(quadratic()).await;
    let late = app.ask(&ended, 1).await;
    app.transition(&ended, "COMPLETED").await;
    app.tell(&late[0], 7.0).await;

    let bare = id_of(&app.create_task(json!({})).await);
    let mut other = json!({ "name": "Kinds", "parameterSpace": { "parameters": [
        { "int": { "name": "n", "low": 2, "high": 10, "step": 2 } },
        { "float": { "name": "r", "low": 0.001, "high": 1.0, "log": true } },
        { "categorical": { "name": "c", "choices": ["a", true, 1] } },
        { "ordinal": { "name": "o", "levels": [1, 2.5, "top"] } },
    ] } });
    other["parameterSpace"]["parameters"][1]["float"]["condition"] =
        json!({ "parameter": "n", "oneOf": [4, 6] });
    other["parameterSpace"]["constraints"] =
        json!([{ "terms": [{ "parameter": "n", "coefficient": 0.1 }], "atMost": 0.8 }]);
    other["parameterSpace"]["candidates"] = json!([
        { "n": 4, "r": 0.1 + 0.2, "c": true, "o": "top" },
        { "n": 8, "c": "a", "o": 1 },
    ]);
    other["parameterSpace"]["parameters"][0]["int"]["fixed"] = json!(4);
    other["objectives"] = json!([{ "name": "y", "direction": "MAXIMIZE" }]);
    other["strategy"] = json!({
        "kind": "AUTO", "seed": 4, "timeLimitSeconds": 0.25, "tpe": { "candidates": 9 },
        "gp": { "acquisition": "THOMPSON", "noise": [{ "objective": "y", "deviation": 0.5 }] },
    });
    other["budget"] = json!({ "minExpectedImprovement": 1e-9 });
    other["id"] = json!(new_id());
    let deleted = id_of(&app.create_task(other).await);
    app.delete_task(&deleted).await;
    vec![busy, ended, bare, deleted]
}

#[rstest]
#[tokio::test]
async fn a_round_trip_changes_no_byte(
    #[values(Db::SqliteFile, Db::Postgres)] from: Db,
    #[values(Db::SqliteFile, Db::Postgres)] to: Db,
) {
    let Some(mut app) = App::start(from).await else { return };
    let ids = fill(&app).await;
    let busy = app.task(&ids[0]).await;
    let busy_trials = app.trials(&ids[0]).await;
    // Also while the server runs.
    let first = export(&app.database, "first");
    app.stop().await;
    let written = files(&first);
    let names: Vec<_> = written.keys().cloned().collect();
    let mut expected: Vec<_> = ids.iter().map(|id| format!("{id}.json")).collect();
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(files(&export(&app.database, "again")), written, "the same twice");

    let Some(fresh) = Database::fresh(to).await else { return };
    import_well(&fresh, &first, &[]);
    fresh.check();
    assert_eq!(files(&export(&fresh, "second")), written);

    // And what is served is the same task, which goes on where it was.
    let server = Server::start(fresh.url(), fresh.directory()).await;
    let mut imported = server.client.task(&ids[0]).await;
    assert!(imported["sequence"].is_i64());
    imported["sequence"] = busy["sequence"].clone();
    assert_eq!(imported, busy);
    assert_eq!(server.client.trials(&ids[0]).await, busy_trials);
    server.client.transition(&ids[0], "RUNNING").await;
    let next = server.client.ask(&ids[0], 2).await;
    assert_eq!(next[0]["point"], json!({ "x": 1.0, "y": 2.0 }), "what waited comes first");
    assert!(server.stop().await.success());
    fresh.check();
}

#[tokio::test]
async fn a_file_has_the_original_names_and_one_key_more() {
    let Some(mut app) = App::start(Db::SqliteFile).await else { return };
    let ids = fill(&app).await;
    let task = app.task(&ids[0]).await;
    app.stop().await;
    let written = files(&export(&app.database, "files"));
    let file: Value = serde_json::from_str(&written[&format!("{}.json", ids[0])]).expect("JSON");
    let names: Vec<_> = file.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, [&ORIGINAL_FIELDS[..], &["asktell"]].concat());
    assert_eq!(file["task_id"], ids[0].as_str());
    assert_eq!(file["status"], "paused", "in lower case");
    assert_eq!(file["metadata"], task["metadata"]);
    assert_eq!(file["model_state"], task["modelState"]);
    assert_eq!(time(&file["created_at"]), time(&task["createdAt"]));
    assert_eq!(file["initial_designs"].as_array().map(Vec::len), Some(4));
    assert_eq!(file["results"].as_array().map(Vec::len), Some(3));
    assert_eq!(file["next_points"], json!([{ "x": 1.0, "y": 2.0 }]));
}

/// A file as the original design wrote it.
fn original(id: &str) -> Value {
    json!({
        "task_id": id,
        "name": "From before",
        "description": "",
        "status": "running",
        "created_at": "2024-05-01T08:30:00",
        "updated_at": "2024-05-01T10:30:00.123456",
        "parameter_space": { "x": { "type": "float", "low": 0.0, "high": 1.0 } },
        "strategy": { "type": "gaussian_process", "kernel": "matern" },
        "initial_designs": [{ "x": 0.5 }],
        "results": [{ "x": 0.5, "y": 1.25 }],
        "next_points": [{ "x": 0.75 }],
        "model_state": { "lengthscale": 0.2 },
        "metadata": { "lab": "B12" },
    })
}

fn write(dir: &Path, file: &Value) {
    std::fs::create_dir_all(dir).expect("the folder");
    let name = format!("{}.json", file["task_id"].as_str().expect("an id"));
    std::fs::write(dir.join(name), file.to_string()).expect("the file");
}

#[rstest]
#[tokio::test]
async fn a_file_with_only_the_original_fields_is_taken(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let (id, bare) = (new_id(), new_id());
    let dir = app.database.directory().join("originals");
    write(&dir, &original(&id));
    write(&dir, &json!({ "task_id": bare }));
    // Into the database of a running server.
    let mut events = app
        .subscribe("subscription { taskEvents(after: \"START\") { kind taskId } }", json!({}))
        .await;
    import_well(&app.database, &dir, &[]);
    let seen = events.take(2).await;
    assert!(
        seen.iter().all(|event| event["kind"] == "IMPORTED"),
        "its subscribers hear of it: {seen:?}"
    );

    let task = app.task(&id).await;
    assert_eq!((&task["name"], &task["status"]), (&json!("From before"), &json!("RUNNING")));
    assert_eq!(
        time(&task["createdAt"]).to_rfc3339(),
        "2024-05-01T08:30:00+00:00",
        "without a zone it is UTC"
    );
    assert_eq!(time(&task["updatedAt"]).to_rfc3339(), "2024-05-01T10:30:00.123456+00:00");
    assert_eq!(task["modelState"], json!({ "lengthscale": 0.2 }));
    assert_eq!(task["metadata"]["lab"], "B12");
    assert_eq!(task["parameterSpace"]["parameters"][0]["name"], "x");
    let counts = &task["trialCounts"];
    assert_eq!((&counts["completed"], &counts["waiting"]), (&json!(1), &json!(1)));
    let trials = app.trials(&id).await;
    assert_eq!(trials[0]["point"], json!({ "x": 0.5 }));
    assert_eq!(
        trials[0]["values"],
        json!([{ "objective": "y", "value": 1.25, "standardDeviation": null }])
    );
    assert_eq!(trials[1]["point"], json!({ "x": 0.75 }));

    let task = app.task(&bare).await;
    assert_eq!((&task["status"], &task["metadata"]), (&json!("CREATED"), &json!({})));
    assert_eq!(task["name"], format!("Task_{}", &bare[..8]));
}

/// Before there were models, files had no settings of strategies, no conditions, no constraints
/// between parameters and no candidates. A task that has none of them is still written the same.
#[tokio::test]
async fn a_file_from_before_there_were_models_is_read() {
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let id = app.running_task(quadratic()).await;
    app.ask(&id, 2).await;
    let written = files(&export(&app.database, "now"));
    let text = written.values().next().expect("a file");
    let mut file: Value = serde_json::from_str(text).expect("JSON");
    for new in ["settings", "condition", "parameter_constraints", "candidates"] {
        assert!(!text.contains(&format!("\"{new}\"")), "{new}");
    }
    file["asktell"]["budget"].as_object_mut().expect("it").remove("minExpectedImprovement");
    for trial in file["asktell"]["trials"].as_array_mut().expect("trials") {
        trial["details"].as_object_mut().expect("details").remove("proposal");
    }
    let Some(fresh) = Database::fresh(Db::SqliteFile).await else { return };
    let dir = fresh.directory().join("old");
    write(&dir, &file);
    import_well(&fresh, &dir, &[]);
    let server = Server::start(fresh.url(), fresh.directory()).await;
    let mut imported = server.client.task(&id).await;
    imported["sequence"] = app.task(&id).await["sequence"].clone();
    assert_eq!(imported, app.task(&id).await);
}

#[rstest]
#[tokio::test]
async fn an_id_that_exists_is_refused_unless_replaced(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let ids = fill(&app).await;
    let dir = export(&app.database, "files");
    let before = (app.task(&ids[0]).await, app.log(None).await);
    write(&dir, &original(&new_id()));
    let output = import(&app.database, &dir, &[]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("--replace") && ids.iter().any(|id| said.contains(id.as_str())),
        "{said}"
    );
    assert_eq!(
        (app.task(&ids[0]).await, app.log(None).await),
        before,
        "nothing is written, not even the new one"
    );

    app.update_task(json!({ "id": ids[0], "name": "changed since" })).await;
    import_well(&app.database, &dir, &["--replace"]);
    let task = app.task(&ids[0]).await;
    assert_eq!(task["name"], before.0["name"]);
    assert!(task["version"].as_i64() > before.0["version"].as_i64(), "versions never go back");
    let last = app.events_of(&ids[0]).await.pop().expect("an event");
    assert_eq!((&last["kind"], &last["replaced"]), (&json!("IMPORTED"), &json!(true)));
}

#[rstest]
#[case::no_json("{", "json")]
#[case::no_id("{\"name\": \"x\"}", "task_id")]
#[case::status(
    "{\"task_id\": \"018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b\", \"status\": \"done\"}",
    "status"
)]
#[case::time(
    "{\"task_id\": \"018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b\", \"created_at\": \"yesterday\"}",
    "created_at"
)]
#[case::space(
    "{\"task_id\": \"018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b\", \"parameter_space\": {\"x\": [2, 1]}}",
    "parameter_space"
)]
#[tokio::test]
async fn a_file_that_cannot_be_read_stops_the_whole_import(#[case] text: &str, #[case] word: &str) {
    let Some(database) = Database::fresh(Db::SqliteFile).await else { return };
    let dir = database.directory().join("files");
    write(&dir, &original(&new_id()));
    std::fs::write(dir.join("018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b.json"), text).expect("the file");
    let output = import(&database, &dir, &[]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b.json") && said.contains(word),
        "{said}"
    );
    assert!(files(&export(&database, "after")).is_empty(), "nothing is written");
}
