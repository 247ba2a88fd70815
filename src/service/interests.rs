//! The question about interests: what is registered, what was declared at meetings, how the rules were broken.

use crate::proto::{self, Breach, ListInterestsRequest, ListInterestsResponse};
use crate::service::convert::{RestsOn, date, is_perhaps, name_of, positions, standing, text};
use crate::service::listing::Shown;
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::bodies::lineage;
use minutebook_governance::interests::{
    BreachRecorded, Gift, Interest, interests_of_body, interests_of_person,
};
use minutebook_governance::meetings::{
    Declaration, Handling, InterestDeclared, Meeting, declarations, meetings_of, meetings_of_person,
};
use minutebook_governance::{BodyId, Certainty, InterestId, MeetingId, PersonId, Record, View};
use minutebook_log::Subject;
use tonic::Status;

/// What a page is made of, in this order.
enum Line {
    Interest(Interest),
    Declaration(Declaration),
    Breach(Breach),
}

/// The registers of interests of a body or a person.
pub(super) fn list_interests(
    question: &Question<'_>,
    request: &ListInterestsRequest,
) -> Result<ListInterestsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let subject = question.the_subject(&request.subject, view)?;
    let (subject, lines) = match PersonId::of(&subject) {
        Some(person) => of_person(record, person, view),
        None => of_body(record, question.the_body(subject.as_str(), view)?, view),
    };
    question.heard_of(&look, &subject)?;
    let line = match BodyId::of(&subject) {
        Some(id) => question.line(&look, &id).iter().map(|body| body.subject().clone()).collect(),
        None => vec![subject.clone()],
    };
    question.note_withdrawn(&look, &line, |told| {
        told.subject.kind() == InterestId::KIND
            || told.says::<BreachRecorded>().is_some()
            || told.says::<InterestDeclared>().is_some()
    });
    // What is declared at a meeting is told of the meeting, and stands in the registers of those for whom it is declared.
    if let Some(id) = BodyId::of(&subject) {
        let bodies = question.line(&look, &id);
        let met: Vec<_> = bodies.iter().flat_map(|body| meetings_of(record, body, view)).collect();
        for meeting in &met {
            question.note_withdrawn(&look, [meeting.id.subject()], |told| {
                let said = told.says::<InterestDeclared>();
                said.is_some_and(|said| bodies.iter().any(|body| meeting.is_declared_for(said, body)))
            });
        }
    }
    let is_shown = |line: &Line| match line {
        Line::Interest(interest) => interest.state.is_public(),
        Line::Declaration(_) => true,
        Line::Breach(breach) => breach.published_on.is_some(),
    };
    let lines = lines.into_iter().filter(|line| !request.public || is_shown(line));
    let list = page.rest(lines.collect())?;
    let cut = question.cut(&page, &look, list, |line| line.converted(record, view))?;
    let mut found = ListInterestsResponse {
        answered: cut.answered,
        subject: subject.to_string(),
        next_page_token: cut.next_page_token,
        ..Default::default()
    };
    for line in cut.items {
        match line {
            ShownLine::Interest(interest) => found.interests.push(*interest),
            ShownLine::Declaration(declared) => found.declarations.push(declared),
            ShownLine::Breach(breach) => found.breaches.push(breach),
        }
    }
    Ok(found)
}

/// A line as it is shown.
enum ShownLine {
    Interest(Box<proto::Interest>),
    Declaration(proto::InterestDeclaration),
    Breach(Breach),
}

impl Line {
    fn converted(self, record: &Record, view: View) -> ShownLine {
        match self {
            Line::Interest(interest) => ShownLine::Interest(Box::new(converted(record, &interest, view))),
            Line::Declaration(declared) => ShownLine::Declaration(declaration(record, &declared, view)),
            Line::Breach(breach) => ShownLine::Breach(breach),
        }
    }
}

impl RestsOn for ShownLine {
    fn entries(&self) -> Vec<u64> {
        match self {
            ShownLine::Interest(interest) => interest.entries(),
            ShownLine::Declaration(declared) => declared.entries(),
            ShownLine::Breach(breach) => breach.entries(),
        }
    }
}

impl Shown for ShownLine {
    fn bytes(&self) -> usize {
        match self {
            ShownLine::Interest(interest) => interest.bytes(),
            ShownLine::Declaration(declared) => declared.bytes(),
            ShownLine::Breach(breach) => breach.bytes(),
        }
    }
}

fn of_person(record: &Record, id: PersonId, view: View) -> (Subject, Vec<Line>) {
    let registered = interests_of_person(record, &id, view).into_iter().map(Line::Interest);
    let declared = declarations(&meetings_of_person(record, &id, view)).into_iter();
    let declared = declared.filter(|declared| declared.said.person == id).map(Line::Declaration);
    (id.subject().clone(), registered.chain(declared).collect())
}

/// Of a body and of those that it follows.
fn of_body(record: &Record, id: BodyId, view: View) -> (Subject, Vec<Line>) {
    let line = lineage(record, &id, view);
    let registered = interests_of_body(record, &id, view).into_iter().map(Line::Interest);
    let mut meetings: Vec<Meeting> = line.iter().flat_map(|body| meetings_of(record, body, view)).collect();
    meetings.sort_by(|one, other| one.id.cmp(&other.id));
    meetings.dedup_by(|one, other| one.id == other.id);
    let concerns = |declared: &Declaration| declared.bodies.iter().any(|body| line.contains(body));
    let declared = declarations(&meetings).into_iter().filter(concerns).map(Line::Declaration);
    let breaches = line.iter().flat_map(|body| breaches(record, body, view)).map(Line::Breach);
    (id.subject().clone(), registered.chain(declared).chain(breaches).collect())
}

fn breaches(record: &Record, id: &BodyId, view: View) -> Vec<Breach> {
    let told = record.saying::<BreachRecorded>(id.subject(), view);
    let said = told.filter_map(|told| Some((told.position, told.says::<BreachRecorded>()?.clone())));
    let by_then = said.filter(|(_at, said)| said.recorded_on.is_by(view.as_at) != Certainty::No);
    let published = |said: &BreachRecorded| {
        said.published_on.clone().filter(|day| day.is_by(view.as_at) != Certainty::No)
    };
    by_then
        .map(|(position, said)| Breach {
            body: id.to_string(),
            recorded_on: Some(date(&said.recorded_on)),
            summary: Some(text(&said.summary)),
            action: Some(text(&said.action)),
            published_on: published(&said).as_ref().map(date),
            standing: standing(record, &[position], view),
            position: position.0,
            is_perhaps: is_perhaps(Some(&said.recorded_on), view)
                || is_perhaps(said.published_on.as_ref(), view),
        })
        .collect()
}

fn converted(record: &Record, interest: &Interest, view: View) -> proto::Interest {
    let said = &interest.registered;
    proto::Interest {
        id: interest.id.to_string(),
        person: said.person.to_string(),
        name: name_of(record, &said.person, view),
        bodies: said.bodies.iter().map(BodyId::to_string).collect(),
        kind: said.kind.as_str().to_owned(),
        description: Some(text(&said.description)),
        arose_on: said.arose_on.as_ref().map(date),
        declared_on: Some(date(&said.declared_on)),
        state: interest.state.as_str().to_owned(),
        is_public: interest.state.is_public(),
        ceased_on: interest.ceased.as_ref().map(date),
        public_until: interest.public_until.map_or_else(String::new, |day| day.to_string()),
        kept_until: interest.kept_until.map_or_else(String::new, |day| day.to_string()),
        gift: said.gift.as_ref().map(gift),
        standing: standing(record, &interest.why, view),
        why: positions(&interest.why),
        is_perhaps: !interest.is_sure,
    }
}

fn gift(gift: &Gift) -> proto::Gift {
    proto::Gift {
        from: Some(text(&gift.from)),
        value_pence: gift.value_pence,
        outcome: gift.outcome.as_str().to_owned(),
    }
}

fn declaration(record: &Record, declared: &Declaration, view: View) -> proto::InterestDeclaration {
    let said = &declared.said;
    proto::InterestDeclaration {
        person: said.person.to_string(),
        name: name_of(record, &said.person, view),
        meeting: MeetingId::to_string(&declared.meeting),
        declared_on: declared.day.as_ref().map(date),
        items: said.items.clone(),
        bodies: said.bodies.iter().map(BodyId::to_string).collect(),
        kind: said.kind.as_str().to_owned(),
        nature: Some(text(&said.nature)),
        handling: said.handling.iter().copied().map(Handling::as_str).map(str::to_owned).collect(),
        interest: said.interest.as_ref().map_or_else(String::new, InterestId::to_string),
        standing: standing(record, &[declared.position], view),
        position: declared.position.0,
        is_perhaps: !declared.day.as_ref().is_some_and(|day| view.is_past(day)),
    }
}
