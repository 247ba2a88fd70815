//! Clerical corrections, which mend how something was written and never what was so.

use crate::act::{Act, Case};
use crate::documents::{CorrectionKind, FieldCorrection, RecordCorrected};
use crate::rules::rules;
use crate::slips::slips;
use crate::{Record, Verdict};
use minutebook_log::Position;
use serde_json::Value;
use std::sync::Arc;

rules! {
    CLERICAL: Hard =
        "correction.clerical",
        "A clerical correction mends slips of the pen in words: no outcome, number, date, name, person or body, no word that turns or measures what is said, and no words in place of others.",
        "principle: nothing is edited";
    WORDING: Soft =
        "correction.wording",
        "Words that are corrected as clerical are read beside what stood there: whether it was a slip of the pen, whoever reads them judges.",
        "principle: nothing is edited";
}

/// Members whose words are names of something: by them it is found, or told from another. The words of a date say which
/// day it was.
const NAMES: [&str; 24] = [
    "written",
    "reference",
    "item",
    "items",
    "motion",
    "amends",
    "function",
    "functions",
    "version",
    "id",
    "value",
    "condition",
    "scheme",
    "unit",
    "units",
    "gates",
    "media_type",
    "name",
    "was",
    "now",
    "short_name",
    "aliases",
    "proposed_name",
    "refused_by",
];

/// Asks that a clerical correction mends slips of the pen alone, and leaves both wordings for who reads. `reads` says
/// whether facts of the target's type have that form: where any words would do there stand words, and not an outcome, a
/// date or the id of somebody.
pub(crate) fn judge_clerical(
    correction: &RecordCorrected,
    case: &Case<'_>,
    (position, target): (Position, &Act),
    verdict: &mut Verdict,
    reads: impl Fn(&Value) -> bool,
) {
    if correction.kind != CorrectionKind::Clerical {
        return;
    }
    let first = before_clerical(case.record, position);
    let subject = &target.subject;
    let mut changed = Vec::new();
    for field in &correction.fields {
        let change = mended(field, target, first.as_deref(), &reads);
        let refused = change.as_ref().err().cloned();
        verdict.hard(refused.is_none(), &CLERICAL, subject, || {
            let needed = "the kind factual, with the reason; a clerical correction mends a letter of a word, a word that stands \
                          there twice, spaces, capitals and commas";
            (refused.unwrap_or_default(), needed.to_owned())
        });
        changed.extend(change);
    }
    verdict.soft(changed.is_empty(), &WORDING, subject, || {
        let needed = "the words as they were written, or an answer that says what the slip was";
        (format!("entry {position}, {}", changed.join("; ")), needed.to_owned())
    });
}

/// What the correction mends in one member, in words.
///
/// # Errors
/// What it changes beyond that, in words.
fn mended(
    field: &FieldCorrection,
    target: &Act,
    first: Option<&Act>,
    reads: &impl Fn(&Value) -> bool,
) -> Result<String, String> {
    let path = &field.path;
    let (old, new) = words_of(&target.facts, field, reads)
        .ok_or_else(|| format!("{path}, which says what was so and not how it was put"))?;
    let words = slips(old, new).map_err(|beyond| format!("{path}: {beyond}"))?;
    // A slip upon a slip would come to any words in the end: it is held against what was written first, too.
    if let Some(written) = first.and_then(|act| act.facts.pointer(path)?.as_str()) {
        slips(written, new).map_err(|beyond| format!("{path}, as it was written first: {beyond}"))?;
    }
    let words: Vec<_> = words.iter().map(|(was, is)| format!("\"{was}\" is now \"{is}\"")).collect();
    let told =
        if words.is_empty() { "other spaces, capitals or punctuation".to_owned() } else { words.join(", ") };
    Ok(format!("{path}: {told}"))
}

/// The act as it was before anybody mended its writing: as it was recorded, or as the last correction left it that says
/// what was so.
fn before_clerical(record: &Record, position: Position) -> Option<Arc<Act>> {
    let is_clerical = |at: Position| {
        let act = record.act_as_known(at, record.len());
        let correction = act.as_ref().and_then(|act| act.statement.downcast::<RecordCorrected>());
        correction.is_some_and(|correction| correction.kind == CorrectionKind::Clerical)
    };
    let corrections = record.corrections_of(position, record.len()).into_iter().rev();
    match corrections.map(|(at, _withdraws)| at).find(|at| !is_clerical(*at)) {
        Some(at) => record.act_as_known(position, at.0 + 1),
        None => record.at(position).map(|first| first.act),
    }
}

/// The old and the new words, where the member holds words.
fn words_of<'a>(
    facts: &Value,
    field: &'a FieldCorrection,
    reads: &impl Fn(&Value) -> bool,
) -> Option<(&'a str, &'a str)> {
    let (Value::String(old), Value::String(new)) = (&field.old, &field.new) else { return None };
    let is_number = |step: &&str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let member = field.path.split('/').rev().find(|step| !is_number(step))?;
    if NAMES.contains(&member) {
        return None;
    }
    let mut other = facts.clone();
    *other.pointer_mut(&field.path)? = Value::String("any other words".to_owned());
    reads(&other).then_some((old, new))
}
