//! Which key signs a log's checkpoints, as the book itself names it, held against what the auditor brings.

use crate::{Brought, Fault, Level};
use minutebook_governance::authority::{KeyRevoked, LogKeyTerm, log_key_terms, log_keys, subject_of};
use minutebook_governance::{Date, KnownUntil, Record, Scope, View};
use minutebook_log::{
    LogKeys, Position, PublicKey, PublishedPath, SignedCheckpoint, TreeHead, TreeSize, VerifierKey,
};
use std::collections::BTreeMap;

/// How what the auditor brings leads to the key of the newest checkpoint, which was not brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPath {
    /// The key that was brought.
    pub brought: VerifierKey,
    /// How many entries checkpoints by that key vouch for.
    pub size: TreeSize,
    /// The key that registrars named in the last of them; others may have followed it.
    pub next: VerifierKey,
}

/// The keys that the book names for its log, as far as its rules were replayed, and those that the auditor brought.
#[derive(Debug)]
pub(crate) struct NamedKeys<'a> {
    terms: Vec<LogKeyTerm>,
    keys: Option<LogKeys>,
    replayed: TreeSize,
    brought: &'a Brought,
    /// Whether the old key has signed where it handed over, for each such size of which the note holds.
    by_old: BTreeMap<TreeSize, bool>,
}

impl<'a> NamedKeys<'a> {
    /// The keys that this record names.
    pub(crate) fn of(record: &Record, brought: &'a Brought) -> Self {
        let known = record.len();
        let (terms, keys) = (log_key_terms(record, known), log_keys(record, known));
        Self { terms, keys, replayed: TreeSize(known), brought, by_old: BTreeMap::new() }
    }

    /// The keys that may have signed a checkpoint of this size: the one that the book names; where the book does not
    /// tell, those that were brought.
    fn at(&self, size: TreeSize) -> Vec<VerifierKey> {
        let named = self.keys.as_ref().filter(|_keys| size <= self.replayed).and_then(|keys| keys.at(size));
        named.map_or_else(|| self.brought.keys().cloned().collect(), |named| vec![named.clone()])
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &VerifierKey> {
        let named = self.keys.iter().flat_map(|keys| keys.keys().iter().map(|(_from, key)| key));
        named.chain(self.brought.keys())
    }

    /// The keys in the order in which they signed, and whether each was brought.
    pub(crate) fn listed(&self) -> Vec<(Position, VerifierKey, bool)> {
        let keys = self.keys.iter().flat_map(LogKeys::keys);
        keys.map(|(from, key)| (*from, key.clone(), self.brought.has(key))).collect()
    }

    /// Whether a checkpoint is signed by the key that was the log's at its size.
    pub(crate) fn check(&self, file: &str, signed: &SignedCheckpoint) -> Option<Fault> {
        let size = signed.unverified().head.size;
        if size == TreeSize::EMPTY {
            return Some(Fault::of_file(Level::Tree, &file, "a checkpoint of size 0 vouches for nothing"));
        }
        let needed = self.at(size);
        let error = signed.verify(&needed).err()?;
        let listed: Vec<_> = needed.iter().map(ToString::to_string).collect();
        let other = self.all().find(|key| signed.verify(std::slice::from_ref(key)).is_ok());
        let what = match other {
            Some(other) => format!(
                "it is signed by {other}, which was not the log's key at size {size}; needed {}",
                listed.join(" or ")
            ),
            None => format!("{error}; needed is a signature by {}", listed.join(" or ")),
        };
        Some(Fault::of_file(Level::Tree, &file, what))
    }

    /// Checks every note at which one key hands over to the next, in a log of this size. `head_at` says what the
    /// entries come to.
    pub(crate) fn check_hand_overs(
        &mut self,
        size: TreeSize,
        notes: &[SignedCheckpoint],
        head_at: impl Fn(TreeSize) -> Option<TreeHead>,
    ) -> Vec<Fault> {
        let Some(keys) = self.keys.clone() else { return Vec::new() };
        let mut faults = Vec::new();
        for (term, at) in
            self.terms.clone().iter().skip(1).zip(keys.hand_overs()).filter(|(_, at)| *at <= size)
        {
            let note = notes.iter().find(|note| note.unverified().head.size == at);
            match check_hand_over(&keys, term, at, note, &head_at) {
                Ok(by_old) => drop(self.by_old.insert(at, by_old)),
                Err(what) => {
                    let fault = Fault::of_file(Level::Tree, &PublishedPath::Rotated(at), what);
                    faults.push(Fault { position: Some(term.from), ..fault });
                }
            }
        }
        let is_none = |note: &&SignedCheckpoint| {
            let at = note.unverified().head.size;
            at <= self.replayed && !keys.hand_overs().any(|hand_over| hand_over == at)
        };
        faults.extend(notes.iter().filter(is_none).map(|note| {
            let file = PublishedPath::Rotated(note.unverified().head.size);
            Fault::of_file(Level::Tree, &file, "the book passes the log's key on nowhere there")
        }));
        faults
    }

    /// How the keys that were brought lead to that of a log of this size: nothing where it is one of them, or where
    /// the book does not tell.
    ///
    /// # Errors
    /// The fault, where nothing leads there.
    pub(crate) fn follow(&self, size: TreeSize) -> Result<Option<KeyPath>, Box<Fault>> {
        let Some(keys) = self.keys.as_ref().filter(|_keys| size <= self.replayed) else { return Ok(None) };
        let keys = keys.up_to(size);
        let strangers =
            self.brought.keys().find(|key| !keys.keys().iter().any(|(_from, named)| named == *key));
        if let Some((key, newest)) = strangers.filter(|key| self.brought.is_due(key, size)).zip(keys.newest())
        {
            let what = format!("the book names the log's key {newest}; the key brought is {key}");
            // A key under another name belongs to another log, and no entry of this one is wrong.
            let is_of_log = key.name() == newest.name();
            let position = keys.keys().last().map(|(from, _key)| *from).filter(|_from| is_of_log);
            return Err(Box::new(Fault { position, ..Fault::new(Level::Tree, what) }));
        }
        self.check_listed(&keys)?;
        let brought = keys.keys().iter().rposition(|(_from, key)| self.brought.has(key));
        let Some(last) = brought else { return Ok(None) };
        let Some((from, next)) = keys.keys().get(last + 1) else { return Ok(None) };
        for (term, at) in self.terms.iter().skip(last + 1).zip(keys.hand_overs().skip(last)) {
            if let Some(what) = self.severed(term, at) {
                let fault = Fault { position: Some(term.from), ..Fault::new(Level::Tree, what) };
                return Err(Box::new(fault));
            }
        }
        let brought = keys.keys().get(last).map(|(_from, key)| key.clone());
        let followed = |brought| KeyPath { brought, size: TreeSize(from.next().0), next: next.clone() };
        Ok(brought.map(followed))
    }

    /// Why nothing leads from the key before over to this one.
    fn severed(&self, term: &LogKeyTerm, at: TreeSize) -> Option<String> {
        let bring = format!(
            "the key that was brought vouches for no more than {at} entries. Bring the key that entry {} names, {}, from \
             a source that you trust",
            term.from, term.key
        );
        match (term.waived, self.by_old.get(&at)) {
            (Some(revoked), _) => Some(format!("the log's key was revoked at entry {revoked}: {bring}")),
            (None, Some(true)) => None,
            (None, _) => Some(format!("the log's old key did not hand over to the new one: {bring}")),
        }
    }

    /// Whether positions that were brought with the keys are those of the book.
    fn check_listed(&self, keys: &LogKeys) -> Result<(), Box<Fault>> {
        for (from, key) in keys.keys() {
            let Some(listed) = self.brought.listed(key).filter(|listed| listed != from) else { continue };
            let what = format!(
                "the key {key} is brought as that from position {listed} on; the book names it at {from}"
            );
            return Err(Box::new(Fault { position: Some(*from), ..Fault::new(Level::Tree, what) }));
        }
        Ok(())
    }

    /// Whether the folder's own list of keys is the book's, in a log of this size.
    pub(crate) fn check_file(&self, bytes: &[u8], size: TreeSize) -> Option<Fault> {
        let what = match LogKeys::parse(bytes) {
            Err(malformed) => malformed.to_string(),
            Ok(listed) => match self.keys.as_ref().filter(|_keys| size <= self.replayed) {
                Some(named) if named.up_to(size) == listed.up_to(size) => return None,
                Some(named) => {
                    format!("it lists other keys than the book names: {}", named.encode().trim_end())
                }
                None if listed.at(size).is_some_and(|key| self.brought.has(key)) => return None,
                None => "it names another key for this size than was brought".to_owned(),
            },
        };
        Some(Fault::of_file(Level::Tree, &PublishedPath::Keys, what))
    }

    /// What is worth knowing of these keys.
    pub(crate) fn notes(&self, record: &Record, size: TreeSize) -> Vec<String> {
        let mut notes = Vec::new();
        let Some(keys) = &self.keys else { return notes };
        for (from, key) in keys.up_to(size).keys() {
            let until = keys.keys().iter().find(|(next, _key)| next > from).map(|(next, _key)| next.next());
            if !self.brought.has(key)
                && let Some(until) = until
            {
                notes.push(format!(
                    "Checkpoints of up to {until} entries are by the key {key}. It was not brought; the book names it."
                ));
            }
            if let Some((revoked, from)) = revocation(record, key.key()) {
                let doubt = from.map_or_else(String::new, |from| {
                    format!(": it was in other hands since entry {from}, and checkpoints that it alone signed after that are in doubt")
                });
                notes.push(format!("The log's key {key} was revoked at entry {revoked}{doubt}."));
            }
        }
        notes
    }
}

/// Where a key was revoked, and since when it was in other hands, where that is why.
fn revocation(record: &Record, key: PublicKey) -> Option<(Position, Option<Position>)> {
    let view = View {
        as_at: Date::of(record.last_recorded()),
        known: record.len(),
        scope: Scope::Enacted,
        until: KnownUntil::Onwards,
    };
    let subject = subject_of(&key)?;
    let mut told = record.saying::<KeyRevoked>(&subject, view);
    told.find_map(|told| Some((told.position, told.says::<KeyRevoked>()?.from)))
}

/// Whether the old key has signed where it hands over to this one; else what is wrong with the note.
fn check_hand_over(
    keys: &LogKeys,
    term: &LogKeyTerm,
    at: TreeSize,
    note: Option<&SignedCheckpoint>,
    head_at: impl Fn(TreeSize) -> Option<TreeHead>,
) -> Result<bool, String> {
    let note = note.ok_or_else(|| {
        format!("the file is not there: nothing shows that the log's key handed over to {}", term.key)
    })?;
    let head = note.unverified().head;
    if let Some(here) = head_at(at).filter(|here| *here != head) {
        return Err(format!("the entries lead to the root {}; it says {}", here.root, head.root));
    }
    let checked = keys.check_hand_over(note).map_err(|error| error.to_string())?;
    if checked.is_signed_by_old || term.waived.is_some() {
        return Ok(checked.is_signed_by_old);
    }
    Err(format!("the old key, {}, has not signed it, and no entry before had revoked it", checked.old))
}
