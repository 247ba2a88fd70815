//! The rules that admit applications, the regulator's decisions and what becomes of conditions.

use super::{
    ApplicationSubmitted, ConditionResolved, Merger, MergerState, RegulatorDecisionRecorded,
    RegulatorOutcome, merger,
};
use crate::act::{Capacity, Case, Need, Statement};
use crate::bodies::{Life, body, enacted};
use crate::consultations::ConsultationState;
use crate::decisions::Choice;
use crate::{Date, Malformed, MergerId, PDate, Rule, Verdict};
use minutebook_log::Subject;
use std::collections::BTreeSet;

static PROPOSED: Rule = Rule {
    id: "merger.proposed",
    says: "An application, a decision or a condition belongs to a merger that was proposed.",
    source: "domain 2.9, merger",
};
static APPLICANTS_OPEN: Rule = Rule {
    id: "application.applicants-open",
    says: "Two or more applicants apply, all of them open.",
    source: "NHS Act 2006, section 14G(1)",
};
static EACH_DECIDED: Rule = Rule {
    id: "application.each-applicant-decided",
    says: "Each applicant's own governing body has decided to apply, and has not decided otherwise since.",
    source: "domain 0, hard and soft; NHS England's procedures 2019, criteria",
};
static APPLICATION_STEP: Rule = Rule {
    id: "application.step",
    says: "An application is made once; after a rejection, again under the next number and after new decisions.",
    source: "domain 2.9, merger",
};
static ALL_SIGN: Rule = Rule {
    id: "application.every-applicant-signs",
    says: "Each applicant countersigns the application.",
    source: "domain 0, looser than section 2 says",
};
static CONSIDERED: Rule = Rule {
    id: "application.consultation-closed",
    says: "What was consulted on is applied for only after the consultation closed.",
    source: "NHS Act 2006, section 14Z2; domain 2.7",
};
static DEADLINE: Rule = Rule {
    id: "application.deadline",
    says: "An application to take effect on 1 April is made by 30 September before.",
    source: "NHS England's procedures, edition of 15 April 2019",
};
static SUBMITTED: Rule = Rule {
    id: "regulator.submitted",
    says: "The regulator decides on an application that is before it.",
    source: "NHS Act 2006, section 14C; domain 2.9",
};
static CONDITIONS_LISTED: Rule = Rule {
    id: "regulator.conditions-listed",
    says: "A conditional approval lists its conditions, and no other decision has any.",
    source: "domain 2.7",
};
static CONDITION_OPEN: Rule = Rule {
    id: "condition.open",
    says: "Only an open condition can be discharged, waived or failed.",
    source: "domain 2.9, condition",
};

const SECRETARY: &[Capacity] = &[Capacity::Secretary];
const REGULATOR: &[Capacity] = &[Capacity::NhsEngland, Capacity::Minister];

/// The merger that an act is about, as enacted by the day on which it is recorded.
fn merger_of(case: &Case<'_>, verdict: &mut Verdict) -> Option<Merger> {
    let view = enacted(case.record, Date::of(case.place.recorded));
    let known = MergerId::of(&case.act.subject).and_then(|id| merger(case.record, &id, view));
    verdict.hard(known.is_some(), &PROPOSED, &case.act.subject, || {
        ("a merger that no act proposes".to_owned(), "a proposal first (MergerProposed)".to_owned())
    });
    known
}

impl Statement for ApplicationSubmitted {
    fn act_date(&self) -> Option<PDate> {
        Some(self.submitted_on.clone())
    }

    fn needs(&self, _subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, self.applicants.clone())]
    }

    fn check_form(&self, _subject: &Subject) -> Result<(), Malformed> {
        self.constitution.check()?;
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
        let Some(merger) = merger_of(case, verdict) else { return };
        for applicant in &self.applicants {
            let choice = merger.choice(applicant);
            verdict.hard(choice == Some(Choice::Apply), &EACH_DECIDED, &case.act.subject, || {
                let current = choice.map_or("none", Choice::as_str);
                let needed = format!("a DecisionRecorded of {applicant} with the choice apply");
                (format!("the current decision of {applicant}: {current}"), needed)
            });
        }
        self.judge_step(case, verdict, &merger);
        let closed = merger.consultations.iter().all(|it| it.state == ConsultationState::Closed);
        verdict.soft(closed, &CONSIDERED, &case.act.subject, || {
            ("a consultation that is not closed".to_owned(), "ConsultationClosed before".to_owned())
        });
    }
}

impl ApplicationSubmitted {
    fn judge_applicants(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let day = self.submitted_on.earliest().unwrap_or_else(|| Date::of(case.place.recorded));
        let view = enacted(case.record, day);
        let is_open = |id: &&crate::BodyId| {
            body(case.record, id, view)
                .is_some_and(|body| matches!(body.life(view), Life::Open | Life::Unknown))
        };
        let open = self.applicants.iter().filter(is_open).count();
        verdict.hard(open == self.applicants.len() && open >= 2, &APPLICANTS_OPEN, &case.act.subject, || {
            let found = format!("{open} of {} applicants open on {day}", self.applicants.len());
            (found, "at least two, all open".to_owned())
        });
        let signs = |id: &crate::BodyId| {
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
        let Some((submitted, effective)) = self.submitted_on.latest().zip(self.requested_effective.exact())
        else {
            return;
        };
        let (year, month, day) = effective.parts();
        let (submitted_year, submitted_month, _day) = submitted.parts();
        let edition_applies = submitted_year > 2019 || (submitted_year == 2019 && submitted_month > 4);
        if !edition_applies || (month, day) != (4, 1) {
            return;
        }
        let in_time = submitted_year < year - 1 || (submitted_year == year - 1 && submitted_month <= 9);
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
        let Some(merger) = merger_of(case, verdict) else { return };
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
        let Some(merger) = merger_of(case, verdict) else { return };
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
