//! The rules that admit delegations.

use super::committee_rules::is_decided;
use crate::act::{Case, GRANTORS, Need, Statement};
use crate::bodies::{enacted, judge_known, judge_open};
use crate::committees::{
    CommitteeState, Delegate, Delegation, DelegationBasis, DelegationGranted, DelegationRevoked,
    DelegationState, Onward, committee, delegation, judge_partnership_holds_nothing,
};
use crate::constitutions::{SchemeEntry, SchemeHolder, governing_rules};
use crate::provisions::provisions;
use crate::rules::rules;
use crate::{DelegationId, Malformed, PDate, PartnershipId, Verdict};
use minutebook_log::Subject;

rules! {
    PERMITTED: Hard =
        "delegation.permitted",
        "A delegation rests on a decision of the body that grants it, on its scheme in force, or on a statute; what the scheme reserves to the members stays with them.",
        provisions!(functions);
    ONWARD: Hard =
        "delegation.onward",
        "Who has functions by delegation delegates them onward only under one that is in force, names them and allows it.",
        provisions!(functions);
    LIMIT: Soft =
        "delegation.limit",
        "A delegation's limit is not above that of the scheme, or of the delegation under which it is made.",
        provisions!(functions);
    DELEGATE: Hard =
        "delegation.delegate",
        "Functions are delegated to a committee that is live, or to a body that the book knows.",
        concat!(provisions!(functions), "; principle: step by step");
    STEP: Hard =
        "delegation.step",
        "A delegation is granted once, and taken back once, by the body that granted it or its successor.",
        concat!(provisions!(functions), "; principle: step by step");
}

impl DelegationGranted {
    fn partnership(&self) -> Option<&PartnershipId> {
        match &self.to {
            Delegate::Partnership(id) => Some(id),
            _ => None,
        }
    }

    fn judge_delegate(&self, case: &Case<'_>, verdict: &mut Verdict) {
        match &self.to {
            Delegate::Body(body) | Delegate::Officer { body, .. } => {
                judge_known(case, verdict, body);
            }
            Delegate::Committee(id) => {
                let view = enacted(case.record, case.last_day_of(&self.effective));
                let state = committee(case.record, id, view).map(|committee| committee.state);
                verdict.hard(state == Some(CommitteeState::Live), &DELEGATE, &case.act.subject, || {
                    let state = state.map_or("set up by no act", CommitteeState::as_str);
                    (
                        format!("{id}, which is {state} on {}", self.effective),
                        "a committee that is live then (CommitteeEstablished)".to_owned(),
                    )
                });
            }
            // It is kept as stated, with its finding, and has no effect.
            Delegate::Partnership(_) => {}
        }
    }

    /// The lines of the body's scheme that name one of the functions.
    fn scheme_entries(&self, case: &Case<'_>) -> Option<Vec<SchemeEntry>> {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let scheme = governing_rules(case.record, &self.from, view).scheme?;
        let named =
            |entry: &SchemeEntry| self.functions.iter().any(|it| it.eq_ignore_ascii_case(&entry.function));
        Some(scheme.value.entries.into_iter().filter(named).collect())
    }

    fn judge_permitted(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let entries = self.scheme_entries(case);
        let lack = match &self.basis {
            DelegationBasis::Decision(id) if !is_decided(case.record, *id, &self.from, &self.effective) => {
                Some(format!("event {id}, which is no approved decision of {} by then", self.from))
            }
            DelegationBasis::Scheme(_) if entries.is_none() => {
                Some(format!("no scheme of {} in force on {}", self.from, self.effective))
            }
            _ => None,
        };
        let entries = entries.unwrap_or_default();
        let reserved = entries.iter().find(|entry| entry.holder == SchemeHolder::Members);
        let reserved =
            reserved.map(|entry| format!("\"{}\", which the scheme reserves to the members", entry.function));
        let lack = lack.or(reserved);
        verdict.hard(lack.is_none(), &PERMITTED, &case.act.subject, || {
            let needed = "{\"decision\": an approved DecisionRecorded of the body}, a scheme in force \
                (GoverningRulesSet), or {\"statute\": the provision}";
            (lack.unwrap_or_default(), needed.to_owned())
        });
        let limit = entries.iter().filter_map(|entry| entry.limit_pounds).min();
        self.judge_limit(case, verdict, limit);
    }

    fn judge_limit(&self, case: &Case<'_>, verdict: &mut Verdict, limit: Option<u64>) {
        let Some(limit) = limit else { return };
        let fits = self.limit_pounds.is_some_and(|pounds| pounds <= limit);
        verdict.soft(fits, &LIMIT, &case.act.subject, || {
            let found =
                self.limit_pounds.map_or_else(|| "no limit".to_owned(), |pounds| format!("{pounds} pounds"));
            (found, format!("{limit} pounds at most"))
        });
    }

    fn judge_onward(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(id) = &self.under else { return };
        let known = delegation(case.record, id, enacted(case.record, case.last_day_of(&self.effective)));
        let lack = match &known {
            None => Some(format!("{id}, which no entry grants")),
            Some(known) if known.state != DelegationState::InForce => {
                Some(format!("{id}, which is {}", known.state.as_str()))
            }
            Some(known) if known.granted.onward == Onward::Forbidden => {
                Some(format!("{id}, which forbids it"))
            }
            Some(known) if known.delegate != Delegate::Body(self.from.clone()) => {
                Some(format!("{id}, which is to {}", known.delegate))
            }
            Some(known) => {
                let unnamed = self.functions.iter().find(|function| !known.names(function));
                unnamed.map(|function| format!("{id}, which does not name {function}"))
            }
        };
        verdict.hard(lack.is_none(), &ONWARD, &case.act.subject, || {
            let needed = format!(
                "a DelegationGranted to {} that is in force, names the functions and allows it",
                self.from
            );
            (lack.unwrap_or_default(), needed)
        });
        self.judge_limit(case, verdict, known.and_then(|known| known.granted.limit_pounds));
    }
}

impl Statement for DelegationGranted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(GRANTORS, vec![self.from.clone()])]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.from.subject().clone(), self.to.subject().clone()]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.functions.is_empty() || self.functions.iter().any(|function| function.trim().is_empty()) {
            return Err(Malformed::new("/data/facts/functions", "none, or a blank one", "which functions"));
        }
        if matches!(&self.to, Delegate::Body(body) if *body == self.from) {
            return Err(Malformed::quoting("/data/facts/to", self.from.to_string().as_str(), "another body"));
        }
        Ok(())
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_partnership_holds_nothing(verdict, &case.act.subject, self.partnership());
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_open(case, verdict, &self.from, &self.effective);
        let id = DelegationId::of(&case.act.subject);
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let earlier = id.and_then(|id| delegation(case.record, &id, view));
        verdict.hard(earlier.is_none(), &STEP, &case.act.subject, || {
            let possible = match earlier {
                Some(earlier) if can_be_revoked(earlier.state) => "DelegationRevoked",
                _ => "nothing more",
            };
            let needed = format!("another id: a changed delegation is a new one; possible now: {possible}");
            ("it was granted before".to_owned(), needed)
        });
        self.judge_delegate(case, verdict);
        self.judge_permitted(case, verdict);
        self.judge_onward(case, verdict);
        self.judge_arrangement(case, verdict);
    }
}

fn can_be_revoked(state: DelegationState) -> bool {
    matches!(state, DelegationState::InForce | DelegationState::NoEffect)
}

impl Statement for DelegationRevoked {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(GRANTORS, vec![self.by.clone()])]
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.by.subject().clone()]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let known = DelegationId::of(&case.act.subject).and_then(|id| delegation(case.record, &id, view));
        let can = |known: &Delegation| can_be_revoked(known.state);
        let fits = known.as_ref().is_some_and(|known| can(known) && known.grantor == self.by);
        verdict.hard(fits, &STEP, &case.act.subject, || match known {
            Some(known) if can(&known) => {
                let needed = format!("a DelegationRevoked by {}, whose functions they are", known.grantor);
                (format!("taken back by {}", self.by), needed)
            }
            Some(known) => {
                let possible = match known.state {
                    DelegationState::NotYet => "the same from its first day on",
                    _ => "nothing more; a new delegation has another id",
                };
                let state = known.state.as_str().replace('_', " ");
                (
                    format!("it is {state} on {}", self.effective),
                    format!("one in force; possible now: {possible}"),
                )
            }
            None => ("no entry grants it".to_owned(), "possible now: DelegationGranted".to_owned()),
        });
    }
}
