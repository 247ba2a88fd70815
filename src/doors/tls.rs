//! TLS at the door: the server's certificate and key from files that are read again while it serves, and the
//! certificates by which callers are known, where they are asked for any.

use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig, crypto};

/// What is spoken behind TLS, the better first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Where certificates and keys are, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and those that lead from it to its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities whose certificates callers may show.
    pub client_ca: Option<PathBuf>,
    /// What becomes of who shows none.
    pub strangers: Strangers,
}

/// Callers without a certificate, where there are authorities for some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// They are let in, to read. Whoever writes shows a certificate.
    MayRead,
    /// They are not let in.
    StayOut,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("{} can't be read: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        why: io::Error,
    },
    /// A file has not what it should have.
    #[error("{} has no {needed} as PEM: {why}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is looked for in it.
        needed: &'static str,
        /// What is the matter.
        why: String,
    },
    /// Certificate and key are not for each other, or not to be used.
    #[error("certificate and key can't be used for TLS: {0}")]
    Unusable(String),
}

/// The server's side of TLS.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    /// What the files held when they were read last, so that a change is seen.
    read: Vec<Vec<u8>>,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let read = read_all(&files)?;
        let config = configure(&files, &read)?;
        Ok(Self { files, current: Mutex::new(Current { read, config }) })
    }

    /// Reads the files again, and says whether they have changed. Connections that there are stay as they are; where the
    /// new files can't be used, new ones get what there was.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn reload(&self) -> Result<bool, TlsError> {
        let read = read_all(&self.files)?;
        if self.current().read == read {
            return Ok(false);
        }
        let config = configure(&self.files, &read)?;
        *self.current() = Current { read, config };
        Ok(true)
    }

    /// As [`Tls::reload`], for whoever only looks from time to time: what is wrong is told in the log.
    pub(super) fn refresh(&self) {
        match self.reload() {
            Ok(false) => {}
            Ok(true) => {
                tracing::info!(certificate = %self.files.certificate.display(), "the certificate is new")
            }
            Err(why) => tracing::error!(%why, "the certificate stays as it was"),
        }
    }

    /// Until when the certificate holds that is served now, in seconds since 1970; nothing where that can't be read.
    pub fn expires(&self) -> Option<i64> {
        let current = self.current();
        let first = certificates(&self.files.certificate, current.read.first()?).ok()?.into_iter().next()?;
        let (_rest, certificate) = x509_parser::parse_x509_certificate(&first).ok()?;
        Some(certificate.validity().not_after.timestamp())
    }

    /// What becomes of callers without a certificate, where they are asked for one.
    pub(super) fn strangers(&self) -> Option<Strangers> {
        self.files.client_ca.as_ref().map(|_authorities| self.files.strangers)
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current().config))
    }

    /// What a panic elsewhere left behind is still whole: it is changed in one assignment.
    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By what a caller is known that has shown a certificate.
pub(super) fn certificate_digest(certificate: &[u8]) -> [u8; 32] {
    Sha256::digest(certificate).into()
}

fn read_all(files: &TlsFiles) -> Result<Vec<Vec<u8>>, TlsError> {
    let paths = [Some(&files.certificate), Some(&files.key), files.client_ca.as_ref()];
    paths.into_iter().flatten().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|why| TlsError::File { path: path.to_owned(), why })
}

fn configure(files: &TlsFiles, read: &[Vec<u8>]) -> Result<Arc<ServerConfig>, TlsError> {
    let bytes = |index: usize| read.get(index).map(Vec::as_slice).unwrap_or_default();
    let chain = certificates(&files.certificate, bytes(0))?;
    let key = PrivateKeyDer::from_pem_slice(bytes(1)).map_err(|why| TlsError::Pem {
        path: files.key.clone(),
        needed: "private key (PKCS#8, SEC1 or PKCS#1, without a passphrase)",
        why: why.to_string(),
    })?;
    let unusable = |why: rustls::Error| TlsError::Unusable(why.to_string());
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path, bytes(2))? {
                roots.add(certificate).map_err(unusable)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            let verifier = match files.strangers {
                Strangers::MayRead => verifier.allow_unauthenticated(),
                Strangers::StayOut => verifier,
            };
            let verifier = verifier.build().map_err(|why| TlsError::Unusable(why.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(unusable)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |why: String| TlsError::Pem { path: path.to_owned(), needed: "certificate", why };
    let found = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|why| wrong(why.to_string()))?;
    if found.is_empty() { Err(wrong("there is none".to_owned())) } else { Ok(found) }
}
