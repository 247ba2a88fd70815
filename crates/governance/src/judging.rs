//! Everything that is asked of an act for what it says, whether it is recorded so or corrected to it. A report is refused for
//! its form, its references and its signers alone: what hard rules would refuse in an act is found of it.

use crate::act::{Case, Standing};
use crate::commissioners::{cite_by_kind, judge_kinds};
use crate::consultations::judge_considered;
use crate::days::judge_days;
use crate::documents::{judge_inferred, judge_own_record};
use crate::meetings::{judge_decision, judge_told_apart};
use crate::mergers::judge_about_merger;
use crate::plans::judge_fulfilled;
use crate::reporting::{OfReport, of_report};
use crate::{Rule, Verdict};
use std::collections::BTreeSet;

/// Asks every rule of an act at its place, those of authority apart.
pub(crate) fn judge_act(case: &Case<'_>, verdict: &mut Verdict) {
    case.act.statement.judge_references(case, verdict);
    judge_fulfilled(case, verdict);
    judge_days(case, verdict);
    judge_inferred(case, verdict);
    judge_kinds(case, verdict);
    judge_told_apart(case, verdict);
    if case.act.standing.is_report() {
        find_of_report(case, verdict);
    } else {
        judge_as_act(case, verdict);
    }
    if case.act.standing == Standing::OwnRecord {
        judge_own_record(case, verdict);
    }
}

fn judge_as_act(case: &Case<'_>, verdict: &mut Verdict) {
    case.act.statement.judge(case, verdict);
    judge_decision(case, verdict);
    judge_considered(case, verdict);
    judge_about_merger(case, verdict);
}

/// Finds of a report what hard rules would refuse in an act. A report says again what others say of one fact, and who agrees
/// breaks nothing: what is found is found without those as well.
fn find_of_report(case: &Case<'_>, verdict: &mut Verdict) {
    let record = case.record.as_heard_by(case.act);
    let asked = ask_as_act(&Case { record: &record, ..*case });
    verdict.asked.extend(asked.asked);
    let mut broken = asked.violations;
    broken.retain(|it| !case.act.statement.agrees(&Case { record: &record, ..*case }, it));
    let agreeing = if broken.is_empty() { BTreeSet::new() } else { record.agreeing(case.act) };
    if !agreeing.is_empty() {
        let alone = record.supposed_without(record.len(), agreeing);
        let alone = ask_as_act(&Case { record: &alone, ..*case }).violations;
        broken.retain(|it| alone.iter().any(|other| it.rule == other.rule && it.subject == other.subject));
    }
    verdict.findings.extend(broken);
}

/// What the hard rules say of a report that have something to say of one.
fn ask_as_act(case: &Case<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    judge_as_act(case, &mut verdict);
    cite_by_kind(case, &mut verdict);
    let is_asked = |rule: &Rule| of_report(rule) == Some(OfReport::Found);
    verdict.asked.retain(|asked| is_asked(asked.rule));
    verdict.violations.retain(|broken| is_asked(broken.rule));
    verdict
}
