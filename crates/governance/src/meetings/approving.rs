//! The rules of minutes, and what is found of them later.

use super::calling::{judge_at, known_meeting};
use super::convening::Part;
use super::minutes::{Minuted, MinutesApproved, MinutesDrafted};
use super::state::{Meeting, MeetingState};
use crate::act::{Capacity, Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, is_or_follows};
use crate::decisions::{DecisionRecorded, decisions};
use crate::rules::rules;
use crate::{BodyId, Date, Finding, Malformed, MeetingId, PDate, Record, Verdict, View, withdrawn};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    CHANGED: Hard =
        "minutes.changed",
        "Minutes that were approved change only by the decision of a later meeting of the body or its successor.",
        "principle: good minutes";
    DRAFTED: Hard =
        "minutes.drafted",
        "Minutes are approved after they were drafted, once for each part and body.",
        "principle: step by step";
    LATER: Hard =
        "minutes.later-sitting",
        "Minutes are approved at a later sitting of the same body, or of its successor.",
        "principle: good minutes";
    CHAIR_SIGNS: Soft =
        "minutes.chair-signs",
        "The chair signs the minutes that are approved.",
        "principle: good minutes";
    CONFIRM: Soft =
        "minutes.decisions",
        "Minutes hold every decision of their meeting, and the book every decision of the minutes.",
        "principle: good minutes";
}

const CHAIR: Capacity = Capacity::Chair;

/// Whether `later` is a sitting after `known` of one of its bodies, or of a successor; of `body`, where one is asked for.
fn is_later(case: &Case<'_>, known: &Meeting, later: &MeetingId, body: Option<&BodyId>) -> bool {
    let Some(later) = known_meeting(case, later).filter(|later| later.id != known.id) else { return false };
    let view = enacted(case.record, Date::LAST);
    let after =
        later.starts_at.as_ref().zip(known.starts_at.as_ref()).is_none_or(|(later, first)| later > first);
    let mut sits = later.convened.bodies.iter().filter(|sits| body.is_none_or(|body| body == *sits));
    let follows = sits
        .any(|sits| known.convened.bodies.iter().any(|first| is_or_follows(case.record, sits, first, view)));
    after && follows && later.state != MeetingState::Cancelled
}

impl Statement for MinutesDrafted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.drafted_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let distinct: BTreeSet<_> = self.decisions.iter().collect();
        if distinct.len() != self.decisions.len() {
            return Err(Malformed::new("/data/facts/decisions", "one twice", "each item and body once"));
        }
        self.document.check("/data/facts/document")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let may = |state| state >= MeetingState::Closed;
        let Some(known) = judge_at(case, verdict, may) else { return };
        let approved = known.approvals.iter().any(|(_at, approved)| approved.part == self.part);
        let changed = self.changed_at.as_ref().is_some_and(|later| is_later(case, &known, later, None));
        verdict.hard(!approved || changed, &CHANGED, &case.act.subject, || {
            let found = format!("the {} minutes of {} are approved", self.part.as_str(), known.id);
            let needed =
                "possible now: MinutesDrafted with changed_at, a later meeting that decided to change them";
            (found, needed.to_owned())
        });
    }
}

impl Statement for MinutesApproved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.approved_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, vec![self.body.clone()])]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.document.check("/data/facts/document")
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.body.subject().clone(), self.at_meeting.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(known) = judge_at(case, verdict, |state| state >= MeetingState::Closed) else { return };
        let drafted = known.drafts.contains_key(&self.part);
        let again = known.approvals.iter().any(|(_at, it)| it.part == self.part && it.body == self.body);
        verdict.hard(drafted && !again, &DRAFTED, &case.act.subject, || {
            let found = if again { "approved already" } else { "no draft" };
            (
                format!("{} minutes: {found}", self.part.as_str()),
                "a draft (MinutesDrafted), approved once".to_owned(),
            )
        });
        let later = is_later(case, &known, &self.at_meeting, Some(&self.body));
        verdict.hard(later, &LATER, &case.act.subject, || {
            let needed = format!(
                "a later meeting (MeetingConvened) of {}, which met or follows a body that did",
                self.body
            );
            (format!("{}, which is none", self.at_meeting), needed)
        });
        super::taking::judge_approval(case, verdict, self);
        let signs = case
            .act
            .signatories
            .iter()
            .any(|signatory| signatory.capacity == CHAIR && signatory.body.as_ref() == Some(&self.body));
        verdict.soft(signs, &CHAIR_SIGNS, &case.act.subject, || {
            ("no signature of the chair".to_owned(), format!("a signature as chair of {}", self.body))
        });
    }
}

/// What is found of the minutes of a meeting: decisions that are in the minutes or in the book alone.
pub fn minutes_findings(record: &Record, meeting: &Meeting, view: View) -> Vec<Finding> {
    found_of_minutes(record, meeting, view, |_item| true)
}

/// As [`minutes_findings`], of what belongs to one part.
pub fn minutes_findings_of(record: &Record, meeting: &Meeting, part: Part, view: View) -> Vec<Finding> {
    found_of_minutes(record, meeting, view, |item| meeting.is_in(part, Some(item)))
}

/// The decisions of a meeting that were withdrawn, as minutes name them, each with the entry that withdrew it.
fn decisions_withdrawn(
    record: &Record,
    meeting: &Meeting,
    view: View,
) -> Vec<(Minuted, minutebook_log::Position)> {
    let gone = withdrawn(record, meeting.id.subject(), view).into_iter();
    let of_it = gone.filter_map(|it| {
        let said = it.told.says::<DecisionRecorded>()?;
        let item = said.item.as_ref().filter(|_item| said.meeting.as_ref() == Some(&meeting.id))?;
        let (item, body) = (meeting.as_listed(&item.reference), BodyId::of(&it.told.subject)?);
        Some((Minuted { item, body }, it.withdrawn_at))
    });
    of_it.collect()
}

fn found_of_minutes(
    record: &Record,
    meeting: &Meeting,
    view: View,
    is_asked_for: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    if meeting.drafts.is_empty() {
        return Vec::new();
    }
    let listed = |it: &Minuted| Minuted { item: meeting.as_listed(&it.item), body: it.body.clone() };
    let minuted: BTreeSet<_> =
        meeting.drafts.values().flat_map(|draft| &draft.decisions).map(listed).collect();
    let taken = decisions(record, meeting.id.subject(), view).into_iter();
    let taken: Vec<_> =
        taken.filter(|decision| decision.recorded.meeting.as_ref() == Some(&meeting.id)).collect();
    let name = |decision: &crate::decisions::Decision| {
        let item = decision.recorded.item.as_ref().map(|item| meeting.as_listed(&item.reference));
        let item = item.unwrap_or_default();
        Minuted { item, body: decision.body.clone() }
    };
    let recorded: BTreeSet<_> = taken.iter().map(name).collect();
    let finding = |found: String, why: Vec<minutebook_log::Position>| Finding {
        rule: &CONFIRM,
        subject: meeting.id.subject().clone(),
        found,
        needed: "the decision in the minutes (MinutesDrafted) and in the book (DecisionRecorded)".to_owned(),
        why,
    };
    let unminuted = taken.iter().filter(|decision| {
        is_asked_for(&name(decision).item)
            && !minuted.contains(&name(decision))
            && meeting.drafts.contains_key(&meeting.part_of(&name(decision).item))
    });
    let unminuted = unminuted.map(|decision| {
        let Minuted { item, body } = name(decision);
        finding(format!("{item} of {body} is not in the minutes"), vec![decision.source.position])
    });
    let unrecorded = minuted.difference(&recorded).filter(|it| is_asked_for(&it.item));
    let gone = decisions_withdrawn(record, meeting, view);
    let unrecorded = unrecorded.map(|Minuted { item, body }| {
        let withdrawn = gone.iter().find(|(it, _at)| it.item == *item && it.body == *body);
        let found = match withdrawn {
            Some((_it, at)) => {
                format!("{item} of {body} is in the minutes, and was withdrawn in the book by entry {at}")
            }
            None => format!("{item} of {body} is in the minutes alone"),
        };
        finding(found, meeting.why.clone())
    });
    unminuted.chain(unrecorded).collect()
}
