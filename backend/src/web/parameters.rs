//! The parameters of a GraphQL request, from a body and from an address
//! (<https://graphql.github.io/graphql-over-http/draft/#sec-Request>).

use axum::{extract::Query, http::Uri};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::api::{RequestParams, Response};

/// From a body of JSON.
pub(super) fn from_body(body: &[u8]) -> Result<RequestParams, Response> {
    let json = serde_json::from_slice(body)
        .map_err(|fault| Response::bad_request(format!("The body is not JSON: {fault}")))?;
    RequestParams::from_json(json)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InAddress {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// From the query string of an address, where objects are written as JSON.
pub(super) fn from_query_string(query: &str) -> Result<RequestParams, Response> {
    let refuse =
        |fault: String| Response::bad_request(format!("The address cannot be read: {fault}"));
    let uri = Uri::builder().path_and_query(format!("/?{query}")).build();
    let uri = uri.map_err(|fault| refuse(fault.to_string()))?;
    let Query(given) =
        Query::<InAddress>::try_from_uri(&uri).map_err(|fault| refuse(fault.body_text()))?;
    let mut members = Map::new();
    members.insert("query".to_owned(), given.query.into());
    members.insert("operationName".to_owned(), given.operation_name.into());
    members.insert("variables".to_owned(), embedded("variables", given.variables)?);
    members.insert("extensions".to_owned(), embedded("extensions", given.extensions)?);
    RequestParams::from_json(members.into())
}

fn embedded(name: &str, text: Option<String>) -> Result<Value, Response> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(Value::Null),
        Some(text) => serde_json::from_str(&text).map_err(|fault| {
            Response::bad_request(format!("The parameter `{name}` is not JSON: {fault}"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_is_read() {
        let address =
            "query=query+A%7Ba%7D&operationName=A&variables=%7B%22x%22%3A%5B1%5D%7D&other=1";
        let params = from_query_string(address).unwrap();
        assert_eq!(params.query, "query A{a}");
        assert_eq!(params.operation_name.as_deref(), Some("A"));
        assert_eq!(Value::from(params.variables), json!({ "x": [1] }));
        assert!(from_query_string("query={a}&variables=").is_ok());
    }

    #[test]
    fn a_wrong_address_is_refused() {
        for address in ["", "query={a}&variables={", "query={a}&variables=1", "query={a}&query={b}"]
        {
            assert!(from_query_string(address).is_err(), "{address}");
        }
    }
}
