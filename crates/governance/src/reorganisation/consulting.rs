//! Whom NHS England consults before it makes, varies or revokes an order on boards.

use super::events::ReorganisationEffected;
use crate::act::Case;
use crate::bodies::{BodyKind, body, enacted};
use crate::consultations::ConsultationOpened;
use crate::decisions::decisions;
use crate::rules::rules;
use crate::{BodyId, Verdict};

rules! {
    CONSULTED: Soft =
        "reorganisation.boards-consulted",
        "Before NHS England varies or revokes an order, it consults each board that is likely to be affected.",
        "NHS Act 2006, section 14Z25(7), from 1 July 2022";
}

impl ReorganisationEffected {
    /// Asks of each board that closes or varies that it was heard: a consultation, a decision of its own, or a paper that
    /// says so.
    pub(super) fn judge_consulted(&self, case: &Case<'_>, verdict: &mut Verdict) {
        let view = enacted(case.record, self.effective.day_before());
        let is_board =
            |id: &&BodyId| body(case.record, id, view).is_some_and(|body| body.kind() == Some(BodyKind::Icb));
        let affected = self.closing.iter().chain(self.varied.iter().map(|varied| &varied.body));
        for board in affected.filter(is_board) {
            let opened = case.record.saying::<ConsultationOpened>(board.subject(), view).next().is_some();
            let decided = !decisions(case.record, board.subject(), view).is_empty();
            let heard = opened || decided || !case.act.evidence.is_empty();
            verdict.soft(heard, &CONSULTED, &case.act.subject, || {
                let found = format!("nothing says that {board} was consulted");
                let needed = "a consultation (ConsultationOpened), what the board said (DecisionRecorded), or the paper as \
                    evidence";
                (found, needed.to_owned())
            });
        }
    }
}
