//! The rules that admit applications and what becomes of them before they are decided.

use super::deadlines::{earliest_effect, last_day};
use super::events::{ApplicationChange, ApplicationChanged, ApplicationKind, ApplicationSubmitted};
use super::proposal_rules::{all_open, words};
use super::stage::MergerState;
use super::state::{Merger, gathered};
use super::steps::merger_of;
use super::votes::{MemberVoteDeclared, VoteOutcome};
use crate::act::{Case, NHS_ENGLAND, Need, SECRETARY, Statement};
use crate::bodies::enacted;
use crate::decisions::Choice;
use crate::rules::rules;
use crate::{BodyId, Certainty, Malformed, MergerId, PDate, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    APPLICANTS_OPEN: HardIfCertain =
        "application.applicants-open",
        "Two or more bodies apply to merge, one or more to vary or to be dissolved; all of them are open.",
        "NHS Act 2006, sections 14E, 14G(1) and 14H, for CCGs";
    EACH_DECIDED: Hard =
        "application.each-applicant-decided",
        "Each applicant's own governing body has decided to apply, and has not decided otherwise since.",
        "NHS England's procedures 2019, criteria; principle: hard and soft";
    ATTACHED: Hard =
        "application.attachments",
        "An application to merge names the successor and its accountable officer and brings the proposed constitution; \
         one to vary brings the constitution.",
        "NHS Act 2006, section 14G(2) for mergers, section 14B(3) for the first CCGs; NHS England's procedures for variations";
    APPLICATION_STEP: Hard =
        "application.step",
        "An application is made once; after a rejection or a withdrawal, again under the next number and after new \
         decisions.",
        "principle: step by step";
    ALL_SIGN: Soft =
        "application.every-applicant-signs",
        "Each applicant countersigns the application.",
        "principle: hard and soft";
    CONSIDERED: Soft =
        "application.consultation-closed",
        "What was consulted on is applied for only after the consultation closed.",
        "NHS England's procedures for mergers of CCGs; principle: step by step";
    MEMBERS: Soft =
        "application.members-agree",
        "The members of each applicant whose vote was declared carried the merger.",
        "NHS England's procedures 2019: members' support is recorded, and not required; principle: hard and soft";
    DEADLINE: Soft =
        "application.deadline",
        "An application is made by the last day for it that the procedures of its time name.",
        "NHS England's procedures, editions of June 2013 and 15 April 2019";
    UNDECIDED: Hard =
        "application.undecided",
        "An application is modified or withdrawn before it is decided.",
        "NHS Act 2006, section 14G(3) for mergers, section 14B(5) for the first CCGs; NHS England's procedures; principle: step by step";
    BY_APPLICANT: Hard =
        "application.changed-by-applicant",
        "An application is modified or withdrawn by the applicants; a modification has the regulator's agreement.",
        "NHS Act 2006, section 14G(3) for mergers, section 14B(5) for the first CCGs";
}

impl Statement for ApplicationSubmitted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.submitted_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.applicants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if let Some(constitution) = &self.constitution {
            constitution.check("/data/facts/constitution")?;
        }
        let distinct: BTreeSet<_> = self.applicants.iter().collect();
        if distinct.len() != self.applicants.len() {
            return Err(Malformed::new("/data/facts/applicants", "a body twice", "each body once"));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        self.applicants.iter().map(|id| id.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        self.judge_applicants(case, verdict);
        self.judge_attached(case, verdict);
        self.judge_deadline(case, verdict);
        let Some(merger) = self.merger(case, verdict) else { return };
        for applicant in &self.applicants {
            let choice = merger.choice(applicant);
            verdict.hard(choice == Some(Choice::Apply), &EACH_DECIDED, &case.act.subject, || {
                let current = choice.map_or("none", Choice::as_str);
                let needed = format!("a DecisionRecorded of {applicant} with the choice apply");
                (format!("the current decision of {applicant}: {current}"), needed)
            });
        }
        self.judge_step(case, verdict, &merger);
        let closed = merger.consultations.iter().all(|it| it.state.is_over());
        verdict.soft(closed, &CONSIDERED, &case.act.subject, || {
            ("a consultation that is not closed".to_owned(), "ConsultationClosed before".to_owned())
        });
        self.judge_members(case, verdict, &merger);
    }
}

impl ApplicationSubmitted {
    fn judge_applicants(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let open = all_open(case, &self.applicants, &self.submitted_on);
        let fewest = if self.kind() == ApplicationKind::Merger { 2 } else { 1 };
        let fits = open.and(Certainty::from(self.applicants.len() >= fewest));
        verdict.hard_if_certain(fits, &APPLICANTS_OPEN, &case.act.subject, || {
            let found = format!("{} applicants, open: {}", self.applicants.len(), words(open));
            (found, format!("at least {fewest}, all open"))
        });
        let signs = |id: &BodyId| {
            let need = Need::of(SECRETARY, vec![id.clone()]);
            case.act.signatories.iter().any(|signatory| need.is_met_by(signatory))
        };
        let missing: Vec<_> =
            self.applicants.iter().filter(|id| !signs(id)).map(ToString::to_string).collect();
        verdict.soft(missing.is_empty(), &ALL_SIGN, &case.act.subject, || {
            (format!("no signature for {}", missing.join(", ")), "a signature for each applicant".to_owned())
        });
    }

    fn judge_step(&self, case: &Case<'_>, verdict: &mut Verdict, merger: &Merger) {
        let last = merger.applications.last();
        let next = last.map_or(1, |(_position, application)| application.number + 1);
        use MergerState::{Abandoned, Approved, ConditionallyApproved, Effected, Submitted};
        let decided =
            [Submitted, ConditionallyApproved, Approved, Effected, Abandoned].contains(&merger.state);
        verdict.hard(!decided && self.number == next, &APPLICATION_STEP, &case.act.subject, || {
            let found = format!("application {} while the merger is {}", self.number, merger.state.as_str());
            let possible = merger.possible();
            (
                found,
                format!(
                    "application {next}, before a decision or after a rejection; possible now: {possible}"
                ),
            )
        });
        let renewed = last.is_none_or(|(position, _application)| {
            let decided_since = |id| {
                merger.legs.get(id).and_then(|leg| leg.last()).is_some_and(|d| d.source.position > *position)
            };
            self.applicants.iter().all(decided_since)
        });
        verdict.hard(renewed, &APPLICATION_STEP, &case.act.subject, || {
            (
                "decisions from before the last application".to_owned(),
                "a new decision by each applicant".to_owned(),
            )
        });
    }

    /// The merger that is applied for; what else is applied for is proposed by the decisions alone.
    fn merger(&self, case: &Case<'_>, verdict: &mut Verdict) -> Option<Merger> {
        if self.kind() == ApplicationKind::Merger {
            return merger_of(case, verdict, &self.submitted_on);
        }
        let view = enacted(case.record, case.last_day_of(&self.submitted_on));
        MergerId::of(&case.act.subject).map(|id| gathered(case.record, &id, view))
    }

    fn judge_attached(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let is_merger = self.kind() == ApplicationKind::Merger;
        let missing = [
            ("proposed_name", is_merger && self.proposed_name.is_none()),
            ("constitution", self.kind() != ApplicationKind::Dissolution && self.constitution.is_none()),
            ("accountable_officer", is_merger && self.accountable_officer.is_none()),
        ];
        let missing: Vec<_> =
            missing.iter().filter(|(_name, lacks)| *lacks).map(|(name, _lacks)| *name).collect();
        verdict.hard(missing.is_empty(), &ATTACHED, &case.act.subject, || {
            let found = format!("an application for {} without them", self.kind().as_str());
            (found, format!("facts with {}", missing.join(", ")))
        });
    }

    /// A vote that was lost is seen, and blocks nothing (West London applied all the same).
    fn judge_members(&self, case: &Case<'_>, verdict: &mut Verdict, merger: &Merger) {
        let lost = |said: &MemberVoteDeclared| said.outcome == VoteOutcome::Lost;
        let against: Vec<_> =
            self.applicants.iter().filter(|body| merger.last_vote(body).is_some_and(lost)).collect();
        for body in against {
            verdict.soft(false, &MEMBERS, &case.act.subject, || {
                let figures =
                    merger.last_vote(body).map_or_else(String::new, |said| said.figures.to_string());
                (format!("the members of {body} did not: {figures}"), "a vote that is carried".to_owned())
            });
        }
    }

    /// Deadlines are dated policy: an edition judges what was submitted while it held.
    fn judge_deadline(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let last = last_day(self.kind(), &self.submitted_on, &self.requested_effective);
        let in_time = last.is_none_or(|last| self.submitted_on.is_by(last) != Certainty::No);
        verdict.soft(in_time, &DEADLINE, &case.act.subject, || {
            let last = last.map_or_else(String::new, |last| last.to_string());
            (format!("submitted {}", self.submitted_on), format!("by {last}"))
        });
        let earliest = earliest_effect(self.kind(), &self.submitted_on);
        let effective = self.requested_effective.latest();
        let fits = earliest.zip(effective).is_none_or(|(earliest, effective)| earliest <= effective);
        verdict.soft(fits, &DEADLINE, &case.act.subject, || {
            let earliest = earliest.map_or_else(String::new, |day| day.to_string());
            let needed = format!("{earliest} or later, when such applications are next considered");
            (format!("submitted {}, to take effect {}", self.submitted_on, self.requested_effective), needed)
        });
    }
}

impl Statement for ApplicationChanged {
    fn act_date(&self) -> Option<PDate> {
        Some(self.changed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        let mut needs = vec![Need::any(SECRETARY)];
        if matches!(self.change, ApplicationChange::Modified { .. }) {
            needs.push(Need::any(NHS_ENGLAND));
        }
        needs
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let (ApplicationChange::Modified { changes: words, .. }
        | ApplicationChange::Withdrawn { reason: words }) = &self.change;
        if words.shown().trim().is_empty() {
            return Err(Malformed::new(
                "/data/facts/change",
                "no words",
                "what is modified, or why it is withdrawn",
            ));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(merger) = merger_of(case, verdict, &self.changed_on) else { return };
        let last = merger.applications.last().map(|(_position, application)| application);
        let undecided = merger.state == MergerState::Submitted
            && last.is_some_and(|application| application.number == self.number);
        verdict.hard(undecided, &UNDECIDED, &case.act.subject, || {
            let found = format!("application {} while the merger is {}", self.number, merger.state.as_str());
            let possible = merger.possible();
            (found, format!("an application that is submitted and not decided; possible now: {possible}"))
        });
        let Some(application) = last else { return };
        let need = Need::of(SECRETARY, application.applicants.clone());
        let signed = case.act.signatories.iter().any(|signatory| need.is_met_by(signatory));
        verdict.hard(signed, &BY_APPLICANT, &case.act.subject, || {
            ("no signature for an applicant".to_owned(), need.to_string())
        });
    }
}
