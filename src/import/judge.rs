//! The dry run: rows judged on a book of one's own, each as those before it leave it. Nothing is sent, and the server
//! keeps no second book for anybody.

use super::row::{Problem, problems};
use minutebook_governance::{Book, Draft, Finding, ReadEvent, Taken};
use minutebook_log::{EventId, Position, Signed, Timestamp};

/// A book that rows are judged by: what the ledger has, and then what was judged.
#[derive(Debug)]
pub struct Judge {
    draft: Draft,
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
        Self { stored: book.chain().head().size, draft: Draft::on(&book) }
    }

    /// The book, with what was judged so far.
    pub fn book(&self) -> &Book {
        self.draft.book()
    }

    /// Judges an event, and takes it into the book if it is admitted. `clock` is the time of a live ledger.
    pub fn judge(&mut self, signed: &Signed, clock: Timestamp) -> Judged {
        if let Some(at) = self.book().chain().find(signed.event().id) {
            return if at.0 < self.stored { Judged::There(at) } else { Judged::Repeated };
        }
        match self.draft.take(&ReadEvent::of(signed.clone()), clock) {
            Ok(Taken::New(_position)) => {
                let sealed = self.draft.sealed().last();
                Judged::New(sealed.map(|sealed| sealed.findings.clone()).unwrap_or_default())
            }
            Ok(Taken::Again(at)) => Judged::There(at),
            Err(refusal) => Judged::Refused(problems(&refusal)),
        }
    }

    /// Where an event that was judged new would stand, were all appended in their order; nothing for one that was not.
    pub fn place_of(&self, id: EventId) -> Option<Position> {
        self.book().chain().find(id).filter(|at| at.0 >= self.stored)
    }
}
