//! What takes the processor for long, away from the threads that serve, and in turns, so that who asks for much does
//! not keep out who asks for little.

use crate::doors::Share;
use crate::ledger::{AppendError, Stop};
use minutebook_governance::ReadEvent;
use minutebook_log::{SignatureError, Signed};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;

/// How many signatures are checked in one turn: about a millisecond of one processor.
const TURN_SIGNATURES: usize = 16;

/// A computation ended in the middle.
#[derive(Debug)]
pub(crate) struct Ended;

/// Does `work` on each of `items`, in order, given its index; in parts that weigh `part_max` together, of which each
/// takes a turn of `share`. What fails first, in the order of the items, is what is returned.
///
/// # Errors
/// [`Ended`], where the work itself ended in the middle.
pub(crate) async fn in_turns<T, U, F>(
    items: Vec<T>,
    share: &Share,
    (part_max, weight): (usize, impl Fn(&T) -> usize),
    work: impl Fn(usize, T) -> Result<U, F> + Send + Sync + 'static,
) -> Result<Result<Vec<U>, F>, Ended>
where
    T: Send + 'static,
    U: Send + 'static,
    F: Send + 'static,
{
    let (work, has_failed) = (Arc::new(work), Arc::new(AtomicBool::new(false)));
    let mut done = Vec::with_capacity(items.len());
    let (mut first, mut under_way) = (0, Vec::new());
    for part in cut(items, part_max, weight) {
        // What comes after a failure is not worked on. All that came before is under way, so the first is found.
        if has_failed.load(Ordering::Relaxed) {
            break;
        }
        let turn = share.turn().await.ok_or(Ended)?;
        let (work, has_failed, begins) = (Arc::clone(&work), Arc::clone(&has_failed), first);
        first += part.len();
        let (finished, outcome) = oneshot::channel();
        rayon::spawn(move || {
            let each = |(index, item)| work(begins + index, item);
            let all = || part.into_iter().enumerate().map(each).collect::<Result<Vec<U>, F>>();
            // A panic on these threads would end the whole program; here it ends the work alone.
            let outcome = catch_unwind(AssertUnwindSafe(all));
            drop(turn);
            has_failed.fetch_or(!matches!(outcome, Ok(Ok(_))), Ordering::Relaxed);
            if let Ok(outcome) = outcome {
                // Whoever asked may have gone.
                let _gone = finished.send(outcome);
            }
        });
        under_way.push(outcome);
    }
    for outcome in under_way {
        match outcome.await.map_err(|_dropped| Ended)? {
            Ok(part) => done.extend(part),
            Err(failure) => return Ok(Err(failure)),
        }
    }
    Ok(Ok(done))
}

/// Does what takes a fraction of a millisecond, in a turn of `share`, on the thread that asks: to hand it to another and to
/// wait for that one takes as long again.
///
/// # Errors
/// [`Ended`], where the work itself ended in the middle.
pub(crate) async fn in_a_turn<U>(share: &Share, work: impl FnOnce() -> U) -> Result<U, Ended> {
    let _turn = share.turn().await.ok_or(Ended)?;
    catch_unwind(AssertUnwindSafe(work)).map_err(|_panic| Ended)
}

/// The items in their order, in parts of at most this weight; what weighs more is a part of its own.
fn cut<T>(items: Vec<T>, part_max: usize, weight: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut parts, mut part, mut weighs) = (Vec::new(), Vec::new(), 0);
    for item in items {
        let more = weight(&item);
        if !part.is_empty() && weighs + more > part_max {
            parts.push(std::mem::take(&mut part));
            weighs = 0;
        }
        weighs += more;
        part.push(item);
    }
    parts.push(part);
    parts
}

/// Checks every signature and reads what each event says; the first event whose signature does not hold refuses the
/// request. What can't be read is refused when it is judged.
pub(super) async fn read_and_check(
    events: Vec<Signed>,
    share: &Share,
) -> Result<Vec<ReadEvent>, AppendError> {
    let signatures = |signed: &Signed| signed.signatures().len();
    let verify = |index, signed: Signed| match signed.verify() {
        Ok(()) => Ok(ReadEvent::of(signed)),
        Err(error) => Err(AppendError::Refused { index, refusal: error.into() }),
    };
    let ended = |_ended| Stop::Inconsistent("checking signatures ended in the middle".to_owned());
    let checked = in_turns(events, share, (TURN_SIGNATURES, signatures), verify).await;
    checked.map_err(|what| AppendError::Stopped(ended(what)))?
}

/// The same of each event by itself: whether its signatures hold, and what it says.
pub(crate) async fn each_checked(
    events: Vec<Signed>,
    share: &Share,
) -> Result<Vec<Result<ReadEvent, SignatureError>>, Ended> {
    let signatures = |signed: &Signed| signed.signatures().len();
    let verify =
        |_index, signed: Signed| Ok::<_, Infallible>(signed.verify().map(|()| ReadEvent::of(signed)));
    let checked = in_turns(events, share, (TURN_SIGNATURES, signatures), verify).await?;
    Ok(checked.unwrap_or_else(|never| match never {}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_in_turns_keeps_its_order_and_fails_with_the_first() {
        let share = Share::alone();
        let double = |index: usize, item: usize| if index == item { Ok(item * 2) } else { Err(index) };
        let whole = in_turns((0..100).collect(), &share, (7, |_: &usize| 1), double).await.unwrap();
        assert_eq!(whole, Ok((0..100).map(|item| item * 2).collect()));
        let mut wrong: Vec<usize> = (0..100).collect();
        (wrong[40], wrong[41], wrong[90]) = (0, 0, 0);
        assert_eq!(in_turns(wrong, &share, (7, |_: &usize| 1), double).await.unwrap(), Err(40));
        assert_eq!(in_turns(Vec::new(), &share, (7, |_: &usize| 1), double).await.unwrap(), Ok(vec![]));
        let panics = in_turns(vec![1], &share, (7, |_: &usize| 1), |_, _| -> Result<(), ()> { panic!() });
        assert!(panics.await.is_err(), "it ends the work alone");
        assert_eq!(in_a_turn(&share, || 7).await.unwrap(), 7);
        assert!(in_a_turn(&share, || -> () { panic!() }).await.is_err(), "it ends the work alone");
    }

    #[test]
    fn parts_weigh_at_most_so_much() {
        let parts = cut(vec![3, 4, 5, 20, 1, 1], 8, |item| *item);
        assert_eq!(parts, [vec![3, 4], vec![5], vec![20], vec![1, 1]]);
    }
}
