//! The server: one ledger's services and its published log behind one door, until it is told to stop.

use crate::doors::{Doors, Ending, Limits};
use crate::http;
use crate::ledger::{Ledger, Stop};
use crate::proto::DESCRIPTORS;
use crate::proto::log_service_server::LogServiceServer;
use crate::proto::proof_service_server::ProofServiceServer;
use crate::proto::register_service_server::RegisterServiceServer;
use crate::published::Publisher;
use crate::service::{self, FollowedLog, Log, Proof, Register};
use hyper_util::service::TowerToHyperService;
use minutebook_store::Engine;
use std::future::Future;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService as _;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The descriptors that reflection serves.
    #[error("the descriptors of the services can't be served: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves `ledger` on `listener`, within the usual limits, until `shutdown` is done: see [`serve`].
///
/// # Errors
/// [`ServerError`].
pub async fn run<E: Engine>(
    listener: TcpListener,
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    let (doors, ending) = (Doors::new(listener, Limits::default()), Ending::default());
    let stop = async {
        shutdown.await;
        ending.stop();
        std::future::pending().await
    };
    tokio::select! {
        outcome = serve(doors, ledger, publisher, ending.clone()) => outcome,
        never = stop => never,
    }
}

/// Serves `ledger` behind `doors` until there is an order to stop: log, proofs, register, health and reflection, and
/// over HTTP what `publisher` publishes. Then streams end, calls under way are finished, what waits for the
/// writer is written and published, before this returns.
///
/// # Errors
/// [`ServerError`].
pub async fn serve<E: Engine>(
    doors: Doors,
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
    ending: Ending,
) -> Result<(), ServerError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<LogServiceServer<Log<E>>>().await;
    health.set_serving::<ProofServiceServer<Proof<E>>>().await;
    health.set_serving::<RegisterServiceServer<Register<E>>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let log = Log::new(ledger.clone()).with_followers(doors.limits().followers);
    let log = match &publisher {
        Some(publisher) => log.with_published(publisher.folder().clone()),
        None => log,
    };
    let log = FollowedLog::new(log);
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
    let pages = service::spoken(pages.fallback(http::unknown));

    let on_stop = async {
        ending.stopped().await;
        tracing::info!("shutting down");
        // Streams end here; without it whoever follows, or watches health, would keep the server up.
        ledger.closing().cancel();
        forget::<E>(health.clone()).await;
        std::future::pending().await
    };
    let settled = CancellationToken::new();
    let publishing = publisher.map(|publisher| tokio::spawn(publisher.run(settled.clone())));
    tokio::select! {
        () = doors.serve(TowerToHyperService::new(pages), ending.clone()) => {}
        () = on_stop => {}
        () = watch_writer::<E>(health.clone(), ledger.reader().watch_stop()) => {}
    }
    ledger.close().await;
    // Nothing is written any more: what is published now is everything.
    settled.cancel();
    if let Some(publishing) = publishing
        && let Err(error) = publishing.await
    {
        tracing::error!(%error, "the publisher failed in the middle of its work");
    }
    Ok(())
}

/// Says that the log, and the server as a whole, is not served while the writer has stopped; the register still is. Never
/// ends.
async fn watch_writer<E: Engine>(health: HealthReporter, mut stopped: watch::Receiver<Option<Stop>>) {
    let mut said = None;
    loop {
        let is_stopped = stopped.borrow_and_update().is_some();
        if said.replace(is_stopped) != Some(is_stopped) {
            let status = if is_stopped { ServingStatus::NotServing } else { ServingStatus::Serving };
            for service in ["", LogServiceServer::<Log<E>>::NAME] {
                health.set_service_status(service, status).await;
            }
        }
        if stopped.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Ends the streams of those who watch the services' health.
async fn forget<E: Engine>(mut health: HealthReporter) {
    let (log, proof) = (LogServiceServer::<Log<E>>::NAME, ProofServiceServer::<Proof<E>>::NAME);
    for service in ["", log, proof, RegisterServiceServer::<Register<E>>::NAME] {
        health.clear_service_status(service).await;
    }
}
