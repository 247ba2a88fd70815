//! Who sits on a body, and whose keys sign for it.

use crate::desk::blocks::table;
use crate::desk::linked::{thing, why};
use crate::desk::trouble::Trouble;
use crate::desk::viewed::Viewed;
use crate::desk::visit::Visit;
use crate::proto::{
    Certainty, GetGoverningBodyResponse, GetOfficeRequest, GoverningBodyMember, Grant, Key, PDate,
};
use crate::shown::dates::{date_or, spoken, to};
use crate::shown::phrases::{mark, slug, text, words};
use anstream::adapter::strip_str;
use maud::{Markup, html};

/// Who sits on the governing body, in which office, since when the book knows it.
pub(super) async fn who_sits(visit: &Visit, sits: &GetGoverningBodyResponse) -> Result<Markup, Trouble> {
    let viewed = &visit.viewed;
    let mut rows = Vec::new();
    for (member, doubt) in
        sits.members.iter().map(|it| (it, "")).chain(sits.perhaps.iter().map(|it| (it, "perhaps: ")))
    {
        for term in &member.terms {
            let since = visit
                .known_since(&term.why, |known| holds(visit, known, &sits.body, &member.person, &term.office))
                .await?;
            rows.push(vec![
                html! { a href=(viewed.link(&format!("/office/{}/{}", slug(&sits.body), term.office))) { (words(&term.office)) } },
                html! { (doubt) (person(viewed, member)) (strip_str(&mark(&term.standing))) },
                html! { (period(term.from.as_ref(), term.until.as_ref())) @if !term.tenure.is_empty() { " (" (words(&term.tenure)) ")" } },
                html! {
                    @if let Some((day, position)) = since {
                        (spoken(&day)) " (" a href=(viewed.link(&format!("/entry/{position}"))) { "entry " (position) } ")"
                    }
                },
            ]);
        }
    }
    let titles = ["office", "who", "since", "known since"].map(str::to_owned);
    Ok(html! {
        section {
            h2 { "Who sits on it" }
            @if rows.is_empty() {
                p { @if sits.is_known { "Nobody is known to sit on it on that day." } @else { "Not known: no entry of this view says who." } }
            } @else { (table("Members of the governing body with a vote", &titles, &rows)) }
            p { a href=(viewed.link(&format!("/office/{}/accountable_officer", slug(&sits.body)))) { "Each office by itself" } }
            @if sits.is_known { p { (sits.seats_filled) " of its voting seats are filled for certain" @if sits.seats_vacant > 0 { ", " (sits.seats_vacant) " vacant" } "." } }
            @if sits.law.is_empty() { p.note { "It is held against no law: none of its kind and day is entered here." } }
            @else {
                h3 { "What the law of that day asks of it" }
                p.note { "Held against " (sits.law) "." }
                ul.asked {
                    @for asked in &sits.requirements {
                        li {
                            strong { @match asked.met() { Certainty::Yes => "Met", Certainty::No => "Not met", Certainty::Unknown | Certainty::Unspecified => "Not known" } }
                            ": " (asked.says) (why(viewed, &asked.why))
                        }
                    }
                }
            }
        }
    })
}

/// Whether somebody held an office for certain or perhaps, with less that is known.
pub(in crate::desk) async fn holds(
    visit: &Visit,
    known: Viewed,
    body: &str,
    person: &str,
    office: &str,
) -> Result<bool, Trouble> {
    let request =
        GetOfficeRequest { body: body.to_owned(), office: office.to_owned(), view: Some(known.to_wire()) };
    match visit.register().get_office(visit.request(request)).await.map_err(Trouble::from) {
        Ok(found) => {
            let found = found.into_inner();
            Ok(found.holders.iter().chain(&found.perhaps).any(|holder| holder.person == person))
        }
        Err(Trouble::Unknown(_) | Trouble::Wrong { .. }) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

fn person(viewed: &Viewed, member: &GoverningBodyMember) -> Markup {
    let name = if member.name.is_empty() { "(name sealed or not known)" } else { &member.name };
    thing(viewed, &member.person, name)
}

/// A period, of which either end may be unknown.
pub(in crate::desk) fn period(from: Option<&PDate>, until: Option<&PDate>) -> String {
    format!("{}{}", date_or(from, "not stated"), to(until))
}

/// The keys that may sign for it, with what is wrong with one.
pub(super) fn keys(viewed: &Viewed, keys: &[Key]) -> Markup {
    let titles = ["key", "signs as", "state"].map(str::to_owned);
    let of_it = |grant: &&Grant| grant.bodies != ["any"];
    let rows: Vec<Vec<_>> = keys
        .iter()
        .filter(|key| key.grants.iter().any(|grant| of_it(&grant)))
        .map(|key| {
            let called = match text(key.label.as_ref()) { "" => key.key.get(..8).unwrap_or(&key.key), label => label };
            let grants: Vec<_> = key.grants.iter().filter(of_it).map(|grant| format!("{} ({})", words(&grant.capacity), words(&grant.state))).collect();
            vec![
                html! { a href=(viewed.link(&format!("/key/{}", key.key))) { bdi { (called) } } },
                html! { (grants.join(", ")) },
                html! {
                    @if key.is_revoked { strong.tag { "revoked: " (words(&key.revoked_reason)) } } @else { "enrolled" }
                    @if let Some(from) = key.compromised_from { " " strong.tag { "what it signed from entry " (from) " on is contested" } }
                },
            ]
        })
        .collect();
    html! {
        section {
            h2 { "Keys" }
            @if rows.is_empty() { p { "No key may sign for it alone, as far as this view knows." } }
            @else { (table(&format!("Keys that sign for it, {}", rows.len()), &titles, &rows)) }
        }
    }
}
