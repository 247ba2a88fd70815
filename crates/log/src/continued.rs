use crate::{
    Algorithm, Hash, Malformed, Origin, PublicKey, SignedCheckpoint, TreeHash, TreeHead, TreeSize,
    VerifierKey, text,
};
use serde::{Deserialize, Serialize};

/// An earlier ledger that can't go on, as the opening of the one that does names it: nobody need search for
/// where the book went on, and nobody can open two ledgers and pass the second for the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Continued {
    /// Its name.
    pub origin: Origin,
    /// Its id: the hash of its opening entry.
    pub ledger: Hash,
    /// How many entries its newest known checkpoint speaks of, at least 1.
    pub size: u64,
    /// The root of their tree, padded base64.
    #[serde(with = "as_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = "^[A-Za-z0-9+/]{43}=$")))]
    pub root: TreeHash,
    /// That checkpoint, a signed note as padded base64: the old log's own word for size and root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

impl Continued {
    /// Names the ledger with this id by a checkpoint that it signed, and carries that.
    pub fn by(ledger: Hash, checkpoint: &SignedCheckpoint) -> Self {
        let said = checkpoint.unverified();
        Self {
            origin: said.origin.clone(),
            ledger,
            size: said.head.size.0,
            root: said.head.root,
            checkpoint: Some(text::encode_base64(checkpoint.encode().as_bytes())),
        }
    }

    /// The head that it is continued from.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: TreeSize(self.size), root: self.root }
    }

    /// The checkpoint that it carries. Its form is right; nothing is verified.
    ///
    /// # Errors
    /// [`Malformed`] for what is no signed checkpoint.
    pub fn evidence(&self) -> Result<Option<SignedCheckpoint>, Malformed> {
        let Some(carried) = &self.checkpoint else { return Ok(None) };
        let note = text::decode_base64(carried)
            .ok_or_else(|| Malformed::quoting("", carried, "a signed note as padded base64"))?;
        SignedCheckpoint::parse(&note).map(Some)
    }

    /// Whether a ledger with this name and this key for its log may name it.
    ///
    /// # Errors
    /// [`Malformed`] for the old name or, as far as the checkpoint shows it, the old key; for an empty tree; for a
    /// checkpoint that says something else.
    pub(crate) fn check(&self, origin: &Origin, log_key: PublicKey) -> Result<(), Malformed> {
        let at = |member: &str| format!("/data/facts/continues/{member}");
        if self.origin == *origin {
            let needed = "another name than the new ledger's: a name belongs to one ledger";
            return Err(Malformed::quoting(at("origin"), self.origin.as_str(), needed));
        }
        if self.size == 0 {
            return Err(Malformed::new(at("size"), "0", "at least 1: every ledger has an opening"));
        }
        let evidence =
            self.evidence().map_err(|malformed| Malformed { at: at("checkpoint"), ..malformed })?;
        let Some(evidence) = evidence else { return Ok(()) };
        let said = evidence.unverified();
        if said.origin != self.origin || said.head != self.head() {
            let found = format!("a checkpoint of {} with the size {}", said.origin, said.head.size);
            return Err(Malformed::new(at("checkpoint"), found, "one with this origin, size and root"));
        }
        let reused = VerifierKey::new((&self.origin).into(), Algorithm::Ed25519, log_key);
        if reused.is_ok_and(|key| evidence.note().signatures().iter().any(|line| line.is_by(&key))) {
            let needed = "a new key: this one has signed the checkpoints of the ledger that is continued";
            return Err(Malformed::new("/data/facts/checkpoint_key", log_key.to_string(), needed));
        }
        Ok(())
    }
}

/// A type that is written as text.
mod as_text {
    use crate::Malformed;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err = Malformed>,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
