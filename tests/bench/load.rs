//! Clients that send one request after the other, each on its own connection.

use std::time::{Duration, Instant};

use asktell_tests::new_id;
use futures_util::future::join_all;

use crate::{connection::Connection, machine::Ticks, times::Times};

/// What a load measured.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) times: Times,
    took: Duration,
    busy: f64,
    prepared: u64,
}

impl Measured {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub(super) fn per_second(&self) -> f64 {
        self.times.count() as f64 / self.took.as_secs_f64()
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.times.count() as u64
    }

    /// Mutations that were needed before the measurement.
    pub(super) fn prepared(&self) -> u64 {
        self.prepared
    }

    pub(super) fn busy(&self) -> f64 {
        self.busy
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
    let times = Times::new(join_all(working).await.concat());
    let (took, busy) = (start.elapsed(), Ticks::now().busy_since(before));
    Measured { times, took, busy, prepared }
}
