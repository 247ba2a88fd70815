//! The rules that admit proposals, applications, the regulator's decisions and what becomes of conditions.

use super::events::{ApplicationSubmitted, ConditionResolved, RegulatorDecisionRecorded, RegulatorOutcome};
use super::state::{Merger, MergerState, merger};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{body, enacted, is_open};
use crate::decisions::Choice;
use crate::proposals::{MergerProposed, proposals_of};
use crate::rules::rules;
use crate::{BodyId, Certainty, Date, Malformed, MergerId, PDate, Verdict, View};
use minutebook_log::Subject;
use std::collections::BTreeSet;

rules! {
    TWO_OPEN_BODIES: HardIfCertain =
        "merger.two-open-bodies",
        "Two or more open bodies of one kind can propose to merge.",
        "NHS Act 2006, section 14G(1)";
    ANOTHER_PROPOSAL: Soft =
        "merger.another-proposal",
        "A body takes part in one live proposal at a time.",
        "domain 0, looser than section 2 says";
    PROPOSED: Hard =
        "merger.proposed",
        "An application, a decision or a condition belongs to a merger that was proposed.",
        "domain 2.9, merger";
    APPLICANTS_OPEN: HardIfCertain =
        "application.applicants-open",
        "Two or more applicants apply, all of them open.",
        "NHS Act 2006, section 14G(1)";
    EACH_DECIDED: Hard =
        "application.each-applicant-decided",
        "Each applicant's own governing body has decided to apply, and has not decided otherwise since.",
        "domain 0, hard and soft; NHS England's procedures 2019, criteria";
    APPLICATION_STEP: Hard =
        "application.step",
        "An application is made once; after a rejection, again under the next number and after new decisions.",
        "domain 2.9, merger";
    ALL_SIGN: Soft =
        "application.every-applicant-signs",
        "Each applicant countersigns the application.",
        "domain 0, looser than section 2 says";
    CONSIDERED: Soft =
        "application.consultation-closed",
        "What was consulted on is applied for only after the consultation closed.",
        "NHS Act 2006, section 14Z2; domain 2.7";
    DEADLINE: Soft =
        "application.deadline",
        "An application to take effect on 1 April is made by 30 September before.",
        "NHS England's procedures, edition of 15 April 2019";
    SUBMITTED: Hard =
        "regulator.submitted",
        "The regulator decides on an application that is before it.",
        "NHS Act 2006, section 14C; domain 2.9";
    CONDITIONS_LISTED: Hard =
        "regulator.conditions-listed",
        "A conditional approval lists its conditions, and no other decision has any.",
        "domain 2.7";
    CONDITION_OPEN: Hard =
        "condition.open",
        "Only an open condition can be discharged, waived or failed.",
        "domain 2.9, condition";
}

const SECRETARY: &[Capacity] = &[Capacity::Secretary];
const REGULATOR: &[Capacity] = &[Capacity::NhsEngland, Capacity::Minister];

/// The merger that an act is about, as enacted by the day of the act.
fn merger_of(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Merger> {
    let view = enacted(case.record, case.last_day_of(date));
    let known = MergerId::of(&case.act.subject).and_then(|id| merger(case.record, &id, view));
    verdict.hard(known.is_some(), &PROPOSED, &case.act.subject, || {
        ("a merger that no act proposes".to_owned(), "a proposal first (MergerProposed)".to_owned())
    });
    known
}

impl Statement for MergerProposed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.proposed_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.participants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        let distinct: BTreeSet<_> = self.participants.iter().collect();
        if distinct.len() != self.participants.len() {
            return Err(Malformed::new("/data/facts/participants", "a body twice", "each body once"));
        }
        Ok(())
    }

    fn about(&self) -> Vec<Subject> {
        self.participants.iter().map(|id| id.subject().clone()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.proposed_on));
        let bodies: Vec<_> = self.participants.iter().filter_map(|id| body(case.record, id, view)).collect();
        let kinds: BTreeSet<_> = bodies.iter().filter_map(|body| body.kind()).collect();
        let open = all_open(case, &self.participants, &self.proposed_on);
        let fits = open.and(Certainty::from(self.participants.len() >= 2 && kinds.len() == 1));
        verdict.hard_if_certain(fits, &TWO_OPEN_BODIES, &case.act.subject, || {
            let found =
                format!("{} bodies of {} kinds, open: {}", self.participants.len(), kinds.len(), words(open));
            (found, "at least two, all open, all of one kind".to_owned())
        });
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

/// Whether a proposal may still come to something, with this body in it.
fn is_live_for(case: &Case<'_>, id: &MergerId, participant: &BodyId, view: View) -> bool {
    merger(case.record, id, view).is_some_and(|merger| {
        let ended = matches!(merger.state, MergerState::Effected | MergerState::Lapsed);
        !ended && merger.participants().any(|id| id == participant)
    })
}

/// Whether all these bodies are known and open on whatever day the date means.
fn all_open(case: &Case<'_>, ids: &[BodyId], date: &PDate) -> Certainty {
    let view = enacted(case.record, case.last_day_of(date));
    let each = ids.iter().map(|id| match body(case.record, id, view) {
        Some(body) => is_open(case.record, &body, date),
        None => Certainty::No,
    });
    each.fold(Certainty::Yes, Certainty::and)
}

fn words(open: Certainty) -> &'static str {
    match open {
        Certainty::Yes => "all",
        Certainty::No => "not all",
        Certainty::Unknown => "not known",
    }
}

impl Statement for ApplicationSubmitted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.submitted_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.applicants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.constitution.check("/data/facts/constitution")?;
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
        self.judge_deadline(case, verdict);
        let Some(merger) = merger_of(case, verdict, &self.submitted_on) else { return };
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
    }
}

impl ApplicationSubmitted {
    fn judge_applicants(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let open = all_open(case, &self.applicants, &self.submitted_on);
        let fits = open.and(Certainty::from(self.applicants.len() >= 2));
        verdict.hard_if_certain(fits, &APPLICANTS_OPEN, &case.act.subject, || {
            let found = format!("{} applicants, open: {}", self.applicants.len(), words(open));
            (found, "at least two, all open".to_owned())
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
        let before = matches!(
            merger.state,
            MergerState::Proposed
                | MergerState::Consulting
                | MergerState::Consulted
                | MergerState::ReadyToApply
                | MergerState::Lapsed
                | MergerState::Rejected
        );
        verdict.hard(before && self.number == next, &APPLICATION_STEP, &case.act.subject, || {
            let found = format!("application {} while the merger is {}", self.number, merger.state.as_str());
            (found, format!("application {next}, before a decision or after a rejection"))
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

    /// The deadline of the 2019 edition; earlier editions had other days, and are not judged yet.
    fn judge_deadline(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let day = |text: &str| text.parse::<Date>().ok();
        let edition = day("2019-04-15").map(|from| self.submitted_on.is_by(from.day_before()).negated());
        let Some(effective) = self.requested_effective.exact() else { return };
        let (year, month, day_of_month) = effective.parts();
        if edition != Some(Certainty::Yes) || (month, day_of_month) != (4, 1) {
            return;
        }
        let deadline = day(&format!("{}-09-30", year - 1));
        let in_time = deadline.is_none_or(|deadline| self.submitted_on.is_by(deadline) != Certainty::No);
        verdict.soft(in_time, &DEADLINE, &case.act.subject, || {
            (format!("submitted {}", self.submitted_on), format!("by 30 September {}", year - 1))
        });
    }
}

impl Statement for RegulatorDecisionRecorded {
    fn act_date(&self) -> Option<PDate> {
        Some(self.decided_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGULATOR)]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        if self.reasons.shown().trim().is_empty() {
            return Err(Malformed::new("/data/facts/reasons", "nothing", "the reasons, in writing"));
        }
        let ids: BTreeSet<_> = self.conditions.iter().map(|condition| &condition.id).collect();
        if ids.len() != self.conditions.len() {
            return Err(Malformed::new("/data/facts/conditions", "an id twice", "each condition its own id"));
        }
        Ok(())
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let conditional = self.outcome == RegulatorOutcome::ApprovedWithConditions;
        verdict.hard(
            conditional != self.conditions.is_empty(),
            &CONDITIONS_LISTED,
            &case.act.subject,
            || {
                let found = format!("{} with {} conditions", self.outcome.as_str(), self.conditions.len());
                (found, "conditions with approved_with_conditions, and only then".to_owned())
            },
        );
        let Some(merger) = merger_of(case, verdict, &self.decided_on) else { return };
        let number = merger.applications.last().map(|(_position, application)| application.number);
        let before_it = merger.state == MergerState::Submitted && number == Some(self.number);
        verdict.hard(before_it, &SUBMITTED, &case.act.subject, || {
            let found = format!(
                "a decision on application {} while the merger is {}",
                self.number,
                merger.state.as_str()
            );
            (found, "an application that is submitted and not decided".to_owned())
        });
    }
}

impl Statement for ConditionResolved {
    fn act_date(&self) -> Option<PDate> {
        Some(self.resolved_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::any(REGULATOR)]
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let Some(merger) = merger_of(case, verdict, &self.resolved_on) else { return };
        let open: Vec<_> = merger
            .conditions
            .iter()
            .filter(|state| state.resolution.is_none())
            .map(|state| &state.condition.id)
            .collect();
        verdict.hard(open.contains(&&self.condition), &CONDITION_OPEN, &case.act.subject, || {
            let listed: Vec<_> = open.iter().map(|id| id.as_str()).collect();
            (
                format!("condition \"{}\"", self.condition),
                format!("one of the open conditions: {}", listed.join(", ")),
            )
        });
    }
}
