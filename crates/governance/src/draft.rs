//! The draft: what would follow in a book, while nobody else sees it.
//!
//! Place, admit, seal, append stand here and nowhere else. A ledger commits what a draft has sealed, and its book
//! takes the place of the one before; a refusal, a conflict or a dry run drops it, and has cost what it judged.

use crate::catalogue::read;
use crate::{Act, Admission, Admitted, Book, Finding, Refusal};
use minutebook_log::{ChainError, Entry, Hash, Malformed, Place, Position, Signed, Timestamp};
use std::sync::Arc;

/// An event that was read: its bytes, its signatures, and what it says. Reading needs no order, and happens on all
/// cores before anything is asked of a book.
#[derive(Debug, Clone)]
pub struct ReadEvent {
    signed: Signed,
    act: Result<Arc<Act>, Malformed>,
}

impl ReadEvent {
    /// Reads what a signed event says. Whether its signatures hold is asked elsewhere ([`Signed::verify`]).
    pub fn of(signed: Signed) -> Self {
        let act = read(&signed).map(Arc::new);
        Self { signed, act }
    }

    /// The event with its signatures.
    pub fn signed(&self) -> &Signed {
        &self.signed
    }
}

/// An entry that a draft has made.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The entry.
    pub entry: Entry,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Their hash.
    pub hash: Hash,
    /// The soft rules that it broke.
    pub findings: Vec<Finding>,
}

/// What became of an event that a draft has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is new, and stands there in the draft.
    New(Position),
    /// The very same event stood there before.
    Again(Position),
}

impl Taken {
    /// Where it stands.
    pub fn position(self) -> Position {
        match self {
            Taken::New(position) | Taken::Again(position) => position,
        }
    }
}

/// A book, and what was sealed on top of it.
#[derive(Debug, Clone)]
pub struct Draft {
    book: Book,
    sealed: Vec<Sealed>,
}

impl Draft {
    /// A draft that goes on from `book`, which it leaves as it is.
    pub fn on(book: &Book) -> Self {
        Self { book: book.for_question(), sealed: Vec::new() }
    }

    /// The book with everything that was taken so far.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// What was sealed so far, in the order of the positions.
    pub fn sealed(&self) -> &[Sealed] {
        &self.sealed
    }

    /// The book, and what has to be stored before anybody may see it.
    pub fn into_parts(self) -> (Book, Vec<Sealed>) {
        (self.book, self.sealed)
    }

    /// Places an event by the ledger's `clock`, asks the rules, seals it and appends it; or finds it there. Its
    /// signatures have been verified.
    ///
    /// # Errors
    /// [`Refusal`]; the draft is then as it was.
    pub fn take(&mut self, event: &ReadEvent, clock: Timestamp) -> Result<Taken, Refusal> {
        let place = self.book.place(&event.signed, clock);
        let admitted = match self.book.admit_act(event.act.clone(), &event.signed, place)? {
            Admission::New(admitted) => admitted,
            Admission::Again(first) => return Ok(Taken::Again(first)),
        };
        self.seal(event.signed.clone(), place, admitted)?;
        Ok(Taken::New(place.position))
    }

    /// Goes on as if an event had been admitted; where it would stand, if it can.
    pub(crate) fn suppose(&mut self, signed: Signed, place: Place, as_if: Admitted) -> Option<Position> {
        self.seal(signed, place, as_if).ok().map(|()| place.position)
    }

    fn seal(&mut self, signed: Signed, place: Place, admitted: Admitted) -> Result<(), ChainError> {
        let findings = admitted.findings().to_vec();
        let entry = self.book.chain().seal(signed, place);
        let bytes = entry.encode();
        let hash = Hash::of(&bytes);
        self.book.append(&entry, hash, admitted)?;
        self.sealed.push(Sealed { entry, bytes, hash, findings });
        Ok(())
    }

    /// Takes events in their order, all of them or none.
    ///
    /// # Errors
    /// The index of the first that is refused, and why; the draft is then as it was.
    pub fn take_all(
        &mut self,
        events: &[ReadEvent],
        clock: Timestamp,
    ) -> Result<Vec<Taken>, (usize, Refusal)> {
        if let [event] = events {
            return self.take(event, clock).map(|taken| vec![taken]).map_err(|refusal| (0, refusal));
        }
        let (book, sealed) = (self.book.clone(), self.sealed.len());
        let take = |(index, event)| self.take(event, clock).map_err(|refusal| (index, refusal));
        let taken = events.iter().enumerate().map(take).collect();
        if Result::is_err(&taken) {
            self.book = book;
            self.sealed.truncate(sealed);
        }
        taken
    }
}
