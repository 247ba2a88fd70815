//! What readers see of a ledger: what is durable, and nothing else.

use crate::ledger::{
    Clock, HandOverNote, HandOverNotes, Known, LedgerMeters, Outlook, Stop, Tree, questions,
};
use minutebook_governance::Unread;
use minutebook_log::{
    EventId, Hash, Head, LogKeys, Opening, Position, Purpose, SignedCheckpoint, Subject, Timestamp, TreeSize,
};
use minutebook_store::{Engine, EngineError, ReadLimits, SledEngine, Stored};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// What it rests on could not be read.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// It ended in the middle.
    #[error(transparent)]
    Ended(#[from] tokio::task::JoinError),
}

/// A ledger for its readers: the newest [`Known`], and those that follow it.
pub struct Reader<E: Engine = SledEngine> {
    engine: Arc<E>,
    opening: Opening,
    id: Hash,
    keys: RwLock<LogKeys>,
    hand_overs: RwLock<HandOverNotes>,
    clock: Arc<dyn Clock>,
    known: watch::Sender<Arc<Known>>,
    stopped: watch::Sender<Option<Stop>>,
    meters: LedgerMeters,
}

impl<E: Engine> Reader<E> {
    /// A reader of what is known of `engine`, with the log's keys and the notes at which they passed on.
    pub(super) fn new(
        engine: Arc<E>,
        known: Known,
        (opening, id): (Opening, Hash),
        (keys, hand_overs): (LogKeys, HandOverNotes),
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (known, stopped) = (watch::Sender::new(Arc::new(known)), watch::Sender::new(None));
        let (keys, hand_overs) = (RwLock::new(keys), RwLock::new(hand_overs));
        let meters = LedgerMeters::default();
        Self { engine, opening, id, keys, hand_overs, clock, known, stopped, meters }
    }

    /// What is counted of this ledger.
    pub fn meters(&self) -> &LedgerMeters {
        &self.meters
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

    /// Everything that is durable by now.
    pub fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.borrow())
    }

    /// The same for a question of its own, which may block ([`minutebook_governance::Book::for_question`]).
    pub(crate) fn known_for_question(&self) -> Known {
        self.known().for_question()
    }

    /// Everything that is durable by now, and whenever there is more.
    pub fn watch(&self) -> watch::Receiver<Arc<Known>> {
        self.known.subscribe()
    }

    /// Where the durable log ends.
    pub fn head(&self) -> Head {
        self.known.borrow().head()
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

    /// The newest checkpoint, signed by the log alone. It covers every entry that was acknowledged.
    pub fn checkpoint(&self) -> Arc<SignedCheckpoint> {
        Arc::clone(self.known.borrow().checkpoint())
    }

    /// Why the ledger takes no entries, if it does not, and each time that this changes: [`Stop::reason`] is one word for
    /// it, [`Stop::outlook`] what becomes of it.
    pub fn watch_stop(&self) -> watch::Receiver<Option<Stop>> {
        self.stopped.subscribe()
    }

    /// Asks a question of everything that is durable by now, where it may take its time: it holds up nobody, and
    /// nobody holds it up.
    ///
    /// # Errors
    /// [`Unanswered`]: an answer that rests on what could not be read is none.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Known) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let (known, span) = (self.known().for_question(), tracing::Span::current());
        let asked = questions::spawn(move || {
            let _entered = span.enter();
            let answer = question(&known);
            known.book().fault().map(|()| answer)
        });
        Ok(asked.await??)
    }

    /// The same for whoever writes, who does not step back behind others.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub(crate) async fn ask_to_write<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Known) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let known = self.known().for_question();
        let asked = tokio::task::spawn_blocking(move || {
            let answer = question(&known);
            known.book().fault().map(|()| answer)
        });
        Ok(asked.await??)
    }

    /// Asks something of the tree over everything that is durable by now. What is asked of old entries reads them again,
    /// and so happens where it may block.
    ///
    /// # Errors
    /// What went wrong, if it ended in the middle.
    pub async fn ask_tree<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Tree) -> T + Send + 'static,
    ) -> Result<T, tokio::task::JoinError> {
        let known = self.known();
        questions::spawn(move || question(known.tree())).await
    }

    /// The entries from `from` on, up to the durable head or the limits.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`].
    pub async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.engine.entries(from, limits).await
    }

    /// What [`Reader::entries`] says. Blocks: for callers on a thread that may.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`].
    pub(crate) fn read_range(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.engine.read_range(from, limits)
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

    pub(super) fn engine(&self) -> &Arc<E> {
        &self.engine
    }

    /// Takes the log's keys, and the note of a hand-over, if there is one, before the checkpoint that needs them.
    pub(super) fn pass_on(&self, keys: &LogKeys, hand_over: Option<(TreeSize, HandOverNote)>) {
        if let Some((size, note)) = hand_over {
            self.hand_overs.write().unwrap_or_else(PoisonError::into_inner).insert(size, note);
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys.clone();
        }
    }

    /// Lets readers see what is durable.
    pub(super) fn show(&self, known: Known) {
        self.known.send_replace(Arc::new(known));
    }

    /// Has the writer take no more, for this reason; one that lasts is not forgotten over one that passes.
    pub(crate) fn stop(&self, stop: Stop) {
        self.stopped.send_if_modified(|known| {
            let is_new =
                known.as_ref().is_none_or(|known| known.outlook() == Outlook::GoesOn && *known != stop);
            if is_new {
                *known = Some(stop);
            }
            is_new
        });
    }

    /// Has it take entries again, unless something keeps it from that which lasts.
    pub(super) fn go_on(&self) {
        self.stopped.send_if_modified(|known| {
            let passes = known.as_ref().is_some_and(|known| known.outlook() == Outlook::GoesOn);
            if passes {
                *known = None;
            }
            passes
        });
    }

    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped.borrow().clone()
    }
}
