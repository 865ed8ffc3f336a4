//! What an operation answers, and the one place where every error gets its code.

use async_graphql::{PathSegment, Pos, ServerError, Value};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::limits::LimitExceeded;

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
    /// It was given up for its time.
    TimedOut,
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

    pub(super) fn refused(error: ServerError) -> Self {
        Self { kind: ResponseKind::Refused, data: Value::Null, errors: vec![error] }
    }

    pub(super) fn timed_out() -> Self {
        let error = error("The query took too long and was given up.", code::TIMEOUT, None);
        Self { kind: ResponseKind::TimedOut, ..Self::refused(error) }
    }

    pub(super) fn failed() -> Self {
        let error = error("Internal error.", code::INTERNAL, None);
        Self { kind: ResponseKind::Failed, ..Self::refused(error) }
    }

    /// From the library's response, and what the response cannot tell: whether it was executed, and
    /// the errors of nullable fields.
    pub(super) fn from_library(
        response: async_graphql::Response,
        (executed, more_errors): (bool, Vec<ServerError>),
    ) -> Self {
        let mut errors = response.errors;
        errors.extend(more_errors);
        if !executed {
            errors.truncate(MOST_REFUSALS);
        }
        errors.iter_mut().for_each(ensure_code);
        let kind = if executed { ResponseKind::Executed } else { ResponseKind::Refused };
        Self { kind, data: response.data, errors }
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if self.kind == ResponseKind::Executed {
            map.serialize_entry("data", &self.data)?;
        }
        map.end()
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
