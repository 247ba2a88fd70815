//! Signing in: whoever shows that they hold a key is told what the book knows of it, and which drafts wait for it. It opens nothing
//! else, and nobody stays signed in.

use super::super::visit::{Desk, Visit};
use super::asked::key_of;
use super::shelf::{on_shelf, shelf_of};
use super::taken::{NotTaken, answer, broken, sent_by};
use crate::draft_shelf::{LyingDraft, SignerProgress};
use crate::proto::Key;
use crate::shown::phrases::clear;
use crate::sign_in::{Challenges, SignIn, SignInError};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use minutebook_log::{Hash, PublicKey};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::SystemTime;

/// Who wants to sign in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    key: PublicKey,
}

/// Who signs in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Showing {
    key: PublicKey,
    challenge: String,
    signature: String,
    act: String,
}

/// A challenge for whoever says to hold a key.
pub(in super::super) async fn challenge(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, NotTaken> {
    let Asking { key } = sent(sent_by(&visit, &headers, &body)?)?;
    Ok(answer(&json!({"challenge": challenges(&desk)?.challenge(key, SystemTime::now())})))
}

/// What waits for a key, for whoever shows that they hold it.
pub(in super::super) async fn waiting(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, NotTaken> {
    let key = holder(&desk, &visit, sent_by(&visit, &headers, &body)?, |act| act == "list").await?.0;
    let drafts = match shelf_of(&desk) {
        Ok(shelf) => on_shelf(&shelf, move |shelf| Ok(shelf.of_key(key)?)).await?,
        // A server without a shelf keeps nothing that could wait.
        Err(_none) => Vec::new(),
    };
    let mut drafts: Vec<_> = drafts.into_iter().collect();
    drafts.sort_by_key(|(_name, draft)| std::cmp::Reverse(draft.at));
    let drafts: Vec<_> = drafts.iter().map(|(name, draft)| told(*name, draft, key)).collect();
    let is_known = |key: &Key| key.is_enrolled || key.is_registrar || key.is_revoked;
    let known = key_of(&visit, key).await?.filter(is_known);
    Ok(answer(&json!({"key": known.as_ref().map(known_key), "drafts": drafts})))
}

/// Takes a draft off the shelf, for whoever has signed it.
pub(in super::super) async fn withdraw(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, NotTaken> {
    let name = |act: &str| act.strip_prefix(REMOVE).and_then(|name| name.parse::<Hash>().ok());
    let (key, act) =
        holder(&desk, &visit, sent_by(&visit, &headers, &body)?, |act| name(act).is_some()).await?;
    let shelf = shelf_of(&desk)?;
    let taken = match name(&act) {
        Some(name) => on_shelf(&shelf, move |shelf| Ok(shelf.take_away(name, key)?)).await?,
        None => false,
    };
    if taken {
        return Ok(answer(&json!({})));
    }
    let says = "no draft lies here under this name that this key has signed";
    Err(NotTaken::new(StatusCode::NOT_FOUND, says))
}

/// What stands before the name of a draft that is to be taken away.
const REMOVE: &str = "remove ";

/// Whose key it is, shown by a signature over what they want, and that.
async fn holder(
    desk: &Desk,
    visit: &Visit,
    sent_text: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<(PublicKey, String), NotTaken> {
    let Showing { key, challenge, signature, act } = sent(sent_text)?;
    let malformed = |why: String| NotTaken::new(StatusCode::BAD_REQUEST, why);
    let signature = signature.parse().map_err(|why: minutebook_log::Malformed| malformed(why.to_string()))?;
    if !is_meant(&act) {
        return Err(malformed(format!("found {act:?}; needed what this address does")));
    }
    let ledger = visit.ledger().await?;
    let ledger: Hash = ledger.id.parse().map_err(|why| broken(&why))?;
    let shown = SignIn { origin: visit.origin(), ledger, key, challenge: &challenge, act: &act, signature };
    let refuse = |why: SignInError| NotTaken::new(StatusCode::FORBIDDEN, why.to_string());
    challenges(desk)?.check(&shown, SystemTime::now()).map_err(refuse)?;
    Ok((key, act))
}

fn challenges(desk: &Desk) -> Result<&Challenges, NotTaken> {
    let none = "this server has no randomness to sign in by";
    desk.challenges.as_ref().ok_or_else(|| NotTaken::new(StatusCode::SERVICE_UNAVAILABLE, none))
}

fn sent<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, NotTaken> {
    serde_json::from_str(text).map_err(|why| {
        NotTaken::new(StatusCode::BAD_REQUEST, format!("found something else ({why}); needed who signs in"))
    })
}

/// A draft in short, as it concerns a key.
fn told(name: Hash, draft: &LyingDraft, key: PublicKey) -> Value {
    let SignerProgress { signed, missing } = draft.signers.get(&key).copied().unwrap_or_default();
    let others = draft.signers.iter().filter(|(other, it)| **other != key && it.missing > 0);
    json!({
        "name": name,
        "type": draft.first_type.name,
        "subject": draft.first_subject,
        "says": draft.says,
        "events": draft.events,
        "signed": signed,
        "missing": missing,
        "others": others.count(),
        "at": Timestamp::try_from(draft.at).unwrap_or_default().to_string(),
    })
}

/// What the book knows of a key.
fn known_key(key: &Key) -> Value {
    json!({
        "label": clear(key.label.as_ref()),
        "isRevoked": key.is_revoked,
    })
}
