//! The actor that a request names, until there are users.

use axum::http::{HeaderMap, HeaderName};

use crate::{
    api::{Response, caller},
    task::Caller,
};

/// The header in which a request names its actor.
const ACTOR: HeaderName = HeaderName::from_static("x-asktell-actor");

/// The caller of a request. The name is UTF-8, as the header's bytes.
pub(super) fn of_headers(headers: &HeaderMap) -> Result<Caller, Response> {
    let name = headers.get(ACTOR).map(|name| std::str::from_utf8(name.as_bytes())).transpose();
    caller(name.map_err(|_| Response::bad_request("The name of the actor is not UTF-8."))?)
}
