//! Whether what was brought together is the book that everybody was shown: chain, signatures, authority and rules
//! from its bytes alone, and every checkpoint and receipt extended by it.

use crate::ledger::Tree;
use crate::repair::{Assembled, Claim, Found, RepairError};
use minutebook_governance::authority::log_key_terms;
use minutebook_log::{Hash, Position, PublicKey, TreeHash, TreeHead};
use minutebook_verify::{AuditVerdict, verify};
use std::convert::Infallible;

/// A book that verifies and continues all that is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved {
    /// The ledger's id: the hash of its opening entry.
    pub id: Hash,
    /// The head of its tree.
    pub head: TreeHead,
    /// The key that the book names for the log's checkpoints from here on.
    pub signs: PublicKey,
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
    found.claims.iter().try_for_each(|claim| check_extended(&tree, claim))?;
    let id = report.book.chain().hash_at(Position::FIRST).ok_or(RepairError::NoOpening)?;
    let record = report.book.record();
    let terms = log_key_terms(record, record.len());
    let signs = terms.last().ok_or(RepairError::NoOpening)?.key;
    Ok(Proved { id, head: tree.head(), signs, extends: found.claims.len() })
}

fn check_extended(tree: &Tree, claim: &Claim) -> Result<(), RepairError> {
    let claimed = claim.checkpoint.unverified().head;
    let here = tree.head_at(claimed.size).map(|here| here.root).ok();
    if here == Some(claimed.root) {
        return Ok(());
    }
    let here = here.map_or_else(|| "no tree of that size".to_owned(), |root| format!("the root {root}"));
    Err(RepairError::TwoHistories {
        what: format!(
            "{} has a checkpoint of size {} with the root {}, signed by the log; the entries that were found have {here}",
            claim.source, claimed.size, claimed.root
        ),
    })
}
