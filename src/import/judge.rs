//! The dry run: rows judged on a book of one's own, each as those before it leave it. Nothing is sent, and the server
//! keeps no second book for anybody.

use super::row::{Problem, problems};
use minutebook_governance::{Admission, Book, Finding};
use minutebook_log::{EventId, Hash, Position, Signed, Timestamp};

/// A book that rows are judged by: what the ledger has, and then what was judged.
#[derive(Debug)]
pub struct Judge {
    book: Book,
    /// How many entries the ledger has.
    stored: u64,
}

/// What became of a row.
#[derive(Debug)]
pub enum Judged {
    /// It would be appended, with these findings.
    New(Vec<Finding>),
    /// It stands in the ledger.
    There(Position),
    /// A row before it says the same.
    Repeated,
    /// It would be refused.
    Refused(Vec<Problem>),
}

impl Judge {
    /// A judge who knows everything that the ledger has.
    pub fn new(book: Book) -> Self {
        Self { stored: book.chain().head().size, book }
    }

    /// The book, with what was judged so far.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Judges an event, and takes it into the book if it is admitted. `clock` is the time of a live ledger.
    pub fn judge(&mut self, signed: &Signed, clock: Timestamp) -> Judged {
        if let Some(at) = self.book.chain().find(signed.event().id) {
            return if at.0 < self.stored { Judged::There(at) } else { Judged::Repeated };
        }
        let place = self.book.place(signed, clock);
        let admitted = match self.book.admit(signed, place) {
            Ok(Admission::New(admitted)) => admitted,
            Ok(Admission::Again(at)) => return Judged::There(at),
            Err(refusal) => return Judged::Refused(problems(&refusal)),
        };
        let findings = admitted.findings().to_vec();
        let entry = self.book.chain().seal(signed.clone(), place);
        match self.book.append(&entry, Hash::of(&entry.encode()), admitted) {
            Ok(()) => Judged::New(findings),
            Err(error) => Judged::Refused(vec![Problem::of_form(error.to_string(), "an entry that follows")]),
        }
    }

    /// Where an event that was judged new would stand, were all appended in their order; nothing for one that was not.
    pub fn place_of(&self, id: EventId) -> Option<Position> {
        self.book.chain().find(id).filter(|at| at.0 >= self.stored)
    }
}
