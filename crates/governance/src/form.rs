//! Reading JSON in one form only: what is read is what would be written.
//!
//! Derived readers are generous: they take `["04K"]` for an object with one member, `{"approved":null}` for
//! `"approved"`, `null` for an absent member. Each is another way to write the same facts, which other
//! readers may take otherwise; so what was read is written again, and has to be the same.

use crate::written::{is_written_as, is_written_as_members};
use crate::{BodyId, Malformed};
use serde::de::value::MapDeserializer;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
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
        let (found, needed) = match value.pointer(&path) {
            Some(Value::Null) => ("null", "a value, or the member left out"),
            Some(Value::Array(items)) if items.is_empty() => {
                ("an empty list", "what is listed, or the member left out")
            }
            Some(Value::Object(members)) if members.is_empty() => {
                ("an empty object", "its members, or the member left out")
            }
            Some(Value::String(text)) if text.is_empty() => {
                ("an empty text", "words, or the member left out")
            }
            _ => ("the same facts, written in another form", "the one form of it: objects as objects"),
        };
        Err(Malformed::new(format!("{at}{path}"), found, needed))
    };
    check_paragraphs::<T>(at, value)?;
    // Only where it is written otherwise does somebody ask where.
    if is_written_as(&parsed, value) {
        return Ok(parsed);
    }
    match serde_json::to_value(&parsed) {
        Ok(written) => difference(value, &written).map_or(Ok(parsed), refuse),
        Err(_unwritable) => refuse(String::new()),
    }
}

/// Reads an object that stands at the JSON pointer `at`, with `null` in the place of the member `aside`: whoever calls
/// reads that one.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_beside<T: DeserializeOwned + Serialize>(
    at: &str,
    members: &Map<String, Value>,
    aside: &str,
    needed: &str,
) -> Result<T, Malformed> {
    let null_aside = members
        .iter()
        .map(|(name, member)| (name.as_str(), if name == aside { &Value::Null } else { member }));
    let is_one_line = null_aside.clone().all(|(_name, member)| !has_line_feed(member));
    let parsed = T::deserialize(MapDeserializer::<_, serde_json::Error>::new(null_aside.clone())).ok();
    let is_in_form = |parsed: &T| is_one_line && is_written_as_members(parsed, members, aside);
    match parsed.filter(is_in_form) {
        Some(parsed) => Ok(parsed),
        // Somebody asks what is wrong with it.
        None => {
            let members = null_aside.map(|(name, member)| (name.to_owned(), member.clone()));
            read(at, &Value::Object(members.collect()), needed)
        }
    }
}

/// Reads members that were written by hand, which stand at the JSON pointer `at`, in any form that can be read.
///
/// # Errors
/// [`Malformed`], with the path of the member; `needed` says what the whole should be.
pub fn read_members<T: DeserializeOwned>(at: &str, value: &Value, needed: &str) -> Result<T, Malformed> {
    read_by_path(at, value, needed)
}

/// The same, with the path of what could not be read.
fn read_by_path<T: DeserializeOwned>(at: &str, value: &Value, needed: &str) -> Result<T, Malformed> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let said = error.inner().to_string();
        let within = pointer(error.path());
        let at = format!("{at}{within}");
        if let Some((found, needed)) = in_our_words(&said) {
            // Of what may be one of several things, the reader itself does not say what stood there.
            let found = if found == SOMETHING_ELSE { value.pointer(&within).map(described) } else { None }
                .unwrap_or_else(|| found.to_owned());
            return Malformed::new(at, found, needed);
        }
        match said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            Some(name) => {
                let member = format!("{within}/{}", escape(name));
                let form = form_of::<T>(value, &member).unwrap_or_else(|| format!("a value: {needed}"));
                Malformed::new(format!("{at}/{}", escape(name)), "nothing", form)
            }
            None => in_words(&said).map_or_else(
                || Malformed::new(&at, &said, needed),
                |(found, needed)| Malformed::new(&at, found, needed),
            ),
        }
    })
}

/// What has to stand at a pointer where nothing does: what the reader says of what can't be right there.
fn form_of<T: DeserializeOwned>(value: &Value, missing: &str) -> Option<String> {
    let (holder, name) = missing.rsplit_once('/')?;
    [Value::Bool(true), Value::Object(Map::new())].into_iter().find_map(|wrong| {
        let mut filled = value.clone();
        let Value::Object(members) = filled.pointer_mut(holder)? else { return None };
        members.insert(name.replace("~1", "/").replace("~0", "~"), wrong);
        let error = serde_path_to_error::deserialize::<_, T>(&filled).err()?;
        let said = error.inner().to_string();
        let is_of_it = pointer(error.path()) == missing;
        let own = in_our_words(&said).map(|(_found, needed)| needed.to_owned());
        let needed = own.or_else(|| Some(in_words(&said)?.1))?;
        is_of_it.then_some(needed)
    })
}

/// What readers of several forms say of a value that has none of them.
const SOMETHING_ELSE: &str = "something else";

/// A value, as a person who wrote it would call it.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(word) => word.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
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

/// What stood there, and what a reader of this crate wanted instead, as [`Malformed`] prints it.
fn in_our_words(said: &str) -> Option<(&str, &str)> {
    said.split_once("found ").and_then(|(_at, rest)| rest.rsplit_once("; needed "))
}

/// The same of derived readers ("unknown variant `x`, expected one of .."), in words that do not speak of programs.
fn in_words(said: &str) -> Option<(String, String)> {
    let (found, expected) = said.split_once(", expected ").or_else(|| said.split_once(", there are no "))?;
    let found = match found.split_once(' ') {
        Some(("unknown", rest)) => match rest.split_once(' ') {
            Some(("field", name)) => format!("a member {name}"),
            Some((_variant, word)) => word.replace('`', "\""),
            None => rest.to_owned(),
        },
        Some(("invalid", rest)) => {
            let (_what, value) = rest.split_once(": ").unwrap_or(("", rest));
            let (kind, shown) = value.split_once(' ').unwrap_or((value, ""));
            match kind {
                "integer" | "floating" => {
                    format!("the number {}", shown.trim_start_matches("point ").replace('`', ""))
                }
                "boolean" => shown.replace('`', ""),
                "string" => format!("the text {shown}"),
                "map" => "an object".to_owned(),
                "sequence" => "a list".to_owned(),
                "unit" | "null" => "null".to_owned(),
                _ => value.to_owned(),
            }
        }
        _ => found.to_owned(),
    };
    let needed = match expected {
        "a string" | "a borrowed string" | "string or map" => "a text in quotes".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "fields" | "variants" => "nothing there".to_owned(),
        number
            if number.starts_with(['u', 'i'])
                && number.chars().skip(1).all(|digit| digit.is_ascii_digit()) =>
        {
            if number.starts_with('u') {
                "a whole number, 0 or more".to_owned()
            } else {
                "a whole number".to_owned()
            }
        }
        object if object.starts_with("struct ") => "an object".to_owned(),
        word if word.starts_with("enum ") => "one of the words that docs/events.md has".to_owned(),
        other => other.to_owned(),
    };
    Some((found, needed))
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
            (json!({}), "/data/facts/word"),
        ] {
            assert_eq!(check(facts).unwrap_err(), at);
        }
    }

    #[test]
    fn an_error_says_what_stood_there_and_what_would_be_right() {
        let check = |value: Value| read::<crate::PDate>("/on", &value, "a date").unwrap_err().to_string();
        let forms = "needed a day of the calendar, such as \"2020-04-01\", or the words of the source";
        for (value, found) in [(json!("soon"), "\"soon\""), (json!(7), "7"), (json!(null), "null")] {
            let error = check(value);
            assert!(error.starts_with(&format!("/on: found {found}; {forms}")), "{error}");
        }
        for (written, meant) in [
            ("2019-02-30", "a day that there is: that month has 28"),
            ("2019-13-01", "a month from 01 to 12"),
            ("04/07/2019", "\"2019-07-04\", if that day is meant"),
            ("4.7.2019", "\"2019-07-04\", if that day is meant"),
            ("4th July 2019", "\"2019-07-04\", if that day is meant"),
            ("Thursday 4 July 2019", "\"2019-07-04\", if that day is meant"),
        ] {
            let error = check(json!(written));
            assert!(
                error.starts_with(&format!("/on: found \"{written}\"; needed {meant}; a day of")),
                "{error}"
            );
        }
        let unknown = check(json!({"written": "May", "from": "2019-05-01"}));
        assert_eq!(unknown, "/on: found a member `from`; needed one of `written`, `earliest`, `latest`");
        let word = read::<Facts>("", &json!({"word": "two"}), "facts").unwrap_err();
        assert_eq!(word.to_string(), "/word: found \"two\"; needed `one`");
        let missing = read::<Facts>("", &json!({}), "the facts").unwrap_err();
        assert_eq!(missing.to_string(), "/word: found nothing; needed a text in quotes");
        for (facts, told) in [
            (
                json!({"word": "one", "count": "3"}),
                "/count: found the text \"3\"; needed a whole number, 0 or more",
            ),
            (
                json!({"word": "one", "count": -3}),
                "/count: found the number -3; needed a whole number, 0 or more",
            ),
            (
                json!({"word": "one", "count": null}),
                "/count: found null; needed a value, or the member left out",
            ),
            (json!({"word": "one", "parts": {}}), "/parts: found an object; needed a list"),
            (
                json!({"word": "one", "parts": []}),
                "/parts: found an empty list; needed what is listed, or the member left out",
            ),
            (
                json!({"word": "one", "parts": [{"name": true}]}),
                "/parts/0/name: found true; needed a text in quotes",
            ),
            (json!({"word": "one", "parts": [7]}), "/parts/0: found the number 7; needed an object"),
        ] {
            assert_eq!(read::<Facts>("", &facts, "the facts").unwrap_err().to_string(), told);
        }
        let sealable = read::<crate::Sealable>("/text", &json!(7), "a text").unwrap_err();
        assert!(
            sealable.to_string().starts_with("/text: found the number 7; needed a text in quotes"),
            "{sealable}"
        );
    }
}
