//! Standard output, of which nobody has to read all: `| head` closes it, and what a command finds out and does counts all the
//! same.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_UNREAD: AtomicBool = AtomicBool::new(false);

/// What came of printing. That nobody reads on is no failure; whoever prints without end asks [`is_unread`].
///
/// # Errors
/// Any other.
pub(crate) fn printed(outcome: io::Result<()>) -> io::Result<()> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            IS_UNREAD.store(true, Ordering::Relaxed);
            Ok(())
        }
        outcome => outcome,
    }
}

/// Whether somebody has stopped reading.
pub(crate) fn is_unread() -> bool {
    IS_UNREAD.load(Ordering::Relaxed)
}
