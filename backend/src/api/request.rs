//! The parameters of a GraphQL request
//! (<https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters>), as every
//! transport takes them.

use serde_json::{Map, Value};

use super::Response;

/// A request as it came, its parameters of the right JSON types and no more than that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestParams {
    /// The document.
    pub query: String,
    /// Which of the document's operations to execute.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Map<String, Value>,
    /// Reserved for extensions of the protocol. This server has none, and ignores what it does not
    /// know.
    pub extensions: Map<String, Value>,
}

impl RequestParams {
    /// From a JSON object. Members that the specification does not name are ignored, as it asks
    /// for; a list of requests (batching is an extension of other servers) is refused.
    pub fn from_json(json: Value) -> Result<Self, Response> {
        let Value::Object(mut members) = json else {
            return Err(Response::bad_request("The request must be one JSON object."));
        };
        let mut take = |name: &str| members.remove(name).unwrap_or(Value::Null);
        Ok(Self {
            query: text("query", take("query"))?
                .ok_or_else(|| Response::bad_request("The parameter `query` is missing."))?,
            operation_name: text("operationName", take("operationName"))?,
            variables: object("variables", take("variables"))?,
            extensions: object("extensions", take("extensions"))?,
        })
    }
}

fn text(name: &str, value: Value) -> Result<Option<String>, Response> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(Response::bad_request(format!("The parameter `{name}` must be a string.")))
        }
    }
}

fn object(name: &str, value: Value) -> Result<Map<String, Value>, Response> {
    match value {
        Value::Object(members) => Ok(members),
        Value::Null => Ok(Map::new()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::String(_) => {
            Err(Response::bad_request(format!("The parameter `{name}` must be an object.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn absent_and_null_are_the_same() {
        let nulls = json!({
            "query": "{ a }", "operationName": null, "variables": null, "extensions": null,
        });
        let params = RequestParams { query: "{ a }".to_owned(), ..RequestParams::default() };
        assert_eq!(RequestParams::from_json(nulls).ok(), Some(params.clone()));
        assert_eq!(
            RequestParams::from_json(json!({ "query": "{ a }", "id": 7 })).ok(),
            Some(params)
        );
    }

    #[test]
    fn wrong_types_are_refused() {
        for wrong in [
            json!([]),
            json!("{ a }"),
            json!({}),
            json!({ "query": null }),
            json!({ "query": 1 }),
            json!({ "query": "{ a }", "operationName": 1 }),
            json!({ "query": "{ a }", "variables": [] }),
            json!({ "query": "{ a }", "extensions": "" }),
        ] {
            assert!(RequestParams::from_json(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
