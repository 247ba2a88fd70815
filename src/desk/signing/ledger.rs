//! Drafts before the ledger: what it would say of one, and one that it records.

use super::super::visit::{Desk, Visit};
use super::asked::{append, foreseen};
use super::shelf::on_shelf;
use super::taken::{NotTaken, answer, drafts_of};
use crate::author::wire_event;
use crate::drafts::SigningDraft;
use crate::proto::get_receipt_request::Entry as Wanted;
use crate::proto::{ForeseenEvent, GetReceiptRequest, Objection};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

/// Says what the ledger would make of a draft. No signature is looked at.
pub(in super::super) async fn foresee(
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, NotTaken> {
    let drafts = drafts_of(&visit, &headers, &body)?;
    let foreseen = foreseen(&visit, &drafts).await?;
    let events: Vec<_> = foreseen.iter().map(judged).collect();
    // A help to whoever reads, and not what is signed.
    let data: Vec<_> = drafts.iter().map(|draft| Value::Object(draft.event.data.clone())).collect();
    let called = visit.names_in(&data).await?;
    Ok(answer(&json!({"events": events, "called": called.all()})))
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
pub(in super::super) async fn submit(
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
