//! How many times a second workers ask and tell, and whether that depends on how much a task holds already: empty
//! tasks and full ones in turn, so that what else the machine does meets both. And how many statements of SQL it takes.

use std::time::{Duration, Instant};

use asktell_tests::{Random, Server};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{Place, connection::Connection, times::median_and_spread};

const WORKERS: [usize; 3] = [1, 8, 64];
const TRIALS: [usize; 3] = [1_000, 10_000, 100_000];
const PAIRS: u32 = 9;
/// Of how many slices, in turn, each half of a pair is put together: what else the machine does changes slowly.
const SLICES: u32 = 8;
/// How many results go in one call.
const CHUNK: usize = 10_000;

pub(super) async fn run(place: &Place, time: Duration) {
    let ground = place.ground().await;
    let server = ground.server(&[]).await;
    let address = server.client.address();
    println!();
    println!(
        "Cycles of ask and tell through HTTP, {PAIRS} pairs of {:.1} s on an empty and {:.1} s on a full task, in {SLICES} slices in turn:",
        time.as_secs_f64(),
        time.as_secs_f64()
    );
    println!();
    println!(
        "| trials in the full task | workers | cycles per second: empty | full | median of the {PAIRS} ratios | from | to |"
    );
    println!("|---|---|---|---|---|---|---|");
    for trials in TRIALS {
        let full = filled_task(address, trials).await;
        for workers in WORKERS {
            let (mut empty_rates, mut full_rates, mut ratios) = (vec![], vec![], vec![]);
            let mut connections = open(address, workers).await;
            for pair in 0..PAIRS {
                let empty = connections[0].running_task("").await;
                let (mut done, mut took) = ([0.0; 2], [0.0; 2]);
                for slice in 0..SLICES {
                    // Each is first as often as the other.
                    for turn in if (pair + slice) % 2 == 0 { [0, 1] } else { [1, 0] } {
                        let task = [&*empty, &*full][turn];
                        let (cycles, seconds) = cycles(&mut connections, task, time / SLICES).await;
                        done[turn] += cycles;
                        took[turn] += seconds;
                    }
                }
                let rates = [done[0] / took[0], done[1] / took[1]];
                empty_rates.push(rates[0]);
                full_rates.push(rates[1]);
                ratios.push(rates[1] / rates[0]);
            }
            let (ratio, low, high) = median_and_spread(&ratios);
            let (empty, ..) = median_and_spread(&empty_rates);
            let (full, ..) = median_and_spread(&full_rates);
            println!(
                "| {trials} | {workers} | {empty:.0} | {full:.0} | {ratio:.2} | {low:.2} | {high:.2} |"
            );
        }
    }
    assert!(server.stop().await.success());
    statements(place).await;
}

/// A task that has as many results.
async fn filled_task(address: &str, trials: usize) -> String {
    let mut connection = Connection::open(address).await;
    let task = connection.running_task("").await;
    let mut random = Random::new(trials as u64);
    let mut number = || {
        let thousandths = u32::try_from(random.within(0, 1_000_000)).expect("small");
        f64::from(thousandths) / 1e6
    };
    let mut left = trials;
    while left > 0 {
        let chunk = left.min(CHUNK);
        let results: Vec<Value> = (0..chunk)
            .map(|_| {
                json!({
                    "point": { "x": number(), "y": number() },
                    "outcome": { "values": [{ "objective": "loss", "value": number() }] },
                })
            })
            .collect();
        connection.add_results(&task, results).await;
        left -= chunk;
    }
    task
}

async fn open(address: &str, workers: usize) -> Vec<Connection> {
    let mut connections = Vec::new();
    for _ in 0..workers {
        connections.push(Connection::open(address).await);
    }
    connections
}

/// How many cycles workers on one task do in about that time, and the seconds that it took.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
async fn cycles(connections: &mut [Connection], task: &str, time: Duration) -> (f64, f64) {
    let start = Instant::now();
    let working = connections.iter_mut().enumerate().map(|(worker, connection)| async move {
        let (mut done, mut random) = (0_usize, Random::new(worker as u64));
        while start.elapsed() < time {
            cycle(connection, task, &mut random).await;
            done += 1;
        }
        done
    });
    let done: usize = join_all(working).await.into_iter().sum();
    (done as f64, start.elapsed().as_secs_f64())
}

async fn cycle(connection: &mut Connection, task: &str, random: &mut Random) {
    let trial = connection.ask(Some(task), 0).await.expect("a trial");
    let value = u32::try_from(random.within(0, 1_000_000)).expect("small");
    connection.tell(&trial, f64::from(value) / 1e6).await;
}

/// Counts what the server says that it sends to the database, in a run of its own: telling takes time.
#[expect(clippy::cast_precision_loss, reason = "a mean")]
async fn statements(place: &Place) {
    const CYCLES: usize = 200;
    println!();
    println!(
        "SQL statements of a cycle (BEGIN, SAVEPOINT and COMMIT aside; without what the server does by itself):"
    );
    println!();
    println!("| workers | cycles | statements | for each cycle |");
    println!("|---|---|---|---|");
    for workers in WORKERS {
        let ground = place.ground().await;
        let server = ground.server(&["--log", "asktell::sql=trace"]).await;
        let address = server.client.address();
        let task = Connection::open(address).await.running_task("").await;
        // What it does by itself, in the same time.
        let (before, start) = (counted(&server), Instant::now());
        tokio::time::sleep(Duration::from_secs(2)).await;
        let idle = (counted(&server) - before) as f64 / start.elapsed().as_secs_f64();

        let (before, start) = (counted(&server), Instant::now());
        let working = (0..workers).map(|worker| {
            let task = &task;
            async move {
                let mut connection = Connection::open(address).await;
                let mut random = Random::new(worker as u64);
                for _ in 0..CYCLES {
                    cycle(&mut connection, task, &mut random).await;
                }
            }
        });
        join_all(working).await;
        let by_itself = idle * start.elapsed().as_secs_f64();
        let counted = (counted(&server) - before) as f64 - by_itself;
        let cycles = workers * CYCLES;
        println!("| {workers} | {cycles} | {counted:.0} | {:.1} |", counted / cycles as f64);
        assert!(counted > 0.0, "the server must tell of its statements");
        assert!(server.stop().await.success());
    }
}

/// How many statements a server has told of.
fn counted(server: &Server) -> usize {
    const ASIDE: [&str; 5] = ["BEGIN", "SAVEPOINT", "COMMIT", "RELEASE", "ROLLBACK"];
    let log = server.log();
    let told = log.lines().filter(|line| line.contains("asktell::sql"));
    told.filter(|line| !ASIDE.iter().any(|word| line.contains(word))).count()
}
