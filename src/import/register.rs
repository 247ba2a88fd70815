//! Bodies and what became of them as a register lists them: the tables of `data/england`, whose columns data/README.md
//! describes, turned into rows.

use super::row::{Problem, Row};
use super::tables::Rows;
use minutebook_governance::bodies::{
    AreaChange, AreaVaried, BodyDissolved, BodyKind, BodyRegistered, BodyRenamed, Code, DissolutionReason,
    Extent, IdentifierAssigned, Renaming, Scheme, SuccessionKind, SuccessionRecorded,
};
use minutebook_governance::{Basis, BodyId, Date, Malformed, PDate, Unit};
use minutebook_log::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read;

/// A table that a register has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The bodies that there ever were.
    Bodies,
    /// Who followed whom.
    Successions,
    /// Bodies that took another name under the same code.
    Renames,
    /// Bodies that stayed, with another area.
    Areas,
    /// Codes that live on as places.
    Locations,
}

impl Table {
    /// Each table with the columns that tell it from the others, the most telling first.
    const TELLING: [(Table, &[&str]); 5] = [
        (Table::Successions, &["predecessor", "successor", "effective", "kind"]),
        (Table::Renames, &["code", "was", "now", "effective"]),
        (Table::Locations, &["code", "name", "icb", "from"]),
        (Table::Bodies, &["code", "kind", "name", "from"]),
        (Table::Areas, &["code", "effective", "basis"]),
    ];

    /// The table that has these columns.
    pub fn of_columns(columns: &[String]) -> Option<Table> {
        let has =
            |needed: &&[&str]| needed.iter().all(|needed| columns.iter().any(|column| column == needed));
        Self::TELLING.iter().find(|(_table, needed)| has(needed)).map(|(table, _needed)| *table)
    }
}

/// Reads the rows of several tables of one register, in the order in which it came to know them.
#[derive(Debug, Default)]
pub struct Register {
    /// The first ONS code of each body, which a change of area ends.
    ons: BTreeMap<String, String>,
}

/// What each row of a table says, with the line that it begins on.
type TableRead = Vec<(u64, Result<Vec<Row>, Problem>)>;

impl Register {
    /// Reads a table whole: what it says has to be brought in order. Bodies come before what became of them.
    ///
    /// # Errors
    /// [`Problem`] with its columns.
    pub fn read(&mut self, table: Table, reader: impl Read) -> Result<TableRead, Problem> {
        let (columns, rows) = Rows::new(reader)?;
        let columns = csv::StringRecord::from(columns);
        let rows = rows.map(|(line, row)| (line, row.and_then(|row| self.rows(table, &columns, &row))));
        Ok(rows.collect())
    }

    fn rows(
        &mut self,
        table: Table,
        columns: &csv::StringRecord,
        row: &csv::StringRecord,
    ) -> Result<Vec<Row>, Problem> {
        match table {
            Table::Bodies => {
                let row: BodyRow = of_cells(columns, row)?;
                self.ons.extend(row.ons.clone().map(|ons| (row.code.clone(), ons)));
                Ok(vec![row.report()?])
            }
            Table::Successions => Ok(of_cells::<SuccessionRow>(columns, row)?.reports()?.into()),
            Table::Renames => Ok(vec![of_cells::<RenameRow>(columns, row)?.report()?]),
            Table::Areas => of_cells::<AreaRow>(columns, row)?.reports(&self.ons),
            Table::Locations => Ok(vec![of_cells::<LocationRow>(columns, row)?.report()?]),
        }
    }
}

fn of_cells<T: DeserializeOwned>(columns: &csv::StringRecord, row: &csv::StringRecord) -> Result<T, Problem> {
    row.deserialize(Some(columns)).map_err(|error| {
        let what = match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => {
                let column = err.field().and_then(|at| columns.get(usize::try_from(at).ok()?));
                format!("{}{}", column.map_or_else(String::new, |column| format!("{column}: ")), err.kind())
            }
            _ => error.to_string(),
        };
        Problem::of_form(what, "the columns of such a table (data/README.md)")
    })
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

fn body_id(slug: &str) -> Result<BodyId, Malformed> {
    format!("body/{slug}").parse()
}

/// A commissioner of 2013 to 2025.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyRow {
    code: String,
    kind: BodyKind,
    name: String,
    from: Date,
    /// The day on which the register opened its record, where that is not the legal first day.
    #[serde(default)]
    registered: Option<Date>,
    /// The unit of area that it is, for the bodies of 2013.
    #[serde(default)]
    unit: Option<Unit>,
    #[serde(default)]
    ons: Option<String>,
    #[serde(default)]
    source: Option<String>,
}

impl BodyRow {
    fn report(self) -> Result<Row, Problem> {
        let known = self.registered.unwrap_or(self.from);
        let role = if self.kind == BodyKind::Icb { "RO318" } else { "RO98" };
        let ods = Code {
            scheme: Scheme::Ods,
            value: self.code.clone(),
            role: Some(role.to_owned()),
            from: Some(PDate::day(known)),
            until: None,
        };
        let ons =
            self.ons.map(|value| Code { scheme: Scheme::Ons, value, role: None, from: None, until: None });
        let is_full_name = self.kind == BodyKind::Icb;
        let facts = BodyRegistered {
            kind: self.kind,
            name: is_full_name.then(|| self.name.clone()),
            short_name: (!is_full_name).then_some(self.name),
            from: Some(PDate::day(self.from)),
            until: None,
            codes: [Some(ods), ons].into_iter().flatten().collect(),
            units: self.unit.into_iter().collect(),
            part_of: None,
        };
        report(known, &body_id(&self.code)?, self.source, &facts)
    }
}

/// One body follows another, and the other ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SuccessionRow {
    predecessor: String,
    successor: String,
    effective: Date,
    kind: SuccessionKind,
    #[serde(default)]
    source: Option<String>,
}

impl SuccessionRow {
    fn reports(self) -> Result<[Row; 2], Problem> {
        let (predecessor, successor) = (body_id(&self.predecessor)?, body_id(&self.successor)?);
        let effective = PDate::day(self.effective);
        let reason = match self.kind {
            SuccessionKind::Transformation => DissolutionReason::Abolition,
            _ => DissolutionReason::Merger,
        };
        let dissolved =
            BodyDissolved { effective: effective.clone(), reason, successors: vec![successor.clone()] };
        let succession = SuccessionRecorded { successor, kind: self.kind, effective, units: None };
        Ok([
            report(self.effective, &predecessor, self.source.clone(), &dissolved)?,
            report(self.effective, &predecessor, self.source, &succession)?,
        ])
    }
}

/// A body has another name, under the same code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RenameRow {
    code: String,
    was: String,
    now: String,
    effective: Date,
    #[serde(default)]
    source: Option<String>,
}

impl RenameRow {
    fn report(self) -> Result<Row, Problem> {
        let facts = BodyRenamed {
            name: None,
            short_name: Some(Renaming { was: self.was, now: self.now }),
            effective: PDate::day(self.effective),
            reason: None,
        };
        report(self.effective, &body_id(&self.code)?, self.source, &facts)
    }
}

/// A body has another area, under the same code: which, the sources hardly ever say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaRow {
    code: String,
    effective: Option<Date>,
    #[serde(default)]
    written: Option<String>,
    #[serde(default)]
    earliest: Option<Date>,
    #[serde(default)]
    latest: Option<Date>,
    #[serde(default)]
    unit: Option<Unit>,
    #[serde(default)]
    to: Option<String>,
    /// The ONS code from then on: ONS recodes what changes its boundary.
    #[serde(default)]
    ons: Option<String>,
    basis: String,
    #[serde(default)]
    source: Option<String>,
}

impl AreaRow {
    fn reports(self, codes: &BTreeMap<String, String>) -> Result<Vec<Row>, Problem> {
        let known = self.effective.or(self.latest);
        let known = known.ok_or_else(|| {
            Problem::of_form("neither effective nor latest", "a day, or the latest that it can be")
        })?;
        let effective = match self.effective {
            Some(day) => PDate::day(day),
            None => PDate::words(self.written.unwrap_or_default(), self.earliest, self.latest)?,
        };
        let lost = match self.unit.zip(self.to) {
            Some((unit, to)) => vec![AreaChange { unit, body: body_id(&to)? }],
            None => Vec::new(),
        };
        let id = body_id(&self.code)?;
        let code = |value: &String| Code {
            scheme: Scheme::Ons,
            value: value.clone(),
            role: None,
            from: None,
            until: None,
        };
        let recoded = self.ons.as_ref().map(|now| Code { from: Some(effective.clone()), ..code(now) });
        let was = recoded.as_ref().and_then(|_now| codes.get(&self.code));
        let was = was.map(|was| Code { until: Some(effective.clone()), ..code(was) });
        let facts = AreaVaried {
            effective,
            extent: if lost.is_empty() { Extent::NotStated } else { Extent::Stated },
            gains: Vec::new(),
            losses: lost,
            basis: self.basis,
        };
        let varied = report(known, &id, self.source.clone(), &facts)?;
        let codes = was.into_iter().chain(recoded).map(IdentifierAssigned);
        let codes = codes.map(|code| report(known, &id, self.source.clone(), &code));
        [Ok(varied)].into_iter().chain(codes).collect()
    }
}

/// A place that the register lists under a former CCG's code, as a part of an ICB.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationRow {
    code: String,
    name: String,
    icb: String,
    from: Date,
    #[serde(default)]
    source: Option<String>,
}

impl LocationRow {
    fn report(self) -> Result<Row, Problem> {
        let ods = Code {
            scheme: Scheme::Ods,
            value: self.code.clone(),
            role: Some("RO319".to_owned()),
            from: Some(PDate::day(self.from)),
            until: None,
        };
        let facts = BodyRegistered {
            kind: BodyKind::Location,
            name: None,
            short_name: Some(self.name),
            from: Some(PDate::day(self.from)),
            until: None,
            codes: vec![ods],
            units: Vec::new(),
            part_of: Some(body_id(&self.icb)?),
        };
        report(self.from, &body_id(&format!("{}-location", self.code))?, self.source, &facts)
    }
}
