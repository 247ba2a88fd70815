//! What machines ask that look after a server: whether it answers, whether it is ready, and its figures.

use super::health::Health;
use super::meters::ServerMeters;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use minutebook_store::Engine;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// The text that Prometheus reads.
const FIGURES: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `/healthz` and `/readyz`.
pub(super) fn health<E: Engine>(health: &Arc<Health<E>>) -> Router {
    Router::new()
        .route("/healthz", get(async || ([(CACHE_CONTROL, "no-store")], "ok\n")))
        .route("/readyz", get(ready::<E>))
        .with_state(Arc::clone(health))
}

/// `/metrics`.
pub(super) fn figures<E: Engine>(meters: &Arc<ServerMeters<E>>) -> Router {
    Router::new().route("/metrics", get(metrics::<E>)).with_state(Arc::clone(meters))
}

async fn ready<E: Engine>(State(health): State<Arc<Health<E>>>) -> Response {
    // The disk is looked at, which may take its time.
    let Ok(report) = spawn_blocking(move || health.report()).await else { return failed() };
    let status = if report.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    (status, headers, format!("{:#}\n", report.to_json())).into_response()
}

async fn metrics<E: Engine>(State(meters): State<Arc<ServerMeters<E>>>) -> Response {
    match spawn_blocking(move || meters.text()).await {
        Ok(Ok(text)) => ([(CONTENT_TYPE, FIGURES), (CACHE_CONTROL, "no-store")], text).into_response(),
        Ok(Err(_)) | Err(_) => failed(),
    }
}

fn failed() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "the server's log says more\n").into_response()
}
