//! A list of messages as columns: those that their description shows, in its order.

use super::cell::Cell;
use super::names::Names;
use super::values::read;
use crate::described::shown;
use crate::proto::Shown;
use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, SerializeOptions};
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

/// A message as JSON: names as in proto/, numbers as numbers, enums by name, defaults kept; nothing for one that has no JSON,
/// of which `minutebook.v1` has none.
pub fn json(message: &DynamicMessage) -> Option<Json> {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false)
        .skip_default_fields(false);
    message.serialize_with_options(serde_json::value::Serializer, &options).ok()
}
