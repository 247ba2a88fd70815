//! What others subscribe to: a body's news as Atom (RFC 4287), what is due for it as a calendar (RFC 5545).

use super::news;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::proto::{GetBodyRequest, ListDueRequest};
use crate::shown::due_calendar;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, PreEscaped, html};

/// How many entries a feed has.
const ENTRIES: usize = 50;

/// The newest entries that say something of a body.
pub(super) async fn atom(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let id = format!("body/{name}");
    let found = news::newest_of(&visit, &id, &[], ENTRIES).await?;
    let updated = found.first().map_or(ledger.last_recorded.clone(), |newest| newest.recorded.clone());
    // By whatever name the server is asked, the feed is the same: its links are relative to where it lies.
    let body = GetBodyRequest { body: id.clone(), view: Some(visit.viewed.to_wire()) };
    let body = visit.register().get_body(visit.request(body)).await?.into_inner().body.unwrap_or_default();
    let called = if body.name.is_empty() { id.clone() } else { body.name };
    // The feed and each entry by the ledger's name and its id.
    let origin = ledger.origin.split('/').next().unwrap_or_default();
    let tag = |what: &str| format!("tag:{origin},2026:{}/{what}", ledger.id);
    let feed: Markup = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" {
            title { "News of " (called) " (" (name) ")" }
            id { (tag(&id)) }
            updated { (updated) }
            (PreEscaped(link(&format!("/body/{name}/news.atom"), "self")))
            (PreEscaped(link(&format!("/body/{name}"), "alternate")))
            author { name { (ledger.origin) } }
            @for it in &found {
                entry {
                    title { (it.says) }
                    id { (tag(&it.position.to_string())) }
                    updated { (it.recorded) }
                    (PreEscaped(link(&format!("/entry/{}", it.position), "alternate")))
                    category term=(it.r#type) {}
                    summary { "Entry " (it.position) ": " (it.says) }
                }
            }
        }
    };
    let headers = [(CONTENT_TYPE, "application/atom+xml; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, feed.into_string()).into_response())
}

/// An empty element, which maud would leave open as HTML does.
fn link(address: &str, rel: &str) -> String {
    let address = html! { (address) }.into_string();
    format!("<link rel=\"{rel}\" href=\"{address}\"/>")
}

/// What is due for a body, and has a day.
pub(super) async fn calendar(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let mut request = ListDueRequest {
        body: format!("body/{name}"),
        view: Some(visit.viewed.to_wire()),
        page_size: 1000,
        ..ListDueRequest::default()
    };
    let mut all = visit.register().list_due(visit.request(request.clone())).await?.into_inner();
    while !all.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut all.next_page_token);
        let more = visit.register().list_due(visit.request(request.clone())).await?.into_inner();
        all.items.extend(more.items);
        all.next_page_token = more.next_page_token;
    }
    let headers = [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, due_calendar(&all)).into_response())
}
