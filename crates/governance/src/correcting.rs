//! What a correction makes of the act that it corrects: when it is judged, and when it is known again.

use crate::act::{Act, Case};
use crate::catalogue::row_of;
use crate::clerical::judge_clerical;
use crate::days::judge_corrected_days;
use crate::documents::{RecordCorrected, judge_corrected_form};
use crate::{Malformed, Record, Unread, Verdict};
use minutebook_log::Position;
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
    Some(read.map(|statement| Arc::new(Act { facts, statement, ..target.clone() })))
}

/// What a correction makes of its target. Its references are judged anew; its rules are not, since they
/// would find the act itself in the record.
pub(crate) fn correct(
    correction: &RecordCorrected,
    case: &Case<'_>,
    verdict: &mut Verdict,
) -> Option<Corrected> {
    let (position, target) = correction.target(case.record)?;
    if correction.withdraws() {
        return Some((position, None));
    }
    let row = row_of(target.name)?;
    judge_clerical(correction, case, (position, &target), verdict, |facts| row.parse(facts).is_ok());
    let corrected = corrected_act(correction, &target)?;
    let corrected = judge_corrected_form(&case.act.subject, verdict, corrected)?;
    corrected.statement.judge_references(&Case { act: &corrected, ..*case }, verdict);
    judge_corrected_days(case, &corrected, verdict);
    Some((position, Some(corrected)))
}
