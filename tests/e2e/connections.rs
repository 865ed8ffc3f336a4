//! Connections cost the server something, whether they do anything or not: their number and their time are limited.

use std::time::{Duration, Instant};

use asktell_tests::{App, Db, RawConnection, eventually, quadratic_with, within};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::sleep;

const PLAIN: &str = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: localhost\r\n\r\n";
const EVENTS: &str = "subscription { taskEvents { kind } }";
/// Longer than the time-outs that these tests set.
const LONG: Duration = Duration::from_millis(2_500);

#[tokio::test]
async fn who_sends_nothing_is_given_up() {
    let Some(app) = App::start_with(Db::Memory, &["--header-timeout", "1"]).await else { return };
    let silent = join_all((0..200).map(|_| RawConnection::open(&app))).await;
    let begun = Instant::now();
    let mut ends = silent.into_iter().map(|mut socket| async move { socket.rest().await });
    let rests = join_all(ends.by_ref()).await;
    assert!(rests.iter().all(Vec::is_empty), "there is nothing to answer");
    assert!(begun.elapsed() < Duration::from_secs(10), "after {:?}", begun.elapsed());
    assert!(!app.graphql("{ __typename }", json!({})).await.is_error());
}

#[tokio::test]
async fn headers_that_come_byte_by_byte_are_given_up_and_told() {
    let Some(app) = App::start_with(Db::Memory, &["--header-timeout", "1"]).await else { return };
    let slow = (0..20).map(|_| async {
        let mut socket = RawConnection::open(&app).await;
        let begun = Instant::now();
        socket.send("GET / HTTP/1.1\r\nHost: localhost\r\n").await.expect("the first bytes");
        let dripping = async {
            while socket.send("X-Slow: 1\r\n").await.is_ok() {
                sleep(Duration::from_millis(100)).await;
            }
        };
        within(10, "the end of a slow request", dripping).await;
        begun.elapsed()
    });
    for elapsed in join_all(slow).await {
        assert!(elapsed > Duration::from_millis(900), "given up after {elapsed:?}");
    }
    // Who stops in the middle can read why.
    let mut halted = RawConnection::open(&app).await;
    halted.send("GET / HTTP/1.1\r\nHost: loc").await.expect("the first bytes");
    let response = halted.response().await;
    assert_eq!((response.status, response.code().as_str()), (408, "TIMEOUT"), "{response:?}");
    assert!(halted.rest().await.is_empty());
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_used_one_kept() {
    let Some(app) = App::start_with(Db::Memory, &["--idle-timeout", "1"]).await else { return };
    let mut socket = RawConnection::open(&app).await;
    for _ in 0..6 {
        socket.send(PLAIN).await.expect("the connection is kept");
        assert_eq!(socket.response().await.status, 200);
        sleep(Duration::from_millis(400)).await;
    }
    let begun = Instant::now();
    assert!(socket.rest().await.is_empty(), "it is closed without a word");
    assert!(begun.elapsed() < Duration::from_secs(10), "after {:?}", begun.elapsed());
}

#[tokio::test]
async fn what_waits_on_purpose_is_not_idle() {
    let limits = ["--header-timeout", "1", "--idle-timeout", "1", "--write-timeout", "1"];
    let Some(app) = App::start_with(Db::Memory, &limits).await else { return };
    // Nothing to hand out until a client proposes it.
    let id = app.running_task(quadratic_with(json!({ "strategy": { "kind": "EXTERNAL" } }))).await;
    let mut socket = app.subscribe(EVENTS, json!({})).await;
    let mut stream = RawConnection::open(&app).await;
    stream
        .send(
            "GET /graphql?query=subscription%7BtaskEvents%7Bkind%7D%7D HTTP/1.1\r\n\
             Host: localhost\r\nAccept: text/event-stream\r\n\r\n",
        )
        .await
        .expect("a stream");
    let client = (*app).clone();
    let poll = tokio::spawn({
        let input = json!({ "taskId": id, "waitSeconds": 2.5 });
        async move { client.payload("ask", input).await }
    });
    sleep(LONG).await;
    app.payload("updateTask", json!({ "id": id, "name": "still heard of" })).await;
    assert_eq!(socket.take(1).await[0]["kind"], "UPDATED");
    let polled = within(30, "the long poll", poll).await.expect("it ends well");
    assert_eq!(polled["trials"], json!([]));
    let mut heard = String::new();
    let listening = async {
        let mut bytes = [0; 1024];
        while !heard.contains("UPDATED") {
            let read = tokio::io::AsyncReadExt::read(&mut stream.0, &mut bytes).await;
            let read = read.expect("the stream goes on");
            assert_ne!(read, 0, "the stream has ended: {heard}");
            heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    };
    within(30, "the event", listening).await;
}

#[tokio::test]
async fn there_is_a_limit_for_each_address() {
    let limits = ["--max-connections", "50", "--max-connections-per-address", "5"];
    let Some(app) = App::start_with(Db::Memory, &limits).await else { return };
    fills_up(&app, 5, "maxConnectionsPerAddress").await;
}

#[tokio::test]
async fn there_is_a_limit_in_all() {
    let limits = ["--max-connections", "5", "--max-connections-per-address", "50"];
    let Some(app) = App::start_with(Db::Memory, &limits).await else { return };
    fills_up(&app, 5, "maxConnections").await;
}

async fn fills_up(app: &App, most: usize, limit: &str) {
    let mut open = Vec::new();
    for _ in 0..most {
        let mut socket = RawConnection::open(app).await;
        socket.send(PLAIN).await.expect("a request");
        assert_eq!(socket.response().await.status, 200);
        open.push(socket);
    }
    for _ in 0..3 {
        let mut refused = RawConnection::open(app).await;
        refused.send(PLAIN).await.expect("a request");
        let response = refused.response().await;
        assert_eq!(response.status, 503);
        assert_eq!(response.code(), "TOO_MANY_CONNECTIONS");
        let error = &response.json()["errors"][0]["extensions"];
        assert_eq!((&error["limit"], &error["max"]), (&json!(limit), &json!(most)));
        assert!(refused.rest().await.is_empty());
    }
    // A WebSocket counts for as long as it is open.
    drop(open.pop());
    let subscription = eventually(10, "a free place", async || {
        let mut socket = RawConnection::open(app).await;
        let mut request = "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
            Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            .to_owned();
        request += "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n";
        socket.send(request).await.ok()?;
        (socket.next().await?.status == 101).then_some(socket)
    })
    .await;
    let mut refused = RawConnection::open(app).await;
    assert_eq!(refused.response().await.status, 503);
    drop(subscription);
    eventually(10, "a free place", async || {
        let mut socket = RawConnection::open(app).await;
        socket.send(PLAIN).await.ok()?;
        (socket.next().await?.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_takes_nothing_is_given_up() {
    let Some(app) = App::start_with(Db::Memory, &["--write-timeout", "1"]).await else { return };
    let mut socket = RawConnection::open(&app).await;
    let schema = "GET /graphql?query=%7B__schema%7Btypes%7Bdescription%20fields%7Bdescription%7D%7D%7D%7D HTTP/1.1\r\n\
        Host: localhost\r\n\r\n";
    let asked = 1_000;
    // Until the server takes no more, because its answers are not taken.
    let _: Result<_, _> = tokio::time::timeout(LONG, socket.send(schema.repeat(asked))).await;
    sleep(4 * LONG).await;
    let answered = socket.rest().await;
    let answered = answered.windows(9).filter(|bytes| *bytes == b"HTTP/1.1 ").count();
    assert!(answered < asked, "all of {answered} answers were waited for");
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let path = format!("/proc/{}/limits", app.server().process());
    let limits = std::fs::read_to_string(path).expect("the limits of the process");
    let line = limits.lines().find(|line| line.starts_with("Max open files")).expect("the limit");
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[3], words[4], "soft and hard: {line}");
}

#[tokio::test]
async fn a_limit_out_of_its_range_is_refused_at_the_start() {
    for wrong in [
        ["--header-timeout", "0"],
        ["--idle-timeout", "x"],
        ["--max-connections", "0"],
        ["--max-connections-per-address", "0"],
        ["--write-timeout", "1000000"],
        ["--allow-host", "http://lab.example"],
    ] {
        let output = asktell_tests::run(["serve"].into_iter().chain(wrong));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(wrong[0]), "{wrong:?}: {said}");
    }
}
