//! Random tasks, and random queries about them.

use asktell_tests::{Random, quadratic_with};
use serde_json::{Map, Value, json};

use super::model::Model;

const WORDS: &[&str] = &[
    "Suzuki",
    "coupling",
    "Straße",
    "ÜBUNG",
    "epoxy",
    "run",
    "80%",
    "a_b",
    "two-step",
    "Σίσυφος",
    "screen",
    "suz",
    "x",
    "C:\\lab",
    "'quoted'",
];
const TAGS: &[&str] = &["suzuki", "Urgent", "B12", "straße", "two words", "rare", "x", "old"];
const OWNERS: &[&str] = &["ana", "Ben", "chi"];
const STATUSES: &[&str] = &["CREATED", "RUNNING", "PAUSED", "COMPLETED", "FAILED"];
const KEYS: &[&str] =
    &["CREATED", "UPDATED", "NAME", "STATUS", "PRIORITY", "BEST_VALUE", "PROGRESS"];

/// A filter and an order, as the API takes them.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) filter: Value,
    pub(super) sort: Value,
}

impl Query {
    pub(super) fn deleted(&self) -> bool {
        self.filter["deleted"] == true
    }
}

fn phrase(random: &mut Random, most: u64) -> String {
    let count = random.within(1, most + 1);
    let words: Vec<_> = (0..count).map(|_| *random.one_of(WORDS)).collect();
    words.join(" ")
}

fn some<'a>(random: &mut Random, of: &[&'a str], most: u64) -> Vec<&'a str> {
    let count = random.within(0, most + 1);
    (0..count).map(|_| *random.one_of(of)).collect()
}

/// The input of a task that is to be found or not.
pub(super) fn task(random: &mut Random, parent: Option<&str>) -> Value {
    let mut input = quadratic_with(json!({
        "name": phrase(random, 3),
        "description": if random.percent(50) { phrase(random, 6) } else { String::new() },
        "tags": some(random, TAGS, 4),
        "priority": random.whole(-3, 4),
        "owner": random.one_of(OWNERS),
        "metadata": metadata(random),
        "parentId": parent,
        // Nothing changes while it is asked for, however long that takes.
        "trialPolicy": { "leaseSeconds": 86_400 },
    }));
    if random.percent(60) {
        input["budget"] = json!({ "maxTrials": random.within(2, 9) });
    }
    if random.percent(30) {
        input["parameterSpace"] = json!({ "parameters": [
            { "int": { "name": "x", "low": 0, "high": 9 } },
            { "float": { "name": random.one_of(&["temperature", "Zeit"]), "low": 0.0, "high": 1.0 } },
        ] });
    }
    input
}

fn metadata(random: &mut Random) -> Value {
    let mut members = Map::new();
    for name in ["t", "lab", "a/b", "note", ""] {
        if random.percent(50) {
            members.insert(name.to_owned(), any_value(random, 2));
        }
    }
    Value::Object(members)
}

fn any_value(random: &mut Random, depth: u64) -> Value {
    match random.within(0, if depth > 0 { 9 } else { 6 }) {
        0 => json!(null),
        1 => json!(random.percent(50)),
        2 => json!(random.within(0, 5)),
        3 => json!(random.number(-2, 10)),
        4 => json!(random.one_of(WORDS)),
        5 => json!(format!("{}{}", "long ".repeat(50), random.one_of(WORDS))),
        6 => json!([random.within(0, 2), "B12"]),
        _ => {
            let name = *random.one_of(&["site", "room", "t"]);
            json!({ name: any_value(random, depth - 1) })
        }
    }
}

/// A query of moderate size. One in ten is about the deleted tasks.
pub(super) fn random(random: &mut Random, model: &Model, number: usize) -> Query {
    let depth = random.within(0, 4);
    let mut filter = if number == 0 { json!({}) } else { tree(random, model, depth) };
    if random.percent(10) {
        filter["deleted"] = json!(true);
    }
    Query { filter, sort: sort(random) }
}

fn sort(random: &mut Random) -> Value {
    let mut keys: Vec<&str> = Vec::new();
    for _ in 0..*random.one_of(&[0, 1, 1, 1, 2, 3]) {
        let key = *random.one_of(KEYS);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let keys = keys.into_iter().map(|by| {
        let direction = *random.one_of(&["ASCENDING", "DESCENDING"]);
        json!({ "by": by, "direction": direction })
    });
    Value::Array(keys.collect())
}

fn tree(random: &mut Random, model: &Model, depth: u64) -> Value {
    let mut filter = leaf(random, model);
    if depth == 0 {
        return filter;
    }
    match random.within(0, 4) {
        0 => {
            let count = random.within(0, 4);
            filter["and"] = (0..count).map(|_| tree(random, model, depth - 1)).collect();
        }
        1 => {
            let count = random.within(1, 4);
            filter = json!({ "or": (0..count).map(|_| tree(random, model, depth - 1)).collect::<Vec<_>>() });
        }
        2 => filter = json!({ "not": tree(random, model, depth - 1) }),
        _ => {}
    }
    filter
}

fn leaf(random: &mut Random, model: &Model) -> Value {
    let task = random.one_of(model.tasks()).clone();
    match random.within(0, 18) {
        0 => {
            let count = random.within(0, 40);
            let ids = (0..count).map(|_| random.one_of(model.tasks())["id"].clone());
            json!({ "ids": ids.collect::<Vec<_>>() })
        }
        1 => json!({ "name": name(random, &task) }),
        2 => {
            let text = phrase_of(random, &task);
            json!({ "search": beginning(random, &text) })
        }
        3 => json!({ "status": some(random, STATUSES, 3) }),
        4 => json!({ "status": [task["status"]] }),
        5 => json!({ "tags": { "any": some(random, TAGS, 2) } }),
        6 => json!({ "tags": { "all": some(random, TAGS, 2), "none": some(random, TAGS, 2) } }),
        7 => json!({ "tags": { "all": [random.one_of(TAGS)] } }),
        8 => bounds(random, "priority", -3, 4),
        9 => json!({ "owner": some(random, OWNERS, 2) }),
        10 => json!({ "parentId": task["parent"]["id"] }),
        11 => {
            let ancestors = task["ancestors"].as_array().filter(|some| !some.is_empty());
            json!({ "ancestorId": ancestors.map(|some| random.one_of(some)["id"].clone()) })
        }
        12 => json!({ "root": random.percent(50) }),
        13 => {
            let field = *random.one_of(&["createdAt", "updatedAt", "startedAt", "finishedAt"]);
            let other = random.one_of(model.tasks());
            let mut filter = json!({ field: { "from": task[field] } });
            if random.percent(50) {
                filter[field]["to"] = other[field].clone();
            }
            filter
        }
        14 => bounds(random, "bestValue", 0, 120),
        15 => {
            let state = *random.one_of(&["WAITING", "RUNNING", "COMPLETED", "ABANDONED"]);
            let state = Some(state).filter(|_| random.percent(70));
            json!({ "trials": [{ "state": state, "min": random.within(0, 5) }] })
        }
        16 => {
            let names = some(random, &["x", "y", "temperature", "Zeit"], 2);
            json!({ "parameters": names })
        }
        _ => json!({ "metadata": [metadata_filter(random, &task["metadata"])] }),
    }
}

fn bounds(random: &mut Random, field: &str, low: i64, high: i64) -> Value {
    let mut number = || random.whole(low, high);
    let (one, other) = (number(), number());
    match random.within(0, 4) {
        0 => json!({ field: { "min": one } }),
        1 => json!({ field: { "max": one } }),
        2 => json!({ field: {} }),
        _ => json!({ field: { "min": one.min(other), "max": one.max(other) } }),
    }
}

fn phrase_of(random: &mut Random, task: &Value) -> String {
    let name = task["name"].as_str().unwrap_or_default();
    if random.percent(70) { name.to_owned() } else { phrase(random, 2) }
}

/// The beginning of a text, at least one letter of it.
fn beginning(random: &mut Random, text: &str) -> String {
    let letters = text.chars().count();
    text.chars().take(1 + random.place(letters)).collect()
}

fn name(random: &mut Random, task: &Value) -> Value {
    let text = phrase_of(random, task);
    let text = if random.percent(30) { text.to_uppercase() } else { text };
    match random.within(0, 3) {
        0 => json!({ "equals": text }),
        1 => json!({ "startsWith": beginning(random, &text) }),
        _ => {
            let skipped = random.place(text.chars().count());
            let rest: String = text.chars().skip(skipped).collect();
            json!({ "contains": beginning(random, &rest) })
        }
    }
}

fn metadata_filter(random: &mut Random, metadata: &Value) -> Value {
    let mut path = vec![(*random.one_of(&["t", "lab", "a/b", "note", ""])).to_owned()];
    if random.percent(30) {
        path.push((*random.one_of(&["site", "room", "t"])).to_owned());
    }
    let there = path.iter().try_fold(metadata, |at, name| at.get(name)).cloned();
    let value = there.unwrap_or_else(|| any_value(random, 1));
    match random.within(0, 7) {
        0 => json!({ "path": path, "exists": random.percent(50) }),
        1 | 2 => json!({ "path": path, "equals": value }),
        3 => json!({ "path": path, "in": [value, any_value(random, 1), 2.0] }),
        4 => json!({ "path": path, "min": 0.5, "max": random.within(1, 9) }),
        5 => json!({ "path": path, "from": beginning(random, "Suzuki"), "to": "two" }),
        _ => json!({ "path": path }),
    }
}
