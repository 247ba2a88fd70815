//! Entries of a given size, and the invariant that every test ends with.
#![allow(dead_code, reason = "each test file takes what it needs")]

use minutebook_log::{ENTRY_BYTES_MAX, EventId, Hash, Head, Position, Subject};
use minutebook_store::{Batch, Engine, FoundBy, NewEntry, ReadLimits, Stored};
use std::fs;
use std::path::Path;

/// The sizes at which everything is run: an ordinary entry, one that lies in four chunks, the largest.
pub(crate) const SIZES: [usize; 3] = [600, 16 * 1024, ENTRY_BYTES_MAX];

/// Limits that are never met.
pub(crate) const ALL: ReadLimits = ReadLimits { entries: usize::MAX, bytes: usize::MAX };

/// How many subjects the entries take turns in.
pub(crate) const SUBJECTS: u64 = 3;

/// The entry at `position`: always the same `size` bytes, which begin with the position.
pub(crate) fn entry(position: u64, size: usize) -> NewEntry {
    let mut bytes = format!("entry {position}\n").into_bytes();
    let mut state = position.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    bytes.resize_with(size, || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    });
    NewEntry {
        hash: Hash::of(&bytes),
        bytes,
        id: id(position),
        subject: subject(position),
        stream_number: position / SUBJECTS + 1,
    }
}

/// The id of the entry at `position`.
pub(crate) fn id(position: u64) -> EventId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&position.to_be_bytes());
    EventId::from_parts(1_562_245_500_000, &random)
}

/// The subject of the entry at `position`. One is the beginning of another.
pub(crate) fn subject(position: u64) -> Subject {
    ["body/04K", "body/04", "ledger"][(position % SUBJECTS) as usize].parse().unwrap()
}

/// `count` entries from `position` on.
pub(crate) fn batch(position: u64, count: u64, size: usize) -> Batch {
    Batch::of((position..position + count).map(|position| entry(position, size)).collect())
}

/// The head of a log of `length` such entries.
pub(crate) fn head(length: u64, size: usize) -> Head {
    match length {
        0 => Head::EMPTY,
        _ => Head { size: length, hash: entry(length - 1, size).hash },
    }
}

/// The entry at `position` as it should be read.
pub(crate) fn stored(position: u64, size: usize) -> Stored {
    let NewEntry { bytes, hash, .. } = entry(position, size);
    Stored { position: Position(position), hash, bytes }
}

/// What the entries are found by, for a scrub.
pub(crate) fn found_by(size: usize) -> impl Fn(&Stored) -> Option<FoundBy> {
    move |stored| Some(FoundBy::from(&entry(stored.position.0, size)))
}

/// Appends entries one batch after another, until there are `length`.
pub(crate) async fn grow(engine: &impl Engine, length: u64, each: u64, size: usize) {
    let mut at = engine.head().await.unwrap();
    while at.size < length {
        let count = each.min(length - at.size);
        at = engine.commit(at, batch(at.size, count, size)).await.unwrap();
    }
}

/// The whole invariant: exactly the first `length` entries are there, in order, with their bytes, found by id
/// and by stream, and nothing beyond.
pub(crate) async fn check_ledger(engine: &impl Engine, length: u64, size: usize) {
    assert_eq!(engine.head().await.unwrap(), head(length, size));
    let all = engine.entries(Position::FIRST, ALL).await.unwrap();
    assert_eq!(all.len() as u64, length);
    for (position, found) in (0..).zip(&all) {
        assert!(*found == stored(position, size), "position {position}");
        assert_eq!(engine.find(id(position)).await.unwrap(), Some(Position(position)));
    }
    assert_eq!(engine.find(id(length)).await.unwrap(), None);
    for turn in 0..SUBJECTS {
        let stream = engine.stream(&subject(turn), 1, ALL).await.unwrap();
        let positions: Vec<u64> = stream.iter().map(|found| found.position.0).collect();
        assert_eq!(positions, (turn..length).step_by(SUBJECTS as usize).collect::<Vec<_>>());
    }
}

/// The names in a folder, in order.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let files = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Copies a folder, with what is in it, to one that does not exist yet.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}
