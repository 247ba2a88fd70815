//! What a witness is asked, and what it has to answer (C2SP tlog-witness, add-checkpoint). Whoever runs
//! one judges and stores in one step, and answers only what is stored.

use crate::{
    AnyCheckpoint, ConsistencyProof, KeyId, KeyName, KnownLog, Malformed, ProofError, SignedBy, TreeHash,
    TreeHead, TreeSize, check_consistency, proof_lines, text,
};

/// The most hashes that a request may carry.
const REQUEST_HASHES_MAX: usize = 63;

/// A request to cosign: a checkpoint, and the proof that it extends the one cosigned last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size of the checkpoint that the log believes was cosigned last; 0 for none.
    pub old: TreeSize,
    /// From there to the new checkpoint; empty from 0.
    pub proof: ConsistencyProof,
    /// The new checkpoint.
    pub checkpoint: AnyCheckpoint,
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessRefusal {
    /// It is not configured for this log.
    #[error("the log \"{origin}\" is not known here")]
    UnknownLog {
        /// The log's name.
        origin: String,
    },
    /// The checkpoint is not signed by a key of the log.
    #[error("not signed by a known key of the log \"{origin}\"")]
    Unsigned {
        /// The log's name.
        origin: String,
    },
    /// A line says that it is by a key of the log, and does not hold.
    #[error("the signature of \"{name}\" ({id}) does not hold")]
    Signature {
        /// The name of the key.
        name: KeyName,
        /// The id of the key.
        id: KeyId,
    },
    /// The old size is beyond the new one.
    #[error("the old size {old} is beyond the checkpoint's, {new}")]
    OldSize {
        /// The old size.
        old: TreeSize,
        /// The checkpoint's.
        new: TreeSize,
    },
    /// Another checkpoint was cosigned last.
    #[error("the checkpoint cosigned last is of size {latest}")]
    Conflict {
        /// Its size, which is the answer's body.
        latest: TreeSize,
    },
    /// The proof does not hold. Keep the request: it may prove that the log misbehaved.
    #[error("the checkpoint does not extend the one cosigned last: {0}")]
    Inconsistent(ProofError),
}

impl WitnessRefusal {
    /// The HTTP status that stands for it.
    pub fn status(&self) -> u16 {
        match self {
            Self::UnknownLog { .. } => 404,
            Self::Unsigned { .. } | Self::Signature { .. } => 403,
            Self::OldSize { .. } => 400,
            Self::Conflict { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

impl AddCheckpoint {
    /// The request's body.
    pub fn encode(&self) -> String {
        let (proof, checkpoint) = (proof_lines::encode(&self.proof.0), self.checkpoint.encode());
        format!("old {}\n{proof}\n{checkpoint}", self.old)
    }

    /// Reads a request's body.
    ///
    /// # Errors
    /// [`Malformed`], to be answered with status 400.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let refuse =
            |found| Malformed::new("request", found, "old, proof lines, an empty line, a checkpoint");
        let text = std::str::from_utf8(bytes).map_err(|_not_utf8| refuse("bytes that are not UTF-8"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| refuse("no empty line"))?;
        let mut lines = head.split('\n');
        let old = lines.next().unwrap_or_default();
        let old = old.strip_prefix("old ").ok_or_else(|| Malformed::quoting("old", old, "old and a size"))?;
        Ok(Self {
            old: TreeSize(text::parse_number("old", old)?),
            proof: ConsistencyProof(proof_lines::parse(lines, REQUEST_HASHES_MAX)?),
            checkpoint: AnyCheckpoint::parse(checkpoint.as_bytes())
                .map_err(|malformed| malformed.within("checkpoint: "))?,
        })
    }

    /// Decides, from the logs that are known and the head that was cosigned last for this
    /// origin. If it may be cosigned, returns by which key the log signed; the head to store is the
    /// checkpoint's, and it is stored before the answer, if `latest` is then still the last.
    ///
    /// # Errors
    /// [`WitnessRefusal`].
    pub fn judge(&self, logs: &[KnownLog], latest: Option<TreeHead>) -> Result<SignedBy, WitnessRefusal> {
        let (origin, new) = (self.checkpoint.origin(), self.checkpoint.head());
        let log = logs.iter().find(|log| log.origin() == origin);
        let log = log.ok_or_else(|| WitnessRefusal::UnknownLog { origin: origin.to_owned() })?;
        let signed = self
            .checkpoint
            .signed_by(log.keys())
            .map_err(|line| WitnessRefusal::Signature { name: line.name, id: line.id })?
            .ok_or_else(|| WitnessRefusal::Unsigned { origin: origin.to_owned() })?;
        if self.old > new.size {
            return Err(WitnessRefusal::OldSize { old: self.old, new: new.size });
        }
        let latest = latest.unwrap_or(TreeHead::EMPTY);
        if self.old != latest.size {
            return Err(WitnessRefusal::Conflict { latest: latest.size });
        }
        self.check_extends(latest, new).map_err(WitnessRefusal::Inconsistent)?;
        Ok(signed)
    }

    /// Every tree extends that of size 0, so there is nothing to prove; its root, though, is known.
    fn check_extends(&self, latest: TreeHead, new: TreeHead) -> Result<(), ProofError> {
        if latest.size != TreeSize::EMPTY {
            return check_consistency(latest, new, &self.proof).map(|_extended| ());
        }
        if !self.proof.0.is_empty() {
            return Err(ProofError::Long { found: self.proof.0.len() });
        }
        if new.size == TreeSize::EMPTY && new.root != TreeHash::EMPTY {
            let (computed, claimed) = (TreeHash::EMPTY, new.root);
            return Err(ProofError::Root { computed, claimed, size: new.size });
        }
        Ok(())
    }
}
