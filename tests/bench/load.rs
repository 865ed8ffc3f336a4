//! Clients that send one request after the other, each on its own connection. Requests are written by hand: on a small
//! machine a full HTTP client would take the cores that the server needs.

use std::time::{Duration, Instant};

use asktell_tests::new_id;
use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::machine::Ticks;

/// What a load measured.
#[derive(Debug)]
pub(super) struct Measured {
    millis: Vec<f64>,
    took: Duration,
    busy: f64,
    prepared: u64,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub(super) fn per_second(&self) -> f64 {
        self.millis.len() as f64 / self.took.as_secs_f64()
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.millis.len() as u64
    }

    /// Mutations that were needed before the measurement.
    pub(super) fn prepared(&self) -> u64 {
        self.prepared
    }

    pub(super) fn busy(&self) -> f64 {
        self.busy
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    pub(super) fn percentile_millis(&self, part: f64) -> f64 {
        let place = (self.millis.len() as f64 * part) as usize;
        self.millis.get(place.min(self.millis.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }
}

/// The loads.
pub(super) struct Load;

impl Load {
    /// Each client makes tasks.
    pub(super) async fn create_tasks(address: &str, clients: usize, time: Duration) -> Measured {
        run(address, clients, time, 0, |_, _| create(&new_id())).await
    }

    /// Each client starts, pauses and resumes a task of its own.
    pub(super) async fn transitions(address: &str, clients: usize, time: Duration) -> Measured {
        let ids: Vec<String> = (0..clients).map(|_| new_id()).collect();
        let mut connection = Connection::open(address).await;
        for id in &ids {
            connection.call(&create(id)).await;
        }
        run(address, clients, time, clients as u64, move |client, call| {
            let to = if call % 2 == 0 { "RUNNING" } else { "PAUSED" };
            mutation("transitionTask", &format!(r#"{{id:\"{}\",to:{to}}}"#, ids[client]))
        })
        .await
    }

    /// Each client asks for nothing that needs the database.
    pub(super) async fn nothing(address: &str, clients: usize, time: Duration) -> Measured {
        run(address, clients, time, 0, |_, _| r#"{"query":"{__typename}"}"#.to_owned()).await
    }
}

fn create(id: &str) -> String {
    let space =
        r#"{parameters:[{float:{name:\"x\",low:0,high:1}},{float:{name:\"y\",low:0,high:1}}]}"#;
    let objectives = r#"[{name:\"loss\",direction:MINIMIZE}]"#;
    mutation(
        "createTask",
        &format!(r#"{{id:\"{id}\",parameterSpace:{space},objectives:{objectives}}}"#),
    )
}

fn mutation(name: &str, input: &str) -> String {
    format!(r#"{{"query":"mutation{{{name}(input:{input}){{task{{id version status}}}}}}"}}"#)
}

async fn run(
    address: &str,
    clients: usize,
    time: Duration,
    prepared: u64,
    body: impl Fn(usize, u64) -> String,
) -> Measured {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(address).await);
    }
    let (before, start) = (Ticks::now(), Instant::now());
    let body = &body;
    let working = connections.into_iter().enumerate().map(|(client, mut connection)| async move {
        let mut millis = Vec::new();
        for call in 0.. {
            if start.elapsed() >= time {
                break;
            }
            let body = body(client, call);
            let sent = Instant::now();
            connection.call(&body).await;
            millis.push(sent.elapsed().as_secs_f64() * 1e3);
        }
        millis
    });
    let mut millis = join_all(working).await.concat();
    let (took, busy) = (start.elapsed(), Ticks::now().busy_since(before));
    millis.sort_by(f64::total_cmp);
    Measured { millis, took, busy, prepared }
}

/// A connection that is kept open.
struct Connection {
    stream: TcpStream,
    address: String,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        Self { stream, address: address.to_owned(), answer: Vec::with_capacity(4096) }
    }

    /// Sends one request and reads its answer, which must have no errors.
    async fn call(&mut self, body: &str) {
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.expect("the server reads");
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            if self.is_complete() {
                break;
            }
        }
        let text = String::from_utf8_lossy(&self.answer);
        assert!(text.starts_with("HTTP/1.1 200") && !text.contains("\"errors\""), "{text}");
    }

    fn is_complete(&self) -> bool {
        let text = String::from_utf8_lossy(&self.answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        length.is_some_and(|length: usize| body.len() >= length)
    }
}
