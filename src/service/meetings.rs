//! The questions of secretaries: a meeting with its matrix, the meetings of a body, decisions, what is due.

use crate::proto;
use crate::service::convert::{self, body_name, clear, date, filled_in, finding, positions, text};
use crate::service::decisions::{counted, decision};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::Question;
use minutebook_governance::actions::{ActionAssigned, ActionUpdated};
use minutebook_governance::consultations::ConsultationOpened;
use minutebook_governance::decisions::{Decision, DecisionRecorded, decisions};
use minutebook_governance::due::{Due, due};
use minutebook_governance::loads::Passed;
use minutebook_governance::meetings;
use minutebook_governance::meetings::{
    Meeting, MeetingConvened, NamedVotes, Part, Rescheduled, Rescheduling, chair, is_same_item, meetings_of,
    minutes_findings, quorum, sitting_findings,
};
use minutebook_governance::mergers::{ApplicationSubmitted, MemberVoteOpened};
use minutebook_governance::people::{OfficerAppointed, person_name};
use minutebook_governance::{BodyId, Instant, PersonId, Record, Sealable, Told, View};
use minutebook_log::Position;
use std::collections::BTreeSet;
use tonic::Status;

/// A meeting with its matrix.
pub(super) fn get_meeting(
    question: &Question<'_>,
    request: &proto::GetMeetingRequest,
) -> Result<proto::GetMeetingResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let (record, view) = (question.record(), look.view);
    let found = question.the_meeting(&request.meeting, &look)?;
    let id = found.id.clone();
    let taken: Vec<_> = decisions(record, id.subject(), view)
        .into_iter()
        .filter(|decision| decision.recorded.meeting.as_ref() == Some(&id))
        .collect();
    let listed = found.agenda.iter().map(|item| {
        let concerned = found.convened.bodies.iter().filter(|body| item.applies_to(body));
        proto::MeetingItem {
            reference: item.reference.clone(),
            title: Some(text(&item.title)),
            part: item.part.as_str().to_owned(),
            cells: concerned.map(|body| cell(record, &found, &item.reference, body, &taken, view)).collect(),
        }
    });
    // What stands under an item that no agenda has stands all the same.
    let unlisted = unlisted(&found, &taken).into_iter().map(|reference| {
        let cells = found.convened.bodies.iter();
        let cells = cells.map(|body| cell(record, &found, &reference, body, &taken, view));
        let is_told = |cell: &proto::MeetingCell| cell.votes.is_some() || !cell.decisions.is_empty();
        proto::MeetingItem {
            cells: cells.filter(is_told).collect(),
            part: if found.is_in(Part::Public, Some(&reference)) { Part::Public } else { Part::Private }
                .as_str()
                .to_owned(),
            title: Some(text(&Sealable::Clear(UNLISTED.to_owned()))),
            reference,
        }
    });
    let items = listed.chain(unlisted).collect();
    let awaiting = found.awaiting_approval(record, view);
    let why: Vec<_> = found.why.iter().copied().chain(taken.iter().map(|it| it.source.position)).collect();
    let findings: Vec<_> = minutes_findings(record, &found, view)
        .iter()
        .chain(&sitting_findings(record, &found, view))
        .map(|it| finding(record, it, view))
        .collect();
    question.note_withdrawn(&look, [id.subject()], |_told| true);
    Ok(proto::GetMeetingResponse {
        answered: question.answered(&look, &[&positions(&why), &findings]),
        meeting: Some(summary(record, &found, view)),
        items,
        attendees: attendees(record, &found, view),
        awaiting_approval: awaiting.iter().map(|(part, body)| format!("{} {body}", part.as_str())).collect(),
        possible: found.state.possible().to_owned(),
        findings,
    })
}

/// What an item is called that stands on no agenda.
pub(super) const UNLISTED: &str = "(under no agenda item that this view sees)";

/// The references of items that no agenda has and under which something was voted on or decided, in the order of the book.
pub(super) fn unlisted(meeting: &Meeting, taken: &[Decision]) -> Vec<String> {
    let voted = meeting.votes.iter().map(|(at, vote)| (*at, vote.item.clone()));
    let decided = taken.iter().map(|it| {
        let item = it.recorded.item.as_ref().map_or_else(String::new, |item| item.reference.clone());
        (it.source.position, item)
    });
    let told: BTreeSet<_> = voted.chain(decided).collect();
    let mut found: Vec<String> = Vec::new();
    for (_at, reference) in told {
        let is_known = found.iter().any(|known| is_same_item(known, &reference));
        if !is_known && meeting.item(&reference).is_none() {
            found.push(reference);
        }
    }
    found
}

fn cell(
    record: &Record,
    meeting: &Meeting,
    item: &str,
    body: &BodyId,
    taken: &[Decision],
    view: View,
) -> proto::MeetingCell {
    let quorate = quorum(record, meeting, body, Some(item), view);
    let vote =
        meeting.votes.iter().rev().find(|(_at, vote)| is_same_item(&vote.item, item) && vote.body == *body);
    let named = vote.and_then(|(_at, vote)| vote.named.as_ref()).map_or(&[][..], NamedVotes::clear);
    let of_cell = |it: &&Decision| {
        let of = it.recorded.item.as_ref().map_or("", |of| of.reference.as_str());
        it.is_of(body) && is_same_item(of, item)
    };
    proto::MeetingCell {
        body: body.to_string(),
        chair: chair(meeting, body, Some(item)).as_ref().map_or_else(String::new, PersonId::to_string),
        quorate: convert::certainty(quorate.holds).into(),
        reasons: quorate.reasons,
        voting: quorate.voting.iter().map(PersonId::to_string).collect(),
        conflicted: quorate.conflicted.iter().map(PersonId::to_string).collect(),
        votes: vote.and_then(|(_at, vote)| vote.votes).as_ref().map(counted),
        named: named
            .iter()
            .map(|it| proto::NamedVote { person: it.person.to_string(), vote: it.vote.as_str().to_owned() })
            .collect(),
        decisions: taken.iter().filter(of_cell).map(|it| decision(record, it, view)).collect(),
        is_confirmed: meeting.confirms(record, item, body, view),
        votes_at: vote.map(|(at, _vote)| at.0),
    }
}

fn attendees(record: &Record, meeting: &Meeting, view: View) -> Vec<proto::MeetingAttendee> {
    let attendee = |it: &minutebook_governance::meetings::Attendee| proto::MeetingAttendee {
        person: it.person.to_string(),
        name: person_name(record, &it.person, view).as_ref().map_or_else(String::new, clear),
        attending_as: it.attending_as.as_str().to_owned(),
        bodies: it.bodies.iter().map(BodyId::to_string).collect(),
        deputy_for: it.deputy_for.as_ref().map_or_else(String::new, PersonId::to_string),
        why: meeting.heard_of.get(&it.person).map_or_else(Vec::new, |why| positions(why)),
    };
    meetings::attendees(meeting).iter().map(attendee).collect()
}

fn summary(record: &Record, meeting: &Meeting, view: View) -> proto::Meeting {
    proto::Meeting {
        id: meeting.id.to_string(),
        title: meeting.convened.title.clone(),
        kind: meeting.convened.kind.as_str().to_owned(),
        state: meeting.state.as_str().to_owned(),
        bodies: meeting.convened.bodies.iter().map(BodyId::to_string).collect(),
        starts_at: meeting.starts_at.as_ref().map_or_else(String::new, Instant::to_string),
        why: positions(&meeting.why),
        rescheduled: meeting.rescheduled.iter().map(rescheduled).collect(),
        is_perhaps: !meeting.is_sure,
        filled_in: all_filled_in(record, &meeting.why, view),
    }
}

/// Why any of these entries was filled in between sources, each reason once.
fn all_filled_in(record: &Record, entries: &[Position], view: View) -> String {
    let reasons: BTreeSet<_> = entries.iter().map(|position| filled_in(record, *position, view)).collect();
    reasons.into_iter().filter(|reason| !reason.is_empty()).collect::<Vec<_>>().join("; ")
}

fn rescheduled(change: &Rescheduled) -> proto::MeetingRescheduled {
    let moment = |at: Option<&Instant>| at.map_or_else(String::new, Instant::to_string);
    let to = match &change.said.change {
        Rescheduling::Postponed { to } => to.as_ref(),
        Rescheduling::Cancelled => None,
    };
    proto::MeetingRescheduled {
        from: moment(change.from.as_ref()),
        to: moment(to),
        is_cancelled: change.said.change == Rescheduling::Cancelled,
        said_on: change.said.said_on.to_string(),
        reason: Some(text(&change.said.reason)),
        position: change.position.0,
    }
}

/// The meetings of a body, by their start.
pub(super) fn list_meetings(
    question: &Question<'_>,
    request: &proto::ListMeetingsRequest,
) -> Result<proto::ListMeetingsResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let body = question.the_body(&request.body, look.view)?;
    question.note_withdrawn(&look, [body.subject()], |told| told.says::<MeetingConvened>().is_some());
    let list = page.rest(meetings_of(question.record(), &body, look.view))?;
    let Cut { items: meetings, answered, next_page_token } =
        question.cut(&page, &look, list, |it| summary(question.record(), &it, look.view))?;
    Ok(proto::ListMeetingsResponse { answered, body: body.to_string(), meetings, next_page_token })
}

/// Whether a statement is one that gives a body something to do, or somebody a term.
fn is_to_be_done(told: &Told) -> bool {
    let is_urgent = |said: &DecisionRecorded| said.urgent.is_some() || !said.conditions.is_empty();
    told.says::<ActionAssigned>().is_some()
        || told.says::<ActionUpdated>().is_some()
        || told.says::<DecisionRecorded>().is_some_and(is_urgent)
        || told.says::<MeetingConvened>().is_some()
        || told.says::<ConsultationOpened>().is_some()
        || told.says::<MemberVoteOpened>().is_some()
        || told.says::<ApplicationSubmitted>().is_some()
        || told.says::<OfficerAppointed>().is_some_and(|said| said.until.is_some())
}

/// What is due for a body.
pub(super) fn list_due(
    question: &Question<'_>,
    request: &proto::ListDueRequest,
) -> Result<proto::ListDueResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let body = question.the_body(&request.body, look.view)?;
    let line = question.line(&look, &body);
    question.note_withdrawn(&look, line.iter().map(BodyId::subject), is_to_be_done);
    let list = page.rest(due(question.record(), &body, look.view))?;
    let body_name = body_name(question.record(), &body, look.view);
    let convert = |due: Due| proto::DueItem {
        kind: due.kind.as_str().to_owned(),
        subject: due.subject.to_string(),
        what: due.what,
        due_on: due.on.as_ref().map(date),
        is_overdue: due.passed == Passed::Missed,
        is_due_passed: matches!(due.passed, Passed::Unheard(_)),
        known_to: convert::unheard(due.passed, due.on.as_ref()),
        why: positions(&due.why),
    };
    let Cut { items, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(proto::ListDueResponse { answered, body: body.to_string(), items, next_page_token, body_name })
}
