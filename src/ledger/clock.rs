//! Whose time a live ledger tells, and when it is not believed.
//!
//! An entry is recorded at the clock's time, or at that of the entry before where the clock is behind it: recorded times
//! never go back. They are evidence, so a clock that was set is not believed at once: it has to run evenly for a while, in
//! which whoever set it wrong can set it right. Then it is believed, as it would be after a start. A clock that is well
//! behind the last entry is waited for, since one of them was wrong, and nobody here knows which.

use crate::ledger::{Stop, WriterPatience};
use minutebook_log::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A clock that a live ledger records by. A re-enactment does not ask it.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, in UTC.
    fn now(&self) -> Timestamp;

    /// How much time has passed since some fixed moment, by a clock that nobody sets and that runs on while the machine
    /// sleeps.
    fn elapsed(&self) -> Duration;
}

/// The machine's own clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl SystemClock {
    /// The clocks of this machine.
    pub fn new() -> Self {
        Self
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(micros).unwrap_or(Timestamp::EPOCH)
    }

    fn elapsed(&self) -> Duration {
        // Unlike the clock of `Instant`, this one counts the time in which the machine was suspended.
        let since_start = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(since_start.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(since_start.tv_nsec).unwrap_or_default())
    }
}

/// How far two readings of the time of day may differ from the time that has passed between them, and how far the clock
/// may be behind the last entry, in microseconds: network time corrects a clock by milliseconds, and a leap second steps
/// by one second.
const TOLERANCE_MICROS: i64 = 2_000_000;

/// A reading of both clocks.
#[derive(Debug, Clone, Copy)]
struct Reading {
    now: Timestamp,
    elapsed: Duration,
}

impl Reading {
    /// By how much the time of day has moved since `before` beyond the time that has passed, in microseconds.
    fn drift_since(&self, before: &Self) -> i64 {
        let passed = self.elapsed.saturating_sub(before.elapsed).as_micros();
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        self.now.as_micros().saturating_sub(before.now.as_micros()).saturating_sub(passed)
    }

    fn agrees_with(&self, before: &Self) -> bool {
        self.drift_since(before).abs() <= TOLERANCE_MICROS
    }
}

/// A clock that was set while we looked, and is not believed yet.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    /// The last reading that was believed.
    believed: Reading,
    /// Since when it has run evenly again.
    even_since: Duration,
    /// By how much it was set, in microseconds.
    by: i64,
}

/// The writer's watch on its clock.
pub(super) struct ClockWatch {
    clock: Arc<dyn Clock>,
    settle: Duration,
    go_on_after: Option<Timestamp>,
    last: Option<Reading>,
    doubt: Option<Doubt>,
}

impl ClockWatch {
    pub(super) fn new(clock: Arc<dyn Clock>, patience: &WriterPatience) -> Self {
        let WriterPatience { settle, go_on_after, .. } = *patience;
        Self { clock, settle, go_on_after, last: None, doubt: None }
    }

    /// The time of day, compared with the readings before and with when the last entry was recorded.
    ///
    /// # Errors
    /// [`Stop::Clock`] for a clock that was set, until it agrees with itself again or has run evenly for long enough;
    /// and for one that is behind the last entry, until it has come there.
    pub(super) fn read(&mut self, last_recorded: Timestamp) -> Result<Timestamp, Stop> {
        let reading = Reading { now: self.clock.now(), elapsed: self.clock.elapsed() };
        self.compare(&reading);
        self.last = Some(reading);
        if let Some(doubt) = &self.doubt {
            return Err(Stop::Clock(self.say_set(doubt)));
        }
        let is_behind = reading.now.as_micros().saturating_add(TOLERANCE_MICROS) < last_recorded.as_micros();
        if is_behind && self.go_on_after != Some(last_recorded) {
            return Err(Stop::Clock(say_behind(reading.now, last_recorded)));
        }
        Ok(reading.now)
    }

    /// Finds a doubt, or ends it.
    fn compare(&mut self, reading: &Reading) {
        let Some(last) = self.last else { return };
        let believed = self.doubt.map_or(last, |doubt| doubt.believed);
        if !reading.agrees_with(&last) {
            let (even_since, by) = (reading.elapsed, reading.drift_since(&believed));
            self.doubt = Some(Doubt { believed, even_since, by });
        }
        let is_over = |doubt: &Doubt| {
            let even = reading.elapsed.saturating_sub(doubt.even_since);
            reading.agrees_with(&doubt.believed) || even >= self.settle
        };
        if let Some(doubt) = self.doubt.filter(is_over) {
            tracing::warn!(set_by_micros = doubt.by, now = %reading.now, "the machine's clock is believed again");
            self.doubt = None;
        }
    }

    fn say_set(&self, doubt: &Doubt) -> String {
        let (way, seconds) =
            (if doubt.by > 0 { "ahead" } else { "back" }, doubt.by.unsigned_abs() / 1_000_000);
        format!(
            "it was set {way} by {seconds} seconds, after it had said {}; it is believed once it agrees with that again, or \
             has run evenly for {} seconds: set it right before then if it is wrong",
            doubt.believed.now,
            self.settle.as_secs()
        )
    }
}

fn say_behind(now: Timestamp, last_recorded: Timestamp) -> String {
    format!(
        "it says {now}, and the last entry was recorded at {last_recorded}, which is yet to come: one of the two is wrong. \
         If it is the clock, set it right, and the ledger goes on by itself. If the entry was recorded by a clock that was \
         ahead, nothing can take that back: start the server with --go-on-after {last_recorded}, and what follows is \
         recorded at that same time until the clock has come there"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct SetClock(Mutex<(i64, u64)>);

    impl Clock for SetClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.lock().unwrap().0).unwrap()
        }

        fn elapsed(&self) -> Duration {
            Duration::from_micros(self.0.lock().unwrap().1)
        }
    }

    fn seconds(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    /// Reads the clock at pairs of (time of day, time passed), in seconds, and says each time whether it was believed.
    fn read_all(
        readings: &[(i64, u64)],
        last_recorded: i64,
        go_on_after: Option<i64>,
    ) -> Vec<Result<Timestamp, String>> {
        let clock = Arc::new(SetClock(Mutex::new((0, 0))));
        let patience = WriterPatience { go_on_after: go_on_after.map(seconds), ..WriterPatience::default() };
        let mut watch = ClockWatch::new(clock.clone(), &patience);
        let read = readings.iter().map(|(now, elapsed)| {
            *clock.0.lock().unwrap() = (now * 1_000_000, elapsed * 1_000_000);
            watch.read(seconds(last_recorded)).map_err(|stop| stop.to_string())
        });
        read.collect()
    }

    fn believed(readings: &[(i64, u64)], last_recorded: i64) -> Vec<bool> {
        read_all(readings, last_recorded, None).iter().map(Result::is_ok).collect()
    }

    #[test]
    fn a_clock_that_runs_is_believed_and_so_is_a_leap_second() {
        assert_eq!(believed(&[(100, 0), (160, 60), (161, 60), (161, 61), (160, 61)], 100), [true; 5]);
        // A night's sleep, which the other clock counts.
        assert_eq!(believed(&[(100, 0), (30_100, 30_000)], 100), [true; 2]);
    }

    #[test]
    fn a_clock_that_was_set_is_believed_once_it_has_run_evenly_for_a_while() {
        for set_to in [3700, 50] {
            let readings = [(100, 0), (set_to, 0), (set_to + 59, 59), (set_to + 60, 60), (set_to + 61, 61)];
            assert_eq!(believed(&readings, 0), [true, false, false, true, true], "{set_to}");
        }
        // Set once more in between, the while begins anew.
        let readings = [(100, 0), (3700, 0), (3750, 50), (9000, 51), (9020, 71), (9060, 111)];
        assert_eq!(believed(&readings, 0), [true, false, false, false, false, true]);
        let said = &read_all(&[(100, 0), (3700, 0)], 0, None)[1];
        assert!(said.as_ref().unwrap_err().contains("set ahead by 3600 seconds"), "{said:?}");
        let said = &read_all(&[(100, 0), (90, 0)], 0, None)[1];
        assert!(said.as_ref().unwrap_err().contains("set back by 10 seconds"), "{said:?}");
    }

    #[test]
    fn a_clock_that_is_set_right_again_is_believed_at_once() {
        assert_eq!(believed(&[(100, 0), (3700, 0), (3701, 1), (102, 2)], 0), [true, false, false, true]);
    }

    #[test]
    fn a_clock_behind_the_last_entry_is_waited_for_or_gone_on_with_by_an_operators_word() {
        let readings = [(100, 0), (101, 1), (102, 2)];
        assert_eq!(believed(&readings, 102), [true; 3]);
        assert_eq!(believed(&readings, 104), [false, false, true]);
        let said = &read_all(&readings, 104, None)[0];
        assert!(said.as_ref().unwrap_err().contains("--go-on-after 1970-01-01T00:01:44.000000Z"), "{said:?}");
        let years_ahead = 100_000_000;
        let gone_on = read_all(&readings, years_ahead, Some(years_ahead));
        assert_eq!(gone_on, [Ok(seconds(100)), Ok(seconds(101)), Ok(seconds(102))]);
        // It is said of one entry: of another it says nothing.
        assert!(read_all(&readings, years_ahead, Some(years_ahead - 1)).iter().all(Result::is_err));
    }

    #[test]
    fn the_machines_clocks_run() {
        let clock = SystemClock::new();
        let (now, elapsed) = (clock.now(), clock.elapsed());
        assert!(now.to_string().as_str() > "2026" && elapsed > Duration::ZERO);
        assert!(clock.now() >= now && clock.elapsed() >= elapsed);
    }
}
