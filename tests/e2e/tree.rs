//! The tree of tasks: what may be where, and what lies below a task, taken together.

mod model;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use asktell_tests::{
    App, Client, Db, Random, id_of, new_id, nodes, quadratic_with, tree_operations,
};
use rstest::rstest;
use serde_json::{Value, json};

const CLIENTS: usize = 8;

async fn child(app: &Client, parent: Option<&str>) -> String {
    id_of(&app.create_task(quadratic_with(json!({ "parentId": parent }))).await)
}

const PLACE: &str = "query ($id: ID!) { task(id: $id) { parent { id } ancestors { id }
    children { nodes { id } } rollUp { taskCount } all: rollUp(of: DESCENDANTS) {
        taskCount statuses { status count } progress best { objective direction value }
        trialCounts { total running completed } } } }";

#[rstest]
#[tokio::test]
async fn a_parent_shows_what_its_children_have_come_to(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let one = child(&app, Some(&root)).await;
    let two = child(&app, Some(&one)).await;
    app.update_task(json!({ "id": two, "budget": { "maxTrials": 4 } })).await;
    app.transition(&two, "RUNNING").await;
    app.transition(&one, "RUNNING").await;
    let trials = app.ask(&two, 2).await;
    app.tell(&trials[0], 3.5).await;
    let other = app.ask(&one, 1).await;
    app.tell(&other[0], 2.5).await;
    let place = app.graphql(PLACE, json!({ "id": root })).await.data()["task"].clone();
    assert_eq!(place["rollUp"]["taskCount"], 1);
    assert_eq!(
        place["all"],
        json!({
            "taskCount": 2,
            "statuses": [{ "status": "RUNNING", "count": 2 }],
            "progress": 0.25,
            "best": [{ "objective": "loss", "direction": "MINIMIZE", "value": 2.5 }],
            "trialCounts": { "total": 3, "running": 1, "completed": 2 },
        })
    );
    let place = app.graphql(PLACE, json!({ "id": two })).await.data()["task"].clone();
    assert_eq!(place["ancestors"], json!([{ "id": root }, { "id": one }]));
    assert_eq!(place["parent"]["id"], one);
}

#[rstest]
#[tokio::test]
async fn a_task_is_never_below_itself_nor_below_what_is_not_there(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let one = child(&app, Some(&root)).await;
    let two = child(&app, Some(&one)).await;
    for (id, parent) in [(&root, &two), (&root, &root), (&one, &two)] {
        let reply = app.mutate("moveTask", json!({ "id": id, "parentId": parent })).await;
        assert_eq!(reply.error().code(), "TASK_CYCLE");
    }
    let reply = app.mutate("moveTask", json!({ "id": one, "parentId": new_id() })).await;
    assert_eq!(reply.error().code(), "TASK_NOT_FOUND");
    let reply = app.mutate("createTask", json!({ "parentId": new_id() })).await;
    assert_eq!(reply.error().code(), "TASK_NOT_FOUND");
    let mut deepest = two;
    for _ in 2..32 {
        deepest = child(&app, Some(&deepest)).await;
    }
    let reply = app.mutate("createTask", json!({ "parentId": deepest })).await;
    assert_eq!(reply.error().code(), "VALIDATION_FAILED");
    let lone = child(&app, None).await;
    let reply = app.mutate("moveTask", json!({ "id": root, "parentId": lone })).await;
    assert_eq!(reply.error().code(), "VALIDATION_FAILED", "what lies below would be too deep");
}

#[rstest]
#[tokio::test]
async fn of_two_moves_that_would_make_a_cycle_one_is_refused(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    for _ in 0..20 {
        let (one, two) = (child(&app, None).await, child(&app, None).await);
        let (there, back) = tokio::join!(
            app.mutate("moveTask", json!({ "id": one, "parentId": two })),
            app.mutate("moveTask", json!({ "id": two, "parentId": one })),
        );
        let refused = [&there, &back].into_iter().filter(|reply| reply.is_error()).count();
        assert_eq!(refused, 1);
    }
}

#[rstest]
#[tokio::test]
async fn deleting_a_parent_says_what_becomes_of_its_children(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let one = child(&app, Some(&root)).await;
    let two = child(&app, Some(&one)).await;
    let reply = app.mutate("deleteTask", json!({ "id": root })).await;
    let refused = reply.error();
    assert_eq!((refused.code(), refused.detail("children")), ("TASK_HAS_CHILDREN", &json!(1)));
    app.payload("deleteTask", json!({ "id": root, "children": "ORPHAN" })).await;
    let place = app.graphql(PLACE, json!({ "id": two })).await.data()["task"].clone();
    assert_eq!(place["ancestors"], json!([{ "id": one }]));
    app.payload("deleteTask", json!({ "id": one, "children": "CASCADE" })).await;
    assert_eq!(app.task(&two).await, Value::Null);
    let reply = app.mutate("restoreTask", json!({ "id": two })).await;
    assert_eq!(reply.error().code(), "PARENT_DELETED");
    app.payload("restoreTask", json!({ "id": one, "subtree": true })).await;
    assert_eq!(app.task(&two).await["status"], "CREATED");
}

#[rstest]
#[tokio::test]
async fn the_children_of_a_deleted_task_can_move_up_to_its_parent(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let one = child(&app, Some(&root)).await;
    let [two, three] = [child(&app, Some(&one)).await, child(&app, Some(&one)).await];
    let deep = child(&app, Some(&two)).await;
    app.payload("deleteTask", json!({ "id": one, "children": "LIFT", "reason": "split up" })).await;
    let ancestors = async |id: &str| {
        app.graphql(PLACE, json!({ "id": id })).await.data()["task"]["ancestors"].clone()
    };
    assert_eq!(ancestors(&two).await, json!([{ "id": root }]));
    assert_eq!(ancestors(&three).await, json!([{ "id": root }]));
    assert_eq!(ancestors(&deep).await, json!([{ "id": root }, { "id": two }]));
    // From a root they become roots; in a batch, too.
    app.payload("deleteTasks", json!({ "ids": [root], "children": "LIFT" })).await;
    assert_eq!(ancestors(&two).await, json!([]));
}

#[rstest]
#[tokio::test]
async fn a_file_does_not_bring_a_task_back_below_a_deleted_one(
    #[values(Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let one = child(&app, Some(&root)).await;
    let folder = app.database.directory().join("files");
    let folder = folder.to_str().expect("a path");
    let run = |command: &[&str]| {
        let database = ["--database", app.database.url()];
        asktell_tests::run(command.iter().copied().chain(database)).status.success()
    };
    assert!(run(&["export", folder]));
    app.payload("deleteTask", json!({ "id": root, "children": "CASCADE" })).await;
    let file = |id: &str| format!("{folder}/{id}.json");
    std::fs::rename(file(&root), format!("{folder}/root")).expect("a file");
    assert!(!run(&["import", folder, "--replace"]), "its parent is deleted");
    assert_eq!(app.task(&one).await, Value::Null);
    std::fs::rename(format!("{folder}/root"), file(&root)).expect("a file");
    app.payload("restoreTask", json!({ "id": root })).await;
    assert!(run(&["import", folder, "--replace"]));
    assert_eq!(app.task(&one).await["status"], "CREATED");
}

#[rstest]
#[tokio::test]
async fn a_subtree_is_paused_as_far_as_it_may_be(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let one = child(&app, Some(&root)).await;
    let two = child(&app, Some(&one)).await;
    app.transition(&root, "RUNNING").await;
    app.transition(&two, "RUNNING").await;
    let pause = json!({ "id": root, "to": "PAUSED", "reason": "lunch" });
    let done = app
        .mutate_for(
            "transitionSubtree",
            pause,
            "moved { id status statusReason } left { id status }",
        )
        .await
        .data()["transitionSubtree"]
        .clone();
    let moved = |id: &str| json!({ "id": id, "status": "PAUSED", "statusReason": "lunch" });
    assert_eq!(done["moved"], json!([moved(&root), moved(&two)]));
    assert_eq!(done["left"], json!([{ "id": one, "status": "CREATED" }]));
}

/// Random operations from clients at once; then the log is read in its order, and a plain tree that
/// follows it is never broken and ends as the server says.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_at_once_never_break_the_tree(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let operations = tree_operations() / CLIENTS / if db == Db::SqliteFile { 1 } else { 2 };
    let ids = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..8 {
        let root = child(&app, None).await;
        ids.lock().expect("no client panics").push(root);
    }
    let clients = (0..CLIENTS).map(|number| {
        let (app, ids) = (Client::clone(&app), Arc::clone(&ids));
        tokio::spawn(async move {
            let mut random = Random::new(number as u64);
            let mut refused = BTreeMap::<String, usize>::new();
            for _ in 0..operations {
                if let Some(code) = operate(&app, &ids, &mut random).await {
                    *refused.entry(code).or_default() += 1;
                }
            }
            refused
        })
    });
    for client in clients.collect::<Vec<_>>() {
        let refused = client.await.expect("a client");
        let known = [
            "TASK_CYCLE",
            "TASK_NOT_FOUND",
            "TASK_HAS_CHILDREN",
            "PARENT_DELETED",
            "INVALID_STATUS_TRANSITION",
            "TASK_ENDED",
            "TASK_NOT_RUNNING",
            "VALIDATION_FAILED",
        ];
        assert!(refused.keys().all(|code| known.contains(&code.as_str())), "{refused:?}");
        assert!(refused.values().sum::<usize>() < operations, "nothing goes well: {refused:?}");
    }
    model::follow(&app).await;
}

/// One operation; the code if it is refused.
async fn operate(app: &Client, ids: &Mutex<Vec<String>>, random: &mut Random) -> Option<String> {
    let (one, other) = {
        let ids = ids.lock().expect("no client panics");
        (random.one_of(&ids).clone(), random.one_of(&ids).clone())
    };
    let chance = random.within(0, 100);
    let reply = if chance < 12 {
        let input = quadratic_with(json!({ "parentId": other, "budget": { "maxTrials": 6 } }));
        app.mutate_for("createTask", input, "task { id }").await
    } else if chance < 45 {
        let parent = Some(other).filter(|_| random.percent(85));
        app.mutate_for("moveTask", json!({ "id": one, "parentId": parent }), "task { id }").await
    } else if chance < 55 {
        let children = *random.one_of(&["REFUSE", "ORPHAN", "LIFT", "CASCADE"]);
        let input = json!({ "id": one, "children": children });
        app.mutate_for("deleteTask", input, "task { id }").await
    } else if chance < 67 {
        let input = json!({ "id": one, "subtree": random.percent(50) });
        app.mutate_for("restoreTask", input, "task { id }").await
    } else if chance < 75 {
        let to = *random.one_of(&["PAUSED", "RUNNING", "RUNNING"]);
        let input = json!({ "id": one, "to": to });
        app.mutate_for("transitionSubtree", input, "moved { id }").await
    } else {
        let input = json!({ "taskId": one, "results": [{
            "point": { "x": 1.0, "y": 2.0 },
            "outcome": { "values": [{ "objective": "loss", "value": random.number(0, 99) }] },
        }] });
        app.mutate_for("addResults", input, "task { id }").await
    };
    if reply.is_error() {
        return Some(reply.error().code().to_owned());
    }
    let made = reply.data()["createTask"]["task"]["id"].as_str().map(str::to_owned);
    ids.lock().expect("no client panics").extend(made);
    None
}

/// All tasks of a list.
async fn all(app: &Client, filter: Value, fields: &str) -> Vec<Value> {
    let query = format!(
        "query ($after: String, $filter: TaskFilter) {{ tasks(first: 200, after: $after, filter: $filter) {{
            nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "after": after, "filter": filter });
        let page = app.graphql(&query, variables).await.data()["tasks"].clone();
        found.extend(nodes(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
