//! The one thing that the register asks of the world: an entry that was appended before, read again.

use crate::Act;
use minutebook_log::{EventId, Position};
use std::fmt;
use std::sync::Arc;

/// Why an entry was not read again. An answer that needed it is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is not there, or not readable.
    #[error("entry {position} could not be read: {what}")]
    Failed {
        /// Which.
        position: Position,
        /// What went wrong.
        what: String,
    },
    /// The event with an id could not be looked for.
    #[error("the event {id} could not be looked for: {what}")]
    NotFound {
        /// Which.
        id: EventId,
        /// What went wrong.
        what: String,
    },
    /// Whoever asked has gone, or his time is over.
    #[error("the question was given up before it was answered")]
    GivenUp,
}

/// Whoever keeps the entries: what stands in a ledger is asked for as it is needed, and not kept in memory.
pub trait Entries: fmt::Debug + Send + Sync {
    /// What the entry at `position` says. Blocks for as long as reading takes.
    ///
    /// # Errors
    /// [`Unread`].
    fn act(&self, position: Position) -> Result<Arc<Act>, Unread>;

    /// Where the event with this id stands, among the entries that are kept.
    ///
    /// # Errors
    /// [`Unread`].
    fn find(&self, id: EventId) -> Result<Option<Position>, Unread>;
}
