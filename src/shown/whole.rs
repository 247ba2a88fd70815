//! Everything that a message says: what its description shows, and of members without one what their names and values tell.

use super::cell::Cell;
use super::names::Names;
use super::phrases::{is_word, words};
use super::sheet::{Sheet, SheetPart};
use super::values::{is_one_value, said};
use crate::described::shown;
use crate::proto::{Reads, Shown};
use minutebook_log::Subject;
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage as _, Value};

/// How deep one message may lie in another: no answer of ours is deeper.
const DEPTH_MAX: usize = 6;

impl Sheet {
    /// All that a message says, beneath this title.
    pub fn whole(message: &DynamicMessage, title: &str, names: &Names) -> Self {
        let mut sheet =
            Self { title: title.to_owned(), values: Vec::new(), parts: Vec::new(), legend: Vec::new() };
        for field in message.descriptor().fields() {
            let value = message.get_field(&field);
            let how = how(message, &field);
            match (&*value, field.kind()) {
                _ if is_empty(message, &field) => {}
                (Value::List(items), Kind::Message(of)) if !is_one_value(&of) => {
                    let items: Vec<_> = items.iter().filter_map(Value::as_message).collect();
                    sheet.parts.push(table(&how.label, &items, names));
                }
                _ => sheet.values.push((how.label.clone(), member(message, &field, names, 0))),
            }
        }
        sheet
    }
}

/// Messages of one kind as a table: a column for each member that any of them has.
fn table(title: &str, items: &[&DynamicMessage], names: &Names) -> SheetPart {
    let fields = items.first().map(|item| item.descriptor().fields().collect::<Vec<_>>()).unwrap_or_default();
    let fields: Vec<_> =
        fields.into_iter().filter(|field| items.iter().any(|item| !is_empty(item, field))).collect();
    let title_of = |field: &FieldDescriptor| {
        items
            .iter()
            .find(|item| !is_empty(item, field))
            .map_or_else(String::new, |item| how(item, field).label)
    };
    SheetPart {
        title: title.to_owned(),
        titles: fields.iter().map(title_of).collect(),
        rows: items
            .iter()
            .map(|item| fields.iter().map(|field| member(item, field, names, 0)).collect())
            .collect(),
        is_in_paragraphs: false,
    }
}

/// What a member says, and of messages within it what they say.
fn member(message: &DynamicMessage, field: &FieldDescriptor, names: &Names, depth: usize) -> Cell {
    if is_empty(message, field) || depth > DEPTH_MAX {
        return Cell::default();
    }
    let inner = match field.kind() {
        Kind::Message(of) => !is_one_value(&of),
        _ => false,
    };
    match &*message.get_field(field) {
        Value::List(items) if inner => {
            let items = items.iter().filter_map(Value::as_message);
            Cell::joined(items.map(|item| on_a_line(item, names, depth + 1)), "; ")
        }
        Value::Message(item) if inner => on_a_line(item, names, depth + 1),
        _ => said(message, field, &how(message, field), names),
    }
}

/// A message on a line: each value behind its name.
fn on_a_line(message: &DynamicMessage, names: &Names, depth: usize) -> Cell {
    let fields = message.descriptor().fields().filter(|field| !is_empty(message, field)).collect::<Vec<_>>();
    let is_alone = fields.len() == 1;
    let values = fields.iter().map(|field| {
        let value = member(message, field, names, depth);
        let label = how(message, field).label;
        if is_alone || label.is_empty() { value } else { Cell::from(format!("{label} ")).and(value) }
    });
    Cell::joined(values.collect::<Vec<_>>(), ", ")
}

/// Whether a member says nothing.
fn is_empty(message: &DynamicMessage, field: &FieldDescriptor) -> bool {
    !message.has_field(field) || field.name() == "answered"
}

/// How a member reads: as its description says, and else as its name and value tell.
fn how(message: &DynamicMessage, field: &FieldDescriptor) -> Shown {
    let described = shown(field).filter(|how| how.joins.is_empty() && !how.label.is_empty());
    described.unwrap_or_else(|| Shown {
        label: label(field.name()),
        reads: reads(message, field).into(),
        says: "yes".to_owned(),
        ..Shown::default()
    })
}

/// A member's name as people read it.
fn label(name: &str) -> String {
    match name {
        "why" => "entries".to_owned(),
        "position" => "entry".to_owned(),
        _ => words(name.strip_prefix("is_").unwrap_or(name)),
    }
}

fn reads(message: &DynamicMessage, field: &FieldDescriptor) -> Reads {
    let value = message.get_field(field);
    let first = match &*value {
        Value::List(items) => items.first().cloned(),
        value => Some(value.clone()),
    };
    let name = field.name();
    match first {
        Some(Value::U64(_)) if matches!(name, "why" | "position") || name.ends_with("_at") => Reads::Entries,
        Some(Value::Message(_)) if name == "until" => Reads::End,
        Some(Value::U64(_)) if name.ends_with("_pounds") => Reads::Pounds,
        Some(Value::U32(_)) if name.ends_with("_percent") => Reads::Percent,
        Some(Value::String(_)) if name == "state" => Reads::State,
        Some(Value::String(_)) if name.ends_with("_at") => Reads::Moment,
        Some(Value::String(text)) if is_word(&text) => Reads::Word,
        Some(Value::String(text)) if text.contains('/') && text.parse::<Subject>().is_ok() => Reads::Id,
        _ => Reads::Unspecified,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::described::described;
    use crate::proto::{Merger, MergerApplication, MergerChoice, MergerLeg, PDate};

    #[test]
    fn everything_that_is_said_is_there_once_under_its_name() {
        let on = |day: &str| {
            Some(PDate { written: day.to_owned(), earliest: day.to_owned(), latest: day.to_owned() })
        };
        let merger = Merger {
            id: "merger/m".to_owned(),
            state: "conditionally_approved".to_owned(),
            proposed_on: on("2019-01-02"),
            options: vec!["one".to_owned(), "two".to_owned()],
            legs: vec![MergerLeg {
                body: "body/04K".to_owned(),
                name: "K".to_owned(),
                choices: vec![MergerChoice {
                    choice: "do_not_apply".to_owned(),
                    decided_on: on("2019-02-03"),
                    position: 7,
                    ..MergerChoice::default()
                }],
            }],
            applications: vec![MergerApplication {
                number: 1,
                applicants: vec!["body/04K".to_owned()],
                why: vec![9],
                ..MergerApplication::default()
            }],
            ..Merger::default()
        };
        let sheet = Sheet::whole(&described(&merger).unwrap(), "the merger", &Names::default());
        let values: Vec<_> = sheet.values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            values,
            ["merger: m", "state: conditionally approved", "proposed on: 2019-01-02", "options: one, two"]
        );
        let [legs, applications] = sheet.parts.as_slice() else { panic!("{sheet:?}") };
        assert_eq!(
            (legs.title.as_str(), &legs.titles[..]),
            ("bodies", &["body", "name", "choices"].map(str::to_owned)[..])
        );
        assert_eq!(legs.texts(), [["04K", "K", "choice do not apply, decided on 2019-02-03, entry 7"]]);
        assert_eq!(applications.titles, ["number", "applicants", "entries"]);
        assert_eq!(applications.texts(), [["1", "04K", "9"]]);
    }
}
