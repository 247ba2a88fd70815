//! What the ledger is asked for whoever signs, in their own turn.

use super::super::visit::Visit;
use super::taken::NotTaken;
use crate::drafts::SigningDraft;
use crate::proto::{
    AppendEventsRequest, AppendEventsResponse, ForeseenEvent, GetKeyRequest, Key, SignedEvent, View,
};
use minutebook_log::PublicKey;
use std::collections::BTreeSet;
use tonic::Code;

/// What the ledger would say of drafts.
pub(super) async fn foreseen(visit: &Visit, drafts: &[SigningDraft]) -> Result<Vec<ForeseenEvent>, NotTaken> {
    let unsigned = drafts
        .iter()
        .map(|draft| SignedEvent { event: draft.event.bytes().to_vec(), signatures: Vec::new() });
    Ok(append(visit, unsigned.collect(), true).await?.foreseen)
}

/// Sends events to the book, or asks only what would come of that.
pub(super) async fn append(
    visit: &Visit,
    signed_events: Vec<SignedEvent>,
    validate_only: bool,
) -> Result<AppendEventsResponse, NotTaken> {
    let request = AppendEventsRequest { signed_events, validate_only };
    Ok(visit.log().append_events(visit.request(request)).await?.into_inner())
}

/// What the book knows of a key by now; nothing where it knows nothing.
pub(super) async fn key_of(visit: &Visit, key: PublicKey) -> Result<Option<Key>, NotTaken> {
    let request = GetKeyRequest { key: key.to_string(), view: Some(View::default()) };
    match visit.register().get_key(visit.request(request)).await {
        Ok(answer) => Ok(answer.into_inner().key),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}

/// Those of the keys that are enrolled, and not revoked.
pub(super) async fn known_among(
    visit: &Visit,
    keys: BTreeSet<PublicKey>,
) -> Result<BTreeSet<PublicKey>, NotTaken> {
    let mut all = BTreeSet::new();
    for key in keys {
        let is_known = |key: &Key| (key.is_enrolled || key.is_registrar) && !key.is_revoked;
        all.extend(key_of(visit, key).await?.filter(is_known).map(|_known| key));
    }
    Ok(all)
}
