//! What every engine does, said once and run against each of them at three sizes of entry.

use crate::common::{ALL, SIZES, SUBJECTS, batch, check_ledger, entry, grow, head, id, stored, subject};
use minutebook_log::{ENTRY_BYTES_MAX, Hash, Head, Position};
use minutebook_store::{
    BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Batch, Engine, EngineError, MARK_NOTE_BYTES_MAX, MemoryEngine,
    NewEntry, ReadLimits, SledEngine,
};
use std::sync::Arc;

/// How to come by an engine: an empty one, and the same one again after it was closed.
trait Fixture {
    type Engine: Engine;
    fn empty(&self) -> Self::Engine;
    fn reopen(&self, engine: Self::Engine) -> Self::Engine;
}

struct Memory;

impl Fixture for Memory {
    type Engine = MemoryEngine;

    fn empty(&self) -> MemoryEngine {
        MemoryEngine::new()
    }

    fn reopen(&self, engine: MemoryEngine) -> MemoryEngine {
        engine.clone()
    }
}

struct Sled(tempfile::TempDir);

impl Fixture for Sled {
    type Engine = SledEngine;

    fn empty(&self) -> SledEngine {
        SledEngine::create(&self.0.path().join("ledger")).unwrap()
    }

    fn reopen(&self, engine: SledEngine) -> SledEngine {
        drop(engine);
        SledEngine::open(&self.0.path().join("ledger")).unwrap()
    }
}

/// Runs each rule against both engines at all three sizes, in a runtime with two workers.
macro_rules! conformance {
    ($($rule:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                for size in super::SIZES {
                    super::$rule(&super::Memory, size).await;
                }
            })*
        }
        mod sled {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                for size in super::SIZES {
                    super::$rule(&super::Sled(tempfile::tempdir().unwrap()), size).await;
                }
            })*
        }
    };
}

conformance!(
    an_empty_log_has_the_empty_head_and_nothing_to_read,
    what_is_appended_is_read_back_and_is_there_after_reopening,
    a_commit_on_another_head_is_a_conflict_and_leaves_all_as_it_was,
    an_invalid_batch_is_refused_and_leaves_all_as_it_was,
    a_batch_is_all_or_nothing,
    the_largest_batches_are_taken,
    reads_stop_at_their_limits_and_go_on_from_there,
    streams_are_read_from_a_number_on,
    of_many_writers_at_one_head_one_wins,
    readers_beside_a_writer_see_a_prefix_that_grows,
    the_newest_note_is_kept_with_its_batch_and_there_after_reopening,
    reads_that_block_say_the_same,
    each_new_head_is_told_once_it_is_durable,
);

async fn reads_that_block_say_the_same(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    grow(&engine, 7, 3, size).await;
    tokio::task::block_in_place(|| {
        for position in 0..7 {
            assert!(engine.read(Position(position)).unwrap() == stored(position, size));
            assert_eq!(engine.find_now(id(position)).unwrap(), Some(Position(position)));
        }
        for position in [7, 8, u64::MAX].map(Position) {
            let beyond = EngineError::Beyond { position, head: head(7, size) };
            assert_eq!(engine.read(position), Err(beyond));
            assert_eq!(engine.read_range(position, ALL), Ok(Vec::new()));
        }
        assert_eq!(engine.find_now(id(7)), Ok(None));
        let limits = ReadLimits { entries: 2, bytes: usize::MAX };
        assert!(engine.read_range(Position(5), limits).unwrap() == [stored(5, size), stored(6, size)]);
        assert!(engine.read_range(Position(1), limits).unwrap() == [stored(1, size), stored(2, size)]);
    });
}

async fn each_new_head_is_told_once_it_is_durable(fixture: &impl Fixture, size: usize) {
    let engine = Arc::new(fixture.empty());
    let mut heads = engine.watch();
    assert_eq!(*heads.borrow_and_update(), Head::EMPTY);
    let writer = Arc::clone(&engine);
    let writing = tokio::spawn(async move { grow(&*writer, 12, 2, size).await });
    let mut told = Head::EMPTY;
    while told.size < 12 {
        heads.changed().await.unwrap();
        let next = *heads.borrow_and_update();
        assert!(next.size > told.size && next == head(next.size, size), "{next:?} after {told:?}");
        let last = Position(next.size - 1);
        assert!(engine.entries(last, ALL).await.unwrap().first() == Some(&stored(last.0, size)));
        told = next;
    }
    writing.await.unwrap();
    // What is refused tells nothing.
    assert!(engine.commit(Head::EMPTY, batch(0, 1, size)).await.is_err());
    assert!(!heads.has_changed().unwrap());
    assert_eq!(*engine.watch().borrow(), head(12, size), "who comes later is told where it ends");
    let engine = fixture.reopen(Arc::into_inner(engine).unwrap());
    assert_eq!(*engine.watch().borrow(), head(12, size));
}

async fn the_newest_note_is_kept_with_its_batch_and_there_after_reopening(
    fixture: &impl Fixture,
    size: usize,
) {
    let noted = |position, note: &[u8]| Batch { note: note.to_vec(), ..batch(position, 2, size) };
    let mut engine = fixture.empty();
    assert_eq!(engine.note().await.unwrap(), b"");
    engine.commit(head(0, size), noted(0, b"two\n")).await.unwrap();
    // One without a note leaves the one before, also where the store is opened anew.
    for (position, note, kept) in [(2, &b""[..], &b"two\n"[..]), (4, b"six\n\n", b"six\n\n")] {
        engine.commit(head(position, size), noted(position, note)).await.unwrap();
        assert_eq!(engine.note().await.unwrap(), kept);
        engine = fixture.reopen(engine);
        assert_eq!(engine.note().await.unwrap(), kept);
    }
    // A batch that is refused leaves no note.
    let refused = engine.commit(head(2, size), noted(2, b"four")).await;
    assert!(matches!(refused, Err(EngineError::Conflict { .. })), "{refused:?}");
    let too_long = vec![b'x'; MARK_NOTE_BYTES_MAX + 1];
    for refused in [
        engine.commit(head(6, size), noted(6, &too_long)).await.err(),
        engine.keep_note(too_long.clone()).await.err(),
    ] {
        assert!(matches!(&refused, Some(EngineError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(engine.note().await.unwrap(), b"six\n\n");
    engine.keep_note(b"anew".to_vec()).await.unwrap();
    engine = fixture.reopen(engine);
    assert_eq!(engine.note().await.unwrap(), b"anew");
    check_ledger(&engine, 6, size).await;
}

async fn an_empty_log_has_the_empty_head_and_nothing_to_read(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    check_ledger(&engine, 0, size).await;
    check_ledger(&fixture.reopen(engine), 0, size).await;
}

async fn what_is_appended_is_read_back_and_is_there_after_reopening(fixture: &impl Fixture, size: usize) {
    let mut engine = fixture.empty();
    for (length, each) in [(1, 1), (20, 1), (60, 7)] {
        grow(&engine, length, each, size).await;
        check_ledger(&engine, length, size).await;
        engine = fixture.reopen(engine);
        check_ledger(&engine, length, size).await;
    }
}

async fn a_commit_on_another_head_is_a_conflict_and_leaves_all_as_it_was(
    fixture: &impl Fixture,
    size: usize,
) {
    let engine = fixture.empty();
    grow(&engine, 3, 1, size).await;
    let found = head(3, size);
    for expected in [
        Head::EMPTY,
        head(2, size),
        head(4, size),
        Head { hash: Hash::ZERO, ..found },
        Head { size: 2, ..found },
    ] {
        let refused = engine.commit(expected, batch(3, 1, size)).await;
        assert_eq!(refused, Err(EngineError::Conflict { expected, found }));
    }
    check_ledger(&engine, 3, size).await;
    grow(&engine, 4, 1, size).await;
    check_ledger(&fixture.reopen(engine), 4, size).await;
}

async fn an_invalid_batch_is_refused_and_leaves_all_as_it_was(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    grow(&engine, 6, 6, size).await;
    let new = |change: fn(&mut NewEntry)| {
        let mut last = entry(8, size);
        change(&mut last);
        Batch::of(vec![entry(6, size), entry(7, size), last])
    };
    let mut too_long = new(|last| last.bytes = vec![b'x'; ENTRY_BYTES_MAX + 1]);
    too_long.entries[2].hash = Hash::of(&too_long.entries[2].bytes);
    for (batch, said) in [
        (Batch::default(), "0 entries"),
        (batch(6, BATCH_ENTRIES_MAX as u64 + 1, 20), "4097 entries"),
        (batch(6, 65, ENTRY_BYTES_MAX), "needed at most 4194304"),
        (too_long, "65536 bytes"),
        (new(|last| last.bytes[0] ^= 1), "entry 2 comes with the hash"),
        (new(|last| last.stream_number = 0), "stream number 0"),
        (new(|last| last.id = id(7)), "twice"),
        (new(|last| (last.subject, last.stream_number) = (subject(6), 3)), "number 3 of body/04K twice"),
        (new(|last| last.id = id(2)), "at position 2 already"),
        (new(|last| last.stream_number = 2), "number 2 of ledger stands at position 5 already"),
    ] {
        let refused = engine.commit(head(6, size), batch).await.unwrap_err();
        assert!(matches!(refused, EngineError::Invalid(_)), "{refused}");
        assert!(refused.to_string().contains(said), "{refused}");
        check_ledger(&engine, 6, size).await;
    }
    check_ledger(&fixture.reopen(engine), 6, size).await;
}

async fn a_batch_is_all_or_nothing(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    let after = engine.commit(Head::EMPTY, batch(0, 40, size)).await.unwrap();
    assert_eq!(after, head(40, size));
    check_ledger(&engine, 40, size).await;

    let mut bad = batch(40, 20, size);
    bad.entries[19].id = id(0);
    assert!(matches!(engine.commit(after, bad).await, Err(EngineError::Invalid(_))));
    check_ledger(&engine, 40, size).await;
    check_ledger(&fixture.reopen(engine), 40, size).await;
}

async fn the_largest_batches_are_taken(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    let count = (BATCH_BYTES_MAX / size).min(BATCH_ENTRIES_MAX) as u64;
    grow(&engine, 2 * count, count, size).await;
    check_ledger(&fixture.reopen(engine), 2 * count, size).await;
}

async fn reads_stop_at_their_limits_and_go_on_from_there(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    grow(&engine, 25, 5, size).await;
    let positions = async |from, entries, bytes| {
        let read = engine.entries(Position(from), ReadLimits { entries, bytes }).await.unwrap();
        read.iter().map(|found| found.position.0).collect::<Vec<_>>()
    };
    let none: [u64; 0] = [];
    assert_eq!(positions(0, 3, usize::MAX).await, [0, 1, 2]);
    assert_eq!(positions(20, 10, usize::MAX).await, [20, 21, 22, 23, 24]);
    assert_eq!(positions(4, 10, 2 * size).await, [4, 5]);
    assert_eq!(positions(4, 10, 3 * size - 1).await, [4, 5]);
    assert_eq!(positions(4, 10, 0).await, [4], "the first comes whatever its size");
    assert_eq!(positions(4, 0, usize::MAX).await, none);
    assert_eq!(positions(25, 10, usize::MAX).await, none);
    assert_eq!(positions(u64::MAX, 10, usize::MAX).await, none);

    let limits = ReadLimits { entries: 2, bytes: usize::MAX };
    let stream = engine.stream(&subject(1), 3, limits).await.unwrap();
    assert!(stream == [stored(7, size), stored(10, size)]);
    let stream = engine.stream(&subject(1), 3, ReadLimits { bytes: 0, ..ALL }).await.unwrap();
    assert!(stream == [stored(7, size)]);
}

async fn streams_are_read_from_a_number_on(fixture: &impl Fixture, size: usize) {
    let engine = fixture.empty();
    grow(&engine, 10, 3, size).await;
    let positions = async |subject, from_number| {
        let read = engine.stream(&subject, from_number, ALL).await.unwrap();
        read.iter().map(|found| found.position.0).collect::<Vec<_>>()
    };
    let none: [u64; 0] = [];
    assert_eq!(positions(subject(0), 1).await, [0, 3, 6, 9]);
    assert_eq!(positions(subject(0), 0).await, [0, 3, 6, 9], "numbers start at 1");
    assert_eq!(positions(subject(0), 3).await, [6, 9]);
    assert_eq!(positions(subject(1), 1).await, [1, 4, 7], "body/04 is not body/04K");
    assert_eq!(positions(subject(2), 4).await, none);
    assert_eq!(positions(subject(2), u64::MAX).await, none);
    assert_eq!(positions("body/0".parse().unwrap(), 1).await, none);
    assert_eq!(SUBJECTS, 3);
}

async fn of_many_writers_at_one_head_one_wins(fixture: &impl Fixture, size: usize) {
    let engine = Arc::new(fixture.empty());
    for round in 0..5 {
        let commits: Vec<_> = (0..4)
            .map(|_writer| {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move { engine.commit(head(round, size), batch(round, 1, size)).await })
            })
            .collect();
        let mut won = 0;
        for commit in commits {
            match commit.await.unwrap() {
                Ok(after) => won += u32::from(after == head(round + 1, size)),
                Err(error) => assert!(matches!(error, EngineError::Conflict { .. }), "{error}"),
            }
        }
        assert_eq!(won, 1);
    }
    check_ledger(&*engine, 5, size).await;
}

async fn readers_beside_a_writer_see_a_prefix_that_grows(fixture: &impl Fixture, size: usize) {
    const LENGTH: u64 = 90;
    let engine = Arc::new(fixture.empty());
    let readers: Vec<_> = (0..3)
        .map(|_reader| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move {
                let mut next = 0;
                while next < LENGTH {
                    let limits = ReadLimits { entries: 10, bytes: usize::MAX };
                    let read = engine.entries(Position(next), limits).await.unwrap();
                    for found in &read {
                        assert!(*found == stored(next, size), "position {next}");
                        assert_eq!(engine.find(id(next)).await.unwrap(), Some(Position(next)));
                        next += 1;
                    }
                    assert!(engine.head().await.unwrap().size >= next);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    grow(&*engine, LENGTH, 4, size).await;
    for reader in readers {
        reader.await.unwrap();
    }
    check_ledger(&*engine, LENGTH, size).await;
}
