//! What lies in the store is read again at leisure: a start looks at its ends alone, and a bit that has flipped in
//! between would otherwise be found by whoever needs the entry. It is read as everything is read, through sled: of the pages
//! that sled has in memory nothing is read from the disk, and sled has no way past that.

use crate::ledger::Ledger;
use minutebook_log::{Position, Timestamp};
use minutebook_store::{Engine, EngineError, FoundBy, ReadLimits, SledEngine};
use std::num::NonZeroU32;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How fast the store is gone through.
#[derive(Debug, Clone, Copy)]
pub struct ScrubPace {
    /// How much is read at once.
    pub step: ReadLimits,
    /// The pause behind each step, so that whoever asks or appends hardly notices.
    pub pause: Duration,
    /// The rest behind each round.
    pub rest: Duration,
}

/// How many entries are read at once, at most.
const STEP_ENTRIES_MAX: u32 = 512;

/// How many bytes are.
const STEP_BYTES_MAX: usize = 1024 * 1024;

impl ScrubPace {
    /// How many entries are read in a second, unless somebody says otherwise.
    pub const ENTRIES_PER_SECOND: u32 = 5000;

    /// How long it rests behind a round, unless somebody says otherwise: a day.
    pub const REST: Duration = Duration::from_secs(24 * 60 * 60);

    /// About so many entries in a second, and so long a rest behind each round.
    pub fn of(entries_per_second: NonZeroU32, rest: Duration) -> Self {
        let entries = entries_per_second.get().min(STEP_ENTRIES_MAX);
        let pause = Duration::from_secs_f64(f64::from(entries) / f64::from(entries_per_second.get()));
        let step = ReadLimits { entries: entries as usize, bytes: STEP_BYTES_MAX };
        Self { step, pause, rest }
    }
}

impl Default for ScrubPace {
    fn default() -> Self {
        Self::of(NonZeroU32::new(Self::ENTRIES_PER_SECOND).unwrap_or(NonZeroU32::MIN), Self::REST)
    }
}

/// How far a scrub is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// When the round began that is under way, or that was the last.
    pub begun: Timestamp,
    /// When a round was last finished, if one was since the start.
    pub finished: Option<Timestamp>,
    /// Where it goes on.
    pub next: Position,
    /// How many entries there were when the round began.
    pub entries: u64,
    /// How often it has gone through everything.
    pub rounds: u64,
    /// How many published files it has made anew.
    pub mended: u64,
    /// What it has found damaged in the store: it goes no further then.
    pub damage: Option<String>,
    /// Why it could not read or mend something the last time that it tried.
    pub hindered: Option<String>,
}

/// What is gone through beside the store.
pub trait Beside: Send + Sync + 'static {
    /// Looks at whatever belongs to the entries of `done`, mends what it can, and says how many files that were.
    fn check(&self, done: Range<u64>) -> Pin<Box<dyn Future<Output = Result<u64, String>> + Send + '_>>;
}

impl<E: Engine> Ledger<E> {
    /// Does this beside the writer until the ledger closes, which waits for its end.
    pub(crate) fn work(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }
}

impl Ledger<SledEngine> {
    /// Goes through everything that is stored, round after round, until the ledger closes. Says how far it is.
    pub fn scrub(&self, pace: ScrubPace) -> watch::Receiver<Scrubbed> {
        self.scrub_with(pace, Vec::new())
    }

    /// The same, and through what lies beside the store.
    pub fn scrub_with(&self, pace: ScrubPace, beside: Vec<Arc<dyn Beside>>) -> watch::Receiver<Scrubbed> {
        let (state, told) = watch::channel(Scrubbed {
            begun: self.reader.now(),
            finished: None,
            next: Position::FIRST,
            entries: self.reader.head().size,
            rounds: 0,
            mended: 0,
            damage: None,
            hindered: None,
        });
        let ledger = self.clone();
        self.work(async move {
            let closing = ledger.closing.clone();
            tokio::select! {
                () = closing.cancelled() => {}
                () = ledger.go_through(pace, &beside, &state) => {}
            }
        });
        told
    }

    async fn go_through(self, pace: ScrubPace, beside: &[Arc<dyn Beside>], state: &watch::Sender<Scrubbed>) {
        loop {
            let from = state.borrow().next;
            let engine = self.reader.engine().clone();
            let step = move || engine.scrub(from, pace.step, |stored| FoundBy::parse(&stored.bytes));
            let pause = match tokio::task::spawn_blocking(step).await {
                Ok(Ok(next)) if next == from => {
                    self.end_round(state);
                    pace.rest
                }
                Ok(Ok(next)) => {
                    state.send_modify(|state| (state.next, state.hindered) = (next, None));
                    self.look_beside(beside, from.0..next.0, state).await;
                    pace.pause
                }
                Ok(Err(EngineError::Corrupt { what, repair })) => {
                    tracing::error!(what, repair, "the store is damaged: the scrub has found it");
                    state.send_modify(|state| state.damage = Some(what));
                    return;
                }
                // What the operating system refuses now it may give later.
                Ok(Err(error)) => hindered(state, &error, pace),
                Err(error) => hindered(state, &error, pace),
            };
            tokio::time::sleep(pause).await;
            if state.borrow().next == Position::FIRST {
                let (begun, entries) = (self.reader.now(), self.reader.head().size);
                state.send_modify(|state| (state.begun, state.entries) = (begun, entries));
            }
        }
    }

    fn end_round(&self, state: &watch::Sender<Scrubbed>) {
        let now = self.reader.now();
        state.send_modify(|state| {
            (state.next, state.rounds) = (Position::FIRST, state.rounds + 1);
            (state.finished, state.hindered) = (Some(now), None);
        });
        let entries = state.borrow().entries;
        tracing::info!(
            entries,
            "the whole store was read again, through what sled has in memory, and is as it was committed"
        );
    }

    async fn look_beside(
        &self,
        beside: &[Arc<dyn Beside>],
        done: Range<u64>,
        state: &watch::Sender<Scrubbed>,
    ) {
        for beside in beside {
            match beside.check(done.clone()).await {
                Ok(0) => {}
                Ok(mended) => state.send_modify(|state| state.mended += mended),
                Err(error) => {
                    tracing::warn!(error, "the scrub could not look at what is published");
                    state.send_modify(|state| state.hindered = Some(error));
                }
            }
        }
    }
}

fn hindered(state: &watch::Sender<Scrubbed>, error: &dyn std::fmt::Display, pace: ScrubPace) -> Duration {
    tracing::warn!(%error, "the scrub could not read");
    state.send_modify(|state| state.hindered = Some(error.to_string()));
    pace.rest.min(Duration::from_secs(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_so_many_entries_in_a_second() {
        for (wanted, entries, pause_ms) in
            [(5000, 512, 102), (512, 512, 1000), (100, 100, 1000), (1, 1, 1000)]
        {
            let pace = ScrubPace::of(NonZeroU32::new(wanted).unwrap(), Duration::ZERO);
            assert_eq!((pace.step.entries, pace.pause.as_millis()), (entries, pause_ms), "{wanted}");
        }
    }
}
