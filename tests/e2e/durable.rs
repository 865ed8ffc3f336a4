//! What is acknowledged is on the disk. Killing a process does not show it, because the kernel keeps what was written;
//! so the settings are read back, and the flushes counted.

use std::process::Command;

use asktell_tests::{App, Db, new_id};
use serde_json::json;

const CREATE: &str = "mutation ($id: ID!) { createTask(input: { id: $id }) { task { id } } }";

async fn create(app: &App) {
    let reply = app.graphql(CREATE, json!({ "id": new_id() })).await;
    assert!(!reply.is_error(), "{}", reply.body);
}

#[tokio::test]
async fn the_writer_reads_back_that_it_flushes_every_commit() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let log = app.server().log();
    assert!(log.contains("journal_mode=wal synchronous=FULL"), "{log}");
}

#[tokio::test]
async fn each_acknowledged_group_is_flushed() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "strace is missing");
        println!("skipped: strace is missing");
        return;
    }
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    let trace = app.database.directory().join("trace");
    let mut strace = Command::new("strace")
        .args(["-f", "-e", "trace=fsync,fdatasync", "-o"])
        .arg(&trace)
        .args(["-p", app.server().process()])
        .spawn()
        .expect("strace starts");
    // One after the other: each is a group of its own. The first ones find out that strace has attached.
    let flushes = || {
        let text = std::fs::read_to_string(&trace).unwrap_or_default();
        text.lines().filter(|line| line.contains("sync(") && line.contains("= 0")).count()
    };
    let mut tries = 0;
    while flushes() == 0 {
        tries += 1;
        assert!(tries < 2_000, "no flush was seen");
        create(&app).await;
    }
    let before = flushes();
    for _ in 0..100 {
        create(&app).await;
    }
    let counted = flushes() - before;
    // Asked to end, it lets go of the server first.
    let asked = Command::new("kill").args(["-TERM", &strace.id().to_string()]).status();
    assert!(asked.expect("`kill` starts").success());
    strace.wait().expect("strace has ended");
    println!("100 acknowledged mutations, one at a time: {counted} flushes");
    assert!(counted >= 100, "100 acknowledged mutations, but {counted} flushes");
}
