//! How long a worker waits for a point that a model proposes: one that is ready, and one that must be computed first. And
//! what the computing does to whoever wants something else of the server.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use asktell_tests::Random;
use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use crate::{
    Place,
    connection::{Connection, Leased},
    times::Times,
};

const DIMENSIONS: [usize; 3] = [2, 6, 20];
/// Results, and how many points are asked for.
const RESULTS: [(usize, usize); 5] = [(10, 100), (50, 100), (200, 60), (1_000, 20), (5_000, 10)];
/// Tasks that compute at once.
const COMPUTING: usize = 8;
/// How many times idle and busy take turns.
const TURNS: usize = 6;

pub(super) async fn run(place: &Place, time: Duration) {
    let ground = place.ground().await;
    let server = ground.server(&[]).await;
    let address = server.client.address();
    println!();
    println!("From ask to answer through HTTP, a task with the strategy AUTO, one worker:");
    println!();
    println!(
        "| parameters | results | ready point: p50 ms | p95 ms | computed first: p50 ms | p95 ms | `{{ __typename }}` p95 ms |"
    );
    println!("|---|---|---|---|---|---|---|");
    for dimensions in DIMENSIONS {
        for (results, rounds) in RESULTS {
            let measured = Waits::measure(address, dimensions, results, rounds).await;
            println!(
                "| {dimensions} | {results} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
                measured.ready.part(0.5),
                measured.ready.part(0.95),
                measured.computed.part(0.5),
                measured.computed.part(0.95),
                measured.nothing.part(0.95),
            );
        }
    }
    others(address, time).await;
    assert!(server.stop().await.success());
}

/// Milliseconds that asks took.
struct Waits {
    ready: Times,
    computed: Times,
    nothing: Times,
}

impl Waits {
    async fn measure(address: &str, dimensions: usize, results: usize, rounds: usize) -> Self {
        let mut worker = Worker::new(address, dimensions, results).await;
        let (mut ready, mut computed, mut nothing) = (vec![], vec![], vec![]);
        let mut trial = worker.ask().await;
        for _ in 0..rounds {
            // The result makes whatever was ready stale, so this one has to be computed.
            worker.tell(&trial).await;
            let (took, next) = worker.timed_ask().await;
            computed.push(took);
            trial = next;
        }
        let longest = computed.iter().copied().fold(0.0, f64::max);
        for _ in 0..rounds {
            worker.tell(&trial).await;
            // As if the next evaluation took a while: the point is computed meanwhile, from twice the results at most.
            sleep(Duration::from_secs_f64(longest * 4e-3 + 0.05)).await;
            let sent = Instant::now();
            worker.connection.nothing().await;
            nothing.push(millis(sent));
            let (took, next) = worker.timed_ask().await;
            ready.push(took);
            trial = next;
        }
        Self {
            ready: Times::new(ready),
            computed: Times::new(computed),
            nothing: Times::new(nothing),
        }
    }
}

/// A worker with a task of its own, whose result is a bowl with some noise.
struct Worker {
    connection: Connection,
    task: String,
    random: Random,
}

impl Worker {
    async fn new(address: &str, dimensions: usize, results: usize) -> Self {
        let mut connection = Connection::open(address).await;
        let task = connection.task_of(dimensions, "strategy:{kind:AUTO,seed:1}").await;
        let mut random = Random::new((dimensions * 10_000 + results) as u64);
        let given: Vec<Value> = (0..results)
            .map(|_| {
                let numbers: Vec<f64> = (0..dimensions).map(|_| unit(&mut random)).collect();
                let value = bowl(&numbers, &mut random);
                let names = (0..).map(|i| format!("x{i}"));
                let point: Map<String, Value> = names.zip(numbers.iter().map(|x| json!(x))).collect();
                json!({ "point": point, "outcome": { "values": [{ "objective": "loss", "value": value }] } })
            })
            .collect();
        connection.add_results(&task, given).await;
        Self { connection, task, random }
    }

    async fn ask(&mut self) -> Leased {
        self.connection.ask(Some(&self.task), 0).await.expect("a trial")
    }

    async fn timed_ask(&mut self) -> (f64, Leased) {
        let sent = Instant::now();
        let trial = self.ask().await;
        (millis(sent), trial)
    }

    async fn tell(&mut self, trial: &Leased) {
        let value = bowl(&trial.numbers, &mut self.random);
        self.connection.tell(trial, value).await;
    }
}

/// Other requests while eight tasks compute, against the same while nothing does, in turns.
async fn others(address: &str, time: Duration) {
    let mut workers = Vec::new();
    for _ in 0..COMPUTING {
        workers.push(Worker::new(address, 6, 200).await);
    }
    let mut other = Connection::open(address).await;
    let task = other.running_task("").await;
    let (mut idle, mut busy) = (Others::default(), Others::default());
    let mut points = 0;
    for _ in 0..TURNS {
        idle.measure(&mut other, &task, time).await;
        let stop = AtomicBool::new(false);
        let working = workers.iter_mut().map(|worker| work_until(worker, &stop));
        let measuring = async {
            busy.measure(&mut other, &task, time).await;
            stop.store(true, Ordering::Relaxed);
        };
        let (done, ()) = tokio::join!(join_all(working), measuring);
        points += done.iter().sum::<usize>();
    }
    println!();
    println!(
        "Other requests, one after the other, while {COMPUTING} workers ask and tell without a pause on {COMPUTING} tasks of 6 parameters and 200 results ({points} points computed), against the same while nothing else goes on:"
    );
    println!();
    println!("| request | idle: p50 ms | p99 ms | busy: p50 ms | p99 ms | ratio of p99 |");
    println!("|---|---|---|---|---|---|");
    idle.compare(busy);
}

async fn work_until(worker: &mut Worker, stop: &AtomicBool) -> usize {
    let mut done = 0;
    while !stop.load(Ordering::Relaxed) {
        let trial = worker.ask().await;
        worker.tell(&trial).await;
        done += 1;
    }
    done
}

/// Milliseconds of requests that have nothing to do with models.
#[derive(Default)]
struct Others {
    nothing: Vec<f64>,
    read: Vec<f64>,
    cycle: Vec<f64>,
}

impl Others {
    async fn measure(&mut self, connection: &mut Connection, task: &str, time: Duration) {
        let start = Instant::now();
        while start.elapsed() < time {
            let sent = Instant::now();
            connection.nothing().await;
            self.nothing.push(millis(sent));
            let sent = Instant::now();
            connection.read(task).await;
            self.read.push(millis(sent));
            let sent = Instant::now();
            let trial = connection.ask(Some(task), 0).await.expect("a trial");
            connection.tell(&trial, 0.5).await;
            self.cycle.push(millis(sent));
        }
    }

    fn compare(self, busy: Self) {
        let rows = [
            ("`{ __typename }`", self.nothing, busy.nothing),
            ("a task and ten of its results", self.read, busy.read),
            ("ask and tell, SOBOL", self.cycle, busy.cycle),
        ];
        for (request, idle, busy) in rows {
            let (idle, busy) = (Times::new(idle), Times::new(busy));
            println!(
                "| {request} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
                idle.part(0.5),
                idle.part(0.99),
                busy.part(0.5),
                busy.part(0.99),
                busy.part(0.99) / idle.part(0.99),
            );
        }
    }
}

fn bowl(numbers: &[f64], random: &mut Random) -> f64 {
    let squares: f64 = numbers.iter().map(|x| (x - 0.3).powi(2)).sum();
    squares + 0.01 * unit(random)
}

fn unit(random: &mut Random) -> f64 {
    f64::from(u32::try_from(random.within(0, 1_000_000)).expect("small")) / 1e6
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
