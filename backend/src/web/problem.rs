//! Answers to requests that never became an operation, in the same shape as GraphQL's own errors.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::connections::Full;
use crate::api::{self, code};

/// A failed HTTP request.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    body: Value,
    /// What the status asks for, such as the methods that are allowed.
    header: Option<(&'static str, &'static str)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let error = json!({ "message": message.into(), "extensions": { "code": code } });
        Self { status, body: json!({ "errors": [error] }), header: None }
    }

    pub(super) fn from_response(status: StatusCode, response: &api::Response) -> Self {
        Self { status, body: json!(response), header: None }
    }

    /// 405, with the methods that are allowed.
    pub(super) fn method_not_allowed(allow: &'static str, message: &str) -> Self {
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message);
        Self { header: Some(("allow", allow)), ..problem }
    }

    pub(super) fn bad_request(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::BAD_REQUEST, message)
    }

    /// 421: the request is meant for another server.
    pub(super) fn misdirected(message: String) -> Self {
        Self::new(StatusCode::MISDIRECTED_REQUEST, "MISDIRECTED_REQUEST", message)
    }

    /// 415, with the codings that are understood.
    pub(super) fn unsupported_encoding(message: String) -> Self {
        let problem =
            Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message);
        Self { header: Some(("accept-encoding", "identity")), ..problem }
    }

    /// 503: it may work in a moment.
    pub(super) fn busy(message: &str) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, code::SERVER_BUSY, message);
        Self { header: Some(("retry-after", "1")), ..problem }
    }

    pub(super) fn not_acceptable(message: &str) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    }

    pub(super) fn unsupported_media_type(message: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
    }

    pub(super) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing at this address.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some((name, value)) = self.header {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            // Some of the body may not have been read, so nothing can follow on this connection.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// The answer to headers that did not arrive in time, as it is sent.
pub(super) fn late_headers(wait: Duration) -> Vec<u8> {
    let message =
        format!("The headers of the request did not arrive within {} s.", wait.as_secs_f64());
    let error = json!({ "message": message, "extensions": {
        "code": code::TIMEOUT, "limit": "headerTimeout", "max": wait.as_secs_f64(),
    } });
    last_words("408 Request Timeout", "", &error)
}

/// The answer to a connection that there is no place for, as it is sent.
pub(super) fn too_many_connections(full: Full) -> Vec<u8> {
    let Full { limit, max } = full;
    let message =
        format!("The server has as many connections as the limit `{limit}` of {max} allows.");
    let error = json!({ "message": message, "extensions": {
        "code": "TOO_MANY_CONNECTIONS", "limit": limit, "max": max,
    } });
    last_words("503 Service Unavailable", "Retry-After: 1\r\n", &error)
}

/// A response after which the connection ends, written where there is no request to respond to.
fn last_words(status: &str, more: &str, error: &Value) -> Vec<u8> {
    let body = json!({ "errors": [error] }).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n{more}\r\n{body}"
    )
    .into_bytes()
}
