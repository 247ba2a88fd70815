use crate::{Batch, InvalidBatch};
use minutebook_log::{EventId, Hash, Head, Position, Subject};
use std::future::Future;
use tokio::sync::watch;

/// Where a log is stored. Used as a generic, not as `dyn`; share one behind an `Arc`.
///
/// Dropping a future does not undo what it started: a commit whose future is dropped may be stored.
pub trait Engine: Send + Sync + 'static {
    /// Where the durable log ends.
    fn head(&self) -> impl Future<Output = Result<Head, EngineError>> + Send;

    /// Appends `batch`, whole, if the head is still `expected`, and returns the new head. Durable once `Ok`.
    ///
    /// # Errors
    /// [`EngineError`]: only after `Unknown` may any of it be stored.
    fn commit(&self, expected: Head, batch: Batch) -> impl Future<Output = Result<Head, EngineError>> + Send;

    /// The entries from `from` on, without a gap, up to the durable head or the limits; none at or beyond
    /// the head.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`], naming the position whose bytes are missing or are not those committed.
    fn entries(
        &self,
        from: Position,
        limits: ReadLimits,
    ) -> impl Future<Output = Result<Vec<Stored>, EngineError>> + Send;

    /// The entries about `subject` from its number `from_number` (counted from 1) on, without a gap, up to
    /// the durable head or the limits.
    ///
    /// # Errors
    /// As for [`Engine::entries`].
    fn stream(
        &self,
        subject: &Subject,
        from_number: u64,
        limits: ReadLimits,
    ) -> impl Future<Output = Result<Vec<Stored>, EngineError>> + Send;

    /// Where the event with this id stands.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`].
    fn find(&self, id: EventId) -> impl Future<Output = Result<Option<Position>, EngineError>> + Send;

    /// The entry at `position`. Blocks: for callers on a thread that may.
    ///
    /// # Errors
    /// [`EngineError::Beyond`] at or beyond the durable head; else as for [`Engine::entries`].
    fn read(&self, position: Position) -> Result<Stored, EngineError>;

    /// What [`Engine::entries`] says. Blocks: for callers on a thread that may.
    ///
    /// # Errors
    /// As for [`Engine::entries`].
    fn read_range(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError>;

    /// What [`Engine::find`] says. Blocks: for callers on a thread that may.
    ///
    /// # Errors
    /// As for [`Engine::find`].
    fn find_now(&self, id: EventId) -> Result<Option<Position>, EngineError>;

    /// Where the durable log ends, and each time that it ends elsewhere, whoever appended; heads that follow
    /// fast on each other may be told as one. It ends with the engine.
    fn watch(&self) -> watch::Receiver<Head>;

    /// The newest note that was kept beside the mark; empty before the first. It may speak of an earlier head
    /// than the log has, never of a later one.
    ///
    /// # Errors
    /// [`EngineError::Stopped`].
    fn note(&self) -> impl Future<Output = Result<Vec<u8>, EngineError>> + Send;

    /// Keeps a note, of at most 3 KiB, about the head that the log has. Durable once `Ok`.
    ///
    /// # Errors
    /// [`EngineError`].
    fn keep_note(&self, note: Vec<u8>) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// After a write that failed ([`EngineError::Unknown`], [`EngineError::Stopped`]): opens the store anew, holds it
    /// against all that was acknowledged, and takes commits again. Says where the durable log ends, which may be behind
    /// the batch that failed. Where nothing has failed nothing is done. Reads may be refused while it goes on.
    ///
    /// # Errors
    /// [`EngineError::Files`] while the operating system still refuses: ask again later; [`EngineError::Corrupt`]
    /// where what was acknowledged is not there.
    fn reopen(&self) -> impl Future<Output = Result<Head, EngineError>> + Send {
        self.head()
    }
}

/// An entry as an engine gives it back: the hash has been computed again from the bytes and agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it stands.
    pub position: Position,
    /// The hash of its bytes.
    pub hash: Hash,
    /// Its bytes as committed.
    pub bytes: Vec<u8>,
}

/// How much one read returns at most. The first entry comes whatever its size, so that a reader always gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// The most entries.
    pub entries: usize,
    /// The most bytes of all entries together.
    pub bytes: usize,
}

impl ReadLimits {
    /// Whether, after `taken` entries with `taken_bytes` bytes, one of `next_bytes` still comes along.
    pub(crate) fn admit(&self, taken: usize, taken_bytes: usize, next_bytes: usize) -> bool {
        taken < self.entries && (taken == 0 || taken_bytes.saturating_add(next_bytes) <= self.bytes)
    }
}

/// Why an engine did not do what it was asked: the world failed, not the rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// Somebody else has appended since. Nothing was stored: place, admit and seal again.
    #[error(
        "the log does not end where it was expected to: expected {} entries and the hash {}, found {} and {}; \
         nothing was stored, read the new entries and try again",
        expected.size, expected.hash, found.size, found.hash
    )]
    Conflict {
        /// What the commit was conditional on.
        expected: Head,
        /// Where the log ends instead.
        found: Head,
    },
    /// The batch broke the engine's own rules. Nothing was stored.
    #[error(transparent)]
    Invalid(#[from] InvalidBatch),
    /// The commit was begun and its end is not known: all of it is stored, or nothing. Open the store again
    /// ([`Engine::reopen`]), read on from the last known head, and repeat the same bytes only.
    #[error(
        "the batch may or may not be stored: {why}; open the store again to see where the log ends, then \
         send again only the same bytes"
    )]
    Unknown {
        /// What failed.
        why: String,
    },
    /// An earlier write failed, so this engine takes no more; reads go on. Nothing was stored.
    #[error("the store has stopped ({why}); nothing was stored: open it again")]
    Stopped {
        /// What failed then.
        why: String,
    },
    /// An entry was asked for that there is none of yet: the caller's mistake.
    #[error("position {position} is beyond the end of the log, which has {} entries", head.size)]
    Beyond {
        /// What was asked for.
        position: Position,
        /// Where the log ends.
        head: Head,
    },
    /// The operating system refused something: no room, too many open files. It is no sign of damage.
    #[error(
        "{what} failed: {why}; this is no sign of damage: see that the disk has room, that the folder may be \
         written to, and that the program may open enough files, then try again"
    )]
    Files {
        /// What was tried.
        what: String,
        /// What the operating system said.
        why: String,
    },
    /// What is stored is not what was committed.
    #[error("the store is damaged: {what}; {repair}")]
    Corrupt {
        /// What is wrong, naming the position if there is one.
        what: String,
        /// What to do about it.
        repair: String,
    },
}
