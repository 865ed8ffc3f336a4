//! A plain tree that follows the log.

use std::collections::{BTreeMap, HashMap, HashSet};

use asktell_tests::{Client, nodes};
use serde_json::{Value, json};

use super::all;

#[derive(Debug, Clone, Default)]
struct Node {
    parent: Option<String>,
    deleted: bool,
    status: String,
    completed: i64,
    best: Option<f64>,
}

/// Reads the whole log, checks after every event that the tree is one, and at the end that the server
/// tells the same of every task.
pub(super) async fn follow(app: &Client) {
    let mut tree: HashMap<String, Node> = HashMap::new();
    let query = "query ($after: String) { taskEvents(first: 1000, after: $after) {
        nodes { __typename taskId
            ... on TaskCreated { changes { field new } } ... on TaskUpdated { changes { field new } }
            ... on TaskStatusChanged { to }
            ... on TrialCreated { state values { value } } }
        pageInfo { hasNextPage endCursor } } }";
    let mut after = Value::Null;
    loop {
        let page = app.graphql(query, json!({ "after": after })).await.data()["taskEvents"].clone();
        for event in nodes(&page) {
            apply(&mut tree, &event);
        }
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    compare(app, &tree).await;
}

fn apply(tree: &mut HashMap<String, Node>, event: &Value) {
    let id = event["taskId"].as_str().expect("an id").to_owned();
    match event["__typename"].as_str().expect("a type") {
        kind @ ("TaskCreated" | "TaskUpdated") => {
            let node = tree.entry(id.clone()).or_default();
            if kind == "TaskCreated" {
                "CREATED".clone_into(&mut node.status);
            }
            for change in event["changes"].as_array().expect("changes") {
                if change["field"] == "parentId" {
                    node.parent = change["new"].as_str().map(str::to_owned);
                }
            }
            let parent = tree[&id].parent.clone();
            if let Some(parent) = parent.filter(|_| !tree[&id].deleted) {
                assert!(!tree[&parent].deleted, "{id} is below {parent}, which is deleted");
            }
            let _ = ancestors(tree, &id);
        }
        "TaskDeleted" => {
            let mut live = tree.values().filter(|node| !node.deleted);
            let orphan = live.any(|node| node.parent.as_deref() == Some(&id));
            assert!(!orphan, "{id} leaves an orphan");
            tree.get_mut(&id).expect("a task").deleted = true;
        }
        "TaskRestored" => {
            let parent = tree[&id].parent.clone();
            assert!(parent.is_none_or(|parent| !tree[&parent].deleted), "{id} is an orphan");
            tree.get_mut(&id).expect("a task").deleted = false;
        }
        "TaskStatusChanged" => {
            let to = event["to"].as_str().expect("a status");
            to.clone_into(&mut tree.get_mut(&id).expect("a task").status);
        }
        "TrialCreated" if event["state"] == "COMPLETED" => {
            let node = tree.get_mut(&id).expect("a task");
            node.completed += 1;
            let value = event["values"][0]["value"].as_f64().expect("a value");
            node.best = Some(node.best.map_or(value, |best| best.min(value)));
        }
        _ => {}
    }
}

/// The ancestors of a task, the parent first. Panics if they go round.
fn ancestors(tree: &HashMap<String, Node>, id: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut seen = HashSet::from([id.to_owned()]);
    let mut at = &tree[id];
    while let Some(parent) = &at.parent {
        assert!(seen.insert(parent.clone()), "{id} is below itself");
        found.push(parent.clone());
        at = &tree[parent];
    }
    found
}

async fn compare(app: &Client, tree: &HashMap<String, Node>) {
    let roll_up =
        "{ taskCount statuses { status count } trialCounts { completed } best { value } }";
    let fields = format!(
        "id status parent {{ id }} ancestors {{ id }} rollUp {roll_up} all: rollUp(of: DESCENDANTS) {roll_up}"
    );
    let live = all(app, Value::Null, &fields).await;
    let deleted = all(app, json!({ "deleted": true }), "id").await;
    let here: usize = tree.values().filter(|node| !node.deleted).count();
    assert_eq!((live.len(), deleted.len()), (here, tree.len() - here));
    let mut below: HashMap<&str, Vec<&Node>> = HashMap::new();
    let mut children: HashMap<&str, Vec<&Node>> = HashMap::new();
    let above: HashMap<&String, Vec<String>> =
        tree.keys().map(|id| (id, ancestors(tree, id))).collect();
    for (id, node) in tree.iter().filter(|(_, node)| !node.deleted) {
        for (distance, ancestor) in above[id].iter().enumerate() {
            below.entry(ancestor).or_default().push(node);
            if distance == 0 {
                children.entry(ancestor).or_default().push(node);
            }
        }
    }
    for task in &live {
        let id = task["id"].as_str().expect("an id");
        let node = &tree[id];
        assert_eq!(task["status"], node.status, "{id}");
        assert_eq!(task["parent"]["id"].as_str(), node.parent.as_deref(), "{id}");
        let ancestors: Vec<_> =
            above[&id.to_owned()].iter().rev().map(|id| json!({ "id": id })).collect();
        assert_eq!(task["ancestors"], json!(ancestors), "{id}");
        let nobody = Vec::new();
        assert_eq!(task["rollUp"], sum(children.get(id).unwrap_or(&nobody)), "children of {id}");
        assert_eq!(task["all"], sum(below.get(id).unwrap_or(&nobody)), "all below {id}");
    }
}

fn sum(nodes: &[&Node]) -> Value {
    let mut statuses: BTreeMap<usize, (String, i64)> = BTreeMap::new();
    let order = ["CREATED", "RUNNING", "PAUSED", "COMPLETED", "FAILED"];
    for node in nodes {
        let rank = order.iter().position(|status| *status == node.status).expect("a status");
        statuses.entry(rank).or_insert((node.status.clone(), 0)).1 += 1;
    }
    let best = nodes.iter().filter_map(|node| node.best).min_by(f64::total_cmp);
    json!({
        "taskCount": nodes.len(),
        "statuses": statuses.into_values().map(|(status, count)| json!({ "status": status, "count": count }))
            .collect::<Vec<_>>(),
        "trialCounts": { "completed": nodes.iter().map(|node| node.completed).sum::<i64>() },
        "best": best.map(|value| json!({ "value": value })).into_iter().collect::<Vec<_>>(),
    })
}
