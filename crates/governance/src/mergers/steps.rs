//! Which step of a merger an act can take.

use super::events::ApplicationKind;
use super::stage::MergerState;
use super::state::{Merger, merger};
use crate::act::Case;
use crate::bodies::enacted;
use crate::rules::rules;
use crate::{MergerId, PDate, Verdict};

rules! {
    PROPOSED: Hard =
        "merger.proposed",
        "An application, a vote, a decision or a condition belongs to a merger that was proposed.",
        "principle: step by step";
    IN_PROGRESS: Hard =
        "merger.in-progress",
        "Members vote on a merger, and it is given up, until it has taken effect or was given up.",
        "principle: step by step; principle: hard and soft";
}

/// The merger that an act is about, as enacted by the day of the act; proposed, or applied for otherwise.
pub(super) fn merger_of(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Merger> {
    let known = known(case, date);
    let proposed = known
        .as_ref()
        .is_some_and(|merger| merger.proposed.is_some() || merger.kind() != ApplicationKind::Merger);
    verdict.hard(proposed, &PROPOSED, &case.act.subject, || {
        let found = if known.is_some() { "only looked into" } else { "a merger that no act proposes" };
        (found.to_owned(), "a proposal first (MergerProposed)".to_owned())
    });
    known.filter(|_merger| proposed)
}

/// As [`merger_of`], for acts that come too late once it has taken effect or was given up.
pub(super) fn merger_in_progress(case: &Case<'_>, verdict: &mut Verdict, date: &PDate) -> Option<Merger> {
    let merger = merger_of(case, verdict, date)?;
    judge_in_progress(case, verdict, &merger);
    Some(merger)
}

pub(super) fn judge_in_progress(case: &Case<'_>, verdict: &mut Verdict, merger: &Merger) {
    let open = !matches!(merger.state, MergerState::Effected | MergerState::Abandoned);
    verdict.hard(open, &IN_PROGRESS, &case.act.subject, || {
        let found = format!("{} is {}", merger.id, merger.state.as_str());
        (found, format!("a merger that may still come; possible now: {}", merger.state.possible()))
    });
}

pub(super) fn known(case: &Case<'_>, date: &PDate) -> Option<Merger> {
    let view = enacted(case.record, case.last_day_of(date));
    merger(case.record, &MergerId::of(&case.act.subject)?, view)
}
