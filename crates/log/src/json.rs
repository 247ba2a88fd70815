//! I-JSON (RFC 7493), as strictly as spec/event asks: what one reader accepts, all readers read alike.

use crate::Malformed;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::fmt;

/// How deep objects and arrays may stand in each other; the outermost object is at depth 1.
const DEPTH_MAX: usize = 32;

/// The largest number that every JSON reader holds exactly, 2^53 - 1 (RFC 7493, section 2.2): a reader
/// that keeps numbers as binary64 takes 2^53 + 1 for 2^53.
const NUMBER_MAX: u64 = (1 << 53) - 1;

/// Reads one JSON object on one line.
///
/// # Errors
/// [`Malformed`], whose `at` is the byte where reading stopped, for anything that spec/event refuses:
/// a raw line break, a name twice, a fraction, an exponent, `-0`, a number beyond 2^53 - 1, a control or
/// bidi-override character, a noncharacter, more than 32 levels.
pub(crate) fn parse_object(text: &str) -> Result<Map<String, Value>, Malformed> {
    if !text.starts_with('{') || !text.ends_with('}') {
        return Err(Malformed::new("event", "other bytes around it", "one JSON object, from { to }"));
    }
    // Nearly all texts have none, which is seen many bytes at a time.
    let has_control = text.bytes().fold(false, |found, byte| found | (byte < b' '));
    if has_control {
        let at = text.bytes().position(|byte| byte < b' ').unwrap_or_default();
        let needed = "one line without control characters; a line break in a text is written \\n, as an editor of JSON does it";
        return Err(Malformed::new(format!("byte {at}"), "a control character", needed));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0 }.deserialize(&mut reader).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    match value {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Malformed::new("event", "another JSON value", "one JSON object")),
        Err(error) => Err(refusal(&error)),
    }
}

/// What the reader says, without its own idea of where: all is on one line.
fn refusal(error: &serde_json::Error) -> Malformed {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let said = error.to_string();
    let found = said.strip_suffix(&place).unwrap_or(&said);
    Malformed::new(format!("byte {}", error.column()), found, "I-JSON (RFC 7493) as spec/event has it")
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(&self) -> Result<Strict, E> {
        if self.depth == DEPTH_MAX {
            return Err(E::custom(format!("more than {DEPTH_MAX} levels of nesting")));
        }
        Ok(Strict { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        check_magnitude(value)?;
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        check_magnitude(value.unsigned_abs())?;
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, _value: f64) -> Result<Value, E> {
        Err(E::custom("a number that is no plain integer within 2^53 - 1 (no fraction, exponent or -0)"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        // Resolutions have paragraphs and lists: which texts may have them is for who reads the facts.
        check_characters(text, |c| c != '\n')?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        // An object with nothing in it is a level too.
        self.deeper::<A::Error>()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            check_characters(&name, |_any| true)?;
            match object.entry(name) {
                Entry::Vacant(place) => place.insert(members.next_value_seed(self.deeper()?)?),
                Entry::Occupied(first) => {
                    let name = first.key();
                    return Err(A::Error::custom(format!("a name twice in one object: \"{name}\"")));
                }
            };
        }
        Ok(Value::Object(object))
    }
}

fn check_magnitude<E: Error>(value: u64) -> Result<(), E> {
    if value > NUMBER_MAX { Err(E::custom("a number beyond 2^53 - 1")) } else { Ok(()) }
}

/// Refuses the first character that an event may not hold, of those that are asked about.
fn check_characters<E: Error>(text: &str, is_asked: impl Fn(char) -> bool) -> Result<(), E> {
    // What ASCII draws is plain, and most texts are nothing else: that is seen many bytes at a time.
    if text.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte)) {
        return Ok(());
    }
    match text.chars().find(|c| is_asked(*c) && is_refused(*c)) {
        Some(c) => {
            Err(E::custom(format!("the character U+{:04X}, which an event may not hold", u32::from(c))))
        }
        None => Ok(()),
    }
}

/// Controls, line and paragraph separators, bidirectional embeddings, overrides and isolates,
/// noncharacters: what would let one text look like another, or stand on two lines.
fn is_refused(c: char) -> bool {
    let code = u32::from(c);
    let noncharacter = (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE;
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}') || noncharacter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        for text in [
            r#"{}"#,
            r#"{"a":1,"b":[null,true,false,-7,9007199254740991,-9007199254740991,0],"c":{"a":"é\u00e9\"\\/"}}"#,
            r#"{ "space" : [ ] }"#,
            r#"{"a":"To agree:\n- the lease\u000a- the plan"}"#,
            "{\"emoji\":\"\\ud83d\\ude00\"}",
        ] {
            assert!(parse_object(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        for text in [
            "",
            "{",
            "[]",
            " {}",
            "{} ",
            "{}\n",
            "\u{feff}{}",
            "{\"a\":\n1}",
            "{\"a\":\t1}",
            "{\"a\":1}{\"b\":1}",
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":1.0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":-0}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":-9007199254740992}"#,
            r#"{"a":18446744073709551616}"#,
            r#"{"a":+1}"#,
            r#"{"a":.5}"#,
            r#"{"a":99999999999999999999999}"#,
            r#"{"a":01}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":"\udc00\ud800"}"#,
            r#"{"a":"\u0000"}"#,
            r#"{"\n":1}"#,
            r#"{"a":"\u000d"}"#,
            r#"{"a":"\t"}"#,
            r#"{"a":"\u007f"}"#,
            "{\"a\":\"\u{7f}\"}",
            r#"{"a":"\u0085"}"#,
            r#"{"a":"\u202e"}"#,
            r#"{"a":"\u2066"}"#,
            r#"{"a":"\u2028"}"#,
            r#"{"a":"\ufffe"}"#,
            r#"{"a":"\ufdd0"}"#,
            r#"{"a":"\ud83f\udffe"}"#,
            r#"{"a":"\x"}"#,
            r#"{"\u202e":1}"#,
            r#"{"a":NaN}"#,
            r#"{"a":1,}"#,
            r#"{'a':1}"#,
            r#"{"a":/**/1}"#,
        ] {
            assert!(parse_object(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_refusal_says_where_and_stays_short() {
        let refused = parse_object(r#"{"a":1,"a":2}"#).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "byte 10: found a name twice in one object: \"a\"; needed I-JSON (RFC 7493) as spec/event has it"
        );
        let name = "n".repeat(10_000);
        let refused = parse_object(&format!("{{\"{name}\":1,\"{name}\":2}}")).unwrap_err();
        assert!(refused.to_string().len() < 1_000, "{refused}");
    }

    #[test]
    fn depth_ends_at_32() {
        let nested =
            |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(parse_object(&nested(32)).is_ok());
        assert!(parse_object(&nested(33)).is_err());
        assert!(parse_object(&nested(20_000)).is_err());
        let empty = |levels: usize| format!("{{\"a\":{}{{}}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse_object(&empty(30)).is_ok());
        assert!(parse_object(&empty(31)).is_err(), "a 33rd level that is an empty object");
    }
}
