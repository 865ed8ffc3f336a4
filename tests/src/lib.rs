//! The harness of the black-box tests: the real `asktell` binary as a child process on a fresh
//! database, spoken to over HTTP and WebSocket and stopped by signals, as an operator would. Nothing
//! here knows the server's insides.
//!
//! When an [`App`] is dropped the server is stopped, must end with exit code 0, and `asktell check`
//! must find the database consistent: every test ends with that.

#![expect(clippy::missing_panics_doc, reason = "a test fails by panicking")]

mod app;
mod binary;
mod client;
mod db;
mod disk;
mod proxy;
mod random;
mod raw;
mod reply;
mod server;
mod settings;
mod socket;
mod tasks;
mod wait;
mod workers;

pub use app::App;
pub use binary::{command, run, run_with_env};
pub use client::Client;
pub use db::{Database, Db};
pub use disk::{DiskFault, FaultyDisk};
pub use proxy::Proxy;
pub use random::Random;
pub use raw::{RawConnection, RawResponse};
pub use reply::{Failure, Reply};
pub use server::Server;
pub use settings::{
    ChaosSize, chaos_size, finding_queries, kill_rounds, migration_kills, queue_sequences, races,
    tail_events, tree_operations,
};
pub use socket::{End, Subscription};
pub use tasks::{EVENT, TASK, TRIAL, id_of, new_id, nodes, quadratic, quadratic_with, time};
pub use wait::{eventually, now, within};
pub use workers::{failed, lease_of, measured, token_of};
