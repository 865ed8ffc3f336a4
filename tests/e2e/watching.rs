//! `viewChanged`: the tasks that pass a filter, as they come and go.

use std::collections::BTreeSet;

use asktell_tests::{
    App, Client, Db, End, Random, Subscription, id_of, new_id, nodes, quadratic_with,
};
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};

const CHANGES: &str = "subscription ($filter: TaskFilter, $viewId: ID) {
    viewChanged(filter: $filter, viewId: $viewId) { kind taskId cursor task { id name deletedAt } } }";

/// Somebody who watches, with the tasks that the list had at the beginning and what has come since.
struct Watcher {
    filter: Value,
    changes: Subscription,
    tasks: BTreeSet<String>,
    fences: usize,
}

impl Watcher {
    /// Begins to watch while nothing else happens: by a filter, or by a view that is saved with it.
    async fn begin(app: &Client, filter: Value, by_view: bool) -> Self {
        let variables = if by_view {
            let input = json!({ "name": new_id(), "filter": filter });
            json!({ "viewId": app.payload("saveView", input).await["view"]["id"] })
        } else {
            json!({ "filter": filter })
        };
        let mut changes = app.subscribe(CHANGES, variables).await;
        let opened = changes.take(1).await.remove(0);
        assert_eq!((&opened["kind"], &opened["taskId"]), (&json!("OPENED"), &Value::Null));
        assert_eq!(opened["task"], Value::Null);
        let tasks = ids(app, &filter).await;
        Self { filter, changes, tasks, fences: 0 }
    }

    /// Follows one change, which must fit what is known.
    async fn step(&mut self) -> Value {
        let change = self.changes.take(1).await.remove(0);
        let task = change["taskId"].as_str().expect("an id").to_owned();
        assert_eq!(change["task"]["id"], task.as_str());
        let fits = match change["kind"].as_str() {
            Some("ENTERED") => self.tasks.insert(task),
            Some("CHANGED") => self.tasks.contains(&task),
            Some("LEFT") => self.tasks.remove(&task),
            _ => false,
        };
        assert!(fits, "{} does not fit {} of {:?}", change, self.filter, self.tasks);
        change
    }

    /// Follows up to this change of this task.
    async fn until(&mut self, kind: &str, task: &str) {
        while {
            let change = self.step().await;
            change["kind"] != kind || change["taskId"] != task
        } {}
    }

    /// Follows up to the next fence.
    async fn reach_the_fence(mut self) -> Self {
        let name = fence(self.filter["deleted"] == true);
        loop {
            let change = self.step().await;
            if change["kind"] == "ENTERED" && change["task"]["name"] == name {
                self.fences += 1;
                return self;
            }
        }
    }
}

async fn ids(app: &Client, filter: &Value) -> BTreeSet<String> {
    let query =
        "query ($filter: TaskFilter) { tasks(first: 1000, filter: $filter) { nodes { id } } }";
    let page = app.graphql(query, json!({ "filter": filter })).await.data()["tasks"].clone();
    nodes(&page).iter().map(id_of).collect()
}

async fn child(app: &Client, parent: Option<&str>) -> String {
    id_of(&app.create_task(quadratic_with(json!({ "parentId": parent }))).await)
}

#[rstest]
#[tokio::test]
async fn tasks_enter_change_and_leave(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
    #[values(false, true)] by_view: bool,
) {
    let Some(app) = App::start(db).await else { return };
    let wanted = json!({ "tags": ["wanted"] });
    let there = id_of(&app.create_task(quadratic_with(wanted.clone())).await);
    let filter = json!({ "tags": { "all": ["wanted"] } });
    let mut watcher = Watcher::begin(&app, filter, by_view).await;
    let kind = async |watcher: &mut Watcher| watcher.step().await["kind"].clone();

    let other = id_of(&app.create_task(quadratic_with(json!({}))).await);
    app.transition(&there, "RUNNING").await;
    assert_eq!(kind(&mut watcher).await, "CHANGED", "of the other nothing is told");
    app.update_task(json!({ "id": other, "tags": ["wanted"] })).await;
    let entered = watcher.step().await;
    assert_eq!((&entered["kind"], &entered["taskId"]), (&json!("ENTERED"), &json!(other)));
    let trials = app.ask(&there, 1).await;
    assert_eq!(kind(&mut watcher).await, "CHANGED");
    app.tell(&trials[0], 1.0).await;
    assert_eq!(kind(&mut watcher).await, "CHANGED");
    app.update_task(json!({ "id": there, "tags": [] })).await;
    assert_eq!(kind(&mut watcher).await, "LEFT");
    app.delete_task(&other).await;
    let left = watcher.step().await;
    assert_eq!(left["kind"], "LEFT");
    assert!(left["task"]["deletedAt"].is_string(), "as it is now");
    app.payload("restoreTask", json!({ "id": other })).await;
    assert_eq!(kind(&mut watcher).await, "ENTERED");
}

#[rstest]
#[tokio::test]
async fn what_lies_below_a_task_moves_with_it(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let root = child(&app, None).await;
    let branch = child(&app, None).await;
    let leaf = child(&app, Some(&branch)).await;
    let mut below = Watcher::begin(&app, json!({ "ancestorId": root }), false).await;
    let mut not_below = Watcher::begin(&app, json!({ "not": { "ancestorId": root } }), true).await;
    let mut roots = Watcher::begin(&app, json!({ "root": true }), false).await;
    app.payload("moveTask", json!({ "id": branch, "parentId": root })).await;
    below.until("ENTERED", &leaf).await;
    not_below.until("LEFT", &leaf).await;
    roots.until("LEFT", &branch).await;
    app.payload("deleteTask", json!({ "id": root, "children": "ORPHAN" })).await;
    below.until("LEFT", &leaf).await;
    not_below.until("ENTERED", &leaf).await;
    roots.until("LEFT", &root).await;
    assert_eq!(below.tasks, BTreeSet::new());
    assert_eq!(roots.tasks, BTreeSet::from([branch]));
}

#[rstest]
#[tokio::test]
async fn a_watch_that_begins_amid_changes_tells_nothing_twice_and_misses_nothing(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    let filter = json!({ "tags": { "any": ["new"] } });
    let made = async {
        let mut made = BTreeSet::new();
        for _ in 0..60 {
            made.insert(id_of(&app.create_task(json!({ "tags": ["new"] })).await));
        }
        made
    };
    let watchers = (0..6).map(|_| async {
        let mut changes = app.subscribe(CHANGES, json!({ "filter": filter })).await;
        assert_eq!(changes.take(1).await[0]["kind"], "OPENED");
        (ids(&app, &filter).await, changes)
    });
    let (made, watchers) = tokio::join!(made, join_all(watchers));
    for (mut known, mut changes) in watchers {
        let mut entered = BTreeSet::new();
        while known.len() < made.len() {
            let change = changes.take(1).await.remove(0);
            let task = change["taskId"].as_str().expect("an id").to_owned();
            assert_ne!(change["kind"], "LEFT");
            if change["kind"] == "ENTERED" {
                assert!(entered.insert(task.clone()), "{task} entered twice");
                known.insert(task);
            }
        }
        assert_eq!(known, made);
    }
}

#[rstest]
#[tokio::test]
async fn a_view_is_watched_as_it_was(#[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db) {
    let Some(app) = App::start(db).await else { return };
    let filter = json!({ "tags": { "any": ["a"] } });
    let saved = app.payload("saveView", json!({ "name": "mine", "filter": filter })).await;
    let id = saved["view"]["id"].clone();
    let mut changes = app.subscribe(CHANGES, json!({ "viewId": id })).await;
    assert_eq!(changes.take(1).await[0]["kind"], "OPENED");
    app.payload("saveView", json!({ "id": id, "filter": { "tags": { "any": ["b"] } } })).await;
    app.create_task(json!({ "tags": ["b"] })).await;
    let first = id_of(&app.create_task(json!({ "tags": ["a"] })).await);
    assert_eq!(changes.take(1).await[0]["taskId"], first.as_str());
    app.payload("deleteView", json!({ "id": id })).await;
    let second = id_of(&app.create_task(json!({ "tags": ["a"] })).await);
    assert_eq!(changes.take(1).await[0]["taskId"], second.as_str());
}

#[rstest]
#[case::nothing(json!({}), "VALIDATION_FAILED")]
#[case::both(json!({ "filter": {}, "viewId": "view-018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b" }), "VALIDATION_FAILED")]
#[case::wrong_filter(json!({ "filter": { "ids": ["x"] } }), "VALIDATION_FAILED")]
#[case::wrong_id(json!({ "viewId": "018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b" }), "VALIDATION_FAILED")]
#[case::no_view(json!({ "viewId": "view-018f2b1e-7c3a-7d4e-9a51-0c6b8f1f2a3b" }), "VIEW_NOT_FOUND")]
#[tokio::test]
async fn a_wrong_argument_is_a_typed_error(#[case] variables: Value, #[case] code: &str) {
    let Some(app) = App::start(Db::Memory).await else { return };
    assert_eq!(refusal(&app, variables).await[0]["extensions"]["code"], code);
}

#[tokio::test]
async fn a_view_that_cannot_be_read_is_not_watched() {
    let Some(app) = App::start(Db::SqliteFile).await else { return };
    let id = app.payload("saveView", json!({ "name": "later" })).await["view"]["id"].clone();
    app.database.execute("UPDATE saved_view SET filter = '{ \"colour\": \"red\" }'").await;
    let errors = refusal(&app, json!({ "viewId": id })).await;
    assert_eq!(errors[0]["extensions"]["code"], "VIEW_UNREADABLE");
}

/// The errors of a watch that does not begin, as a refusal or as its only item.
async fn refusal(app: &Client, variables: Value) -> Value {
    let mut changes = app.subscribe(CHANGES, variables).await;
    match changes.next_response().await {
        Ok(payload) => payload["errors"].clone(),
        Err(End::Error(errors)) => errors,
        Err(end) => panic!("no error, but {end:?}"),
    }
}

/// Watchers of random filters while clients change tasks at random. Each change that is told fits what its
/// watcher knows, and at the end every watcher knows what the list says.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_of_random_filters_know_what_the_lists_say(
    #[values(Db::Memory, Db::SqliteFile, Db::Postgres)] db: Db,
) {
    let Some(app) = App::start(db).await else { return };
    watch_random_changes(&app, &[Client::clone(&app)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_postgres_tell_each_others_watchers() {
    let Some(app) = App::start(Db::Postgres).await else { return };
    let other = app.another_server().await;
    watch_random_changes(&app, &[Client::clone(&app), other.client.clone()]).await;
    assert!(other.stop().await.success());
}

const WATCHERS: usize = 16;
const CLIENTS: usize = 4;
const OPERATIONS: usize = 60;

/// Watchers are of the first server, changes of all.
async fn watch_random_changes(app: &App, servers: &[Client]) {
    let mut random = Random::new(20_261_124);
    let mut tasks: Vec<String> = Vec::new();
    for n in 0..30 {
        let parent = (n > 4 && random.percent(60)).then(|| random.one_of(&tasks).clone());
        tasks.push(child(app, parent.as_deref()).await);
    }
    let mut watchers = Vec::new();
    for n in 0..WATCHERS {
        let deleted = n % 5 == 4;
        let fence = json!({ "name": { "equals": fence(deleted) } });
        let mut filter = json!({ "or": [filter(&mut random, &tasks, 2), fence] });
        filter["deleted"] = json!(deleted);
        watchers.push(Watcher::begin(app, filter, n % 2 == 0).await);
    }
    let clients = (0..CLIENTS).map(|n| {
        let (server, tasks) = (servers[n % servers.len()].clone(), tasks.clone());
        tokio::spawn(async move {
            let mut random = Random::new(n as u64);
            for _ in 0..OPERATIONS {
                change(&server, &mut random, &tasks).await;
            }
        })
    });
    let clients = clients.collect::<Vec<_>>();
    // They follow while the clients are at work.
    let watchers = watchers.into_iter().map(|watcher| tokio::spawn(watcher.reach_the_fence()));
    let mut watchers = watchers.collect::<Vec<_>>();
    for client in clients {
        client.await.expect("a client");
    }
    // What is told together with the first fence may come after it.
    for _ in 0..2 {
        let gone = id_of(&app.create_task(json!({ "name": fence(true) })).await);
        app.delete_task(&gone).await;
        app.create_task(json!({ "name": fence(false) })).await;
        let mut there = Vec::new();
        for watcher in watchers {
            there.push(watcher.await.expect("a watcher"));
        }
        for watcher in there.iter().filter(|watcher| watcher.fences == 2) {
            assert_eq!(watcher.tasks, ids(app, &watcher.filter).await, "{}", watcher.filter);
        }
        watchers = Vec::new();
        for watcher in there.into_iter().filter(|watcher| watcher.fences < 2) {
            watchers.push(tokio::spawn(watcher.reach_the_fence()));
        }
    }
    assert!(watchers.is_empty(), "every watcher has come to the end");
}

/// The name of the tasks that tell watchers how far they have come. Those of deleted tasks see one that is deleted.
const fn fence(deleted: bool) -> &'static str {
    if deleted { "fence of the deleted" } else { "fence" }
}

const TAGS: &[&str] = &["a", "b", "c"];

fn filter(random: &mut Random, tasks: &[String], depth: u64) -> Value {
    let of_tags = |random: &mut Random| [*random.one_of(TAGS)];
    let leaf = match random.within(0, 9) {
        0 => json!({ "status": [random.one_of(&["CREATED", "RUNNING", "PAUSED"])] }),
        1 => json!({ "tags": { "any": of_tags(random) } }),
        2 => json!({ "tags": { "none": of_tags(random) } }),
        3 => json!({ "priority": { "min": random.whole(0, 4) } }),
        4 => json!({ "metadata": [{ "path": ["site"], "equals": random.within(0, 3) }] }),
        5 => json!({ "root": random.percent(50) }),
        6 => json!({ "parentId": random.one_of(tasks) }),
        7 => json!({ "trials": [{ "min": random.within(1, 4) }] }),
        _ => json!({ "ancestorId": random.one_of(&tasks[..8]) }),
    };
    if depth == 0 {
        return leaf;
    }
    let inner = filter(random, tasks, depth - 1);
    match random.within(0, 4) {
        0 => json!({ "and": [leaf, inner] }),
        1 => json!({ "or": [leaf, inner] }),
        2 => json!({ "not": inner }),
        _ => leaf,
    }
}

/// One change of some task; it may be refused.
async fn change(app: &Client, random: &mut Random, tasks: &[String]) {
    let task = random.one_of(tasks);
    let (mutation, input) = match random.within(0, 9) {
        0 => ("updateTask", json!({ "id": task, "tags": [random.one_of(TAGS)] })),
        1 => ("updateTask", json!({ "id": task, "priority": random.whole(0, 5) })),
        2 => {
            let site = json!({ "site": random.within(0, 3) });
            ("updateTask", json!({ "id": task, "metadata": site }))
        }
        3 => {
            let to = random.one_of(&["RUNNING", "PAUSED"]);
            ("transitionTask", json!({ "id": task, "to": to }))
        }
        4 => {
            let results = json!([{
                "point": { "x": 1.0, "y": 2.0 },
                "outcome": { "values": [{ "objective": "loss", "value": 1.0 }] },
            }]);
            ("addResults", json!({ "taskId": task, "results": results }))
        }
        5 => {
            let children = random.one_of(&["REFUSE", "ORPHAN", "CASCADE"]);
            ("deleteTask", json!({ "id": task, "children": children }))
        }
        6 => ("restoreTask", json!({ "id": task, "subtree": random.percent(50) })),
        _ => {
            let parent = random.percent(80).then(|| random.one_of(tasks));
            ("moveTask", json!({ "id": task, "parentId": parent }))
        }
    };
    app.mutate(mutation, input).await;
}
