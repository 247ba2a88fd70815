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
    let parsed: T = serde_path_to_error::deserialize(value).map_err(|error| {
        Malformed::new(format!("{at}{}", pointer(error.path())), error.inner().to_string(), needed)
    })?;
    let refuse = |path: String| {
        let needed = "the one form of it: objects as objects, and no member that is empty or null";
        Err(Malformed::new(format!("{at}{path}"), "the same facts, written in another form", needed))
    };
    match serde_json::to_value(&parsed) {
        Ok(written) => difference(value, &written).map_or(Ok(parsed), refuse),
        Err(_unwritable) => refuse(String::new()),
    }
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
}
