//! A queue of 1,000 tasks, and 64 workers that ask it for work.

use std::time::{Duration, Instant};

use asktell_tests::Random;
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::{Place, connection::Connection, times::Times};

const TASKS: usize = 1_000;
const WORKERS: usize = 64;
const OWNERS: u64 = 8;
/// Milliseconds that a worker works before it tells.
const WORK: (u64, u64) = (20, 80);

/// Milliseconds of each kind of call.
#[derive(Debug, Default)]
pub(super) struct Served {
    pub(super) claims: Times,
    pub(super) tells: Times,
    pub(super) nothing: Times,
}

pub(super) async fn run(place: &Place, time: Duration) {
    let ground = place.ground().await;
    let server = ground.server(&[]).await;
    let address = server.client.address();
    fill(address).await;
    let measured = load(address, async || sleep(time).await).await;
    println!();
    println!(
        "A queue of {TASKS} tasks of {OWNERS} owners, {WORKERS} workers, {} to {} ms of work for each trial:",
        WORK.0, WORK.1
    );
    println!();
    println!("| call | calls | per second | p50 ms | p99 ms |");
    println!("|---|---|---|---|---|");
    row("ask the queue", &measured.claims, time);
    row("tell", &measured.tells, time);
    row("`{ __typename }`, under the same load", &measured.nothing, time);
    println!();
    println!(
        "p99 of a claim: {:.1} ms, {:.1} times that of `{{ __typename }}`",
        measured.claims.part(0.99),
        measured.claims.part(0.99) / measured.nothing.part(0.99)
    );
    assert!(server.stop().await.success());
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn row(what: &str, times: &Times, time: Duration) {
    println!(
        "| {what} | {} | {:.0} | {:.1} | {:.1} |",
        times.count(),
        times.count() as f64 / time.as_secs_f64(),
        times.part(0.5),
        times.part(0.99),
    );
}

/// Makes the tasks of the queue.
pub(super) async fn fill(address: &str) {
    let makers = (0..8_u64).map(|maker| async move {
        let mut connection = Connection::open(address).await;
        let mut random = Random::new(maker);
        for _ in 0..TASKS / 8 {
            let (priority, owner) = (random.within(0, 100), random.within(0, OWNERS));
            let fields = format!(r#"priority:{priority},owner:"owner {owner}""#);
            connection.running_task(&fields).await;
        }
    });
    join_all(makers).await;
}

/// Has the workers work until something else has ended; the first moments do not count.
pub(super) async fn load(address: &str, until: impl AsyncFnOnce()) -> Served {
    let (say, ended) = tokio::sync::watch::channel(false);
    let mut connections = Vec::new();
    for _ in 0..WORKERS {
        connections.push(Connection::open(address).await);
    }
    let working = connections
        .into_iter()
        .enumerate()
        .map(|(worker, connection)| tokio::spawn(work(connection, worker as u64, ended.clone())));
    let working: Vec<_> = working.collect();
    sleep(Duration::from_millis(500)).await;
    until().await;
    say.send_replace(true);
    let (mut claims, mut tells, mut nothing) = (vec![], vec![], vec![]);
    for worker in working {
        let times = worker.await.expect("a worker ends well");
        claims.extend(times.0);
        tells.extend(times.1);
        nothing.extend(times.2);
    }
    Served { claims: Times::new(claims), tells: Times::new(tells), nothing: Times::new(nothing) }
}

async fn work(
    mut connection: Connection,
    worker: u64,
    ended: tokio::sync::watch::Receiver<bool>,
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (mut claims, mut tells, mut nothing) = (vec![], vec![], vec![]);
    let mut random = Random::new(worker);
    let begin = Instant::now();
    let millis = |since: Instant| since.elapsed().as_secs_f64() * 1e3;
    // Not all at once.
    sleep(Duration::from_millis(random.within(0, WORK.1))).await;
    while !*ended.borrow() {
        let counts = begin.elapsed() > Duration::from_millis(500);
        let sent = Instant::now();
        let trial = connection.ask(None, 5).await.expect("there is always work");
        let claim = millis(sent);
        sleep(Duration::from_millis(random.within(WORK.0, WORK.1))).await;
        let sent = Instant::now();
        connection.tell(&trial, 0.5).await;
        let tell = millis(sent);
        let sent = Instant::now();
        connection.nothing().await;
        if counts {
            claims.push(claim);
            tells.push(tell);
            nothing.push(millis(sent));
        }
    }
    (claims, tells, nothing)
}
