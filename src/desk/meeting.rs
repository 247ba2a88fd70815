//! The pages of a meeting: what each item came to for each body; notice, agenda and minutes as they are printed.

use super::blocks::{facts, report, table};
use super::decisions;
use super::layout::Page;
use super::linked::{thing, why, words_of};
use super::lists::findings;
use super::paper::code;
use super::said::{cited, together};
use super::things::further;
use super::trouble::Trouble;
use super::viewed::Viewed;
use super::visit::Visit;
use crate::proto::{
    Answered, Certainty, Decision, GetMeetingRequest, GetMinutesRequest, GetMinutesResponse,
    ListDecisionsRequest, Meeting, MeetingAttendee, MeetingCell, MeetingItem, MeetingRescheduled,
};
use crate::shown::dates::perhaps;
use crate::shown::phrases::{day_and_time, slug, starts, text, votes, words};
use crate::shown::{Calling, Names, agenda_page, minutes_page, notice_page};
use anstream::adapter::strip_str;
use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use minutebook_log::{Entry, TreeHash};
use minutebook_verify::page::ReportPage;
use std::collections::BTreeSet;

pub(super) async fn page(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let id = format!("meeting/{name}");
    let view = || Some(visit.viewed.to_wire());
    let request = GetMeetingRequest { meeting: id.clone(), view: view() };
    let found = visit.register().get_meeting(visit.request(request)).await?.into_inner();
    let Some(meeting) = &found.meeting else {
        return Err(Trouble::Unknown(format!("No {id} is known here.")));
    };
    let of_it = ListDecisionsRequest {
        subject: id.clone(),
        view: view(),
        page_size: 1000,
        ..ListDecisionsRequest::default()
    };
    let decided = visit.register().list_decisions(visit.request(of_it)).await?.into_inner();
    let (viewed, answered) = (&visit.viewed, found.answered.as_ref());
    let said = together([answered, decided.answered.as_ref()]);
    let is_item = |it: &Decision| found.items.iter().any(|item| item.reference == it.item);
    let others: Vec<_> = decided.decisions.iter().filter(|it| !is_item(it)).collect();
    // What counts for nothing any more is no cell's: it is told under its item.
    let named: Vec<u64> = found
        .items
        .iter()
        .flat_map(|item| &item.cells)
        .flat_map(|cell| &cell.decisions)
        .map(|it| it.position)
        .collect();
    let gone: Vec<_> =
        decided.decisions.iter().filter(|it| is_item(it) && !named.contains(&it.position)).collect();
    let has_private = found.items.iter().any(|item| item.part == "private");
    let content = html! {
        (what_it_is(viewed, meeting, answered, &found.awaiting_approval))
        ul.links.more {
            li { a href=(viewed.link(&format!("/notice/{name}"))) { "Notice, to print" } }
            @for (part, of) in [("public", ""), ("private", " of the private part")] {
                @if part == "public" || has_private {
                    li { a href=(viewed.link_with(&format!("/agenda/{name}"), &[("part", part)])) { "Agenda" (of) } }
                    li { a href=(viewed.link_with(&format!("/minutes/{name}"), &[("part", part)])) { "Minutes" (of) } }
                }
            }
        }
        h2 { "Items" }
        @if found.items.is_empty() { p { "No agenda of it is in the book, as far as this view sees." } }
        @if has_private {
            p.note { "Items of the private part are marked. What the book has of them is not sealed, and so anybody can read it." }
        }
        @for item in &found.items { (self::item(viewed, item, said.as_ref(), &gone)) }
        @if !others.is_empty() {
            h2 { "Decisions under no item that this view sees" }
            @for decision in others { (decisions::card(viewed, decision, said.as_ref())) }
        }
        @if !found.attendees.is_empty() {
            h2 { "Who was there" }
            (attendees(viewed, &found.attendees))
        }
        @if !found.findings.is_empty() {
            h2 { "Findings" }
            (findings(&visit.viewed.naming(Names::of(found.answered.as_ref())), &found.findings))
        }
        (further(viewed, &id, &[("/list/votes", "subject", "Votes by name"), ("/decisions", "subject", "Its decisions")]))
    };
    let title = if meeting.title.is_empty() { id.clone() } else { meeting.title.clone() };
    let caption = format!("Meeting, {}", words(&meeting.kind));
    Ok(Page { title, caption, answered: said.as_ref(), feed: String::new(), content }.render(&visit, &ledger))
}

fn what_it_is(
    viewed: &Viewed,
    meeting: &Meeting,
    answered: Option<&Answered>,
    awaiting: &[String],
) -> Markup {
    let names = Names::of(answered);
    let mut rows = vec![
        ("starts", html! { (starts(&meeting.starts_at)) }),
        ("state", html! { strong { (words(&meeting.state)) } (strip_str(&perhaps(meeting.is_perhaps))) }),
        (
            "bodies",
            html! { ul { @for body in &meeting.bodies { li { (thing(viewed, body, names.get(body).unwrap_or(body))) } } } },
        ),
    ];
    for change in &meeting.rescheduled {
        rows.push((if change.is_cancelled { "called off" } else { "put off" }, rescheduled(viewed, change)));
    }
    if !meeting.filled_in.is_empty() {
        rows.push(("no source", html! { "filled in: " (meeting.filled_in) }));
    }
    for it in awaiting {
        rows.push(("to approve", html! { (words_of(viewed, it)) " minutes" }));
    }
    facts(&rows)
}

fn rescheduled(viewed: &Viewed, change: &MeetingRescheduled) -> Markup {
    let known = |moment: &str, otherwise: &str| {
        if moment.is_empty() { otherwise.to_owned() } else { day_and_time(moment) }
    };
    html! {
        "from " (known(&change.from, "a day not known"))
        @if !change.is_cancelled { " to " (known(&change.to, "a day not known yet")) }
        ", said on " (change.said_on) ": " (text(change.reason.as_ref())) " "
        a href=(viewed.link(&format!("/entry/{}", change.position))) { "(entry " (change.position) ")" }
    }
}

/// An item, body by body: whether it was quorate and why, votes, what was decided.
fn item(viewed: &Viewed, item: &MeetingItem, answered: Option<&Answered>, gone: &[&Decision]) -> Markup {
    let names = Names::of(answered);
    let gone: Vec<_> = gone.iter().filter(|it| it.item == item.reference).collect();
    html! {
        section.card {
            h3 {
                (item.reference) " "
                bdi { (text(item.title.as_ref())) }
                @if item.part == "private" { " " strong.tag { "private part" } }
            }
            @for alike in alike(&item.cells) {
                div.leg {
                    p {
                        @if alike.len() == item.cells.len() && alike.len() > 1 { strong { "All " (alike.len()) " bodies: " } }
                        @for (i, cell) in alike.iter().enumerate() {
                            @if i > 0 { ", " }
                            (thing(viewed, &cell.body, names.get(&cell.body).unwrap_or(&cell.body)))
                        }
                    }
                    (self::cells(viewed, &alike, &names, &gone))
                }
            }
            @for decision in gone { (decisions::card(viewed, decision, answered)) }
        }
    }
}

/// Bodies for which an item came to the same, together.
fn alike(cells: &[MeetingCell]) -> Vec<Vec<&MeetingCell>> {
    let said = |cell: &MeetingCell| {
        let decided: Vec<_> = cell
            .decisions
            .iter()
            .map(|it| (it.outcome.clone(), it.text.clone(), it.state.clone(), it.effects.len()))
            .collect();
        (decided, cell.votes, cell.named.is_empty(), cell.quorate, cell.reasons.clone(), cell.is_confirmed)
    };
    let mut groups: Vec<Vec<&MeetingCell>> = Vec::new();
    for cell in cells {
        let is_alike = |group: &&mut Vec<&MeetingCell>| {
            group.first().is_some_and(|first| cell.named.is_empty() && said(first) == said(cell))
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(cell),
            None => groups.push(vec![cell]),
        }
    }
    groups
}

/// What an item came to for bodies for which it came to the same; each decision is an entry of its own.
fn cells(viewed: &Viewed, cells: &[&MeetingCell], names: &Names, gone: &[&&Decision]) -> Markup {
    let Some(cell) = cells.first() else { return html! {} };
    let is_gone = gone.iter().any(|it| cells.iter().any(|cell| cell.body == it.body));
    let quorate = match cell.quorate() {
        Certainty::Yes => "Quorate",
        Certainty::No => "NOT QUORATE",
        Certainty::Unknown | Certainty::Unspecified => "Quorum not known",
    };
    html! {
        @for (i, decision) in cell.decisions.iter().enumerate() {
            @let at: Vec<u64> = cells.iter().filter_map(|cell| cell.decisions.get(i)).map(|it| it.position).collect();
            p {
                strong { (words(&decision.outcome)) }
                ". " (words_of(viewed, text(decision.text.as_ref())))
                (why(viewed, &at))
                @if !matches!(decision.state.as_str(), "stands" | "confirmed") { " " strong.tag { (words(&decision.state)) } }
            }
        }
        @if cell.decisions.is_empty() { p { @if is_gone { "No decision stands: see below." } @else { "No decision is recorded." } } }
        @if let Some(counted) = &cell.votes { p { (votes(counted)) "." } }
        @if !cell.named.is_empty() {
            p {
                @for (i, vote) in cell.named.iter().enumerate() {
                    @if i > 0 { ", " }
                    (thing(viewed, &vote.person, names.get(&vote.person).unwrap_or(&vote.person))) " " (words(&vote.vote))
                }
            }
        }
        p.note {
            (quorate) @if !cell.reasons.is_empty() { ": " (cell.reasons.join("; ")) } "."
            @if cell.is_confirmed { " The minutes that hold it are approved." }
        }
    }
}

fn attendees(viewed: &Viewed, attendees: &[MeetingAttendee]) -> Markup {
    let titles = ["who", "as", "for"].map(str::to_owned);
    let rows: Vec<Vec<_>> = attendees
        .iter()
        .map(|it| {
            let name = if it.name.is_empty() { &it.person } else { &it.name };
            let bodies: Vec<_> = it.bodies.iter().map(|body| slug(body)).collect();
            vec![
                thing(viewed, &it.person, name),
                html! { (words(&it.attending_as)) @if !it.deputy_for.is_empty() { ", deputy for " (thing(viewed, &it.deputy_for, &it.deputy_for)) } },
                html! { @if bodies.is_empty() { "all that meet" } @else { (bodies.join(", ")) } },
            ]
        })
        .collect();
    table(&format!("Attendance, {}", attendees.len()), &titles, &rows)
}

/// The minutes of a part, as they are printed.
pub(super) async fn minutes(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let found = part(&visit, &name).await?;
    let page = minutes_page(&found);
    printed(&visit, &name, "Minutes", (&found, &page)).await
}

/// The notice of a meeting: nothing of the private part is in it.
pub(super) async fn notice(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    if visit.query.get("part") == "private" {
        return Err(Trouble::wrong(
            "part",
            "A notice is of the public part: the agenda of the private part has a page of its own.",
        ));
    }
    let found = part(&visit, &name).await?;
    let page = notice_page(&found, &calling(&visit, &found).await?);
    printed(&visit, &name, "Notice", (&found, &page)).await
}

/// The agenda of a part.
pub(super) async fn agenda(visit: Visit, Path(name): Path<String>) -> Result<Response, Trouble> {
    let found = part(&visit, &name).await?;
    let page = agenda_page(&found, &calling(&visit, &found).await?);
    printed(&visit, &name, "Agenda", (&found, &page)).await
}

/// What the register says of a part of a meeting.
async fn part(visit: &Visit, name: &str) -> Result<GetMinutesResponse, Trouble> {
    let part = match visit.query.get("part") {
        "" => "public",
        part => part,
    };
    let request = GetMinutesRequest {
        meeting: format!("meeting/{name}"),
        part: part.to_owned(),
        view: Some(visit.viewed.to_wire()),
    };
    Ok(visit.register().get_minutes(visit.request(request)).await?.into_inner())
}

/// What the entries say that call a meeting.
async fn calling(visit: &Visit, found: &GetMinutesResponse) -> Result<Calling, Trouble> {
    let corrections = found.answered.as_ref().map(|it| it.corrections.as_slice()).unwrap_or_default();
    let mut calling = Calling::default();
    for position in found.why.iter().collect::<BTreeSet<_>>() {
        let bytes = visit.entry(*position).await?.entry.map(|entry| entry.content).unwrap_or_default();
        let entry = Entry::parse(&bytes).map_err(|why| Trouble::Fault(why.to_string()))?;
        calling.hear_entry(&entry, corrections);
    }
    Ok(calling)
}

/// A page for paper.
async fn printed(
    visit: &Visit,
    name: &str,
    caption: &str,
    (found, page): (&GetMinutesResponse, &ReportPage),
) -> Result<Response, Trouble> {
    let ledger = visit.ledger().await?;
    let content = html! {
        (report(&visit.viewed, page))
        p.foot { (page.foot) }
        (on_paper(visit, found.answered.as_ref(), &found.why).await?)
        p.note { a href=(visit.viewed.link(&format!("/meeting/{name}"))) { "The meeting" } }
    };
    let page = Page {
        title: page.title.clone(),
        caption: caption.to_owned(),
        answered: found.answered.as_ref(),
        feed: String::new(),
        content,
    };
    Ok(page.render(visit, &ledger))
}

/// By what a printed page is verified: the newest entry on which it rests, with its leaf hash; and the address that always says
/// the same, for a camera.
async fn on_paper(visit: &Visit, answered: Option<&Answered>, why: &[u64]) -> Result<Markup, Trouble> {
    let (Some(answered), Some(newest)) = (answered, why.iter().max()) else { return Ok(html! {}) };
    let bytes = visit.entry(*newest).await?.entry.map(|entry| entry.content).unwrap_or_default();
    let cited = visit.origin().to_owned() + &cited(visit, answered);
    Ok(html! {
        section.proof {
            h2 { "To verify this paper" }
            div.paper {
                (code(&cited))
                div {
                    p { "It rests on " (why.len()) " entries of the book; the newest is entry " (newest) ", leaf hash " code { (TreeHash::leaf(&bytes)) } "." }
                    p { "The receipt of an entry proves it without this server; " code { (visit.origin()) "/verify.html" } " checks receipts." }
                    p { "This page, as it is: " code { (cited) } }
                }
            }
        }
    })
}
