//! Bit rot: a byte of sled's file is flipped in a copy of a ledger. Either the copy is refused as damaged, at once
//! or by a scrub, or the flip was where nothing is kept any more, and every entry is there as committed. Nothing in
//! between: sled itself opens such files, and gives back a shorter log or one with a hole.

use crate::common::{SIZES, check_ledger, copy, entry, found_by, grow};
use minutebook_store::{EngineError, OpenError, SledEngine};
use std::fs;
use std::path::{Path, PathBuf};

/// How many entries the ledger has.
const LENGTH: u64 = 25;

/// A ledger that was closed once it was written; or opened once more, after which sled trusts its snapshot
/// and reads its file page by page.
async fn ledger(dir: &Path, size: usize, reopened: bool) -> PathBuf {
    let dir = dir.join(format!("ledger-{size}-{reopened}"));
    let engine = SledEngine::create(&dir).unwrap();
    grow(&engine, LENGTH, 4, size).await;
    drop(engine);
    if reopened {
        drop(SledEngine::open(&dir).unwrap());
    }
    dir
}

/// Where the bytes of the entry at `position` lie in sled's file: as it was written, and as it was rewritten
/// with the page that it is in.
fn places(db: &[u8], position: u64, size: usize) -> Vec<usize> {
    let within = &entry(position, size).bytes[size / 3..size / 3 + 32];
    let first = within[0];
    let starts = db.iter().enumerate().filter(|(_at, byte)| **byte == first).map(|(at, _byte)| at);
    starts.filter(|at| db[*at..].starts_with(within)).collect()
}

/// Opens a copy whose bytes `at` are flipped. Gives what is said of the damage, or nothing if all is there.
async fn said_after_flips(dir: &Path, at: &[usize], size: usize) -> Option<String> {
    let flipped = dir.with_file_name("flipped");
    copy(dir, &flipped);
    let mut db = fs::read(flipped.join("store/db")).unwrap();
    at.iter().for_each(|at| db[*at] ^= 0x10);
    fs::write(flipped.join("store/db"), db).unwrap();
    let said = match SledEngine::open(&flipped) {
        Ok(engine) => match engine.scrub_whole(found_by(size)) {
            Ok(()) => {
                check_ledger(&engine, LENGTH, size).await;
                None
            }
            Err(EngineError::Corrupt { what, .. }) => Some(what),
            Err(other) => panic!("{other}"),
        },
        Err(OpenError::Damaged { what, .. }) => Some(what),
        Err(other) => panic!("{other}"),
    };
    fs::remove_dir_all(&flipped).unwrap();
    said
}

#[tokio::test]
async fn an_entry_that_is_flipped_wherever_it_lies_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    for (size, reopened) in SIZES.into_iter().flat_map(|size| [(size, false), (size, true)]) {
        let dir = ledger(dir.path(), size, reopened).await;
        let db = fs::read(dir.join("store/db")).unwrap();
        for position in [0, 1, 11, LENGTH - 2, LENGTH - 1] {
            let at = places(&db, position, size);
            assert!(!at.is_empty(), "position {position} lies in the file as it is");
            let said = said_after_flips(&dir, &at, size).await;
            assert!(said.is_some(), "position {position} of {size} bytes, {at:?}, reopened: {reopened}");
        }
    }
}

#[tokio::test]
async fn one_flip_anywhere_is_damage_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for (size, reopened) in [(600, false), (600, true)] {
        let dir = ledger(dir.path(), size, reopened).await;
        let db = fs::read(dir.join("store/db")).unwrap();
        let written = db.iter().rposition(|byte| *byte != 0).unwrap().min(LENGTH as usize * size * 4);
        let mut damaged = 0;
        for at in (0..written).step_by(written / 40) {
            damaged += u32::from(said_after_flips(&dir, &[at], size).await.is_some());
        }
        assert!(damaged > 10, "of {written} bytes written, flips in {damaged} places were noticed");
    }
}
