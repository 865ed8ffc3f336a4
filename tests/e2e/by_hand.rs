//! What people do by hand: results measured elsewhere, trials that are skipped, left out and corrected.

use std::fmt::Write as _;

use asktell_tests::{
    App, Client, Db, Random, failed, id_of, lease_of, nodes, quadratic, quadratic_with, time,
    token_of,
};
use rstest::rstest;
use serde_json::{Value, json};

fn measured_at(x: f64, value: f64) -> Value {
    let outcome = json!({ "values": [{ "objective": "loss", "value": value }] });
    json!({ "point": { "x": x, "y": 1.0 }, "outcome": outcome })
}

/// A task with a COMPLETED trial for each of these values.
async fn with_results(app: &Client, values: &[f64]) -> (String, Vec<Value>) {
    let id = app.running_task(quadratic()).await;
    let mut trials = Vec::new();
    for value in values {
        let trial = app.lease(&id, 600.0).await;
        trials.push(app.tell_with(&trial, token_of(&trial), *value).await["trial"].clone());
    }
    (id, trials)
}

fn best(task: &Value) -> (Value, Value) {
    (task["bestValue"].clone(), task["bestTrial"]["number"].clone())
}

#[rstest]
#[tokio::test]
async fn results_from_elsewhere_count_like_measured_ones(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    // Before the start, while it runs, and in a pause.
    let id = id_of(&app.create_task(quadratic()).await);
    let mut first = measured_at(1.0, 5.0);
    first["outcome"]["values"][0]["standardDeviation"] = json!(0.5);
    first["metrics"] = json!([{ "name": "hours", "value": 3 }]);
    first["metadata"] = json!({ "book": 7 });
    first["artifacts"] = json!([{ "name": "photo", "url": "https://example.org/7.png" }]);
    let added = app.add_results(&id, json!([first])).await;
    let trial = &added["trials"][0];
    assert_eq!(
        (&trial["number"], &trial["state"], &trial["origin"], &trial["late"]),
        (&json!(1), &json!("COMPLETED"), &json!("IMPORTED"), &json!(false))
    );
    assert_eq!(trial["point"], json!({ "x": 1.0, "y": 1.0 }));
    assert_eq!(
        trial["values"],
        json!([{ "objective": "loss", "value": 5.0, "standardDeviation": 0.5 }])
    );
    assert_eq!(trial["metrics"], json!([{ "name": "hours", "value": 3.0 }]));
    assert_eq!(trial["metadata"], json!({ "book": 7 }));
    assert_eq!(trial["artifacts"][0]["url"], "https://example.org/7.png");
    assert_eq!((&trial["attempts"], &trial["lease"]), (&json!([]), &Value::Null));
    assert!(trial["finishedAt"].is_string());
    assert_eq!(best(&added["task"]), (json!(5.0), json!(1)));
    let event = app.event(&id, "the result", |event| event["kind"] == "TRIAL_CREATED").await;
    assert_eq!((&event["state"], &event["origin"]), (&json!("COMPLETED"), &json!("IMPORTED")));
    assert_eq!(event["createdWith"], trial["values"]);

    app.transition(&id, "RUNNING").await;
    let handed_out = app.lease(&id, 600.0).await;
    assert_eq!(handed_out["number"], 2);
    app.transition(&id, "PAUSED").await;
    let results = json!([
        measured_at(2.0, 4.0),
        { "point": { "x": 3.0, "y": 1.0 }, "outcome": { "failure": { "reason": "broke" } } },
        { "point": { "x": 4.0, "y": 1.0 }, "outcome": { "infeasible": { "reason": "clots" } } },
        { "point": { "x": 5.0, "y": 1.0 }, "outcome": { "pruned": { "reason": "hopeless" } } },
        measured_at(2.0, 4.0),
    ]);
    let added = app.add_results(&id, results).await;
    let told: Vec<_> = added["trials"]
        .as_array()
        .expect("trials")
        .iter()
        .map(|trial| {
            (trial["number"].clone(), trial["state"].clone(), trial["failureReason"].clone())
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!(3), json!("COMPLETED"), Value::Null),
            (json!(4), json!("FAILED"), json!("broke")),
            (json!(5), json!("INFEASIBLE"), json!("clots")),
            (json!(6), json!("PRUNED"), json!("hopeless")),
            (json!(7), json!("COMPLETED"), Value::Null),
        ]
    );
    let task = &added["task"];
    assert_eq!(best(task), (json!(4.0), json!(3)), "the first of equals");
    assert_eq!((&task["handedOut"], &task["status"]), (&json!(1), &json!("PAUSED")));
    assert_eq!(
        task["trialCounts"],
        json!({
            "total": 7, "waiting": 0, "running": 1, "completed": 3, "failed": 1, "pruned": 1,
            "infeasible": 1, "abandoned": 0,
        })
    );
    let list = "query ($id: ID!) { task(id: $id) { results { nodes { number } } } }";
    let data = app.graphql(list, json!({ "id": id })).await.data();
    assert_eq!(nodes(&data["task"]["results"]).len(), 6);
}

/// The body of an `addResults` with so many results, the given one at its place.
fn many_results(task: &str, count: usize, other: Option<(usize, &str)>) -> String {
    let query = "mutation ($input: AddResultsInput!) { addResults(input: $input) {
        trials { number state origin } task { bestValue bestTrial { number } trialCounts { total completed } } } }";
    let mut results = String::new();
    for n in 0..count {
        let value =
            if n == 7_777 { -1.5 } else { f64::from(u32::try_from(n % 100).expect("small")) };
        let result = match other {
            Some((place, result)) if place == n => result.to_owned(),
            _ => format!(
                r#"{{"point":{{"x":{},"y":{}}},"outcome":{{"values":[{{"objective":"loss","value":{value}}}]}}}}"#,
                n % 10,
                n % 15
            ),
        };
        let _ = write!(results, "{}{result}", if n == 0 { "" } else { "," });
    }
    let input = format!(r#"{{"taskId":"{task}","results":[{results}]}}"#);
    format!(r#"{{"query":{},"variables":{{"input":{input}}}}}"#, json!(query))
}

#[rstest]
#[tokio::test]
async fn ten_thousand_results_come_in_one_call_or_not_at_all(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let before = (app.task(&id).await, app.log(None).await);
    let half = r#"{"point":{"x":9},"outcome":{"values":[{"objective":"loss","value":1}]}}"#;
    let unknown =
        r#"{"point":{"x":1,"y":1},"outcome":{"values":[{"objective":"gain","value":1}]}}"#;
    for (result, path) in [
        (half, "input.results.9998.point.y"),
        (unknown, "input.results.9998.outcome.values.0.objective"),
    ] {
        let error = app.post(many_results(&id, 10_000, Some((9_998, result)))).await.error();
        assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", path));
    }
    assert_eq!((app.task(&id).await, app.log(None).await), before, "all or nothing");

    let added = app.post(many_results(&id, 10_000, None)).await.data()["addResults"].clone();
    let trials = added["trials"].as_array().expect("trials");
    assert_eq!(trials.len(), 10_000);
    assert!(trials.iter().zip(1..).all(|(trial, n)| trial["number"] == n));
    assert!(
        trials.iter().all(|trial| trial["origin"] == "IMPORTED" && trial["state"] == "COMPLETED")
    );
    assert_eq!(added["task"]["trialCounts"], json!({ "total": 10_000, "completed": 10_000 }));
    assert_eq!(best(&added["task"]), (json!(-1.5), json!(7_778)));
    let task = app.task(&id).await;
    assert_eq!((&task["handedOut"], &task["sequence"]), (&json!(0), &json!(10_002)));
    assert_eq!(app.ask(&id, 1).await[0]["number"], 10_001);
}

#[rstest]
#[tokio::test]
async fn what_waits_can_be_skipped(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(quadratic()).await);
    let points: Vec<_> = (0..4).map(|n| json!({ "x": n, "y": 1.0 })).collect();
    let trials = app.enqueue(&id, json!(points)).await;
    let input =
        json!({ "trialIds": [trials[2]["id"], trials[0]["id"]], "reason": "known already" });
    let skipped = app.payload("skipTrials", input).await["trials"].clone();
    let ids: Vec<_> = skipped.as_array().expect("trials").iter().map(|t| &t["id"]).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&&trials[0]["id"]) && ids.contains(&&trials[2]["id"]));
    for trial in skipped.as_array().expect("trials") {
        assert_eq!(
            (&trial["state"], &trial["failureReason"]),
            (&json!("ABANDONED"), &json!("known already"))
        );
        assert!(trial["finishedAt"].is_string());
    }
    let event = app.moved(&trials[0], "ABANDONED", 1).await;
    assert_eq!(
        (&event["trialFrom"], &event["reason"]),
        (&json!("WAITING"), &json!("known already"))
    );
    app.transition(&id, "RUNNING").await;
    let asked = app.ask(&id, 2).await;
    assert_eq!([&asked[0]["number"], &asked[1]["number"]], [&json!(2), &json!(4)]);

    // One that is out is not skipped, and then none is.
    let more = app.enqueue(&id, json!([{ "x": 8.0, "y": 1.0 }])).await;
    let log = app.log(None).await;
    let input = json!({ "trialIds": [more[0]["id"], asked[0]["id"]] });
    let error = app.mutate("skipTrials", input).await.error();
    assert_eq!(error.code(), "INVALID_TRIAL_STATE");
    let input = json!({ "trialIds": [more[0]["id"], format!("{id}:99")] });
    assert_eq!(app.mutate("skipTrials", input).await.error().code(), "TRIAL_NOT_FOUND");
    assert_eq!(app.log(None).await, log, "all or nothing");
    assert_eq!(app.trial(&more[0]["id"]).await["state"], "WAITING");
    // A result that somebody measured all the same is taken.
    assert_eq!(app.tell(&trials[0], 3.0).await["trial"]["state"], "COMPLETED");
}

#[rstest]
#[tokio::test]
async fn what_is_left_out_is_never_the_best(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let (id, trials) = with_results(&app, &[3.0, 1.0, 2.0, 1.0]).await;
    let out = app.exclude(&trials[1], "dirty beaker").await;
    assert_eq!(
        (&out["trial"]["excluded"], &out["trial"]["exclusionReason"]),
        (&json!(true), &json!("dirty beaker"))
    );
    assert_eq!(
        (&out["trial"]["state"], &out["trial"]["value"]),
        (&json!("COMPLETED"), &json!(1.0)),
        "it is kept"
    );
    assert_eq!(best(&out["task"]), (json!(1.0), json!(4)));
    assert_eq!(best(&app.exclude(&trials[3], "too").await["task"]), (json!(2.0), json!(3)));
    let log = app.log(None).await;
    let again = app.exclude(&trials[3], "once more").await;
    assert_eq!(again["trial"]["exclusionReason"], "too", "already so: nothing changes");
    assert_eq!(app.log(None).await, log);
    app.exclude(&trials[2], "too").await;
    assert_eq!(best(&app.exclude(&trials[0], "too").await["task"]), (Value::Null, Value::Null));
    let back = app.include(&trials[2], "clean after all").await;
    assert_eq!(
        (&back["trial"]["excluded"], &back["trial"]["exclusionReason"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(best(&back["task"]), (json!(2.0), json!(3)));
    let log = app.log(None).await;
    app.include(&trials[2], "once more").await;
    assert_eq!(app.log(None).await, log);
    assert_eq!(best(&app.include(&trials[3], "clean").await["task"]), (json!(1.0), json!(4)));
    assert_eq!(best(&app.include(&trials[1], "clean").await["task"]), (json!(1.0), json!(2)));
    assert_eq!(back["task"]["trialCounts"]["completed"], 4, "a trial left out is still completed");

    let told: Vec<_> = app
        .events_of(&id)
        .await
        .into_iter()
        .filter(|event| event["kind"] == "TRIAL_EXCLUDED" || event["kind"] == "TRIAL_INCLUDED")
        .map(|event| {
            let reason = event["exclusionReason"].as_str().or(event["inclusionReason"].as_str());
            format!("{} {} {}", event["trialNumber"], event["kind"], reason.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        told,
        [
            "2 \"TRIAL_EXCLUDED\" dirty beaker",
            "4 \"TRIAL_EXCLUDED\" too",
            "3 \"TRIAL_EXCLUDED\" too",
            "1 \"TRIAL_EXCLUDED\" too",
            "3 \"TRIAL_INCLUDED\" clean after all",
            "4 \"TRIAL_INCLUDED\" clean",
            "2 \"TRIAL_INCLUDED\" clean",
        ]
    );
}

#[rstest]
#[tokio::test]
async fn a_corrected_result_keeps_what_it_was(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let (id, trials) = with_results(&app, &[3.0, 1.0, 2.0]).await;
    let query =
        "mutation ($input: CorrectTrialInput!) { correctTrial(input: $input) { trial { id } } }";
    let values = json!([{ "objective": "loss", "value": 10.0, "standardDeviation": 0.25 }]);
    let input = json!({ "trialId": trials[1]["id"], "values": values, "reason": "mg, not g" });
    let _ = app.graphql_as("Ada", query, json!({ "input": input })).await.data();
    assert_eq!(best(&app.task(&id).await), (json!(2.0), json!(3)), "no longer the best");
    let payload = app.correct(&trials[1], 1.5, "the scale was off").await;
    let trial = &payload["trial"];
    assert_eq!((&trial["value"], &trial["state"]), (&json!(1.5), &json!("COMPLETED")));
    assert_eq!(best(&payload["task"]), (json!(1.5), json!(2)));
    let value = |value: f64, deviation: Value| json!([{ "objective": "loss", "value": value, "standardDeviation": deviation }]);
    let corrections = trial["corrections"].as_array().expect("corrections");
    let kept: Vec<_> = corrections
        .iter()
        .map(|c| (c["actor"].clone(), c["reason"].clone(), c["values"].clone()))
        .collect();
    assert_eq!(
        kept,
        [
            (json!("Ada"), json!("mg, not g"), value(1.0, Value::Null)),
            (json!("anonymous"), json!("the scale was off"), value(10.0, json!(0.25))),
        ]
    );
    assert!(time(&corrections[0]["at"]) < time(&corrections[1]["at"]));
    assert_eq!(trial["finishedAt"], trials[1]["finishedAt"], "when it was measured stays");
    let events = app.events_of(&id).await;
    let told: Vec<_> = events.iter().filter(|event| event["kind"] == "TRIAL_CORRECTED").collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        (&told[0]["oldValues"], &told[0]["newValues"]),
        (&value(1.0, Value::Null), &value(10.0, json!(0.25)))
    );
    assert_eq!(
        (&told[1]["oldValues"], &told[1]["newValues"]),
        (&value(10.0, json!(0.25)), &value(1.5, Value::Null))
    );
    assert_eq!(
        (&told[0]["actor"], &told[0]["correctionReason"]),
        (&json!("Ada"), &json!("mg, not g"))
    );
    assert_eq!(told[0]["at"], corrections[0]["at"]);
    // Also what is left out can be corrected; it stays left out.
    app.exclude(&trials[0], "dirty").await;
    let payload = app.correct(&trials[0], -7.0, "even so").await;
    assert_eq!(
        (&payload["trial"]["excluded"], best(&payload["task"])),
        (&json!(true), (json!(1.5), json!(2)))
    );
}

#[rstest]
#[tokio::test]
async fn only_what_is_finished_can_be_left_out_or_corrected(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic_with(json!({ "strategy": { "kind": "EXTERNAL" } }))).await;
    let points = vec![json!({ "x": 1.0, "y": 1.0 }); 6];
    app.enqueue(&id, json!(points)).await;
    let end = async |outcome: Value| {
        let trial = app.lease(&id, 600.0).await;
        let input =
            json!({ "trialId": trial["id"], "leaseToken": token_of(&trial), "outcome": outcome });
        app.tell_for(input).await["trial"].clone()
    };
    let completed = end(json!({ "values": [{ "objective": "loss", "value": 1.0 }] })).await;
    let failure = end(json!({ "failure": { "reason": "no" } })).await;
    let infeasible = end(json!({ "infeasible": { "reason": "no" } })).await;
    let pruned = end(json!({ "pruned": {} })).await;
    let running = app.lease(&id, 600.0).await;
    let waiting = app.trial(&json!(format!("{id}:6"))).await;
    assert_eq!((&waiting["state"], &running["state"]), (&json!("WAITING"), &json!("RUNNING")));
    let log = app.log(None).await;
    for trial in [&waiting, &running] {
        for mutation in ["excludeTrial", "includeTrial"] {
            let input = json!({ "trialId": trial["id"], "reason": "why" });
            assert_eq!(
                app.mutate(mutation, input).await.error().code(),
                "INVALID_TRIAL_STATE",
                "{mutation}"
            );
        }
    }
    for trial in [&waiting, &running, &failure, &infeasible, &pruned] {
        let values = json!([{ "objective": "loss", "value": 2.0 }]);
        let input = json!({ "trialId": trial["id"], "values": values, "reason": "why" });
        let error = app.mutate("correctTrial", input).await.error();
        assert_eq!(error.code(), "INVALID_TRIAL_STATE", "{}", trial["state"]);
    }
    for trial in [&completed, &failure, &infeasible, &pruned, &running] {
        let input = json!({ "trialIds": [trial["id"]] });
        let error = app.mutate("skipTrials", input).await.error();
        assert_eq!(error.code(), "INVALID_TRIAL_STATE", "{}", trial["state"]);
    }
    for mutation in ["excludeTrial", "includeTrial"] {
        let input = json!({ "trialId": format!("{id}:99"), "reason": "why" });
        assert_eq!(app.mutate(mutation, input).await.error().code(), "TRIAL_NOT_FOUND");
    }
    assert_eq!(app.log(None).await, log, "nothing is written");
    for trial in [&failure, &infeasible, &pruned] {
        assert_eq!(app.exclude(trial, "dirty").await["trial"]["excluded"], true);
    }
    // By hand on a finished trial: corrected it may be, told it may not.
    for input in [
        asktell_tests::measured(&completed, None, 5.0),
        asktell_tests::measured(&failure, None, 5.0),
        failed(&completed, None, "no", None),
    ] {
        assert_eq!(app.mutate("tell", input).await.error().code(), "INVALID_TRIAL_STATE");
    }
    app.release(json!([lease_of(&running)])).await;
}

#[rstest]
#[tokio::test]
async fn after_many_changes_by_hand_the_best_is_still_the_best(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut random = Random::new(11);
    let id = app.running_task(quadratic()).await;
    let mut known: Vec<(f64, bool)> = Vec::new();
    let number =
        |random: &mut Random| f64::from(u32::try_from(random.within(0, 20)).expect("small"));
    for step in 0..300 {
        let payload = match random.within(0, 4) {
            0 if !known.is_empty() => {
                let place = random.place(known.len());
                known[place].1 = false;
                app.exclude(&json!({ "id": format!("{id}:{}", place + 1) }), "out").await
            }
            1 if !known.is_empty() => {
                let place = random.place(known.len());
                known[place].1 = true;
                app.include(&json!({ "id": format!("{id}:{}", place + 1) }), "in").await
            }
            2 if !known.is_empty() => {
                let (place, value) = (random.place(known.len()), number(&mut random));
                known[place].0 = value;
                app.correct(&json!({ "id": format!("{id}:{}", place + 1) }), value, "off").await
            }
            _ => {
                let value = number(&mut random);
                known.push((value, true));
                app.add_results(&id, json!([measured_at(1.0, value)])).await
            }
        };
        let expected = known
            .iter()
            .enumerate()
            .filter(|(_, (_, counts))| *counts)
            .min_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b));
        let task = &payload["task"];
        let value = expected.map(|(_, (value, _))| *value);
        assert_eq!(task["bestValue"], json!(value), "step {step}");
        // Of equals the first.
        let number = expected.map(|(place, _)| place + 1);
        assert_eq!(task["bestTrial"]["number"], json!(number), "step {step}");
    }
}

#[rstest]
#[tokio::test]
async fn a_completed_task_takes_no_results_from_elsewhere(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let (id, trials) = with_results(&app, &[3.0, 1.0]).await;
    app.transition(&id, "COMPLETED").await;
    let log = app.log(None).await;
    let points = json!({ "taskId": id, "points": [{ "x": 1.0, "y": 1.0 }] });
    let refused = app.mutate("enqueueTrials", points).await.error();
    let results = json!({ "taskId": id, "results": [measured_at(1.0, 0.5)] });
    let error = app.mutate("addResults", results).await.error();
    assert_eq!(error.code(), refused.code(), "like new points");
    assert_eq!(app.log(None).await, log);
    // What it has can still be put right.
    assert_eq!(best(&app.exclude(&trials[1], "dirty").await["task"]), (json!(3.0), json!(1)));
    assert_eq!(best(&app.correct(&trials[0], 4.0, "off").await["task"]), (json!(4.0), json!(1)));
}
