//! How the lines of a page look, at most as wide as the terminal.

use crate::printed::printed;
use anstream::stdout;
use comfy_table::Table;
use owo_colors::OwoColorize as _;
use std::fmt::Display;
use std::io::{self, Write as _};

/// How wide a page is where there is no terminal, and at most.
const WIDTH: usize = 80;
const WIDTH_MAX: usize = 120;

/// Prints what was found as one JSON object.
pub(super) fn print_as_json(found: &impl serde::Serialize) -> anyhow::Result<()> {
    Ok(line(serde_json::to_string_pretty(found)?)?)
}

/// A line of the page.
pub(super) fn line(text: impl Display) -> io::Result<()> {
    printed(writeln!(stdout().lock(), "{text}"))
}

/// The title of a part of the page.
pub(super) fn section(title: &str) -> io::Result<()> {
    line(format!("\n{}", title.bold()))
}

/// Something with its name before it.
pub(super) fn field(name: &str, value: impl Display) -> io::Result<()> {
    line(format!("  {:>14}  {value}", name.dimmed()))
}

/// Something in as many lines as it takes, each after `indent`.
pub(super) fn wrapped(indent: &str, text: &str, width: usize) -> io::Result<()> {
    for part in wrap(text, width.saturating_sub(indent.len())) {
        line(format!("{indent}{part}"))?;
    }
    Ok(())
}

/// As far in as what [`field`] shows.
pub(super) const INDENT: &str = "                  ";

/// A text cut between words into lines of at most so many characters; a longer word stands alone.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The entries as ranges: `entries 358-364, 370`.
pub(super) fn refer(positions: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for position in positions {
        match ranges.last_mut() {
            Some((_first, last)) if *last + 1 == *position => *last = *position,
            _ => ranges.push((*position, *position)),
        }
    }
    let written: Vec<_> = ranges
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    let noun = if positions.len() == 1 { "entry" } else { "entries" };
    format!("{noun} {}", written.join(", ")).dimmed().to_string()
}

/// A bar in eighths of a character.
pub(super) fn bar(number: u32, most: u32, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = usize::try_from(number).unwrap_or(0) * room * 8 / usize::try_from(most).unwrap_or(1).max(1);
    let rest = EIGHTHS.get(eighths % 8).copied().unwrap_or_default();
    format!("{}{rest}", "█".repeat(eighths / 8))
}

/// A full legal name, shortened as registers do.
pub(super) fn short(name: &str) -> String {
    name.replace("Clinical Commissioning Group", "CCG").replace("Integrated Care Board", "ICB")
}

/// A number as people write it.
pub(super) fn thousands(number: u64) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

/// Commands that can be typed as they stand while the server runs at an address.
pub(super) struct Commands {
    program: String,
    server: String,
}

impl Commands {
    /// For a server that clients find without being told where, or for one at `url`.
    pub(super) fn of(url: &str, is_at_the_usual_address: bool) -> Self {
        let server = if is_at_the_usual_address { String::new() } else { format!(" --server {url}") };
        Self { program: program(), server }
    }

    /// One that asks the server.
    pub(super) fn asking(&self, command: impl Display) -> String {
        format!("  {} {command}{}", self.program, self.server).green().to_string()
    }

    /// One that needs no server.
    pub(super) fn alone(&self, command: impl Display) -> String {
        format!("  {} {command}", self.program).green().to_string()
    }
}

/// Says that the server goes on.
pub(super) fn still_serving(url: &str) -> io::Result<()> {
    let where_from = format!("at {url} (Ctrl-C stops it).");
    line(format!("{} {}", "Still serving".bold(), where_from.dimmed()))?;
    line(format!("Open {} in a browser. Elsewhere, try:\n", url.green()))
}

/// How the program was called, so that the commands can be copied.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_default();
    if called.contains('/') { called } else { "minutebook".to_owned() }
}

/// How wide the page is.
pub(super) fn width() -> usize {
    Table::new().width().map_or(WIDTH, usize::from).clamp(40, WIDTH_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_range() {
        assert!(refer(&[3, 4, 5, 9, 11, 12]).contains("entries 3-5, 9, 11-12"));
        assert!(refer(&[3]).contains("entry 3"));
    }

    #[test]
    fn a_text_is_cut_between_words() {
        assert_eq!(wrap("one officer of six bodies", 11), ["one officer", "of six", "bodies"]);
        assert_eq!(wrap("organisations", 5), ["organisations"]);
    }

    #[test]
    fn a_bar_is_as_long_as_its_number() {
        assert_eq!(bar(211, 211, 10), "█".repeat(10));
        assert_eq!(bar(0, 211, 10), "");
        assert_eq!(bar(1, 16, 2), "▏");
    }
}
