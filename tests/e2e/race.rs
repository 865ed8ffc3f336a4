//! Two workers tell the same trial at the same moment: one counts, the other gets what the policy of the task says.

use asktell_tests::{App, Client, Db, Server, eventually, id_of, quadratic, races, token_of};
use futures_util::{StreamExt as _, stream};
use rstest::rstest;
use serde_json::{Value, json};

/// How many pairs race at a time.
const LANES: usize = 8;

/// By which right the two tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    /// Both have the token of the lease that holds, and measured different values.
    TheSameToken,
    /// One worker tells one result twice.
    TheSameResult,
    /// The first has lost its lease, the second holds the trial now.
    OldAndNew,
}

/// A trial, and the tokens and values of the two that tell.
#[derive(Debug, Clone)]
struct Pair {
    trial: Value,
    tokens: [i64; 2],
    values: [f64; 2],
}

/// Which of the two counted, and what both were told.
struct Ended {
    pair: Pair,
    winner: usize,
    told: [String; 2],
}

async fn tell(client: &Client, pair: &Pair, which: usize) -> String {
    let input = json!({
        "trialId": pair.trial,
        "leaseToken": pair.tokens[which],
        "outcome": { "values": [{ "objective": "loss", "value": pair.values[which] }] },
    });
    let reply = client.mutate_for("tell", input, "receipt trial { state }").await;
    if reply.is_error() {
        return reply.error().code().to_owned();
    }
    let told = reply.data()["tell"].clone();
    let receipt = told["receipt"].as_str().expect("a receipt").to_owned();
    assert!(receipt != "COUNTED" || told["trial"]["state"] == "COMPLETED", "{told}");
    receipt
}

/// Both at once, now the one, now the other a hair ahead.
async fn race(clients: [&Client; 2], pair: Pair, first: usize) -> Ended {
    let mut told = [String::new(), String::new()];
    let second = 1 - first;
    let (a, b) =
        tokio::join!(tell(clients[first], &pair, first), tell(clients[second], &pair, second));
    told[first] = a;
    told[second] = b;
    let counted: Vec<_> = (0..2).filter(|which| told[*which] == "COUNTED").collect();
    assert!(counted.len() == 1, "one must count: {told:?} for {pair:?}");
    Ended { winner: counted[0], pair, told }
}

async fn ask(app: &App, task: &str, count: usize, seconds: f64) -> Vec<Value> {
    let input = json!({ "taskId": task, "count": count, "leaseSeconds": seconds });
    let data = app.mutate_for("ask", input, "trials { id number lease { token } }").await.data();
    let trials = data["ask"]["trials"].as_array().expect("trials").clone();
    assert_eq!(trials.len(), count);
    trials
}

/// Trials that two workers are about to tell.
async fn pairs(app: &App, task: &str, right: Right, count: usize) -> Vec<Pair> {
    let old = if right == Right::OldAndNew {
        let old = ask(app, task, count, 0.1).await;
        eventually(20, "the leases to expire", async || {
            (app.task(task).await["trialCounts"]["waiting"] == count).then_some(())
        })
        .await;
        Some(old)
    } else {
        None
    };
    let new = ask(app, task, count, 600.0).await;
    let old = old.unwrap_or_else(|| new.clone());
    let pairs = old.iter().zip(&new).enumerate().map(|(n, (old, new))| {
        assert_eq!(old["id"], new["id"], "what waits is handed out again by number");
        let tokens = [token_of(old), token_of(new)];
        assert_eq!(tokens[0] < tokens[1], right == Right::OldAndNew);
        let first = f64::from(u32::try_from(n).expect("a small number"));
        let second = if right == Right::TheSameResult { first } else { first + 0.5 };
        Pair { trial: new["id"].clone(), tokens, values: [first, second] }
    });
    pairs.collect()
}

/// What both must have been told.
fn expected(right: Right, policy: &str, winner: usize) -> [&'static str; 2] {
    let loser = match (right, policy) {
        (Right::TheSameResult, _) => "REPEATED",
        (_, "REJECT") => "LEASE_LOST",
        _ => "ATTACHED",
    };
    let mut told = [loser, loser];
    told[winner] = "COUNTED";
    told
}

fn check(trial: &Value, right: Right, policy: &str, ended: &Ended) {
    let Ended { pair, winner, told } = ended;
    assert_eq!(told, &expected(right, policy, *winner), "{right:?} under {policy}: {pair:?}");
    let (won, lost) = (pair.values[*winner], 1 - winner);
    assert_eq!(trial["state"], "COMPLETED");
    assert_eq!(trial["value"], won);
    assert_eq!(trial["values"], json!([{ "value": won }]));
    let attached = match told[lost].as_str() {
        "ATTACHED" => {
            json!([{ "leaseToken": pair.tokens[lost], "values": [{ "value": pair.values[lost] }] }])
        }
        _ => json!([]),
    };
    assert_eq!(trial["attachedResults"], attached, "{trial}");
    let late = right == Right::OldAndNew && *winner == 0;
    assert_eq!(trial["late"], late, "{trial}");
    assert!(!late || policy == "ACCEPT", "a lost lease counted under {policy}: {trial}");
    let outcomes: Vec<_> = trial["attempts"]
        .as_array()
        .expect("attempts")
        .iter()
        .map(|attempt| attempt["outcome"].as_str().unwrap_or("none"))
        .collect();
    match (right, late) {
        (Right::OldAndNew, true) => assert_eq!(outcomes, ["EXPIRED", "SUPERSEDED"]),
        (Right::OldAndNew, false) => assert_eq!(outcomes, ["EXPIRED", "COMPLETED"]),
        _ => assert_eq!(outcomes, ["COMPLETED"]),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_counts(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(Right::TheSameToken, Right::TheSameResult, Right::OldAndNew)] right: Right,
) {
    const TRIAL: &str = "id state value values { value } late attempts { outcome }
        attachedResults { leaseToken values { value } }";
    let Some(app) = App::start(db).await else { return };
    // On Postgres the two speak to different servers.
    let other: Option<Server> =
        if db == Db::Postgres { Some(app.another_server().await) } else { None };
    let clients = [&*app, other.as_ref().map_or(&*app, |server| &server.client)];
    // All of them once, on the database that most use; that the others agree is seen in fewer.
    let most = db == Db::SqliteFile && right != Right::TheSameResult;
    let all = if most { races() } else { races() / 5 };
    let mut first_won = 0;
    for (n, policy) in ["ACCEPT", "ATTACH", "REJECT"].into_iter().enumerate() {
        let count = (all + n) / 3;
        let mut input = quadratic();
        input["trialPolicy"] = json!({ "lateResults": policy });
        let task = app.running_task(input).await;
        let pairs = pairs(&app, &task, right, count).await;
        let races = pairs.into_iter().enumerate().map(|(n, pair)| race(clients, pair, n % 2));
        let ended: Vec<Ended> = stream::iter(races).buffered(LANES).collect().await;

        let trials = app.trials_with(&task, TRIAL, "").await;
        assert_eq!(trials.len(), count);
        for (trial, ended) in trials.iter().zip(&ended) {
            assert_eq!(id_of(trial), ended.pair.trial.as_str().unwrap_or_default());
            check(trial, right, policy, ended);
        }
        first_won += ended.iter().filter(|ended| ended.winner == 0).count();
        let best = ended.iter().map(|ended| ended.pair.values[ended.winner]).reduce(f64::min);
        let task = app.task(&task).await;
        assert_eq!(task["trialCounts"]["completed"], count);
        assert_eq!(task["bestValue"].as_f64(), best);
    }
    println!(
        "{db:?}: {all} races with {right:?}: one counted each time, {first_won} times the first of the two"
    );
    if let Some(server) = other {
        assert!(server.stop().await.success());
    }
}
