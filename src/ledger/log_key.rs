//! The keys that sign the log's checkpoints: those that the server holds, and which of them the book names.
//!
//! Registrars pass the log's key on with an entry that enrols the next. It ends its commit, so there is a
//! checkpoint of exactly that size, and both keys sign it (spec/published-log.md, Rotation). Ed25519 signs the same
//! way twice: whoever holds both keys can make that note again at any time.

use crate::ledger::{AppendError, LedgerError, Tree};
use minutebook_governance::authority::{KeyEnrolled, KeyUse, LogKeyTerm, log_key_terms, log_keys};
use minutebook_governance::{Book, ReadEvent, Record};
use minutebook_log::{
    LogKey, LogKeys, Malformed, Origin, PublicKey, SecretKey, Signed, SignedCheckpoint, TreeHead, TreeSize,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Looks for private keys of the log again.
type Search = dyn Fn() -> Vec<SecretKey> + Send + Sync;

/// The private keys of a log that a server holds.
#[derive(Clone)]
pub struct KeyRing {
    held: Vec<Arc<SecretKey>>,
    search: Option<Arc<Search>>,
}

impl From<SecretKey> for KeyRing {
    fn from(key: SecretKey) -> Self {
        Self::new(vec![key])
    }
}

impl KeyRing {
    /// These keys.
    pub fn new(keys: Vec<SecretKey>) -> Self {
        Self { held: keys.into_iter().map(Arc::new).collect(), search: None }
    }

    /// These, and what `search` finds when another is asked for: a new key can be put in its place while the server
    /// runs.
    #[must_use]
    pub fn searching(self, search: impl Fn() -> Vec<SecretKey> + Send + Sync + 'static) -> Self {
        Self { search: Some(Arc::new(search)), ..self }
    }

    fn find(&self, key: PublicKey) -> Option<Arc<SecretKey>> {
        let held = self.held.iter().find(|held| held.public() == key).cloned();
        let found = || self.search.as_ref()?().into_iter().find(|found| found.public() == key).map(Arc::new);
        held.or_else(found)
    }
}

/// A checkpoint at which the log's key passes on, as far as this server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOverNote {
    /// Whether the old key had been revoked: then the new one signs alone.
    pub is_waived: bool,
    /// The note; nothing where the server does not hold the old key any more, and has not found the note either.
    pub note: Option<SignedCheckpoint>,
}

/// All of them, by the size of the log.
pub type HandOverNotes = BTreeMap<TreeSize, HandOverNote>;

/// Signs checkpoints with the key that the book names.
pub(super) struct Signer {
    origin: Origin,
    ring: KeyRing,
    terms: Vec<LogKeyTerm>,
    keys: LogKeys,
    key: LogKey,
}

impl Signer {
    /// The signer for a book of which all is known.
    ///
    /// # Errors
    /// [`LedgerError::OtherLogKey`] where the key that the book names now is not on the ring.
    pub(super) fn of(book: &Book, ring: KeyRing) -> Result<Self, LedgerError> {
        let record: &Record = book.record();
        let opening = book.chain().opening().ok_or(LedgerError::Empty)?;
        let terms = log_key_terms(record, record.len());
        let (keys, last) = log_keys(record, record.len()).zip(terms.last()).ok_or(LedgerError::Empty)?;
        let origin = opening.origin.clone();
        let secret = ring.find(last.key).ok_or_else(|| LedgerError::OtherLogKey {
            found: ring.held.iter().map(|held| held.public()).collect(),
            needed: last.key,
            from: last.from,
        })?;
        Ok(Self { key: LogKey::new(origin.clone(), secret), origin, ring, terms, keys })
    }

    /// Whoever signs once these events are in the book, if the last of them passes the log's key on.
    pub(super) fn passed_on(&self, events: &[ReadEvent], book: &Book) -> Result<Option<Self>, LedgerError> {
        let is_passed_on = events.last().and_then(|last| passes_on(last.signed())).is_some();
        is_passed_on.then(|| Self::of(book, self.ring.clone())).transpose()
    }

    /// The log's keys, each with its position.
    pub(super) fn keys(&self) -> &LogKeys {
        &self.keys
    }

    /// The same ring for another book.
    pub(super) fn ring(&self) -> KeyRing {
        self.ring.clone()
    }

    /// The checkpoint of the end of the log: by both keys where its last entry passes the key on.
    pub(super) fn sign(&self, head: TreeHead) -> SignedCheckpoint {
        let before =
            self.terms.iter().rev().nth(1).filter(|_before| self.keys.hand_overs().last() == Some(head.size));
        let old = before.filter(|_before| !self.is_waived_last()).and_then(|before| self.held(before));
        old.map_or_else(|| self.key.sign(head), |old| old.hand_over(&self.key, head))
    }

    /// Every note at which a key of the log passed on, made again where both keys are at hand.
    pub(super) fn hand_overs(&self, tree: &Tree) -> HandOverNotes {
        let pairs = self.terms.array_windows().zip(self.keys.hand_overs());
        let notes = pairs.map(|([old, new], size)| {
            let head = tree.head_at(size).ok();
            let signed = head.and_then(|head| {
                let new_key = self.held(new)?;
                match new.waived {
                    Some(_revoked) => Some(new_key.sign(head)),
                    None => Some(self.held(old)?.hand_over(&new_key, head)),
                }
            });
            (size, HandOverNote { is_waived: new.waived.is_some(), note: signed })
        });
        notes.collect()
    }

    /// The last of them, with the note that this checkpoint of its size is.
    pub(super) fn last_hand_over(&self, checkpoint: &SignedCheckpoint) -> Option<(TreeSize, HandOverNote)> {
        let size = checkpoint.unverified().head.size;
        let is_last = self.keys.hand_overs().last() == Some(size);
        let note = HandOverNote { is_waived: self.is_waived_last(), note: Some(checkpoint.clone()) };
        is_last.then_some((size, note))
    }

    fn is_waived_last(&self) -> bool {
        self.terms.last().is_some_and(|last| last.waived.is_some())
    }

    fn held(&self, term: &LogKeyTerm) -> Option<LogKey> {
        Some(LogKey::new(self.origin.clone(), self.ring.find(term.key)?))
    }
}

/// Whether an event passes the log's key on, and to which.
fn passes_on(signed: &Signed) -> Option<PublicKey> {
    let event = signed.event();
    let enrols = event.event_type.name == "KeyEnrolled";
    let facts = enrols.then(|| event.data.get("facts").cloned()).flatten()?;
    let enrolled: KeyEnrolled = serde_json::from_value(facts).ok()?;
    event.subject.name()?.parse().ok().filter(|_key| enrolled.key_use == KeyUse::Log)
}

/// Refuses to pass the log's key on to one that this server does not hold: from there on checkpoints have to bear its
/// signature, and an entry can't be unsaid. It ends its commit, and so its request.
pub(super) fn check_passed_on(events: &[ReadEvent], ring: &KeyRing) -> Result<(), AppendError> {
    for (index, read) in events.iter().enumerate() {
        let Some(key) = passes_on(read.signed()) else { continue };
        if index + 1 < events.len() {
            let needed =
                "the last event of its request: the checkpoint right after it is signed by both keys";
            return Err(AppendError::Request(Malformed::new(
                "/data/facts/use",
                "log, with events after it",
                needed,
            )));
        }
        if ring.find(key).is_none() {
            return Err(AppendError::LogKeyNotHeld { index, key });
        }
    }
    Ok(())
}
