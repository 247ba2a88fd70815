//! From the listener to the last connection.

use super::admission::Admission;
use super::caller::{Caller, State};
use super::calls::{Calls, Shared};
use super::ending::Ending;
use super::frames::Frames;
use super::limits::Limits;
use super::meters::DoorMeters;
use super::methods::Methods;
use super::room::{Place, Room};
use super::tls::{Tls, certificate_digest};
use super::tokens::Tokens;
use super::turns::processors;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::rt::Executor;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

/// How much of a request HTTP/2 takes in before somebody reads it, in bytes: on one call, and on a connection.
const WINDOW_BYTES: (u32, u32) = (256 * 1024, 512 * 1024);

/// How much of an answer waits in a call's own buffer for the network, in bytes.
const SEND_BYTES: usize = 128 * 1024;

/// The most bytes of a request's head.
const HEAD_BYTES: u32 = 16 * 1024;

/// How often a connection is looked after once doors are shut.
const ENDING_ROUND: Duration = Duration::from_millis(50);

/// Doors on a listener.
#[derive(Debug)]
pub struct Doors {
    listener: TcpListener,
    shared: Arc<Shared>,
    tls: Option<Arc<Tls>>,
    methods: Arc<Methods>,
    tokens: Option<Arc<Tokens>>,
}

impl Doors {
    /// Doors on `listener`, with these limits.
    pub fn new(listener: TcpListener, limits: Limits) -> Self {
        Self {
            listener,
            shared: Arc::new(Shared::new(limits)),
            tls: None,
            methods: Arc::default(),
            tokens: None,
        }
    }

    /// The same, behind TLS: nothing is spoken in the clear.
    #[must_use]
    pub fn with_tls(self, tls: Arc<Tls>) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// The same, where calls have these names for those who count and tell of them.
    #[must_use]
    pub fn with_methods(self, methods: Methods) -> Self {
        Self { methods: Arc::new(methods), ..self }
    }

    /// The same, where callers are known by these tokens.
    #[must_use]
    pub fn with_tokens(self, tokens: Arc<Tokens>) -> Self {
        Self { tokens: Some(tokens), ..self }
    }

    /// What is counted here.
    pub fn meters(&self) -> DoorMeters {
        self.shared.meters.clone()
    }

    /// TLS, where there is any.
    pub fn tls(&self) -> Option<Arc<Tls>> {
        self.tls.clone()
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// What is held, and by how many.
    pub fn room(&self) -> Arc<Room> {
        Arc::clone(&self.shared.room)
    }

    /// Lets people in to `service` until there is an order to stop, and returns when the last of them has gone: calls
    /// that are worked on are finished, streams have a second, and a second order cuts them all.
    pub async fn serve<S>(self, service: S, ending: Ending)
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let Self { listener, shared, tls, methods, tokens } = self;
        let asked = tls.as_ref().and_then(|tls| tls.strangers());
        let admission = Arc::new(Admission::new(asked, tokens, &shared.limits));
        let connections = TaskTracker::new();
        let mut refresh = interval(shared.limits.certificates);
        loop {
            let came = tokio::select! {
                came = listener.accept() => came,
                () = ending.stopped() => break,
                _tick = refresh.tick() => {
                    let (tls, admission) = (tls.clone(), Arc::clone(&admission));
                    // Files are read where that may take its time; nobody waits for it.
                    drop(tokio::task::spawn_blocking(move || {
                        tls.iter().for_each(|tls| tls.refresh());
                        admission.refresh();
                    }));
                    continue;
                }
            };
            match came {
                Ok((stream, from)) => {
                    let caller = Caller::new(Some(from), processors());
                    let Some(place) = shared.room.let_in(&caller, shared.limits.connections) else {
                        tracing::warn!(%from, max = shared.limits.connections, "turned away: as many are here, and all of them busy");
                        continue;
                    };
                    shared.meters.let_in();
                    let methods = Arc::clone(&methods);
                    let told = (methods, Arc::clone(&admission));
                    let calls = Calls::new(service.clone(), caller.clone(), Arc::clone(&shared), told);
                    let visit = Visit {
                        caller,
                        limits: shared.limits.clone(),
                        meters: shared.meters.clone(),
                        ending: ending.clone(),
                        tasks: Tasks(connections.clone()),
                        _place: place,
                    };
                    let tls = tls.as_ref().map(|tls| tls.acceptor());
                    connections.spawn(visit.receive(stream, tls, calls));
                }
                Err(why) => pause(&why, &shared.limits).await,
            }
        }
        // Nobody waits in a queue that nobody looks at any more.
        drop(listener);
        connections.close();
        connections.wait().await;
    }
}

/// After a connection could not be accepted. Out of descriptors, say: without a pause this would take a whole core, and
/// the writer needs a descriptor too.
async fn pause(why: &io::Error, limits: &Limits) {
    tracing::warn!(%why, "a connection was not accepted");
    let _elapsed = timeout(limits.pause, pending::<()>()).await;
}

/// One connection, from when it is let in.
struct Visit {
    caller: Caller,
    limits: Limits,
    meters: DoorMeters,
    ending: Ending,
    tasks: Tasks,
    _place: Place,
}

/// Where the calls of connections run: they are waited for like these, so that when doors are shut nobody is at work behind
/// them.
#[derive(Debug, Clone)]
struct Tasks(TaskTracker);

impl<F> Executor<F> for Tasks
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lot {
    /// It may stay.
    Stays,
    /// It takes no more calls, and ends when those that there are have been answered.
    Ends,
    /// It is cut; why, and by which limit.
    IsCut(&'static str, Option<&'static str>),
}

/// Since when a connection ends, and whether all of them do.
#[derive(Debug, Clone, Copy)]
enum Ends {
    Not,
    Idle(Instant),
    All(Instant),
}

impl Visit {
    async fn receive<S>(self, stream: TcpStream, tls: Option<TlsAcceptor>, calls: Calls<S>)
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        // Without it small answers wait for each other; with a connection that can't have it nothing is wrong.
        let _as_it_was = stream.set_nodelay(true);
        let Some(acceptor) = tls else { return self.attend(stream, calls).await };
        let shaken = tokio::select! {
            shaken = timeout(self.limits.handshake, acceptor.accept(stream)) => shaken,
            () = self.caller.was_cut() => return,
            () = self.ending.stopped() => return,
        };
        match shaken {
            Ok(Ok(stream)) => {
                let shown = stream.get_ref().1.peer_certificates().and_then(|shown| shown.first());
                self.caller.shakes_hands(shown.map(|shown| certificate_digest(shown)));
                self.attend(stream, calls).await;
            }
            Ok(Err(why)) => tracing::debug!(from = ?self.caller.from(), %why, "no TLS"),
            Err(_elapsed) => {
                self.meters.limit("handshake");
                tracing::debug!(from = ?self.caller.from(), "no TLS within its time");
            }
        }
    }

    /// Serves a connection until it ends, is cut, or its time is over. Dropping it resets every call on it.
    async fn attend<S>(self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, calls: Calls<S>)
    where
        S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
    {
        let builder = builder(&self.limits, self.tasks.clone());
        let io = Frames::new(io, &self.limits, self.meters.clone());
        let mut http = pin!(builder.serve_connection(TokioIo::new(io), calls));
        let (mut ends, mut round) = (Ends::Not, interval(self.limits.round()));
        loop {
            tokio::select! {
                // A connection that breaks is its sender's business.
                _ended = http.as_mut() => return,
                () = self.caller.was_cut() => return,
                () = self.ending.was_cut() => return,
                () = self.ending.stopped(), if !matches!(ends, Ends::All(_)) => {
                    (ends, round) = (Ends::All(Instant::now()), interval(ENDING_ROUND));
                    http.as_mut().graceful_shutdown();
                }
                _tick = round.tick() => {
                    let (state, opened) = (self.caller.state(), self.caller.opened());
                    match lot(&state, opened, ends, &self.limits, Instant::now()) {
                        Lot::Stays => {}
                        Lot::Ends => {
                            ends = Ends::Idle(Instant::now());
                            http.as_mut().graceful_shutdown();
                        }
                        Lot::IsCut(why, limit) => {
                            limit.into_iter().for_each(|limit| self.meters.limit(limit));
                            tracing::info!(from = ?self.caller.from(), why, "a connection was cut");
                            return;
                        }
                    }
                }
            }
        }
    }
}

/// What becomes of a connection that does this.
fn lot(state: &State, opened: Instant, ends: Ends, limits: &Limits, now: Instant) -> Lot {
    let since = |moment| now.saturating_duration_since(moment);
    let (is_worked_on, grace) = (state.working > 0, limits.streams_grace);
    match ends {
        Ends::Not if state.requests == 0 && since(opened) > limits.head => {
            Lot::IsCut("no request came", Some("head"))
        }
        Ends::Not | Ends::Idle(_)
            if state.held > 0 && !is_worked_on && since(state.taken) > limits.unread =>
        {
            Lot::IsCut("what was answered is not read", Some("unread"))
        }
        Ends::Not if state.under_way == 0 && since(state.quiet) > limits.idle => Lot::Ends,
        Ends::Not => Lot::Stays,
        Ends::Idle(asked) if state.under_way == 0 && since(asked) > grace && since(state.quiet) > grace => {
            Lot::IsCut("it was idle, and did not go", Some("idle"))
        }
        Ends::Idle(_) => Lot::Stays,
        Ends::All(told) if since(told) > limits.calls_grace => Lot::IsCut("the server stops", None),
        // An answer that came after the order has its second too.
        Ends::All(told) if !is_worked_on && since(told) > grace && since(state.worked) > grace => {
            Lot::IsCut("the server stops", None)
        }
        Ends::All(_) => Lot::Stays,
    }
}

/// HTTP/1.1 and HTTP/2, whichever is spoken.
fn builder(limits: &Limits, tasks: Tasks) -> Builder<Tasks> {
    let mut builder = Builder::new(tasks);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .initial_stream_window_size(WINDOW_BYTES.0)
        .initial_connection_window_size(WINDOW_BYTES.1)
        .max_send_buf_size(SEND_BYTES)
        .max_header_list_size(HEAD_BYTES)
        .keep_alive_interval(limits.keepalive)
        .keep_alive_timeout(limits.keepalive_answer);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BYTES as usize * 4);
    builder
}
