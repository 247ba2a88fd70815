//! Who has a seat with a vote at a sitting, as far as the book knows; and who votes in none.

use super::convening::MeetingKind;
use super::quorum::{day_of, decides_as_one};
use super::sitting::{AttendanceRecorded, Attendee, AttendingAs};
use super::state::Meeting;
use crate::committees::{CommitteeRole, committee};
use crate::constitutions::composition;
use crate::rules::rules;
use crate::{BodyId, Finding, PersonId, Record, View};
use minutebook_log::Position;
use std::collections::{BTreeMap, BTreeSet};

rules! {
    VOTING_MEMBERS: Soft =
        "attendance.voting-members",
        "Who attends as voting is a member of the body, or of its committee, with a vote on that day, or a deputy of one.",
        "standing orders; principle: a sitting is one";
}

/// Finds who votes for a body, or for a committee of it, in no seat that the book knows; one finding for each entry.
pub(super) fn seatless_findings(record: &Record, meeting: &Meeting, view: View) -> Vec<Finding> {
    let mut seatless: BTreeMap<Position, Vec<String>> = BTreeMap::new();
    for body in meeting.convened.bodies.iter().filter(|_| meeting.convened.kind != MeetingKind::Members) {
        let members = voting_members(record, meeting, body, view);
        let voting = meeting.attendees.iter().filter(|it| it.attending_as == AttendingAs::Voting);
        let without =
            voting.filter(|it| it.is_for(body) && !members.is_empty() && !members.contains(it.seat()));
        for attendee in without {
            if let Some(position) = said_at(record, meeting, attendee, view) {
                seatless.entry(position).or_default().push(format!("{} for {body}", attendee.person));
            }
        }
    }
    let finding = |(position, people): (Position, Vec<String>)| Finding {
        rule: &VOTING_MEMBERS,
        subject: meeting.id.subject().clone(),
        found: format!("{}: no member with a vote, as far as the book knows", people.join(", ")),
        needed: "an appointment to an office or committee with a vote, or deputy_for a member who has one"
            .to_owned(),
        why: vec![position],
    };
    seatless.into_iter().map(finding).collect()
}

/// Who has a vote on the day of the meeting, as far as the book knows.
fn voting_members(record: &Record, meeting: &Meeting, body: &BodyId, view: View) -> BTreeSet<PersonId> {
    let day = view.at(meeting.day().and_then(|day| day.latest()).unwrap_or(view.as_at));
    match &meeting.convened.committee {
        Some(id) => {
            let seated = committee(record, id, day).map(|it| it.members).unwrap_or_default();
            let voting = seated.into_iter().filter(|it| it.role != CommitteeRole::NonVoting);
            voting.map(|it| it.person).collect()
        }
        // Nobody is found to lack a seat of whom it is not known whether they have one.
        None => {
            let sits = composition(record, body, day).into_iter();
            sits.flat_map(|it| it.members.into_keys().chain(it.perhaps.into_keys())).collect()
        }
    }
}

/// How many people can have a vote for a body at a meeting, as far as the book knows; nothing where it knows of nobody.
pub(super) fn seats_known(record: &Record, meeting: &Meeting, body: &BodyId, view: View) -> Option<u32> {
    let sits =
        if decides_as_one(meeting) { &meeting.convened.bodies[..] } else { std::slice::from_ref(body) };
    let members: BTreeSet<_> =
        sits.iter().flat_map(|body| voting_members(record, meeting, body, view)).collect();
    let known = meeting.convened.kind != MeetingKind::Members && !members.is_empty();
    let day = view.at(day_of(meeting));
    let of_body = sits.iter().filter(|_body| meeting.convened.committee.is_none());
    let vacant =
        of_body.filter_map(|body| composition(record, body, day)).map(|it| it.seats.vacant).sum::<u32>();
    known.then(|| u32::try_from(members.len()).unwrap_or(u32::MAX).saturating_add(vacant))
}

/// The entry that said last how somebody attends.
fn said_at(record: &Record, meeting: &Meeting, attendee: &Attendee, view: View) -> Option<Position> {
    let told = record.saying::<AttendanceRecorded>(meeting.id.subject(), view);
    let names = |said: &AttendanceRecorded| said.attendees.contains(attendee);
    told.filter(|told| told.says::<AttendanceRecorded>().is_some_and(names)).map(|told| told.position).last()
}
