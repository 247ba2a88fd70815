use crate::{
    Checkpoint, CheckpointError, CosignatureError, Cosigned, NoteSignature, Policy, SignedCheckpoint,
    TreeSize, VerifierKey,
};

/// A checkpoint that a policy's log has signed, and who has witnessed it. Only [`Policy::open`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    checkpoint: Checkpoint,
    log: VerifierKey,
    cosigned: Vec<Cosigned>,
    strangers: Vec<NoteSignature>,
}

/// Why a checkpoint is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The log did not sign it.
    #[error(transparent)]
    Log(#[from] CheckpointError),
    /// A line of a known witness is forged or damaged.
    #[error(transparent)]
    Witness(#[from] CosignatureError),
    /// It speaks of a tree without entries. Every book has an opening, and nothing could be in there.
    #[error("the checkpoint is of size 0, and vouches for nothing")]
    EmptyTree,
    /// It is the log's, and fewer witnesses than the policy asks for have signed it.
    #[error("not yet witnessed: {found} of the known witnesses have signed, which is no quorum")]
    NotWitnessed {
        /// How many known witnesses did.
        found: usize,
        /// What holds nevertheless.
        opened: Box<Opened>,
    },
}

impl Policy {
    /// Finds what the signatures beneath a checkpoint are worth, whether or not there is a quorum.
    ///
    /// # Errors
    /// [`TrustError`], but never [`TrustError::NotWitnessed`].
    pub fn open(&self, signed: &SignedCheckpoint) -> Result<Opened, TrustError> {
        let logs: Vec<VerifierKey> = self.logs().iter().map(|log| log.key.clone()).collect();
        let log = signed.verify(&logs)?.key;
        let cosigned = signed.cosignatures(self.witnesses().iter().map(|witness| &witness.key))?;
        let checkpoint = signed.unverified().clone();
        if checkpoint.head.size == TreeSize::EMPTY {
            return Err(TrustError::EmptyTree);
        }
        let known = logs.iter().chain(self.witnesses().iter().map(|witness| &witness.key));
        let is_stranger = |line: &&NoteSignature| !known.clone().any(|key| line.is_by(key));
        let strangers = signed.note().signatures().iter().filter(is_stranger).cloned().collect();
        Ok(Opened { checkpoint, log, cosigned, strangers })
    }

    /// As [`Policy::open`], and asks for the quorum.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn check(&self, signed: &SignedCheckpoint) -> Result<Opened, TrustError> {
        let opened = self.open(signed)?;
        if self.is_met_by(opened.cosigned.iter().map(|cosigned| &cosigned.witness)) {
            return Ok(opened);
        }
        Err(TrustError::NotWitnessed { found: opened.cosigned.len(), opened: Box::new(opened) })
    }
}

impl Opened {
    /// What the log says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// By which key the log said it.
    pub fn log(&self) -> &VerifierKey {
        &self.log
    }

    /// Which known witnesses signed it, and when.
    pub fn cosigned(&self) -> &[Cosigned] {
        &self.cosigned
    }

    /// Lines by keys that the policy does not know: nobody knows whether they hold.
    pub fn strangers(&self) -> &[NoteSignature] {
        &self.strangers
    }
}
