//! What an operation answers, and the one place where every error gets its code.

use std::{io, sync::Arc};

use async_graphql::{PathSegment, Pos, ServerError, Value};
use bytes::Bytes;
use serde::{Serialize, Serializer};

use super::{
    budget::{Account, Exceeded},
    execution::Noted,
    limits::LimitExceeded,
};

/// Codes of errors that do not come from a use case. Those of use cases are made with their errors.
pub mod code {
    /// The document is not GraphQL.
    pub const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
    /// The document does not fit the schema.
    pub const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
    /// A variable or an argument has a value that its type does not allow.
    pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
    /// The request is not one that GraphQL knows, whatever its document says.
    pub const BAD_REQUEST: &str = "BAD_REQUEST";
    /// The document has no operation of the name given.
    pub const OPERATION_NOT_FOUND: &str = "OPERATION_NOT_FOUND";
    /// A limit of the server; `limit`, `max` and, where known, `actual` tell more.
    pub const LIMIT_EXCEEDED: &str = "LIMIT_EXCEEDED";
    /// The query ran out of time.
    pub const TIMEOUT: &str = "TIMEOUT";
    /// The server has too much to do at the moment: try again.
    pub const SERVER_BUSY: &str = "SERVER_BUSY";
    /// A fault of the server. Its log has the details.
    pub const INTERNAL: &str = "INTERNAL";
}

/// How far an operation got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseKind {
    /// It was executed; single fields may have failed.
    Executed,
    /// A request error (<https://spec.graphql.org/September2025/#sec-Errors.Request-Errors>):
    /// nothing was executed, there is no `data`.
    Refused,
    /// It was given up: for its time, or because the server has too much to do.
    GivenUp,
    /// The server failed to execute it.
    Failed,
}

/// A GraphQL response. It serialises to the response map: `data` is there if and only if the
/// operation was executed.
#[derive(Debug)]
pub struct Response {
    kind: ResponseKind,
    data: Value,
    errors: Vec<ServerError>,
    /// Given back when nobody has the response any more, as values or as bytes.
    account: Option<Arc<Account>>,
}

/// A response as it is sent, which takes memory until it is.
struct Written {
    bytes: Vec<u8>,
    _account: Option<Arc<Account>>,
}

impl AsRef<[u8]> for Written {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A document with a hundred errors has one cause more often than a hundred; the library reports
/// them all.
const MOST_REFUSALS: usize = 50;

impl Response {
    /// How far the operation got.
    #[must_use]
    pub fn kind(&self) -> ResponseKind {
        self.kind
    }

    /// The errors, for a transport that sends them without the map around them.
    #[must_use]
    pub fn errors(&self) -> impl Serialize {
        &self.errors
    }

    /// The response as JSON, after these bytes and before those.
    pub fn into_json(self, before: &[u8], after: &[u8]) -> io::Result<Bytes> {
        let mut bytes = before.to_vec();
        self.write(&mut bytes)?;
        bytes.extend_from_slice(after);
        Ok(Bytes::from_owner(Written { bytes, _account: self.account }))
    }

    /// Writes the response as JSON.
    pub fn write(&self, json: &mut Vec<u8>) -> io::Result<()> {
        json.push(b'{');
        if !self.errors.is_empty() {
            json.extend_from_slice(b"\"errors\":");
            serde_json::to_writer(&mut *json, &self.errors)?;
        }
        if self.kind == ResponseKind::Executed {
            if !self.errors.is_empty() {
                json.push(b',');
            }
            json.extend_from_slice(b"\"data\":");
            write_value(json, &self.data)?;
        }
        json.push(b'}');
        Ok(())
    }

    /// The request is wrong in itself: see [`code::BAD_REQUEST`].
    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::refused(error(message, code::BAD_REQUEST, None))
    }

    /// The request is over a limit that a transport keeps.
    #[must_use]
    pub fn limit_exceeded(limit: &'static str, max: usize) -> Self {
        LimitExceeded { limit, max: u64::try_from(max).unwrap_or(u64::MAX), actual: None }.into()
    }

    /// The same with its data as a text, which copies share.
    pub(super) fn written(self) -> Self {
        let mut json = Vec::new();
        match write_value(&mut json, &self.data) {
            Ok(()) => Self { data: Value::Binary(json.into()), account: None, ..self },
            // Whoever sends it will say so.
            Err(_) => Self { account: None, ..self },
        }
    }

    /// A copy of a response that is [written](Self::written).
    pub(super) fn copy(&self) -> Self {
        let (data, errors) = (self.data.clone(), self.errors.clone());
        Self { kind: self.kind, data, errors, account: None }
    }

    pub(super) fn refused(error: ServerError) -> Self {
        let (kind, data) = (ResponseKind::Refused, Value::Null);
        Self { kind, data, errors: vec![error], account: None }
    }

    pub(super) fn timed_out() -> Self {
        let error = error("The query took too long and was given up.", code::TIMEOUT, None);
        Self { kind: ResponseKind::GivenUp, ..Self::refused(error) }
    }

    pub(super) fn failed() -> Self {
        let error = error("Internal error.", code::INTERNAL, None);
        Self { kind: ResponseKind::Failed, ..Self::refused(error) }
    }

    /// From the library's response, and what the response cannot tell.
    pub(super) fn from_library(response: async_graphql::Response, noted: Noted) -> Self {
        let Noted { executed, errors: more_errors, account } = noted;
        let mut errors = response.errors;
        errors.extend(more_errors);
        if !executed {
            errors.truncate(MOST_REFUSALS);
        }
        let exceeded = account.exceeded();
        if exceeded.is_some() {
            // All fields that were left have the same error; of a mutation that was not begun it is told.
            let mut told = 0;
            errors.retain(|error| {
                told += usize::from(is_over_budget(error));
                told <= 1 || error.path.len() <= 1 || !is_over_budget(error)
            });
        }
        errors.iter_mut().for_each(ensure_code);
        let kind = if executed { ResponseKind::Executed } else { ResponseKind::Refused };
        Self { kind, data: response.data, errors, account: Some(account) }
    }

    /// The same, but if there was no memory for all of it there is no data at all: of a query, which may be sent again, a
    /// part is of no use.
    pub(super) fn whole_or_nothing(self) -> Self {
        match self.account.as_ref().and_then(|account| account.exceeded()) {
            None => self,
            Some(exceeded) => {
                let kind = match exceeded {
                    Exceeded::Response { .. } => ResponseKind::Executed,
                    Exceeded::All => ResponseKind::GivenUp,
                };
                let errors = vec![over_budget(exceeded, None)];
                Self { kind, data: Value::Null, errors, account: None }
            }
        }
    }
}

/// The error of what there is no memory for.
pub(super) fn over_budget(exceeded: Exceeded, at: Option<Pos>) -> ServerError {
    match exceeded {
        Exceeded::Response { max } => {
            let message = format!(
                "The response is over the limit `{RESPONSE_BYTES}` of {max}: ask for less at a time."
            );
            let mut error = error(message, code::LIMIT_EXCEEDED, at);
            let extensions = error.extensions.get_or_insert_default();
            extensions.set("limit", RESPONSE_BYTES);
            extensions.set("max", max);
            error
        }
        Exceeded::All => {
            let message = "Other responses take all the memory that there is for them: try again.";
            error(message, code::SERVER_BUSY, at)
        }
    }
}

const RESPONSE_BYTES: &str = "responseBytes";

fn is_over_budget(error: &ServerError) -> bool {
    let of = |name| error.extensions.as_ref().and_then(|extensions| extensions.get(name));
    of("limit") == Some(&RESPONSE_BYTES.into()) || of("code") == Some(&code::SERVER_BUSY.into())
}

/// Writes a value as JSON. The library's value for bytes is a JSON document that is written already
/// ([`super::scalar::Document`]).
fn write_value(json: &mut Vec<u8>, value: &Value) -> io::Result<()> {
    match value {
        Value::Binary(document) => json.extend_from_slice(document),
        Value::List(items) => {
            json.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    json.push(b',');
                }
                write_value(json, item)?;
            }
            json.push(b']');
        }
        Value::Object(members) => {
            json.push(b'{');
            for (i, (name, member)) in members.iter().enumerate() {
                if i > 0 {
                    json.push(b',');
                }
                serde_json::to_writer(&mut *json, name.as_str())?;
                json.push(b':');
                write_value(json, member)?;
            }
            json.push(b'}');
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => {
            serde_json::to_writer(json, value)?;
        }
    }
    Ok(())
}

impl Serialize for Response {
    /// By way of the text: for what is small, and for tests.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = Vec::new();
        self.write(&mut json).map_err(serde::ser::Error::custom)?;
        let value: serde_json::Value =
            serde_json::from_slice(&json).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

impl From<LimitExceeded> for Response {
    fn from(exceeded: LimitExceeded) -> Self {
        let mut error = error(exceeded.to_string(), code::LIMIT_EXCEEDED, None);
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("limit", exceeded.limit);
        extensions.set("max", exceeded.max);
        if let Some(actual) = exceeded.actual {
            extensions.set("actual", actual);
        }
        Self::refused(error)
    }
}

/// An error of the request.
pub(super) fn error(message: impl Into<String>, code: &str, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, at);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

/// Gives an error its code if it has none yet. Errors of resolvers carry theirs; what is left is
/// the library's own word, or a fault of the server that nobody foresaw and no client should read.
fn ensure_code(error: &mut ServerError) {
    if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
        return;
    }
    let code = if is_about_input(error) {
        code::BAD_USER_INPUT
    } else if error.path.is_empty() {
        code::VALIDATION_FAILED
    } else {
        tracing::error!(path = path(&error.path), error = error.message, "a field failed");
        "Internal error.".clone_into(&mut error.message);
        code::INTERNAL
    };
    error.extensions.get_or_insert_default().set("code", code);
}

/// Whether the library speaks of a value that the client gave. It marks these errors in no other
/// way than by how they begin; `values_of_the_wrong_type_are_bad_input` holds it to that. An error
/// with a source is never the library's own word.
fn is_about_input(error: &ServerError) -> bool {
    const BEGINNINGS: [&str; 3] =
        ["Invalid value for argument \"", "Expected input type \"", "Failed to parse \""];
    error.source.is_none()
        && BEGINNINGS.iter().any(|beginning| error.message.starts_with(beginning))
}

fn path(segments: &[PathSegment]) -> String {
    let texts = segments.iter().map(|segment| match segment {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
    });
    texts.collect::<Vec<_>>().join(".")
}
