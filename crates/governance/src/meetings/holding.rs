//! The rules of a meeting that sits: who is there, who has an interest, what is moved.

use super::calling::{judge_at, judge_at_for};
use super::motions::MotionMoved;
use super::quorum::{shares_seat, voters};
use super::sitting::{AttendanceRecorded, Attendee, InterestDeclared, MeetingClosed, MeetingOpened};
use super::state::{Meeting, MeetingState};
use super::taking::{judge_excluded, judge_resting};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, judge_past_softly};
use crate::people::{Office, holdings, judge_person};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Certainty, Malformed, PDate, PersonId, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    CHAIR: HardIfCertain =
        "meeting.chair-eligible",
        "A meeting is chaired by somebody who holds an office of a body that meets.",
        "standing orders; principle: good minutes";
    ENDS: Hard =
        "meeting.ends-after-it-starts",
        "A meeting ends no earlier than it started.",
        "principle: good minutes";
    ATTENDS_FOR: Hard =
        "attendance.bodies",
        "Who attends a meeting attends for bodies that meet, and for items on its agenda.",
        "principle: good minutes";
    DEPUTY: Hard =
        "attendance.deputy",
        "A deputy votes for a member who does not vote at the same time.",
        "principle: good minutes";
    DECLARED: Hard =
        "declaration.present",
        "Who declares an interest at a meeting is there, or sent apologies.",
        concat!(provisions!(interests), "; principle: good minutes");
    ITEM: Hard =
        "agenda.item",
        "What is declared, moved, voted on or decided at a meeting belongs to an item of its agenda that concerns the body.",
        concat!(provisions!(together), "; principle: good minutes");
    MOVER: Hard =
        "motion.mover",
        "Who moves or seconds a motion is a voting member of the body who is there for the item.",
        "principle: good minutes";
}

/// Asks that the item is on the agenda and concerns the body.
pub(super) fn judge_item(
    case: &Case<'_>,
    verdict: &mut Verdict,
    known: &Meeting,
    item: &str,
    body: Option<&BodyId>,
) -> bool {
    let on_agenda = known.item(item);
    let meets = body.is_none_or(|body| known.convened.bodies.contains(body));
    let fits = meets && on_agenda.is_some_and(|(_place, item)| body.is_none_or(|body| item.applies_to(body)));
    verdict.hard(fits, &ITEM, &case.act.subject, || {
        let of = body.map_or_else(String::new, |body| format!(" for {body}"));
        let needed = if meets { item_needed(known, body) } else { body_needed(known) };
        (format!("\"{item}\"{of}"), needed)
    });
    fits
}

/// Asks that the body meets.
pub(super) fn judge_meets(case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, body: &BodyId) -> bool {
    let meets = known.convened.bodies.contains(body);
    verdict.hard(meets, &ITEM, &case.act.subject, || (body.to_string(), body_needed(known)));
    meets
}

/// Which items there are, of the body where it is about one.
fn item_needed(known: &Meeting, body: Option<&BodyId>) -> String {
    let listed: Vec<_> = match body {
        Some(body) => known.items_of(body).map(|item| item.reference.as_str()).collect(),
        None => known.agenda.iter().map(|item| item.reference.as_str()).collect(),
    };
    if listed.is_empty() {
        return format!("an agenda of {} with that item: publish one (AgendaPublished)", known.id);
    }
    format!("an item of the agenda of {}: {}", known.id, listed.join(", "))
}

/// Which bodies meet.
fn body_needed(known: &Meeting) -> String {
    let bodies: Vec<_> = known.convened.bodies.iter().map(ToString::to_string).collect();
    format!("one of the bodies of {}: {}", known.id, bodies.join(", "))
}

impl Statement for MeetingOpened {
    fn act_date(&self) -> Option<PDate> {
        Some(self.started_at.day())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.chairs.is_empty() {
            return Err(Malformed::new("/data/facts/chairs", "none", "who chairs"));
        }
        Ok(())
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for chair in &self.chairs {
            judge_person(case, verdict, &chair.person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let may = |state| {
            matches!(state, MeetingState::Convened | MeetingState::AgendaPublished | MeetingState::Postponed)
        };
        let Some(known) = judge_at(case, verdict, may) else { return };
        for chair in &self.chairs {
            self.judge_chair(case, verdict, &known, &chair.person);
        }
    }
}

impl MeetingOpened {
    /// Where the book knows nobody of the bodies that meet, it can't tell.
    fn judge_chair(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, person: &PersonId) {
        let day = case.last_day_of(&self.started_at.day());
        let view = enacted(case.record, day);
        let seats = known.convened.bodies.iter().flat_map(|body| Office::ALL.map(|office| (body, office)));
        let held: Vec<_> =
            seats.flat_map(|(body, office)| holdings(case.record, body, office, view)).collect();
        let theirs = held.iter().filter(|held| held.person == *person);
        let lasts =
            |until: &Option<PDate>| until.as_ref().map_or(Certainty::Yes, |until| until.is_by(day).negated());
        let eligible = theirs.map(|held| lasts(&held.until)).reduce(Certainty::or);
        let nobody = if held.is_empty() { Certainty::Unknown } else { Certainty::No };
        verdict.hard_if_certain(eligible.unwrap_or(nobody), &CHAIR, &case.act.subject, || {
            let needed = "somebody who holds an office of a body that meets (OfficerAppointed)";
            (format!("{person}, who holds none on {day}"), needed.to_owned())
        });
    }
}

impl Statement for AttendanceRecorded {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let rows: BTreeSet<_> = self.attendees.iter().map(|it| (&it.person, &it.bodies)).collect();
        if self.attendees.is_empty() || rows.len() != self.attendees.len() {
            let needed = "each person once for the same bodies";
            return Err(Malformed::new("/data/facts/attendees", "nobody, or somebody twice", needed));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        let people: BTreeSet<_> = self.attendees.iter().map(|it| it.person.subject()).collect();
        people.into_iter().cloned().collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for attendee in &self.attendees {
            judge_person(case, verdict, &attendee.person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let may =
            |state| matches!(state, MeetingState::Open | MeetingState::Closed | MeetingState::MinutesDrafted);
        let Some(known) = judge_at(case, verdict, may) else { return };
        for attendee in &self.attendees {
            attendee.judge_bodies(case, verdict, &known);
        }
        self.judge_deputies(case, verdict, known);
    }
}

impl Attendee {
    fn judge_bodies(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let foreign = self.bodies.iter().find(|body| !known.convened.bodies.contains(body));
        let named = self.present.iter().flat_map(|stretch| stretch.from.iter().chain(&stretch.until));
        let unlisted = named.into_iter().find(|reference| known.item(reference).is_none());
        let fits = foreign.is_none() && unlisted.is_none();
        judge_past_softly(case, verdict, fits, &ATTENDS_FOR, || {
            let found = foreign.map(ToString::to_string).or_else(|| unlisted.cloned()).unwrap_or_default();
            let bodies: Vec<_> = known.convened.bodies.iter().map(ToString::to_string).collect();
            let needed = format!("bodies that meet ({}), and items of the agenda", bodies.join(", "));
            (format!("{} for {found}", self.person), needed)
        });
    }
}

impl AttendanceRecorded {
    /// Judged on who is there after it, whoever was said to be there before.
    fn judge_deputies(&self, case: &Case<'_>, verdict: &mut Verdict, before: Meeting) {
        let mut known = before.clone();
        known.hear_attendance(self);
        judge_resting(case, verdict, &before, &known);
        let people: BTreeSet<_> = self.attendees.iter().map(|it| &it.person).collect();
        for person in people {
            let other = shares_seat(&known, person);
            judge_past_softly(case, verdict, other.is_none(), &DEPUTY, || {
                let other = other.map_or_else(String::new, ToString::to_string);
                let needed = "the member with apologies, or both for different parts of the agenda";
                (format!("{person} votes, and so does {other}, in one seat"), needed.to_owned())
            });
        }
    }
}

impl Statement for InterestDeclared {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.items.is_empty() || self.handling.is_empty() {
            let needed = "the items that it concerns, and how it was handled";
            return Err(Malformed::new("/data/facts", "no items, or no handling", needed));
        }
        let hands_over = self.handling.contains(&super::sitting::Handling::ChairHandsOver);
        if hands_over != self.chair.is_some() {
            let needed = "chair with the handling chair_hands_over, and with no other";
            return Err(Malformed::new("/data/facts/chair", "one without the other", needed));
        }
        self.nature.check_not_blank("/data/facts/nature", "what the interest is")
    }

    fn about(&self) -> Vec<Subject> {
        let interest = self.interest.as_ref().map(|interest| interest.subject());
        [self.person.subject()].into_iter().chain(interest).cloned().collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for person in [&self.person].into_iter().chain(&self.chair) {
            judge_person(case, verdict, person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let may =
            |state| matches!(state, MeetingState::Open | MeetingState::Closed | MeetingState::MinutesDrafted);
        let Some(known) = judge_at(case, verdict, may) else { return };
        for item in &self.items {
            judge_item(case, verdict, &known, item, None);
        }
        let listed = known.attendees.iter().any(|it| it.person == self.person);
        judge_past_softly(case, verdict, listed, &DECLARED, || {
            let needed = "somebody in AttendanceRecorded: there, or with apologies";
            (format!("{}, of whom no attendance is recorded", self.person), needed.to_owned())
        });
        let mut after = known.clone();
        after.declared.push((case.place.position, self.clone()));
        judge_resting(case, verdict, &known, &after);
    }
}

impl Statement for MotionMoved {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, vec![self.body.clone()])]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.motion.trim().is_empty() {
            return Err(Malformed::new("/data/facts/motion", "nothing", "a short name for it"));
        }
        self.text.check_not_blank("/data/facts/text", "what is moved")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_at_for(case, verdict, &self.item, &self.body) else { return };
        if !judge_item(case, verdict, &known, &self.item, Some(&self.body)) {
            return;
        }
        judge_excluded(case, verdict, &known, &self.item, &self.body);
        let (there, _conflicted) = voters(&known, &self.body, Some(&self.item));
        if known.attendees.is_empty() {
            return;
        }
        for person in self.proposer.iter().chain(&self.seconder) {
            let votes = there.iter().any(|it| it.person == *person);
            judge_past_softly(case, verdict, votes, &MOVER, || {
                let needed =
                    "a voting member in AttendanceRecorded, without a conflict that excludes from the vote";
                (format!("{person}, who does not vote on {}", self.item), needed.to_owned())
            });
        }
    }
}

impl Statement for MeetingClosed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.ended_at.day())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_at(case, verdict, |state| state == MeetingState::Open) else { return };
        let Some(opened) = &known.opened else { return };
        let ordered = self.ended_at.as_micros() >= opened.started_at.as_micros();
        verdict.hard(ordered, &ENDS, &case.act.subject, || {
            (format!("an end at {}", self.ended_at), format!("{} or later", opened.started_at))
        });
    }
}
