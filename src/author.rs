//! What an author's client does: bind an event to a ledger, and sign its bytes. Nothing here is called by
//! the server, which never sees a private key.

use crate::proto;
use minutebook_log::{
    Event, EventDraft, EventId, EventType, Hash, Malformed, Origin, PublicKey, SecretKey, Seen, Signed,
    Subject, Timestamp, pae,
};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// What an author's client knows of a ledger: which one it is, and an entry of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRef {
    /// The ledger's name.
    pub origin: Origin,
    /// The hash of its opening entry.
    pub id: Hash,
    /// An entry that the client had.
    pub seen: Seen,
}

/// A new id for an event written at `time`.
///
/// # Errors
/// The operating system gives no randomness.
pub fn new_event_id(time: Timestamp) -> Result<EventId, getrandom::Error> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    Ok(EventId::from_parts(time.as_micros().unsigned_abs() / 1000, &random))
}

/// What an author says, before it is bound to a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnboundEvent {
    /// The event's id.
    pub id: EventId,
    /// The type, by name; its version is the one that this software writes.
    pub type_name: String,
    /// What it is about.
    pub subject: Subject,
    /// When it is written.
    pub time: Timestamp,
    /// Joins what was done together.
    pub correlation_id: Option<EventId>,
    /// What it says: standing, signatories, facts ...
    pub data: Map<String, Value>,
}

impl UnboundEvent {
    /// The event's bytes, bound to a ledger.
    ///
    /// # Errors
    /// [`Malformed`] if the draft would be refused on reading.
    pub fn bind(self, ledger: &LedgerRef) -> Result<Event, Malformed> {
        EventDraft {
            id: self.id,
            source: ledger.origin.clone(),
            event_type: EventType { name: self.type_name, version: 1 },
            subject: self.subject,
            time: self.time,
            ledger: Some(ledger.id),
            seen: Some(ledger.seen),
            correlation_id: self.correlation_id,
            causation_id: None,
            data: self.data,
        }
        .encode()
    }
}

/// Signs an event with every key.
///
/// # Errors
/// [`Malformed`] for no key, more than 16, or one key twice.
pub fn sign<'a>(event: Event, keys: impl IntoIterator<Item = &'a SecretKey>) -> Result<Signed, Malformed> {
    let signatures = keys.into_iter().map(|key| (key.public(), key.sign(event.bytes()))).collect();
    Signed::new(event, signatures)
}

/// What a code for an enrolment is made under, so that it is taken for nothing else.
const CODE_TYPE: &str = "application/vnd.minutebook.enrolment-code.v1";

/// The letters and digits of a code: Crockford's, of which none is taken for another.
const CODE_DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the holder of a new key and a registrar compare by voice or on paper: 100 bits, as five groups of four, of the SHA-256 of
/// the [`pae`] of ledger, key and label on a line each. The page on which a key is made says the same of the same.
pub fn enrolment_code(ledger: Hash, key: PublicKey, label: &str) -> String {
    let digest = Sha256::digest(pae(CODE_TYPE, format!("{ledger}\n{key}\n{label}\n").as_bytes()));
    let bits = digest.iter().take(13).fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte)) >> 4;
    let digit =
        |at: u32| usize::try_from((bits >> (5 * at)) & 31).ok().and_then(|digit| CODE_DIGITS.get(digit));
    let mut code = String::new();
    for at in (0..20).rev() {
        code.extend(digit(at).map(|digit| char::from(*digit)));
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
    }
    code
}

/// A signed event as it travels.
pub fn wire_event(signed: &Signed) -> proto::SignedEvent {
    let signatures = signed.signatures().iter().map(|(key, signature)| proto::EventSignature {
        public_key: key.as_bytes().to_vec(),
        signature: signature.as_bytes().to_vec(),
    });
    proto::SignedEvent { event: signed.event().bytes().to_vec(), signatures: signatures.collect() }
}
