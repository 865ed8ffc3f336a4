//! A disk that is full or fails: what is acknowledged is kept, what is not is refused with a code that says to retry,
//! the health check tells, and the server recovers by itself.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use asktell_tests::{Client, Database, Db, DiskFault, FaultyDisk, Server, eventually, new_id};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// The clients that write beside each other, so that their work is committed in groups.
const WRITERS: usize = 6;
/// How often the disk fails.
const FAILURES: usize = 20;

/// What the writers have seen.
#[derive(Debug, Default)]
struct Seen {
    acknowledged: BTreeSet<String>,
    refused: Vec<(String, Value)>,
}

fn input(id: &str) -> Value {
    // Several pages each, so that a transaction may fail anywhere in it.
    json!({ "id": id, "name": "Disk", "metadata": { "note": "x".repeat(20_000) } })
}

/// Makes tasks one after the other until told to stop.
fn write(client: &Client, stop: &Arc<AtomicBool>) -> JoinHandle<Seen> {
    let (client, stop) = (client.clone(), Arc::clone(stop));
    tokio::spawn(async move {
        let mut seen = Seen::default();
        while !stop.load(Ordering::Relaxed) {
            let id = new_id();
            let reply = client.mutate("createTask", input(&id)).await;
            if reply.is_error() {
                let error = reply.error();
                seen.refused.push((error.code().to_owned(), error.detail("retryable").clone()));
            } else {
                seen.acknowledged.insert(id);
            }
        }
        seen
    })
}

async fn health(client: &Client) -> u16 {
    client.get("/healthz").await.status().as_u16()
}

async fn is_refused(client: &Client) -> Option<()> {
    client.mutate("createTask", input(&new_id())).await.is_error().then_some(())
}

async fn is_taken(client: &Client) -> Option<()> {
    (!client.mutate("createTask", input(&new_id())).await.is_error()).then_some(())
}

/// Each acknowledged task is there.
async fn expect_all(client: &Client, acknowledged: &BTreeSet<String>) {
    let query = "query ($id: ID!) { task(id: $id) { id } }";
    for id in acknowledged {
        let data = client.graphql(query, json!({ "id": id })).await.data();
        assert_eq!(data["task"]["id"], *id, "an acknowledged task is lost");
    }
}

#[rstest]
#[case::full(DiskFault::Full, 1, "STORAGE_FULL")]
#[case::full_in_the_middle(DiskFault::Full, 7, "STORAGE_FULL")]
#[case::quota(DiskFault::Quota, 3, "STORAGE_UNAVAILABLE")]
#[case::broken_write(DiskFault::BrokenWrite, 5, "STORAGE_UNAVAILABLE")]
#[case::read_only(DiskFault::ReadOnly, 1, "STORAGE_UNAVAILABLE")]
#[case::broken_flush(DiskFault::BrokenFlush, 1, "STORAGE_UNAVAILABLE")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_while_the_disk_fails_is_kept(
    #[case] fault: DiskFault,
    #[case] every: usize,
    #[case] code: &str,
) {
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let disk = FaultyDisk::new(database.directory());
    let environment = disk.environment();
    let server = Server::start_in(database.url(), database.directory(), &environment).await;
    let client = server.client.clone();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS).map(|_| write(&client, &stop)).collect();
    for _ in 0..FAILURES {
        disk.fail(fault, every);
        eventually(30, "a refusal", async || is_refused(&client).await).await;
        disk.mend();
        eventually(30, "the recovery", async || is_taken(&client).await).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut seen = Seen::default();
    for writer in writers {
        let of_writer = writer.await.expect("the writer ends");
        seen.acknowledged.extend(of_writer.acknowledged);
        seen.refused.extend(of_writer.refused);
    }
    println!("{} acknowledged, {} refused", seen.acknowledged.len(), seen.refused.len());
    assert!(!seen.acknowledged.is_empty() && !seen.refused.is_empty());
    let others: Vec<_> = seen.refused.iter().filter(|refused| refused.0 != code).collect();
    assert!(others.is_empty(), "refused otherwise than with {code}: {others:?}");
    assert!(seen.refused.iter().all(|(_, retryable)| *retryable == true));

    expect_all(&client, &seen.acknowledged).await;
    // What only the memory of the server has would be gone with it.
    server.kill();
    let server = Server::start(database.url(), database.directory()).await;
    expect_all(&server.client, &seen.acknowledged).await;
    assert!(server.stop().await.success());
    database.check();
}

#[rstest]
#[case::full(DiskFault::Full)]
#[case::broken_write(DiskFault::BrokenWrite)]
#[case::broken_flush(DiskFault::BrokenFlush)]
#[tokio::test]
async fn the_health_check_tells_while_writes_fail(#[case] fault: DiskFault) {
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let disk = FaultyDisk::new(database.directory());
    let environment = disk.environment();
    let server = Server::start_in(database.url(), database.directory(), &environment).await;
    let client = server.client.clone();
    assert_eq!(health(&client).await, 200);
    disk.fail(fault, 1);
    eventually(30, "a refusal", async || is_refused(&client).await).await;
    assert_eq!(health(&client).await, 503);
    assert_eq!(health(&client).await, 503, "it lasts");
    // Reads go on.
    let data = client.graphql("{ tasks(first: 1) { nodes { id } } }", json!({})).await.data();
    assert!(data["tasks"]["nodes"].is_array());
    disk.mend();
    // Nobody need write for the server to find out.
    eventually(30, "health", async || (health(&client).await == 200).then_some(())).await;
    assert!(is_taken(&client).await.is_some());
    assert!(server.stop().await.success());
    database.check();
}

/// A file system of a few megabytes, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a directory");
        let size = format!("size={megabytes}m");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn on_a_disk_that_is_really_full_as_many_are_kept_as_were_acknowledged() {
    let database = Database::fresh(Db::SqliteFile).await.expect("SQLite is always there");
    let Some(disk) = SmallDisk::mount(&database.directory().join("small"), 8) else {
        println!("skipped: only root can mount a file system");
        return;
    };
    let ballast = disk.0.join("ballast");
    std::fs::write(&ballast, vec![0_u8; 3 << 20]).expect("the ballast");
    let url = format!("sqlite:{}", disk.0.join("asktell.db").display());
    let server = Server::start(&url, database.directory()).await;
    let client = server.client.clone();
    let mut acknowledged = BTreeSet::new();
    let mut refused = 0;
    for _ in 0..600 {
        let id = new_id();
        let reply = client.mutate("createTask", input(&id)).await;
        if reply.is_error() {
            assert_eq!(reply.error().code(), "STORAGE_FULL");
            refused += 1;
        } else {
            acknowledged.insert(id);
        }
    }
    assert!(refused > 100, "{refused} of 600 were refused");
    assert_eq!(health(&client).await, 503);
    expect_all(&client, &acknowledged).await;
    std::fs::remove_file(&ballast).expect("the ballast is removed");
    eventually(30, "health", async || (health(&client).await == 200).then_some(())).await;
    for _ in 0..20 {
        let id = new_id();
        assert!(!client.mutate("createTask", input(&id)).await.is_error());
        acknowledged.insert(id);
    }
    server.kill();
    let server = Server::start(&url, database.directory()).await;
    expect_all(&server.client, &acknowledged).await;
    let data = server.client.graphql("{ tasks(first: 1) { totalCount } }", json!({})).await.data();
    assert_eq!(data["tasks"]["totalCount"], acknowledged.len(), "kept as many as acknowledged");
    assert!(server.stop().await.success());
}
