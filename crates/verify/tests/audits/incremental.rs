//! An audit that goes on from a checkpoint verified earlier, over books of several bundles; and checkpoints
//! that a log does not extend.

use crate::support::large::large;
use crate::support::{Folder, Ledger, SECRETARY, cosigned, trust};
use minutebook_log::{Entry, Event, Frontier, Hash, Position, Signed, SignedCheckpoint, TreeHash};
use minutebook_verify::{Audit, AuditVerdict, Level, Trust};
use std::sync::LazyLock;

static LEDGER: LazyLock<Ledger> = LazyLock::new(|| large(5, 560));

/// The checkpoint over the first entries of these.
fn checkpoint(entries: &[Vec<u8>]) -> SignedCheckpoint {
    let mut frontier = Frontier::EMPTY;
    for entry in entries {
        frontier.append(TreeHash::leaf(entry));
    }
    cosigned(&LEDGER.log_key(), frontier.head())
}

/// An audit of these entries by somebody who verified `earlier`.
fn audited(entries: &[Vec<u8>], earlier: SignedCheckpoint) -> Audit {
    let key = LEDGER.log_key();
    let trust = Trust { earlier: Some(earlier), ..trust(&key.verifier()) };
    Folder::of(entries, &key).audit_with(&trust)
}

#[test]
fn it_goes_on_from_any_size() {
    let entries = &LEDGER.entries;
    for size in [1, 7, 255, 256, 257, 300, 512, 559, 560] {
        let earlier = checkpoint(&entries[..size]);
        let head = earlier.unverified().head;
        let audit = audited(entries, earlier);
        assert_eq!((audit.verdict(), audit.faults.len()), (AuditVerdict::Verified, 0), "{size}");
        assert_eq!((audit.earlier, audit.report.replayed), (Some(head), 560), "{size}");
    }
}

/// These entries with other words in the event at `position`, under the signatures of the first; what follows
/// is chained anew, and its authors' words stay.
fn forged(position: usize) -> Vec<Vec<u8>> {
    let mut entries = LEDGER.entries.clone();
    let mut entry = Entry::parse(&entries[position]).unwrap();
    let text = entry.event().text().replace("annual report", "annual budget");
    assert_ne!(text, entry.event().text());
    let event = Event::parse(text.as_bytes()).unwrap();
    entry.signed = Signed::new(event, entry.signed.signatures().to_vec()).unwrap();
    entries[position] = entry.encode();
    for at in position + 1..entries.len() {
        let mut entry = Entry::parse(&entries[at]).unwrap();
        entry.previous = Hash::of(&entries[at - 1]);
        entries[at] = entry.encode();
    }
    entries
}

#[test]
fn signatures_after_it_are_verified_and_what_was_before_it_is_bound_by_its_root() {
    let earlier = || checkpoint(&LEDGER.entries[..300]);
    let after = audited(&forged(400), earlier());
    assert_eq!(after.first_wrong(), Some(Position(400)));
    assert_eq!(after.faults[0].level, Level::Signatures);
    let before = audited(&forged(200), earlier());
    assert_eq!(before.verdict(), AuditVerdict::Failed);
    let rewritten = before.faults.iter().find(|fault| fault.what.contains("history was rewritten")).unwrap();
    assert_eq!(rewritten.level, Level::Tree);
}

#[test]
fn a_checkpoint_that_the_log_does_not_extend_is_refused() {
    // Two histories that are the same up to entry 300, each signed by the log and true in itself.
    let mut other = large(5, 300);
    other.decide("2020-04-30T10:00:00Z", SECRETARY);
    let fork = checkpoint(&other.entries);
    assert_eq!(audited(&other.entries, checkpoint(&other.entries[..300])).verdict(), AuditVerdict::Verified);
    let audit = audited(&LEDGER.entries, fork);
    assert_eq!((audit.verdict(), audit.first_wrong()), (AuditVerdict::Failed, None));
    assert!(audit.faults[0].what.contains("Keep both checkpoints, they prove it"), "{:?}", audit.faults);
    // Nothing else is wrong: whoever did not bring it would see a log that verifies.
    assert_eq!(audit.faults.len(), 1);
    // The end is gone.
    let audit = audited(&LEDGER.entries[..400], checkpoint(&LEDGER.entries[..500]));
    assert_eq!((audit.verdict(), audit.first_wrong()), (AuditVerdict::Failed, Some(Position(400))));
    assert!(audit.faults[0].what.contains("its end is gone"), "{:?}", audit.faults);
}
