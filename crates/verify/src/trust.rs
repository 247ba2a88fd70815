//! Whom an auditor trusts, and whether a log's checkpoints are theirs.

use crate::{Fault, Level};
use minutebook_log::{
    Cosigned, LogKeys, Malformed, Policy, Position, SignedCheckpoint, TreeSize, TrustError, VerifierKey,
};

/// What an auditor brings: nothing in it comes from the folder that is audited.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The log's keys.
    pub keys: LogKeys,
    /// Which witnesses are known, and how many must have signed; without one, witnesses are not asked.
    pub policy: Option<Policy>,
    /// A checkpoint that was verified before, which this log must extend.
    pub earlier: Option<SignedCheckpoint>,
}

/// What witnesses say of the newest checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witnessed {
    /// The auditor brought no policy.
    NotAsked {
        /// How many signature lines there are beside the log's, by keys that nobody here knows.
        lines: usize,
    },
    /// As many as the policy asks for have signed.
    Quorum(Vec<Cosigned>),
    /// Fewer have.
    TooFew(Vec<Cosigned>),
    /// The checkpoint itself does not hold.
    NotChecked,
}

/// Reads the log's keys: a vkey on its own, or a file as spec/published-log.md has it.
///
/// # Errors
/// [`Malformed`].
pub fn parse_keys(text: &str) -> Result<LogKeys, Malformed> {
    if let Ok(key) = text.trim_end().parse::<VerifierKey>() {
        return LogKeys::new(vec![(Position::FIRST, key)]);
    }
    LogKeys::parse(text.as_bytes())
}

impl Trust {
    /// The key that the log signs with at this size.
    pub(crate) fn key_at(&self, size: TreeSize) -> Option<&VerifierKey> {
        self.keys.at(size)
    }

    /// Whether the log signed a checkpoint with the key that held at its size.
    pub(crate) fn check_log(&self, file: &str, signed: &SignedCheckpoint) -> Option<Fault> {
        let size = signed.unverified().head.size;
        if size == TreeSize::EMPTY {
            return Some(Fault::of_file(Level::Tree, &file, "a checkpoint of size 0 vouches for nothing"));
        }
        let keys: Vec<_> = self.key_at(size).into_iter().cloned().collect();
        let error = signed.verify(&keys).err()?;
        let known: Vec<_> = keys.iter().map(ToString::to_string).collect();
        Some(Fault::of_file(Level::Tree, &file, format!("{error}; the key brought is {}", known.join(", "))))
    }

    /// What witnesses say, of a checkpoint that the log signed.
    pub(crate) fn witnessed(&self, file: &str, signed: &SignedCheckpoint) -> (Witnessed, Option<Fault>) {
        let Some(policy) = &self.policy else {
            let lines = signed.note().signatures().len().saturating_sub(1);
            return (Witnessed::NotAsked { lines }, None);
        };
        let fault = |error: &TrustError| Some(Fault::of_file(Level::Witnesses, &file, error.to_string()));
        match policy.check(signed) {
            Ok(opened) => (Witnessed::Quorum(opened.cosigned().to_vec()), None),
            Err(ref error @ TrustError::NotWitnessed { ref opened, .. }) => {
                (Witnessed::TooFew(opened.cosigned().to_vec()), fault(error))
            }
            Err(error) => (Witnessed::NotChecked, fault(&error)),
        }
    }
}
