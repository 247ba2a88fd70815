//! The question what is new: entries that concern bodies, each in a line.

use crate::proto::{ListNewsRequest, ListNewsResponse, News};
use crate::service::convert::name_of;
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::parsed::parse_start;
use crate::service::question::Question;
use crate::service::status;
use minutebook_governance::catalogue::row_of;
use minutebook_governance::headlines::{cited, headline};
use minutebook_governance::{Clause, PersonId, Record, Scope, Selection, Standing, View};
use minutebook_log::{EventId, Position, Timestamp};
use tonic::Status;

/// How many bodies and how many types are asked about at most.
const VALUES_MAX: usize = 16;

/// How many entries are looked for at once.
const LOOK_ENTRIES: usize = 64;

/// The standings that count where reports do not.
const ENACTED: [Standing; 3] = [Standing::OwnAct, Standing::OwnRecord, Standing::Register];

/// What was recorded.
pub(super) fn list_news(
    question: &Question<'_>,
    request: &ListNewsRequest,
) -> Result<ListNewsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let selection = Selection::any_of([clause(question, request, look.view)?]);
    let from = match page.first::<u64>()? {
        Some(from) => from,
        None => since(question, &request.since)?,
    };
    let record = question.record();
    let list = selected(record, selection, from, look.view.known);
    let convert = |position| news(record, position, look.view);
    let Cut { items: news, answered, next_page_token } = question.cut_sparse(&page, &look, list, convert)?;
    Ok(ListNewsResponse { answered, news, next_page_token })
}

fn clause(question: &Question<'_>, request: &ListNewsRequest, view: View) -> Result<Clause, Status> {
    for (member, count) in [("bodies", request.bodies.len()), ("types", request.types.len())] {
        if count > VALUES_MAX {
            return Err(status::argument(member, &count.to_string(), format!("at most {VALUES_MAX}")));
        }
    }
    let mut clause = Clause::default();
    for whom in &request.bodies {
        if whom.contains('/') && !whom.starts_with("body/") {
            clause.about.insert(question.any_subject(whom, view)?);
        } else {
            clause.about.extend(question.bodies(whom, view)?.iter().map(|body| body.id.subject().clone()));
        }
    }
    for name in &request.types {
        let needed = "a type of the catalogue, such as DecisionRecorded (docs/events.md)";
        let row = row_of(name).ok_or_else(|| status::argument("types", name, needed))?;
        clause.types.insert(row.type_id());
    }
    if !request.subject.is_empty() {
        clause.subjects.insert(question.any_subject(&request.subject, view)?);
    }
    if view.scope == Scope::Enacted {
        clause.standings.extend(ENACTED);
    }
    Ok(clause)
}

/// The first position that counts.
fn since(question: &Question<'_>, since: &str) -> Result<u64, Status> {
    if since.is_empty() {
        return Ok(0);
    }
    if let Ok(position) = since.parse() {
        return Ok(position);
    }
    let needed = "a position (812), a moment (2019-06-30T12:00:00Z) or a day (2019-06-30)";
    let moment = parse_start(since).ok_or_else(|| status::argument("since", since, needed))?;
    Ok(Timestamp::from_micros(moment.as_micros() - 1).map_or(0, |before| question.size_at(before)))
}

/// The entries that are selected, from a position on, with where it was looked in vain.
fn selected(
    record: &Record,
    selection: Selection,
    from: u64,
    known: u64,
) -> impl Iterator<Item = (u64, Option<Position>)> + '_ {
    let mut next = from;
    let looks = std::iter::from_fn(move || {
        if next >= known {
            return None;
        }
        let found = record.select(&selection, Position(next), known, LOOK_ENTRIES);
        // Each look gets on, or it is the last.
        let goes_on = found.next.0 > next;
        next = if goes_on { found.next.0 } else { known };
        let vain = goes_on.then_some((found.next.0, None));
        let positions = found.positions.into_iter().map(|position| (position.0, Some(position)));
        Some(positions.chain(vain).collect::<Vec<_>>())
    });
    looks.flatten()
}

fn news(record: &Record, position: Position, view: View) -> News {
    let recorded = record.recorded_at(position).map_or_else(String::new, |recorded| recorded.to_string());
    // What was withdrawn is told as it was said, and marked.
    let act = record.act_as_known(position, view.known).or_else(|| record.at(position).map(|it| it.act));
    let Some(act) = act else { return News { position: position.0, recorded, ..News::default() } };
    let person = |id: &str| {
        let person: PersonId = id.parse().ok()?;
        Some(name_of(record, &person, view)).filter(|name| !name.is_empty())
    };
    let name_of = |id: &str| match id.parse::<EventId>() {
        Ok(event) => {
            let at = record.find(event)?;
            let of = record.at(at)?.act;
            Some(cited(at, &headline(of.name, &of.facts, &person)))
        }
        Err(_no_event) => person(id),
    };
    News {
        position: position.0,
        recorded,
        r#type: act.name.to_owned(),
        subject: act.subject.to_string(),
        says: headline(act.name, &act.facts, &name_of),
        standing: act.standing.as_str().to_owned(),
    }
}
