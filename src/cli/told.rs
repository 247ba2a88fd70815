//! What a server tells of its work, on standard error: as much as `RUST_LOG` asks for, and in colours for people alone.

use std::io::{self, IsTerminal as _};
use tracing_subscriber::EnvFilter;

/// Begins to tell.
pub(crate) fn begin() {
    let level = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("warn"));
    let is_for_people =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    tracing_subscriber::fmt().with_env_filter(level).with_ansi(is_for_people).with_writer(io::stderr).init();
}
