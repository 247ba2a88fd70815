//! The ledger: the one way in which an event becomes an entry, told once.
//!
//! parse (whoever calls) -> check signatures -> place -> admit -> seal -> commit -> checkpoint -> answer.
//!
//! The checkpoint of a commit is signed beforehand and leaves the writer with it: the store keeps it beside the
//! mark that it moves when the entries are durable, and before anybody is answered. Until then nobody has seen it,
//! so that a commit that came to nothing has signed nothing away.
//!
//! Signatures are checked in parallel before the queue, in turns, since they cost most and need no order. From there on
//! one writer takes whatever waits as one group and one commit. Its book runs ahead of the durable log while
//! the commit is under way; after any error it no longer ends where the durable log does, so it is dropped
//! and built again from the store before the next group: recovery is the ordinary path.
//!
//! The tree grows by what is durable and nothing else, so no checkpoint is ever shown that a crash could
//! unsay: a crash after the commit leaves entries without a checkpoint, and opening the ledger signs it, once it
//! has seen that they continue those of the checkpoint that was kept last.

mod clock;
mod compute;
mod create;
mod error;
mod growth;
mod log_key;
mod noted;
mod queue;
mod reader;
mod replay;
mod tree;
pub use clock::{Clock, SystemClock};
pub(crate) use compute::in_turns;
pub use create::create;
pub use error::{AppendError, LedgerError, Stop};
pub use log_key::{HandOverNote, HandOverNotes, KeyRing};
pub use queue::{QUEUE_REQUESTS_MAX, REQUEST_EVENTS_MAX};
pub use reader::Reader;
pub use tree::{HashMissing, Tree};

use crate::doors::Share;
use clock::ClockWatch;
use compute::check_signatures;
use error::Failure;
use growth::Growth;
use log_key::Signer;
use minutebook_governance::{Admission, Book, Finding, Refusal};
use minutebook_log::{Hash, Head, Position, Signed, Timestamp};
use minutebook_store::{Batch, Engine, EngineError, NewEntry, SledEngine};
use queue::{Answer, Entrance, Exit, Request, answer_all};
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
    /// Opens the ledger that `engine` holds: reads its book, checking chain and rules, signs the checkpoint
    /// of its end with the key on `ring` that the book names for it, and starts the writer.
    ///
    /// # Errors
    /// [`LedgerError`], with the first position that is wrong; for an empty store; for rules that this
    /// software does not know; without the key that the book names.
    pub async fn open(engine: E, clock: impl Clock, ring: impl Into<KeyRing>) -> Result<Self, LedgerError> {
        let (book, tree) = replay::replay(&engine).await?;
        let opening = book.chain().opening().cloned().ok_or(LedgerError::Empty)?;
        let id = book.chain().hash_at(Position::FIRST).ok_or(LedgerError::Empty)?;
        let ring = ring.into();
        let signer = Signer::of(&book, ring.clone())?;
        noted::check(&engine, &tree, signer.keys()).await?;
        let signed = (signer.keys().clone(), signer.hand_overs(&tree), signer.sign(tree.head()));
        // A crash here leaves the note before, which speaks of the same log.
        noted::keep(&engine, &signed.2).await?;
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let reader = Reader::new(engine, (book, tree), (opening, id), signed, Arc::clone(&clock));
        let reader = Arc::new(reader);
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let (entrance, exit) = queue::queue(closing.clone());
        let clock = ClockWatch::new(clock);
        let writer = Writer { reader: Arc::clone(&reader), signer, queue: exit, clock };
        tasks.spawn_blocking(move || writer.run_to_the_end());
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
        let reserved = self.entrance.reserve(&events)?;
        let events = check_signatures(events, share).await?;
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
#[derive(Default)]
struct Judged {
    answers: Vec<Answer>,
    batch: Batch,
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
                Err(Failure::Conflict) => tracing::warn!("somebody else wrote first: judging anew"),
                Err(Failure::Unknown { why }) => {
                    self.stop(Stop::Store(EngineError::Unknown { why: why.clone() }));
                    return answer_all(group, &AppendError::Unknown { why });
                }
                Err(Failure::Stop(stop)) => {
                    self.stop(stop.clone());
                    return answer_all(group, &AppendError::Stopped(stop));
                }
            }
        }
        answer_all(group, &AppendError::Contended);
    }

    /// Place, admit, seal, commit, checkpoint. `group` is left with the requests that there are answers for; the
    /// others are the next group's.
    async fn try_write(&mut self, group: &mut Vec<Request>) -> Result<Vec<Answer>, Failure> {
        self.rebuild_if_ahead().await?;
        let clock = self.read_clock()?;
        let judged = self.judge(group, clock)?;
        self.queue.put_back(group.split_off(judged.answers.len()));
        if !judged.batch.entries.is_empty() {
            let signer = judged.next.as_ref().unwrap_or(&self.signer);
            let growth = Growth::of(&judged.batch, &self.reader, signer).map_err(Failure::Stop)?;
            let head = self.commit(Batch { note: growth.note(), ..judged.batch }).await?;
            growth.show(&self.reader, signer, head);
            if let Some(next) = judged.next {
                self.signer = next;
            }
        }
        Ok(judged.answers)
    }

    /// Builds the book again from the store, unless it ends where the durable log does.
    async fn rebuild_if_ahead(&mut self) -> Result<(), Failure> {
        let durable = self.reader.head();
        if self.reader.book().chain().head() == durable {
            return Ok(());
        }
        let (book, tree) = replay::replay(self.reader.engine()).await?;
        let (head, last) = (book.chain().head(), durable.size.checked_sub(1).map(Position));
        if last.is_some_and(|last| book.chain().hash_at(last) != Some(durable.hash)) {
            return Err(Failure::Stop(Stop::damaged(format!(
                "of {} entries that were acknowledged, the store has others or fewer ({} in all)",
                durable.size, head.size
            ))));
        }
        self.signer = Signer::of(&book, self.signer.ring()).map_err(|error| Failure::Stop(error.into()))?;
        let checkpoint = self.signer.sign(tree.head());
        if tree.head() != self.reader.checkpoint().unverified().head {
            noted::keep(self.reader.engine(), &checkpoint).await?;
        }
        let old_book = std::mem::replace(&mut *self.reader.book_mut(), book);
        let old_tree = std::mem::replace(&mut *self.reader.tree_mut(), tree);
        self.reader.pass_on(self.signer.keys(), self.signer.last_hand_over(&checkpoint));
        self.reader.publish(head, checkpoint);
        drop((old_book, old_tree));
        Ok(())
    }

    /// The ledger's time. A re-enactment tells the events' own, and does not ask.
    fn read_clock(&mut self) -> Result<Timestamp, Failure> {
        if self.reader.is_re_enactment() {
            return Ok(Timestamp::EPOCH);
        }
        let last_recorded = self.reader.book().record().last_recorded();
        self.clock.read(last_recorded).map_err(Failure::Stop)
    }

    /// Judges request after request, each on the book as those before it leave it. When a request is refused
    /// after some of its events were taken into the book, judging ends there: the book is then ahead of what
    /// will be committed, and is built anew before the next group.
    fn judge(&self, group: &[Request], clock: Timestamp) -> Result<Judged, Failure> {
        let mut judged = Judged::default();
        for request in group {
            let before = judged.batch.entries.len();
            let answer = self.judge_request(request, clock, &mut judged.batch)?;
            let is_refused = answer.is_err();
            judged.answers.push(answer);
            if is_refused && judged.batch.entries.len() > before {
                judged.batch.entries.truncate(before);
                break;
            }
            if judged.batch.entries.len() > before {
                judged.next = self.signer.passed_on(&request.events, &self.reader.book())?;
            }
            // Where the log's key passes on the commit ends: the checkpoint right after it is signed by both keys.
            if judged.next.is_some() {
                break;
            }
        }
        Ok(judged)
    }

    fn judge_request(
        &self,
        request: &Request,
        clock: Timestamp,
        batch: &mut Batch,
    ) -> Result<Answer, Failure> {
        let mut appended = Vec::with_capacity(request.events.len());
        for (index, signed) in request.events.iter().enumerate() {
            match self.judge_event(signed, clock)? {
                Ok((stands, entry)) => {
                    appended.push(stands);
                    batch.entries.extend(entry);
                }
                Err(refusal) => return Ok(Err(AppendError::Refused { index, refusal })),
            }
        }
        Ok(Ok(appended))
    }

    /// Places an event, asks the rules, seals it and takes it into the book; or finds it there.
    fn judge_event(
        &self,
        signed: &Signed,
        clock: Timestamp,
    ) -> Result<Result<(Appended, Option<NewEntry>), Refusal>, Failure> {
        let book = self.reader.book();
        let place = book.place(signed, clock);
        let admitted = match book.admit(signed, place) {
            Ok(Admission::New(admitted)) => admitted,
            Ok(Admission::Again(first)) => return Ok(Ok((standing_at(&book, first), None))),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let entry = book.chain().seal(signed.clone(), place);
        drop(book);
        let sealed = NewEntry::from(&entry);
        let (position, recorded, findings) = (place.position, place.recorded, admitted.findings().to_vec());
        let stands = Appended { position, hash: sealed.hash, recorded, again: false, findings };
        self.reader.book_mut().append(&entry, sealed.hash, admitted).map_err(|error| {
            Failure::Stop(Stop::Inconsistent(format!("an entry that was admitted does not follow: {error}")))
        })?;
        Ok(Ok((stands, Some(sealed))))
    }

    /// Commits, conditional on the durable head. Where the end of a commit is not known, the store is asked
    /// what it has; only the very same bytes are tried again.
    async fn commit(&self, batch: Batch) -> Result<Head, Failure> {
        let before = self.reader.head();
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

/// Where an event stands that the book has already.
fn standing_at(book: &Book, position: Position) -> Appended {
    let recorded = book.record().at(position);
    Appended {
        position,
        hash: book.chain().hash_at(position).unwrap_or(Hash::ZERO),
        recorded: recorded.map_or(Timestamp::EPOCH, |entry| entry.recorded),
        again: true,
        findings: recorded.map_or_else(Vec::new, |entry| entry.findings.clone()),
    }
}
