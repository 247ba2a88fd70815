//! The one file that names sled, 0.34.7. What binds it was measured on Linux:
//!
//! - `flush` ends in `sync_file_range`, which does not reach through the disk's cache nor to the file's
//!   length: what is flushed is durable only after `sync_data`, on a handle of our own, opened at start and
//!   kept, since an error of writing back is told once to each handle.
//! - A value above 8 KiB goes into a file of its own in `blobs/`, which is never synced, unless a segment is
//!   large enough: 8 MiB, fixed at creation. A file in `blobs/` is a fatal error.
//! - Opening drops, without a word, what follows a damaged byte: to the end of the log or of the segment. So
//!   everything is checked against the head, and the head against the high-water mark.

use crate::open_error::REPAIR;
use crate::{Batch, EngineError, InvalidBatch, NewEntry, OpenError, ReadLimits, Stored, folder, keys};
use minutebook_log::{EventId, Hash, Head, Position, Subject};
use std::fs::{self, File, TryLockError};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The bytes of a segment, sled's unit of writing and of reuse: 8 MiB.
const SEGMENT_BYTES: usize = 8 * 1024 * 1024;

/// The bytes of pages that sled keeps in memory: 64 MiB, where its own default is 1 GiB.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// The tree and our own handle of its file. They are dropped in this order.
#[derive(Debug)]
pub(crate) struct Database {
    tree: sled::Db,
    file: DatabaseFile,
    blobs: PathBuf,
}

/// Our own handle of sled's file. Dropping it waits until sled has let go of its own: threads of sled's pool
/// keep it a little longer than the tree, and until then nobody can open the ledger again.
#[derive(Debug)]
struct DatabaseFile(File);

/// What failed in a step of writing.
pub(crate) type WriteError = String;

impl Database {
    /// Makes an empty database in the new folder `dir`, durable with every name in it.
    pub(crate) fn create(dir: &Path) -> Result<Self, OpenError> {
        fs::create_dir(dir).map_err(OpenError::files("creating the folder", dir))?;
        let database = Self::start(dir)?;
        let flushed = database.flush().map_err(|why| std::io::Error::other(why.clone()));
        flushed.map_err(OpenError::files("writing", dir))?;
        folder::sync_tree(dir)?;
        Ok(database)
    }

    /// Opens the database in `dir` and makes durable whatever it finds there: after a kill the operating
    /// system may hold bytes that the disk does not have yet.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        // sled would make a missing file anew, and the log would be empty.
        for name in ["conf", "db"] {
            if !dir.join(name).is_file() {
                return Err(OpenError::damaged(format!("the file {} is missing", dir.join(name).display())));
            }
        }
        let database = Self::start(dir)?;
        folder::sync_tree(dir)?;
        database.check_blobs().map_err(OpenError::damaged)?;
        Ok(database)
    }

    fn start(dir: &Path) -> Result<Self, OpenError> {
        let config = sled::Config::new()
            .path(dir)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(None);
        let unreadable = |why: String| {
            OpenError::damaged(format!(
                "sled does not open its files (snap.*, conf, db) in {}: {why}",
                dir.display()
            ))
        };
        // Some damage makes sled panic where other damage makes it return an error.
        let tree = panic::catch_unwind(AssertUnwindSafe(|| config.open()))
            .map_err(|_panicked| unreadable("it panicked".to_owned()))?
            .map_err(|error| unreadable(error.to_string()))?;
        let path = dir.join("db");
        let file = File::options().read(true).write(true).open(&path);
        let file = DatabaseFile(file.map_err(OpenError::files("opening", &path))?);
        Ok(Self { tree, file, blobs: dir.join("blobs") })
    }

    /// Where the log ends, by the record that every commit writes.
    pub(crate) fn head(&self) -> Result<Head, EngineError> {
        match self.value(keys::HEAD, "the head")? {
            Some(value) => keys::parse_head(&value).ok_or_else(|| corrupt("the head is not readable")),
            None => Ok(Head::EMPTY),
        }
    }

    /// The entry at `position`.
    pub(crate) fn entry(&self, position: Position) -> Result<Stored, EngineError> {
        match self.value(&keys::entry(position), &format!("the entry at position {position}"))? {
            Some(value) => parse_stored(position, &value),
            None => Err(missing(position)),
        }
    }

    /// The entries from `from` on that are before `end` and within the limits.
    pub(crate) fn entries(
        &self,
        from: Position,
        end: Position,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        let (mut taken, mut bytes, mut expected) = (Vec::new(), 0, from);
        let mut found = self.tree.range(keys::entry(from)..keys::entry(end));
        while expected < end && taken.len() < limits.entries {
            let (key, value) =
                found.next().ok_or_else(|| missing(expected))?.map_err(|e| unread(expected, e))?;
            if keys::parse_number(&key) != Some(expected.0) {
                return Err(missing(expected));
            }
            let stored = parse_stored(expected, &value)?;
            if !limits.admit(taken.len(), bytes, stored.bytes.len()) {
                break;
            }
            bytes += stored.bytes.len();
            taken.push(stored);
            expected = expected.next();
        }
        Ok(taken)
    }

    /// The entries about `subject` from `from_number` on that are before `end` and within the limits.
    pub(crate) fn stream(
        &self,
        subject: &Subject,
        from_number: u64,
        end: Position,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        let (mut taken, mut bytes, from_number) = (Vec::new(), 0, from_number.max(1));
        let numbers = keys::stream(subject, from_number)..=keys::stream(subject, u64::MAX);
        for (expected, found) in (from_number..=u64::MAX).zip(self.tree.range(numbers)) {
            let (key, value) =
                found.map_err(|error| corrupt(format!("the stream {subject} is not readable: {error}")))?;
            let position =
                keys::parse_position(&value).filter(|_| keys::parse_number(&key) == Some(expected));
            let position =
                position.ok_or_else(|| corrupt(format!("number {expected} of {subject} is missing")))?;
            if position >= end || taken.len() >= limits.entries {
                break;
            }
            let stored = self.entry(position)?;
            if !limits.admit(taken.len(), bytes, stored.bytes.len()) {
                break;
            }
            bytes += stored.bytes.len();
            taken.push(stored);
        }
        Ok(taken)
    }

    /// Where the event with this id stands.
    pub(crate) fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        let what = format!("the event id {id}");
        let unreadable = || corrupt(format!("{what} is not readable"));
        let value = self.value(&keys::id(id), &what)?;
        value.map(|value| keys::parse_position(&value).ok_or_else(unreadable)).transpose()
    }

    /// Whether no id and no stream number of the batch is stored already.
    pub(crate) fn check_new(&self, batch: &Batch) -> Result<(), EngineError> {
        for entry in &batch.entries {
            if let Some(first) = self.find(entry.id)? {
                return Err(InvalidBatch::id_stored(entry, first).into());
            }
            if let Some(first) = self.numbered(entry)? {
                return Err(InvalidBatch::number_stored(entry, first).into());
            }
        }
        Ok(())
    }

    fn numbered(&self, entry: &NewEntry) -> Result<Option<Position>, EngineError> {
        let what = format!("number {} of {}", entry.stream_number, entry.subject);
        let value = self.value(&keys::stream(&entry.subject, entry.stream_number), &what)?;
        Ok(value.and_then(|value| keys::parse_position(&value)))
    }

    fn value(&self, key: &[u8], what: &str) -> Result<Option<sled::IVec>, EngineError> {
        self.tree.get(key).map_err(|error| corrupt(format!("{what} is not readable: {error}")))
    }

    /// Writes a batch that follows on from `before`, with everything that it is found by, as one.
    pub(crate) fn write(&self, before: Head, batch: &Batch) -> Result<(), WriteError> {
        let mut writes = sled::Batch::default();
        for (position, entry) in (before.size..).map(Position).zip(&batch.entries) {
            let place = &keys::encode_position(position);
            writes.insert(keys::entry(position), keys::encode_entry(entry.hash, &entry.bytes));
            writes.insert(keys::id(entry.id), place);
            writes.insert(keys::stream(&entry.subject, entry.stream_number), place);
            if position == Position::FIRST {
                writes.insert(keys::LEDGER, entry.hash.as_bytes());
            }
        }
        writes.insert(keys::HEAD, keys::encode_head(batch.head_after(before)));
        self.tree.apply_batch(writes).map_err(|error| format!("sled did not take the batch: {error}"))
    }

    /// Hands what was written to the operating system.
    pub(crate) fn flush(&self) -> Result<(), WriteError> {
        self.tree.flush().map(|_bytes| ()).map_err(|error| format!("sled did not flush: {error}"))
    }

    /// Makes what was flushed durable.
    pub(crate) fn sync(&self) -> Result<(), WriteError> {
        self.file.0.sync_data().map_err(|error| format!("syncing sled's file db failed: {error}"))
    }

    /// Whether sled has kept everything in the file that [`Database::sync`] syncs.
    pub(crate) fn check_blobs(&self) -> Result<(), WriteError> {
        let unread = |error| format!("reading the folder {} failed: {error}", self.blobs.display());
        match fs::read_dir(&self.blobs).map_err(unread)?.next() {
            Some(_file) => {
                Err(format!("sled put a value into {}, where it is not durable", self.blobs.display()))
            }
            None => Ok(()),
        }
    }

    /// Reads everything once: whether the entries up to `head`, and none beyond, are there with the bytes
    /// that were committed, each found by an id and by a number, and the first is the one that names the ledger.
    pub(crate) fn check(&self, head: Head) -> Result<(), EngineError> {
        let mut last = Hash::ZERO;
        let mut found = self.tree.scan_prefix(keys::ENTRIES);
        for position in (0..head.size).map(Position) {
            let (key, value) =
                found.next().ok_or_else(|| missing(position))?.map_err(|e| unread(position, e))?;
            if key != keys::entry(position) {
                return Err(missing(position));
            }
            (last, _) = parse_entry(position, &value)?;
            if position == Position::FIRST {
                self.check_ledger(last)?;
            }
        }
        if found.next().is_some() || last != head.hash {
            return Err(corrupt(format!(
                "the log does not end with the head, {} entries and {}",
                head.size, head.hash
            )));
        }
        self.check_index(keys::IDS, "event id", head)?;
        self.check_index(keys::STREAMS, "stream number", head)
    }

    fn check_ledger(&self, first: Hash) -> Result<(), EngineError> {
        let named = self.value(keys::LEDGER, "the ledger's id")?.and_then(|value| keys::parse_hash(&value));
        if named == Some(first) {
            return Ok(());
        }
        let named = named.map_or("nothing".to_owned(), |hash| hash.to_string());
        Err(corrupt(format!("position 0: the entry has the hash {first}, and the ledger's id is {named}")))
    }

    fn check_index(&self, prefix: &[u8], what: &str, head: Head) -> Result<(), EngineError> {
        let mut indexed = vec![false; usize::try_from(head.size).unwrap_or(usize::MAX)];
        for found in self.tree.scan_prefix(prefix) {
            let (_key, value) =
                found.map_err(|error| corrupt(format!("an {what} is not readable: {error}")))?;
            let slot = keys::parse_position(&value)
                .and_then(|position| indexed.get_mut(usize::try_from(position.0).ok()?))
                .filter(|indexed| !**indexed);
            *slot.ok_or_else(|| corrupt(format!("a {what} leads to no entry of its own")))? = true;
        }
        match indexed.iter().position(|indexed| !indexed) {
            Some(position) => Err(corrupt(format!("position {position}: the entry's {what} is missing"))),
            None => Ok(()),
        }
    }
}

/// How long dropping waits for sled, in steps of a millisecond.
const LET_GO_MS_MAX: u32 = 5_000;

impl Drop for DatabaseFile {
    fn drop(&mut self) {
        for _ms in 0..LET_GO_MS_MAX {
            // sled holds the file locked as long as it has it open.
            if !matches!(self.0.try_lock(), Err(TryLockError::WouldBlock)) {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        tracing::warn!("sled has not let go of its file; the ledger can be opened again once it does");
    }
}

fn parse_stored(position: Position, value: &[u8]) -> Result<Stored, EngineError> {
    let (hash, bytes) = parse_entry(position, value)?;
    Ok(Stored { position, hash, bytes: bytes.to_vec() })
}

fn parse_entry(position: Position, value: &[u8]) -> Result<(Hash, &[u8]), EngineError> {
    let unreadable = || corrupt(format!("position {position}: the entry has no hash"));
    let (committed, bytes) = keys::parse_entry(value).ok_or_else(unreadable)?;
    let hash = Hash::of(bytes);
    if hash != committed {
        let what =
            format!("position {position}: the bytes have the hash {hash}, and {committed} was committed");
        return Err(corrupt(what));
    }
    Ok((hash, bytes))
}

fn missing(position: Position) -> EngineError {
    corrupt(format!("position {position}: the entry is missing"))
}

fn unread(position: Position, error: sled::Error) -> EngineError {
    corrupt(format!("position {position}: the entry is not readable: {error}"))
}

pub(crate) fn corrupt(what: impl Into<String>) -> EngineError {
    EngineError::Corrupt { what: what.into(), repair: REPAIR.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: ReadLimits = ReadLimits { entries: usize::MAX, bytes: usize::MAX };

    /// Three entries, written as they are given, and the head after them.
    fn database(dir: &Path, change: impl FnOnce(&mut Batch)) -> (Database, Head) {
        let entries = [1, 2, 3].map(|number: u8| NewEntry {
            bytes: vec![number; 600],
            hash: Hash::of(&[number; 600]),
            id: EventId::from_parts(1, &[number; 10]),
            subject: "ledger".parse().unwrap(),
            stream_number: number.into(),
        });
        let mut batch = Batch::of(entries.to_vec());
        let head = batch.head_after(Head::EMPTY);
        change(&mut batch);
        let database = Database::create(&dir.join("store")).unwrap();
        database.write(Head::EMPTY, &batch).unwrap();
        (database, head)
    }

    fn assert_corrupt<T: std::fmt::Debug>(outcome: Result<T, EngineError>, said: &str) {
        let error = outcome.unwrap_err();
        assert!(matches!(&error, EngineError::Corrupt { what, .. } if what.contains(said)), "{error}");
    }

    #[test]
    fn bytes_that_were_not_committed_are_never_read() {
        let dir = tempfile::tempdir().unwrap();
        let (database, head) = database(dir.path(), |batch| batch.entries[1].bytes[300] ^= 1);
        let said = "position 1: the bytes have the hash";
        assert_corrupt(database.entries(Position::FIRST, head.next(), ALL), said);
        assert_corrupt(database.stream(&"ledger".parse().unwrap(), 1, head.next(), ALL), said);
        assert_corrupt(database.check(head), said);
        assert_eq!(database.entries(Position(2), head.next(), ALL).unwrap().len(), 1, "the others are read");
    }

    #[test]
    fn what_is_lost_is_named_and_never_passed_over() {
        let id = EventId::from_parts(1, &[2; 10]);
        let ledger: Subject = "ledger".parse().unwrap();
        for (key, said) in [
            (keys::entry(Position(1)), "position 1: the entry is missing"),
            (keys::entry(Position(2)), "position 2: the entry is missing"),
            (keys::id(id), "position 1: the entry's event id is missing"),
            (keys::stream(&ledger, 2), "position 1: the entry's stream number is missing"),
            (keys::LEDGER.to_vec(), "the ledger's id is nothing"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let (database, head) = database(dir.path(), |_batch| ());
            database.check(head).unwrap();
            database.tree.remove(&key).unwrap();
            assert_corrupt(database.check(head), said);
            if key.starts_with(keys::ENTRIES) {
                assert_corrupt(database.entries(Position::FIRST, head.next(), ALL), said);
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_head_is_damage_too() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _head) = database(dir.path(), |_batch| ());
        let shorter = Head { size: 2, hash: Hash::of(&[2; 600]) };
        assert_corrupt(database.check(shorter), "the log does not end with the head, 2 entries");
    }
}
