//! What is read of the record, noted while something is asked of it: the entries, on which the answer rests, and how
//! much it was. What a question costs is so a number, which a test can hold, and not a time.

use minutebook_log::Position;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much of the record an answer took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// How often an entry was read.
    pub entries: u64,
    /// How many subjects were looked up or listed, whether anything is said of them or not.
    pub subjects: u64,
}

/// What was read so far.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// The entries, each once.
    pub(crate) entries: BTreeSet<Position>,
    /// How much it was.
    pub(crate) cost: Cost,
}

impl Noted {
    pub(crate) fn entry(&mut self, position: Position) {
        self.entries.insert(position);
        self.cost.entries += 1;
    }

    pub(crate) fn subject(&mut self) {
        self.cost.subjects += 1;
    }
}

/// What is noted, whatever became of who noted before.
pub(crate) fn lock(noted: &Mutex<Noted>) -> MutexGuard<'_, Noted> {
    noted.lock().unwrap_or_else(PoisonError::into_inner)
}
