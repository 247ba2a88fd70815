//! Words with a dollar sign, for which something else was to stand: what nobody replaces does not go into the book as it is.

use crate::meant::nearest;
use minutebook_governance::Malformed;
use serde_json::Value;

/// What stands for the body that says a line.
const OF_A_BODY: [&str; 2] = ["$body", "$slug"];

/// The first word with a dollar sign in the texts of a value, for which nothing stood, and what would be right. A sum in dollars is
/// none.
pub(super) fn unknown(at: &str, value: &Value, is_of_each: bool) -> Option<Malformed> {
    match value {
        Value::String(text) => {
            let word = first_in(text)?;
            Some(Malformed::new(at, word.clone(), needed(&word, is_of_each)))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| unknown(&format!("{at}/{index}"), item, is_of_each)),
        Value::Object(members) => {
            members.iter().find_map(|(name, value)| unknown(&format!("{at}/{name}"), value, is_of_each))
        }
        _ => None,
    }
}

fn first_in(text: &str) -> Option<String> {
    let words = text.match_indices('$').filter_map(|(at, _sign)| text.get(at + 1..));
    let words = words
        .map(|rest| rest.chars().take_while(|it| it.is_ascii_lowercase() || *it == '_').collect::<String>());
    words.filter(|word| !word.is_empty()).map(|word| format!("${word}")).next()
}

fn needed(word: &str, is_of_each: bool) -> String {
    if word.starts_with("$n") {
        return "a kind and a name without blanks, such as person/$new:lay: then an id is made for it"
            .to_owned();
    }
    if !is_of_each && OF_A_BODY.contains(&word) {
        return "the body itself, or \"each\" with the bodies that say it".to_owned();
    }
    let meant = nearest(word, OF_A_BODY).map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    format!("$body, the body's id, or $slug, what stands behind its slash{meant}")
}
