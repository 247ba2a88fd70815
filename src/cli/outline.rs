//! An event as people read it: who says what about what, with what right.

use super::columns::labelled;
use super::show;
use minutebook_log::Event;
use owo_colors::OwoColorize as _;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// What an event says, line by line; people by their names, with the ids after them.
pub(crate) fn outline(event: &Event, name_of: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    let data = &event.data;
    let version =
        if event.event_type.version == 1 { String::new() } else { format!(" v{}", event.event_type.version) };
    let mut put = |name: &str, value: String| {
        let _written = writeln!(text, "{}", labelled(1, name, &value));
    };
    put("what", format!("{}{version}", event.event_type.name).bold().to_string());
    put("about", named(event.subject.as_str(), name_of));
    for signatory in list(data.get("signatories")) {
        put("signed by", signatory_line(signatory));
    }
    put("standing", show::standing(string(data.get("standing"))));
    put("written", show::moment(&event.time.to_string()));
    if let Some(id) = &event.correlation_id {
        put("together with", format!("all of {id}"));
    }
    if let Some(basis) = data.get("basis").and_then(Value::as_object) {
        for (kind, words) in basis {
            put(kind, basis_line(words));
        }
    }
    for document in list(data.get("evidence")) {
        put("evidence", document_line(document));
    }
    for intention in list(data.get("fulfils")) {
        put("fulfils", string(Some(intention)).to_owned());
    }
    if let Some(Value::Object(facts)) = data.get("facts") {
        put_members(&mut text, facts, 1, name_of);
    }
    text.truncate(text.trim_end().len());
    text
}

/// How many digits of a key are enough to tell it from others; key show has all.
const KEY_DIGITS: usize = 8;

/// An id behind the name of what it means, where that is known; a word of a closed list without its underscores; any other text as
/// it is.
fn named(text: &str, name_of: &dyn Fn(&str) -> Option<String>) -> String {
    let is_word =
        text.contains('_') && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    match name_of(text) {
        Some(name) => format!("{name} ({text})"),
        None if is_word => show::words(text),
        None => text.to_owned(),
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn string(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// The source, why it was filled in, or from what it was inferred, and why.
fn basis_line(words: &Value) -> String {
    match (words.get("from"), words.get("why")) {
        (Some(from), Some(why)) => format!("from {}: {}", string(Some(from)), string(Some(why))),
        _ => string(Some(words)).to_owned(),
    }
}

fn signatory_line(signatory: &Value) -> String {
    let body = match string(signatory.get("body")) {
        "" => String::new(),
        body => format!(" of {body}"),
    };
    let key: String = string(signatory.get("key")).chars().take(KEY_DIGITS).collect();
    format!("{}{body} {}", show::words(string(signatory.get("capacity"))), format!("(key {key}…)").dimmed())
}

fn document_line(document: &Value) -> String {
    let title = scalar(document.get("title").unwrap_or(&Value::Null)).unwrap_or_default();
    match document.get("sha256").and_then(Value::as_str) {
        Some(digest) => format!("{title}, sha256 {digest}"),
        None => format!("{title} (not held)"),
    }
}

/// Members of an object, each on its line, deeper ones indented.
fn put_members(
    text: &mut String,
    members: &Map<String, Value>,
    depth: usize,
    name_of: &dyn Fn(&str) -> Option<String>,
) {
    for (name, value) in members {
        put_member(text, &name.replace('_', " "), value, depth, name_of);
    }
}

fn put_member(
    text: &mut String,
    name: &str,
    value: &Value,
    depth: usize,
    name_of: &dyn Fn(&str) -> Option<String>,
) {
    let _written = if let Some(scalar) = scalar(value).map(|it| named(&it, name_of)) {
        writeln!(text, "{}", labelled(depth, name, &scalar))
    } else if let Value::Array(items) = value {
        let scalars: Option<Vec<_>> = items.iter().map(|item| Some(named(&scalar(item)?, name_of))).collect();
        match scalars {
            Some(scalars) if scalars.is_empty() => writeln!(text, "{}", labelled(depth, name, "none")),
            Some(scalars) => writeln!(text, "{}", labelled(depth, name, &scalars.join(", "))),
            None => {
                for (index, item) in items.iter().enumerate() {
                    put_member(text, &format!("{name} {}", index + 1), item, depth, name_of);
                }
                Ok(())
            }
        }
    } else {
        let written = writeln!(text, "{}{}", "  ".repeat(depth), name.dimmed());
        if let Value::Object(members) = value {
            put_members(text, members, depth + 1, name_of);
        }
        written
    };
}

/// A value that fits on a line: text, numbers, dates in words, what is sealed.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("nothing".to_owned()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => match (members.get("sealed"), members.get("written")) {
            (Some(digest), _) if members.len() == 1 => Some(format!("(sealed {})", string(Some(digest)))),
            (_, Some(Value::String(written))) => {
                let bound = |name| string(members.get(name)).to_owned();
                let (earliest, latest) = (bound("earliest"), bound("latest"));
                Some(show::date(&crate::proto::PDate { written: written.clone(), earliest, latest }))
            }
            _ => None,
        },
        Value::Array(_) => None,
    }
}
