//! The ledger: the one way in which an event becomes an entry, told once.
//!
//! parse (whoever calls) -> read, check signatures -> place -> admit -> seal -> commit -> checkpoint -> answer.
//!
//! Signatures are checked and events read in parallel before the queue, in turns, since they cost most and need no order.
//! Readers stand on a [`Known`]: what a number of durable entries say, as a value that never changes. The one writer
//! judges whatever waits on a draft, which goes on from what is known and which nobody else sees, while what it judged
//! before is being committed. Once the entries are durable the draft's book is known; a refusal, a conflict or a failed
//! commit drops the draft, and there is nothing to undo.
//!
//! The checkpoint of a commit is signed beforehand and leaves the writer with it: the store keeps it beside the
//! mark that it moves when the entries are durable, and before anybody is answered. Until then nobody has seen it,
//! so that a commit that came to nothing has signed nothing away. A crash after the commit leaves entries without a
//! checkpoint, and opening the ledger signs it, once it has seen that they continue those of the checkpoint that was
//! kept last.
//!
//! What keeps the writer from writing and may pass (no room, a clock that was set) is looked at again until it has. After
//! a write that failed the store is opened anew and held against all that was acknowledged before anything else is written.
//!
//! Entries that somebody else has written are met as those of a store that is opened: applied, in their order.

// From the ground up: a module imports only from those listed before it.
mod error;
mod patience;
mod clock;
mod meters;
mod compute;
mod create;
mod queue;
mod tree;
mod log_key;
mod noted;
mod stored_entries;
mod known;
mod questions;
mod reader;
mod shelf;
mod start;
mod observed;
mod round;
mod writer;
mod streamed;
mod scrub;
pub use clock::{Clock, SystemClock};
pub(crate) use compute::{each_checked, in_a_turn, in_turns};
pub use create::create;
pub use error::{AppendError, LedgerError, Outlook, Stop};
pub use known::Known;
pub use log_key::{HandOverNote, HandOverNotes, KeyRing};
pub use meters::{LedgerMeters, QueueFill};
pub use observed::Observed;
pub use patience::WriterPatience;
pub use queue::{QUEUE_REQUESTS_MAX, REQUEST_EVENTS_MAX};
pub use reader::{Reader, Unanswered};
pub use scrub::{Beside, ScrubPace, Scrubbed};
pub use shelf::{Index, Shelf};
pub use tree::{HashMissing, Tree};

use crate::doors::Share;
use clock::ClockWatch;
use compute::read_and_check;
use known::Growing;
use minutebook_governance::Finding;
use minutebook_log::{Hash, Position, Signed, Timestamp};
use minutebook_store::{Engine, SledEngine};
use queue::Entrance;
use start::{Started, start};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use writer::Writer;

/// Where an event stands, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The position of its entry.
    pub position: Position,
    /// The hash of the entry's bytes.
    pub hash: Hash,
    /// When the ledger took it.
    pub recorded: Timestamp,
    /// Whether the very same event stood there before.
    pub again: bool,
    /// The soft rules that it broke.
    pub findings: Vec<Finding>,
    /// The entry's bytes, where it is new: whoever asks for a receipt needs them at once.
    pub entry: Option<Vec<u8>>,
}

/// A ledger that is open: append here, read through [`Ledger::reader`]. Clones are handles to one ledger.
pub struct Ledger<E: Engine = SledEngine> {
    reader: Arc<Reader<E>>,
    entrance: Entrance,
    ring: KeyRing,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl<E: Engine> Clone for Ledger<E> {
    fn clone(&self) -> Self {
        Self {
            reader: Arc::clone(&self.reader),
            entrance: self.entrance.clone(),
            ring: self.ring.clone(),
            tasks: self.tasks.clone(),
            closing: self.closing.clone(),
        }
    }
}

impl<E: Engine> Ledger<E> {
    /// Opens the ledger that `engine` holds: reads its book, checking the chain, signs the checkpoint
    /// of its end with the key on `ring` that the book names for it, and starts the writer.
    ///
    /// # Errors
    /// [`LedgerError`], with the first position that is wrong; for an empty store; for rules that this
    /// software does not know; without the key that the book names.
    pub async fn open(engine: E, clock: impl Clock, ring: impl Into<KeyRing>) -> Result<Self, LedgerError> {
        Self::open_with(engine, clock, ring, Index::default()).await
    }

    /// The same, with an index that is kept in another way: on a shelf, so that only the entries since are read.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_with(
        engine: E,
        clock: impl Clock,
        ring: impl Into<KeyRing>,
        index: Index,
    ) -> Result<Self, LedgerError> {
        Self::open_patiently(engine, clock, ring, index, WriterPatience::default()).await
    }

    /// The same, with a writer that waits for other times.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_patiently(
        engine: E,
        clock: impl Clock,
        ring: impl Into<KeyRing>,
        index: Index,
        patience: WriterPatience,
    ) -> Result<Self, LedgerError> {
        let (engine, ring) = (Arc::new(engine), ring.into());
        let Started { growing: Growing { book, tree }, signer, loaded } =
            start(&engine, &index, &ring).await?;
        tracing::info!(entries = book.chain().head().size, "the book is read");
        let opening = book.chain().opening().cloned().ok_or(LedgerError::Empty)?;
        let id = book.chain().hash_at(Position::FIRST).ok_or(LedgerError::Empty)?;
        let keys = (signer.keys().clone(), signer.hand_overs(&tree));
        let known = Known::new(book, tree, &signer);
        // A crash here leaves the note before, which speaks of the same log.
        noted::keep(engine.as_ref(), known.checkpoint()).await?;
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let reader = Arc::new(Reader::new(engine, known, (opening, id), keys, Arc::clone(&clock)));
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let (entrance, exit) = queue::queue(closing.clone());
        let clock = ClockWatch::new(clock, &patience);
        let writer = Writer::new(Arc::clone(&reader), signer, exit, (clock, patience));
        let written = CancellationToken::new();
        if let Some(shelf) = index.shelf {
            tasks.spawn(shelf.keep(Arc::clone(&reader), loaded, written.clone()));
        }
        tasks.spawn_blocking(move || {
            writer.run_to_the_end();
            written.cancel();
        });
        Ok(Self { reader, entrance, ring, tasks, closing })
    }

    /// The ledger for readers.
    pub fn reader(&self) -> &Arc<Reader<E>> {
        &self.reader
    }

    /// Appends events in their order, all of them or none, and returns where they stand once they are
    /// durable. Idempotent: the same event again gets the position of the first.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub async fn append(&self, events: Vec<Signed>) -> Result<Vec<Appended>, AppendError> {
        self.append_in_turns(events, &Share::alone()).await
    }

    /// The same, with the signatures checked in the turns of whoever sends them.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub async fn append_in_turns(
        &self,
        events: Vec<Signed>,
        share: &Share,
    ) -> Result<Vec<Appended>, AppendError> {
        if let Some(stop) = self.reader.stopped() {
            return Err(AppendError::Stopped(stop));
        }
        let reserved = self.entrance.reserve(events.iter())?;
        let events = read_and_check(events, share).await?;
        log_key::check_passed_on(&events, &self.ring)?;
        reserved.send(events).answer().await
    }

    /// Takes no more requests, writes those that wait, and returns when everything that works on the ledger
    /// has ended. The engine is given free when the last handle is dropped.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// What waits to be written.
    pub fn queue(&self) -> QueueFill {
        self.entrance.fill()
    }

    /// Is cancelled when the ledger closes.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.closing
    }
}

impl Ledger<SledEngine> {
    /// Counts how long the disk takes to sync each commit, from now on.
    pub fn measure_syncs(&self) {
        let meters = self.reader.meters().clone();
        self.reader.engine().tell_syncs(move |time| meters.synced(time));
    }
}
