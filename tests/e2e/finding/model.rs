//! Which tasks a filter finds, and in which order, looked up in the tasks as the API tells them.

use std::{cmp::Ordering, collections::BTreeMap};

use serde_json::{Value, json};

use super::queries::Query;

/// All tasks.
#[derive(Debug)]
pub(super) struct Model {
    tasks: Vec<Value>,
    deleted: Vec<Value>,
}

impl Model {
    pub(super) const fn of(tasks: Vec<Value>, deleted: Vec<Value>) -> Self {
        Self { tasks, deleted }
    }

    pub(super) fn tasks(&self) -> &[Value] {
        &self.tasks
    }

    pub(super) fn size(&self, deleted: bool) -> usize {
        if deleted { self.deleted.len() } else { self.tasks.len() }
    }

    /// The tasks that a query finds, in its order.
    pub(super) fn find(&self, query: &Query) -> Vec<&Value> {
        let all = if query.deleted() { &self.deleted } else { &self.tasks };
        let mut found: Vec<_> = all.iter().filter(|task| holds(&query.filter, task)).collect();
        found.sort_by(|one, other| compare(&query.sort, one, other));
        found
    }
}

/// Texts without regard to case. (The tasks here have no letters that this would not do for.)
fn fold(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss").replace('ς', "σ")
}

fn text(value: &Value) -> String {
    fold(value.as_str().unwrap_or_default())
}

fn holds(filter: &Value, task: &Value) -> bool {
    let Some(fields) = filter.as_object() else { return true };
    fields.iter().all(|(field, wanted)| wanted.is_null() || field_holds(field, wanted, task))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn field_holds(field: &str, wanted: &Value, task: &Value) -> bool {
    match field {
        "and" => list(wanted).iter().all(|one| holds(one, task)),
        "or" => list(wanted).iter().any(|one| holds(one, task)),
        "not" => !holds(wanted, task),
        "deleted" => true,
        "ids" => list(wanted).contains(&task["id"]),
        "name" => name_holds(wanted, &text(&task["name"])),
        "search" => {
            let mut texts = vec![text(&task["name"]), text(&task["description"])];
            texts.extend(list(&task["tags"]).iter().map(text));
            let has: Vec<String> = texts.iter().flat_map(|text| words(text)).collect();
            words(&text(wanted)).iter().all(|word| has.iter().any(|one| one.starts_with(word)))
        }
        "status" => list(wanted).contains(&task["status"]),
        "tags" => tags_hold(wanted, list(&task["tags"])),
        "priority" => within(wanted, task["priority"].as_f64()),
        "owner" => list(wanted).contains(&task["owner"]),
        "parentId" => task["parent"]["id"] == *wanted,
        "ancestorId" => list(&task["ancestors"]).iter().any(|one| one["id"] == *wanted),
        "root" => task["parent"].is_null() == (*wanted == true),
        "createdAt" | "updatedAt" | "startedAt" | "finishedAt" => time_holds(wanted, &task[field]),
        "bestValue" => within(wanted, task["bestValue"].as_f64()),
        "trials" => list(wanted).iter().all(|one| {
            let state = one["state"].as_str().unwrap_or("total").to_lowercase();
            within(one, task["trialCounts"][&state].as_f64())
        }),
        "parameters" => {
            let has = list(&task["parameterSpace"]["parameters"]);
            list(wanted).iter().all(|name| has.iter().any(|one| one["name"] == *name))
        }
        "metadata" => list(wanted).iter().all(|one| metadata_holds(one, &task["metadata"])),
        _ => panic!("the model knows no {field}"),
    }
}

fn name_holds(wanted: &Value, name: &str) -> bool {
    let part = |field: &str| wanted[field].as_str().map(fold);
    part("equals").is_none_or(|text| name == text)
        && part("contains").is_none_or(|text| name.contains(&text))
        && part("startsWith").is_none_or(|text| name.starts_with(&text))
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_alphanumeric() {
            word.push(letter);
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words
}

fn tags_hold(wanted: &Value, tags: &[Value]) -> bool {
    let has = |tag: &Value| tags.iter().any(|one| text(one) == text(tag));
    (wanted["any"].is_null() || list(&wanted["any"]).iter().any(has))
        && list(&wanted["all"]).iter().all(has)
        && !list(&wanted["none"]).iter().any(has)
}

fn within(bounds: &Value, number: Option<f64>) -> bool {
    let Some(number) = number else { return false };
    bounds["min"].as_f64().is_none_or(|min| number >= min)
        && bounds["max"].as_f64().is_none_or(|max| number <= max)
}

fn time_holds(bounds: &Value, time: &Value) -> bool {
    let Some(_) = time.as_str() else { return false };
    let at = asktell_tests::time(time);
    let bound =
        |field: &str| Some(&bounds[field]).filter(|b| !b.is_null()).map(asktell_tests::time);
    bound("from").is_none_or(|from| at >= from) && bound("to").is_none_or(|to| at <= to)
}

fn metadata_holds(wanted: &Value, metadata: &Value) -> bool {
    let mut path = list(&wanted["path"]).iter().filter_map(Value::as_str);
    let found = path.try_fold(metadata, |at, name| at.as_object()?.get(name));
    let fields = wanted.as_object().expect("an object");
    fields.iter().all(|(field, value)| match field.as_str() {
        "path" => true,
        "exists" => found.is_some() == (*value == true),
        "equals" => found.is_some_and(|found| same(found, value)),
        "in" => found.is_some_and(|found| list(value).iter().any(|one| same(found, one))),
        "min" => found.and_then(Value::as_f64).is_some_and(|n| Some(n) >= value.as_f64()),
        "max" => found.and_then(Value::as_f64).is_some_and(|n| Some(n) <= value.as_f64()),
        "from" => short(found).is_some_and(|text| Some(text) >= value.as_str()),
        "to" => short(found).is_some_and(|text| Some(text) <= value.as_str()),
        _ => panic!("the model knows no {field}"),
    }) && (fields.len() > 1 || found.is_some())
}

fn short(found: Option<&Value>) -> Option<&str> {
    found?.as_str().filter(|text| text.chars().count() <= 200)
}

/// Whether two JSON values are the same; 1 and 1.0 are.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|o| same(value, o)))
        }
        _ => one == other,
    }
}

fn compare(sort: &Value, one: &Value, other: &Value) -> Ordering {
    let newest = json!([{ "by": "CREATED", "direction": "DESCENDING" }]);
    let keys = Some(list(sort)).filter(|keys| !keys.is_empty()).unwrap_or_else(|| list(&newest));
    let turned = |ordering: Ordering, key: &Value| match key["direction"].as_str() {
        Some("DESCENDING") => ordering.reverse(),
        _ => ordering,
    };
    for key in keys {
        let ordering = match key["by"].as_str().expect("a key") {
            "CREATED" => turned(created(one).cmp(&created(other)), key),
            "UPDATED" => turned(
                asktell_tests::time(&one["updatedAt"])
                    .cmp(&asktell_tests::time(&other["updatedAt"])),
                key,
            ),
            "NAME" => turned(pieces(&one["name"]).cmp(&pieces(&other["name"])), key),
            "STATUS" => turned(rank(one).cmp(&rank(other)), key),
            "PRIORITY" => turned(one["priority"].as_i64().cmp(&other["priority"].as_i64()), key),
            by => {
                let field = if by == "PROGRESS" { "progress" } else { "bestValue" };
                // What has no value comes last, whichever the direction.
                match (one[field].as_f64(), other[field].as_f64()) {
                    (None, None) => Ordering::Equal,
                    (None, Some(_)) => Ordering::Greater,
                    (Some(_), None) => Ordering::Less,
                    (Some(one), Some(other)) => turned(one.total_cmp(&other), key),
                }
            }
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    let last = keys.last().expect("a key");
    let id = |task: &Value| task["id"].as_str().map(str::to_owned);
    turned(created(one).cmp(&created(other)).then_with(|| id(one).cmp(&id(other))), last)
}

/// A name in pieces: each number as one, by its value.
fn pieces(name: &Value) -> Vec<(char, u128)> {
    let folded = text(name);
    let (mut pieces, mut digits) = (Vec::new(), None);
    for c in folded.chars() {
        if let Some(digit) = c.to_digit(10) {
            digits = Some(digits.unwrap_or(0) * 10 + u128::from(digit));
            continue;
        }
        pieces.extend(digits.take().map(|number| ('0', number)));
        pieces.push((c, 0));
    }
    pieces.extend(digits.map(|number| ('0', number)));
    pieces
}

fn created(task: &Value) -> chrono::DateTime<chrono::Utc> {
    asktell_tests::time(&task["createdAt"])
}

fn rank(task: &Value) -> Option<usize> {
    let order = ["CREATED", "RUNNING", "PAUSED", "COMPLETED", "FAILED"];
    order.iter().position(|status| task["status"] == *status)
}

/// How many of some tasks have each status, tag and owner, as the API tells it.
pub(super) fn facets(tasks: &[&Value]) -> Value {
    let mut statuses: BTreeMap<Option<usize>, (Value, i64)> = BTreeMap::new();
    let (mut tags, mut owners) = (BTreeMap::new(), BTreeMap::new());
    for task in tasks {
        statuses.entry(rank(task)).or_insert((task["status"].clone(), 0)).1 += 1;
        *owners.entry(task["owner"].as_str().unwrap_or_default()).or_insert(0_i64) += 1;
        for tag in list(&task["tags"]) {
            *tags.entry(tag.as_str().unwrap_or_default()).or_insert(0_i64) += 1;
        }
    }
    let frequent = |counts: BTreeMap<&str, i64>, name: &str| {
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| -count);
        let counts = counts.into_iter().map(|(word, count)| json!({ name: word, "count": count }));
        counts.collect::<Vec<_>>()
    };
    let statuses = statuses.into_values();
    json!({
        "statuses": statuses.map(|(status, count)| json!({ "status": status, "count": count }))
            .collect::<Vec<_>>(),
        "tags": frequent(tags, "tag"),
        "owners": frequent(owners, "owner"),
    })
}
