//! What a correction makes of the act that it corrects: when it is judged, and when it is known again.

use crate::act::{Act, Case};
use crate::authority::authorise;
use crate::catalogue::row_of;
use crate::clerical::judge_clerical;
use crate::documents::{RecordCorrected, judge_corrected_form};
use crate::judging::judge_act;
use crate::minuted::judge_approved;
use crate::rules::Asked;
use crate::{Certainty, FactsAsWritten, Malformed, Record, Unread, Verdict, Violation};
use minutebook_log::{Place, Position};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A position whose act is known otherwise from here on; as nothing, where it was withdrawn.
pub(crate) type Corrected = (Position, Option<Arc<Act>>);

/// What the correction at `at` made of its target, again, from what was known before it.
pub(crate) fn correct_again(
    record: &Record,
    at: Position,
    target: Position,
) -> Result<Option<Arc<Act>>, Unread> {
    let lost = |what: &str| Unread::Failed { position: at, what: what.to_owned() };
    let act = record.act_as_known(at, u64::MAX).ok_or_else(|| lost("no act"))?;
    let correction =
        act.statement.downcast::<RecordCorrected>().ok_or_else(|| lost("it is no correction"))?;
    if correction.withdraws() {
        return Ok(None);
    }
    let target = record.act_as_known(target, at.0).ok_or_else(|| lost("what it corrects was withdrawn"))?;
    let corrected = corrected_act(correction, &target);
    Ok(Some(corrected.and_then(Result::ok).ok_or_else(|| lost("what it leaves can't be read"))?))
}

/// The act that a correction leaves; nothing where a path leads nowhere.
fn corrected_act(correction: &RecordCorrected, target: &Act) -> Option<Result<Arc<Act>, Malformed>> {
    let facts = correction.corrected(&target.facts)?;
    let read = row_of(target.name)?.parse(&facts).and_then(|statement| {
        statement.check_form(&target.subject)?;
        Ok(statement)
    });
    let facts = FactsAsWritten::corrected(facts);
    Some(read.map(|statement| Arc::new(Act { facts, statement, ..target.clone() })))
}

/// What a correction makes of its target. What is corrected is judged as if it were recorded so, here and by whoever signs
/// the correction.
pub(crate) fn correct(
    correction: &RecordCorrected,
    case: &Case<'_>,
    verdict: &mut Verdict,
) -> Option<Corrected> {
    let (position, target) = correction.target(case.record)?;
    judge_approved(correction, case, (position, &target), verdict);
    if correction.withdraws() {
        return Some((position, None));
    }
    let row = row_of(target.name)?;
    judge_clerical(correction, case, (position, &target), verdict, |facts| row.parse(facts).is_ok());
    let corrected = corrected_act(correction, &target)?;
    let corrected = judge_corrected_form(&case.act.subject, verdict, corrected)?;
    judge_difference(case, position, &target, &corrected, verdict);
    Some((position, Some(corrected)))
}

/// Adds what the corrected act breaks and the act as it stood does not. Both are judged in the record without either, as
/// they would be if they were recorded now: what has become too late for both speaks against neither, and nor does what
/// the correction leaves as it was.
fn judge_difference(
    case: &Case<'_>,
    position: Position,
    target: &Act,
    corrected: &Act,
    verdict: &mut Verdict,
) {
    let record = without(case.record, position);
    let judged = |act: &Act| {
        let mut verdict = Verdict::default();
        judge_act(&Case { record: &record, act, ..*case }, &mut verdict);
        verdict
    };
    let (was, is) = (judged(target), judged(corrected));
    let at_its_place = OnceCell::new();
    let says = |one: &Violation, other: &Violation| {
        // Where the rule repeats in its words what is corrected, only the place tells whether more than the order is at fault.
        let is_of_order = || {
            let there = at_its_place.get_or_init(|| judged_at_its_place(case, position, corrected));
            !there.violations.iter().chain(&there.findings).any(|it| it.rule == other.rule)
        };
        one.rule == other.rule && one.subject == other.subject && (one.found == other.found || is_of_order())
    };
    take_new(verdict, is, &was, says);
    // In which office something is signed, and for acts of which day, depends on what it says.
    let by = |act: &Act| Act { signatories: case.act.signatories.clone(), ..act.clone() };
    let (may, might) =
        (authorise(case.record, &by(corrected), case.place), authorise(case.record, &by(target), case.place));
    take_new(verdict, may, &might, |one, other| one.rule == other.rule);
}

/// What the rules say of the corrected act where its target stands, by what was recorded before it.
fn judged_at_its_place(case: &Case<'_>, position: Position, corrected: &Act) -> Verdict {
    let mut verdict = Verdict::default();
    let record = case.record.supposed_before(case.record.len(), position, BTreeSet::new());
    let recorded = case.record.recorded_at(position).unwrap_or(case.place.recorded);
    let place = Place { position, stream_number: 0, recorded };
    judge_act(&Case { record: &record, act: corrected, place, rules: case.rules }, &mut verdict);
    verdict
}

/// The record as if the act at `target` had been withdrawn by its last entry.
fn without(record: &Record, target: Position) -> Record {
    let mut record = record.clone();
    if let Some(last) = record.len().checked_sub(1) {
        record.correct(target, Position(last), None);
    }
    record
}

/// Takes from what `is` found, and from the rules that were asked, what `was` did not find already.
fn take_new(
    verdict: &mut Verdict,
    is: Verdict,
    was: &Verdict,
    is_same: impl Fn(&Violation, &Violation) -> bool,
) {
    let is_new = |broken: &Violation, before: &[Violation]| !before.iter().any(|it| is_same(it, broken));
    let violations: Vec<_> = is.violations.into_iter().filter(|it| is_new(it, &was.violations)).collect();
    // What was refused before, and is found now, is no worse.
    let before: Vec<_> = was.findings.iter().chain(&was.violations).cloned().collect();
    let findings: Vec<_> = is.findings.into_iter().filter(|it| is_new(it, &before)).collect();
    let is_told = |asked: &Asked| {
        let mut new = violations.iter().chain(&findings);
        asked.holds == Certainty::Yes || new.any(|it| it.rule == asked.rule)
    };
    verdict.asked.extend(is.asked.into_iter().filter(is_told));
    verdict.violations.extend(violations);
    verdict.findings.extend(findings);
}
