//! GraphQL over server-sent events, distinct connections mode: one operation, one stream
//! (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>).

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt, stream};
use tokio::time::timeout;

use super::WebState;
use crate::api;

/// Streams the responses, then says that they are complete. When the server ends it just stops, and
/// a client that sees no `complete` comes back.
pub(super) fn serve(
    state: &WebState,
    responses: impl Stream<Item = api::Response> + Send + 'static,
) -> Response {
    let events = responses.map(next).chain(stream::once(async { COMPLETE }));
    let events = events.take_until(state.shutdown.clone().cancelled_owned());
    let pause = state.settings.sse_keep_alive;
    let events = stream::unfold(Box::pin(events), move |mut events| async move {
        match timeout(pause, events.next()).await {
            Ok(event) => event.map(|event| (event, events)),
            Err(_) => Some((COMMENT, events)),
        }
    });
    respond(Body::from_stream(events.map(Ok::<_, Infallible>)))
}

/// Errors of the document are events too: a browser's `EventSource` cannot see the body of a failed
/// response.
pub(super) fn refuse(refusal: api::Response) -> Response {
    respond(Body::from_stream(stream::iter([next(refusal), COMPLETE].map(Ok::<_, Infallible>))))
}

/// Without a line of data, browsers would not tell of the event.
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata:\n\n");

/// Keeps proxies from taking a silent stream for a dead one.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// JSON has no line ends of its own: it is one line of data.
fn next(response: api::Response) -> Bytes {
    response.into_json(b"event: next\ndata: ", b"\n\n").unwrap_or_else(|error| {
        tracing::error!(%error, "a response could not be written");
        COMMENT
    })
}

fn respond(body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // nginx would collect the events before it passes them on.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}
