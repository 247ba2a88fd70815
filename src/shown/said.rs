//! What an answer says of itself, in sentences: from where it looked, whom codes mean, what of it is in doubt or known otherwise.

use super::phrases::{shortened, signed_as, text, why};
use crate::proto::{self, Answered};
use anstream::adapter::strip_str;
use prost_reflect::DynamicMessage;
use std::collections::BTreeMap;

/// What an answer says of itself, where it does.
pub(crate) fn answered(answer: &DynamicMessage) -> Option<Answered> {
    let found = answer.get_field_by_name("answered")?;
    found.as_message().and_then(|answered| answered.transcode_to().ok())
}

/// Which entries are in doubt, and why: a sentence for each cause.
pub(crate) fn doubts(contested: &[proto::Contested]) -> Vec<String> {
    let mut declared: BTreeMap<(u64, &str, u64, Option<u64>), Vec<u64>> = BTreeMap::new();
    for doubt in contested {
        let cause = (doubt.declared_at, doubt.key.as_str(), doubt.from, doubt.through);
        declared.entry(cause).or_default().push(doubt.position);
    }
    let sentence =
        |((declared_at, key, from, through), mut positions): ((u64, &str, u64, Option<u64>), Vec<u64>)| {
            positions.sort_unstable();
            positions.dedup();
            let why = strip_str(&why(&positions)).to_string();
            let by = through.map_or_else(
                || "signed by".to_owned(),
                |through| format!("rests on entry {through}, and so on"),
            );
            format!("{why} {by} key {key}, compromised from entry {from} on, as entry {declared_at} declares")
        };
    declared.into_iter().map(sentence).collect()
}

/// Each correction once, in the order of what they correct.
pub(crate) fn by_entry<'a>(
    corrections: impl IntoIterator<Item = &'a proto::Correction>,
) -> Vec<&'a proto::Correction> {
    let by_entry: BTreeMap<_, _> =
        corrections.into_iter().map(|it| ((it.position, it.corrected_at), it)).collect();
    by_entry.into_values().collect()
}

/// Whether an entry was corrected or withdrawn; which, by which and why.
pub(crate) fn correction(it: &proto::Correction) -> (&'static str, String) {
    let how = if it.is_withdrawn { "WITHDRAWN" } else { "CORRECTED" };
    let (on, reason) = (moment(&it.recorded), text(it.reason.as_ref()));
    // What is gone stands in no answer that says what it was.
    let gone = match it.is_withdrawn {
        true => format!(" [{} of {}]", it.r#type, shortened(&it.subject)),
        false => String::new(),
    };
    (
        how,
        format!(
            "(entry {}) by entry {}, recorded {on} by {} ({}): {reason}{gone}",
            it.position,
            it.corrected_at,
            signed_as(&it.by),
            it.kind
        ),
    )
}

/// A value that is known otherwise: both, as they were written.
pub(crate) fn corrected_field(field: &proto::CorrectedField) -> String {
    let path = if field.path.is_empty() { "all of it" } else { &field.path };
    format!("{path}: {} is now {}", field.old, field.new)
}

/// Everything that an answer says of itself, in sentences: for a page.
pub(crate) fn in_words(answered: &Answered) -> Vec<String> {
    let doubts = doubts(&answered.contested).into_iter().map(|doubt| format!("CONTESTED {doubt}"));
    let corrections = by_entry(&answered.corrections).into_iter().map(|it| {
        let (how, what) = correction(it);
        let fields: Vec<_> = it.fields.iter().map(|of| strip_str(&corrected_field(of)).to_string()).collect();
        format!("{how} {what}. {}", fields.join("; ")).trim_end().to_owned()
    });
    let inferred =
        answered.inferences.iter().map(|it| format!("INFERRED (entry {}): {}", it.position, it.why));
    doubts.chain(corrections).chain(inferred).chain(looked(answered)).chain(horizon(answered)).collect()
}

/// From where it was looked, and whom the names of the question mean.
pub(crate) fn looked(answered: &Answered) -> Vec<String> {
    let last = answered.known_entries.saturating_sub(1);
    let scope = match answered.scope() {
        proto::Scope::Reported => "acts, registers and reports",
        _ => "acts and registers",
    };
    let known_at = match answered.known_at.as_str() {
        "" => format!("entry {last}"),
        moment => exactly(moment),
    };
    let mut sentences: Vec<_> = answered.meanings.iter().map(meant).collect();
    sentences
        .push(format!("As at {}, as known at {known_at} (entries 0 to {last}), by {scope}.", answered.as_at));
    if answered.re_enactment {
        let again = "A re-enactment: the past played again, so \"known at\" is a reconstructed moment.";
        sentences.push(again.to_owned());
    }
    sentences
}

pub(crate) fn horizon(answered: &Answered) -> Option<String> {
    let horizon = Some(&answered.horizon).filter(|horizon| !horizon.is_empty())?;
    Some(format!("As loaded to {horizon}: what happened later is not in it."))
}

/// Whom the name of a question means, and whom else it has meant.
pub(crate) fn meant(meaning: &proto::Meaning) -> String {
    let name = if meaning.name.is_empty() { String::new() } else { format!(", {}", meaning.name) };
    let also = if meaning.also.is_empty() {
        String::new()
    } else {
        format!("; the code means {} at other times", meaning.also.join(", "))
    };
    format!("{} is {}{name}{also}.", meaning.asked, meaning.body)
}

/// A moment to the microsecond, without the zeros at its end: given back, it is the same.
fn exactly(rfc3339: &str) -> String {
    match rfc3339.strip_suffix('Z').and_then(|moment| moment.split_once('.')) {
        Some((seconds, decimals)) => {
            let decimals = decimals.trim_end_matches('0');
            let point = if decimals.is_empty() { "" } else { "." };
            format!("{seconds}{point}{decimals}Z")
        }
        None => rfc3339.to_owned(),
    }
}

/// A moment without the decimals that nobody reads.
pub(crate) fn moment(rfc3339: &str) -> String {
    match rfc3339.split_once('.') {
        Some((seconds, _decimals)) => format!("{seconds}Z"),
        None => rfc3339.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_printed_as_it_is_given_back() {
        for (moment, printed) in [
            ("2019-06-30T12:00:00.000000Z", "2019-06-30T12:00:00Z"),
            ("2019-06-30T12:00:00.120000Z", "2019-06-30T12:00:00.12Z"),
            ("2019-06-30T12:00:00.000001Z", "2019-06-30T12:00:00.000001Z"),
        ] {
            assert_eq!(exactly(moment), printed);
        }
    }
}
