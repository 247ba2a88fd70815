//! What bears the ledger's name and by no known key: nobody can say whether it is the log's, so it is not used, and
//! nothing is made beneath it.

use crate::repair::RepairError;
use minutebook_log::{CheckpointError, Head, Receipt, SignedCheckpoint};
use std::sync::Arc;

/// A checkpoint in the ledger's name that no known key has signed.
#[derive(Debug, Clone)]
pub(super) struct Unverified {
    /// Where it was found.
    pub(super) source: Arc<str>,
    /// The checkpoint.
    pub(super) checkpoint: SignedCheckpoint,
    /// Why it is not believed.
    pub(super) why: CheckpointError,
    /// What it vouches for.
    pub(super) carried: Carried,
}

/// What a checkpoint vouches for, besides what it says itself.
#[derive(Debug, Clone)]
pub(super) enum Carried {
    /// Nothing.
    Nothing,
    /// A high-water mark, beside which it stands.
    Mark(Head),
    /// A receipt's entry.
    Receipt(Box<Receipt>),
}

impl Unverified {
    /// Of how many entries it speaks.
    pub(super) fn size(&self) -> u64 {
        let signed = self.checkpoint.unverified().head.size.0;
        match &self.carried {
            Carried::Mark(head) => signed.max(head.size),
            Carried::Nothing | Carried::Receipt(_) => signed,
        }
    }

    /// Why nothing is made of the `here` entries that were found.
    pub(super) fn refusal(&self, here: u64) -> RepairError {
        let source_name = self.source.to_string();
        let why = match &self.why {
            CheckpointError::Unsigned { .. } => {
                "it is signed by a key that nothing here knows, as after the log's key has passed on: bring something newer that \
                 has the hand-over (a newer backup, or the published folder with vkey and rotated/)"
                    .to_owned()
            }
            error @ CheckpointError::Signature { .. } => {
                format!("it is damaged or forged ({error}): bring another copy of it, or something newer")
            }
        };
        let origin = self.checkpoint.unverified().origin.to_string();
        RepairError::Unverified { source_name, origin, size: self.size(), here, why }
    }
}
