//! The demo's own server: a new ledger, served on loopback until somebody stops it.

use super::folder::Folders;
use crate::keyfile;
use crate::ledger::{Clock as _, Ledger, SystemClock, create};
use crate::published::Publisher;
use crate::server::{self, ServerError};
use anyhow::Context as _;
use minutebook_log::Signed;
use minutebook_store::SledEngine;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Where the server listens unless told otherwise: where the other commands ask.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7419);

/// A server that runs.
pub(super) struct Host {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ServerError>>,
}

impl Host {
    /// Opens a ledger in a new folder and serves it on `listener`.
    ///
    /// # Errors
    /// The folder or the store can't be had.
    pub(super) async fn start(
        folders: &Folders,
        opening: &Signed,
        listener: TcpListener,
    ) -> anyhow::Result<Self> {
        let clock = SystemClock::new();
        create(&folders.ledger, opening, clock.now()).await?;
        let log_key = keyfile::read(&folders.keys.join("log.pem"))?;
        let ledger = Ledger::open(SledEngine::open(&folders.ledger)?, clock, log_key).await?;
        let (address, stop) = (listener.local_addr()?, CancellationToken::new());
        let publisher = Publisher::open(&folders.ledger.join("published"), &ledger).await?;
        let stopped = stop.clone().cancelled_owned();
        let task = tokio::spawn(server::run(listener, ledger, Some(publisher), stopped));
        Ok(Self { address, stop, task })
    }

    /// How a client names it.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether clients find it without being told where.
    pub(super) fn is_at_the_usual_address(&self) -> bool {
        self.address == ADDRESS
    }

    /// Serves until the person at the terminal, or the system, says stop.
    ///
    /// # Errors
    /// The server ended by itself.
    pub(super) async fn serve(mut self) -> anyhow::Result<()> {
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = &mut self.task => return Ok(outcome??),
            _interrupted = tokio::signal::ctrl_c() => {}
            _asked = terminated.recv() => {}
        }
        self.stop().await
    }

    /// Stops it, and waits until everything is written.
    ///
    /// # Errors
    /// What went wrong while it stopped.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.stop.cancel();
        Ok(self.task.await??)
    }
}

/// The address that was asked for; else the usual one, or any that is free.
///
/// # Errors
/// The address that was asked for is taken, or not this machine's.
pub(super) async fn listen_on(asked: Option<SocketAddr>) -> anyhow::Result<TcpListener> {
    let bound = TcpListener::bind(asked.unwrap_or(ADDRESS)).await;
    match (bound, asked) {
        (Err(error), None) if error.kind() == ErrorKind::AddrInUse => {
            Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
        }
        (bound, _) => bound.with_context(|| {
            format!("listening on {}: name another address with --listen", asked.unwrap_or(ADDRESS))
        }),
    }
}
