//! Reading JSON in one form only: what is read is what would be written.
//!
//! Derived readers are generous: they take `["04K"]` for an object with one member, `{"approved":null}` for
//! `"approved"`, `null` for an absent member. Each is another way to write the same facts, which other
//! readers may take otherwise; so what was read is written again, and has to be the same.

use crate::{BodyId, Malformed};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::collections::BTreeSet;

/// What has a JSON Schema, where those are built (the feature `schema`).
#[cfg(feature = "schema")]
pub use schemars::JsonSchema as Described;

/// What has a JSON Schema, where those are built (the feature `schema`): without them, everything.
#[cfg(not(feature = "schema"))]
pub trait Described {}

#[cfg(not(feature = "schema"))]
impl<T> Described for T {}

/// Reads `value`, which stands at the JSON pointer `at`.
///
/// # Errors
/// [`Malformed`], with the path of the member; `needed` says what the whole should be.
pub(crate) fn read<T: DeserializeOwned + Serialize>(
    at: &str,
    value: &Value,
    needed: &str,
) -> Result<T, Malformed> {
    // Where it is read, nobody asks for the path of what could not be.
    let parsed = T::deserialize(value).or_else(|_unread| read_by_path(at, value, needed))?;
    let refuse = |path: String| {
        let needed = "the one form of it: objects as objects, and no member that is empty or null";
        Err(Malformed::new(format!("{at}{path}"), "the same facts, written in another form", needed))
    };
    check_paragraphs::<T>(at, value)?;
    match serde_json::to_value(&parsed) {
        Ok(written) => difference(value, &written).map_or(Ok(parsed), refuse),
        Err(_unwritable) => refuse(String::new()),
    }
}

/// The same, with the path of what could not be read.
fn read_by_path<T: DeserializeOwned>(at: &str, value: &Value, needed: &str) -> Result<T, Malformed> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let said = error.inner().to_string();
        let (found, needed) = told_apart(&said).unwrap_or((&said, needed));
        Malformed::new(format!("{at}{}", pointer(error.path())), found, needed)
    })
}

/// Members that can be sealed and are no text to read, but a name or a title: one line.
const ONE_LINE: [&str; 14] = [
    "title",
    "name",
    "honorific",
    "aliases",
    "label",
    "speaker",
    "role",
    "presenter",
    "place",
    "scrutineer",
    "respondent",
    "auditor",
    "by",
    "from",
];

/// Refuses a line feed where no free text stands. Free text is what can be sealed ([`crate::Sealable`]), but for names
/// and titles: so what stands there is read again with a seal in its place.
fn check_paragraphs<T: DeserializeOwned>(at: &str, value: &Value) -> Result<(), Malformed> {
    if !has_line_feed(value) {
        return Ok(());
    }
    let seal = serde_json::json!({"sealed": "0".repeat(64)});
    for path in with_line_feed(value) {
        let mut sealed = value.clone();
        if let Some(member) = sealed.pointer_mut(&path) {
            *member = seal.clone();
        }
        let name = path.split('/').rfind(|part| part.parse::<usize>().is_err()).unwrap_or_default();
        if ONE_LINE.contains(&name) || T::deserialize(sealed).is_err() {
            let needed = "one line: texts have paragraphs (text, reasons, ..), names and titles do not";
            return Err(Malformed::new(format!("{at}{path}"), "a line feed", needed));
        }
    }
    Ok(())
}

fn has_line_feed(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\n'),
        Value::Array(items) => items.iter().any(has_line_feed),
        Value::Object(members) => members.values().any(has_line_feed),
        _ => false,
    }
}

/// The strings with a line feed, as JSON pointers.
fn with_line_feed(value: &Value) -> Vec<String> {
    let beneath = |part: String, member: &Value| {
        with_line_feed(member).into_iter().map(move |path| format!("/{part}{path}"))
    };
    match value {
        Value::String(text) if text.contains('\n') => vec![String::new()],
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.flat_map(|(index, item)| beneath(index.to_string(), item)).collect()
        }
        Value::Object(members) => {
            members.iter().flat_map(|(name, member)| beneath(escape(name), member)).collect()
        }
        _ => Vec::new(),
    }
}

/// What stood there, and what a reader wanted instead, where its words say both: the readers of this crate as
/// [`Malformed`] prints it, derived ones as "unknown variant `x`, expected one of ..".
fn told_apart(said: &str) -> Option<(&str, &str)> {
    let ours = said.split_once("found ").and_then(|(_at, rest)| rest.rsplit_once("; needed "));
    ours.or_else(|| said.split_once(", expected "))
}

/// Asks that a list at the JSON pointer `at` names a body, and none twice.
///
/// # Errors
/// [`Malformed`], with that pointer.
pub(crate) fn check_each_body_once(at: &str, bodies: &[BodyId]) -> Result<(), Malformed> {
    let distinct: BTreeSet<_> = bodies.iter().collect();
    if bodies.is_empty() || distinct.len() != bodies.len() {
        return Err(Malformed::new(at, "none, or one twice", "each body once"));
    }
    Ok(())
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push_str(&format!("/{}", escape(key)));
            }
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Unknown => {}
        }
    }
    pointer
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Where the two are first different, as a JSON pointer (RFC 6901).
fn difference(found: &Value, written: &Value) -> Option<String> {
    match (found, written) {
        (Value::Object(found), Value::Object(written)) => {
            let names = found.keys().chain(written.keys().filter(|name| !found.contains_key(*name)));
            names.into_iter().find_map(|name| match found.get(name).zip(written.get(name)) {
                Some((found, written)) => {
                    difference(found, written).map(|path| format!("/{}{path}", escape(name)))
                }
                None => Some(format!("/{}", escape(name))),
            })
        }
        (Value::Array(found), Value::Array(written)) if found.len() == written.len() => {
            let pairs = found.iter().zip(written).enumerate();
            pairs.into_iter().find_map(|(index, (found, written))| {
                difference(found, written).map(|path| format!("/{index}{path}"))
            })
        }
        _ => (found != written).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
    }

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Facts {
        word: Word,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<u32>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parts: Vec<Part>,
    }

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        name: String,
    }

    #[test]
    fn one_form_is_read_and_no_other() {
        let check = |facts: Value| read::<Facts>("/data/facts", &facts, "facts").map_err(|error| error.at);
        assert!(check(json!({"word": "one"})).is_ok());
        assert!(check(json!({"word": "one", "count": 1, "parts": [{"name": "a"}]})).is_ok());
        for (facts, at) in [
            (json!({"word": {"one": null}}), "/data/facts/word"),
            (json!({"word": "one", "count": null}), "/data/facts/count"),
            (json!({"word": "one", "parts": []}), "/data/facts/parts"),
            (json!({"word": "one", "parts": [["a"]]}), "/data/facts/parts/0"),
            (json!({"word": "one", "parts": [{"name": 1}]}), "/data/facts/parts/0/name"),
            (json!({"word": "one", "more/so": 1}), "/data/facts/more~1so"),
            (json!(["one", 1, []]), "/data/facts"),
            (json!({}), "/data/facts"),
        ] {
            assert_eq!(check(facts).unwrap_err(), at);
        }
    }

    #[test]
    fn an_error_says_what_stood_there_and_what_would_be_right() {
        let check = |value: Value| read::<crate::PDate>("/on", &value, "a date").unwrap_err().to_string();
        let forms = "needed a day of the calendar, such as \"2020-04-01\", or the words of the source";
        for (value, found) in
            [(json!("2019-02-30"), "\"2019-02-30\""), (json!(7), "7"), (json!(null), "null")]
        {
            let error = check(value);
            assert!(error.starts_with(&format!("/on: found {found}; {forms}")), "{error}");
        }
        let unknown = check(json!({"written": "May", "from": "2019-05-01"}));
        assert_eq!(unknown, "/on: found unknown field `from`; needed one of `written`, `earliest`, `latest`");
        let word = read::<Facts>("", &json!({"word": "two"}), "facts").unwrap_err();
        assert_eq!(word.to_string(), "/word: found unknown variant `two`; needed `one`");
        let missing = read::<Facts>("", &json!({}), "the facts").unwrap_err();
        assert_eq!(missing.to_string(), ": found missing field `word`; needed the facts");
    }
}
