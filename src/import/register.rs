//! Bodies and what became of them as a register lists them: the tables of `data/england`, whose columns data/README.md
//! describes, turned into rows.

pub use super::columns::Table;
use super::columns::names;
use super::fields::{Fields, body_id};
use super::row::{Problem, Row, no_rows};
use super::tables::Rows;
use minutebook_governance::bodies::{
    AreaChange, AreaExtent, AreaVaried, BodyDissolved, BodyKind, BodyRegistered, BodyRenamed, Code,
    DissolutionReason, IdentifierAssigned, Renaming, Scheme, SuccessionKind, SuccessionRecorded,
};
use minutebook_governance::{Basis, BodyId, Date, Inferred, PDate};
use minutebook_log::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;

/// Reads the rows of several tables of one register, in the order in which it came to know them.
#[derive(Debug, Default)]
pub struct RegisterTables {
    /// The first ONS code of each body, which a change of area ends.
    ons: BTreeMap<String, String>,
}

/// What each row of a table says, with the line that it begins on.
type TableRead = Vec<(u64, Result<Vec<Row>, Problem>)>;

impl RegisterTables {
    /// Reads a table whole: what it says has to be brought in order. Bodies come before what became of them.
    ///
    /// # Errors
    /// [`Problem`] with its columns.
    pub fn read(&mut self, table: Table, reader: impl Read) -> Result<TableRead, Problem> {
        let (columns, rows) = Rows::new(reader)?;
        let columns = names(&columns);
        table.judge_columns(&columns)?;
        let read: Vec<_> =
            rows.map(|(line, row)| (line, row.and_then(|row| self.rows(table, &columns, &row)))).collect();
        if read.is_empty() {
            return Err(no_rows());
        }
        Ok(read)
    }

    fn rows(
        &mut self,
        table: Table,
        columns: &[String],
        record: &csv::StringRecord,
    ) -> Result<Vec<Row>, Problem> {
        let row = Fields { columns, record };
        row.judge()?;
        match table {
            Table::Bodies => {
                let ons = row.text("ons").map(|ons| (row.code("code").map(str::to_owned), ons.to_owned()));
                self.ons.extend(ons.and_then(|(code, ons)| Some((code.ok()?, ons))));
                body(&row)
            }
            Table::Successions => succession(&row),
            Table::Renames => renamed(&row),
            Table::Areas => area(&row, &self.ons),
            Table::Locations => location(&row),
        }
    }
}

/// What the register reports on `known`; `source` names its sources, where the table has that column.
fn report(known: Date, about: &BodyId, source: Option<String>, facts: &impl Report) -> Result<Row, Problem> {
    Ok(Row {
        time: Some(Timestamp::parse_event_time(&format!("{known}T00:00:00Z"))?),
        type_name: facts.type_name().to_owned(),
        subject: about.subject().clone(),
        signers: Vec::new(),
        standing: None,
        basis: source.map(Basis::Sourced),
        evidence: Vec::new(),
        fulfils: Vec::new(),
        correlation: None,
        facts: json!(facts),
    })
}

/// Facts that a register reports, under the name of their type.
trait Report: Serialize {
    fn type_name(&self) -> &'static str;
}

macro_rules! reports {
    ($($facts:ident),*) => {$(
        impl Report for $facts {
            fn type_name(&self) -> &'static str {
                stringify!($facts)
            }
        }
    )*};
}

reports!(BodyRegistered, BodyDissolved, SuccessionRecorded, BodyRenamed, AreaVaried, IdentifierAssigned);

fn source(row: &Fields<'_>) -> Option<String> {
    row.text("source").map(str::to_owned)
}

/// The day on which what happens on a date is known: its last, where it has one.
fn known_on(date: &PDate) -> Result<Date, Problem> {
    let day = date.latest().or(date.earliest());
    day.ok_or_else(|| Problem::of_form(format!("\"{date}\""), "a date with a first or a last day"))
}

const A_FIRST_OR_LAST_DAY: &str = "a first day (from), or the first day no more (until)";

/// A commissioner, or another body, and where it is said to have ended, its end.
fn body(row: &Fields<'_>) -> Result<Vec<Row>, Problem> {
    let (code, id) = (row.code("code")?, row.body("code")?);
    let kind = row.word("kind", &BodyKind::ALL, BodyKind::as_str)?;
    let (name, from) = (row.name("name")?, row.needed_date("from")?);
    let known = row.day("registered")?.map_or_else(|| known_on(&from), Ok)?;
    let role = match kind {
        BodyKind::Icb => Some("RO318"),
        BodyKind::Ccg => Some("RO98"),
        _ => None,
    };
    let ods = Code {
        scheme: Scheme::Ods,
        value: code.to_owned(),
        role: role.map(str::to_owned),
        from: Some(row.day("registered")?.map_or_else(|| from.clone(), PDate::day)),
        until: None,
    };
    let ons = row.text("ons").map(|value| Code {
        scheme: Scheme::Ons,
        value: value.to_owned(),
        role: None,
        from: None,
        until: None,
    });
    let is_full_name = kind == BodyKind::Icb;
    let facts = BodyRegistered {
        kind,
        name: is_full_name.then(|| name.clone()),
        short_name: (!is_full_name).then_some(name),
        from: Some(from),
        until: None,
        codes: [Some(ods), ons].into_iter().flatten().collect(),
        units: row.units("unit")?,
        part_of: None,
    };
    let listed = report(known, &id, source(row), &facts)?;
    let ended = BodyRegistered { from: None, codes: Vec::new(), units: Vec::new(), ..facts };
    with_end(row, &id, listed, ended)
}

/// A listing, and the later word that what it lists is no more.
fn with_end(row: &Fields<'_>, id: &BodyId, listed: Row, ended: BodyRegistered) -> Result<Vec<Row>, Problem> {
    let Some(until) = row.date("until")? else { return Ok(vec![listed]) };
    let known = known_on(&until)?;
    let ended = report(known, id, source(row), &BodyRegistered { until: Some(until), ..ended })?;
    Ok(vec![listed, ended])
}

/// One body follows another, and the other ends; one that is absorbed in parts may go on.
fn succession(row: &Fields<'_>) -> Result<Vec<Row>, Problem> {
    let kinds = [
        SuccessionKind::Merger,
        SuccessionKind::Split,
        SuccessionKind::Absorption,
        SuccessionKind::Transformation,
    ];
    let (predecessor, successor) = (row.body("predecessor")?, row.body("successor")?);
    let kind = row.word("kind", &kinds, SuccessionKind::as_str)?;
    let effective = row.needed_date("effective")?;
    let known = known_on(&effective)?;
    let units = Some(row.units("units")?).filter(|units| !units.is_empty());
    let reason = match kind {
        SuccessionKind::Transformation => DissolutionReason::Abolition,
        SuccessionKind::Merger => DissolutionReason::Merger,
        SuccessionKind::Split | SuccessionKind::Absorption => DissolutionReason::Order,
    };
    let goes_on = kind == SuccessionKind::Absorption && units.is_some();
    let dissolved =
        BodyDissolved { effective: effective.clone(), reason, successors: vec![successor.clone()] };
    let dissolved = (!goes_on).then(|| report(known, &predecessor, source(row), &dissolved)).transpose()?;
    let succession = SuccessionRecorded { successor, kind, effective, units };
    let mut succession = report(known, &predecessor, source(row), &succession)?;
    if let Some(why) = row.text("inferred") {
        // The day and the successor may stand in a source: it is the units that somebody concluded.
        let from = row.text("source").unwrap_or("the sources of this table").to_owned();
        succession.basis = Some(Basis::Inferred(Inferred { from, why: why.to_owned() }));
    }
    Ok(dissolved.into_iter().chain([succession]).collect())
}

/// A body has another name, under the same code.
fn renamed(row: &Fields<'_>) -> Result<Vec<Row>, Problem> {
    let effective = row.needed_date("effective")?;
    let known = known_on(&effective)?;
    let renaming = Renaming { was: row.name("was")?, now: row.name("now")? };
    let facts = BodyRenamed { name: None, short_name: Some(renaming), effective, reason: None };
    Ok(vec![report(known, &row.body("code")?, source(row), &facts)?])
}

/// A body has another area, under the same code: which, the sources hardly ever say. `codes` are the ONS codes of bodies:
/// ONS recodes what changes its boundary.
fn area(row: &Fields<'_>, codes: &BTreeMap<String, String>) -> Result<Vec<Row>, Problem> {
    let effective = match row.date("effective")? {
        Some(date) => date,
        None => {
            let (earliest, latest) = (row.day("earliest")?, row.day("latest")?);
            PDate::words(row.needed("written", "a day under effective, or words")?, earliest, latest)?
        }
    };
    let known = known_on(&effective)?;
    let lost = match (row.units("unit")?.into_iter().next(), row.text("to")) {
        (Some(unit), Some(to)) => vec![AreaChange { unit, body: body_id("to", to)? }],
        _ => Vec::new(),
    };
    let (code, id) = (row.code("code")?, row.body("code")?);
    let ons = |value: &str| Code {
        scheme: Scheme::Ons,
        value: value.to_owned(),
        role: None,
        from: None,
        until: None,
    };
    let recoded = row.text("ons").map(|now| Code { from: Some(effective.clone()), ..ons(now) });
    let was = recoded.as_ref().and_then(|_now| codes.get(code));
    let was = was.map(|was| Code { until: Some(effective.clone()), ..ons(was) });
    let facts = AreaVaried {
        effective,
        extent: if lost.is_empty() { AreaExtent::NotStated } else { AreaExtent::Stated },
        gains: Vec::new(),
        losses: lost,
        basis: row.needed("basis", "what is said of it, in words")?.to_owned(),
    };
    let varied = report(known, &id, source(row), &facts)?;
    let codes = was.into_iter().chain(recoded).map(IdentifierAssigned);
    let codes = codes.map(|code| report(known, &id, source(row), &code));
    [Ok(varied)].into_iter().chain(codes).collect()
}

/// A place that the register lists under a former CCG's code, as a part of an ICB; listed again under another, from a
/// later day on.
fn location(row: &Fields<'_>) -> Result<Vec<Row>, Problem> {
    let (code, from) = (row.code("code")?, row.date("from")?);
    let ods = Code {
        scheme: Scheme::Ods,
        value: code.to_owned(),
        role: Some("RO319".to_owned()),
        from: from.clone(),
        until: None,
    };
    let facts = BodyRegistered {
        kind: BodyKind::Location,
        name: None,
        short_name: Some(row.name("name")?),
        from: from.clone(),
        until: None,
        codes: vec![ods],
        units: Vec::new(),
        part_of: Some(row.body("icb")?),
    };
    let id = body_id("code", &format!("{code}-location"))?;
    let ended = BodyRegistered { from: None, codes: Vec::new(), ..facts.clone() };
    match (from, row.date("until")?) {
        (Some(from), _) => with_end(row, &id, report(known_on(&from)?, &id, source(row), &facts)?, ended),
        (None, Some(until)) => {
            let known = known_on(&until)?;
            Ok(vec![report(known, &id, source(row), &BodyRegistered { until: Some(until), ..ended })?])
        }
        (None, None) => Err(Problem::of_form("from: an empty cell", A_FIRST_OR_LAST_DAY)),
    }
}
