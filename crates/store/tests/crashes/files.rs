//! Every step on files that making and opening a ledger take, broken both ways: it fails and nothing happened, or it
//! fails and it did happen.

use crate::common::{check_ledger, grow, names};
use crate::disk::at_every_step;
use minutebook_store::{OpenError, SledEngine};
use std::fs;

const SIZE: usize = 600;

#[tokio::test]
async fn a_ledger_whose_making_fails_is_none_or_empty() {
    let times = at_every_step(async |files, what| {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        match SledEngine::create_on(&files, &dir).map(drop) {
            Ok(()) => {}
            Err(OpenError::Files { .. }) => {}
            Err(other) => panic!("{what}: {other}"),
        }
        match SledEngine::open(&dir) {
            Ok(engine) => {
                check_ledger(&engine, 0, SIZE).await;
                grow(&engine, 3, 1, SIZE).await;
            }
            // Never taken for a damaged one.
            Err(OpenError::NotALedger { .. } | OpenError::FormatLost { .. }) => {}
            Err(other) => panic!("{what}: {other}"),
        }
    })
    .await;
    assert!(times > 30, "{times} faults");
}

#[tokio::test]
async fn an_opening_that_fails_says_so_and_the_next_has_everything() {
    let times = at_every_step(async |files, what| {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("ledger");
        grow(&SledEngine::create(&dir).unwrap(), 20, 7, SIZE).await;
        // A kill during the start before has left half a snapshot.
        fs::write(dir.join("store/snap.0000000000000001.generating"), "half").unwrap();
        match SledEngine::open_on(&files, &dir).map(drop) {
            Ok(()) => {}
            Err(error @ OpenError::Files { .. }) => assert!(error.to_string().contains("no sign of damage")),
            Err(other) => panic!("{what}: {other}"),
        }
        let engine = SledEngine::open(&dir).unwrap_or_else(|error| panic!("{what}: {error}"));
        check_ledger(&engine, 20, SIZE).await;
        grow(&engine, 23, 1, SIZE).await;
        assert!(!names(&dir.join("store")).iter().any(|name| name.ends_with(".generating")), "{what}");
    })
    .await;
    assert!(times > 10, "{times} faults");
}
