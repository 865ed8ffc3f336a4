//! How fast writes are, as ratios in one run: durable transactions straight to SQLite, against `createTask` and
//! `transitionTask` through HTTP with 1, 8 and 64 clients, on the same disk. Prints a Markdown table.
//!
//! `cargo run --release -p asktell-tests --bin bench` after `cargo build --release`; the folder for the database can be
//! given as an argument, the seconds of each measurement as `--seconds N`.

#![expect(clippy::print_stdout, reason = "it is a report")]

mod load;
mod machine;
mod straight;

use std::{path::Path, time::Duration};

use asktell_tests::Server;
use load::{Load, Measured};

const CLIENTS: [usize; 3] = [1, 8, 64];

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut seconds = 10;
    let mut folder = None;
    while let Some(argument) = arguments.next() {
        if argument == "--seconds" {
            seconds = arguments.next().and_then(|n| n.parse().ok()).expect("--seconds N");
        } else {
            folder = Some(argument);
        }
    }
    let dir = folder
        .map_or_else(tempfile::tempdir, tempfile::tempdir_in)
        .expect("a folder for the database");
    run(dir.path(), Duration::from_secs(seconds)).await;
}

async fn run(dir: &Path, time: Duration) {
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
        measured.percentile_millis(0.50),
        measured.percentile_millis(0.99),
        measured.busy() * 100.0,
    );
}
