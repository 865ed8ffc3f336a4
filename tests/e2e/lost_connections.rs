//! Connections to Postgres that die: no request pays for it where the database is there, and where it is not clients are
//! told to retry.

use std::time::{Duration, Instant};

use asktell_tests::{
    App, Client, Database, Db, Proxy, Server, eventually, id_of, new_id, quadratic, within,
};
use serde_json::json;

/// Nobody should wait much longer than the 2 seconds that are promised; the machine of a test may be busy.
const SOON: Duration = Duration::from_secs(4);

struct Behind {
    proxy: Proxy,
    // Before the database: it is dropped first.
    server: Server,
    database: Database,
}

/// A server on a fresh database of Postgres, by way of a proxy.
async fn behind_a_proxy() -> Option<Behind> {
    let database = Database::fresh(Db::Postgres).await?;
    let proxy = Proxy::start(&database.host()).await;
    let url = database.by_way_of(&proxy.address().to_string());
    let server = Server::start(&url, database.directory()).await;
    Some(Behind { proxy, server, database })
}

async fn create(client: &Client) -> asktell_tests::Reply {
    client.mutate("createTask", json!({ "id": new_id(), "name": "Lost" })).await
}

async fn read(client: &Client) -> asktell_tests::Reply {
    client.graphql("{ tasks(first: 3) { nodes { id } } }", json!({})).await
}

/// Has every connection of both pools in use at once.
async fn warm_up(client: &Client) {
    let all = (0..40).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            let _ = create(&client).await.data();
            let _ = read(&client).await.data();
        })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.expect("the request ends");
    }
}

async fn expect_nobody_pays(client: &Client) {
    let all = (0..40).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { (create(&client).await, read(&client).await) })
    });
    for one in all.collect::<Vec<_>>() {
        let (created, read) = one.await.expect("the request ends");
        assert!(!created.is_error(), "{}", created.body);
        assert!(!read.is_error(), "{}", read.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_database_costs_no_request() {
    let Some(Behind { proxy, server, database }) = behind_a_proxy().await else { return };
    let client = server.client.clone();
    warm_up(&client).await;
    proxy.cut();
    expect_nobody_pays(&client).await;
    // The database's own word for it, and connections that have been idle for a while.
    warm_up(&client).await;
    let name = database.url().rsplit('/').next().expect("a name");
    let name = name.split('?').next().expect("a name");
    database
        .execute(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = '{name}' AND application_name = 'asktell'"
        ))
        .await;
    expect_nobody_pays(&client).await;
    assert!(server.stop().await.success());
    database.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_a_firewall_has_forgotten_cost_no_mutation() {
    let Some(Behind { proxy, server, database }) = behind_a_proxy().await else { return };
    let client = server.client.clone();
    warm_up(&client).await;
    proxy.forget_connections();
    // Only what was idle for a second is tested: what is in use all the time is not forgotten.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    for _ in 0..12 {
        let begun = Instant::now();
        let created = create(&client).await;
        assert!(!created.is_error(), "{}", created.body);
        let read = read(&client).await;
        assert!(!read.is_error(), "{}", read.body);
        assert!(begun.elapsed() < SOON, "after {:?}", begun.elapsed());
    }
    server.kill();
    drop(database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_clients_are_told_to_retry() {
    let Some(Behind { proxy, server, database }) = behind_a_proxy().await else { return };
    let client = server.client.clone();
    warm_up(&client).await;
    proxy.refuse();
    for _ in 0..3 {
        let begun = Instant::now();
        let (created, read) = tokio::join!(create(&client), read(&client));
        assert!(begun.elapsed() < SOON, "after {:?}", begun.elapsed());
        for reply in [created, read] {
            let error = reply.error();
            assert_eq!(error.code(), "STORAGE_UNAVAILABLE");
            assert_eq!(error.detail("retryable"), true);
        }
        let begun = Instant::now();
        assert_eq!(client.get("/healthz").await.status(), 503);
        assert!(begun.elapsed() < SOON, "after {:?}", begun.elapsed());
    }
    proxy.restore().await;
    eventually(30, "health", async || (client.get("/healthz").await.status() == 200).then_some(()))
        .await;
    assert!(!create(&client).await.is_error());
    assert!(server.stop().await.success());
    database.check();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_and_waiting_workers_go_on_after_the_database_was_away() {
    let Some(Behind { proxy, server, database }) = behind_a_proxy().await else { return };
    let client = server.client.clone();
    let mut input = quadratic();
    input["id"] = json!(new_id());
    let id = id_of(&client.mutate("createTask", input).await.data()["createTask"]["task"]);
    let subscription = "subscription { taskEvents(after: \"START\") { kind version } }";
    let mut events = client.subscribe(subscription, json!({})).await;
    let first = events.next().await;
    assert_eq!(first["taskEvents"]["kind"], "CREATED");
    // A worker that waits for the start of the task.
    let waiting = {
        let (client, id) = (client.clone(), id.clone());
        tokio::spawn(async move {
            let input = json!({ "taskId": id, "waitSeconds": 30 });
            loop {
                let reply = client.mutate("ask", input.clone()).await;
                if !(reply.is_error() && reply.clone().error().code() == "STORAGE_UNAVAILABLE") {
                    return reply.data();
                }
            }
        })
    };
    proxy.refuse();
    tokio::time::sleep(Duration::from_millis(700)).await;
    proxy.restore().await;
    let start = json!({ "id": id, "to": "RUNNING" });
    eventually(30, "the start of the task", async || {
        (!client.mutate("transitionTask", start.clone()).await.is_error()).then_some(())
    })
    .await;
    let asked = within(60, "the worker's trial", waiting).await.expect("the worker ends");
    assert_eq!(asked["ask"]["trials"].as_array().map(Vec::len), Some(1));
    let next = events.next().await;
    assert_eq!(next["taskEvents"]["kind"], "STATUS_CHANGED");
    assert!(server.stop().await.success());
    database.check();
}

#[tokio::test]
async fn a_server_whose_database_is_not_there_says_so_at_once() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let begun = Instant::now();
    let output = asktell_tests::run([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        "postgres://asktell:secret@127.0.0.1:1/asktell",
    ]);
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("127.0.0.1:1") && !told.contains("secret"), "{told}");
    assert!(begun.elapsed() < SOON, "after {:?}", begun.elapsed());
    drop(app);
}
