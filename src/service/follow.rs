//! Following the log: history from the store, then each entry as it becomes durable.
//!
//! There is one cursor, and one source: the store. What wakes the reader only says that there is more, so
//! nothing can fall between history and what is live, or come twice.

use crate::ledger::{Ledger, Reader};
use crate::proto::{CaughtUp, EntryBatch, FollowEntriesResponse, follow_entries_response::Step};
use crate::service::{convert, status};
use minutebook_log::Position;
use minutebook_store::{Engine, ReadLimits};
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
    let follower = Follower { reader: Arc::clone(ledger.reader()), next, steps };
    let closing = ledger.closing().clone();
    ledger.tasks().spawn(follower.run(closing));
    ReceiverStream::new(received)
}

struct Follower<E: Engine> {
    reader: Arc<Reader<E>>,
    next: Position,
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
            let entries = stored.into_iter().map(convert::entry).collect();
            self.send(Step::Batch(EntryBatch { entries })).await?;
        }
        Ok(())
    }

    async fn send(&self, step: Step) -> Result<(), Gone> {
        self.steps.send(Ok(FollowEntriesResponse { step: Some(step) })).await.map_err(|_closed| Gone)
    }
}
