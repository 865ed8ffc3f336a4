//! A queue of 1,000 tasks, and 64 workers that ask it for work.

use std::time::{Duration, Instant};

use asktell_tests::Random;
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::{Place, connection::Connection, times::Times};

const TASKS: usize = 1_000;
const WORKERS: usize = 64;
const OWNERS: u64 = 8;
/// Milliseconds that a worker works before it tells, from and to: what a server can just about serve, and less.
pub(super) const WORK: [(u64, u64); 2] = [(20, 80), (100, 300)];

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
    println!();
    println!("A queue of {TASKS} tasks of {OWNERS} owners, {WORKERS} workers:");
    println!();
    println!(
        "| work for each trial | call | per second | p50 ms | p99 ms | p99 × `{{ __typename }}` |"
    );
    println!("|---|---|---|---|---|---|");
    for work in WORK {
        let measured = load(address, work, async || sleep(time).await).await;
        for (call, times) in [
            ("ask the queue", &measured.claims),
            ("tell", &measured.tells),
            ("`{ __typename }`", &measured.nothing),
        ] {
            println!(
                "| {} to {} ms | {call} | {:.0} | {:.1} | {:.1} | {:.1} |",
                work.0,
                work.1,
                per_second(times, time),
                times.part(0.5),
                times.part(0.99),
                times.part(0.99) / measured.nothing.part(0.99),
            );
        }
    }
    assert!(server.stop().await.success());
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn per_second(times: &Times, time: Duration) -> f64 {
    times.count() as f64 / time.as_secs_f64()
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
pub(super) async fn load(address: &str, work: (u64, u64), until: impl AsyncFnOnce()) -> Served {
    let (say, ended) = tokio::sync::watch::channel(false);
    let mut connections = Vec::new();
    for _ in 0..WORKERS {
        connections.push(Connection::open(address).await);
    }
    let working = connections.into_iter().enumerate().map(|(worker, connection)| {
        tokio::spawn(serve(connection, worker as u64, work, ended.clone()))
    });
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

async fn serve(
    mut connection: Connection,
    worker: u64,
    work: (u64, u64),
    ended: tokio::sync::watch::Receiver<bool>,
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (mut claims, mut tells, mut nothing) = (vec![], vec![], vec![]);
    let mut random = Random::new(worker);
    let begin = Instant::now();
    let millis = |since: Instant| since.elapsed().as_secs_f64() * 1e3;
    // Not all at once.
    sleep(Duration::from_millis(random.within(0, work.1))).await;
    while !*ended.borrow() {
        let counts = begin.elapsed() > Duration::from_millis(500);
        let sent = Instant::now();
        let trial = connection.ask(None, 5).await.expect("there is always work");
        let claim = millis(sent);
        sleep(Duration::from_millis(random.within(work.0, work.1))).await;
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
