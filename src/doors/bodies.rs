//! The bodies of requests and answers: bounded, timed, and counted for as long as they are held.

use super::caller::{Caller, UnderWay};
use super::record::CallRecord;
use super::refusal::{BodyRefused, DoorRefusal};
use super::room::{Held, Room, counted};
use axum::body::Body;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};
use tonic::Status;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request: it ends with an error where it takes too long or gets too large. Once it is being answered the
/// two talk with each other: what comes then may take its time, and is counted until whoever answers has used it.
pub(super) struct RequestBody<B> {
    inner: B,
    held: Arc<Held>,
    is_answered: Arc<AtomicBool>,
    /// Whether all of it has come.
    is_whole: Arc<AtomicBool>,
    /// All that came, whatever became of it.
    came: Arc<AtomicU64>,
    bytes_max: usize,
    time: Duration,
    ends: Pin<Box<Sleep>>,
}

impl<B> RequestBody<B> {
    /// `inner`, whose bytes are held as `held` says until it is being answered, with at most so many bytes in so much time
    /// until then.
    pub(super) fn new(
        inner: B,
        (held, is_answered, is_whole, came): (&Arc<Held>, &Arc<AtomicBool>, &Arc<AtomicBool>, Arc<AtomicU64>),
        (bytes_max, time): (usize, Duration),
    ) -> Self {
        let ends = Box::pin(sleep_until(Instant::now() + time));
        let (held, is_answered, is_whole) = (Arc::clone(held), Arc::clone(is_answered), Arc::clone(is_whole));
        Self { inner, held, is_answered, is_whole, came, bytes_max, time, ends }
    }
}

impl<B: HttpBody<Data = Bytes, Error: Into<Error>> + Unpin> HttpBody for RequestBody<B> {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = Pin::new(&mut self.inner).poll_frame(cx);
        let is_answered = self.is_answered.load(Ordering::Relaxed);
        let Poll::Ready(frame) = frame else {
            if is_answered {
                return Poll::Pending;
            }
            ready!(self.ends.as_mut().poll(cx));
            return Poll::Ready(Some(Err(BodyRefused::from(DoorRefusal::Slow(self.time)).into())));
        };
        let frame = match frame {
            Some(Ok(frame)) => {
                // A reader that has all it wants asks no further.
                if self.inner.is_end_stream() {
                    self.is_whole.store(true, Ordering::Relaxed);
                }
                frame
            }
            None => {
                self.is_whole.store(true, Ordering::Relaxed);
                return Poll::Ready(None);
            }
            other => return Poll::Ready(other.map(|frame| frame.map_err(Into::into))),
        };
        self.came.fetch_add(frame.data_ref().map_or(0, Bytes::len) as u64, Ordering::Relaxed);
        if is_answered {
            return Poll::Ready(Some(Ok(frame.map_data(|bytes| self.held.counted_apart(bytes)))));
        }
        self.held.add(frame.data_ref().map_or(0, Bytes::len));
        if self.held.bytes() > self.bytes_max {
            let large = DoorRefusal::Large { max: self.bytes_max };
            return Poll::Ready(Some(Err(BodyRefused::from(large).into())));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of an answer: its bytes are counted until they are sent, and it ends at the client's deadline.
pub(super) struct AnswerBody {
    inner: Body,
    /// What it begins with, where that is there at once.
    first: Option<Answered>,
    room: Arc<Room>,
    caller: Caller,
    ends: Option<(Pin<Box<Sleep>>, Duration)>,
    is_over: bool,
    record: CallRecord,
    _under_way: UnderWay,
}

impl AnswerBody {
    /// What answers a request that is under way until this is dropped; with the moment at which a stream that speaks
    /// gRPC ends, and after how long that is.
    pub(super) fn new(
        inner: Body,
        room: Arc<Room>,
        (caller, record): (Caller, CallRecord),
        ends: Option<(Instant, Duration)>,
        under_way: UnderWay,
    ) -> Self {
        let ends = ends.map(|(at, after)| (Box::pin(sleep_until(at)), after));
        Self { inner, first: None, room, caller, ends, is_over: false, record, _under_way: under_way }
    }

    /// Takes what it begins with, if that is there: whoever has no room for it is not asked to take it, and what was made
    /// is held meanwhile, and so counted.
    pub(super) async fn begun(mut self) -> Self {
        if !self.inner.is_end_stream() {
            self.first = poll_fn(|cx| match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Ready(frame) => Poll::Ready(Some(frame)),
                Poll::Pending => Poll::Ready(None),
            })
            .await
            .map(|frame| self.counted(frame));
        }
        self
    }

    fn counted(&mut self, frame: Answered) -> Answered {
        let Some(Ok(frame)) = frame else { return frame };
        frame.data_ref().iter().for_each(|bytes| self.record.sent(bytes.len()));
        frame.trailers_ref().iter().for_each(|trailers| self.record.end(trailers));
        Some(Ok(frame.map_data(|bytes| counted(bytes, &self.room, &self.caller))))
    }
}

/// What a body gives.
type Answered = Option<Result<Frame<Bytes>, axum::Error>>;

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        if let Some(first) = self.first.take() {
            return Poll::Ready(first);
        }
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
            let Some((sleep, after)) = &mut self.ends else { return Poll::Pending };
            ready!(sleep.as_mut().poll(cx));
            let trailers = trailers(&DoorRefusal::Late(*after).status());
            self.is_over = true;
            trailers.iter().for_each(|trailers| self.record.end(trailers));
            return Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))));
        };
        Poll::Ready(self.counted(frame))
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || (self.first.is_none() && self.inner.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let first = match &self.first {
            Some(Some(Ok(frame))) => frame.data_ref().map_or(0, Bytes::len) as u64,
            _ => 0,
        };
        let rest = self.inner.size_hint();
        let mut whole = SizeHint::new();
        whole.set_lower(rest.lower().saturating_add(first));
        if let Some(upper) = rest.upper() {
            whole.set_upper(upper.saturating_add(first));
        }
        whole
    }
}

/// A status as gRPC's trailers; nothing where it can't be written so.
fn trailers(status: &Status) -> Option<axum::http::HeaderMap> {
    let mut headers = axum::http::HeaderMap::new();
    status.add_header(&mut headers).ok().map(|()| headers)
}
