//! How answers look: lines, tables, JSON; standings, and the entries that an answer rests on.

use super::columns::{in_lines, labelled};
use super::guarded::json_guarded;
pub(crate) use super::lines::{data, is_watched, line, say, say_failed, say_whole};
pub(crate) use super::table::{csv_of, grid, rows, table};
use crate::described::described;
use crate::proto::{self, Answered, Finding};
pub(crate) use crate::shown::dates::{date, date_or, end, last_day, perhaps, to};
pub(crate) use crate::shown::phrases::{
    by, clear, condition, corrected, entries, extended, intention, lapsed, life, mark, person, quoted,
    shortened, signed_as, slug, standing, starts, state, text, votes, why, words,
};
use crate::shown::said::{by_entry, correction, doubts, horizon, looked};
pub(crate) use crate::shown::said::{corrected_field, in_words, moment};
use crate::shown::{Names, json as described_json};
use owo_colors::OwoColorize as _;
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

/// A title.
pub(crate) fn title(text: impl Display) -> String {
    text.bold().to_string()
}

/// What an answer is about: by its name, where the answer tells it, with what comes after its kind behind.
pub(crate) fn named(id: &str, answered: Option<&Answered>) -> String {
    let names = Names::of(answered);
    names.get(id).map_or_else(|| id.to_owned(), |name| format!("{name} ({})", slug(id)))
}

/// A sentence, in lines as wide as there is room.
pub(crate) fn sentence(text: impl Display) -> io::Result<()> {
    line(in_lines(&text.to_string()))
}

/// That there is nothing, and what would count more.
pub(crate) fn none(answered: Option<&Answered>) -> io::Result<()> {
    sentence(match answered.map(Answered::scope) {
        Some(proto::Scope::Enacted | proto::Scope::Unspecified) => {
            "None, by acts and registers. With --reported, what papers and the press report counts too."
        }
        _ => "None.",
    })
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
        sentence(format!("{} {}", "CONTESTED".red().bold(), doubt.red()))?;
    }
    Ok(())
}

/// The entries that are known otherwise since: what they said, what they say now, which entry corrected them, and when.
pub(crate) fn corrections(corrections: &[proto::Correction]) -> io::Result<()> {
    let by_entry = by_entry(corrections);
    if !by_entry.is_empty() {
        line("")?;
    }
    for it in by_entry {
        let (how, what) = correction(it);
        sentence(format!("{} {}", how.yellow().bold(), what.yellow()))?;
        for of in &it.fields {
            field("", corrected_field(of))?;
        }
    }
    Ok(())
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
        sentence(format!("{}  {found}  {}", "INFERRED".yellow().bold(), why(&[*position])))
    })
}

/// What an answer says of itself, beneath it.
pub(crate) fn answered(answered: Option<&Answered>) -> io::Result<()> {
    let Some(answered) = answered else { return Ok(()) };
    noted(answered)?;
    line("")?;
    for sentence in looked(answered) {
        self::sentence(sentence.dimmed())?;
    }
    match horizon(answered) {
        Some(horizon) => sentence(horizon.yellow()),
        None => Ok(()),
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
        sentence(format!("{}  {} [{}]", "finding".yellow().bold(), first.says, first.rule))?;
        let subjects: Vec<_> = block.iter().map(|finding| shortened(&finding.subject)).collect();
        let width = subjects.iter().map(|subject| subject.chars().count()).max().unwrap_or_default();
        for (finding, subject) in block.iter().zip(&subjects) {
            let answered = match finding.answered_by.as_slice() {
                [] => String::new(),
                by => format!("  answered by {}", why(by)),
            };
            field(
                &format!("{subject:<width$}"),
                format!("{}  {}{answered}", finding.found, why(&finding.why)),
            )?;
        }
        field("needed", &first.needed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anstream::adapter::strip_str;

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
