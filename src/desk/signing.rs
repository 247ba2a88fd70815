//! The page on which drafts are signed, and the doors that it knocks at: what the ledger would say of a draft, the shelf on which
//! drafts wait, and the book itself. It sends drafts as everybody has them, and no key.

use super::trouble::Trouble;
use super::visit::{Desk, Visit};
use crate::author::wire_event;
use crate::draft_shelf::{DraftShelf, ShelfError};
use crate::drafts::{DraftError, SigningDraft};
use crate::one_file::OneFile;
use crate::proto::get_receipt_request::Entry as Wanted;
use crate::proto::{
    AppendEventsRequest, AppendEventsResponse, ForeseenEvent, GetKeyRequest, GetReceiptRequest, Key,
    Objection, SignedEvent, View,
};
use crate::sign_page::{sign_file, sign_page};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use minutebook_log::{Hash, PublicKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// How many keys may have signed what waits on the shelf.
const KEYS_MAX: usize = 64;

/// From where a browser says that a request comes.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// In what drafts and answers travel.
const JSON: &str = "application/json";

/// The page, which may ask this server.
pub(super) async fn page() -> Response {
    shown(sign_page())
}

/// The page as a file, which asks nobody.
pub(super) async fn file() -> Response {
    shown(sign_file())
}

fn shown(page: &'static OneFile) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, page.policy.as_str()),
    ];
    (headers, page.html.as_str()).into_response()
}

/// Why nothing came of what was sent: a sentence, and everything that was objected to.
#[derive(Debug)]
pub(super) struct NotTaken {
    status: StatusCode,
    says: String,
    refused: Vec<Value>,
}

impl NotTaken {
    fn new(status: StatusCode, says: impl Into<String>) -> Self {
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
            ShelfError::Full => StatusCode::INSUFFICIENT_STORAGE,
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
fn drafts_of(visit: &Visit, headers: &HeaderMap, body: &Bytes) -> Result<Vec<SigningDraft>, NotTaken> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(CONTENT_TYPE) != Some(JSON) {
        let says = "drafts are sent as application/json";
        return Err(NotTaken::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, says));
    }
    // A page from elsewhere can send nothing in its reader's name.
    let is_ours = match (text(FETCH_SITE), text(ORIGIN)) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin == visit.origin(),
        (None, None) => true,
    };
    if !is_ours {
        return Err(NotTaken::new(StatusCode::FORBIDDEN, "drafts are taken from this server's own pages"));
    }
    let text = str::from_utf8(body).map_err(|why| DraftError::Form(why.to_string()))?;
    Ok(SigningDraft::parse_unchecked(text)?)
}

/// Says what the ledger would make of a draft. No signature is looked at.
pub(super) async fn foresee(visit: Visit, headers: HeaderMap, body: Bytes) -> Result<Response, NotTaken> {
    let drafts = drafts_of(&visit, &headers, &body)?;
    let foreseen = foreseen(&visit, &drafts).await?;
    let events: Vec<_> = foreseen.iter().map(judged).collect();
    // A help to whoever reads, and not what is signed.
    let data: Vec<_> = drafts.iter().map(|draft| Value::Object(draft.event.data.clone())).collect();
    let called = visit.names_in(&data).await?;
    Ok(answer(&json!({"events": events, "called": called.all()})))
}

async fn foreseen(visit: &Visit, drafts: &[SigningDraft]) -> Result<Vec<ForeseenEvent>, NotTaken> {
    let unsigned = drafts
        .iter()
        .map(|draft| SignedEvent { event: draft.event.bytes().to_vec(), signatures: Vec::new() });
    Ok(append(visit, unsigned.collect(), true).await?.foreseen)
}

fn judged(foreseen: &ForeseenEvent) -> Value {
    let objections = foreseen.objections.iter().map(|objection| {
        let Objection { rule, says, found, needed, members, .. } = objection;
        let says = if says.is_empty() {
            format!("found {found}; needed {needed}")
        } else {
            format!("{says} Found {found}.")
        };
        json!({"rule": rule, "says": says, "members": members})
    });
    let findings =
        foreseen.findings.iter().map(|finding| format!("{} Found {}.", finding.says, finding.found));
    json!({
        "position": foreseen.position.map(|position| position.to_string()),
        "again": foreseen.again,
        "objections": objections.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    })
}

/// Sends a draft that all have signed to the book, and gives back a receipt for each of its events.
pub(super) async fn submit(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, NotTaken> {
    let drafts = drafts_of(&visit, &headers, &body)?;
    let name = SigningDraft::name_of(&drafts);
    let signed = drafts.into_iter().map(SigningDraft::into_signed).collect::<Result<Vec<_>, _>>()?;
    let appended = append(&visit, signed.iter().map(wire_event).collect(), false).await?.appended;
    let mut receipts = Vec::new();
    for one in &appended {
        let request = GetReceiptRequest { entry: Some(Wanted::Position(one.position)) };
        let receipt = visit.proofs().get_receipt(visit.request(request)).await?.into_inner().receipt;
        let text = String::from_utf8_lossy(&receipt);
        receipts.push(json!({"position": one.position.to_string(), "receipt": text}));
    }
    if let Some(shelf) = &desk.shelf {
        // It is in the book: that it lies here too would do no harm.
        if let Err(why) = on_shelf(shelf, move |shelf| Ok(shelf.remove(name)?)).await {
            tracing::warn!(says = %why.says, "a draft that is recorded stays on the shelf");
        }
    }
    Ok(answer(&json!({"receipts": receipts})))
}

async fn append(
    visit: &Visit,
    signed_events: Vec<SignedEvent>,
    validate_only: bool,
) -> Result<AppendEventsResponse, NotTaken> {
    let request = AppendEventsRequest { signed_events, validate_only };
    Ok(visit.log().append_events(visit.request(request)).await?.into_inner())
}

/// Lays a draft on the shelf, beside the signatures that lie there. It has to be for this ledger, and signed by somebody whom the
/// book knows.
pub(super) async fn put(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, NotTaken> {
    let drafts = drafts_of(&visit, &headers, &body)?;
    let shelf = shelf_of(&desk)?;
    let bound = ["MALFORMED", "OTHER_LEDGER", "SEEN_NOT_IN_CHAIN"];
    let foreseen = foreseen(&visit, &drafts).await?;
    let against = foreseen
        .iter()
        .flat_map(|one| one.objections.iter())
        .find(|objection| bound.contains(&objection.reason.as_str()));
    if let Some(objection) = against {
        let says = format!(
            "the draft is not for this ledger, or not of its form: found {}; needed {}",
            objection.found, objection.needed
        );
        return Err(NotTaken::new(StatusCode::CONFLICT, says));
    }
    if foreseen.iter().any(|one| one.again) {
        return Err(NotTaken::new(StatusCode::CONFLICT, "what stands in the book already needs no shelf"));
    }
    let drafts = checked(&desk, &visit, drafts).await?;
    let name = SigningDraft::name_of(&drafts);
    let drafts = on_shelf(&shelf, move |shelf| shelf.put(drafts)).await?;
    let signatures: usize = drafts.iter().map(|draft| draft.signatures.len()).sum();
    Ok(answer(&json!({"name": name, "signatures": signatures})))
}

/// Drafts of which each is signed by somebody whom the book knows. A stranger's signatures are not looked at: checking one costs as
/// much as reading the event.
async fn checked(
    desk: &Desk,
    visit: &Visit,
    drafts: Vec<SigningDraft>,
) -> Result<Vec<SigningDraft>, NotTaken> {
    let keys: BTreeSet<_> =
        drafts.iter().flat_map(|draft| &draft.signatures).map(|(key, _signature)| *key).collect();
    if keys.len() > KEYS_MAX {
        let says =
            format!("{} keys have signed, and a draft that waits here has {KEYS_MAX} at most", keys.len());
        return Err(NotTaken::new(StatusCode::BAD_REQUEST, says));
    }
    let known = known_among(visit, keys).await?;
    let is_known =
        |draft: &SigningDraft| draft.signatures.iter().any(|(key, _signature)| known.contains(key));
    if !drafts.iter().all(is_known) {
        let says = "of each event somebody whom this book knows has to have signed it: sign first, then leave it here";
        return Err(NotTaken::new(StatusCode::FORBIDDEN, says));
    }
    let _turn = desk.checking.acquire().await.map_err(|why| broken(&why))?;
    let check = move || {
        // Whom the book knows comes first: what a stranger forges costs one check.
        for draft in &drafts {
            let mut first = draft.clone();
            first.signatures.retain(|(key, _signature)| known.contains(key));
            first.check()?;
        }
        drafts.iter().try_for_each(SigningDraft::check)?;
        Ok::<_, DraftError>(drafts)
    };
    Ok(tokio::task::spawn_blocking(check).await.map_err(|why| broken(&why))??)
}

/// Those of the keys that are enrolled, and not revoked.
async fn known_among(visit: &Visit, keys: BTreeSet<PublicKey>) -> Result<BTreeSet<PublicKey>, NotTaken> {
    let mut all = BTreeSet::new();
    for key in keys {
        let request = GetKeyRequest { key: key.to_string(), view: Some(View::default()) };
        let found = match visit.register().get_key(visit.request(request)).await {
            Ok(answer) => answer.into_inner().key,
            Err(status) if status.code() == Code::NotFound => None,
            Err(status) => return Err(status.into()),
        };
        let is_known = |key: &Key| (key.is_enrolled || key.is_registrar) && !key.is_revoked;
        all.extend(found.filter(is_known).map(|_known| key));
    }
    Ok(all)
}

/// What lies on the shelf under a name.
pub(super) async fn lying(State(desk): State<Desk>, Path(name): Path<String>) -> Result<Response, NotTaken> {
    let shelf = shelf_of(&desk)?;
    let name: Hash = name.parse().map_err(|_no_hash| {
        NotTaken::new(StatusCode::BAD_REQUEST, "a draft's name has 64 hexadecimal digits")
    })?;
    let found = on_shelf(&shelf, move |shelf| shelf.find(name)).await?;
    let gone = "no draft lies here under this name: it may be in the book by now, or was never left here";
    let text = found.ok_or_else(|| NotTaken::new(StatusCode::NOT_FOUND, gone))?;
    Ok(([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], text).into_response())
}

fn shelf_of(desk: &Desk) -> Result<Arc<DraftShelf>, NotTaken> {
    let none = "this server keeps no drafts: save the draft as a file, and pass that on";
    desk.shelf.clone().ok_or_else(|| NotTaken::new(StatusCode::NOT_FOUND, none))
}

/// Does something with the shelf, on a thread that may wait for the disk.
async fn on_shelf<T: Send + 'static>(
    shelf: &Arc<DraftShelf>,
    act: impl FnOnce(&DraftShelf) -> Result<T, ShelfError> + Send + 'static,
) -> Result<T, NotTaken> {
    let shelf = Arc::clone(shelf);
    let done = tokio::task::spawn_blocking(move || act(&shelf)).await;
    Ok(done.map_err(|why| broken(&why))??)
}

fn broken(why: &dyn std::error::Error) -> NotTaken {
    tracing::error!(%why, "a draft could not be worked on");
    NotTaken::new(StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong on the server's side.")
}

fn answer(said: &Value) -> Response {
    ([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], said.to_string()).into_response()
}
