//! Whose time a live ledger tells, and when it is not believed.

use crate::ledger::Stop;
use minutebook_log::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// A clock that a live ledger records by. A re-enactment does not ask it.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, in UTC.
    fn now(&self) -> Timestamp;

    /// How much time has passed since some fixed moment, by a clock that nobody sets.
    fn elapsed(&self) -> Duration;
}

/// The machine's own clocks.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// The clocks of this machine.
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(micros).unwrap_or(Timestamp::EPOCH)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// How far two readings of the time of day may differ from the time that has passed between them, in
/// microseconds: network time corrects a clock by milliseconds; nobody's correction takes a second.
const DRIFT_MICROS_MAX: i64 = 1_000_000;

/// The writer's watch on its clock: `recorded` is evidence, so a clock that was set stops the writer.
pub(super) struct ClockWatch {
    clock: Arc<dyn Clock>,
    last: Option<(Timestamp, Duration)>,
}

impl ClockWatch {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: None }
    }

    /// The time of day, compared with the reading before and with when the last entry was recorded.
    ///
    /// # Errors
    /// [`Stop::Clock`] for a clock that went back, or that jumped ahead.
    pub(super) fn read(&mut self, last_recorded: Timestamp) -> Result<Timestamp, Stop> {
        let (now, elapsed) = (self.clock.now(), self.clock.elapsed());
        if now.as_micros() + DRIFT_MICROS_MAX < last_recorded.as_micros() {
            return Err(Stop::Clock(format!(
                "it says {now}, and the last entry was recorded at {last_recorded}: it went back"
            )));
        }
        if let Some((then, elapsed_then)) = self.last {
            let passed = elapsed.saturating_sub(elapsed_then).as_micros();
            let passed = i64::try_from(passed).unwrap_or(i64::MAX);
            let drift = now.as_micros().saturating_sub(then.as_micros()).saturating_sub(passed);
            if drift.abs() > DRIFT_MICROS_MAX {
                let way = if drift > 0 { "jumped ahead" } else { "went back" };
                return Err(Stop::Clock(format!(
                    "it says {now}, {passed} microseconds after it said {then}: it {way}"
                )));
            }
        }
        self.last = Some((now, elapsed));
        Ok(now)
    }
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

    /// Reads the clock at pairs of (time of day, time passed), in seconds.
    fn read(readings: &[(i64, u64)], last_recorded: i64) -> Result<Timestamp, Stop> {
        let clock = Arc::new(SetClock(Mutex::new((0, 0))));
        let mut watch = ClockWatch::new(clock.clone());
        let last_recorded = Timestamp::from_micros(last_recorded * 1_000_000).unwrap();
        let mut last = Err(Stop::Clock("not read".to_owned()));
        for (now, elapsed) in readings {
            *clock.0.lock().unwrap() = (now * 1_000_000, elapsed * 1_000_000);
            last = watch.read(last_recorded);
        }
        last
    }

    #[test]
    fn a_clock_that_runs_is_believed() {
        assert!(read(&[(100, 0), (160, 60), (161, 60), (161, 61)], 100).is_ok());
    }

    #[test]
    fn a_clock_that_was_set_is_not() {
        assert!(read(&[(100, 0), (98, 0)], 0).unwrap_err().to_string().contains("went back"));
        assert!(read(&[(100, 0), (110, 60)], 0).unwrap_err().to_string().contains("went back"));
        assert!(read(&[(100, 0), (162, 60)], 0).unwrap_err().to_string().contains("jumped ahead"));
    }

    #[test]
    fn a_clock_behind_the_last_entry_went_back_between_two_runs() {
        assert!(read(&[(100, 0)], 101).is_ok());
        assert!(read(&[(100, 0)], 102).unwrap_err().to_string().contains("went back"));
    }
}
