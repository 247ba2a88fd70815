//! What is said again and again is said once, and from time to time after that.

use std::time::{Duration, Instant};

/// After what time the same is said again.
const AGAIN: Duration = Duration::from_secs(3600);

/// What was said last, when, and how often it was to be said since.
#[derive(Debug, Default)]
pub(crate) struct Repeated(Option<(String, Instant, u64)>);

impl Repeated {
    /// Whether this is to be said at `now`, since it is new or was said long ago; and how often it would have been said since
    /// it was said last.
    pub(crate) fn news(&mut self, what: &str, now: Instant) -> Option<u64> {
        let mut times = 1;
        if let Some((said, at, since)) = &mut self.0
            && said == what
        {
            *since += 1;
            if now.duration_since(*at) < AGAIN {
                return None;
            }
            times = *since;
        }
        self.0 = Some((what.to_owned(), now, 0));
        Some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_said_once_in_a_while() {
        let (mut repeated, begun) = (Repeated::default(), Instant::now());
        let mut says = |what: &str, seconds: u64| repeated.news(what, begun + Duration::from_secs(seconds));
        assert_eq!(says("a witness is silent", 0), Some(1));
        for second in 1..3600 {
            assert_eq!(says("a witness is silent", second), None, "{second}");
        }
        assert_eq!(says("a witness is silent", 3600), Some(3600), "once an hour, with how often it was");
        assert_eq!(says("a witness is silent", 3601), None);
        assert_eq!(says("two are", 3602), Some(1), "something else is news");
        assert_eq!(says("a witness is silent", 3603), Some(1));
    }
}
