//! How many calls are worked on at once, and who gives way where there are as many: a call of whoever has most of them, the
//! one that has been there longest, never that of the one who comes with few.
//!
//! Callers are told apart by token, certificate or address, and what comes from one of them by its connections: so neither
//! many connections of one nor many calls on one keep others out.

use super::caller::Caller;
use super::methods::CallKind;
use super::rates::Client;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// The places of calls that are worked on.
#[derive(Debug)]
pub(super) struct Seats {
    max: usize,
    /// In the order in which they were taken.
    taken: Mutex<Vec<Taken>>,
}

/// A place that a call has.
#[derive(Debug, Clone)]
struct Taken {
    caller: Caller,
    kind: CallKind,
    /// Whether all of the request has come.
    is_whole: Arc<AtomicBool>,
    gives_way: CancellationToken,
}

impl Taken {
    /// Nobody may say of an append that came whole that nothing of it is stored.
    fn may_be_taken_back(&self) -> bool {
        self.kind != CallKind::Append || !self.is_whole.load(Ordering::Relaxed)
    }
}

/// A place, until it is dropped or taken back.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    gives_way: CancellationToken,
}

impl Seats {
    pub(super) fn new(max: usize) -> Self {
        Self { max: max.max(1), taken: Mutex::new(Vec::new()) }
    }

    /// A place for a call; nothing where there is none, and nobody has more than this caller.
    pub(super) fn take(
        self: &Arc<Self>,
        caller: &Caller,
        kind: CallKind,
        is_whole: &Arc<AtomicBool>,
    ) -> Option<Seat> {
        let mut taken = self.taken();
        if taken.len() >= self.max {
            let at = gives_way(&taken, caller)?;
            taken.remove(at).gives_way.cancel();
        }
        let gives_way = CancellationToken::new();
        let (caller, is_whole) = (caller.clone(), Arc::clone(is_whole));
        taken.push(Taken { caller, kind, is_whole, gives_way: gives_way.clone() });
        drop(taken);
        Some(Seat { seats: Arc::clone(self), gives_way })
    }

    /// How many there are.
    pub(super) fn max(&self) -> usize {
        self.max
    }

    fn taken(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which of the places this caller may have: the oldest of the connection that has most, of the client that has most.
fn gives_way(taken: &[Taken], caller: &Caller) -> Option<usize> {
    let client = greatest(taken.iter().filter(|seat| seat.may_be_taken_back()), |seat| whose(&seat.caller))?;
    let own = whose(caller);
    let of_client = || taken.iter().filter(|seat| seat.may_be_taken_back() && whose(&seat.caller) == client);
    let connection = greatest(of_client(), |seat| seat.caller.number())?;
    let count_of = |number| taken.iter().filter(|seat| seat.caller.number() == number).count();
    let count_of_client = |client: &Whose| taken.iter().filter(|seat| whose(&seat.caller) == *client).count();
    let has_more = match own == client {
        true => count_of(connection) > count_of(caller.number()) + 1,
        false => count_of_client(&client) > count_of_client(&own) + 1,
    };
    let is_theirs = |seat: &Taken| seat.may_be_taken_back() && seat.caller.number() == connection;
    has_more.then(|| taken.iter().position(is_theirs)).flatten()
}

/// Whose calls are counted together: those of a client, or where nothing is known of it those of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Whose {
    Client(Client),
    Connection(usize),
}

fn whose(caller: &Caller) -> Whose {
    let address = || caller.from().and_then(|from| Client::at(from.ip()));
    let client = caller.client().or_else(address);
    client.map_or_else(|| Whose::Connection(caller.number()), Whose::Client)
}

/// By which of its keys most of these are known.
fn greatest<'a, K: Eq + Hash>(
    taken: impl Iterator<Item = &'a Taken>,
    key: impl Fn(&Taken) -> K,
) -> Option<K> {
    let mut counts: HashMap<K, usize> = HashMap::new();
    taken.for_each(|seat| *counts.entry(key(seat)).or_default() += 1);
    counts.into_iter().max_by_key(|(_key, count)| *count).map(|(key, _count)| key)
}

impl Seat {
    /// Ends once the place was taken back.
    pub(super) async fn taken_back(&self) {
        self.gives_way.cancelled().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Another's token is never cancelled by this: each place has its own.
        self.gives_way.cancel();
        self.seats.taken().retain(|seat| !seat.gives_way.is_cancelled());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Caller {
        Caller::new(Some(format!("{address}:1").parse().unwrap()), 1)
    }

    fn take(seats: &Arc<Seats>, caller: &Caller, kind: CallKind, is_whole: bool) -> Option<Seat> {
        seats.take(caller, kind, &Arc::new(AtomicBool::new(is_whole)))
    }

    fn question(seats: &Arc<Seats>, caller: &Caller) -> Option<Seat> {
        take(seats, caller, CallKind::Question, true)
    }

    fn went(seat: &Seat) -> bool {
        seat.gives_way.is_cancelled()
    }

    #[test]
    fn who_has_most_gives_way_to_who_has_few() {
        let seats = Arc::new(Seats::new(6));
        let (greedy, modest) = (from("203.0.113.1"), from("203.0.113.2"));
        let theirs: Vec<_> = (0..6).map(|_call| question(&seats, &greedy).unwrap()).collect();
        assert!(question(&seats, &greedy).is_none(), "nobody gives way to who has most");
        let (one, two) = (question(&seats, &modest).unwrap(), question(&seats, &modest).unwrap());
        assert_eq!(theirs.iter().map(went).collect::<Vec<_>>(), [true, true, false, false, false, false]);
        let _three = question(&seats, &modest).unwrap();
        assert!(question(&seats, &modest).is_none(), "three and three");
        assert!(!went(&one) && !went(&two));
        drop(theirs);
        assert!((0..3).all(|_call| question(&seats, &modest).is_some()), "places are given back");
        assert_eq!(seats.taken().len(), 3);
    }

    #[test]
    fn many_connections_of_one_address_are_one_client() {
        let seats = Arc::new(Seats::new(4));
        let theirs: Vec<_> = (0..4).map(|_each| question(&seats, &from("203.0.113.1")).unwrap()).collect();
        assert!(question(&seats, &from("203.0.113.1")).is_none());
        let _other = question(&seats, &from("203.0.113.2")).unwrap();
        assert_eq!(theirs.iter().filter(|seat| went(seat)).count(), 1);
    }

    #[test]
    fn of_one_client_the_connection_that_has_most_gives_way() {
        let seats = Arc::new(Seats::new(4));
        let (greedy, modest) = (from("203.0.113.1"), from("203.0.113.1"));
        let theirs: Vec<_> = (0..4).map(|_call| question(&seats, &greedy).unwrap()).collect();
        let _one = question(&seats, &modest).unwrap();
        assert!(went(&theirs[0]) && theirs.iter().filter(|seat| went(seat)).count() == 1);
        // On this machine, where a proxy may be, each connection is by itself.
        let seats = Arc::new(Seats::new(2));
        let here = from("127.0.0.1");
        let _two = [question(&seats, &here).unwrap(), question(&seats, &here).unwrap()];
        let _guest = question(&seats, &from("127.0.0.1")).unwrap();
        assert!(question(&seats, &here).is_none());
    }

    #[test]
    fn an_append_that_came_whole_is_worked_on_to_its_end() {
        let seats = Arc::new(Seats::new(3));
        let greedy = from("203.0.113.1");
        let whole: Vec<_> =
            (0..2).map(|_call| take(&seats, &greedy, CallKind::Append, true).unwrap()).collect();
        let half = take(&seats, &greedy, CallKind::Append, false).unwrap();
        let modest = from("203.0.113.2");
        let _one = question(&seats, &modest).unwrap();
        assert!(went(&half) && !whole.iter().any(went));
        assert!(question(&seats, &modest).is_none(), "there is nobody left who could");
    }
}
