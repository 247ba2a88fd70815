//! What is printed: data on standard output, talk on standard error.

use super::columns::in_lines;
use super::guarded::guarded;
use super::pager;
use crate::printed::printed;
use serde_json::json;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Prints a line of data.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    let text = text.to_string();
    let paged = pager::write(&text);
    printed(paged.unwrap_or_else(|| writeln!(anstream::stdout().lock(), "{}", guarded(&text))))
}

/// Prints data as it is.
pub(crate) fn data(text: &[u8]) -> io::Result<()> {
    printed(anstream::stdout().lock().write_all(text))
}

/// Whether what is said is read by programs: a server's log as JSON has no other lines in it.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Has everything said as JSON from now on, a line each, as the log is.
pub(crate) fn say_as_json() {
    IS_JSON.store(true, Ordering::Relaxed);
}

/// Says something to whoever watches, on standard error, in lines as wide as there is room. Nobody listening is no failure.
pub(crate) fn say(text: impl Display) {
    say_at("INFO", in_lines(&text.to_string()));
}

/// Says something to programs, or shows bytes as they are: nothing is broken into lines.
pub(crate) fn say_whole(text: impl Display) {
    say_at("INFO", text);
}

/// Says why a command failed.
pub(crate) fn say_failed(text: impl Display) {
    say_at("ERROR", in_lines(&text.to_string()));
}

fn say_at(level: &str, text: impl Display) {
    let mut text = guarded(&text.to_string()).to_string();
    if IS_JSON.load(Ordering::Relaxed) {
        let now = jiff::Timestamp::now().to_string();
        let message = anstream::adapter::strip_str(&text).to_string();
        text =
            json!({"timestamp": now, "level": level, "message": message, "target": "minutebook"}).to_string();
    }
    // What is said beside data on the same terminal would stand across the pager's screen.
    let paged = if is_watched() { pager::write(&text) } else { None };
    let _unheard = paged.unwrap_or_else(|| writeln!(anstream::stderr().lock(), "{text}"));
}

/// Whether somebody watches standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}
