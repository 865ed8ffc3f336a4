//! What models have learned, for people to look at; when they say that it is enough; and beginning with
//! what other tasks have learned.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, Random, eventually, quadratic_with};
use rstest::rstest;
use serde_json::{Value, json};

const MODEL: &str = "query ($id: ID!) { task(id: $id) {
  model {
    results used strategy reason expectedImprovement
    objectives {
      objective scale noise rSquared informative
      parameters { parameter lengthScale relevance }
      crossValidation { trial measured predicted deviation }
    }
    best { point predictions { objective mean deviation } }
  }
  slice(parameter: \"x\", steps: 11) {
    parameter at values objectives { objective means deviations }
  }
  contour(x: \"x\", y: \"y\", steps: 6) { x y at xValues yValues objectives { objective means } }
  importance { objective parameter importance }
} }";

fn learning(fields: &Value) -> Value {
    let mut input = quadratic_with(json!({ "strategy": { "kind": "AUTO", "seed": 7 } }));
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), fields.clone()) {
        input.extend(fields);
    }
    input
}

/// A valley along y, with its bottom at x = 2: y matters little.
fn loss(point: &Value) -> f64 {
    let at = |name: &str| point[name].as_f64().expect("a number");
    (at("x") - 2.0).powi(2) + 0.1 * at("y")
}

fn results(count: usize) -> Vec<Value> {
    let mut random = Random::new(5);
    let mut share = || f64::from(u32::try_from(random.within(0, 1_000_000)).expect("small")) / 1e6;
    let mut result = || {
        let point = json!({ "x": -5.0 + 15.0 * share(), "y": 15.0 * share() });
        let values = json!([{ "objective": "loss", "value": loss(&point) }]);
        json!({ "point": point, "outcome": { "values": values } })
    };
    (0..count).map(|_| result()).collect()
}

async fn with_results(client: &Client, input: Value, count: usize) -> String {
    let id = client.running_task(input).await;
    if count > 0 {
        client.add_results(&id, json!(results(count))).await;
    }
    id
}

async fn look(client: &Client, task: &str) -> Value {
    client.graphql(MODEL, json!({ "id": task })).await.data()["task"].clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number expected: {value}"))
}

/// Values at each of five places of x from 0 to 1, replicate by replicate.
fn replicates(values: &[f64]) -> Value {
    let at = |place: i32| {
        values.iter().map(move |value| {
            let outcome = json!({ "values": [{ "objective": "y", "value": value }] });
            json!({ "point": { "x": f64::from(place) / 4.0 }, "outcome": outcome })
        })
    };
    (0..5).flat_map(at).collect()
}

#[rstest]
#[case::ratings("MAXIMIZE", &[3.0, 4.0, 4.0, 5.0, 5.0, 4.0], 4.17, 0.75)]
#[case::one_or_two("MINIMIZE", &[1.0, 2.0, 1.0, 2.0, 1.0, 2.0], 1.5, 0.55)]
#[tokio::test]
async fn replicates_are_predicted_by_their_mean_and_their_scatter_is_noise(
    #[values(Db::Memory, Db::Postgres)] db: Db,
    #[case] direction: &str,
    #[case] values: &[f64],
    #[case] mean: f64,
    #[case] scatter: f64,
) {
    let Some(app) = App::start(db).await else { return };
    let input = json!({
        "parameterSpace": { "parameters": [{ "float": { "name": "x", "low": 0, "high": 1 } }] },
        "objectives": [{ "name": "y", "direction": direction }],
    });
    let task = app.running_task(input).await;
    app.add_results(&task, replicates(values)).await;
    let query = "query ($id: ID!) { task(id: $id) {
        model {
            objectives { scale noise rSquared informative }
            best { predictions { mean deviation } }
        }
        slice(parameter: \"x\") { objectives { means deviations } }
    } }";
    let told = app.graphql(query, json!({ "id": task })).await.data()["task"].clone();
    let (objective, best) =
        (&told["model"]["objectives"][0], &told["model"]["best"]["predictions"][0]);
    assert_eq!(objective["scale"], "as measured");
    let noise = number(&objective["noise"]);
    assert!((noise / scatter - 1.0).abs() < 0.25, "{noise}, not {scatter}");
    // The place does not matter: the model predicts a result no better than their mean does, and says so.
    assert!(number(&objective["rSquared"]) < 0.0 && objective["informative"] == false);
    assert!(
        (number(&best["mean"]) - mean).abs() < 0.1 && number(&best["deviation"]) > 0.4,
        "{best}"
    );
    for expected in told["slice"]["objectives"][0]["means"].as_array().expect("means") {
        assert!((number(expected) - mean).abs() < 0.1, "{expected}");
    }
}

#[rstest]
#[tokio::test]
async fn a_declared_noise_is_shown_as_declared(
    #[values(Db::Memory, Db::Postgres)] db: Db,
    #[values(2.0, 0.0)] declared: f64,
) {
    let Some(app) = App::start(db).await else { return };
    let noise = json!([{ "objective": "loss", "deviation": declared }]);
    let strategy = json!({ "strategy": { "kind": "GP", "seed": 7, "gp": { "noise": noise } } });
    let task = with_results(&app, learning(&strategy), 20).await;
    let told = look(&app, &task).await["model"]["objectives"][0]["noise"].clone();
    assert!((number(&told) - declared).abs() < 1e-12, "{told}");
}

#[rstest]
#[tokio::test]
async fn a_model_tells_what_it_has_learned(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(mut app) = App::start(db).await else { return };
    let task = with_results(&app, learning(&json!({})), 30).await;
    let told = look(&app, &task).await;
    let model = &told["model"];
    assert_eq!((&model["results"], &model["strategy"]), (&json!(30), &json!("GP")), "{model}");
    // Of the model, not of the next point.
    assert_eq!(model["reason"], "Gaussian process: 1 objective, 2 parameters, 30 results");
    let objective = &model["objectives"][0];
    assert_eq!(objective["objective"], "loss");
    assert!(number(&objective["rSquared"]) > 0.8, "a valley is learned from 30 results");
    let parameters = objective["parameters"].as_array().expect("parameters");
    assert_eq!((&parameters[0]["parameter"], parameters.len()), (&json!("x"), 2));
    assert!(number(&parameters[0]["relevance"]) > number(&parameters[1]["relevance"]));
    let measured = objective["crossValidation"].as_array().expect("results");
    let trials: BTreeSet<_> = measured.iter().map(|one| one["trial"].as_i64()).collect();
    assert_eq!(trials.len(), 30);
    let best = &model["best"];
    assert!((number(&best["point"]["x"]) - 2.0).abs() < 2.0, "{best}");
    assert_eq!(best["predictions"][0]["objective"], "loss");
    // Along x the valley is seen.
    let slice = &told["slice"];
    let values: Vec<f64> = slice["values"].as_array().expect("values").iter().map(number).collect();
    assert_eq!((values.len(), values[0], values[10]), (11, -5.0, 10.0));
    let means = &slice["objectives"][0]["means"];
    let y = number(&slice["at"]["y"]);
    for (x, mean) in values.iter().zip(means.as_array().expect("means")) {
        let (here, there) = (number(mean), loss(&json!({ "x": x, "y": y })));
        assert!((here - there).abs() < 12.0, "{here} at {x}, not {there}");
    }
    let contour = &told["contour"];
    assert_eq!(contour["objectives"][0]["means"].as_array().expect("means").len(), 36);
    let importance = told["importance"].as_array().expect("importance");
    let of = |name: &str| {
        let found = importance.iter().find(|one| one["parameter"] == name);
        number(&found.expect("the parameter")["importance"])
    };
    assert!(of("x") > 0.5 && of("y") < 0.3, "{importance:?}");
    // The same after a start, and in the pause.
    if db != Db::Memory {
        app.stop().await;
        app.start_again().await;
        app.transition(&task, "PAUSED").await;
        assert_eq!(look(&app, &task).await, told);
    }
}

#[rstest]
#[tokio::test]
async fn there_is_nothing_to_see_without_a_model(#[values(Db::Memory, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let nothing = json!({ "model": null, "slice": null, "contour": null, "importance": null });
    for kind in ["AUTO", "SOBOL"] {
        let strategy = json!({ "kind": kind, "seed": 7 });
        let task = with_results(&app, learning(&json!({ "strategy": strategy })), 0).await;
        assert_eq!(look(&app, &task).await, nothing, "{kind}");
    }
    let sobol = json!({ "strategy": { "kind": "SOBOL", "seed": 7 } });
    let task = with_results(&app, learning(&sobol), 20).await;
    let told = look(&app, &task).await;
    assert_eq!((&told["model"], &told["slice"]), (&Value::Null, &Value::Null));
    assert!(told["importance"].is_array(), "importance needs no model of the strategy");
    let task = app.create_task(json!({ "name": "planned" })).await["id"].clone();
    assert_eq!(look(&app, task.as_str().expect("an id")).await, nothing);
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_refused() {
    let app = App::start(Db::Memory).await.expect("SQLite is always there");
    let task = with_results(&app, learning(&json!({})), 12).await;
    let refused = async |field: &str| {
        let query = format!("query ($id: ID!) {{ task(id: $id) {{ {field} }} }}");
        let error = app.graphql(&query, json!({ "id": task })).await.error();
        (error.code().to_owned(), error.path())
    };
    let code = refused("slice(parameter: \"z\") { at }").await.0;
    for (field, path) in [
        ("slice(parameter: \"z\") { at }", "parameter"),
        ("slice(parameter: \"x\", steps: 1) { at }", "steps"),
        ("slice(parameter: \"x\", at: { z: 1 }) { at }", "at.z"),
        ("slice(parameter: \"x\", at: { y: \"a\" }) { at }", "at.y"),
        ("contour(x: \"x\", y: \"x\") { at }", "y"),
        ("contour(x: \"x\", y: \"y\", steps: 61) { at }", "steps"),
    ] {
        let (refusal, at) = refused(field).await;
        assert_eq!((refusal.as_str(), at.as_str()), (code.as_str(), path), "{field}");
    }
    // What many places cost counts, whatever is selected of them.
    let contour = |i: usize| format!("c{i}: contour(x: \"x\", y: \"y\", steps: 60) {{ at }}");
    let many = (0..20).map(contour).collect::<Vec<_>>().join(" ");
    let query = format!("query ($id: ID!) {{ task(id: $id) {{ {many} }} }}");
    let refusal = app.graphql(&query, json!({ "id": task })).await.error();
    assert_eq!(refusal.detail("limit"), "complexity");
}

#[rstest]
#[tokio::test]
async fn a_task_ends_when_too_little_is_expected(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let budget = json!({ "minExpectedImprovement": 1e9 });
    let task = with_results(&app, learning(&json!({ "budget": budget })), 0).await;
    let trials = app.ask(&task, 12).await;
    assert_eq!(trials.len(), 12, "nothing is known yet");
    for trial in &trials {
        app.tell(trial, loss(&trial["point"])).await;
    }
    // Nobody asks: the server sees it by itself.
    let ended = eventually(30, "the task to end", async || {
        let task = app.task(&task).await;
        (task["status"] == "COMPLETED").then_some(task)
    })
    .await;
    let reason = ended["statusReason"].as_str().expect("a reason");
    assert!(reason.contains("improvement of less than 1000000000"), "{reason}");
    // A threshold that is far lower leaves it alone.
    let budget = json!({ "minExpectedImprovement": 1e-12 });
    let task = with_results(&app, learning(&json!({ "budget": budget })), 12).await;
    assert_eq!(app.ask(&task, 1).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_list_of_candidates_is_worked_off_and_the_task_ends(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("AUTO", "SOBOL", "RANDOM")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let candidates: Vec<_> = (0..20)
        .map(|i| json!({ "x": f64::from(i) / 2.0 - 4.0, "y": f64::from(i * 7 % 15) }))
        .collect();
    let mut input = learning(&json!({ "strategy": { "kind": kind, "seed": 7 } }));
    input["parameterSpace"]["candidates"] = json!(candidates);
    let task = with_results(&app, input, 0).await;
    let mut seen = BTreeSet::new();
    while seen.len() < 20 {
        let trials = app.ask(&task, 3).await;
        assert!(!trials.is_empty(), "{} are out, and more are left", seen.len());
        for trial in &trials {
            assert!(candidates.contains(&trial["point"]), "{}", trial["point"]);
            assert!(seen.insert(trial["point"].to_string()), "{} twice", trial["point"]);
            app.tell(trial, loss(&trial["point"])).await;
        }
    }
    let ended = eventually(30, "the task to end", async || {
        let task = app.task(&task).await;
        (task["status"] == "COMPLETED").then_some(task)
    })
    .await;
    assert_eq!(ended["statusReason"], "every candidate has been tried");
}

#[rstest]
#[tokio::test]
async fn a_warm_start_begins_with_what_another_task_has_learned(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let source = with_results(&app, learning(&json!({})), 40).await;
    let warm = json!({ "kind": "AUTO", "seed": 7, "warmStart": [source] });
    let cold = with_results(&app, learning(&json!({})), 0).await;
    let first_of = async |task: &str| {
        let payload = "trials { id point proposal { strategy results } }";
        let asked = app.mutate_for("ask", json!({ "taskId": task }), payload).await.data();
        asked["ask"]["trials"][0].clone()
    };
    let unlearned = first_of(&cold).await;
    assert_eq!(unlearned["proposal"]["strategy"], "SOBOL");
    let task = with_results(&app, learning(&json!({ "strategy": warm })), 0).await;
    let learned = first_of(&task).await;
    assert_eq!(learned["proposal"]["results"], 40);
    assert_ne!(learned["point"], unlearned["point"]);
    // What becomes of the other task later changes nothing.
    app.add_results(&source, json!(results(10))).await;
    let again = with_results(&app, learning(&json!({})), 0).await;
    app.update_task(json!({ "id": again, "strategy": { "kind": "AUTO", "seed": 7 } })).await;
    app.tell(&learned, loss(&learned["point"])).await;
    assert_eq!(first_of(&task).await["proposal"]["results"], 41);
    // An update takes it up, too.
    let strategy = json!({ "kind": "AUTO", "seed": 7, "warmStart": [source] });
    app.update_task(json!({ "id": again, "strategy": strategy })).await;
    assert_eq!(first_of(&again).await["proposal"]["results"], 50);
}

#[tokio::test]
async fn a_warm_start_from_another_kind_of_task_is_refused() {
    let app = App::start(Db::Memory).await.expect("SQLite is always there");
    let source = with_results(&app, learning(&json!({})), 3).await;
    let warm = |id: &str| json!({ "kind": "AUTO", "warmStart": [id] });
    let refused = async |fields: Value| {
        let error = app.mutate("createTask", learning(&fields)).await.error();
        (error.path(), error.0["message"].as_str().unwrap_or_default().to_owned())
    };
    let space = json!({ "parameters": [
        { "float": { "name": "x", "low": 0.0, "high": 1.0 } },
        { "float": { "name": "z", "low": 0.0, "high": 1.0 } },
    ] });
    let (path, message) =
        refused(json!({ "strategy": warm(&source), "parameterSpace": space })).await;
    assert_eq!(path, "input.strategy.warmStart.0");
    assert!(message.contains("no parameter \"z\""), "{message}");
    let objectives = json!([{ "name": "loss", "direction": "MAXIMIZE" }]);
    let (path, message) =
        refused(json!({ "strategy": warm(&source), "objectives": objectives })).await;
    assert_eq!(path, "input.strategy.warmStart.0");
    assert!(message.contains("does not measure \"loss\""), "{message}");
    let nobody = asktell_tests::new_id();
    let (path, message) = refused(json!({ "strategy": warm(&nobody) })).await;
    assert_eq!(path, "input.strategy.warmStart.0");
    assert!(message.contains("no such task"), "{message}");
}
