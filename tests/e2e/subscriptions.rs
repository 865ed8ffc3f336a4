//! Pushed changes: everything since the cursor, then what comes, nothing lost and nothing twice.

use std::time::{Duration, Instant};

use asktell_tests::{App, Client, Db, EVENT, End, Subscription, id_of, new_id, quadratic};
use rstest::rstest;
use serde_json::{Value, json};

async fn follow(client: &Client, after: &str) -> Subscription {
    let query = format!(
        "subscription ($after: String) {{ taskEvents(after: $after) {{ ...Event }} }} {EVENT}"
    );
    client.subscribe(&query, json!({ "after": after })).await
}

fn cursor(event: &Value) -> &str {
    event["cursor"].as_str().unwrap_or_else(|| panic!("no cursor in {event}"))
}

#[rstest]
#[tokio::test]
async fn status_changes_are_pushed(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let other = app.running_task(quadratic()).await;
    let query = "subscription ($id: ID) { taskStatusChanged(taskId: $id) {
        __typename taskId from to reason version task { id status } } }";
    let mut of_one = app.subscribe(query, json!({ "id": id })).await;
    let mut of_all = app.subscribe(query, json!({})).await;
    // Both begin with what is committed from now on: move to and fro until each has seen a move.
    let (mut first_of_one, mut first_of_all) = (None, None);
    while first_of_one.is_none() || first_of_all.is_none() {
        for to in ["PAUSED", "RUNNING"] {
            app.transition(&id, to).await;
        }
        if first_of_one.is_none() {
            first_of_one = of_one.comes_soon().await;
        }
        if first_of_all.is_none() {
            first_of_all = of_all.comes_soon().await;
        }
    }
    let reason = json!({ "id": id, "to": "FAILED", "reason": "out of resin" });
    app.transition(&other, "PAUSED").await;
    let _ = app.mutate("transitionTask", reason).await.data();

    let mut seen = vec![first_of_one.expect("an event")["taskStatusChanged"].clone()];
    while seen.last().is_some_and(|event| event["to"] != "FAILED") {
        seen.extend(of_one.take(1).await);
    }
    assert!(
        seen.iter().all(|event| event["taskId"] == id.as_str()),
        "the other task is not told of"
    );
    for pair in seen.windows(2) {
        assert_eq!(pair[0]["to"], pair[1]["from"], "no move is missing");
        assert_eq!(
            pair[0]["version"].as_i64().map(|version| version + 1),
            pair[1]["version"].as_i64()
        );
    }
    let last = seen.pop().expect("an event");
    assert_eq!(last["__typename"], "TaskStatusChanged");
    assert_eq!((&last["from"], &last["reason"]), (&json!("RUNNING"), &json!("out of resin")));
    assert_eq!(last["task"], json!({ "id": id, "status": "FAILED" }));

    let mut tasks = Vec::new();
    loop {
        let event = of_all.take(1).await.remove(0);
        tasks.push(event["taskId"].clone());
        if event["to"] == "FAILED" {
            break;
        }
    }
    assert!(tasks.contains(&json!(other)), "without an id all tasks are told of");
}

#[rstest]
#[tokio::test]
async fn the_past_comes_first_then_what_happens(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let trials = app.ask(&id, 3).await;
    let past = app.log(None).await;
    let mut from_start = follow(&app, "START").await;
    let mut from_middle = follow(&app, cursor(&past[2])).await;
    let mut from_end = follow(&app, cursor(past.last().expect("an event"))).await;
    assert_eq!(from_start.take(past.len()).await, past);
    assert_eq!(from_middle.take(past.len() - 3).await, past[3..]);

    for trial in &trials {
        app.tell(trial, 1.0).await;
    }
    let live = app.log(None).await[past.len()..].to_vec();
    assert_eq!(live.len(), 3);
    for subscription in [&mut from_start, &mut from_middle, &mut from_end] {
        assert_eq!(subscription.take(3).await, live);
    }
}

#[rstest]
#[tokio::test]
async fn it_ends_by_itself_after_first_events(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    app.ask(&id, 5).await;
    let log = app.log(None).await;
    let query = "subscription ($first: Int, $filter: TaskEventFilter) {
        taskEvents(after: \"START\", first: $first, filter: $filter) { cursor } }";
    let only_cursors = |events: &[Value]| -> Vec<Value> {
        events.iter().map(|event| json!({ "cursor": event["cursor"] })).collect()
    };
    let (events, end) = app.subscribe(query, json!({ "first": 3 })).await.all().await;
    assert_eq!((events, end), (only_cursors(&log[..3]), End::Complete));

    let filter = json!({ "kinds": ["TRIAL_CREATED"], "taskIds": [id] });
    let variables = json!({ "first": 5, "filter": filter });
    let (events, end) = app.subscribe(query, variables).await.all().await;
    assert_eq!((events, end), (only_cursors(&log[2..]), End::Complete), "only what matches counts");

    // The rest may still have to happen.
    let mut waiting = app.subscribe(query, json!({ "first": 8 })).await;
    assert_eq!(waiting.take(7).await, only_cursors(&log));
    app.transition(&id, "PAUSED").await;
    let (events, end) = waiting.all().await;
    assert_eq!((events.len(), end), (1, End::Complete));
}

#[rstest]
#[tokio::test]
async fn a_subscriber_that_comes_back_misses_nothing(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(json!({})).await);
    let write = async |count: usize, tag: String| {
        for n in 0..count {
            app.update_task(json!({ "id": id, "description": format!("{tag} {n}") })).await;
        }
    };
    let mut seen = follow(&app, "START").await.take(1).await;
    for round in 0..5 {
        let mut subscription = follow(&app, cursor(&seen[seen.len() - 1])).await;
        let ((), events) = tokio::join!(write(4, format!("round {round}")), subscription.take(2));
        seen.extend(events);
        drop(subscription);
        write(3, format!("away {round}")).await;
    }
    let log = app.log(None).await;
    let mut subscription = follow(&app, cursor(&seen[seen.len() - 1])).await;
    seen.extend(subscription.take(log.len() - seen.len()).await);
    assert_eq!(seen, log);
}

#[rstest]
#[tokio::test]
async fn a_cursor_outlives_the_server(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let mut seen = follow(&app, "START").await.take(2).await;
    app.ask(&id, 3).await;
    app.stop().await;

    app.start_again().await;
    let mut subscription = follow(&app, cursor(&seen[1])).await;
    app.transition(&id, "PAUSED").await;
    seen.extend(subscription.take(4).await);
    assert_eq!(seen, app.log(None).await);
}

#[rstest]
#[tokio::test]
async fn the_end_of_the_server_closes_with_1001(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    app.create_task(json!({})).await;
    let mut subscription = follow(&app, "START").await;
    subscription.take(1).await;
    let (end, ()) = tokio::join!(
        async {
            loop {
                if let Err(end) = subscription.next_or_end().await {
                    return end;
                }
            }
        },
        app.stop()
    );
    assert_eq!(end, End::Closed(1001));
}

#[tokio::test]
async fn two_servers_on_one_postgres_tell_each_other_within_a_second() {
    let Some(app) = App::start(Db::Postgres).await else { return };
    let other = app.another_server().await;
    let id = app.running_task(quadratic()).await;
    let start = app.log(None).await;
    let start = cursor(start.last().expect("an event"));
    let mut here = follow(&app, start).await;
    let mut there = follow(&other.client, start).await;
    for round in 0..10 {
        let (writer, to) =
            if round % 2 == 0 { (&*app, "PAUSED") } else { (&other.client, "RUNNING") };
        writer.transition(&id, to).await;
        let committed = Instant::now();
        for subscription in [&mut here, &mut there] {
            assert_eq!(subscription.take(1).await[0]["to"], to);
        }
        let took = committed.elapsed();
        assert!(took < Duration::from_secs(1), "round {round} took {took:?}");
    }
    drop((here, there));
    assert!(other.stop().await.success());
}

#[rstest]
#[case::unknown_cursor(json!({ "after": "nonsense" }), "CURSOR_INVALID")]
#[case::empty_cursor(json!({ "after": "" }), "CURSOR_INVALID")]
#[case::negative_first(json!({ "first": -1 }), "VALIDATION_FAILED")]
#[case::wrong_id(json!({ "filter": { "taskIds": ["x"] } }), "VALIDATION_FAILED")]
#[tokio::test]
async fn a_wrong_argument_is_a_typed_error(#[case] variables: Value, #[case] code: &str) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let query = "subscription ($after: String, $filter: TaskEventFilter, $first: Int) {
        taskEvents(after: $after, filter: $filter, first: $first) { cursor } }";
    // As a refusal of the operation, or as its only event.
    let mut subscription = app.subscribe(query, variables).await;
    let errors = match subscription.next_response().await {
        Ok(payload) => payload["errors"].clone(),
        Err(End::Error(errors)) => errors,
        Err(end) => panic!("no error, but {end:?}"),
    };
    assert_eq!(errors[0]["extensions"]["code"], code, "{errors}");
}

#[rstest]
#[tokio::test]
async fn a_deleted_task_is_still_told_of(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(json!({ "id": new_id() })).await);
    let mut events = follow(&app, "START").await;
    app.delete_task(&id).await;
    let kinds: Vec<_> = events.take(2).await.iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["CREATED", "DELETED"]);
}
