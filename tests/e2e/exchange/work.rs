//! What workers, runners and people leave behind, in files.

use asktell_tests::{App, Database, Db, Server, id_of, quadratic};
use rstest::rstest;
use serde_json::{Value, json};

use super::{export, files, import_well};

/// Tasks with everything that workers, runners and people leave behind.
async fn fill_with_work(app: &App) -> Vec<String> {
    let by_lease = |trial: &Value, outcome: Value, fields: Value| {
        let token = asktell_tests::token_of(trial);
        let mut input = json!({ "trialId": trial["id"], "leaseToken": token, "outcome": outcome });
        input["metrics"] = json!([{ "name": "hours", "value": 1.5 }]);
        for (name, value) in fields.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        input
    };
    let value = |value: f64| json!({ "values": [{ "objective": "loss", "value": value }] });
    let mut full = quadratic();
    full["priority"] = json!(-3);
    full["owner"] = json!("Ada");
    full["labels"] = json!(["gpu", "höher"]);
    full["budget"] = json!({
        "maxTrials": 50, "maxRunning": 9, "maxShare": 0.5, "patience": 40, "targetValue": -9.5,
        "deadline": "2999-01-01T00:00:00.000001Z",
    });
    full["trialPolicy"] = json!({
        "leaseSeconds": 900, "lateResults": "ATTACH", "retryOn": "LISTED_FAILURES",
        "retryKinds": ["power"], "backoffSeconds": 500, "maxAttempts": 4,
    });
    full["pruning"] = json!({ "kind": "MEDIAN", "startupTrials": 1 });
    full["constraints"] = json!([{ "name": "hours", "atMost": 2.0 }]);
    let busy = app.running_task(full).await;
    let trials = app.ask_for(json!({ "taskId": busy, "count": 6, "worker": "w 1" })).await;
    let trials = trials["trials"].as_array().expect("trials");
    app.report(&trials[0], 1, 2.0).await;
    app.report(&trials[0], 2, 1.0).await;
    let artifacts = json!([{ "name": "photo", "url": "https://example.org/1.png" }]);
    let fields = json!({ "metadata": { "a": [1, null] }, "artifacts": artifacts });
    app.tell_for(by_lease(&trials[0], value(1.0), fields)).await;
    app.correct(&trials[0], 0.5, "the scale was off").await;
    app.report(&trials[1], 1, 99.0).await;
    let failure = json!({ "failure": { "reason": "dark", "kind": "power" } });
    app.tell_for(by_lease(&trials[2], failure, json!({}))).await;
    let violating = json!({ "metrics": [{ "name": "hours", "value": 3.0 }] });
    app.tell_for(by_lease(&trials[3], value(0.1), violating)).await;
    app.exclude(&trials[3], "dirty").await;
    app.release(json!([asktell_tests::lease_of(&trials[4])])).await;
    app.tell_for(by_lease(&trials[4], value(0.25), json!({}))).await;
    let outcome = value(7.0);
    let hours = json!([{ "name": "hours", "value": 1 }]);
    let imported = json!({ "point": { "x": 1, "y": 1 }, "outcome": outcome, "metrics": hours });
    app.add_results(&busy, json!([imported])).await;

    let mut several = quadratic();
    several["objectives"] =
        json!([{ "name": "a", "direction": "MINIMIZE" }, { "name": "b", "direction": "MAXIMIZE" }]);
    let several = id_of(&app.create_task(several).await);
    let results: Vec<_> = [(1.0, 1.0), (2.0, 2.0), (2.0, 1.0), (0.5, 0.0)]
        .map(|(a, b)| {
            let values =
                json!([{ "objective": "a", "value": a }, { "objective": "b", "value": b }]);
            json!({ "point": { "x": a, "y": b }, "outcome": { "values": values } })
        })
        .into();
    app.add_results(&several, json!(results)).await;
    app.claim_task("runner 3", 9_000.0).await;
    vec![busy, several]
}

#[rstest]
#[tokio::test]
async fn what_workers_left_behind_survives_a_round_trip(
    #[values(Db::SqliteFile, Db::Postgres)] from: Db,
    #[values(Db::SqliteFile, Db::Postgres)] to: Db,
) {
    let Some(mut app) = App::start(from).await else { return };
    let ids = fill_with_work(&app).await;
    let everything = async |client: &asktell_tests::Client| {
        let mut seen = Vec::new();
        for id in &ids {
            let mut task = client.task(id).await;
            task["sequence"] = Value::Null;
            // A claim stays behind: whoever runs it there has no runner here.
            task["claim"] = Value::Null;
            let fields = "...Trial onParetoFront reports { step values { objective value } at }";
            let trials = client.trials_with(id, fields, asktell_tests::TRIAL).await;
            seen.push((task, trials));
        }
        seen
    };
    let before = everything(&app).await;
    app.stop().await;
    let first = export(&app.database, "first");
    let Some(fresh) = Database::fresh(to).await else { return };
    import_well(&fresh, &first, &[]);
    fresh.check();
    assert_eq!(files(&export(&fresh, "second")), files(&first));

    let server = Server::start(fresh.url(), fresh.directory()).await;
    for ((task, trials), (task_before, trials_before)) in
        everything(&server.client).await.iter().zip(&before)
    {
        assert_eq!(task, task_before);
        for (trial, trial_before) in trials.iter().zip(trials_before) {
            assert_eq!(trial, trial_before);
        }
        assert_eq!(trials.len(), trials_before.len());
    }
    assert_eq!(server.client.task(&ids[1]).await["claim"], Value::Null);
    // The worker that still has a trial goes on with it, and what backs off still does.
    let (_, trials) = &before[0];
    let out = trials.iter().find(|trial| trial["state"] == "RUNNING").expect("one is out");
    let told = server.client.tell_for(json!({
        "trialId": out["id"], "leaseToken": out["lease"]["token"],
        "outcome": { "values": [{ "objective": "loss", "value": 3.0 }] },
        "metrics": [{ "name": "hours", "value": 1.0 }],
    }));
    assert_eq!(told.await["receipt"], "COUNTED");
    let next = server.client.ask(&ids[0], 1).await;
    assert_eq!(next[0]["number"], 5, "what was given back comes first");
    assert!(server.stop().await.success());
    fresh.check();
}
