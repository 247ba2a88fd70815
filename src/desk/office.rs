//! The page of an office: who holds it on the day, as what sources saw them, since when that is known; and who perhaps does.

use super::blocks::facts;
use super::body::{holds, period};
use super::layout::Page;
use super::linked::{entries, thing, why};
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{GetOfficeRequest, OfficeHolder};
use crate::shown::Names;
use crate::shown::dates::spoken;
use crate::shown::phrases::{capitalised, mark, nobody, observation, words};
use anstream::adapter::strip_str;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use minutebook_governance::people::Office;

pub(super) async fn page(
    visit: Visit,
    Path((body, office)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let Some(office) = Office::ALL.into_iter().find(|known| known.as_str() == office) else {
        return Err(Trouble::Unknown(format!("There is no office “{office}”: the record knows others.")));
    };
    let ledger = visit.ledger().await?;
    let request =
        GetOfficeRequest { body, office: office.as_str().to_owned(), view: Some(visit.viewed.to_wire()) };
    let found = visit.register().get_office(visit.request(request)).await?.into_inner();
    let viewed = &visit.viewed.naming(Names::of(found.answered.as_ref()));
    let mut holders = Vec::new();
    for (holder, is_perhaps) in
        found.holders.iter().map(|it| (it, false)).chain(found.perhaps.iter().map(|it| (it, true)))
    {
        let since = visit
            .known_since(&holder.why, |known| {
                holds(&visit, known, &found.body, &holder.person, &found.office)
            })
            .await?;
        holders.push(self::holder(viewed, holder, is_perhaps, since));
    }
    let body = found.body.trim_start_matches("body/");
    let content = html! {
        @if found.holders.is_empty() && (found.perhaps.is_empty() || found.is_vacant) {
            p.lead { (capitalised(nobody(&found))) "." (why(viewed, &found.why)) }
        }
        @for holder in &holders { (holder) }
        @if !found.reports.is_empty() {
            p {
                "Reports say more, which this page does not count: " (entries(viewed, &found.reports)) ". "
                a href=(viewed.counting(true).link(&visit.path)) { "Count reports too" }
            }
        }
        section {
            h2 { "Other offices" }
            ul.links {
                @for other in Office::ALL.into_iter().filter(|other| *other != office) {
                    li { a href=(viewed.link(&format!("/office/{body}/{}", other.as_str()))) { (capitalised(&words(other.as_str()))) } }
                }
            }
        }
    };
    let title = format!("{} of {}", capitalised(&words(&found.office)), viewed.called(&found.body));
    Ok(Page {
        title,
        caption: "Office".to_owned(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    }
    .render(&visit, &ledger))
}

/// Somebody who holds it, or perhaps does, and since which entry the book says so.
fn holder(viewed: &Viewed, holder: &OfficeHolder, is_perhaps: bool, since: Option<(String, u64)>) -> Markup {
    let name = if holder.name.is_empty() { "(name sealed or not known)" } else { &holder.name };
    let mut rows = vec![
        ("since", html! { (period(holder.from.as_ref(), holder.until.as_ref())) }),
        ("tenure", html! { @if holder.tenure.is_empty() { "not stated" } @else { (words(&holder.tenure)) } }),
    ];
    if let Some((day, position)) = since {
        rows.push(("known since", html! { (spoken(&day)) " (" a href=(viewed.link(&format!("/entry/{position}"))) { "entry " (position) } ")" }));
    }
    rows.extend(holder.observations.iter().map(|seen| ("seen", html! { (observation(seen)) })));
    rows.push(("rests on", entries(viewed, &holder.why)));
    html! {
        section.card {
            h2 { @if is_perhaps { "Perhaps " } (thing(viewed, &holder.person, name)) (strip_str(&mark(&holder.standing))) }
            @if is_perhaps { p { "It is not known whether that holds on this day: a date is imprecise, or they were last seen before." } }
            (facts(&rows))
        }
    }
}
