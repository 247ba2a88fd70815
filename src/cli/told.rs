//! What a server tells of its work, on standard error: as much as is asked for, in colours for people alone.

use super::lines::say_as_json;
use crate::config::{LogFormat, LoggingConfig};
use std::io::{self, IsTerminal as _};
use tracing_subscriber::EnvFilter;

/// What libraries tell at most, unless they are asked by name: of each stranger's connection h2 has a warning, which stops
/// nothing and tells an operator nothing.
const OTHERS: &str = "h2=error";

/// Begins to tell.
pub(crate) fn begin(logging: &LoggingConfig) {
    // It was read before, when it was set.
    let level = EnvFilter::try_new(format!("{OTHERS},{}", logging.level.as_str()));
    let level = level.unwrap_or_else(|_unread| EnvFilter::new("warn"));
    let told = tracing_subscriber::fmt().with_env_filter(level).with_writer(io::stderr);
    // A server whose log nobody reads on goes on: saying so where nobody reads would end it.
    let told = told.log_internal_errors(false);
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
