//! The bytes of requests and answers that are held at once, counted exactly: from when they came in, or were made,
//! until the last of them was sent or dropped.

use super::caller::Caller;
use super::meters::DoorMeters;
use super::rates::Client;
use hyper::body::Bytes;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// Who is connected, and what they hold together.
#[derive(Debug)]
pub struct Room {
    bytes_max: usize,
    meters: DoorMeters,
    held: AtomicUsize,
    callers: Mutex<Vec<Caller>>,
    /// Told whenever there is room again.
    freed: Notify,
}

impl Room {
    /// Room for so many bytes.
    pub(super) fn new(bytes_max: usize, meters: DoorMeters) -> Self {
        Self {
            bytes_max,
            meters,
            held: AtomicUsize::new(0),
            callers: Mutex::new(Vec::new()),
            freed: Notify::new(),
        }
    }

    /// Waits until no more is held than may be. What was held for a connection that was cut is there until each of its calls
    /// has learnt of that, and nothing more is made meanwhile.
    pub(super) async fn has_room(&self) {
        loop {
            let mut freed = pin!(self.freed.notified());
            // From here on nothing is missed that is given back.
            freed.as_mut().enable();
            if self.held() <= self.bytes_max {
                return;
            }
            freed.await;
        }
    }

    fn give_back(&self, bytes: usize) {
        let before = self.held.fetch_sub(bytes, Ordering::Relaxed);
        if before > self.bytes_max && before.saturating_sub(bytes) <= self.bytes_max {
            self.freed.notify_waiters();
        }
    }

    /// How many bytes are held now.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.callers().len()
    }

    fn callers(&self) -> std::sync::MutexGuard<'_, Vec<Caller>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets somebody in. Where there are `max` already, the one that has been idle longest gives way; where none is idle, one of the
    /// client that has most connections, if it still has more than who comes. What is returned is their place.
    pub(super) fn let_in(self: &Arc<Self>, caller: &Caller, max: usize) -> Option<Place> {
        let mut callers = self.callers();
        let here = callers.iter().filter(|caller| !caller.is_cut()).count();
        if here >= max {
            self.meters.limit("connections");
            let idle = callers.iter().filter(|caller| !caller.is_cut() && caller.state().under_way == 0);
            let idle = idle.min_by_key(|caller| caller.state().quiet);
            idle.or_else(|| crowding(&callers, caller))?.cut();
        }
        callers.push(caller.clone());
        Some(Place { room: Arc::clone(self), caller: caller.clone() })
    }

    /// Makes the connection give way that is the greatest burden, while too much is held.
    fn make_room(&self) {
        let callers = self.callers();
        let now = Instant::now();
        let mut staying: Vec<_> = callers
            .iter()
            .filter(|caller| !caller.is_cut())
            .map(|caller| (caller.state(), caller))
            .filter(|(state, _caller)| state.held > 0)
            .collect();
        let mut held: usize = staying.iter().map(|(state, _caller)| state.held).sum();
        staying.sort_by_key(|(state, _caller)| std::cmp::Reverse(state.burden(now)));
        for (state, caller) in staying {
            if held <= self.bytes_max {
                break;
            }
            tracing::warn!(
                from = ?caller.from(),
                bytes = state.held,
                max = self.bytes_max,
                "a connection was cut: too much is held, and it has held most for longest"
            );
            self.meters.limit("bytes_in_flight");
            caller.cut();
            held -= state.held;
        }
    }
}

/// The connection that has been here longest, of the client that has most. Addresses of this machine itself are nobody's: whoever
/// stands before the server comes from there for many.
fn crowding<'a>(callers: &'a [Caller], comes: &Caller) -> Option<&'a Caller> {
    let client = |caller: &Caller| caller.from().and_then(|from| Client::at(from.ip()));
    let mut counts: HashMap<Client, (usize, &Caller)> = HashMap::new();
    for caller in callers.iter().filter(|caller| !caller.is_cut()) {
        if let Some(client) = client(caller) {
            counts.entry(client).or_insert((0, caller)).0 += 1;
        }
    }
    let own = client(comes).and_then(|client| counts.get(&client)).map_or(0, |(count, _first)| *count);
    let most = counts.into_values().max_by_key(|(count, _first)| *count);
    most.filter(|(count, _first)| *count > own + 1).map(|(_count, first)| first)
}

/// The place of a connection, until it is gone.
#[derive(Debug)]
pub(super) struct Place {
    room: Arc<Room>,
    caller: Caller,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.callers().retain(|caller| !caller.is(&self.caller));
    }
}

/// Bytes that a connection makes this program hold, until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    room: Arc<Room>,
    caller: Caller,
    bytes: AtomicUsize,
}

impl Held {
    /// Nothing yet.
    pub(super) fn nothing(room: &Arc<Room>, caller: &Caller) -> Self {
        Self { room: Arc::clone(room), caller: caller.clone(), bytes: AtomicUsize::new(0) }
    }

    /// Some more; whoever is the greatest burden gives way where that is too much.
    pub(super) fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.caller.hold(bytes);
        let before = self.room.held.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > self.room.bytes_max {
            self.room.make_room();
        }
    }

    /// Bytes of the same connection that are counted by themselves.
    pub(super) fn counted_apart(&self, bytes: Bytes) -> Bytes {
        counted(bytes, &self.room, &self.caller)
    }

    /// How many.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let bytes = self.bytes();
        self.caller.give_back(bytes);
        self.room.give_back(bytes);
    }
}

/// Bytes that are counted for as long as anybody has any of them.
pub(super) fn counted(bytes: Bytes, room: &Arc<Room>, caller: &Caller) -> Bytes {
    struct Counted {
        bytes: Bytes,
        _held: Held,
    }
    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            &self.bytes
        }
    }
    let held = Held::nothing(room, caller);
    held.add(bytes.len());
    Bytes::from_owner(Counted { bytes, _held: held })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Poll, Waker};

    fn room(bytes_max: usize) -> (Arc<Room>, Vec<(Caller, Place)>) {
        let room = Arc::new(Room::new(bytes_max, DoorMeters::default()));
        let come = |_each| {
            let caller = Caller::new(None, 1);
            let place = room.let_in(&caller, 3).unwrap();
            (caller, place)
        };
        let callers = (0..3).map(come).collect();
        (room, callers)
    }

    #[test]
    fn bytes_are_counted_until_the_last_of_them_is_dropped() {
        let (room, callers) = room(100);
        let whole = counted(Bytes::from(vec![7; 60]), &room, &callers[0].0);
        let part = whole.slice(50..);
        drop(whole);
        assert_eq!((room.held(), callers[0].0.state().held), (60, 60), "a part keeps the whole");
        assert_eq!(part.as_ref(), [7; 10]);
        drop(part);
        assert_eq!((room.held(), callers[0].0.state().held), (0, 0));
    }

    #[test]
    fn the_greatest_burden_gives_way_and_not_who_comes_last() {
        let (room, callers) = room(100);
        let hold = |of: usize, bytes: usize| {
            let held = Held::nothing(&room, &callers[of].0);
            held.add(bytes);
            held
        };
        let (_little, _much) = (hold(0, 5), hold(1, 90));
        assert!(callers.iter().all(|(caller, _place)| !caller.is_cut()), "there is room for both");
        let _more = hold(2, 20);
        let cut: Vec<_> = callers.iter().map(|(caller, _place)| caller.is_cut()).collect();
        assert_eq!(cut, [false, true, false]);
        let _still_more = hold(2, 60);
        assert!(!callers[2].0.is_cut(), "what is cut counts no more");
    }

    #[test]
    fn nothing_more_is_made_before_what_was_cut_is_gone() {
        let (room, callers) = room(100);
        let held = Held::nothing(&room, &callers[0].0);
        held.add(60);
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(pin!(room.has_room()).poll(&mut context), Poll::Ready(()));
        let more = Held::nothing(&room, &callers[1].0);
        more.add(50);
        assert!(callers[0].0.is_cut(), "it is the greater burden");
        let mut waits = pin!(room.has_room());
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Pending, "all of it is there still");
        drop(held);
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Ready(()));
    }

    #[test]
    fn whoever_crowds_others_out_makes_place_for_who_has_less() {
        let room = Arc::new(Room::new(100, DoorMeters::default()));
        let from = |address: &str| Caller::new(Some(format!("{address}:7").parse().unwrap()), 1);
        let crowd: Vec<_> = (0..3).map(|_| from("192.0.2.1")).collect();
        let (own, proxy) = (from("198.51.100.1"), from("127.0.0.1"));
        let mut places: Vec<_> =
            crowd.iter().chain([&own, &proxy]).map(|caller| room.let_in(caller, 5).unwrap()).collect();
        let _busy: Vec<_> = crowd.iter().chain([&own, &proxy]).map(Caller::begin).collect();
        assert!(room.let_in(&from("192.0.2.1"), 5).is_none(), "who has most takes nobody's place");
        let another = from("203.0.113.1");
        places.push(room.let_in(&another, 5).unwrap());
        assert!(crowd[0].is_cut() && !crowd[1].is_cut() && !own.is_cut() && !proxy.is_cut());
        let _more = another.begin();
        let last = from("203.0.113.2");
        places.push(room.let_in(&last, 5).unwrap());
        let _too = last.begin();
        assert!(crowd[1].is_cut() && !crowd[2].is_cut());
        assert!(room.let_in(&from("203.0.113.3"), 4).is_none(), "all have the same");
    }

    #[test]
    fn who_has_been_idle_longest_makes_place() {
        let (room, callers) = room(100);
        let busy = callers[0].0.begin();
        let another = Caller::new(None, 1);
        let place = room.let_in(&another, 3).unwrap();
        assert!(callers[1].0.is_cut() && !callers[0].0.is_cut() && !callers[2].0.is_cut());
        let (_two, _three) = (callers[2].0.begin(), another.begin());
        assert!(room.let_in(&Caller::new(None, 1), 3).is_none(), "nobody is idle");
        drop((busy, place));
        assert_eq!(room.connections(), 3);
        assert!(room.let_in(&Caller::new(None, 1), 3).is_some());
    }
}
