//! `kill -9` while eight clients write: what was acknowledged is there, nothing is half done.

use asktell_tests::{App, Client, Db, EVENT, id_of, kill_rounds, new_id, nodes, quadratic};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::sync::mpsc;

const WRITERS: usize = 8;

/// What one client did with a task of its own, by its own notes: the events that its acknowledged
/// mutations must have left, one each.
#[derive(Debug)]
struct Journal {
    task: String,
    acknowledged: Vec<String>,
}

/// Makes a task and works on it until the server is gone.
async fn work(client: Client, acknowledged: mpsc::UnboundedSender<()>) -> Journal {
    let mut journal = Journal { task: new_id(), acknowledged: Vec::new() };
    let _ = work_on(&client, &mut journal, &acknowledged).await;
    journal
}

/// Ends with the error of the connection.
async fn work_on(
    client: &Client,
    journal: &mut Journal,
    acknowledged: &mpsc::UnboundedSender<()>,
) -> Result<(), reqwest::Error> {
    let id = journal.task.clone();
    let mut note = |event: String| {
        journal.acknowledged.push(event);
        let _ = acknowledged.send(());
    };
    let mut input = quadratic();
    input["id"] = json!(id);
    let _ = client.try_mutate("createTask", input).await?.data();
    note("CREATED".into());
    let start = json!({ "id": id, "to": "RUNNING" });
    let _ = client.try_mutate("transitionTask", start).await?.data();
    note("CREATED to RUNNING".into());
    for n in 1.. {
        let data = client.try_mutate("ask", json!({ "taskId": id })).await?.data();
        let trial = data["ask"]["trials"][0].clone();
        note(format!("trial {n} {}", trial["point"]));
        let values = json!([{ "objective": "loss", "value": f64::from(n) / 8.0 }]);
        let tell = json!({ "trialId": trial["id"], "outcome": { "values": values } });
        let _ = client.try_mutate("tell", tell).await?.data();
        note(format!("told {n} {}", f64::from(n) / 8.0));
        let update = json!({ "id": id, "metadata": { "n": n } });
        let _ = client.try_mutate("updateTask", update).await?.data();
        note(format!("n = {n}"));
    }
    Ok(())
}

/// An event in the words of the journal.
fn in_words(event: &Value) -> String {
    match event["kind"].as_str() {
        Some("CREATED") => "CREATED".into(),
        Some("STATUS_CHANGED") => {
            let word = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
            format!("{} to {}", word("from"), word("to"))
        }
        Some("TRIAL_CREATED") => format!("trial {} {}", event["trialNumber"], event["point"]),
        Some("TRIAL_STATE_CHANGED") => {
            format!(
                "told {} {}",
                event["trialNumber"],
                event["values"][0]["value"].as_f64().unwrap_or(f64::NAN)
            )
        }
        Some("UPDATED") => format!("n = {}", event["changes"][0]["new"]["n"]),
        _ => panic!("an unexpected event: {event}"),
    }
}

/// The task has every acknowledged change, and at most the one that was under way.
async fn compare(app: &Client, journal: &Journal) {
    let query = format!(
        "query ($id: ID!, $after: String) {{ task(id: $id) {{ version sequence metadata
        trialCounts {{ total completed }} events(first: 400, after: $after) {{
        nodes {{ ...Event }} pageInfo {{ hasNextPage endCursor }} }} }} }} {EVENT}"
    );
    let mut after = Value::Null;
    let mut events = Vec::new();
    let task = loop {
        let variables = json!({ "id": journal.task, "after": after });
        let task = app.graphql(&query, variables).await.data()["task"].clone();
        if task.is_null() {
            assert!(journal.acknowledged.is_empty(), "an acknowledged task is lost: {journal:?}");
            return;
        }
        events.extend(nodes(&task["events"]));
        if task["events"]["pageInfo"]["hasNextPage"] == false {
            break task;
        }
        after = task["events"]["pageInfo"]["endCursor"].clone();
    };
    let told: Vec<_> = events.iter().map(in_words).collect();
    assert!(told.starts_with(&journal.acknowledged), "lost: {journal:?}, there are {told:?}");
    assert!(
        told.len() <= journal.acknowledged.len() + 1,
        "too much: {journal:?}, there are {told:?}"
    );

    let last = events.last().expect("an event");
    assert_eq!((&task["version"], &task["sequence"]), (&last["version"], &last["sequence"]));
    assert_eq!(task["sequence"], events.len());
    let count = |start: &str| told.iter().filter(|event| event.starts_with(start)).count();
    assert_eq!(task["trialCounts"]["total"], count("trial "));
    assert_eq!(task["trialCounts"]["completed"], count("told "));
    if let Some(n) = told.iter().rev().find_map(|event| event.strip_prefix("n = ")) {
        assert_eq!(task["metadata"]["n"].to_string(), n);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_change_outlives_a_kill(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let mut journals: Vec<Journal> = Vec::new();
    let mut acknowledged = 0;
    for round in 0..kill_rounds() {
        let (say, mut said) = mpsc::unbounded_channel();
        let writers: Vec<_> =
            (0..WRITERS).map(|_| tokio::spawn(work(Client::clone(&app), say.clone()))).collect();
        drop(say);
        // Each time at another moment.
        for _ in 0..50 + 37 * (round % 7) {
            said.recv().await.expect("the writers write");
        }
        app.kill();
        let mut of_round = Vec::new();
        for writer in writers {
            of_round.push(writer.await.expect("the writer ends with the connection"));
        }
        app.database.check();
        app.start_again().await;
        for journal in &of_round {
            compare(&app, journal).await;
            acknowledged += journal.acknowledged.len();
        }
        journals.extend(of_round);
    }
    // Later kills have not touched what earlier ones left.
    for journal in &journals {
        compare(&app, journal).await;
    }
    // And the server goes on where it was.
    let id = id_of(&app.create_task(quadratic()).await);
    assert_eq!(app.transition(&id, "RUNNING").await["version"], 2);
    println!("{db:?}: {} kills, {acknowledged} acknowledged changes, all there", kill_rounds());
}
