//! The door of a server as the command line describes it.

use super::show;
use crate::doors::{Descriptors, Doors, Limits, Strangers, Tls, TlsFiles};
use anyhow::Context as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;

/// TLS, and who may come in.
#[derive(Debug, clap::Args)]
pub(crate) struct DoorArgs {
    /// The server's certificate with those that lead to its authority, as PEM. It is read again while the server runs.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's private key, as PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// The authorities, as PEM, whose certificates callers show.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    client_ca: Option<PathBuf>,
    /// What callers without a certificate may do.
    #[arg(long, value_enum, value_name = "WHAT", requires = "client_ca", default_value = "nothing")]
    without_certificate: WithoutCertificate,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum WithoutCertificate {
    /// They are not let in.
    Nothing,
    /// They may read; whoever writes shows a certificate.
    Read,
}

impl DoorArgs {
    /// The door on an address, and what it is called: `https://...`.
    pub(crate) async fn open(&self, listen: SocketAddr, limits: Limits) -> anyhow::Result<(Doors, String)> {
        let tls = self.tls()?;
        let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
        let address = listener.local_addr()?;
        let doors = Doors::new(listener, limits.within(Descriptors::raise()));
        if let Some(tls) = tls {
            return Ok((doors.with_tls(Arc::new(tls)), format!("https://{address}")));
        }
        if !address.ip().is_loopback() {
            show::say(format!(
                "warning    {address} can be reached from elsewhere, and what is said there is neither secret nor sure: give \
                 --tls-certificate and --tls-key, or listen on 127.0.0.1 behind a proxy that has them"
            ));
        }
        Ok((doors, format!("http://{address}")))
    }

    fn tls(&self) -> anyhow::Result<Option<Tls>> {
        let (Some(certificate), Some(key)) = (&self.tls_certificate, &self.tls_key) else { return Ok(None) };
        let strangers = match self.without_certificate {
            WithoutCertificate::Nothing => Strangers::StayOut,
            WithoutCertificate::Read => Strangers::MayRead,
        };
        let (certificate, key, client_ca) = (certificate.clone(), key.clone(), self.client_ca.clone());
        Ok(Some(Tls::open(TlsFiles { certificate, key, client_ca, strangers })?))
    }
}
