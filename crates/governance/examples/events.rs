//! Writes docs/events.md anew: `cargo run -p minutebook-governance --example events`.
//!
//! The test `events` fails while the page is not what the code makes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a tool")]

use minutebook_governance::Record;
use minutebook_governance::catalogue::{CATALOGUE, CatalogueRow};
use minutebook_log::Subject;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

#[allow(dead_code, reason = "the test takes the page alone")]
fn main() {
    fs::write(path(), page()).unwrap();
}

/// Where the page stands.
pub(crate) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/events.md")
}

/// The page: what all events share, a section for each type, then what their members are made of.
pub(crate) fn page() -> String {
    let schemas: Vec<_> = CATALOGUE.iter().map(|row| (row, row.schema().to_value())).collect();
    let mut page = introduction(&schemas[0].1);
    for (row, schema) in &schemas {
        let about = format!("`{}`", row.subject_kind);
        let facts = definition(schema, &schema["properties"]["facts"]);
        page.push_str(&format!("| {} | {about} | {} |\n", link(row.name), first_sentence(facts)));
    }
    page.push_str("\n## The types\n");
    for (row, schema) in &schemas {
        page.push_str(&section(row, schema));
    }
    page.push_str("\n## What members are made of\n");
    for (name, part) in parts(&schemas) {
        page.push_str(&format!("\n### {name}\n\n{}\n\n{}", description(&part), contents(&part)));
    }
    page
}

fn introduction(schema: &Value) -> String {
    let facts = kind(&schema["properties"]["facts"]);
    let members = members(schema).replace(&facts, "the members of its type");
    format!(
        "# The events

{} types, written by `cargo run -p minutebook-governance --example events` from the code and its comments.
`minutebook record --template TYPE` prints a type's example to fill in, `minutebook record --schema TYPE` its JSON Schema (2020-12).

What an event's bytes are is in [spec/event.md](../spec/event.md), what is refused and why in [rules.md](rules.md). Here stands what `data` holds. A
member that may be left out is left out where the source does not state it: it is never null and never an empty list. An own act or own
record needs the signatures that stand with its type; a report (`register`, `own_document`, `third_party`) is signed by a register or an importer instead.

## What all types share

{members}
`facts` is what differs from type to type:

| type | subject | is |
|---|---|---|
",
        CATALOGUE.len()
    )
}

fn section(row: &CatalogueRow, schema: &Value) -> String {
    let facts = definition(schema, &schema["properties"]["facts"]);
    let members = match facts.get("$ref") {
        Some(_whole) => members(definition(schema, facts)),
        None => members(facts),
    };
    format!(
        "\n### {}\n\n{}\n\nNeeds, as the act in the example: {}.\n\n{members}\n```jsonc\n{}\n```\n",
        row.name,
        description(facts),
        needs(row),
        row.example
    )
}

/// Which signatures the example needs.
fn needs(row: &CatalogueRow) -> String {
    let lines = row.example.lines().filter(|line| !line.trim_start().starts_with("//"));
    let example: Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
    let subject: Subject = example["subject"].as_str().unwrap().parse().unwrap();
    let statement = row.parse(&example["data"]["facts"]).unwrap();
    let needs: Vec<_> = statement.needs(&subject).iter().map(ToString::to_string).collect();
    let people =
        if statement.needs_two_people(&Record::default()) { ", by two different people" } else { "" };
    let needs = if needs.is_empty() { "no signature in particular".to_owned() } else { needs.join(", and ") };
    format!("{needs}{people}")
}

/// What the schemas define beside facts, by name. One name means one thing everywhere.
fn parts(schemas: &[(&CatalogueRow, Value)]) -> BTreeMap<String, Value> {
    let mut parts = BTreeMap::new();
    for (row, schema) in schemas {
        let facts = schema["properties"]["facts"]["$ref"].as_str().unwrap();
        for (name, part) in schema["$defs"].as_object().unwrap() {
            if facts.ends_with(&format!("/{name}")) {
                continue;
            }
            let known = parts.entry(name.clone()).or_insert_with(|| part.clone());
            let advice =
                "give one of them another: #[cfg_attr(feature = \"schema\", schemars(rename = \"..\"))]";
            assert!(known == part, "{}: two parts are called {name}; {advice}", row.name);
        }
    }
    parts
}

/// What a reference points at.
fn definition<'a>(schema: &'a Value, reference: &Value) -> &'a Value {
    let pointer = reference["$ref"].as_str().unwrap().trim_start_matches('#');
    schema.pointer(pointer).unwrap()
}

fn description(schema: &Value) -> String {
    let description = schema["description"].as_str().unwrap_or_default();
    description.split("\n\n").map(in_one_line).collect::<Vec<_>>().join("\n\n")
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_sentence(schema: &Value) -> String {
    let text = description(schema);
    text.split_once(". ").map_or(text.clone(), |(sentence, _rest)| format!("{sentence}."))
}

fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

/// The table of an object's members, those that are needed first.
fn members(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else { return String::new() };
    let required: Vec<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let optional = properties.keys().map(String::as_str).filter(|name| !required.contains(name));
    let mut table = "| member | type | | is |\n|---|---|---|---|\n".to_owned();
    for name in required.iter().copied().chain(optional) {
        let needed = if required.contains(&name) { "required" } else { "" };
        let property = &properties[name];
        let is = description(property).replace("\n\n", " ");
        table.push_str(&format!("| `{name}` | {} | {needed} | {is} |\n", kind(property)));
    }
    table
}

/// What a value is, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return link(reference.rsplit('/').next().unwrap());
    }
    if let Some(word) = schema.get("const") {
        return format!("`{}`", word.as_str().unwrap_or_default());
    }
    if let Some(words) = schema["enum"].as_array() {
        return words
            .iter()
            .filter_map(Value::as_str)
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(" or ");
    }
    if let Some(choices) = choices(schema) {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some("string") => "text".to_owned(),
        Some("integer") => "number".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("object") => schema["properties"].as_object().map_or("object".to_owned(), in_braces),
        _ => "anything".to_owned(),
    }
}

fn in_braces(properties: &Map<String, Value>) -> String {
    let members: Vec<_> =
        properties.iter().map(|(name, property)| format!("`{name}`: {}", kind(property))).collect();
    format!("{{{}}}", members.join(", "))
}

fn choices(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf"].iter().find_map(|name| schema[*name].as_array())
}

/// What a part is made of: its members, its choices, or how it is written.
fn contents(part: &Value) -> String {
    if let Some(choices) = choices(part) {
        let rows = choices
            .iter()
            .map(|choice| format!("| {} | {} |\n", kind(choice), description(choice).replace("\n\n", " ")));
        return format!("| one of | is |\n|---|---|\n{}", rows.collect::<String>());
    }
    if part["properties"].is_object() {
        return members(part);
    }
    let pattern = part["pattern"].as_str();
    let pattern = pattern.map(|pattern| format!(" that matches `{}`", pattern.replace('|', "\\|")));
    format!("A {}{}.\n", kind(part), pattern.unwrap_or_default())
}
