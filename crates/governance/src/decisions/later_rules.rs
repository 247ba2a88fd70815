//! The rules of what becomes of decisions later, and of the seal.

use super::events::{DecisionRecorded, Mode};
use super::later::{DecisionRatified, DecisionRescinded, SealUsed};
use super::state::{Decision, decision, later_subject, ratification, rescission};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{enacted, is_or_follows, judge_open};
use crate::loads::{Passed, passed_by};
use crate::people::judge_person;
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Finding, Malformed, PDate, Record, Verdict, View};
use minutebook_log::{EventId, Subject};

rules! {
    RATIFIES: Hard =
        "ratification.urgent-decision",
        "What is ratified is an urgent decision of the body, or of one that it follows, which stands and which nothing has ratified.",
        "principle: good minutes";
    IN_TIME: Soft =
        "ratification.in-time",
        "An urgent decision is ratified by the day that it names.",
        "principle: good minutes";
    RATIFIED: Soft =
        "decision.ratified",
        "An urgent decision whose day has passed has been ratified, or refused.",
        "principle: good minutes; principle: hard and soft";
    RESCINDS: Hard =
        "rescission.standing",
        "What is rescinded is a decision of the body, or of one that it follows, which stands.",
        "principle: good minutes";
    BY_NEW_DECISION: Hard =
        "rescission.new-decision",
        "A decision is rescinded by a newer one, carried, of the same body or its successor.",
        "principle: good minutes";
    SEAL_ATTESTED: Soft =
        "seal.attested",
        "Two people attest the use of the seal.",
        "standing orders: of an ICB one authorised signature is enough in law (NHS Act 2006, Schedule 1B, paragraph 24(1)); principle: good minutes";
    SEAL_DECIDED: Hard =
        "seal.decision",
        "The decision that the seal carries out is one of the body, or of one that it follows.",
        "principle: good minutes";
}

fn needs(subject: &Subject) -> Vec<Need> {
    vec![Need::of(SECRETARY, BodyId::of(subject).into_iter().collect())]
}

/// The decision of that id, if it is one of the act's body or of one that it follows.
fn own_decision(case: &Case<'_>, id: EventId, date: &PDate) -> Option<Decision> {
    let found = decision(case.record, id, enacted(case.record, Date::LAST))?;
    let body = BodyId::of(&case.act.subject)?;
    let view = enacted(case.record, case.last_day_of(date));
    is_or_follows(case.record, &body, &found.body, view).then_some(found)
}

impl Statement for DecisionRatified {
    fn act_date(&self) -> Option<PDate> {
        Some(self.ratified_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        needs(subject)
    }

    fn about(&self) -> Vec<Subject> {
        let meeting = self.meeting.as_ref().map(|meeting| meeting.subject().clone());
        later_subject(self.decision).into_iter().chain(meeting).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let Some(id) = BodyId::of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.ratified_on);
        }
        let view = enacted(case.record, Date::LAST);
        let target = own_decision(case, self.decision, &self.ratified_on)
            .filter(|target| target.recorded.mode == Mode::Urgent);
        let again = ratification(case.record, self.decision, view).map(|(_said, position)| position);
        let undone = rescission(case.record, self.decision, view).map(|(_said, position)| position);
        let fits = target.is_some() && again.is_none() && undone.is_none();
        verdict.hard(fits, &RATIFIES, &case.act.subject, || {
            let found = match (again, undone) {
                (Some(position), _) => format!("{}, of which entry {position} speaks", self.decision),
                (None, Some(position)) => format!("{}, which entry {position} rescinds", self.decision),
                (None, None) => format!("{}, which is no urgent decision of the body", self.decision),
            };
            let needed = "the id of a DecisionRecorded of the body with the mode urgent, which stands";
            (found, needed.to_owned())
        });
        let limit = target.and_then(|target| target.recorded.urgent).map(|urgent| urgent.ratify_by);
        let late = limit.filter(|limit| limit.is_before(&self.ratified_on) == Certainty::Yes);
        verdict.soft(late.is_none(), &IN_TIME, &case.act.subject, || {
            let limit = late.map_or_else(String::new, |limit| limit.to_string());
            (format!("ratified on {}", self.ratified_on), format!("{limit} or earlier"))
        });
    }
}

impl Statement for DecisionRescinded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        needs(subject)
    }

    fn about(&self) -> Vec<Subject> {
        later_subject(self.decision).into_iter().collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, Date::LAST);
        let target = own_decision(case, self.decision, &self.effective);
        let again = rescission(case.record, self.decision, view);
        verdict.hard(target.is_some() && again.is_none(), &RESCINDS, &case.act.subject, || {
            let found = match again {
                Some((_said, position)) => format!("{}, which entry {position} rescinds", self.decision),
                None => format!("{}, which is no decision of the body", self.decision),
            };
            (
                found,
                "the id of a DecisionRecorded of the body, or of one that it follows, which stands"
                    .to_owned(),
            )
        });
        let body = BodyId::of(&case.act.subject);
        let new = own_decision(case, self.by_decision, &self.effective).filter(|new| {
            let is_later = |target: &Decision| {
                new.recorded.decided_on.is_before(&target.recorded.decided_on) != Certainty::Yes
                    && new.source.position > target.source.position
            };
            Some(&new.body) == body.as_ref()
                && new.recorded.is_carried()
                && target.as_ref().is_none_or(is_later)
        });
        verdict.hard(new.is_some(), &BY_NEW_DECISION, &case.act.subject, || {
            let needed = format!("the id of a newer DecisionRecorded of {}, carried", case.act.subject);
            (format!("{}, which is none", self.by_decision), needed)
        });
    }
}

impl Statement for SealUsed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.used_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        needs(subject)
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.document.check("/data/facts/document")
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for person in &self.attested_by {
            judge_person(case, verdict, person);
        }
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        if let Some(id) = BodyId::of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.used_on);
        }
        let people: std::collections::BTreeSet<_> = self.attested_by.iter().collect();
        verdict.soft(people.len() >= 2, &SEAL_ATTESTED, &case.act.subject, || {
            (format!("attested by {}", people.len()), "two people".to_owned())
        });
        let Some(id) = self.decision else { return };
        let known = own_decision(case, id, &self.used_on);
        verdict.hard(known.is_some(), &SEAL_DECIDED, &case.act.subject, || {
            (
                format!("{id}, which is no decision of the body"),
                "the id of a DecisionRecorded of the body, or of one that it follows".to_owned(),
            )
        });
    }
}

/// What is overdue about the urgent decisions of a body on the view's day.
pub fn ratification_findings(record: &Record, id: &BodyId, view: View) -> Vec<Finding> {
    let today = record.today(view);
    let overdue = awaiting_ratification(record, id, view)
        .into_iter()
        .filter(|(said, by)| passed_by(record, view, said.source.standing, Some(by)) == Passed::Missed);
    overdue
        .map(|(decision, by)| Finding {
            rule: &RATIFIED,
            subject: id.subject().clone(),
            found: format!("an urgent decision to be ratified by {by}; nothing says so on {today}"),
            needed: "DecisionRatified".to_owned(),
            why: vec![decision.source.position],
        })
        .collect()
}

/// The urgent decisions of a body that nothing has ratified or refused by the view's day, with the day by which it
/// is to.
pub fn awaiting_ratification(record: &Record, id: &BodyId, view: View) -> Vec<(Decision, PDate)> {
    let listed = super::state::to_be_ratified(id);
    let decisions =
        listed.map_or_else(Vec::new, |listed| super::state::decisions(record, &listed, view)).into_iter();
    let urgent = decisions.filter_map(|decision| {
        let by = decision.recorded.urgent.as_ref()?.ratify_by.clone();
        Some((decision, by))
    });
    urgent
        .filter(|(decision, _by)| decision.id.is_none_or(|id| ratification(record, id, view).is_none()))
        .collect()
}

/// Whether this is the urgent mode, with all that it asks for.
pub(super) fn tells_urgency(decision: &DecisionRecorded) -> bool {
    (decision.mode == Mode::Urgent) == decision.urgent.is_some()
}
