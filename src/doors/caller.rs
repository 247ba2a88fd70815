//! The client that a call belongs to: its connection, what that holds and does, and by what it is known: a certificate, a
//! token, or nothing but its address.

use super::methods::{CallKind, MAKING};
use super::rates::Client;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Who makes a call. It comes with each request, among its extensions.
#[derive(Debug, Clone)]
pub struct Caller {
    connection: Arc<Connection>,
    /// The name of the token that this call brings.
    token: Option<Arc<str>>,
    may_write: bool,
}

/// What a TLS handshake has shown.
#[derive(Debug, Clone, Copy)]
struct Handshake {
    /// The digest of the caller's certificate, where it has shown one.
    certificate: Option<[u8; 32]>,
}

#[derive(Debug)]
struct Connection {
    from: Option<SocketAddr>,
    opened: Instant,
    cut: CancellationToken,
    /// What the handshake has shown; nothing before it, and where there is none.
    handshake: OnceLock<Handshake>,
    /// What this connection may have in work at once of what is shared fairly.
    turns: Arc<Semaphore>,
    /// What may be made for it at once.
    making: Arc<Semaphore>,
    state: Mutex<State>,
    /// Told whenever it has taken some of what is held for it.
    took: Notify,
}

/// What a connection does.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    /// How many requests have come.
    pub(super) requests: u64,
    /// How many of them are worked on.
    pub(super) working: usize,
    /// How many are worked on or being answered.
    pub(super) under_way: usize,
    /// Since when `working` is what it is.
    pub(super) worked: Instant,
    /// Since when `under_way` is what it is.
    pub(super) quiet: Instant,
    /// How many bytes it makes this program hold.
    pub(super) held: usize,
    /// Since when it has held any.
    pub(super) held_since: Instant,
    /// When it last took some.
    pub(super) taken: Instant,
}

impl Caller {
    /// Somebody who comes from this address, with so many turns at once.
    pub(super) fn new(from: Option<SocketAddr>, turns: usize) -> Self {
        let now = Instant::now();
        let state = State {
            requests: 0,
            working: 0,
            under_way: 0,
            worked: now,
            quiet: now,
            held: 0,
            held_since: now,
            taken: now,
        };
        let (cut, turns, state) =
            (CancellationToken::new(), Arc::new(Semaphore::new(turns)), Mutex::new(state));
        let handshake = OnceLock::new();
        let (took, making) = (Notify::new(), Arc::new(Semaphore::new(MAKING)));
        let connection =
            Arc::new(Connection { from, opened: now, cut, handshake, turns, making, state, took });
        Self { connection, token: None, may_write: true }
    }

    /// Who makes a call, as its extensions say; somebody unknown, where it did not come through these doors.
    pub fn of(extensions: &axum::http::Extensions) -> Self {
        extensions.get().cloned().unwrap_or_else(|| Self::new(None, 1))
    }

    /// Where the connection comes from.
    pub fn from(&self) -> Option<SocketAddr> {
        self.connection.from
    }

    /// How it is known, for the log: never by whom.
    pub(super) fn kind(&self) -> &'static str {
        match (&self.token, self.has_certificate()) {
            (Some(_), _) => "token",
            (None, true) => "certificate",
            (None, false) => "nobody",
        }
    }

    /// The client whose calls are counted together, where it is known by more than its address.
    pub(super) fn client(&self) -> Option<Client> {
        let certificate = || self.handshake().and_then(|shown| shown.certificate).map(Client::Certificate);
        self.token.clone().map(Client::Token).or_else(certificate)
    }

    /// The same caller in a call that brings this token.
    pub(super) fn known_by(&self, token: Option<Arc<str>>, may_write: bool) -> Self {
        Self { connection: Arc::clone(&self.connection), token, may_write }
    }

    /// Takes note of what a handshake has shown.
    pub(super) fn shakes_hands(&self, certificate: Option<[u8; 32]>) {
        // There is one for each connection.
        let _first = self.connection.handshake.set(Handshake { certificate });
    }

    fn handshake(&self) -> Option<&Handshake> {
        self.connection.handshake.get()
    }

    /// Whether it has shown a certificate that holds.
    pub(super) fn has_certificate(&self) -> bool {
        self.handshake().is_some_and(|shown| shown.certificate.is_some())
    }

    /// Whether nobody else hears what it says: over TLS, or on this machine.
    pub(super) fn is_private(&self) -> bool {
        let is_here = self.from().is_some_and(|from| from.ip().to_canonical().is_loopback());
        self.handshake().is_some() || is_here
    }

    /// Whether it comes over TLS.
    pub fn is_encrypted(&self) -> bool {
        self.handshake().is_some()
    }

    /// By which its connection is told from all others there are.
    pub(super) fn number(&self) -> usize {
        Arc::as_ptr(&self.connection).addr()
    }

    /// Whether both are one connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.connection, &other.connection)
    }

    /// Whether it may write: where the server asks for certificates or tokens, only who has one that allows it.
    pub fn may_write(&self) -> bool {
        self.may_write
    }

    pub(super) fn opened(&self) -> Instant {
        self.connection.opened
    }

    pub(super) fn turns(&self) -> Arc<Semaphore> {
        Arc::clone(&self.connection.turns)
    }

    /// Ends the connection, with everything that is under way on it.
    pub(super) fn cut(&self) {
        self.connection.cut.cancel();
    }

    pub(super) fn is_cut(&self) -> bool {
        self.connection.cut.is_cancelled()
    }

    pub(super) async fn was_cut(&self) {
        self.connection.cut.cancelled().await;
    }

    pub(super) fn state(&self) -> State {
        *self.lock()
    }

    /// What is held in a panic elsewhere is still whole: each change is one assignment.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.connection.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of bytes that are held for this connection.
    pub(super) fn hold(&self, bytes: usize) {
        let mut state = self.lock();
        if state.held == 0 {
            (state.held_since, state.taken) = (Instant::now(), Instant::now());
        }
        state.held += bytes;
    }

    /// Takes note of bytes that are held no more.
    pub(super) fn give_back(&self, bytes: usize) {
        let mut state = self.lock();
        state.held = state.held.saturating_sub(bytes);
        state.taken = Instant::now();
        drop(state);
        self.connection.took.notify_waiters();
    }

    /// Waits until the answer to one more call of this kind may be made, beside those that are being made: what waits for the
    /// network is counted, and what is not made yet can't be. Nothing where there is no such limit any more.
    pub(super) async fn may_make(&self, kind: CallKind) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.connection.making).acquire_many_owned(kind.makes()).await.ok()
    }

    /// Waits until less than that is held for this connection.
    pub(super) async fn has_taken(&self, held_max: usize) {
        loop {
            let mut took = pin!(self.connection.took.notified());
            // From here on nothing is missed that is taken.
            took.as_mut().enable();
            if self.state().held < held_max {
                return;
            }
            took.await;
        }
    }

    /// A request of this connection, until it has been answered.
    pub(super) fn begin(&self) -> UnderWay {
        let mut state = self.lock();
        state.requests += 1;
        state.under_way += 1;
        state.quiet = Instant::now();
        UnderWay(self.clone())
    }

    /// Work on a request, until there is an answer.
    pub(super) fn work(&self) -> Working {
        let mut state = self.lock();
        state.working += 1;
        state.worked = Instant::now();
        Working(self.clone())
    }
}

impl State {
    /// How much of a burden it is: what it holds, times how long it has held any.
    pub(super) fn burden(&self, now: Instant) -> u128 {
        self.held as u128
            * (now.saturating_duration_since(self.held_since) + Duration::from_micros(1)).as_micros()
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct UnderWay(Caller);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.under_way -= 1;
        state.quiet = Instant::now();
    }
}

/// A request that is worked on.
#[derive(Debug)]
pub(super) struct Working(Caller);

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.working -= 1;
        state.worked = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn who_holds_much_is_waited_for_until_it_has_taken_some() {
        let caller = Caller::new(None, 1);
        let mut context = Context::from_waker(Waker::noop());
        caller.hold(99);
        assert_eq!(pin!(caller.has_taken(100)).poll(&mut context), Poll::Ready(()));
        caller.hold(50);
        let mut waits = pin!(caller.has_taken(100));
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Pending);
        caller.give_back(40);
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Pending, "it still holds too much");
        caller.give_back(40);
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Ready(()));
    }
}
