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
    sync::Arc,
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
    contested_from(record, Position::FIRST, view).filter_map(|(_position, doubt)| doubt).collect()
}

/// The entries from one on, each with why it is in doubt, if it is; each is looked at when its turn comes. None are
/// looked at where nothing can be.
fn contested_from(
    record: &Record,
    from: Position,
    view: View,
) -> impl Iterator<Item = (Position, Option<Contested>)> + '_ {
    let mut doubts = Doubts::new(record, view);
    let end = view.known.min(record.len());
    let first = doubts.first.map_or(end, |first| first.0.max(from.0));
    (first..end).map(Position).map(move |position| (position, doubts.at(position)))
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
    /// The first position that can be in doubt.
    first: Option<Position>,
    entries: BTreeMap<Position, Option<Contested>>,
    keys: BTreeMap<PublicKey, Rc<Signing>>,
}

/// How a key came to sign, and what was declared of it.
struct Signing {
    compromises: Vec<Compromise>,
    enrolled: Vec<Position>,
    grants: Vec<GrantHeld>,
}

impl Signing {
    /// The last enrolment before `position`.
    fn enrolment(&self, position: Position) -> Option<Position> {
        self.enrolled.iter().rfind(|enrolled| **enrolled < position).copied()
    }

    /// The grants before `position` that let it sign so.
    fn grants_of<'a>(
        &'a self,
        signatory: &'a Signatory,
        position: Position,
    ) -> impl Iterator<Item = Position> + 'a {
        let fits = move |grant: &&GrantHeld| {
            grant.position < position
                && grant.granted.capacity == signatory.capacity
                && signatory.body.as_ref().is_none_or(|body| grant.granted.bodies.covers(body))
        };
        self.grants.iter().filter(fits).map(|grant| grant.position)
    }
}

impl<'a> Doubts<'a> {
    /// What the view knows to be in doubt.
    pub fn new(record: &'a Record, view: View) -> Self {
        let first = first_in_doubt(record, view);
        Self { record, view, first, entries: BTreeMap::new(), keys: BTreeMap::new() }
    }

    /// As [`contested_among`], for whoever asks of several things in turn.
    pub fn among(&mut self, positions: impl IntoIterator<Item = Position>) -> BTreeSet<Contested> {
        let (record, view) = (self.record, self.view);
        if self.first.is_none() {
            return BTreeSet::new();
        }
        let corrections = |position| [Some(position), record.corrected_at(position, view.known)];
        let positions: BTreeSet<_> = positions.into_iter().flat_map(corrections).flatten().collect();
        positions.into_iter().filter_map(|position| self.at(position)).collect()
    }

    /// Why an entry is in doubt, if it is. What it rests on stands before it, so this comes to an end, however long the
    /// chain of entries that rest on each other.
    fn at(&mut self, position: Position) -> Option<Contested> {
        let mut ahead = vec![position];
        while let Some(next) = ahead.last().copied() {
            if !self.is_settled(next) {
                let before = self.rests_on(next).into_iter().filter(|at| !self.is_settled(*at));
                let before: Vec<_> = before.collect();
                if !before.is_empty() {
                    ahead.extend(before);
                    continue;
                }
                let found = self.settle(next);
                self.entries.insert(next, found);
            }
            ahead.pop();
        }
        self.entries.get(&position).copied().flatten()
    }

    fn is_settled(&self, position: Position) -> bool {
        self.first.is_none_or(|first| position < first) || self.entries.contains_key(&position)
    }

    /// The entry, if the view knows it.
    fn act_at(&self, position: Position) -> Option<Arc<Act>> {
        self.record.at(position).filter(|_entry| position.0 < self.view.known).map(|entry| entry.act)
    }

    /// Why an entry is in doubt whose keys were in other hands themselves.
    fn directly(&mut self, act: &Act, position: Position) -> Option<Contested> {
        act.signatories.iter().find_map(|signatory| {
            let signing = self.signing(signatory.key);
            let compromise = signing.compromises.iter().find(|compromise| compromise.from <= position)?;
            Some(Contested { position, compromise: *compromise, through: None })
        })
    }

    /// The entries that have to be settled before one is: none where it is in doubt by itself.
    fn rests_on(&mut self, position: Position) -> Vec<Position> {
        let Some(act) = self.act_at(position) else { return Vec::new() };
        if self.directly(&act, position).is_some() {
            return Vec::new();
        }
        let mut before = self.cited(&act, position);
        for signatory in &act.signatories {
            let signing = self.signing(signatory.key);
            before.extend(signing.enrolment(position));
            before.extend(signing.grants_of(signatory, position));
        }
        before
    }

    /// Why an entry is in doubt, once all that it rests on is settled.
    fn settle(&mut self, position: Position) -> Option<Contested> {
        let act = self.act_at(position)?;
        let directly = self.directly(&act, position);
        let through = |doubt: Contested| Contested { position, through: Some(doubt.position), ..doubt };
        directly
            .or_else(|| {
                act.signatories.iter().find_map(|signatory| self.let_in(signatory, position)).map(through)
            })
            .or_else(|| self.cited(&act, position).into_iter().find_map(|at| self.settled(at)).map(through))
    }

    fn settled(&self, position: Position) -> Option<Contested> {
        self.entries.get(&position).copied().flatten()
    }

    /// The entry in doubt by which a key came to sign: its enrolment, or every grant that lets it sign so.
    fn let_in(&mut self, signatory: &Signatory, position: Position) -> Option<Contested> {
        let signing = self.signing(signatory.key);
        let enrolled = signing.enrolment(position).and_then(|enrolled| self.settled(enrolled));
        enrolled.or_else(|| {
            let doubts: Vec<_> =
                signing.grants_of(signatory, position).map(|grant| self.settled(grant)).collect();
            doubts.iter().all(Option::is_some).then(|| doubts.first().copied().flatten()).flatten()
        })
    }

    /// The entries that an act cites: the decision that a committee, a delegation or an application rests on. Who corrects
    /// or annotates an entry does not rest on it.
    fn cited(&self, act: &Act, position: Position) -> Vec<Position> {
        if act.subject.kind() == "record" {
            return Vec::new();
        }
        let mut cited = Vec::new();
        cited_in(&act.facts, &mut cited);
        cited.into_iter().filter_map(|id| self.record.find(id)).filter(|at| *at < position).collect()
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

/// The entries from one on, each with a finding where it is in doubt.
pub(crate) fn contested_findings<'a>(
    record: &'a Record,
    from: Position,
    view: View,
) -> impl Iterator<Item = (Position, Option<Finding>)> + use<'a> {
    let finding = move |doubt: Contested| {
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
    contested_from(record, from, view).map(move |(position, doubt)| (position, doubt.and_then(finding)))
}
