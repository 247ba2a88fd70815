//! The book and the tree of a store: read entry by entry, each checked against the chain and the rules before it.
//!
//! Signatures are not checked here: they were before the entries were written, and the store gives back only
//! bytes that have the hash under which they were committed. `minutebook verify` checks all.

use crate::ledger::{LedgerError, Tree};
use minutebook_governance::{Admission, Book, RULES_VERSION};
use minutebook_log::{Entry, Place, Position, TreeHash};
use minutebook_store::{Engine, ReadLimits, Stored};

/// How much is read from the store at a time.
const READ: ReadLimits = ReadLimits { entries: 4096, bytes: 4 * 1024 * 1024 };

/// After how many entries a long replay says how far it is.
const PROGRESS_ENTRIES: u64 = 100_000;

/// Rebuilds the book of what is stored, and the tree over the same bytes.
///
/// # Errors
/// [`LedgerError`], with the first position that does not follow from those before it.
pub(super) async fn replay<E: Engine>(engine: &E) -> Result<(Book, Tree), LedgerError> {
    let (mut book, mut tree) = (Book::new(), Tree::default());
    loop {
        let from = book.chain().head().next();
        let stored = engine.entries(from, READ).await?;
        if stored.is_empty() {
            break;
        }
        for stored in &stored {
            take(&mut book, stored)
                .map_err(|what| LedgerError::Damaged { position: stored.position, what })?;
            check_rules(&book)?;
            tree.append(TreeHash::leaf(&stored.bytes));
        }
        say_progress(from, book.chain().head().next());
    }
    tracing::info!(entries = book.chain().head().size, "the book is read");
    Ok((book, tree))
}

fn take(book: &mut Book, stored: &Stored) -> Result<(), String> {
    let entry = Entry::parse(&stored.bytes).map_err(|malformed| malformed.to_string())?;
    book.chain().check(&entry).map_err(|error| error.to_string())?;
    let Entry { position, stream_number, recorded, .. } = entry;
    let place = Place { position, stream_number, recorded };
    match book.admit(&entry.signed, place).map_err(|refusal| format!("the rules refuse it: {refusal}"))? {
        Admission::New(admitted) => {
            book.append(&entry, stored.hash, admitted).map_err(|error| error.to_string())
        }
        Admission::Again(first) => Err(format!("the same event stands at {first} already")),
    }
}

/// Entries under rules that are not known could be refused wrongly, and be written under the wrong rules.
fn check_rules(book: &Book) -> Result<(), LedgerError> {
    match book.chain().opening() {
        Some(opening) if opening.rules != RULES_VERSION => {
            Err(LedgerError::UnknownRules { found: opening.rules, known: RULES_VERSION })
        }
        _ => Ok(()),
    }
}

fn say_progress(from: Position, to: Position) {
    if from.0 / PROGRESS_ENTRIES != to.0 / PROGRESS_ENTRIES {
        tracing::info!(entries = to.0, "reading the book");
    }
}
