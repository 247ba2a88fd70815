//! What comes from a page of this server, and what is answered.

use super::super::trouble::Trouble;
use super::super::visit::Visit;
use crate::draft_shelf::ShelfError;
use crate::drafts::{DraftError, SigningDraft};
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// From where a browser says that a request comes.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// In what drafts and answers travel.
pub(super) const JSON: &str = "application/json";

/// Why nothing came of what was sent: a sentence, and everything that was objected to.
#[derive(Debug)]
pub(in super::super) struct NotTaken {
    status: StatusCode,
    pub(super) says: String,
    refused: Vec<Value>,
}

impl NotTaken {
    pub(super) fn new(status: StatusCode, says: impl Into<String>) -> Self {
        Self { status, says: says.into(), refused: Vec::new() }
    }
}

impl IntoResponse for NotTaken {
    fn into_response(self) -> Response {
        let body = json!({"says": self.says, "refused": self.refused});
        (self.status, answer(&body)).into_response()
    }
}

impl From<DraftError> for NotTaken {
    fn from(why: DraftError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why.to_string())
    }
}

impl From<ShelfError> for NotTaken {
    fn from(why: ShelfError) -> Self {
        let status = match &why {
            ShelfError::Full | ShelfError::OfOneKey(_) => StatusCode::INSUFFICIENT_STORAGE,
            ShelfError::Damaged { .. } | ShelfError::Files(_) => {
                tracing::error!(%why, "the shelf of drafts");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, why.to_string())
    }
}

impl From<Trouble> for NotTaken {
    fn from(why: Trouble) -> Self {
        let (status, says) = why.said();
        Self::new(status, says)
    }
}

impl From<Status> for NotTaken {
    fn from(said: Status) -> Self {
        let status = match said.code() {
            Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
            Code::FailedPrecondition | Code::AlreadyExists => StatusCode::CONFLICT,
            Code::PermissionDenied => StatusCode::FORBIDDEN,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::DeadlineExceeded | Code::Unavailable | Code::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let details = said.get_error_details();
        let index =
            details.error_info().and_then(|info| info.metadata.get("event_index")?.parse::<usize>().ok());
        let broken =
            details.precondition_failure().map(|failure| failure.violations.as_slice()).unwrap_or_default();
        let refused = broken.iter().map(
            |violation| json!({"event": index, "rule": violation.r#type, "says": violation.description}),
        );
        Self { status, says: said.message().to_owned(), refused: refused.collect() }
    }
}

/// The drafts that a page of this server sent. Whether signatures hold was not asked: that is for who uses them.
pub(super) fn drafts_of(
    visit: &Visit,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Vec<SigningDraft>, NotTaken> {
    Ok(SigningDraft::parse_unchecked(sent_by(visit, headers, body)?)?)
}

/// What a page of this server sent, as text.
pub(super) fn sent_by<'a>(visit: &Visit, headers: &HeaderMap, body: &'a Bytes) -> Result<&'a str, NotTaken> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(CONTENT_TYPE) != Some(JSON) {
        let says = "what is sent here is application/json";
        return Err(NotTaken::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, says));
    }
    // A page from elsewhere can send nothing in its reader's name.
    let is_ours = match (text(FETCH_SITE), text(ORIGIN)) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin == visit.origin(),
        (None, None) => true,
    };
    if !is_ours {
        return Err(NotTaken::new(StatusCode::FORBIDDEN, "this is taken from this server's own pages"));
    }
    Ok(str::from_utf8(body).map_err(|why| DraftError::Form(why.to_string()))?)
}

pub(super) fn broken(why: &dyn std::error::Error) -> NotTaken {
    tracing::error!(%why, "a draft could not be worked on");
    NotTaken::new(StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong on the server's side.")
}

pub(super) fn answer(said: &Value) -> Response {
    ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], said.to_string()).into_response()
}
