//! What a body is or was: its life, names, codes, area, those before it and after it.

use crate::desk::blocks::facts;
use crate::desk::linked::{thing, why};
use crate::desk::viewed::Viewed;
use crate::proto::{Body, CodeHeld, JoinedDate, Life, NameHeld, PDate, SuccessionLink};
use crate::shown::dates::{date_or, end, to};
use crate::shown::phrases::{by, life, mark, slug, words};
use anstream::adapter::strip_str;
use maud::{Markup, html};

/// Everything that is said of it.
pub(super) fn what_it_is(viewed: &Viewed, body: &Body) -> Markup {
    let mut rows = vec![("on that day", html! { strong { (strip_str(&life(body))) } })];
    if let Some(opened) = &body.opened {
        rows.push(("opened", joined(viewed, opened, false)));
    }
    if let Some(closed) = &body.closed {
        let name = if body.life() == Life::Closed { "last day" } else { "ends" };
        rows.push((name, joined(viewed, closed, true)));
    }
    // The same name by several entries is one, with all of them.
    let mut names: Vec<(&NameHeld, Vec<u64>)> = Vec::new();
    for held in body.names.iter().filter(|held| held.name != body.name) {
        let is_same = |(known, _why): &&mut (&NameHeld, Vec<u64>)| {
            (&known.name, &known.from, known.is_short) == (&held.name, &held.from, held.is_short)
        };
        match names.iter_mut().find(is_same) {
            Some((_known, why)) => why.push(held.position),
            None => names.push((held, vec![held.position])),
        }
    }
    if !names.is_empty() {
        rows.push((
            "other names",
            html! { ul { @for (held, at) in &names { li { (name_held(viewed, held, at)) } } } },
        ));
    }
    if !body.codes.is_empty() {
        rows.push(("codes", html! { ul { @for code in &body.codes { li { (code_held(viewed, code)) } } } }));
    }
    if !body.part_of.is_empty() {
        rows.push(("part of", thing(viewed, &body.part_of, &slug(&body.part_of))));
    }
    if !body.units.is_empty() {
        rows.push(("area", units(viewed, &body.units)));
    }
    if !body.units_perhaps.is_empty() {
        rows.push(("perhaps also", units(viewed, &body.units_perhaps)));
    }
    if !body.predecessors.is_empty() {
        rows.push(("came from", links(viewed, &body.predecessors)));
    }
    if !body.successors.is_empty() {
        rows.push(("followed by", links(viewed, &body.successors)));
    }
    facts(&rows)
}

fn units(viewed: &Viewed, units: &[String]) -> Markup {
    html! {
        @for (i, unit) in units.iter().enumerate() {
            @if i > 0 { " " }
            a href=(viewed.link_with("/commissioner", &[("unit", unit)])) { (unit) }
        }
    }
}

fn links(viewed: &Viewed, links: &[SuccessionLink]) -> Markup {
    html! {
        ul {
            @for link in links {
                li {
                    (thing(viewed, &link.body, if link.name.is_empty() { &link.body } else { &link.name }))
                    " (" (words(&link.kind)) ", " (date_or(link.effective.as_ref(), "day not stated"))
                    @if !link.inferred.is_empty() { ", INFERRED" }
                    @if !link.units.is_empty() { "; units " (link.units.join(" ")) }
                    ")" (by(&link.sources)) (why(viewed, &link.why))
                }
            }
        }
    }
}

fn name_held(viewed: &Viewed, held: &NameHeld, at: &[u64]) -> Markup {
    html! {
        bdi { (held.name) } ", " (held.from.as_ref().map_or_else(|| "since it opened".to_owned(), |from| format!("from {}", date_or(Some(from), ""))))
        @if held.is_short { ", the register's short form" }
        (strip_str(&mark(&held.standing))) (why(viewed, at))
    }
}

fn code_held(viewed: &Viewed, code: &CodeHeld) -> Markup {
    html! {
        (code.scheme.to_uppercase()) " " strong { (code.value) }
        @if !code.role.is_empty() { " as " (code.role) }
        @if let Some(from) = &code.from { " from " (date_or(Some(from), "")) }
        (to(code.until.as_ref())) (why(viewed, &[code.position]))
    }
}

/// A date as all who stated it leave it; contradictions side by side.
fn joined(viewed: &Viewed, joined: &JoinedDate, is_end: bool) -> Markup {
    let told = |date: &PDate| if is_end { end(date) } else { date_or(Some(date), "") };
    html! {
        @match &joined.value {
            Some(value) => {
                (told(value)) (strip_str(&mark(&joined.standing))) (why(viewed, &joined.why))
                @if !joined.said_otherwise.is_empty() { ", but otherwise said: " }
            }
            None => { strong { "Not known, since the sources differ: " } }
        }
        @for (i, it) in joined.said_otherwise.iter().enumerate() {
            @if i > 0 { "; or " }
            (it.date.as_ref().map_or_else(|| "not stated".to_owned(), told)) (by(&it.sources)) (why(viewed, &[it.position]))
        }
    }
}
