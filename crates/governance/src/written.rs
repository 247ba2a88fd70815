//! Whether facts would be written as the JSON that stands there: gone through side by side, so that nothing is made that
//! is only compared.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::{Map, Value};
use std::fmt::{self, Display, Write};
use std::slice::Iter;

/// Whether `facts` are written as `value`: what [`serde_json::to_value`] makes of them is the same, no member more or
/// less. False of what has floats, bytes, or names that are no text, which no facts have: whoever needs to know more
/// writes them.
pub(crate) fn is_written_as<T: Serialize>(facts: &T, value: &Value) -> bool {
    facts.serialize(Beside::Value(value)).is_ok()
}

/// The same of an object, with `null` in the place of the member `aside`, if it is there.
pub(crate) fn is_written_as_members<T: Serialize>(
    facts: &T,
    members: &Map<String, Value>,
    aside: &str,
) -> bool {
    facts.serialize(Beside::Members(members, aside)).is_ok()
}

/// It is not written so.
#[derive(Debug, thiserror::Error)]
#[error("it would be written otherwise")]
struct Otherwise;

impl serde::ser::Error for Otherwise {
    fn custom<T: Display>(_unwritable: T) -> Self {
        Otherwise
    }
}

type Is = Result<(), Otherwise>;

fn is(same: bool) -> Is {
    if same { Ok(()) } else { Err(Otherwise) }
}

/// The JSON beside which something is written.
#[derive(Clone, Copy)]
enum Beside<'a> {
    Value(&'a Value),
    Members(&'a Map<String, Value>, &'a str),
}

impl<'a> Beside<'a> {
    fn value(self) -> Result<&'a Value, Otherwise> {
        match self {
            Beside::Value(value) => Ok(value),
            Beside::Members(..) => Err(Otherwise),
        }
    }

    fn text(self) -> Result<&'a str, Otherwise> {
        self.value()?.as_str().ok_or(Otherwise)
    }

    fn items(self) -> Result<Items<'a>, Otherwise> {
        self.value()?.as_array().map(|items| Items(items.iter())).ok_or(Otherwise)
    }

    fn members(self) -> Result<Members<'a>, Otherwise> {
        match self {
            Beside::Members(members, aside) => {
                Ok(Members { members, aside: Some(aside), left: members.len() })
            }
            Beside::Value(Value::Object(members)) => {
                Ok(Members { members, aside: None, left: members.len() })
            }
            Beside::Value(_) => Err(Otherwise),
        }
    }

    /// The one member of an object, by its name.
    fn only(self, name: &str) -> Result<Beside<'a>, Otherwise> {
        let members = self.value()?.as_object().filter(|members| members.len() == 1);
        members.and_then(|members| members.get(name)).map(Beside::Value).ok_or(Otherwise)
    }
}

impl<'a> Serializer for Beside<'a> {
    type Ok = ();
    type Error = Otherwise;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Named<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeStructVariant = Members<'a>;

    fn serialize_bool(self, word: bool) -> Is {
        is(self.value()?.as_bool() == Some(word))
    }

    fn serialize_i8(self, number: i8) -> Is {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Is {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Is {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Is {
        is(self.value()?.as_i64() == Some(number))
    }

    fn serialize_u8(self, number: u8) -> Is {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Is {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Is {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Is {
        is(self.value()?.as_u64() == Some(number))
    }

    fn serialize_f32(self, _number: f32) -> Is {
        Err(Otherwise)
    }

    fn serialize_f64(self, _number: f64) -> Is {
        Err(Otherwise)
    }

    fn serialize_char(self, c: char) -> Is {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Is {
        is(self.text()? == text)
    }

    fn serialize_bytes(self, _bytes: &[u8]) -> Is {
        Err(Otherwise)
    }

    fn serialize_none(self) -> Is {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Is {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Is {
        is(self.value()?.is_null())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Is {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Is {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Is {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Is {
        value.serialize(self.only(variant)?)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Items<'a>, Otherwise> {
        self.items()
    }

    fn serialize_tuple(self, _length: usize) -> Result<Items<'a>, Otherwise> {
        self.items()
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Items<'a>, Otherwise> {
        self.items()
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Items<'a>, Otherwise> {
        self.only(variant)?.items()
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Named<'a>, Otherwise> {
        Ok(Named { members: self.members()?, value: None })
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Members<'a>, Otherwise> {
        self.members()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Members<'a>, Otherwise> {
        self.only(variant)?.members()
    }

    fn collect_str<T: Display + ?Sized>(self, text: &T) -> Is {
        let mut rest = Rest(self.text()?);
        is(write!(rest, "{text}").is_ok() && rest.0.is_empty())
    }
}

/// What is left of a text, from which what is written is taken off.
struct Rest<'a>(&'a str);

impl Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// The items of a list that are left.
struct Items<'a>(Iter<'a, Value>);

impl Items<'_> {
    fn next<T: Serialize + ?Sized>(&mut self, item: &T) -> Is {
        item.serialize(Beside::Value(self.0.next().ok_or(Otherwise)?))
    }

    fn end(self) -> Is {
        is(self.0.len() == 0)
    }
}

/// The members of an object, and how many were not written yet. Each has another name, in an object and in what is
/// written.
struct Members<'a> {
    members: &'a Map<String, Value>,
    aside: Option<&'a str>,
    left: usize,
}

impl<'a> Members<'a> {
    fn next(&mut self, name: &str) -> Result<Beside<'a>, Otherwise> {
        self.left = self.left.checked_sub(1).ok_or(Otherwise)?;
        let value = self.members.get(name).ok_or(Otherwise)?;
        Ok(Beside::Value(if self.aside == Some(name) { &Value::Null } else { value }))
    }

    fn end(self) -> Is {
        is(self.left == 0)
    }
}

macro_rules! lists {
    ($($list:ident: $next:ident),*) => {$(
        impl $list for Items<'_> {
            type Ok = ();
            type Error = Otherwise;

            fn $next<T: Serialize + ?Sized>(&mut self, item: &T) -> Is {
                self.next(item)
            }

            fn end(self) -> Is {
                self.end()
            }
        }
    )*};
}

lists!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! objects {
    ($($object:ident),*) => {$(
        impl $object for Members<'_> {
            type Ok = ();
            type Error = Otherwise;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Is {
                value.serialize(self.next(name)?)
            }

            fn end(self) -> Is {
                self.end()
            }
        }
    )*};
}

objects!(SerializeStruct, SerializeStructVariant);

/// A map, whose names come before their values.
struct Named<'a> {
    members: Members<'a>,
    value: Option<Beside<'a>>,
}

impl SerializeMap for Named<'_> {
    type Ok = ();
    type Error = Otherwise;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Is {
        let name = serde_json::to_value(name).map_err(|_unwritable| Otherwise)?;
        self.value = Some(self.members.next(name.as_str().ok_or(Otherwise)?)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Is {
        value.serialize(self.value.take().ok_or(Otherwise)?)
    }

    fn end(self) -> Is {
        self.members.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn one_member_may_stand_aside() {
        let members = json!({"a": 1, "facts": {"long": []}}).as_object().unwrap().clone();
        let facts = |facts: Value| BTreeMap::from([("a", json!(1)), ("facts", facts)]);
        assert!(is_written_as_members(&facts(Value::Null), &members, "facts"));
        assert!(!is_written_as_members(&facts(json!({"long": []})), &members, "facts"));
        assert!(!is_written_as_members(&BTreeMap::from([("a", 1)]), &members, "facts"), "one is missing");
        assert!(is_written_as_members(
            &BTreeMap::from([("a", json!(1)), ("facts", json!({"long": []}))]),
            &members,
            ""
        ));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            "[a-c\u{e9}]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(|members| json!(members)),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_is_written_as_itself_and_nothing_else(one in any_value(), other in any_value()) {
            prop_assert!(is_written_as(&one, &one));
            prop_assert_eq!(is_written_as(&one, &other), one == other);
        }
    }
}
