//! HTTP/1.1 as far as witnesses and mirrors need it, with TLS where they have it. What they give protects itself;
//! TLS only hides who asks.

use super::{AskError, WitnessingError};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, Uri, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::error::Error;
use std::time::Duration;
use tokio::time::timeout;

/// The most bytes of an answer: a few signature lines, or a checkpoint.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// How long an answer may take, from the first byte sent to the last one read.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// How long a file may take: bundles of entries can have 16 MiB.
const FILE_MAX: Duration = Duration::from_secs(60);

/// How long a connection is kept for the next question.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// Asks over connections that are kept open.
pub(crate) struct Http {
    plain: Client<HttpConnector, Full<Bytes>>,
    /// Where any witness has it.
    tls: Option<Client<HttpsConnector<HttpConnector>, Full<Bytes>>>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Http {
    /// For these addresses. The system's certificates are read only if one of them is https.
    pub(crate) fn new<'u>(mut addresses: impl Iterator<Item = &'u Uri>) -> Result<Self, WitnessingError> {
        let tls = if addresses.any(|address| address.scheme_str() == Some("https")) {
            let certificates = HttpsConnectorBuilder::new().with_native_roots();
            let connector = certificates.map_err(WitnessingError::Certificates)?;
            Some(builder().build(connector.https_only().enable_http1().build()))
        } else {
            None
        };
        Ok(Self { plain: builder().build_http(), tls })
    }

    pub(super) async fn post(&self, address: &Uri, body: String) -> Result<Answer, AskError> {
        self.send(Method::POST, address, body).await
    }

    pub(super) async fn get(&self, address: &Uri) -> Result<Answer, AskError> {
        self.send(Method::GET, address, String::new()).await
    }

    /// The status and the bytes of a file, of which more than `bytes_max` are refused.
    pub(crate) async fn fetch(&self, address: &Uri, bytes_max: usize) -> Result<(u16, Vec<u8>), AskError> {
        let (status, bytes) = self.ask(Method::GET, address, String::new(), bytes_max, FILE_MAX).await?;
        Ok((status, bytes.to_vec()))
    }

    async fn send(&self, method: Method, address: &Uri, body: String) -> Result<Answer, AskError> {
        let (status, bytes) = self.ask(method, address, body, ANSWER_BYTES_MAX, ANSWER_MAX).await?;
        // What is no text is no answer either, and is refused where it is read.
        Ok(Answer { status, text: String::from_utf8_lossy(&bytes).into_owned() })
    }

    async fn ask(
        &self,
        method: Method,
        address: &Uri,
        body: String,
        bytes_max: usize,
        limit: Duration,
    ) -> Result<(u16, Bytes), AskError> {
        let request = Request::builder()
            .method(method)
            .uri(address.clone())
            .header(header::USER_AGENT, "minutebook")
            .body(Full::new(Bytes::from(body)))
            .map_err(|why| unreachable_for(&why))?;
        let answer = async {
            let sent = match &self.tls {
                Some(tls) if address.scheme_str() == Some("https") => tls.request(request).await,
                _ => self.plain.request(request).await,
            };
            let (head, body) = sent.map_err(|why| unreachable_for(&why))?.into_parts();
            let bytes = Limited::new(body, bytes_max).collect().await;
            let bytes = bytes.map_err(|why| unreachable_for(&*why))?.to_bytes();
            Ok((head.status.as_u16(), bytes))
        };
        timeout(limit, answer).await.map_err(|_elapsed| AskError::Late)?
    }
}

fn builder() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_MAX).pool_max_idle_per_host(1);
    builder
}

/// The whole story of an error: the client's own first line says little.
fn unreachable_for(error: &(dyn Error + 'static)) -> AskError {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(&format!(": {error}"));
        cause = error.source();
    }
    AskError::Unreachable(said)
}
