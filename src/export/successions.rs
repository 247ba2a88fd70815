//! Who followed whom, as a table: the columns that `minutebook import` reads.

use super::days::in_a_cell;
use super::doubts::doubts;
use crate::proto::{Answered, Body};

/// The table, as CSV with a line for each succession that `bodies` have, by predecessor; `source` names the book, and
/// each line the entries that it rests on, and which of them `answered` says to be in doubt.
///
/// # Errors
/// The writer's, which memory has none of.
pub fn successions(bodies: &[Body], source: &str, answered: &Answered) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["predecessor", "successor", "effective", "kind", "units", "source", "inferred"])?;
    for body in bodies {
        for link in &body.successors {
            let entries: Vec<_> = link.why.iter().map(ToString::to_string).collect();
            // What was inferred is imported as that again, from what it was inferred from.
            let source = match link.inferred.as_str() {
                "" => format!("{source} entries {}", entries.join(" ")),
                _ => link.inferred_from.clone(),
            };
            // That it was inferred has a column of its own.
            let contested = Answered { inferences: Vec::new(), ..answered.clone() };
            let source = format!("{source}{}", doubts(link.why.iter().copied(), &contested));
            let effective = in_a_cell(link.effective.as_ref());
            let units = link.units.join(" ");
            table.write_record([
                slug(&body.id),
                slug(&link.body),
                &effective,
                &link.kind,
                &units,
                &source,
                &link.inferred,
            ])?;
        }
    }
    let written = table.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&written).into_owned())
}

fn slug(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_kind, slug)| slug)
}
