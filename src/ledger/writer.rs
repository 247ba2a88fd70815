//! The one who writes: it judges what comes while what was judged before is made durable.
//!
//! Requests that wait are judged one after the other on a draft, as a round. One round at a time is being committed; the
//! next goes on from it unseen, and nobody of it is answered before that on which its answer rests is durable. Where a
//! commit comes to nothing, so does the round on top of it, and both are judged anew.

use crate::ledger::clock::ClockWatch;
use crate::ledger::create::new_entry;
use crate::ledger::error::Failure;
use crate::ledger::known::Growing;
use crate::ledger::log_key::Signer;
use crate::ledger::patience::Pause;
use crate::ledger::queue::{Answer, Exit, Request, answer_all};
use crate::ledger::round::{Round, Unjudged, answer_each};
use crate::ledger::{AppendError, Known, Outlook, Reader, Stop, WriterPatience, noted};
use minutebook_log::{Head, Timestamp, TreeHash};
use minutebook_store::{Batch, Engine, EngineError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often in a row requests are tried again when somebody else wrote first, or when it can't be told whether the
/// store has them.
const ATTEMPTS_MAX: usize = 4;

/// The one who writes.
pub(super) struct Writer<E: Engine> {
    reader: Arc<Reader<E>>,
    signer: Signer,
    queue: Exit,
    clock: ClockWatch,
    patience: WriterPatience,
    /// How long it waits before it opens the store anew once more.
    pause: Pause,
    /// How often in a row somebody else wrote first.
    conflicts: usize,
}

/// A round that is being made durable.
struct Commit {
    requests: Vec<Request>,
    answers: Vec<Answer>,
    /// What is known once it is.
    grown: Known,
    next: Option<Signer>,
    /// How many entries it has, and when it was begun.
    entries: u64,
    begun: Instant,
    outcome: Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>,
}

/// What the writer does next.
enum Event {
    Committed(Result<(), Failure>),
    Asked(Option<Request>),
    /// The log ends elsewhere: we have written, or others have.
    Elsewhere,
    /// It is time to look again at the clock, and at what keeps us from writing.
    Due,
}

impl<E: Engine> Writer<E> {
    pub(super) fn new(
        reader: Arc<Reader<E>>,
        signer: Signer,
        queue: Exit,
        (clock, patience): (ClockWatch, WriterPatience),
    ) -> Self {
        Self { reader, signer, queue, clock, patience, pause: Pause::of(&patience), conflicts: 0 }
    }

    /// Writes on the thread that it is called on: judging takes the processor for longer than a task of the runtime
    /// should.
    pub(super) fn run_to_the_end(self) {
        let (runtime, reader) = (tokio::runtime::Handle::current(), Arc::clone(&self.reader));
        if catch_unwind(AssertUnwindSafe(|| runtime.block_on(self.run()))).is_err() {
            reader.stop(Stop::Inconsistent("the writer failed in the middle of its work".to_owned()));
        }
    }

    /// Writes until the queue is closed and empty. While stopped, it answers and writes nothing.
    async fn run(mut self) {
        let mut heads = self.reader.engine().watch();
        let mut due = interval(self.patience.recheck);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut commit, mut round, mut is_closed): (Option<Commit>, Option<Round>, _) = (None, None, false);
        while !is_closed || commit.is_some() {
            let takes_more = !is_closed && Self::takes_more(commit.as_ref(), round.as_ref());
            let event = tokio::select! {
                biased;
                outcome = outcome_of(&mut commit) => Event::Committed(outcome),
                request = self.queue.next(), if takes_more => Event::Asked(request),
                Ok(()) = heads.changed(), if commit.is_none() => Event::Elsewhere,
                _now = due.tick(), if commit.is_none() => Event::Due,
            };
            match event {
                Event::Committed(outcome) => {
                    if let Some(ended) = commit.take() {
                        self.settle(ended, outcome, &mut round).await;
                    }
                }
                Event::Asked(Some(request)) => self.take(request, commit.as_ref(), &mut round),
                Event::Asked(None) => is_closed = true,
                Event::Elsewhere if *heads.borrow_and_update() == self.reader.head() => {}
                Event::Elsewhere => self.meet_at_rest().await,
                Event::Due => self.look_again(&mut round).await,
            }
            if commit.is_none() {
                self.take_what_waits(&mut round);
                commit = round.take().and_then(|round| self.begin(round));
            }
        }
    }

    /// Whether another request can be judged on top of what there is.
    fn takes_more(commit: Option<&Commit>, round: Option<&Round>) -> bool {
        // A book that is about to have a new segment has it before anything goes on from it.
        let goes_on = commit.is_none_or(|commit| !commit.grown.book().is_to_be_sealed());
        goes_on && round.is_none_or(Round::has_room)
    }

    /// Judges what waits, while nothing is being committed: whatever waits is one commit.
    fn take_what_waits(&mut self, round: &mut Option<Round>) {
        while round.as_ref().is_none_or(Round::has_room) {
            let Some(request) = self.queue.try_next() else { return };
            self.take(request, None, round);
        }
    }

    /// Judges a request after those before it, or puts it back for the next round.
    fn take(&mut self, request: Request, commit: Option<&Commit>, round: &mut Option<Round>) {
        if let Some(stop) = self.reader.stopped() {
            return request.answer(Err(AppendError::Stopped(stop)));
        }
        if round.as_ref().is_some_and(|round| !round.fits(&request)) {
            // A commit is begun or under way, after which there is room.
            self.queue.put_back(vec![request]);
            return round.iter_mut().for_each(Round::close);
        }
        let durable = self.reader.known();
        let known: &Known = commit.map_or(&durable, |commit| &commit.grown);
        let signer = commit.and_then(|commit| commit.next.as_ref()).unwrap_or(&self.signer);
        let clock = match read_clock(&mut self.clock, &self.reader, known) {
            Ok(clock) => clock,
            Err(stop) => {
                // What was judged before the clock was found wrong may have its time: none of it is written.
                let mut judged = round.take().map_or_else(Vec::new, |round| round.requests);
                judged.push(request);
                return self.give_up(judged, stop);
            }
        };
        let open = round.get_or_insert_with(|| Round::on(known.book()));
        let Err(unjudged) = open.judge(request, clock, signer) else { return };
        // What could not be read for one could be missing for those before it: they are judged anew.
        let judged = round.take().map_or_else(Vec::new, |round| round.requests);
        self.queue.put_back(judged);
        match *unjudged {
            Unjudged::Unread(unread, request) => request.answer(Err(unread)),
            Unjudged::Stop(stop, request) => self.give_up(vec![request], stop),
        }
    }

    /// Has a round made durable; nothing, where nothing of it is new and all can be answered.
    fn begin(&mut self, round: Round) -> Option<Commit> {
        let Round { requests, answers, draft, next, .. } = round;
        let (book, sealed) = draft.into_parts();
        if sealed.is_empty() {
            answer_each(requests, answers);
            return None;
        }
        let known = self.reader.known();
        // The machine may have slept, or its clock been set, since they were judged.
        if let Err(stop) = read_clock(&mut self.clock, &self.reader, &known) {
            self.give_up(requests, stop);
            return None;
        }
        let mut tree = known.tree().clone();
        sealed.iter().for_each(|sealed| tree.append(TreeHash::leaf(&sealed.bytes)));
        let grown = Known::new(book, tree, next.as_ref().unwrap_or(&self.signer));
        let (entries, begun) = (sealed.len() as u64, Instant::now());
        let new = sealed.into_iter().map(new_entry).collect();
        let batch = Batch { entries: new, note: grown.checkpoint().encode().into_bytes() };
        let (engine, before) = (Arc::clone(self.reader.engine()), known.head());
        let limit = self.patience.commit;
        let outcome = Box::pin(async move {
            let durable = make_durable(engine.as_ref(), before, batch);
            timeout(limit, durable).await.unwrap_or(Err(Failure::Stuck { after: limit }))
        });
        Some(Commit { requests, answers, grown, next, entries, begun, outcome })
    }

    /// Lets readers see what is durable now, and answers; or has judged anew what came to nothing.
    async fn settle(&mut self, ended: Commit, outcome: Result<(), Failure>, round: &mut Option<Round>) {
        let Commit { requests, answers, grown, next, entries, begun, .. } = ended;
        let failure = match outcome {
            Ok(()) => {
                self.conflicts = 0;
                self.reader.meters().committed(entries, begun.elapsed());
                self.show(grown.stored(), next);
                return answer_each(requests, answers);
            }
            Err(failure) => failure,
        };
        // What was judged on top of it rests on nothing.
        let on_top = round.take().map_or_else(Vec::new, |round| round.requests);
        self.queue.put_back(on_top);
        match failure {
            Failure::Conflict => {
                tracing::warn!("somebody else wrote first: judging anew");
                self.conflicts += 1;
                if self.conflicts < ATTEMPTS_MAX {
                    self.queue.put_back(requests);
                } else {
                    self.conflicts = 0;
                    answer_all(requests, &AppendError::Contended);
                }
                self.meet_at_rest().await;
            }
            Failure::Unknown { why } => {
                self.stop(Stop::Store(EngineError::Unknown { why: why.clone() }));
                answer_all(requests, &AppendError::Unknown { why });
            }
            Failure::Stuck { after } => {
                let stop = Stop::stuck(after);
                answer_all(requests, &AppendError::Unknown { why: stop.to_string() });
                self.stop(stop);
            }
            Failure::Stop(stop) => self.give_up(requests, stop),
        }
    }

    fn give_up(&self, requests: Vec<Request>, stop: Stop) {
        self.stop(stop.clone());
        answer_all(requests, &AppendError::Stopped(stop));
    }

    /// Lets readers see what is durable now, and those keys of the log that it needs before it.
    fn show(&mut self, known: Known, next: Option<Signer>) {
        if let Some(next) = next {
            self.signer = next;
        }
        self.reader.pass_on(self.signer.keys(), self.signer.last_hand_over(known.checkpoint()));
        self.reader.show(known);
    }

    /// Takes what somebody else has written on top of what is known, while nothing is being committed.
    async fn meet_at_rest(&mut self) {
        if self.reader.stopped().is_none()
            && let Err(stop) = self.meet().await
        {
            self.stop(stop);
        }
    }

    async fn meet(&mut self) -> Result<(), Stop> {
        let known = self.reader.known();
        let store = self.reader.engine().head().await.map_err(Stop::Store)?;
        if store == known.head() {
            return Ok(());
        }
        if store.size <= known.head().size {
            return Err(Stop::damaged(format!(
                "of {} entries that were acknowledged, the store has others or fewer ({} in all)",
                known.head().size,
                store.size
            )));
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

    /// Reads the clock, whether anything is asked or not, so that one that is set is found early; and where something
    /// keeps us from writing that may pass, sees whether it has.
    async fn look_again(&mut self, round: &mut Option<Round>) {
        let stopped = self.reader.stopped();
        let outcome = match &stopped {
            None | Some(Stop::Clock(_)) => {
                let known = self.reader.known();
                read_clock(&mut self.clock, &self.reader, &known).map(|_now| ())
            }
            Some(stop) if stop.outlook() == Outlook::GoesOn && self.pause.is_over() => {
                let limit = self.patience.commit;
                timeout(limit, self.open_anew()).await.unwrap_or_else(|_late| Err(Stop::stuck(limit)))
            }
            Some(_lasting) => return,
        };
        match outcome {
            Ok(()) if stopped.is_some() => {
                tracing::warn!("the ledger takes entries again");
                self.pause = Pause::of(&self.patience);
                self.reader.go_on();
            }
            Ok(()) => {}
            Err(stop) => {
                let judged = round.take().map_or_else(Vec::new, |round| round.requests);
                self.give_up(judged, stop);
            }
        }
    }

    /// Opens the store anew, and takes what of the commit that failed has come through after all.
    async fn open_anew(&mut self) -> Result<(), Stop> {
        self.reader.engine().reopen().await.map_err(Stop::Store)?;
        self.meet().await?;
        // The mark's newest note may have been lost with the sync that failed.
        noted::keep(self.reader.engine().as_ref(), self.reader.known().checkpoint()).await?;
        Ok(())
    }

    fn stop(&self, stop: Stop) {
        let is_known = self.reader.stopped().is_some_and(|known| known.is_like(&stop));
        if !is_known {
            tracing::error!(%stop, "the writer has stopped");
        }
        self.reader.stop(stop);
    }
}

/// The ledger's time. A re-enactment tells the events' own, and does not ask.
fn read_clock<E: Engine>(
    clock: &mut ClockWatch,
    reader: &Reader<E>,
    known: &Known,
) -> Result<Timestamp, Stop> {
    if reader.is_re_enactment() {
        return Ok(Timestamp::EPOCH);
    }
    clock.read(known.book().record().last_recorded())
}

/// How the commit that is under way ends; never, where none is.
async fn outcome_of(commit: &mut Option<Commit>) -> Result<(), Failure> {
    match commit {
        Some(commit) => commit.outcome.as_mut().await,
        None => std::future::pending().await,
    }
}

/// Commits, conditional on the durable head. Where the end of a commit is not known, the store is asked what it has;
/// only the very same bytes are tried again.
async fn make_durable<E: Engine>(engine: &E, before: Head, batch: Batch) -> Result<(), Failure> {
    let after = batch.head_after(before);
    let mut unknown = None;
    for _attempt in 0..ATTEMPTS_MAX {
        match engine.commit(before, batch.clone()).await {
            Ok(_head) => return Ok(()),
            // Earlier bytes of ours may have come through after all: judging anew finds them.
            Err(EngineError::Conflict { .. }) => return Err(Failure::Conflict),
            Err(EngineError::Unknown { why }) => unknown = Some(why),
            Err(error) => return Err(unknown.map_or(Failure::Stop(Stop::Store(error)), Failure::unknown)),
        }
        match engine.head().await {
            // The hash of the last entry stands for all before it.
            Ok(head) if head == after => return Ok(()),
            Ok(head) if head != before => return Err(Failure::Conflict),
            Ok(_unchanged) => {}
            Err(error) => unknown = Some(error.to_string()),
        }
    }
    Err(Failure::unknown(unknown.unwrap_or_default()))
}
