//! Working ahead of what has to be done in order: what comes is worked on by all cores while what came before is taken.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

/// Whether more is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    /// The next.
    Wanted,
    /// Nothing that follows is taken.
    Enough,
}

/// How many items are worked on, or wait to be taken, for each core: enough that none waits, and a bound on what is in
/// memory.
const AHEAD_PER_CORE: usize = 3;

/// Has `work` done on what `next` gives, side by side and ahead, and `take` take what becomes of it, in order, on the thread
/// that asks. An error of `next` ends it once all that came before is taken, unless that was enough.
///
/// # Errors
/// The first of `next`, or of `take`.
pub(crate) fn in_order<T: Send, U: Send, E>(
    mut next: impl FnMut() -> Result<Option<T>, E>,
    work: impl Fn(T) -> U + Sync,
    mut take: impl FnMut(U) -> Result<More, E>,
) -> Result<(), E> {
    let (work, most) = (&work, AHEAD_PER_CORE * rayon::current_num_threads());
    rayon::in_place_scope(|scope| {
        let (mut under_way, mut end) = (VecDeque::with_capacity(most), None);
        loop {
            while end.is_none() && under_way.len() < most {
                match next() {
                    Ok(Some(item)) => {
                        let (done, outcome) = sync_channel(1);
                        // Where nothing more is taken, nobody waits for it.
                        scope.spawn(move |_scope| drop(done.send(work(item))));
                        under_way.push_back(outcome);
                    }
                    Ok(None) => end = Some(Ok(())),
                    Err(error) => end = Some(Err(error)),
                }
            }
            let Some(outcome) = under_way.pop_front() else { return end.unwrap_or(Ok(())) };
            // Work that panicked has sent nothing; the panic goes on where this scope ends.
            let Some(done) = received(&outcome) else { return Ok(()) };
            if take(done)? == More::Enough {
                return Ok(());
            }
        }
    })
}

/// What was sent; on one of the threads that do the work, some of it is done meanwhile.
fn received<T>(outcome: &Receiver<T>) -> Option<T> {
    if rayon::current_thread_index().is_none() {
        return outcome.recv().ok();
    }
    loop {
        match outcome.try_recv() {
            Ok(done) => return Some(done),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    std::thread::yield_now();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Numbers up to an end, as `next` gives them.
    fn up_to(
        end: usize,
        then: Result<Option<usize>, &'static str>,
    ) -> impl FnMut() -> Result<Option<usize>, &'static str> {
        let mut numbers = 0..end;
        move || numbers.next().map_or(then, |number| Ok(Some(number)))
    }

    fn taken(
        next: impl FnMut() -> Result<Option<usize>, &'static str>,
        enough: usize,
    ) -> (Vec<usize>, Result<(), &'static str>) {
        let mut all = Vec::new();
        let outcome = in_order(
            next,
            |number| number * 2,
            |double| {
                all.push(double);
                Ok(if double == enough { More::Enough } else { More::Wanted })
            },
        );
        (all, outcome)
    }

    #[test]
    fn what_is_worked_on_ahead_is_taken_in_order() {
        let doubles: Vec<_> = (0..500).map(|number| number * 2).collect();
        assert_eq!(taken(up_to(500, Ok(None)), 1), (doubles.clone(), Ok(())));
        let within = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(
            within.install(|| taken(up_to(500, Ok(None)), 1)),
            (doubles.clone(), Ok(())),
            "on its only thread"
        );
        assert_eq!(taken(up_to(500, Ok(None)), 20), (doubles[..11].to_vec(), Ok(())), "enough");
        assert_eq!(taken(up_to(0, Ok(None)), 1), (vec![], Ok(())));
    }

    #[test]
    fn an_error_comes_after_what_was_before_it() {
        let (all, outcome) = taken(up_to(7, Err("gone")), 1);
        assert_eq!((all.len(), outcome), (7, Err("gone")));
        assert_eq!(taken(up_to(7, Err("gone")), 4), (vec![0, 2, 4], Ok(())), "nobody asked for it");
        let refuses = in_order(
            up_to(7, Ok(None)),
            |number| number,
            |number| if number == 3 { Err("no") } else { Ok(More::Wanted) },
        );
        assert_eq!(refuses, Err("no"));
    }

    #[test]
    fn no_more_is_begun_than_may_wait() {
        let (begun, mut done) = (AtomicUsize::new(0), 0);
        let most = AHEAD_PER_CORE * rayon::current_num_threads();
        let work = |_number| begun.fetch_add(1, Ordering::SeqCst);
        let outcome = in_order(up_to(300, Ok(None)), work, |_before| {
            done += 1;
            assert!(begun.load(Ordering::SeqCst) < done + most);
            Ok(More::Wanted)
        });
        assert_eq!((outcome, done), (Ok(()), 300));
    }

    #[test]
    fn a_panic_goes_on() {
        let panics = |number| if number == 5 { panic!("five") } else { number };
        let outcome =
            std::panic::catch_unwind(|| in_order(up_to(9, Ok(None)), panics, |_number| Ok(More::Wanted)));
        assert!(outcome.is_err());
    }
}
