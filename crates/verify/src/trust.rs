//! Whom an auditor trusts, and what witnesses say.

use crate::{Fault, Level};
use minutebook_log::{
    Cosigned, LogKeys, Malformed, Policy, Position, SignedCheckpoint, TreeSize, TrustError, VerifierKey,
};

/// What an auditor brings: nothing in it comes from the folder that is audited.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The log's keys.
    pub keys: Brought,
    /// Which witnesses are known, and how many must have signed; without one, witnesses are not asked.
    pub policy: Option<Policy>,
    /// A checkpoint that was verified before, which this log must extend.
    pub earlier: Option<SignedCheckpoint>,
}

/// The keys of the log that an auditor brings: one is enough. A file may say from which position each signs; the
/// book says so in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought(Vec<(Option<Position>, VerifierKey)>);

impl From<VerifierKey> for Brought {
    fn from(key: VerifierKey) -> Self {
        Self(vec![(None, key)])
    }
}

impl From<LogKeys> for Brought {
    fn from(keys: LogKeys) -> Self {
        match keys.keys() {
            [(_first, only)] => only.clone().into(),
            several => Self(several.iter().map(|(from, key)| (Some(*from), key.clone())).collect()),
        }
    }
}

impl Brought {
    /// Reads the log's keys: vkeys on lines of their own, or a file as spec/published-log.md has it.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let alone: Result<Vec<VerifierKey>, _> = text.trim_end().lines().map(str::parse).collect();
        match alone.ok().and_then(|keys| keys.into_iter().map(Self::from).reduce(Self::and)) {
            Some(keys) => Ok(keys),
            None => LogKeys::parse(text.as_bytes()).map(Self::from),
        }
    }

    /// These keys and those.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        for (from, key) in more.0 {
            if !self.has(&key) {
                self.0.push((from, key));
            }
        }
        self
    }

    /// The keys.
    pub fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        self.0.iter().map(|(_from, key)| key)
    }

    /// Whether this key is one of them.
    pub(crate) fn has(&self, key: &VerifierKey) -> bool {
        self.keys().any(|brought| brought == key)
    }

    /// From which position on a key is said to sign.
    pub(crate) fn listed(&self, key: &VerifierKey) -> Option<Position> {
        self.0.iter().find(|(_from, brought)| brought == key).and_then(|(from, _key)| *from)
    }

    /// Whether a key should be in the book of a log of this size: not one that is said to come later.
    pub(crate) fn is_due(&self, key: &VerifierKey, size: TreeSize) -> bool {
        self.listed(key).is_none_or(|from| size.holds(from))
    }
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

impl Trust {
    /// What witnesses say, of a checkpoint that the log signed; `logs` are its keys.
    pub(crate) fn witnessed<'k>(
        &self,
        file: &str,
        signed: &SignedCheckpoint,
        mut logs: impl Iterator<Item = &'k VerifierKey> + Clone,
    ) -> (Witnessed, Option<Fault>) {
        let Some(policy) = &self.policy else {
            let lines = signed.note().signatures().iter();
            let lines = lines.filter(|line| !logs.clone().any(|key| line.is_by(key))).count();
            return (Witnessed::NotAsked { lines }, None);
        };
        let fault = |error: &dyn ToString| Some(Fault::of_file(Level::Witnesses, &file, error.to_string()));
        // A policy names the log by one of its keys: it was written before or after the key was passed on.
        let believed = policy.logs();
        if !believed.is_empty() && !logs.any(|key| believed.iter().any(|log| log.key == *key)) {
            return (Witnessed::NotChecked, policy.open(signed).err().and_then(|error| fault(&error)));
        }
        match signed.cosignatures(policy.witnesses().iter().map(|witness| &witness.key)) {
            Err(error) => (Witnessed::NotChecked, fault(&TrustError::from(error))),
            Ok(cosigned) if policy.is_met_by(cosigned.iter().map(|cosigned| &cosigned.witness)) => {
                (Witnessed::Quorum(cosigned), None)
            }
            Ok(cosigned) => {
                let found = cosigned.len();
                let what = format!(
                    "not yet witnessed: {found} of the known witnesses have signed, which is no quorum"
                );
                (Witnessed::TooFew(cosigned), fault(&what))
            }
        }
    }
}
