//! Who is there for an item, and whether a body can decide on it: derived from attendance, conflicts and the rule in
//! force, never recorded.

use super::alike::is_same_item;
use super::convening::MeetingKind;
use super::sitting::{Attendee, AttendingAs, InterestDeclared, Stretch};
use super::state::Meeting;
use crate::committees::committee;
use crate::constitutions::{Minimum, Quorum, Shortfall, VotingSeats, composition, governing_rules};
use crate::people::Office;
use crate::{BodyId, Certainty, Date, PersonId, Record, View};
use std::collections::BTreeSet;

/// Whether a body can decide, and why.
#[derive(Debug, Clone)]
pub struct Quorate {
    /// Whether it can; unknown where the book lacks the rule, the members or the attendance.
    pub holds: Certainty,
    /// The voting members who are there and may vote.
    pub voting: Vec<PersonId>,
    /// The voting members who may not vote because of a conflict of interest.
    pub conflicted: Vec<PersonId>,
    /// How many are needed, where that is known.
    pub needed: Option<u32>,
    /// Why it is so, in words.
    pub reasons: Vec<String>,
}

/// Who chairs an item for a body: whoever the chair hands over to, else whom the agenda names, else the meeting's chair.
pub fn chair(meeting: &Meeting, body: &BodyId, item: Option<&str>) -> Option<PersonId> {
    let of_item = item.and_then(|reference| {
        let concerns = |said: &&InterestDeclared| concerns(meeting, said, body, reference);
        let mut declared = meeting.declared.iter().map(|(_at, said)| said).filter(concerns);
        let handed_over = declared.find_map(|said| said.chair.clone());
        handed_over.or_else(|| meeting.item(reference)?.1.chair.clone())
    });
    let opened = meeting.opened.as_ref();
    let of_meeting = || {
        let mut chairs = opened.into_iter().flat_map(|opened| &opened.chairs);
        chairs.find(|chair| chair.bodies.is_empty() || chair.bodies.contains(body))
    };
    of_item.or_else(|| of_meeting().map(|chair| chair.person.clone()))
}

pub(super) fn concerns(meeting: &Meeting, said: &InterestDeclared, body: &BodyId, item: &str) -> bool {
    let for_body = said.bodies.is_empty() || said.bodies.contains(body) || decides_as_one(meeting);
    for_body && said.items.iter().any(|reference| is_same_item(reference, item))
}

pub(super) fn decides_as_one(meeting: &Meeting) -> bool {
    meeting.convened.kind == MeetingKind::JointCommittee
}

impl Attendee {
    /// Whether they attend for a body.
    pub fn is_for(&self, body: &BodyId) -> bool {
        self.bodies.is_empty() || self.bodies.contains(body)
    }

    /// Whose vote it is: their own, or that of the member for whom they stand in.
    pub(super) fn seat(&self) -> &PersonId {
        self.deputy_for.as_ref().unwrap_or(&self.person)
    }

    /// Whether they are there for the item at this place of the agenda; for any part of it where none is asked.
    fn is_there(&self, meeting: &Meeting, place: Option<usize>) -> bool {
        let Some(place) = place.filter(|_place| !self.present.is_empty()) else { return true };
        self.present.iter().any(|stretch| stretch.holds(meeting, place))
    }
}

impl Stretch {
    fn holds(&self, meeting: &Meeting, place: usize) -> bool {
        let at = |reference: &Option<String>| meeting.item(reference.as_ref()?).map(|(place, _item)| place);
        at(&self.from).is_none_or(|from| from <= place) && at(&self.until).is_none_or(|until| place < until)
    }
}

/// The voting members, and deputies who vote, who are there for an item and not kept from voting on it; and those who
/// are kept from it. Each counts once, by the last word on them for the body.
pub fn voters(meeting: &Meeting, body: &BodyId, item: Option<&str>) -> (Vec<Attendee>, Vec<PersonId>) {
    let conflicted = conflicted(meeting, body, item);
    let place = item.and_then(|reference| meeting.item(reference)).map(|(place, _item)| place);
    let sits =
        if decides_as_one(meeting) { &meeting.convened.bodies[..] } else { std::slice::from_ref(body) };
    let (mut there, mut kept): (Vec<Attendee>, Vec<PersonId>) = (Vec::new(), Vec::new());
    for row in sits.iter().flat_map(|body| last_words(meeting, body)) {
        if row.attending_as != AttendingAs::Voting {
            continue;
        }
        if conflicted.contains(&row.person) {
            kept.extend((!kept.contains(&row.person)).then(|| row.person.clone()));
        } else if row.is_there(meeting, place) && there.iter().all(|known| known.person != row.person) {
            there.push(row.clone());
        }
    }
    (there, kept)
}

/// How those who vote attend for a body, and for the others where several decide as one.
fn voting_for<'a>(meeting: &'a Meeting, body: &'a BodyId) -> impl Iterator<Item = &'a Attendee> {
    let sits =
        if decides_as_one(meeting) { &meeting.convened.bodies[..] } else { std::slice::from_ref(body) };
    let rows = sits.iter().flat_map(|body| last_words(meeting, body));
    rows.filter(|row| row.attending_as == AttendingAs::Voting)
}

/// Somebody else who votes in the seat of `person` at the same time: the member, or another deputy.
pub(super) fn shares_seat<'a>(meeting: &'a Meeting, person: &PersonId) -> Option<&'a PersonId> {
    let places: Vec<_> = (0..meeting.agenda.len()).map(Some).collect();
    let places = if places.is_empty() { vec![None] } else { places };
    let together = |one: &Attendee, other: &Attendee| {
        places.iter().any(|place| one.is_there(meeting, *place) && other.is_there(meeting, *place))
    };
    meeting.convened.bodies.iter().find_map(|body| {
        let (theirs, others): (Vec<_>, Vec<_>) =
            voting_for(meeting, body).partition(|row| row.person == *person);
        let shares =
            |other: &&Attendee| theirs.iter().any(|row| row.seat() == other.seat() && together(row, other));
        others.into_iter().find(shares).map(|other| &other.person)
    })
}

/// How each person attends for a body. Who came for all that meet may attend otherwise for one of them.
pub(super) fn last_words<'a>(meeting: &'a Meeting, body: &BodyId) -> Vec<&'a Attendee> {
    let mut last: Vec<&Attendee> = Vec::new();
    for row in meeting.attendees.iter().filter(|row| row.is_for(body)) {
        last.retain(|known| known.person != row.person);
        last.push(row);
    }
    last
}

/// Who may not vote on an item for a body because of what they declared.
pub fn conflicted(meeting: &Meeting, body: &BodyId, item: Option<&str>) -> BTreeSet<PersonId> {
    let Some(item) = item else { return BTreeSet::new() };
    let declared = meeting.declared.iter().map(|(_at, said)| said);
    let declared = declared.filter(|said| concerns(meeting, said, body, item));
    let kept = declared.filter(|said| said.handling.iter().any(|handling| handling.excludes_from_vote()));
    kept.map(|said| said.person.clone()).collect()
}

/// Whether a body is quorate for an item; for the meeting as it was attended at all, where none is asked.
pub fn quorum(record: &Record, meeting: &Meeting, body: &BodyId, item: Option<&str>, view: View) -> Quorate {
    let day = meeting.day().and_then(|day| day.latest()).unwrap_or(view.as_at);
    let view = view.at(day);
    let (there, conflicted) = voters(meeting, body, item);
    let voting: Vec<_> = there.iter().map(|it| it.person.clone()).collect();
    let unknown = |voting: Vec<PersonId>, conflicted: Vec<PersonId>, reason: String| Quorate {
        holds: Certainty::Unknown,
        voting,
        conflicted,
        needed: None,
        reasons: vec![reason],
    };
    if meeting.attendees.is_empty() {
        return unknown(
            voting,
            conflicted,
            "nobody's attendance is recorded (AttendanceRecorded)".to_owned(),
        );
    }
    let Some((rule, source)) = rule_of(record, meeting, body, view) else {
        let reason = "the book has no quorum for it (GoverningRulesSet, or quorum in MeetingConvened)";
        return unknown(voting, conflicted, reason.to_owned());
    };
    let composition = composition(record, body, view);
    let seats = composition.as_ref().map_or(VotingSeats { filled: 0, vacant: 0 }, |it| it.seats);
    if matches!(rule.minimum, Minimum::Part { .. }) && seats.filled + seats.vacant == 0 {
        let reason = format!("{source} asks for a part of the voting members, whom the book does not know");
        return unknown(voting, conflicted, reason);
    }
    let members = composition.map(|it| it.members).unwrap_or_default();
    let offices = |it: &Attendee| match it.office {
        Some(office) => vec![office],
        None => members.get(it.deputy_for.as_ref().unwrap_or(&it.person)).cloned().unwrap_or_default(),
    };
    let present: Vec<_> = there.iter().map(offices).collect();
    let lacking = rule.lacks(seats, &present);
    let needed = rule.needed(seats);
    let mut reasons = vec![format!("{} voting, {needed} needed by {source}", voting.len())];
    if !conflicted.is_empty() {
        reasons.push(format!("{} kept from voting by a conflict of interest", conflicted.len()));
    }
    reasons.extend(lacking.iter().filter_map(lacking_office));
    Quorate { holds: lacking.is_empty().into(), voting, conflicted, needed: Some(needed), reasons }
}

fn lacking_office(shortfall: &Shortfall) -> Option<String> {
    let Shortfall::Office(offices) = shortfall else { return None };
    let offices: Vec<_> = offices.iter().map(|office: &Office| office.as_str().replace('_', " ")).collect();
    Some(format!("no {} among them", offices.join(" or ")))
}

/// The quorum in force, and what says it: the committee's terms, the body's own rules, or else the meeting.
fn rule_of(record: &Record, meeting: &Meeting, body: &BodyId, view: View) -> Option<(Quorum, String)> {
    let own = || {
        let rule = governing_rules(record, body, view).quorum?;
        Some((rule.value, format!("the rules of {body} (entry {})", rule.position)))
    };
    let of_committee = || {
        let id = meeting.convened.committee.as_ref()?;
        let count = committee(record, id, view)?.quorum?;
        let quorum =
            Quorum { minimum: Minimum::Count(count), counts_vacancies: false, must_include: Vec::new() };
        Some((quorum, format!("the terms of {id}")))
    };
    let of_meeting = || Some((meeting.convened.quorum.clone()?, "the notice of the meeting".to_owned()));
    let sits = || if meeting.convened.committee.is_some() { of_committee() } else { own() };
    sits().or_else(of_meeting)
}

/// On which day the rules of a meeting are looked up.
pub(super) fn day_of(meeting: &Meeting) -> Date {
    meeting.day().and_then(|day| day.latest()).unwrap_or(Date::LAST)
}
