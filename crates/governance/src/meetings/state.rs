//! A meeting as a view sees it: the fold of every statement about it.

use super::alike::is_same_item;
use super::convening::{
    AgendaItem, AgendaPublished, MeetingConvened, MeetingRescheduled, Part, Rescheduling,
};
use super::minutes::{MinutesApproved, MinutesDrafted};
use super::motions::{MotionMoved, VoteTaken};
use super::sitting::{AttendanceRecorded, Attendee, InterestDeclared, MeetingClosed, MeetingOpened};
use crate::bodies::lineage;
use crate::view::Told;
use crate::words::words;
use crate::{BodyId, Certainty, Instant, MeetingId, PDate, PersonId, Record, View};
use minutebook_log::Position;
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};

/// Where a meeting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeetingState {
    /// It is called.
    Convened,
    /// It was put off to a day that is not known.
    Postponed,
    /// It does not take place.
    Cancelled,
    /// Its agenda is published.
    AgendaPublished,
    /// It sits.
    Open,
    /// It has ended.
    Closed,
    /// Minutes are drafted.
    MinutesDrafted,
    /// Every part that was drafted is approved for every body.
    MinutesApproved,
}

words!(
    MeetingState:
    Convened = "convened",
    Postponed = "postponed",
    Cancelled = "cancelled",
    AgendaPublished = "agenda_published",
    Open = "open",
    Closed = "closed",
    MinutesDrafted = "minutes_drafted",
    MinutesApproved = "minutes_approved",
);

impl MeetingState {
    /// What can be said of a meeting in this state.
    pub fn possible(self) -> &'static str {
        match self {
            MeetingState::Convened | MeetingState::AgendaPublished => {
                "MeetingConvened or AgendaPublished anew, MeetingRescheduled, MeetingOpened"
            }
            MeetingState::Postponed => "MeetingConvened anew, MeetingRescheduled, MeetingOpened",
            MeetingState::Cancelled => "nothing: convene another meeting",
            MeetingState::Open => {
                "AgendaPublished with added items, AttendanceRecorded, InterestDeclared, MotionMoved, VoteTaken, \
                 DecisionRecorded, MeetingClosed"
            }
            MeetingState::Closed => {
                "AttendanceRecorded, InterestDeclared, MotionMoved, VoteTaken, DecisionRecorded, MinutesDrafted"
            }
            MeetingState::MinutesDrafted => {
                "AttendanceRecorded, InterestDeclared, MinutesDrafted anew, MinutesApproved; MotionMoved, VoteTaken, \
                 DecisionRecorded, each for a body that has not approved its minutes"
            }
            MeetingState::MinutesApproved => "MinutesDrafted, where a later meeting decided to change them",
        }
    }
}

/// Whether two votes or motions are of the same name, or of none.
pub(super) fn is_same_motion(one: Option<&str>, other: Option<&str>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_same_item(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// How a meeting came to another day, or to none.
#[derive(Debug, Clone)]
pub struct Rescheduled {
    /// When it was to start; nothing where that was not known any more.
    pub from: Option<Instant>,
    /// What became of it, when that was said, and why.
    pub said: MeetingRescheduled,
    /// The entry that says so.
    pub position: Position,
}

/// A meeting as a view sees it.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// Its id.
    pub id: MeetingId,
    /// How it was called, as revised last.
    pub convened: MeetingConvened,
    /// When it starts, as rescheduled last; nothing where that is not known.
    pub starts_at: Option<Instant>,
    /// What put it off, or called it off, oldest first.
    pub rescheduled: Vec<Rescheduled>,
    /// Its agenda, as published last, with what was added.
    pub agenda: Vec<AgendaItem>,
    /// The entry that publishes it so.
    pub agenda_at: Option<Position>,
    /// The version of the agenda.
    pub agenda_version: Option<u32>,
    /// How it opened.
    pub opened: Option<MeetingOpened>,
    /// How it closed, with the entry.
    pub closed: Option<(Position, MeetingClosed)>,
    /// Who was there: the last word on each person and body.
    pub attendees: Vec<Attendee>,
    /// The entries that say of somebody whether they came, and for whom, in order.
    pub heard_of: BTreeMap<PersonId, Vec<Position>>,
    /// How many of the public.
    pub public: Option<u32>,
    /// What was declared, each with its entry.
    pub declared: Vec<(Position, InterestDeclared)>,
    /// What was moved, each with its entry.
    pub motions: Vec<(Position, MotionMoved)>,
    /// What was voted on, oldest first, each with its entry.
    pub votes: Vec<(Position, VoteTaken)>,
    /// The drafts of its minutes, the last of each part.
    pub drafts: BTreeMap<Part, MinutesDrafted>,
    /// Who approved its minutes, of each part, each with its entry.
    pub approvals: Vec<(Position, MinutesApproved)>,
    /// Where it stands.
    pub state: MeetingState,
    /// Whether every day on which something was done about it has come for certain.
    pub is_sure: bool,
    /// The entries that say so.
    pub why: Vec<Position>,
}

const HEARD: [TypeId; 11] = [
    TypeId::of::<MeetingConvened>(),
    TypeId::of::<AgendaPublished>(),
    TypeId::of::<MeetingRescheduled>(),
    TypeId::of::<MeetingOpened>(),
    TypeId::of::<AttendanceRecorded>(),
    TypeId::of::<InterestDeclared>(),
    TypeId::of::<MotionMoved>(),
    TypeId::of::<VoteTaken>(),
    TypeId::of::<MeetingClosed>(),
    TypeId::of::<MinutesDrafted>(),
    TypeId::of::<MinutesApproved>(),
];

/// The meeting, if the view knows of it.
pub fn meeting(record: &Record, id: &MeetingId, view: View) -> Option<Meeting> {
    let told = record.saying_any(HEARD, id.subject(), view);
    let is_called = |said: &MeetingConvened| said.called_on.is_by(view.as_at) != Certainty::No;
    let told = told.filter(|told| told.subject == *id.subject());
    let mut told: Vec<_> = told.filter(|told| told.says::<MeetingConvened>().is_none_or(is_called)).collect();
    // What is said with the higher standing comes last, and holds.
    told.sort_by_key(|told| (told.standing, told.position));
    let convened = told.iter().rev().find_map(|told| told.says::<MeetingConvened>())?.clone();
    let mut meeting = Meeting {
        id: id.clone(),
        starts_at: Some(convened.starts_at.clone()),
        convened,
        rescheduled: Vec::new(),
        agenda: Vec::new(),
        agenda_at: None,
        agenda_version: None,
        opened: None,
        closed: None,
        attendees: Vec::new(),
        heard_of: BTreeMap::new(),
        public: None,
        declared: Vec::new(),
        motions: Vec::new(),
        votes: Vec::new(),
        drafts: BTreeMap::new(),
        approvals: Vec::new(),
        state: MeetingState::Convened,
        is_sure: true,
        why: Vec::new(),
    };
    for told in &told {
        meeting.hear(told, view);
    }
    meeting.why.sort_unstable();
    let drafted = meeting.state == MeetingState::MinutesDrafted;
    if drafted && meeting.awaiting_approval(record, view).is_empty() {
        meeting.state = MeetingState::MinutesApproved;
    }
    Some(meeting)
}

/// The meetings of a body, by their start: those that it was convened to, in common or alone.
pub fn meetings_of(record: &Record, id: &BodyId, view: View) -> Vec<Meeting> {
    let told = record.saying::<MeetingConvened>(id.subject(), view);
    let ids: BTreeSet<_> = told.filter_map(|told| MeetingId::of(&told.subject)).collect();
    let mut found: Vec<_> = ids.iter().filter_map(|id| meeting(record, id, view)).collect();
    found.retain(|meeting| meeting.convened.bodies.contains(id));
    found.sort_by_key(|meeting| meeting.starts_at.as_ref().map(Instant::as_micros));
    found
}

/// On which day something was done about a meeting; nothing of what happens while it sits.
fn said_on(told: &Told) -> Option<PDate> {
    let called = told.says::<MeetingConvened>().map(|said| said.called_on.clone());
    let published = || told.says::<AgendaPublished>().map(|said| said.published_on.clone());
    let put_off = || told.says::<MeetingRescheduled>().map(|said| said.said_on.clone());
    let opened = || told.says::<MeetingOpened>().map(|said| said.started_at.day());
    let closed = || told.says::<MeetingClosed>().map(|said| said.ended_at.day());
    let drafted = || told.says::<MinutesDrafted>().map(|said| said.drafted_on.clone());
    let approved = || told.says::<MinutesApproved>().map(|said| said.approved_on.clone());
    let before = called.or_else(published).or_else(put_off);
    before.or_else(opened).or_else(closed).or_else(drafted).or_else(approved)
}

impl Meeting {
    fn hear(&mut self, told: &Told, view: View) {
        let is_by = |date: &PDate| date.is_by(view.as_at) != Certainty::No;
        let stands = |state: MeetingState, at: &mut MeetingState| *at = state.max(*at);
        if let Some(said) = told.says::<MeetingConvened>() {
            self.starts_at = Some(said.starts_at.clone());
            if self.state == MeetingState::Postponed {
                self.state = MeetingState::Convened;
            }
        } else if let Some(said) = told.says::<AgendaPublished>().filter(|said| is_by(&said.published_on)) {
            (self.agenda, self.agenda_version) = (said.items.clone(), Some(said.version));
            self.agenda_at = Some(told.position);
            stands(MeetingState::AgendaPublished, &mut self.state);
        } else if let Some(said) = told.says::<MeetingRescheduled>().filter(|said| is_by(&said.said_on)) {
            let from = self.starts_at.clone();
            self.rescheduled.push(Rescheduled { from, said: said.clone(), position: told.position });
            self.reschedule(&said.change);
        } else if let Some(said) = told.says::<MeetingOpened>().filter(|said| is_by(&said.started_at.day())) {
            self.opened = Some(said.clone());
            stands(MeetingState::Open, &mut self.state);
        } else if let Some(said) = told.says::<MeetingClosed>().filter(|said| is_by(&said.ended_at.day())) {
            self.closed = Some((told.position, said.clone()));
            stands(MeetingState::Closed, &mut self.state);
        } else if let Some(said) = told.says::<MinutesDrafted>().filter(|said| is_by(&said.drafted_on)) {
            self.draft(said);
            stands(MeetingState::MinutesDrafted, &mut self.state);
        } else if let Some(said) = told.says::<MinutesApproved>().filter(|said| is_by(&said.approved_on)) {
            self.approvals.push((told.position, said.clone()));
            stands(MeetingState::MinutesDrafted, &mut self.state);
        } else if self.day().is_none_or(|day| is_by(&day)) {
            self.hear_proceedings(told);
        } else {
            return;
        }
        let on = said_on(told).or_else(|| self.day());
        self.is_sure &= on.is_none_or(|on| on.is_by(view.as_at) != Certainty::Unknown);
        self.why.push(told.position);
    }

    /// A draft that changes approved minutes is to be approved anew.
    fn draft(&mut self, said: &MinutesDrafted) {
        if said.changed_at.is_some() {
            self.approvals.retain(|(_at, approved)| approved.part != said.part);
        }
        self.drafts.insert(said.part, said.clone());
    }

    fn reschedule(&mut self, change: &Rescheduling) {
        (self.starts_at, self.state) = match change {
            Rescheduling::Cancelled => (self.starts_at.clone(), MeetingState::Cancelled),
            Rescheduling::Postponed { to: None } => (None, MeetingState::Postponed),
            Rescheduling::Postponed { to } if self.agenda.is_empty() => (to.clone(), MeetingState::Convened),
            Rescheduling::Postponed { to } => (to.clone(), MeetingState::AgendaPublished),
        };
    }

    /// What happens while it sits.
    fn hear_proceedings(&mut self, told: &Told) {
        if let Some(said) = told.says::<AttendanceRecorded>() {
            let people = said.attendees.iter().flat_map(|it| [Some(&it.person), it.deputy_for.as_ref()]);
            for person in people.flatten().collect::<BTreeSet<_>>() {
                self.heard_of.entry(person.clone()).or_default().push(told.position);
            }
            self.hear_attendance(said);
        } else if let Some(said) = told.says::<InterestDeclared>() {
            self.declared.push((told.position, said.clone()));
        } else if let Some(said) = told.says::<MotionMoved>() {
            let same = |known: &MotionMoved| {
                known.body == said.body
                    && is_same_item(&known.item, &said.item)
                    && is_same_item(&known.motion, &said.motion)
            };
            self.motions.retain(|(_at, known)| !same(known));
            self.motions.push((told.position, said.clone()));
        } else if let Some(said) = told.says::<VoteTaken>() {
            self.votes.push((told.position, said.clone()));
        }
    }

    pub(super) fn hear_attendance(&mut self, said: &AttendanceRecorded) {
        self.public = said.public.or(self.public);
        for attendee in &said.attendees {
            self.attendees.retain(|known| known.person != attendee.person || known.bodies != attendee.bodies);
            self.attendees.push(attendee.clone());
        }
    }

    /// The day on which it sits.
    pub fn day(&self) -> Option<PDate> {
        let opened = self.opened.as_ref().map(|opened| opened.started_at.day());
        opened.or_else(|| self.starts_at.as_ref().map(Instant::day))
    }

    /// The item of this reference, and its place on the agenda.
    pub fn item(&self, reference: &str) -> Option<(usize, &AgendaItem)> {
        self.agenda.iter().enumerate().find(|(_place, item)| is_same_item(&item.reference, reference))
    }

    /// A reference as the agenda writes it; as it is, where the agenda has no such item.
    pub(super) fn as_listed(&self, reference: &str) -> String {
        self.item(reference).map_or_else(|| reference.to_owned(), |(_place, item)| item.reference.clone())
    }

    /// In which part an item is taken.
    pub(super) fn part_of(&self, reference: &str) -> Part {
        self.item(reference).map_or(Part::Public, |(_place, item)| item.part)
    }

    /// Whether something can still be recorded that a body did at this sitting: until its own minutes of that part are
    /// approved. When others close or approve is theirs.
    pub(super) fn is_on_record_for(&self, record: &Record, part: Part, body: &BodyId, view: View) -> bool {
        let has_sat = self.opened.is_some() && self.state != MeetingState::Cancelled;
        has_sat && !self.is_approved(record, part, body, view)
    }

    /// The items that concern a body: its column of the matrix.
    pub fn items_of<'a>(&'a self, body: &'a BodyId) -> impl Iterator<Item = &'a AgendaItem> {
        self.agenda.iter().filter(|item| item.applies_to(body))
    }

    /// The last vote of a body on a motion under an item.
    pub fn vote(&self, item: &str, body: &BodyId, motion: Option<&str>) -> Option<&(Position, VoteTaken)> {
        self.votes.iter().rev().find(|(_position, vote)| {
            is_same_item(&vote.item, item)
                && vote.body == *body
                && is_same_motion(vote.motion.as_deref(), motion)
        })
    }

    /// Whether the minutes of a part are approved for a body, by itself or by its successor.
    pub fn is_approved(&self, record: &Record, part: Part, body: &BodyId, view: View) -> bool {
        let mut approvals =
            self.approvals.iter().map(|(_at, approved)| approved).filter(|approved| approved.part == part);
        approvals
            .any(|approved| approved.body == *body || lineage(record, &approved.body, view).contains(body))
    }

    /// Whether what a body decided under an item is confirmed: the minutes that hold it are approved for the body.
    pub fn confirms(&self, record: &Record, item: &str, body: &BodyId, view: View) -> bool {
        let Some((_place, listed)) = self.item(item) else { return false };
        let mut minuted = self.drafts.get(&listed.part).into_iter().flat_map(|draft| &draft.decisions);
        let is_minuted = minuted.any(|minuted| is_same_item(&minuted.item, item) && minuted.body == *body);
        is_minuted && self.is_approved(record, listed.part, body, view)
    }

    /// The drafts that are to be approved, each with the body for which.
    pub fn awaiting_approval(&self, record: &Record, view: View) -> Vec<(Part, BodyId)> {
        let wanting = self.drafts.keys().flat_map(|part| {
            let bodies = self.convened.bodies.iter();
            bodies
                .filter(|body| !self.is_approved(record, *part, body, view))
                .map(|body| (*part, body.clone()))
        });
        wanting.collect()
    }
}
