//! What five public documents of 2017 to 2019 say of commissioning, as reports: nothing of it is an act.

use super::scene::Scene;
use anyhow::Context as _;

/// The bodies and people whom the documents name.
const NAMED: (&str, &str) = ("named.jsonl", include_str!("../../data/seeds/named.jsonl"));
/// The documents, by their numbers.
const DOCUMENTS: [(&str, &str); 5] = [
    (
        "000-greater-nottingham-leader.jsonl",
        include_str!("../../data/seeds/000-greater-nottingham-leader.jsonl"),
    ),
    (
        "001-greater-nottingham-care-system.jsonl",
        include_str!("../../data/seeds/001-greater-nottingham-care-system.jsonl"),
    ),
    (
        "002-nottinghamshire-consultation.jsonl",
        include_str!("../../data/seeds/002-nottinghamshire-consultation.jsonl"),
    ),
    ("003-leicestershire-officer.jsonl", include_str!("../../data/seeds/003-leicestershire-officer.jsonl")),
    ("004-kent-medway.jsonl", include_str!("../../data/seeds/004-kent-medway.jsonl")),
];

/// The bodies and people that the documents name, in the order in which they are entered.
///
/// # Errors
/// A line of `data/seeds` is not as data/README.md describes it.
pub fn named() -> anyhow::Result<Vec<Scene>> {
    read(NAMED)
}

/// What one of the documents says, 0 to 4; nothing for another number.
///
/// # Errors
/// A line of `data/seeds` is not as data/README.md describes it.
pub fn scenes_of(document: usize) -> anyhow::Result<Vec<Scene>> {
    DOCUMENTS.get(document).map_or_else(|| Ok(Vec::new()), |file| read(*file))
}

/// All of it, in the order in which it became known.
///
/// # Errors
/// A line of `data/seeds` is not as data/README.md describes it.
pub fn scenes() -> anyhow::Result<Vec<Scene>> {
    let mut scenes = named()?;
    for document in 0..DOCUMENTS.len() {
        scenes.extend(scenes_of(document)?);
    }
    scenes.sort_by_key(|scene| scene.time);
    Ok(scenes)
}

fn read((file, text): (&str, &str)) -> anyhow::Result<Vec<Scene>> {
    let line = |(line, text)| {
        serde_json::from_str(text).with_context(|| format!("data/seeds/{file}, line {}", line + 1))
    };
    text.lines().enumerate().map(line).collect()
}
