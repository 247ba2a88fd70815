//! What is printed: data on standard output, talk on standard error.

use super::guarded::guarded;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

/// Prints a line of data.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    writeln!(anstream::stdout().lock(), "{}", guarded(&text.to_string()))
}

/// Says something to whoever watches, on standard error. Nobody listening is no failure.
pub(crate) fn say(text: impl Display) {
    let _unheard = writeln!(anstream::stderr().lock(), "{}", guarded(&text.to_string()));
}

/// Whether somebody watches standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}
