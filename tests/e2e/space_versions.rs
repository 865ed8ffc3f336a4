//! Spaces that change while their tasks run: what is handed out lies in the space of the moment, and
//! nothing that was measured is lost.

use std::collections::BTreeMap;

use asktell_tests::{App, Client, Db, Random, id_of};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

const REPORT: &str =
    "spaceVersion trials results inSpace outside learned waitingOutside runningOutside
  byParameter { parameter results } byConstraint { constraint results } notCandidates
  byVersion { spaceVersion trials results inSpace outside learned }";

/// What the test itself knows of a space: a temperature, a number, a solvent.
#[derive(Debug, Clone)]
struct Space {
    temperature: (f64, f64),
    solvents: Vec<&'static str>,
    solvent: Option<&'static str>,
    number: Option<u32>,
    /// The greatest sum of temperature and number.
    most: Option<f64>,
}

impl Space {
    fn first() -> Self {
        let solvents = vec!["water", "DMSO", "THF"];
        Self { temperature: (20.0, 80.0), solvents, solvent: None, number: None, most: None }
    }

    fn input(&self) -> Value {
        let Self { temperature: (low, high), solvents, solvent, number, most } = self;
        let term = |name: &str| json!({ "parameter": name });
        let sum = json!({ "terms": [term("temperature"), term("number")], "atMost": most });
        json!({
            "parameters": [
                { "float": { "name": "temperature", "low": low, "high": high } },
                { "int": { "name": "number", "low": 0, "high": 9, "fixed": number } },
                { "categorical": { "name": "solvent", "choices": solvents, "fixed": solvent } },
            ],
            "constraints": if most.is_some() { json!([sum]) } else { json!([]) },
        })
    }

    fn task(&self, kind: &str) -> Value {
        json!({
            "parameterSpace": self.input(),
            "objectives": [{ "name": "loss", "direction": "MINIMIZE" }],
            "strategy": { "kind": kind, "seed": 11 },
        })
    }

    /// Whether a model knows where the point lies.
    fn places(&self, point: &Value) -> bool {
        self.solvents.contains(&point["solvent"].as_str().expect("a text"))
    }

    fn contains(&self, point: &Value) -> bool {
        let number = point["number"].as_i64().expect("a whole number");
        let float = |name: &str| point[name].as_f64().expect("a number");
        let sum = float("temperature") + float("number");
        self.places(point)
            && (self.temperature.0..=self.temperature.1).contains(&float("temperature"))
            && self.number.is_none_or(|fixed| number == i64::from(fixed))
            && self.solvent.is_none_or(|fixed| point["solvent"] == fixed)
            && self.most.is_none_or(|most| sum <= most + 1e-6)
    }

    /// Another space that may follow on this one.
    fn next(&self, random: &mut Random) -> Self {
        const SOLVENTS: [&str; 5] = ["water", "DMSO", "THF", "DMF", "none"];
        let mut next = self.clone();
        match random.place(5) {
            0 => {
                let low = some(random, 0, 60);
                next.temperature = (low, low + some(random, 5, 60));
                next.most = None;
            }
            1 => {
                let skipped = random.place(SOLVENTS.len());
                let kept = SOLVENTS.iter().enumerate().filter(|(place, _)| *place != skipped);
                next.solvents = kept.map(|(_, name)| *name).collect();
                next.solvent = None;
            }
            2 => next.solvent = random.percent(60).then(|| *random.one_of(&self.solvents)),
            3 => {
                next.number =
                    random.percent(60).then(|| random.within(0, 10).try_into().expect("small"));
                next.most = None;
            }
            _ => {
                let least = self.temperature.0 + f64::from(self.number.unwrap_or(0));
                next.most = random.percent(60).then(|| least + some(random, 2, 30));
            }
        }
        next
    }
}

/// A whole number from `low` to below `high`.
fn some(random: &mut Random, low: u64, high: u64) -> f64 {
    f64::from(u32::try_from(random.within(low, high)).expect("small"))
}

fn loss(point: &Value) -> f64 {
    let number = |name: &str| point[name].as_f64().expect("a number");
    let solvent = if point["solvent"] == "water" { 0.0 } else { 2.5 };
    (number("temperature") - 47.0).powi(2) / 100.0 + (number("number") - 3.0).powi(2) + solvent
}

async fn change_space(app: &Client, id: &str, space: &Space) -> Value {
    app.update_task(json!({ "id": id, "parameterSpace": space.input() })).await
}

async fn report(app: &Client, id: &str) -> Value {
    let query = format!("query ($id: ID!) {{ task(id: $id) {{ spaceReport {{ {REPORT} }} }} }}");
    app.graphql(&query, json!({ "id": id })).await.data()["task"]["spaceReport"].clone()
}

async fn preview(app: &Client, id: &str, space: &Value) -> Value {
    let query = format!(
        "query ($id: ID!, $space: ParameterSpaceInput!) {{
           spaceChangePreview(taskId: $id, parameterSpace: $space) {{
             changes {{ kind parameter message }} report {{ {REPORT} }} }} }}"
    );
    let data = app.graphql(&query, json!({ "id": id, "space": space })).await.data();
    data["spaceChangePreview"].clone()
}

fn point(temperature: f64, number: i64, solvent: &str) -> Value {
    json!({ "temperature": temperature, "number": number, "solvent": solvent })
}

async fn add_results(app: &Client, id: &str, points: &[Value]) {
    let result = |point: &Value| {
        let values = json!([{ "objective": "loss", "value": loss(point) }]);
        json!({ "point": point, "outcome": { "values": values } })
    };
    let results: Vec<_> = points.iter().map(result).collect();
    app.payload("addResults", json!({ "taskId": id, "results": results })).await;
}

fn kinds(preview: &Value) -> Vec<&str> {
    let changes = preview["changes"].as_array().expect("changes").iter();
    changes.map(|change| change["kind"].as_str().expect("a kind")).collect()
}

#[rstest]
#[tokio::test]
async fn each_kind_of_change_is_told_before_it_is_made(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("SOBOL", "AUTO")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let space = Space::first();
    let id = app.running_task(space.task(kind)).await;
    let out = app.ask(&id, 2).await;
    let mut now = space.input();
    let mut version = 1;
    for (place, value, expected) in [
        ("/parameters/0/float/high", json!(90.0), vec!["WIDENED"]),
        ("/parameters/0/float/low", json!(40.0), vec!["NARROWED"]),
        ("/parameters/0/float/low", json!(20.0), vec!["WIDENED"]),
        ("/parameters/0/float/step", json!(0.5), vec!["STEP_CHANGED"]),
        ("/parameters/0/float/step", Value::Null, vec!["STEP_CHANGED"]),
        ("/parameters/0/float/log", json!(true), vec!["SCALE_CHANGED"]),
        ("/parameters/1/int/high", json!(99), vec!["WIDENED"]),
        ("/parameters/1/int/fixed", json!(4), vec!["FIXED"]),
        ("/parameters/1/int/fixed", json!(5), vec!["FIXED"]),
        ("/parameters/1/int/fixed", Value::Null, vec!["FREED"]),
        (
            "/parameters/2/categorical/choices",
            json!(["water", "DMSO", "DMF"]),
            vec!["CHOICES_ADDED", "CHOICES_REMOVED"],
        ),
        ("/parameters/2/categorical/choices", json!(["DMF", "DMSO", "water"]), vec!["REORDERED"]),
        (
            "/constraints",
            json!([{ "terms": [{ "parameter": "temperature" }], "atMost": 70.0 }]),
            vec!["CONSTRAINT_ADDED"],
        ),
        ("/constraints", json!([]), vec!["CONSTRAINT_REMOVED"]),
        ("/candidates", json!([point(50.0, 5, "water"), point(60.0, 6, "DMF")]), vec!["LISTED"]),
        (
            "/candidates",
            json!([point(50.0, 5, "water"), point(70.0, 7, "DMF")]),
            vec!["CANDIDATES_REMOVED", "CANDIDATES_ADDED"],
        ),
        ("/candidates", Value::Null, vec!["UNLISTED"]),
    ] {
        let (parent, field) = place.rsplit_once('/').expect("a place");
        let mut next = now.clone();
        next.pointer_mut(parent).expect("an object")[field] = value;
        let told = preview(&app, &id, &next).await;
        assert_eq!(kinds(&told), expected, "{place}: {told}");
        version += 1;
        assert_eq!(told["report"]["spaceVersion"], version);
        let task = app.update_task(json!({ "id": id, "parameterSpace": next })).await;
        assert_eq!(task["spaceVersion"], version, "{place}");
        let after = report(&app, &id).await;
        assert_eq!(after, told["report"], "{place}: nothing waited");
        let events = app.events_of(&id).await;
        let changes = &events.last().expect("an event")["changes"];
        let change = json!({ "field": "spaceVersion", "old": version - 1, "new": version });
        assert!(changes.as_array().expect("changes").contains(&change), "{changes}");
        now = next;
        let asked = app.ask(&id, 1).await;
        assert_eq!(asked[0]["spaceVersion"], version, "{place}");
        assert_eq!(asked[0]["inSpace"], true);
        app.tell(&asked[0], 1.0).await;
    }
    for trial in &out {
        assert_eq!(app.tell(trial, 2.0).await["trial"]["spaceVersion"], 1);
    }
    // The same space again is no change.
    let told = preview(&app, &id, &now).await;
    assert_eq!((kinds(&told), &told["report"]["spaceVersion"]), (Vec::new(), &json!(version)));
}

#[rstest]
#[tokio::test]
async fn what_would_lose_its_meaning_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let depends = |values: Value| json!({ "parameter": "solvent", "oneOf": values });
    let amount = |condition: Value| json!({ "float": { "name": "amount", "low": 0, "high": 1, "condition": condition } });
    let mut space = Space::first().input();
    let parameters = space["parameters"].as_array_mut().expect("parameters");
    parameters.push(amount(depends(json!(["water", "DMSO"]))));
    let mut input = Space::first().task("SOBOL");
    input["parameterSpace"] = space.clone();
    let id = app.running_task(input).await;
    let before = app.task(&id).await;
    let refused = async |change: &dyn Fn(&mut Value), path: &str| {
        let mut next = space.clone();
        change(&mut next);
        let update = json!({ "id": id, "parameterSpace": next });
        let reply = app.mutate("updateTask", update).await;
        assert!(reply.body.to_string().contains("cloneTask"), "{}", reply.body);
        let error = reply.error();
        let expected = format!("input.parameterSpace{path}");
        assert_eq!((error.code(), error.path()), ("INCOMPATIBLE_SPACE", expected));
        let query = "query ($id: ID!, $space: ParameterSpaceInput!) {
            spaceChangePreview(taskId: $id, parameterSpace: $space) { report { results } } }";
        let error = app.graphql(query, json!({ "id": id, "space": next })).await.error();
        assert_eq!(
            (error.code(), error.path()),
            ("INCOMPATIBLE_SPACE", format!("parameterSpace{path}"))
        );
    };
    let list = |space: &mut Value| space["parameters"].as_array_mut().expect("parameters").clone();
    refused(
        &|space| {
            let mut all = list(space);
            all.push(json!({ "int": { "name": "new", "low": 0, "high": 1 } }));
            space["parameters"] = json!(all);
        },
        ".parameters.4.int.name",
    )
    .await;
    refused(
        &|space| {
            let mut all = list(space);
            all.remove(1);
            space["parameters"] = json!(all);
        },
        ".parameters",
    )
    .await;
    refused(
        &|space| {
            let mut all = list(space);
            all.swap(0, 1);
            space["parameters"] = json!(all);
        },
        ".parameters.0.int.name",
    )
    .await;
    refused(
        &|space| space["parameters"][1]["int"]["name"] = json!("count"),
        ".parameters.1.int.name",
    )
    .await;
    refused(
        &|space| {
            space["parameters"][1] = json!({ "float": { "name": "number", "low": 0, "high": 9 } });
        },
        ".parameters.1.float",
    )
    .await;
    refused(
        &|space| space["parameters"][3] = amount(depends(json!(["water"]))),
        ".parameters.3.float.condition.oneOf",
    )
    .await;
    refused(&|space| space["parameters"][3] = amount(Value::Null), ".parameters.3.float.condition")
        .await;
    // What fits no space at all is told as ever.
    for (place, value, path) in [
        ("/parameters/1/int/fixed", json!(77), "parameters.1.int.fixed"),
        ("/parameters/2/categorical/fixed", json!("tea"), "parameters.2.categorical.fixed"),
        ("/parameters/0/float/high", json!(1.0), "parameters.0.float.high"),
    ] {
        let (parent, field) = place.rsplit_once('/').expect("a place");
        let mut next = space.clone();
        next.pointer_mut(parent).expect("an object")[field] = value;
        let update = json!({ "id": id, "parameterSpace": next });
        let error = app.mutate("updateTask", update).await.error();
        let expected = format!("input.parameterSpace.{path}");
        assert_eq!((error.code(), error.path()), ("VALIDATION_FAILED", expected));
    }
    assert_eq!(app.task(&id).await, before);
    // With a choice, what depends on it may come and go.
    let mut next = space.clone();
    next["parameters"][2]["categorical"]["choices"] = json!(["water", "THF", "DMF"]);
    next["parameters"][3] = amount(depends(json!(["water", "DMF"])));
    let told = preview(&app, &id, &next).await;
    assert_eq!(kinds(&told), ["CHOICES_ADDED", "CHOICES_REMOVED", "CONDITION_CHANGED"]);
    // And what is COMPLETED stays as it is.
    app.transition(&id, "COMPLETED").await;
    let error = app.mutate("updateTask", json!({ "id": id, "parameterSpace": next })).await.error();
    assert_eq!(
        (error.code(), error.path().as_str()),
        ("INCOMPATIBLE_SPACE", "input.parameterSpace")
    );
}

#[rstest]
#[tokio::test]
async fn before_anything_was_tried_a_space_may_become_any_other(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = id_of(&app.create_task(Space::first().task("SOBOL")).await);
    let other = json!({ "parameters": [{ "int": { "name": "n", "low": 1, "high": 9 } }] });
    let task = app.update_task(json!({ "id": id, "parameterSpace": other })).await;
    assert_eq!((&task["spaceVersion"], &task["spaceChangedAt"]), (&json!(1), &Value::Null));
}

#[rstest]
#[tokio::test]
async fn what_waits_outside_is_given_up_and_what_runs_goes_on(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let space = Space::first();
    let id = app.running_task(space.task("SOBOL")).await;
    let points = json!([
        point(75.0, 1, "water"),
        point(30.0, 1, "water"),
        point(70.0, 1, "THF"),
        point(31.0, 1, "THF"),
    ]);
    app.enqueue(&id, points).await;
    let running = app.ask(&id, 1).await.remove(0);
    assert_eq!(running["point"]["temperature"], 75.0);
    let mut narrow = space.clone();
    narrow.temperature = (20.0, 60.0);
    let told = preview(&app, &id, &narrow.input()).await;
    let report_before = &told["report"];
    assert_eq!(
        (&report_before["waitingOutside"], &report_before["runningOutside"]),
        (&json!(1), &json!(1))
    );
    let task = change_space(&app, &id, &narrow).await;
    assert_eq!(task["trialCounts"]["waiting"], 2);
    assert_eq!(task["trialCounts"]["abandoned"], 1);
    let trials = app.trials(&id).await;
    let states: Vec<_> =
        trials.iter().map(|trial| trial["state"].as_str().expect("a state")).collect();
    assert_eq!(states, ["RUNNING", "WAITING", "ABANDONED", "WAITING"]);
    assert_eq!(trials[2]["failureReason"], "lies outside of version 2 of the space");
    let events = app.events_of(&id).await;
    let [updated, moved] = &events[events.len() - 2..] else { panic!("two events") };
    assert_eq!(
        (&updated["kind"], &moved["kind"]),
        (&json!("UPDATED"), &json!("TRIAL_STATE_CHANGED"))
    );
    assert_eq!((&moved["trialNumber"], &moved["trialTo"]), (&json!(3), &json!("ABANDONED")));
    // Its result is taken, and flagged; it is not the best.
    app.tell(&app.ask(&id, 1).await[0], 5.0).await;
    let told = app.tell(&running, 1.0).await;
    assert_eq!(
        (&told["trial"]["state"], &told["trial"]["inSpace"]),
        (&json!("COMPLETED"), &json!(false))
    );
    assert_eq!(told["task"]["bestValue"], 5.0);
    let outside = "query ($id: ID!) { task(id: $id) {
        trials(filter: { inSpace: false }) { nodes { number } } } }";
    let data = app.graphql(outside, json!({ "id": id })).await.data();
    assert_eq!(data["task"]["trials"]["nodes"], json!([{ "number": 1 }, { "number": 3 }]));
    // It counts again where it lies in the space again.
    let task = change_space(&app, &id, &space).await;
    assert_eq!((&task["bestValue"], &task["spaceVersion"]), (&json!(1.0), &json!(3)));
    assert_eq!(app.trial(&running["id"]).await["inSpace"], true);
}

#[rstest]
#[tokio::test]
async fn what_comes_back_from_outside_is_not_handed_out_again(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let space = Space::first();
    let id = app.running_task(space.task("SOBOL")).await;
    app.enqueue(
        &id,
        json!([point(75.0, 1, "water"), point(76.0, 1, "water"), point(77.0, 1, "THF")]),
    )
    .await;
    let released = app.ask(&id, 1).await.remove(0);
    let failed = app.ask(&id, 1).await.remove(0);
    let lost =
        app.payload("ask", json!({ "taskId": id, "leaseSeconds": 1.0 })).await["trials"][0].clone();
    let mut narrow = space.clone();
    narrow.temperature = (20.0, 60.0);
    change_space(&app, &id, &narrow).await;
    let lease = json!({ "trialId": released["id"], "token": released["lease"]["token"] });
    let back = app.payload("releaseTrials", json!({ "leases": [lease] })).await;
    assert_eq!(back["trials"][0]["state"], "ABANDONED");
    let told = json!({ "trialId": failed["id"], "leaseToken": failed["lease"]["token"],
                       "outcome": { "failure": { "reason": "leak" } } });
    assert_eq!(app.payload("tell", told).await["trial"]["state"], "FAILED");
    let gone = asktell_tests::eventually(20, "the lease to end", async || {
        let trial = app.trial(&lost["id"]).await;
        (trial["state"] != "RUNNING").then_some(trial)
    })
    .await;
    assert_eq!(gone["state"], "ABANDONED");
}

#[rstest]
#[tokio::test]
async fn the_front_is_of_what_lies_in_the_space(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let space = Space::first();
    let mut input = space.task("NSGA2");
    input["objectives"] =
        json!([{ "name": "a", "direction": "MINIMIZE" }, { "name": "b", "direction": "MAXIMIZE" }]);
    let id = app.running_task(input).await;
    let result = |at: Value, a: f64, b: f64| {
        let values = json!([{ "objective": "a", "value": a }, { "objective": "b", "value": b }]);
        json!({ "point": at, "outcome": { "values": values } })
    };
    let results = json!([
        result(point(70.0, 1, "water"), 1.0, 5.0),
        result(point(30.0, 1, "water"), 2.0, 4.0),
        result(point(31.0, 1, "THF"), 3.0, 6.0),
    ]);
    app.payload("addResults", json!({ "taskId": id, "results": results })).await;
    let front = async || {
        let query = "query ($id: ID!) { task(id: $id) { paretoFront { nodes { number } } } }";
        let data = app.graphql(query, json!({ "id": id })).await.data();
        data["task"]["paretoFront"]["nodes"].clone()
    };
    assert_eq!(front().await, json!([{ "number": 1 }, { "number": 3 }]));
    let mut narrow = space.clone();
    narrow.temperature = (20.0, 60.0);
    change_space(&app, &id, &narrow).await;
    assert_eq!(front().await, json!([{ "number": 2 }, { "number": 3 }]));
    change_space(&app, &id, &space).await;
    assert_eq!(front().await, json!([{ "number": 1 }, { "number": 3 }]));
}

/// Patience is with the space that there is: a best result that is now outside must not end the task.
#[rstest]
#[tokio::test]
async fn patience_begins_anew_with_another_space(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let space = Space::first();
    let mut input = space.task("SOBOL");
    input["budget"] = json!({ "patience": 3 });
    let id = app.running_task(input).await;
    add_results(&app, &id, &[point(30.0, 3, "THF"), point(47.0, 3, "THF")]).await;
    for value in [500.0, 600.0] {
        app.tell(&app.ask(&id, 1).await[0], value).await;
    }
    let mut narrow = space.clone();
    narrow.temperature = (20.0, 40.0);
    let task = change_space(&app, &id, &narrow).await;
    assert_eq!(task["status"], "RUNNING");
    for value in [500.0, 600.0] {
        app.tell(&app.ask(&id, 1).await[0], value).await;
    }
    assert_eq!(app.task(&id).await["status"], "RUNNING");
    app.tell(&app.ask(&id, 1).await[0], 700.0).await;
    assert_eq!(app.task(&id).await["status"], "COMPLETED");
}

#[rstest]
#[tokio::test]
async fn models_go_by_results_beside_the_space(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut space = Space::first();
    let id = app.running_task(space.task("GP")).await;
    let mut random = Random::new(5);
    let tried: Vec<_> = (0..14)
        .map(|_| {
            let temperature = 20.0 + some(&mut random, 0, 6_000) / 100.0;
            let number = random.within(0, 10).try_into().expect("small");
            let solvent: &&str = random.one_of(&["DMSO", "THF"]);
            point(temperature, number, solvent)
        })
        .collect();
    add_results(&app, &id, &tried).await;
    space.solvent = Some("water");
    change_space(&app, &id, &space).await;
    let told = report(&app, &id).await;
    assert_eq!(
        (&told["inSpace"], &told["outside"], &told["learned"]),
        (&json!(0), &json!(14), &json!(14))
    );
    assert_eq!(told["byParameter"], json!([{ "parameter": "solvent", "results": 14 }]));
    for trial in app.ask(&id, 3).await {
        assert!(space.contains(&trial["point"]), "{trial}");
        assert_eq!(trial["proposal"]["strategy"], "GP");
        assert_eq!(
            (&trial["proposal"]["results"], &trial["proposal"]["fallback"]),
            (&json!(14), &Value::Null)
        );
    }
    // A number outside of its range tells of those that are left, too.
    space.temperature = (60.0, 80.0);
    change_space(&app, &id, &space).await;
    let told = report(&app, &id).await;
    assert_eq!((&told["learned"], &told["inSpace"]), (&json!(14), &json!(0)));
}

/// A task, what is to be known of its trials, and its space.
struct Course<'a> {
    app: &'a Client,
    id: String,
    space: Space,
    version: i64,
    /// By number: the version under which it was made, the point, and the value told.
    trials: BTreeMap<i64, (i64, Value, Option<f64>)>,
    out: Vec<Value>,
}

impl Course<'_> {
    async fn ask(&mut self, count: usize) {
        for trial in self.app.ask(&self.id, count).await {
            assert!(self.space.contains(&trial["point"]), "{trial} is outside of {:?}", self.space);
            assert_eq!(
                (&trial["spaceVersion"], &trial["inSpace"]),
                (&json!(self.version), &json!(true))
            );
            let number = trial["number"].as_i64().expect("a number");
            self.trials.insert(number, (self.version, trial["point"].clone(), None));
            self.out.push(trial);
        }
    }

    async fn tell(&mut self, place: usize) {
        let trial = self.out.swap_remove(place);
        let value = loss(&trial["point"]);
        self.app.tell(&trial, value).await;
        let number = trial["number"].as_i64().expect("a number");
        self.trials.get_mut(&number).expect("it is out").2 = Some(value);
    }

    async fn change(&mut self, random: &mut Random) {
        let next = self.space.next(random);
        if next.input() != self.space.input() {
            self.version += 1;
        }
        let told = preview(self.app, &self.id, &next.input()).await;
        let task = change_space(self.app, &self.id, &next).await;
        assert_eq!(task["spaceVersion"], self.version);
        self.space = next;
        assert_eq!(report(self.app, &self.id).await, told["report"]);
    }

    /// Everything is still there, and the server counts as the test does.
    async fn check(&self) {
        let trials = self.app.trials(&self.id).await;
        assert_eq!(trials.len(), self.trials.len());
        let (mut inside, mut learned, mut best) = (0, 0, f64::INFINITY);
        for trial in &trials {
            let (version, point, told) = &self.trials[&trial["number"].as_i64().expect("a number")];
            let is_inside = self.space.contains(point);
            assert_eq!(
                (&trial["spaceVersion"], &trial["point"], &trial["inSpace"], &trial["value"]),
                (&json!(version), point, &json!(is_inside), &json!(told))
            );
            if let Some(value) = told {
                inside += i64::from(is_inside);
                learned += i64::from(self.space.places(point));
                best = if is_inside { best.min(*value) } else { best };
            }
        }
        let told = report(self.app, &self.id).await;
        let results = self.trials.values().filter(|(_, _, told)| told.is_some()).count();
        assert_eq!((&told["trials"], &told["results"]), (&json!(trials.len()), &json!(results)));
        assert_eq!((&told["inSpace"], &told["learned"]), (&json!(inside), &json!(learned)));
        let of_version = told["byVersion"].as_array().expect("versions");
        for tally in of_version {
            let of =
                |(version, _, _): &&(i64, Value, Option<f64>)| tally["spaceVersion"] == *version;
            assert_eq!(tally["trials"], self.trials.values().filter(of).count());
        }
        let task = self.app.task(&self.id).await;
        let expected = if best.is_finite() { json!(best) } else { Value::Null };
        assert_eq!(task["bestValue"], expected);
    }
}

#[rstest]
#[tokio::test]
async fn whatever_happens_points_lie_in_the_space_of_the_moment_and_results_stay(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("RANDOM", "SOBOL", "GRID", "TPE", "AUTO")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let steps = if kind == "AUTO" { 30 } else { 60 };
    for seed in 0..2 {
        let mut random = Random::new(seed);
        let space = Space::first();
        let id = app.running_task(space.task(kind)).await;
        let (version, trials, out) = (1, BTreeMap::new(), Vec::new());
        let mut course = Course { app: &app, id, space, version, trials, out };
        for _ in 0..steps {
            match random.place(10) {
                0..=3 => course.ask(1 + random.place(3)).await,
                4..=7 if !course.out.is_empty() => {
                    let place = random.place(course.out.len());
                    course.tell(place).await;
                }
                _ => course.change(&mut random).await,
            }
        }
        course.check().await;
    }
}

#[rstest]
#[tokio::test]
async fn the_same_order_of_asks_tells_and_changes_gives_the_same_points(
    #[values("SOBOL", "TPE", "AUTO")] kind: &str,
) {
    let mut courses: Vec<Vec<Value>> = Vec::new();
    for db in [Db::Memory, Db::Postgres] {
        let Some(app) = App::start(db).await else { continue };
        let mut random = Random::new(8);
        let mut space = Space::first();
        let id = app.running_task(space.task(kind)).await;
        let mut points = Vec::new();
        for step in 0..18 {
            let trials = app.ask(&id, 1 + step % 2).await;
            for trial in &trials {
                points.push(trial["point"].clone());
                app.tell(trial, loss(&trial["point"])).await;
            }
            if step % 5 == 4 {
                space = space.next(&mut random);
                change_space(&app, &id, &space).await;
            }
        }
        courses.push(points);
    }
    assert!(courses.windows(2).all(|pair| pair[0] == pair[1]), "{courses:?}");
}

#[rstest]
#[tokio::test]
async fn many_ask_while_the_space_changes(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values("SOBOL", "AUTO")] kind: &str,
) {
    let Some(app) = App::start(db).await else { return };
    let first = Space::first();
    let id = app.running_task(first.task(kind)).await;
    let spaces: Vec<Space> = {
        let mut random = Random::new(2);
        std::iter::successors(Some(first), |space| Some(space.next(&mut random))).take(9).collect()
    };
    let changes = async {
        for space in &spaces[1..] {
            change_space(&app, &id, space).await;
        }
    };
    let workers = (0..6).map(|_| async {
        let mut got = Vec::new();
        for _ in 0..6 {
            for trial in app.ask(&id, 1).await {
                app.tell(&trial, loss(&trial["point"])).await;
                got.push(trial);
            }
        }
        got
    });
    let (got, ()) = futures_util::future::join(join_all(workers), changes).await;
    // Versions are raised by real changes only.
    let mut versions: Vec<&Space> = Vec::new();
    for space in &spaces {
        if versions.last().is_none_or(|last| last.input() != space.input()) {
            versions.push(space);
        }
    }
    let got: Vec<_> = got.into_iter().flatten().collect();
    assert_eq!(got.len(), 36);
    for trial in &got {
        let version = usize::try_from(trial["spaceVersion"].as_u64().expect("a version"));
        let space = versions[version.expect("small") - 1];
        assert!(space.contains(&trial["point"]), "{trial} is outside of {space:?}");
    }
    let task = app.task(&id).await;
    assert_eq!(task["spaceVersion"], versions.len());
    assert_eq!(task["trialCounts"]["completed"], 36);
}

#[rstest]
#[tokio::test]
async fn a_change_that_is_sent_twice_is_made_once(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut space = Space::first();
    let id = app.running_task(space.task("SOBOL")).await;
    space.temperature = (10.0, 90.0);
    let input = json!({ "id": id, "parameterSpace": space.input(), "idempotencyKey": "widen" });
    let first = app.update_task(input.clone()).await;
    // Somebody else has changed it meanwhile: the answer is still the first.
    space.temperature = (10.0, 95.0);
    change_space(&app, &id, &space).await;
    assert_eq!(app.update_task(input).await["spaceVersion"], first["spaceVersion"]);
    assert_eq!(app.task(&id).await["spaceVersion"], 3);
}
