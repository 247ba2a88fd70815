//! What waits for the writer: a bounded queue.

use crate::ledger::{AppendError, Appended, QueueFill, Stop};
use minutebook_governance::ReadEvent;
use minutebook_log::{Malformed, Signed};
use minutebook_store::BATCH_BYTES_MAX;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};

/// The most events that one request may have.
pub const REQUEST_EVENTS_MAX: usize = 1000;

/// The most requests that may wait.
pub const QUEUE_REQUESTS_MAX: usize = 1024;

/// The most that all waiting requests may have together, in KiB: 64 MiB.
const QUEUE_KIB_MAX: u32 = 64 * 1024;

/// What an entry can have beside its event and its signatures, in bytes: the header's other lines.
const HEADER_BYTES_MAX: usize = 512;

/// What a signature takes in an entry, in bytes: its line.
const SIGNATURE_BYTES: usize = "signed ed25519 ".len() + 64 + 1 + 88 + 1;

/// What is answered to a request.
pub(super) type Answer = Result<Vec<Appended>, AppendError>;

/// Events that were read and whose signatures hold, to be written all or not at all.
pub(super) struct Request {
    pub(super) events: Vec<ReadEvent>,
    bytes: usize,
    reply: oneshot::Sender<Answer>,
    /// What it takes of the queue, given back when it is answered.
    _room: OwnedSemaphorePermit,
}

impl Request {
    /// How many bytes its entries can have.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn answer(self, answer: Answer) {
        // Whoever asked may have gone; what is written stays so.
        let _gone = self.reply.send(answer);
    }
}

/// The end of the queue that requests are put in.
#[derive(Debug, Clone)]
pub(super) struct Entrance {
    requests: mpsc::Sender<Request>,
    room: Arc<Semaphore>,
    /// Is cancelled once nobody takes anything out any more.
    left: CancellationToken,
}

/// A place in the queue, kept while signatures are checked.
pub(super) struct Reserved {
    slot: mpsc::OwnedPermit<Request>,
    room: OwnedSemaphorePermit,
    bytes: usize,
    left: CancellationToken,
}

/// What the writer will say.
pub(super) struct Awaited {
    answer: oneshot::Receiver<Answer>,
    left: CancellationToken,
}

/// The end of the queue that the writer takes from.
pub(super) struct Exit {
    requests: mpsc::Receiver<Request>,
    /// Taken out, and put back for the next group.
    held: VecDeque<Request>,
    closing: CancellationToken,
    /// Told last, when what waited has been dropped.
    _left: DropGuard,
}

/// A queue, which takes no more once `closing` is cancelled.
pub(super) fn queue(closing: CancellationToken) -> (Entrance, Exit) {
    let (sender, requests) = mpsc::channel(QUEUE_REQUESTS_MAX);
    let room = Arc::new(Semaphore::new(QUEUE_KIB_MAX as usize));
    let left = CancellationToken::new();
    let exit = Exit { requests, held: VecDeque::new(), closing, _left: left.clone().drop_guard() };
    (Entrance { requests: sender, room, left }, exit)
}

impl Entrance {
    /// What waits.
    pub(super) fn fill(&self) -> QueueFill {
        let requests = self.requests.max_capacity() - self.requests.capacity();
        let kib = (QUEUE_KIB_MAX as usize).saturating_sub(self.room.available_permits());
        QueueFill { requests, bytes: kib * 1024 }
    }

    /// Takes a place for these events, or says at once that there is none.
    pub(super) fn reserve<'a>(
        &self,
        events: impl ExactSizeIterator<Item = &'a Signed>,
    ) -> Result<Reserved, AppendError> {
        let bytes = check_size(events)?;
        let slot = self.requests.clone().try_reserve_owned().map_err(|error| match error {
            mpsc::error::TrySendError::Full(_sender) => AppendError::QueueFull,
            mpsc::error::TrySendError::Closed(_sender) => AppendError::Stopped(Stop::Closing),
        })?;
        let room =
            self.room.clone().try_acquire_many_owned(kib(bytes)).map_err(|_none| AppendError::QueueFull)?;
        Ok(Reserved { slot, room, bytes, left: self.left.clone() })
    }

    /// The same; waits until there is one, behind those who have waited longer.
    pub(super) async fn reserve_in_time<'a>(
        &self,
        events: impl ExactSizeIterator<Item = &'a Signed>,
    ) -> Result<Reserved, AppendError> {
        let bytes = check_size(events)?;
        let closing = |_closed| AppendError::Stopped(Stop::Closing);
        let slot = self.requests.clone().reserve_owned().await.map_err(closing)?;
        // The writer gives room back with each request that it answers, whatever waits for it here.
        let room = self.room.clone().acquire_many_owned(kib(bytes)).await;
        let room = room.map_err(|_never_closed| AppendError::Stopped(Stop::Closing))?;
        Ok(Reserved { slot, room, bytes, left: self.left.clone() })
    }
}

/// What so many bytes take of the queue's room.
fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX)
}

impl Reserved {
    /// Puts the events in their place; the answer comes when they are durable, or refused.
    pub(super) fn send(self, events: Vec<ReadEvent>) -> Awaited {
        let (reply, answer) = oneshot::channel();
        self.slot.send(Request { events, bytes: self.bytes, reply, _room: self.room });
        Awaited { answer, left: self.left }
    }
}

impl Awaited {
    /// What the writer says; that it is not known, where it ends without a word. What was put into the queue after it had gone
    /// would lie there as long as anybody could put something in.
    pub(super) async fn answer(mut self) -> Answer {
        let answered = tokio::select! {
            biased;
            answered = &mut self.answer => answered.ok(),
            () = self.left.cancelled() => self.answer.try_recv().ok(),
        };
        answered
            .unwrap_or_else(|| Err(AppendError::Unknown { why: "the writer ended in the middle".to_owned() }))
    }
}

/// How many bytes the entries of a request can have.
fn check_size<'a>(events: impl ExactSizeIterator<Item = &'a Signed>) -> Result<usize, AppendError> {
    let refuse =
        |found, needed: String| Err(AppendError::Request(Malformed::new("signed_events", found, needed)));
    if !(1..=REQUEST_EVENTS_MAX).contains(&events.len()) {
        return refuse(format!("{} events", events.len()), format!("1 to {REQUEST_EVENTS_MAX} events"));
    }
    let entry_bytes = |signed: &Signed| {
        HEADER_BYTES_MAX + signed.event().bytes().len() + signed.signatures().len() * SIGNATURE_BYTES
    };
    let bytes = events.map(entry_bytes).sum();
    if bytes > BATCH_BYTES_MAX {
        return refuse(
            format!("{bytes} bytes of entries"),
            format!("at most {BATCH_BYTES_MAX}: send fewer events at a time"),
        );
    }
    Ok(bytes)
}

impl Exit {
    /// The next request; waits if there is none. Nothing once the queue is closed and empty. Loses nothing where it is
    /// not waited for to the end.
    pub(super) async fn next(&mut self) -> Option<Request> {
        if let Some(held) = self.held.pop_front() {
            return Some(held);
        }
        tokio::select! {
            request = self.requests.recv() => return request,
            () = self.closing.cancelled() => self.requests.close(),
        }
        self.requests.recv().await
    }

    /// The next request, if one waits.
    pub(super) fn try_next(&mut self) -> Option<Request> {
        self.held.pop_front().or_else(|| self.requests.try_recv().ok())
    }

    /// Puts requests back, in their order, to be the next that are taken.
    pub(super) fn put_back(&mut self, requests: Vec<Request>) {
        for request in requests.into_iter().rev() {
            self.held.push_front(request);
        }
    }
}

/// Answers all of these requests alike.
pub(super) fn answer_all(group: Vec<Request>, error: &AppendError) {
    for request in group {
        request.answer(Err(error.clone()));
    }
}
