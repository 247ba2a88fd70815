//! Certificates and their private keys as PEM files, as far as whoever names them may have mistaken one for another.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::Error;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;

/// The certificates in a text of PEM that can be read.
pub(crate) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect()
}

/// A certificate's file and a key's that are not for each other.
#[derive(Debug, thiserror::Error)]
#[error("{} is not the private key of the certificate in {}", key.display(), certificate.display())]
pub(crate) struct OtherKey {
    certificate: PathBuf,
    key: PathBuf,
}

/// Holds certificate and key against each other, each a file with its text. What can't be read is not judged here.
///
/// # Errors
/// [`OtherKey`].
pub(crate) fn check_pair(
    (certificate, certificate_pem): (&Path, &[u8]),
    (key, key_pem): (&Path, &[u8]),
) -> Result<(), OtherKey> {
    let Ok(private) = PrivateKeyDer::from_pem_slice(key_pem) else { return Ok(()) };
    let provider = Arc::new(ring::default_provider());
    match CertifiedKey::from_der(certificates(certificate_pem), private, &provider) {
        Err(Error::InconsistentKeys(_)) => {
            Err(OtherKey { certificate: certificate.to_owned(), key: key.to_owned() })
        }
        _ => Ok(()),
    }
}
