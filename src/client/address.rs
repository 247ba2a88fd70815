//! Where a server is, as people write it, and how it is reached: what isn't spoken is refused, never put in other words.

use super::no_answer::CalledAt;
use super::{BearerToken, ClientError};
use crate::papers::{certificates, check_pair};
use hyper::Uri;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

/// How long a connection may take to be made, TLS included.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// After what silence of a connection the server is asked whether it is there, and how long that may take.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(10));

/// How a server is reached, beside its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerReach {
    /// The authorities that are believed, as a PEM file; those of this system where there is none.
    pub ca: Option<PathBuf>,
    /// The certificate that this client shows, and its private key, as PEM files.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The token that is given to the server, over TLS or to this machine alone.
    pub token: Option<BearerToken>,
    /// How long a call may take until its answer is whole.
    pub call_max: Duration,
}

impl Default for ServerReach {
    fn default() -> Self {
        Self { ca: None, identity: None, token: None, call_max: Duration::from_secs(60) }
    }
}

impl ServerReach {
    /// How long a connection may take to be made, TLS included: never longer than a call.
    pub(super) fn connect_max(&self) -> Duration {
        CONNECT_MAX.min(self.call_max)
    }
}

/// A server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// Scheme, host and port.
    origin: String,
    is_secret: bool,
    /// The path before those of gRPC, without a slash at its end: where a proxy has the server.
    pub(super) prefix: String,
}

impl Address {
    /// Reads `http://...`, `https://...` or, for http, host and port alone.
    pub(super) fn parse(server: &str) -> Result<Self, ClientError> {
        let said = super::plain(&without_credentials(server));
        let refuse = |why: &str| Err(ClientError::Address { server: said.clone(), why: why.to_owned() });
        let whole = if server.contains("://") { server.to_owned() } else { format!("http://{server}") };
        let Some((scheme, rest)) = whole.split_once("://") else { return refuse("it names no host") };
        // Case means nothing in a scheme (RFC 3986, section 3.1).
        let is_secret = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return refuse("http and https are spoken, nothing else"),
        };
        let whole = format!("{}://{rest}", if is_secret { "https" } else { "http" });
        let Ok(uri) = whole.parse::<Uri>() else { return refuse("it is no address") };
        let Some(authority) = uri.authority() else { return refuse("it names no host") };
        if authority.as_str().contains('@') {
            return refuse(
                "names and passwords in an address are not sent: leave out what stands before the @",
            );
        }
        if authority.host().is_empty() {
            return refuse("it names no host");
        }
        if uri.query().is_some() || whole.contains('#') {
            return refuse("an address has no ? and no #");
        }
        let scheme = if is_secret { "https" } else { "http" };
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: format!("{scheme}://{authority}"), is_secret, prefix })
    }

    /// Where that is on the network.
    pub(super) fn place(&self) -> Option<CalledAt> {
        let uri = self.origin.parse::<Uri>().ok()?;
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().unwrap_or(if self.is_secret { 443 } else { 80 });
        Some(CalledAt { host, port, is_secret: self.is_secret })
    }

    /// Whether it is this machine itself, by an address that nobody can turn elsewhere.
    fn is_here(&self) -> bool {
        let uri = self.origin.parse::<Uri>().ok();
        let host =
            uri.as_ref().and_then(Uri::host).map(|host| host.trim_start_matches('[').trim_end_matches(']'));
        host.and_then(|host| host.parse::<IpAddr>().ok()).is_some_and(|address| address.is_loopback())
    }

    /// How it is connected to.
    pub(super) fn endpoint(&self, reach: &ServerReach) -> Result<Endpoint, ClientError> {
        let unusable =
            |why: &dyn ToString| ClientError::Address { server: self.origin.clone(), why: why.to_string() };
        let endpoint = Endpoint::from_shared(self.origin.clone()).map_err(|why| unusable(&why))?;
        let endpoint = endpoint
            .connect_timeout(reach.connect_max())
            .http2_keep_alive_interval(KEEPALIVE.0)
            .keep_alive_timeout(KEEPALIVE.1)
            .keep_alive_while_idle(true);
        if reach.token.is_some() && !self.is_secret && !self.is_here() {
            return Err(unusable(
                &"a token is given over https:// alone, or to this machine itself by its address (http://127.0.0.1:PORT)",
            ));
        }
        if !self.is_secret {
            return match (&reach.ca, &reach.identity) {
                (None, None) => Ok(endpoint),
                _ => Err(unusable(&"certificates are for https:// alone")),
            };
        }
        endpoint.tls_config(tls(reach)?).map_err(|why| unusable(&super::causes::whole_story(&why)))
    }
}

/// An address as it can be shown: what stands before an @ is somebody's secret.
fn without_credentials(server: &str) -> String {
    let (scheme, rest) = server.split_once("://").map_or(("", server), |(scheme, rest)| (scheme, rest));
    match rest.rsplit_once('@') {
        Some((_secret, host)) => format!("{scheme}://...@{host}"),
        None => server.to_owned(),
    }
}

fn tls(reach: &ServerReach) -> Result<ClientTlsConfig, ClientError> {
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|why| ClientError::Address {
            server: path.display().to_string(),
            why: format!("the file can't be read: {why}"),
        })
    };
    // Without this it would be said of the server that nobody knows its authority.
    let certified = |path: &PathBuf| {
        let pem = read(path)?;
        match certificates(&pem).is_empty() {
            true => Err(ClientError::Address {
                server: path.display().to_string(),
                why: "the file has no certificate as PEM".to_owned(),
            }),
            false => Ok(pem),
        }
    };
    let tls = match &reach.ca {
        Some(path) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(certified(path)?)),
        None => ClientTlsConfig::new().with_native_roots(),
    };
    Ok(match &reach.identity {
        Some((certificate, key)) => {
            let (shown, private) = (certified(certificate)?, read(key)?);
            check_pair((certificate, &shown), (key, &private)).map_err(|why| ClientError::Address {
                server: key.display().to_string(),
                why: why.to_string(),
            })?;
            tls.identity(Identity::from_pem(shown, private))
        }
        None => tls,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spoken_is_taken_and_nothing_else() {
        let read = |server: &str| {
            let address = Address::parse(server).unwrap();
            (address.origin, address.is_secret, address.prefix)
        };
        let at = |origin: &str, is_secret, prefix: &str| (origin.to_owned(), is_secret, prefix.to_owned());
        assert_eq!(read("127.0.0.1:7419"), at("http://127.0.0.1:7419", false, ""));
        assert_eq!(read("http://book.example/"), at("http://book.example", false, ""));
        assert_eq!(
            read("https://nhs.example:8443/minutes/book/"),
            at("https://nhs.example:8443", true, "/minutes/book")
        );
        assert_eq!(read("HTTPS://book.example"), at("https://book.example", true, ""));
        assert_eq!(read("Http://127.0.0.1:7419"), at("http://127.0.0.1:7419", false, ""));
        assert_eq!(read("https://[::1]:7419"), at("https://[::1]:7419", true, ""));
        let refused = |server: &str| Address::parse(server).unwrap_err().to_string();
        for server in
            ["ftp://book.example", "grpc://book.example", "unix:///run/book", "httpss://book.example"]
        {
            assert!(refused(server).contains("http and https are spoken"), "{server}: {}", refused(server));
        }
        for server in ["https://me:secret@book.example", "http://me@book.example"] {
            let refused = refused(server);
            assert!(refused.contains("not sent") && !refused.contains("me:"), "{refused}");
        }
        for server in ["", "https://", "http://a b", "https://book.example?x=1", "https://book.example/#x"] {
            assert!(!refused(server).is_empty(), "{server}");
        }
    }

    #[test]
    fn a_token_is_given_where_nobody_else_hears_it() {
        let token = BearerToken::of("mbt_secret".to_owned().into());
        let reach = ServerReach { token, ..ServerReach::default() };
        let endpoint = |server: &str| Address::parse(server).unwrap().endpoint(&reach);
        for server in ["http://127.0.0.1:1", "http://[::1]:1"] {
            assert!(endpoint(server).is_ok(), "{server}");
        }
        for server in
            ["http://192.0.2.1:1", "http://book.example", "http://localhost:1", "http://127.0.0.1.example"]
        {
            let refused = endpoint(server).unwrap_err().to_string();
            assert!(refused.contains("https:// alone") && !refused.contains("mbt_"), "{server}: {refused}");
        }
        assert!(!format!("{reach:?}").contains("mbt_"));
    }

    #[test]
    fn certificates_are_not_taken_where_they_would_not_be_used() {
        let reach = ServerReach { ca: Some("ca.pem".into()), ..ServerReach::default() };
        let plain = Address::parse("http://127.0.0.1:1").unwrap().endpoint(&reach);
        assert!(plain.unwrap_err().to_string().contains("https:// alone"));
        let missing = Address::parse("https://127.0.0.1:1").unwrap().endpoint(&reach);
        assert!(missing.unwrap_err().to_string().contains("can't be read"));
    }
}
