//! What approved minutes hold, which is settled: it is corrected once a later meeting has decided to change them.

use crate::act::{Act, Case};
use crate::bodies::{enacted, judge_past_softly};
use crate::decisions::{DecisionRatified, DecisionRecorded};
use crate::documents::{CorrectionKind, RecordCorrected};
use crate::meetings::{
    AgendaPublished, AttendanceRecorded, InterestDeclared, Meeting, MeetingClosed, MeetingConvened,
    MeetingOpened, MinutesDrafted, MotionMoved, Part, VoteTaken, meeting,
};
use crate::rules::rules;
use crate::{BodyId, Date, MeetingId, Verdict};
use minutebook_log::{Position, Subject};
use std::any::TypeId;

rules! {
    APPROVED: Hard =
        "correction.approved-minutes",
        "What approved minutes hold is corrected or withdrawn only once a later meeting has decided to change them; a slip of the pen is mended at any time, and what stands there twice is found.",
        "principle: good minutes";
}

/// What is minuted in every part, and for every body that met.
const OF_THE_WHOLE: [TypeId; 5] = [
    TypeId::of::<MeetingConvened>(),
    TypeId::of::<AgendaPublished>(),
    TypeId::of::<MeetingOpened>(),
    TypeId::of::<AttendanceRecorded>(),
    TypeId::of::<MeetingClosed>(),
];

/// Where minutes would hold an act: at which meeting, of which items and of which bodies. Nothing of either is all of them.
struct Minuted {
    meeting: MeetingId,
    parts: Vec<Part>,
    items: Vec<String>,
    bodies: Vec<BodyId>,
}

impl Minuted {
    /// Nothing of what no minutes hold: a plan, an appointment, a decision between meetings.
    fn of(act: &Act) -> Option<Self> {
        let said = &act.statement;
        let of_item = |meeting: MeetingId, item: Option<&str>, bodies: Vec<BodyId>| {
            Some(Self {
                meeting,
                parts: Vec::new(),
                items: vec![item.unwrap_or_default().to_owned()],
                bodies,
            })
        };
        let own = |subject: &Subject| BodyId::of(subject).into_iter();
        if let Some(said) = said.downcast::<DecisionRecorded>() {
            let item = said.item.as_ref().map(|item| item.reference.as_str());
            let with = said.decided_with.iter().map(|with| with.body.clone());
            return of_item(said.meeting.clone()?, item, own(&act.subject).chain(with).collect());
        }
        if let Some(said) = said.downcast::<DecisionRatified>() {
            return of_item(said.meeting.clone()?, said.item.as_deref(), own(&act.subject).collect());
        }
        let meeting = MeetingId::of(&act.subject)?;
        if let Some(said) = said.downcast::<VoteTaken>() {
            return of_item(meeting, Some(&said.item), vec![said.body.clone()]);
        }
        if let Some(said) = said.downcast::<MotionMoved>() {
            return of_item(meeting, Some(&said.item), vec![said.body.clone()]);
        }
        let whole = Self { meeting, parts: Vec::new(), items: Vec::new(), bodies: Vec::new() };
        if let Some(said) = said.downcast::<InterestDeclared>() {
            return Some(Self { items: said.items.clone(), bodies: said.bodies.clone(), ..whole });
        }
        if let Some(said) = said.downcast::<MinutesDrafted>() {
            return Some(Self { parts: vec![said.part], ..whole });
        }
        OF_THE_WHOLE.contains(&said.type_of()).then_some(whole)
    }

    /// The part whose minutes are approved, and the body that they are approved for.
    fn approved(&self, case: &Case<'_>, known: &Meeting) -> Option<(Part, BodyId)> {
        let view = enacted(case.record, Date::LAST);
        let of_items =
            self.items.iter().map(|item| known.item(item).map_or(Part::Public, |(_at, it)| it.part));
        let mut parts: Vec<_> = self.parts.iter().copied().chain(of_items).collect();
        if parts.is_empty() {
            parts = vec![Part::Public, Part::Private];
        }
        let bodies = if self.bodies.is_empty() { &known.convened.bodies } else { &self.bodies };
        let all = parts.iter().flat_map(|part| bodies.iter().map(move |body| (*part, body)));
        let mut approved = all.filter(|(part, body)| known.is_approved(case.record, *part, body, view));
        approved.next().map(|(part, body)| (part, body.clone()))
    }
}

/// Asks that no approved minutes hold what is corrected or withdrawn; of a clerical correction it is not asked.
pub(crate) fn judge_approved(
    correction: &RecordCorrected,
    case: &Case<'_>,
    (position, target): (Position, &Act),
    verdict: &mut Verdict,
) {
    if correction.kind == CorrectionKind::Clerical || target.standing.is_report() {
        return;
    }
    let Some(minuted) = Minuted::of(target) else { return };
    let known = meeting(case.record, &minuted.meeting, enacted(case.record, Date::LAST));
    let Some(known) = known else { return };
    let approved = minuted.approved(case, &known);
    let holds = approved.is_none();
    let explain = || {
        let (part, body) =
            approved.map_or_else(Default::default, |(part, body)| (part.as_str(), body.to_string()));
        let found =
            format!("the {part} minutes of {} are approved for {body}, and hold entry {position}", known.id);
        let needed = "possible now: MinutesDrafted with changed_at, a later meeting that decided to change them, then this \
                      correction, then MinutesApproved anew; a decision is undone by a newer one (DecisionRescinded)";
        (found, needed.to_owned())
    };
    if correction.kind == CorrectionKind::Duplicate {
        // That it is there twice can be seen by whoever reads both.
        verdict.soft(holds, &APPROVED, &target.subject, explain);
    } else {
        judge_past_softly(&Case { act: target, ..*case }, verdict, holds, &APPROVED, explain);
    }
}
