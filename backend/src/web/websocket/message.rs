//! The messages of the protocol.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::api::{RequestParams, Response};

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

/// What the server says.
#[derive(Serialize)]
pub(super) struct ServerMessage<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Payload<'a>>,
}

enum Payload<'a> {
    Response(&'a Response),
    Errors(&'a Response),
}

impl Serialize for Payload<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Response(response) => response.serialize(serializer),
            Self::Errors(response) => response.errors().serialize(serializer),
        }
    }
}

impl<'a> ServerMessage<'a> {
    pub(super) fn connection_ack() -> Self {
        Self { kind: "connection_ack", id: None, payload: None }
    }

    pub(super) fn pong() -> Self {
        Self { kind: "pong", id: None, payload: None }
    }

    pub(super) fn next(id: &'a str, response: &'a Response) -> Self {
        Self { kind: "next", id: Some(id), payload: Some(Payload::Response(response)) }
    }

    pub(super) fn error(id: &'a str, response: &'a Response) -> Self {
        Self { kind: "error", id: Some(id), payload: Some(Payload::Errors(response)) }
    }

    pub(super) fn complete(id: &'a str) -> Self {
        Self { kind: "complete", id: Some(id), payload: None }
    }

    pub(super) fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
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
