//! The door of a server as the command line describes it.

use super::layered::Flags;
use crate::doors::{Descriptors, Doors, Limits, Tls};
use anyhow::Context as _;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// TLS, and who may come in.
#[derive(Debug, clap::Args)]
pub(crate) struct DoorArgs {
    /// The address; port 0 takes a free one and says which. [default: this machine alone]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The server's certificate with those that lead to its authority, as PEM. It is read again while the server runs.
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// The certificate's private key, as PEM.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// The authorities, as PEM, whose certificates callers show.
    #[arg(long, value_name = "FILE")]
    client_ca: Option<String>,
    /// What callers without a certificate may do: nothing (they are not let in), or read.
    #[arg(long, value_name = "WHAT")]
    without_certificate: Option<String>,
}

impl DoorArgs {
    /// What they say, by key.
    pub(crate) fn tell(self, flags: &mut Flags) {
        flags.one("listen", "--listen", self.listen);
        flags.one("tls.certificate", "--tls-certificate", self.tls_certificate);
        flags.one("tls.key", "--tls-key", self.tls_key);
        flags.one("tls.client_ca", "--client-ca", self.client_ca);
        flags.one("tls.without_certificate", "--without-certificate", self.without_certificate);
    }
}

/// The door on an address, and what it is called: `https://...`.
pub(crate) async fn open_door(
    listen: SocketAddr,
    tls: Option<Tls>,
    limits: Limits,
) -> anyhow::Result<(Doors, String)> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let address = listener.local_addr()?;
    let doors = Doors::new(listener, limits.within(Descriptors::raise()));
    Ok(match tls {
        Some(tls) => (doors.with_tls(Arc::new(tls)), format!("https://{address}")),
        None => (doors, format!("http://{address}")),
    })
}
