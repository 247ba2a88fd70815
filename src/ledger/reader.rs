//! What readers see of a ledger: what is durable, and nothing else.

use crate::ledger::{Clock, HandOverNote, HandOverNotes, Stop, Tree};
use minutebook_governance::Book;
use minutebook_log::{
    EventId, Hash, Head, LogKeys, Opening, Position, Purpose, SignedCheckpoint, Subject, Timestamp, TreeSize,
};
use minutebook_store::{Engine, EngineError, ReadLimits, SledEngine, Stored};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::watch;

/// A ledger for its readers. The writer's book runs ahead of what is durable while a commit is under way, so
/// every question is asked with the durable head beside it.
pub struct Reader<E: Engine = SledEngine> {
    engine: E,
    book: RwLock<Book>,
    tree: RwLock<Tree>,
    opening: Opening,
    id: Hash,
    keys: RwLock<LogKeys>,
    hand_overs: RwLock<HandOverNotes>,
    clock: Arc<dyn Clock>,
    durable: watch::Sender<Head>,
    checkpoint: watch::Sender<Arc<SignedCheckpoint>>,
    stopped: watch::Sender<Option<Stop>>,
}

impl<E: Engine> Reader<E> {
    /// A reader of what was replayed from `engine`, at its end, with the log's keys, the notes at which they passed
    /// on, and the checkpoint of that end.
    pub(super) fn new(
        engine: E,
        (book, tree): (Book, Tree),
        (opening, id): (Opening, Hash),
        (keys, hand_overs, checkpoint): (LogKeys, HandOverNotes, SignedCheckpoint),
        clock: Arc<dyn Clock>,
    ) -> Self {
        let durable = watch::Sender::new(book.chain().head());
        let checkpoint = watch::Sender::new(Arc::new(checkpoint));
        let stopped = watch::Sender::new(None);
        let (book, tree) = (RwLock::new(book), RwLock::new(tree));
        let (keys, hand_overs) = (RwLock::new(keys), RwLock::new(hand_overs));
        Self { engine, book, tree, opening, id, keys, hand_overs, clock, durable, checkpoint, stopped }
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

    /// The keys that sign the log's checkpoints, each with its position. They may be one commit ahead of
    /// [`Reader::checkpoint`], never behind it.
    pub fn log_keys(&self) -> LogKeys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The notes at which the log's key has passed on.
    pub fn hand_overs(&self) -> HandOverNotes {
        self.hand_overs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the note of a hand-over, checked, that this server could not make again.
    pub fn restore_hand_over(&self, found: SignedCheckpoint) {
        let mut notes = self.hand_overs.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = notes.get_mut(&found.unverified().head.size) {
            known.note = Some(found);
        }
    }

    /// The newest checkpoint, signed by the log alone. It covers every entry that was acknowledged, and may
    /// be one commit ahead of [`Reader::head`], which is durable then too.
    pub fn checkpoint(&self) -> Arc<SignedCheckpoint> {
        Arc::clone(&self.checkpoint.borrow())
    }

    /// The newest checkpoint, and each after it.
    pub fn watch_checkpoint(&self) -> watch::Receiver<Arc<SignedCheckpoint>> {
        self.checkpoint.subscribe()
    }

    /// The tree over the durable entries: at least as large as [`Reader::checkpoint`] said before. Held
    /// briefly; the writer waits for it.
    pub fn tree(&self) -> RwLockReadGuard<'_, Tree> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner)
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

    pub(super) fn tree_mut(&self) -> RwLockWriteGuard<'_, Tree> {
        self.tree.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the log's keys, and the note of a hand-over, if there is one, before the checkpoint that needs them.
    pub(super) fn pass_on(&self, keys: &LogKeys, hand_over: Option<(TreeSize, HandOverNote)>) {
        if let Some((size, note)) = hand_over {
            self.hand_overs.write().unwrap_or_else(PoisonError::into_inner).insert(size, note);
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.clone();
        }
    }

    /// Lets readers see a head that is durable, and the checkpoint of it.
    pub(super) fn publish(&self, head: Head, checkpoint: SignedCheckpoint) {
        self.checkpoint.send_replace(Arc::new(checkpoint));
        self.durable.send_replace(head);
    }

    pub(super) fn stop(&self, stop: Stop) {
        self.stopped.send_replace(Some(stop));
    }

    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped.borrow().clone()
    }
}
