//! The rules that admit what is looked into, proposed and given up.

use super::stage::MergerState;
use super::state::{Merger, merger};
use super::steps::{PROPOSED, judge_in_progress, known};
use crate::act::{Case, Need, SECRETARY, Statement};
use crate::bodies::{body, enacted, is_open};
use crate::proposals::{MergerAbandoned, MergerExplored, MergerProposed, proposals_of};
use crate::rules::rules;
use crate::{BodyId, Certainty, Malformed, MergerId, PDate, Verdict, View};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    TWO_OPEN_BODIES: HardIfCertain =
        "merger.two-open-bodies",
        "Two or more open bodies of one kind can look into a merger, or propose it.",
        "NHS Act 2006, section 14G(1), for CCGs";
    ANOTHER_PROPOSAL: Soft =
        "merger.another-proposal",
        "A body takes part in one live proposal at a time.",
        "principle: hard and soft";
    NOT_AFTER_END: Hard =
        "merger.not-after-its-end",
        "A merger that has taken effect or was given up is not proposed again: another one has another id.",
        "principle: step by step";
    REVISED_IN_TIME: Hard =
        "merger.revised-in-time",
        "A proposal is revised until it is applied for, and anew after a rejection or a withdrawal.",
        "NHS England's procedures for mergers of CCGs; principle: step by step";
    BY_PARTICIPANT: Hard =
        "merger.abandoned-by-participant",
        "A merger is given up by the bodies that take part in it.",
        "NHS England's procedures for mergers of CCGs";
}

impl Statement for MergerProposed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.proposed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.participants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_participants(&self.participants)
    }

    fn about(&self) -> Vec<Subject> {
        self.participants.iter().map(|id| id.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.proposed_on));
        judge_open_bodies(case, verdict, &self.participants, &self.proposed_on);
        judge_not_over(case, verdict, &self.proposed_on);
        self.judge_revised(case, verdict);
        for participant in &self.participants {
            let others = proposals_of(case.record, participant, view).into_iter();
            let mut others = others.filter(|id| id.subject() != &case.act.subject);
            let other = others.find(|id| is_live_for(case, id, participant, view));
            verdict.soft(other.is_none(), &ANOTHER_PROPOSAL, &case.act.subject, || {
                let id = other.map_or_else(String::new, |id| id.to_string());
                (format!("{participant} takes part in {id} too"), "one live proposal".to_owned())
            });
        }
    }
}

impl MergerProposed {
    /// What is applied for is changed with the regulator's consent (ApplicationChanged), not proposed otherwise.
    fn judge_revised(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let known = known(case, &self.proposed_on);
        let applied = known.filter(|it| it.state == MergerState::Submitted || it.state.is_granted());
        verdict.hard(applied.is_none(), &REVISED_IN_TIME, &case.act.subject, || {
            let state = applied.as_ref().map_or("", |merger| merger.state.as_str()).replace('_', " ");
            let possible = applied.as_ref().map(Merger::possible).unwrap_or_default();
            let needed = format!("a proposal that is not applied for; possible now: {possible}");
            (format!("{} is {state}", case.act.subject), needed)
        });
    }
}

/// Whether a proposal may still come to something, with this body in it.
fn is_live_for(case: &Case<'_>, id: &MergerId, participant: &BodyId, view: View) -> bool {
    merger(case.record, id, view)
        .is_some_and(|merger| !merger.state.is_over() && merger.participants().any(|id| id == participant))
}

/// Whether all these bodies are known and open on whatever day the date means.
pub(super) fn all_open(case: &Case<'_>, ids: &[BodyId], date: &PDate) -> Certainty {
    let view = enacted(case.record, case.last_day_of(date));
    let each = ids.iter().map(|id| match body(case.record, id, view) {
        Some(body) => is_open(case.record, &body, date),
        None => Certainty::No,
    });
    each.fold(Certainty::Yes, Certainty::and)
}

pub(super) fn words(open: Certainty) -> &'static str {
    match open {
        Certainty::Yes => "all",
        Certainty::No => "not all",
        Certainty::Unknown => "not known",
    }
}

fn check_participants(participants: &[BodyId]) -> Result<(), Malformed> {
    let distinct: BTreeSet<_> = participants.iter().collect();
    if distinct.len() != participants.len() {
        return Err(Malformed::new("/data/facts/participants", "a body twice", "each body once"));
    }
    Ok(())
}

fn judge_open_bodies(case: &Case<'_>, verdict: &mut Verdict, participants: &[BodyId], date: &PDate) {
    let view = enacted(case.record, case.last_day_of(date));
    let bodies: Vec<_> = participants.iter().filter_map(|id| body(case.record, id, view)).collect();
    let kinds: BTreeSet<_> = bodies.iter().filter_map(|body| body.kind()).collect();
    let open = all_open(case, participants, date);
    let fits = open.and(Certainty::from(participants.len() >= 2 && kinds.len() == 1));
    verdict.hard_if_certain(fits, &TWO_OPEN_BODIES, &case.act.subject, || {
        let found = format!("{} bodies of {} kinds, open: {}", participants.len(), kinds.len(), words(open));
        (found, "at least two, all open, all of one kind".to_owned())
    });
}

fn judge_not_over(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) {
    let state = known(case, date).map(|merger| merger.state);
    let ended = state.filter(|state| matches!(state, MergerState::Effected | MergerState::Abandoned));
    verdict.hard(ended.is_none(), &NOT_AFTER_END, &case.act.subject, || {
        let state = ended.map_or("", MergerState::as_str);
        let possible = ended.map_or("", MergerState::possible);
        (format!("{} is {state}", case.act.subject), format!("another id; possible now: {possible}"))
    });
}

impl Statement for MergerExplored {
    fn act_date(&self) -> Option<PDate> {
        Some(self.explored_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.participants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        check_participants(&self.participants)
    }

    fn about(&self) -> Vec<Subject> {
        self.participants.iter().map(|id| id.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_open_bodies(case, verdict, &self.participants, &self.explored_on);
        judge_not_over(case, verdict, &self.explored_on);
    }
}

impl Statement for MergerAbandoned {
    fn act_date(&self) -> Option<PDate> {
        Some(self.abandoned_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(SECRETARY)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.reason.shown().trim().is_empty() {
            return Err(Malformed::new("/data/facts/reason", "nothing", "why it is given up"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(merger) = known(case, &self.abandoned_on) else {
            verdict.hard(false, &PROPOSED, &case.act.subject, || {
                let needed = "what is given up first (MergerExplored, MergerProposed)";
                ("a merger that no act proposes or looks into".to_owned(), needed.to_owned())
            });
            return;
        };
        judge_in_progress(case, verdict, &merger);
        let need = Need::of(SECRETARY, merger.participants().cloned().collect());
        let signed = case.act.signatories.iter().any(|signatory| need.is_met_by(signatory));
        verdict.hard(signed, &BY_PARTICIPANT, &case.act.subject, || {
            ("no signature for a body that takes part".to_owned(), need.to_string())
        });
    }
}
