//! A call, from its head to the end of its answer: its body is bounded, its time is, and what it holds is counted.

use super::admission::Admission;
use super::bodies::{AnswerBody, RequestBody};
use super::caller::Caller;
use super::limits::Limits;
use super::meters::DoorMeters;
use super::methods::CallKind;
use super::methods::Methods;
use super::record::{CallRecord, RequestId};
use super::refusal::{DoorRefusal, speaks_grpc};
use super::room::{Held, Room};
use super::seats::{Seat, Seats};
use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::Service;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

/// The header in which a gRPC client says how long it waits.
const GRPC_TIMEOUT: &str = "grpc-timeout";

/// The most calls that are worked on at once by which machines look whether the server is there.
const PROBES_MAX: usize = 64;

/// How many connections may hold a share each of what is held at once: one that holds as much is not worked for until it has
/// taken some.
const HELD_SHARES: usize = 32;

/// How many calls a connection may have under way that are let wait where as many wait as are worked on at once.
const FEW: usize = 16;

/// What all calls share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) room: Arc<Room>,
    pub(super) meters: DoorMeters,
    calls: Arc<Seats>,
    /// How many calls wait for their places.
    waiting: AtomicUsize,
    /// Apart from them, so that those who look whether the server is there learn it when it is busy too.
    probes: Arc<Seats>,
}

impl Shared {
    pub(super) fn new(limits: Limits) -> Self {
        let meters = DoorMeters::default();
        let room = Arc::new(Room::new(limits.bytes_in_flight, meters.clone()));
        let (calls, probes) = (Arc::new(Seats::new(limits.calls)), Arc::new(Seats::new(PROBES_MAX)));
        Self { limits, room, meters, calls, waiting: AtomicUsize::new(0), probes }
    }
}

/// A call that comes.
struct Comes<'a> {
    connection: &'a Caller,
    kind: CallKind,
    is_whole: &'a Arc<AtomicBool>,
}

/// What a call has that is worked on.
struct Seated {
    seat: Seat,
    /// Who makes it.
    known: Caller,
    /// That its answer may be made.
    made: OwnedSemaphorePermit,
}

/// A call that waits for its place.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shared {
    /// Gives a call its place: few answers are made at once for one connection, none for one that does not take what was
    /// made, and none while more is held than may be.
    async fn let_in(
        &self,
        comes: Comes<'_>,
        known: Caller,
        (until, time): (Instant, Duration),
    ) -> Result<Seated, DoorRefusal> {
        let Comes { connection, kind, is_whole } = comes;
        let waiting = self.wait(connection)?;
        let making = async {
            let made = connection.may_make(kind).await;
            connection.has_taken((self.limits.bytes_in_flight / HELD_SHARES).max(1)).await;
            if kind != CallKind::Probe {
                self.room.has_room().await;
            }
            made
        };
        let made = tokio::select! {
            biased;
            () = connection.was_cut() => return Err(DoorRefusal::Cut),
            made = timeout_at(until, making) => made.ok().flatten().ok_or(DoorRefusal::Late(time))?,
        };
        drop(waiting);
        let seats = if kind == CallKind::Probe { &self.probes } else { &self.calls };
        let seat = seats.take(&known, kind, is_whole).ok_or(DoorRefusal::Busy { max: seats.max() })?;
        Ok(Seated { seat, known, made })
    }

    /// Waits with others, unless there are very many and this connection has its part of them: what waits takes room, too.
    fn wait(&self, connection: &Caller) -> Result<Waiting<'_>, DoorRefusal> {
        let is_crowded = self.waiting.fetch_add(1, Ordering::Relaxed) >= self.limits.calls;
        let waiting = Waiting(&self.waiting);
        if is_crowded && connection.state().under_way > FEW {
            return Err(DoorRefusal::Busy { max: self.limits.calls });
        }
        Ok(waiting)
    }
}

/// The calls of one connection, which `service` answers.
#[derive(Debug, Clone)]
pub(super) struct Calls<S> {
    service: S,
    caller: Caller,
    shared: Arc<Shared>,
    methods: Arc<Methods>,
    admission: Arc<Admission>,
}

impl<S> Calls<S> {
    pub(super) fn new(
        service: S,
        caller: Caller,
        shared: Arc<Shared>,
        (methods, admission): (Arc<Methods>, Arc<Admission>),
    ) -> Self {
        Self { service, caller, shared, methods, admission }
    }
}

impl<S> Service<Request<Incoming>> for Calls<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let Self { service, caller, shared, methods, admission } = self.clone();
        let (method, id) = (methods.named(request.uri().path()), RequestId::of(request.headers()));
        let span = tracing::info_span!("call", method = method.name, request_id = %id);
        // Counted from now on, not from the first poll on: what has come in is no idle connection's.
        let under_way = caller.begin();
        Box::pin(
            async move {
                let is_grpc = speaks_grpc(request.headers());
                let mut record =
                    CallRecord::new(method, id.clone(), caller.clone(), shared.meters.clone(), is_grpc);
                let limits = &shared.limits;
                let asked = asked_time(request.headers()).filter(|_asked| is_grpc);
                let time = asked.map_or(limits.call, |asked| asked.min(limits.call));
                let (now, room) = (Instant::now(), &shared.room);
                let (is_answered, is_whole) = (Arc::new(AtomicBool::new(false)), Arc::default());
                let admitted = match admission.admit(&caller, request.headers(), method.kind) {
                    // Who gives no time at all is not answered, however fast that would be.
                    Ok(_known) if time.is_zero() => Err(DoorRefusal::Late(time)),
                    Ok(known) => {
                        let comes = Comes { connection: &caller, kind: method.kind, is_whole: &is_whole };
                        shared.let_in(comes, known, (now + time, time)).await
                    }
                    Err(refusal) => Err(refusal),
                };
                let (working, held) = (caller.work(), Arc::new(Held::nothing(room, &caller)));
                let (mut making, connection) = (None, &caller);
                let answered = match admitted {
                    Err(refusal) => Err(refusal),
                    Ok(Seated { seat, known, made }) => {
                        making = Some(made);
                        record.known_as(known.clone());
                        let mut request = request.map(|body| {
                            let bounds = (limits.request_bytes, limits.body);
                            let counted = (&held, &is_answered, &is_whole, record.request_bytes());
                            Body::new(RequestBody::new(body, counted, bounds))
                        });
                        // What is beneath knows the caller, and never the token.
                        request.headers_mut().remove(AUTHORIZATION);
                        request.extensions_mut().insert(known);
                        tokio::select! {
                            biased;
                            answered = timeout_at(now + time, service.call(request)) => {
                                answered.map_err(|_elapsed| DoorRefusal::Late(time))
                            }
                            () = seat.taken_back() => Err(DoorRefusal::GaveWay { max: limits.calls }),
                            // What the writer has is written all the same.
                            () = connection.was_cut() => Err(DoorRefusal::Cut),
                        }
                    }
                };
                is_answered.store(true, Ordering::Relaxed);
                drop((working, held));
                let (mut answer, reason) = match answered {
                    Ok(Ok(answer)) => (answer, None),
                    Ok(Err(never)) => match never {},
                    Err(refusal) => (refusal.answer(is_grpc), Some(refusal.reason())),
                };
                record.head(answer.status(), answer.headers());
                reason.iter().for_each(|reason| record.refused(reason));
                id.give(answer.headers_mut());
                let ends = asked.and_then(|asked| Some((now.checked_add(asked)?, asked)));
                let room = Arc::clone(room);
                let told = (caller, record);
                let (head, body) = answer.into_parts();
                let body = AnswerBody::new(body, room, told, ends, under_way).begun().await;
                drop(making);
                Ok(Response::from_parts(head, Body::new(body)))
            }
            .instrument(span),
        )
    }
}

/// How long a client says that it waits: at most eight digits and a unit; nothing where it says nothing that can be read.
fn asked_time(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn where_very_many_wait_none_has_more_than_a_few_of_them() {
        let shared = Shared::new(Limits { calls: 3, ..Limits::default() });
        let (greedy, modest) = (Caller::new(None, 1), Caller::new(None, 1));
        let _under_way: Vec<_> = (0..=FEW).map(|_call| greedy.begin()).collect();
        let _one = modest.begin();
        let waiting: Vec<_> = (0..3).map(|_call| shared.wait(&greedy).unwrap()).collect();
        assert_eq!(shared.wait(&greedy).err(), Some(DoorRefusal::Busy { max: 3 }));
        assert!(shared.wait(&modest).is_ok());
        drop(waiting);
        assert!(shared.wait(&greedy).is_ok());
    }

    #[test]
    fn the_time_that_a_client_waits_is_read_strictly() {
        let read = |text: &'static str| {
            asked_time(&HeaderMap::from_iter([(
                GRPC_TIMEOUT.parse().unwrap(),
                HeaderValue::from_static(text),
            )]))
        };
        assert_eq!(read("2S"), Some(Duration::from_secs(2)));
        assert_eq!(read("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        assert_eq!(read("1500m"), Some(Duration::from_millis(1500)));
        assert_eq!(read("7u"), Some(Duration::from_micros(7)));
        for text in ["", "S", "2", "2s", "-2S", "+2S", "123456789S", "2 S"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
