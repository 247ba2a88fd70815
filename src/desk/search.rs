//! The search: by name, code, id or number; what is found, grouped.

use super::blocks::table;
use super::layout::Page;
use super::linked::{path_of, thing};
use super::news;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{Body, ListBodiesRequest, ListBodiesResponse, ListPeopleRequest, Person};
use crate::shown::phrases::{life, slug, text, words};
use anstream::adapter::strip_str;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

/// How many bodies and people are found at most.
const FOUND_MAX: i32 = 100;

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let sought = visit.query.get("q").to_owned();
    if sought.is_empty() {
        return Ok(Redirect::to(&visit.viewed.link("/")).into_response());
    }
    if let Some(path) = path_of(&sought) {
        return Ok(Redirect::to(&visit.viewed.link(&path)).into_response());
    }
    let ledger = visit.ledger().await?;
    let bodies = bodies(&visit, &sought, "").await?;
    let who = ListPeopleRequest {
        who: sought.clone(),
        view: Some(visit.viewed.to_wire()),
        page_size: FOUND_MAX,
        ..ListPeopleRequest::default()
    };
    let people = visit.register().list_people(visit.request(who)).await?.into_inner();
    let entry = sought.parse::<u64>().ok().filter(|position| *position < ledger.size);
    // What can mean one thing alone is that.
    if let ([body], [], None) = (bodies.bodies.as_slice(), people.people.as_slice(), entry) {
        return Ok(Redirect::to(&visit.viewed.link(&format!("/{}", body.id))).into_response());
    }
    let end = match visit.query.get("before").parse::<u64>() {
        Ok(before) => before.min(ledger.size),
        Err(_from_the_end) => ledger.size,
    };
    let (_said, entries, left) = news::with_words(&visit, &sought, end).await?;
    let content = html! {
        @if bodies.bodies.is_empty() && people.people.is_empty() && entry.is_none() && entries.is_empty() {
            p { "Nothing is found for “" (sought) "” among bodies, people and entries so far." }
            p {
                @if visit.viewed.is_reported() { "It may be written otherwise." }
                @else {
                    "It may be written otherwise, or be known from reports alone: "
                    a href=(visit.viewed.counting(true).link_with("/search", &[("q", &sought)])) { "count reports too" } "."
                }
            }
        }
        @if let Some(position) = entry {
            h2 { "Entry" }
            p { a href=(visit.viewed.link(&format!("/entry/{position}"))) { "Entry " (position) } " of the book" }
        }
        @if !bodies.bodies.is_empty() { (body_rows(&visit.viewed, &found("Bodies", &bodies), &bodies.bodies)) }
        @if !people.people.is_empty() {
            (people_rows(&visit.viewed, &counted("People", people.people.len(), !people.next_page_token.is_empty()), &people.people))
        }
        section {
            h2 { "Decisions, meetings and whatever else was recorded in these words" }
            p {
                (entries.len()) " found among "
                @if let Some(left) = left { "entries " (left) " to " (end.saturating_sub(1)) } @else { "all entries up to " (end.saturating_sub(1)) }
                ", the newest first."
            }
            (news::lines(&visit.viewed, &entries, bodies.answered.as_ref()))
            @if let Some(left) = left {
                p.next { a href=(visit.viewed.link_with("/search", &[("q", &sought), ("before", &left.to_string())])) { "Look further back" } }
            }
        }
    };
    let title = format!("Found for “{sought}”");
    let page = Page {
        title,
        caption: String::new(),
        answered: bodies.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(&visit, &ledger))
}

/// Bodies by words of their names, codes or ids, those that are no more among them.
pub(super) async fn bodies(visit: &Visit, words: &str, page: &str) -> Result<ListBodiesResponse, Trouble> {
    let request = ListBodiesRequest {
        words: words.to_owned(),
        include_closed: true,
        page_size: FOUND_MAX,
        page_token: page.to_owned(),
        view: Some(visit.viewed.to_wire()),
        ..ListBodiesRequest::default()
    };
    Ok(visit.register().list_bodies(visit.request(request)).await?.into_inner())
}

fn found(what: &str, bodies: &ListBodiesResponse) -> String {
    counted(what, bodies.bodies.len(), !bodies.next_page_token.is_empty())
}

/// What a list is of, and how many are in it: a cut is said.
pub(super) fn counted(what: &str, count: usize, is_cut: bool) -> String {
    if is_cut { format!("{what}, the first {count}") } else { format!("{what}, {count}") }
}

/// Bodies as a table.
pub(super) fn body_rows(viewed: &Viewed, caption: &str, bodies: &[Body]) -> Markup {
    let titles = ["name", "code", "kind", "on that day"].map(str::to_owned);
    let rows: Vec<Vec<_>> = bodies
        .iter()
        .map(|body| {
            let name = if body.name.is_empty() { &body.id } else { &body.name };
            vec![
                thing(viewed, &body.id, name),
                html! { (slug(&body.id)) },
                html! { (kind(&body.kind)) },
                html! { (strip_str(&life(body))) },
            ]
        })
        .collect();
    table(caption, &titles, &rows)
}

/// People as a table, with what each holds.
pub(super) fn people_rows(viewed: &Viewed, caption: &str, people: &[Person]) -> Markup {
    let titles = ["name", "holds on that day"].map(str::to_owned);
    let rows: Vec<Vec<_>> = people
        .iter()
        .map(|person| {
            let name = text(person.name.as_ref());
            let held: Vec<_> = person
                .offices
                .iter()
                .filter(|office| matches!(office.state.as_str(), "holds" | "perhaps"))
                .collect();
            let held = html! {
                @if held.is_empty() { "no office, as far as is known" }
                @for (i, office) in held.iter().enumerate() {
                    @if i > 0 { "; " }
                    @if office.state == "perhaps" { "perhaps " }
                    (words(&office.office)) " of " (thing(viewed, &office.body, &office.body_name))
                }
            };
            vec![thing(viewed, &person.id, name), held]
        })
        .collect();
    table(caption, &titles, &rows)
}

/// A kind of body as people write it.
pub(super) fn kind(kind: &str) -> String {
    match kind {
        "" => "not known".to_owned(),
        "ccg" | "icb" | "stp" | "ics" => kind.to_uppercase(),
        other => words(other),
    }
}
