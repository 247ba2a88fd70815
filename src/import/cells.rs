//! What a cell of a table is in JSON: the type's schema says whether `01` is a text or a number.

use super::row::Problem;
use minutebook_governance::catalogue::row_of;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The schemas of the types that a table has, each made once.
#[derive(Default)]
pub(super) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// Facts of a type from cells: each the path of a member, its names and numbers apart by dots, and a text. Empty
    /// cells are absent members.
    pub(super) fn facts<'a>(
        &mut self,
        type_name: &str,
        cells: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<Value, Problem> {
        let row = row_of(type_name).ok_or_else(|| {
            Problem::of_form(format!("the type \"{type_name}\""), "a type of the catalogue (docs/events.md)")
        })?;
        let schema = self.0.entry(type_name.to_owned()).or_insert_with(|| row.schema().to_value());
        let mut facts = Value::Object(Map::new());
        for (path, cell) in cells.filter(|(_path, cell)| !cell.is_empty()) {
            let mut kinds = Vec::new();
            let path: Vec<_> = path.split('.').collect();
            let of_facts = schema.pointer("/properties/facts");
            of_facts.into_iter().for_each(|of_facts| kinds_at(schema, of_facts, &path, &mut kinds));
            put(&mut facts, &path, typed(cell, &kinds))?;
        }
        Ok(facts)
    }
}

/// The JSON types that the member at `path` may have.
fn kinds_at<'a>(root: &'a Value, schema: &'a Value, path: &[&str], kinds: &mut Vec<&'a str>) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(reference.trim_start_matches('#'));
        return target.into_iter().for_each(|target| kinds_at(root, target, path, kinds));
    }
    for choices in ["oneOf", "anyOf"].iter().filter_map(|name| schema.get(name)?.as_array()) {
        choices.iter().for_each(|choice| kinds_at(root, choice, path, kinds));
    }
    match path.split_first() {
        None => kinds.extend(schema.get("type").and_then(Value::as_str)),
        Some((name, rest)) => {
            let member = schema.get("properties").and_then(|members| members.get(*name));
            let item = schema.get("items").filter(|_items| name.parse::<usize>().is_ok());
            member.or(item).into_iter().for_each(|next| kinds_at(root, next, rest, kinds));
        }
    }
}

fn typed(cell: &str, kinds: &[&str]) -> Value {
    let parsed = || serde_json::from_str::<Value>(cell).ok();
    let is = |kind: &str| kinds.contains(&kind);
    let in_json = match cell.chars().next() {
        Some('{') if is("object") => parsed(),
        Some('[') if is("array") => parsed(),
        _ if is("array") => Some(cell.split(';').map(|item| json!(item.trim())).collect()),
        _ if is("integer") || is("boolean") => parsed(),
        _ => None,
    };
    in_json.unwrap_or_else(|| json!(cell))
}

/// Puts a value where the path leads, making what it leads through.
fn put(into: &mut Value, path: &[&str], value: Value) -> Result<(), Problem> {
    let Some((name, rest)) = path.split_first() else {
        *into = value;
        return Ok(());
    };
    let numbered = name.parse::<usize>().ok();
    if into.as_object().is_some_and(Map::is_empty) && numbered.is_some() {
        *into = json!([]);
    }
    let next = match (into, numbered) {
        (Value::Object(members), _) => members.entry(*name).or_insert_with(|| json!({})),
        (Value::Array(items), Some(at)) if at <= items.len() => {
            if at == items.len() {
                items.push(json!({}));
            }
            items.get_mut(at).ok_or_else(|| misplaced(name))?
        }
        _ => return Err(misplaced(name)),
    };
    put(next, rest, value)
}

fn misplaced(name: &str) -> Problem {
    Problem::of_form(
        format!("a column that goes on with {name}"),
        "paths of members, such as effective or codes.0.value; numbers from 0 without a gap",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(type_name: &str, cells: &[(&str, &str)]) -> Result<Value, String> {
        Schemas::default().facts(type_name, cells.iter().copied()).map_err(|problem| problem.found)
    }

    #[test]
    fn a_cell_is_what_the_schema_says() {
        let registered = facts(
            "BodyRegistered",
            &[
                ("kind", "ccg"),
                ("from", "2013-04-01"),
                ("until", r#"{"written":"April 2020","earliest":"2020-04-01","latest":"2020-04-30"}"#),
                ("codes.0.scheme", "ods"),
                ("codes.0.value", "00"),
                ("codes.1.scheme", "ons"),
                ("units", "04K; 04N"),
                ("short_name", ""),
            ],
        );
        assert_eq!(
            registered.unwrap(),
            json!({"kind": "ccg", "from": "2013-04-01",
                "until": {"written": "April 2020", "earliest": "2020-04-01", "latest": "2020-04-30"},
                "codes": [{"scheme": "ods", "value": "00"}, {"scheme": "ons"}], "units": ["04K", "04N"]})
        );
        let votes = facts(
            "DecisionRecorded",
            &[("votes.for", "9"), ("effect.none.refused_by", "body.open"), ("text", "12")],
        );
        assert_eq!(
            votes.unwrap(),
            json!({"votes": {"for": 9}, "effect": {"none": {"refused_by": "body.open"}}, "text": "12"})
        );
        let seats = facts("OfficeDefined", &[("voting", "true"), ("seats", "many")]);
        assert_eq!(seats.unwrap(), json!({"voting": true, "seats": "many"}));
    }

    #[test]
    fn columns_that_lead_nowhere_are_refused() {
        assert!(facts("BodyRegistered", &[("codes.1.value", "00")]).is_err());
        assert!(facts("BodyRegistered", &[("kind", "ccg"), ("kind.of", "x")]).is_err());
        assert!(facts("Bodies", &[]).unwrap_err().contains("Bodies"));
    }
}
