//! What lies in the store is read again at leisure: a start looks at its ends alone, and a bit that has flipped in
//! between would otherwise be found by whoever needs the entry.

use crate::ledger::Ledger;
use minutebook_log::Position;
use minutebook_store::{Engine, EngineError, FoundBy, ReadLimits, SledEngine};
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

impl Default for ScrubPace {
    /// Some 5,000 entries a second; a day between rounds.
    fn default() -> Self {
        let step = ReadLimits { entries: 512, bytes: 1024 * 1024 };
        Self { step, pause: Duration::from_millis(100), rest: Duration::from_secs(24 * 60 * 60) }
    }
}

/// How far a scrub is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// Where it goes on.
    pub next: Position,
    /// How often it has gone through everything.
    pub rounds: u64,
    /// What it has found damaged: it goes no further then.
    pub damage: Option<String>,
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
        let (state, told) = watch::channel(Scrubbed { next: Position::FIRST, rounds: 0, damage: None });
        let ledger = self.clone();
        self.work(async move {
            let closing = ledger.closing.clone();
            tokio::select! {
                () = closing.cancelled() => {}
                () = ledger.go_through(pace, &state) => {}
            }
        });
        told
    }

    async fn go_through(self, pace: ScrubPace, state: &watch::Sender<Scrubbed>) {
        loop {
            let from = state.borrow().next;
            let engine = self.reader.engine().clone();
            let step = move || engine.scrub(from, pace.step, |stored| FoundBy::parse(&stored.bytes));
            let pause = match tokio::task::spawn_blocking(step).await {
                Ok(Ok(next)) if next == from => {
                    tracing::info!(
                        entries = from.0,
                        "the whole store was read again, and is as it was written"
                    );
                    state.send_modify(|state| {
                        (state.next, state.rounds) = (Position::FIRST, state.rounds + 1);
                    });
                    pace.rest
                }
                Ok(Ok(next)) => {
                    state.send_modify(|state| state.next = next);
                    pace.pause
                }
                Ok(Err(EngineError::Corrupt { what, repair })) => {
                    tracing::error!(what, repair, "the store is damaged: the scrub has found it");
                    state.send_modify(|state| state.damage = Some(what));
                    return;
                }
                // What the operating system refuses now it may give later.
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the scrub could not read");
                    pace.rest
                }
                Err(error) => {
                    tracing::warn!(%error, "the scrub ended in the middle");
                    pace.rest
                }
            };
            tokio::time::sleep(pause).await;
        }
    }
}
