//! A call to which no answer came: whose server it was, and what stood in the way.

use super::causes::{CERTIFICATE_NEEDED, bottom, insecure};
use super::plain;
use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SignatureScheme};

/// Said of a server that asks callers for certificates, to one who has shown one.
const CERTIFICATE_REFUSED: &str = "it breaks off after it was shown the certificate of --certificate: it may be by an authority that the server does not \
     believe, or have run out; the operator says by which authority";

/// Said of a server that is spoken to in the clear and answers as one over TLS does.
const SPEAKS_TLS: &str = "it speaks TLS: the address begins with https://";

/// What is said of a port where something else answers.
const NO_HTTP2: &str = "whatever answers there does not speak as a Minutebook server does";

/// No answer came to a call.
#[derive(Debug, thiserror::Error)]
#[error("no answer from {server}")]
pub(super) struct NoAnswer {
    /// The server's address, as it can be shown.
    pub(super) server: String,
    pub(super) why: WhyNone,
}

/// What stood in the way.
#[derive(Debug, Clone)]
pub(super) enum WhyNone {
    /// There is no secure connection.
    Insecure(&'static str),
    /// Nobody answers, or somebody else.
    Unreachable(String),
}

/// Where somebody is called.
#[derive(Debug)]
pub(super) struct CalledAt {
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether it is spoken to over TLS.
    pub(super) is_secret: bool,
}

/// Who is called, as far as it helps to say why no answer came.
#[derive(Debug)]
pub(super) struct Callee {
    server: String,
    place: Option<CalledAt>,
    /// Whether a certificate is shown.
    is_known: bool,
    /// How long it may take to find out more.
    limit: Duration,
    has_answered: AtomicBool,
}

impl Callee {
    /// Of whom nothing was heard yet, and to whom this certificate is shown if it asks for one.
    pub(super) fn new(
        server: &str,
        place: Option<CalledAt>,
        shown: Option<&(PathBuf, PathBuf)>,
        limit: Duration,
    ) -> Self {
        let (is_known, has_answered) = (shown.is_some(), AtomicBool::new(false));
        Self { server: plain(server), place, is_known, limit, has_answered }
    }

    /// Takes note that it has answered a call: who is not let in never gets so far.
    pub(super) fn has_answered(&self) {
        self.has_answered.store(true, Ordering::Relaxed);
    }

    /// Why a call got no answer.
    pub(super) async fn explain(&self, error: &(dyn Error + Send + Sync + 'static)) -> NoAnswer {
        let why = match insecure(error) {
            Some(why) => WhyNone::Insecure(why),
            None => self.look().await.unwrap_or_else(|| {
                let is_other = speaks_otherwise(error);
                WhyNone::Unreachable(if is_other { NO_HTTP2.to_owned() } else { plain(&bottom(error)) })
            }),
        };
        NoAnswer { server: self.server.clone(), why }
    }

    /// Why a connection broke off on which nothing was answered. What was said last often says it, and is dropped with the
    /// connection: so whoever is there is met once more.
    async fn look(&self) -> Option<WhyNone> {
        let place = self.place.as_ref().filter(|_place| !self.has_answered.load(Ordering::Relaxed))?;
        if !place.is_secret {
            let speaks = first_words(place, self.limit).await?;
            let is_tls = speaks.starts_with(&TLS_ALERT);
            let says = if is_tls { SPEAKS_TLS } else { NO_HTTP2 };
            return (is_tls || speaks == *b"HTTP/").then(|| WhyNone::Unreachable(says.to_owned()));
        }
        let why = if self.is_known { CERTIFICATE_REFUSED } else { CERTIFICATE_NEEDED };
        asks_for_certificate(place, self.limit).await.then_some(WhyNone::Insecure(why))
    }
}

/// Whether what came over the connection is no HTTP/2: this side found so.
fn speaks_otherwise(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |cause| (*cause).source());
    causes.any(|cause| {
        cause.downcast_ref::<h2::Error>().is_some_and(|error| error.is_go_away() && error.is_library())
    })
}

/// How a record begins that says why a handshake over TLS fails (RFC 8446, section 5.1).
const TLS_ALERT: [u8; 2] = [21, 3];

/// The first bytes that whoever is there answers to the first words of HTTP/2.
async fn first_words(place: &CalledAt, limit: Duration) -> Option<[u8; 5]> {
    let met = async {
        let mut stream = TcpStream::connect((place.host.as_str(), place.port)).await?;
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await?;
        let mut first = [0; 5];
        stream.read_exact(&mut first).await?;
        Ok::<_, io::Error>(first)
    };
    timeout(limit, met).await.ok()?.ok()
}

/// Whether whoever answers there asks those who come for a certificate: it says so in the handshake, before it shows its own.
/// Nothing else is said to it, and nobody is believed.
async fn asks_for_certificate(place: &CalledAt, limit: Duration) -> bool {
    let asked = Arc::new(AskedForCertificate::default());
    let Ok(name) = ServerName::try_from(place.host.clone()) else { return false };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let Ok(builder) = builder.with_protocol_versions(&[&TLS13]) else { return false };
    let builder = builder.with_root_certificates(RootCertStore::empty());
    let config = builder.with_client_cert_resolver(Arc::clone(&asked) as Arc<dyn ResolvesClientCert>);
    let handshake = async {
        let stream = TcpStream::connect((place.host.as_str(), place.port)).await?;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    };
    // However it ends: without an authority that is believed it can't succeed, and what was asked before that counts.
    drop(timeout(limit, handshake).await);
    asked.0.load(Ordering::Relaxed)
}

/// Has no certificate, and takes note of being asked for one.
#[derive(Debug, Default)]
struct AskedForCertificate(AtomicBool);

impl ResolvesClientCert for AskedForCertificate {
    fn resolve(&self, _authorities: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        true
    }
}
