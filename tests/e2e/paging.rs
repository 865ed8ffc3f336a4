//! Cursor connections, forward and backward.

use std::collections::BTreeSet;

use asktell_tests::{App, Client, Db, id_of, nodes, quadratic, time};
use futures_util::{StreamExt as _, stream};
use rstest::rstest;
use serde_json::{Value, json};

const TASKS: &str = "query ($first: Int, $after: String, $last: Int, $before: String) {
  tasks(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id } } nodes { id createdAt }
    pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } }";

async fn page(app: &Client, variables: Value) -> Value {
    app.graphql(TASKS, variables).await.data()["tasks"].clone()
}

fn ids(page: &Value) -> Vec<String> {
    nodes(page).iter().map(id_of).collect()
}

/// All ids, page by page from the front.
async fn forward(app: &Client, size: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = page(app, json!({ "first": size, "after": after })).await;
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        check_shape(&page);
        all.extend(ids(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        assert_eq!(ids(&page).len(), size);
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// All ids, page by page from the end, brought into the list's order.
async fn backward(app: &Client, size: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut before = Value::Null;
    loop {
        let page = page(app, json!({ "last": size, "before": before })).await;
        assert_eq!(page["pageInfo"]["hasNextPage"], !before.is_null());
        check_shape(&page);
        all.splice(0..0, ids(&page));
        if page["pageInfo"]["hasPreviousPage"] == false {
            return all;
        }
        assert_eq!(ids(&page).len(), size);
        before = page["pageInfo"]["startCursor"].clone();
    }
}

/// Edges, nodes and page information tell the same.
fn check_shape(page: &Value) {
    let edges = page["edges"].as_array().expect("edges");
    let of_edges: Vec<_> = edges.iter().map(|edge| id_of(&edge["node"])).collect();
    assert_eq!(of_edges, ids(page));
    let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
    assert_eq!(page["pageInfo"]["startCursor"], cursor(edges.first()));
    assert_eq!(page["pageInfo"]["endCursor"], cursor(edges.last()));
}

#[rstest]
#[tokio::test]
async fn two_hundred_and_fifty_tasks_are_walked_both_ways(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    assert_eq!(forward(&app, 10).await, [] as [String; 0]);
    let made: BTreeSet<_> = stream::iter(0..250)
        .map(|_| app.create_task(json!({})))
        .buffer_unordered(16)
        .map(|task| id_of(&task))
        .collect()
        .await;

    let all = forward(&app, 40).await;
    assert_eq!(all.len(), 250);
    assert_eq!(all.iter().cloned().collect::<BTreeSet<_>>(), made);
    assert_eq!(forward(&app, 50).await, all, "250 is five full pages");
    assert_eq!(backward(&app, 40).await, all);

    let times: Vec<_> = nodes(&page(&app, json!({ "first": 250 })).await)
        .iter()
        .map(|node| time(&node["createdAt"]))
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first");

    // Between two cursors, from either side.
    let whole = page(&app, json!({ "first": 250 })).await;
    let (from, to) = (&whole["edges"][99]["cursor"], &whole["edges"][120]["cursor"]);
    let enclosed = page(&app, json!({ "first": 100, "after": from, "before": to })).await;
    assert_eq!(ids(&enclosed), all[100..120]);
    let enclosed = page(&app, json!({ "last": 5, "after": from, "before": to })).await;
    assert_eq!(ids(&enclosed), all[115..120]);
    assert_eq!(enclosed["pageInfo"]["hasPreviousPage"], true);
}

#[rstest]
#[tokio::test]
async fn a_page_is_stable_while_tasks_are_made(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for _ in 0..6 {
        app.create_task(json!({})).await;
    }
    let all = forward(&app, 10).await;
    let first = page(&app, json!({ "first": 3 })).await;
    app.create_task(json!({})).await;
    app.update_task(json!({ "id": all[4], "name": "changed meanwhile" })).await;
    let second = page(&app, json!({ "first": 3, "after": first["pageInfo"]["endCursor"] })).await;
    assert_eq!([ids(&first), ids(&second)].concat(), all);
}

#[rstest]
#[tokio::test]
async fn trials_and_events_are_walked_both_ways(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    app.ask(&id, 25).await;
    let query = "query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { task(id: $id) {
        trials(first: $first, after: $after, last: $last, before: $before) {
          nodes { number } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } }";
    let events = "query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { task(id: $id) {
        events(first: $first, after: $after, last: $last, before: $before) {
          nodes { number: sequence } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } }";
    for (query, list, count) in [(query, "trials", 25), (events, "events", 27)] {
        let mut forward = Vec::new();
        let mut after = Value::Null;
        while forward.len() < count {
            let variables = json!({ "id": id, "first": 10, "after": after });
            let page = app.graphql(query, variables).await.data()["task"][list].clone();
            forward.extend(nodes(&page).iter().filter_map(|node| node["number"].as_u64()));
            assert_eq!(page["pageInfo"]["hasNextPage"], forward.len() < count);
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert!(forward.iter().copied().eq(1..=count as u64), "{list}: {forward:?}");
        let last =
            app.graphql(query, json!({ "id": id, "last": 4 })).await.data()["task"][list].clone();
        let numbers: Vec<_> =
            nodes(&last).iter().filter_map(|node| node["number"].as_u64()).collect();
        assert!(numbers.iter().copied().eq(count as u64 - 3..=count as u64), "{list}: {numbers:?}");
        assert_eq!(last["pageInfo"]["hasPreviousPage"], true);
    }
}

#[rstest]
#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let id = app.running_task(quadratic()).await;
    app.ask(&id, 2).await;
    let query = "query ($id: ID!) {
        tasks { pageInfo { endCursor } } taskEvents { pageInfo { endCursor } }
        task(id: $id) { trials { pageInfo { endCursor } } } }";
    let data = app.graphql(query, json!({ "id": id })).await.data();
    let cursors = [
        ("tasks", data["tasks"]["pageInfo"]["endCursor"].clone()),
        ("taskEvents", data["taskEvents"]["pageInfo"]["endCursor"].clone()),
        ("trials", data["task"]["trials"]["pageInfo"]["endCursor"].clone()),
        ("nothing", json!("bm90aGluZw==")),
        ("garbage", json!("%%%")),
    ];
    for (list, query) in [
        (
            "tasks",
            "query ($id: ID!, $after: String) { tasks(after: $after) { nodes { id } } task(id: $id) { id } }",
        ),
        (
            "taskEvents",
            "query ($id: ID!, $after: String) { taskEvents(after: $after) { nodes { cursor } } task(id: $id) { id } }",
        ),
        (
            "trials",
            "query ($id: ID!, $after: String) { task(id: $id) { trials(after: $after) { nodes { id } } } }",
        ),
    ] {
        for (origin, cursor) in &cursors {
            let reply = app.graphql(query, json!({ "id": id, "after": cursor })).await;
            if *origin == list {
                let _ = reply.data();
            } else {
                assert_eq!(
                    reply.error().code(),
                    "CURSOR_INVALID",
                    "a cursor of {origin} in {list}"
                );
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn names_are_sorted_with_their_numbers_by_value(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let names =
        ["Run 10", "run 2", "RUN 1b", "run 1", "run 02", "run", "Plate 9", "plate 11", "run 100"];
    for name in names {
        app.create_task(json!({ "name": name })).await;
    }
    let query = "query ($after: String, $direction: SortDirection) {
        tasks(first: 2, after: $after, sort: [{ by: NAME, direction: $direction }]) {
            nodes { name } pageInfo { hasNextPage endCursor } } }";
    let listed = async |direction: &str| {
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "after": after, "direction": direction });
            let page = app.graphql(query, variables).await.data()["tasks"].clone();
            found.extend(
                nodes(&page).iter().map(|task| task["name"].as_str().expect("a name").to_owned()),
            );
            if page["pageInfo"]["hasNextPage"] == false {
                return found;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    };
    // Equals ("run 2" and "run 02") are ordered by their age.
    let rising =
        ["Plate 9", "plate 11", "run", "run 1", "RUN 1b", "run 2", "run 02", "Run 10", "run 100"];
    assert_eq!(listed("ASCENDING").await, rising);
    let falling: Vec<_> = rising.iter().rev().map(|name| (*name).to_owned()).collect();
    assert_eq!(listed("DESCENDING").await, falling);
    // One that is renamed is at its new place.
    let id = id_of(&app.create_task(json!({ "name": "a 1" })).await);
    app.update_task(json!({ "id": id, "name": "Run 20" })).await;
    assert_eq!(listed("ASCENDING").await[8], "Run 20");
}
