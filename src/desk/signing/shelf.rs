//! The shelf's doors.

use super::super::visit::{Desk, Visit};
use super::asked::{foreseen, known_among};
use super::taken::{JSON, NotTaken, answer, broken, drafts_of};
use crate::draft_shelf::{DraftShelf, ShelfError};
use crate::drafts::{DraftError, SigningDraft};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use minutebook_log::Hash;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many keys may have signed what waits on the shelf.
const KEYS_MAX: usize = 64;

/// Lays a draft on the shelf, beside the signatures that lie there. It has to be for this ledger, and signed by somebody whom the
/// book knows.
pub(in super::super) async fn put(
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

/// What lies on the shelf under a name.
pub(in super::super) async fn lying(
    State(desk): State<Desk>,
    Path(name): Path<String>,
) -> Result<Response, NotTaken> {
    let shelf = shelf_of(&desk)?;
    let name: Hash = name.parse().map_err(|_no_hash| {
        NotTaken::new(StatusCode::BAD_REQUEST, "a draft's name has 64 hexadecimal digits")
    })?;
    let found = on_shelf(&shelf, move |shelf| shelf.find(name)).await?;
    let gone = "no draft lies here under this name: it may be in the book by now, or was never left here";
    let text = found.ok_or_else(|| NotTaken::new(StatusCode::NOT_FOUND, gone))?;
    Ok(([(CONTENT_TYPE, JSON), (CACHE_CONTROL, "no-store")], text).into_response())
}

pub(super) fn shelf_of(desk: &Desk) -> Result<Arc<DraftShelf>, NotTaken> {
    let none = "this server keeps no drafts: save the draft as a file, and pass that on";
    desk.shelf.clone().ok_or_else(|| NotTaken::new(StatusCode::NOT_FOUND, none))
}

/// Does something with the shelf, on a thread that may wait for the disk.
pub(super) async fn on_shelf<T: Send + 'static>(
    shelf: &Arc<DraftShelf>,
    act: impl FnOnce(&DraftShelf) -> Result<T, ShelfError> + Send + 'static,
) -> Result<T, NotTaken> {
    let shelf = Arc::clone(shelf);
    let done = tokio::task::spawn_blocking(move || act(&shelf)).await;
    Ok(done.map_err(|why| broken(&why))??)
}
