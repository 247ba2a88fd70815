//! Whether what was brought together is the book that everybody was shown: chain, signatures, authority and rules
//! from its bytes alone, and every checkpoint and receipt extended by it.

use crate::ledger::Tree;
use crate::repair::{Assembled, Found, RepairError};
use minutebook_governance::authority::log_keys;
use minutebook_log::{Hash, LogKeys, Position, PublicKey, SignedCheckpoint, TreeHash, TreeHead};
use minutebook_verify::{AuditVerdict, verify};
use std::convert::Infallible;

/// A book that verifies and continues all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// The ledger's id: the hash of its opening entry.
    pub id: Hash,
    /// The head of its tree.
    pub head: TreeHead,
    /// The key that the book names for the log's checkpoints from here on.
    pub signs: PublicKey,
    /// All keys that the book has named for it.
    pub keys: LogKeys,
    /// How many checkpoints, those of receipts included, it was found to extend.
    pub extends: usize,
}

/// Proves an assembled book that has lost nothing. `progress` is told how many entries have been verified.
///
/// # Errors
/// [`RepairError::NotVerified`] for the first entry that fails, [`RepairError::TwoHistories`] for a checkpoint that
/// is not extended.
pub fn prove(assembled: &Assembled, found: &Found, progress: impl FnMut(u64)) -> Result<Proved, RepairError> {
    let entries = assembled.entries.values();
    let texts = entries.clone().map(|text| Ok::<_, Infallible>(text.bytes.clone()));
    let Ok(report) = verify(texts, progress);
    let size = assembled.entries.len() as u64;
    if report.verdict != AuditVerdict::Verified || report.head.size != size {
        let what = report.exception.map_or_else(
            || format!("{} of {size} entries follow each other", report.head.size),
            |exception| {
                format!("entry {} ({}): {}", exception.position, exception.level.as_str(), exception.what)
            },
        );
        return Err(RepairError::NotVerified { what });
    }
    let mut tree = Tree::default();
    entries.for_each(|text| tree.append(TreeHash::leaf(&text.bytes)));
    found.claims.iter().try_for_each(|claim| check_extended(&tree, &claim.source, &claim.checkpoint))?;
    let id = report.book.chain().hash_at(Position::FIRST).ok_or(RepairError::NoOpening)?;
    let record = report.book.record();
    let keys = log_keys(record, record.len()).ok_or(RepairError::NoOpening)?;
    let signs = keys.newest().ok_or(RepairError::NoOpening)?.key();
    // Registrars who came later have brought keys of the log, too, which only the whole book knows.
    for unverified in &found.unverified {
        if is_by_its_key(&keys, &unverified.checkpoint) {
            check_extended(&tree, &unverified.source, &unverified.checkpoint)?;
        }
    }
    Ok(Proved { id, head: tree.head(), signs, keys, extends: found.claims.len() })
}

/// Whether a checkpoint is signed by the key that the book names for its size.
pub(super) fn is_by_its_key(keys: &LogKeys, checkpoint: &SignedCheckpoint) -> bool {
    let key = keys.at(checkpoint.unverified().head.size);
    key.is_some_and(|key| checkpoint.verify(std::slice::from_ref(key)).is_ok())
}

fn check_extended(tree: &Tree, source: &str, checkpoint: &SignedCheckpoint) -> Result<(), RepairError> {
    let claimed = checkpoint.unverified().head;
    let here = tree.head_at(claimed.size).map(|here| here.root).ok();
    if here == Some(claimed.root) {
        return Ok(());
    }
    let here = here.map_or_else(|| "no tree of that size".to_owned(), |root| format!("the root {root}"));
    Err(RepairError::TwoHistories {
        what: format!(
            "{} has a checkpoint of size {} with the root {}, signed by the log; the entries that were found have {here}",
            source, claimed.size, claimed.root
        ),
    })
}
