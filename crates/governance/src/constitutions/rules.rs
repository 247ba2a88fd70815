//! The rules that admit constitutions and what follows from them.

use super::events::{
    ConstitutionAdopted, ConstitutionBasis, GoverningRulesSet, Minimum, Quorum, RulesAdopted,
};
use super::state::constitutions;
use crate::act::{Case, Need, REGULATOR, SECRETARY, Statement, body_of};
use crate::authority::REGISTRAR_ALONE;
use crate::bodies::{body, enacted, judge_open};
use crate::decisions::DecisionRecorded;
use crate::provisions::provisions;
use crate::rules::{RULES_VERSION, rules};
use crate::{BodyId, Certainty, Date, Malformed, PDate, Verdict};
use minutebook_log::{EventId, Subject};

rules! {
    VERSION_NEW: Hard =
        "constitution.version-new",
        "A version of a constitution is adopted once.",
        provisions!(constitution);
    WITH_OPENING: HardIfCertain =
        "constitution.with-opening",
        "The constitution that a body is established with is in force from its first day.",
        "NHS Act 2006, section 14D(1)(b) for CCGs, section 14Z25(5) for ICBs";
    VARIATION_DECIDED: Hard =
        "constitution.variation-decided",
        "A variation of a constitution that the body signs cites its decision; NHS England may vary one of its own motion.",
        "NHS Act 2006, Schedule 1A and sections 14E, 14F and 14Z21(6) for CCGs, Schedule 1B, paragraph 15, for ICBs";
    CONSTITUTION_IN_FORCE: Hard =
        "governing-rules.constitution",
        "A body gives itself rules under a constitution that is in force.",
        provisions!(constitution);
    SCHEME_DECIDED: Hard =
        "governing-rules.decision",
        "A scheme of delegation and standing financial instructions cite the decision of the governing body that adopts them.",
        provisions!(constitution);
    RULES_KNOWN: Hard =
        "rule-set.known",
        "A ledger adopts rules that its software knows.",
        "principle: rules have versions";
}

/// Whether `decision` is a decision of the body, carried.
fn is_decided(case: &Case<'_>, id: &BodyId, decision: Option<EventId>) -> bool {
    let position = decision.and_then(|decision| case.record.find(decision));
    let act = position.and_then(|position| case.record.act_as_known(position, case.record.len()));
    act.is_some_and(|act| {
        let carried = act.statement.downcast::<DecisionRecorded>().is_some_and(DecisionRecorded::is_carried);
        carried && act.subject == *id.subject() && act.standing.is_enacted()
    })
}

fn not_decided(id: &BodyId, decision: Option<EventId>) -> (String, String) {
    let found = decision.map_or_else(
        || "no decision".to_owned(),
        |decision| format!("{decision}, which is no carried decision of {id}"),
    );
    (found, format!("the id of a DecisionRecorded of {id} that was approved (\"decision\")"))
}

impl Statement for ConstitutionAdopted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        // NHS England approves every constitution, and makes or varies one alone where the law says so.
        vec![Need::any(REGULATOR)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.version.trim().is_empty() {
            return Err(Malformed::new("/data/facts/version", "nothing", "the version, such as 1.0"));
        }
        self.document.check("/data/facts/document")
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let (Some(id), subject) = (BodyId::of(&case.act.subject), &case.act.subject) else { return };
        judge_open(case, verdict, &id, &self.effective);
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let same = constitutions(case.record, &id, view)
            .into_iter()
            .find(|held| held.adopted.version == self.version && !held.source.standing.is_report());
        verdict.hard(same.is_none(), &VERSION_NEW, subject, || {
            let position = same.map_or_else(String::new, |held| held.source.position.to_string());
            (
                format!("version {}, which entry {position} adopted", self.version),
                "another version".to_owned(),
            )
        });
        match self.basis {
            ConstitutionBasis::Establishment => self.judge_opening(case, verdict, &id),
            ConstitutionBasis::Variation => {
                let mut signatories = case.act.signatories.iter();
                let by_body = signatories.any(|it| it.body.as_ref() == Some(&id));
                let decided = !by_body || is_decided(case, &id, self.decision);
                verdict.hard(decided, &VARIATION_DECIDED, subject, || not_decided(&id, self.decision));
            }
        }
    }
}

impl ConstitutionAdopted {
    fn judge_opening(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let known = body(case.record, id, enacted(case.record, Date::of(case.place.recorded)));
        let Some(opened) = known.and_then(|body| body.opened?.value) else { return };
        let same = match (opened.exact(), self.effective.exact()) {
            (Some(opened), Some(effective)) => (opened == effective).into(),
            _ if opened.agrees_with(&self.effective) => Certainty::Unknown,
            _ => Certainty::No,
        };
        verdict.hard_if_certain(same, &WITH_OPENING, &case.act.subject, || {
            (format!("in force from {}", self.effective), format!("from {opened}, when {id} opened"))
        });
    }
}

impl Statement for GoverningRulesSet {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, body_of(subject))]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let at = |member: &str| format!("/data/facts/{member}");
        if self.sets_nothing() {
            let needed = "at least one of quorum, voting, meets_in_public, notice_days, merger_ballot, scheme, \
                financial_instructions";
            return Err(Malformed::new("/data/facts", "no rule", needed));
        }
        self.quorum.as_ref().map_or(Ok(()), |quorum| quorum.check(&at("quorum")))?;
        if let Some(ballot) = self.merger_ballot.filter(|ballot| !(1..=100).contains(&ballot.percent)) {
            let found = ballot.percent.to_string();
            return Err(Malformed::new(at("merger_ballot/percent"), found, "1 to 100"));
        }
        let scheme = self.scheme.as_ref().map(|scheme| scheme.document.check(&at("scheme/document")));
        let document = self.financial_instructions.as_ref();
        let instructions = document.map(|document| document.check(&at("financial_instructions")));
        scheme.into_iter().chain(instructions).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let (Some(id), subject) = (BodyId::of(&case.act.subject), &case.act.subject) else { return };
        judge_open(case, verdict, &id, &self.effective);
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let in_force = !constitutions(case.record, &id, view).is_empty();
        verdict.hard(in_force, &CONSTITUTION_IN_FORCE, subject, || {
            let found = format!("no constitution of {id} that is in force on {}", self.effective);
            (found, "its constitution, recorded first (ConstitutionAdopted)".to_owned())
        });
        let rests_on_decision = self.scheme.is_some() || self.financial_instructions.is_some();
        let decided = !rests_on_decision || is_decided(case, &id, self.decision);
        verdict.hard(decided, &SCHEME_DECIDED, subject, || not_decided(&id, self.decision));
    }
}

impl GoverningRulesSet {
    fn sets_nothing(&self) -> bool {
        let numbers = self.notice_days.is_none() && self.merger_ballot.is_none();
        let conduct = self.quorum.is_none() && self.voting.is_none() && self.meets_in_public.is_none();
        numbers && conduct && self.scheme.is_none() && self.financial_instructions.is_none()
    }
}

impl Quorum {
    /// A quorum of nobody, or of more than all, is none. `at` is where it stands.
    pub(crate) fn check(&self, at: &str) -> Result<(), Malformed> {
        let makes_sense = match self.minimum {
            Minimum::Count(count) => count >= 1,
            Minimum::Part { parts, of } => (1..=of).contains(&parts),
        };
        if !makes_sense {
            let found = "nobody, or more than all";
            return Err(Malformed::new(format!("{at}/minimum"), found, "at least one; a part of 1 or less"));
        }
        match self.must_include.iter().position(Vec::is_empty) {
            Some(index) => {
                let at = format!("{at}/must_include/{index}");
                Err(Malformed::new(at, "no office", "offices, of which one has to be there"))
            }
            None => Ok(()),
        }
    }
}

impl Statement for RulesAdopted {
    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGISTRAR_ALONE)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        verdict.hard(self.rules == RULES_VERSION, &RULES_KNOWN, &case.act.subject, || {
            let found = format!("version {}", self.rules);
            (found, format!("version {RULES_VERSION}: this software knows no other"))
        });
    }
}
