//! The server: one ledger's services, its published log and its health behind one door, until it is told to stop.

// From the ground up: a module imports only from those listed before it.
mod around;
pub use around::{QuorumState, SeenCosigner, Surroundings, WitnessedWatch};
mod health;
pub use health::{PartHealth, PartState, ReadyReport};
pub(crate) use health::{ROOM_BYTES_DOUBTFUL, ROOM_BYTES_MIN};
mod methods;
mod meters;
mod pages;

use crate::desk::{desk, unknown};
use crate::doors::{Doors, Ending, Limits};
use crate::http;
use crate::ledger::Ledger;
use crate::proto::DESCRIPTORS;
use crate::proto::log_service_server::LogServiceServer;
use crate::proto::proof_service_server::ProofServiceServer;
use crate::proto::register_service_server::RegisterServiceServer;
use crate::published::Publisher;
use crate::service::{self, FollowedLog, Log, Proof, Register};
use health::Health;
use hyper_util::service::TowerToHyperService;
use meters::ServerMeters;
use minutebook_store::Engine;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService as _;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// How often it is looked at how the server is, beside when something is told.
const LOOK: Duration = Duration::from_secs(5);

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

/// Serves `ledger` behind `doors`, with nothing around it: see [`serve_within`].
///
/// # Errors
/// [`ServerError`].
pub async fn serve<E: Engine>(
    doors: Doors,
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
    ending: Ending,
) -> Result<(), ServerError> {
    serve_within(doors, ledger, publisher, Surroundings::default(), ending).await
}

/// Serves `ledger` behind `doors` until there is an order to stop: log, proofs, register, health and reflection, and
/// over HTTP what `publisher` publishes, health and figures. Then streams end, calls under way are finished, what waits
/// for the writer is written and published, before this returns.
///
/// # Errors
/// [`ServerError`].
pub async fn serve_within<E: Engine>(
    doors: Doors,
    ledger: Ledger<E>,
    publisher: Option<Publisher<E>>,
    mut around: Surroundings,
    ending: Ending,
) -> Result<(), ServerError> {
    let doors = doors.with_methods(methods::methods());
    let (reporter, health_service) = tonic_health::server::health_reporter();
    reporter.set_serving::<ProofServiceServer<Proof<E>>>().await;
    reporter.set_serving::<RegisterServiceServer<Register<E>>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let log = Log::new(ledger.clone()).with_followers(doors.limits().followers);
    let log = match &publisher {
        Some(publisher) => log.with_published(publisher.folder().clone()),
        None => log,
    };
    let published = publisher.as_ref().map(Publisher::watch);
    let health = Arc::new(Health::new(ledger.reader(), &around, published, doors.tls()));
    let meters = Arc::new(ServerMeters::new(&doors, &ledger, log.gauges(), &health, &around));
    let register = RegisterServiceServer::new(Register::new(ledger.reader().clone()));
    let proof = ProofServiceServer::new(Proof::new(ledger.reader().clone(), publisher.as_ref()));
    let services = Routes::new(FollowedLog::new(log))
        .add_service(proof)
        .add_service(register)
        .add_service(health_service)
        .add_service(reflection);
    // Two routers are merged only where one of them has the last word.
    let services = services.into_axum_router().reset_fallback();
    let mut pages = services
        .clone()
        .merge(desk(services, around.dir.as_deref()))
        .merge(http::verify())
        .merge(pages::health(&health));
    if let Some(publisher) = &publisher {
        pages = pages.merge(http::published_log(publisher.shown()));
    }
    let beside = around.metrics.take().map(|listener| {
        let figures = pages::health(&health).merge(pages::figures(&meters)).fallback(http::unknown);
        let doors = Doors::new(listener, Limits::default()).with_methods(methods::methods());
        tokio::spawn(doors.serve(TowerToHyperService::new(figures), ending.clone()))
    });
    if beside.is_none() {
        pages = pages.merge(pages::figures(&meters));
    }
    let pages = service::spoken(pages.fallback(unknown));
    let mut watching = Watching { reporter: reporter.clone(), health, was: None };
    // Before anybody can ask.
    watching.look().await;

    let on_stop = async {
        ending.stopped().await;
        tracing::info!("shutting down");
        // Streams end here; without it whoever follows, or watches health, would keep the server up.
        ledger.closing().cancel();
        forget::<E>(reporter.clone()).await;
        pending().await
    };
    let settled = CancellationToken::new();
    let publishing = publisher.map(|publisher| tokio::spawn(publisher.run(settled.clone())));
    tokio::select! {
        () = doors.serve(TowerToHyperService::new(pages), ending.clone()) => {}
        () = on_stop => {}
        () = watching.run(&ledger, ending.clone()) => {}
    }
    ledger.close().await;
    // Nothing is written any more: what is published now is everything.
    settled.cancel();
    for task in publishing.into_iter().chain(beside) {
        if let Err(error) = task.await {
            tracing::error!(%error, "a part of the server failed in the middle of its work");
        }
    }
    Ok(())
}

/// Says over gRPC what is said over HTTP: the log, and the server as a whole, are served while the server is ready. The
/// register and proofs are as long as it runs.
struct Watching<E: Engine> {
    reporter: HealthReporter,
    health: Arc<Health<E>>,
    /// What was said last.
    was: Option<bool>,
}

impl<E: Engine> Watching<E> {
    /// Looks whenever the writer stops or goes on, and from time to time, until the server stops. Never ends.
    async fn run(mut self, ledger: &Ledger<E>, ending: Ending) {
        let mut stopped = ledger.reader().watch_stop();
        let mut round = interval(LOOK);
        round.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _tick = round.tick() => {}
                Ok(()) = stopped.changed() => {}
                () = ending.stopped() => pending().await,
            }
            self.look().await;
        }
    }

    async fn look(&mut self) {
        let health = Arc::clone(&self.health);
        let Ok(report) = spawn_blocking(move || health.report()).await else { return };
        let is_ready = report.is_ready();
        if self.was.replace(is_ready) == Some(is_ready) {
            return;
        }
        if !is_ready {
            tracing::error!(report = %report.to_json(), "the server is not ready");
        }
        let status = if is_ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        for service in ["", LogServiceServer::<Log<E>>::NAME] {
            self.reporter.set_service_status(service, status).await;
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
