//! The one file that names sled, 0.34.7. What binds it was measured on Linux:
//!
//! - `flush` ends in `sync_file_range`, which does not reach through the disk's cache nor to the file's
//!   length: what is flushed is durable only after `sync_data`, on a handle of our own, opened at start and
//!   kept, since an error of writing back is told once to each handle.
//! - A page that is larger than a quarter of a segment goes into a file of its own in `blobs/`, which is never
//!   synced. A leaf has up to 17 values, so an entry of more than 4 KiB is cut into chunks: 17 of these are 71 KiB,
//!   and a quarter of a segment is 128 KiB. A file in `blobs/` is a fatal error.
//! - Segments of 8 MiB, which would hold entries whole, cost memory as long as the database is open: after
//!   1,000,000 entries of 813 bytes, in batches of 256, 5.1 GB with segments of 8 MiB, 1.0 GB with 1 MiB, 150 MB
//!   and nearly flat with 512 KiB. Their size is fixed at creation.
//! - Opening drops, without a word, what follows a damaged byte: to the end of the log or of the segment. So the
//!   head is held against the high-water mark at opening, each entry against its hash whenever it is read, and
//!   everything, in time, by a scrub.
//! - A kill while it is opened leaves `snap.*.generating`, which the next opening takes for a snapshot.
//! - After a write or flush that failed it takes nothing more: its first error stays until it is opened anew, and closing
//!   it then writes nothing. It tells those who wait for a flush of the error where it was met at the end of a buffer that
//!   they sealed; where another thread was the last to leave that buffer (`logger.rs`, `exit_reservation`), it does not,
//!   and they wait for ever. So whoever commits has an end to that wait.

use crate::chunks::{self, CHUNK_BYTES};
use crate::open_error::REPAIR;
use crate::{Batch, EngineError, Files, FoundBy, InvalidBatch, OpenError, ReadLimits, Stored, folder, keys};
use minutebook_log::{EventId, Hash, Head, Position, Subject};
use std::any::Any;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::iter::Peekable;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The bytes of a segment, sled's unit of writing and of reuse: 512 KiB.
const SEGMENT_BYTES: usize = 512 * 1024;

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
    pub(crate) fn create(dir: &Path, files: &Files) -> Result<Self, OpenError> {
        files.make_folder(dir).map_err(OpenError::files("creating the folder", dir))?;
        let database = Self::start(dir)?;
        let flushed = database.flush().map_err(|why| std::io::Error::other(why.clone()));
        flushed.map_err(OpenError::files("writing", dir))?;
        folder::sync_tree(dir, files)?;
        Ok(database)
    }

    /// Opens the database in `dir` and makes durable whatever it finds there: after a kill the operating
    /// system may hold bytes that the disk does not have yet.
    pub(crate) fn open(dir: &Path, files: &Files) -> Result<Self, OpenError> {
        folder::check_files(dir)?;
        // A snapshot in the making: the one before it is whole, or sled reads its log from the start.
        folder::set_aside(dir, files, |name| name.starts_with("snap.") && name.ends_with(".generating"))?;
        let database = Self::start(dir)?;
        folder::sync_tree(dir, files)?;
        match database.has_blobs().map_err(OpenError::files("reading the folder", &database.blobs))? {
            true => Err(OpenError::damaged(database.blobs_found())),
            false => Ok(database),
        }
    }

    fn start(dir: &Path) -> Result<Self, OpenError> {
        let config = sled::Config::new()
            .path(dir)
            .segment_size(SEGMENT_BYTES)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(None);
        // Some damage makes sled panic where other damage makes it return an error.
        let tree = panic::catch_unwind(AssertUnwindSafe(|| config.open()))
            .map_err(|panicked| not_opened(dir, Failed::panicked(panicked.as_ref())))?
            .map_err(|error| not_opened(dir, Failed::from(error)))?;
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
        let found = self.tree.range(keys::entry(position)..=keys::chunk(position, u8::MAX));
        next_entry(&mut found.peekable(), position)
    }

    /// The entries from `from` on that are before `end` and within the limits.
    pub(crate) fn entries(
        &self,
        from: Position,
        end: Position,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        let (mut taken, mut bytes, mut expected) = (Vec::new(), 0, from);
        let mut found = self.tree.range(keys::entry(from)..keys::entry(end)).peekable();
        while expected < end && taken.len() < limits.entries {
            let stored = next_entry(&mut found, expected)?;
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
            let (key, value) = found.map_err(|error| unread(&format!("the stream {subject}"), error))?;
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
            if let Some(first) = self.numbered(&entry.subject, entry.stream_number)? {
                return Err(InvalidBatch::number_stored(entry, first).into());
            }
        }
        Ok(())
    }

    fn numbered(&self, subject: &Subject, number: u64) -> Result<Option<Position>, EngineError> {
        let value = self.value(&keys::stream(subject, number), &format!("number {number} of {subject}"))?;
        Ok(value.and_then(|value| keys::parse_position(&value)))
    }

    fn value(&self, key: &[u8], what: &str) -> Result<Option<sled::IVec>, EngineError> {
        self.tree.get(key).map_err(|error| unread(what, error))
    }

    /// Writes a batch that follows on from `before`, with everything that it is found by, as one.
    pub(crate) fn write(&self, before: Head, batch: &Batch) -> Result<(), WriteError> {
        let mut writes = sled::Batch::default();
        for (position, entry) in (before.size..).map(Position).zip(&batch.entries) {
            let place = &keys::encode_position(position);
            for (key, value) in chunks::encode(position, entry.hash, &entry.bytes) {
                writes.insert(key, value);
            }
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

    /// Whether sled has kept something elsewhere than in the file that [`Database::sync`] syncs.
    pub(crate) fn has_blobs(&self) -> std::io::Result<bool> {
        Ok(fs::read_dir(&self.blobs)?.next().transpose()?.is_some())
    }

    /// What that means.
    pub(crate) fn blobs_found(&self) -> WriteError {
        format!("sled put a value into {}, where it is not durable", self.blobs.display())
    }

    /// Whether the log begins with the entry that names the ledger and ends with the head: its last entry has
    /// the head's hash, and there is none beyond.
    pub(crate) fn check_ends(&self, head: Head) -> Result<(), EngineError> {
        let last = match head.size.checked_sub(1).map(Position) {
            Some(last) => {
                self.check_ledger(self.entry(Position::FIRST)?.hash)?;
                self.entry(last)?.hash
            }
            None => Hash::ZERO,
        };
        let beyond = self.tree.range(keys::entry(head.next())..keys::AFTER_ENTRIES.to_vec()).next();
        let beyond = beyond.transpose().map_err(|error| unread("what follows the log's end", error))?;
        if beyond.is_some() || last != head.hash {
            let Head { size, hash } = head;
            return Err(corrupt(format!("the log does not end with the head, {size} entries and {hash}")));
        }
        Ok(())
    }

    fn check_ledger(&self, first: Hash) -> Result<(), EngineError> {
        let named = self.value(keys::LEDGER, "the ledger's id")?.and_then(|value| keys::parse_hash(&value));
        if named == Some(first) {
            return Ok(());
        }
        let named = named.map_or("nothing".to_owned(), |hash| hash.to_string());
        Err(corrupt(format!("position 0: the entry has the hash {first}, and the ledger's id is {named}")))
    }

    /// Whether the id and the stream number of an entry lead to it.
    pub(crate) fn check_found(&self, position: Position, by: &FoundBy) -> Result<(), EngineError> {
        let id = self.find(by.id)?;
        let number = self.numbered(&by.subject, by.stream_number)?;
        for (what, found) in [("event id", id), ("stream number", number)] {
            match found {
                Some(found) if found == position => {}
                Some(other) => {
                    let what = format!("position {position}: the entry's {what} leads to position {other}");
                    return Err(corrupt(what));
                }
                None => return Err(corrupt(format!("position {position}: the entry's {what} is missing"))),
            }
        }
        Ok(())
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

/// The entry at `position`, of which the next key of `found` should be the first.
fn next_entry(found: &mut Peekable<sled::Iter>, position: Position) -> Result<Stored, EngineError> {
    let what = || format!("position {position}: the entry");
    let (key, value) = found.next().ok_or_else(|| missing(position))?.map_err(|e| unread(&what(), e))?;
    if key != keys::entry(position) {
        return Err(missing(position));
    }
    let no_hash = || corrupt(format!("position {position}: the entry has no hash"));
    let (committed, first) = chunks::parse_first(&value).ok_or_else(no_hash)?;
    let mut bytes = first.to_vec();
    for number in 1..=u8::MAX {
        // A chunk that is not full is the last, so that most entries are read with one step.
        if bytes.len() != usize::from(number) * CHUNK_BYTES {
            break;
        }
        let is_next = |next: &sled::Result<(sled::IVec, sled::IVec)>| {
            next.as_ref().map_or(true, |(key, _value)| key == &keys::chunk(position, number))
        };
        let Some(next) = found.next_if(is_next) else { break };
        let (_key, value) = next.map_err(|error| unread(&what(), error))?;
        let damaged = || corrupt(format!("position {position}: chunk {number} of the entry is damaged"));
        bytes.extend_from_slice(chunks::parse_chunk(&value).ok_or_else(damaged)?.bytes);
    }
    let hash = Hash::of(&bytes);
    if hash != committed {
        let what =
            format!("position {position}: the bytes have the hash {hash}, and {committed} was committed");
        return Err(corrupt(what));
    }
    Ok(Stored { position, hash, bytes })
}

fn missing(position: Position) -> EngineError {
    corrupt(format!("position {position}: the entry is missing"))
}

fn unread(what: &str, error: sled::Error) -> EngineError {
    match Failed::from(error) {
        Failed::System(why) => EngineError::Files { what: format!("reading {what}"), why },
        Failed::Damage(why) | Failed::InUse(why) => corrupt(format!("{what} is not readable: {why}")),
    }
}

/// What a failure of sled's says of the world.
enum Failed {
    /// Somebody else has its file.
    InUse(String),
    /// The operating system refused something, which is no sign of damage.
    System(String),
    /// What sled has read is not what it once wrote.
    Damage(String),
}

impl From<sled::Error> for Failed {
    fn from(error: sled::Error) -> Self {
        match &error {
            // A file that ends too early, or does not read as it should.
            sled::Error::Io(io) if matches!(io.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData) => {
                Self::Damage(error.to_string())
            }
            sled::Error::Io(io) if io.to_string().starts_with("could not acquire lock") => {
                Self::InUse(io.to_string())
            }
            sled::Error::Io(io) => Self::System(io.to_string()),
            sled::Error::Corruption { .. } => {
                Self::Damage("what it reads there is not what it once wrote".to_owned())
            }
            _ => Self::Damage(error.to_string()),
        }
    }
}

impl Failed {
    /// What a panic of sled's says: it unwraps some errors of the operating system.
    fn panicked(panicked: &(dyn Any + Send)) -> Self {
        let said = panicked.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panicked.downcast_ref().copied()).unwrap_or("no reason given");
        let of_system = said.contains("Os { code") || said.contains("os error");
        if of_system { Self::System(said.to_owned()) } else { Self::Damage(format!("it panicked: {said}")) }
    }
}

/// What a panic of sled's over a read means.
pub(crate) fn panicked(panicked: &(dyn Any + Send)) -> EngineError {
    match Failed::panicked(panicked) {
        Failed::System(why) => EngineError::Files { what: "reading the store".to_owned(), why },
        Failed::Damage(why) | Failed::InUse(why) => corrupt(format!("sled did not finish a read: {why}")),
    }
}

fn not_opened(dir: &Path, failed: Failed) -> OpenError {
    match failed {
        Failed::InUse(_why) => OpenError::InUse { dir: dir.parent().unwrap_or(dir).to_owned() },
        Failed::System(why) => OpenError::Files { what: "opening the store", path: dir.to_owned(), why },
        Failed::Damage(why) => OpenError::damaged(format!(
            "sled does not open its files (snap.*, conf, db) in {}: {why}",
            dir.display()
        )),
    }
}

pub(crate) fn corrupt(what: impl Into<String>) -> EngineError {
    EngineError::Corrupt { what: what.into(), repair: REPAIR.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::NewEntry;

    const ALL: ReadLimits = ReadLimits { entries: usize::MAX, bytes: usize::MAX };

    /// The bytes of an entry that lies in three chunks.
    const LONG: usize = 9000;

    fn entry(number: u8, length: usize) -> NewEntry {
        let bytes = vec![number; length];
        NewEntry {
            hash: Hash::of(&bytes),
            bytes,
            id: EventId::from_parts(1, &[number; 10]),
            subject: "ledger".parse().unwrap(),
            stream_number: number.into(),
        }
    }

    /// Three entries, written as they are given, and the head after them.
    fn database(dir: &Path, length: usize, change: impl FnOnce(&mut Batch)) -> (Database, Head) {
        let mut batch = Batch::of([1, 2, 3].map(|number| entry(number, length)).to_vec());
        let head = batch.head_after(Head::EMPTY);
        change(&mut batch);
        let database = Database::create(&dir.join("store"), &Files::default()).unwrap();
        database.write(Head::EMPTY, &batch).unwrap();
        (database, head)
    }

    fn assert_corrupt<T: std::fmt::Debug>(outcome: Result<T, EngineError>, said: &str) {
        let error = outcome.unwrap_err();
        assert!(matches!(&error, EngineError::Corrupt { what, .. } if what.contains(said)), "{error}");
    }

    #[test]
    fn bytes_that_were_not_committed_are_never_read() {
        for length in [600, LONG] {
            let dir = tempfile::tempdir().unwrap();
            let (database, head) = database(dir.path(), length, |batch| batch.entries[1].bytes[300] ^= 1);
            let said = "position 1: the bytes have the hash";
            assert_corrupt(database.entries(Position::FIRST, head.next(), ALL), said);
            assert_corrupt(database.stream(&"ledger".parse().unwrap(), 1, head.next(), ALL), said);
            assert_corrupt(database.entry(Position(1)), said);
            let rest = database.entries(Position(2), head.next(), ALL).unwrap();
            assert_eq!(rest.len(), 1, "the others are read");
            database.check_ends(head).unwrap();
        }
    }

    #[test]
    fn what_is_lost_is_named_and_never_passed_over() {
        let chunk = |number| keys::chunk(Position(1), number);
        for (length, key, said) in [
            (600, keys::entry(Position(1)), "position 1: the entry is missing"),
            (LONG, keys::entry(Position(1)), "position 1: the entry is missing"),
            (600, keys::entry(Position(2)), "position 2: the entry is missing"),
            (LONG, chunk(1), "position 1: the bytes have the hash"),
            (LONG, chunk(2), "position 1: the bytes have the hash"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let (database, head) = database(dir.path(), length, |_batch| ());
            assert_eq!(database.entries(Position::FIRST, head.next(), ALL).unwrap().len(), 3);
            database.tree.remove(&key).unwrap();
            assert_corrupt(database.entries(Position::FIRST, head.next(), ALL), said);
        }
    }

    #[test]
    fn a_chunk_that_does_not_hold_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _head) = database(dir.path(), LONG, |_batch| ());
        let key = keys::chunk(Position(1), 2);
        let mut value = database.tree.get(&key).unwrap().unwrap().to_vec();
        value[100] ^= 1;
        database.tree.insert(key, value).unwrap();
        assert_corrupt(database.entry(Position(1)), "position 1: chunk 2 of the entry is damaged");
    }

    #[test]
    fn an_entry_is_found_by_its_id_and_its_number() {
        let dir = tempfile::tempdir().unwrap();
        let (database, _head) = database(dir.path(), 600, |_batch| ());
        let by = FoundBy::from(&entry(2, 600));
        database.check_found(Position(1), &by).unwrap();
        assert_corrupt(
            database.check_found(Position(0), &by),
            "position 0: the entry's event id leads to position 1",
        );
        database.tree.remove(keys::stream(&by.subject, 2)).unwrap();
        let said = "position 1: the entry's stream number is missing";
        assert_corrupt(database.check_found(Position(1), &by), said);
        database.tree.remove(keys::id(by.id)).unwrap();
        assert_corrupt(database.check_found(Position(1), &by), "position 1: the entry's event id is missing");
    }

    #[test]
    fn the_ends_of_the_log_are_those_that_were_committed() {
        let dir = tempfile::tempdir().unwrap();
        let (database, head) = database(dir.path(), 600, |_batch| ());
        database.check_ends(head).unwrap();
        let shorter = Head { size: 2, hash: Hash::of(&[2; 600]) };
        assert_corrupt(database.check_ends(shorter), "the log does not end with the head, 2 entries");
        let other = Head { size: 3, hash: Hash::of(b"another") };
        assert_corrupt(database.check_ends(other), "the log does not end with the head, 3 entries");
        database.tree.remove(keys::LEDGER).unwrap();
        assert_corrupt(database.check_ends(head), "the ledger's id is nothing");
        database.tree.remove(keys::entry(Position(2))).unwrap();
        database.tree.insert(keys::LEDGER, Hash::of(&[1; 600]).as_bytes()).unwrap();
        assert_corrupt(database.check_ends(head), "position 2: the entry is missing");
    }

    #[test]
    fn what_the_system_refuses_is_not_damage() {
        let io = |kind: ErrorKind, said: &str| sled::Error::Io(std::io::Error::new(kind, said));
        let dir = Path::new("book/store");
        for kind in [ErrorKind::StorageFull, ErrorKind::ReadOnlyFilesystem, ErrorKind::Other] {
            let opening = not_opened(dir, io(kind, "so it said").into());
            assert!(matches!(&opening, OpenError::Files { why, .. } if why == "so it said"), "{opening}");
            let reading = unread("the head", io(kind, "so it said"));
            assert!(matches!(&reading, EngineError::Files { why, .. } if why == "so it said"), "{reading}");
            assert!(!format!("{opening} {reading}").contains("repair"), "{opening} {reading}");
        }
        let locked =
            io(ErrorKind::Other, "could not acquire lock on \"db\": Resource temporarily unavailable");
        assert_eq!(not_opened(dir, locked.into()), OpenError::InUse { dir: "book".into() });
        let unwrapped =
            r#"called `Result::unwrap()` on an `Err` value: Os { code: 24, message: "Too many open files" }"#;
        assert!(matches!(panicked(&unwrapped.to_owned()), EngineError::Files { .. }));
        assert!(matches!(panicked(&"index out of bounds"), EngineError::Corrupt { .. }));
        let short = not_opened(dir, io(ErrorKind::UnexpectedEof, "failed to fill whole buffer").into());
        assert!(matches!(short, OpenError::Damaged { .. }), "{short}");
    }
}
