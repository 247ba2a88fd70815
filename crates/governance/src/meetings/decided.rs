//! What is asked of a decision wherever it is told, with votes or as one act of a sitting.

use super::state::Meeting;
use crate::act::Case;
use crate::decisions::{DecisionRecorded, Effect};
use crate::rules::rules;
use crate::{PDate, Rule, Verdict};

rules! {
    AT_MEETING: Hard =
        "decision.at-meeting",
        "A decision at a meeting is taken on the day of the meeting.",
        "principle: good minutes";
}

/// Whether it is minuted because a rule refuses it.
pub(super) fn is_minuted_as_unlawful(decision: &DecisionRecorded) -> bool {
    matches!(decision.effect, Effect::None { refused_by: Some(_) })
}

/// Whether it is minuted because this rule refuses it.
pub(super) fn is_refused_by(decision: &DecisionRecorded, refuses: &Rule) -> bool {
    matches!(&decision.effect, Effect::None { refused_by: Some(by) } if by == refuses.id)
}

/// Asks that it is done on the day of the meeting.
pub(super) fn judge_day(case: &Case<'_>, verdict: &mut Verdict, known: &Meeting, decided_on: &PDate) {
    let fits = known.day().is_none_or(|day| day.agrees_with(decided_on));
    verdict.hard(fits, &AT_MEETING, &case.act.subject, || {
        let day = known.day().map_or_else(String::new, |day| day.to_string());
        (format!("decided on {decided_on}"), format!("{day}, when {} sat", known.id))
    });
}
