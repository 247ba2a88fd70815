//! What is longer than the terminal goes through a pager: the one that PAGER names, else less, which ends by itself where all of
//! it is on the screen.

use super::guarded::guarded;
use anstream::adapter::strip_str;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How less behaves where nobody has said otherwise: it ends where one screen is enough, passes colours, and leaves what it showed.
const LESS: &str = "FRX";

/// The pager that is fed, while one is.
static PAGING: Mutex<Option<Child>> = Mutex::new(None);

fn paging() -> MutexGuard<'static, Option<Child>> {
    // Whoever broke off in the middle of a line has left the pager as it is.
    PAGING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which pager is started: nothing where nobody wants one.
fn chosen(pager: Option<&str>) -> Option<&str> {
    match pager.map(str::trim) {
        None => Some("less"),
        Some("" | "cat") => None,
        named => named,
    }
}

/// Has what is printed go through a pager from now on, where standard output is a terminal and there is such a program.
pub(super) fn start() {
    let pager = std::env::var("PAGER").ok();
    let Some(pager) = chosen(pager.as_deref()).filter(|_pager| io::stdout().is_terminal()) else { return };
    let mut command = Command::new("sh");
    command.args(["-c", pager]).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", LESS);
    }
    // Without one all is printed as it comes.
    *paging() = command.spawn().ok();
}

/// Hands a line to the pager; nothing where there is none.
pub(super) fn write(text: &str) -> Option<io::Result<()>> {
    let mut paging = paging();
    let to = paging.as_mut()?.stdin.as_mut()?;
    let text = guarded(text);
    let has_colours = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    Some(if has_colours { writeln!(to, "{text}") } else { writeln!(to, "{}", strip_str(&text)) })
}

/// Waits until whoever reads has read on, where a pager is there.
pub(super) fn finish() {
    let Some(mut child) = paging().take() else { return };
    drop(child.stdin.take());
    // How it ended makes no difference to what was found out.
    let _ended = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_is_the_one_that_is_named() {
        assert_eq!(chosen(None), Some("less"));
        assert_eq!(chosen(Some("more -s")), Some("more -s"));
        for none in ["", " ", "cat"] {
            assert_eq!(chosen(Some(none)), None, "{none:?}");
        }
    }

    #[test]
    fn without_a_terminal_there_is_none() {
        start();
        assert!(io::stdout().is_terminal() || write("a line").is_none());
        finish();
        assert!(write("a line").is_none());
    }
}
