//! HTTP: GraphQL over HTTP, WebSocket and server-sent events, the UI's files, and the health check.
//! Nothing here names the GraphQL library; it speaks to [`crate::api`].

mod accept;
mod actor;
mod body;
mod connections;
mod count;
mod descriptors;
mod graphql_http;
mod health;
mod hosts;
mod origin;
mod parameters;
mod problem;
mod sse;
mod stream;
mod ui;
mod websocket;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::{from_fn_with_state, map_response},
    response::Response,
    routing::get,
};
use futures_util::future::BoxFuture;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use body::Bodies;
pub use connections::ConnectionLimits;
pub(crate) use connections::serve;
pub use descriptors::raise_descriptor_limit;
pub use hosts::{AllowedHost, Hosts};

use crate::api::GraphQl;

/// The path of the health check.
const HEALTH: &str = "/healthz";

/// Answers whether the server can do its work: whether the storage answers.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// What the handlers share. Cloning is cheap.
#[derive(Clone)]
pub struct WebState {
    /// The API.
    pub graphql: GraphQl,
    /// How the transports behave.
    pub settings: Arc<WebSettings>,
    /// Behind `/healthz`.
    pub probe: Probe,
    /// Cancelled when the process is to end: streams end, sockets are closed with 1001, so that the
    /// server's graceful shutdown need not wait for them.
    pub shutdown: CancellationToken,
    /// The bodies that are being read and worked on.
    pub bodies: Bodies,
    /// The open sockets. The server does not wait for connections that were upgraded; whoever ends
    /// the process does, if they are to be closed and not cut off.
    pub sockets: TaskTracker,
}

/// How the transports behave. The defaults suit a server on the open network.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The names by which the server may be called.
    pub hosts: Hosts,
    /// Origins besides the server's own whose pages may open a WebSocket, such as
    /// `https://lab.example`.
    pub allowed_origins: Vec<String>,
    /// How long a request's body may take to arrive: 30 seconds.
    pub body_wait: Duration,
    /// How long a socket may be without `connection_init`: 10 seconds.
    pub init_wait: Duration,
    /// How often a socket is pinged: every 25 seconds, below the idle limits of common proxies.
    pub ping_interval: Duration,
    /// Time after which a peer that sends nothing, not even the answers to pings, is taken for dead: 120 seconds. One that
    /// halts for a minute keeps its socket, and gets what it has missed.
    pub silence: Duration,
    /// Time that a frame may wait for a slow peer: 120 seconds.
    pub write_wait: Duration,
    /// Time that a closed socket may take to end: 20 seconds.
    pub close_wait: Duration,
    /// Operations at the same time on one socket: 100.
    pub operations_per_socket: usize,
    /// Bytes of a WebSocket message: 1 MiB. Larger requests are for HTTP.
    pub message_bytes: usize,
    /// How often a silent event stream sends a comment, which keeps proxies from cutting it: every
    /// 12 seconds.
    pub sse_keep_alive: Duration,
}

impl WebSettings {
    /// The defaults, for a server of these names.
    #[must_use]
    pub fn new(hosts: Hosts) -> Self {
        Self {
            hosts,
            allowed_origins: Vec::new(),
            body_wait: Duration::from_secs(30),
            init_wait: Duration::from_secs(10),
            ping_interval: Duration::from_secs(25),
            silence: Duration::from_mins(2),
            write_wait: Duration::from_mins(2),
            close_wait: Duration::from_secs(20),
            operations_per_socket: 100,
            message_bytes: 1 << 20,
            sse_keep_alive: Duration::from_secs(12),
        }
    }
}

/// Everything that the server serves.
pub fn router(state: WebState) -> Router {
    let graphql = get(graphql_http::on_get)
        .post(graphql_http::on_post)
        .fallback(graphql_http::on_other_method)
        .layer(from_fn_with_state(state.clone(), hosts::guard_api));
    Router::new()
        .route("/graphql", graphql)
        .route(HEALTH, get(health::healthz))
        .fallback(ui::serve)
        .layer(from_fn_with_state(state.clone(), hosts::guard))
        .layer(map_response(secure))
        .with_state(state)
}

/// Headers that every response carries. Those of pages are with the pages, in [`ui`].
async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
