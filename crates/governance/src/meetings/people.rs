//! What meetings say of the people who sit in them: who voted how, who declared what, who was there how often.

use super::quorum::{concerns, last_words, voters};
use super::sitting::{AttendanceRecorded, Attendee, AttendingAs, Handling, InterestDeclared};
use super::state::{Meeting, MeetingState, meeting, meetings_of};
use super::{Ballot, MeetingConvened, NamedVotes, VoteTaken};
use crate::committees::{CommitteeRole, committee};
use crate::constitutions::composition;
use crate::{BodyId, Certainty, Date, MeetingId, PDate, PersonId, Record, View};
use minutebook_log::Position;
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};

/// How one person voted, or that they could not.
#[derive(Debug, Clone)]
pub struct PersonVote {
    /// At which meeting.
    pub meeting: MeetingId,
    /// On which day.
    pub day: Option<PDate>,
    /// Under which item.
    pub item: String,
    /// On which motion, where there are several under the item.
    pub motion: Option<String>,
    /// For which body.
    pub body: BodyId,
    /// Who.
    pub person: PersonId,
    /// How; nothing where a conflict of interest kept them from voting.
    pub vote: Option<Ballot>,
    /// How a conflict that they declared was handled; empty where they declared none.
    pub conflict: Vec<Handling>,
    /// Whether the motion was put again later: the other vote counts.
    pub was_put_again: bool,
    /// The entry that says so.
    pub position: Position,
}

impl Meeting {
    /// Who voted how, as far as votes were named in the clear, in the order of the book. A conflict counts where it was
    /// declared, whether the votes were named or not.
    pub fn votes_by_person(&self) -> Vec<PersonVote> {
        self.votes.iter().flat_map(|(position, vote)| self.people_of(*position, vote)).collect()
    }

    /// The votes that were taken without names, or with sealed ones.
    pub fn votes_without_names(&self) -> impl Iterator<Item = &VoteTaken> {
        let votes = self.votes.iter().map(|(_position, vote)| vote);
        votes.filter(|vote| vote.named.as_ref().is_none_or(|named| named.clear().is_empty()))
    }

    fn people_of(&self, position: Position, vote: &VoteTaken) -> Vec<PersonVote> {
        let (_there, kept) = voters(self, &vote.body, Some(&vote.item));
        let named = vote.named.as_ref().map_or(&[][..], NamedVotes::clear);
        let voted = named.iter().map(|it| (it.person.clone(), Some(it.vote)));
        let not_voted = kept.into_iter().filter(|person| named.iter().all(|it| it.person != *person));
        let last = self.vote(&vote.item, &vote.body, vote.motion.as_deref());
        let was_put_again = last.is_some_and(|(last, _vote)| *last != position);
        let people = voted.chain(not_voted.map(|person| (person, None)));
        let row = |(person, ballot): (PersonId, Option<Ballot>)| PersonVote {
            meeting: self.id.clone(),
            day: self.day(),
            item: vote.item.clone(),
            motion: vote.motion.clone(),
            body: vote.body.clone(),
            conflict: self.handling(&person, &vote.body, &vote.item),
            person,
            vote: ballot,
            was_put_again,
            position,
        };
        people.map(row).collect()
    }

    /// How what somebody declared about an item is handled.
    fn handling(&self, person: &PersonId, body: &BodyId, item: &str) -> Vec<Handling> {
        let of_item = |said: &&InterestDeclared| said.person == *person && concerns(self, said, body, item);
        let mut handling: Vec<Handling> = Vec::new();
        let declared = self.declared.iter().map(|(_at, said)| said).filter(of_item);
        for said in declared.flat_map(|said| &said.handling) {
            if !handling.contains(said) {
                handling.push(*said);
            }
        }
        handling
    }

    /// Whether what somebody declared belongs in the register of a body that meets: it names the body, or names none and is
    /// declared by somebody who attends for it.
    pub fn is_declared_for(&self, said: &InterestDeclared, body: &BodyId) -> bool {
        if !said.bodies.is_empty() {
            return said.bodies.contains(body);
        }
        let mut rows = self.attendees.iter().filter(|row| row.person == said.person).peekable();
        rows.peek().is_none() || rows.any(|row| row.is_for(body))
    }

    /// Whether it sat: a meeting that was called off counts for nobody.
    pub fn has_sat(&self) -> bool {
        self.opened.is_some() && self.state != MeetingState::Cancelled
    }
}

/// The meetings of which the book says that a person was there, voted or declared an interest, by their start.
pub fn meetings_of_person(record: &Record, id: &PersonId, view: View) -> Vec<Meeting> {
    let told = record.saying_any(
        [
            TypeId::of::<AttendanceRecorded>(),
            TypeId::of::<VoteTaken>(),
            TypeId::of::<InterestDeclared>(),
            TypeId::of::<MeetingConvened>(),
        ],
        id.subject(),
        view,
    );
    let ids: BTreeSet<_> = told.filter_map(|told| MeetingId::of(&told.subject)).collect();
    let mut found: Vec<_> = ids.iter().filter_map(|id| meeting(record, id, view)).collect();
    found.sort_by_key(|meeting| meeting.starts_at.as_ref().map(crate::Instant::as_micros));
    found
}

/// An interest that somebody declared at a meeting.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// At which meeting.
    pub meeting: MeetingId,
    /// On which day.
    pub day: Option<PDate>,
    /// What was declared, and how it is handled.
    pub said: InterestDeclared,
    /// In whose registers it belongs: the bodies that it names, or else those for which its holder attends.
    pub bodies: Vec<BodyId>,
    /// The entry that says so.
    pub position: Position,
}

/// What was declared at meetings, in the order of the book.
pub fn declarations(meetings: &[Meeting]) -> Vec<Declaration> {
    let mut found: Vec<_> = meetings.iter().flat_map(declared_at).collect();
    found.sort_by_key(|declared| declared.position);
    found
}

fn declared_at(meeting: &Meeting) -> Vec<Declaration> {
    let of = |(position, said): (Position, InterestDeclared)| {
        let bodies = meeting.convened.bodies.iter().filter(|body| meeting.is_declared_for(&said, body));
        let bodies = bodies.cloned().collect();
        Declaration { meeting: meeting.id.clone(), day: meeting.day(), said, bodies, position }
    };
    meeting.declared.iter().cloned().map(of).collect()
}

/// How often a member was there, of the sittings that they were to be at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attendance {
    /// The sittings: those that list them as a member, and those at which they were a member by the book.
    pub sittings: u32,
    /// Those that they attended.
    pub attended: u32,
    /// Those to which they sent apologies.
    pub apologies: u32,
    /// Those, of the ones they missed, at which a deputy voted for them.
    pub deputised: u32,
    /// Those that say nothing of them.
    pub unaccounted: u32,
}

/// How often each member was at the sittings of a body from a day on and until another, both included. Sittings that
/// were called off count for nobody.
pub fn attendance(
    record: &Record,
    id: &BodyId,
    (from, until): (Date, Date),
    view: View,
) -> (Vec<Meeting>, BTreeMap<PersonId, Attendance>) {
    let in_period = |day: PDate| {
        day.is_by(until) == Certainty::Yes && day.earliest().is_some_and(|earliest| earliest >= from)
    };
    let mut sat = meetings_of(record, id, view);
    sat.retain(|meeting| meeting.has_sat() && meeting.day().is_some_and(in_period));
    let mut counts: BTreeMap<PersonId, Attendance> = BTreeMap::new();
    for meeting in &sat {
        for person in expected(record, meeting, id, view) {
            counts.entry(person.clone()).or_default().count(meeting, id, &person);
        }
    }
    (sat, counts)
}

/// The members whom a meeting lists, and those who are members by the book on its day.
fn expected(record: &Record, meeting: &Meeting, id: &BodyId, view: View) -> BTreeSet<PersonId> {
    let listed = last_words(meeting, id).into_iter().filter(|it| it.deputy_for.is_none());
    let listed = listed.filter(|it| it.attending_as != AttendingAs::InAttendance);
    let mut members: BTreeSet<_> = listed.map(|it| it.person.clone()).collect();
    let day = view.at(meeting.day().and_then(|day| day.latest()).unwrap_or(view.as_at));
    match &meeting.convened.committee {
        Some(of) => {
            let seated = committee(record, of, day).map(|it| it.members).unwrap_or_default();
            let voting = seated.into_iter().filter(|it| it.role != CommitteeRole::NonVoting);
            members.extend(voting.filter(|it| it.body == *id).map(|it| it.person));
        }
        None => {
            members.extend(composition(record, id, day).into_iter().flat_map(|it| it.members.into_keys()))
        }
    }
    members
}

/// Who was at a meeting, as what, by the last word on each person and body: each with the bodies for which that holds, none
/// where it holds for all that met.
pub fn attendees(meeting: &Meeting) -> Vec<Attendee> {
    let met = &meeting.convened.bodies;
    let holds_for = |row: &Attendee, body: &BodyId| last_words(meeting, body).contains(&row);
    let narrowed = meeting.attendees.iter().filter_map(|row| {
        let bodies: Vec<_> = met.iter().filter(|body| holds_for(row, body)).cloned().collect();
        let is_for_all = row.bodies.is_empty() && bodies.len() == met.len();
        // Whoever is said to have come for a body that does not meet is said so by the book.
        let is_foreign = !row.bodies.is_empty() && row.bodies.iter().all(|body| !met.contains(body));
        if is_for_all || is_foreign {
            return Some(row.clone());
        }
        (!bodies.is_empty()).then(|| Attendee { bodies, ..row.clone() })
    });
    narrowed.collect()
}

/// The entries that say of a person whether they came, in order; nothing of whom none says it.
pub fn told_of<'a>(meetings: &'a [Meeting], person: &'a PersonId) -> impl Iterator<Item = Position> + 'a {
    meetings.iter().flat_map(|meeting| meeting.heard_of.get(person).into_iter().flatten().copied())
}

/// Whether somebody opened the meeting in the chair, which says that they were there.
fn chairs(meeting: &Meeting, id: &BodyId, person: &PersonId) -> bool {
    let chairs = meeting.opened.iter().flat_map(|opened| &opened.chairs);
    chairs.filter(|it| it.person == *person).any(|it| it.bodies.is_empty() || it.bodies.contains(id))
}

impl Attendance {
    fn count(&mut self, meeting: &Meeting, id: &BodyId, person: &PersonId) {
        let words = last_words(meeting, id);
        let listed = words.iter().find(|it| it.person == *person);
        let is_listed = listed.is_some();
        // What is said of those who came is said when it is known; who was to open the sitting, before.
        let was_there = listed.map_or_else(
            || chairs(meeting, id, person),
            |listed| listed.attending_as != AttendingAs::Apologies,
        );
        let mut others = words.iter();
        let was_deputised = !was_there && others.any(|it| it.deputy_for.as_ref() == Some(person));
        self.sittings += 1;
        self.attended += u32::from(was_there);
        self.apologies += u32::from(is_listed && !was_there);
        self.deputised += u32::from(was_deputised);
        self.unaccounted += u32::from(!is_listed && !was_there && !was_deputised);
    }
}
