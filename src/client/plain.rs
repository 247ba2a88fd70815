//! What others say, as it can be shown: nothing in it does anything to a terminal.

/// Text from elsewhere, with nothing in it that a terminal would obey.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            '\n' => vec![c],
            c if is_obeyed(c) => c.escape_unicode().collect(),
            c => vec![c],
        })
        .collect()
}

/// Whether a terminal, or whoever looks at it, would take a character for more than a letter: controls of both sets, what
/// turns the direction of writing, what breaks a line.
pub(crate) fn is_obeyed(c: char) -> bool {
    let turns =
        matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}
