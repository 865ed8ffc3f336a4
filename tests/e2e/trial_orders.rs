//! The orders of a task's trials, against a plain model that looks at every trial.

use std::cmp::Ordering;

use asktell_tests::{App, Client, Db, Random, nodes};
use rstest::rstest;
use serde_json::{Value, json};

const TRIALS: usize = 160;
const QUERIES: usize = 120;

/// Everything that orders and filters go by.
const SEEN: &str = "number state point startedAt finishedAt values { objective value }";

const LIST: &str = "query ($id: ID!, $sort: [TrialSort!], $filter: TrialFilter,
        $first: Int, $after: String, $last: Int, $before: String) {
    task(id: $id) { trials(sort: $sort, filter: $filter, first: $first, after: $after, last: $last,
        before: $before) {
        nodes { number } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";

/// Trials with ties and gaps in everything: two objectives, a parameter that some points do not have, numbers,
/// texts and truth values.
async fn grow(app: &Client, random: &mut Random) -> String {
    let parameters = json!([
        { "float": { "name": "x", "low": -5.0, "high": 5.0 } },
        { "int": { "name": "n @ 20 °C, \"rounds\"", "low": 0, "high": 9 } },
        { "categorical": { "name": "solvent", "choices": ["THF", "water", "dioxane", "Éther", "a,b"] } },
        { "categorical": { "name": "stirred", "choices": [true, false] } },
        { "float": { "name": "warm", "low": 0.0, "high": 1.0,
                     "condition": { "parameter": "stirred", "oneOf": [true] } } },
    ]);
    let id = app
        .running_task(json!({
            "parameterSpace": { "parameters": parameters },
            "objectives": [
                { "name": "yield", "direction": "MAXIMIZE" }, { "name": "cost: $/g", "direction": "MINIMIZE" },
            ],
            "strategy": { "kind": "SOBOL", "seed": 3 },
        }))
        .await;
    let point = |random: &mut Random| {
        let stirred = random.percent(50);
        let mut point = json!({
            "x": random.number(-2, 2),
            "n @ 20 °C, \"rounds\"": random.within(0, 4),
            "solvent": random.one_of(&["THF", "water", "dioxane", "Éther", "a,b"]),
            "stirred": stirred,
        });
        if stirred {
            point["warm"] = json!(random.number(0, 1));
        }
        point
    };
    let measured = |random: &mut Random| {
        json!([
            { "objective": "yield", "value": random.number(-1, 2) },
            { "objective": "cost: $/g", "value": random.within(0, 5) },
        ])
    };
    for _ in 0..TRIALS / 16 {
        let results: Vec<_> = (0..8)
            .map(|_| json!({ "point": point(random), "outcome": { "values": measured(random) } }))
            .collect();
        app.payload("addResults", json!({ "taskId": id, "results": results })).await;
        let points: Vec<_> = (0..4).map(|_| point(random)).collect();
        app.enqueue(&id, json!(points)).await;
        for trial in app.ask(&id, 4).await {
            let outcome = match random.within(0, 4) {
                0 => continue,
                1 => json!({ "failure": { "reason": "spilled" } }),
                _ => json!({ "values": measured(random) }),
            };
            app.payload("tell", json!({ "trialId": trial["id"], "outcome": outcome })).await;
        }
    }
    id
}

fn sort(random: &mut Random) -> Value {
    const NAMES: &[(&str, Option<&str>)] = &[
        ("NUMBER", None),
        ("STARTED", None),
        ("FINISHED", None),
        ("VALUE", Some("yield")),
        ("VALUE", Some("cost: $/g")),
        ("VALUE", Some("nothing")),
        ("PARAMETER", Some("x")),
        ("PARAMETER", Some("n @ 20 °C, \"rounds\"")),
        ("PARAMETER", Some("solvent")),
        ("PARAMETER", Some("stirred")),
        ("PARAMETER", Some("warm")),
    ];
    let mut keys: Vec<(&str, Option<&str>)> = Vec::new();
    for _ in 0..*random.one_of(&[0, 1, 1, 2, 3]) {
        let key = *random.one_of(NAMES);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let keys = keys.into_iter().map(|(by, name)| {
        let direction = *random.one_of(&["ASCENDING", "DESCENDING"]);
        json!({ "by": by, "name": name, "direction": direction })
    });
    Value::Array(keys.collect())
}

fn filter(random: &mut Random) -> Value {
    match random.within(0, 5) {
        0 => json!({ "states": ["COMPLETED"] }),
        1 => json!({ "values": [{ "objective": "yield", "min": 0.5 }] }),
        2 => json!({ "parameters": [{ "name": "solvent", "in": ["THF", "water"] }] }),
        _ => Value::Null,
    }
}

/// What a trial has of a key; null if nothing.
fn value(trial: &Value, key: &Value) -> Value {
    let named = |values: &Value| {
        let values = values.as_array().expect("values");
        let found = values.iter().find(|value| value["objective"] == key["name"]);
        found.map_or(Value::Null, |value| value["value"].clone())
    };
    match key["by"].as_str() {
        Some("NUMBER") => trial["number"].clone(),
        Some("STARTED") => trial["startedAt"].clone(),
        Some("FINISHED") => trial["finishedAt"].clone(),
        Some("VALUE") => named(&trial["values"]),
        _ => trial["point"][key["name"].as_str().expect("a name")].clone(),
    }
}

fn compare_values(one: &Value, other: &Value) -> Ordering {
    let number = |value: &Value| value.as_f64();
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        _ => number(one).partial_cmp(&number(other)).expect("numbers"),
    }
}

fn compare(sort: &Value, one: &Value, other: &Value) -> Ordering {
    let keys = sort.as_array().expect("keys");
    let falls = |key: &Value| key["direction"] == "DESCENDING";
    let turned =
        |ordering: Ordering, falls: bool| if falls { ordering.reverse() } else { ordering };
    for key in keys {
        let (a, b) = (value(one, key), value(other, key));
        let ordering = match (a.is_null(), b.is_null()) {
            (false, false) => turned(compare_values(&a, &b), falls(key)),
            (a, b) => a.cmp(&b),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    let numbers = compare_values(&one["number"], &other["number"]);
    turned(numbers, keys.last().is_some_and(falls))
}

fn passes(filter: &Value, trial: &Value) -> bool {
    if filter["states"].is_array() {
        trial["state"] == "COMPLETED"
    } else if filter["values"].is_array() {
        let value = value(trial, &json!({ "by": "VALUE", "name": "yield" }));
        value.as_f64().is_some_and(|value| value >= 0.5)
    } else if filter["parameters"].is_array() {
        ["THF", "water"].map(Value::from).contains(&trial["point"]["solvent"])
    } else {
        true
    }
}

/// The numbers of a list, page by page.
async fn walk(app: &Client, mut variables: Value, size: usize, backward: bool) -> Vec<Value> {
    let (count, place) = if backward { ("last", "before") } else { ("first", "after") };
    variables[count] = json!(size);
    let mut seen = Vec::new();
    loop {
        let data = app.graphql(LIST, variables.clone()).await.data();
        let page = &data["task"]["trials"];
        let some = nodes(page).into_iter().map(|trial| trial["number"].clone());
        let info = &page["pageInfo"];
        let more = if backward {
            seen.splice(0..0, some.collect::<Vec<_>>());
            variables[place] = info["startCursor"].clone();
            &info["hasPreviousPage"]
        } else {
            seen.extend(some);
            variables[place] = info["endCursor"].clone();
            &info["hasNextPage"]
        };
        if *more == false {
            return seen;
        }
        assert!(seen.len() <= TRIALS, "{variables}: no end");
    }
}

#[rstest]
#[tokio::test]
async fn random_orders_are_those_of_a_plain_model(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut random = Random::new(20_261_125);
    let id = grow(&app, &mut random).await;
    let trials = app.trials_with(&id, SEEN, "").await;
    assert!(trials.len() >= TRIALS / 2, "{}", trials.len());
    for _ in 0..QUERIES {
        let (sort, filter) = (sort(&mut random), filter(&mut random));
        let mut expected: Vec<_> = trials.iter().filter(|one| passes(&filter, one)).collect();
        expected.sort_by(|one, other| compare(&sort, one, other));
        let expected: Vec<_> = expected.iter().map(|trial| trial["number"].clone()).collect();
        let size = 1 + expected.len() / 5 + random.place(1 + expected.len());
        let backward = random.percent(40);
        let variables = json!({ "id": id, "sort": sort, "filter": filter });
        let seen = walk(&app, variables.clone(), size, backward).await;
        assert_eq!(seen, expected, "{variables} by {size}, backward: {backward}");
        let count = "query ($id: ID!, $filter: TrialFilter) {
            task(id: $id) { trials(filter: $filter, first: 0) { totalCount } } }";
        let counted = app.graphql(count, json!({ "id": id, "filter": filter })).await.data();
        assert_eq!(counted["task"]["trials"]["totalCount"], json!(expected.len()), "{filter}");
    }
}

#[rstest]
#[tokio::test]
async fn a_page_lies_between_two_cursors(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("ASCENDING", "DESCENDING")] direction: &str,
    #[values(json!({ "by": "NUMBER" }), json!({ "by": "PARAMETER", "name": "x" }))] key: Value,
) {
    let Some(app) = App::start(db).await else { return };
    let id = grow(&app, &mut Random::new(7)).await;
    let mut key = key;
    key["direction"] = json!(direction);
    let all = walk(&app, json!({ "id": id, "sort": [key] }), 1000, false).await;
    let cursor = async |place: usize| {
        let variables = json!({ "id": id, "sort": [key], "first": place + 1 });
        let data = app.graphql(LIST, variables).await.data();
        data["task"]["trials"]["pageInfo"]["endCursor"].clone()
    };
    let (after, before) = (cursor(9).await, cursor(30).await);
    for (size, place) in [("first", 10), ("last", 25)] {
        let variables =
            json!({ "id": id, "sort": [key], size: 5, "after": after, "before": before });
        let data = app.graphql(LIST, variables).await.data();
        let page = nodes(&data["task"]["trials"]);
        let numbers: Vec<_> = page.iter().map(|trial| trial["number"].clone()).collect();
        assert_eq!(numbers, all[place..place + 5], "the {size} between them");
    }
}

#[tokio::test]
async fn a_cursor_holds_for_its_order_only() {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = grow(&app, &mut Random::new(1)).await;
    let by = |name: &str, direction: &str| json!([{ "by": "VALUE", "name": name, "direction": direction }]);
    let variables = json!({ "id": id, "sort": by("yield", "ASCENDING"), "first": 3 });
    let data = app.graphql(LIST, variables).await.data();
    let cursor = &data["task"]["trials"]["pageInfo"]["endCursor"];
    for sort in [by("yield", "DESCENDING"), by("cost: $/g", "ASCENDING"), json!([]), json!(null)] {
        let variables = json!({ "id": id, "sort": sort, "after": cursor });
        let reply = app.graphql(LIST, variables).await;
        assert_eq!(reply.error().code(), "CURSOR_INVALID", "{sort}");
    }
}

#[rstest]
#[case::no_objective(json!([{ "by": "VALUE" }]), "sort.0.name")]
#[case::no_parameter(json!([{ "by": "NUMBER" }, { "by": "PARAMETER" }]), "sort.1.name")]
#[case::a_name_too_many(json!([{ "by": "STARTED", "name": "x" }]), "sort.0.name")]
#[case::twice(json!([{ "by": "NUMBER" }, { "by": "NUMBER", "direction": "DESCENDING" }]), "sort.1")]
#[case::long_name(json!([{ "by": "PARAMETER", "name": "x".repeat(1_001) }]), "sort.0.name")]
#[tokio::test]
async fn a_wrong_order_is_a_typed_error(#[case] sort: Value, #[case] path: &str) {
    let Some(app) = App::start(Db::Memory).await else { return };
    let id = app.running_task(asktell_tests::quadratic()).await;
    let error = app.graphql(LIST, json!({ "id": id, "sort": sort })).await.error();
    assert_eq!((error.code(), error.path()), ("VALIDATION_FAILED", path.to_owned()));
}
