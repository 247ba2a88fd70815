//! What was found of a ledger, before anybody knows what it is worth.

use crate::repair::RepairError;
use crate::repair::unverified::{Carried, Unverified};
use minutebook_log::{
    Entry, Hash, Head, LogKeys, Origin, Policy, Position, PublicKey, Receipt, SignedCheckpoint, VerifierKey,
};
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
    /// What bears the ledger's name, and by no known key. It is among what is not used, too.
    pub(super) unverified: Vec<Unverified>,
    /// The keys to which those that the entries name have passed on, where the entries themselves are not there. What
    /// they have signed tells how far the log had come; nothing is made by their word.
    pub(super) followed: Vec<VerifierKey>,
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

    /// The keys that are known to be the log's.
    fn keys(&self) -> Vec<VerifierKey> {
        let named = self.identity.iter().flat_map(|identity| &identity.keys);
        named.chain(&self.followed).cloned().collect()
    }

    /// Takes a checkpoint that somebody has kept, if one of the log's keys signed it.
    pub fn believe(&mut self, source: &str, checkpoint: SignedCheckpoint) {
        self.take(source.into(), checkpoint, Carried::Nothing);
    }

    /// Takes a mark at its word, if the checkpoint beside it is this log's: so far the log had come when something was
    /// last acknowledged.
    pub fn believe_mark(&mut self, source: &str, mark: &Mark) {
        if mark.note.is_empty() {
            return self.believe_head(&source.into(), mark.head);
        }
        match SignedCheckpoint::parse(&mark.note) {
            Ok(checkpoint) => self.take(source.into(), checkpoint, Carried::Mark(mark.head)),
            Err(malformed) => {
                self.put_aside(
                    source,
                    format!("it is not this ledger's: the checkpoint beside it is {malformed}"),
                );
            }
        }
    }

    /// Takes a receipt's entry, and the checkpoint that it is proved by.
    pub(super) fn believe_receipt(&mut self, source: &Arc<str>, receipt: Receipt) {
        self.take(Arc::clone(source), receipt.checkpoint.clone(), Carried::Receipt(Box::new(receipt)));
    }

    /// Believes the keys to which one that is known has passed the log on, as a folder tells it: each note at which it did
    /// is signed by the old key and the new. What they have signed is looked at again.
    pub fn follow(&mut self, keys: &LogKeys, notes: &[SignedCheckpoint]) {
        for size in keys.hand_overs() {
            let note = notes.iter().find(|note| note.unverified().head.size == size);
            let Some(over) = note.and_then(|note| keys.check_hand_over(note).ok()) else { continue };
            if over.is_signed_by_old && self.keys().contains(&over.old) {
                self.followed.push(over.new);
            }
        }
        self.look_again();
    }

    /// Believes the keys of this log that somebody has followed from the first on.
    pub fn trust(&mut self, keys: &LogKeys) {
        let first = keys.keys().first().map(|(_from, key)| key);
        if first.is_some_and(|first| self.keys().contains(first)) {
            self.followed.extend(keys.keys().iter().map(|(_from, key)| key.clone()));
            self.look_again();
        }
    }

    fn look_again(&mut self) {
        for Unverified { source, checkpoint, carried, .. } in std::mem::take(&mut self.unverified) {
            self.aside.retain(|aside| aside.source != *source);
            self.take(source, checkpoint, carried);
        }
    }

    fn take(&mut self, source: Arc<str>, checkpoint: SignedCheckpoint, carried: Carried) {
        match checkpoint.verify(&self.keys()) {
            Ok(by) => {
                match carried {
                    Carried::Nothing => {}
                    Carried::Mark(head) => self.believe_head(&source, head),
                    Carried::Receipt(receipt) => self.take_entry(&source, *receipt, by.key),
                }
                self.claims.push(Claim { source, checkpoint });
            }
            Err(why) => {
                let origin = &checkpoint.unverified().origin;
                let is_ours = self.identity.as_ref().is_some_and(|identity| identity.origin == *origin);
                let told = match (&carried, is_ours) {
                    (Carried::Mark(_), false) => {
                        format!("it is not this ledger's: the checkpoint beside it is {why}")
                    }
                    (Carried::Mark(_), true) => format!("the checkpoint beside it is {why}"),
                    _ => why.to_string(),
                };
                self.put_aside(source.to_string(), told);
                if is_ours {
                    self.unverified.push(Unverified { source, checkpoint, why, carried });
                }
            }
        }
    }

    fn believe_head(&mut self, source: &Arc<str>, head: Head) {
        if let Some(last) = head.size.checked_sub(1) {
            self.pin(last, head.hash, source);
        }
        if self.mark.is_none_or(|known| known.size < head.size) {
            self.mark = Some(head);
        }
    }

    /// The entry of a receipt whose checkpoint `key` has signed. One that does not hold is no entry; what the log has
    /// signed stays signed.
    fn take_entry(&mut self, source: &Arc<str>, receipt: Receipt, key: VerifierKey) {
        let policy = Policy::of_log(key).map_err(|malformed| malformed.to_string());
        let checked = policy.and_then(|policy| receipt.check(&policy).map_err(|error| error.to_string()));
        match checked {
            Ok(_received) => {
                let position = receipt.position.0;
                if let Some(hash) = self.add(position, receipt.entry, source) {
                    self.pin(position, hash, source);
                }
            }
            Err(why) => self.put_aside(source.to_string(), why),
        }
    }

    /// Whether nothing that bears the ledger's name, and can't be verified, speaks of more than `here` entries.
    ///
    /// # Errors
    /// [`RepairError::Unverified`]: what it speaks of may have been acknowledged, and nobody's word stands against that.
    pub fn check_unverified(&self, here: u64) -> Result<(), RepairError> {
        let most = self.unverified.iter().max_by_key(|unverified| unverified.size());
        match most.filter(|most| most.size() > here) {
            None => Ok(()),
            Some(most) => Err(most.refusal(here)),
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
