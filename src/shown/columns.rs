//! A list of messages as columns: for people those that their description shows, in its order; for spreadsheets all of them.

use super::cell::Cell;
use super::names::Names;
use super::values::read;
use crate::described::shown;
use crate::proto::{self, Shown};
use prost::Name as _;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, MessageDescriptor, ReflectMessage as _, SerializeOptions, Value,
};
use serde_json::Value as Json;

/// The columns of a kind of message.
#[derive(Debug, Clone)]
pub struct Columns(Vec<(FieldDescriptor, Shown)>);

impl Columns {
    /// Those that people see.
    pub fn of(message: &MessageDescriptor) -> Self {
        let shown = message.fields().filter_map(|field| Some((shown(&field)?, field)));
        let mut columns: Vec<_> =
            shown.filter(|(how, _field)| how.column > 0).map(|(how, field)| (field, how)).collect();
        columns.sort_by_key(|(_field, how)| how.column);
        Self(columns)
    }

    /// What they are called.
    pub fn titles(&self) -> Vec<String> {
        self.0.iter().map(|(_field, how)| how.label.clone()).collect()
    }

    /// A row.
    pub fn row(&self, message: &DynamicMessage, names: &Names) -> Vec<Cell> {
        self.0.iter().map(|(field, how)| read(message, field, how, names)).collect()
    }
}

/// The members of a kind of message, by the names that --json has.
pub(super) fn raw_titles(message: &MessageDescriptor) -> Vec<String> {
    message.fields().map(|field| field.name().to_owned()).collect()
}

/// The same of one: ids, words and numbers as they are; dates in the words of their source; of several, each after a space;
/// what has members of its own, as JSON.
pub(super) fn raw_row(message: &DynamicMessage) -> Vec<String> {
    let cell = |field: FieldDescriptor| match message.has_field(&field) {
        true => raw(&message.get_field(&field)),
        false if field.supports_presence() || field.is_list() => String::new(),
        false => raw(&message.get_field(&field)),
    };
    message.descriptor().fields().map(cell).collect()
}

fn raw(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(holds) => if *holds { "yes" } else { "" }.to_owned(),
        Value::U64(number) => number.to_string(),
        Value::U32(number) => number.to_string(),
        Value::I64(number) => number.to_string(),
        Value::I32(number) => number.to_string(),
        Value::List(values) => values.iter().map(raw).collect::<Vec<_>>().join(" "),
        Value::Message(message) if message.descriptor().full_name() == proto::PDate::full_name() => {
            let written = message.get_field_by_name("written");
            written.as_deref().map_or_else(String::new, raw)
        }
        Value::Message(message) => json(message).map_or_else(String::new, |json| json.to_string()),
        _ => String::new(),
    }
}

/// A message as JSON: names as in proto/, numbers as numbers, enums by name, defaults kept; nothing for one that has no JSON,
/// of which `minutebook.v1` has none.
pub fn json(message: &DynamicMessage) -> Option<Json> {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false)
        .skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).ok()
}
