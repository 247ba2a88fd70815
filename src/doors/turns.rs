//! Work that takes the processor for long, shared fairly: whoever asks for much waits behind those who ask for
//! little, since a connection has few turns at once and each is short.

use super::caller::Caller;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// As many turns at once as there are processors. They are given in the order in which they were asked for, and one
/// connection asks for few at a time: so each that waits comes to its turn after at most so many of each other.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at once.
    pub fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count.max(1))))
    }

    /// As many as there are processors.
    pub fn of_machine() -> Self {
        Self::new(processors())
    }

    /// So many for each processor.
    pub fn for_each_processor(count: usize) -> Self {
        Self::new(processors() * count)
    }

    /// Waits for a turn; nothing where there are none any more.
    pub async fn take(&self, caller: &Caller) -> Option<Turn> {
        let own = caller.turns().acquire_owned().await.ok()?;
        let all = Arc::clone(&self.0).acquire_owned().await.ok()?;
        Some(Turn { _all: all, _own: own })
    }
}

/// The turns of one caller.
#[derive(Debug, Clone)]
pub struct Share {
    turns: Turns,
    caller: Caller,
}

impl Share {
    /// The turns that this caller has among others.
    pub fn new(turns: &Turns, caller: Caller) -> Self {
        Self { turns: turns.clone(), caller }
    }

    /// All turns, for somebody who shares them with nobody.
    pub fn alone() -> Self {
        Self { turns: Turns::of_machine(), caller: Caller::new(None, processors()) }
    }

    /// Waits for a turn; nothing where there are none any more.
    pub async fn turn(&self) -> Option<Turn> {
        self.turns.take(&self.caller).await
    }
}

/// How many processors there are.
pub(super) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::task::JoinSet;

    #[tokio::test]
    async fn who_asks_for_little_does_not_wait_for_who_asks_for_much() {
        let (turns, order) = (Turns::new(1), Arc::new(Mutex::new(Vec::new())));
        let (greedy, modest) = (Caller::new(None, 1), Caller::new(None, 1));
        let first = turns.take(&greedy).await.unwrap();
        let mut tasks = JoinSet::new();
        let ask = |name: &'static str, caller: &Caller| {
            let (turns, order, caller) = (turns.clone(), order.clone(), caller.clone());
            async move {
                let _turn = turns.take(&caller).await.unwrap();
                order.lock().unwrap().push(name);
            }
        };
        for _request in 0..100 {
            tasks.spawn(ask("greedy", &greedy));
        }
        // Let all of them ask before the other one does.
        tokio::task::yield_now().await;
        tasks.spawn(ask("modest", &modest));
        tokio::task::yield_now().await;
        drop(first);
        while tasks.join_next().await.is_some() {}
        let order = order.lock().unwrap();
        let place = order.iter().position(|name| *name == "modest").unwrap();
        assert!(place <= 1, "after {place} of the others");
        assert_eq!(order.len(), 101);
    }
}
