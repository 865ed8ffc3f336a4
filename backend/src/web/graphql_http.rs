//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>.

use axum::{
    body::{Body, Bytes},
    extract::{
        RawQuery, Request, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::{
    WebState,
    accept::{Accept, MediaType},
    actor,
    parameters::{from_body, from_query_string},
    problem::Problem,
    sse, websocket,
};
use crate::api::{self, OperationKind, RequestParams, ResponseKind, code};

/// GET: a query in the address, an event stream (`EventSource` can do nothing else), or the way to
/// a WebSocket.
pub(super) async fn on_get(
    State(state): State<WebState>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match upgrade {
        Ok(upgrade) => websocket::accept(state, upgrade, &headers),
        Err(rejection) if wants_websocket(&headers) => {
            Problem::new(rejection.status(), code::BAD_REQUEST, rejection.body_text())
                .into_response()
        }
        Err(_) => {
            let params = from_query_string(query.as_deref().unwrap_or_default());
            answer(&state, &Method::GET, &headers, params).await
        }
    }
}

/// Clients also offer to upgrade to HTTP/2 in this header, and are served all the same.
fn wants_websocket(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE);
    upgrade.is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// POST: any operation, as JSON.
pub(super) async fn on_post(State(state): State<WebState>, request: Request) -> Response {
    let headers = request.headers().clone();
    if !is_json(&headers) {
        let message = "The body must be `application/json`, in UTF-8.";
        return Problem::unsupported_media_type(message).into_response();
    }
    match read(&state, request).await {
        Ok(body) => answer(&state, &Method::POST, &headers, from_body(&body)).await,
        Err(problem) => problem.into_response(),
    }
}

/// No other method.
pub(super) async fn on_other_method() -> Response {
    Problem::method_not_allowed("GET, POST", "GraphQL is served by GET and POST.").into_response()
}

/// JSON, and nothing that a page of another site could send without asking this server first: a
/// form cannot have this type, and a script that sets it needs a permission by CORS, which the
/// server never gives.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let mut charsets = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    is_json && charsets.all(|(_, set)| set.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

async fn read(state: &WebState, request: Request) -> Result<Bytes, Problem> {
    let limit = state.graphql.limits().body_bytes;
    timeout(state.settings.body_wait, collect(request.into_body(), limit)).await.map_err(|_| {
        let message = "The body did not arrive in time.";
        Problem::new(StatusCode::REQUEST_TIMEOUT, code::TIMEOUT, message)
    })?
}

/// How much of a body over the limit is read and thrown away. A client that is still writing when the connection is
/// closed would find that broken, and not read why.
const DISCARDED: usize = 16 << 20;

async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let (mut kept, mut discarded) = (Vec::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, code::BAD_REQUEST, "The body broke off.")
        })?;
        if discarded == 0 && kept.len() + chunk.len() <= limit {
            kept.extend_from_slice(&chunk);
            continue;
        }
        discarded += chunk.len();
        if discarded > DISCARDED {
            break;
        }
    }
    if discarded > 0 {
        let response = api::Response::limit_exceeded("bodyBytes", limit);
        return Err(Problem::from_response(StatusCode::PAYLOAD_TOO_LARGE, &response));
    }
    Ok(kept.into())
}

/// From the parameters on, GET and POST differ only in what they may do.
async fn answer(
    state: &WebState,
    method: &Method,
    headers: &HeaderMap,
    params: Result<RequestParams, api::Response>,
) -> Response {
    let accept = Accept::of(headers);
    let Some(media_type) = accept.for_response() else {
        let message = "This is served as `application/graphql-response+json`, `application/json` \
            or `text/event-stream`.";
        return Problem::not_acceptable(message).into_response();
    };
    let params = params.and_then(|params| Ok((params, actor::of_headers(headers)?)));
    let (params, caller) = match params {
        Ok(params) => params,
        // Not a GraphQL request at all: 400 for clients of either media type.
        Err(refusal) => return json(StatusCode::BAD_REQUEST, media_type, &refusal),
    };
    let operation = match state.graphql.prepare(params, caller) {
        Ok(operation) => operation,
        Err(refusal) if media_type == MediaType::EventStream => return sse::refuse(&refusal),
        Err(refusal) => return json(status(media_type, refusal.kind()), media_type, &refusal),
    };
    let streams = match operation.kind() {
        OperationKind::Mutation if method == Method::GET => {
            let message = "A mutation must be sent by POST.";
            return Problem::method_not_allowed("POST", message).into_response();
        }
        OperationKind::Query | OperationKind::Mutation => media_type == MediaType::EventStream,
        OperationKind::Subscription if accept.accepts_event_stream() => true,
        OperationKind::Subscription => {
            let message = "A subscription is served as `text/event-stream`, or over a WebSocket.";
            return Problem::not_acceptable(message).into_response();
        }
    };
    if streams {
        return sse::serve(state, state.graphql.stream(operation));
    }
    let response = state.graphql.execute(operation).await;
    json(status(media_type, response.kind()), media_type, &response)
}

/// <https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes>: with the newer media type
/// the status tells whether there is `data`; the older one has 200 for whatever is a well-formed
/// response.
fn status(media_type: MediaType, kind: ResponseKind) -> StatusCode {
    match kind {
        ResponseKind::Executed => StatusCode::OK,
        ResponseKind::Refused if media_type == MediaType::Json => StatusCode::OK,
        ResponseKind::Refused => StatusCode::BAD_REQUEST,
        ResponseKind::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
        ResponseKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn json(status: StatusCode, media_type: MediaType, response: &api::Response) -> Response {
    let content_type = match media_type {
        MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        MediaType::Json | MediaType::EventStream => "application/json; charset=utf-8",
    };
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
    match serde_json::to_vec(response) {
        Ok(body) => (status, content_type, body).into_response(),
        Err(error) => {
            tracing::error!(%error, "a response could not be written");
            let message = "Internal error.";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, code::INTERNAL, message).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_taken() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON ; Charset=\"UTF-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/json; charset=utf-8; charset=latin1", false),
            ("text/plain", false),
            ("application/jsonp", false),
            ("multipart/form-data; boundary=application/json", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
