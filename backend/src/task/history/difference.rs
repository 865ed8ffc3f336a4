//! What two versions of a task differ in.

use std::collections::BTreeSet;

use serde_json::json;

use super::{PastSpace, ToldTask};
use crate::task::{JsonObject, JsonValue};

/// A field in which two versions differ.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDifference {
    /// The field, by its name in the API.
    pub field: String,
    /// What it was in the first; none if it had no value.
    pub old: Option<JsonValue>,
    /// What it was in the second; none if it had no value.
    pub new: Option<JsonValue>,
    /// Where in it they differ, down to single values; empty for a field that is a single value.
    pub parts: Vec<PartDifference>,
}

/// A place within a field where two versions differ.
#[derive(Debug, Clone, PartialEq)]
pub struct PartDifference {
    /// The way there: names of members; in lists, names of items that have one, else their places from 0.
    pub path: Vec<String>,
    /// What was there in the first; none if nothing was.
    pub old: Option<JsonValue>,
    /// What was there in the second; none if nothing was.
    pub new: Option<JsonValue>,
}

/// The fields in which two versions differ, by name.
#[must_use]
pub fn differences(from: &ToldTask, to: &ToldTask) -> Vec<FieldDifference> {
    let (from, to) = (from.fields(), to.fields());
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    names
        .into_iter()
        .filter(|field| from.get(*field) != to.get(*field))
        .map(|field| {
            let (old, new) = (from.get(field).cloned(), to.get(field).cloned());
            let mut parts = Vec::new();
            if let (Some(old), Some(new)) = (&old, &new) {
                compare(&mut parts, &mut Vec::new(), &opened(field, old), &opened(field, new));
                parts.retain(|part| !part.path.is_empty());
            }
            FieldDifference { field: field.clone(), old, new, parts }
        })
        .collect()
}

/// A space of parameters alone is written as their list: here it has the shape of any other.
fn opened(field: &str, value: &JsonValue) -> JsonValue {
    if field == PastSpace::FIELD && value.is_array() {
        return json!({ "parameters": value });
    }
    value.clone()
}

/// Notes where two values differ, on the way there.
fn compare(
    parts: &mut Vec<PartDifference>,
    path: &mut Vec<String>,
    old: &JsonValue,
    new: &JsonValue,
) {
    if old == new {
        return;
    }
    let Some((old_members, new_members)) = members(old).zip(members(new)) else {
        let (old, new) = (Some(old.clone()), Some(new.clone()));
        parts.push(PartDifference { path: path.clone(), old, new });
        return;
    };
    let added = new_members.keys().filter(|name| !old_members.contains_key(*name));
    let names: Vec<&String> = old_members.keys().chain(added).collect();
    let before = parts.len();
    for name in names {
        path.push(name.clone());
        match (old_members.get(name), new_members.get(name)) {
            (Some(old), Some(new)) => compare(parts, path, old, new),
            (old, new) => {
                let (old, new) = (old.cloned(), new.cloned());
                parts.push(PartDifference { path: path.clone(), old, new });
            }
        }
        path.pop();
    }
    // The same items in another order: the list as a whole is what differs.
    if parts.len() == before {
        let (old, new) = (Some(old.clone()), Some(new.clone()));
        parts.push(PartDifference { path: path.clone(), old, new });
    }
}

/// What an object or a list is made of; none for a single value.
fn members(value: &JsonValue) -> Option<JsonObject> {
    match value {
        JsonValue::Object(members) => Some(members.clone()),
        JsonValue::Array(items) => Some(named(items).unwrap_or_else(|| {
            items.iter().enumerate().map(|(i, item)| (i.to_string(), item.clone())).collect()
        })),
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => None,
    }
}

/// The items of a list by their names, if all have one and no two the same.
fn named(items: &[JsonValue]) -> Option<JsonObject> {
    let name = |item: &JsonValue| Some(item.get("name")?.as_str()?.to_owned());
    let named: JsonObject =
        items.iter().map(|item| Some((name(item)?, item.clone()))).collect::<Option<_>>()?;
    (named.len() == items.len()).then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(old: &JsonValue, new: &JsonValue) -> Vec<(String, JsonValue, JsonValue)> {
        let mut parts = Vec::new();
        compare(&mut parts, &mut Vec::new(), old, new);
        let told = |part: PartDifference| {
            (part.path.join("."), part.old.unwrap_or_default(), part.new.unwrap_or_default())
        };
        parts.into_iter().map(told).collect()
    }

    fn part(path: &str, old: JsonValue, new: JsonValue) -> (String, JsonValue, JsonValue) {
        (path.to_owned(), old, new)
    }

    #[test]
    fn a_difference_names_the_innermost_places() {
        let old = json!({ "a": 1, "b": { "c": [1, 2], "d": true }, "gone": 0 });
        let new = json!({ "a": 1, "b": { "c": [1, 3, 4], "d": true }, "come": {} });
        let expected = [
            part("b.c.1", json!(2), json!(3)),
            part("b.c.2", JsonValue::Null, json!(4)),
            part("gone", json!(0), JsonValue::Null),
            part("come", JsonValue::Null, json!({})),
        ];
        assert_eq!(parts(&old, &new), expected);
    }

    #[test]
    fn items_that_have_names_are_matched_by_them() {
        let old = json!([{ "name": "x", "high": 1 }, { "name": "y", "high": 2 }]);
        let new = json!([{ "name": "y", "high": 3 }, { "name": "x", "high": 1 }]);
        assert_eq!(parts(&old, &new), [part("y.high", json!(2), json!(3))]);
        // Only the order differs: there is no smaller place to name than the list.
        let turned = json!([{ "name": "y", "high": 2 }, { "name": "x", "high": 1 }]);
        assert_eq!(parts(&old, &turned), [part("", old.clone(), turned)]);
    }

    #[test]
    fn values_of_another_kind_differ_as_a_whole() {
        assert_eq!(parts(&json!([1]), &json!({ "0": 1 })).len(), 1);
        assert_eq!(parts(&json!("a"), &json!(1)), [part("", json!("a"), json!(1))]);
        assert_eq!(parts(&json!([1]), &json!([1])), []);
    }
}
