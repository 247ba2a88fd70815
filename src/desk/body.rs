//! The page of a body: what it is or was, who sits on it, what it decided, what is due, what became of it, and what is not known.

mod life;
mod people;
pub(super) use people::{holds, period};

use super::blocks::{facts, next_page, table};
use super::decisions;
use super::layout::Page;
use super::linked::{thing, why, words_of};
use super::lists::findings;
use super::news;
use super::said::together;
use super::search::{counted, kind};
use super::things::further;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{
    Body, Decision, DueItem, GetBodyRequest, GetBodyResponse, GetCommissionerRequest,
    GetGoverningBodyRequest, ListDecisionsRequest, ListDueRequest, ListKeysRequest, ListMeetingsRequest,
    Meeting,
};
use crate::shown::Names;
use crate::shown::dates::date_or;
use crate::shown::phrases::{day_and_time, slug, words};
use axum::extract::Path;
use axum::response::Response;
use life::what_it_is;
use maud::{Markup, html};
use people::{keys, who_sits};
use tonic::Status;

/// How many of what there is most of stand on the page.
const SOME: usize = 5;

/// The lists that are of a body.
const LISTS: [(&str, &str, &str); 20] = [
    ("/decisions", "subject", "All decisions"),
    ("/list/meetings", "body", "All meetings"),
    ("/due", "body", "Everything that is due"),
    ("/list/actions", "body", "Action log"),
    ("/list/conditions", "body", "Open conditions of approvals"),
    ("/list/mergers", "body", "Mergers"),
    ("/list/consultations", "body", "Consultations"),
    ("/list/committees", "body", "Committees"),
    ("/list/delegations", "subject", "Delegations"),
    ("/whole/powers", "body", "Who may decide what for it"),
    ("/whole/interests", "subject", "Registers of interests"),
    ("/list/attendance", "body", "Attendance"),
    ("/list/votes", "subject", "Votes by name"),
    ("/list/practices", "body", "Member practices"),
    ("/list/directions", "body", "Directions of NHS England"),
    ("/list/partnerships", "body", "Partnerships"),
    ("/list/intentions", "subject", "What is intended"),
    ("/list/stated", "subject", "What is stated about it"),
    ("/lineage", "body", "Where it comes from and what became of it"),
    ("/compare", "subject", "Compare it with another day, or with when less was known"),
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
            page_size: 100,
            ..ListDecisionsRequest::default()
        })),
    );
    let sits = asked(sits)?;
    let due = asked(due)?.unwrap_or_default();
    let meetings = asked(meetings)?.unwrap_or_default();
    let decided = asked(decisions)?;
    let of_it =
        ListKeysRequest { body: id.clone(), view: view(), page_size: 100, ..ListKeysRequest::default() };
    let keys_of = asked(visit.register().list_keys(visit.request(of_it)).await)?
        .map(|found| found.keys)
        .unwrap_or_default();
    let answered = found.answered.as_ref();
    let commissioners = commissioners(&visit, body).await?;
    let viewed = &visit.viewed;
    let decided = decided.unwrap_or_default();
    // Of very many only the first have been asked for: then the last are told in a line each.
    let is_cut = !decided.next_page_token.is_empty();
    let lines = match is_cut {
        true => news::newest_of(&visit, &id, &["DecisionRecorded"], SOME).await?,
        false => Vec::new(),
    };
    let said = together([
        answered,
        sits.as_ref().and_then(|sits| sits.answered.as_ref()),
        due.answered.as_ref(),
        meetings.answered.as_ref(),
        decided.answered.as_ref(),
    ]);
    let content = html! {
        (what_it_is(viewed, body))
        (commissioners)
        @if let Some(sits) = &sits { (who_sits(&visit, sits).await?) }
        (next_due(viewed, &id, &due.items))
        (newest_meetings(viewed, &meetings.meetings, !meetings.next_page_token.is_empty()))
        @if is_cut {
            section { h2 { "Decisions" } p { "More than " (decided.decisions.len()) "; the last of them:" } (news::lines(viewed, &lines, answered)) }
        } @else { (newest_decisions(viewed, &decided.decisions, decided.answered.as_ref())) }
        (keys(viewed, &keys_of))
        (not_known(&visit, body, &found))
        @if !found.others.is_empty() {
            h2 { "Other bodies that the code has meant or will mean" }
            ul { @for other in &found.others { li { (thing(viewed, &other.id, if other.name.is_empty() { &other.id } else { &other.name })) " (" (other.id) ")" } } }
        }
        (further(viewed, &id, &LISTS))
        ul.links.more {
            li { a href=(format!("/{id}/news.atom")) { "Subscribe to its news (Atom)" } }
            li { a href=(format!("/{id}/due.ics")) { "Subscribe to what is due (calendar)" } }
        }
    };
    let caption = format!("{} {}", kind(&body.kind), slug(&body.id));
    let title = if body.name.is_empty() { body.id.clone() } else { body.name.clone() };
    let feed = format!("/{id}/news.atom");
    Ok(Page { title, caption, answered: said.as_ref(), feed, content }.render(&visit, &ledger))
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
        Err(Trouble::Unknown(_) | Trouble::Wrong { .. }) => Ok(None),
        Err(trouble) => Err(trouble),
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

fn next_due(viewed: &Viewed, body: &str, due: &[DueItem]) -> Markup {
    let shown = due.get(..SOME).unwrap_or(due);
    html! {
        section {
            h2 { "What is due" }
            (due_rows(viewed, shown, due.len() > shown.len()))
            @if due.len() > shown.len() { p { a href=(viewed.link_with("/due", &[("body", body)])) { "Everything that is due" } } }
        }
    }
}

/// What is due, as a table.
fn due_rows(viewed: &Viewed, due: &[DueItem], is_cut: bool) -> Markup {
    let titles = ["by", "what", "of"].map(str::to_owned);
    let rows: Vec<Vec<_>> = due
        .iter()
        .map(|item| {
            vec![
                html! { (date_or(item.due_on.as_ref(), "no day stated")) @if item.is_overdue { " " strong.tag { "overdue" } } },
                html! { (words_of(viewed, &item.what)) (why(viewed, &item.why)) },
                html! { (words(&item.kind)) ", " (thing(viewed, &item.subject, &item.subject)) },
            ]
        })
        .collect();
    html! {
        @if rows.is_empty() { p { "Nothing, as far as this view knows." } }
        @else { (table(&counted("Due", rows.len(), is_cut), &titles, &rows)) }
    }
}

/// Everything that is due for a body and for those that it follows.
pub(super) async fn all_due(visit: Visit) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let body = visit.query.get("body").to_owned();
    if body.is_empty() {
        return Err(Trouble::wrong("body", "Say for which body: by its id, its code or words of its name."));
    }
    let request = ListDueRequest {
        body,
        page_size: 100,
        page_token: visit.query.get("page").to_owned(),
        view: Some(visit.viewed.to_wire()),
    };
    let found = visit.register().list_due(visit.request(request)).await?.into_inner();
    let content = html! {
        (due_rows(&visit.viewed, &found.items, !found.next_page_token.is_empty()))
        (next_page(&visit, &found.next_page_token))
        p { a href=(format!("/{}/due.ics", found.body)) { "Subscribe to it (calendar)" } }
    };
    let name = if found.body_name.is_empty() { slug(&found.body) } else { found.body_name.clone() };
    let title = format!("What is due for {name}");
    Ok(Page {
        title,
        caption: String::new(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    }
    .render(&visit, &ledger))
}

fn newest_meetings(viewed: &Viewed, meetings: &[Meeting], is_cut: bool) -> Markup {
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
            @else if is_cut { p { "More than " (meetings.len()) ": all meetings, below, has them." } }
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
                (findings(&visit.viewed.naming(Names::of(found.answered.as_ref())), &found.findings))
            }
        }
    }
}
