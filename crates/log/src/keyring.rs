//! The signatures of many events: each key is read once, and all may be checked as one.

use crate::{PAYLOAD_TYPE, PublicKey, SignatureError, Signed, pae};
use ed25519_dalek::VerifyingKey;
use std::collections::BTreeMap;

/// Keys that have been read: decompressing one takes an eighth of what a signature takes to be checked, and few sign much.
///
/// It grows by each key that it meets; whoever checks without end takes a new one now and then.
#[derive(Debug, Default)]
pub struct Keyring(BTreeMap<PublicKey, Option<VerifyingKey>>);

impl Keyring {
    /// Whether every signature of an event holds, as [`Signed::verify`] says: by `verify_strict`.
    ///
    /// # Errors
    /// [`SignatureError`], naming the first key whose signature does not.
    pub fn verify(&mut self, signed: &Signed) -> Result<(), SignatureError> {
        for (key, signature) in signed.signatures() {
            let message = pae(PAYLOAD_TYPE, signed.event().bytes());
            let read = self.read(*key);
            let checked = read.and_then(|read| read.verify_strict(&message, &signature.read()).ok());
            checked.ok_or(SignatureError { key: *key })?;
        }
        Ok(())
    }

    /// Whether all signatures of these events hold, as far as one equation over all of them tells: twice as quick, and no
    /// verdict. Where it is true, a signature that [`Keyring::verify`] refuses is among them with a chance of one in 2^125,
    /// or because a signer made it so with a commitment of small order; where it is false, one of them is refused or was
    /// made so.
    pub fn hold_together<'a>(&mut self, events: impl IntoIterator<Item = &'a Signed>) -> bool {
        let (mut messages, mut signatures, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for signed in events {
            let message = pae(PAYLOAD_TYPE, signed.event().bytes());
            for (key, signature) in signed.signatures() {
                let Some(key) = self.read(*key).filter(|key| !key.is_weak()) else { return false };
                messages.push(message.clone());
                signatures.push(signature.read());
                keys.push(key);
            }
        }
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        ed25519_dalek::verify_batch(&messages, &signatures, &keys).is_ok()
    }

    fn read(&mut self, key: PublicKey) -> Option<VerifyingKey> {
        *self.0.entry(key).or_insert_with(|| key.read())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventDraft, EventId, SecretKey, Signature, Timestamp};

    fn signed(number: u8, keys: &[u8]) -> Signed {
        let draft = EventDraft {
            id: EventId::from_parts(u64::from(number), &[number; 10]),
            source: "example.org/book".parse().unwrap(),
            event_type: "uk.nhs.governance.Example.v1".parse().unwrap(),
            subject: "body/04N".parse().unwrap(),
            time: Timestamp::EPOCH,
            ledger: None,
            seen: None,
            correlation_id: None,
            causation_id: None,
            data: serde_json::Map::new(),
        };
        let event = draft.encode().unwrap();
        let sign = |seed: &u8| {
            let key = SecretKey::from_seed(&[*seed; 32]);
            (key.public(), key.sign(event.bytes()))
        };
        let signatures = keys.iter().map(sign).collect();
        Signed::new(event, signatures).unwrap()
    }

    fn flipped(signed: &Signed, of: usize, byte: usize) -> Signed {
        let mut signatures = signed.signatures().to_vec();
        let mut bytes = *signatures[of].1.as_bytes();
        bytes[byte] ^= 1;
        signatures[of].1 = Signature::from_bytes(bytes);
        Signed::new(signed.event().clone(), signatures).unwrap()
    }

    #[test]
    fn a_ring_says_of_each_what_its_key_says() {
        let mut ring = Keyring::default();
        for number in 0..20 {
            let good = signed(number, &[1, 2 + number % 3]);
            assert_eq!(ring.verify(&good), good.verify());
            assert!(good.verify().is_ok());
            let bad = flipped(&good, usize::from(number % 2), usize::from(number));
            assert_eq!(ring.verify(&bad), bad.verify());
            assert!(bad.verify().is_err());
        }
        assert_eq!(ring.0.len(), 4, "each key was read once");
    }

    #[test]
    fn one_that_does_not_hold_is_seen_among_many() {
        let mut ring = Keyring::default();
        let good: Vec<_> = (0..40).map(|number| signed(number, &[1, 2 + number % 3])).collect();
        assert!(ring.hold_together(&good));
        assert!(ring.hold_together([]), "none is wrong");
        for at in 0..good.len() {
            let mut one_is_bad = good.clone();
            one_is_bad[at] = flipped(&good[at], at % 2, (at * 7) % 64);
            assert!(!ring.hold_together(&one_is_bad), "{at}");
        }
    }

    #[test]
    fn a_weak_key_holds_nothing() {
        let identity = PublicKey::from_bytes(std::array::from_fn(|at| u8::from(at == 0)));
        let mut forged = [0; 64];
        forged[0] = 1;
        let event = signed(1, &[1]).event().clone();
        let weak = Signed::new(event, vec![(identity, Signature::from_bytes(forged))]).unwrap();
        let mut ring = Keyring::default();
        assert!(!ring.hold_together([&weak]));
        assert!(ring.verify(&weak).is_err());
    }
}
