//! Every version of a task can be told, compared and gone back to, from the log alone.

mod compaction;
mod scene;

use asktell_tests::{App, Client, Db, Random, id_of, new_id, nodes, quadratic, quadratic_with};
use rstest::rstest;
use serde_json::{Value, json};

use scene::{PAST, SETTINGS, Scene, expect_all_settings, fold, settings_of, task_at, task_with};

const VERSION: &str = "id taskId version at actor kind reason revertedTo changes { field old new }";

/// All versions of a task, newest first, read by pages of that size.
async fn versions(client: &Client, task: &str, page: usize) -> Vec<Value> {
    let query = format!(
        "query ($id: ID!, $first: Int, $after: String) {{
           taskVersions(taskId: $id, first: $first, after: $after) {{
             nodes {{ {VERSION} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let mut found = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "id": task, "first": page, "after": after });
        let data = client.graphql(&query, variables).await.data();
        let page = &data["taskVersions"];
        found.extend(nodes(page));
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// A revert that must go well; gives the task.
async fn revert(app: &App, task: &str, to: i64) -> Value {
    let input = json!({ "id": task, "toVersion": to });
    app.payload("revertTask", input).await["task"].clone()
}

#[rstest]
#[tokio::test]
async fn the_events_alone_rebuild_every_version_of_every_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(1, 3, 4)] seed: u64,
) {
    let Some(app) = App::start(db).await else { return };
    expect_all_settings(&app).await;
    let mut scene = Scene::set(&app, seed).await;
    scene.play(&app, 200).await;
    let log = app.log(None).await;
    // Nobody can look at the tables any more. (Nor can a test empty those in the memory of the server.)
    let emptied = db != Db::Memory;
    if emptied {
        for table in ["task", "task_term", "task_words", "task_metadata"] {
            app.database.execute(&format!("DELETE FROM {table}")).await;
        }
        assert_eq!(app.task(&scene.tasks[0]).await, Value::Null);
    }
    let mut compared = 0;
    for task in &scene.tasks {
        let events: Vec<_> =
            log.iter().filter(|event| event["taskId"] == **task).cloned().collect();
        for (version, fields) in fold(&events) {
            let mut past = task_at(&app, task, version).await.data()["taskAt"].take();
            let told = past.as_object_mut().expect("a task");
            assert_eq!(told.remove("fields"), Some(Value::Object(fields)), "version {version}");
            assert_eq!(told.remove("unknownFields"), Some(json!([])));
            if let Some(seen) = scene.seen.get(&(task.clone(), version)) {
                assert_eq!(&past, seen, "version {version}");
                compared += 1;
            }
        }
        assert_eq!(events.last().map(|event| &event["version"]), Some(&json!(scene.latest(task))));
    }
    assert_eq!(compared, scene.seen.len(), "every version that was seen is told");
    assert!(compared > 60, "only {compared} versions");
    for mutation in [
        "updateTask",
        "revertTask",
        "transitionTask",
        "deleteTask",
        "restoreTask",
        "claimTask",
        "ask",
    ] {
        assert!(scene.done.contains_key(mutation), "no {mutation} in {:?}", scene.done);
    }
    println!("{db:?}, seed {seed}: {compared} versions as they were seen, {:?}", scene.done);
}

#[rstest]
#[tokio::test]
async fn the_versions_tell_who_when_why_and_what(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    let because = |input: Value| {
        let mut input = input;
        input["id"] = json!(id);
        input["reason"] = json!("as agreed");
        input
    };
    let updated = app.mutate_as("Ada", "updateTask", because(json!({ "priority": 5 }))).await;
    let at = updated.data()["updateTask"]["task"]["updatedAt"].clone();
    let _ = app.mutate_as("Ben", "deleteTask", because(json!({}))).await.data();
    let _ = app.mutate("restoreTask", because(json!({}))).await.data();
    let _ = app.mutate("transitionTask", because(json!({ "to": "RUNNING" }))).await.data();
    app.ask(&id, 2).await;
    let _ = app.mutate("revertTask", because(json!({ "toVersion": 1 }))).await.data();
    app.update_task(json!({ "id": id, "modelState": { "a": 1 } })).await;

    let found = versions(&app, &id, 3).await;
    let told = |version: &Value| {
        ["version", "kind", "actor", "reason", "revertedTo", "changes"]
            .map(|field| version[field].clone())
    };
    let change =
        |field: &str, old: Value, new: Value| json!([{ "field": field, "old": old, "new": new }]);
    let none = Value::Null;
    let anonymous = json!("anonymous");
    let agreed = json!("as agreed");
    let line = |version: i64, kind: &str, actor: &str, back: &Value, changes: Value| {
        [json!(version), json!(kind), json!(actor), agreed.clone(), back.clone(), changes]
    };
    assert_eq!(found.len(), 7);
    let state = change("modelState", none.clone(), json!({ "a": 1 }));
    let expected =
        [json!(7), json!("UPDATED"), anonymous.clone(), none.clone(), none.clone(), state];
    assert_eq!(told(&found[0]), expected);
    let back = change("priority", json!(5), json!(0));
    assert_eq!(told(&found[1]), line(6, "UPDATED", "anonymous", &json!(1), back));
    let started = change("status", json!("CREATED"), json!("RUNNING"));
    assert_eq!(told(&found[2]), line(5, "STATUS_CHANGED", "anonymous", &none, started));
    let restored = change("deleted", json!(true), json!(false));
    assert_eq!(told(&found[3]), line(4, "RESTORED", "anonymous", &none, restored));
    let deleted = change("deleted", json!(false), json!(true));
    assert_eq!(told(&found[4]), line(3, "DELETED", "Ben", &none, deleted));
    let raised = change("priority", json!(0), json!(5));
    assert_eq!(told(&found[5]), line(2, "UPDATED", "Ada", &none, raised));
    assert_eq!((&found[5]["at"], &found[5]["taskId"]), (&at, &json!(id)));
    assert_eq!((&found[6]["kind"], &found[6]["reason"]), (&json!("CREATED"), &none));

    // Each is found by its id.
    let mut ids: Vec<_> = found.iter().map(|version| version["id"].clone()).collect();
    assert_eq!(ids[0], json!(format!("{id}@7")));
    ids.push(json!(format!("{id}@8")));
    let query = format!(
        "query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on TaskVersion {{ {VERSION} }} }} }}"
    );
    let data = app.graphql(&query, json!({ "ids": ids })).await.data();
    let expected: Vec<_> = found.iter().cloned().chain([Value::Null]).collect();
    assert_eq!(data["nodes"], json!(expected));

    // The events say why, too; and pages may be read from either end, and from the task.
    let query = "query ($id: ID!) {
        taskEvents(filter: { taskIds: [$id] }) { nodes { version
          ... on TaskUpdated { updateReason: reason revertedTo }
          ... on TaskDeleted { deleteReason: reason } ... on TaskRestored { restoreReason: reason } } }
        task(id: $id) { versions(last: 2) { nodes { version }
          pageInfo { hasPreviousPage hasNextPage } } } }";
    let data = app.graphql(query, json!({ "id": id })).await.data();
    let events = nodes(&data["taskEvents"]);
    let event = |version: i64| {
        events.iter().find(|event| event["version"] == version).expect("an event").clone()
    };
    assert_eq!(event(2), json!({ "version": 2, "updateReason": "as agreed", "revertedTo": null }));
    assert_eq!(event(3)["deleteReason"], "as agreed");
    assert_eq!(event(4)["restoreReason"], "as agreed");
    assert_eq!(event(6), json!({ "version": 6, "updateReason": "as agreed", "revertedTo": 1 }));
    let page = &data["task"]["versions"];
    assert_eq!(page["nodes"], json!([{ "version": 2 }, { "version": 1 }]));
    assert_eq!(page["pageInfo"], json!({ "hasPreviousPage": true, "hasNextPage": false }));
}

#[rstest]
#[tokio::test]
async fn a_task_is_told_as_it_was_at_a_time(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let made = app.create_task(quadratic()).await;
    let id = id_of(&made);
    let mut seen = vec![made];
    for n in 1..5 {
        seen.push(app.update_task(json!({ "id": id, "priority": n })).await);
    }
    app.delete_task(&id).await;
    let at = |time: Value| {
        let query = "query ($id: ID!, $at: DateTime) { taskAt(taskId: $id, at: $at) {
            version priority deletedAt } }";
        app.graphql(query, json!({ "id": id, "at": time }))
    };
    for task in &seen {
        let data = at(task["updatedAt"].clone()).await.data();
        assert_eq!(data["taskAt"]["version"], task["version"]);
        assert_eq!(data["taskAt"]["priority"], task["priority"]);
    }
    let data = at(json!("2099-01-01T00:00:00Z")).await.data();
    assert_eq!(data["taskAt"]["version"], 6);
    assert_ne!(data["taskAt"]["deletedAt"], Value::Null, "a deleted task has a history, too");
    let error = at(json!("2000-01-01T00:00:00Z")).await.error();
    assert_eq!(error.code(), "VERSION_NOT_FOUND");
    assert_eq!(error.detail("at"), "2000-01-01T00:00:00.000000Z");
}

#[rstest]
#[tokio::test]
async fn a_difference_names_the_fields_and_the_places_in_them(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    app.update_task(json!({ "id": id, "priority": 5, "metadata": { "lab": "B12" } })).await;
    let space = json!({ "parameters": [
        { "float": { "name": "x", "low": -5.0, "high": 20.0 } },
        { "int": { "name": "n", "low": 1, "high": 9 } },
    ] });
    app.update_task(json!({ "id": id, "priority": 0, "parameterSpace": space })).await;
    let difference = |from: i64, to: i64| {
        let query = "query ($id: ID!, $from: Int!, $to: Int!) {
            taskDifference(taskId: $id, from: $from, to: $to) {
              taskId from to fields { field old new parts { path old new } } } }";
        let reply = app.graphql(query, json!({ "id": id, "from": from, "to": to }));
        async { reply.await.data()["taskDifference"].take() }
    };
    let found = difference(1, 3).await;
    assert_eq!(
        (&found["taskId"], &found["from"], &found["to"]),
        (&json!(id), &json!(1), &json!(3))
    );
    let fields: Vec<_> = found["fields"].as_array().expect("fields").iter().collect();
    assert_eq!(fields.len(), 2, "the priority is what it was: {found}");
    let lab = json!([{ "path": ["lab"], "old": null, "new": "B12" }]);
    assert_eq!((&fields[0]["field"], &fields[0]["parts"]), (&json!("metadata"), &lab));
    assert_eq!((&fields[0]["old"], &fields[0]["new"]), (&json!({}), &json!({ "lab": "B12" })));
    assert_eq!(fields[1]["field"], "parameterSpace");
    let parts = fields[1]["parts"].as_array().expect("parts");
    let paths: Vec<_> = parts.iter().map(|part| part["path"].clone()).collect();
    let expected = [
        json!(["parameters", "x", "high"]),
        json!(["parameters", "y"]),
        json!(["parameters", "n"]),
    ];
    assert_eq!(paths, expected);
    assert_eq!((&parts[0]["old"], &parts[0]["new"]), (&json!(10.0), &json!(20.0)));
    assert_eq!((&parts[1]["new"], &parts[2]["old"]), (&Value::Null, &Value::Null));
    // The other way round, and of a version with itself.
    let turned = difference(3, 1).await;
    assert_eq!(turned["fields"][0]["new"], json!({}));
    assert_eq!(difference(2, 2).await["fields"], json!([]));
}

#[rstest]
#[tokio::test]
async fn going_back_and_back_again_gives_the_same_task(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut scene = Scene::set(&app, 11).await;
    scene.play(&app, 60).await;
    let mut random = Random::new(11);
    for task in &scene.tasks {
        let _ = app.mutate("restoreTask", json!({ "id": task })).await;
        let now = app.task(task).await;
        let latest = now["version"].as_i64().expect("a version");
        for _ in 0..4 {
            let to = i64::try_from(random.within(1, latest.unsigned_abs())).expect("a version");
            let input = json!({ "id": task, "toVersion": to });
            let reply = app.mutate("revertTask", input).await;
            if reply.is_error() {
                // What is fixed once started has changed since.
                let fixed = ["TASK_ALREADY_STARTED", "INCOMPATIBLE_SPACE"];
                let error = reply.error();
                assert!(fixed.contains(&error.code()), "{error:?}");
                continue;
            }
            let there = reply.data()["revertTask"]["task"].clone();
            let past = task_at(&app, task, to).await.data()["taskAt"].take();
            assert_eq!(settings_of(&there), settings_of(&past));
            let back = revert(&app, task, latest).await;
            assert_eq!(settings_of(&back), settings_of(&now));
            let untouched = ["status", "startedAt", "deletedAt", "modelState", "trialCounts"];
            for field in untouched {
                assert_eq!((&there[field], &back[field]), (&now[field], &now[field]), "{field}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_revert_is_one_change_like_any_other(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let first = app.create_task(quadratic_with(json!({ "description": "first" }))).await;
    let id = id_of(&first);
    app.update_task(json!({ "id": id, "name": "Other", "description": null, "priority": 3 })).await;
    let before = app.log(None).await.len();
    let back = revert(&app, &id, 1).await;
    assert_eq!(settings_of(&back), settings_of(&first));
    assert_eq!(back["version"], 3);
    assert_eq!(app.log(None).await.len(), before + 1, "one event");
    // It is so already.
    let again = revert(&app, &id, 1).await;
    assert_eq!((&again["version"], app.log(None).await.len()), (&json!(3), before + 1));
    // The rules of an update hold.
    app.update_task(json!({ "id": id, "objectives": [{ "name": "g", "direction": "MAXIMIZE" }] }))
        .await;
    app.transition(&id, "RUNNING").await;
    let refused = app.mutate("revertTask", json!({ "id": id, "toVersion": 1 })).await.error();
    assert_eq!(refused.code(), "TASK_ALREADY_STARTED");
    assert_eq!(refused.detail("field"), "objectives");
    let stale = json!({ "id": id, "toVersion": 2, "expectedVersion": 4 });
    let refused = app.mutate("revertTask", stale).await.error();
    assert_eq!((refused.code(), refused.detail("actual")), ("VERSION_CONFLICT", &json!(5)));
    app.delete_task(&id).await;
    let refused = app.mutate("revertTask", json!({ "id": id, "toVersion": 5 })).await.error();
    assert_eq!(refused.code(), "TASK_NOT_FOUND");
    assert_eq!(app.log(None).await.len(), before + 4);
}

#[rstest]
#[tokio::test]
async fn of_a_revert_and_an_update_of_the_same_version_one_is_done(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    for round in 0..10 {
        let before = app.update_task(json!({ "id": id, "priority": 100 + round })).await;
        let version = before["version"].clone();
        let update = json!({ "id": id, "expectedVersion": version, "name": format!("{round}") });
        let back = json!({ "id": id, "expectedVersion": version, "toVersion": 1 });
        let (updated, reverted) =
            tokio::join!(app.mutate("updateTask", update), app.mutate("revertTask", back));
        let refused: Vec<_> =
            [updated, reverted].into_iter().filter(asktell_tests::Reply::is_error).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].clone().error().code(), "VERSION_CONFLICT");
        let after = app.task(&id).await["version"].as_i64();
        assert_eq!(after, version.as_i64().map(|version| version + 1));
    }
}

#[rstest]
#[tokio::test]
async fn a_revert_that_is_sent_twice_with_a_key_is_done_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    app.update_task(json!({ "id": id, "priority": 3 })).await;
    let input = json!({ "id": id, "toVersion": 1, "idempotencyKey": "back" });
    let first = app.payload("revertTask", input.clone()).await;
    app.update_task(json!({ "id": id, "priority": 9 })).await;
    assert_eq!(app.payload("revertTask", input).await["task"]["version"], first["task"]["version"]);
    let now = app.task(&id).await;
    assert_eq!((&now["version"], &now["priority"]), (&json!(4), &json!(9)));
    let other = json!({ "id": id, "toVersion": 2, "idempotencyKey": "back" });
    let error = app.mutate("revertTask", other).await.error();
    assert_eq!(error.code(), "IDEMPOTENCY_CONFLICT");
}

#[rstest]
#[tokio::test]
async fn what_is_not_there_is_told_with_a_code_and_nothing_is_written(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic()).await;
    let before = app.log(None).await;
    let ask = async |query: &str| {
        let query = query.replace("ID", &format!("\"{id}\""));
        let query = query.replace("NOBODY", &format!("\"{}\"", new_id()));
        let error = app.graphql(&query, json!({})).await.error();
        (error.code().to_owned(), error.path())
    };
    for (query, code, path) in [
        ("{ taskAt(taskId: ID, version: 2) { name } }", "VERSION_NOT_FOUND", ""),
        ("{ taskAt(taskId: ID, version: 0) { name } }", "VERSION_NOT_FOUND", ""),
        ("{ taskAt(taskId: ID, version: -7) { name } }", "VERSION_NOT_FOUND", ""),
        ("{ node(id: \"x@1\") { id } }", "VALIDATION_FAILED", "id"),
        ("{ taskAt(taskId: ID) { name } }", "VALIDATION_FAILED", "version"),
        (
            "{ taskAt(taskId: ID, version: 1, at: \"2026-01-01T00:00:00Z\") { name } }",
            "VALIDATION_FAILED",
            "version",
        ),
        ("{ taskAt(taskId: \"x\", version: 1) { name } }", "VALIDATION_FAILED", "taskId"),
        ("{ taskAt(taskId: NOBODY, version: 1) { name } }", "TASK_NOT_FOUND", ""),
        ("{ taskVersions(taskId: NOBODY) { nodes { version } } }", "TASK_NOT_FOUND", ""),
        (
            "{ taskVersions(taskId: ID, first: -1) { nodes { version } } }",
            "VALIDATION_FAILED",
            "first",
        ),
        ("{ taskVersions(taskId: ID, after: \"x\") { nodes { version } } }", "CURSOR_INVALID", ""),
        ("{ taskDifference(taskId: ID, from: 1, to: 9) { to } }", "VERSION_NOT_FOUND", ""),
        ("{ taskDifference(taskId: NOBODY, from: 1, to: 1) { to } }", "TASK_NOT_FOUND", ""),
        (
            "mutation { revertTask(input: { id: ID, toVersion: 2 }) { task { id } } }",
            "VERSION_NOT_FOUND",
            "",
        ),
        (
            "mutation { revertTask(input: { id: NOBODY, toVersion: 1 }) { task { id } } }",
            "TASK_NOT_FOUND",
            "",
        ),
        (
            "mutation { revertTask(input: { id: \"x\", toVersion: 1 }) { task { id } } }",
            "VALIDATION_FAILED",
            "input.id",
        ),
    ] {
        assert_eq!(ask(query).await, (code.to_owned(), path.to_owned()), "{query}");
    }
    let long = "x".repeat(2_001);
    for mutation in ["updateTask", "deleteTask", "restoreTask", "revertTask"] {
        let mut input = json!({ "id": id, "reason": long });
        if mutation == "revertTask" {
            input["toVersion"] = json!(1);
        }
        let error = app.mutate(mutation, input).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.reason"));
    }
    assert_eq!(app.log(None).await, before);
}

#[rstest]
#[tokio::test]
async fn a_task_from_a_file_has_the_history_that_its_file_tells(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = task_with(&app, quadratic_with(json!({ "description": "to be moved" }))).await;
    app.transition(&id, "RUNNING").await;
    let reason = json!({ "id": id, "to": "FAILED", "reason": "no more resin" });
    let _ = app.mutate("transitionTask", reason).await.data();
    app.delete_task(&id).await;
    let query = format!(
        "mutation ($id: ID!) {{ restoreTask(input: {{ id: $id }}) {{ task {{ {PAST} }} }} }}"
    );
    let seen = task_at(&app, &id, 4).await.data()["taskAt"].take();
    let folder = app.database.directory().join("files");
    let folder = folder.to_str().expect("a path");
    let command = |database: &str, command: &str| {
        let output = asktell_tests::run([command, folder, "--database", database]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    command(app.database.url(), "export");
    let Some(other) = App::start(db).await else { return };
    command(other.database.url(), "import");
    let told = task_at(&other, &id, 4).await.data()["taskAt"].take();
    assert_eq!(told, seen, "a deleted, failed task with its times and its reason");
    assert_eq!(task_at(&other, &id, 3).await.error().code(), "VERSION_NOT_FOUND");
    let restored = other.graphql(&query, json!({ "id": id })).await.data();
    let told = task_at(&other, &id, 5).await.data()["taskAt"].take();
    for field in SETTINGS.iter().chain(&["status", "statusReason", "startedAt", "deletedAt"]) {
        assert_eq!(told[*field], restored["restoreTask"]["task"][*field], "{field}");
    }

    // The file takes the place of the task that was made of it, whose history stays as far as it is kept.
    compaction::compact(&other, compaction::EVER, "1");
    let output =
        asktell_tests::run(["import", folder, "--replace", "--database", other.database.url()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let replaced = task_at(&other, &id, 6).await.data()["taskAt"].take();
    assert_eq!(settings_of(&replaced), settings_of(&seen));
    assert_eq!(replaced["deletedAt"], seen["deletedAt"]);
    assert_eq!(task_at(&other, &id, 5).await.data()["taskAt"].take(), told);
}

#[tokio::test]
async fn what_an_earlier_server_did_not_tell_is_said_to_be_unknown() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let candidates = json!({
        "parameters": [{ "int": { "name": "x", "low": 0, "high": 9 } }],
        "candidates": [{ "x": 1 }, { "x": 5 }],
    });
    let id = task_with(&app, quadratic_with(json!({ "parameterSpace": candidates }))).await;
    let as_it_was = "UPDATE event SET data = json_set(json_remove(replace(data,
        '\"candidatesHash\":', '\"unheardOf\":'), '$.life'), '$.kind', 'IMPORTED', '$.replaced',
        json('false')), kind = 'IMPORTED'";
    app.database.execute(as_it_was).await;
    app.update_task(json!({ "id": id, "priority": 3 })).await;
    let past = task_at(&app, &id, 2).await.data()["taskAt"].take();
    let unknown =
        ["createdAt", "deletedAt", "finishedAt", "startedAt", "statusReason", "parameterSpace"];
    assert_eq!(past["unknownFields"], json!(unknown));
    for field in unknown {
        assert_eq!(past[field], Value::Null, "{field}");
    }
    assert_eq!(
        (&past["priority"], &past["fields"]["parameterSpace"]["candidateCount"]),
        (&json!(3), &json!(2))
    );
    // The rest can be gone back to, but for the space.
    let error = app.mutate("revertTask", json!({ "id": id, "toVersion": 1 })).await.error();
    assert_eq!((error.code(), error.detail("version")), ("HISTORY_INCOMPLETE", &json!(1)));
}

#[rstest]
#[tokio::test]
async fn a_revert_puts_the_task_back_below_the_parent_that_it_had(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let child = async |parent: Option<&str>| {
        id_of(&app.create_task(quadratic_with(json!({ "parentId": parent }))).await)
    };
    let (old, new) = (child(None).await, child(None).await);
    let id = child(Some(&old)).await;
    let below = child(Some(&id)).await;
    app.payload("moveTask", json!({ "id": id, "parentId": new })).await;
    app.update_task(json!({ "id": id, "name": "Elsewhere" })).await;
    let before = app.events_of(&id).await.len();
    let ancestors = async |of: &str| {
        let query = "query ($id: ID!) { task(id: $id) { ancestors { id } } }";
        app.graphql(query, json!({ "id": of })).await.data()["task"]["ancestors"].clone()
    };
    let back = revert(&app, &id, 1).await;
    assert_eq!(back["name"], "Quadratic");
    assert_eq!(ancestors(&id).await, json!([{ "id": old }]));
    assert_eq!(
        ancestors(&below).await,
        json!([{ "id": old }, { "id": id }]),
        "what is below goes along"
    );
    let events = app.events_of(&id).await;
    assert_eq!(events.len(), before + 1, "one event");
    let moved = json!({ "field": "parentId", "old": new, "new": old });
    assert!(
        events[before]["changes"].as_array().expect("changes").contains(&moved),
        "{}",
        events[before]
    );
    assert_eq!(events[before]["revertedTo"], 1);
    // It is found there, and nowhere else.
    let of = async |ancestor: &str| {
        let query = "query ($filter: TaskFilter) { tasks(filter: $filter) { totalCount } }";
        let filter = json!({ "filter": { "ancestorId": ancestor } });
        app.graphql(query, filter).await.data()["tasks"]["totalCount"].as_i64()
    };
    assert_eq!((of(&old).await, of(&new).await), (Some(2), Some(0)));

    // And to where it was between; but not below a parent that is deleted, or below itself.
    revert(&app, &id, 2).await;
    assert_eq!(ancestors(&id).await, json!([{ "id": new }]));
    let now = app.task(&id).await;
    app.delete_task(&old).await;
    let refused = app.mutate("revertTask", json!({ "id": id, "toVersion": 1 })).await.error();
    assert_eq!((refused.code(), refused.detail("parentId")), ("PARENT_DELETED", &json!(old)));
    assert_eq!(app.task(&id).await, now, "nothing of it is done");
    app.payload("moveTask", json!({ "id": id, "parentId": null })).await;
    app.payload("moveTask", json!({ "id": new, "parentId": id })).await;
    let refused = app.mutate("revertTask", json!({ "id": id, "toVersion": 2 })).await.error();
    assert_eq!(refused.code(), "TASK_CYCLE");
}
