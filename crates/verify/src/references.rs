//! Gaps in the references of minutes: which numbers of a body's series no decision in the book bears.

use crate::{Grade, Graded};
use minutebook_governance::decisions::DecisionRecorded;
use minutebook_governance::{BodyId, Date, Record, Rule, View, withdrawn};
use minutebook_log::{Position, Subject};
use std::collections::BTreeMap;

pub(crate) static GAP: Rule = Rule {
    id: "minutes.reference-gap",
    says: "The references of a body's minutes run on: what a number of the series was given to is in the book, or the minutes say why not.",
    source: "principle: good minutes",
};

/// How many different numbers make a series: two may be anything.
const SERIES_MIN: usize = 3;

/// How many digits a number of a series has at most.
const DIGITS_MAX: usize = 6;

/// How many gaps of a series are named one by one.
const GAPS_MAX: usize = 20;

/// What is to be said of the references in a record: one finding for each series with gaps.
pub(crate) fn judge(record: &Record, view: View) -> Vec<Graded> {
    let gaps = |body| {
        let all = series(record, body, view).into_iter();
        all.filter_map(move |(prefix, series)| series.gaps(body, &prefix))
    };
    record.subjects(BodyId::KIND).flat_map(gaps).collect()
}

/// The numbers that follow one prefix, each with the decisions that bear it.
#[derive(Debug, Default)]
struct Series(BTreeMap<u32, Vec<Borne>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Borne {
    by: Position,
    decided_on: Option<Date>,
    /// How many digits the number was written with.
    digits: usize,
}

fn series(record: &Record, body: &Subject, view: View) -> BTreeMap<String, Series> {
    let mut all: BTreeMap<String, Series> = BTreeMap::new();
    // What was withdrawn bore its number all the same.
    let gone = withdrawn(record, body, view).into_iter().map(|it| it.told);
    let told = record.saying::<DecisionRecorded>(body, view).chain(gone);
    for told in told.filter(|told| told.subject == *body) {
        let Some(decision) = told.says::<DecisionRecorded>() else { continue };
        let reference = decision.item.as_ref().and_then(|item| split(&item.reference));
        let Some((prefix, digits, number)) = reference else { continue };
        let borne = Borne { by: told.position, decided_on: decision.decided_on.earliest(), digits };
        all.entry(prefix.to_owned()).or_default().0.entry(number).or_default().push(borne);
    }
    all
}

/// A reference as prefix, number of digits, and number; nothing where it does not end in a number, or is a
/// date.
fn split(reference: &str) -> Option<(&str, usize, u32)> {
    let reference = reference.trim();
    let prefix = reference.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = reference.strip_prefix(prefix)?;
    let is_date = reference.parse::<Date>().is_ok();
    if is_date || number.is_empty() || number.len() > DIGITS_MAX {
        return None;
    }
    Some((prefix, number.len(), number.parse().ok()?))
}

impl Series {
    /// Whether the numbers go up with the days. Items that are numbered anew for each meeting, or by what
    /// they are about, are no series, and what is not among them is no gap.
    fn runs_on(&self) -> bool {
        let days = |borne: &Vec<Borne>| {
            let mut days: Vec<_> = borne.iter().filter_map(|borne| borne.decided_on).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        let days: Vec<_> = self.0.values().map(days).collect();
        let again = days.iter().filter(|days| days.len() > 1).count();
        let first: Vec<_> = days.iter().filter_map(|days| days.first()).collect();
        let backwards = first.iter().zip(first.iter().skip(1)).filter(|(day, next)| next < day).count();
        let few = |count: usize| count * 4 <= self.0.len();
        self.0.len() >= SERIES_MIN && few(again) && few(backwards)
    }

    fn gaps(&self, body: &Subject, prefix: &str) -> Option<Graded> {
        if !self.runs_on() {
            return None;
        }
        let next = self.0.iter().skip(1);
        let gaps: Vec<_> = self.0.iter().zip(next).filter(|((at, _), (next, _))| *next - *at > 1).collect();
        let digits = self.0.values().flatten().map(|borne| borne.digits).min().unwrap_or_default();
        let ranges = gaps.iter().take(GAPS_MAX).map(|((at, _), (next, _))| {
            let (from, to) = (*at + 1, *next - 1);
            if from == to { format!("{from:0digits$}") } else { format!("{from:0digits$} to {to:0digits$}") }
        });
        let mut missing = ranges.collect::<Vec<_>>().join(", ");
        if gaps.len() > GAPS_MAX {
            missing.push_str(&format!(" and {} more gaps", gaps.len() - GAPS_MAX));
        }
        let beside = gaps.iter().flat_map(|((_, before), (_, after))| [before.last(), after.first()]);
        let mut entries: Vec<_> = beside.flatten().map(|borne| borne.by).collect();
        entries.sort_unstable();
        entries.dedup();
        let (first, last) = (self.0.first_key_value()?.0, self.0.last_key_value()?.0);
        let found =
            format!("of {prefix}{first:0digits$} to {prefix}{last:0digits$}, no decision bears {missing}");
        (!gaps.is_empty()).then(|| Graded {
            grade: Grade::Remark,
            rule: GAP.id,
            subject: body.to_string(),
            entries,
            found,
            needed: "the minutes of these items, or what says that nothing was decided".to_owned(),
            answered_by: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of these references, each with the day of its decision.
    fn found(references: &[(&str, &str)]) -> Vec<String> {
        let mut all: BTreeMap<&str, Series> = BTreeMap::new();
        for (at, (reference, day)) in references.iter().enumerate() {
            let Some((prefix, digits, number)) = split(reference) else { continue };
            let borne = Borne { by: Position(at as u64), decided_on: day.parse().ok(), digits };
            all.entry(prefix).or_default().0.entry(number).or_default().push(borne);
        }
        let body = "body/52R".parse().unwrap();
        all.iter().filter_map(|(prefix, series)| Some(series.gaps(&body, prefix)?.found)).collect()
    }

    #[test]
    fn a_series_with_holes_is_told() {
        let holes = [
            ("GB/20/069", "2020-04-08"),
            ("GB/20/070", "2020-04-08"),
            ("GB/20/072", "2020-04-08"),
            ("GB/20/076", "2020-06-03"),
            ("GB/21/001", "2021-01-06"),
        ];
        assert_eq!(found(&holes), ["of GB/20/069 to GB/20/076, no decision bears 071, 073 to 075"]);
        assert_eq!(found(&[("7", "2020-04-08"), ("8", "2020-04-08"), ("10", "2020-04-09")]).len(), 1);
    }

    #[test]
    fn one_number_out_of_order_does_not_hide_a_hole() {
        let mut references: Vec<_> = (1..=9).map(|number| (format!("GB/{number}"), "2020-04-08")).collect();
        references.push(("GB/11".to_owned(), "2020-01-01"));
        let references: Vec<_> = references.iter().map(|(at, day)| (at.as_str(), *day)).collect();
        assert_eq!(found(&references), ["of GB/1 to GB/11, no decision bears 10"]);
    }

    #[test]
    fn what_is_no_series_has_no_holes() {
        let without_holes = [("GB/1", "2020-04-08"), ("GB/2", "2020-04-08"), ("GB/3", "2020-04-08")];
        let two_alone = [("GB/1", "2020-04-08"), ("GB/9", "2020-04-08")];
        let anew_each_time = [
            ("Item 2", "2020-04-08"),
            ("Item 5", "2020-04-08"),
            ("Item 2", "2020-05-06"),
            ("Item 5", "2020-05-06"),
            ("Item 9", "2020-06-03"),
        ];
        let by_topic = [
            ("EMG 7", "2020-01-08"),
            ("EMG 1", "2020-06-03"),
            ("EMG 4", "2020-03-04"),
            ("EMG 12", "2019-06-03"),
        ];
        let dates =
            [("2020-04-08", "2020-04-08"), ("2020-04-15", "2020-04-15"), ("2020-04-22", "2020-04-22")];
        let words = [("AOB", "2020-04-08"), ("GB/20/076a", "2020-04-08"), ("1234567", "2020-04-08")];
        for references in [&without_holes[..], &two_alone, &anew_each_time, &by_topic, &dates, &words] {
            assert_eq!(found(references), Vec::<String>::new(), "{references:?}");
        }
    }
}
