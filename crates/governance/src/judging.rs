//! Everything that is asked of an act for what it says, whether it is recorded so or corrected to it.

use crate::Verdict;
use crate::act::{Case, Standing};
use crate::commissioners::judge_kinds;
use crate::consultations::judge_considered;
use crate::days::judge_days;
use crate::documents::{judge_inferred, judge_own_record};
use crate::meetings::{judge_decision, judge_told_apart};
use crate::mergers::judge_about_merger;
use crate::plans::judge_fulfilled;

/// Asks every rule of an act at its place, those of authority apart.
pub(crate) fn judge_act(case: &Case<'_>, verdict: &mut Verdict) {
    case.act.statement.judge_references(case, verdict);
    judge_fulfilled(case, verdict);
    judge_days(case, verdict);
    judge_inferred(case, verdict);
    judge_kinds(case, verdict);
    judge_told_apart(case, verdict);
    if !case.act.standing.is_report() {
        case.act.statement.judge(case, verdict);
        judge_decision(case, verdict);
        judge_considered(case, verdict);
        judge_about_merger(case, verdict);
    }
    if case.act.standing == Standing::OwnRecord {
        judge_own_record(case, verdict);
    }
}
