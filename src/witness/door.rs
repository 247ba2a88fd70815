//! The witness's door: two paths over HTTP.

use super::{AddError, Witness};
use crate::doors::{self, CallKind, Doors, Ending, Limits, Method, Methods};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper_util::service::TowerToHyperService;
use minutebook_log::WitnessRefusal;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task;

/// The most bytes of a request: proof, and a checkpoint with a hundred signatures of the largest kind.
pub const REQUEST_BYTES_MAX: usize = 512 * 1024;

/// The limits of a witness's door: it has few visitors, who stay for one request.
pub fn limits() -> Limits {
    Limits {
        connections: 128,
        streams: 16,
        calls: 128,
        bytes_in_flight: 64 * 1024 * 1024,
        request_bytes: REQUEST_BYTES_MAX,
        head: Duration::from_secs(10),
        body: Duration::from_secs(10),
        call: Duration::from_secs(30),
        idle: Duration::from_secs(60),
        calls_grace: Duration::from_secs(5),
        ..Limits::default()
    }
}

/// Serves `witness` on `listener` until `shutdown` is done, then finishes the requests under way.
pub async fn serve(listener: TcpListener, witness: Arc<Witness>, shutdown: impl Future<Output = ()> + Send) {
    let ending = Ending::default();
    let stop = async {
        shutdown.await;
        ending.stop();
        std::future::pending().await
    };
    tokio::select! {
        () = serve_behind(Doors::new(listener, limits()), witness, ending.clone()) => {}
        () = stop => {}
    }
}

/// Serves `witness` behind `doors` until there is an order to stop, then finishes the requests under way.
pub async fn serve_behind(doors: Doors, witness: Arc<Witness>, ending: Ending) {
    let method = |name, kind| Method { name, kind };
    let methods = [
        ("/add-checkpoint", method("add-checkpoint", CallKind::Question)),
        ("/healthz", method("healthz", CallKind::Probe)),
        // Whatever else there is: a log's latest checkpoint, by the digest of its name.
        ("/", method("checkpoint", CallKind::Question)),
    ];
    let doors = doors.with_methods(Methods::of(methods));
    doors.serve(TowerToHyperService::new(router(witness)), ending).await;
}

fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin_hash}/checkpoint", get(checkpoint))
        .route("/healthz", get(async || "ok\n"))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Body) -> Response {
    let request = match to_bytes(body, REQUEST_BYTES_MAX).await {
        Ok(request) => request,
        Err(why) => {
            let over_long = || StatusCode::PAYLOAD_TOO_LARGE.into_response();
            return doors::refused(&why).unwrap_or_else(over_long);
        }
    };
    match task::spawn_blocking(move || witness.add(&request)).await {
        Ok(Ok(line)) => text(StatusCode::OK, format!("{line}\n")),
        Ok(Err(refusal)) => refused(&refusal),
        Err(_panicked) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refused(refusal: &AddError) -> Response {
    if let AddError::Refused(WitnessRefusal::Conflict { latest }) = refusal {
        let size = [(header::CONTENT_TYPE, "text/x.tlog.size")];
        return (StatusCode::CONFLICT, size, format!("{latest}\n")).into_response();
    }
    tracing::info!(%refusal, "a checkpoint was not cosigned");
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    text(status, format!("{refusal}\n"))
}

async fn checkpoint(State(witness): State<Arc<Witness>>, Path(origin_hash): Path<String>) -> Response {
    match task::spawn_blocking(move || witness.latest(&origin_hash)).await {
        Ok(Some(checkpoint)) => text(StatusCode::OK, checkpoint.encode()),
        Ok(None) => text(StatusCode::NOT_FOUND, "no checkpoint of such a log was cosigned here\n".to_owned()),
        Err(_panicked) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn text(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
