//! How long it takes from the moment at which a point is sent to be enqueued until the worker that waits for it has
//! its answer.

use std::time::{Duration, Instant};

use asktell_tests::Random;
use tokio::time::sleep;

use crate::{Place, connection::Connection, queue, times::Times};

const ROUNDS: usize = 200;

pub(super) async fn run(place: &Place) {
    let ground = place.ground().await;
    let server = ground.server(&[]).await;
    let address = server.client.address();
    println!();
    println!("A worker waits in `ask`, a point is enqueued, the worker has it; {ROUNDS} times:");
    println!();
    println!("| where | p50 ms | p95 ms | `{{ __typename }}` meanwhile: p50 ms | p95 ms |");
    println!("|---|---|---|---|---|");
    let (woken, nothing) = rounds(address, address).await;
    row("a server with nothing else to do", &woken, &nothing);
    if ground.takes_two_servers() {
        let other = ground.server(&[]).await;
        let (woken, nothing) = rounds(address, other.client.address()).await;
        row("the worker waits at another server", &woken, &nothing);
        assert!(other.stop().await.success());
    }
    queue::fill(address).await;
    for work in queue::WORK {
        let mut woken = Times::default();
        let until = async || woken = rounds(address, address).await.0;
        let measured = queue::load(address, work, until).await;
        let place = format!(
            "64 workers serve a queue of 1,000 tasks meanwhile, {} to {} ms of work for each trial",
            work.0, work.1
        );
        row(&place, &woken, &measured.nothing);
    }
    assert!(server.stop().await.success());
}

fn row(place: &str, woken: &Times, nothing: &Times) {
    println!(
        "| {place} | {:.1} | {:.1} | {:.1} | {:.1} |",
        woken.part(0.5),
        woken.part(0.95),
        nothing.part(0.5),
        nothing.part(0.95),
    );
}

/// Enqueues at the one address while a worker waits at the other.
async fn rounds(enqueue_at: &str, wait_at: &str) -> (Times, Times) {
    let mut enqueuer = Connection::open(enqueue_at).await;
    // The label keeps the workers of the queue away.
    let task = enqueuer.running_task(r#"strategy:{kind:EXTERNAL},labels:["wake"]"#).await;
    let mut waiter = Connection::open(wait_at).await;
    let (mut woken, mut nothing) = (vec![], vec![]);
    let mut random = Random::new(7);
    for _ in 0..ROUNDS {
        let asking = async {
            let trial = waiter.ask(Some(&task), 30).await.expect("a trial");
            (Instant::now(), trial)
        };
        let enqueuing = async {
            // Until it waits.
            sleep(Duration::from_millis(random.within(20, 60))).await;
            let sent = Instant::now();
            enqueuer.nothing().await;
            nothing.push(sent.elapsed().as_secs_f64() * 1e3);
            let sent = Instant::now();
            enqueuer.enqueue(&task).await;
            sent
        };
        let ((answered, trial), sent) = tokio::join!(asking, enqueuing);
        woken.push(answered.duration_since(sent).as_secs_f64() * 1e3);
        waiter.tell(&trial, 0.5).await;
    }
    (Times::new(woken), Times::new(nothing))
}
