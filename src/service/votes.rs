//! The questions about people at meetings: who voted how, and who was there how often.

use crate::proto::{
    self, ListAttendanceRequest, ListAttendanceResponse, ListVotesRequest, ListVotesResponse, PersonVote,
};
use crate::service::convert::{date, name_of, standing};
use crate::service::listing::Cut;
use crate::service::page::Page;
use crate::service::question::{Look, Question, parse_date};
use crate::service::status;
use minutebook_governance::meetings::{
    Attendance, AttendanceRecorded, Ballot, Handling, Meeting, NamedVotes, VoteTaken, attendance, meeting,
    meetings_of, meetings_of_person, told_of,
};
use minutebook_governance::{BodyId, Certainty, Date, MeetingId, PersonId, Record, View, meetings};
use minutebook_log::Subject;
use tonic::Status;

/// Who voted how: for a body, at a meeting, or one person across meetings.
pub(super) fn list_votes(
    question: &Question<'_>,
    request: &ListVotesRequest,
) -> Result<ListVotesResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let period = period(&request.from, &request.until, view)?;
    let subject = question.the_subject(&request.subject, view)?;
    let mut meetings = meetings_about(question, &look, &subject)?;
    meetings.retain(|meeting| is_within(meeting, period));
    let met = meetings.iter().map(|meeting| meeting.id.subject());
    question.note_withdrawn(&look, met, |told| {
        told.says::<VoteTaken>().is_some_and(|vote| {
            BodyId::of(&subject).is_none_or(|body| vote.body == body)
                && PersonId::of(&subject).is_none_or(|person| {
                    vote.named.iter().flat_map(NamedVotes::clear).any(|named| named.person == person)
                })
        })
    });
    let is_asked_for = |vote: &meetings::PersonVote| match subject.kind() {
        BodyId::KIND => vote.body.subject() == &subject,
        PersonId::KIND => vote.person.subject() == &subject,
        _ => true,
    };
    let votes = meetings.iter().flat_map(Meeting::votes_by_person).filter(is_asked_for);
    let list = page.rest(votes.collect())?;
    let convert = |vote| converted(record, &vote, view);
    let Cut { items: votes, answered, next_page_token } = question.cut(&page, &look, list, convert)?;
    Ok(ListVotesResponse {
        answered,
        votes_without_names: without_names(&meetings, &subject),
        subject: subject.to_string(),
        votes,
        next_page_token,
    })
}

fn meetings_about(question: &Question<'_>, look: &Look, subject: &Subject) -> Result<Vec<Meeting>, Status> {
    let (record, view) = (question.record(), look.view);
    let not_found = || question.not_known(look, subject.as_str(), subject);
    if let Some(id) = BodyId::of(subject) {
        return Ok(meetings_of(record, &id, view));
    }
    if let Some(id) = PersonId::of(subject) {
        return Ok(meetings_of_person(record, &id, view));
    }
    if let Some(id) = MeetingId::of(subject) {
        return Ok(vec![meeting(record, &id, view).ok_or_else(not_found)?]);
    }
    Err(status::argument("subject", subject.as_str(), "a body, meeting/.. or person/.."))
}

/// Of a person it can't be told how often they voted without their name.
fn without_names(meetings: &[Meeting], subject: &Subject) -> u32 {
    let is_counted = |body: &BodyId| match subject.kind() {
        BodyId::KIND => body.subject() == subject,
        MeetingId::KIND => true,
        _ => false,
    };
    let votes = meetings.iter().flat_map(Meeting::votes_without_names);
    u32::try_from(votes.filter(|vote| is_counted(&vote.body)).count()).unwrap_or(u32::MAX)
}

fn converted(record: &Record, vote: &meetings::PersonVote, view: View) -> PersonVote {
    PersonVote {
        date: vote.day.as_ref().map(date),
        meeting: vote.meeting.to_string(),
        item: vote.item.clone(),
        motion: vote.motion.clone().unwrap_or_default(),
        body: vote.body.to_string(),
        person: vote.person.to_string(),
        name: name_of(record, &vote.person, view),
        vote: vote.vote.map_or("", Ballot::as_str).to_owned(),
        conflict: vote.conflict.iter().copied().map(Handling::as_str).map(str::to_owned).collect(),
        was_put_again: vote.was_put_again,
        standing: standing(record, &[vote.position], view),
        position: vote.position.0,
    }
}

/// How often each member was at the sittings of a body.
pub(super) fn list_attendance(
    question: &Question<'_>,
    request: &ListAttendanceRequest,
) -> Result<ListAttendanceResponse, Status> {
    let page = Page::of(request)?;
    let look = question.look(request.view.as_ref(), Some(&page))?;
    let (record, view) = (question.record(), look.view);
    let period = period(&request.from, &request.until, view)?;
    let body = question.the_body(&request.body, view)?;
    let (sat, counts) = attendance(record, &body, period, view);
    let met = sat.iter().map(|meeting| meeting.id.subject());
    question.note_withdrawn(&look, met, |told| told.says::<AttendanceRecorded>().is_some());
    let list = page.rest(counts.into_iter().collect())?;
    let convert = |(person, counted)| {
        let why = told_of(&sat, &person).map(|position| position.0).collect();
        proto::Attendance { why, ..attended(record, &person, counted, view) }
    };
    let Cut { items: attendance, answered: _, next_page_token } =
        question.cut(&page, &look, list, convert)?;
    let why = sat.iter().flat_map(|meeting| &meeting.why).map(|position| position.0);
    Ok(ListAttendanceResponse {
        answered: question.answered_by(&look, why),
        body: body.to_string(),
        sittings: u32::try_from(sat.len()).unwrap_or(u32::MAX),
        attendance,
        next_page_token,
    })
}

fn attended(record: &Record, person: &PersonId, counted: Attendance, view: View) -> proto::Attendance {
    let Attendance { sittings, attended, apologies, deputised, unaccounted } = counted;
    let (person, name) = (person.to_string(), name_of(record, person, view));
    let percent = (attended * 100).checked_div(sittings);
    proto::Attendance {
        person,
        name,
        sittings,
        attended,
        apologies,
        deputised,
        unaccounted,
        percent,
        why: Vec::new(),
    }
}

/// The days that are asked for, both included.
fn period(from: &str, until: &str, view: View) -> Result<(Date, Date), Status> {
    let day = |member, text: &str, or| if text.is_empty() { Ok(or) } else { parse_date(member, text) };
    Ok((day("from", from, Date::FIRST)?, day("until", until, view.as_at)?.min(view.as_at)))
}

/// Whether it may have sat within the period.
fn is_within(meeting: &Meeting, (from, until): (Date, Date)) -> bool {
    let may_be = |day: minutebook_governance::PDate| {
        day.is_by(until) != Certainty::No && day.latest().is_none_or(|latest| latest >= from)
    };
    meeting.day().is_none_or(may_be)
}
