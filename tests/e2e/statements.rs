//! What the server asks of its database, and that what it keeps in memory is what the database says.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, Server, id_of, quadratic, run};
use rstest::rstest;
use serde_json::{Value, json};

const TRACED: [&str; 2] = ["--log", "info,asktell::sql=trace"];

const ASK: &str = "mutation ($task: ID!) { ask(input: { taskId: $task }) { trials { id point } } }";
const TELL: &str = "mutation ($input: TellInput!) { tell(input: $input) { trial { state } } }";

/// What the server looks for by itself, several times a second: leases, claims and deadlines that have
/// ended, and answers that are old.
const SWEEP: [&str; 5] = [
    r#"\"lease_expires_at\" <="#,
    r#"\"claim_expires_at\" <="#,
    r#"\"strategy_expires_at\" <="#,
    r#"\"deadline\" <="#,
    r#"\"idempotency\".\"at\" <"#,
];

/// The statements that a server has told of so far.
fn statements(server: &Server) -> Vec<String> {
    let log = server.log();
    let told = log.lines().filter(|line| line.contains("asktell::sql"));
    let asked = told.filter(|line| !SWEEP.iter().any(|sweep| line.contains(sweep)));
    asked.map(str::to_owned).collect()
}

/// Asks for one trial and tells its result, as a worker does; the statements of both.
async fn cycle(app: &App, task: &str) -> Vec<String> {
    let before = statements(app.server()).len();
    let data = app.graphql(ASK, json!({ "task": task })).await.data();
    let trial = &data["ask"]["trials"][0]["id"];
    let values = json!([{ "objective": "loss", "value": 0.5 }]);
    let input = json!({ "trialId": trial, "outcome": { "values": values } });
    let told = app.graphql(TELL, json!({ "input": input })).await.data();
    assert_eq!(told["tell"]["trial"]["state"], "COMPLETED");
    statements(app.server()).split_off(before)
}

#[rstest]
#[case::sqlite(Db::SqliteFile, 6)]
#[case::postgres(Db::Postgres, 4)]
#[tokio::test]
async fn a_cycle_of_ask_and_tell_takes_few_statements(#[case] db: Db, #[case] most: usize) {
    let Some(app) = App::start_with(db, &TRACED).await else { return };
    let task = app.running_task(quadratic()).await;
    for _ in 0..20 {
        let told = cycle(&app, &task).await;
        assert!(!told.is_empty(), "the log tells of statements");
        assert!(told.len() <= most, "{} statements:\n{}", told.len(), told.join("\n"));
    }
    // The same right after a start, when nothing is known yet: each thing is read once.
    let app = {
        let mut app = app;
        app.stop().await;
        app.start_again().await;
        app
    };
    let told = cycle(&app, &task).await;
    assert!(told.len() <= most + 3, "{} statements:\n{}", told.len(), told.join("\n"));
    let told = cycle(&app, &task).await;
    assert!(told.len() <= most, "{} statements:\n{}", told.len(), told.join("\n"));
}

#[tokio::test]
async fn without_the_filter_no_statement_is_told() {
    let app = App::start(Db::SqliteFile).await.expect("SQLite is always there");
    app.running_task(quadratic()).await;
    assert_eq!(statements(app.server()), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn of_many_who_ask_at_once_each_gets_a_trial_of_its_own(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start_with(db, &TRACED).await else { return };
    let task = app.running_task(quadratic()).await;
    let before = statements(app.server()).len();
    let asks = futures_util::future::join_all((0..64).map(|_| app.ask(&task, 1))).await;
    let numbers: BTreeSet<_> =
        asks.iter().flatten().filter_map(|trial| trial["number"].as_i64()).collect();
    assert_eq!(numbers, (1..=64).collect());
    let written = statements(app.server());
    let written = written[before..].iter().filter(|sql| sql.contains("INSERT INTO trial")).count();
    // How many come together is up to the machine (the writer's own tests hold what a group does).
    assert!((1..=64).contains(&written), "64 asks took {written} statements that write trials");
    let tells = asks.iter().flatten().map(|trial| app.tell(trial, 1.0));
    futures_util::future::join_all(tells).await;
    let told = app.task(&task).await;
    assert_eq!(told["trialCounts"]["completed"], 64);
    assert_eq!(told["sequence"], 2 + 128);
}

/// What a client gets who asks: a trial, or a code.
async fn ask(client: &Client, task: &str) -> Result<Value, String> {
    let reply = client.mutate("ask", json!({ "taskId": task })).await;
    if reply.is_error() {
        return Err(reply.error().code().to_owned());
    }
    Ok(reply.data()["ask"]["trials"][0].clone())
}

#[rstest]
#[tokio::test]
async fn what_another_process_has_written_is_seen_at_once(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let other = app.another_server().await;
    let task = app.running_task(quadratic()).await;
    for round in 0..4 {
        // Both know the task by now, and each learns of what the other does.
        let trial = ask(&app, &task).await.expect("a trial");
        assert_eq!(trial["number"], 2 * round + 1);
        let of_other = ask(&other.client, &task).await.expect("a trial");
        assert_eq!(of_other["number"], 2 * round + 2);
        other.client.tell(&trial, 0.5).await;
        let again = app.mutate("tell", told(&trial)).await.error();
        assert_eq!(again.code(), "INVALID_TRIAL_STATE");
        app.tell(&of_other, 0.25).await;
        let again = other.client.mutate("tell", told(&of_other)).await.error();
        assert_eq!(again.code(), "INVALID_TRIAL_STATE");
        // A refusal is no less true.
        other.client.transition(&task, "PAUSED").await;
        assert_eq!(ask(&app, &task).await, Err("TASK_NOT_RUNNING".to_owned()));
        app.transition(&task, "RUNNING").await;
        // Settings, too.
        let kind = if round % 2 == 0 { "RANDOM" } else { "SOBOL" };
        let strategy = json!({ "kind": kind, "seed": round });
        other.client.update_task(json!({ "id": task, "strategy": strategy })).await;
        let same = json!({ "id": task, "strategy": strategy, "name": format!("{round}") });
        app.update_task(same).await;
        let events = app.events_of(&task).await;
        let changes = events.last().expect("events")["changes"].as_array().expect("changes");
        assert_eq!(changes.len(), 1, "the name only: {changes:?}");
    }
    assert_eq!(app.task(&task).await["trialCounts"]["completed"], 8);
    assert!(other.stop().await.success());
}

fn told(trial: &Value) -> Value {
    let values = json!([{ "objective": "loss", "value": 1.0 }]);
    json!({ "trialId": trial["id"], "outcome": { "values": values } })
}

#[rstest]
#[tokio::test]
async fn a_task_that_is_imported_under_a_running_server_is_not_mixed_up(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(quadratic()).await;
    app.ask(&task, 3).await;
    let dir = app.database.directory().join("files");
    let command = |name: &str, more: &[&str]| {
        let folder = dir.to_string_lossy();
        let arguments = [&[name, &*folder, "--database", app.database.url()], more].concat();
        let output = run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    command("export", &[]);
    let later = app.ask(&task, 4).await;
    // The file knows of three trials only: the fourth is the next again, and the others are no more.
    command("import", &["--replace"]);
    assert_eq!(
        app.mutate("tell", told(&later[1])).await.error().code(),
        "TRIAL_NOT_FOUND",
        "its trial is gone"
    );
    assert_eq!(ask(&app, &task).await.expect("a trial")["number"], 4);
    app.tell(&later[0], 0.5).await;
    assert_eq!(app.task(&task).await["trialCounts"]["total"], 4);
}

#[rstest]
#[tokio::test]
async fn the_log_goes_on_where_it_ended_also_after_a_purge(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let kept = id_of(&app.create_task(quadratic()).await);
    let purged = app.running_task(quadratic()).await;
    app.delete_task(&purged).await;
    let cursor = app.log(None).await.last().expect("events")["cursor"].clone();
    let arguments = ["purge", "--deleted-before-days", "0", "--database", app.database.url()]
        .map(str::to_owned);
    assert!(run(arguments).status.success());
    assert_eq!(app.log(None).await.len(), 1, "the events of the other");
    app.transition(&kept, "RUNNING").await;
    let since = app.log(cursor.as_str()).await;
    assert_eq!(since.len(), 1, "a reader of what is purged misses nothing");
    assert_eq!(since[0]["taskId"], kept);
    let again = app.mutate("transitionTask", json!({ "id": purged, "to": "RUNNING" })).await;
    assert_eq!(again.error().code(), "TASK_NOT_FOUND");
}
