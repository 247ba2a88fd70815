//! The rules that admit recruitment, nominations, determinations and appointments.

use super::boards::{is_board, is_signed_as};
use super::events::{AppointmentDetermined, Determination, OfficerNominated, RecruitmentOpened};
use super::state::{Stage, appointment, is_nominated_by};
use crate::act::{Capacity, Case, NHS_ENGLAND, Need, SECRETARY, Statement, body_of};
use crate::bodies::{enacted, judge_open};
use crate::consultations::{ConsultationOpened, consultation};
use crate::decisions::{Leg, leg};
use crate::form;
use crate::people::{Office, OfficerAppointed, Tenure, joint_proposal, judge_person, office_held};
use crate::rules::rules;
use crate::{AppointmentId, BodyId, ConsultationId, Malformed, PDate, Verdict};
use minutebook_log::Subject;
use std::sync::Arc;

rules! {
    CONSULTED: Soft =
        "recruitment.consulted",
        "Recruitment that a consultation of staff was to precede opens once that consultation is over.",
        "principle: step by step";
    DECIDED: Hard =
        "nomination.decided-by-body",
        "Whom a CCG nominates it nominates by a decision; partner members of an ICB are nominated by others.",
        "NHS Act 2006, sections 14C(2)(d) and 14G(2)(b), section 14B(3)(b) for the first CCGs; principle: step by step";
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
        "An accountable officer of a CCG is appointed by NHS England, or by the body once NHS England has approved the person.",
        "NHS Act 2006, Schedule 1A, paragraph 12";
    APPOINTER: Hard =
        "appointment.by-body",
        "A body that is no ICB appoints its officers itself, the accountable officer apart.",
        "NHS Act 2006, Schedule 1A; principle: each body for itself";
    BY_BODY: Soft =
        "appointment.nominated-by-body",
        "An accountable officer is somebody whom the body has nominated.",
        "NHS Act 2006, sections 14C(2)(d) and 14G(2)(b); NHS Act 2006, Schedule 1A, paragraph 12; not where NHS England replaces one on failure: section 14Z21(4) and (5)";
    COVERS_AGREED: Hard =
        "joint.covers-agreed",
        "A joint appointment covers the bodies that have agreed to it, in the office that was proposed.",
        "principle: step by step";
    ACTING_COVER: Soft =
        "office.acting-cover",
        "Who acts stands in for a vacancy, or for a holder who is named as away.",
        "principle: step by step";
}

/// Who may appoint to an office that is no accountable officer's: of a CCG its secretary alone, as the rules say.
const APPOINTERS: &[Capacity] = &[Capacity::Secretary, Capacity::Chair, Capacity::NhsEngland];

/// Who may determine such an appointment: also the minister, of the chair of a board.
const DETERMINERS: &[Capacity] =
    &[Capacity::Secretary, Capacity::Chair, Capacity::NhsEngland, Capacity::Minister];

/// The bodies of which an act speaks: its subject, and those of which it says the same.
fn bodies_of(subject: &Subject, also_for: &[BodyId]) -> Vec<BodyId> {
    body_of(subject).into_iter().chain(also_for.iter().cloned()).collect()
}

/// A signature in one of these capacities for each of the bodies.
fn for_each(capacities: &'static [Capacity], bodies: Vec<BodyId>) -> Vec<Need> {
    bodies.into_iter().map(|body| Need::of(capacities, vec![body])).collect()
}

/// Asks that an act names each of its bodies once.
fn check_each_once(subject: &Subject, also_for: &[BodyId]) -> Result<(), Malformed> {
    form::check_each_body_once("/data/facts/also_for", &bodies_of(subject, also_for))
}

/// What an act says of each of its other bodies.
fn said_of<T: Statement>(also_for: &[BodyId], of_one: impl Fn() -> T) -> Vec<(Subject, Arc<dyn Statement>)> {
    let said = also_for.iter().map(|body| {
        let statement: Arc<dyn Statement> = Arc::new(of_one());
        (body.subject().clone(), statement)
    });
    said.collect()
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
        for_each(SECRETARY, bodies_of(subject, &self.also_for))
    }

    fn about(&self) -> Vec<Subject> {
        [self.person.subject().clone()].into_iter().chain(joint_subject(self.joint.as_ref())).collect()
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        check_each_once(subject, &self.also_for)
    }

    fn parts(&self, _subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        said_of(&self.also_for, || Self { also_for: Vec::new(), ..self.clone() })
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, case.last_day_of(&self.nominated_on));
        for body in bodies_of(&case.act.subject, &self.also_for) {
            judge_open(case, verdict, &body, &self.nominated_on);
            let decided = is_nominated_by(case.record, &body, (self.office, &self.person), view)
                || is_board(case, &body, &self.nominated_on);
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
            Office::AccountableOfficer => vec![Need::any(NHS_ENGLAND)],
            _ => for_each(DETERMINERS, bodies_of(subject, &self.also_for)),
        }
    }

    fn about(&self) -> Vec<Subject> {
        vec![self.person.subject().clone()]
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        check_each_once(subject, &self.also_for)
    }

    fn parts(&self, _subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        said_of(&self.also_for, || Self { also_for: Vec::new(), ..self.clone() })
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
        for body in bodies_of(&case.act.subject, &self.also_for) {
            // The approval of a board's member waits for no step of the board.
            if is_board(case, &body, &self.determined_on) {
                continue;
            }
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
            Office::AccountableOfficer => {
                for_each(REGULATOR_OR_SECRETARY, bodies_of(subject, &self.also_for))
            }
            // Of a board NHS England or the chair appoints: who had to is asked by the rules, which know the kind.
            _ => for_each(APPOINTERS, bodies_of(subject, &self.also_for)),
        }
    }

    fn about(&self) -> Vec<Subject> {
        [self.person.subject().clone()].into_iter().chain(joint_subject(self.joint.as_ref())).collect()
    }

    fn check_form(&self, subject: &Subject) -> Result<(), Malformed> {
        check_each_once(subject, &self.also_for)
    }

    fn parts(&self, _subject: &Subject) -> Vec<(Subject, Arc<dyn Statement>)> {
        said_of(&self.also_for, || Self { also_for: Vec::new(), ..self.clone() })
    }

    fn judge_references(&self, case: &Case<'_>, verdict: &mut Verdict) {
        judge_person(case, verdict, &self.person);
    }

    fn judge(&self, case: &Case<'_>, verdict: &mut Verdict) {
        for id in bodies_of(&case.act.subject, &self.also_for) {
            judge_open(case, verdict, &id, &self.effective);
            self.judge_one_holder(case, verdict, &id);
            self.judge_appointed_once(case, verdict, &id);
            self.judge_kept_apart(case, verdict, &id);
            if is_board(case, &id, &self.effective) {
                self.judge_board(case, verdict, &id);
            } else {
                self.judge_appointer(case, verdict, &id);
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
    /// Asks that a body that is no board appoints by its secretary, or NHS England an accountable officer.
    fn judge_appointer(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        if self.office == Office::AccountableOfficer {
            if self.tenure != Tenure::Acting {
                self.judge_approved(case, verdict, id);
            }
            return;
        }
        let by_body = is_signed_as(case, Capacity::Secretary, id);
        verdict.hard(by_body, &APPOINTER, &case.act.subject, || {
            ("no signature of its secretary".to_owned(), format!("a signature as secretary of {id}"))
        });
    }

    /// What NHS England signs, it has approved; what the body signs alone waits for its word.
    fn judge_approved(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let by_regulator =
            case.act.signatories.iter().any(|signatory| signatory.capacity == Capacity::NhsEngland);
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
