//! Rows that are events: a line of JSON, or a row of a table.

use super::cells::Schemas;
use super::row::{Problem, Row};
use minutebook_governance::{Basis, Malformed};
use minutebook_log::{EventType, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::str::FromStr;

/// The columns of a table of events that are not members of facts.
const COMMON: [&str; 8] =
    ["type", "subject", "time", "standing", "source", "signer", "fulfils", "correlation"];

/// Reads a line: a row's own members, or an event as `minutebook log --json` shows it and its bytes have it. Of an
/// event, what it says is taken, and signed anew.
pub(super) fn of_json(line: &str) -> Result<Row, Problem> {
    let needed =
        "one JSON object a line: type, subject and facts; time, standing, evidence ... (docs/import.md)";
    let malformed = |error: serde_json::Error| Problem::of_form(error.to_string(), needed);
    let mut value: Value = serde_json::from_str(line).map_err(malformed)?;
    if let Some(event) = value.get_mut("event") {
        value = event.take();
    }
    if let Some(data) = value.get("data") {
        value = flat(&value, data);
    }
    let row = Row::deserialize(value).map_err(malformed)?;
    Ok(Row { type_name: name_of(row.type_name)?, ..row })
}

/// An event's members as those of a row. Who signed it elsewhere plays no part.
fn flat(event: &Value, data: &Value) -> Value {
    let mut row = data.clone();
    if let Some(members) = row.as_object_mut() {
        members.remove("signatories");
        for (name, member) in
            [("type", "type"), ("subject", "subject"), ("time", "time"), ("correlation", "correlationid")]
        {
            members.extend(event.get(member).map(|value| (name.to_owned(), value.clone())));
        }
    }
    row
}

/// The type's name, where an event has its whole type.
fn name_of(written: String) -> Result<String, Problem> {
    if !written.contains('.') {
        return Ok(written);
    }
    let parsed = EventType::from_str(&written)?;
    match parsed.version {
        1 => Ok(parsed.name),
        _ => Err(Problem::of_form(written, "version 1, which is what this program writes")),
    }
}

/// Whether a table with these columns is one of events.
pub(super) fn are_columns(columns: &[String]) -> bool {
    ["type", "subject"].iter().all(|needed| columns.iter().any(|column| column == needed))
}

/// Reads a row of a table of events.
pub(super) fn of_cells(
    columns: &[String],
    cells: &csv::StringRecord,
    schemas: &mut Schemas,
) -> Result<Row, Problem> {
    let cell = |name: &str| {
        let at = columns.iter().position(|column| column == name)?;
        cells.get(at).filter(|cell| !cell.is_empty())
    };
    let type_name = name_of(cell("type").unwrap_or_default().to_owned())?;
    let members = columns.iter().map(String::as_str).zip(cells);
    let facts = schemas.facts(&type_name, members.filter(|(column, _cell)| !COMMON.contains(column)))?;
    Ok(Row {
        time: cell("time").map(Timestamp::parse_event_time).transpose()?,
        type_name,
        subject: cell("subject").unwrap_or_default().parse()?,
        signers: cell("signer").map(str::to_owned).into_iter().collect(),
        standing: cell("standing").map(standing).transpose()?,
        basis: cell("source").map(|source| Basis::Sourced(source.to_owned())),
        evidence: Vec::new(),
        fulfils: cell("fulfils")
            .into_iter()
            .flat_map(str::split_whitespace)
            .map(str::parse)
            .collect::<Result<_, Malformed>>()?,
        correlation: cell("correlation").map(str::to_owned),
        facts,
    })
}

fn standing(word: &str) -> Result<minutebook_governance::Standing, Problem> {
    let needed = "register, own_document, third_party, own_record or own_act";
    serde_json::from_value(json!(word))
        .map_err(|_unknown| Problem::of_form(format!("the standing \"{word}\""), needed))
}
