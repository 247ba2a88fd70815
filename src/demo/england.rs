//! England 2013 to 2026 as a register reports it: `data/england/*.csv` turned into scenes.

use super::roles::REGISTER;
use super::scene::{Scene, midnight};
use crate::import::Row;
use crate::import::register::{RegisterTables, Table};
use anyhow::{Context as _, anyhow};
use minutebook_governance::loads::DocumentRegistered;
use minutebook_governance::{Basis, Date, PDate, Sealable, Standing};

/// The files, in the order in which they are read.
const FILES: [(&str, Table, &str); 5] = [
    ("bodies.csv", Table::Bodies, include_str!("../../data/england/bodies.csv")),
    ("successions.csv", Table::Successions, include_str!("../../data/england/successions.csv")),
    ("renames.csv", Table::Renames, include_str!("../../data/england/renames.csv")),
    ("areas.csv", Table::Areas, include_str!("../../data/england/areas.csv")),
    ("locations.csv", Table::Locations, include_str!("../../data/england/locations.csv")),
];

/// The loads: what each is called, the last day of which it speaks, its source. The register's copy is older than the
/// lists of the boards of April 2026.
const LOADS: [(&str, &str, &str); 2] = [
    ("NHS Organisation Data Service, commissioning bodies of England", "2025-12-29", "ods-eccg"),
    ("Integrated care boards of 1 April 2026 and their sub-ICB locations", "2026-04-01", "sub-icb-2026"),
];

/// The load as scenes, in the order in which they became known; their horizons among them.
///
/// # Errors
/// A file of `data/england` is not as its README describes it.
pub fn scenes() -> anyhow::Result<Vec<Scene>> {
    let (mut register, mut scenes) = (RegisterTables::default(), Vec::new());
    for (file, table, text) in FILES {
        let wrong = |line, found| anyhow!("data/england/{file}, line {line}: {found}");
        let rows = register.read(table, text.as_bytes()).map_err(|problem| wrong(1, problem.found))?;
        for (line, rows) in rows {
            let rows = rows.map_err(|problem| wrong(line, problem.found))?;
            scenes.extend(rows.into_iter().map(scene).collect::<anyhow::Result<Vec<_>>>()?);
        }
    }
    for (title, day, source) in LOADS {
        scenes.push(horizon(title, day, source)?);
    }
    scenes.sort_by_key(|scene| scene.time);
    Ok(scenes)
}

/// What the register reports, as its role signs it.
fn scene(row: Row) -> anyhow::Result<Scene> {
    Ok(Scene {
        time: row.time.context("no day on which it became known")?,
        type_name: row.type_name,
        subject: row.subject,
        signers: vec![REGISTER.to_owned()],
        standing: Standing::Register,
        basis: row.basis.context("no source")?,
        evidence: Vec::new(),
        fulfils: Vec::new(),
        correlation: None,
        facts: row.facts,
    })
}

/// Up to when a load speaks: answers for later days say so.
fn horizon(title: &str, day: &str, source: &str) -> anyhow::Result<Scene> {
    let on: Date = day.parse()?;
    let facts = DocumentRegistered {
        title: Sealable::Clear(title.to_owned()),
        publisher: Some("NHS England".to_owned()),
        published: Some(PDate::day(on)),
        licence: Some("Open Government Licence v3.0, Crown copyright".to_owned()),
        sha256: None,
        speaks_to: Some(on),
    };
    Ok(Scene {
        time: midnight(on)?,
        type_name: "DocumentRegistered".to_owned(),
        subject: format!("document/ods-{day}").parse()?,
        signers: vec![REGISTER.to_owned()],
        standing: Standing::Register,
        basis: Basis::Sourced(source.to_owned()),
        evidence: Vec::new(),
        fulfils: Vec::new(),
        correlation: None,
        facts: serde_json::to_value(&facts)?,
    })
}
