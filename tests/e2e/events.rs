//! The log: every change has its event, and the log can be read from any place.

use asktell_tests::{App, Db, EVENT, id_of, nodes, quadratic};
use rstest::rstest;
use serde_json::{Value, json};

fn change<'a>(event: &'a Value, field: &str) -> &'a Value {
    let changes = event["changes"].as_array().unwrap_or_else(|| panic!("no changes in {event}"));
    changes
        .iter()
        .find(|change| change["field"] == field)
        .unwrap_or_else(|| panic!("no {field} in {event}"))
}

#[rstest]
#[tokio::test]
async fn every_change_has_its_event(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    app.update_task(
        json!({ "id": id, "name": "Renamed", "metadata": { "a": 1 }, "modelState": [1] }),
    )
    .await;
    app.update_task(json!({ "id": id, "modelState": null })).await;
    app.transition(&id, "RUNNING").await;
    app.enqueue(&id, json!([{ "x": 1.0, "y": 2.0 }])).await;
    let asked = app.mutate("ask", json!({ "taskId": id, "count": 2, "worker": "w" })).await.data();
    let trials = asked["ask"]["trials"].as_array().expect("trials").clone();
    app.tell(&trials[0], 0.25).await;
    let failure = json!({ "failure": { "reason": "broke" } });
    let _ =
        app.mutate("tell", json!({ "trialId": trials[1]["id"], "outcome": failure })).await.data();
    app.delete_task(&id).await;
    let _ = app.mutate("restoreTask", json!({ "id": id })).await.data();

    let events = app.events_of(&id).await;
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
            (text("__typename"), text("kind"), event["version"].as_i64().unwrap_or_default())
        })
        .collect();
    let expected = [
        ("TaskCreated", "CREATED", 1),
        ("TaskUpdated", "UPDATED", 2),
        ("TaskUpdated", "UPDATED", 3),
        ("TaskStatusChanged", "STATUS_CHANGED", 4),
        ("TrialCreated", "TRIAL_CREATED", 4),
        ("TrialStateChanged", "TRIAL_STATE_CHANGED", 4),
        ("TrialCreated", "TRIAL_CREATED", 4),
        ("TrialStateChanged", "TRIAL_STATE_CHANGED", 4),
        ("TrialStateChanged", "TRIAL_STATE_CHANGED", 4),
        ("TaskDeleted", "DELETED", 5),
        ("TaskRestored", "RESTORED", 6),
    ];
    assert_eq!(
        told,
        expected.map(|(name, kind, version)| (name.to_owned(), kind.to_owned(), version))
    );
    let sequences: Vec<_> = events.iter().filter_map(|event| event["sequence"].as_i64()).collect();
    assert_eq!(sequences, (1..=11).collect::<Vec<_>>(), "dense per task");

    let name = json!({ "field": "name", "old": null, "new": "Quadratic" });
    assert_eq!(change(&events[0], "name"), &name);
    assert_eq!(
        change(&events[1], "name"),
        &json!({ "field": "name", "old": "Quadratic", "new": "Renamed" })
    );
    assert_eq!(change(&events[1], "metadata")["old"], json!({}));
    assert_eq!(
        change(&events[1], "modelState"),
        &json!({ "field": "modelState", "old": null, "new": [1] })
    );
    assert_eq!(
        change(&events[2], "modelState"),
        &json!({ "field": "modelState", "old": [1], "new": null })
    );
    assert_eq!(events[2]["changes"].as_array().map(Vec::len), Some(1), "only what changed");
    assert_eq!((&events[3]["from"], &events[3]["to"]), (&json!("CREATED"), &json!("RUNNING")));
    assert_eq!((&events[4]["origin"], &events[4]["state"]), (&json!("CLIENT"), &json!("WAITING")));
    assert_eq!(events[4]["point"], json!({ "x": 1.0, "y": 2.0 }));
    assert_eq!(
        (&events[5]["trialFrom"], &events[5]["trialTo"]),
        (&json!("WAITING"), &json!("RUNNING"))
    );
    assert_eq!((&events[5]["worker"], &events[5]["trialId"]), (&json!("w"), &trials[0]["id"]));
    assert_eq!(
        (&events[6]["origin"], &events[6]["state"]),
        (&json!("STRATEGY"), &json!("RUNNING"))
    );
    assert_eq!(events[6]["point"], trials[1]["point"]);
    let value = json!([{ "objective": "loss", "value": 0.25, "standardDeviation": null }]);
    assert_eq!((&events[7]["values"], &events[7]["late"]), (&value, &json!(false)));
    assert_eq!((&events[8]["trialTo"], &events[8]["reason"]), (&json!("FAILED"), &json!("broke")));
}

#[rstest]
#[tokio::test]
async fn an_event_names_its_actor_and_its_time(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.create_task(json!({})).await;
    let query =
        "mutation ($input: UpdateTaskInput!) { updateTask(input: $input) { task { updatedAt } } }";
    let input = json!({ "input": { "id": task["id"], "name": "by Ada" } });
    let updated = app.graphql_as("Ada", query, input).await.data()["updateTask"]["task"].clone();
    let events = app.events_of(&id_of(&task)).await;
    assert_eq!((&events[0]["actor"], &events[0]["at"]), (&json!("anonymous"), &task["createdAt"]));
    assert_eq!((&events[1]["actor"], &events[1]["at"]), (&json!("Ada"), &updated["updatedAt"]));
}

#[rstest]
#[tokio::test]
async fn the_log_is_read_from_any_cursor(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for _ in 0..3 {
        let id = app.running_task(quadratic()).await;
        for trial in app.ask(&id, 2).await {
            app.tell(&trial, 1.0).await;
        }
    }
    let log = app.log(None).await;
    assert_eq!(log.len(), 18);
    for (place, event) in log.iter().enumerate() {
        assert_eq!(app.log(event["cursor"].as_str()).await, log[place + 1..]);
    }
    // Also backward, and as the events of one task.
    let query = format!("{{ taskEvents(last: 4) {{ nodes {{ ...Event }} }} }} {EVENT}");
    assert_eq!(nodes(&app.graphql(&query, json!({})).await.data()["taskEvents"]), log[14..]);
}

#[rstest]
#[tokio::test]
async fn a_failed_change_has_no_event(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let before = app.log(None).await;
    let point = json!({ "x": 0.0, "y": 0.0 });
    let outside = json!({ "x": 99.0, "y": 0.0 });
    let error = app
        .mutate("enqueueTrials", json!({ "taskId": id, "points": [point, point, outside] }))
        .await
        .error();
    assert_eq!(error.code(), "VALIDATION_FAILED");
    assert!(error.path().ends_with("points.2.x"), "the error names the item: {}", error.path());
    assert_eq!(app.log(None).await, before, "all or nothing");
    assert_eq!(app.task(&id).await["trialCounts"]["total"], 0);
}

#[rstest]
#[tokio::test]
async fn under_concurrent_writers_the_log_stays_dense_and_ordered(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(id_of(&app.create_task(json!({})).await));
    }
    let writes = (0..200).map(|n| {
        let id = &ids[n % 4];
        app.update_task(json!({ "id": id, "metadata": { "n": n } }))
    });
    futures_util::future::join_all(writes).await;
    let log = app.log(None).await;
    assert_eq!(log.len(), 204);
    for id in &ids {
        let of_task: Vec<_> = log.iter().filter(|event| event["taskId"] == id.as_str()).collect();
        let sequences: Vec<_> =
            of_task.iter().filter_map(|event| event["sequence"].as_i64()).collect();
        assert_eq!(sequences, (1..=51).collect::<Vec<_>>());
        for pair in of_task.windows(2).skip(1) {
            assert_eq!(change(pair[1], "metadata")["old"], change(pair[0], "metadata")["new"]);
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_write_that_fails_spoils_no_other_that_comes_with_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let taken = id_of(&app.create_task(quadratic()).await);
    let running = app.running_task(quadratic()).await;
    let requests = (0..120).map(|n| match n % 6 {
        0 => app.mutate("createTask", json!({ "name": format!("good {n}") })),
        1 => app.mutate("createTask", json!({ "id": taken })),
        2 => app.mutate("updateTask", json!({ "id": running, "metadata": { "n": n } })),
        3 => app.mutate("transitionTask", json!({ "id": taken, "to": "COMPLETED" })),
        4 => app.mutate("ask", json!({ "taskId": running })),
        _ => app.mutate("updateTask", json!({ "id": running, "expectedVersion": 1, "name": "x" })),
    });
    let replies = futures_util::future::join_all(requests).await;
    for (n, reply) in replies.into_iter().enumerate() {
        match n % 6 {
            1 => assert_eq!(reply.error().code(), "TASK_ALREADY_EXISTS"),
            3 => assert_eq!(reply.error().code(), "INVALID_STATUS_TRANSITION"),
            5 => assert_eq!(reply.error().code(), "VERSION_CONFLICT"),
            _ => drop(reply.data()),
        }
    }
    // Two and their start, and for each that went well one.
    assert_eq!(app.log(None).await.len(), 3 + 60);
    let task = app.task(&running).await;
    assert_eq!(task["version"], 2 + 20);
    assert_eq!(task["trialCounts"]["running"], 20);
}
