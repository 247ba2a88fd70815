//! The bodies that there were, as a table: the columns that `minutebook import` reads.

use super::days::in_a_cell;
use super::doubts::doubts;
use crate::proto::{Answered, Body, JoinedDate};

/// The table, as CSV with a line for each of `bodies` that its ODS code is the id of, by id; `source` names the book, and
/// each line the entries that it rests on, and which of them `answered` says to be in doubt. Places of a register have a table of their own.
///
/// # Errors
/// The writer's, which memory has none of.
pub fn bodies(bodies: &[Body], source: &str, answered: &Answered) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["code", "kind", "name", "from", "until", "registered", "unit", "ons", "source"])?;
    for body in bodies.iter().filter(|body| body.kind != "location") {
        let slug = body.id.split_once('/').map_or("", |(_kind, slug)| slug);
        let Some(ods) = body.codes.iter().find(|held| held.scheme == "ods" && held.value == slug) else {
            continue;
        };
        let ons = body.codes.iter().find(|held| held.scheme == "ons");
        let date = |joined: &Option<JoinedDate>| in_a_cell(joined.as_ref().and_then(|it| it.value.as_ref()));
        let (from, registered) = (date(&body.opened), in_a_cell(ods.from.as_ref()));
        let entries: Vec<_> = body.why.iter().map(ToString::to_string).collect();
        table.write_record([
            slug,
            &body.kind,
            first_name(body),
            &from,
            &date(&body.closed),
            if registered == from { "" } else { &registered },
            &body.opened_with.join(" "),
            ons.map_or("", |ons| &ons.value),
            &format!("{source} entries {}{}", entries.join(" "), doubts(body.why.iter().copied(), answered)),
        ])?;
    }
    let written = table.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&written).into_owned())
}

/// The name that it opened with: of a board the full one, of others the register's short form, where there is one.
fn first_name(body: &Body) -> &str {
    let of_form = |is_short: bool| {
        let mut names = body.names.iter().filter(move |held| held.is_short == is_short);
        let first = names.clone().find(|held| held.from.is_none());
        first.or(names.next()).map(|held| held.name.as_str())
    };
    let is_board = body.kind == "icb";
    of_form(!is_board).or(of_form(is_board)).unwrap_or_default()
}
