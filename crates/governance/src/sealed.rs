use crate::Malformed;
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// A field that may hold personal or private text: in the clear, or sealed by its author.
///
/// A sealed field carries the SHA-256 of its disclosure, 64 lower-case hexadecimal digits. Rules and the
/// register's state never look at what is sealed, so replay gives the same verdict with and without the
/// disclosure (spec/event.md, Sealed fields).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "found something else; needed a text in quotes, or {\"sealed\": \"..\"} with the digest of one"
)]
pub enum Sealable {
    /// Published for ever.
    Clear(String),
    /// Only the digest is in the book.
    Sealed(Seal),
}

/// The digest that stands where a sealed text would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// The SHA-256 of the disclosure's bytes.
    pub sealed: Digest,
}

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits: of a disclosure, or of a document that is
/// kept outside the book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[0-9a-f]{64}$"))
)]
pub struct Digest(String);

impl FromStr for Digest {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let is_digest = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let needed = "a SHA-256 digest: 64 lower-case hexadecimal digits";
        if is_digest { Ok(Self(text.to_owned())) } else { Err(Malformed::quoting("digest", text, needed)) }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Sealable {
    /// What a reader is shown without the disclosure.
    pub fn shown(&self) -> &str {
        match self {
            Self::Clear(text) => text,
            Self::Sealed(_digest) => "(sealed)",
        }
    }

    /// Refuses a text that says nothing; `at` is where it stands, `needed` what it should say.
    ///
    /// # Errors
    /// [`Malformed`], for blanks alone.
    pub(crate) fn check_not_blank(&self, at: &str, needed: &str) -> Result<(), Malformed> {
        let says_something = !self.shown().trim().is_empty();
        if says_something { Ok(()) } else { Err(Malformed::new(at, "nothing", needed)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_parse_and_nothing_else_does() {
        let digest = "ab".repeat(32);
        let sealed: Sealable = serde_json::from_str(&format!(r#"{{"sealed":"{digest}"}}"#)).unwrap();
        assert_eq!(sealed.shown(), "(sealed)");
        assert_eq!(serde_json::from_str::<Sealable>(r#""Ms A""#).unwrap().shown(), "Ms A");
        for refused in [r#"{"sealed":"ab"}"#, r#"{"sealed":"x","y":1}"#, "{}", "1", "null", "[]"] {
            assert!(serde_json::from_str::<Sealable>(refused).is_err(), "{refused}");
        }
    }
}
