//! Names and keys of those who sign notes (C2SP signed-note, spec/checkpoint.md).

use crate::{Malformed, Origin, PublicKey, SecretKey, text};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// The name of a key: not empty, without Unicode spaces, control characters and `+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = Malformed;

    fn from_str(name: &str) -> Result<Self, Malformed> {
        let forbidden = |c: char| c.is_whitespace() || c < ' ' || c == '+';
        if name.is_empty() || name.contains(forbidden) {
            return Err(Malformed::quoting("key name", name, "a name without space and +, not empty"));
        }
        Ok(Self(name.to_owned()))
    }
}

impl From<&Origin> for KeyName {
    /// A log's key bears the log's name; an origin has fewer characters to choose from.
    fn from(origin: &Origin) -> Self {
        Self(origin.as_str().to_owned())
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands before a signature to say by which key it is, written as 8 hexadecimal digits. It is short:
/// anybody can make a key with a given id, and gets nothing but a signature that does not hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::encode_hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a key of a verifier key signs, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 over the note's text: the log's signature.
    Ed25519 = 0x01,
    /// Ed25519 over a time and the note's text: a witness's signature (C2SP tlog-cosignature).
    CosignatureV1 = 0x04,
}

/// The public key of a log or a witness with its name, written as a vkey:
/// `name+<key id, hexadecimal>+<algorithm and key, base64>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    algorithm: Algorithm,
    key: PublicKey,
}

impl VerifierKey {
    /// A key under a name.
    ///
    /// # Errors
    /// [`Malformed`] for a weak key, or one that is not canonical ([`PublicKey::check`]).
    pub fn new(name: KeyName, algorithm: Algorithm, key: PublicKey) -> Result<Self, Malformed> {
        key.check()?;
        Ok(Self { name, algorithm, key })
    }

    /// The public half of a secret key, which no seed makes weak.
    pub fn of(name: KeyName, algorithm: Algorithm, secret: &SecretKey) -> Self {
        Self { name, algorithm, key: secret.public() }
    }

    /// Whose it is: a log's origin, a witness's name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// What it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key.
    pub fn key(&self) -> PublicKey {
        self.key
    }

    /// The id that stands in its signatures.
    pub fn id(&self) -> KeyId {
        let digest = Sha256::new()
            .chain_update(&self.name.0)
            .chain_update([b'\n', self.algorithm as u8])
            .chain_update(self.key.as_bytes())
            .finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(digest);
        KeyId([a, b, c, d])
    }
}

/// Whether this is a verifier key of an algorithm that is not known here, such as a later one: its form and its id are
/// right, and nothing that it signs can be verified.
pub(crate) fn is_of_another_kind(vkey: &str) -> bool {
    let of_another_kind = || {
        let (name, rest) = vkey.split_once('+')?;
        let (id, material) = rest.split_once('+')?;
        let (name, material) = (name.parse::<KeyName>().ok()?, text::decode_base64(material)?);
        let is_known = matches!(material.first()?, 0x01 | 0x04);
        let digest: [u8; 32] =
            Sha256::new().chain_update(&name.0).chain_update(b"\n").chain_update(&material).finalize().into();
        let [a, b, c, d, ..] = digest;
        Some(!is_known && text::parse_hex("key id", id).ok()? == [a, b, c, d])
    };
    of_another_kind().unwrap_or(false)
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut material = vec![self.algorithm as u8];
        material.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, self.id(), text::encode_base64(&material))
    }
}

impl FromStr for VerifierKey {
    type Err = Malformed;

    fn from_str(vkey: &str) -> Result<Self, Malformed> {
        let needed = "a verifier key: name+<key id, 8 hexadecimal digits>+<algorithm and key, base64>";
        let refuse = || Malformed::quoting("vkey", vkey, needed);
        let within = |malformed: Malformed| malformed.within("vkey: ");
        let (name, rest) = vkey.split_once('+').ok_or_else(refuse)?;
        let (id, material) = rest.split_once('+').ok_or_else(refuse)?;
        let [algorithm, key @ ..] = text::parse_base64::<33>("key", material).map_err(within)?;
        let algorithm = match algorithm {
            0x01 => Algorithm::Ed25519,
            0x04 => Algorithm::CosignatureV1,
            other => {
                let needed = "0x01 (Ed25519) or 0x04 (cosignature/v1)";
                return Err(Malformed::new("vkey: algorithm", format!("{other:#04x}"), needed));
            }
        };
        let key = Self::new(name.parse().map_err(within)?, algorithm, PublicKey::from_bytes(key))
            .map_err(within)?;
        if text::parse_hex("key id", id).map(KeyId).map_err(within)? != key.id() {
            return Err(Malformed::quoting("vkey: key id", id, key.id().to_string()));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_key_is_written_as_it_was_read() {
        let secret = SecretKey::from_seed(&[9; 32]);
        let name: KeyName = "example.com/log".parse().unwrap();
        let log = VerifierKey::of(name.clone(), Algorithm::Ed25519, &secret);
        let witness = VerifierKey::of(name, Algorithm::CosignatureV1, &secret);
        assert_ne!(witness.id(), log.id(), "the id tells the algorithms of one key apart");
        for key in [log, witness] {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }

    #[test]
    fn a_name_has_no_space_of_any_script() {
        for refused in ["", " ", "a b", "a+b", "a\tb", "a\u{a0}b", "a\u{2003}b", "a\nb", "a\u{1}b"] {
            assert!(refused.parse::<KeyName>().is_err(), "{refused:?}");
        }
        assert!("b\u{fc}cher.example/\u{4e00}".parse::<KeyName>().is_ok());
    }
}
