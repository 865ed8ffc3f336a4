//! The messages of the protocol.

use std::io;

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use crate::api::{self, RequestParams};

/// What a client may say.
#[derive(Debug, PartialEq)]
pub(super) enum ClientMessage {
    ConnectionInit { payload: Map<String, Value> },
    Ping,
    Pong,
    Subscribe { id: String, params: RequestParams },
    Complete { id: String },
}

/// Reads a message; what is not one is told by the reason to close the connection with.
pub(super) fn parse(text: &str) -> Result<ClientMessage, String> {
    let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
        return Err("Messages must be JSON objects".to_owned());
    };
    let payload = message.remove("payload");
    let id = message.remove("id");
    match message.get("type").and_then(Value::as_str) {
        Some("connection_init") => {
            Ok(ClientMessage::ConnectionInit { payload: optional(payload)? })
        }
        Some("ping") => optional(payload).map(|_| ClientMessage::Ping),
        Some("pong") => optional(payload).map(|_| ClientMessage::Pong),
        Some("complete") => Ok(ClientMessage::Complete { id: operation(id)? }),
        Some("subscribe") => {
            let params = RequestParams::from_json(payload.unwrap_or_default());
            let params = params.map_err(|_| "`payload` must be a GraphQL request".to_owned())?;
            Ok(ClientMessage::Subscribe { id: operation(id)?, params })
        }
        Some(other) => Err(format!("Invalid message type \"{other}\"")),
        None => Err("Messages must have a `type`".to_owned()),
    }
}

fn optional(payload: Option<Value>) -> Result<Map<String, Value>, String> {
    match payload {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(payload)) => Ok(payload),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err("`payload` must be an object".to_owned())
        }
    }
}

fn operation(id: Option<Value>) -> Result<String, String> {
    match id {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err("`id` must be a string that is not empty".to_owned()),
    }
}

/// What the server says, as JSON.
pub(super) const CONNECTION_ACK: &str = r#"{"type":"connection_ack"}"#;
pub(super) const PONG: &str = r#"{"type":"pong"}"#;

pub(super) fn next(id: &str, response: api::Response) -> io::Result<Bytes> {
    let before = format!(r#"{{"type":"next","id":{},"payload":"#, Value::from(id));
    response.into_json(before.as_bytes(), b"}")
}

pub(super) fn error(id: &str, response: &api::Response) -> Bytes {
    json!({ "type": "error", "id": id, "payload": response.errors() }).to_string().into()
}

pub(super) fn complete(id: &str) -> Bytes {
    json!({ "type": "complete", "id": id }).to_string().into()
}

/// A close frame has room for 123 bytes of reason
/// (<https://www.rfc-editor.org/rfc/rfc6455#section-5.5>).
pub(super) fn shorten(reason: &str) -> &str {
    &reason[..reason.floor_char_boundary(123)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        assert_eq!(parse(r#"{"type":"ping","payload":{"a":1}}"#), Ok(ClientMessage::Ping));
        assert_eq!(
            parse(r#"{"type":"complete","id":"1"}"#),
            Ok(ClientMessage::Complete { id: "1".to_owned() })
        );
        let params = RequestParams { query: "{a}".to_owned(), ..RequestParams::default() };
        assert_eq!(
            parse(r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","x":1}}"#),
            Ok(ClientMessage::Subscribe { id: "1".to_owned(), params })
        );
    }

    #[test]
    fn nothing_else_is_a_message() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"ping","payload":[]}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"complete","id":1}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten(&"ü".repeat(100)).len(), 122);
    }
}
