//! What five public documents of 2017 to 2019 say of commissioning, as reports: nothing of it is an act.

use super::scene::{File, Scene, read};

/// The bodies and people whom the documents name.
const NAMED: File = ("seeds/named.jsonl", include_str!("../../data/seeds/named.jsonl"));
/// The documents, by their numbers.
const DOCUMENTS: [File; 5] = [
    (
        "seeds/000-greater-nottingham-leader.jsonl",
        include_str!("../../data/seeds/000-greater-nottingham-leader.jsonl"),
    ),
    (
        "seeds/001-greater-nottingham-care-system.jsonl",
        include_str!("../../data/seeds/001-greater-nottingham-care-system.jsonl"),
    ),
    (
        "seeds/002-nottinghamshire-consultation.jsonl",
        include_str!("../../data/seeds/002-nottinghamshire-consultation.jsonl"),
    ),
    (
        "seeds/003-leicestershire-officer.jsonl",
        include_str!("../../data/seeds/003-leicestershire-officer.jsonl"),
    ),
    ("seeds/004-kent-medway.jsonl", include_str!("../../data/seeds/004-kent-medway.jsonl")),
];
/// Two responses that no document tells of, at the instant of the closing and a second later.
const RESPONSES: File = ("seeds/responses.jsonl", include_str!("../../data/seeds/responses.jsonl"));

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

/// A response at nine o'clock and one a second later, made up, since the paper holds none.
///
/// # Errors
/// A line of `data/seeds` is not as data/README.md describes it.
pub fn responses() -> anyhow::Result<Vec<Scene>> {
    read(RESPONSES)
}

/// All that the documents say, in the order in which it became known.
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
