//! HTTP: GraphQL over HTTP, WebSocket and server-sent events, the UI's files, and the health check.
//! Nothing here names the GraphQL library; it speaks to [`crate::api`].

mod accept;
mod actor;
mod graphql_http;
mod health;
mod origin;
mod parameters;
mod problem;
mod sse;
mod ui;
mod websocket;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware::map_response,
    response::Response,
    routing::get,
};
use futures_util::future::BoxFuture;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::api::GraphQl;

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
    /// The open sockets. The server does not wait for connections that were upgraded; whoever ends
    /// the process does, if they are to be closed and not cut off.
    pub sockets: TaskTracker,
}

/// How the transports behave. The defaults suit a server on the open network.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Origins besides the server's own whose pages may open a WebSocket, such as
    /// `https://lab.example`.
    pub allowed_origins: Vec<String>,
    /// How long a request's body may take to arrive: 30 seconds.
    pub body_wait: Duration,
    /// How long a socket may be without `connection_init`: 10 seconds.
    pub init_wait: Duration,
    /// How often a socket is pinged: every 25 seconds, below the idle limits of common proxies. A
    /// peer from which nothing came between two pings is taken for dead.
    pub ping_interval: Duration,
    /// How long a frame may wait for a slow peer, and a closed socket for its end: 20 seconds.
    pub write_wait: Duration,
    /// Operations at the same time on one socket: 100.
    pub operations_per_socket: usize,
    /// How often a silent event stream sends a comment, which keeps proxies from cutting it: every
    /// 12 seconds.
    pub sse_keep_alive: Duration,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            body_wait: Duration::from_secs(30),
            init_wait: Duration::from_secs(10),
            ping_interval: Duration::from_secs(25),
            write_wait: Duration::from_secs(20),
            operations_per_socket: 100,
            sse_keep_alive: Duration::from_secs(12),
        }
    }
}

/// Everything that the server serves.
pub fn router(state: WebState) -> Router {
    let graphql = get(graphql_http::on_get)
        .post(graphql_http::on_post)
        .fallback(graphql_http::on_other_method);
    Router::new()
        .route("/graphql", graphql)
        .route("/healthz", get(health::healthz))
        .fallback(ui::serve)
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
