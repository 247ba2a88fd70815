//! How answers look: lines, tables, JSON; standings, and the entries that an answer rests on.

use super::columns::labelled;
use super::guarded::json_guarded;
pub(crate) use super::lines::{data, is_watched, line, say, say_failed};
pub(crate) use super::table::{csv_of, grid, rows, table};
use crate::described::described;
use crate::proto::{self, Answered, Finding};
pub(crate) use crate::shown::dates::{date, date_or, end, last_day, perhaps, to};
pub(crate) use crate::shown::phrases::{
    by, condition, corrected, day_and_time, entries, extended, intention, lapsed, life, mark, or_sealed,
    person, positions, shortened, signed_as, slug, slugs, standing, state, why, words,
};
use crate::shown::{Columns, Names, json as described_json};
use anstream::adapter::strip_str;
use owo_colors::OwoColorize as _;
use prost_reflect::ReflectMessage as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io;

/// Prints data as JSON, for people's eyes too.
pub(crate) fn json(value: &Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    Ok(line(json_guarded(&text))?)
}

/// Prints data as JSON on a line of its own.
pub(crate) fn json_line(value: &Value) -> io::Result<()> {
    line(json_guarded(&value.to_string()))
}

/// A message of `minutebook.v1` as JSON: see [`crate::shown::json`].
pub(crate) fn to_json<M: prost::Message + prost::Name>(message: &M) -> anyhow::Result<Value> {
    described_json(&described(message)?).ok_or_else(|| anyhow::anyhow!("{} has no JSON", M::NAME))
}

/// Messages of one kind as a table: its columns are those of their description.
pub(crate) fn described_rows<M: prost::Message + prost::Name>(
    messages: &[M],
    answered: Option<&Answered>,
) -> anyhow::Result<()> {
    let names = Names::of(answered);
    let messages = messages.iter().map(described).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = messages.first() else { return Ok(line("None.")?) };
    let columns = Columns::of(&first.descriptor());
    let rows = messages.iter().map(|message| columns.row(message, &names));
    Ok(line(grid(columns.titles(), rows.collect()))?)
}

/// A title.
pub(crate) fn title(text: impl Display) -> String {
    text.bold().to_string()
}

/// What an answer is about: by its name, where the answer tells it, with what comes after its kind behind.
pub(crate) fn named(id: &str, answered: Option<&Answered>) -> String {
    let names = Names::of(answered);
    names.get(id).map_or_else(|| id.to_owned(), |name| format!("{name} ({})", slug(id)))
}

/// A name and a value, the name in a column of its own.
pub(crate) fn field(name: &str, value: impl Display) -> io::Result<()> {
    line(labelled(1, name, &value.to_string()))
}

/// As [`field`], unless there is nothing to show.
pub(crate) fn field_if(name: &str, value: &str) -> io::Result<()> {
    if value.is_empty() { Ok(()) } else { field(name, value) }
}

/// The entries in doubt, in red: what rests on them may have been said by somebody else.
pub(crate) fn contested(contested: &[proto::Contested]) -> io::Result<()> {
    let doubts = doubts(contested);
    if !doubts.is_empty() {
        line("")?;
    }
    for doubt in doubts {
        line(format!("{} {}", "CONTESTED".red().bold(), doubt.red()))?;
    }
    Ok(())
}

/// Which entries are in doubt, and why: a sentence for each cause.
fn doubts(contested: &[proto::Contested]) -> Vec<String> {
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

/// The entries that are known otherwise since: what they said, what they say now, which entry corrected them, and when.
pub(crate) fn corrections(corrections: &[proto::Correction]) -> io::Result<()> {
    let by_entry = by_entry(corrections);
    if !by_entry.is_empty() {
        line("")?;
    }
    for it in by_entry {
        let (how, what) = correction(it);
        line(format!("{} {}", how.yellow().bold(), what.yellow()))?;
        for of in &it.fields {
            field("", corrected_field(of))?;
        }
    }
    Ok(())
}

/// Each correction once, in the order of what they correct.
fn by_entry(corrections: &[proto::Correction]) -> Vec<&proto::Correction> {
    let by_entry: BTreeMap<_, _> =
        corrections.iter().map(|it| ((it.position, it.corrected_at), it)).collect();
    by_entry.into_values().collect()
}

/// Whether an entry was corrected or withdrawn; which, by which and why.
fn correction(it: &proto::Correction) -> (&'static str, String) {
    let how = if it.is_withdrawn { "WITHDRAWN" } else { "CORRECTED" };
    let (on, reason) = (moment(&it.recorded), or_sealed(&it.reason));
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

/// Behind the title of something: that its entry is known otherwise, by which.
pub(crate) fn corrected_mark(position: u64, answered: Option<&Answered>) -> String {
    let of_it = answered.iter().flat_map(|answered| &answered.corrections);
    let of_it = of_it.filter(|it| it.position == position);
    of_it.map(|it| format!("  {}", corrected(it).yellow())).collect()
}

/// What of an answer is in doubt, what is known otherwise since, and what no source states.
pub(crate) fn noted(answered: &Answered) -> io::Result<()> {
    contested(&answered.contested)?;
    corrections(&answered.corrections)?;
    let inferred: BTreeMap<_, _> = answered.inferences.iter().map(|it| (it.position, &it.why)).collect();
    inferred.iter().try_for_each(|(position, found)| {
        line(format!("{}  {found}  {}", "inferred".yellow().bold(), why(&[*position])))
    })
}

/// What an answer says of itself, beneath it.
pub(crate) fn answered(answered: Option<&Answered>) -> io::Result<()> {
    let Some(answered) = answered else { return Ok(()) };
    noted(answered)?;
    line("")?;
    for sentence in looked(answered) {
        line(sentence.dimmed())?;
    }
    match horizon(answered) {
        Some(horizon) => line(horizon.yellow()),
        None => Ok(()),
    }
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
fn looked(answered: &Answered) -> Vec<String> {
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

fn horizon(answered: &Answered) -> Option<String> {
    let horizon = Some(&answered.horizon).filter(|horizon| !horizon.is_empty())?;
    Some(format!("As loaded to {horizon}: what happened later is not in it."))
}

/// Whom the name of a question means, and whom else it has meant.
fn meant(meaning: &proto::Meaning) -> String {
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

/// Findings, in a block for each rule and what it needed, in the order in which they were first found.
pub(crate) fn findings<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> io::Result<()> {
    let mut blocks: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let is_alike = |block: &&mut Vec<&Finding>| {
            block.first().is_some_and(|first| first.rule == finding.rule && first.needed == finding.needed)
        };
        match blocks.iter_mut().find(is_alike) {
            Some(block) => block.push(finding),
            None => blocks.push(vec![finding]),
        }
    }
    for block in blocks {
        let Some(first) = block.first() else { continue };
        line(format!("{}  {} [{}]", "finding".yellow().bold(), first.says, first.rule))?;
        let subjects: Vec<_> = block.iter().map(|finding| shortened(&finding.subject)).collect();
        let width = subjects.iter().map(|subject| subject.chars().count()).max().unwrap_or_default();
        for (finding, subject) in block.iter().zip(&subjects) {
            field(&format!("{subject:<width$}"), format!("{}  {}", finding.found, why(&finding.why)))?;
        }
        field("needed", &first.needed)?;
    }
    Ok(())
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

    #[test]
    fn messages_become_json_with_the_names_of_proto() {
        let counts = vec![proto::CommissionerCount {
            as_at: "2013-04-01".to_owned(),
            ccg: 211,
            ..proto::CommissionerCount::default()
        }];
        let response = proto::CountCommissionersResponse { answered: None, counts };
        let json = to_json(&response).unwrap();
        assert_eq!(
            json["counts"][0],
            serde_json::json!({"as_at": "2013-04-01", "ccg": 211, "icb": 0, "ccg_perhaps": 0, "icb_perhaps": 0})
        );
        let body = proto::Body { life: proto::Life::Open.into(), why: vec![3], ..Default::default() };
        let json = to_json(&body).unwrap();
        assert_eq!((json["life"].as_str(), json["why"][0].as_u64()), (Some("LIFE_OPEN"), Some(3)));
    }

    #[test]
    fn many_entries_are_shortened() {
        assert_eq!(strip_str(&why(&[12, 345])).to_string(), "(entries 12, 345)");
        assert_eq!(strip_str(&why(&[7])).to_string(), "(entry 7)");
        let many: Vec<_> = (1..=90).collect();
        assert_eq!(strip_str(&why(&many)).to_string(), "(90 entries from 1 to 90)");
    }
}
