//! `ask(waitSeconds)` waits for work rather than have workers hammer.

use std::time::{Duration, Instant};

use asktell_tests::{
    App, Client, Db, Reply, Server, eventually, id_of, measured, new_id, quadratic, token_of,
    within,
};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::JoinHandle};

/// How long an ask is watched before it counts as one that waits.
const MOMENT: Duration = Duration::from_millis(150);
/// Longer than any test has to wait: who comes back earlier was woken.
const LONG: f64 = 60.0;
/// A wake-up takes a hundredth of this; the rest is for a busy machine. The benchmark measures it.
const SOON: u64 = 10;

/// A task whose client enqueues its points: nothing to hand out until then.
fn empty() -> Value {
    let mut input = quadratic();
    input["strategy"] = json!({ "kind": "EXTERNAL" });
    input
}

fn point() -> Value {
    json!([{ "x": 1.0, "y": 1.0 }])
}

/// An ask that waits.
struct Waiter(JoinHandle<Reply>);

impl Waiter {
    /// Asks, and sees that there is no answer yet.
    async fn new(client: &Client, task: Option<&str>, seconds: f64) -> Self {
        let client = client.clone();
        let input = json!({
            "taskId": task, "waitSeconds": seconds, "worker": "patient", "capabilities": task.is_none().then(Vec::<String>::new),
        });
        let asking = async move { client.mutate_for("ask", input, ASKED).await };
        let mut waiter = Self(tokio::spawn(asking));
        waiter.still_waits().await;
        waiter
    }

    async fn still_waits(&mut self) {
        let early = tokio::time::timeout(MOMENT, &mut self.0).await;
        assert!(early.is_err(), "it did not wait: {early:?}");
    }

    async fn reply(self) -> Reply {
        within(SOON, "the waiting ask to wake", self.0).await.expect("the ask ends well")
    }

    async fn trials(self) -> Vec<Value> {
        let data = self.reply().await.data();
        data["ask"]["trials"].as_array().expect("trials").clone()
    }
}

async fn states(app: &App, task: &str) -> Vec<Value> {
    let trials = app.trials(task).await;
    trials.iter().map(|trial| trial["state"].clone()).collect()
}

#[rstest]
#[tokio::test]
async fn a_waiting_ask_wakes_when_a_point_is_enqueued(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(true, false)] by_name: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let waiter = Waiter::new(&app, by_name.then_some(&*task), LONG).await;
    let trial = app.enqueue(&task, point()).await.remove(0);
    let got = waiter.trials().await;
    assert_eq!(got.len(), 1);
    assert_eq!(got[0]["id"], trial["id"]);
    assert_eq!(token_of(&got[0]), 1);
}

#[rstest]
#[tokio::test]
async fn it_wakes_when_a_task_of_the_queue_is_started_or_resumed(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["budget"] = json!({ "maxRunning": 1 });
    let task = id_of(&app.create_task(input).await);
    let waiter = Waiter::new(&app, None, LONG).await;
    app.transition(&task, "RUNNING").await;
    let trial = waiter.trials().await.remove(0);

    app.transition(&task, "PAUSED").await;
    app.tell_with(&trial, token_of(&trial), 1.0).await;
    let waiter = Waiter::new(&app, None, LONG).await;
    app.transition(&task, "RUNNING").await;
    assert_eq!(waiter.trials().await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn an_ask_for_a_task_that_is_not_running_yet_waits_for_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = id_of(&app.create_task(quadratic()).await);
    let waiter = Waiter::new(&app, Some(&task), LONG).await;
    app.transition(&task, "RUNNING").await;
    assert_eq!(waiter.trials().await.len(), 1);

    app.transition(&task, "PAUSED").await;
    let waiter = Waiter::new(&app, Some(&task), LONG).await;
    app.transition(&task, "RUNNING").await;
    assert_eq!(waiter.trials().await.len(), 1);

    // Why there is nothing is said at the end.
    app.transition(&task, "PAUSED").await;
    let waiter = Waiter::new(&app, Some(&task), 0.6).await;
    let error = waiter.reply().await.error();
    assert_eq!((error.code(), error.detail("status")), ("TASK_NOT_RUNNING", &json!("PAUSED")));
}

#[rstest]
#[tokio::test]
async fn it_wakes_when_a_trial_comes_back(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("expiry", "release", "retry")] how: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = empty();
    input["trialPolicy"] = json!({ "retryOn": "ALL_FAILURES", "backoffSeconds": 0.7 });
    let task = app.running_task(input).await;
    app.enqueue(&task, point()).await;
    let seconds = if how == "expiry" { 1.0 } else { 600.0 };
    let lost = app.lease(&task, seconds).await;
    let waiter = Waiter::new(&app, Some(&task), LONG).await;
    let token = token_of(&lost);
    match how {
        "release" => {
            app.release(json!([{ "trialId": lost["id"], "token": token }])).await;
        }
        // After a backoff that nobody tells of when it is over.
        "retry" => {
            let failure = json!({ "failure": { "reason": "a bubble" } });
            let input = json!({ "trialId": lost["id"], "leaseToken": token, "outcome": failure });
            app.tell_for(input).await;
        }
        _ => {}
    }
    let got = waiter.trials().await.remove(0);
    assert_eq!((&got["id"], token_of(&got)), (&lost["id"], token + 1));
}

#[rstest]
#[tokio::test]
async fn it_wakes_when_a_place_is_free(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("tell", "update")] how: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["budget"] = json!({ "maxRunning": 1 });
    let task = app.running_task(input).await;
    let first = app.lease(&task, 600.0).await;
    let waiter = Waiter::new(&app, Some(&task), LONG).await;
    if how == "tell" {
        app.tell_with(&first, token_of(&first), 1.0).await;
    } else {
        app.update_task(json!({ "id": task, "budget": { "maxRunning": 2 } })).await;
    }
    let got = waiter.trials().await.remove(0);
    assert_ne!(got["id"], first["id"]);
}

#[tokio::test]
async fn it_wakes_for_work_that_another_server_makes() {
    let Some(app) = App::start(Db::Postgres).await else { return };
    let other: Server = app.another_server().await;
    let task = app.running_task(empty()).await;
    for by_name in [true, false] {
        let waiter = Waiter::new(&other.client, by_name.then_some(&*task), LONG).await;
        app.enqueue(&task, point()).await;
        assert_eq!(waiter.trials().await.len(), 1);
    }
    assert!(other.stop().await.success());
}

#[rstest]
#[tokio::test]
async fn it_ends_with_nothing_when_its_time_is_over(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(true, false)] by_name: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let begin = Instant::now();
    let waiter = Waiter::new(&app, by_name.then_some(&*task), 0.5).await;
    assert_eq!(waiter.trials().await, [Value::Null; 0], "nothing to hand out is not an error");
    assert!(begin.elapsed() >= Duration::from_millis(500), "{:?}", begin.elapsed());
}

#[rstest]
#[tokio::test]
async fn it_ends_at_once_when_its_task_does(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("COMPLETED", "FAILED", "by itself")] how: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["budget"] = json!({ "maxTrials": 1 });
    let task = app.running_task(input).await;
    let trial = app.lease(&task, 600.0).await;
    let waiter = Waiter::new(&app, Some(&task), LONG).await;
    let status = if how == "by itself" {
        app.tell_with(&trial, token_of(&trial), 1.0).await;
        "COMPLETED"
    } else {
        app.transition(&task, how).await;
        how
    };
    let error = waiter.reply().await.error();
    assert_eq!(error.code(), "TASK_NOT_RUNNING");
    assert_eq!(error.detail("status"), status);
}

#[rstest]
#[tokio::test]
async fn nothing_is_leased_to_a_caller_that_has_gone(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(true, false)] by_name: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let input = if by_name {
        json!({ "taskId": task, "waitSeconds": LONG })
    } else {
        json!({ "waitSeconds": LONG })
    };
    let body = json!({
        "query": "mutation ($input: AskInput!) { ask(input: $input) { trials { id } } }",
        "variables": { "input": input },
    })
    .to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        app.address(),
        body.len()
    );
    let mut connections = Vec::new();
    for _ in 0..5 {
        let mut connection = TcpStream::connect(app.address()).await.expect("the server listens");
        connection.write_all(request.as_bytes()).await.expect("the server reads");
        connections.push(connection);
    }
    // They wait by now, and have no answer.
    let answers = futures_util::future::select_all(
        connections.iter().map(|connection| Box::pin(connection.readable())),
    );
    assert!(tokio::time::timeout(MOMENT, answers).await.is_err(), "one did not wait");
    drop(connections);
    // The end of a connection reaches a server within a moment, but not before it is sent.
    tokio::time::sleep(MOMENT).await;
    app.enqueue(&task, point()).await;
    tokio::time::sleep(MOMENT).await;
    assert_eq!(states(&app, &task).await, ["WAITING"], "the callers have gone");
    let trial = app.lease(&task, 600.0).await;
    assert_eq!(token_of(&trial), 1, "it was never leased");
}

#[rstest]
#[tokio::test]
async fn of_two_that_wait_for_one_trial_one_gets_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(true, false)] by_name: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let name = by_name.then_some(&*task);
    let (one, two) = (Waiter::new(&app, name, LONG).await, Waiter::new(&app, name, LONG).await);
    app.enqueue(&task, point()).await;
    let (mut one, mut two) = (one.0, two.0);
    let (first, mut second) = tokio::select! {
        reply = &mut one => (reply, Waiter(two)),
        reply = &mut two => (reply, Waiter(one)),
        () = tokio::time::sleep(Duration::from_secs(SOON)) => panic!("none wakes"),
    };
    let first = first.expect("the ask ends well").data()["ask"]["trials"][0].clone();
    second.still_waits().await;
    assert_eq!(states(&app, &task).await, ["RUNNING"]);
    app.enqueue(&task, point()).await;
    let second = second.trials().await.remove(0);
    assert_ne!(first["id"], second["id"]);
}

/// Thirty waiters and thirty points, one after the other: each gets one, and none sleeps on.
#[rstest]
#[tokio::test]
async fn no_wake_up_is_lost(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let ask = async |n: usize| {
        let name = n.is_multiple_of(2).then_some(&*task);
        let input = json!({ "taskId": name, "waitSeconds": LONG });
        let data = app.mutate_for("ask", input, "trials { id }").await.data();
        id_of(&data["ask"]["trials"][0])
    };
    let asking = futures_util::future::join_all((0..30).map(ask));
    let enqueuing = async {
        for _ in 0..30 {
            app.enqueue(&task, point()).await;
        }
    };
    let both = futures_util::future::join(asking, enqueuing);
    let (mut got, ()) = within(20, "all thirty", both).await;
    got.sort();
    got.dedup();
    assert_eq!(got.len(), 30, "each trial went to one of them");
}

#[rstest]
#[tokio::test]
async fn a_server_that_stops_lets_its_waiters_go(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let waiter = Waiter::new(&app, Some(&task), LONG).await;
    let begin = Instant::now();
    app.stop().await;
    assert!(begin.elapsed() < Duration::from_secs(SOON), "it took {:?}", begin.elapsed());
    // With nothing, or with an error: both say that it may ask again.
    let _ = within(SOON, "the end of the ask", waiter.0).await;
}

const ASKED: &str = "trials { id lease { token } }";

const WORK: &str = "subscription ($task: ID, $can: [String!]) {
    workAvailable(taskId: $task, capabilities: $can) { taskId task { id status } } }";

#[rstest]
#[tokio::test]
async fn a_subscription_tells_of_work(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let told = json!({ "taskId": task, "task": { "id": task, "status": "RUNNING" } });
    let mut of_task = app.subscribe(WORK, json!({ "task": task })).await;
    let mut of_all = app.subscribe(WORK, json!({ "can": ["robot"] })).await;
    assert_eq!(of_task.comes_soon().await, None, "there is nothing yet");

    app.enqueue(&task, point()).await;
    for subscription in [&mut of_task, &mut of_all] {
        assert_eq!(subscription.take(1).await[0], told);
    }
    // Who comes while there is work is told at once.
    let mut later = app.subscribe(WORK, json!({ "task": task })).await;
    assert_eq!(later.take(1).await[0], told);

    // And again each time that it appears.
    let trial = app.lease(&task, 600.0).await;
    app.tell_with(&trial, token_of(&trial), 1.0).await;
    app.enqueue(&task, point()).await;
    for subscription in [&mut of_task, &mut of_all, &mut later] {
        assert_eq!(subscription.take(1).await[0], told);
    }
}

#[rstest]
#[tokio::test]
async fn a_subscription_tells_only_of_work_that_the_worker_can_do(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut labelled = empty();
    labelled["labels"] = json!(["gpu", "robot"]);
    let (special, plain) = (app.running_task(labelled).await, app.running_task(empty()).await);
    let mut some = app.subscribe(WORK, json!({ "can": ["robot"] })).await;
    let mut all = app.subscribe(WORK, json!({ "can": ["robot", "gpu", "oven"] })).await;
    app.enqueue(&special, point()).await;
    assert_eq!(all.take(1).await[0]["taskId"], special.as_str());
    app.enqueue(&plain, point()).await;
    assert_eq!(some.take(1).await[0]["taskId"], plain.as_str(), "the first that it is told of");
}

/// A worker that asks whenever it is told of work, until there is none, gets everything: also what
/// appears at the moment at which it has found nothing more.
#[rstest]
#[tokio::test]
async fn a_subscriber_that_asks_when_told_gets_everything(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(empty()).await;
    let mut work = app.subscribe(WORK, json!({ "task": task })).await;
    // As fast as can be: what is looked for now and then must not be missed in between.
    let enqueue = json!({ "taskId": task, "points": point() });
    for round in 0..100 {
        let _ = app.mutate_for("enqueueTrials", enqueue.clone(), "trials { id }").await.data();
        let mut got = 0;
        while got == 0 {
            within(SOON, &format!("round {round}"), work.take(1)).await;
            // All that is there: what comes afterwards is told of again.
            loop {
                let asked = app.mutate_for("ask", json!({ "taskId": task }), ASKED).await.data();
                let trial = &asked["ask"]["trials"][0];
                if trial.is_null() {
                    break;
                }
                let tell = measured(trial, Some(token_of(trial)), 1.0);
                let _ = app.mutate_for("tell", tell, "receipt").await.data();
                got += 1;
            }
        }
    }
}

#[rstest]
#[case::negative(-1.0)]
#[case::too_long(300.1)]
#[tokio::test]
async fn a_wait_has_its_bounds(#[case] seconds: f64) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let task = app.running_task(quadratic()).await;
    let input = json!({ "taskId": task, "waitSeconds": seconds });
    let error = app.mutate("ask", input).await.error();
    assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "input.waitSeconds"));
}

/// A runner that waits for a task.
#[rstest]
#[tokio::test]
async fn a_claim_waits_too(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let client = Client::clone(&app);
    let input = json!({ "runner": "cluster", "waitSeconds": LONG });
    let mut claiming = tokio::spawn(async move {
        client.mutate_for("claimTask", input, "task { id status } claim { token }").await
    });
    assert!(tokio::time::timeout(MOMENT, &mut claiming).await.is_err(), "it did not wait");
    let mut input = quadratic();
    input["id"] = json!(new_id());
    let id = id_of(&app.create_task(input).await);
    let claimed = within(SOON, "the claim", claiming).await.expect("the claim ends well").data();
    assert_eq!(claimed["claimTask"]["task"], json!({ "id": id, "status": "RUNNING" }));
    assert_eq!(claimed["claimTask"]["claim"]["token"], 1);
    eventually(SOON, "the task to run", async || {
        (app.task(&id).await["status"] == "RUNNING").then_some(())
    })
    .await;
}
