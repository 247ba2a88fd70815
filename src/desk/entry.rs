//! The page of an entry: what it says, who signed it, what it changed, what became of it, and what proves it.

use super::blocks::{facts, table};
use super::layout::Page;
use super::linked::{fact, path_of, thing, told_by, words_of};
use super::lists::findings;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::get_receipt_request::Entry as Wanted;
use crate::proto::{
    Annotation, Change, Contested, Correction, GetChangesRequest, GetChangesResponse, GetReceiptRequest,
    ListAnnotationsRequest, Scope,
};
use crate::shown::dates::last_day;
use crate::shown::phrases::{day_and_time, is_word, standing, text as said, words};
use crate::shown::said::{by_entry, corrected_field, correction, doubts};
use anstream::adapter::strip_str;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use minutebook_governance::headlines::headline;
use minutebook_log::{Entry, Event, Hash, TreeHash};
use serde_json::{Map, Value};

/// How deep facts lie in facts: those of an event are no deeper.
const DEPTH_MAX: usize = 16;

pub(super) async fn page(visit: Visit, Path(position): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let position = number(&position, ledger.size)?;
    let found = visit.entry(position).await?;
    let bytes = found.entry.map(|entry| entry.content).unwrap_or_default();
    let entry = Entry::parse(&bytes).map_err(|why| Trouble::Fault(why.to_string()))?;
    let about = ListAnnotationsRequest {
        position,
        view: Some(visit.viewed.to_wire()),
        ..ListAnnotationsRequest::default()
    };
    let said_of_it =
        match visit.register().list_annotations(visit.request(about)).await.map_err(Trouble::from) {
            Ok(found) => found.into_inner(),
            // It is in the log; what this page looks at does not go so far.
            Err(Trouble::Unknown(_)) => {
                let says = format!("Entry {position} was recorded later than this page looks.");
                return Err(Trouble::Unknown(says));
            }
            Err(trouble) => return Err(trouble),
        };
    let known = said_of_it.answered.as_ref().map_or(ledger.size, |answered| answered.known_entries);
    // What was recorded since then is not known either.
    let corrections: Vec<_> =
        found.corrections.iter().filter(|it| it.corrected_at < known).cloned().collect();
    let contested: Vec<_> = found.contested.iter().filter(|it| it.declared_at < known).cloned().collect();
    let changes = GetChangesRequest { position, scope: Scope::Reported.into() };
    let changes = visit.register().get_changes(visit.request(changes)).await?.into_inner();
    let event = entry.event();
    let viewed = &visit.viewed.naming(visit.names_in(&spoken_of(event, &changes)).await?);
    let said = event
        .data
        .get("facts")
        .map_or_else(String::new, |facts| headline(&event.event_type.name, facts, &|_id| None));
    let content = html! {
        @if corrections.iter().any(|it| it.is_withdrawn) { p.banner { "This entry was withdrawn, and counts for nothing. It stays in the book." } }
        @if !said.is_empty() { p.lead { (words_of(viewed, &said)) } }
        (otherwise(viewed, &corrections, &contested))
        (who(viewed, &entry))
        @if let Some(Value::Object(members)) = event.data.get("facts") {
            section { h2 { "What it says" } (object(viewed, members, 0)) }
        }
        (changed(viewed, &changes))
        @if !found.findings.is_empty() { section { h2 { "Findings" } (findings(viewed, &found.findings)) } }
        (annotated(viewed, &said_of_it.annotations))
        (proof(&entry, &bytes))
        nav.pages aria-label="Entries" {
            ul.actions {
                @if position > 0 { li { a href=(viewed.link(&format!("/entry/{}", position - 1))) { "Entry " (position - 1) } } }
                @if position + 1 < known { li { a href=(viewed.link(&format!("/entry/{}", position + 1))) { "Entry " (position + 1) } } }
            }
        }
    };
    let title = format!("Entry {position}");
    Ok(Page {
        title,
        caption: event.event_type.name.clone(),
        answered: said_of_it.answered.as_ref(),
        feed: String::new(),
        content,
    }
    .render(&visit, &ledger))
}

fn number(text: &str, size: u64) -> Result<u64, Trouble> {
    let number =
        text.parse().map_err(|_no_number| Trouble::Unknown(format!("“{text}” is no number of an entry.")))?;
    if number < size {
        Ok(number)
    } else {
        Err(Trouble::Unknown(format!("There is no entry {number}: the book has {size}, from 0 on.")))
    }
}

/// How it is known otherwise since, and why it is in doubt.
fn otherwise(viewed: &Viewed, corrections: &[Correction], contested: &[Contested]) -> Markup {
    let (corrections, doubts) = (by_entry(corrections), doubts(contested));
    html! {
        @if !corrections.is_empty() || !doubts.is_empty() {
            section {
                h2 { "Known otherwise since" }
                ul.doubts {
                    @for it in corrections {
                        @let (how, what) = correction(it);
                        li { strong { (how) } " " (words_of(viewed, &what))
                            @for field in &it.fields { br; (strip_str(&corrected_field(field))) } }
                    }
                    @for doubt in doubts { li { strong { "Contested" } " " (words_of(viewed, &doubt)) } }
                }
            }
        }
    }
}

/// Who signed it, in which office and with what right.
fn who(viewed: &Viewed, entry: &Entry) -> Markup {
    let event = entry.event();
    let data = &event.data;
    let list = |name: &str| data.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut rows = vec![
        ("about", thing(viewed, event.subject.as_str(), event.subject.as_str())),
        ("recorded", html! { (day_and_time(&entry.recorded.to_string())) }),
        ("written", html! { (day_and_time(&event.time.to_string())) }),
        ("standing", html! { (strip_str(&standing(text(data.get("standing"))))) }),
    ];
    for signatory in list("signatories") {
        let (capacity, body, key) =
            (text(signatory.get("capacity")), text(signatory.get("body")), text(signatory.get("key")));
        rows.push((
            "signed by",
            html! {
                (words(capacity)) @if !body.is_empty() { " of " (thing(viewed, body, body)) } ", with key "
                a href=(viewed.link(&format!("/key/{key}"))) { (key.get(..8).unwrap_or(key)) }
            },
        ));
    }
    for document in list("evidence") {
        rows.push(("evidence", value(viewed, document, 1)));
    }
    for intention in list("fulfils") {
        rows.push(("fulfils", value(viewed, intention, 1)));
    }
    if let Some(Value::Object(basis)) = data.get("basis") {
        rows.push(("basis", object(viewed, basis, 1)));
    }
    facts(&rows)
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Members beside their names.
fn object(viewed: &Viewed, members: &Map<String, Value>, depth: usize) -> Markup {
    let rows: Vec<_> =
        members.iter().map(|(name, value)| (words(name), self::value(viewed, value, depth + 1))).collect();
    let rows: Vec<_> = rows.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    facts(&rows)
}

fn value(viewed: &Viewed, value: &Value, depth: usize) -> Markup {
    html! {
        @match value {
            _ if depth > DEPTH_MAX => { "(more lies deeper)" }
            Value::Null => { "nothing" }
            Value::Bool(holds) => { @if *holds { "yes" } @else { "no" } }
            Value::Number(number) => { (number.to_string()) }
            Value::String(text) => { span.text { (scalar(viewed, text)) } }
            Value::Array(items) => { ul { @for item in items { li { (self::value(viewed, item, depth + 1)) } } } }
            Value::Object(members) => {
                @match sealed(members) {
                    Some(digest) => { "(sealed, SHA-256 " (digest.get(..8).unwrap_or(digest)) "…)" }
                    None => { (object(viewed, members, depth + 1)) }
                }
            }
        }
    }
}

/// The digest of a member that is sealed: nothing is shown of it but the beginning.
fn sealed(members: &Map<String, Value>) -> Option<&str> {
    let digest = members.get("sealed").and_then(Value::as_str)?;
    (members.len() == 1).then_some(digest)
}

fn scalar(viewed: &Viewed, text: &str) -> Markup {
    html! {
        @if path_of(text).is_some() { (thing(viewed, text, text)) }
        @else if is_word(text) { (words(text)) }
        @else { (words_of(viewed, text)) }
    }
}

/// What an event and its changes say.
fn spoken_of(event: &Event, changes: &GetChangesResponse) -> Vec<Value> {
    let differences = changes.changes.iter().filter_map(|change| change.difference.as_ref());
    let told = differences.flat_map(told_by);
    let about = Value::String(event.subject.to_string());
    told.chain([about, Value::Object(event.data.clone())]).collect()
}

/// What it changed in the register.
fn changed(viewed: &Viewed, changes: &GetChangesResponse) -> Markup {
    let titles = ["of", "what", "before", "after", "from", "to"].map(str::to_owned);
    let row = |change: &Change| {
        let it = change.difference.as_ref()?;
        Some(vec![
            thing(viewed, &it.subject, &it.subject),
            words_of(viewed, &words(&it.fact)),
            fact(viewed, it.before.as_ref()),
            fact(viewed, it.after.as_ref()),
            html! { @if change.from.is_empty() { "ever" } @else { (change.from) } },
            html! { @if change.until.is_empty() { "for good" } @else { (last_day(&change.until)) } },
        ])
    };
    let rows: Vec<_> = changes.changes.iter().filter_map(row).collect();
    html! {
        @if !rows.is_empty() {
            section { h2 { "What it changed" } (table(&format!("Facts that are otherwise since, {}", rows.len()), &titles, &rows)) }
        }
    }
}

/// What people say of it.
fn annotated(viewed: &Viewed, annotations: &[Annotation]) -> Markup {
    html! {
        @if !annotations.is_empty() {
            section {
                h2 { "What is said of it" }
                ul {
                    @for it in annotations {
                        li { strong { (words(&it.kind)) } " by " (words(&it.capacity)) ": " (words_of(viewed, said(it.text.as_ref())))
                            " (" a href=(viewed.link(&format!("/entry/{}", it.position))) { "entry " (it.position) } ")" }
                    }
                }
            }
        }
    }
}

/// By what it is proved to whoever does not trust this server.
fn proof(entry: &Entry, bytes: &[u8]) -> Markup {
    let position = entry.position;
    let leaf = TreeHash::leaf(bytes);
    let rows = [
        ("position", html! { (position) }),
        ("leaf hash", html! { code { (leaf) } }),
        ("BLAKE3", html! { code { (Hash::of(bytes)) } }),
        (
            "receipt",
            html! {
                a href=(format!("/entry/{position}/receipt")) download=(format!("entry-{position}.receipt")) { "Receipt of entry " (position) }
                ", which proves it without this server: drop it on the " a href="/verify.html" { "page that verifies" }
            },
        ),
        ("as stored", html! { a href=(format!("/entry/{position}/text")) { "The entry’s text" } }),
        ("event", html! { code { (entry.event().id) } }),
    ];
    html! { section { h2 { "What proves it" } (facts(&rows)) } }
}

/// The receipt of an entry, as a file.
pub(super) async fn receipt(visit: Visit, Path(position): Path<String>) -> Result<Response, Trouble> {
    let position = number(&position, visit.ledger().await?.size)?;
    let request = GetReceiptRequest { entry: Some(Wanted::Position(position)) };
    let found = visit.proofs().get_receipt(visit.request(request)).await?.into_inner();
    let name = format!("attachment; filename=\"entry-{position}.receipt\"");
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    Ok((headers, found.receipt).into_response())
}

/// An entry's bytes, as they are kept.
pub(super) async fn raw(visit: Visit, Path(position): Path<String>) -> Result<Response, Trouble> {
    let position = number(&position, visit.ledger().await?.size)?;
    let bytes = visit.entry(position).await?.entry.map(|entry| entry.content).unwrap_or_default();
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=604800, immutable")];
    Ok((headers, bytes).into_response())
}
