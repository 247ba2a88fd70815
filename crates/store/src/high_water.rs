//! The high-water mark: how far the log had come when something was last acknowledged, kept outside the
//! database, so that a store that has lost its end is noticed (sled opens one without a word). Beside it stands
//! a note from whoever keeps the log: there the newest checkpoint is kept.
//!
//! Three slots of 4,096 bytes, written in place: one holds the newest mark that is durable, one may be on its way to
//! the disk, and the third takes the next. So a write never waits for a sync, and one that a crash tears leaves
//! a whole mark. Each is text that a person can read, then line feeds:
//!
//! ```text
//! minutebook.high-water/v3
//! turn 00000000000000000042    which mark it is: the newest has the highest
//! size 00000000000000000017
//! hash 5d1f...                 the BLAKE3 hash of the last entry, 64 hex digits
//! note 00213                   how many bytes the note has
//! check 0a9c...                the BLAKE3 hash of the lines before and of the note
//! minutebook.example/trial     the note, as it was handed over
//! ...
//! ```
//!
//! Version 2, of ledgers in the format before, had two slots and no turns. It is read for `repair`.

use crate::OpenError;
use crate::batch::MARK_NOTE_BYTES_MAX;
use minutebook_log::{Hash, Head};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

/// The bytes of a slot: a page, so that no write touches both.
const SLOT_BYTES: usize = 4096;

/// How many slots there are.
const SLOTS: u64 = 3;

/// The lines before a note, all of fixed length: six names, a turn, a size, two hashes, the note's length.
const LINES_BYTES: usize =
    "minutebook.high-water/v3\nturn \nsize \nhash \nnote \ncheck \n".len() + 20 + 20 + 64 + 5 + 64;

/// A turn's line, which version 2 does not have.
const TURN_BYTES: usize = "turn \n".len() + 20;

/// A note always fits into its slot.
const _: () = assert!(LINES_BYTES + MARK_NOTE_BYTES_MAX <= SLOT_BYTES);

/// How far the log had come, and what its keeper said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where the log ended when it was last acknowledged.
    pub head: Head,
    /// The note; it may speak of an earlier head. Empty if none was kept.
    pub note: Vec<u8>,
}

impl Mark {
    const EMPTY: Self = Self { head: Head::EMPTY, note: Vec::new() };
}

/// The open file, and what its slots hold.
#[derive(Debug)]
pub(crate) struct HighWater {
    file: Arc<File>,
    mark: Mark,
    turn: u64,
    /// The slot of the newest mark.
    newest: u64,
    /// The slot of the newest mark that is durable. It is not written.
    durable: u64,
    /// The slot that is being made durable. It is not written either.
    syncing: Option<u64>,
}

impl HighWater {
    /// Makes the file, at its full length from the start: what follows overwrites in place, so that its sync
    /// has no file length to bring along.
    pub(crate) fn create(path: &Path) -> Result<Self, OpenError> {
        let make = || {
            let file = File::create_new(path)?;
            let empty = encode(Some(0), &Mark::EMPTY);
            (0..SLOTS).try_for_each(|slot| file.write_all_at(&empty, slot * SLOT_BYTES as u64))?;
            file.sync_all()?;
            Ok(Self::of(file, (0, 0, Mark::EMPTY)))
        };
        make().map_err(OpenError::files("writing", path))
    }

    /// Reads the newest mark that is whole, and makes it durable.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] if no slot is whole, which no crash does.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(not_opened(path))?;
        let newest = newest(&file, path)?;
        // After a kill the operating system may hold a mark that the disk does not have.
        file.sync_data().map_err(OpenError::files("syncing", path))?;
        Ok(Self::of(file, newest))
    }

    fn of(file: File, (slot, turn, mark): (u64, u64, Mark)) -> Self {
        Self { file: Arc::new(file), mark, turn, newest: slot, durable: slot, syncing: None }
    }

    /// The newest mark.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Writes `head` as the newest mark, with `note`, or with the note before if that is empty. Every process
    /// sees it from here on; a power cut may take it, and leave one before it, until it was synced.
    pub(crate) fn write(&mut self, head: Head, note: &[u8]) -> io::Result<()> {
        let note = if note.is_empty() { self.mark.note.clone() } else { note.to_owned() };
        let (mark, turn) = (Mark { head, note }, self.turn + 1);
        let is_free = |slot: &u64| *slot != self.durable && Some(*slot) != self.syncing;
        // Of three slots one is always free.
        let slot = (0..SLOTS).find(is_free).ok_or(io::ErrorKind::ResourceBusy)?;
        self.file.write_all_at(&encode(Some(turn), &mark), slot * SLOT_BYTES as u64)?;
        (self.mark, self.turn, self.newest) = (mark, turn, slot);
        Ok(())
    }

    /// Whether the newest mark is durable.
    pub(crate) fn is_durable(&self) -> bool {
        self.newest == self.durable
    }

    /// Begins to make the newest mark durable: the file is to be synced, and [`HighWater::end_sync`] called
    /// after that. Nothing if it is durable, or another sync has not ended.
    pub(crate) fn begin_sync(&mut self) -> Option<Arc<File>> {
        if self.is_durable() || self.syncing.is_some() {
            return None;
        }
        self.syncing = Some(self.newest);
        Some(Arc::clone(&self.file))
    }

    /// The sync that was begun has ended well.
    pub(crate) fn end_sync(&mut self) {
        self.durable = self.syncing.take().unwrap_or(self.durable);
    }

    /// Makes the newest mark durable, and waits for it.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if let Some(file) = self.begin_sync() {
            file.sync_data()?;
            self.end_sync();
        }
        Ok(())
    }
}

/// Reads the newest whole mark of a file, and touches nothing.
///
/// # Errors
/// [`OpenError::Damaged`] if the file is missing or no slot is whole.
pub(crate) fn read_mark(path: &Path) -> Result<Mark, OpenError> {
    let file = File::open(path).map_err(not_opened(path))?;
    newest(&file, path).map(|(_slot, _turn, mark)| mark)
}

fn not_opened(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |error| {
        if error.kind() == io::ErrorKind::NotFound {
            return OpenError::damaged(format!("the file {} is missing", path.display()));
        }
        OpenError::files("opening", &path)(error)
    }
}

/// The slot of the newest mark, its turn, and the mark.
fn newest(file: &File, path: &Path) -> Result<(u64, u64, Mark), OpenError> {
    let mut found = Vec::new();
    for slot in 0..SLOTS {
        let bytes = read_slot(file, slot).map_err(OpenError::files("reading", path))?;
        found.extend(parse(&bytes).map(|(turn, mark)| (slot, turn, mark)));
    }
    let newest = found.into_iter().max_by_key(|(slot, turn, mark)| (*turn, mark.head.size, *slot));
    newest.ok_or_else(|| OpenError::damaged(format!("the file {} is not readable", path.display())))
}

/// A slot's bytes, or those of it that there are.
fn read_slot(file: &File, slot: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; SLOT_BYTES];
    match file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Vec::new()),
        read => read.map(|()| bytes),
    }
}

/// A slot, in version 3 if there is a turn, else in version 2.
fn encode(turn: Option<u64>, mark: &Mark) -> Vec<u8> {
    let (Head { size, hash }, note) = (mark.head, &mark.note);
    let start = match turn {
        Some(turn) => format!("minutebook.high-water/v3\nturn {turn:020}\n"),
        None => "minutebook.high-water/v2\n".to_owned(),
    };
    let lines = format!("{start}size {size:020}\nhash {hash}\nnote {:05}\n", note.len());
    let check = Hash::of(&[lines.as_bytes(), note].concat());
    let mut bytes = format!("{lines}check {check}\n").into_bytes();
    bytes.extend_from_slice(note);
    bytes.resize(SLOT_BYTES, b'\n');
    bytes
}

/// Only what [`encode`] writes is accepted. A mark of version 2 has the turn 0.
fn parse(bytes: &[u8]) -> Option<(u64, Mark)> {
    let has_turn = bytes.starts_with(b"minutebook.high-water/v3\n");
    let (lines, rest) = bytes.split_at_checked(LINES_BYTES - if has_turn { 0 } else { TURN_BYTES })?;
    let mut lines = std::str::from_utf8(lines).ok()?.split('\n').skip(1);
    let turn = match has_turn {
        true => Some(lines.next()?.strip_prefix("turn ")?.parse().ok()?),
        false => None,
    };
    let size = lines.next()?.strip_prefix("size ")?.parse().ok()?;
    let hash = lines.next()?.strip_prefix("hash ")?.parse().ok()?;
    let length: usize = lines.next()?.strip_prefix("note ")?.parse().ok()?;
    let note = rest.get(..length)?.to_owned();
    let mark = Mark { head: Head { size, hash }, note };
    (encode(turn, &mark) == bytes).then_some((turn.unwrap_or(0), mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(size: u64) -> Head {
        Head { size, hash: Hash::of(&size.to_be_bytes()) }
    }

    fn mark(size: u64) -> Mark {
        Mark { head: head(size), note: note(size) }
    }

    fn note(size: u64) -> Vec<u8> {
        format!("a note on {size}\n\n").into_bytes()
    }

    /// What is read if all bytes of the slot `lost` are gone.
    fn read_without(path: &Path, lost: u64) -> Mark {
        let whole = std::fs::read(path).unwrap();
        let mut torn = whole.clone();
        let at = lost as usize * SLOT_BYTES;
        torn[at..at + SLOT_BYTES].fill(0);
        std::fs::write(path, torn).unwrap();
        let mark = read_mark(path).unwrap();
        std::fs::write(path, whole).unwrap();
        mark
    }

    #[test]
    fn the_newest_whole_mark_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut file = HighWater::create(&path).unwrap();
        for size in 1..=7 {
            file.write(head(size), &note(size)).unwrap();
            if size % 2 == 0 {
                file.sync().unwrap();
            }
            assert_eq!(HighWater::open(&path).unwrap().mark(), &mark(size));
            assert_eq!(read_mark(&path).unwrap(), mark(size));
        }
    }

    #[test]
    fn what_is_durable_or_on_its_way_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut file = HighWater::create(&path).unwrap();
        file.write(head(1), &note(1)).unwrap();
        file.sync().unwrap();
        assert!(file.is_durable() && file.begin_sync().is_none());
        let mut durable = 1;
        for size in [2, 5, 8, 11] {
            // A write that is torn leaves the mark that is durable, or one since then,
            file.write(head(size), &note(size)).unwrap();
            assert!(!file.is_durable());
            let left = read_without(&path, file.newest);
            assert!(left.head.size >= durable && left == mark(left.head.size), "{left:?} after {durable}");
            assert!(file.begin_sync().is_some() && file.begin_sync().is_none(), "one sync at a time");
            // and those beside a sync the one that is on its way.
            for beside in [size + 1, size + 2] {
                file.write(head(beside), &note(beside)).unwrap();
                assert_eq!(read_without(&path, file.newest), mark(size));
            }
            file.end_sync();
            assert!(!file.is_durable());
            durable = size;
        }
    }

    #[test]
    fn a_note_stays_until_there_is_another_and_the_longest_fits() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut file = HighWater::create(&path).unwrap();
        file.write(head(1), &note(1)).unwrap();
        file.write(head(2), b"").unwrap();
        assert_eq!(read_mark(&path).unwrap(), Mark { head: head(2), note: note(1) });
        let longest = vec![b'\n'; MARK_NOTE_BYTES_MAX];
        file.write(head(2), &longest).unwrap();
        assert_eq!(read_mark(&path).unwrap(), Mark { head: head(2), note: longest });
    }

    #[test]
    fn every_byte_of_a_torn_mark_gives_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut file = HighWater::create(&path).unwrap();
        file.write(head(1), &note(1)).unwrap();
        file.sync().unwrap();
        file.write(head(2), &note(2)).unwrap();
        let (whole, start) = (std::fs::read(&path).unwrap(), file.newest as usize * SLOT_BYTES);
        for at in start..start + SLOT_BYTES {
            let mut torn = whole.clone();
            torn[at] ^= 0x01;
            std::fs::write(&path, torn).unwrap();
            assert_eq!(read_mark(&path).unwrap(), mark(1), "byte {at}");
        }
    }

    #[test]
    fn marks_that_are_all_damaged_are_said_to_be_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        HighWater::create(&path).unwrap();
        std::fs::write(&path, vec![b'\n'; 3 * SLOT_BYTES]).unwrap();
        assert!(matches!(HighWater::open(&path), Err(OpenError::Damaged { .. })));
    }

    #[test]
    fn the_version_before_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let slots = [encode(None, &mark(8)), encode(None, &mark(7))].concat();
        assert!(slots.starts_with(b"minutebook.high-water/v2\nsize 00000000000000000008\n"));
        std::fs::write(&path, &slots).unwrap();
        assert_eq!(read_mark(&path).unwrap(), mark(8));
    }
}
