//! Appending as a stream: requests in order, each all of it or none, answered in order.
//!
//! Three stages work at once, each on what the one before has done: receiving; parsing, and checking signatures, on all
//! cores; appending. What is received and not answered is bounded, and beyond that nothing is taken from the wire, so that
//! who sends waits. Small requests are appended together. Where one of those is refused they are appended one by one up to
//! that one, which ends the stream.

use crate::doors::Share;
use crate::ledger::{AppendError, Appended, Ledger, Reader, each_checked, in_turns};
use crate::proto::{AppendStreamRequest, AppendStreamResponse, SignedEvent};
use crate::service::{convert, status};
use minutebook_governance::authority::check_known;
use minutebook_governance::{ReadEvent, Refusal, Violation};
use minutebook_log::{Malformed, Signed};
use minutebook_store::Engine;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// The most requests that wait for a stage.
const WINDOW_REQUESTS: usize = 64;

/// The most that the requests of a stream may have together that are not answered, in KiB: 8 MiB.
const WINDOW_KIB: u32 = 8 * 1024;

/// How many events are appended together, at most, but for one request that has more.
const TOGETHER: usize = 256;

/// What is answered.
pub(super) type Answers = ReceiverStream<Result<AppendStreamResponse, Status>>;

/// Refuses a request that has too many events, or none.
pub(super) type Check = fn(&[SignedEvent]) -> Result<(), Status>;

/// A request at one of its stages; `place` is what it takes of the window.
struct Staged<T> {
    index: u64,
    events: Vec<T>,
    place: Option<OwnedSemaphorePermit>,
}

/// What goes from stage to stage: a request, or why the stream ends there.
type Handed<T> = Result<Staged<T>, Status>;

/// Appends what comes, until it ends, somebody leaves, or the ledger closes; `place` is kept so long.
pub(super) fn append_stream<E: Engine>(
    ledger: &Ledger<E>,
    share: Share,
    requests: impl Stream<Item = Result<AppendStreamRequest, Status>> + Send + Unpin + 'static,
    (check, turn_bytes): (Check, usize),
    place: OwnedSemaphorePermit,
) -> Answers {
    let (received, to_read) = mpsc::channel(WINDOW_REQUESTS);
    let (read, to_append) = mpsc::channel(WINDOW_REQUESTS);
    let (answer, answers) = mpsc::channel(WINDOW_REQUESTS);
    let (done, appended) = watch::channel(0);
    let reading = Reading { ledger: ledger.clone(), share, turn_bytes, appended };
    ledger.work(receive(requests, check, ledger.closing().clone(), received));
    ledger.work(reading.read_all(to_read, read));
    ledger.work(append_all(ledger.clone(), to_append, answer, done, place));
    ReceiverStream::new(answers)
}

/// Receives requests, as far as the window has room.
async fn receive(
    mut requests: impl Stream<Item = Result<AppendStreamRequest, Status>> + Unpin,
    check: Check,
    closing: CancellationToken,
    received: mpsc::Sender<Handed<SignedEvent>>,
) {
    let window = Arc::new(Semaphore::new(WINDOW_KIB as usize));
    for index in 0.. {
        let next = tokio::select! {
            next = requests.next() => next,
            () = closing.cancelled() => Some(Err(status::closing())),
            () = received.closed() => return,
        };
        let handed = match next {
            None => return,
            Some(Err(status)) => Err(status),
            Some(Ok(AppendStreamRequest { signed_events: events })) => match check(&events) {
                Err(status) => Err(status::of_request(&status, index)),
                Ok(()) => {
                    let bytes: usize = events.iter().map(|event| event.event.len()).sum();
                    let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(WINDOW_KIB).min(WINDOW_KIB);
                    let place = Arc::clone(&window).acquire_many_owned(kib).await.ok();
                    Ok(Staged { index, events, place })
                }
            },
        };
        let ends = handed.is_err();
        if received.send(handed).await.is_err() || ends {
            return;
        }
    }
}

/// Everything that came, as far as the stream goes on, and why it ends, if it does.
fn cut<T>(came: Vec<Handed<T>>) -> (VecDeque<Staged<T>>, Option<Status>) {
    let mut requests = VecDeque::with_capacity(came.len());
    for handed in came {
        match handed {
            Ok(request) => requests.push_back(request),
            Err(status) => return (requests, Some(status)),
        }
    }
    (requests, None)
}

/// The second stage.
struct Reading<E: Engine> {
    ledger: Ledger<E>,
    share: Share,
    turn_bytes: usize,
    /// How many requests were appended.
    appended: watch::Receiver<u64>,
}

impl<E: Engine> Reading<E> {
    async fn read_all(
        mut self,
        mut received: mpsc::Receiver<Handed<SignedEvent>>,
        read: mpsc::Sender<Handed<ReadEvent>>,
    ) {
        let mut came = Vec::new();
        while received.recv_many(&mut came, WINDOW_REQUESTS).await > 0 {
            let (requests, end) = cut(std::mem::take(&mut came));
            let ends = match self.read_some(requests, &read).await {
                Ok(()) => end,
                Err(status) => Some(status),
            };
            if let Some(status) = ends {
                // Whoever asked may have gone.
                let _gone = read.send(Err(status)).await;
                return;
            }
        }
    }

    /// Reads requests in their order, and hands on those before the first that is refused.
    async fn read_some(
        &mut self,
        requests: VecDeque<Staged<SignedEvent>>,
        read: &mpsc::Sender<Handed<ReadEvent>>,
    ) -> Result<(), Status> {
        let turn = (self.turn_bytes, |event: &SignedEvent| event.event.len());
        let parse = |_index, event: SignedEvent| Ok::<_, Infallible>(convert::signed(&event));
        let (shapes, events) = apart(requests);
        let parsed = in_turns(events, &self.share, turn, parse).await.map_err(status::internal)?;
        let parsed = parsed.unwrap_or_else(|never| match never {});
        let (mut requests, refused) =
            together(shapes, parsed, |malformed: Malformed, index| status::malformed(&malformed, index));
        while let Some(first) = requests.front() {
            let before = first.index;
            let (known, unknown) = self.known(&mut requests).await?;
            if known.is_empty() {
                // Whoever signs may be enrolled by a request before it: that has to be appended first.
                if *self.appended.borrow_and_update() >= before {
                    let violation = unknown.ok_or_else(|| status::internal("nothing is known"))?;
                    return Err(violation);
                }
                self.appended.wait_for(|appended| *appended >= before).await.map_err(status::internal)?;
                continue;
            }
            let (shapes, events) = apart(known);
            let checked = each_checked(events, &self.share).await.map_err(status::internal)?;
            let head = self.ledger.reader().head();
            let (checked, refused) = together(shapes, checked, |error, index| {
                status::of_append(&AppendError::Refused { index, refusal: Refusal::Signature(error) }, head)
            });
            for request in checked {
                if read.send(Ok(request)).await.is_err() {
                    return Err(status::left());
                }
            }
            if let Some(status) = refused {
                return Err(status);
            }
        }
        refused.map_or(Ok(()), Err)
    }

    /// Takes out the first requests whose signers the book knows; and what is said to the first whose it does not.
    async fn known(
        &self,
        requests: &mut VecDeque<Staged<Signed>>,
    ) -> Result<(VecDeque<Staged<Signed>>, Option<Status>), Status> {
        let (shapes, events) = apart(std::mem::take(requests));
        let checked = ask_known(self.ledger.reader(), events).await?;
        let (events, unknown) = checked;
        let (mut known, _none) =
            together(shapes, events.into_iter().map(Ok::<_, Infallible>), |never, _index| match never {});
        let Some((at, violation)) = unknown else { return Ok((known, None)) };
        let (mut before, mut events) = (0, 0);
        for request in &known {
            if events + request.events.len() > at {
                break;
            }
            (before, events) = (before + 1, events + request.events.len());
        }
        *requests = known.split_off(before);
        let index = requests.front().map_or(0, |request| request.index);
        let refusal = Refusal::Unauthorised(vec![violation]);
        let error = AppendError::Refused { index: at - events, refusal };
        let refused = status::of_append(&error, self.ledger.reader().head());
        Ok((known, Some(status::of_request(&refused, index))))
    }
}

/// The events, and the first whose signer the book does not know.
async fn ask_known<E: Engine>(
    reader: &Arc<Reader<E>>,
    events: Vec<Signed>,
) -> Result<(Vec<Signed>, Option<(usize, Violation)>), Status> {
    let asked = reader.ask_to_write(move |known| {
        let unknown = check_known(known.book().record(), &events).err();
        (events, unknown)
    });
    asked.await.map_err(status::internal)
}

/// A request without its events: its index, how many there are, its place.
type Shape = (u64, usize, Option<OwnedSemaphorePermit>);

/// The events of requests, one behind the other.
fn apart<T>(requests: VecDeque<Staged<T>>) -> (Vec<Shape>, Vec<T>) {
    let (mut shapes, mut all) = (Vec::with_capacity(requests.len()), Vec::new());
    for Staged { index, mut events, place } in requests {
        shapes.push((index, events.len(), place));
        all.append(&mut events);
    }
    (shapes, all)
}

/// The requests again, of what became of their events: those before the first of which one failed, and why it did.
fn together<T, F>(
    shapes: Vec<Shape>,
    events: impl IntoIterator<Item = Result<T, F>>,
    refuse: impl FnOnce(F, usize) -> Status,
) -> (VecDeque<Staged<T>>, Option<Status>) {
    let (mut requests, mut all) = (VecDeque::with_capacity(shapes.len()), events.into_iter());
    for (index, length, place) in shapes {
        let mut events = Vec::with_capacity(length);
        for (at, event) in all.by_ref().take(length).enumerate() {
            match event {
                Ok(event) => events.push(event),
                Err(failure) => return (requests, Some(status::of_request(&refuse(failure, at), index))),
            }
        }
        requests.push_back(Staged { index, events, place });
    }
    (requests, None)
}

/// The third stage: appends in order, and answers.
async fn append_all<E: Engine>(
    ledger: Ledger<E>,
    mut read: mpsc::Receiver<Handed<ReadEvent>>,
    answer: mpsc::Sender<Result<AppendStreamResponse, Status>>,
    done: watch::Sender<u64>,
    _place: OwnedSemaphorePermit,
) {
    let mut came = Vec::new();
    while read.recv_many(&mut came, WINDOW_REQUESTS).await > 0 {
        let (mut requests, end) = cut(std::mem::take(&mut came));
        while !requests.is_empty() {
            for answered in append_some(&ledger, next_together(&mut requests)).await {
                let refused = answered.as_ref().err().map(status::reason);
                ledger.reader().meters().answered(refused);
                let (ends, answered) = match answered {
                    Ok((index, response)) => {
                        done.send_replace(index + 1);
                        (false, Ok(response))
                    }
                    Err(status) => (true, Err(status)),
                };
                if answer.send(answered).await.is_err() || ends {
                    return;
                }
            }
        }
        if let Some(status) = end {
            ledger.reader().meters().answered(Some(status::reason(&status)));
            let _gone = answer.send(Err(status)).await;
            return;
        }
    }
}

/// The next requests that are appended together: one at least.
fn next_together(requests: &mut VecDeque<Staged<ReadEvent>>) -> VecDeque<Staged<ReadEvent>> {
    let mut events = 0;
    let fits = |request: &&Staged<ReadEvent>| {
        events += request.events.len();
        events <= TOGETHER
    };
    let count = requests.iter().take_while(fits).count().max(1);
    let rest = requests.split_off(count);
    std::mem::replace(requests, rest)
}

type Answered = Result<(u64, AppendStreamResponse), Status>;

/// Appends requests together, or, where that is refused, one by one up to the one that is.
async fn append_some<E: Engine>(ledger: &Ledger<E>, requests: VecDeque<Staged<ReadEvent>>) -> Vec<Answered> {
    if requests.len() > 1 {
        let events = requests.iter().flat_map(|request| &request.events).cloned().collect();
        match ledger.append_read_in_time(events).await {
            Ok(appended) => {
                let mut appended = appended.into_iter();
                let answers = requests.iter().map(|request| {
                    let own: Vec<_> = appended.by_ref().take(request.events.len()).collect();
                    Ok((request.index, response(ledger, &own)))
                });
                return answers.collect();
            }
            // Nothing of it is stored.
            Err(
                AppendError::Refused { .. } | AppendError::Request(_) | AppendError::LogKeyNotHeld { .. },
            ) => {}
            Err(error) => {
                let index = requests.front().map_or(0, |request| request.index);
                return vec![Err(refused(ledger, &error, index))];
            }
        }
    }
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        match ledger.append_read_in_time(request.events).await {
            Ok(appended) => answers.push(Ok((request.index, response(ledger, &appended)))),
            Err(error) => {
                answers.push(Err(refused(ledger, &error, request.index)));
                break;
            }
        }
    }
    answers
}

fn response<E: Engine>(ledger: &Ledger<E>, appended: &[Appended]) -> AppendStreamResponse {
    let checkpoint = ledger.reader().checkpoint().encode().into_bytes();
    AppendStreamResponse { appended: appended.iter().map(convert::appended).collect(), checkpoint }
}

fn refused<E: Engine>(ledger: &Ledger<E>, error: &AppendError, index: u64) -> Status {
    status::of_request(&status::of_append(error, ledger.reader().head()), index)
}
