//! The page of a body: what it is or was, who sits on it, what it decided, what is due, what became of it, and what is not known.

use super::blocks::{facts, table};
use super::decisions;
use super::layout::Page;
use super::linked::{thing, why, words_of};
use super::lists::findings;
use super::search::kind;
use super::things::further;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{
    Body, CodeHeld, Decision, DueItem, GetBodyRequest, GetBodyResponse, GetCommissionerRequest,
    GetGoverningBodyRequest, GetGoverningBodyResponse, GoverningBodyMember, JoinedDate, Life,
    ListDecisionsRequest, ListDueRequest, ListMeetingsRequest, Meeting, NameHeld, SuccessionLink,
};
use crate::shown::dates::spoken;
use crate::shown::dates::{date_or, end, to};
use crate::shown::phrases::{by, day_and_time, life, mark, slug, words};
use anstream::adapter::strip_str;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use tonic::Status;

/// How many of what there is most of stand on the page.
const SOME: usize = 5;

/// The lists that are of a body.
const LISTS: [(&str, &str, &str); 16] = [
    ("/decisions", "subject", "All decisions"),
    ("/list/meetings", "body", "All meetings"),
    ("/list/actions", "body", "Action log"),
    ("/list/conditions", "body", "Open conditions of approvals"),
    ("/list/mergers", "body", "Mergers"),
    ("/list/consultations", "body", "Consultations"),
    ("/list/committees", "body", "Committees"),
    ("/list/delegations", "subject", "Delegations"),
    ("/list/attendance", "body", "Attendance"),
    ("/list/votes", "subject", "Votes by name"),
    ("/list/practices", "body", "Member practices"),
    ("/list/directions", "body", "Directions of NHS England"),
    ("/list/partnerships", "body", "Partnerships"),
    ("/list/intentions", "subject", "What is intended"),
    ("/list/stated", "subject", "What is stated about it"),
    ("/lineage", "body", "Where it comes from and what became of it"),
];

pub(super) async fn page(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let view = || Some(visit.viewed.to_wire());
    let found = get(&visit, &name).await?;
    let Some(body) = &found.body else {
        return Err(Trouble::Unknown(format!("No body “{name}” is known here.")));
    };
    let id = body.id.clone();
    let (mut register, mut again, mut others, mut last) =
        (visit.register(), visit.register(), visit.register(), visit.register());
    let (sits, due, meetings, decisions) = tokio::join!(
        register
            .get_governing_body(visit.request(GetGoverningBodyRequest { body: id.clone(), view: view() })),
        again.list_due(visit.request(ListDueRequest {
            body: id.clone(),
            view: view(),
            ..ListDueRequest::default()
        })),
        others.list_meetings(visit.request(ListMeetingsRequest {
            body: id.clone(),
            view: view(),
            page_size: 1000,
            ..ListMeetingsRequest::default()
        })),
        last.list_decisions(visit.request(ListDecisionsRequest {
            subject: id.clone(),
            view: view(),
            page_size: 1000,
            ..ListDecisionsRequest::default()
        })),
    );
    let sits = asked(sits)?;
    let due = asked(due)?.map(|due| due.items).unwrap_or_default();
    let meetings = asked(meetings)?.map(|found| found.meetings).unwrap_or_default();
    let decided = asked(decisions)?;
    let answered = found.answered.as_ref();
    let commissioners = commissioners(&visit, body).await?;
    let viewed = &visit.viewed;
    let decided_by = decided.as_ref().map_or(&[][..], |found| found.decisions.as_slice());
    let decided_answer = decided.as_ref().and_then(|found| found.answered.as_ref());
    let content = html! {
        (what_it_is(viewed, body))
        (commissioners)
        @if let Some(sits) = &sits { (who_sits(&visit, sits).await?) }
        (next_due(viewed, &due))
        (newest_meetings(viewed, &meetings))
        (newest_decisions(viewed, decided_by, decided_answer))
        (not_known(&visit, body, &found))
        @if !found.others.is_empty() {
            h2 { "Other bodies that the code has meant or will mean" }
            ul { @for other in &found.others { li { (thing(viewed, &other.id, &other.name)) " (" (other.id) ")" } } }
        }
        (further(viewed, &id, &LISTS))
    };
    let caption = format!("{} {}", kind(&body.kind), slug(&body.id));
    let title = if body.name.is_empty() { body.id.clone() } else { body.name.clone() };
    Ok(Page { title, caption, answered, content }.render(&visit, &ledger))
}

/// The body, by what follows its kind in its id, or else by a code.
async fn get(visit: &Visit, name: &str) -> Result<GetBodyResponse, Trouble> {
    let ask = |body: String| async move {
        let request = GetBodyRequest { body, view: Some(visit.viewed.to_wire()) };
        visit.register().get_body(visit.request(request)).await
    };
    match ask(format!("body/{name}")).await {
        Ok(found) => Ok(found.into_inner()),
        Err(_no_id) => Ok(ask(name.to_owned()).await?.into_inner()),
    }
}

/// An answer, or that there is none for a body of this kind.
fn asked<A>(answer: Result<tonic::Response<A>, Status>) -> Result<Option<A>, Trouble> {
    match answer.map_err(Trouble::from) {
        Ok(found) => Ok(Some(found.into_inner())),
        Err(Trouble::Unknown(_) | Trouble::Wrong(_)) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn what_it_is(viewed: &Viewed, body: &Body) -> Markup {
    let mut rows = vec![("on that day", html! { strong { (strip_str(&life(body))) } })];
    if let Some(opened) = &body.opened {
        rows.push(("opened", joined(viewed, opened, false)));
    }
    if let Some(closed) = &body.closed {
        let name = if body.life() == Life::Closed { "last day" } else { "ends" };
        rows.push((name, joined(viewed, closed, true)));
    }
    let names = body.names.iter().filter(|held| held.name != body.name).collect::<Vec<_>>();
    if !names.is_empty() {
        rows.push(("other names", html! { ul { @for held in names { li { (name_held(viewed, held)) } } } }));
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

fn name_held(viewed: &Viewed, held: &NameHeld) -> Markup {
    html! {
        bdi { (held.name) } ", " (held.from.as_ref().map_or_else(|| "at first".to_owned(), |from| format!("from {}", date_or(Some(from), ""))))
        @if held.is_short { ", the register's short form" }
        (strip_str(&mark(&held.standing))) (why(viewed, &[held.position]))
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
    let told = |date: &crate::proto::PDate| if is_end { end(date) } else { date_or(Some(date), "") };
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

/// Who commissions, on the view's day, for the areas with which the body opened.
async fn commissioners(visit: &Visit, body: &Body) -> Result<Markup, Trouble> {
    let mut rows = Vec::new();
    for unit in body.opened_with.iter().take(SOME) {
        let request = GetCommissionerRequest { unit: unit.clone(), view: Some(visit.viewed.to_wire()) };
        let Some(found) = asked(visit.register().get_commissioner(visit.request(request)).await)? else {
            continue;
        };
        rows.push((format!("Area {unit}"), super::commissioner::who(&visit.viewed, &found)));
    }
    let rows: Vec<_> = rows.iter().map(|(name, who)| (name.as_str(), who.clone())).collect();
    Ok(html! {
        @if !rows.is_empty() {
            section { h2 { "Who commissions for its area on that day" } (facts(&rows)) }
        }
    })
}

/// Who sits on the governing body, in which office, since when the book knows it.
async fn who_sits(visit: &Visit, sits: &GetGoverningBodyResponse) -> Result<Markup, Trouble> {
    let viewed = &visit.viewed;
    let mut rows = Vec::new();
    for (member, doubt) in
        sits.members.iter().map(|it| (it, "")).chain(sits.perhaps.iter().map(|it| (it, "perhaps: ")))
    {
        for term in &member.terms {
            let since = visit.known_since(&term.why).await?;
            rows.push(vec![
                html! { (words(&term.office)) },
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
            @for asked in sits.requirements.iter().filter(|asked| asked.met != "met") {
                p { strong { @if asked.met == "not_met" { "Not met" } @else { "Not known" } } ": " (asked.says) (why(viewed, &asked.why)) }
            }
            @if !sits.law.is_empty() { p.note { "Held against " (sits.law) "." } }
        }
    })
}

fn person(viewed: &Viewed, member: &GoverningBodyMember) -> Markup {
    let name = if member.name.is_empty() { "(name sealed or not known)" } else { &member.name };
    thing(viewed, &member.person, name)
}

/// A period, of which either end may be unknown.
pub(super) fn period(from: Option<&crate::proto::PDate>, until: Option<&crate::proto::PDate>) -> String {
    format!("{}{}", date_or(from, "not stated"), to(until))
}

fn next_due(viewed: &Viewed, due: &[DueItem]) -> Markup {
    let titles = ["by", "what", "of"].map(str::to_owned);
    let rows: Vec<Vec<_>> = due
        .iter()
        .take(SOME)
        .map(|item| {
            vec![
                html! { (date_or(item.due_on.as_ref(), "no day stated")) @if item.is_overdue { " " strong.tag { "overdue" } } },
                html! { (words_of(viewed, &item.what)) (why(viewed, &item.why)) },
                html! { (words(&item.kind)) ", " (thing(viewed, &item.subject, &item.subject)) },
            ]
        })
        .collect();
    html! {
        section {
            h2 { "What is due" }
            @if rows.is_empty() { p { "Nothing, as far as this view knows." } }
            @else { (table(&super::search::counted("Due", rows.len(), due.len() > rows.len()), &titles, &rows)) }
        }
    }
}

fn newest_meetings(viewed: &Viewed, meetings: &[Meeting]) -> Markup {
    let titles = ["when", "meeting", "state"].map(str::to_owned);
    let rows: Vec<Vec<_>> = meetings
        .iter()
        .rev()
        .take(SOME)
        .map(|meeting| {
            let starts = if meeting.starts_at.is_empty() {
                "not known".to_owned()
            } else {
                day_and_time(&meeting.starts_at)
            };
            vec![
                html! { (starts) },
                thing(viewed, &meeting.id, &meeting.title),
                html! { (words(&meeting.state)) },
            ]
        })
        .collect();
    html! {
        section {
            h2 { "Meetings" }
            @if rows.is_empty() { p { "None is known to this view." } }
            @else { (table(&newest("meetings", rows.len(), meetings.len()), &titles, &rows)) }
        }
    }
}

/// What a list of the newest is of, and of how many.
fn newest(what: &str, shown: usize, all: usize) -> String {
    match (shown, all) {
        (1, 1) => format!("The only one of its {what} that is known"),
        (shown, all) if shown == all => format!("All {all} {what}, the last first"),
        _ => format!("The last {shown} of {all} {what}"),
    }
}

fn newest_decisions(
    viewed: &Viewed,
    decided: &[Decision],
    answered: Option<&crate::proto::Answered>,
) -> Markup {
    html! {
        section {
            h2 { "Decisions" }
            @if decided.is_empty() { p { "None is known to this view." } }
            @else {
                p { (newest("decisions", decided.len().min(SOME), decided.len())) "." }
                @for decision in decided.iter().rev().take(SOME) { (decisions::card(viewed, decision, answered)) }
            }
        }
    }
}

/// What the view does not know of it.
fn not_known(visit: &Visit, body: &Body, found: &GetBodyResponse) -> Markup {
    let mut unknown = Vec::new();
    if body.kind.is_empty() {
        unknown.push("of which kind it is");
    }
    if body.opened.is_none() {
        unknown.push("when it opened");
    }
    if body.name.is_empty() {
        unknown.push("what it is called on that day");
    }
    html! {
        @if !unknown.is_empty() || !found.findings.is_empty() {
            section {
                h2 { "What is not known, or contradicts" }
                @if !unknown.is_empty() { p { "No entry of this view says " (unknown.join(", ")) "." } }
                (findings(visit, &found.findings))
            }
        }
    }
}
