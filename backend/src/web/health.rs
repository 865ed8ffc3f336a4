//! `/healthz`: for load balancers and supervisors.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;
use tokio::time::timeout;

use super::WebState;

/// Whoever asks has a limit of its own; this one is below the usual ones.
const PATIENCE: Duration = Duration::from_secs(4);

/// 200 if the server can do its work, 503 if it cannot or is about to end.
pub(super) async fn healthz(State(state): State<WebState>) -> impl IntoResponse {
    let is_well =
        !state.shutdown.is_cancelled() && timeout(PATIENCE, (state.probe)()).await.unwrap_or(false);
    let (status, text) = if is_well {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    (status, Json(json!({ "status": text })))
}
