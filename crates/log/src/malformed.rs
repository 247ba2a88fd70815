use std::fmt;

/// Why bytes are not what a format asks for: where, what stood there, and what would have been right.
///
/// `at` is a JSON pointer (`/data/facts/name`) for a member of an event, `byte 17` where an event is no
/// JSON, the name of a header line (`recorded`) for an entry, and `event: /id` for an event inside one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Malformed {
    /// Where in the input.
    pub at: String,
    /// What stood there, shortened where it is long: an error goes back over the wire.
    pub found: String,
    /// What would have been accepted.
    pub needed: String,
}

/// How many characters of somebody's input an error repeats.
const QUOTED_CHARS_MAX: usize = 80;

/// How many characters a description of what stood there has at most.
const FOUND_CHARS_MAX: usize = 400;

impl Malformed {
    /// An error at `at`, where `found` stood and `needed` was called for.
    pub fn new(at: impl Into<String>, found: impl Into<String>, needed: impl Into<String>) -> Self {
        let mut found = found.into();
        shorten(&mut found, FOUND_CHARS_MAX);
        Self { at: at.into(), found, needed: needed.into() }
    }

    /// As [`Malformed::new`], quoting the input: control characters escaped, the tail cut off.
    pub fn quoting(at: impl Into<String>, found: &str, needed: impl Into<String>) -> Self {
        let mut quoted: String =
            found.chars().flat_map(char::escape_debug).take(QUOTED_CHARS_MAX + 1).collect();
        shorten(&mut quoted, QUOTED_CHARS_MAX);
        Self::new(at, format!("\"{quoted}\""), needed)
    }

    /// The same error seen from one level further out: `at` gains a prefix.
    pub fn within(mut self, outer: &str) -> Self {
        self.at.insert_str(0, outer);
        self
    }
}

fn shorten(text: &mut String, chars_max: usize) {
    if let Some((end, _char)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
        text.push('…');
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}; needed {}", self.at, self.found, self.needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_repeats_no_more_than_a_line_of_the_input() {
        let exact = "é".repeat(QUOTED_CHARS_MAX);
        assert_eq!(Malformed::quoting("/id", &exact, "").found, format!("\"{exact}\""));
        assert_eq!(Malformed::quoting("/id", &format!("{exact}é"), "").found, format!("\"{exact}…\""));
        let found = Malformed::new("/id", "é".repeat(50_000), "").found;
        assert_eq!(found.chars().count(), FOUND_CHARS_MAX + 1);
    }

    #[test]
    fn what_is_quoted_stays_on_its_line() {
        let error = Malformed::quoting("stream", "a\nb\u{202e}", "a subject").within("event: ");
        assert_eq!(error.to_string(), r#"event: stream: found "a\nb\u{202e}"; needed a subject"#);
    }
}
