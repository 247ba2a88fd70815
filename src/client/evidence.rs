//! What a client shows where a server contradicts what was seen before: two histories, or two keys of one log.

use crate::proto;
use minutebook_log::{Hash, Position, Seen, SignedCheckpoint};
use serde::{Deserialize, Serialize};

/// The last entry that was seen of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The ledger's name.
    pub origin: String,
    /// The hash of its opening entry.
    pub ledger: Hash,
    /// Where the entry stands.
    pub position: Position,
    /// The hash of its bytes.
    pub hash: Hash,
    /// The server that showed it.
    pub server: String,
    /// Whether it plays the past again: names of those are used again and again.
    #[serde(default)]
    pub is_re_enactment: bool,
}

/// Two histories of one ledger, side by side: the evidence.
#[derive(Debug, Clone, Serialize)]
pub struct Fork {
    /// What was seen before.
    pub seen_before: Remembered,
    /// The server that shows otherwise.
    pub server: String,
    /// How many entries it shows.
    pub size: u64,
    /// The hash of the last of them.
    pub head_hash: String,
    /// The text of the entry that it shows at the position that was seen before; nothing where its log ends
    /// before that.
    pub entry_shown: Option<String>,
    /// What the log itself signed: with both notes anybody can show it its contradiction.
    pub checkpoints: Option<Checkpoints>,
}

/// Two checkpoints by one log, as signed.
#[derive(Debug, Clone, Serialize)]
pub struct Checkpoints {
    /// The one that was seen before, a signed note.
    pub before: String,
    /// The one that is shown now, a signed note.
    pub now: String,
    /// Why the one does not extend the other, if it does not.
    pub differ: Option<String>,
}

impl Checkpoints {
    pub(super) fn new(before: &SignedCheckpoint, now: &SignedCheckpoint, differ: Option<String>) -> Self {
        Self { before: before.encode(), now: now.encode(), differ }
    }

    /// Whether they are of two histories.
    pub fn differ(&self) -> bool {
        self.differ.is_some()
    }
}

impl Remembered {
    pub(super) fn new(ledger: &proto::Ledger, id: Hash, seen: Seen, server: &str) -> Self {
        let (origin, server) = (ledger.origin.clone(), server.to_owned());
        let is_re_enactment = ledger.purpose() == proto::Purpose::ReEnactment;
        Self { origin, ledger: id, position: seen.position, hash: seen.hash, server, is_re_enactment }
    }
}

impl Fork {
    pub(super) fn new(
        seen_before: Remembered,
        entry_shown: Option<String>,
        ledger: &proto::Ledger,
        server: &str,
    ) -> Self {
        let (server, size, head_hash) = (server.to_owned(), ledger.size, ledger.head_hash.clone());
        Self { seen_before, server, size, head_hash, entry_shown, checkpoints: None }
    }

    /// With what the log signed.
    pub(super) fn with(self, checkpoints: Checkpoints) -> Self {
        Self { checkpoints: Some(checkpoints), ..self }
    }

    /// What differs, in a sentence.
    pub fn differs(&self) -> String {
        let Remembered { position, hash, .. } = &self.seen_before;
        let same_entry = self.entry_shown.as_ref().is_none_or(|shown| Hash::of(shown.as_bytes()) == *hash);
        let signed = self.checkpoints.as_ref().and_then(|checkpoints| checkpoints.differ.as_ref());
        if let Some(signed) = signed.filter(|_why| same_entry && position.0 < self.size) {
            return signed.clone();
        }
        match &self.entry_shown {
            Some(shown) => {
                format!("entry {position} had the hash {hash}; now it has {}", Hash::of(shown.as_bytes()))
            }
            None => {
                format!(
                    "entry {position} was there, with the hash {hash}; now the log has {} entries",
                    self.size
                )
            }
        }
    }
}

/// What is known of a log's key, and what is shown instead: nothing leads from the one to the other.
#[derive(Debug, Clone, Serialize)]
pub struct KeyChange {
    /// The log's name.
    pub origin: String,
    /// The keys that are known here, as a `vkey` file.
    pub known: String,
    /// The key that the server offers.
    pub offered: String,
    /// The checkpoint that was seen last, a signed note; nothing before the first.
    pub before: Option<String>,
    /// The checkpoint that is shown now, a signed note.
    pub now: String,
    /// The note at which the one key is said to have handed over to the other.
    pub hand_over: String,
    /// Why it does not lead over.
    pub why: String,
}
