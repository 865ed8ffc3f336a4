//! How long a list of tasks takes, filtered and sorted, in a small database and in a large one: named queries, each with
//! how many tasks pass. The two take turns, so that the noise of the machine is that of both.

use std::time::Instant;

use asktell_tests::{Client, Random, Server};
use serde_json::{Value, json};

use crate::{Ground, Place, times::Times};

/// How many tasks the small database has.
const SMALL: usize = 10_000;
/// How many tasks are made in one call.
const TOGETHER: usize = 5_000;
/// How often each query is asked of each.
const ROUNDS: usize = 60;
/// How many tasks have the rarest tag.
const RARE: usize = 200;
/// How many tasks a page has.
const PAGE: usize = 50;

const WORDS: [&str; 12] = [
    "suzuki", "heck", "epoxy", "resin", "screen", "kinetics", "batch", "flow", "ligand", "solvent",
    "yield", "purity",
];

/// A list that somebody would look at: its name, its filter and its order.
fn queries() -> Vec<(&'static str, Value, Value)> {
    let newest = json!([]);
    let by = |key: &str, direction: &str| json!([{ "by": key, "direction": direction }]);
    vec![
        ("everything, newest first", json!({}), newest.clone()),
        ("everything, by name", json!({}), by("NAME", "ASCENDING")),
        ("CREATED ones, newest first", json!({ "status": ["CREATED"] }), newest.clone()),
        ("FAILED ones, newest first", json!({ "status": ["FAILED"] }), newest.clone()),
        (
            "FAILED ones, last changed first",
            json!({ "status": ["FAILED"] }),
            by("UPDATED", "DESCENDING"),
        ),
        ("a frequent tag, newest first", json!({ "tags": { "all": ["half"] } }), newest.clone()),
        (
            "a frequent tag, by name",
            json!({ "tags": { "all": ["half"] } }),
            by("NAME", "ASCENDING"),
        ),
        (
            "a tag in a hundred, newest first",
            json!({ "tags": { "all": ["lab 7"] } }),
            newest.clone(),
        ),
        (
            "a tag in a hundred, by name",
            json!({ "tags": { "all": ["lab 7"] } }),
            by("NAME", "ASCENDING"),
        ),
        (
            "a tag of 200 tasks, by priority",
            json!({ "tags": { "all": ["rare"] } }),
            by("PRIORITY", "DESCENDING"),
        ),
        ("two tags at once", json!({ "tags": { "all": ["half", "lab 7"] } }), newest.clone()),
        (
            "metadata is a text",
            json!({ "metadata": [{ "path": ["lab", "site"], "equals": "B12" }] }),
            newest.clone(),
        ),
        (
            "metadata within bounds",
            json!({ "metadata": [{ "path": ["t"], "min": 50, "max": 60 }] }),
            newest.clone(),
        ),
        (
            "metadata: 200 numbers, by name",
            json!({ "metadata": [{ "path": ["number"], "min": 1001, "max": 1200 }] }),
            by("NAME", "ASCENDING"),
        ),
        ("search: a frequent word", json!({ "search": "suzu" }), newest.clone()),
        ("search: the beginning of a rare word", json!({ "search": "series37" }), newest.clone()),
        ("search: a word of one task in 1,000", json!({ "search": "series377" }), newest.clone()),
        (
            "search: two words, a tag and an owner",
            json!({ "search": "resin flow", "tags": { "all": ["half"] }, "owner": ["ana"] }),
            newest.clone(),
        ),
        (
            "one of an owner's, by priority",
            json!({ "owner": ["ana"] }),
            by("PRIORITY", "DESCENDING"),
        ),
        (
            "without an index: name contains, often",
            json!({ "name": { "contains": "uzuk" } }),
            newest.clone(),
        ),
        (
            "without an index: name contains, never",
            json!({ "name": { "contains": "zzz" } }),
            newest,
        ),
    ]
}

/// Compares a small database with one of `large` tasks. They are fresh ones, or those at the addresses: these
/// stay, and have their tasks from an earlier run unless they are empty.
pub(super) async fn run(place: &Place, large: usize, kept: Option<[String; 2]>) {
    let ground = async || match &kept {
        Some([small, large]) => [place.kept(small), place.kept(large)],
        None => [place.ground().await, place.ground().await],
    };
    let [small, other] = ground().await;
    let grounds = [Side::new(small, SMALL).await, Side::new(other, large).await];
    println!();
    println!(
        "The first {PAGE} of a list, through HTTP, {ROUNDS} times each, taking turns; p95 in milliseconds:"
    );
    println!();
    println!("| list | pass of {SMALL} | p95 | pass of {large} | p95 | ratio |");
    println!("|---|---|---|---|---|---|");
    for (name, filter, sort) in queries() {
        let query = |after: Value| json!({ "filter": filter, "sort": sort, "after": after });
        compare(&grounds, name, &[query(Value::Null), query(Value::Null)]).await;
    }
    for (name, filter) in [
        ("the 1,000th page, newest first", json!({})),
        ("the 1,000th page of a frequent tag", json!({ "tags": { "all": ["half"] } })),
    ] {
        // The small database has no such page: its last one, then.
        let mut pages = Vec::new();
        for side in &grounds {
            let after = side.cursor(&filter, 1_000 * PAGE).await;
            pages.push(json!({ "filter": filter, "sort": [], "after": after }));
        }
        compare(&grounds, name, &pages).await;
    }
    for side in grounds {
        assert!(side.server.stop().await.success());
    }
}

/// One query of both databases, taking turns.
async fn compare(grounds: &[Side; 2], name: &str, queries: &[Value]) {
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for ((side, query), took) in grounds.iter().zip(queries).zip(&mut took) {
            let begin = Instant::now();
            drop(side.client().graphql(LIST, query.clone()).await.data());
            took.push(begin.elapsed().as_secs_f64() * 1e3);
        }
    }
    let mut passing = Vec::new();
    for (side, query) in grounds.iter().zip(queries) {
        passing.push(side.count(&query["filter"]).await);
    }
    let [small, large] = took.map(|took| Times::new(took).part(0.95));
    println!(
        "| {name} | {} | {small:.1} | {} | {large:.1} | {:.1} |",
        passing[0],
        passing[1],
        large / small
    );
}

const LIST: &str = "query ($filter: TaskFilter, $sort: [TaskSort!], $after: String) {
    tasks(first: 50, filter: $filter, sort: $sort, after: $after) {
        nodes { id name status tags priority owner bestValue progress createdAt updatedAt }
        pageInfo { hasNextPage endCursor } } }";

/// A database with a server.
struct Side {
    // Before its database: it is dropped first.
    server: Server,
    _ground: Ground,
}

impl Side {
    async fn new(ground: Ground, tasks: usize) -> Self {
        let server = ground.server(&[]).await;
        let side = Self { server, _ground: ground };
        if side.count(&json!({})).await > 0 {
            return side;
        }
        let begin = Instant::now();
        let mut random = Random::new(tasks as u64);
        let mut longest = 0.0_f64;
        for first in (0..tasks).step_by(TOGETHER) {
            let some: Vec<Value> =
                (first..tasks.min(first + TOGETHER)).map(|n| task(&mut random, n, tasks)).collect();
            let begin = Instant::now();
            let document = "mutation ($input: CreateTasksInput!) { createTasks(input: $input) { tasks { version } } }";
            drop(
                side.client().graphql(document, json!({ "input": { "tasks": some } })).await.data(),
            );
            longest = longest.max(begin.elapsed().as_secs_f64());
        }
        let seconds = begin.elapsed().as_secs_f64();
        println!();
        println!(
            "{tasks} tasks made in {seconds:.0} s, {TOGETHER} a call, the longest {longest:.1} s"
        );
        let failed = json!({ "input": {
            "filter": { "tags": { "all": ["fails"] } }, "to": "FAILED", "reason": "a fault" } });
        let document = "mutation ($input: TransitionTasksInput!) { transitionTasks(input: $input) { changed } }";
        drop(side.client().graphql(document, failed).await.data());
        side
    }

    fn client(&self) -> &Client {
        &self.server.client
    }

    async fn count(&self, filter: &Value) -> i64 {
        let query =
            "query ($filter: TaskFilter) { tasks(first: 0, filter: $filter) { totalCount } }";
        let reply = self.client().graphql(query, json!({ "filter": filter })).await;
        // What takes too long to be counted is told as such.
        if reply.is_error() {
            return -1;
        }
        reply.data()["tasks"]["totalCount"].as_i64().unwrap_or(-1)
    }

    /// The cursor after so many tasks of a list, or of its last page.
    async fn cursor(&self, filter: &Value, tasks: usize) -> Value {
        let query = "query ($filter: TaskFilter, $after: String) {
            tasks(first: 1000, filter: $filter, after: $after) { pageInfo { hasNextPage endCursor } } }";
        let (mut after, mut seen) = (Value::Null, 0);
        while seen < tasks {
            let variables = json!({ "filter": filter, "after": after });
            let page =
                self.client().graphql(query, variables).await.data()["tasks"]["pageInfo"].clone();
            if page["hasNextPage"] == false {
                break;
            }
            after = page["endCursor"].clone();
            seen += 1_000;
        }
        after
    }
}

/// One task of so many, with five tags, of which some are frequent and some are rare.
fn task(random: &mut Random, number: usize, of: usize) -> Value {
    let [one, two, three] = [0; 3].map(|_| *random.one_of(&WORDS));
    let mut tags = vec![
        format!("lab {}", random.within(0, 100)),
        format!("person {}", random.within(0, 1_000)),
        format!("week {}", number / 2_000),
        if random.percent(50) { "half" } else { "other half" }.to_owned(),
    ];
    tags.push(match random.within(0, 10_000) {
        _ if number.is_multiple_of(of / RARE) => "rare".to_owned(),
        0..100 => "fails".to_owned(),
        other => format!("tag {}", other % 50),
    });
    json!({
        "name": format!("{one} {two} {number}"),
        "description": format!("{three} series{}", random.within(0, 1_000)),
        "tags": tags,
        "owner": random.one_of(&["ana", "ben", "chi", "dee", "eva"]),
        "priority": random.whole(-50, 50),
        "metadata": { "lab": { "site": format!("B{}", random.within(0, 50)) },
            "t": random.number(0, 100), "number": number },
        "parameterSpace": { "parameters": [{ "float": { "name": "x", "low": 0.0, "high": 1.0 } }] },
        "objectives": [{ "name": "yield", "direction": "MAXIMIZE" }],
    })
}
