//! Entries in doubt: signed by a key since it was in other hands, as registrars declared. They stand, and
//! are flagged wherever an answer rests on them.

use super::events::KeyRevoked;
use super::state::{compromises, key_named, subject_of};
use crate::rules::rules;
use crate::{Finding, Record, View};
use minutebook_log::{Position, PublicKey};
use std::collections::{BTreeMap, BTreeSet};

rules! {
    CONTESTED: Soft =
        "key.compromised",
        "What a key signed since it was in other hands is contested; it stands until somebody answers it.",
        "principle: authority is in the book";
}

/// What registrars declared of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Compromise {
    /// The key.
    pub key: PublicKey,
    /// The first position whose entries signed by it are in doubt.
    pub from: Position,
    /// The entry that declares it.
    pub declared: Position,
}

/// An entry in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contested {
    /// The entry.
    pub position: Position,
    /// Why: one of the keys that signed it.
    pub compromise: Compromise,
}

/// The compromises of `key` that the view knows of, as they were declared: a later one reaches further back.
pub fn compromises_of(record: &Record, key: PublicKey, view: View) -> Vec<Compromise> {
    let Some(subject) = subject_of(&key) else { return Vec::new() };
    let told = record.saying::<KeyRevoked>(&subject, view);
    let declared = told.filter_map(|told| {
        let from = told.says::<KeyRevoked>()?.from?;
        Some(Compromise { key, from, declared: told.position })
    });
    declared.collect()
}

/// Every entry that the view knows and that is in doubt, in the order of the book.
pub fn contested(record: &Record, view: View) -> Vec<Contested> {
    let Some(listed) = compromises() else { return Vec::new() };
    let declared = record.saying::<KeyRevoked>(&listed, view);
    let keys: BTreeSet<_> = declared.filter_map(|told| key_named(&told.subject)).collect();
    let mut contested = BTreeSet::new();
    for key in keys {
        let compromises = compromises_of(record, key, view);
        let Some(first) = compromises.iter().map(|compromise| compromise.from).min() else { continue };
        let signed = record.signed_by(key, view.known);
        let since = signed.iter().skip(signed.partition_point(|position| *position < first));
        contested.extend(since.filter_map(|position| contest(*position, &compromises)));
    }
    contested.into_iter().collect()
}

/// Those that are in doubt among the entries that something rests on, in the order of the book. An entry
/// that was corrected rests on its correction too.
pub fn contested_among(
    record: &Record,
    positions: impl IntoIterator<Item = Position>,
    view: View,
) -> Vec<Contested> {
    let (mut known, mut contested) = (BTreeMap::new(), BTreeSet::new());
    let corrections = |position| [Some(position), record.corrected_at(position, view.known)];
    let positions: BTreeSet<_> = positions.into_iter().flat_map(corrections).flatten().collect();
    for position in positions.into_iter().filter(|position| position.0 < view.known) {
        let signatories = record.at(position).map_or(&[][..], |recorded| &recorded.act.signatories);
        for key in signatories.iter().map(|signatory| signatory.key) {
            let compromises = known.entry(key).or_insert_with(|| compromises_of(record, key, view));
            contested.extend(contest(position, compromises));
        }
    }
    contested.into_iter().collect()
}

/// The first declaration that puts an entry in doubt which its key signed.
fn contest(position: Position, compromises: &[Compromise]) -> Option<Contested> {
    let compromise = compromises.iter().find(|compromise| compromise.from <= position)?;
    Some(Contested { position, compromise: *compromise })
}

/// A finding for each entry in doubt.
pub(crate) fn contested_findings(record: &Record, view: View) -> Vec<Finding> {
    let mut by_entry: BTreeMap<Position, Vec<Compromise>> = BTreeMap::new();
    for Contested { position, compromise } in contested(record, view) {
        by_entry.entry(position).or_default().push(compromise);
    }
    let finding = |(position, compromises): (Position, Vec<Compromise>)| {
        let subject = record.at(position)?.act.subject.clone();
        let found = compromises.iter().map(|Compromise { key, from, declared }| {
            format!("signed by {key}, which entry {declared} declares compromised from entry {from} on")
        });
        let declared = compromises.iter().map(|compromise| compromise.declared);
        Some(Finding {
            rule: &CONTESTED,
            subject,
            found: found.collect::<Vec<_>>().join("; "),
            needed: "a key that nobody else held".to_owned(),
            why: [position].into_iter().chain(declared).collect(),
        })
    };
    by_entry.into_iter().filter_map(finding).collect()
}
