//! Where witnesses come in: between a checkpoint whose tiles are durable and its publication.

use minutebook_log::{ConsistencyProof, ProofError, SignedCheckpoint, TreeSize};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// A proof from an earlier size to a checkpoint's.
type Prove = Arc<dyn Fn(TreeSize) -> Result<ConsistencyProof, ProofError> + Send + Sync>;

/// A checkpoint that is about to be published: what witnesses are asked about.
#[derive(Clone)]
pub struct Growth {
    checkpoint: SignedCheckpoint,
    published: TreeSize,
    prove: Prove,
}

/// What is to become of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// It is published, with the signatures that it bears now, and has all that it needs.
    Publish(SignedCheckpoint),
    /// It is published with the quorum that it has, and asked about again after a while, since a witness has not signed it:
    /// once there are more signatures, it is published with them.
    Enough(SignedCheckpoint),
    /// It is published without a quorum, where the setting is to fail open, and asked about again: once there
    /// is a quorum, or more signatures, it is published with them.
    Meanwhile {
        /// With the signatures that there are.
        checkpoint: SignedCheckpoint,
        /// Which witnesses are missing.
        why: String,
    },
    /// It is not published yet, where the setting is to fail closed; the newest is asked about again shortly.
    /// Appending goes on.
    Hold {
        /// Which witnesses are missing, for the log.
        why: String,
    },
    /// It is never published: a witness shows what this log's own key has signed, and the log does not extend it. Nothing
    /// more may be acknowledged either, for others hold receipts of another history.
    Contradicted {
        /// Who shows what.
        why: String,
    },
}

/// Whoever asks witnesses. The publisher asks it once for each checkpoint that it is about to publish, one
/// at a time, and waits for the answer: it has its own time limits.
pub trait Cosigner: Send + Sync + 'static {
    /// Asks for cosignatures of the checkpoint that the log has grown to.
    fn cosign<'a>(&'a self, growth: &'a Growth) -> Pin<Box<dyn Future<Output = Publication> + Send + 'a>>;
}

impl Growth {
    /// A checkpoint, the size that was published before it, and what proves that it extends an earlier one.
    pub fn new(
        checkpoint: SignedCheckpoint,
        published: TreeSize,
        prove: impl Fn(TreeSize) -> Result<ConsistencyProof, ProofError> + Send + Sync + 'static,
    ) -> Self {
        Self { checkpoint, published, prove: Arc::new(prove) }
    }

    /// The checkpoint, signed by the log alone.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The size of the last one that was published; 0 before the first.
    pub fn published(&self) -> TreeSize {
        self.published
    }

    /// Proves that the checkpoint extends the tree of size `old`, which a witness may know another of than
    /// was published last. From size 0 there is nothing to prove, and the proof is empty.
    ///
    /// # Errors
    /// [`ProofError::Shrunk`] where `old` is larger than the checkpoint's.
    pub fn prove(&self, old: TreeSize) -> Result<ConsistencyProof, ProofError> {
        if old == TreeSize::EMPTY { Ok(ConsistencyProof::default()) } else { (self.prove)(old) }
    }
}

impl fmt::Debug for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Growth")
            .field("checkpoint", self.checkpoint.unverified())
            .field("published", &self.published)
            .finish_non_exhaustive()
    }
}
