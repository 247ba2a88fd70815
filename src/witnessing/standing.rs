//! How each witness stands with this server: when it signed last, and why it does not sign now.

use super::AskError;
use minutebook_log::{Cosigned, Timestamp};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long nothing more is said of a witness that keeps going and coming, after it was said that it does not sign.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// How a witness of the policy stands, for those who look at the server.
#[derive(Debug)]
pub struct WitnessStanding {
    name: String,
    begun: Instant,
    stands: Mutex<Stands>,
}

/// What its answers came to.
#[derive(Debug, Default)]
struct Stands {
    /// The time of its newest signature, as it states it.
    signed: Option<Timestamp>,
    /// Since when it does not sign, and why.
    missing: Option<(Instant, String)>,
    /// When it was said last that it does not sign.
    told: Option<Instant>,
    /// Whether that is what was said last of it.
    is_told: bool,
}

impl WitnessStanding {
    /// A witness that was not asked yet.
    pub(super) fn new(name: String) -> Self {
        Self { name, begun: Instant::now(), stands: Mutex::default() }
    }

    /// What the policy calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long ago it signed last at `now`, in seconds; since the server asks at all, where it never did.
    pub fn age(&self, now: Timestamp) -> f64 {
        match self.stands().signed {
            Some(signed) => now.as_micros().saturating_sub(signed.as_micros()) as f64 / 1e6,
            None => self.begun.elapsed().as_secs_f64(),
        }
    }

    /// Since when it does not sign what it is asked to, and why; nothing where it signed last time.
    pub fn missing(&self) -> Option<(Instant, String)> {
        self.stands().missing.clone()
    }

    /// Takes note of what became of a question, and tells the operator once where that changes how it stands.
    pub(super) fn take_note(&self, outcome: &Result<Cosigned, AskError>) {
        let (witness, now) = (&self.name, Instant::now());
        match outcome {
            Ok(cosigned) => {
                if self.stands().has_signed(cosigned.time) {
                    tracing::warn!(witness, "a witness that did not sign does so again");
                }
            }
            // The question before is still open: its end is what counts.
            Err(AskError::Busy) => {}
            Err(error) => {
                let why = error.to_string();
                if self.stands().has_not_signed(&why, now) {
                    tracing::warn!(witness, why, "a witness does not sign");
                }
            }
        }
    }

    /// What a panic elsewhere left behind is still whole: nothing here can fail half-way.
    fn stands(&self) -> MutexGuard<'_, Stands> {
        self.stands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stands {
    /// Whether its coming back is news: where it was said that it had gone.
    fn has_signed(&mut self, time: Timestamp) -> bool {
        self.signed = self.signed.max(Some(time));
        self.missing = None;
        std::mem::take(&mut self.is_told)
    }

    /// Whether its silence is news.
    fn has_not_signed(&mut self, why: &str, now: Instant) -> bool {
        let since = self.missing.as_ref().map_or(now, |(since, _why)| *since);
        self.missing = Some((since, why.to_owned()));
        let is_soon = self.told.is_some_and(|told| now.duration_since(told) < TELL_AGAIN);
        if self.is_told || is_soon {
            return false;
        }
        (self.told, self.is_told) = (Some(now), true);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    #[test]
    fn it_is_said_once_that_a_witness_has_gone_and_once_that_it_is_back() {
        let (mut stands, begun) = (Stands::default(), Instant::now());
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert!(!stands.has_signed(at(5)), "nobody had missed it");
        assert!(stands.has_not_signed("it can't be reached", after(0)));
        for second in 1..7200 {
            assert!(!stands.has_not_signed("it can't be reached", after(second)), "{second}");
        }
        assert_eq!(stands.missing, Some((after(0), "it can't be reached".to_owned())));
        assert!(stands.has_signed(at(9)) && !stands.has_signed(at(9)));
        assert_eq!((stands.signed, stands.missing.clone()), (Some(at(9)), None));
    }

    #[test]
    fn a_witness_that_keeps_going_and_coming_is_told_of_once_a_minute() {
        let (mut stands, begun) = (Stands::default(), Instant::now());
        let mut told = (0, 0);
        for second in 0..600 {
            let now = begun + Duration::from_secs(second);
            told.0 += u32::from(stands.has_not_signed("it has not answered in time", now));
            told.1 += u32::from(stands.has_signed(at(5)));
        }
        assert_eq!(told, (10, 10));
    }

    #[test]
    fn a_witness_that_never_signed_is_as_old_as_the_asking() {
        let standing = WitnessStanding::new("derby".to_owned());
        assert!((0.0..60.0).contains(&standing.age(at(1_000_000))));
        standing.stands().has_signed(at(100));
        assert_eq!(standing.age(at(3700)), 3600.0);
        standing.stands().has_signed(at(90));
        assert_eq!(standing.age(at(3700)), 3600.0, "an older signature makes nothing younger");
    }
}
