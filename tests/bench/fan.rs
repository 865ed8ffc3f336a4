//! How long it takes until a change has reached everybody who follows it, and what a subscriber costs the server: 1,000 and
//! 10,000 web sockets of their own. They are written by hand: on a small machine full clients would take the cores that the
//! server needs.

use std::time::{Duration, Instant};

use asktell_tests::{Server, within};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
    task::JoinSet,
};

use crate::{Place, connection::Connection, times::Times};

const SUBSCRIBERS: [usize; 2] = [1_000, 10_000];
const ROUNDS: usize = 20;
/// Sockets that are opened at the same time.
const OPENING: usize = 100;
const PATIENCE: u64 = 120;
// Of a frame's second byte.
const MASKED: u8 = 0x80;
const LENGTH_IN_TWO_BYTES: u8 = 0x7e;

pub(super) async fn run(place: &Place) {
    println!();
    println!(
        "A task is paused and resumed {ROUNDS} times; from the mutation to the frame at each subscriber:"
    );
    println!();
    println!(
        "| subscription | subscribers | p50 ms | p99 ms | last ms | kB of the server for each |"
    );
    println!("|---|---|---|---|---|---|");
    for subscribers in SUBSCRIBERS {
        for kind in ["taskStatusChanged", "taskStatusChanged(taskId)", "viewChanged(filter)"] {
            fan(place, kind, subscribers).await;
        }
    }
}

async fn fan(place: &Place, kind: &str, subscribers: usize) {
    let ground = place.ground().await;
    let server = ground.server(&[]).await;
    let address = server.client.address();
    let mut driver = Connection::open(address).await;
    let task = driver.running_task(r#"owner:"fan""#).await;
    let (field, opens) = match kind {
        "taskStatusChanged" => ("taskStatusChanged{taskId from to}".to_owned(), false),
        "viewChanged(filter)" => {
            (r#"viewChanged(filter:{owner:["fan"]}){kind taskId}"#.to_owned(), true)
        }
        _ => (format!(r#"taskStatusChanged(taskId:"{task}"){{taskId from to}}"#), false),
    };
    let before = memory(&server);
    let (heard, mut ears) = mpsc::unbounded_channel();
    let sockets = open(address, &field, subscribers, &heard).await;
    if opens {
        within(PATIENCE, "all to be open", collect(&mut ears, subscribers)).await;
    }
    // The protocol does not tell when a subscription has begun.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let each = memory(&server).saturating_sub(before) / subscribers as u64;
    let (mut times, mut last) = (vec![], vec![]);
    for round in 0..ROUNDS {
        let to = if round % 2 == 0 { "PAUSED" } else { "RUNNING" };
        let begun = Instant::now();
        driver.mutate("transitionTask", &format!(r#"id:"{task}",to:{to}"#), "task{id}").await;
        let heard = within(PATIENCE, "the frames", collect(&mut ears, subscribers)).await;
        let millis: Vec<_> =
            heard.iter().map(|at| at.duration_since(begun).as_secs_f64() * 1e3).collect();
        last.push(millis.iter().copied().fold(0.0, f64::max));
        times.extend(millis);
    }
    drop(sockets);
    let (times, last) = (Times::new(times), Times::new(last));
    println!(
        "| `{kind}` | {subscribers} | {:.0} | {:.0} | {:.0} | {each} |",
        times.part(0.5),
        times.part(0.99),
        last.part(0.5),
    );
    assert!(server.stop().await.success());
}

/// The moments of the next frames.
async fn collect(ears: &mut mpsc::UnboundedReceiver<Instant>, count: usize) -> Vec<Instant> {
    let mut heard = Vec::with_capacity(count);
    while heard.len() < count {
        heard.push(ears.recv().await.expect("the sockets are open"));
    }
    heard
}

/// Resident memory of the server, in kB.
fn memory(server: &Server) -> u64 {
    let path = format!("/proc/{}/status", server.process());
    let status = std::fs::read_to_string(path).expect("the status of the server");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("kB")
}

/// Opens the sockets, each of which tells when it hears something, until the set is dropped.
async fn open(
    address: &str,
    field: &str,
    count: usize,
    heard: &mpsc::UnboundedSender<Instant>,
) -> JoinSet<()> {
    let mut sockets = JoinSet::new();
    let mut opening = JoinSet::new();
    for opened in 0..count {
        if opened >= OPENING {
            sockets.spawn(listen(opening.join_next().await, heard.clone()));
        }
        opening.spawn(subscribe(address.to_owned(), field.to_owned()));
    }
    while let Some(opened) = opening.join_next().await {
        sockets.spawn(listen(Some(opened), heard.clone()));
    }
    sockets
}

async fn subscribe(address: String, field: String) -> TcpStream {
    let socket = TcpStream::connect(&address).await.unwrap_or_else(|error| {
        panic!("no connection ({error}): 10,000 of them need `ulimit -n 12000`")
    });
    let mut socket = socket;
    let handshake = format!(
        "GET /graphql HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    );
    socket.write_all(handshake.as_bytes()).await.expect("the handshake");
    until(&mut socket, "\r\n\r\n").await;
    socket.write_all(&frame(r#"{"type":"connection_init"}"#)).await.expect("a frame");
    until(&mut socket, "connection_ack\"}").await;
    let query = format!("subscription{{{field}}}");
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
    socket.write_all(&frame(&subscribe.to_string())).await.expect("a frame");
    socket
}

async fn until(socket: &mut TcpStream, end: &str) {
    let mut said = Vec::new();
    while !said.ends_with(end.as_bytes()) {
        assert_ne!(
            socket.read_buf(&mut said).await.expect("an answer"),
            0,
            "the socket was closed"
        );
    }
}

/// A text frame, masked with zeros (RFC 6455, section 5.2).
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    let mut bytes = vec![0x81];
    if let Ok(length @ ..=125) = u8::try_from(length) {
        bytes.push(MASKED | length);
    } else {
        bytes.push(MASKED | LENGTH_IN_TWO_BYTES);
        bytes.extend(length.to_be_bytes());
    }
    bytes.extend([0; 4]);
    bytes.extend(text.as_bytes());
    bytes
}

/// Tells of every event that comes.
async fn listen(
    opened: Option<Result<TcpStream, tokio::task::JoinError>>,
    heard: mpsc::UnboundedSender<Instant>,
) {
    let mut socket = opened.expect("a socket").expect("it was opened");
    let mut bytes = vec![0; 2048];
    while let Ok(read @ 1..) = socket.read(&mut bytes).await {
        let at = Instant::now();
        // Events are small, and the next one comes when all have this.
        if bytes[..read].windows(6).any(|part| part == b"\"next\"") && heard.send(at).is_err() {
            return;
        }
    }
}
