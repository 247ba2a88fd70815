//! The chain: what binds an entry to those before it, and an event to one ledger.

use crate::{
    Entry, Event, EventId, Hash, Malformed, Opening, Place, Position, Purpose, Seen, SignatureError, Signed,
    Subject, Timestamp,
};
use imbl::{HashMap, Vector};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many entries there are.
    pub size: u64,
    /// The hash of the last entry; zeros while there is none.
    pub hash: Hash,
}

impl Head {
    /// The head of a log without entries.
    pub const EMPTY: Head = Head { size: 0, hash: Hash::ZERO };

    /// Where the next entry goes.
    pub const fn next(&self) -> Position {
        Position(self.size)
    }
}

/// Why an event does not belong into this chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbound {
    /// Its `source` names another ledger.
    #[error("the event is for the ledger \"{found}\"; this one is \"{needed}\"")]
    Source {
        /// The event's source.
        found: String,
        /// This ledger's origin.
        needed: String,
    },
    /// Its `ledger` is not the hash of this ledger's opening entry.
    #[error("the event is for the ledger that opens with {found}; this one opens with {needed}")]
    Ledger {
        /// What the event says, or that it says nothing.
        found: String,
        /// The hash of entry 0.
        needed: Hash,
    },
    /// No entry here has the position and hash that its author saw.
    #[error(
        "the author saw {found}, which is not in this chain: there, {here}. It may be the proof of a fork: keep it"
    )]
    Seen {
        /// What the author saw.
        found: Seen,
        /// What stands here instead.
        here: String,
    },
}

/// Why stored bytes are not the next entry of a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// They are no entry or, where the first is to stand, no opening.
    #[error("no entry that may stand here: {0}")]
    Malformed(#[from] Malformed),
    /// A header line says other than what must follow.
    #[error("{line}: found {found}; needed {needed}")]
    Place {
        /// Which line.
        line: &'static str,
        /// What it says.
        found: String,
        /// What follows from the entries before.
        needed: String,
    },
    /// The event belongs elsewhere.
    #[error(transparent)]
    Unbound(#[from] Unbound),
    /// The id stands in the chain already.
    #[error("the event id {id} stands at position {first} already")]
    Twice {
        /// The id.
        id: EventId,
        /// Where it stood first.
        first: Position,
    },
    /// A signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Entry 0 is not signed by registrars, as many as it asks for itself.
    #[error("the opening entry is not signed by {needed} of its registrars, and by them alone")]
    OpeningNotSigned {
        /// The threshold that it names.
        needed: u64,
    },
}

/// What the entries so far bind the next one to: hashes, times, stream numbers, ids.
///
/// A value: a clone shares what the two have in common and costs nothing, so that whoever wants to look ahead
/// goes on with a clone, and drops it.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    opening: Option<Arc<Opening>>,
    hashes: Vector<Hash>,
    recorded: Vector<Timestamp>,
    streams: HashMap<Subject, u64>,
    ids: HashMap<EventId, Position>,
}

impl Chain {
    /// A chain without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where it ends.
    pub fn head(&self) -> Head {
        Head { size: self.hashes.len() as u64, hash: self.hashes.back().copied().unwrap_or(Hash::ZERO) }
    }

    /// What the opening entry says; nothing before there is one.
    pub fn opening(&self) -> Option<&Opening> {
        self.opening.as_deref()
    }

    /// The hash of the entry at `position`.
    pub fn hash_at(&self, position: Position) -> Option<Hash> {
        self.hashes.get(usize::try_from(position.0).ok()?).copied()
    }

    /// When the entry at `position` was recorded.
    pub fn recorded_at(&self, position: Position) -> Option<Timestamp> {
        self.recorded.get(usize::try_from(position.0).ok()?).copied()
    }

    /// How many entries there are about `subject`.
    pub fn stream_length(&self, subject: &Subject) -> u64 {
        self.streams.get(subject).copied().unwrap_or_default()
    }

    /// How many entries had been recorded by `moment`, that moment included.
    pub fn size_at(&self, moment: Timestamp) -> u64 {
        let by_then = |at: &Timestamp| if *at <= moment { Ordering::Less } else { Ordering::Greater };
        self.recorded.binary_search_by(by_then).unwrap_or_else(|end| end) as u64
    }

    /// Where the event with this id stands.
    pub fn find(&self, id: EventId) -> Option<Position> {
        self.ids.get(&id).copied()
    }

    /// Takes what the opening entry says, where it was read before: to go on from a chain whose entries are kept
    /// elsewhere.
    pub fn open(&mut self, opening: Opening) {
        self.opening = Some(Arc::new(opening));
    }

    /// Goes on by entries that were checked before: their hashes, their times, and how many each subject has of them.
    /// Their ids are asked of whoever keeps them.
    pub fn extend_by(&mut self, hashes: &[Hash], recorded: &[Timestamp], streams: &BTreeMap<Subject, u64>) {
        self.hashes.extend(hashes.iter().copied());
        self.recorded.extend(recorded.iter().copied());
        for (subject, count) in streams {
            let known = self.streams.entry(subject.clone()).or_insert(0);
            *known = known.saturating_add(*count);
        }
    }

    /// Forgets the ids so far: from here on whoever keeps the entries is asked for them.
    pub fn forget_ids(&mut self) {
        self.ids = HashMap::new();
    }

    /// Whether an event is bound to this ledger, and what its author saw is in this chain.
    ///
    /// # Errors
    /// [`Unbound`], saying what stands here instead.
    pub fn bind(&self, event: &Event) -> Result<(), Unbound> {
        let Some((opening, id)) = self.opening.as_deref().zip(self.hashes.front()) else {
            return Ok(());
        };
        if event.source != opening.origin {
            let (found, needed) = (event.source.to_string(), opening.origin.to_string());
            return Err(Unbound::Source { found, needed });
        }
        let (Some(ledger), Some(seen)) = (event.ledger, event.seen) else {
            return Err(Unbound::Ledger { found: "no entry".to_owned(), needed: *id });
        };
        if ledger != *id {
            return Err(Unbound::Ledger { found: ledger.to_string(), needed: *id });
        }
        match self.hash_at(seen.position) {
            Some(hash) if hash == seen.hash => Ok(()),
            Some(hash) => Err(Unbound::Seen { found: seen, here: format!("the entry has the hash {hash}") }),
            None => {
                Err(Unbound::Seen { found: seen, here: format!("the log has {} entries", self.hashes.len()) })
            }
        }
    }

    /// The place of the next entry, by the ledger's `clock`: in a re-enactment, by the event's own time,
    /// from the opening on.
    pub fn place(&self, event: &Event, clock: Timestamp) -> Place {
        let now = if self.purpose(event) == Purpose::ReEnactment { event.time } else { clock };
        Place {
            position: self.head().next(),
            stream_number: self.streams.get(&event.subject).copied().unwrap_or(0) + 1,
            recorded: self.recorded.back().map_or(now, |last| now.max(*last)),
        }
    }

    /// What the ledger is for. The opening says it of itself; what is no opening is refused elsewhere.
    fn purpose(&self, event: &Event) -> Purpose {
        match &self.opening {
            Some(opening) => opening.purpose,
            None => Opening::parse(event).map_or(Purpose::Live, |opening| opening.purpose),
        }
    }

    /// Makes the entry: the event at its place, with the hash of the entry before it.
    pub fn seal(&self, signed: Signed, place: Place) -> Entry {
        Entry {
            position: place.position,
            previous: self.head().hash,
            stream_number: place.stream_number,
            recorded: place.recorded,
            signed,
        }
    }

    /// Reads stored bytes as the next entry, without their signatures, and adds them.
    ///
    /// # Errors
    /// [`ChainError`], with the line that is wrong; the chain is then as it was.
    pub fn extend(&mut self, bytes: &[u8]) -> Result<Entry, ChainError> {
        let entry = Entry::parse(bytes)?;
        self.check(&entry)?;
        self.append(&entry, Hash::of(bytes))?;
        Ok(entry)
    }

    /// Whether `entry` may stand next: its header, its binding, its id; at position 0, whether it opens a
    /// ledger. Signatures are checked apart ([`Signed::verify`]), since they cost a thousand times more and
    /// need no order.
    ///
    /// # Errors
    /// [`ChainError`], with the line that is wrong.
    pub fn check(&self, entry: &Entry) -> Result<(), ChainError> {
        self.check_place(entry)?;
        self.bind(entry.event())?;
        if let Some(first) = self.find(entry.event().id) {
            return Err(ChainError::Twice { id: entry.event().id, first });
        }
        if self.opening.is_none() {
            opening_of(entry)?;
        }
        Ok(())
    }

    /// Whether the header says what follows from the entries before. With the entry's own `recorded` as
    /// the clock, a live ledger places it there unless that is before the last entry; a re-enactment
    /// leaves no choice.
    fn check_place(&self, entry: &Entry) -> Result<(), ChainError> {
        let place = self.place(entry.event(), entry.recorded);
        let differs = |line, found: &dyn ToString, needed: &dyn ToString| ChainError::Place {
            line,
            found: found.to_string(),
            needed: needed.to_string(),
        };
        if entry.position != place.position {
            return Err(differs("position", &entry.position, &place.position));
        }
        if entry.previous != self.head().hash {
            return Err(differs("previous", &entry.previous, &self.head().hash));
        }
        if entry.stream_number != place.stream_number {
            return Err(differs("stream", &entry.stream_number, &place.stream_number));
        }
        if entry.recorded != place.recorded {
            return Err(differs("recorded", &entry.recorded, &place.recorded));
        }
        Ok(())
    }

    /// Adds an entry that [`Chain::check`] has passed; `hash` is that of its bytes.
    ///
    /// # Errors
    /// [`ChainError`] if this is entry 0 and no opening, which [`Chain::check`] has said already.
    pub fn append(&mut self, entry: &Entry, hash: Hash) -> Result<(), ChainError> {
        if self.opening.is_none() {
            self.opening = Some(Arc::new(opening_of(entry)?));
        }
        self.hashes.push_back(hash);
        self.recorded.push_back(entry.recorded);
        self.streams.insert(entry.event().subject.clone(), entry.stream_number);
        self.ids.insert(entry.event().id, entry.position);
        Ok(())
    }
}

fn opening_of(entry: &Entry) -> Result<Opening, ChainError> {
    let opening = Opening::parse(entry.event())?;
    if opening.is_signed_by(entry.signed.keys()) {
        Ok(opening)
    } else {
        Err(ChainError::OpeningNotSigned { needed: opening.threshold })
    }
}
