//! The page of a person: offices, attendance and votes, across all bodies.

use super::blocks::{facts, table};
use super::body::period;
use super::layout::Page;
use super::linked::{thing, why};
use super::things::further;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::proto::{ListAttendanceRequest, ListPeopleRequest, OfficeOfPerson};
use crate::shown::dates::date_or;
use crate::shown::phrases::{mark, text, words};
use anstream::adapter::strip_str;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use std::collections::BTreeMap;
use tonic::Code;

pub(super) async fn page(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let id = format!("person/{name}");
    let request = ListPeopleRequest {
        who: id.clone(),
        view: Some(visit.viewed.to_wire()),
        ..ListPeopleRequest::default()
    };
    let found = visit.register().list_people(visit.request(request)).await?.into_inner();
    let viewed = &visit.viewed;
    let Some(person) = found.people.iter().find(|person| person.id == id) else {
        return Err(Trouble::Unknown(format!("Nobody {id} is known here, as far as this view sees.")));
    };
    let titles = ["office", "of", "when", "on that day", "entries"].map(str::to_owned);
    let rows: Vec<Vec<_>> = person
        .offices
        .iter()
        .map(|office| {
            vec![
                html! { (words(&office.office)) @if !office.tenure.is_empty() { " (" (words(&office.tenure)) ")" } },
                thing(viewed, &office.body, &office.body_name),
                html! { (when(office)) },
                html! { (words(&office.state)) (strip_str(&mark(&office.standing))) },
                super::linked::entries(viewed, &office.why),
            ]
        })
        .collect();
    let sat = attended(&visit, &id, &person.offices).await?;
    let others: Vec<_> = person.names.iter().filter(|held| held.name != person.name).collect();
    let content = html! {
        @if !others.is_empty() {
            (facts(&[("other names", html! {
                ul { @for held in others { li { bdi { (text(held.name.as_ref())) } (why(viewed, &[held.position])) } } }
            })]))
        }
        @if rows.is_empty() { p { "No office is known to this view." } }
        @else { (table("Offices, those that are held on that day first", &titles, &rows)) }
        @if !sat.is_empty() {
            section {
                h2 { "Attendance" }
                (table("How often they were there, body by body", &ATTENDANCE.map(str::to_owned), &sat))
            }
        }
        (further(viewed, &id, &[
            ("/list/votes", "subject", "How they voted"),
            ("/decisions", "subject", "Decisions about them"),
        ]))
    };
    let title = text(person.name.as_ref()).to_owned();
    let page = Page {
        title,
        caption: format!("Person {name}"),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(&visit, &ledger))
}

/// What is told of attendance.
const ATTENDANCE: [&str; 6] =
    ["of", "sittings", "attended", "apologies", "a deputy for them", "nothing is said"];

/// Of how many bodies it is asked how often somebody was there.
const BODIES_MAX: usize = 16;

/// How often somebody was at the sittings of the bodies in which they held an office.
async fn attended(visit: &Visit, id: &str, offices: &[OfficeOfPerson]) -> Result<Vec<Vec<Markup>>, Trouble> {
    let bodies: BTreeMap<_, _> = offices.iter().map(|office| (&office.body, &office.body_name)).collect();
    let mut rows = Vec::new();
    for (body, name) in bodies.into_iter().take(BODIES_MAX) {
        let request = ListAttendanceRequest {
            body: body.clone(),
            view: Some(visit.viewed.to_wire()),
            ..ListAttendanceRequest::default()
        };
        let found = match visit.register().list_attendance(visit.request(request)).await {
            Ok(found) => found.into_inner(),
            // A body that this view does not know has no sittings in it.
            Err(status) if status.code() == Code::NotFound => continue,
            Err(status) => return Err(status.into()),
        };
        rows.extend(found.attendance.iter().filter(|it| it.person == id).map(|it| {
            let counts = [it.sittings, it.attended, it.apologies, it.deputised, it.unaccounted];
            let of = html! { (thing(&visit.viewed, body, name)) (why(&visit.viewed, &it.why)) };
            [of].into_iter().chain(counts.map(|count| html! { (count) })).collect()
        }));
    }
    Ok(rows)
}

fn when(office: &OfficeOfPerson) -> String {
    if office.from.is_none() && office.until.is_none() && !office.observed_on.is_empty() {
        let seen: Vec<_> = office.observed_on.iter().map(|day| date_or(Some(day), "")).collect();
        return format!("seen on {}", seen.join(", "));
    }
    period(office.from.as_ref(), office.until.as_ref())
}
