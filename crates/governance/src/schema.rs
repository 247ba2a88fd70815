//! JSON Schemas (2020-12) of what events say, for editors, forms and other languages. What the verifier builds
//! has none: they come with the feature `schema`.
//!
//! A schema is of the one form that [`crate::form`] reads: no member is null, and none that may be left out is an
//! empty list. What no schema can say (dates that stand in order, numbers that add up, all rules) is the book's
//! to refuse.

use crate::act::Data;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

/// The schema of an event's whole `data` with facts of the type `T`.
pub(crate) fn of_data<T: JsonSchema>(title: &str) -> Schema {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(in_one_form))
        .into_generator();
    let facts = generator.subschema_for::<T>();
    let mut schema = generator.into_root_schema_for::<Data>();
    schema.insert("title".to_owned(), json!(title));
    if let Some(slot) = schema.pointer_mut("/properties/facts") {
        *slot = facts.into();
    }
    schema
}

/// Takes out what the form does not admit, and the marks that only Rust's own documentation reads.
fn in_one_form(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace("[`", "`").replace("`]", "`");
    }
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (_name, property) in properties.iter_mut().filter(|(name, _)| !required.contains(&json!(name))) {
        let was_optional = without_null(property);
        let is_list = property.get("type").is_some_and(|type_name| type_name == "array");
        if let Some(list) = property.as_object_mut().filter(|_| is_list && !was_optional) {
            list.insert("minItems".to_owned(), json!(1));
        }
    }
}

/// Takes null out of what a member may be, and says whether it was there.
fn without_null(property: &mut Value) -> bool {
    let Some(property) = property.as_object_mut() else { return false };
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|type_name| type_name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".to_owned(), only);
        }
        return true;
    }
    let Some(Value::Array(choices)) = property.get_mut("anyOf") else { return false };
    choices.retain(|choice| choice.get("type").is_none_or(|type_name| type_name != "null"));
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        property.remove("anyOf");
        property.extend(only);
    }
    true
}
