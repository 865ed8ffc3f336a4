//! Keys that make a mutation safe to send twice. Every mutation of the schema is tried; a new one without a case fails.

use asktell_tests::{
    App, Client, Db, id_of, lease_of, measured, new_id, quadratic, quadratic_with, token_of,
};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

/// Two inputs of a mutation that both go well, one after the other.
struct Case {
    input: Value,
    other: Value,
}

/// The names of all mutations, and whether their input takes a key.
async fn mutations(app: &Client) -> Vec<(String, bool)> {
    let query = "{ __schema { mutationType { fields {
        name args { name type { ofType { inputFields { name } } } } } } } }";
    let schema = app.graphql(query, json!({})).await.data();
    let fields = schema["__schema"]["mutationType"]["fields"].as_array().expect("mutations");
    let takes_key = |field: &Value| {
        let input = field["args"][0]["type"]["ofType"]["inputFields"].as_array().expect("an input");
        input.iter().any(|field| field["name"] == "idempotencyKey")
    };
    fields
        .iter()
        .map(|field| (field["name"].as_str().expect("a name").to_owned(), takes_key(field)))
        .collect()
}

/// A fresh world for one mutation. None if nobody has thought of it yet.
async fn case(app: &Client, mutation: &str) -> Option<Case> {
    let task = app.running_task(quadratic()).await;
    let point = |x: f64| json!({ "x": x, "y": 1.0 });
    let result = |x: f64| {
        let outcome = json!({ "values": [{ "objective": "loss", "value": x }] });
        json!({ "point": { "x": x, "y": 1.0 }, "outcome": outcome })
    };
    let pair = |input: Value, other: Value| Some(Case { input, other });
    let leased = async || app.lease(&task, 600.0).await;
    let done = async || app.tell(&leased().await, 1.0).await["trial"].clone();
    let claimed = async || {
        app.create_task(quadratic_with(json!({ "priority": 1_000_000 }))).await;
        let claim = app.claim_task("runner", 600.0).await;
        json!({ "taskId": claim["task"]["id"], "token": claim["claim"]["token"] })
    };
    match mutation {
        "createTask" => {
            pair(quadratic(), quadratic_with(json!({ "name": "Another", "labels": ["gpu"] })))
        }
        "ask" => {
            let ask = |count: i32| json!({ "taskId": task, "count": count, "worker": "w" });
            pair(ask(2), ask(3))
        }
        "tell" => {
            let trial = leased().await;
            let tell = |value: f64| measured(&trial, Some(token_of(&trial)), value);
            pair(tell(1.0), tell(2.0))
        }
        "heartbeat" => {
            let lease = lease_of(&leased().await);
            let beat = |seconds: i32| json!({ "leases": [lease], "leaseSeconds": seconds });
            pair(beat(700), beat(800))
        }
        "reportTrial" => {
            let lease = lease_of(&leased().await);
            let report = |step: i32| {
                let values = json!([{ "objective": "loss", "value": 1.5 }]);
                json!({ "trialId": lease["trialId"], "leaseToken": lease["token"], "step": step, "values": values })
            };
            pair(report(1), report(2))
        }
        "releaseTrials" => {
            let release = |trial: &Value| json!({ "leases": [lease_of(trial)], "reason": "night" });
            pair(release(&leased().await), release(&leased().await))
        }
        "enqueueTrials" => {
            let enqueue = |x: f64| json!({ "taskId": task, "points": [point(x), point(x)] });
            pair(enqueue(1.0), enqueue(2.0))
        }
        "addResults" => {
            let add = |x: f64| json!({ "taskId": task, "results": [result(x), result(x)] });
            pair(add(1.0), add(2.0))
        }
        "skipTrials" => {
            let waiting = app.enqueue(&task, json!([point(1.0), point(2.0)])).await;
            let skip = |n: usize| json!({ "trialIds": [waiting[n]["id"]], "reason": "known" });
            pair(skip(0), skip(1))
        }
        "excludeTrial" => {
            let exclude = |trial: Value| json!({ "trialId": trial["id"], "reason": "dirty" });
            pair(exclude(done().await), exclude(done().await))
        }
        "includeTrial" => {
            let include = async || {
                let trial = done().await;
                app.exclude(&trial, "dirty").await;
                json!({ "trialId": trial["id"], "reason": "clean after all" })
            };
            pair(include().await, include().await)
        }
        "correctTrial" => {
            let trial = done().await;
            let correct = |value: f64| {
                let values = json!([{ "objective": "loss", "value": value }]);
                json!({ "trialId": trial["id"], "values": values, "reason": "calibration" })
            };
            pair(correct(3.0), correct(4.0))
        }
        "claimTask" => {
            app.create_task(quadratic_with(json!({ "priority": 1_000_000 }))).await;
            let claim = |runner: &str| json!({ "runner": runner, "leaseSeconds": 600 });
            pair(claim("r1"), claim("r2"))
        }
        "releaseTask" => pair(claimed().await, claimed().await),
        _ => case_of_task(app, &task, mutation).await,
    }
}

/// The same for the mutations of a task that is there.
async fn case_of_task(app: &Client, task: &str, mutation: &str) -> Option<Case> {
    let pair = |input: Value, other: Value| Some(Case { input, other });
    let created = async || id_of(&app.create_task(quadratic()).await);
    let deleted = async || id_of(&app.delete_task(&created().await).await);
    match mutation {
        "updateTask" => {
            pair(json!({ "id": task, "name": "new" }), json!({ "id": task, "name": "newer" }))
        }
        "revertTask" => {
            app.update_task(json!({ "id": task, "name": "new" })).await;
            app.update_task(json!({ "id": task, "name": "newer" })).await;
            pair(json!({ "id": task, "toVersion": 1 }), json!({ "id": task, "toVersion": 3 }))
        }
        "transitionTask" => {
            let to = |to: &str| json!({ "id": task, "to": to, "reason": "why" });
            pair(to("PAUSED"), to("FAILED"))
        }
        "deleteTask" => pair(json!({ "id": created().await }), json!({ "id": created().await })),
        "restoreTask" => pair(json!({ "id": deleted().await }), json!({ "id": deleted().await })),
        "cloneTask" => pair(json!({ "id": task }), json!({ "id": task, "name": "Another" })),
        "moveTask" => {
            let parent = created().await;
            pair(json!({ "id": task, "parentId": parent }), json!({ "id": task }))
        }
        "transitionSubtree" => {
            let to = |to: &str| json!({ "id": task, "to": to, "reason": "why" });
            pair(to("PAUSED"), to("FAILED"))
        }
        _ => case_of_many(app, task, mutation).await,
    }
}

/// The same for the mutations of many tasks.
async fn case_of_many(app: &Client, task: &str, mutation: &str) -> Option<Case> {
    let pair = |input: Value, other: Value| Some(Case { input, other });
    let created = async || id_of(&app.create_task(quadratic()).await);
    let deleted = async || id_of(&app.delete_task(&created().await).await);
    let of = |fields: Value| {
        let mut input = json!({ "ids": [task] });
        let fields = fields.as_object().expect("fields").clone();
        input.as_object_mut().expect("an input").extend(fields);
        input
    };
    match mutation {
        "createTasks" => pair(
            json!({ "tasks": [quadratic(), quadratic()] }),
            json!({ "tasks": [quadratic_with(json!({ "name": "Another" }))] }),
        ),
        "updateTasks" => {
            pair(of(json!({ "set": { "name": "a" } })), of(json!({ "set": { "name": "b" } })))
        }
        "transitionTasks" => pair(of(json!({ "to": "PAUSED" })), of(json!({ "to": "FAILED" }))),
        "deleteTasks" => {
            pair(json!({ "ids": [created().await] }), json!({ "ids": [created().await] }))
        }
        "restoreTasks" => {
            pair(json!({ "ids": [deleted().await] }), json!({ "ids": [deleted().await] }))
        }
        "moveTasks" => pair(of(json!({ "parentId": created().await })), of(json!({}))),
        "addTags" => pair(of(json!({ "tags": ["a"] })), of(json!({ "tags": ["b"] }))),
        "removeTags" => {
            app.update_task(json!({ "id": task, "tags": ["a", "b"] })).await;
            pair(of(json!({ "tags": ["a"] })), of(json!({ "tags": ["b"] })))
        }
        "renameTag" => {
            // No other case has these tags.
            let [from, to, last] = [(); 3].map(|()| new_id());
            app.update_task(json!({ "id": task, "tags": [from] })).await;
            pair(json!({ "from": from, "to": to }), json!({ "from": to, "to": last }))
        }
        _ => case_of_strategist(app, mutation).await,
    }
}

/// The same for the mutations of strategists.
async fn case_of_strategist(app: &Client, mutation: &str) -> Option<Case> {
    let external = async || {
        let external = quadratic_with(json!({ "strategy": { "kind": "EXTERNAL" } }));
        app.running_task(external).await
    };
    let strategy = async || {
        let input = json!({ "taskId": external().await, "strategist": "s" });
        let claimed = app.payload("claimStrategy", input).await;
        json!({ "taskId": claimed["task"]["id"], "leaseToken": claimed["claim"]["token"] })
    };
    let pair = |input: Value, other: Value| Some(Case { input, other });
    match mutation {
        "claimStrategy" => {
            let claim = async || json!({ "taskId": external().await, "strategist": "s" });
            pair(claim().await, claim().await)
        }
        "proposeTrials" => {
            let propose = async |x: f64| {
                let mut input = strategy().await;
                input["points"] = json!([{ "point": { "x": x, "y": 1.0 } }]);
                input
            };
            pair(propose(1.0).await, propose(2.0).await)
        }
        "releaseStrategy" => pair(strategy().await, strategy().await),
        _ => case_of_views(app, mutation).await,
    }
}

/// The same for the mutations of saved views.
async fn case_of_views(app: &Client, mutation: &str) -> Option<Case> {
    // No other case has these names.
    let new = || json!({ "name": new_id(), "filter": { "tags": { "any": ["a"] } } });
    let saved = async || {
        let saved = app.payload("saveView", new()).await;
        json!({ "id": saved["view"]["id"] })
    };
    let pair = |input: Value, other: Value| Some(Case { input, other });
    match mutation {
        "saveView" => pair(new(), new()),
        "deleteView" => pair(saved().await, saved().await),
        _ => None,
    }
}

/// An input that fails, made of a good one.
fn spoiled(mutation: &str, input: &Value) -> Value {
    let mut spoiled = input.clone();
    match mutation {
        "createTask" | "saveView" => spoiled["name"] = json!(""),
        "createTasks" => spoiled["tasks"][0]["name"] = json!(""),
        "renameTag" => spoiled["to"] = json!(""),
        "updateTasks" | "transitionTasks" | "deleteTasks" | "restoreTasks" | "moveTasks"
        | "addTags" | "removeTags" => spoiled["ids"][0] = json!(new_id()),
        "claimTask" => spoiled["runner"] = json!(""),
        "heartbeat" => spoiled["leaseSeconds"] = json!(-1),
        "releaseTrials" => spoiled["leases"][0]["trialId"] = json!(format!("{}:1", new_id())),
        "skipTrials" => spoiled["trialIds"][0] = json!(format!("{}:1", new_id())),
        _ => {
            let fields = ["id", "taskId", "trialId"];
            let field = fields.iter().find(|field| input[**field].is_string()).expect("an id");
            let unknown = if *field == "trialId" { format!("{}:1", new_id()) } else { new_id() };
            spoiled[*field] = json!(unknown);
        }
    }
    spoiled
}

fn with_key(input: &Value, key: &str) -> Value {
    let mut input = input.clone();
    input["idempotencyKey"] = json!(key);
    input
}

/// The cases of all mutations, each in a world of its own.
async fn cases(app: &Client) -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for (mutation, _) in mutations(app).await {
        let case = case(app, &mutation).await;
        let case = case.unwrap_or_else(|| panic!("write a case for {mutation}"));
        cases.push((mutation, case));
    }
    cases
}

#[tokio::test]
async fn every_mutation_takes_a_key() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let all = mutations(&app).await;
    assert!(all.len() >= 18, "{all:?}");
    let without: Vec<_> = all.iter().filter(|(_, takes_key)| !takes_key).collect();
    assert!(without.is_empty(), "{without:?}");
}

#[rstest]
#[tokio::test]
async fn sent_twice_it_happens_once_and_answers_the_same(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut complaints = Vec::new();
    for (mutation, case) in cases(&app).await {
        let input = with_key(&case.input, "once");
        let first = app.mutate(&mutation, input.clone()).await.data();
        let log = app.log(None).await;
        for _ in 0..2 {
            let again = app.mutate(&mutation, input.clone()).await;
            if again.body["data"] != first || again.is_error() {
                complaints.push(format!("{mutation}: {first}\nand then {}", again.body));
            }
        }
        if app.log(None).await != log {
            complaints.push(format!("{mutation} wrote again"));
        }
        let conflict = app.mutate(&mutation, with_key(&case.other, "once")).await;
        if !conflict.is_error() || conflict.clone().error().code() != "IDEMPOTENCY_CONFLICT" {
            complaints.push(format!("{mutation}: no conflict but {}", conflict.body));
        }
        if app.log(None).await != log {
            complaints.push(format!("{mutation} wrote in spite of a conflict"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[rstest]
#[tokio::test]
async fn a_key_belongs_to_one_actor_and_one_mutation(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for (mutation, case) in cases(&app).await {
        // The same key for all mutations, and for two actors.
        let _ = app.mutate_as("Ada", &mutation, with_key(&case.input, "k")).await.data();
        let before = app.log(None).await.len();
        let _ = app.mutate_as("Bob", &mutation, with_key(&case.other, "k")).await.data();
        let after = app.log(None).await;
        let tells = !["heartbeat", "saveView", "deleteView"].contains(&mutation.as_str());
        if tells {
            assert!(after.len() > before, "{mutation} of Bob did nothing");
            assert_eq!(after[before]["actor"], "Bob", "{mutation}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_failure_is_not_kept(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    for (mutation, case) in cases(&app).await {
        let key = format!("failing {mutation}");
        let bad = with_key(&spoiled(&mutation, &case.input), &key);
        let error = app.mutate(&mutation, bad.clone()).await.error();
        let again = app.mutate(&mutation, bad).await.error();
        assert_eq!(error.code(), again.code(), "{mutation}");
        let good = with_key(&case.input, &key);
        let first = app.mutate(&mutation, good.clone()).await.data();
        assert_eq!(app.mutate(&mutation, good).await.data(), first, "{mutation}");
    }
}

#[rstest]
#[tokio::test]
async fn of_32_with_one_key_at_once_one_does_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let events = async || app.log(None).await.len();
    let mut complaints = Vec::new();
    for (mutation, _) in mutations(&app).await {
        let alone = case(&app, &mutation).await.expect("a case").input;
        let before = events().await;
        let _ = app.mutate(&mutation, alone).await.data();
        let of_one = events().await - before;

        let input = with_key(&case(&app, &mutation).await.expect("a case").input, "at once");
        let before = events().await;
        let replies = join_all((0..32).map(|_| app.mutate(&mutation, input.clone()))).await;
        let of_all = events().await - before;
        if of_all != of_one {
            complaints.push(format!("{mutation}: {of_all} events instead of {of_one}"));
        }
        let failed = replies.iter().find(|reply| reply.is_error());
        let different = replies.iter().find(|reply| reply.body != replies[0].body);
        if let Some(reply) = failed.or(different) {
            complaints.push(format!("{mutation}: {}\nand {}", replies[0].body, reply.body));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[rstest]
#[tokio::test]
async fn of_two_inputs_with_one_key_at_once_one_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    for round in 0..4 {
        let asks = (0..24).map(|n| {
            let input =
                json!({ "taskId": id, "count": 1 + n % 2, "idempotencyKey": format!("{round}") });
            app.mutate("ask", input)
        });
        let replies = join_all(asks).await;
        let (refused, taken): (Vec<_>, Vec<_>) =
            replies.into_iter().enumerate().partition(|(_, reply)| reply.is_error());
        assert_eq!((refused.len(), taken.len()), (12, 12));
        let (winner, answer) = &taken[0];
        for (n, reply) in &taken {
            assert_eq!((n % 2, &reply.body), (winner % 2, &answer.body));
        }
        for (_, reply) in refused {
            assert_eq!(reply.error().code(), "IDEMPOTENCY_CONFLICT");
        }
    }
}

#[tokio::test]
async fn a_key_is_one_on_two_servers() {
    let Some(app) = App::start(Db::Postgres).await else { return };
    let other = app.another_server().await;
    let id = app.running_task(quadratic()).await;
    for round in 0..5 {
        let input = json!({ "taskId": id, "count": 2, "idempotencyKey": format!("{round}") });
        let asks = (0..24).map(|n: usize| {
            let client = if n.is_multiple_of(2) { &*app } else { &other.client };
            client.ask_for(input.clone())
        });
        let answers = join_all(asks).await;
        assert_eq!(answers[0]["trials"].as_array().map(Vec::len), Some(2));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "round {round}: {answers:#?}");
    }
    assert_eq!(app.task(&id).await["handedOut"], 10);
    assert!(other.stop().await.success());
}

#[rstest]
#[tokio::test]
async fn an_ask_whose_answer_was_lost_gets_the_same_trials_again(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    for input in [
        json!({ "taskId": id, "count": 3, "worker": "w", "idempotencyKey": "by name" }),
        json!({ "count": 2, "worker": "w", "idempotencyKey": "queue" }),
    ] {
        let first = app.ask_for(input.clone()).await["trials"].clone();
        assert_eq!(json!(first.as_array().map(Vec::len)), input["count"]);
        // Others come between.
        app.ask(&id, 2).await;
        let again = app.ask_for(input.clone()).await["trials"].clone();
        assert_eq!(again, first, "the same trials and tokens");
        let told = app.tell_with(&first[0], token_of(&first[0]), 1.0).await;
        assert_eq!(told["receipt"], "COUNTED");
        let ids = |trials: &Value| -> Vec<Value> {
            trials.as_array().expect("trials").iter().map(|trial| trial["id"].clone()).collect()
        };
        assert_eq!(ids(&app.ask_for(input).await["trials"]), ids(&first));
    }
    assert_eq!(app.task(&id).await["handedOut"], 9);
}

#[rstest]
#[tokio::test]
async fn keys_outlive_the_server(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let mut sent = Vec::new();
    for (mutation, case) in cases(&app).await {
        let input = with_key(&case.input, "before");
        let answer = app.mutate(&mutation, input.clone()).await.data();
        sent.push((mutation, input, case.other, answer));
    }
    let log = app.log(None).await;
    app.kill();
    app.start_again().await;
    for (mutation, input, other, answer) in sent {
        assert_eq!(app.mutate(&mutation, input).await.data(), answer, "{mutation}");
        let error = app.mutate(&mutation, with_key(&other, "before")).await.error();
        assert_eq!(error.code(), "IDEMPOTENCY_CONFLICT", "{mutation}");
    }
    assert_eq!(app.log(None).await, log);
}

#[rstest]
#[tokio::test]
async fn a_key_is_kept_for_seven_days(#[values(Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(mut app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let ask =
        |key: &str, count: i32| json!({ "taskId": id, "count": count, "idempotencyKey": key });
    let first = app.ask_for(ask("six days", 1)).await;
    app.ask_for(ask("eight days", 1)).await;
    app.stop().await;
    for (key, days) in [("six days", 6_i64), ("eight days", 8)] {
        let micros = days * 24 * 3_600 * 1_000_000;
        let statement = format!("UPDATE idempotency SET at = at - {micros} WHERE key = '{key}'");
        app.database.execute(&statement).await;
    }
    app.start_again().await;
    asktell_tests::eventually(20, "the old key to be free", async || {
        let reply = app.mutate("ask", ask("eight days", 2)).await;
        (!reply.is_error()).then_some(())
    })
    .await;
    let again = app.ask_for(ask("six days", 1)).await;
    assert_eq!(again["trials"][0]["id"], first["trials"][0]["id"]);
    let error = app.mutate("ask", ask("six days", 2)).await.error();
    assert_eq!(error.code(), "IDEMPOTENCY_CONFLICT");
}

#[rstest]
#[tokio::test]
async fn a_default_that_is_spelt_out_is_the_same_input_as_one_that_is_left_out(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(quadratic()).await;
    let spelt = quadratic_with(json!({
        "description": "", "labels": [], "tags": [], "metadata": {}, "priority": 0, "owner": "anonymous",
        "initialDesigns": [], "parentId": null, "modelState": null, "constraints": [], "budget": {},
        "trialPolicy": { "leaseSeconds": 300, "maxAttempts": 3, "lateResults": "ACCEPT" },
        "pruning": { "kind": "NONE" },
    }));
    let mut bare = quadratic();
    let mut auto = quadratic();
    bare.as_object_mut().expect("an input").remove("strategy");
    auto["strategy"] = json!({ "kind": "AUTO", "warmStart": [] });
    let point = json!([{ "x": 1.0, "y": 1.0 }]);
    let waiting = app.enqueue(&task, json!([point[0], point[0]])).await;
    let by_hand = measured(&waiting[0], None, 1.0);
    let mut with_nothing = by_hand.clone();
    for (field, empty) in
        [("metrics", json!([])), ("metadata", json!({})), ("artifacts", json!([]))]
    {
        with_nothing[field] = empty;
    }
    for (mutation, left_out, spelt_out) in [
        ("createTask", quadratic(), spelt),
        ("createTask", bare, auto),
        (
            "ask",
            json!({ "taskId": task }),
            json!({ "taskId": task, "count": 1, "waitSeconds": 0, "capabilities": [] }),
        ),
        ("tell", by_hand, with_nothing),
        ("deleteTask", json!({ "id": id_of(&app.create_task(quadratic()).await) }), json!(null)),
        (
            "transitionTasks",
            json!({ "ids": [task], "to": "PAUSED" }),
            json!({ "ids": [task], "to": "PAUSED", "dryRun": false, "token": null, "filter": null }),
        ),
        (
            "cloneTask",
            json!({ "id": task }),
            json!({ "id": task, "withResults": false, "keepSeed": false }),
        ),
    ] {
        let mut spelt_out = spelt_out;
        if mutation == "deleteTask" {
            spelt_out = left_out.clone();
            spelt_out["children"] = json!("REFUSE");
            spelt_out["expectedVersion"] = json!(null);
        }
        let key = new_id();
        let first = app.mutate(mutation, with_key(&left_out, &key)).await.data();
        let again = app.mutate(mutation, with_key(&spelt_out, &key)).await.data();
        assert_eq!(again, first, "{mutation}");
    }
    // What says something else is another input.
    let key = new_id();
    drop(app.mutate("createTask", with_key(&quadratic(), &key)).await.data());
    let other = quadratic_with(json!({ "priority": 1 }));
    assert_eq!(
        app.mutate("createTask", with_key(&other, &key)).await.error().code(),
        "IDEMPOTENCY_CONFLICT"
    );
}

#[rstest]
#[tokio::test]
async fn an_ask_that_is_repeated_shows_its_trials_as_they_are_now(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let task = app.running_task(quadratic()).await;
    let ask = with_key(&json!({ "taskId": task, "count": 3, "worker": "w" }), "mine");
    let first = app.ask_for(ask.clone()).await;
    assert_eq!(app.ask_for(ask.clone()).await, first, "nothing has changed yet");
    let trials = first["trials"].as_array().expect("trials").clone();
    app.tell_with(&trials[0], token_of(&trials[0]), 1.0).await;
    app.release(json!([lease_of(&trials[1])])).await;
    let again = app.ask_for(ask.clone()).await;
    let states: Vec<_> = again["trials"]
        .as_array()
        .expect("trials")
        .iter()
        .map(|trial| trial["state"].clone())
        .collect();
    assert_eq!(states, ["COMPLETED", "WAITING", "RUNNING"]);
    assert_eq!(again["trials"], json!(app.trials(&task).await), "the same trials, and no others");
    assert_eq!(again["task"], app.task(&task).await);
    // From the queue, too.
    let ask = with_key(&json!({ "worker": "w" }), "queue");
    let first = app.ask_for(ask.clone()).await["trials"][0].clone();
    app.tell_with(&first, token_of(&first), 1.0).await;
    assert_eq!(app.ask_for(ask).await["trials"][0]["state"], "COMPLETED");
}
