//! Signatures that do not hold: entry 3 of the small book, signed by one key, with something else in the
//! place of that key's signature.

use super::roles::{NHS_ENGLAND, SECRETARY};
use super::small_book::Book;
use super::vectors::{Reader, Refused};
use ed25519_dalek::{Signer as _, SigningKey};
use minutebook_log::{Entry, Event, PAYLOAD_TYPE, PublicKey, Signature, Signed, pae};

/// The order of Ed25519's group (RFC 8032, section 5.1), little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Every vector whose form is right and whose signature is not.
pub(crate) fn all(book: &Book) -> Vec<Refused> {
    let entry = &book.entries[3];
    let event = entry.event();
    let (key, good) = entry.signed.signatures()[0];
    let raw = |bytes: &[u8]| {
        let signature = SigningKey::from_bytes(&[NHS_ENGLAND.seed; 32]).sign(bytes);
        (key, Signature::from_bytes(signature.to_bytes()))
    };
    let other_type = PAYLOAD_TYPE.replace("v1", "v2");
    let changed = Event::parse(event.text().replace("2020-04-01", "2020-05-01").as_bytes()).unwrap();
    let mut flipped = *good.as_bytes();
    flipped[0] ^= 1;
    vec![
        refused("signature-other-bytes", entry, changed, (key, good)),
        refused("signature-other-bytes", entry, event.clone(), (key, Signature::from_bytes(flipped))),
        refused("signature-other-key", entry, event.clone(), (SECRETARY.key(), good)),
        refused("signature-other-key", entry, event.clone(), (key, SECRETARY.secret().sign(event.bytes()))),
        refused("signature-bare", entry, event.clone(), raw(event.bytes())),
        refused("signature-payload-type", entry, event.clone(), raw(&pae(&other_type, event.bytes()))),
        refused("signature-second-form", entry, event.clone(), (key, plus_order(&good))),
        refused("signature-weak-key", entry, event.clone(), forged()),
    ]
}

fn refused(id: &'static str, entry: &Entry, event: Event, signature: (PublicKey, Signature)) -> Refused {
    let entry = Entry { signed: Signed::new(event, vec![signature]).unwrap(), ..entry.clone() };
    Refused { id, reader: Reader::Signatures, bytes: entry.encode(), at: "signed" }
}

/// The signature with s + L for s: a lax check, which takes s modulo L, would accept it as another
/// signature for the same bytes.
fn plus_order(signature: &Signature) -> Signature {
    let mut bytes = *signature.as_bytes();
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        (*byte, carry) = ((sum & 0xff) as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    Signature::from_bytes(bytes)
}

/// With the neutral element as the key and as R, and s = 0, a lax check accepts any message.
fn forged() -> (PublicKey, Signature) {
    let mut neutral = [0; 64];
    neutral[0] = 1;
    (PublicKey::from_bytes(std::array::from_fn(|at| neutral[at])), Signature::from_bytes(neutral))
}
