use std::fmt;

/// Why bytes are not what a format asks for: where, what stood there, and what would have been right.
///
/// `at` is a JSON pointer (`/data/facts/name`) for an event and the name of a header line (`recorded`)
/// for an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Malformed {
    /// Where in the input.
    pub at: String,
    /// What stood there, shortened where it is long.
    pub found: String,
    /// What would have been accepted.
    pub needed: String,
}

/// How many characters of somebody's input an error repeats.
const QUOTED_CHARS_MAX: usize = 80;

impl Malformed {
    /// An error at `at`, where `found` stood and `needed` was called for.
    pub fn new(at: impl Into<String>, found: impl Into<String>, needed: impl Into<String>) -> Self {
        Self { at: at.into(), found: found.into(), needed: needed.into() }
    }

    /// As [`Malformed::new`], quoting the input: control characters escaped, the tail cut off.
    pub fn quoting(at: impl Into<String>, found: &str, needed: impl Into<String>) -> Self {
        let mut quoted: String = found.chars().take(QUOTED_CHARS_MAX).flat_map(char::escape_debug).collect();
        if found.chars().nth(QUOTED_CHARS_MAX).is_some() {
            quoted.push('…');
        }
        Self::new(at, format!("\"{quoted}\""), needed)
    }

    /// The same error seen from one level further out: `at` gains a prefix.
    pub fn within(mut self, outer: &str) -> Self {
        self.at.insert_str(0, outer);
        self
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}; needed {}", self.at, self.found, self.needed)
    }
}
