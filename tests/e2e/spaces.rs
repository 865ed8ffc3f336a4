//! Spaces that are no boxes: parameters that exist only sometimes, sums that must be kept, lists of
//! candidates. Whatever the strategy, every point that is handed out lies in them.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, id_of};
use rstest::rstest;
use serde_json::{Value, json};

/// A task that minimizes `loss` over that space.
fn task(kind: &str, space: &Value) -> Value {
    json!({
        "parameterSpace": space,
        "objectives": [{ "name": "loss", "direction": "MINIMIZE" }],
        "strategy": { "kind": kind, "seed": 11 },
    })
}

/// An amount and a time that only some solvents have, and more of it with much time.
fn conditional() -> Value {
    json!({ "parameters": [
        { "categorical": { "name": "solvent", "choices": ["water", "DMSO", "none"] } },
        { "float": { "name": "amount", "low": 0.1, "high": 2.0,
                     "condition": { "parameter": "solvent", "oneOf": ["water", "DMSO"] } } },
        { "int": { "name": "hours", "low": 1, "high": 9 } },
        { "ordinal": { "name": "shade", "levels": [1, 2, 3],
                       "condition": { "parameter": "hours", "atLeast": 5 } } },
        { "categorical": { "name": "stirred", "choices": [true, false],
                           "condition": { "parameter": "amount", "atMost": 1.0 } } },
    ] })
}

fn check_conditional(point: &Value) {
    let has = |name: &str| point.get(name).is_some();
    assert_eq!(has("amount"), point["solvent"] != "none", "{point}");
    assert_eq!(has("shade"), point["hours"].as_i64().expect("hours") >= 5, "{point}");
    let little = point["amount"].as_f64().is_some_and(|amount| amount <= 1.0);
    assert_eq!(has("stirred"), little, "{point}");
}

/// Fractions of a mixture, of which the first is never more than the second.
fn mixture() -> Value {
    let term = |name: &str| json!({ "parameter": name });
    let fraction = |name| json!({ "float": { "name": name, "low": 0, "high": 1 } });
    let fractions = ["a", "b", "c"].map(fraction);
    json!({
        "parameters": fractions,
        "constraints": [
            { "terms": [term("a"), term("b"), term("c")], "equals": 1.0, "tolerance": 0.01 },
            { "terms": [term("a"), { "parameter": "b", "coefficient": -1.0 }], "atMost": 0.0 },
        ],
    })
}

fn check_mixture(point: &Value) {
    let [a, b, c] = ["a", "b", "c"].map(|name| point[name].as_f64().expect("a number"));
    assert!((a + b + c - 1.0).abs() < 1e-6, "{point}");
    assert!(a <= b + 1e-6, "{point}");
    assert!([a, b, c].iter().all(|x| (0.0..=1.0).contains(x)), "{point}");
}

/// Asks for points one by one and in a portion, and tells something of each.
async fn walk(app: &Client, input: Value, check: fn(&Value)) {
    let id = app.running_task(input).await;
    for portion in [1, 1, 4, 1, 8, 1, 1, 3] {
        let trials = app.ask(&id, portion).await;
        assert_eq!(trials.len(), portion);
        for trial in &trials {
            check(&trial["point"]);
            let point = trial["point"].to_string();
            let value = f64::from(u32::try_from(point.len() % 17).expect("small"));
            app.tell(trial, value).await;
        }
    }
}

#[rstest]
#[tokio::test]
async fn every_strategy_keeps_conditions_and_sums(
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE", "GRID", "TPE", "GP", "AUTO")] kind: &str,
) {
    let Some(app) = App::start(Db::Memory).await else { return };
    walk(&app, task(kind, &conditional()), check_conditional).await;
    walk(&app, task(kind, &mixture()), check_mixture).await;
}

#[rstest]
#[tokio::test]
async fn a_space_is_kept_as_it_was_given(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = task("GP", &mixture());
    input["parameterSpace"]["candidates"] =
        json!([{ "a": 0.25, "b": 0.5, "c": 0.25 }, { "a": 0, "b": 1, "c": 0 }]);
    input["strategy"] = json!({
        "kind": "GP", "seed": 5, "timeLimitSeconds": 2.5,
        "gp": { "acquisition": "UCB", "exploration": 1.5, "startup": 7,
                "noise": [{ "objective": "loss", "deviation": 0.25 }] },
    });
    input["budget"] = json!({ "minExpectedImprovement": 0.125 });
    let task = app.create_task(input).await;
    assert_eq!(
        task["strategy"],
        json!({
            "kind": "GP", "seed": 5, "initialDesign": null, "tpe": null, "grid": null,
            "nsga2": null, "external": null, "warmStart": [], "replicates": null,
            "timeLimitSeconds": 2.5,
            "gp": { "acquisition": "UCB", "exploration": 1.5, "startup": 7,
                    "noise": [{ "objective": "loss", "deviation": 0.25 }] },
        })
    );
    assert_eq!(task["budget"]["minExpectedImprovement"], 0.125);
    let space = &task["parameterSpace"];
    let term =
        |name: &str, coefficient: f64| json!({ "parameter": name, "coefficient": coefficient });
    assert_eq!(
        space["constraints"],
        json!([
            { "terms": [term("a", 1.0), term("b", 1.0), term("c", 1.0)],
              "atLeast": null, "atMost": null, "equals": 1.0, "tolerance": 0.01 },
            { "terms": [term("a", 1.0), term("b", -1.0)],
              "atLeast": null, "atMost": 0.0, "equals": null, "tolerance": null },
        ])
    );
    assert_eq!(
        space["candidates"],
        json!([{ "a": 0.25, "b": 0.5, "c": 0.25 }, { "a": 0.0, "b": 1.0, "c": 0.0 }])
    );
    let id = id_of(&task);
    assert_eq!(app.task(&id).await, task);
    // Whoever follows the log is told how many candidates there are, not which.
    app.update_task(json!({ "id": id, "parameterSpace": mixture() })).await;
    let log = app.log(None).await;
    let told = |event: &Value| {
        let changes = event["changes"].as_array().expect("changes");
        let change = changes.iter().find(|change| change["field"] == "parameterSpace");
        change.expect("the space").clone()
    };
    assert_eq!(told(&log[0])["new"]["candidateCount"], 2);
    assert_eq!(told(&log[0])["new"]["candidates"], Value::Null);
    assert_eq!(told(&log[1])["old"], told(&log[0])["new"]);
    assert_eq!(told(&log[1])["new"]["candidateCount"], Value::Null);

    let task = app.create_task(self::task("AUTO", &conditional())).await;
    let conditions: Vec<_> = task["parameterSpace"]["parameters"]
        .as_array()
        .expect("parameters")
        .iter()
        .map(|parameter| parameter["condition"].clone())
        .collect();
    let when = |parameter: &str, values: Value, least: Value, most: Value| json!({ "parameter": parameter, "oneOf": values, "atLeast": least, "atMost": most });
    assert_eq!(
        json!(conditions),
        json!([
            null,
            when("solvent", json!(["water", "DMSO"]), Value::Null, Value::Null),
            null,
            when("hours", Value::Null, json!(5.0), Value::Null),
            when("amount", Value::Null, Value::Null, json!(1.0)),
        ])
    );
    assert_eq!(app.task(&id_of(&task)).await, task);
}

#[rstest]
#[tokio::test]
async fn points_of_clients_keep_the_same_rules(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(task("SOBOL", &conditional())).await;
    let points = json!([
        { "solvent": "none", "hours": 2, "amount": null },
        { "hours": 7.0, "shade": 2, "solvent": "DMSO", "amount": 1.5 },
    ]);
    let trials = app.enqueue(&id, points).await;
    assert_eq!(trials[0]["point"], json!({ "solvent": "none", "hours": 2 }));
    assert_eq!(
        trials[1]["point"],
        json!({ "solvent": "DMSO", "amount": 1.5, "hours": 7, "shade": 2 })
    );
    let refused = |points: Value| json!({ "taskId": id, "points": points });
    let reply = app
        .mutate("enqueueTrials", refused(json!([{ "solvent": "none", "hours": 2, "shade": 1 }])))
        .await;
    assert!(reply.body.to_string().contains("exists only where"), "{}", reply.body);
    let error = reply.error();
    assert_eq!(
        (error.code(), error.path().as_str()),
        ("VALIDATION_FAILED", "input.points.0.shade")
    );

    let id = app.running_task(task("SOBOL", &mixture())).await;
    let points = json!({ "taskId": id, "points": [{ "a": 0.25, "b": 0.25, "c": 0.25 }] });
    let reply = app.mutate("enqueueTrials", points).await;
    assert!(reply.body.to_string().contains("a + b + c = 1; the sum is 0.75"), "{}", reply.body);
    assert_eq!(reply.error().path(), "input.points.0");
}

#[rstest]
#[tokio::test]
async fn each_candidate_is_handed_out_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE", "GRID", "TPE", "AUTO")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let candidates: Vec<_> = (0..12)
        .map(|n| json!({ "x": f64::from(n) / 8.0, "kind": if n % 3 == 0 { "A" } else { "B" } }))
        .collect();
    let space = json!({
        "parameters": [
            { "float": { "name": "x", "low": 0, "high": 2 } },
            { "categorical": { "name": "kind", "choices": ["A", "B", "C"] } },
        ],
        "candidates": candidates,
    });
    let id = app.running_task(task(kind, &space)).await;
    let listed: BTreeSet<_> = candidates.iter().map(ToString::to_string).collect();
    let mut seen = BTreeSet::new();
    for portion in [1, 4, 1, 3, 3] {
        for trial in app.ask(&id, portion).await {
            assert!(listed.contains(&trial["point"].to_string()), "{}", trial["point"]);
            assert!(seen.insert(trial["point"].to_string()), "twice: {}", trial["point"]);
            app.tell(&trial, trial["point"]["x"].as_f64().expect("x")).await;
        }
    }
    assert_eq!(seen, listed);
}

/// What a lab has in stock fits into one request.
#[tokio::test]
async fn ten_thousand_candidates_of_ten_values_are_taken() {
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let names: Vec<_> = (0..10).map(|n| format!("descriptor {n}")).collect();
    let parameters: Vec<_> = names
        .iter()
        .map(|name| json!({ "float": { "name": name, "low": -1.0, "high": 1.0 } }))
        .collect();
    let candidate = |n: u32| {
        let value = |i: u32| f64::from(n * 10 + i).mul_add(1.1e-5, 1e-7).sin();
        let values = names.iter().zip(0..).map(|(name, i)| (name.clone(), json!(value(i))));
        Value::Object(values.collect())
    };
    let candidates: Vec<_> = (0..10_000).map(candidate).collect();
    let space = json!({ "parameters": parameters, "candidates": candidates });
    let query = "mutation ($input: CreateTaskInput!) { createTask(input: $input) {
        task { id parameterSpace { candidateCount } } } }";
    let data = app.graphql(query, json!({ "input": task("RANDOM", &space) })).await.data();
    let made = &data["createTask"]["task"];
    assert_eq!(made["parameterSpace"]["candidateCount"], 10_000);
    let id = id_of(made);
    app.transition(&id, "RUNNING").await;
    let trials = app.ask(&id, 3).await;
    assert!(trials.iter().all(|trial| candidates.contains(&trial["point"])));
}
