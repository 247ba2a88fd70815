//! England 2013 to 2025 as a register reports it: `data/england/*.csv` turned into scenes.

use super::cast::REGISTER;
use super::scene::{Scene, midnight};
use anyhow::Context as _;
use minutebook_governance::bodies::{
    AreaChange, AreaVaried, BodyDissolved, BodyKind, BodyRegistered, BodyRenamed, Code, DissolutionReason,
    Extent, IdentifierAssigned, Renaming, Scheme, SuccessionKind, SuccessionRecorded,
};
use minutebook_governance::documents::DocumentRegistered;
use minutebook_governance::{Basis, BodyId, Date, PDate, Sealable, Standing, Unit};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

const BODIES: &str = include_str!("../../data/england/bodies.csv");
const SUCCESSIONS: &str = include_str!("../../data/england/successions.csv");
const RENAMES: &str = include_str!("../../data/england/renames.csv");
const AREAS: &str = include_str!("../../data/england/areas.csv");
const LOCATIONS: &str = include_str!("../../data/england/locations.csv");

/// The last day of which the load speaks: the day of the register's copy.
const HORIZON: &str = "2025-12-29";

/// The load as scenes, in the order in which they became known; the horizon is the last.
///
/// # Errors
/// A file of `data/england` is not as its README describes it.
pub fn scenes() -> anyhow::Result<Vec<Scene>> {
    let mut codes = BTreeMap::new();
    let mut scenes = Vec::new();
    for row in rows::<BodyRow>("bodies.csv", BODIES)? {
        codes.extend(row.ons.clone().map(|ons| (row.code.clone(), ons)));
        scenes.push(row.scene()?);
    }
    for row in rows::<SuccessionRow>("successions.csv", SUCCESSIONS)? {
        scenes.extend(row.scenes()?);
    }
    for row in rows::<RenameRow>("renames.csv", RENAMES)? {
        scenes.push(row.scene()?);
    }
    for row in rows::<AreaRow>("areas.csv", AREAS)? {
        scenes.extend(row.scenes(&codes)?);
    }
    for row in rows::<LocationRow>("locations.csv", LOCATIONS)? {
        scenes.push(row.scene()?);
    }
    scenes.push(horizon()?);
    scenes.sort_by_key(|scene| scene.time);
    Ok(scenes)
}

fn rows<Row: DeserializeOwned>(file: &str, text: &str) -> anyhow::Result<Vec<Row>> {
    let rows: Result<_, _> = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect();
    rows.with_context(|| format!("data/england/{file}"))
}

/// What the register reports on `known`; `source` names rows of data/SOURCES.md.
fn report(known: Date, about: &BodyId, source: &str, facts: &impl Report) -> anyhow::Result<Scene> {
    Ok(Scene {
        time: midnight(known)?,
        type_name: facts.type_name().to_owned(),
        subject: about.subject().clone(),
        signers: vec![REGISTER.to_owned()],
        standing: Standing::Register,
        basis: Basis::Sourced(source.to_owned()),
        evidence: Vec::new(),
        fulfils: Vec::new(),
        correlation: None,
        facts: serde_json::to_value(facts)?,
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

fn body_id(slug: &str) -> anyhow::Result<BodyId> {
    Ok(format!("body/{slug}").parse()?)
}

/// A commissioner of 2013 to 2025.
#[derive(Debug, Deserialize)]
struct BodyRow {
    code: String,
    kind: BodyKind,
    name: String,
    from: Date,
    /// The day on which the register opened its record, where that is not the legal first day.
    registered: Option<Date>,
    /// The unit of area that it is, for the bodies of 2013.
    unit: Option<Unit>,
    ons: Option<String>,
    source: String,
}

impl BodyRow {
    fn scene(self) -> anyhow::Result<Scene> {
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
        report(known, &body_id(&self.code)?, &self.source, &facts)
    }
}

/// One body follows another, and the other ends.
#[derive(Debug, Deserialize)]
struct SuccessionRow {
    predecessor: String,
    successor: String,
    effective: Date,
    kind: SuccessionKind,
    source: String,
}

impl SuccessionRow {
    fn scenes(self) -> anyhow::Result<[Scene; 2]> {
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
            report(self.effective, &predecessor, &self.source, &dissolved)?,
            report(self.effective, &predecessor, &self.source, &succession)?,
        ])
    }
}

/// A body has another name, under the same code.
#[derive(Debug, Deserialize)]
struct RenameRow {
    code: String,
    was: String,
    now: String,
    effective: Date,
    source: String,
}

impl RenameRow {
    fn scene(self) -> anyhow::Result<Scene> {
        let facts = BodyRenamed {
            name: None,
            short_name: Some(Renaming { was: self.was, now: self.now }),
            effective: PDate::day(self.effective),
        };
        report(self.effective, &body_id(&self.code)?, &self.source, &facts)
    }
}

/// A body has another area, under the same code: which, the sources hardly ever say.
#[derive(Debug, Deserialize)]
struct AreaRow {
    code: String,
    effective: Option<Date>,
    written: Option<String>,
    earliest: Option<Date>,
    latest: Option<Date>,
    unit: Option<Unit>,
    to: Option<String>,
    /// The ONS code from then on: ONS recodes what changes its boundary.
    ons: Option<String>,
    basis: String,
    source: String,
}

impl AreaRow {
    fn scenes(self, codes: &BTreeMap<String, String>) -> anyhow::Result<Vec<Scene>> {
        let known =
            self.effective.or(self.latest).context("areas.csv: a day, or the latest that it can be")?;
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
        let varied = report(known, &id, &self.source, &facts)?;
        let codes = was.into_iter().chain(recoded).map(IdentifierAssigned);
        let codes = codes.map(|code| report(known, &id, &self.source, &code));
        [Ok(varied)].into_iter().chain(codes).collect()
    }
}

/// A place that the register lists under a former CCG's code, as a part of an ICB.
#[derive(Debug, Deserialize)]
struct LocationRow {
    code: String,
    name: String,
    icb: String,
    from: Date,
    source: String,
}

impl LocationRow {
    fn scene(self) -> anyhow::Result<Scene> {
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
        report(self.from, &body_id(&format!("{}-location", self.code))?, &self.source, &facts)
    }
}

/// Up to when the load speaks: answers for later days say so.
fn horizon() -> anyhow::Result<Scene> {
    let day: Date = HORIZON.parse()?;
    let facts = DocumentRegistered {
        title: Sealable::Clear("NHS Organisation Data Service, commissioning bodies of England".to_owned()),
        publisher: Some("NHS England".to_owned()),
        published: Some(PDate::day(day)),
        licence: Some("Open Government Licence v3.0, Crown copyright".to_owned()),
        sha256: None,
        speaks_to: Some(day),
    };
    Ok(Scene {
        time: midnight(day)?,
        type_name: "DocumentRegistered".to_owned(),
        subject: format!("document/ods-{HORIZON}").parse()?,
        signers: vec![REGISTER.to_owned()],
        standing: Standing::Register,
        basis: Basis::Sourced("ods-eccg".to_owned()),
        evidence: Vec::new(),
        fulfils: Vec::new(),
        correlation: None,
        facts: serde_json::to_value(&facts)?,
    })
}
