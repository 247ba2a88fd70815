//! Following the log: history from the store, then each entry as it becomes durable.
//!
//! There is one cursor, and one source: the store. What wakes the reader only says that there is more, so
//! nothing can fall between history and what is live, or come twice. Each batch ends in a checkpoint that is proved
//! to extend the last, so that whoever follows verifies as it goes.

use crate::ledger::{Ledger, Reader};
use crate::proto::{CaughtUp, EntryBatch, FollowEntriesResponse, follow_entries_response::Step};
use crate::service::{convert, status};
use minutebook_log::{Position, TreeSize, prove_consistency};
use minutebook_store::{Engine, ReadLimits, Stored};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// How much one step of the stream has at most.
const STEP: ReadLimits = ReadLimits { entries: 500, bytes: 1024 * 1024 };

/// How many steps are read ahead of a slow reader, who slows nobody else.
const STEPS_AHEAD_MAX: usize = 4;

/// What a follower receives.
pub(super) type Steps = ReceiverStream<Result<FollowEntriesResponse, Status>>;

/// Sends the entries from `next` on, for as long as somebody listens and the ledger is open.
pub(super) fn follow<E: Engine>(ledger: &Ledger<E>, next: Position) -> Steps {
    let (steps, received) = mpsc::channel(STEPS_AHEAD_MAX);
    let follower = Follower { reader: Arc::clone(ledger.reader()), next, proved: TreeSize(next.0), steps };
    let closing = ledger.closing().clone();
    ledger.tasks().spawn(follower.run(closing));
    ReceiverStream::new(received)
}

struct Follower<E: Engine> {
    reader: Arc<Reader<E>>,
    next: Position,
    /// Up to which size what was sent is proved: that of the last checkpoint, or of the entries before the first.
    proved: TreeSize,
    steps: mpsc::Sender<Result<FollowEntriesResponse, Status>>,
}

/// Nobody listens any more.
struct Gone;

impl<E: Engine> Follower<E> {
    async fn run(mut self, closing: CancellationToken) {
        let steps = self.steps.clone();
        tokio::select! {
            _gone = self.send_all() => {}
            () = steps.closed() => {}
            () = closing.cancelled() => {
                // Waits for room only as long as somebody reads; closing does not wait for who does not.
                let _full = steps.try_send(Err(status::closing()));
            }
        }
    }

    async fn send_all(&mut self) -> Result<(), Gone> {
        let mut durable = self.reader.watch_head();
        let size = durable.borrow_and_update().size;
        self.send_up_to(size).await?;
        self.send(Step::CaughtUp(CaughtUp { size: self.next.0 })).await?;
        while durable.changed().await.is_ok() {
            let size = durable.borrow_and_update().size;
            self.send_up_to(size).await?;
        }
        Ok(())
    }

    async fn send_up_to(&mut self, size: u64) -> Result<(), Gone> {
        while self.next.0 < size {
            let stored = match self.reader.entries(self.next, STEP).await {
                Ok(stored) => stored,
                Err(error) => {
                    let _gone = self.steps.send(Err(status::of_engine(&error))).await;
                    return Err(Gone);
                }
            };
            let Some(last) = stored.last() else { return Ok(()) };
            self.next = last.position.next();
            let batch = match self.batch(stored) {
                Ok(batch) => batch,
                Err(status) => {
                    let _gone = self.steps.send(Err(status)).await;
                    return Err(Gone);
                }
            };
            self.send(Step::Batch(batch)).await?;
        }
        Ok(())
    }

    /// Entries with the newest checkpoint, which covers every one that is durable.
    fn batch(&mut self, stored: Vec<Stored>) -> Result<EntryBatch, Status> {
        let checkpoint = self.reader.checkpoint();
        let size = checkpoint.unverified().head.size;
        let extends_last = self.prove(self.proved, size)?;
        let extends_entries = self.prove(TreeSize(self.next.0), size)?;
        self.proved = size;
        let entries = stored.into_iter().map(convert::entry).collect();
        Ok(EntryBatch {
            entries,
            checkpoint: checkpoint.encode().into_bytes(),
            extends_last,
            extends_entries,
        })
    }

    fn prove(&self, old: TreeSize, new: TreeSize) -> Result<Vec<Vec<u8>>, Status> {
        if old == TreeSize::EMPTY || old == new {
            return Ok(Vec::new());
        }
        let proof = prove_consistency(old, new, &*self.reader.tree()).map_err(status::internal)?;
        Ok(proof.0.iter().map(|hash| hash.as_bytes().to_vec()).collect())
    }

    async fn send(&self, step: Step) -> Result<(), Gone> {
        self.steps.send(Ok(FollowEntriesResponse { step: Some(step) })).await.map_err(|_closed| Gone)
    }
}
