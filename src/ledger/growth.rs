//! What a commit adds to the tree, and the one checkpoint that the log signs of it.

use crate::ledger::log_key::Signer;
use crate::ledger::{Reader, Stop};
use minutebook_log::{Head, SignedCheckpoint, TreeHash};
use minutebook_store::{Batch, Engine};

/// The leaves of a batch, and what the log says of the tree that they lead to. Nobody sees it before the batch
/// is durable.
pub(super) struct Growth {
    leaves: Vec<TreeHash>,
    checkpoint: SignedCheckpoint,
}

impl Growth {
    /// Known to fit onto the tree before anything is committed.
    pub(super) fn of<E: Engine>(batch: &Batch, reader: &Reader<E>, signer: &Signer) -> Result<Self, Stop> {
        let (tree, durable) = (reader.tree().size().0, reader.head().size);
        if tree != durable {
            let what = format!("the tree has {tree} entries, and the log {durable}");
            return Err(Stop::Inconsistent(what));
        }
        let leaves: Vec<_> = batch.entries.iter().map(|entry| TreeHash::leaf(&entry.bytes)).collect();
        let checkpoint = signer.sign(reader.tree().head_after(&leaves));
        Ok(Self { leaves, checkpoint })
    }

    /// What the store keeps beside its mark.
    pub(super) fn note(&self) -> Vec<u8> {
        self.checkpoint.encode().into_bytes()
    }

    /// Takes what was committed into the tree, and shows it with its checkpoint and the keys of the log.
    pub(super) fn show<E: Engine>(self, reader: &Reader<E>, signer: &Signer, head: Head) {
        reader.pass_on(signer.keys(), signer.last_hand_over(&self.checkpoint));
        let mut tree = reader.tree_mut();
        self.leaves.into_iter().for_each(|leaf| tree.append(leaf));
        drop(tree);
        reader.publish(head, self.checkpoint);
    }
}
