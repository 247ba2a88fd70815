//! What those outside hold of a log: every entry that they were shown, and the receipts that they were given. Whatever
//! becomes of the server, the log goes on from there.

#![allow(unreachable_pub, reason = "a module of tests")]

use minutebook_log::{
    Entry, EventId, Frontier, Hash, HashIndex, HashReader, Policy, Position, Receipt, ReceiptError,
    SignedCheckpoint, TreeHash, TreeHead, VerifierKey, read_head,
};
use std::collections::{BTreeMap, HashMap};

/// The entries of a log as somebody holds them who follows it.
pub struct Mirror {
    log: VerifierKey,
    entries: Vec<Vec<u8>>,
    /// Where each event stands.
    places: HashMap<EventId, Position>,
    frontier: Frontier,
    hashes: HashMap<HashIndex, TreeHash>,
    roots: BTreeMap<u64, TreeHead>,
}

impl HashReader for Mirror {
    type Error = String;

    fn read_hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, String> {
        at.iter().map(|index| self.hashes.get(index).copied().ok_or(format!("{index:?}"))).collect()
    }
}

impl Mirror {
    /// Nothing yet, of the log with this key.
    pub fn of(log: VerifierKey) -> Self {
        Self {
            log,
            entries: Vec::new(),
            places: HashMap::new(),
            frontier: Frontier::EMPTY,
            hashes: HashMap::new(),
            roots: BTreeMap::new(),
        }
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Takes the next entry: the one behind the last, and not one twice.
    pub fn take(&mut self, bytes: Vec<u8>) {
        let entry = Entry::parse(&bytes).unwrap();
        assert_eq!(entry.position.0, self.size(), "the next entry, without a gap and without a double");
        let last = self.entries.last().map_or(Hash::ZERO, |last| Hash::of(last));
        assert_eq!(entry.previous, last, "entry {} continues another history", entry.position);
        let before = self.places.insert(entry.event().id, entry.position);
        assert_eq!(before, None, "the event {} stands twice", entry.event().id);
        self.hashes.extend(self.frontier.append(TreeHash::leaf(&bytes)));
        self.entries.push(bytes);
    }

    /// Where an event stands, if it does.
    pub fn place(&self, id: EventId) -> Option<Position> {
        self.places.get(&id).copied()
    }

    /// The hash of the entry at a position.
    pub fn hash_at(&self, position: Position) -> Hash {
        let entry = usize::try_from(position.0).ok().and_then(|at| self.entries.get(at));
        Hash::of(entry.unwrap_or_else(|| panic!("entry {position} was acknowledged, and is gone")))
    }

    /// A checkpoint that the log shows is signed by it, and of this history. Returns its size.
    pub fn check_checkpoint(&mut self, bytes: &[u8]) -> u64 {
        let checkpoint = SignedCheckpoint::parse(bytes).unwrap();
        checkpoint.verify(std::slice::from_ref(&self.log)).unwrap();
        self.check_head(checkpoint.unverified().head);
        checkpoint.unverified().head.size.0
    }

    fn check_head(&mut self, head: TreeHead) {
        assert!(
            head.size.0 <= self.size(),
            "a checkpoint of {}, where {} entries are there",
            head.size,
            self.size()
        );
        let ours = match self.roots.get(&head.size.0) {
            Some(known) => *known,
            None => read_head(head.size, self).unwrap(),
        };
        self.roots.insert(head.size.0, ours);
        assert_eq!(head, ours, "two histories at size {}", head.size);
    }

    /// A receipt verifies by itself, and against what is there now.
    pub fn check_receipt(&mut self, receipt: &Receipt) {
        let place = usize::try_from(receipt.position.0).unwrap();
        assert!(place < self.entries.len(), "entry {place} was acknowledged, and is gone");
        assert!(self.entries[place] == receipt.entry, "entry {place} is another than the one acknowledged");
        self.check_head(receipt.checkpoint.unverified().head);
    }
}

/// Reads a receipt as whoever is given it does: it verifies without the server.
pub fn read_receipt(bytes: &[u8], log: &VerifierKey) -> Receipt {
    let receipt = Receipt::parse(bytes).unwrap();
    let policy = Policy::of_log(log.clone()).unwrap();
    match receipt.check(&policy) {
        Ok(_) | Err(ReceiptError::NotWitnessed { .. }) => receipt,
        Err(other) => panic!("{other}"),
    }
}
