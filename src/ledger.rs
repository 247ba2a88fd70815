//! The ledger: the one way in which an event becomes an entry, told once.
//!
//! parse (whoever calls) -> read, check signatures -> place -> admit -> seal -> commit -> checkpoint -> answer.
//!
//! Signatures are checked and events read in parallel before the queue, in turns, since they cost most and need no order.
//! Readers stand on a [`Known`]: what a number of durable entries say, as a value that never changes. The one writer
//! takes whatever waits as one group and judges it on a draft, which goes on from what is known and which nobody else
//! sees. Once the entries are durable the draft's book is known; a refusal, a conflict or a failed commit drops the
//! draft, and there is nothing to undo.
//!
//! The checkpoint of a commit is signed beforehand and leaves the writer with it: the store keeps it beside the
//! mark that it moves when the entries are durable, and before anybody is answered. Until then nobody has seen it,
//! so that a commit that came to nothing has signed nothing away. A crash after the commit leaves entries without a
//! checkpoint, and opening the ledger signs it, once it has seen that they continue those of the checkpoint that was
//! kept last.
//!
//! Entries that somebody else has written are met as those of a store that is opened: applied, in their order.

// From the ground up: a module imports only from those listed before it.
mod error;
mod clock;
mod compute;
mod create;
mod queue;
mod tree;
mod log_key;
mod noted;
mod stored_entries;
mod known;
mod reader;
mod shelf;
mod start;
mod streamed;
mod scrub;
pub use clock::{Clock, SystemClock};
pub(crate) use compute::in_turns;
pub use create::create;
pub use error::{AppendError, LedgerError, Stop};
pub use known::Known;
pub use log_key::{HandOverNote, HandOverNotes, KeyRing};
pub use queue::{QUEUE_REQUESTS_MAX, REQUEST_EVENTS_MAX};
pub use reader::{Reader, Unanswered};
pub use scrub::{ScrubPace, Scrubbed};
pub use shelf::{Index, Shelf};
pub use tree::{HashMissing, Tree};

use crate::doors::Share;
use clock::ClockWatch;
use compute::read_and_check;
use create::new_entry;
use error::Failure;
use known::Growing;
use log_key::Signer;
use minutebook_governance::{Book, Draft, Finding, Refusal, Taken};
use minutebook_log::{Hash, Head, Position, Signed, Timestamp, TreeHash};
use minutebook_store::{Batch, Engine, EngineError, SledEngine};
use queue::{Answer, Entrance, Exit, Request, answer_all};
use start::{Started, start};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often a group is tried again when somebody else wrote first, or when it can't be told whether the
/// store has it.
const ATTEMPTS_MAX: usize = 4;

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
        let clock = ClockWatch::new(clock);
        let writer = Writer { reader: Arc::clone(&reader), signer, queue: exit, clock };
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
        let answer = reserved.send(events).await;
        answer.unwrap_or_else(|_dropped| {
            Err(AppendError::Unknown { why: "the writer ended in the middle".to_owned() })
        })
    }

    /// Takes no more requests, writes those that wait, and returns when everything that works on the ledger
    /// has ended. The engine is given free when the last handle is dropped.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Is cancelled when the ledger closes.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.closing
    }
}

/// The one who writes.
struct Writer<E: Engine> {
    reader: Arc<Reader<E>>,
    signer: Signer,
    queue: Exit,
    clock: ClockWatch,
}

/// What became of a group's first requests, and what is to be committed for those that were admitted.
struct Judged {
    answers: Vec<Answer>,
    draft: Draft,
    /// Whoever signs from the last entry on, where that passes the log's key on.
    next: Option<Signer>,
}

impl<E: Engine> Writer<E> {
    /// Writes on the thread that it is called on: judging a group takes the processor for longer than a task
    /// of the runtime should.
    fn run_to_the_end(self) {
        let (runtime, reader) = (tokio::runtime::Handle::current(), Arc::clone(&self.reader));
        if catch_unwind(AssertUnwindSafe(|| runtime.block_on(self.run()))).is_err() {
            reader.stop(Stop::Inconsistent("the writer failed in the middle of its work".to_owned()));
        }
    }

    /// Writes until the queue is closed and empty. Once stopped, it answers and writes nothing.
    async fn run(mut self) {
        while let Some(group) = self.queue.next_group().await {
            match self.reader.stopped() {
                None => self.write(group).await,
                Some(stop) => answer_all(group, &AppendError::Stopped(stop)),
            }
        }
    }

    /// Writes one group. Nobody is answered before the commit: a refusal, too, may rest on an entry of the
    /// same group.
    async fn write(&mut self, mut group: Vec<Request>) {
        for _attempt in 0..ATTEMPTS_MAX {
            match self.try_write(&mut group).await {
                Ok(answers) => {
                    let answered = group.into_iter().zip(answers);
                    return answered.for_each(|(request, answer)| request.answer(answer));
                }
                Err(Failure::Conflict) => {
                    tracing::warn!("somebody else wrote first: judging anew");
                    if let Err(failure) = self.meet().await {
                        return self.give_up(group, failure);
                    }
                }
                Err(failure) => return self.give_up(group, failure),
            }
        }
        answer_all(group, &AppendError::Contended);
    }

    /// Answers a group that was not written, and stops unless others merely came first.
    fn give_up(&self, group: Vec<Request>, failure: Failure) {
        let (stop, answer) = match failure {
            Failure::Conflict => return answer_all(group, &AppendError::Contended),
            Failure::Unknown { why } => {
                (Stop::Store(EngineError::Unknown { why: why.clone() }), AppendError::Unknown { why })
            }
            Failure::Stop(stop) => (stop.clone(), AppendError::Stopped(stop)),
        };
        self.stop(stop);
        answer_all(group, &answer);
    }

    /// Place, admit, seal, commit, checkpoint. `group` is left with the requests that there are answers for; the
    /// others are the next group's.
    async fn try_write(&mut self, group: &mut Vec<Request>) -> Result<Vec<Answer>, Failure> {
        let known = self.reader.known();
        let clock = self.read_clock(&known)?;
        let Judged { answers, draft, next } = self.judge(&known, group, clock)?;
        self.queue.put_back(group.split_off(answers.len()));
        let (book, sealed) = draft.into_parts();
        if sealed.is_empty() {
            return Ok(answers);
        }
        let mut tree = known.tree().clone();
        sealed.iter().for_each(|sealed| tree.append(TreeHash::leaf(&sealed.bytes)));
        let signer = next.as_ref().unwrap_or(&self.signer);
        let grown = Known::new(book, tree, signer);
        let entries = sealed.into_iter().map(new_entry).collect();
        let note = grown.checkpoint().encode().into_bytes();
        self.commit(known.head(), Batch { entries, note }).await?;
        self.show(grown.stored(), next);
        Ok(answers)
    }

    /// Lets readers see what is durable now, and those keys of the log that it needs before it.
    fn show(&mut self, known: Known, next: Option<Signer>) {
        if let Some(next) = next {
            self.signer = next;
        }
        self.reader.pass_on(self.signer.keys(), self.signer.last_hand_over(known.checkpoint()));
        self.reader.show(known);
    }

    /// Takes what somebody else has written on top of what is known.
    async fn meet(&mut self) -> Result<(), Failure> {
        let known = self.reader.known();
        let store = self.reader.engine().head().await.map_err(Stop::Store).map_err(Failure::Stop)?;
        if store == known.head() {
            return Ok(());
        }
        if store.size <= known.head().size {
            return Err(Failure::Stop(Stop::damaged(format!(
                "of {} entries that were acknowledged, the store has others or fewer ({} in all)",
                known.head().size,
                store.size
            ))));
        }
        let mut growing = Growing::from(&known);
        growing.read_on(self.reader.engine().as_ref()).await?;
        let Growing { book, tree } = growing;
        let signer = Signer::of(&book, self.signer.ring())?;
        let known = Known::new(book, tree, &signer);
        noted::keep(self.reader.engine().as_ref(), known.checkpoint()).await?;
        self.show(known, Some(signer));
        Ok(())
    }

    /// The ledger's time. A re-enactment tells the events' own, and does not ask.
    fn read_clock(&mut self, known: &Known) -> Result<Timestamp, Failure> {
        if self.reader.is_re_enactment() {
            return Ok(Timestamp::EPOCH);
        }
        self.clock.read(known.book().record().last_recorded()).map_err(Failure::Stop)
    }

    /// Judges request after request, each on the draft as those before it leave it.
    fn judge(&self, known: &Known, group: &[Request], clock: Timestamp) -> Result<Judged, Failure> {
        let mut judged = Judged { answers: Vec::new(), draft: Draft::on(known.book()), next: None };
        for request in group {
            let before = judged.draft.sealed().len();
            let taken = judged.draft.take_all(&request.events, clock);
            if let Err((_index, Refusal::Unread(unread))) = &taken {
                return Err(Failure::Stop(Stop::Inconsistent(unread.to_string())));
            }
            let answer = taken.map_err(|(index, refusal)| AppendError::Refused { index, refusal });
            let book = judged.draft.book();
            judged
                .answers
                .push(answer.map(|taken| taken.iter().map(|taken| standing(book, *taken)).collect()));
            if judged.draft.sealed().len() > before {
                judged.next = self.signer.passed_on(&request.events, book)?;
            }
            // Where the log's key passes on the commit ends: the checkpoint right after it is signed by both keys.
            if judged.next.is_some() {
                break;
            }
        }
        Ok(judged)
    }

    /// Commits, conditional on the durable head. Where the end of a commit is not known, the store is asked
    /// what it has; only the very same bytes are tried again.
    async fn commit(&self, before: Head, batch: Batch) -> Result<Head, Failure> {
        let after = batch.head_after(before);
        let mut unknown = None;
        for _attempt in 0..ATTEMPTS_MAX {
            match self.reader.engine().commit(before, batch.clone()).await {
                Ok(head) => return Ok(head),
                // Earlier bytes of ours may have come through after all: judging anew finds them.
                Err(EngineError::Conflict { .. }) => return Err(Failure::Conflict),
                Err(EngineError::Unknown { why }) => unknown = Some(why),
                Err(error) => return Err(unknown.map_or(Failure::Stop(Stop::Store(error)), Failure::unknown)),
            }
            match self.reader.engine().head().await {
                // The hash of the last entry stands for all before it.
                Ok(head) if head == after => return Ok(head),
                Ok(head) if head != before => return Err(Failure::Conflict),
                Ok(_unchanged) => {}
                Err(error) => unknown = Some(error.to_string()),
            }
        }
        Err(Failure::unknown(unknown.unwrap_or_default()))
    }

    fn stop(&self, stop: Stop) {
        tracing::error!(%stop, "the writer has stopped");
        self.reader.stop(stop);
    }
}

/// Where an event stands that a draft has taken.
fn standing(book: &Book, taken: Taken) -> Appended {
    let position = taken.position();
    let recorded = book.record().at(position);
    Appended {
        position,
        hash: book.chain().hash_at(position).unwrap_or(Hash::ZERO),
        recorded: recorded.as_ref().map_or(Timestamp::EPOCH, |entry| entry.recorded),
        again: matches!(taken, Taken::Again(_)),
        findings: recorded.map_or_else(Vec::new, |entry| entry.findings),
    }
}
