//! Entries in doubt: signed by a key since it was in other hands, as registrars declared; or by one that was enrolled, or
//! granted what it signs, by an entry in doubt; or that rest on one in doubt by naming it. They stand, and are flagged
//! wherever an answer rests on them.

use super::events::{KeyEnrolled, KeyRevoked};
use super::state::{GrantHeld, compromises, grants_held, subject_of};
use crate::act::Signatory;
use crate::rules::rules;
use crate::{Act, Finding, Record, View};
use minutebook_log::{EventId, Position, PublicKey};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

rules! {
    CONTESTED: Soft =
        "key.compromised",
        "What a key signed since it was in other hands is contested, and what rests on that: keys that it enrolled or granted authority since, all that they signed, and acts that cite it. It stands until somebody answers it.",
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
    /// Why: one of the keys that signed it, or that let in a key which did.
    pub compromise: Compromise,
    /// The entry in doubt that it rests on, where its own keys were in nobody else's hands: an enrolment, a grant, or a
    /// decision that it cites.
    pub through: Option<Position>,
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
    let Some(first) = first_in_doubt(record, view) else { return Vec::new() };
    let mut doubts = Doubts::new(record, view);
    (first.0..view.known.min(record.len())).filter_map(|position| doubts.at(Position(position))).collect()
}

/// The first position from which any key is in other hands, as the view knows it.
fn first_in_doubt(record: &Record, view: View) -> Option<Position> {
    let declared = record.saying::<KeyRevoked>(&compromises()?, view).collect::<Vec<_>>();
    declared.iter().filter_map(|told| told.says::<KeyRevoked>()?.from).min()
}

/// Those that are in doubt among the entries that something rests on, in the order of the book. An entry
/// that was corrected rests on its correction too.
pub fn contested_among(
    record: &Record,
    positions: impl IntoIterator<Item = Position>,
    view: View,
) -> Vec<Contested> {
    Doubts::new(record, view).among(positions).into_iter().collect()
}

/// Works out what is in doubt; what one question has found out it does not ask again.
pub struct Doubts<'a> {
    record: &'a Record,
    view: View,
    entries: BTreeMap<Position, Option<Contested>>,
    keys: BTreeMap<PublicKey, Rc<Signing>>,
}

/// How a key came to sign, and what was declared of it.
struct Signing {
    compromises: Vec<Compromise>,
    enrolled: Vec<Position>,
    grants: Vec<GrantHeld>,
}

impl<'a> Doubts<'a> {
    /// What the view knows to be in doubt.
    pub fn new(record: &'a Record, view: View) -> Self {
        Self { record, view, entries: BTreeMap::new(), keys: BTreeMap::new() }
    }

    /// As [`contested_among`], for whoever asks of several things in turn.
    pub fn among(&mut self, positions: impl IntoIterator<Item = Position>) -> BTreeSet<Contested> {
        let (record, view) = (self.record, self.view);
        if first_in_doubt(record, view).is_none() {
            return BTreeSet::new();
        }
        let corrections = |position| [Some(position), record.corrected_at(position, view.known)];
        let positions: BTreeSet<_> = positions.into_iter().flat_map(corrections).flatten().collect();
        positions.into_iter().filter_map(|position| self.at(position)).collect()
    }

    /// Why an entry is in doubt, if it is. What it rests on stands before it, so this comes to an end.
    fn at(&mut self, position: Position) -> Option<Contested> {
        if let Some(known) = self.entries.get(&position) {
            return *known;
        }
        let entry = self.record.at(position).filter(|_entry| position.0 < self.view.known)?;
        let signatories = &entry.act.signatories;
        let directly = signatories.iter().find_map(|signatory| {
            let signing = self.signing(signatory.key);
            let compromise = signing.compromises.iter().find(|compromise| compromise.from <= position)?;
            Some(Contested { position, compromise: *compromise, through: None })
        });
        let found = directly
            .or_else(|| signatories.iter().find_map(|signatory| self.through(signatory, position)))
            .or_else(|| self.through_cited(&entry.act, position));
        self.entries.insert(position, found);
        found
    }

    /// The entry in doubt by which a key came to sign: its enrolment, or every grant that lets it sign so.
    fn through(&mut self, signatory: &Signatory, position: Position) -> Option<Contested> {
        let signing = self.signing(signatory.key);
        let enrolled = signing.enrolled.iter().rfind(|enrolled| **enrolled < position);
        let enrolled = enrolled.and_then(|enrolled| self.at(*enrolled));
        let doubt = enrolled.or_else(|| {
            let body = signatory.body.as_ref();
            let fits = |grant: &&GrantHeld| {
                grant.position < position
                    && grant.granted.capacity == signatory.capacity
                    && body.is_none_or(|body| grant.granted.bodies.covers(body))
            };
            let doubts: Vec<_> =
                signing.grants.iter().filter(fits).map(|grant| self.at(grant.position)).collect();
            doubts.iter().all(Option::is_some).then(|| doubts.first().copied().flatten()).flatten()
        })?;
        Some(Contested { position, through: Some(doubt.position), ..doubt })
    }

    /// The entry in doubt that an act cites: the decision that a committee, a delegation or an application rests on. Who
    /// corrects or annotates an entry does not rest on it.
    fn through_cited(&mut self, act: &Act, position: Position) -> Option<Contested> {
        if act.subject.kind() == "record" {
            return None;
        }
        let mut cited = Vec::new();
        cited_in(&act.facts, &mut cited);
        let before = cited.into_iter().filter_map(|id| self.record.find(id)).filter(|at| *at < position);
        let doubt = before.collect::<Vec<_>>().into_iter().find_map(|at| self.at(at))?;
        Some(Contested { position, through: Some(doubt.position), ..doubt })
    }

    fn signing(&mut self, key: PublicKey) -> Rc<Signing> {
        let (record, view) = (self.record, self.view);
        let signing = self.keys.entry(key).or_insert_with(|| {
            let enrolled = subject_of(&key).map_or_else(Vec::new, |subject| {
                record.saying::<KeyEnrolled>(&subject, view).map(|told| told.position).collect()
            });
            Rc::new(Signing {
                compromises: compromises_of(record, key, view),
                enrolled,
                grants: grants_held(record, key, view),
            })
        });
        signing.clone()
    }
}

/// The ids of events that facts name, wherever they stand.
fn cited_in(facts: &Value, cited: &mut Vec<EventId>) {
    match facts {
        Value::String(text) => cited.extend(text.parse::<EventId>().ok()),
        Value::Array(items) => items.iter().for_each(|item| cited_in(item, cited)),
        Value::Object(members) => members.values().for_each(|member| cited_in(member, cited)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A finding for each entry in doubt.
pub(crate) fn contested_findings(record: &Record, view: View) -> Vec<Finding> {
    let finding = |doubt: Contested| {
        let Contested { position, compromise: Compromise { key, from, declared }, through } = doubt;
        let subject = record.at(position)?.act.subject.clone();
        let by = through.map_or_else(
            || format!("signed by {key}"),
            |through| format!("rests on entry {through}, and so on {key}"),
        );
        Some(Finding {
            rule: &CONTESTED,
            subject,
            found: format!("{by}, which entry {declared} declares compromised from entry {from} on"),
            needed: "a key that nobody else held, let in by such keys".to_owned(),
            why: [Some(position), through, Some(declared)].into_iter().flatten().collect(),
        })
    };
    contested(record, view).into_iter().filter_map(finding).collect()
}
