//! Following the log: history from the store, then each entry as it becomes durable.
//!
//! There is one cursor, and one source: the store. What wakes the reader only says that there is more, so
//! nothing can fall between history and what is live, or come twice. Each batch ends in a checkpoint that is proved
//! to extend the last, so that whoever follows verifies as it goes.
//!
//! A step is read when the one before it was taken, and not ahead: who does not read holds no more than that step, and
//! slows nobody.

use crate::ledger::{Known, Ledger, Reader, Tree};
use crate::proto::{CaughtUp, EntryBatch, FollowEntriesResponse, follow_entries_response::Step};
use crate::service::{convert, status};
use minutebook_log::{Position, TreeSize, prove_consistency};
use minutebook_store::{Engine, ReadLimits, Stored};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// The most entries that one step of the stream has.
const STEP_ENTRIES_MAX: usize = 500;

/// How many bytes the first step has, at most. Each that was taken is followed by one twice as large, so that whoever does
/// not read has been sent little.
const FIRST_STEP_BYTES_MAX: usize = 32 * 1024;

/// The most bytes that any step has.
const STEP_BYTES_MAX: usize = 1024 * 1024;

/// What a follower receives.
pub(super) type Steps = Pin<Box<dyn Stream<Item = Result<FollowEntriesResponse, Status>> + Send>>;

/// Sends the entries from `next` on, for as long as somebody listens and the ledger is open; `place` is kept so long.
pub(super) fn follow<E: Engine>(ledger: &Ledger<E>, next: Position, place: OwnedSemaphorePermit) -> Steps {
    let follower = Follower {
        reader: Arc::clone(ledger.reader()),
        durable: ledger.reader().watch(),
        closing: ledger.closing().clone(),
        next,
        proved: TreeSize(next.0),
        is_caught_up: false,
        bytes_max: FIRST_STEP_BYTES_MAX,
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
type Making<E> = Pin<Box<dyn Future<Output = (Follower<E>, Result<Step, Status>)> + Send>>;

impl<E: Engine> Following<E> {
    fn of(mut follower: Follower<E>) -> Self {
        Self::Next(Box::pin(async move {
            let step = follower.step().await;
            (follower, step)
        }))
    }
}

impl<E: Engine> Stream for Following<E> {
    type Item = Result<FollowEntriesResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self::Next(making) = &mut *self else { return Poll::Ready(None) };
        let (follower, step) = ready!(making.as_mut().poll(cx));
        *self = if step.is_ok() { Self::of(follower) } else { Self::Ended };
        Poll::Ready(Some(step.map(|step| FollowEntriesResponse { step: Some(step) })))
    }
}

struct Follower<E: Engine> {
    reader: Arc<Reader<E>>,
    durable: watch::Receiver<Arc<Known>>,
    closing: CancellationToken,
    next: Position,
    /// Up to which size what was sent is proved: that of the last checkpoint, or of the entries before the first.
    proved: TreeSize,
    is_caught_up: bool,
    bytes_max: usize,
    _place: OwnedSemaphorePermit,
}

impl<E: Engine> Follower<E> {
    /// The next step: what is durable, then that this was all, then what becomes durable.
    async fn step(&mut self) -> Result<Step, Status> {
        loop {
            if self.closing.is_cancelled() {
                return Err(status::closing());
            }
            let size = self.durable.borrow_and_update().head().size;
            if self.next.0 < size
                && let Some(batch) = self.read().await?
            {
                return Ok(Step::Batch(batch));
            }
            if !self.is_caught_up {
                self.is_caught_up = true;
                return Ok(Step::CaughtUp(CaughtUp { size: self.next.0 }));
            }
            tokio::select! {
                grown = self.durable.changed() => grown.map_err(|_gone| status::closing())?,
                () = self.closing.cancelled() => {}
            }
        }
    }

    async fn read(&mut self) -> Result<Option<EntryBatch>, Status> {
        let limits = ReadLimits { entries: STEP_ENTRIES_MAX, bytes: self.bytes_max };
        let stored = self.reader.entries(self.next, limits).await;
        let stored = stored.map_err(|error| status::of_engine(&error))?;
        let Some(last) = stored.last() else { return Ok(None) };
        self.next = last.position.next();
        self.bytes_max = (self.bytes_max * 2).min(STEP_BYTES_MAX);
        self.batch(stored).await.map(Some)
    }

    /// Entries with the newest checkpoint, which covers every one that is durable.
    async fn batch(&mut self, stored: Vec<Stored>) -> Result<EntryBatch, Status> {
        let checkpoint = self.reader.checkpoint();
        let size = checkpoint.unverified().head.size;
        let extends_last = self.prove(self.proved, size).await?;
        let extends_entries = self.prove(TreeSize(self.next.0), size).await?;
        self.proved = size;
        let entries = stored.into_iter().map(convert::entry).collect();
        Ok(EntryBatch {
            entries,
            checkpoint: checkpoint.encode().into_bytes(),
            extends_last,
            extends_entries,
        })
    }

    async fn prove(&self, old: TreeSize, new: TreeSize) -> Result<Vec<Vec<u8>>, Status> {
        if old == TreeSize::EMPTY || old == new {
            return Ok(Vec::new());
        }
        let prove = move |tree: &Tree| prove_consistency(old, new, tree);
        let proof = self.reader.ask_tree(prove).await.map_err(status::internal)?.map_err(status::internal)?;
        Ok(proof.0.iter().map(|hash| hash.as_bytes().to_vec()).collect())
    }
}
