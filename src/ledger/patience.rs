//! How long the writer waits for what, and what its operator has said of its time.

use minutebook_log::Timestamp;
use std::time::{Duration, Instant};

/// How long the writer waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterPatience {
    /// How often the clock is read, and what keeps the ledger from taking entries is looked at again.
    pub recheck: Duration,
    /// The longest pause between two tries to open a store anew; the first comes after `recheck`, each next after twice
    /// the time.
    pub reopen_max: Duration,
    /// How long a commit may take before the program has to be started again: a write that hangs is waited for in vain.
    pub commit: Duration,
    /// How long a clock that was set has to run evenly before it is believed again.
    pub settle: Duration,
    /// The operator's word that entries may follow one that was recorded at this very time, though the clock has yet to
    /// come there: they are recorded at that same time until it has.
    pub go_on_after: Option<Timestamp>,
}

impl Default for WriterPatience {
    /// A second; half a minute; two minutes; a minute; nothing was said.
    fn default() -> Self {
        Self {
            recheck: Duration::from_secs(1),
            reopen_max: Duration::from_secs(30),
            commit: Duration::from_secs(120),
            settle: Duration::from_secs(60),
            go_on_after: None,
        }
    }
}

/// The pause before the next try to open a store anew.
pub(super) struct Pause {
    next: Duration,
    max: Duration,
    until: Option<Instant>,
}

impl Pause {
    pub(super) fn of(patience: &WriterPatience) -> Self {
        Self { next: patience.recheck, max: patience.reopen_max, until: None }
    }

    /// Whether it is over; then the next begins.
    pub(super) fn is_over(&mut self) -> bool {
        let now = Instant::now();
        if self.until.is_some_and(|until| now < until) {
            return false;
        }
        self.until = now.checked_add(self.next);
        self.next = self.max.min(self.next.saturating_mul(2));
        true
    }
}
