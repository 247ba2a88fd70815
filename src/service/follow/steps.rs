//! The steps of one who follows.

use super::asked::Asked;
use super::encoded;
use super::feed::{Behind, Feed, Feeds};
use super::history::{Found, History, Limits};
use super::part::{self, Part};
use super::wire::Sent;
use crate::ledger::{Known, Ledger, Reader};
use crate::proto::{Begun, CaughtUp, FellBehind, Heartbeat, ProvedEntry, follow_entries_response::Step};
use crate::service::{convert, status};
use minutebook_log::{Position, Subject, Timestamp, TreeSize, prove_inclusion};
use minutebook_store::{Engine, ReadLimits, Stored};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// How many bytes the first step of history has, at most. Each that was taken is followed by one twice as large, so that
/// whoever does not read has been sent little.
const FIRST_STEP_BYTES_MAX: usize = 32 * 1024;

/// The most bytes that any step of history has.
const STEP_BYTES_MAX: usize = 1024 * 1024;

/// How many entries behind the end somebody is who has fallen behind.
const BEHIND: u64 = 1000;

/// What a follower receives.
pub(in crate::service) type Steps = Pin<Box<dyn Stream<Item = Result<Sent, Status>> + Send>>;

/// Sends what is asked for, for as long as somebody listens and the ledger is open; `place` is kept so long.
pub(in crate::service) fn follow<E: Engine>(
    ledger: &Ledger<E>,
    (feeds, history): (&Arc<Feeds<E>>, &Arc<History<E>>),
    asked: Asked,
    place: OwnedSemaphorePermit,
) -> Steps {
    let feed = feeds.join(ledger, &asked.selection);
    let follower = Follower {
        history: Arc::clone(history),
        ahead: None,
        known: feed.watch(),
        _feeds: Arc::clone(feeds),
        feed,
        closing: ledger.closing().clone(),
        next: asked.from,
        proved: asked.proved,
        asked,
        stage: Stage::Begins,
        bytes_max: FIRST_STEP_BYTES_MAX,
        spoke: Instant::now(),
        _place: place,
    };
    Box::pin(Following::of(follower))
}

/// The steps, each made when it is asked for.
enum Following<E: Engine> {
    Next(Making<E>),
    Ended,
}

/// A step in the making, and who makes it.
type Making<E> = Pin<Box<dyn Future<Output = (Follower<E>, Result<Sent, Status>)> + Send>>;

impl<E: Engine> Following<E> {
    fn of(mut follower: Follower<E>) -> Self {
        Self::Next(Box::pin(async move {
            let step = follower.step().await;
            follower.spoke = Instant::now();
            (follower, step)
        }))
    }
}

impl<E: Engine> Stream for Following<E> {
    type Item = Result<Sent, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self::Next(making) = &mut *self else { return Poll::Ready(None) };
        let (follower, step) = ready!(making.as_mut().poll(cx));
        *self = if step.is_ok() { Self::of(follower) } else { Self::Ended };
        Poll::Ready(Some(step))
    }
}

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was said yet.
    Begins,
    /// There is more than was sent.
    Behind,
    /// Everything was sent.
    AtHead,
}

/// A step of history in the making, and from where on.
type Ahead = (Position, JoinHandle<Result<Found, Status>>);

struct Follower<E: Engine> {
    history: Arc<History<E>>,
    /// The next step of history, for who has taken the largest before.
    ahead: Option<Ahead>,
    feed: Arc<Feed>,
    /// What the feed is made of, up to now.
    known: watch::Receiver<Arc<Known>>,
    /// Whose task feeds this one.
    _feeds: Arc<Feeds<E>>,
    closing: CancellationToken,
    asked: Asked,
    next: Position,
    /// Up to which size what was sent is proved: that of the last checkpoint, or what was asked for.
    proved: TreeSize,
    stage: Stage,
    bytes_max: usize,
    /// When something was said last.
    spoke: Instant,
    _place: OwnedSemaphorePermit,
}

impl<E: Engine> Follower<E> {
    /// The next step: what is durable, then that this was all, then what becomes durable.
    async fn step(&mut self) -> Result<Sent, Status> {
        loop {
            if self.closing.is_cancelled() {
                return Err(status::closing());
            }
            if self.stage == Stage::Begins {
                return self.begin().await;
            }
            let known = Arc::clone(&self.known.borrow_and_update());
            if self.next < known.head().next() {
                match self.go_on(&known).await? {
                    Some(sent) => return Ok(sent),
                    None => continue,
                }
            }
            if self.stage == Stage::Behind {
                self.stage = Stage::AtHead;
                return self.caught_up(&known).await;
            }
            let silent = sleep_until(self.spoke + self.asked.heartbeat);
            tokio::select! {
                grown = self.known.changed() => grown.map_err(|_gone| status::closing())?,
                () = self.closing.cancelled() => {}
                () = silent => return self.heartbeat().await,
            }
        }
    }

    async fn begin(&mut self) -> Result<Sent, Status> {
        // What was asked for may be newer than what the feed is made of: then it waits for that.
        tokio::select! {
            () = self.feed.reached(self.next.max(Position(self.proved.0))) => {}
            () = self.closing.cancelled() => return Err(status::closing()),
        }
        let known = &Arc::clone(&self.known.borrow());
        let mut preceding = Vec::new();
        for subject in self.asked.selection.whole_subjects() {
            preceding.extend(preceding_of(self.history.reader(), known, subject, self.next).await?);
        }
        let (checkpoint, extends_last) = self.proof(known).await?;
        self.stage = Stage::Behind;
        let (from, size) = (self.next.0, known.head().size);
        Ok(Step::Begun(Begun { from, size, checkpoint, extends_last, preceding }).into())
    }

    /// What is selected next; nothing, where nothing is up to what is known.
    async fn go_on(&mut self, known: &Arc<Known>) -> Result<Option<Sent>, Status> {
        let behind = self.feed.behind(self.next);
        let is_behind = match &behind {
            Behind::Part(part) => known.head().size.saturating_sub(part.from.0) > BEHIND,
            Behind::Nothing => false,
            Behind::NotKept => known.head().size.saturating_sub(self.next.0) > BEHIND,
        };
        if is_behind && self.stage == Stage::AtHead {
            self.stage = Stage::Behind;
            let (size, recorded) = (known.head().size, last_recorded(known));
            return Ok(Some(Step::FellBehind(FellBehind { next: self.next.0, size, recorded }).into()));
        }
        match behind {
            Behind::Nothing => {
                self.next = known.head().next();
                Ok(None)
            }
            Behind::Part(part) if part.entries <= self.asked.entries_max => self.send(&part).await.map(Some),
            Behind::Part(_) | Behind::NotKept => self.read(known).await,
        }
    }

    /// A step of history.
    async fn read(&mut self, known: &Arc<Known>) -> Result<Option<Sent>, Status> {
        let ahead = self.ahead.take().filter(|(from, _reading)| *from == self.next);
        let reading = ahead.map_or_else(|| self.reading(known, self.next), |(_from, reading)| reading);
        let (part, next) = reading.await.map_err(status::internal)??;
        // Who reads that fast is not held up by the reading of the next.
        if self.bytes_max == STEP_BYTES_MAX && next < known.head().next() {
            self.ahead = Some((next, self.reading(known, next)));
        }
        let Some(part) = part else {
            self.next = next;
            return Ok(None);
        };
        self.bytes_max = (self.bytes_max * 2).min(STEP_BYTES_MAX);
        self.send(&part).await.map(Some)
    }

    fn reading(&self, known: &Arc<Known>, from: Position) -> JoinHandle<Result<Found, Status>> {
        let Asked { entries_max, is_whole, .. } = self.asked;
        let limits = Limits { entries: entries_max, bytes: self.bytes_max, is_whole };
        let (known, selection) = (Arc::clone(known), Arc::clone(&self.asked.selection));
        tokio::spawn(Arc::clone(&self.history).read(known, selection, from, limits))
    }

    async fn send(&mut self, part: &Part) -> Result<Sent, Status> {
        let own = part.extends_last(self.proved).await?;
        (self.next, self.proved) = (part.next, part.size());
        Ok(Sent::Batch { shared: part.encoded.clone(), own })
    }

    async fn caught_up(&mut self, known: &Arc<Known>) -> Result<Sent, Status> {
        let (checkpoint, extends_last) = self.proof(known).await?;
        let (size, recorded) = (self.next.0, last_recorded(known));
        Ok(Step::CaughtUp(CaughtUp { size, recorded, checkpoint, extends_last }).into())
    }

    async fn heartbeat(&mut self) -> Result<Sent, Status> {
        let known = Arc::clone(&self.known.borrow());
        if matches!(self.feed.behind(self.next), Behind::Nothing) {
            self.next = self.next.max(known.head().next());
        }
        let (checkpoint, extends_last) = self.proof(&known).await?;
        Ok(Step::Heartbeat(Heartbeat { next: self.next.0, checkpoint, extends_last }).into())
    }

    /// The checkpoint of what is known, and that it extends what was sent.
    async fn proof(&mut self, known: &Arc<Known>) -> Result<(Vec<u8>, Vec<Vec<u8>>), Status> {
        let extends_last = part::extends(known, self.proved).await?;
        self.proved = known.tree().size();
        Ok((known.checkpoint().encode().into_bytes(), extends_last))
    }
}

fn last_recorded(known: &Known) -> String {
    let last = known.head().size.checked_sub(1).map(Position);
    let recorded = last.and_then(|last| known.book().chain().recorded_at(last));
    recorded.unwrap_or(Timestamp::EPOCH).to_string()
}

/// The last entry about a subject before `end`, proved; nothing where there is none. It is looked for by halves.
async fn preceding_of<E: Engine>(
    reader: &Arc<Reader<E>>,
    known: &Arc<Known>,
    subject: &Subject,
    end: Position,
) -> Result<Option<ProvedEntry>, Status> {
    let (mut low, mut high) = (0, known.book().chain().stream_length(subject));
    let mut found: Option<Stored> = None;
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let limits = ReadLimits { entries: 1, bytes: 0 };
        let read = reader.stream(subject, middle, limits).await.map_err(|error| status::of_engine(&error))?;
        match read.into_iter().next().filter(|stored| stored.position < end) {
            Some(stored) => (low, found) = (middle, Some(stored)),
            None => high = middle - 1,
        }
    }
    let Some(stored) = found else { return Ok(None) };
    let (known, position) = (Arc::clone(known), stored.position);
    let prove = move || prove_inclusion(position, known.tree().size(), known.tree());
    let proof = tokio::task::spawn_blocking(prove).await.map_err(status::internal)?;
    let inclusion = encoded::inclusion(&proof.map_err(status::internal)?.0);
    Ok(Some(ProvedEntry { entry: Some(convert::entry(stored)), inclusion: Some(inclusion) }))
}
