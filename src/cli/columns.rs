//! Names and values in two columns: what is too long for the terminal goes on beneath its own column.

use anstream::adapter::strip_str;
use comfy_table::Table;
use owo_colors::OwoColorize as _;
use std::io::{self, IsTerminal as _};

/// How wide the column of names is.
const NAMES_WIDTH: usize = 14;

/// The narrowest column of values that text is broken for.
const VALUES_WIDTH_MIN: usize = 16;

/// How many characters a line has room for: as many as COLUMNS says, or the terminal. Nothing where standard output is no
/// terminal and nobody says it: then lines are as long as they need.
pub(crate) fn width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let of_terminal = || Table::new().width().map(usize::from).filter(|_width| io::stdout().is_terminal());
    said.filter(|columns| *columns > 0).or_else(of_terminal)
}

/// A name and its value, indented by so many levels, as wide as there is room.
pub(crate) fn labelled(depth: usize, name: &str, value: &str) -> String {
    labelled_within(depth, name, value, width())
}

/// The same within so many characters.
pub(crate) fn labelled_within(depth: usize, name: &str, value: &str, width: Option<usize>) -> String {
    let start = 2 * depth + NAMES_WIDTH.max(name.chars().count()) + 2;
    let room = width.map(|width| width.saturating_sub(start)).filter(|room| *room >= VALUES_WIDTH_MIN);
    // Each line of a text with paragraphs starts beneath the first.
    let lines =
        value.split('\n').map(|line| room.map_or_else(|| line.to_owned(), |room| wrap(line, room, start)));
    let value = lines.collect::<Vec<_>>().join(&format!("\n{}", " ".repeat(start)));
    let name = format!("{name:<NAMES_WIDTH$}");
    let text = format!("{}{}  {value}", "  ".repeat(depth), name.dimmed());
    text.trim_end().to_owned()
}

/// A text, each line of it in lines as wide as there is room: one that is indented goes on a little further in.
pub(crate) fn in_lines(text: &str) -> String {
    in_lines_within(text, width())
}

/// The same within so many characters.
fn in_lines_within(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return text.to_owned() };
    let lines = text.split('\n').map(|line| {
        let indent = line.chars().take_while(|letter| *letter == ' ').count();
        let start = if indent == 0 { 0 } else { indent + 2 };
        match width.checked_sub(start).filter(|room| *room >= VALUES_WIDTH_MIN) {
            Some(room) => {
                format!("{}{}", " ".repeat(indent), wrap(line.trim_start_matches(' '), room, start))
            }
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Breaks text between words into lines of at most `room` characters, as far as words allow; each line but
/// the first starts beneath the first, `start` characters in. Colours take no room.
fn wrap(text: &str, room: usize, start: usize) -> String {
    let (mut wrapped, mut taken) = (String::new(), 0);
    for word in text.split(' ') {
        let length = strip_str(word).to_string().chars().count();
        if taken > 0 && taken + 1 + length > room {
            wrapped.truncate(wrapped.trim_end().len());
            wrapped.push('\n');
            wrapped.push_str(&" ".repeat(start));
            taken = 0;
        } else if taken > 0 {
            wrapped.push(' ');
            taken += 1;
        }
        wrapped.push_str(word);
        taken += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(value: &str, width: Option<usize>) -> String {
        strip_str(&labelled_within(1, "name", value, width)).to_string()
    }

    #[test]
    fn what_is_too_long_goes_on_beneath_its_column() {
        let value = format!("a body of a long name and {}", "(entries 12, 345)".dimmed());
        let lines = "  name            a body of a long name and\n                  (entries 12, 345)";
        assert_eq!(plain(&value, Some(45)), lines);
        assert_eq!(plain(&value, Some(80)).lines().count(), 1);
        let paragraphs = "To agree:\n- the lease\n- the plan";
        let lines =
            "  name            To agree:\n                  - the lease\n                  - the plan";
        assert_eq!(
            (plain(paragraphs, Some(80)), plain(paragraphs, None)),
            (lines.to_owned(), lines.to_owned())
        );
        assert_eq!(plain(&value, None).lines().count(), 1, "what is no terminal gets whole lines");
        assert_eq!(plain(&value, Some(30)).lines().count(), 1, "too narrow to break for");
    }

    #[test]
    fn what_is_said_goes_on_beneath_where_it_begins() {
        let said = "error: july.jsonc, line 3: refused\n    found a decision without its reasons";
        let lines = "error: july.jsonc, line 3:\nrefused\n    found a decision\n      without its reasons";
        assert_eq!(in_lines_within(said, Some(27)), lines);
        assert_eq!(in_lines_within(said, None), said);
        assert_eq!(
            in_lines_within(&labelled_within(1, "name", "a value", Some(40)), Some(40)),
            labelled_within(1, "name", "a value", Some(40))
        );
    }

    #[test]
    fn a_word_longer_than_the_column_stays_whole() {
        let digits = "0".repeat(64);
        assert!(plain(&format!("key {digits} and more"), Some(60)).contains(&digits));
    }
}
