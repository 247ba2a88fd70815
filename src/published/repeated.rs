//! What is said again and again is said once, and from time to time after that.

use std::time::{Duration, Instant};

/// After what time the same is said again.
const AGAIN: Duration = Duration::from_secs(600);

/// What was said last, and when.
#[derive(Debug, Default)]
pub(crate) struct Repeated(Option<(String, Instant)>);

impl Repeated {
    /// Whether this is to be said at `now`: it is new, or was said long ago.
    pub(crate) fn is_news(&mut self, what: &str, now: Instant) -> bool {
        let is_known = |(said, at): &(String, Instant)| said == what && now.duration_since(*at) < AGAIN;
        if self.0.as_ref().is_some_and(is_known) {
            return false;
        }
        self.0 = Some((what.to_owned(), now));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_said_once_in_a_while() {
        let (mut repeated, begun) = (Repeated::default(), Instant::now());
        let mut says =
            |what: &str, seconds: u64| repeated.is_news(what, begun + Duration::from_secs(seconds));
        assert!(says("a witness is silent", 0));
        assert!(!says("a witness is silent", 1) && !says("a witness is silent", 599));
        assert!(says("two are", 599), "something else is news");
        assert!(says("a witness is silent", 600) && !says("a witness is silent", 601));
        assert!(says("a witness is silent", 1200));
    }
}
