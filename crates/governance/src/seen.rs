//! Characters that nobody sees, refused by name: a text that holds one looks like another text.

use crate::Malformed;
use serde_json::{Map, Value};

/// What is drawn with no ink, or not at all: two names that differ in these alone look the same, and a search for one
/// does not find the other.
const UNSEEN: [(char, char, &str); 22] = [
    ('\u{00AD}', '\u{00AD}', "soft hyphen"),
    ('\u{034F}', '\u{034F}', "combining grapheme joiner"),
    ('\u{061C}', '\u{061C}', "Arabic letter mark"),
    ('\u{115F}', '\u{1160}', "Hangul filler"),
    ('\u{17B4}', '\u{17B5}', "Khmer inherent vowel"),
    ('\u{180B}', '\u{180F}', "Mongolian selector"),
    ('\u{200B}', '\u{200B}', "zero width space"),
    ('\u{200C}', '\u{200C}', "zero width non-joiner"),
    ('\u{200D}', '\u{200D}', "zero width joiner"),
    ('\u{200E}', '\u{200E}', "left-to-right mark"),
    ('\u{200F}', '\u{200F}', "right-to-left mark"),
    ('\u{2060}', '\u{2060}', "word joiner"),
    ('\u{2061}', '\u{2065}', "invisible operator"),
    ('\u{206A}', '\u{206F}', "format character"),
    ('\u{2800}', '\u{2800}', "blank Braille pattern"),
    ('\u{3164}', '\u{3164}', "Hangul filler"),
    ('\u{FE00}', '\u{FE0F}', "variation selector"),
    ('\u{FEFF}', '\u{FEFF}', "byte order mark"),
    ('\u{FFA0}', '\u{FFA0}', "Hangul filler"),
    ('\u{FFF9}', '\u{FFFB}', "interlinear annotation"),
    ('\u{E0000}', '\u{E007F}', "tag"),
    ('\u{E0100}', '\u{E01EF}', "variation selector"),
];

/// The first character that nobody sees, with its name.
fn unseen(text: &str) -> Option<(char, &'static str)> {
    // All of ASCII that an event may hold is drawn.
    if text.is_ascii() {
        return None;
    }
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = text.get(at..).and_then(|rest| rest.chars().nth(1));
        let name = UNSEEN.iter().find(|(first, last, _name)| (*first..=*last).contains(&c));
        if let Some((_first, _last, name)) = name.filter(|_named| !is_drawn(c, before, after)) {
            return Some((c, name));
        }
        before = Some(c);
    }
    None
}

/// Some scripts, and pictures made of several, are written with joiners and selectors: there they change what is drawn.
fn is_drawn(c: char, before: Option<char>, after: Option<char>) -> bool {
    let is_picture = |c: char| ('\u{2190}'..='\u{2BFF}').contains(&c) || c >= '\u{1F000}';
    let is_joined = |c: char| {
        ('\u{0600}'..='\u{08FF}').contains(&c) || ('\u{0900}'..='\u{0DFF}').contains(&c) || is_picture(c)
    };
    match c {
        '\u{200C}' | '\u{200D}' => {
            let follows = before.is_some_and(|c| is_joined(c) || c == '\u{FE0F}');
            follows && after.is_some_and(is_joined)
        }
        '\u{FE0E}' | '\u{FE0F}' => before.is_some_and(is_picture),
        _ => false,
    }
}

/// Refuses a name or text at the JSON pointer `at`, or beneath it, that holds a character which nobody sees.
///
/// # Errors
/// [`Malformed`], with the pointer of the member and the name of the character.
pub(crate) fn check(at: &str, value: &Value) -> Result<(), Malformed> {
    match value {
        Value::String(text) => clear(at, text),
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| check(&format!("{at}/{index}"), item))
        }
        Value::Object(members) => check_members(at, members),
        _ => Ok(()),
    }
}

/// The same of an object's members.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_members(at: &str, members: &Map<String, Value>) -> Result<(), Malformed> {
    // Where everything is seen, nobody asks where it stands.
    if !members.iter().any(|(name, member)| unseen(name).is_some() || hides(member)) {
        return Ok(());
    }
    members.iter().try_for_each(|(name, member)| {
        clear(at, name)?;
        check(&format!("{at}/{name}"), member)
    })
}

/// Whether a value holds a character which nobody sees.
fn hides(value: &Value) -> bool {
    match value {
        Value::String(text) => unseen(text).is_some(),
        Value::Array(items) => items.iter().any(hides),
        Value::Object(members) => {
            members.iter().any(|(name, member)| unseen(name).is_some() || hides(member))
        }
        _ => false,
    }
}

fn clear(at: &str, text: &str) -> Result<(), Malformed> {
    match unseen(text) {
        Some((c, name)) => {
            let found = format!("U+{:04X}, a {name}, which nobody sees", u32::from(c));
            Err(Malformed::new(at, found, "the same without it: retype it rather than paste it"))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nobody_sees_is_refused_by_name() {
        for (text, name) in [
            ("NHS\u{200B}Nottingham", "U+200B, a zero width space"),
            ("\u{FEFF}Board", "U+FEFF, a byte order mark"),
            ("Board\u{E0041}", "U+E0041, a tag"),
            ("Dr \u{200F}Smith", "U+200F, a right-to-left mark"),
            ("co\u{00AD}operate", "U+00AD, a soft hyphen"),
            ("Lea\u{200D}se", "U+200D, a zero width joiner"),
            ("A\u{FE0F}", "U+FE0F, a variation selector"),
        ] {
            let refused = check("/data", &json!({"facts": {"list": ["plain", text]}})).unwrap_err();
            assert_eq!(refused.at, "/data/facts/list/1");
            assert!(refused.found.starts_with(name), "{refused}");
        }
        assert_eq!(check("/data", &json!({"a\u{200B}": 1})).unwrap_err().at, "/data");
    }

    #[test]
    fn what_is_drawn_is_taken() {
        for text in [
            "St Edmund\u{2019}s Hall \u{2013} \u{201C}the Board\u{201D}",
            "a\u{00A0}space that does not break",
            "\u{0645}\u{06CC}\u{200C}\u{0631}\u{0648}\u{0645}",
            "\u{0915}\u{094D}\u{200D}\u{0937}",
            "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
            "\u{2764}\u{FE0F}\u{200D}\u{1F525}",
            "Zo\u{00EB} \u{1E37}",
        ] {
            assert_eq!(check("/data", &json!(text)), Ok(()), "{text}");
        }
    }
}
