//! The server: one ledger's services and its published log on one listener, until it is told to stop.

use crate::http;
use crate::ledger::{Ledger, Stop};
use crate::proto::DESCRIPTORS;
use crate::proto::log_service_server::LogServiceServer;
use crate::proto::proof_service_server::ProofServiceServer;
use crate::proto::register_service_server::RegisterServiceServer;
use crate::published::Publisher;
use crate::service::{Log, MESSAGE_BYTES_MAX, Proof, Register};
use minutebook_store::Engine;
use std::future::Future;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService as _;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::server::HealthReporter;

/// How long calls that are under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Why a server ended.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The network.
    #[error("serving failed: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The descriptors that reflection serves.
    #[error("the descriptors of the services can't be served: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves `ledger` on `listener` until `shutdown` is done: log, proofs, register, health and reflection, and
/// over HTTP what `publisher` publishes. Then streams end, calls under way are finished, what waits for the
/// writer is written and published, before this returns.
///
/// # Errors
/// [`ServerError`].
pub async fn run<E: Engine>(
    listener: TcpListener,
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<LogServiceServer<Log<E>>>().await;
    health.set_serving::<ProofServiceServer<Proof<E>>>().await;
    health.set_serving::<RegisterServiceServer<Register<E>>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let log = LogServiceServer::new(Log::new(ledger.clone())).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let register = RegisterServiceServer::new(Register::new(ledger.reader().clone()));
    let proof = ProofServiceServer::new(Proof::new(ledger.reader().clone(), publisher.as_ref()));
    let services = Routes::new(log)
        .add_service(proof)
        .add_service(register)
        .add_service(health_service)
        .add_service(reflection);
    // Two routers are merged only where one of them has the last word.
    let mut pages = services.into_axum_router().reset_fallback().merge(http::verify());
    if let Some(publisher) = &publisher {
        pages = pages.merge(http::published_log(publisher.folder().clone()));
    }
    let router = Server::builder()
        .accept_http1(true)
        .trace_fn(|request| tracing::info_span!("call", method = request.uri().path()))
        .add_routes(Routes::from(pages.fallback(http::unknown)));

    let signal = async {
        shutdown.await;
        tracing::info!("shutting down");
        // Streams end here; without it whoever follows, or watches health, would keep the server up.
        ledger.closing().cancel();
        forget::<E>(health.clone()).await;
    };
    let settled = CancellationToken::new();
    let publishing = publisher.map(|publisher| tokio::spawn(publisher.run(settled.clone())));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = router.serve_with_incoming_shutdown(incoming, signal);
    let outcome = tokio::select! {
        outcome = serving => outcome,
        () = watch_writer::<E>(health.clone(), ledger.reader().watch_stop()) => Ok(()),
        () = grace(ledger.closing()) => Ok(()),
    };
    ledger.close().await;
    // Nothing is written any more: what is published now is everything.
    settled.cancel();
    if let Some(publishing) = publishing
        && let Err(error) = publishing.await
    {
        tracing::error!(%error, "the publisher failed in the middle of its work");
    }
    Ok(outcome?)
}

/// Says that the log is not served once the writer has stopped; the register still is. Never ends.
async fn watch_writer<E: Engine>(health: HealthReporter, mut stopped: watch::Receiver<Option<Stop>>) {
    if stopped.wait_for(Option::is_some).await.is_ok() {
        health.set_not_serving::<LogServiceServer<Log<E>>>().await;
    }
    std::future::pending().await
}

/// Ends the streams of those who watch the services' health.
async fn forget<E: Engine>(mut health: HealthReporter) {
    let (log, proof) = (LogServiceServer::<Log<E>>::NAME, ProofServiceServer::<Proof<E>>::NAME);
    for service in ["", log, proof, RegisterServiceServer::<Register<E>>::NAME] {
        health.clear_service_status(service).await;
    }
}

/// Ends when calls that were under way on shutdown have had their time.
async fn grace(closing: &CancellationToken) {
    closing.cancelled().await;
    let _elapsed = tokio::time::timeout(GRACE, std::future::pending::<()>()).await;
    tracing::warn!("calls that were still under way were cut off");
}
