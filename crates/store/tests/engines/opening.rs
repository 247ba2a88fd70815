//! What stands between a folder and a ledger: each case is said in a sentence, and nothing is made or lost.

use crate::common::{SIZES, check_ledger, copy, entry, found_by, grow, names};
use minutebook_log::Position;
use minutebook_store::{EngineError, FoundBy, OpenError, ReadLimits, SledEngine, Stored};
use std::fs;
use std::path::{Path, PathBuf};

/// A ledger of `length` entries, closed.
async fn ledger(dir: &Path, length: u64) -> PathBuf {
    let dir = dir.join("ledger");
    let engine = SledEngine::create(&dir).unwrap();
    grow(&engine, length, 5, 600).await;
    dir
}

#[test]
fn a_new_ledger_is_a_folder_with_four_things_in_it() {
    let dir = tempfile::tempdir().unwrap();
    drop(SledEngine::create(dir.path()).unwrap());
    assert_eq!(names(dir.path()), ["FORMAT", "high-water", "lock", "store"]);
    assert_eq!(fs::read_to_string(dir.path().join("FORMAT")).unwrap(), "minutebook.ledger/v2\n");
}

#[test]
fn what_is_no_ledger_is_not_opened_and_nothing_is_made_there() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("absent");
    for dir in [dir.path(), &absent] {
        let refused = SledEngine::open(dir).unwrap_err();
        assert!(matches!(refused, OpenError::NotALedger { .. }), "{refused}");
        assert!(refused.to_string().contains("create one in a new folder"), "{refused}");
    }
    assert!(!absent.exists() && names(dir.path()).is_empty());

    fs::write(dir.path().join("FORMAT"), "minutebook.ledger/v01\n").unwrap();
    assert!(matches!(SledEngine::open(dir.path()), Err(OpenError::NotALedger { .. })));
    assert!(matches!(SledEngine::open(&dir.path().join("FORMAT")), Err(OpenError::NotALedger { .. })));
}

#[test]
fn a_ledger_is_created_in_an_empty_folder_only() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("letter.txt"), "Dear Sir").unwrap();
    let refused = SledEngine::create(dir.path()).unwrap_err();
    assert_eq!(refused, OpenError::NotEmpty { dir: dir.path().to_owned() });
    assert_eq!(names(dir.path()), ["letter.txt"]);

    let nowhere = dir.path().join("no/such/folder");
    assert!(matches!(SledEngine::create(&nowhere), Err(OpenError::Files { .. })));
    let file = dir.path().join("letter.txt");
    assert!(matches!(SledEngine::create(&file), Err(OpenError::Files { .. })));
}

#[tokio::test]
async fn a_ledger_is_not_created_over_another() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 5).await;
    assert_eq!(SledEngine::create(&dir).unwrap_err(), OpenError::AlreadyExists { dir: dir.clone() });
    check_ledger(&SledEngine::open(&dir).unwrap(), 5, 600).await;
}

#[test]
fn a_creation_that_was_interrupted_left_no_ledger() {
    let dir = tempfile::tempdir().unwrap();
    drop(SledEngine::create(dir.path()).unwrap());
    fs::remove_file(dir.path().join("FORMAT")).unwrap();
    let refused = SledEngine::open(dir.path()).unwrap_err();
    // It has the files of a ledger: whether entries are among them a repair says, and nobody is told to remove them.
    assert!(matches!(refused, OpenError::FormatLost { .. }), "{refused}");
    assert!(refused.to_string().contains("create the ledger in another folder"), "{refused}");
    assert!(matches!(SledEngine::create(dir.path()), Err(OpenError::NotEmpty { .. })));
}

#[tokio::test]
async fn a_ledger_in_use_is_not_opened_twice() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 5).await;
    let engine = SledEngine::open(&dir).unwrap();
    let refused = SledEngine::open(&dir).unwrap_err();
    assert_eq!(refused, OpenError::InUse { dir: dir.clone() });
    assert!(refused.to_string().contains("stop the program that has it open"), "{refused}");
    grow(&engine, 7, 1, 600).await;
    drop(engine);
    check_ledger(&SledEngine::open(&dir).unwrap(), 7, 600).await;
}

#[tokio::test]
async fn a_ledger_of_a_newer_format_is_left_to_newer_software() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 5).await;
    fs::write(dir.join("FORMAT"), "minutebook.ledger/v3\n").unwrap();
    let refused = SledEngine::open(&dir).unwrap_err();
    let found = "minutebook.ledger/v3".to_owned();
    assert_eq!(refused, OpenError::NewerFormat { dir, found });
}

#[tokio::test]
async fn a_ledger_of_the_format_before_is_to_be_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 5).await;
    fs::write(dir.join("FORMAT"), "minutebook.ledger/v1\n").unwrap();
    let refused = SledEngine::open(&dir).unwrap_err();
    let said = format!("minutebook repair --dir {} --to NEWDIR", dir.display());
    assert!(refused.to_string().contains(&said), "{refused}");
    let found = "minutebook.ledger/v1".to_owned();
    assert_eq!(refused, OpenError::OlderFormat { dir, found });
}

#[tokio::test]
async fn what_a_kill_left_of_a_start_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 20).await;
    drop(SledEngine::open(&dir).unwrap());
    // A snapshot in the making has the name of the one that it would have been, and comes after it in order.
    let snapshot = snapshot_of(&dir);
    let name = format!("{}.generating", snapshot.file_name().unwrap().to_str().unwrap());
    let whole = fs::read(&snapshot).unwrap();
    for left in [&whole[..whole.len() / 2], &[], &whole] {
        fs::write(snapshot.with_file_name(&name), left).unwrap();
        check_ledger(&SledEngine::open(&dir).unwrap(), 20, 600).await;
        assert!(!names(&dir.join("store")).contains(&name));
        assert_eq!(fs::read(dir.join("store/set-aside").join(&name)).unwrap(), left);
    }
    // Also where it was the first.
    fs::remove_file(snapshot_of(&dir)).unwrap();
    fs::write(dir.join("store/snap.0000000000000000.generating"), "half").unwrap();
    let engine = SledEngine::open(&dir).unwrap();
    grow(&engine, 25, 5, 600).await;
    check_ledger(&engine, 25, 600).await;
}

/// What a scrub is told that entries are found by.
type By<'a> = &'a dyn Fn(&Stored) -> Option<FoundBy>;

#[tokio::test]
async fn a_scrub_goes_on_from_where_it_was() {
    for size in SIZES {
        let dir = tempfile::tempdir().unwrap();
        let engine = SledEngine::create(&dir.path().join("ledger")).unwrap();
        let limits = ReadLimits { entries: 3, bytes: usize::MAX };
        let step = |from, by: By<'_>| engine.scrub(Position(from), limits, by);
        assert_eq!(step(0, &found_by(size)), Ok(Position(0)), "nothing is there yet");
        grow(&engine, 8, 4, size).await;
        for (from, next) in [(0, 3), (3, 6), (6, 8), (8, 8)] {
            assert_eq!(step(from, &found_by(size)), Ok(Position(next)));
        }
        engine.scrub_whole(found_by(size)).unwrap();
        // Whoever is asked what entries are found by says something else, or that this is none.
        let others: [(By<'_>, &str); 3] = [
            (&|_: &Stored| None as Option<FoundBy>, "position 3: the bytes are no entry"),
            (
                &|_: &Stored| Some(FoundBy::from(&entry(4, size))),
                "position 3: the entry's event id leads to position 4",
            ),
            (
                &|_: &Stored| Some(FoundBy::from(&entry(9, size))),
                "position 3: the entry's event id is missing",
            ),
        ];
        for (by, said) in others {
            let refused = step(3, by).unwrap_err();
            assert!(matches!(&refused, EngineError::Corrupt { what, .. } if what == said), "{refused}");
        }
    }
}

/// What a damaged ledger's opening says; that it is refused is the point.
fn said_of_damaged(dir: &Path) -> String {
    match SledEngine::open(dir) {
        Err(OpenError::Damaged { what, repair }) => {
            assert!(repair.contains("published log"), "{repair}");
            what
        }
        other => panic!("opened or refused otherwise: {other:?}"),
    }
}

#[tokio::test]
async fn a_file_that_is_missing_or_garbage_is_damage_and_is_named() {
    for (name, garbage, said) in [
        ("store/db", None, "store/db is missing"),
        ("store/conf", None, "store/conf is missing"),
        ("high-water", None, "high-water is missing"),
        ("store/conf", Some(&b"segment_size: x"[..]), "sled does not open its files"),
        ("store/snap", Some(b"garbage"), "sled does not open its files"),
        ("store/db", Some(b"garbage"), ""),
        ("store/db", Some(b""), ""),
        ("high-water", Some(b"garbage"), "high-water is not readable"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let dir = ledger(dir.path(), 20).await;
        drop(SledEngine::open(&dir).unwrap());
        let path = match name {
            "store/snap" => snapshot_of(&dir),
            name => dir.join(name),
        };
        match garbage {
            Some(garbage) => fs::write(&path, garbage).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let what = said_of_damaged(&dir);
        assert!(what.contains(said), "{name}: {what}");
    }
}

/// sled's newest snapshot of its page table.
fn snapshot_of(dir: &Path) -> PathBuf {
    let store = dir.join("store");
    let name = names(&store).into_iter().rfind(|name| name.starts_with("snap.")).unwrap();
    store.join(name)
}

#[tokio::test]
async fn a_file_in_blobs_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 20).await;
    fs::write(dir.join("store/blobs/1"), "x").unwrap();
    assert!(said_of_damaged(&dir).contains("store/blobs"));
}

#[tokio::test]
async fn the_store_of_an_older_copy_is_refused_by_the_mark_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 20).await;
    let older = dir.with_file_name("older");
    copy(&dir, &older);
    grow(&SledEngine::open(&dir).unwrap(), 25, 5, 600).await;

    fs::remove_dir_all(dir.join("store")).unwrap();
    copy(&older.join("store"), &dir.join("store"));
    let what = said_of_damaged(&dir);
    assert!(what.contains("ends after 20 entries, and 25 were acknowledged: position 20"), "{what}");
}

#[tokio::test]
async fn the_store_of_another_ledger_is_refused_by_the_mark_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let dir = ledger(dir.path(), 20).await;
    let other = dir.with_file_name("other");
    let engine = SledEngine::create(&other).unwrap();
    grow(&engine, 20, 5, 700).await;
    drop(engine);

    fs::remove_dir_all(dir.join("store")).unwrap();
    copy(&other.join("store"), &dir.join("store"));
    assert!(said_of_damaged(&dir).contains("position 19: the entry has the hash"));
}
