//! Many tasks in one transaction: all of them or none.

use std::time::Duration;

use asktell_tests::{App, Client, Db, id_of, new_id, nodes, quadratic, quadratic_with};
use rstest::rstest;
use serde_json::{Value, json};

const BATCH: &str = "tasks { id version status tags priority } changed others token \
                     refused { index taskId code message details }";

async fn count(app: &Client) -> i64 {
    let query = "{ tasks(first: 0) { totalCount } }";
    app.graphql(query, json!({})).await.data()["tasks"]["totalCount"].as_i64().expect("a count")
}

async fn events(app: &Client) -> usize {
    let query = "{ taskEvents(first: 1000) { nodes { sequence } } }";
    let events = app.graphql(query, json!({})).await.data()["taskEvents"]["nodes"].clone();
    events.as_array().expect("events").len()
}

fn many(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| quadratic_with(json!({ "name": format!("Task {n}"), "tags": ["a batch"] })))
        .collect()
}

#[rstest]
#[case::in_memory(Db::Memory, 500)]
#[case::sqlite(Db::SqliteFile, 3_000)]
#[case::postgres(Db::Postgres, 500)]
#[tokio::test]
async fn one_illegal_item_stands_in_the_way_of_all_and_is_named(
    #[case] db: Db,
    #[case] size: usize,
) {
    let Some(app) = App::start(db).await else { return };
    let there = id_of(&app.create_task(quadratic()).await);
    let place = size * 7 / 10;
    for (illegal, code) in [
        (json!({ "id": there }), "TASK_ALREADY_EXISTS"),
        (json!({ "parentId": new_id() }), "TASK_NOT_FOUND"),
    ] {
        let mut tasks = many(size);
        tasks[place] = quadratic_with(illegal);
        let input = json!({ "tasks": tasks });
        let refused = app.mutate_for("createTasks", input, "tasks { id }").await.error();
        assert_eq!(refused.code(), "BATCH_REFUSED");
        assert_eq!(refused.detail("refused"), &json!(1));
        assert_eq!(refused.detail("of"), &json!(size));
        let item = &refused.detail("items")[0];
        assert_eq!((&item["index"], &item["code"]), (&json!(place), &json!(code)));
        assert_eq!((count(&app).await, events(&app).await), (1, 1));
    }
    let mut tasks = many(size);
    tasks[place]["name"] = json!("");
    let refused =
        app.mutate_for("createTasks", json!({ "tasks": tasks }), "tasks { id }").await.error();
    assert_eq!(refused.path(), format!("input.tasks.{place}.name"));
    assert_eq!(count(&app).await, 1);
    let input = json!({ "tasks": many(size) });
    drop(app.mutate_for("createTasks", input, "tasks { id }").await.data());
    assert_eq!(count(&app).await, 1 + i64::try_from(size).unwrap());
}

#[rstest]
#[tokio::test]
async fn tasks_made_together_are_listed_in_their_order(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut made = Vec::new();
    for _ in 0..2 {
        let input = json!({ "tasks": many(30) });
        let payload = app.mutate_for("createTasks", input, "tasks { id createdAt }").await.data();
        made.extend(payload["createTasks"]["tasks"].as_array().expect("tasks").clone());
    }
    let query = "{ tasks(first: 100) { nodes { id createdAt } } }";
    let mut listed = nodes(&app.graphql(query, json!({})).await.data()["tasks"]);
    listed.reverse();
    assert_eq!(listed, made, "newest first, the last of a batch is the newest");
}

#[rstest]
#[tokio::test]
async fn a_batch_that_is_killed_in_the_middle_has_done_nothing(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let input = json!({ "tasks": many(4_000) });
    // A little later each time, from before it begins to write until it may be done.
    for wait in [200, 500, 900, 1_400] {
        let (client, input) = (Client::clone(&app), input.clone());
        let document =
            "mutation ($input: CreateTasksInput!) { createTasks(input: $input) { tasks { id } } }";
        let sent = tokio::spawn(async move {
            client.try_graphql(document, json!({ "input": input })).await.is_ok()
        });
        tokio::time::sleep(Duration::from_millis(wait)).await;
        app.kill();
        let answered = sent.await.expect("the call");
        app.start_again().await;
        let count = count(&app).await;
        assert!(count % 4_000 == 0, "{count} tasks are there after {wait} ms");
        assert!(!answered || count > 0, "what was answered is not there");
        if count > 0 {
            break;
        }
    }
}

#[rstest]
#[tokio::test]
async fn tags_are_set_added_removed_renamed_and_merged(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut ids = Vec::new();
    for tags in [json!(["Old", "x"]), json!(["old", "new"]), json!([])] {
        ids.push(id_of(&app.create_task(quadratic_with(json!({ "tags": tags }))).await));
    }
    let tags = async || {
        let mut tags = Vec::new();
        for id in &ids {
            tags.push(app.task(id).await["tags"].clone());
        }
        Value::Array(tags)
    };
    assert_eq!(tags().await, json!([["old", "x"], ["new", "old"], []]));
    let add = json!({ "ids": ids, "tags": ["OLD", "all"] });
    let done = app.mutate_for("addTags", add, BATCH).await.data()["addTags"].clone();
    assert_eq!(done["changed"], 3);
    let filter = json!({ "tags": { "any": ["x"] } });
    let remove = json!({ "filter": filter, "tags": ["all", "none of it"] });
    drop(app.mutate_for("removeTags", remove, BATCH).await.data());
    assert_eq!(tags().await, json!([["old", "x"], ["all", "new", "old"], ["all", "old"]]));
    let rename = json!({ "from": "old", "to": "New" });
    let done = app.mutate_for("renameTag", rename, BATCH).await.data()["renameTag"].clone();
    assert_eq!(done["changed"], 3);
    assert_eq!(tags().await, json!([["new", "x"], ["all", "new"], ["all", "new"]]));
    let set = json!({ "ids": ids, "set": { "tags": ["one"], "priority": 7 } });
    drop(app.mutate_for("updateTasks", set, BATCH).await.data());
    assert_eq!(tags().await, json!([["one"], ["one"], ["one"]]));
    // What is so already changes nothing.
    let again = json!({ "ids": ids, "set": { "tags": ["one"] } });
    let done = app.mutate_for("updateTasks", again, BATCH).await.data()["updateTasks"].clone();
    assert_eq!(done["changed"], 0);
}

#[rstest]
#[tokio::test]
async fn a_dry_run_tells_what_would_happen_and_its_token_holds_as_long_as_nothing_changes(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let one = app.running_task(quadratic()).await;
    let two = app.running_task(quadratic()).await;
    let made = id_of(&app.create_task(quadratic()).await);
    let before = events(&app).await;
    let pause = |more: Value| {
        let mut input = json!({ "filter": { "name": { "equals": "quadratic" } }, "to": "PAUSED" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let dry = app.mutate_for("transitionTasks", pause(json!({ "dryRun": true })), BATCH).await;
    let dry = dry.data()["transitionTasks"].clone();
    assert_eq!((&dry["changed"], dry["tasks"][0]["status"].as_str()), (&json!(2), Some("PAUSED")));
    let refused = &dry["refused"][0];
    assert_eq!(
        (&refused["taskId"], &refused["code"]),
        (&json!(made), &json!("INVALID_STATUS_TRANSITION"))
    );
    assert_eq!(refused["details"]["from"], "CREATED");
    assert_eq!(
        (app.task(&one).await["status"].as_str(), events(&app).await),
        (Some("RUNNING"), before)
    );

    let real = app.mutate_for("transitionTasks", pause(json!({})), BATCH).await.error();
    assert_eq!(real.detail("items")[0]["code"], "INVALID_STATUS_TRANSITION");
    assert_eq!(events(&app).await, before);

    app.delete_task(&made).await;
    let stale = pause(json!({ "token": dry["token"] }));
    let stale = app.mutate_for("transitionTasks", stale, BATCH).await.error();
    assert_eq!(stale.code(), "SELECTION_CHANGED");
    let dry = app.mutate_for("transitionTasks", pause(json!({ "dryRun": true })), BATCH).await;
    let token = dry.data()["transitionTasks"]["token"].clone();
    // A result changes nothing of the task itself.
    let trial = app.ask(&two, 1).await;
    app.tell(&trial[0], 1.0).await;
    let real = pause(json!({ "token": token, "idempotencyKey": "pause" }));
    let done = app.mutate_for("transitionTasks", real.clone(), BATCH).await.data();
    let again = app.mutate_for("transitionTasks", real, BATCH).await.data();
    assert_eq!(done["transitionTasks"]["tasks"], again["transitionTasks"]["tasks"]);
    assert_eq!(app.task(&two).await["status"], "PAUSED");
}

#[rstest]
#[tokio::test]
async fn many_tasks_are_deleted_restored_and_moved_together(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = id_of(&app.create_task(quadratic()).await);
    let mut tasks = many(20);
    let ids: Vec<_> = (0..20).map(|_| new_id()).collect();
    for (i, (task, id)) in tasks.iter_mut().zip(&ids).enumerate() {
        task["id"] = json!(id);
        if i > 0 {
            // Below the one before it, which is made in the same batch.
            task["parentId"] = json!(ids[i - 1]);
        }
    }
    drop(app.mutate_for("createTasks", json!({ "tasks": tasks }), "tasks { id }").await.data());
    // Whatever their order: parts go before what they are parts of, and come back after it.
    let whole = json!({ "ids": ids });
    let deleted = app.mutate_for("deleteTasks", whole, BATCH).await.data();
    assert_eq!(deleted["deleteTasks"]["tasks"][7]["id"], ids[7].as_str());
    assert_eq!(count(&app).await, 1);
    let backwards = json!({ "ids": ids.iter().rev().collect::<Vec<_>>() });
    drop(app.mutate_for("restoreTasks", backwards, BATCH).await.data());
    assert_eq!(count(&app).await, 21);
    let below = json!({ "ancestorId": ids[0] });
    let to_root = json!({ "filter": below, "parentId": root });
    let moved = app.mutate_for("moveTasks", to_root, BATCH).await.data();
    assert_eq!(moved["moveTasks"]["changed"], 19);
    let delete = json!({ "filter": { "tags": { "all": ["a batch"] } } });
    drop(app.mutate_for("deleteTasks", delete, BATCH).await.data());
    assert_eq!(count(&app).await, 1);
    let restore = json!({ "ids": ids });
    let restored = app.mutate_for("restoreTasks", restore, BATCH).await.data();
    assert_eq!(restored["restoreTasks"]["changed"], 20);
    assert_eq!(count(&app).await, 21);
    let mut all = json!({ "ids": [root, ids[5]], "children": "CASCADE", "dryRun": true });
    let tried = app.mutate_for("deleteTasks", all.clone(), BATCH).await.data();
    let tried = &tried["deleteTasks"];
    assert_eq!((tried["changed"].as_i64(), tried["others"].as_i64()), (Some(2), Some(18)));
    // What lies below is a part of what was tried.
    app.update_task(json!({ "id": ids[7], "priority": 3 })).await;
    all["dryRun"] = json!(false);
    all["token"] = tried["token"].clone();
    let stale = app.mutate_for("deleteTasks", all.clone(), BATCH).await.error();
    assert_eq!(stale.code(), "SELECTION_CHANGED");
    assert_eq!(count(&app).await, 21);
    all["token"] = json!(null);
    let deleted = app.mutate_for("deleteTasks", all, BATCH).await.data();
    assert_eq!(deleted["deleteTasks"]["others"], 18);
    assert_eq!(count(&app).await, 1, "only the first one is not below the root");
}

#[rstest]
#[tokio::test]
async fn what_a_batch_cannot_be_about_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    for (input, code) in [
        (json!({ "tags": ["x"] }), "VALIDATION_FAILED"),
        (json!({ "ids": [id], "filter": {}, "tags": ["x"] }), "VALIDATION_FAILED"),
        (json!({ "ids": [id, id], "tags": ["x"] }), "VALIDATION_FAILED"),
        (json!({ "ids": [new_id()], "tags": ["x"] }), "BATCH_REFUSED"),
        (json!({ "ids": [id], "tags": ["two\nlines"] }), "VALIDATION_FAILED"),
        (json!({ "filter": { "not": { "deleted": true } }, "tags": ["x"] }), "VALIDATION_FAILED"),
    ] {
        let refused = app.mutate_for("addTags", input.clone(), BATCH).await.error();
        assert_eq!(refused.code(), code, "{input}");
    }
    assert_eq!(app.task(&id).await["tags"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_token_holds_for_the_operation_and_the_arguments_that_were_tried(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let tried = json!({ "ids": [id], "to": "PAUSED", "dryRun": true, "reason": "tried" });
    let dry = app.mutate_for("transitionTasks", tried, BATCH).await.data();
    let token = dry["transitionTasks"]["token"].clone();
    for (mutation, input) in [
        ("transitionTasks", json!({ "ids": [id], "to": "FAILED", "token": token })),
        ("deleteTasks", json!({ "ids": [id], "token": token })),
        ("addTags", json!({ "ids": [id], "tags": ["x"], "token": token })),
        ("updateTasks", json!({ "ids": [id], "set": { "priority": 3 }, "token": token })),
        ("transitionTasks", json!({ "ids": [id], "to": "PAUSED", "token": "nonsense" })),
    ] {
        let error = app.mutate_for(mutation, input.clone(), BATCH).await.error();
        assert_eq!(
            (error.code(), error.path().as_str()),
            ("VALIDATION_FAILED", "input.token"),
            "{input}"
        );
    }
    assert_eq!(app.task(&id).await["status"], "RUNNING");
    // Why it is done may be said better than it was tried.
    let real = json!({ "ids": [id], "to": "PAUSED", "token": token, "reason": "done" });
    let done = app.mutate_for("transitionTasks", real, BATCH).await.data();
    assert_eq!(done["transitionTasks"]["changed"], 1);
    let [one, two] = ["a", "b"].map(|tag| json!({ "ids": [id], "tags": [tag], "dryRun": true }));
    let one = app.mutate_for("addTags", one, BATCH).await.data()["addTags"]["token"].clone();
    let two = app.mutate_for("addTags", two, BATCH).await.data()["addTags"]["token"].clone();
    assert_ne!(one, two);
}

#[rstest]
#[tokio::test]
async fn each_task_of_a_batch_may_be_expected_at_a_version(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let [one, two] = [app.running_task(quadratic()).await, app.running_task(quadratic()).await];
    app.update_task(json!({ "id": two, "priority": 1 })).await;
    let items = |of_two: i32| json!([{ "id": one }, { "id": two, "expectedVersion": of_two }]);
    let stale = json!({ "items": items(2), "to": "PAUSED" });
    let error = app.mutate_for("transitionTasks", stale, BATCH).await.error();
    assert_eq!((error.code(), error.detail("refused")), ("BATCH_REFUSED", &json!(1)));
    let item = &error.detail("items")[0];
    assert_eq!((&item["index"], &item["code"]), (&json!(1), &json!("VERSION_CONFLICT")));
    assert_eq!((&item["expected"], &item["actual"]), (&json!(2), &json!(3)));
    assert_eq!(app.task(&one).await["status"], "RUNNING", "all of them or none");
    let dry = json!({ "items": items(2), "set": { "priority": 9 }, "dryRun": true });
    let dry = app.mutate_for("updateTasks", dry, BATCH).await.data();
    let refused = &dry["updateTasks"]["refused"][0];
    assert_eq!((&refused["taskId"], &refused["details"]["actual"]), (&json!(two), &json!(3)));
    let now = json!({ "items": items(3), "to": "PAUSED" });
    let done = app.mutate_for("transitionTasks", now, BATCH).await.data();
    assert_eq!(done["transitionTasks"]["changed"], 2);
    let error = app
        .mutate_for("addTags", json!({ "items": [{ "id": "x" }], "tags": ["a"] }), BATCH)
        .await
        .error();
    assert_eq!(error.path(), "input.items.0.id");
}

#[rstest]
#[tokio::test]
async fn a_task_that_is_in_the_status_already_is_unchanged(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let [one, two] = [app.running_task(quadratic()).await, app.running_task(quadratic()).await];
    app.transition(&one, "PAUSED").await;
    let before = app.task(&one).await;
    let pause = json!({ "ids": [one, two], "to": "PAUSED", "reason": "night" });
    let done =
        app.mutate_for("transitionTasks", pause, BATCH).await.data()["transitionTasks"].clone();
    assert_eq!((&done["changed"], done["tasks"].as_array().map(Vec::len)), (&json!(1), Some(2)));
    assert_eq!(app.task(&one).await, before);
    let both = json!({ "ids": [one, two], "to": "FAILED", "reason": "" });
    let error = app.mutate_for("transitionTasks", both, BATCH).await.error();
    assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.reason"));
}
