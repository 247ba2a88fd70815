//! The published log over HTTP, as C2SP's tlog-tiles has it: any client of such logs reads it here, on the
//! port that gRPC is on.
//!
//! Deliberately lacks: answers that depend on who asks. Everything here can be cached and served by others.

use crate::doors::speaks_grpc;
use crate::published::{CheckedFile, PublishError, Shown, ShownFile};
use crate::verify_page::verify_page;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{BoxError, Router};
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use minutebook_log::PublishedPath;
use minutebook_store::Engine;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::task::JoinHandle;
use tonic::Status;
use tower_http::compression::CompressionLayer;

/// What is written once never changes; a week, as tlog-tiles advises.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=604800, immutable");

/// What changes may be this old, at most: not longer than it takes to be published.
const NEWEST: HeaderValue = HeaderValue::from_static("public, max-age=1");

/// What is no longer there, or not yet, may be there at once.
const NEVER: HeaderValue = HeaderValue::from_static("no-store");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// With how many bytes of a file an answer begins, whether anybody takes it or not: a tile of hashes has as many.
const FIRST_BYTES: usize = 8 * 1024;

/// How many are read at once of the rest.
const PART_BYTES: usize = 128 * 1024;

/// The paths of the published log; nothing else is ever read.
pub fn published_log<E: Engine>(shown: Shown<E>) -> Router {
    Router::new()
        .route("/checkpoint", get(file::<E>))
        .route("/vkey", get(file::<E>))
        .route("/tile/{*rest}", get(file::<E>))
        .route("/witnessed/{*rest}", get(file::<E>))
        .route("/rotated/{*rest}", get(file::<E>))
        .with_state(Arc::new(shown))
}

/// `verify.html`, which checks in the reader's browser what a server says. Its policy lets it do nothing else.
pub fn verify() -> Router {
    Router::new().route("/verify.html", get(page)).layer(CompressionLayer::new())
}

async fn page() -> Response {
    let page = verify_page();
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, page.policy.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, page.html.as_str()).into_response()
}

/// What is said to whoever asks for something else: in gRPC's way to who speaks gRPC.
pub async fn unknown(headers: HeaderMap) -> Response {
    if speaks_grpc(&headers) {
        let status = Status::unimplemented("there is no such service here");
        return status.into_http::<axum::body::Body>();
    }
    not_found()
}

/// A file of the published log. The path is parsed into a name, of which there is one spelling, and only
/// that name is looked for: no `..`, no percent sign, no file that is not the log's.
async fn file<E: Engine>(State(shown): State<Arc<Shown<E>>>, uri: Uri) -> Response {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let Ok(path) = path.parse::<PublishedPath>() else { return not_found() };
    let found = tokio::task::spawn_blocking(move || match shown.find(path)? {
        None => Ok(None),
        Some(ShownFile::Newest(bytes)) => Ok(Some(Body::from(bytes))),
        Some(ShownFile::File(file)) => FileBody::of(file).map(|body| Some(Body::new(body))),
    });
    match found.await {
        Ok(Ok(Some(body))) => found_at(path, body),
        Ok(Ok(None)) => not_found(),
        Ok(Err::<_, PublishError>(error)) => fault(&error),
        Err(error) => fault(&error),
    }
}

fn found_at(path: PublishedPath, body: Body) -> Response {
    let (kind, cache) = match path {
        PublishedPath::Checkpoint | PublishedPath::Keys => (TEXT, NEWEST),
        PublishedPath::Witnessed(_) | PublishedPath::Rotated(_) => (TEXT, IMMUTABLE),
        PublishedPath::Tile(_) => (BYTES, IMMUTABLE),
    };
    let anyone = HeaderValue::from_static("*");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, cache), (ACCESS_CONTROL_ALLOW_ORIGIN, anyone)], body)
        .into_response()
}

/// A file as the body of an answer: it begins with what is read at once, and of the rest each part is read when it is asked
/// for.
struct FileBody {
    file: CheckedFile,
    first: Option<Bytes>,
    /// How far it was read.
    offset: u64,
    reading: Option<JoinHandle<Result<Vec<u8>, PublishError>>>,
}

impl FileBody {
    /// Reads what it begins with. Blocks.
    fn of(file: CheckedFile) -> Result<Self, PublishError> {
        let first = file.read(0, FIRST_BYTES)?;
        Ok(Self { file, offset: first.len() as u64, first: Some(first.into()), reading: None })
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.offset >= self.file.length() {
            return Poll::Ready(None);
        }
        let (file, offset) = (self.file.clone(), self.offset);
        let reading = self
            .reading
            .get_or_insert_with(|| tokio::task::spawn_blocking(move || file.read(offset, PART_BYTES)));
        let read = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        let read = read.map_err(BoxError::from).and_then(|read| read.map_err(BoxError::from));
        Poll::Ready(Some(match read {
            Ok(bytes) => {
                self.offset += bytes.len() as u64;
                Ok(Frame::data(bytes.into()))
            }
            Err(error) => {
                tracing::error!(%error, "a published file could not be read to its end");
                Err(error)
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.offset >= self.file.length()
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.as_ref().map_or(0, Bytes::len) as u64;
        SizeHint::with_exact(self.file.length().saturating_sub(self.offset) + first)
    }
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NEVER)], "not found\n").into_response()
}

fn fault(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a published file could not be read");
    (StatusCode::INTERNAL_SERVER_ERROR, [(CACHE_CONTROL, NEVER)], "the server's log says more\n")
        .into_response()
}
