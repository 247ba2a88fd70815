//! What an event rests on: documents outside the book, or the source of an example.

use crate::{Digest, Malformed, Sealable};
use serde::{Deserialize, Serialize};

/// Whether an event stands in a source, was filled in between sources, or was inferred from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The source.
    Sourced(String),
    /// Why it was made up as it is.
    Reconstructed(String),
    /// No source says it: somebody concluded it from sources.
    Inferred(Inferred),
}

/// What somebody concluded from sources that do not say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Inferred {
    /// From which sources.
    pub from: String,
    /// What of it is inferred, and why.
    pub why: String,
}

/// A document that a statement rests on. It stays outside the book and comes in by its digest; one that is
/// not held has none, and no digest is invented for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is called.
    pub title: Sealable,
    /// Whether whoever signs holds it.
    pub held: bool,
    /// The digest of its bytes, if it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Its length in bytes, if it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its media type (RFC 6838), if it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

impl Document {
    /// A document that is held has digest, length and media type; one that is not has none of them. `at` is
    /// where it stands.
    pub(crate) fn check(&self, at: &str) -> Result<(), Malformed> {
        let parts = [self.sha256.is_some(), self.bytes.is_some(), self.media_type.is_some()];
        if parts.iter().all(|part| *part == self.held) {
            return Ok(());
        }
        let needed = "sha256, bytes and media_type if held is true; none of them if it is false";
        Err(Malformed::quoting(at, self.title.shown(), needed))
    }
}
