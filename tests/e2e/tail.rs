//! Eight writers, three servers on one Postgres, thirty subscribers: no gap, no repeat, in order.

use std::collections::BTreeMap;

use asktell_tests::{App, Client, Db, Subscription, id_of, tail_events, within};
use serde_json::{Value, json};

const WRITERS: usize = 8;
const SUBSCRIBERS_EACH: usize = 10;
/// Fewer tasks than writers: they meet on the same rows.
const TASKS: usize = 5;

const EVENTS: &str = "subscription ($after: String) {
  taskEvents(after: $after) { cursor taskId sequence version } }";

async fn write(client: Client, tasks: Vec<String>, writer: usize, events: usize) {
    for n in 0..events {
        let id = &tasks[(writer + n) % tasks.len()];
        let description = format!("writer {writer}, change {n}");
        client.update_task(json!({ "id": id, "description": description })).await;
    }
}

async fn tail(mut subscription: Subscription, count: usize) -> Vec<Value> {
    subscription.take(count).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_subscriber_of_every_server_sees_the_whole_log_in_order() {
    let Some(app) = App::start(Db::Postgres).await else { return };
    let servers = [app.another_server().await, app.another_server().await];
    let clients = [&*app, &servers[0].client, &servers[1].client];
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        tasks.push(id_of(&app.create_task(json!({})).await));
    }
    let start = app.log(None).await.last().expect("an event")["cursor"].clone();
    let count = WRITERS * tail_events();

    let mut tails = Vec::new();
    for client in clients {
        for _ in 0..SUBSCRIBERS_EACH {
            let subscription = client.subscribe(EVENTS, json!({ "after": start })).await;
            tails.push(tokio::spawn(tail(subscription, count)));
        }
    }
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let client = clients[writer % clients.len()].clone();
            tokio::spawn(write(client, tasks.clone(), writer, tail_events()))
        })
        .collect();
    for writer in writers {
        within(600, "a writer", writer).await.expect("the writer ends well");
    }
    let log = app.log(start.as_str()).await;
    assert_eq!(log.len(), count, "one event for each acknowledged change");
    let log: Vec<_> = log
        .iter()
        .map(|event| {
            let fields = ["cursor", "taskId", "sequence", "version"];
            fields
                .iter()
                .map(|field| ((*field).to_owned(), event[field].clone()))
                .collect::<Value>()
        })
        .collect();
    for (number, tail) in tails.into_iter().enumerate() {
        let seen = within(60, "a subscriber", tail).await.expect("the subscriber ends well");
        assert!(seen == log, "subscriber {number} saw something else than the log");
    }

    let mut last: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for event in &log {
        let task = event["taskId"].as_str().expect("an id").to_owned();
        let number = |field: &str| event[field].as_i64().expect("a number");
        let here = (number("sequence"), number("version"));
        let before = last.insert(task, here).unwrap_or((1, 1));
        assert_eq!(here, (before.0 + 1, before.1 + 1), "dense and in order for each task");
    }
    println!("{count} events, each seen once and in order by {} subscribers", 3 * SUBSCRIBERS_EACH);
    for server in servers {
        assert!(server.stop().await.success());
    }
}
