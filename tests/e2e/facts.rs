//! What a laboratory has measured is taken as it is: bounds, steps and constraints bind what is proposed. A result may be of
//! another point than the planned one, lie outside the space, and lack objectives; a parameter may be a constant.

use asktell_tests::{App, Client, Db, eventually, id_of, nodes, token_of};
use rstest::rstest;
use serde_json::{Value, json};

fn result(point: &Value, values: &[(&str, f64)]) -> Value {
    let value =
        |(objective, value): &(&str, f64)| json!({ "objective": objective, "value": value });
    let values: Vec<_> = values.iter().map(value).collect();
    json!({ "point": point, "outcome": { "values": values } })
}

fn each<'a>(trials: &'a [Value], field: &str) -> Vec<&'a Value> {
    trials.iter().map(|trial| &trial[field]).collect()
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().expect("a list")
}

async fn learned(client: &Client, task: &str) -> Value {
    let query = "query ($id: ID!) { task(id: $id) {
        spaceReport { results inSpace outside learned byParameter { parameter results } }
        model { results objectives { objective crossValidation { trial } } } } }";
    client.graphql(query, json!({ "id": task })).await.data()["task"].clone()
}

const PARTS: [&str; 5] = ["P3HT", "D1", "D2", "D6", "D8"];

/// Percentages of a mixture, as a file of 233 measured ones has them: most sums miss 100 by some tenths.
fn mixture(parts: [f64; 5]) -> Value {
    PARTS.iter().zip(parts).map(|(name, part)| ((*name).to_owned(), json!(part))).collect()
}

fn mixtures(tolerance: Option<f64>) -> Value {
    let part = |name: &&str| json!({ "float": { "name": name, "low": 0, "high": 100 } });
    let parts: Vec<_> = PARTS.iter().map(part).collect();
    let term = |name: &&str| json!({ "parameter": name });
    let terms: Vec<_> = PARTS.iter().map(term).collect();
    let sum = json!({ "terms": terms, "equals": 100, "tolerance": tolerance });
    json!({
        "parameterSpace": { "parameters": parts, "constraints": [sum] },
        "objectives": [{ "name": "S", "direction": "MAXIMIZE" }],
        "strategy": { "kind": "GP", "seed": 3 },
    })
}

#[rstest]
#[case::marked(None, [false, false, true, true], 520.5)]
#[case::within_a_tolerance(Some(0.2), [true, true, true, true], 697.4)]
#[tokio::test]
async fn measured_mixtures_are_kept_though_their_sums_miss(
    #[values(Db::Memory, Db::Postgres)] db: Db,
    #[case] tolerance: Option<f64>,
    #[case] inside: [bool; 4],
    #[case] best: f64,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(mixtures(tolerance)).await;
    let results = json!([
        result(&mixture([38.29, 47.37, 0.95, 0.6, 12.87]), &[("S", 697.4)]),
        result(&mixture([40.0, 47.0, 0.9, 0.0, 12.0]), &[("S", 640.0)]),
        result(&mixture([60.0, 10.0, 10.0, 10.0, 10.0]), &[("S", 480.25)]),
        result(&mixture([50.0, 30.0, 0.0, 10.0, 10.0]), &[("S", 520.5)]),
    ]);
    let added = app.add_results(&id, results.clone()).await;
    assert_eq!(
        each(list(&added, "trials"), "inSpace"),
        inside.map(|inside| json!(inside)).each_ref()
    );
    assert_eq!(added["task"]["bestValue"], best);
    let told = learned(&app, &id).await;
    assert_eq!(
        (&told["spaceReport"]["learned"], &told["model"]["results"]),
        (&json!(4), &json!(4))
    );
    // What is proposed keeps the sum exactly.
    for trial in app.ask(&id, 4).await {
        let sum: f64 =
            PARTS.iter().map(|name| trial["point"][name].as_f64().expect("a number")).sum();
        assert!((sum - 100.0).abs() < 1e-6, "{trial}");
    }
    // Who wants only what lies inside is told of each that does not, in one answer.
    let strict = json!({ "taskId": id, "results": results, "outside": false });
    let error = app.mutate("addResults", strict).await.error();
    assert_eq!(
        (error.code(), error.path().as_str()),
        ("VALIDATION_FAILED", "input.results.0.point")
    );
    let problems = list(&error.0["extensions"], "problems");
    let places: Vec<_> = problems.iter().map(|problem| &problem["path"][2]).collect();
    assert_eq!(places, [&json!(0), &json!(1)]);
    assert!(
        problems[1]["message"].as_str().is_some_and(|m| m.ends_with("the sum is 99.9")),
        "{problems:?}"
    );
    assert_eq!(error.0["extensions"]["problemCount"], 2);
}

/// A temperature in steps of five degrees, which no thermostat keeps.
fn heated(kind: &str) -> Value {
    json!({
        "parameterSpace": { "parameters": [{ "float": { "name": "T", "low": 20, "high": 100, "step": 5 } }] },
        "objectives": [{ "name": "yield", "direction": "MAXIMIZE" }],
        "strategy": { "kind": kind, "seed": 5 },
    })
}

async fn tell_at(app: &Client, trial: &Value, executed: Value, value: f64) -> Value {
    let outcome = json!({ "values": [{ "objective": "yield", "value": value }] });
    let input = json!({ "trialId": trial["id"], "leaseToken": token_of(trial), "executedPoint": executed, "outcome": outcome });
    app.payload("tell", input).await
}

#[rstest]
#[tokio::test]
async fn the_executed_point_is_kept_beside_the_planned_one(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(heated("RANDOM")).await;
    app.enqueue(&id, json!([{ "T": 80 }, { "T": 100 }, { "T": 60 }])).await;
    let trials = app.ask(&id, 3).await;
    let told = tell_at(&app, &trials[0], json!({ "T": 79.4 }), 90.0).await;
    let trial = &told["trial"];
    assert_eq!(
        (&trial["point"], &trial["executedPoint"], &trial["inSpace"]),
        (&json!({ "T": 80.0 }), &json!({ "T": 79.4 }), &json!(true)),
        "between steps, within the bounds"
    );
    assert_eq!(told["task"]["bestValue"], 90.0);
    let again = tell_at(&app, &trials[0], json!({ "T": 79.4 }), 90.0).await;
    assert_eq!(again["receipt"], "REPEATED");

    let told = tell_at(&app, &trials[1], json!({ "T": 101.2 }), 95.0).await;
    assert_eq!(
        (&told["trial"]["inSpace"], &told["task"]["bestValue"]),
        (&json!(false), &json!(90.0))
    );
    let told = tell_at(&app, &trials[2], json!({ "T": 60 }), 50.0).await;
    assert_eq!(told["trial"]["executedPoint"], Value::Null, "as planned");

    // Lists go by what was tried, events tell it, and models learn at that place.
    let query = "query ($id: ID!) { task(id: $id) {
        trials(filter: { parameters: [{ name: \"T\", min: 79, max: 79.9 }] }) { nodes { number } }
        hottest: trials(sort: [{ by: PARAMETER, name: \"T\", direction: DESCENDING }]) { nodes { number } } } }";
    let reply = app.graphql(query, json!({ "id": id })).await.data();
    let numbers = |connection: &Value| -> Vec<i64> {
        nodes(connection).iter().filter_map(|node| node["number"].as_i64()).collect()
    };
    assert_eq!(numbers(&reply["task"]["trials"]), [1]);
    assert_eq!(numbers(&reply["task"]["hottest"]), [2, 1, 3]);
    let event = app
        .event(&id, "the result", |event| {
            event["kind"] == "TRIAL_STATE_CHANGED" && event["trialTo"] == "COMPLETED"
        })
        .await;
    assert_eq!(event["executedPoint"], json!({ "T": 79.4 }));
    let told = learned(&app, &id).await;
    assert_eq!(
        told["spaceReport"],
        json!({ "results": 3, "inSpace": 2, "outside": 1, "learned": 3,
                "byParameter": [{ "parameter": "T", "results": 1 }] })
    );

    for (executed, path) in [
        (json!({ "T": "hot" }), "input.executedPoint.T"),
        (json!({}), "input.executedPoint.T"),
        (json!({ "T": 80, "p": 1 }), "input.executedPoint.p"),
    ] {
        let outcome = json!({ "values": [{ "objective": "yield", "value": 1 }] });
        let input =
            json!({ "trialId": trials[0]["id"], "executedPoint": executed, "outcome": outcome });
        let error = app.mutate("tell", input).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", path));
    }
}

/// The task, once it has completed itself: at the latest when it is asked for a point that is not there.
async fn completed(app: &Client, id: &str) -> Value {
    let reply = app.mutate("ask", json!({ "taskId": id })).await;
    if reply.is_error() {
        assert_eq!(reply.error().code(), "TASK_NOT_RUNNING");
    } else {
        assert_eq!(reply.data()["ask"]["trials"], json!([]));
    }
    eventually(30, "the task to end", async || {
        let task = app.task(id).await;
        (task["status"] == "COMPLETED").then_some(task)
    })
    .await
}

/// Each point of a finite space is planned once, wherever it is executed; and no strategy minds what lies outside.
#[rstest]
#[tokio::test]
async fn every_strategy_goes_on_from_what_was_executed(
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE", "GRID", "TPE", "GP", "NSGA2", "AUTO")]
    kind: &str,
) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = app.running_task(heated(kind)).await;
    let far = json!([
        result(&json!({ "T": 1e300 }), &[("yield", 1.0)]),
        result(&json!({ "T": -40 }), &[("yield", 2.0)]),
    ]);
    app.add_results(&id, far).await;
    let mut planned = Vec::new();
    // 20, 25, … 100.
    for _ in 0..17 {
        let trials = app.ask(&id, 1).await;
        let [trial] = trials.as_slice() else {
            panic!("{kind}: a point is left after {planned:?}")
        };
        assert_eq!(trial["proposal"]["fallback"], Value::Null, "{trial}");
        let at = trial["point"]["T"].as_f64().expect("a number");
        tell_at(&app, trial, json!({ "T": at + 0.3 }), -(at - 62.0).powi(2)).await;
        planned.push(at);
    }
    planned.sort_by(f64::total_cmp);
    planned.dedup();
    assert_eq!(planned.len(), 17, "{planned:?}");
    let ended = completed(&app, &id).await;
    assert!(
        ended["statusReason"].as_str().is_some_and(|why| why.starts_with("every point")),
        "{ended}"
    );
}

#[rstest]
#[tokio::test]
async fn a_result_may_lack_objectives(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let maximize = |name: &str| json!({ "name": name, "direction": "MAXIMIZE" });
    let id = app
        .running_task(json!({
            "parameterSpace": { "parameters": [{ "float": { "name": "x", "low": 0, "high": 1 } }] },
            "objectives": [maximize("yield"), maximize("ee")],
            "constraints": [{ "name": "ee", "atLeast": 10 }],
            "strategy": { "kind": "GP", "seed": 5 },
        }))
        .await;
    let results: Vec<_> = (0..8)
        .map(|i| {
            let x = f64::from(i) / 8.0;
            result(&json!({ "x": x }), &[("yield", 40.0 + x), ("ee", 90.0 - x)])
        })
        .collect();
    app.add_results(&id, json!(results)).await;
    let trial = app.lease(&id, 600.0).await;
    let yields = json!({ "values": [{ "objective": "yield", "value": 50 }] });
    let input =
        json!({ "trialId": trial["id"], "leaseToken": token_of(&trial), "outcome": yields });
    let trial = app.payload("tell", input).await["trial"].clone();
    let seen = json!([
        trial["state"],
        trial["partial"],
        trial["values"],
        trial["value"],
        trial["feasible"]
    ]);
    let values = json!([{ "objective": "yield", "value": 50.0, "standardDeviation": null }]);
    assert_eq!(seen, json!(["COMPLETED", true, values, null, null]));
    let front = "query ($id: ID!) { task(id: $id) { paretoFront { nodes { number } } } }";
    let front_of = async || {
        nodes(&app.graphql(front, json!({ "id": id })).await.data()["task"]["paretoFront"])
    };
    let numbers: Vec<_> =
        front_of().await.iter().filter_map(|node| node["number"].as_i64()).collect();
    assert!(!numbers.contains(&9), "{numbers:?}");
    // The model of each objective learns from the results that have it.
    let told = learned(&app, &id).await;
    for (objective, results) in [(0, 9), (1, 8)] {
        let objective = &told["model"]["objectives"][objective];
        assert_eq!(list(objective, "crossValidation").len(), results, "{objective}");
    }
    assert_eq!(app.ask(&id, 2).await.len(), 2);

    // What is measured later is added.
    let both = json!([{ "objective": "yield", "value": 50 }, { "objective": "ee", "value": 99 }]);
    let input = json!({ "trialId": trial["id"], "values": both, "reason": "the column was free" });
    let trial = app.payload("correctTrial", input).await["trial"].clone();
    assert_eq!((&trial["partial"], &trial["feasible"]), (&json!(false), &json!(true)));
    let numbers: Vec<_> =
        front_of().await.iter().filter_map(|node| node["number"].as_i64()).collect();
    assert_eq!(numbers, [9]);

    let none = json!({ "trialId": app.lease(&id, 600.0).await["id"], "outcome": { "values": [] } });
    let error = app.mutate("tell", none).await.error();
    assert_eq!(error.code(), "VALIDATION_FAILED");
    assert!(
        error.0["message"].as_str().is_some_and(|m| m.contains("at least one objective")),
        "{}",
        error.0
    );
}

#[rstest]
#[tokio::test]
async fn single_values_are_constants_and_null_is_a_choice(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("RANDOM", "GRID", "TPE", "GP", "NSGA2", "AUTO")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let parameters = json!([
        { "categorical": { "name": "max_features", "choices": [null, "sqrt"] } },
        { "categorical": { "name": "cbow", "choices": [true] } },
        { "int": { "name": "n", "low": 3, "high": 3 } },
        { "float": { "name": "p", "low": 0.5, "high": 0.5 } },
        { "ordinal": { "name": "depth", "levels": [1, 2, null] } },
        { "float": { "name": "share", "low": 0, "high": 1, "step": 0.5,
                     "condition": { "parameter": "max_features", "oneOf": [null] } } },
    ]);
    let input = json!({
        "parameterSpace": { "parameters": parameters },
        "objectives": [{ "name": "loss", "direction": "MINIMIZE" }],
        "strategy": { "kind": kind, "seed": 5 },
    });
    let id = app.running_task(input).await;
    let space = app.task(&id).await["parameterSpace"]["parameters"].clone();
    assert_eq!(space[0]["choices"], json!([null, "sqrt"]));
    assert_eq!(space[4]["levels"], json!([1, 2, null]));
    assert_eq!(space[5]["condition"]["oneOf"], json!([null]));
    let mut seen = Vec::new();
    // Of each depth: sqrt, and null with three shares.
    for number in 0..12 {
        let trials = app.ask(&id, 1).await;
        let [trial] = trials.as_slice() else { panic!("{kind}: a point is left after {number}") };
        let point = trial["point"].as_object().expect("a point");
        assert_eq!(
            (&point["cbow"], &point["n"], &point["p"]),
            (&json!(true), &json!(3), &json!(0.5))
        );
        assert_eq!(point.contains_key("share"), point["max_features"].is_null(), "{point:?}");
        app.tell(trial, f64::from(number)).await;
        seen.push(trial["point"].to_string());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 12, "{seen:?}");
    completed(&app, &id).await;
    let filter = "query ($id: ID!) { task(id: $id) {
        trials(filter: { parameters: [{ name: \"max_features\", in: [null] }] }) { totalCount } } }";
    let found = app.graphql(filter, json!({ "id": id })).await.data();
    assert_eq!(found["task"]["trials"]["totalCount"], 9);
}

/// A preview says what would be marked, before anything is stored.
#[tokio::test]
async fn a_table_tells_what_lies_outside_and_what_is_partial() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let mut input = heated("RANDOM");
    input["objectives"] = json!([
        { "name": "yield", "direction": "MAXIMIZE" },
        { "name": "ee", "direction": "MAXIMIZE" },
    ]);
    let id = id_of(&app.create_task(input).await);
    let query = "query ($input: ReadTableInput!) { readTable(input: $input) {
        ready notices { code message } rows { line inSpace point values { objective } } refusedRows { line } } }";
    let text = "T,yield,ee\n80,50,90\n79.4,60,\n101.2,70,91\n";
    let reply = app.graphql(query, json!({ "input": { "text": text, "taskId": id } })).await;
    let report = &reply.data()["readTable"];
    let rows = list(report, "rows");
    assert_eq!(each(rows, "inSpace"), [&json!(true), &json!(true), &json!(false)]);
    let codes = each(list(report, "notices"), "code");
    assert!(
        codes.contains(&&json!("OUTSIDE_ROWS")) && codes.contains(&&json!("PARTIAL_ROWS")),
        "{report}"
    );
    assert_eq!((&report["ready"], &report["refusedRows"]), (&json!(true), &json!([])));
}
