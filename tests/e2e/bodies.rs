//! Large requests cost those who send them, not those who send small ones.

use std::time::{Duration, Instant};

use asktell_tests::{App, Db, RawConnection};
use futures_util::future::join_all;
use serde_json::json;

/// Peak and present memory of a process, in MiB.
fn memory(app: &App) -> (u64, u64) {
    let path = format!("/proc/{}/status", app.server().process());
    let status = std::fs::read_to_string(path).expect("the status of the process");
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
        let number = line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
        number.expect("a number") >> 10
    };
    (of("VmHWM:"), of("VmRSS:"))
}

fn body(variable: &str) -> String {
    format!(
        r#"{{"query":"query ($x: Int) {{ task(id: $x) {{ id }} }}","variables":{{"x":{variable}}}}}"#
    )
}

/// A list of about so many bytes.
fn list(item: &str, bytes: usize) -> String {
    format!("[{}]", vec![item; bytes / (item.len() + 1)].join(","))
}

#[tokio::test]
async fn values_are_counted_before_a_tree_is_made_of_them() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let before = memory(&app).0;
    let bodies: Vec<_> =
        ["0", "[]", r#"{"a":0}"#, "[[[]]]", "\"\""].map(|item| body(&list(item, 8_000_000))).into();
    for body in bodies {
        let reply = app.post(body).await;
        assert_eq!(reply.status, 413);
        let error = reply.error();
        assert_eq!(
            (error.code(), error.detail("limit")),
            ("LIMIT_EXCEEDED", &json!("variableValues"))
        );
    }
    let grown = memory(&app).0 - before;
    assert!(grown < 64, "grown by {grown} MiB");
}

#[tokio::test]
async fn large_bodies_take_turns_and_small_ones_do_not_wait() {
    let Some(app) = App::start(Db::Memory).await else { return };
    assert!(!app.graphql("{ __typename }", json!({})).await.is_error());
    let before = memory(&app).0;
    // As many values as there may be, in the form that takes most memory; and texts as long as a body may be.
    let objects = body(&list(r#"{"a":0}"#, 8 * 70_000));
    let texts = body(&list(&format!("\"{}\"", "x".repeat(1_000)), 8_000_000));
    let large = (0..8).map(|n| {
        let (client, body) =
            ((*app).clone(), if n % 2 == 0 { objects.clone() } else { texts.clone() });
        tokio::spawn(async move { client.post(body).await })
    });
    let large: Vec<_> = large.collect();
    let mut worst = Duration::ZERO;
    while !large.iter().all(tokio::task::JoinHandle::is_finished) {
        let begun = Instant::now();
        assert!(!app.graphql("{ __typename }", json!({})).await.is_error());
        worst = worst.max(begun.elapsed());
    }
    for reply in join_all(large).await {
        let reply = reply.expect("it ends well");
        assert_eq!(reply.error().code(), "BAD_USER_INPUT");
    }
    let grown = memory(&app).0 - before;
    assert!(worst < Duration::from_secs(1), "a small request took {worst:?}");
    assert!(grown < 192, "grown by {grown} MiB");
}

#[tokio::test]
async fn who_announces_much_and_sends_nothing_holds_nobody_up() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let announce = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
        Content-Length: 8000000\r\n\r\n{\"query\":\"{__typename}\"";
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut socket = RawConnection::open(&app).await;
        socket.send(announce).await.expect("a part");
        slow.push(socket);
    }
    let large = json!({ "query": "{ __typename }", "variables": { "x": "y".repeat(1 << 20) } });
    assert!(!app.post(large.to_string()).await.is_error());
    drop(slow);
}
