//! The rules that admit recruitment, nominations, determinations and appointments.

use super::events::{AppointmentDetermined, Determination, OfficerNominated, RecruitmentOpened};
use super::state::{Stage, appointment, is_nominated_by};
use crate::act::{Capacity, Case, Need, REGULATOR, SECRETARY, Statement, body_of};
use crate::bodies::{enacted, judge_open};
use crate::consultations::{ConsultationOpened, consultation};
use crate::decisions::{Leg, leg};
use crate::people::{Office, OfficerAppointed, Tenure, joint_proposal, judge_person, office_held};
use crate::rules::rules;
use crate::{AppointmentId, BodyId, ConsultationId, PDate, Verdict};
use minutebook_log::Subject;

rules! {
    CONSULTED: Soft =
        "recruitment.consulted",
        "Recruitment that a consultation of staff was to precede opens once that consultation is over.",
        "principle: step by step";
    DECIDED: Hard =
        "nomination.decided-by-body",
        "Who is nominated is nominated by a decision of that body.",
        "NHS Act 2006, section 14B(3)(b); principle: step by step";
    NOMINATED: Hard =
        "appointment.nominated",
        "What is determined is a nomination that is not determined yet.",
        "principle: step by step";
    REASONS: Hard =
        "appointment.refusal-reasons",
        "A refusal carries its reasons.",
        "principle: step by step";
    APPROVED: Hard =
        "appointment.approved",
        "An accountable officer is appointed by NHS England, or by the body once NHS England has approved the person.",
        "NHS Act 2006, Schedule 1A, paragraph 12";
    BY_BODY: Soft =
        "appointment.nominated-by-body",
        "An accountable officer is somebody whom the body has nominated.",
        "NHS Act 2006, section 14B(3)(b); NHS Act 2006, Schedule 1A, paragraph 12";
    COVERS_AGREED: Hard =
        "joint.covers-agreed",
        "A joint appointment covers the bodies that have agreed to it, in the office that was proposed.",
        "principle: step by step";
    ACTING_COVER: Soft =
        "office.acting-cover",
        "Who acts stands in for a vacancy, or for a holder who is named as away.",
        "principle: step by step";
}

const REGULATOR_OR_SECRETARY: &[Capacity] = &[Capacity::NhsEngland, Capacity::Secretary];

fn joint_subject(joint: Option<&AppointmentId>) -> impl Iterator<Item = Subject> {
    joint.map(|joint| joint.subject().clone()).into_iter()
}

impl Statement for RecruitmentOpened {
    fn act_date(&self) -> Option<PDate> {
        Some(self.opened_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, body_of(subject))]
    }

    fn about(&self) -> Vec<Subject> {
        joint_subject(self.joint.as_ref()).collect()
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for body in body_of(&case.act.subject) {
            judge_open(case, verdict, &body, &self.opened_on);
            self.judge_consulted(case, verdict, &body);
        }
    }
}

impl RecruitmentOpened {
    /// A consultation of the body, or the one that is named, that recruitment was to wait for.
    fn judge_consulted(&self, case: &Case<'_>, verdict: &mut Verdict, body: &BodyId) {
        let view = enacted(case.record, case.last_day_of(&self.opened_on));
        let told = case.record.saying::<ConsultationOpened>(body.subject(), view);
        let gating = told.filter(|told| {
            told.says::<ConsultationOpened>()
                .is_some_and(|said| said.gates.iter().any(|gate| gate == case.act.name))
        });
        let gating = gating.filter_map(|told| ConsultationId::of(&told.subject));
        for id in gating.chain(self.after_consultation.clone()) {
            let state = consultation(case.record, &id, view).map(|known| known.state);
            let over = state.is_some_and(|state| state.is_over());
            verdict.soft(over, &CONSULTED, &case.act.subject, || {
                let state = state.map_or("not known", |state| state.as_str());
                (format!("{id} is {state}"), "ConsultationClosed before".to_owned())
            });
        }
    }
}

impl Statement for OfficerNominated {
    fn act_date(&self) -> Option<PDate> {
        Some(self.nominated_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        vec![Need::of(SECRETARY, body_of(subject))]
    }

    fn about(&self) -> Vec<Subject> {
        [self.person.subject().clone()].into_iter().chain(joint_subject(self.joint.as_ref())).collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.nominated_on));
        for body in body_of(&case.act.subject) {
            judge_open(case, verdict, &body, &self.nominated_on);
            let decided = is_nominated_by(case.record, &body, (self.office, &self.person), view);
            verdict.hard(decided, &DECIDED, &case.act.subject, || {
                let found = format!("no decision of {body} nominates {}", self.person);
                (found, format!("a DecisionRecorded of {body} with the effect nominate, by then"))
            });
        }
    }
}

impl Statement for AppointmentDetermined {
    fn act_date(&self) -> Option<PDate> {
        Some(self.determined_on.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        match self.office {
            Office::AccountableOfficer => vec![Need::any(REGULATOR)],
            _ => vec![Need::of(SECRETARY, body_of(subject))],
        }
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let said = self.reasons.as_ref().is_some_and(|reasons| !reasons.shown().trim().is_empty());
        verdict.hard(said || self.outcome == Determination::Approved, &REASONS, &case.act.subject, || {
            ("a refusal without reasons".to_owned(), "the reasons, in writing".to_owned())
        });
        let view = enacted(case.record, case.last_day_of(&self.determined_on));
        for body in body_of(&case.act.subject) {
            let office = appointment(case.record, &body, self.office, view);
            let nominated =
                office.stage == Stage::Nominated && office.candidate.as_ref() == Some(&self.person);
            verdict.hard(nominated, &NOMINATED, &case.act.subject, || {
                let candidate = office.candidate.as_ref().map_or_else(String::new, |who| format!(" ({who})"));
                let found =
                    format!("{} of {body} is {}{candidate}", self.office.as_str(), office.stage.as_str());
                (found, format!("{} nominated; possible now: {}", self.person, office.possible()))
            });
        }
    }
}

impl Statement for OfficerAppointed {
    fn act_date(&self) -> Option<PDate> {
        Some(self.effective.clone())
    }

    fn needs(&self, subject: &Subject) -> Vec<Need> {
        match self.office {
            Office::AccountableOfficer => vec![Need::of(REGULATOR_OR_SECRETARY, body_of(subject))],
            _ => vec![Need::of(SECRETARY, body_of(subject))],
        }
    }

    fn about(&self) -> Vec<Subject> {
        [self.person.subject().clone()].into_iter().chain(joint_subject(self.joint.as_ref())).collect()
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for id in body_of(&case.act.subject) {
            judge_open(case, verdict, &id, &self.effective);
            self.judge_one_holder(case, verdict, &id);
            self.judge_kept_apart(case, verdict, &id);
            if self.office == Office::AccountableOfficer && self.tenure != Tenure::Acting {
                self.judge_approved(case, verdict, &id);
            }
            if self.tenure == Tenure::Acting {
                self.judge_cover(case, verdict, &id);
            }
            if let Some(joint) = &self.joint {
                self.judge_joint(case, verdict, &id, joint);
            }
        }
    }
}

impl OfficerAppointed {
    /// What NHS England signs, it has approved; what the body signs alone waits for its word.
    fn judge_approved(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let by_regulator =
            case.act.signatories.iter().any(|signatory| REGULATOR.contains(&signatory.capacity));
        let office = appointment(case.record, id, self.office, view);
        let signs = Need::of(SECRETARY, vec![id.clone()]);
        let by_body = case.act.signatories.iter().any(|signatory| signs.is_met_by(signatory))
            && office.stage == Stage::Approved
            && office.candidate.as_ref() == Some(&self.person);
        verdict.hard(by_regulator || by_body, &APPROVED, &case.act.subject, || {
            let found = format!("the office is {}", office.stage.as_str());
            let needed = format!(
                "NHS England's signature, or its approval of {} before (AppointmentDetermined); possible now: {}",
                self.person,
                office.possible()
            );
            (found, needed)
        });
        let nominated = is_nominated_by(case.record, id, (self.office, &self.person), view);
        verdict.soft(nominated, &BY_BODY, &case.act.subject, || {
            let found = format!("no decision of {id} nominates {}", self.person);
            (found, "a DecisionRecorded with the effect nominate".to_owned())
        });
    }

    fn judge_cover(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let held = office_held(
            case.record,
            id,
            self.office,
            enacted(case.record, case.last_day_of(&self.effective)),
        );
        let sole = held.holders.iter().find(|holder| holder.tenure != Some(Tenure::Acting));
        let away = sole.is_none_or(|holder| self.covers.as_ref() == Some(&holder.person));
        verdict.soft(away, &ACTING_COVER, &case.act.subject, || {
            let holder = sole.map_or_else(String::new, |holder| holder.person.to_string());
            (format!("{holder} holds it"), format!("a vacancy, or {holder} under covers"))
        });
    }

    fn judge_joint(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId, joint: &AppointmentId) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let office = joint_proposal(case.record, joint, view).map(|(proposed, _why)| proposed.office);
        let stands = leg(case.record, joint, id, view);
        let agreed = stands.is_some_and(Leg::is_agreed) && office == Some(self.office);
        verdict.hard(agreed, &COVERS_AGREED, &case.act.subject, || {
            let stands = stands.map_or("not asked", Leg::as_str);
            let office = office.map_or("not proposed", Office::as_str);
            let needed = format!("a DecisionRecorded of {id} with the joint leg agreed or joined_later");
            (format!("{id} is {stands} in {joint} ({office})"), needed)
        });
    }
}
