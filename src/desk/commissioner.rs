//! Who commissions for a place on a day.

use super::blocks::facts;
use super::layout::Page;
use super::linked::{thing, why, words_of};
use super::search::bodies;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{GetCommissionerRequest, GetCommissionerResponse};
use crate::shown::dates::spoken;
use crate::shown::phrases::{self, intention};
use axum::response::Response;
use maud::{Markup, html};

pub(super) async fn page(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let sought = visit.query.get("unit").to_owned();
    if sought.is_empty() {
        return Err(Trouble::wrong(
            "unit",
            "Say for which area: by its code of 2013 (04N), or by words of its name.",
        ));
    }
    let units = units(&visit, &sought).await?;
    let [unit] = units.as_slice() else {
        let content = html! {
            @if units.is_empty() { p { "No area is found for “" (sought) "”: areas are those of the 211 groups of 2013, by code or name." } }
            @else {
                p { "These areas are found for “" (sought) "”:" }
                ul { @for unit in &units { li { a href=(visit.viewed.link_with("/commissioner", &[("unit", &unit.0)])) { (unit.0) " " (unit.1) } } } }
            }
        };
        let title = format!("Areas for “{sought}”");
        return Ok(Page { title, caption: String::new(), answered: None, feed: String::new(), content }
            .render(&visit, &ledger));
    };
    let request = GetCommissionerRequest { unit: unit.0.clone(), view: Some(visit.viewed.to_wire()) };
    let found = visit.register().get_commissioner(visit.request(request)).await?.into_inner();
    let answered = found.answered.as_ref();
    let since = visit.known_since(&found.why, |known| is_same(&visit, known, &unit.0, &found)).await?;
    let viewed = &visit.viewed;
    let mut rows = vec![("commissions", who(viewed, &found))];
    if !found.sources.is_empty() {
        rows.push(("sources", html! { (found.sources.join("; ")) }));
    }
    if let Some((day, position)) = since {
        rows.push(("known since", html! { a href=(viewed.link(&format!("/entry/{position}"))) { "entry " (position) } ", recorded on " (spoken(&day)) }));
    }
    for part in &found.parts {
        rows.push(("but for", html! { (part.unit) ": " (thing(viewed, &part.body, &part.body)) }));
    }
    for it in &found.intentions {
        rows.push(("intended", words_of(viewed, &intention(it))));
    }
    let content = facts(&rows);
    let day = answered.map(|answered| spoken(&answered.as_at)).unwrap_or_default();
    let name = if unit.1.is_empty() { unit.0.clone() } else { format!("{} ({})", unit.1, unit.0) };
    let title = format!("Who commissions for {name} on {day}");
    Ok(Page { title, caption: String::new(), answered, feed: String::new(), content }.render(&visit, &ledger))
}

/// Whether the answer was the same with less that is known.
async fn is_same(
    visit: &Visit,
    known: Viewed,
    unit: &str,
    found: &GetCommissionerResponse,
) -> Result<bool, Trouble> {
    let request = GetCommissionerRequest { unit: unit.to_owned(), view: Some(known.to_wire()) };
    let body = |found: &GetCommissionerResponse| found.body.as_ref().map(|body| body.id.clone());
    match visit.register().get_commissioner(visit.request(request)).await.map_err(Trouble::from) {
        Ok(before) => {
            let before = before.into_inner();
            Ok(body(&before) == body(found) && before.perhaps == found.perhaps && before.doubt == found.doubt)
        }
        // A book without an answer has another.
        Err(Trouble::Unknown(_) | Trouble::Wrong { .. }) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

/// The areas that are meant, with the names of the bodies that opened with them.
async fn units(visit: &Visit, sought: &str) -> Result<Vec<(String, String)>, Trouble> {
    let found = bodies(visit, sought, "").await?;
    let mut units: Vec<(String, String)> = found
        .bodies
        .iter()
        .flat_map(|body| body.opened_with.iter().map(|unit| (unit.clone(), body.name.clone())))
        .collect();
    units.dedup();
    let exact: Vec<_> =
        units.iter().filter(|(unit, _name)| unit.eq_ignore_ascii_case(sought)).cloned().collect();
    // A part of an area has no body that opened with it.
    if units.is_empty() && sought.contains('/') {
        return Ok(vec![(sought.to_owned(), String::new())]);
    }
    Ok(if exact.is_empty() { units } else { exact })
}

/// Who it is, or why that can't be told.
pub(super) fn who(viewed: &Viewed, found: &GetCommissionerResponse) -> Markup {
    let doubt = phrases::doubt(&found.doubt);
    html! {
        @match &found.body {
            Some(body) => { strong { (thing(viewed, &body.id, if body.name.is_empty() { &body.id } else { &body.name })) } (why(viewed, &found.why)) }
            None => {
                @match found.perhaps.as_slice() {
                    [] => {
                        @if found.parts.is_empty() { "Nobody is known to." } @else { "Nobody for all of it: it is divided." }
                        (why(viewed, &found.why))
                    }
                    perhaps => {
                        strong { "Not known: " } @if perhaps.len() > 1 { "one of " } @else { "perhaps " }
                        @for (i, body) in perhaps.iter().enumerate() { @if i > 0 { ", " } (thing(viewed, body, body)) }
                        "; " (doubt) "." (why(viewed, &found.why))
                    }
                }
            }
        }
    }
}
