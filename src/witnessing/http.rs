//! HTTP/1.1 as far as witnesses need it, with TLS where a witness has it. What a witness signs protects itself;
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

/// How long a connection is kept for the next question.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// Asks over connections that are kept open.
pub(super) struct Http {
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
    pub(super) fn new<'u>(mut addresses: impl Iterator<Item = &'u Uri>) -> Result<Self, WitnessingError> {
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

    async fn send(&self, method: Method, address: &Uri, body: String) -> Result<Answer, AskError> {
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
            let bytes = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
            let bytes = bytes.map_err(|why| unreachable_for(&*why))?.to_bytes();
            // What is no text is no answer either, and is refused where it is read.
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Ok(Answer { status: head.status.as_u16(), text })
        };
        timeout(ANSWER_MAX, answer).await.map_err(|_elapsed| AskError::Late)?
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
