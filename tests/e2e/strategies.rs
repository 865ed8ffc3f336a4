//! The points that a task hands out: in the space, in the right order, and the same for the same seed.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, id_of, nodes};
use rstest::rstest;
use serde_json::{Value, json};

/// A space with every kind of parameter.
fn mixed(strategy: &Value) -> Value {
    json!({
        "parameterSpace": { "parameters": [
            { "float": { "name": "x", "low": -5.0, "high": 10.0 } },
            { "float": { "name": "dose", "low": 0.1, "high": 0.75, "step": 0.1 } },
            { "float": { "name": "rate", "low": 1e-5, "high": 1.0, "log": true } },
            { "int": { "name": "n", "low": 6, "high": 13, "step": 2 } },
            { "int": { "name": "width", "low": 1, "high": 1024, "log": true } },
            { "categorical": { "name": "solvent", "choices": ["water", "DMSO", false] } },
            { "ordinal": { "name": "grade", "levels": [1, 10, 100] } },
        ] },
        "objectives": [{ "name": "loss", "direction": "MINIMIZE" }],
        "strategy": strategy,
    })
}

fn check_point(point: &Value) {
    let number =
        |name: &str| point[name].as_f64().unwrap_or_else(|| panic!("no {name} in {point}"));
    assert!((-5.0..=10.0).contains(&number("x")), "{point}");
    assert!((1e-5..=1.0).contains(&number("rate")), "{point}");
    let doses = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7].map(|dose| json!(dose));
    assert!(doses.contains(&point["dose"]), "on the grid, without dust: {point}");
    assert!([6, 8, 10, 12].map(|n| json!(n)).contains(&point["n"]), "{point}");
    assert!((1..=1024).contains(&point["width"].as_i64().expect("whole")), "{point}");
    assert!([json!("water"), json!("DMSO"), json!(false)].contains(&point["solvent"]), "{point}");
    assert!([1, 10, 100].map(|n| json!(n)).contains(&point["grade"]), "{point}");
    assert_eq!(point.as_object().expect("an object").len(), 7, "{point}");
}

fn points(trials: &[Value]) -> Vec<Value> {
    trials.iter().map(|trial| trial["point"].clone()).collect()
}

/// What a new task with this strategy hands out, asked for in portions.
async fn handed_out(app: &Client, strategy: Value, portions: &[usize]) -> Vec<Value> {
    let id = app.running_task(mixed(&strategy)).await;
    let mut points_so_far = Vec::new();
    for portion in portions {
        points_so_far.extend(points(&app.ask(&id, *portion).await));
    }
    points_so_far
}

#[rstest]
#[tokio::test]
async fn every_point_lies_in_the_space_and_the_seed_fixes_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let strategy = json!({ "kind": kind, "seed": 42 });
    let at_once = handed_out(&app, strategy.clone(), &[40]).await;
    assert_eq!(at_once.len(), 40);
    at_once.iter().for_each(check_point);
    let distinct: BTreeSet<_> = at_once.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), 40);

    assert_eq!(handed_out(&app, strategy, &[1, 2, 7, 30]).await, at_once, "same seed, same points");
    let other = handed_out(&app, json!({ "kind": kind, "seed": 43 }), &[40]).await;
    assert_ne!(other, at_once, "another seed, other points");
    let own = handed_out(&app, json!({ "kind": kind }), &[3]).await;
    assert_ne!(
        own,
        handed_out(&app, json!({ "kind": kind }), &[3]).await,
        "no two tasks walk alike"
    );
}

#[rstest]
#[tokio::test]
async fn all_databases_hand_out_the_same_points(
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE")] kind: &str,
) {
    let mut seen: Option<Vec<Value>> = None;
    for db in [Db::Memory, Db::SqliteFile, Db::Postgres] {
        let Some(app) = App::start(db).await else { return };
        let design = json!({ "method": kind, "count": 5 });
        let strategy = json!({ "kind": kind, "seed": 9, "initialDesign": design });
        let points = handed_out(&app, strategy, &[12]).await;
        assert_eq!(seen.get_or_insert_with(|| points.clone()), &points, "{db:?}");
    }
}

#[rstest]
#[tokio::test]
async fn explicit_designs_come_first_then_the_sampled_ones_then_the_strategy(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("RANDOM", "SOBOL", "LATIN_HYPERCUBE")] method: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let explicit = json!({
        "x": 1, "dose": 0.3, "rate": 0.5, "n": 8.0, "width": 3, "solvent": "DMSO", "grade": 10,
    });
    let design = json!({ "method": method, "count": 6 });
    let mut input = mixed(&json!({ "kind": "SOBOL", "seed": 3, "initialDesign": design }));
    input["initialDesigns"] = json!([explicit]);
    let task = app.create_task(input).await;
    let id = id_of(&task);
    assert_eq!(task["trialCounts"]["waiting"], 1, "the sampled ones are made at the first start");
    let task = app.transition(&id, "RUNNING").await;
    assert_eq!(task["trialCounts"]["waiting"], 7);

    let lists = "query ($id: ID!) { task(id: $id) {
        initialDesigns { nodes { number point } } nextPoints { nodes { number point } } results { nodes { number } } } }";
    let data = app.graphql(lists, json!({ "id": id })).await.data();
    let planned = nodes(&data["task"]["nextPoints"]);
    assert_eq!(nodes(&data["task"]["initialDesigns"]), planned);
    assert_eq!(planned.len(), 7);
    assert_eq!(planned[0]["point"]["n"], json!(8), "spelled as the parameter spells it");

    let trials = app.ask(&id, 9).await;
    let numbers: Vec<_> = trials.iter().map(|trial| trial["number"].clone()).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(trials[..7].iter().all(|trial| trial["origin"] == "INITIAL_DESIGN"));
    assert!(trials[7..].iter().all(|trial| trial["origin"] == "STRATEGY"));
    assert_eq!(points(&trials)[..7], points(&planned));
    points(&trials).iter().for_each(check_point);

    // A retry does not make the design again.
    app.transition(&id, "FAILED").await;
    let retried = app.transition(&id, "RUNNING").await;
    assert_eq!(retried["trialCounts"]["total"], 9);
}

#[rstest]
#[tokio::test]
async fn an_external_strategy_hands_out_what_clients_enqueue(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = asktell_tests::quadratic();
    input["strategy"] = json!({ "kind": "EXTERNAL" });
    let id = app.running_task(input).await;
    assert_eq!(app.ask(&id, 5).await, [] as [Value; 0]);

    let enqueued = app.enqueue(&id, json!([{ "x": 0.5, "y": 1.0 }, { "x": 1.5, "y": 2.0 }])).await;
    assert!(
        enqueued.iter().all(|trial| trial["state"] == "WAITING" && trial["origin"] == "CLIENT")
    );
    let trials = app.ask(&id, 5).await;
    assert_eq!(points(&trials), points(&enqueued));
    assert!(trials.iter().all(|trial| trial["state"] == "RUNNING"));
    assert_eq!(app.ask(&id, 1).await, [] as [Value; 0]);
}

#[rstest]
#[tokio::test]
async fn what_clients_enqueue_comes_before_what_the_strategy_proposes(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let without = app.running_task(asktell_tests::quadratic()).await;
    let proposed = points(&app.ask(&without, 3).await);

    let id = app.running_task(asktell_tests::quadratic()).await;
    let mut handed_out = points(&app.ask(&id, 1).await);
    app.enqueue(&id, json!([{ "x": 9.0, "y": 9.0 }])).await;
    handed_out.extend(points(&app.ask(&id, 3).await));
    assert_eq!(
        handed_out,
        [
            proposed[0].clone(),
            json!({ "x": 9.0, "y": 9.0 }),
            proposed[1].clone(),
            proposed[2].clone()
        ],
        "the strategy goes on where it was"
    );
}

#[rstest]
#[tokio::test]
async fn the_points_of_a_design_are_listed_before_the_start_as_given_ones_are(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let design = json!({ "method": "SOBOL", "count": 5 });
    let mut input = asktell_tests::quadratic();
    input["strategy"] = json!({ "kind": "SOBOL", "seed": 3, "initialDesign": design });
    input["initialDesigns"] = json!([{ "x": 1.5, "y": 2.5 }]);
    let id = id_of(&app.create_task(input).await);
    let page = async |field: &str, arguments: &str| {
        let query = format!(
            "query ($id: ID!) {{ task(id: $id) {{ {field}{arguments} {{ totalCount
               nodes {{ number point origin state }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }} }}"
        );
        app.graphql(&query, json!({ "id": id })).await.data()["task"][field].clone()
    };
    let listed = page("initialDesigns", "").await;
    assert_eq!(listed["totalCount"], 6);
    let before = nodes(&listed);
    assert_eq!(before[0]["point"], json!({ "x": 1.5, "y": 2.5 }));
    assert!(
        before.iter().all(|one| one["origin"] == "INITIAL_DESIGN" && one["state"] == "WAITING")
    );
    assert_eq!(nodes(&page("nextPoints", "").await), before);
    // By pages, from both sides.
    let first = page("initialDesigns", "(first: 3)").await;
    assert_eq!(nodes(&first), before[..3]);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let rest = page("initialDesigns", &format!("(first: 9, after: \"{cursor}\")")).await;
    assert_eq!(
        (nodes(&rest), &rest["pageInfo"]["hasNextPage"]),
        (before[3..].to_vec(), &json!(false))
    );
    let last = page("initialDesigns", "(last: 5)").await;
    assert_eq!(
        (nodes(&last), &last["pageInfo"]["hasPreviousPage"]),
        (before[1..].to_vec(), &json!(true))
    );
    assert_eq!(nodes(&page("initialDesigns", "(last: 6)").await), before);
    assert_eq!(app.task(&id).await["trialCounts"]["total"], 1, "nothing is made by looking");

    // They are what is tried.
    app.transition(&id, "RUNNING").await;
    assert_eq!(nodes(&page("initialDesigns", "").await), before);
    assert_eq!(points(&app.ask(&id, 6).await), points(&before));
    // Another seed or space shows another design.
    let mut input = asktell_tests::quadratic();
    input["strategy"] =
        json!({ "kind": "SOBOL", "seed": 4, "initialDesign": { "method": "RANDOM", "count": 2 } });
    let other = id_of(&app.create_task(input).await);
    let query = "query ($id: ID!) { task(id: $id) { initialDesigns { nodes { point } } } }";
    let design = async || {
        let data = app.graphql(query, json!({ "id": other })).await.data();
        nodes(&data["task"]["initialDesigns"])
    };
    let first = design().await;
    app.update_task(json!({ "id": other, "parameterSpace": { "parameters": [
        { "float": { "name": "z", "low": 0.0, "high": 1.0 } },
    ] } }))
    .await;
    let second = design().await;
    assert_eq!((first.len(), second.len()), (2, 2));
    assert!(second[0]["point"]["z"].is_number(), "{second:?}");
}
