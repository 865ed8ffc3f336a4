//! How fast the server is, as ratios in one run. Prints Markdown tables.
//!
//! - `writes`: durable transactions straight to SQLite, against `createTask` and `transitionTask` through HTTP with 1, 8
//!   and 64 clients, on the same disk;
//! - `cycles`: ask and tell with 1, 8 and 64 workers, on tasks with up to 100,000 trials against empty ones, and the SQL
//!   statements that it takes;
//! - `queue`: a queue of 1,000 tasks and 64 workers that ask for whatever comes next;
//! - `points`: how long a worker waits for a point of a model, ready or not, and what the computing does to others;
//! - `wake`: how fast a worker that waits has what was enqueued;
//! - `batch`: batches of 10,000 tasks, and what others see of them meanwhile;
//! - `fan`: how fast a change reaches 1,000 and 10,000 subscribers, and what they cost. Only if it is named;
//! - `find`: lists of tasks, filtered and sorted, with 10,000 tasks and with `--tasks N` (1,000,000). Only if it is named.
//!   `--kept URL URL` names two databases to keep, which are filled if they are empty.
//!
//! `cargo run --release -p asktell-tests --bin bench` after `cargo build --release` does all of them; their names as
//! arguments choose some. `--seconds N` is the length of a measurement (of each half of a pair a fifth), `--database URL`
//! a Postgres server to make databases on, instead of SQLite files, any other argument the folder for those.

#![expect(clippy::print_stdout, reason = "it is a report")]

mod batch;
mod connection;
mod cycles;
mod fan;
mod find;
mod load;
mod machine;
mod points;
mod queue;
mod straight;
mod times;
mod wake;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use asktell_tests::{Database, Server, new_id};
use load::{Load, Measured};

const CLIENTS: [usize; 3] = [1, 8, 64];

const ALL: [&str; 6] = ["writes", "cycles", "queue", "wake", "points", "batch"];

/// It takes long, and much room.
const FIND: &str = "find";

/// It takes 10,000 sockets.
const FAN: &str = "fan";

/// Where tasks are kept.
struct Place {
    folder: PathBuf,
    /// A Postgres server; else SQLite files.
    postgres: Option<String>,
}

/// A fresh database.
struct Ground {
    folder: PathBuf,
    url: String,
    /// Goes away with this.
    database: Option<Database>,
}

impl Place {
    async fn ground(&self) -> Ground {
        let database = match &self.postgres {
            Some(server) => Some(Database::fresh_on(server.clone()).await),
            None => None,
        };
        let url = match &database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite:{}", self.folder.join(format!("{}.db", new_id())).display()),
        };
        Ground { folder: self.folder.clone(), url, database }
    }

    /// A database that stays.
    fn kept(&self, url: &str) -> Ground {
        Ground { folder: self.folder.clone(), url: url.to_owned(), database: None }
    }
}

impl Ground {
    async fn server(&self, arguments: &[&str]) -> Server {
        Server::start_with(&self.url, &self.folder, arguments).await
    }

    fn takes_two_servers(&self) -> bool {
        self.database.is_some()
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut seconds, mut tasks, mut folder, mut database) = (10, 1_000_000, None, None);
    let mut kept = None;
    let mut chosen = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => {
                seconds = arguments.next().and_then(|n| n.parse().ok()).expect("--seconds N");
            }
            "--tasks" => {
                tasks = arguments.next().and_then(|n| n.parse().ok()).expect("--tasks N");
            }
            "--kept" => {
                kept = arguments.next().zip(arguments.next()).map(|(small, large)| [small, large]);
                assert!(kept.is_some(), "--kept URL URL");
            }
            "--database" => database = Some(arguments.next().expect("--database URL")),
            name if ALL.contains(&name) || [FIND, FAN].contains(&name) => chosen.push(argument),
            _ => folder = Some(argument),
        }
    }
    let dir = folder
        .map_or_else(tempfile::tempdir, tempfile::tempdir_in)
        .expect("a folder for the database");
    let time = Duration::from_secs(seconds);
    let named = |name: &str| chosen.iter().any(|one| one == name);
    let (find, fan) = (named(FIND), named(FAN));
    let chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);
    // The yardstick is SQLite.
    if chosen("writes") && database.is_none() {
        writes(dir.path(), time).await;
    }
    let place = Place { folder: dir.path().to_owned(), postgres: database };
    if chosen("cycles") {
        cycles::run(&place, time / 5).await;
    }
    if chosen("queue") {
        queue::run(&place, time).await;
    }
    if chosen("wake") {
        wake::run(&place).await;
    }
    if chosen("points") {
        points::run(&place, time / 5).await;
    }
    if chosen("batch") {
        batch::run(&place).await;
    }
    if fan {
        fan::run(&place).await;
    }
    if find {
        find::run(&place, tasks, kept).await;
    }
}

async fn writes(dir: &Path, time: Duration) {
    let file = dir.join("bench.db");
    let database = format!("sqlite:{}", file.display());
    // The server makes the file and its tables; the straight writer uses them.
    assert!(Server::start(&database, dir).await.stop().await.success());
    println!("one fsync of 4 KiB: {:.2} ms (median of 200)", machine::fsync_millis(dir));
    println!();
    println!("| what | clients | per second | × straight | p50 ms | p99 ms | both cores busy |");
    println!("|---|---|---|---|---|---|---|");
    let straight = straight::transactions_per_second(&file, time).await;
    println!("| straight to SQLite, one row each | 1 | {straight:.0} | 1.0 | | | |");

    let server = Server::start(&database, dir).await;
    let mut acknowledged = 0;
    for clients in CLIENTS {
        let measured = Load::create_tasks(server.client.address(), clients, time).await;
        acknowledged += measured.acknowledged();
        print_row("createTask", clients, &measured, straight);
    }
    for clients in CLIENTS {
        let measured = Load::transitions(server.client.address(), clients, time).await;
        acknowledged += measured.acknowledged() + measured.prepared();
        print_row("transitionTask", clients, &measured, straight);
    }
    for clients in CLIENTS {
        let measured = Load::nothing(server.client.address(), clients, time / 2).await;
        print_row("`{ __typename }`, for comparison", clients, &measured, straight);
    }
    let again = straight_after(server, &file, time, acknowledged).await;
    println!(
        "| straight to SQLite, once more at the end | 1 | {again:.0} | {:.1} | | | |",
        again / straight
    );
}

/// Counts the events against the acknowledgements, stops the server, and measures the straight way again.
async fn straight_after(server: Server, file: &Path, time: Duration, acknowledged: u64) -> f64 {
    assert!(server.stop().await.success());
    let events = straight::events(file).await;
    println!();
    println!("events in the log: {events}; mutations acknowledged: {acknowledged}");
    assert_eq!(events, acknowledged, "an event for each acknowledged change, and no other");
    println!();
    straight::transactions_per_second(file, time).await
}

fn print_row(what: &str, clients: usize, measured: &Measured, straight: f64) {
    println!(
        "| {what} | {clients} | {:.0} | {:.1} | {:.1} | {:.1} | {:.0} % |",
        measured.per_second(),
        measured.per_second() / straight,
        measured.times.part(0.50),
        measured.times.part(0.99),
        measured.busy() * 100.0,
    );
}
