//! What lies beneath an error of the transport.

use std::error::Error;
use std::io;
use tokio_rustls::rustls::{self as tls, AlertDescription, CertificateError};

/// Said of a server that asks callers for certificates, to one who has shown none.
pub(super) const CERTIFICATE_NEEDED: &str = "it asks for a certificate, and none was shown: name yours with --certificate FILE and --certificate-key FILE; the \
     operator says by which authority";

/// Why TLS did not come about, if that is what failed.
pub(super) fn insecure(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let causes = std::iter::successors(Some(error), |cause| (*cause).source());
    let mut tls = causes.filter_map(|cause| {
        let beneath = cause.downcast_ref::<io::Error>().and_then(|error| error.get_ref());
        beneath.and_then(|error| error.downcast_ref::<tls::Error>()).or_else(|| cause.downcast_ref())
    });
    Some(match tls.next()? {
        tls::Error::InvalidCertificate(why) => match why {
            CertificateError::UnknownIssuer => {
                "its certificate is by an authority that is not known here; if it is your own, name it with --ca FILE"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another name than that of this address"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has run out"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet, by the clock of this machine"
            }
            _ => "its certificate can't be believed: it is damaged, or signed in a way that is not taken",
        },
        tls::Error::InvalidMessage(_) => "whatever answers there does not speak TLS",
        tls::Error::AlertReceived(AlertDescription::CertificateRequired) => CERTIFICATE_NEEDED,
        tls::Error::AlertReceived(_) => {
            "it breaks off: it may ask for a certificate (--certificate, --certificate-key), or speak no version of TLS \
             that is spoken here"
        }
        _ => "the handshake failed",
    })
}

/// What lies at the bottom of an error.
pub(super) fn bottom(error: &dyn Error) -> String {
    let (mut why, mut source) = (error.to_string(), error.source());
    while let Some(inner) = source {
        (why, source) = (inner.to_string(), inner.source());
    }
    why
}

/// An error with all that lies beneath it.
pub(super) fn whole_story(error: &dyn Error) -> String {
    let (mut story, mut source) = (error.to_string(), error.source());
    while let Some(inner) = source {
        story.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    story
}
