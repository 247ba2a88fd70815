//! The published log over HTTP, as C2SP's tlog-tiles has it: any client of such logs reads it here, on the
//! port that gRPC is on.
//!
//! Deliberately lacks: answers that depend on who asks. Everything here can be cached and served by others.

use crate::doors::speaks_grpc;
use crate::published::Shown;
use crate::verify_page::verify_page;
use axum::Router;
use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use minutebook_log::PublishedPath;
use minutebook_store::Engine;
use std::sync::Arc;
use tonic::Status;

/// What is written once never changes; a week, as tlog-tiles advises.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=604800, immutable");

/// What changes may be this old, at most: not longer than it takes to be published.
const NEWEST: HeaderValue = HeaderValue::from_static("public, max-age=1");

/// What is no longer there, or not yet, may be there at once.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// The paths of the published log; nothing else is ever read.
pub fn published_log<E: Engine>(shown: Shown<E>) -> Router {
    Router::new()
        .route("/checkpoint", get(file::<E>))
        .route("/vkey", get(file::<E>))
        .route("/tile/{*rest}", get(file::<E>))
        .route("/witnessed/{*rest}", get(file::<E>))
        .route("/rotated/{*rest}", get(file::<E>))
        .with_state(Arc::new(shown))
}

/// `verify.html`, which checks in the reader's browser what a server says. Its policy lets it do nothing else.
pub fn verify() -> Router {
    Router::new().route("/verify.html", get(page))
}

async fn page() -> Response {
    let page = verify_page();
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, page.policy.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, page.html.as_str()).into_response()
}

/// What is said to whoever asks for something else: in gRPC's way to who speaks gRPC.
pub async fn unknown(headers: HeaderMap) -> Response {
    if speaks_grpc(&headers) {
        let status = Status::unimplemented("there is no such service here");
        return status.into_http::<axum::body::Body>();
    }
    not_found()
}

/// A file of the published log. The path is parsed into a name, of which there is one spelling, and only
/// that name is looked for: no `..`, no percent sign, no file that is not the log's.
async fn file<E: Engine>(State(shown): State<Arc<Shown<E>>>, uri: Uri) -> Response {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let Ok(path) = path.parse::<PublishedPath>() else { return not_found() };
    match tokio::task::spawn_blocking(move || shown.file(path)).await {
        Ok(Ok(Some(bytes))) => found(path, bytes),
        Ok(Ok(None)) => not_found(),
        Ok(Err(error)) => fault(&error),
        Err(error) => fault(&error),
    }
}

fn found(path: PublishedPath, bytes: Vec<u8>) -> Response {
    let (kind, cache) = match path {
        PublishedPath::Checkpoint | PublishedPath::Keys => (TEXT, NEWEST),
        PublishedPath::Witnessed(_) | PublishedPath::Rotated(_) => (TEXT, IMMUTABLE),
        PublishedPath::Tile(_) => (BYTES, IMMUTABLE),
    };
    let anyone = HeaderValue::from_static("*");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache), (ACCESS_CONTROL_ALLOW_ORIGIN, anyone)], bytes)
        .into_response()
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NEVER)], "not found\n").into_response()
}

fn fault(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a published file could not be read");
    (StatusCode::INTERNAL_SERVER_ERROR, [(CACHE_CONTROL, NEVER)], "the server's log says more\n")
        .into_response()
}
