//! The last look at what goes to a terminal: colours of our own pass, and nothing else that it would obey.

use crate::client::is_obeyed;

/// The escape that begins a colour, and the letter that ends it.
const COLOUR: &str = "\u{1b}[";
const COLOUR_END: char = 'm';

/// The text with every character escaped that a terminal would obey, but for line feeds, tabs and colours.
pub(crate) fn guarded(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let colour = colour(rest);
        let taken = if colour > 0 { colour } else { c.len_utf8() };
        let (this, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        if colour > 0 || !is_obeyed(c) || matches!(c, '\n' | '\t') {
            guarded.push_str(this);
        } else {
            guarded.extend(c.escape_unicode());
        }
        rest = after;
    }
    guarded
}

/// How many bytes the colour has with which a text begins: ESC, a bracket, numbers, m; 0 where it begins otherwise.
fn colour(text: &str) -> usize {
    let Some(numbers) = text.strip_prefix(COLOUR) else { return 0 };
    let length = numbers.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(numbers.len());
    match numbers.get(length..) {
        Some(end) if end.starts_with(COLOUR_END) => COLOUR.len() + length + COLOUR_END.len_utf8(),
        _ => 0,
    }
}

/// JSON in which such characters are written as JSON escapes: they stand in strings alone, and mean the same.
pub(crate) fn json_guarded(json: &str) -> String {
    let mut guarded = String::with_capacity(json.len());
    for c in json.chars() {
        if is_obeyed(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                guarded.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            guarded.push(c);
        }
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::*;
    use owo_colors::OwoColorize as _;

    #[test]
    fn colours_pass_and_nothing_else_that_a_terminal_obeys() {
        let ours = format!("{} and {}\n\tmore: é", "red".red(), "dim".dimmed().bold());
        assert_eq!(guarded(&ours), ours);
        for hostile in [
            "\u{1b}[2J",
            "\u{1b}]52;c;eA==\u{7}",
            "\u{1b}[1;1H",
            "\u{1b}c",
            "\u{9b}2J",
            "\u{9d}0;x\u{9c}",
            "a\rb",
            "\u{202e}x",
            "\u{2028}x",
            "\u{8}x",
            "\u{1b}",
            "\u{1b}[31",
        ] {
            let shown = guarded(hostile);
            assert!(!shown.chars().any(is_obeyed), "{hostile:?} became {shown:?}");
        }
    }

    #[test]
    fn json_means_the_same_and_shows_nothing_that_is_obeyed() {
        let value = serde_json::json!({"a\u{202e}": "\u{9b}2J\u{1b}\n\u{2028}é"});
        let shown = json_guarded(&serde_json::to_string_pretty(&value).unwrap());
        assert!(!shown.chars().any(|c| is_obeyed(c) && c != '\n'), "{shown:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
