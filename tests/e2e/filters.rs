//! Which tasks, trials and events a list shows.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, id_of, nodes, quadratic};
use rstest::rstest;
use serde_json::{Value, json};

async fn names(app: &Client, filter: Value) -> BTreeSet<String> {
    let query = "query ($filter: TaskFilter) { tasks(filter: $filter) { nodes { name } } }";
    let data = app.graphql(query, json!({ "filter": filter })).await.data();
    nodes(&data["tasks"])
        .iter()
        .filter_map(|node| node["name"].as_str().map(str::to_owned))
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn tasks_are_filtered_by_status_and_name(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for (name, way) in [
        ("Straße 100%", &[] as &[&str]),
        ("STRASSE_2", &["RUNNING"]),
        ("übung", &["RUNNING", "PAUSED"]),
        ("Übung two", &["RUNNING", "COMPLETED"]),
        ("plain\\name", &["FAILED"]),
    ] {
        let mut input = quadratic();
        input["name"] = json!(name);
        let id = id_of(&app.create_task(input).await);
        for to in way {
            app.transition(&id, to).await;
        }
    }
    let all = set(&["Straße 100%", "STRASSE_2", "übung", "Übung two", "plain\\name"]);
    for (filter, expected) in [
        (json!(null), all.clone()),
        (json!({}), all.clone()),
        (json!({ "status": null, "name": null, "deleted": null }), all.clone()),
        (json!({ "name": { "contains": "" } }), all),
        (json!({ "status": ["RUNNING"] }), set(&["STRASSE_2"])),
        (json!({ "status": ["CREATED", "FAILED"] }), set(&["Straße 100%", "plain\\name"])),
        (json!({ "name": { "contains": "strasse" } }), set(&["Straße 100%", "STRASSE_2"])),
        (json!({ "name": { "contains": "Straße" } }), set(&["Straße 100%", "STRASSE_2"])),
        (json!({ "name": { "contains": "ÜBUNG" } }), set(&["übung", "Übung two"])),
        (json!({ "name": { "contains": "%" } }), set(&["Straße 100%"])),
        (json!({ "name": { "contains": "_" } }), set(&["STRASSE_2"])),
        (json!({ "name": { "contains": "\\" } }), set(&["plain\\name"])),
        (json!({ "name": { "contains": "'; DROP TABLE task; --" } }), set(&[])),
        (json!({ "name": { "contains": "übung" }, "status": ["COMPLETED"] }), set(&["Übung two"])),
        (json!({ "deleted": true }), set(&[])),
    ] {
        assert_eq!(names(&app, filter.clone()).await, expected, "{filter}");
    }
}

#[rstest]
#[tokio::test]
async fn a_filtered_list_is_paged_within_the_filter(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for n in 0..20 {
        let name = if n % 3 == 0 { format!("kept {n}") } else { format!("other {n}") };
        app.create_task(json!({ "name": name })).await;
    }
    let query = "query ($after: String) { tasks(first: 2, after: $after, filter: { name: { contains: \"KEPT\" } }) {
        nodes { name } pageInfo { hasNextPage endCursor } } }";
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = app.graphql(query, json!({ "after": after })).await.data()["tasks"].clone();
        seen.extend(
            nodes(&page).iter().filter_map(|node| node["name"].as_str().map(str::to_owned)),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, ["kept 18", "kept 15", "kept 12", "kept 9", "kept 6", "kept 3", "kept 0"]);
}

#[rstest]
#[tokio::test]
async fn trials_are_filtered_by_state_and_origin(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let mut input = quadratic();
    input["initialDesigns"] = json!([{ "x": 0.0, "y": 0.0 }]);
    let id = app.running_task(input).await;
    app.enqueue(&id, json!([{ "x": 1.0, "y": 1.0 }])).await;
    let trials = app.ask(&id, 4).await;
    app.tell(&trials[0], 1.0).await;
    app.tell(&trials[2], 1.0).await;
    app.enqueue(&id, json!([{ "x": 2.0, "y": 2.0 }])).await;
    let query = "query ($id: ID!, $filter: TrialFilter) { task(id: $id) { trials(filter: $filter) { nodes { number } } } }";
    for (filter, expected) in [
        (json!(null), vec![1, 2, 3, 4, 5]),
        (json!({ "states": ["COMPLETED"] }), vec![1, 3]),
        (json!({ "states": ["RUNNING", "WAITING"] }), vec![2, 4, 5]),
        (json!({ "origins": ["CLIENT"] }), vec![2, 5]),
        (json!({ "origins": ["INITIAL_DESIGN", "STRATEGY"], "states": ["COMPLETED"] }), vec![1, 3]),
        (json!({ "states": ["PRUNED"] }), vec![]),
    ] {
        let data = app.graphql(query, json!({ "id": id, "filter": filter })).await.data();
        let numbers: Vec<_> = nodes(&data["task"]["trials"])
            .iter()
            .filter_map(|node| node["number"].as_i64())
            .collect();
        assert_eq!(numbers, expected, "{filter}");
    }
    let views = "query ($id: ID!) { task(id: $id) {
        initialDesigns { nodes { number } } nextPoints { nodes { number } } results { nodes { number } } } }";
    let task = app.graphql(views, json!({ "id": id })).await.data()["task"].clone();
    assert_eq!(nodes(&task["initialDesigns"]), [json!({ "number": 1 })]);
    assert_eq!(nodes(&task["nextPoints"]), [json!({ "number": 5 })]);
    assert_eq!(nodes(&task["results"]), [json!({ "number": 1 }), json!({ "number": 3 })]);
}

#[rstest]
#[tokio::test]
async fn events_are_filtered_by_task_and_kind(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let one = app.running_task(quadratic()).await;
    let two = app.running_task(quadratic()).await;
    app.ask(&one, 1).await;
    app.transition(&two, "PAUSED").await;
    let query = "query ($filter: TaskEventFilter) { taskEvents(filter: $filter) { nodes { kind taskId } } }";
    for (filter, expected) in [
        (json!({ "taskIds": [one] }), vec!["CREATED", "STATUS_CHANGED", "TRIAL_CREATED"]),
        (json!({ "taskIds": [one], "kinds": ["TRIAL_CREATED"] }), vec!["TRIAL_CREATED"]),
        (json!({ "taskIds": [one, two], "kinds": ["STATUS_CHANGED"] }), vec!["STATUS_CHANGED"; 3]),
        (json!({ "kinds": ["CREATED"] }), vec!["CREATED"; 2]),
        (json!({ "taskIds": [asktell_tests::new_id()] }), vec![]),
    ] {
        let data = app.graphql(query, json!({ "filter": filter })).await.data();
        let events = nodes(&data["taskEvents"]);
        let kinds: Vec<_> = events.iter().filter_map(|event| event["kind"].as_str()).collect();
        assert_eq!(kinds, expected, "{filter}");
        if let Some(ids) = filter["taskIds"].as_array() {
            assert!(events.iter().all(|event| ids.contains(&event["taskId"])), "{filter}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn trials_are_filtered_by_worker_point_and_result(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    let result = |x: f64, value: f64| {
        let values = json!([{ "objective": "loss", "value": value }]);
        json!({ "point": { "x": x, "y": 1.0 }, "outcome": { "values": values } })
    };
    let results: Vec<_> = (0..8).map(|n| result(f64::from(n), f64::from(n * n))).collect();
    app.payload("addResults", json!({ "taskId": id, "results": results })).await;
    app.payload("ask", json!({ "taskId": id, "worker": "ada" })).await;
    let query = "query ($id: ID!, $filter: TrialFilter, $first: Int, $last: Int) {
        task(id: $id) { trials(filter: $filter, first: $first, last: $last) {
            nodes { number } pageInfo { hasNextPage hasPreviousPage } } } }";
    for (filter, expected) in [
        (json!({ "workers": ["ada"] }), vec![9]),
        (json!({ "workers": ["eve"] }), vec![]),
        (json!({ "parameters": [{ "name": "x", "min": 2, "max": 4 }] }), vec![3, 4, 5]),
        (json!({ "parameters": [{ "name": "x", "in": [1.0, 7] }] }), vec![2, 8]),
        (json!({ "parameters": [{ "name": "z", "in": [1.0] }] }), vec![]),
        (json!({ "values": [{ "objective": "loss", "max": 4.0 }] }), vec![1, 2, 3]),
        (json!({ "values": [{ "objective": "loss" }] }), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (
            json!({ "values": [{ "objective": "loss", "min": 9 }], "parameters": [{ "name": "x", "max": 5 }] }),
            vec![4, 5, 6],
        ),
    ] {
        let variables = json!({ "id": id, "filter": filter, "first": 100 });
        let page = app.graphql(query, variables).await.data()["task"]["trials"].clone();
        let numbers: Vec<_> = nodes(&page).iter().map(|node| node["number"].clone()).collect();
        assert_eq!(json!(numbers), json!(expected), "{filter}");
    }
    let filter = json!({ "values": [{ "objective": "loss", "min": 1 }] });
    let variables = json!({ "id": id, "filter": filter, "last": 3 });
    let page = app.graphql(query, variables).await.data()["task"]["trials"].clone();
    assert_eq!(nodes(&page), [6, 7, 8].map(|number| json!({ "number": number })));
    assert_eq!(page["pageInfo"], json!({ "hasNextPage": false, "hasPreviousPage": true }));
}

#[rstest]
#[tokio::test]
async fn events_are_filtered_by_what_their_tasks_are(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let document = "subscription ($filter: TaskEventFilter) {
        taskEvents(after: \"START\", filter: $filter) { kind taskId } }";
    let filter = json!({ "tasks": { "tags": { "all": ["wanted"] } } });
    let mut events = app.subscribe(document, json!({ "filter": filter })).await;
    let mut wanted = Vec::new();
    for n in 0..30 {
        let tags = if n % 3 == 0 { json!(["wanted"]) } else { json!(["other"]) };
        let input = asktell_tests::quadratic_with(json!({ "tags": tags }));
        let id = id_of(&app.create_task(input).await);
        if n % 3 == 0 {
            wanted.push(json!({ "kind": "CREATED", "taskId": id }));
        }
    }
    let query = "query ($filter: TaskEventFilter, $first: Int) { taskEvents(filter: $filter, first: $first) {
        nodes { kind taskId } pageInfo { hasNextPage } } }";
    let all = app.graphql(query, json!({ "filter": filter, "first": 100 })).await.data();
    assert_eq!(nodes(&all["taskEvents"]), wanted);
    let some = app.graphql(query, json!({ "filter": filter, "first": 4 })).await.data();
    assert_eq!(nodes(&some["taskEvents"]), wanted[..4]);
    assert_eq!(some["taskEvents"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(events.take(wanted.len()).await, wanted);
}

#[rstest]
#[tokio::test]
async fn events_of_tasks_that_matched_then_are_the_same_live_and_later(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = id_of(&app.create_task(json!({ "name": "Root" })).await);
    let filters = [
        json!({ "status": ["RUNNING"], "tags": { "any": ["wanted"] } }),
        json!({ "ancestorId": root }),
        json!({ "not": { "owner": ["ana"] }, "search": "wanted" }),
        json!({ "metadata": [{ "path": ["run"], "min": 2 }] }),
        json!({ "deleted": true }),
    ];
    let document = "subscription ($filter: TaskEventFilter, $after: String) {
        taskEvents(after: $after, filter: $filter) { cursor kind taskId sequence } }";
    let start = app.log(None).await.last().expect("an event")["cursor"].clone();
    let mut live = Vec::new();
    for filter in &filters {
        let variables = json!({ "filter": { "tasks": filter }, "after": start });
        live.push(app.subscribe(document, variables).await);
    }
    let wanted =
        asktell_tests::quadratic_with(json!({ "tags": ["wanted"], "metadata": { "run": 1 } }));
    let id = app.running_task(wanted).await;
    let trials = app.ask(&id, 2).await;
    app.tell(&trials[0], 1.0).await;
    app.payload("moveTask", json!({ "id": id, "parentId": root })).await;
    app.transition(&id, "PAUSED").await;
    app.update_task(json!({ "id": id, "metadata": { "run": 2 }, "owner": "ana" })).await;
    app.transition(&id, "RUNNING").await;
    app.tell(&trials[1], 2.0).await;
    app.update_task(json!({ "id": id, "tags": [], "owner": "bob" })).await;
    app.payload("moveTask", json!({ "id": id })).await;
    app.delete_task(&id).await;
    drop(app.mutate("restoreTask", json!({ "id": id })).await.data());

    let query = "query ($filter: TaskEventFilter, $after: String) {
        taskEvents(first: 500, after: $after, filter: $filter) { nodes { cursor kind taskId sequence } } }";
    for ((filter, live), expected) in filters.iter().zip(&mut live).zip([7, 6, 7, 7, 1]) {
        let variables = json!({ "filter": { "tasks": filter }, "after": start });
        let later = nodes(&app.graphql(query, variables.clone()).await.data()["taskEvents"]);
        let sequences: Vec<_> = later.iter().map(|event| event["sequence"].clone()).collect();
        assert_eq!(later.len(), expected, "{filter}: {sequences:?}");
        assert_eq!(live.take(later.len()).await, later, "{filter}");
        let mut again = app.subscribe(document, variables).await;
        assert_eq!(again.take(later.len()).await, later, "{filter}");
    }
    // What has become of trials is not told by the versions of a task.
    let trials = json!({ "tasks": { "trials": [{ "state": "COMPLETED", "min": 1 }] } });
    let error = app.graphql(query, json!({ "filter": trials })).await.error();
    assert_eq!((error.code(), error.path().as_str()), ("VALIDATION_FAILED", "filter.tasks"));
}
