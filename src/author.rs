//! What an author's client does: bind an event to a ledger, and sign its bytes. Nothing here is called by
//! the server, which never sees a private key.

use minutebook_log::{
    Event, EventDraft, EventId, EventType, Hash, Malformed, Origin, SecretKey, Seen, Signed, Subject,
    Timestamp,
};
use serde_json::{Map, Value};

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
