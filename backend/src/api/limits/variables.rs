//! The size of the variables.

use serde_json::{Map, Value};

use super::{LimitExceeded, Limits, count};

/// Checks depth and number of the values. JSON from outside nests at most 128 levels (the limit of
/// `serde_json`), yet resolvers that walk a value of their own should not meet even that.
pub(in crate::api) fn check_variables(
    variables: &Map<String, Value>,
    limits: &Limits,
) -> Result<(), LimitExceeded> {
    let mut values = 0_usize;
    let mut open: Vec<(usize, &Value)> = variables.values().map(|value| (1, value)).collect();
    while let Some((depth, value)) = open.pop() {
        values += 1 + value.as_object().map_or(0, |members| Limits::OBJECT + members.len());
        if values > limits.variable_values {
            return Err(over("variableValues", limits.variable_values));
        }
        if depth > limits.variable_depth {
            return Err(over("variableDepth", limits.variable_depth));
        }
        match value {
            Value::Array(items) => open.extend(items.iter().map(|item| (depth + 1, item))),
            Value::Object(members) => open.extend(members.values().map(|item| (depth + 1, item))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Ok(())
}

fn over(limit: &'static str, max: usize) -> LimitExceeded {
    LimitExceeded { limit, max: count(max), actual: None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(value: Value, limits: &Limits) -> Result<(), &'static str> {
        let variables = Map::from_iter([("a".to_owned(), value)]);
        check_variables(&variables, limits).map_err(|exceeded| exceeded.limit)
    }

    #[test]
    fn depth_counts_lists_and_objects() {
        let limits = Limits { variable_depth: 3, ..Limits::default() };
        assert_eq!(check(json!([{ "b": 1 }]), &limits), Ok(()));
        assert_eq!(check(json!([{ "b": [1] }]), &limits), Err("variableDepth"));
    }

    #[test]
    fn values_are_counted_at_every_level() {
        let limits = Limits { variable_values: 5, ..Limits::default() };
        assert_eq!(check(json!([1, [2, 3]]), &limits), Ok(()));
        assert_eq!(check(json!([1, [2, 3, 4]]), &limits), Err("variableValues"));
        assert_eq!(check(json!({}), &limits), Ok(()));
        assert_eq!(check(json!([{}]), &limits), Err("variableValues"), "an object counts for five");
    }
}
