//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>.

use axum::{
    extract::{FromRequestParts as _, Request, State, ws::WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    WebState,
    accept::{Accept, MediaType},
    actor,
    body::{self, Received},
    parameters::{from_body, from_query_string},
    problem::Problem,
    sse, websocket,
};
use crate::{
    api::{self, Operation, OperationKind, RequestParams, ResponseKind, code},
    task::Caller,
};

/// GET: a query in the address, an event stream (`EventSource` can do nothing else), or the way to
/// a WebSocket.
pub(super) async fn on_get(State(state): State<WebState>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    match WebSocketUpgrade::from_request_parts(&mut parts, &state).await {
        Ok(upgrade) => websocket::accept(state, upgrade, &parts),
        Err(rejection) if wants_websocket(&parts.headers) => {
            Problem::new(rejection.status(), code::BAD_REQUEST, rejection.body_text())
                .into_response()
        }
        Err(_) => {
            let given = Given::Params(from_query_string(parts.uri.query().unwrap_or_default()));
            answer(&state, &Method::GET, &parts.headers, given).await
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
    if let Some(coding) = unknown_coding(&headers) {
        let message = format!("The body must be sent as it is, not in the coding {coding:?}.");
        return Problem::unsupported_encoding(message).into_response();
    }
    let given = match body::read(&state, request).await {
        Ok(Received::Small(bytes)) => Given::Params(from_body(&bytes)),
        Ok(Received::Large(body)) => Given::Large(body),
        Err(problem) => return problem.into_response(),
    };
    answer(&state, &Method::POST, &headers, given).await
}

/// What the body is packed in; this server unpacks nothing.
fn unknown_coding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let values: Vec<_> =
        values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    let mut codings = values.iter().flat_map(|value| value.split(',')).map(str::trim);
    let unknown =
        codings.find(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    unknown.map(str::to_owned)
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

/// A request as it came.
enum Given {
    Params(Result<RequestParams, api::Response>),
    /// A body that is to be read apart from the small ones.
    Large(body::Large),
}

/// Why there is no operation.
enum Refusal {
    /// It is no GraphQL request at all.
    NotARequest(api::Response),
    Operation(api::Response),
    Problem(Problem),
}

async fn prepare(state: &WebState, given: Given, caller: Caller) -> Result<Operation, Refusal> {
    let graphql = state.graphql.clone();
    let prepare = move |params: Result<RequestParams, api::Response>| {
        graphql.prepare(params.map_err(Refusal::NotARequest)?, caller).map_err(Refusal::Operation)
    };
    match given {
        Given::Params(params) => prepare(params),
        Given::Large(body) => {
            let work = move |bytes: Vec<u8>| {
                let params = from_body(&bytes);
                drop(bytes);
                prepare(params)
            };
            let (operation, lane) =
                body.read(&state.bodies, work).await.map_err(Refusal::Problem)?;
            Ok(operation?.apart(lane))
        }
    }
}

/// From the parameters on, GET and POST differ only in what they may do.
async fn answer(state: &WebState, method: &Method, headers: &HeaderMap, given: Given) -> Response {
    let accept = Accept::of(headers);
    let Some(media_type) = accept.for_response() else {
        let message = "This is served as `application/graphql-response+json`, `application/json` \
            or `text/event-stream`.";
        return Problem::not_acceptable(message).into_response();
    };
    let caller = actor::of_headers(headers).map_err(Refusal::NotARequest);
    let operation = match caller {
        Ok(caller) => prepare(state, given, caller).await,
        Err(refusal) => Err(refusal),
    };
    let operation = match operation {
        Ok(operation) => operation,
        // 400 for clients of either media type.
        Err(Refusal::NotARequest(refusal)) => {
            return json(StatusCode::BAD_REQUEST, media_type, refusal);
        }
        Err(Refusal::Operation(refusal)) if media_type == MediaType::EventStream => {
            return sse::refuse(refusal);
        }
        Err(Refusal::Operation(refusal)) => {
            return json(status(media_type, refusal.kind()), media_type, refusal);
        }
        Err(Refusal::Problem(problem)) => return problem.into_response(),
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
    json(status(media_type, response.kind()), media_type, response)
}

/// <https://graphql.github.io/graphql-over-http/draft/#sec-Status-Codes>: with the newer media type
/// the status tells whether there is `data`; the older one has 200 for whatever is a well-formed
/// response.
fn status(media_type: MediaType, kind: ResponseKind) -> StatusCode {
    match kind {
        ResponseKind::Executed => StatusCode::OK,
        ResponseKind::Refused if media_type == MediaType::Json => StatusCode::OK,
        ResponseKind::Refused => StatusCode::BAD_REQUEST,
        ResponseKind::GivenUp => StatusCode::SERVICE_UNAVAILABLE,
        ResponseKind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn json(status: StatusCode, media_type: MediaType, response: api::Response) -> Response {
    let content_type = match media_type {
        MediaType::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        MediaType::Json | MediaType::EventStream => "application/json; charset=utf-8",
    };
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
    match response.into_json(b"", b"") {
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
