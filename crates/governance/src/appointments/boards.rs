//! Who appoints and approves the members of a board: the chair, the chief executive, and everybody else.

use super::events::{AppointmentDetermined, Determination};
use crate::act::{Capacity, Case};
use crate::bodies::{BodyKind, body, enacted, judge_past_softly};
use crate::people::{Office, OfficerAppointed};
use crate::rules::rules;
use crate::{BodyId, Certainty, PDate, Verdict};

rules! {
    BOARD_CHAIR: Hard =
        "appointment.board-chair",
        "The chair of an ICB is appointed by NHS England, with the approval of the Secretary of State.",
        "NHS Act 2006, Schedule 1B, paragraph 5";
    BOARD_CHIEF_EXECUTIVE: Hard =
        "appointment.board-chief-executive",
        "The chief executive of an ICB is appointed by its chair, with the approval of NHS England.",
        "NHS Act 2006, Schedule 1B, paragraph 7; section 14Z61(4) where NHS England directs it";
    BOARD_MEMBER: Hard =
        "appointment.board-member",
        "Every other member of an ICB is appointed with the approval of its chair.",
        "NHS Act 2006, Schedule 1B, paragraph 8(1)";
}

/// Whether the body is an ICB, as the book knows it on that day.
pub(super) fn is_board(case: &Case<'_>, id: &BodyId, date: &PDate) -> bool {
    let known = body(case.record, id, enacted(case.record, case.last_day_of(date)));
    known.is_some_and(|body| body.kind() == Some(BodyKind::Icb))
}

/// Whether somebody signs in that capacity, for the body where it is one of a body's.
pub(super) fn is_signed_as(case: &Case<'_>, capacity: Capacity, id: &BodyId) -> bool {
    let mut signatories = case.act.signatories.iter();
    signatories.any(|it| it.capacity == capacity && it.body.as_ref().is_none_or(|body| body == id))
}

impl OfficerAppointed {
    /// Asks that who appoints and approves the members of a board did. Of a record of the past it is asked softly.
    pub(super) fn judge_board(&self, case: &Case<'_>, verdict: &mut Verdict, id: &BodyId) {
        let signed = |capacity| is_signed_as(case, capacity, id);
        let approved = |capacity| signed(capacity) || self.is_approved_by(case, id, capacity);
        let (rule, holds, needed) = match self.office {
            Office::Chair => {
                let letter = !case.act.evidence.is_empty();
                let holds = signed(Capacity::NhsEngland) && (letter || approved(Capacity::Minister));
                (
                    &BOARD_CHAIR,
                    holds,
                    "NHS England's signature, and the approval of the minister: a signature, an AppointmentDetermined before, or the letter as evidence",
                )
            }
            Office::ChiefExecutive => {
                let directed = signed(Capacity::NhsEngland) && !case.act.evidence.is_empty();
                let holds = directed || (signed(Capacity::Chair) && approved(Capacity::NhsEngland));
                (
                    &BOARD_CHIEF_EXECUTIVE,
                    holds,
                    "a signature as chair of the board, and the approval of NHS England: a signature, or an AppointmentDetermined before",
                )
            }
            _ => (
                &BOARD_MEMBER,
                approved(Capacity::Chair),
                "the approval of the chair: a signature as chair of the board, or an AppointmentDetermined before",
            ),
        };
        judge_past_softly(case, verdict, holds, rule, || {
            let signed: Vec<_> = case.act.signatories.iter().map(|it| it.capacity.as_str()).collect();
            let found = format!(
                "{} of {id}, signed as {}",
                self.office.as_str().replace('_', " "),
                signed.join(", ")
            );
            (found, needed.to_owned())
        });
    }

    /// Whether somebody in that capacity has approved the person for the office by then.
    fn is_approved_by(&self, case: &Case<'_>, id: &BodyId, capacity: Capacity) -> bool {
        let view = enacted(case.record, case.last_day_of(&self.effective));
        let mut told = case.record.saying::<AppointmentDetermined>(id.subject(), view);
        told.any(|told| {
            let act = case.record.act_as_known(told.position, view.known);
            let by = act.is_some_and(|act| act.signatories.iter().any(|it| it.capacity == capacity));
            let said = told.says::<AppointmentDetermined>();
            by && told.subject == *id.subject()
                && said.is_some_and(|said| {
                    said.outcome == Determination::Approved
                        && said.office == self.office
                        && said.person == self.person
                        && said.determined_on.is_by(view.as_at) != Certainty::No
                })
        })
    }
}
