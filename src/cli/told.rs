//! What a server tells of its work, on standard error: as much as is asked for, in colours for people alone.

use super::lines::say_as_json;
use crate::config::{LogFormat, LoggingConfig};
use std::io::{self, IsTerminal as _};
use tracing_subscriber::EnvFilter;

/// Begins to tell.
pub(crate) fn begin(logging: &LoggingConfig) {
    // It was read before, when it was set.
    let level = EnvFilter::try_new(logging.level.as_str()).unwrap_or_else(|_unread| EnvFilter::new("warn"));
    let told = tracing_subscriber::fmt().with_env_filter(level).with_writer(io::stderr);
    match logging.format {
        LogFormat::Json => {
            say_as_json();
            told.json().flatten_event(true).with_current_span(false).with_span_list(false).init()
        }
        LogFormat::Text => {
            let is_for_people =
                io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
            told.with_ansi(is_for_people).init();
        }
    }
}
