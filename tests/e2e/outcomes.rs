//! What comes with a result: uncertainty, metrics, files, constraints, and the front of several objectives.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, Random, TRIAL, id_of, nodes, quadratic_with, token_of};
use rstest::rstest;
use serde_json::{Value, json};

/// The input of `tell` under the lease of a trial, with more fields.
fn tell(trial: &Value, outcome: Value, fields: Value) -> Value {
    let mut input = json!({ "trialId": trial["id"], "leaseToken": token_of(trial) });
    input["outcome"] = outcome;
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), fields) {
        input.extend(fields);
    }
    input
}

fn loss(value: f64) -> Value {
    json!({ "values": [{ "objective": "loss", "value": value }] })
}

#[rstest]
#[tokio::test]
async fn a_result_is_kept_with_all_that_comes_with_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({}))).await;
    let trial = app.lease(&id, 600.0).await;
    assert_eq!((&trial["metrics"], &trial["metadata"]), (&json!([]), &json!({})));
    assert_eq!((&trial["artifacts"], &trial["feasible"]), (&json!([]), &Value::Null));
    let values = json!([{ "objective": "loss", "value": 0.1 + 0.2, "standardDeviation": 1e-3 }]);
    let metrics =
        json!([{ "name": "Härte", "value": 1e300 }, { "name": "viscosity", "value": -0.5 }]);
    let metadata = json!({ "z": [1, { "a": null }], "operator": "Ada 🧪" });
    let artifacts = json!([
        { "name": "photo", "url": "https://example.org/a%20b.png?x=1#y" },
        { "name": "log", "url": "s3://bucket/run/7.log" },
    ]);
    let fields = json!({ "metrics": metrics, "metadata": metadata, "artifacts": artifacts });
    let told = app.tell_for(tell(&trial, json!({ "values": values }), fields)).await;
    let trial = &told["trial"];
    assert_eq!((&trial["values"], &trial["metrics"]), (&values, &metrics));
    assert_eq!((&trial["metadata"], &trial["artifacts"]), (&metadata, &artifacts));
    assert_eq!(trial["feasible"], true, "no constraint, none violated");
    assert_eq!(&app.trial(&trial["id"]).await, trial);
    let event = app.moved(trial, "COMPLETED", 1).await;
    assert_eq!((&event["values"], &event["metrics"]), (&values, &metrics));
    assert_eq!(event["leaseToken"], trial["attempts"][0]["token"]);

    // Also a failure leaves something behind.
    let trial = app.lease(&id, 600.0).await;
    let fields = json!({ "metadata": metadata, "artifacts": artifacts, "metrics": metrics });
    let outcome = json!({ "failure": { "reason": "broke" } });
    let told = app.tell_for(tell(&trial, outcome, fields)).await["trial"].clone();
    assert_eq!(
        (&told["artifacts"], &told["metadata"], &told["metrics"]),
        (&artifacts, &metadata, &metrics)
    );
    // And what is entered by hand.
    let trial = app.lease(&id, 600.0).await;
    let mut input = tell(&trial, json!({ "values": values }), json!({ "metrics": metrics }));
    input["leaseToken"] = Value::Null;
    assert_eq!(app.tell_for(input).await["trial"]["metrics"], metrics);
}

#[rstest]
#[tokio::test]
async fn what_violates_a_constraint_is_never_the_best(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let constraints = json!([
        { "name": "loss", "atLeast": 0.0, "atMost": null },
        { "name": "toxicity", "atMost": 0.5, "atLeast": null },
        { "name": "pH", "atMost": 8.0, "atLeast": 6.0 },
    ]);
    let id = app.running_task(quadratic_with(json!({ "constraints": constraints }))).await;
    let task = app.task(&id).await;
    assert_eq!(task["constraints"].as_array().map(Vec::len), Some(3));
    assert_eq!(task["constraints"][2], json!({ "name": "pH", "atMost": 8.0, "atLeast": 6.0 }));
    let metrics = |toxicity: f64, ph: f64| json!({ "metrics": [{ "name": "toxicity", "value": toxicity }, { "name": "pH", "value": ph }] });
    let mut best = Value::Null;
    for (value, toxicity, ph, feasible) in [
        (5.0, 0.6, 7.0, false),
        (9.0, 0.5, 6.0, true),
        (8.0, 0.4, 8.0, true),
        (1.0, 0.1, 8.1, false),
        (1.0, 0.1, 5.9, false),
        (-0.5, 0.1, 7.0, false),
        (0.0, 0.0, 7.0, true),
    ] {
        let trial = app.lease(&id, 600.0).await;
        let told = app.tell_for(tell(&trial, loss(value), metrics(toxicity, ph))).await;
        assert_eq!(told["trial"]["feasible"], feasible, "{value} {toxicity} {ph}");
        assert_eq!(told["trial"]["state"], "COMPLETED");
        if feasible {
            best = json!(value);
        }
        assert_eq!(told["task"]["bestValue"], best, "{value} {toxicity} {ph}");
    }

    // What a constraint speaks of must be measured.
    let trial = app.lease(&id, 600.0).await;
    let log = app.log(None).await;
    let missing = json!({ "metrics": [{ "name": "pH", "value": 7.0 }] });
    for fields in [missing, json!({})] {
        let error = app.mutate("tell", tell(&trial, loss(1.0), fields)).await.error();
        assert_eq!(error.code(), "VALIDATION_FAILED");
        assert!(error.0["message"].as_str().is_some_and(|m| m.contains("toxicity")), "{}", error.0);
    }
    let result = json!({ "point": { "x": 1, "y": 1 }, "outcome": loss(1.0) });
    let input = json!({ "taskId": id, "results": [result] });
    assert_eq!(app.mutate("addResults", input).await.error().code(), "VALIDATION_FAILED");
    assert_eq!(app.log(None).await, log);
    // What failed has measured nothing.
    let outcome = json!({ "failure": { "reason": "broke" } });
    let told = app.tell_for(tell(&trial, outcome, json!({}))).await;
    assert_eq!(
        (&told["trial"]["state"], &told["trial"]["feasible"]),
        (&json!("FAILED"), &Value::Null)
    );
    // A correction moves it over the bound and back.
    let best = json!({ "id": format!("{id}:7") });
    let corrected = app.correct(&best, -1.0, "sign").await;
    assert_eq!(
        (&corrected["trial"]["feasible"], &corrected["task"]["bestValue"]),
        (&json!(false), &json!(8.0))
    );
    let corrected = app.correct(&best, 1.0, "sign again").await;
    assert_eq!(
        (&corrected["trial"]["feasible"], &corrected["task"]["bestValue"]),
        (&json!(true), &json!(1.0))
    );
    // Fixed once started.
    let update = json!({ "id": id, "constraints": [] });
    assert_eq!(app.mutate("updateTask", update).await.error().code(), "TASK_ALREADY_STARTED");
}

/// A trial as the brute force knows it.
#[derive(Debug, Clone)]
struct Known {
    /// The smaller the better; none without a result.
    costs: Option<Vec<f64>>,
    feasible: bool,
    excluded: bool,
}

/// The numbers of those that no other dominates.
fn front(all: &[Known]) -> BTreeSet<usize> {
    let counting: Vec<_> = all
        .iter()
        .enumerate()
        .filter(|(_, known)| known.feasible && !known.excluded)
        .filter_map(|(place, known)| known.costs.as_ref().map(|costs| (place + 1, costs)))
        .collect();
    let dominated = |costs: &Vec<f64>| {
        counting.iter().any(|(_, other)| {
            other.iter().zip(costs).all(|(a, b)| a <= b)
                && other.iter().zip(costs).any(|(a, b)| a < b)
        })
    };
    counting.iter().filter(|(_, costs)| !dominated(costs)).map(|(number, _)| *number).collect()
}

/// The front as the task tells it, and as its trials tell it.
async fn told_front(app: &Client, task: &str) -> [BTreeSet<usize>; 2] {
    let number = |trial: &Value| {
        usize::try_from(trial["number"].as_u64().expect("a number")).expect("a small number")
    };
    let query = "query ($id: ID!) { task(id: $id) { paretoFront(first: 500) { nodes { number onParetoFront } } } }";
    let data = app.graphql(query, json!({ "id": task })).await.data();
    let front = nodes(&data["task"]["paretoFront"]);
    assert!(front.iter().all(|trial| trial["onParetoFront"] == true));
    let trials = app.trials_with(task, "number onParetoFront", "").await;
    let marked = trials.iter().filter(|trial| trial["onParetoFront"] == true);
    let listed: BTreeSet<_> = front.iter().map(number).collect();
    assert_eq!(listed.len(), front.len(), "none twice");
    [listed, marked.map(number).collect()]
}

#[rstest]
#[case::two(2, 40)]
#[case::three(3, 30)]
#[case::four(4, 20)]
#[tokio::test]
async fn the_pareto_front_is_exact(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[case] objectives: usize,
    #[case] rounds: usize,
) {
    let Some(app) = App::start(db).await else { return };
    let mut random = Random::new(objectives as u64);
    let directions: Vec<_> =
        (0..objectives).map(|n| if n % 2 == 0 { "MINIMIZE" } else { "MAXIMIZE" }).collect();
    let list: Vec<_> = directions
        .iter()
        .enumerate()
        .map(|(n, direction)| json!({ "name": format!("o{n}"), "direction": direction }))
        .collect();
    let constraints = json!([{ "name": "toxicity", "atMost": 4.0 }]);
    let fields = json!({ "objectives": list, "constraints": constraints });
    let id = app.running_task(quadratic_with(fields)).await;

    // Few different values, so that there are ties and duplicates.
    let draw = |random: &mut Random| -> Vec<f64> {
        (0..objectives)
            .map(|_| f64::from(u32::try_from(random.within(0, 6)).expect("small")))
            .collect()
    };
    let values = |costs: &[f64]| -> Value {
        let values = costs.iter().zip(&directions).enumerate().map(|(n, (cost, direction))| {
            let value = if *direction == "MINIMIZE" { *cost } else { 10.0 - cost };
            json!({ "objective": format!("o{n}"), "value": value })
        });
        Value::Array(values.collect())
    };
    let mut known: Vec<Known> = Vec::new();
    for round in 0..rounds {
        for _ in 0..4 {
            let done: Vec<_> = (0..known.len()).filter(|n| known[*n].costs.is_some()).collect();
            let place = if done.is_empty() { None } else { Some(*random.one_of(&done)) };
            let trial = |place: usize| json!({ "id": format!("{id}:{}", place + 1) });
            match (random.within(0, 10), place) {
                (0, Some(place)) => {
                    app.exclude(&trial(place), "out").await;
                    known[place].excluded = true;
                }
                (1, Some(place)) => {
                    app.include(&trial(place), "in").await;
                    known[place].excluded = false;
                }
                (2, Some(place)) => {
                    let costs = draw(&mut random);
                    let input = json!({
                        "trialId": trial(place)["id"], "values": values(&costs), "reason": "off",
                    });
                    app.payload("correctTrial", input).await;
                    known[place].costs = Some(costs);
                }
                (3, _) => {
                    let leased = app.lease(&id, 600.0).await;
                    let outcome = json!({ "failure": { "reason": "broke" } });
                    app.tell_for(tell(&leased, outcome, json!({}))).await;
                    known.push(Known { costs: None, feasible: true, excluded: false });
                }
                (4, _) => {
                    let toxicity = if random.percent(40) { 5.0 } else { 4.0 };
                    let costs = draw(&mut random);
                    let result = json!({
                        "point": { "x": 1, "y": 1 }, "outcome": { "values": values(&costs) },
                        "metrics": [{ "name": "toxicity", "value": toxicity }],
                    });
                    app.add_results(&id, json!([result])).await;
                    known.push(Known {
                        costs: Some(costs),
                        feasible: toxicity < 4.5,
                        excluded: false,
                    });
                }
                _ => {
                    let leased = app.lease(&id, 600.0).await;
                    let costs = draw(&mut random);
                    let toxicity = if random.percent(25) { 4.5 } else { 1.0 };
                    let fields = json!({ "metrics": [{ "name": "toxicity", "value": toxicity }] });
                    app.tell_for(tell(&leased, json!({ "values": values(&costs) }), fields)).await;
                    known.push(Known {
                        costs: Some(costs),
                        feasible: toxicity < 4.2,
                        excluded: false,
                    });
                }
            }
        }
        let expected = front(&known);
        assert_eq!(
            told_front(&app, &id).await,
            [expected.clone(), expected],
            "round {round}: {known:?}"
        );
    }
    let task = app.task(&id).await;
    assert_eq!((&task["bestTrial"], &task["bestValue"]), (&Value::Null, &Value::Null));
}

#[rstest]
#[tokio::test]
async fn the_pareto_front_is_read_by_pages(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let objectives = json!([
        { "name": "a", "direction": "MINIMIZE" }, { "name": "b", "direction": "MINIMIZE" },
    ]);
    let id = app.running_task(quadratic_with(json!({ "objectives": objectives }))).await;
    // On one line: none dominates another.
    let results: Vec<_> = (0..25)
        .map(|n| {
            let values =
                json!([{ "objective": "a", "value": n }, { "objective": "b", "value": -n }]);
            json!({ "point": { "x": 1, "y": 1 }, "outcome": { "values": values } })
        })
        .collect();
    app.add_results(&id, json!(results)).await;
    let query = format!(
        "query ($id: ID!, $after: String) {{ task(id: $id) {{ paretoFront(first: 10, after: $after) {{
           nodes {{ ...Trial }} pageInfo {{ hasNextPage endCursor }} }} }} }} {TRIAL}"
    );
    let mut seen = Vec::new();
    let mut after = Value::Null;
    for (size, more) in [(10, true), (10, true), (5, false)] {
        let data = app.graphql(&query, json!({ "id": id, "after": after })).await.data();
        let page = &data["task"]["paretoFront"];
        assert_eq!((nodes(page).len(), &page["pageInfo"]["hasNextPage"]), (size, &json!(more)));
        after = page["pageInfo"]["endCursor"].clone();
        seen.extend(nodes(page));
    }
    let numbers: BTreeSet<_> = seen.iter().filter_map(|trial| trial["number"].as_u64()).collect();
    assert_eq!(numbers, (1..=25).collect());
}

/// A task that has not been started, with three results.
async fn planned_with_results(app: &Client, fields: Value, values: [Value; 3]) -> String {
    let id = id_of(&app.create_task(quadratic_with(fields)).await);
    let results: Vec<_> = values
        .into_iter()
        .zip(1..)
        .map(|(values, n)| {
            json!({
                "point": { "x": n, "y": 1 }, "outcome": { "values": values },
                "metrics": [{ "name": "toxicity", "value": n }],
            })
        })
        .collect();
    app.add_results(&id, json!(results)).await;
    id
}

#[rstest]
#[tokio::test]
async fn what_is_decided_after_the_first_results_holds_for_them(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let loss = |value: f64| json!([{ "objective": "loss", "value": value }]);
    let id = planned_with_results(&app, json!({}), [loss(5.0), loss(4.0), loss(3.0)]).await;
    assert_eq!(app.task(&id).await["bestValue"], 3.0);
    let constraints = json!([{ "name": "toxicity", "atMost": 2.0 }]);
    let task = app.update_task(json!({ "id": id, "constraints": constraints })).await;
    assert_eq!(task["bestValue"], 4.0, "the third violates what holds now");
    let feasible: Vec<_> =
        app.trials(&id).await.iter().map(|trial| trial["feasible"].clone()).collect();
    assert_eq!(feasible, [true, true, false]);
    let task = app.update_task(json!({ "id": id, "constraints": [] })).await;
    assert_eq!(task["bestValue"], 3.0);
    let maximize = json!([{ "name": "loss", "direction": "MAXIMIZE" }]);
    let task = app.update_task(json!({ "id": id, "objectives": maximize })).await;
    assert_eq!(task["bestValue"], 5.0);

    let objectives = |b: &str| json!([{ "name": "a", "direction": "MINIMIZE" }, { "name": "b", "direction": b }]);
    let both = |a: f64, b: f64| json!([{ "objective": "a", "value": a }, { "objective": "b", "value": b }]);
    let fields = json!({ "objectives": objectives("MINIMIZE") });
    let values = [both(1.0, 1.0), both(2.0, 2.0), both(3.0, 0.0)];
    let id = planned_with_results(&app, fields, values).await;
    let numbers = |numbers: &[usize]| -> [BTreeSet<usize>; 2] {
        let numbers: BTreeSet<_> = numbers.iter().copied().collect();
        [numbers.clone(), numbers]
    };
    assert_eq!(told_front(&app, &id).await, numbers(&[1, 3]));
    app.update_task(json!({ "id": id, "objectives": objectives("MAXIMIZE") })).await;
    assert_eq!(told_front(&app, &id).await, numbers(&[1, 2]));
}
