//! What readers see of a ledger: what is durable, and nothing else.

use crate::ledger::{Clock, Stop};
use minutebook_governance::Book;
use minutebook_log::{EventId, Hash, Head, Opening, Position, Purpose, Subject, Timestamp};
use minutebook_store::{Engine, EngineError, ReadLimits, SledEngine, Stored};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::watch;

/// A ledger for its readers. The writer's book runs ahead of what is durable while a commit is under way, so
/// every question is asked with the durable head beside it.
pub struct Reader<E: Engine = SledEngine> {
    engine: E,
    book: RwLock<Book>,
    opening: Opening,
    id: Hash,
    clock: Arc<dyn Clock>,
    durable: watch::Sender<Head>,
    stopped: watch::Sender<Option<Stop>>,
}

impl<E: Engine> Reader<E> {
    pub(super) fn new(engine: E, book: Book, opening: Opening, id: Hash, clock: Arc<dyn Clock>) -> Self {
        let durable = watch::Sender::new(book.chain().head());
        let stopped = watch::Sender::new(None);
        Self { engine, book: RwLock::new(book), opening, id, clock, durable, stopped }
    }

    /// What the opening entry says.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// The ledger's id: the hash of its opening entry.
    pub fn id(&self) -> Hash {
        self.id
    }

    /// Whether the ledger plays the past again.
    pub fn is_re_enactment(&self) -> bool {
        self.opening.purpose == Purpose::ReEnactment
    }

    /// The time of day by the ledger's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where the durable log ends.
    pub fn head(&self) -> Head {
        *self.durable.borrow()
    }

    /// Where the durable log ends, and each end after it.
    pub fn watch_head(&self) -> watch::Receiver<Head> {
        self.durable.subscribe()
    }

    /// Why the writer has stopped, if it has.
    pub fn watch_stop(&self) -> watch::Receiver<Option<Stop>> {
        self.stopped.subscribe()
    }

    /// Asks a question of the book where it may take its time. Only what stands before the head that comes
    /// with it may be told: what lies beyond is not durable yet.
    ///
    /// # Errors
    /// What went wrong, if the question itself ended in the middle.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Book, Head) -> T + Send + 'static,
    ) -> Result<T, tokio::task::JoinError> {
        let (reader, span) = (Arc::clone(self), tracing::Span::current());
        tokio::task::spawn_blocking(move || {
            let _entered = span.enter();
            let head = reader.head();
            question(&reader.book(), head)
        })
        .await
    }

    /// The entries from `from` on, up to the durable head or the limits.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`].
    pub async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.engine.entries(from, limits).await
    }

    /// The entries about `subject` from its number `from_number` on, up to the durable head or the limits.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`].
    pub async fn stream(
        &self,
        subject: &Subject,
        from_number: u64,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        self.engine.stream(subject, from_number, limits).await
    }

    /// Where the event with this id stands.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`].
    pub async fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.engine.find(id).await
    }

    pub(super) fn engine(&self) -> &E {
        &self.engine
    }

    /// The book as the writer has it. A panic under this lock ends the writer, and no other takes its place.
    pub(super) fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn book_mut(&self) -> RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn publish(&self, head: Head) {
        self.durable.send_replace(head);
    }

    pub(super) fn stop(&self, stop: Stop) {
        self.stopped.send_replace(Some(stop));
    }

    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped.borrow().clone()
    }
}
