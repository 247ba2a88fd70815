//! What was found of a ledger, before anybody knows what it is worth.

use minutebook_log::{Entry, Hash, Head, Origin, Position, PublicKey, SignedCheckpoint, VerifierKey};
use minutebook_store::Mark;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A text that has the form of an entry.
#[derive(Debug, Clone)]
pub struct Text {
    /// The hash of its bytes.
    pub hash: Hash,
    /// The hash of the entry before it, as it says.
    pub previous: Hash,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it was found first.
    pub source: Arc<str>,
}

/// A checkpoint that the log signed, and who has it.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Where it was found.
    pub source: Arc<str>,
    /// The checkpoint.
    pub checkpoint: SignedCheckpoint,
}

/// What was brought and is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Which file or folder.
    pub source: String,
    /// Why.
    pub why: String,
}

/// All that was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The texts of each position, none twice.
    pub(super) texts: BTreeMap<u64, Vec<Text>>,
    /// The texts that are known to be the ones: by position, with who says so.
    pub(super) pins: BTreeMap<u64, Vec<(Hash, Arc<str>)>>,
    /// The checkpoints that the log signed.
    pub claims: Vec<Claim>,
    /// How far the log had come when something was last acknowledged, if its mark is there.
    pub mark: Option<Head>,
    /// What is not used.
    pub aside: Vec<Aside>,
    /// Whose ledger it is.
    pub identity: Option<Identity>,
}

/// Whose ledger it is, by its opening entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The ledger's name.
    pub origin: Origin,
    /// The key that signed its first checkpoints.
    pub log_key: PublicKey,
    /// Every key that its registrars enrolled for the log, that one included.
    pub keys: Vec<VerifierKey>,
}

impl Found {
    /// Takes a text in, unless it is no entry, or not of the position where it was found.
    pub(super) fn add(&mut self, position: u64, bytes: Vec<u8>, source: &Arc<str>) -> Option<Hash> {
        let hash = Hash::of(&bytes);
        let texts = self.texts.entry(position).or_default();
        if !texts.iter().any(|text| text.hash == hash) {
            let entry = Entry::parse(&bytes).ok().filter(|entry| entry.position == Position(position))?;
            texts.push(Text { hash, previous: entry.previous, bytes, source: Arc::clone(source) });
        }
        Some(hash)
    }

    /// Knows that the entry at a position has this hash.
    pub(super) fn pin(&mut self, position: u64, hash: Hash, source: &Arc<str>) {
        let pins = self.pins.entry(position).or_default();
        if !pins.iter().any(|(pinned, _source)| *pinned == hash) {
            pins.push((hash, Arc::clone(source)));
        }
    }

    /// Leaves something unused, and says why.
    pub(super) fn put_aside(&mut self, source: impl Into<String>, why: impl ToString) {
        self.aside.push(Aside { source: source.into(), why: why.to_string() });
    }

    /// Takes a checkpoint that somebody has kept, if one of the log's keys signed it.
    pub fn believe(&mut self, source: &str, checkpoint: SignedCheckpoint) {
        let keys = self.identity.as_ref().map_or(&[][..], |identity| &identity.keys);
        match checkpoint.verify(keys) {
            Ok(_by) => self.claims.push(Claim { source: source.into(), checkpoint }),
            Err(error) => self.put_aside(source, error),
        }
    }

    /// Takes a mark at its word, if the checkpoint beside it is this log's: so far the log had come when something was
    /// last acknowledged.
    pub fn believe_mark(&mut self, source: &str, mark: &Mark) {
        let keys = self.identity.as_ref().map_or(&[][..], |identity| &identity.keys);
        let source: Arc<str> = source.into();
        if !mark.note.is_empty() {
            let checked = SignedCheckpoint::parse(&mark.note).map_err(|malformed| malformed.to_string());
            let checked = checked.and_then(|checkpoint| match checkpoint.verify(keys) {
                Ok(_by) => Ok(checkpoint),
                Err(error) => Err(error.to_string()),
            });
            match checked {
                Ok(checkpoint) => self.claims.push(Claim { source: Arc::clone(&source), checkpoint }),
                Err(why) => {
                    let why = format!("it is not this ledger's: the checkpoint beside it is {why}");
                    return self.put_aside(source.to_string(), why);
                }
            }
        }
        if let Some(last) = mark.head.size.checked_sub(1) {
            self.pin(last, mark.head.hash, &source);
        }
        if self.mark.is_none_or(|known| known.size < mark.head.size) {
            self.mark = Some(mark.head);
        }
    }

    /// The hashes of all texts that could be the opening entry.
    pub fn possible_ids(&self) -> Vec<Hash> {
        self.texts.get(&0).into_iter().flatten().map(|text| text.hash).collect()
    }

    /// The largest checkpoint that is known: what a new ledger names when this one can't go on.
    pub fn newest_claim(&self) -> Option<&Claim> {
        self.claims.iter().max_by_key(|claim| claim.checkpoint.unverified().head.size)
    }

    /// How many entries are known to have been acknowledged or signed.
    pub fn known_size(&self) -> u64 {
        let claimed = self.newest_claim().map_or(0, |claim| claim.checkpoint.unverified().head.size.0);
        let pinned = self.pins.last_key_value().map_or(0, |(position, _pins)| position + 1);
        claimed.max(pinned).max(self.mark.map_or(0, |mark| mark.size))
    }
}
