//! The questions about people: who the book knows, and which offices each holds or held, of every body.

use crate::proto::{self, ListPeopleRequest, ListPeopleResponse};
use crate::service::convert::{body_name, clear, date, positions, text};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::people::{
    OfficeOf, PersonNamed, holder_named, offices_of, person_name, person_names,
};
use minutebook_governance::{BodyId, PersonId, Record, Standing, View};
use minutebook_log::{Position, Subject};
use std::collections::BTreeSet;
use tonic::Status;

/// The people whom the book knows, by id.
pub(super) fn list_people(
    question: &Question<'_>,
    request: &ListPeopleRequest,
) -> Result<ListPeopleResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let from = page.first::<Subject>()?;
    let from = from.as_ref().map_or(PersonId::KIND, Subject::as_str);
    question.note_withdrawn_of_kind(&look.reported(), PersonId::KIND, |_told| true);
    let words = request.who.to_lowercase();
    let ids = record.subjects_from(PersonId::KIND, from).filter_map(PersonId::of);
    let known = ids.map(|id| {
        let names = person_names(record, &id, view);
        (id, names)
    });
    let is_asked_for = |(id, names): &(PersonId, Vec<PersonNamed>)| {
        let is_called = |named: &PersonNamed| clear(&named.recorded.name).to_lowercase().contains(&words);
        !names.is_empty()
            && (words.is_empty() || id.subject().as_str() == request.who || names.iter().any(is_called))
    };
    question.note_withdrawn_of_kind(&look, BodyId::KIND, |told| {
        holder_named(told).is_some_and(|id| is_asked_for(&(id.clone(), person_names(record, id, view))))
    });
    let list = known.filter(is_asked_for).map(|(id, names)| (id.subject().clone(), (id, names)));
    let convert = |(id, names): (PersonId, Vec<PersonNamed>)| person(record, &id, &names, view);
    let Cut { items: people, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListPeopleResponse { answered, people, next_page_token })
}

fn person(record: &Record, id: &PersonId, names: &[PersonNamed], view: View) -> proto::Person {
    let named = |named: &PersonNamed| proto::PersonName {
        name: Some(text(&named.recorded.name)),
        from: named.recorded.from.as_ref().map(date),
        position: named.position.0,
    };
    proto::Person {
        id: id.to_string(),
        name: person_name(record, id, view).as_ref().map(text),
        names: names.iter().map(named).collect(),
        offices: offices_of(record, id, view).iter().map(|held| office(record, held, view)).collect(),
        why: names.iter().map(|named| named.position.0).collect(),
    }
}

fn office(record: &Record, held: &OfficeOf, view: View) -> proto::OfficeOfPerson {
    let holding = &held.holding;
    let said = holding.sources.iter().map(|source| source.position);
    let why: BTreeSet<Position> = said.chain(held.ended_with.iter().copied()).collect();
    let standing = holding.sources.iter().map(|source| source.standing).max();
    proto::OfficeOfPerson {
        body: held.body.to_string(),
        body_name: body_name(record, &held.body, view),
        office: held.office.as_str().to_owned(),
        tenure: holding.tenure.map_or_else(String::new, |tenure| tenure.as_str().to_owned()),
        from: holding.from.as_ref().map(date),
        until: holding.until.as_ref().map(date),
        state: held.state.as_str().to_owned(),
        observed_on: holding.observed.iter().map(|seen| date(&seen.on)).collect(),
        standing: standing.map_or("", Standing::as_str).to_owned(),
        why: positions(&why.into_iter().collect::<Vec<_>>()),
    }
}
