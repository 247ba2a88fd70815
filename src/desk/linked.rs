//! What a page says, with links to what it names.

use super::viewed::Viewed;
use crate::proto::{Difference, Fact};
use crate::shown::phrases::{is_word, words};
use crate::shown::{Cell, Piece};
use anstream::adapter::strip_str;
use maud::{Markup, html};
use minutebook_log::Subject;
use serde_json::Value;

/// How many entries are named one by one.
const ENTRIES_SHOWN: usize = 6;

/// The path of the page of something; nothing for what has none.
pub(super) fn path_of(id: &str) -> Option<String> {
    let (kind, _name) = id.split_once('/')?;
    let has_page = matches!(
        kind,
        "body"
            | "person"
            | "meeting"
            | "merger"
            | "consultation"
            | "committee"
            | "delegation"
            | "partnership"
            | "key"
            | "appointment"
            | "document"
    );
    has_page.then(|| format!("/{id}"))
}

/// Something by what it is called, with a link where it has a page. Whoever gives the id for its name leaves that to the page.
pub(super) fn thing(viewed: &Viewed, id: &str, words: &str) -> Markup {
    let words = &if words == id { viewed.called(id) } else { words.to_owned() };
    let called = html! { bdi class=[is_long(words).then_some("long")] { (words) } };
    html! {
        @match path_of(id) {
            Some(path) => { a href=(viewed.link(&path)) { (called) } }
            None => { (called) }
        }
    }
}

/// A fact of the register in words. A word of the record can break between its words then, and fits where it would not.
pub(super) fn fact(viewed: &Viewed, fact: Option<&Fact>) -> Markup {
    match fact {
        None => html! { "not said" },
        Some(fact) if is_word(&fact.value) => html! { (words(&fact.value)) },
        Some(fact) => words_of(viewed, &fact.value),
    }
}

/// What a difference says, in which ids may stand.
pub(super) fn told_by(it: &Difference) -> Vec<Value> {
    let facts = it.before.iter().chain(&it.after).map(|fact| &fact.value);
    facts.chain([&it.subject]).map(|text| Value::String(text.clone())).collect()
}

/// Whether some word is so long that it may be broken anywhere.
fn is_long(words: &str) -> bool {
    words.split(' ').any(|word| word.len() > UNBROKEN_MAX)
}

/// The longest word that is kept whole.
const UNBROKEN_MAX: usize = 20;

/// Entries, each with its link; of many the first, and how many there are.
pub(super) fn entries(viewed: &Viewed, positions: &[u64]) -> Markup {
    let more = positions.len().saturating_sub(ENTRIES_SHOWN);
    html! {
        span.entries {
            @for (i, position) in positions.iter().take(ENTRIES_SHOWN).enumerate() {
                @if i > 0 { ", " }
                a href=(viewed.link(&format!("/entry/{position}"))) aria-label=(format!("entry {position}")) { (position) }
            }
            @if more > 0 { " and " (more) " more" }
        }
    }
}

/// On what something rests: entries in brackets; nothing where there are none.
pub(super) fn why(viewed: &Viewed, positions: &[u64]) -> Markup {
    html! {
        @if !positions.is_empty() {
            " " span.why {
                "(" @if positions.len() == 1 { "entry " } @else { "entries " } (entries(viewed, positions)) ")"
            }
        }
    }
}

/// What a cell says, with its links.
pub(super) fn cell(viewed: &Viewed, cell: &Cell) -> Markup {
    html! {
        @for piece in cell.pieces() {
            @match piece {
                Piece::Words(words) => { (words_of(viewed, words)) }
                Piece::Thing { id, words } => { (thing(viewed, id, words)) }
                Piece::Entries(positions) => { (entries(viewed, positions)) }
            }
        }
    }
}

/// Words in which ids and entries may stand: those become links.
pub(super) fn words_of(viewed: &Viewed, words: &str) -> Markup {
    let words = strip_str(words).to_string();
    let (mut pieces, mut is_entry) = (Vec::new(), false);
    for part in words.split_inclusive(BETWEEN) {
        let word = part.trim_end_matches(BETWEEN).trim_end_matches(['.', ':']);
        let rest = part.get(word.len()..).unwrap_or_default();
        let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        pieces.push(if is_entry && is_number {
            html! { a href=(viewed.link(&format!("/entry/{word}"))) { (word) } (rest) }
        } else if is_id(word) {
            html! { (thing(viewed, word, word)) (rest) }
        } else if is_long(part) {
            html! { span.long { (part) } }
        } else {
            html! { (part) }
        });
        // "entries 3, 4": a list of them goes on for as long as there are commas.
        is_entry =
            matches!(word, "entry" | "entries") || (is_entry && (word.is_empty() || rest.starts_with(',')));
    }
    html! { @for piece in pieces { (piece) } }
}

/// What stands between words.
const BETWEEN: [char; 6] = [' ', '\n', '(', ')', ',', ';'];

/// Whether a word is the id of something that has a page.
fn is_id(word: &str) -> bool {
    path_of(word).is_some() && word.parse::<Subject>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_entries_in_words_become_links_and_nothing_becomes_markup() {
        let viewed = Viewed::default();
        let html = words_of(&viewed, "by entry 12, of body/04K. <b>1</b> entries 3, 4; and 5").into_string();
        assert_eq!(
            html,
            "by entry <a href=\"/entry/12\">12</a>, of <a href=\"/body/04K\"><bdi>body/04K</bdi></a>. \
             &lt;b&gt;1&lt;/b&gt; entries <a href=\"/entry/3\">3</a>, <a href=\"/entry/4\">4</a>; and 5"
        );
        assert_eq!(words_of(&viewed, "body/<i>").into_string(), "body/&lt;i&gt;");
        assert_eq!(path_of("unit/04N"), None);
        assert!(entries(&viewed, &[1, 2, 3, 4, 5, 6, 7]).into_string().ends_with("6</a> and 1 more</span>"));
    }
}
