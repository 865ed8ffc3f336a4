//! Batches of 10,000 tasks, each one transaction: how long they take, and what those who read and write meanwhile see of
//! them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use asktell_tests::Server;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::{task::JoinHandle, time::sleep};

use crate::{Place, connection::Connection, times::Times};

/// How many tasks a batch is about.
const TASKS: usize = 10_000;
/// How often everything is done, each time with new tasks.
const ROUNDS: usize = 3;
/// How many clients read meanwhile; as many look at lists as at tasks.
const READERS: usize = 4;
/// How long each of them rests between two calls.
const REST: Duration = Duration::from_millis(20);
/// How long nothing is done beside reading and writing, for comparison.
const QUIET: Duration = Duration::from_secs(2);

/// What was measured of a batch, round by round.
#[derive(Default)]
struct Row {
    seconds: Vec<f64>,
    reads: Vec<f64>,
    writes: Vec<f64>,
}

pub(super) async fn run(place: &Place) {
    let ground = place.ground().await;
    let server = ground.server(&[]).await;
    let mut rows: Vec<(&str, Row)> = Vec::new();
    for round in 0..ROUNDS {
        let first = Connection::open(server.client.address()).await.running_task("").await;
        let quiet = Others::start(&server, &first).await;
        sleep(QUIET).await;
        note(&mut rows, "nothing", QUIET, quiet.stop().await);
        for (name, mutation, input) in batches(round) {
            let others = Others::start(&server, &first).await;
            let begin = Instant::now();
            let kind = format!("{}{}Input!", mutation[..1].to_uppercase(), &mutation[1..]);
            let answer = if mutation == "createTasks" { "tasks { version }" } else { "changed" };
            let document =
                format!("mutation ($input: {kind}) {{ {mutation}(input: $input) {{ {answer} }} }}");
            let data = server.client.graphql(&document, json!({ "input": input })).await.data();
            let took = begin.elapsed();
            let done = &data[mutation];
            let changed =
                done["tasks"].as_array().map_or(done["changed"].as_u64(), |t| Some(t.len() as u64));
            assert_eq!(changed, Some(TASKS as u64), "{name}: {done}");
            note(&mut rows, name, took, others.stop().await);
        }
    }
    println!();
    println!(
        "Batches of {TASKS} tasks, {ROUNDS} times each; meanwhile {READERS} clients read and one creates tasks, each one thing every {} ms:",
        REST.as_millis()
    );
    println!();
    println!(
        "| batch | seconds | the slowest | reads meanwhile: p50 ms | p99 ms | slowest | `createTask` meanwhile: slowest ms |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, Row { seconds, reads, writes }) in rows {
        let [seconds, reads, writes] = [seconds, reads, writes].map(Times::new);
        println!(
            "| {name} | {:.2} | {:.2} | {:.1} | {:.1} | {:.1} | {:.0} |",
            seconds.part(0.5),
            seconds.part(1.0),
            reads.part(0.5),
            reads.part(0.99),
            reads.part(1.0),
            writes.part(1.0),
        );
    }
    assert!(server.stop().await.success());
}

fn note(rows: &mut Vec<(&str, Row)>, name: &'static str, took: Duration, others: [Vec<f64>; 2]) {
    if !rows.iter().any(|(known, _)| *known == name) {
        rows.push((name, Row::default()));
    }
    let Some((_, row)) = rows.iter_mut().find(|(known, _)| *known == name) else { return };
    let [reads, writes] = others;
    row.seconds.push(took.as_secs_f64());
    row.reads.extend(reads);
    row.writes.extend(writes);
}

/// The batches of a round: what each does, its mutation and its input.
fn batches(round: usize) -> Vec<(&'static str, &'static str, Value)> {
    let tag = format!("round {round}");
    let again = format!("again {round}");
    let tasks: Vec<_> = (0..TASKS).map(|number| task(&tag, number)).collect();
    let filter = json!({ "tags": { "all": [tag] } });
    let on = |fields: Value| {
        let mut input = json!({ "filter": filter });
        let both = input.as_object_mut().zip(fields.as_object().cloned());
        if let Some((input, fields)) = both {
            input.extend(fields);
        }
        input
    };
    let deleted = json!({ "tags": { "all": [tag] }, "deleted": true });
    vec![
        ("createTasks", "createTasks", json!({ "tasks": tasks })),
        ("updateTasks: the priority", "updateTasks", on(json!({ "set": { "priority": 7 } }))),
        ("addTags", "addTags", on(json!({ "tags": ["seen", again] }))),
        ("removeTags", "removeTags", on(json!({ "tags": ["seen"] }))),
        ("renameTag", "renameTag", json!({ "from": again, "to": "once more" })),
        (
            "transitionTasks to RUNNING, a dry run",
            "transitionTasks",
            on(json!({ "to": "RUNNING", "dryRun": true })),
        ),
        ("transitionTasks to RUNNING", "transitionTasks", on(json!({ "to": "RUNNING" }))),
        ("transitionTasks to PAUSED", "transitionTasks", on(json!({ "to": "PAUSED" }))),
        ("deleteTasks", "deleteTasks", on(json!({}))),
        ("restoreTasks", "restoreTasks", json!({ "filter": deleted })),
    ]
}

fn task(tag: &str, number: usize) -> Value {
    json!({
        "name": format!("batch {number}"),
        "tags": [tag, "bench", format!("lab {}", number % 100)],
        "metadata": { "number": number },
        "strategy": { "kind": "SOBOL" },
        "parameterSpace": { "parameters": [{ "float": { "name": "x", "low": 0.0, "high": 1.0 } }] },
        "objectives": [{ "name": "yield", "direction": "MAXIMIZE" }],
    })
}

/// Those who read and write until they are stopped; they tell how many milliseconds each call took.
struct Others {
    stop: Arc<AtomicBool>,
    reading: Vec<JoinHandle<Vec<f64>>>,
    writing: JoinHandle<Vec<f64>>,
}

impl Others {
    async fn start(server: &Server, task: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut reading = Vec::new();
        for reader in 0..READERS {
            let query = if reader % 2 == 0 {
                r#"{"query":"{tasks(first:50,filter:{tags:{all:[\"lab 7\"]}}){nodes{id name status tags priority}}}"}"#.to_owned()
            } else {
                let query = format!(
                    "{{task(id:\"{task}\"){{name status version trialCounts{{completed}}}}}}"
                );
                json!({ "query": query }).to_string()
            };
            reading.push(calls(server, query, Arc::clone(&stop)).await);
        }
        let space = r#"{parameters:[{float:{name:\"x\",low:0,high:1}}]}"#;
        let objectives = r#"[{name:\"loss\",direction:MINIMIZE}]"#;
        let create = format!(
            r#"{{"query":"mutation{{createTask(input:{{parameterSpace:{space},objectives:{objectives}}}){{task{{id}}}}}}"}}"#
        );
        let writing = calls(server, create, Arc::clone(&stop)).await;
        Self { stop, reading, writing }
    }

    async fn stop(self) -> [Vec<f64>; 2] {
        self.stop.store(true, Ordering::Relaxed);
        let reads = join_all(self.reading).await.into_iter().flat_map(|one| one.expect("reads"));
        [reads.collect(), self.writing.await.expect("writes")]
    }
}

async fn calls(server: &Server, body: String, stop: Arc<AtomicBool>) -> JoinHandle<Vec<f64>> {
    let mut connection = Connection::open(server.client.address()).await;
    tokio::spawn(async move {
        let mut millis = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let sent = Instant::now();
            connection.call(&body).await;
            millis.push(sent.elapsed().as_secs_f64() * 1e3);
            sleep(REST).await;
        }
        millis
    })
}
