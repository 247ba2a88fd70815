//! What a number of durable entries say: everything that a reader can see, as one value.

use crate::ledger::log_key::Signer;
use crate::ledger::stored_entries::{StoredEntries, StoredLeaves};
use crate::ledger::{LedgerError, Tree};
use minutebook_governance::{ApplyError, Book, Keeping, RULES_VERSION, catalogue};
use minutebook_log::{Entry, Head, Position, SignedCheckpoint, TreeHash};
use minutebook_store::{Engine, ReadLimits, Stored};
use rayon::prelude::*;
use std::sync::Arc;

/// How much is read from the store at a time.
const READ: ReadLimits = ReadLimits { entries: 4096, bytes: 4 * 1024 * 1024 };

/// After how many entries a long reading says how far it is.
const PROGRESS_ENTRIES: u64 = 100_000;

/// The book and the tree of the same durable entries, and what the log signs of them. It never changes: whoever holds
/// one has the same answers for as long as he likes, and holds up nobody.
#[derive(Debug, Clone)]
pub struct Known {
    book: Book,
    tree: Tree,
    checkpoint: Arc<SignedCheckpoint>,
}

impl Known {
    pub(super) fn new(book: Book, tree: Tree, signer: &Signer) -> Self {
        let checkpoint = Arc::new(signer.sign(tree.head()));
        Self { book, tree, checkpoint }
    }

    /// The same for a question of its own ([`Book::for_question`]).
    pub(super) fn for_question(&self) -> Self {
        Self { book: self.book.for_question(), ..self.clone() }
    }

    /// The same, with everything in segments that is worth one.
    pub(super) fn sealed_from(&self, entries: usize) -> Self {
        let mut known = self.clone();
        known.book.seal_from(entries);
        known
    }

    /// The same once its entries are stored.
    pub(super) fn stored(mut self) -> Self {
        self.book.seal();
        self
    }

    /// The book, of which questions are asked.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The tree over the entries.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The checkpoint of that tree, signed by the log alone.
    pub fn checkpoint(&self) -> &Arc<SignedCheckpoint> {
        &self.checkpoint
    }

    /// Where these entries end.
    pub fn head(&self) -> Head {
        self.book.chain().head()
    }
}

/// A book and its tree, growing by what a store holds: how opening, meeting somebody else's entries and following all
/// go on.
#[derive(Debug, Clone)]
pub(super) struct Growing {
    pub(super) book: Book,
    pub(super) tree: Tree,
}

impl Growing {
    /// Nothing yet, of what `engine` has.
    pub(super) fn of<E: Engine>(engine: &Arc<E>, keeping: Keeping) -> Self {
        let entries = Arc::new(StoredEntries(Arc::clone(engine)));
        Self { book: Book::kept_by(entries, keeping), tree: Tree::of(Arc::new(StoredLeaves::of(engine))) }
    }

    /// Whatever is known already. What somebody else could not read of it is his own affair.
    pub(super) fn from(known: &Known) -> Self {
        Self { book: known.book.for_question(), tree: known.tree.clone() }
    }

    /// Takes every entry that `engine` has and this has not.
    ///
    /// Signatures are not checked here: they were before the entries were written, and the store gives back only
    /// bytes that have the hash under which they were committed. `minutebook verify` checks all.
    ///
    /// # Errors
    /// [`LedgerError`], with the first position that does not follow from those before it.
    pub(super) async fn read_on<E: Engine>(&mut self, engine: &E) -> Result<(), LedgerError> {
        loop {
            let from = self.book.chain().head().next();
            let stored = engine.entries(from, READ).await?;
            if stored.is_empty() {
                return Ok(());
            }
            self.apply(&stored)?;
            say_progress(from, self.book.chain().head().next());
        }
    }

    /// Reads these on all cores, and takes them in their order.
    fn apply(&mut self, stored: &[Stored]) -> Result<(), LedgerError> {
        let damaged = |position, what| LedgerError::Damaged { position, what };
        let read = stored.par_iter().map(|stored| {
            let entry = Entry::parse(&stored.bytes)
                .map_err(|malformed| damaged(stored.position, malformed.to_string()))?;
            let act = catalogue::read(&entry.signed).map(Arc::new);
            Ok((entry, act, TreeHash::leaf(&stored.bytes)))
        });
        let read: Vec<_> = read.collect::<Result<_, LedgerError>>()?;
        for (stored, (entry, act, leaf)) in stored.iter().zip(read) {
            self.book.apply(&entry, stored.hash, act).map_err(|error| match error {
                ApplyError::UnknownRules { found } => {
                    LedgerError::UnknownRules { found, known: RULES_VERSION }
                }
                error => damaged(stored.position, error.to_string()),
            })?;
            self.tree.append(leaf);
        }
        self.book.seal();
        Ok(())
    }
}

fn say_progress(from: Position, to: Position) {
    if from.0 / PROGRESS_ENTRIES != to.0 / PROGRESS_ENTRIES {
        tracing::info!(entries = to.0, "reading the book");
    }
}
