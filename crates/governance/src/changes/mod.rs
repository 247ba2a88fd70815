//! What changed in the register: between two days, between two states of knowledge, and by one entry.
//!
//! The register keeps no state, so a change is a difference between two of its answers. What an entry changed is
//! the difference between what was known before it and with it, for every stretch of days: so corrections and
//! facts that come into force later need nothing of their own.

mod facts;
pub use facts::FactOnDay;
use facts::Facts;
mod turns;
use turns::turns;
mod acts;
use acts::acts_changed;
mod affairs;
mod arrangements;
mod told;
use told::{all_facts_of, days_of, facts_of};
mod touched;
use touched::touched;
mod words;
use words::{corrected_members, words_about};

use crate::catalogue::CATALOGUE;
use crate::mergers::MergerEffected;
use crate::{Date, Record, View};
use minutebook_log::{Position, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// A fact that is one thing in one answer and another in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub subject: Subject,
    /// Which fact: `name`, `chair`, `choice of body/04K`.
    pub fact: String,
    /// What it was; nothing where it was not.
    pub before: Option<FactOnDay>,
    /// What it is; nothing where it is no more.
    pub after: Option<FactOnDay>,
}

/// A difference that holds for a stretch of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The difference.
    pub difference: Difference,
    /// The first day; nothing where it holds since ever.
    pub from: Option<Date>,
    /// The first day no more; nothing where it holds for good.
    pub until: Option<Date>,
}

/// What differs between two views, for one subject or, where none is named, for all: between two days, between
/// two states of knowledge, or both. In the order of subjects and facts.
pub fn differences(record: &Record, subject: Option<&Subject>, before: View, after: View) -> Vec<Difference> {
    match subject {
        Some(subject) => {
            let mut found = compared(record, subject, before, after);
            found.extend(words_about(record, subject, before, after));
            found
        }
        None => all_differences(record, None, before, after).flat_map(|(_subject, found)| found).collect(),
    }
}

/// What differs for all subjects from one on, subject by subject, those for which nothing does among them: each is worked
/// out when its turn comes.
pub fn all_differences<'a>(
    record: &'a Record,
    from: Option<&Subject>,
    before: View,
    after: View,
) -> impl Iterator<Item = (&'a Subject, Vec<Difference>)> + use<'a> {
    let of = |kind: &str| told::KINDS.iter().position(|known| *known == kind);
    let first = from.map_or(0, |from| of(from.kind()).unwrap_or(told::KINDS.len()));
    let start = from.map_or_else(String::new, ToString::to_string);
    let subjects = told::KINDS.iter().enumerate().skip(first).flat_map(move |(place, kind)| {
        record.subjects_from(kind, if place == first { &start } else { kind })
    });
    subjects.map(move |subject| (subject, compared(record, subject, before, after)))
}

/// The kinds of subject that are compared.
pub fn compared_kinds() -> &'static [&'static str] {
    &told::KINDS
}

/// The kinds of subject that are not compared, and of which the record says something.
pub fn kinds_left_out(record: &Record) -> BTreeSet<&'static str> {
    // What a reorganisation says, it says of the bodies in it.
    let of_it = |kind: &&str| !told::KINDS.contains(kind) && *kind != "reorganisation";
    let kinds = CATALOGUE.iter().map(|row| row.subject_kind).filter(of_it);
    kinds.filter(|kind| record.subjects(kind).next().is_some()).collect()
}

/// Whether what the entry at `position` says is of a kind, or a type, of which nothing is compared.
pub fn is_left_out(record: &Record, position: Position) -> bool {
    record.at(position).is_some_and(|entry| {
        !told::KINDS.contains(&entry.act.subject.kind()) && entry.act.subject.kind() != "reorganisation"
    })
}

/// What the entry at `position` changed: for each fact and each stretch of days, what the register said before
/// the entry was known and what it says with it. A report of low standing changes what is reported: `view`'s
/// scope says which answers are compared. Its day plays no part.
pub fn changes_of(record: &Record, position: Position, view: View) -> Vec<Change> {
    let (before, after) = (view.as_known(position.0), view.as_known(position.0.saturating_add(1)));
    let subjects = touched(record, position, before, after);
    let told_on = record.at(position).map_or(Date::LAST, |entry| Date::of(entry.recorded));
    let changed = subjects.iter().flat_map(|subject| changing(record, subject, (before, after), told_on));
    let mut changes: Vec<_> = changed.chain(acts_changed(record, position, before, after)).collect();
    if let Some(entry) = record.at(position) {
        let words = corrected_members(record, &entry.act.subject, before, after);
        changes.extend(words.into_iter().map(|difference| Change { difference, from: None, until: None }));
    }
    changes
}

fn compared(record: &Record, subject: &Subject, before: View, after: View) -> Vec<Difference> {
    let mut found =
        differing(subject, all_facts_of(record, subject, before), all_facts_of(record, subject, after));
    found.extend(corrected_members(record, subject, before, after));
    found
}

fn differing(subject: &Subject, mut old: Facts, new: Facts) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (fact, after) in new {
        let before = old.remove(&fact);
        if before.as_ref().map(|before| &before.value) != Some(&after.value) {
            let subject = subject.clone();
            differences.push(Difference { subject, fact, before, after: Some(after) });
        }
    }
    differences.extend(old.into_iter().map(|(fact, before)| Difference {
        subject: subject.clone(),
        fact,
        before: Some(before),
        after: None,
    }));
    differences.sort_by(|one, other| one.fact.cmp(&other.fact));
    differences
}

/// The differences on each day on which something can change, joined where they last. What lapses by itself is
/// compared up to the day on which the entry was recorded: later, nobody knows whether it will have. The day on which a
/// merger takes effect is no matter of time alone: an entry says it.
fn changing(record: &Record, subject: &Subject, (before, after): (View, View), told_on: Date) -> Vec<Change> {
    let mut days = days_of(record, subject, before);
    days.extend(days_of(record, subject, after));
    let effected = record.saying::<MergerEffected>(subject, after);
    let effected = effected.filter_map(|told| Some(told.says::<MergerEffected>()?.effective.clone()));
    let effected: BTreeSet<_> = effected.flat_map(|date| turns(&date)).collect();
    let can_be_told = |day: &Date| *day <= told_on || effected.contains(day);
    days.retain(|day| !told::LAPSES.contains(&subject.kind()) || can_be_told(day));
    days.insert(Date::FIRST);
    let facts = |view: View| facts_of(record, subject, view);
    stretches(subject, days, |day| (facts(before.at(day)), facts(after.at(day))))
}

/// What differs on each of these days, joined where it lasts.
fn stretches(
    subject: &Subject,
    days: BTreeSet<Date>,
    facts_on: impl Fn(Date) -> (Facts, Facts),
) -> Vec<Change> {
    let mut running: BTreeMap<String, Change> = BTreeMap::new();
    let mut changes = Vec::new();
    for day in days {
        let (old, new) = facts_on(day);
        let mut today: BTreeMap<_, _> = differing(subject, old, new)
            .into_iter()
            .map(|difference| (difference.fact.clone(), difference))
            .collect();
        let over = running.extract_if(.., |fact, change| {
            let goes_on = today.get(fact).is_some_and(|now| now.says_as(&change.difference));
            if goes_on {
                today.remove(fact);
            }
            !goes_on
        });
        changes.extend(over.map(|(_fact, change)| Change { until: Some(day), ..change }));
        let (new, from) = (today.into_iter(), Some(day).filter(|day| *day != Date::FIRST));
        running.extend(new.map(|(fact, difference)| (fact, Change { difference, from, until: None })));
    }
    changes.extend(running.into_values());
    changes.sort_by(|one, other| (one.from, &one.difference.fact).cmp(&(other.from, &other.difference.fact)));
    changes
}

impl Difference {
    fn says_as(&self, other: &Difference) -> bool {
        let value = |fact: &Option<FactOnDay>| fact.as_ref().map(|fact| fact.value.clone());
        value(&self.before) == value(&other.before) && value(&self.after) == value(&other.after)
    }
}
