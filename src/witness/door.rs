//! The witness's door: two paths over HTTP/1.1, and a bound on everything that a stranger can make it hold.

use super::{AddError, Witness};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use minutebook_log::WitnessRefusal;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;
use tokio::time::timeout;

/// The most bytes of a request: proof, and a checkpoint with a hundred signatures of the largest kind.
pub const REQUEST_BYTES_MAX: usize = 512 * 1024;

/// The most connections at once; whoever comes then waits to be let in.
pub const CONNECTIONS_MAX: usize = 128;

/// How long a request's head may take, and then its body: a slow sender holds a place.
const READ_MAX: Duration = Duration::from_secs(10);

/// How long requests under way may take once the witness is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves `witness` on `listener` until `shutdown` is done, then finishes the requests under way.
pub async fn serve(listener: TcpListener, witness: Arc<Witness>, shutdown: impl Future<Output = ()> + Send) {
    let router = router(witness);
    let (places, graceful) = (Arc::new(Semaphore::new(CONNECTIONS_MAX)), GracefulShutdown::new());
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, place) = tokio::select! {
            came = accept(&listener, &places) => came,
            () = &mut shutdown => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(READ_MAX)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        task::spawn(async move {
            // A connection that breaks is its sender's business.
            let _broken = connection.await;
            drop(place);
        });
    }
    let _elapsed = timeout(GRACE, graceful.shutdown()).await;
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _from)) => return (stream, place),
            Err(why) => {
                tracing::warn!(%why, "a connection was not accepted");
                // Out of files, say: without a pause this loop would take a whole core.
                let _elapsed = timeout(Duration::from_millis(100), std::future::pending::<()>()).await;
            }
        }
    }
}

fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin_hash}/checkpoint", get(checkpoint))
        .with_state(witness)
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, body: Body) -> Response {
    let request = match timeout(READ_MAX, to_bytes(body, REQUEST_BYTES_MAX)).await {
        Ok(Ok(request)) => request,
        Ok(Err(_over_long_or_broken)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_elapsed) => return StatusCode::REQUEST_TIMEOUT.into_response(),
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
