//! The rules by which a meeting is called.

use super::alike::drawn;
use super::convening::{AgendaPublished, MeetingConvened, MeetingKind, MeetingRescheduled, Part};
use super::state::{Meeting, MeetingState, meeting};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, is_or_follows, judge_open};
use crate::constitutions::governing_rules;
use crate::form;
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{BodyId, Date, Malformed, MeetingId, PDate, Sealable, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    CONVENED: Hard =
        "meeting.convened",
        "What happens at a meeting belongs to one that was convened.",
        "principle: good minutes";
    STEP: Hard =
        "meeting.step",
        "A meeting is convened, opens, closes and has its minutes approved, in this order; or is cancelled.",
        "principle: step by step";
    SIGNED_FOR: Hard =
        "meeting.signed-for",
        "What happens at a meeting is recorded for a body that meets, or for its successor.",
        "principle: each body for itself";
    KIND: Hard =
        "meeting.kind",
        "One body meets alone; several meet in common, or as a joint committee.",
        concat!(provisions!(together), "; principle: good minutes");
    NOTICE: Soft =
        "meeting.notice",
        "Notice of a meeting is given as early as the body's rules ask; where they say nothing, three clear days before, or when the meeting is convened, if that is later.",
        "standing orders; Public Bodies (Admission to Meetings) Act 1960, section 1(4), for the boards of ICBs";
    IN_PUBLIC: Soft =
        "meeting.in-public",
        "A governing body meets in public; the public is excluded only from parts.",
        provisions!(meetings_in_public);
    AGENDA_BODIES: Hard =
        "agenda.applies-to",
        "An item of an agenda concerns bodies that meet.",
        provisions!(together);
    AGENDA_ADDED: Soft =
        "agenda.added",
        "Once a meeting is open its agenda keeps its items; one that is added says why it could not wait.",
        "standing orders; principle: good minutes";
}

/// The fewest days between a notice and a meeting: three clear days.
const CLEAR_DAYS: u32 = 4;

/// The meeting that an act is about, as everything enacted leaves it.
pub(super) fn known_meeting(case: &Case<'_>, id: &MeetingId) -> Option<Meeting> {
    meeting(case.record, id, enacted(case.record, Date::LAST))
}

/// Asks that the act is about a meeting that was convened, is signed for a body of it, and comes when it can.
pub(super) fn judge_at(
    case: &Case<'_>,
    verdict: &mut Verdict,
    may: impl FnOnce(MeetingState) -> bool,
) -> Option<Meeting> {
    let known = MeetingId::of(&case.act.subject).and_then(|id| known_meeting(case, &id));
    verdict.hard(known.is_some(), &CONVENED, &case.act.subject, || {
        ("a meeting that no act convenes".to_owned(), "a meeting convened first (MeetingConvened)".to_owned())
    });
    let known = known?;
    judge_step(case, verdict, &known, may(known.state));
    judge_signed_for(case, verdict, &known.convened.bodies);
    Some(known)
}

/// As [`judge_at`], of what one body did under an item: it can be recorded until that body's minutes are approved,
/// whatever another has closed.
pub(super) fn judge_at_for(
    case: &Case<'_>,
    verdict: &mut Verdict,
    item: &str,
    body: &BodyId,
) -> Option<Meeting> {
    let view = enacted(case.record, Date::LAST);
    let known = MeetingId::of(&case.act.subject).and_then(|id| known_meeting(case, &id));
    let may = known
        .as_ref()
        .is_some_and(|known| known.is_on_record_for(case.record, known.part_of(item), body, view));
    judge_at(case, verdict, |_state| may)
}

/// Asks that the state of the meeting admits the act.
pub(super) fn judge_step(case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, may: bool) {
    verdict.hard(may, &STEP, &case.act.subject, || {
        let found = format!("{} is {}", known.id, known.state.as_str().replace('_', " "));
        (found, format!("possible now: {}", known.state.possible()))
    });
}

fn judge_signed_for(case: &Case<'_>, verdict: &mut Verdict, bodies: &[BodyId]) {
    let view = enacted(case.record, Date::LAST);
    let mut signed_for = case.act.signatories.iter().filter_map(|signatory| signatory.body.as_ref());
    let signed = signed_for.any(|signed| {
        bodies.contains(signed) || bodies.iter().any(|body| is_or_follows(case.record, signed, body, view))
    });
    verdict.hard(signed, &SIGNED_FOR, &case.act.subject, || {
        let bodies: Vec<_> = bodies.iter().map(ToString::to_string).collect();
        ("signed for no body that meets".to_owned(), format!("the secretary of {}", bodies.join(" or ")))
    });
}

fn can_be_called(state: MeetingState) -> bool {
    matches!(state, MeetingState::Convened | MeetingState::Postponed | MeetingState::AgendaPublished)
}

impl Statement for MeetingConvened {
    /// The day of the meeting: the notice of a body's first one falls before it opens.
    fn act_date(&self) -> Option<PDate> {
        Some(self.starts_at.day())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.bodies.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        form::check_each_body_once("/data/facts/bodies", &self.bodies)?;
        let parts: BTreeSet<_> = self.parts.iter().collect();
        if self.parts.is_empty() || parts.len() != self.parts.len() {
            return Err(Malformed::new(
                "/data/facts/parts",
                "none, or one twice",
                "public, private, or both",
            ));
        }
        self.quorum.as_ref().map_or(Ok(()), |quorum| quorum.check("/data/facts/quorum"))
    }

    fn about(&self) -> Vec<Subject> {
        let committee = self.committee.as_ref().map(|committee| committee.subject());
        self.bodies.iter().map(BodyId::subject).chain(committee).cloned().collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let Some(known) = MeetingId::of(&case.act.subject).and_then(|id| known_meeting(case, &id)) {
            judge_step(case, verdict, &known, can_be_called(known.state));
            judge_signed_for(case, verdict, &known.convened.bodies);
        }
        let alone = matches!(self.kind, MeetingKind::Single | MeetingKind::Members);
        verdict.hard(alone == (self.bodies.len() == 1), &KIND, &case.act.subject, || {
            let needed = "one body with single or members, several with in_common or joint_committee";
            (format!("{} with {} bodies", self.kind.as_str(), self.bodies.len()), needed.to_owned())
        });
        let day = self.starts_at.day();
        for body in &self.bodies {
            judge_open(case, verdict, body, &day);
            self.judge_notice(case, verdict, body);
        }
        let governing = self.committee.is_none() && self.kind != MeetingKind::Members;
        verdict.soft(!governing || self.parts.contains(&Part::Public), &IN_PUBLIC, &case.act.subject, || {
            ("no public part".to_owned(), "a public part, and a resolution to exclude the public".to_owned())
        });
    }
}

impl MeetingConvened {
    fn judge_notice(&self, case: &Case<'_>, verdict: &mut Verdict, body: &BodyId) {
        let day = self.starts_at.day();
        let rules = governing_rules(case.record, body, enacted(case.record, case.last_day_of(&day)));
        let days = rules.notice_days.map_or(CLEAR_DAYS, |ruled| ruled.value);
        let needed = self.called_on.latest().map(|called| called.plus_days(days));
        let late = needed.zip(day.earliest()).filter(|(needed, day)| day < needed);
        verdict.soft(late.is_none(), &NOTICE, &case.act.subject, || {
            let found = format!("notice on {} of a meeting of {body} on {day}", self.called_on);
            (found, format!("{days} days between them"))
        });
    }
}

impl Statement for AgendaPublished {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let distinct: BTreeSet<_> = self.items.iter().map(|item| drawn(&item.reference)).collect();
        if self.items.is_empty() || distinct.len() != self.items.len() {
            let needed = "each item once: references that look alike are one";
            return Err(Malformed::new("/data/facts/items", "none, or a reference twice", needed));
        }
        for (index, item) in self.items.iter().enumerate() {
            let at = format!("/data/facts/items/{index}");
            if item.reference.trim().is_empty() {
                return Err(Malformed::new(format!("{at}/reference"), "nothing", "such as GB/19/076"));
            }
            item.title.check_not_blank(&format!("{at}/title"), "what the item is called")?;
            for (paper, document) in item.papers.iter().enumerate() {
                document.check(&format!("{at}/papers/{paper}"))?;
            }
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let may = |state| can_be_called(state) || state == MeetingState::Open;
        let Some(known) = judge_at(case, verdict, may) else { return };
        let bodies = &known.convened.bodies;
        let foreign = self.items.iter().flat_map(|item| &item.applies_to).find(|body| !bodies.contains(body));
        verdict.hard(foreign.is_none(), &AGENDA_BODIES, &case.act.subject, || {
            let body = foreign.map_or_else(String::new, ToString::to_string);
            let bodies: Vec<_> = bodies.iter().map(ToString::to_string).collect();
            let needed = format!("bodies that meet, under applies_to: {}", bodies.join(", "));
            (format!("{body}, which does not meet"), needed)
        });
        if known.state == MeetingState::Open {
            self.judge_added(case, verdict, &known);
        }
    }
}

impl AgendaPublished {
    fn judge_added(&self, case: &Case<'_>, verdict: &mut Verdict, known: &Meeting) {
        let kept = known.agenda.iter().all(|item| self.items.contains(item));
        let explained = |reason: &Option<Sealable>| reason.is_some();
        let mut new = self.items.iter().filter(|item| !known.agenda.contains(item));
        let fits = kept && new.all(|item| explained(&item.added_because));
        verdict.soft(fits, &AGENDA_ADDED, &case.act.subject, || {
            let found = if kept { "an item added without a reason" } else { "an item changed or left out" };
            (
                found.to_owned(),
                "AgendaPublished with every item as it was, and new ones with added_because".to_owned(),
            )
        });
    }
}

impl Statement for MeetingRescheduled {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_at(case, verdict, can_be_called);
    }
}

/// The rule that a meeting was convened, for decisions, whose subject is a body.
pub(super) fn convened() -> &'static crate::Rule {
    &CONVENED
}
