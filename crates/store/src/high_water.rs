//! The high-water mark: how far the log had come when something was last acknowledged, kept outside the
//! database, so that a store that has lost its end is noticed (sled opens one without a word). Beside it stands
//! a note from whoever keeps the log: there the newest checkpoint is kept.
//!
//! Two slots of 4,096 bytes, written in turn and in place: a write that a crash tears leaves the other one.
//! Each is text that a person can read, then line feeds:
//!
//! ```text
//! minutebook.high-water/v2
//! size 00000000000000000017
//! hash 5d1f...                 the BLAKE3 hash of the last entry, 64 hex digits
//! note 00213                   how many bytes the note has
//! check 0a9c...                the BLAKE3 hash of the lines before and of the note
//! minutebook.example/trial     the note, as it was handed over
//! ...
//! ```

use crate::OpenError;
use crate::batch::MARK_NOTE_BYTES_MAX;
use minutebook_log::{Hash, Head};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The bytes of a slot: a page, so that no write touches both.
const SLOT_BYTES: usize = 4096;

/// The lines before a note, all of fixed length: five names, a size, two hashes, the note's length.
const LINES_BYTES: usize = "minutebook.high-water/v2\nsize \nhash \nnote \ncheck \n".len() + 20 + 64 + 5 + 64;

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

/// The open file, and which slot holds the newest mark.
#[derive(Debug)]
pub(crate) struct HighWater {
    file: File,
    mark: Mark,
    newest: u64,
}

impl HighWater {
    /// Makes the file, at its full length from the start: what follows overwrites in place, so that its sync
    /// has no file length to bring along.
    pub(crate) fn create(path: &Path) -> Result<Self, OpenError> {
        let make = || {
            let file = File::create_new(path)?;
            file.write_all_at(&encode(&Mark::EMPTY), 0)?;
            file.write_all_at(&encode(&Mark::EMPTY), SLOT_BYTES as u64)?;
            file.sync_all()?;
            Ok(Self { file, mark: Mark::EMPTY, newest: 0 })
        };
        make().map_err(OpenError::files("writing", path))
    }

    /// Reads the newest mark that is whole.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] if neither slot is whole, which no crash does.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(not_opened(path))?;
        let (newest, mark) = newest(&file, path)?;
        Ok(Self { file, mark, newest })
    }

    /// The newest mark.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Writes `head` over the older of the two marks, with `note`, or with the note before if that is empty.
    /// Every process sees it from here on; a power cut may take it until [`HighWater::sync`].
    pub(crate) fn write(&mut self, head: Head, note: &[u8]) -> io::Result<()> {
        let note = if note.is_empty() { self.mark.note.clone() } else { note.to_owned() };
        let (slot, mark) = (1 - self.newest, Mark { head, note });
        self.file.write_all_at(&encode(&mark), slot * SLOT_BYTES as u64)?;
        (self.mark, self.newest) = (mark, slot);
        Ok(())
    }

    /// Puts another note beside the same head, durably, in one slot after the other: of two marks with one
    /// size nobody could tell the newer. A crash in between leaves the one note or the other.
    pub(crate) fn write_note(&mut self, note: &[u8]) -> io::Result<()> {
        for _slot in 0..2 {
            self.write(self.mark.head, note)?;
            self.sync()?;
        }
        Ok(())
    }

    /// Makes the mark durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// Reads the newest whole mark of a file, and touches nothing.
///
/// # Errors
/// [`OpenError::Damaged`] if the file is missing or neither slot is whole.
pub(crate) fn read_mark(path: &Path) -> Result<Mark, OpenError> {
    let file = File::open(path).map_err(not_opened(path))?;
    newest(&file, path).map(|(_slot, mark)| mark)
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

fn newest(file: &File, path: &Path) -> Result<(u64, Mark), OpenError> {
    let slots = [0, 1].map(|slot| read_slot(file, slot).map(|mark| (slot, mark)));
    let newest = slots.into_iter().flatten().max_by_key(|(slot, mark)| (mark.head.size, *slot));
    newest.ok_or_else(|| OpenError::damaged(format!("the file {} is not readable", path.display())))
}

fn read_slot(file: &File, slot: u64) -> Option<Mark> {
    let mut bytes = vec![0; SLOT_BYTES];
    file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64).ok()?;
    parse(&bytes)
}

fn encode(mark: &Mark) -> Vec<u8> {
    let (Head { size, hash }, note) = (mark.head, &mark.note);
    let lines = format!("minutebook.high-water/v2\nsize {size:020}\nhash {hash}\nnote {:05}\n", note.len());
    let check = Hash::of(&[lines.as_bytes(), note].concat());
    let mut bytes = format!("{lines}check {check}\n").into_bytes();
    bytes.extend_from_slice(note);
    bytes.resize(SLOT_BYTES, b'\n');
    bytes
}

/// Only what [`encode`] writes is accepted.
fn parse(bytes: &[u8]) -> Option<Mark> {
    let (lines, rest) = bytes.split_at_checked(LINES_BYTES)?;
    let mut lines = std::str::from_utf8(lines).ok()?.split('\n').skip(1);
    let size = lines.next()?.strip_prefix("size ")?.parse().ok()?;
    let hash = lines.next()?.strip_prefix("hash ")?.parse().ok()?;
    let length: usize = lines.next()?.strip_prefix("note ")?.parse().ok()?;
    let note = rest.get(..length)?.to_owned();
    Some(Mark { head: Head { size, hash }, note }).filter(|mark| encode(mark) == bytes)
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

    #[test]
    fn the_newest_whole_mark_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut file = HighWater::create(&path).unwrap();
        for size in 1..=5 {
            file.write(head(size), &note(size)).unwrap();
            file.sync().unwrap();
            assert_eq!(HighWater::open(&path).unwrap().mark(), &mark(size));
            assert_eq!(read_mark(&path).unwrap(), mark(size));
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
        file.write_note(&longest).unwrap();
        assert_eq!(read_mark(&path).unwrap(), Mark { head: head(2), note: longest.clone() });
        // Whichever slot is lost, the other has the newest note.
        let whole = std::fs::read(&path).unwrap();
        for slot in [0, SLOT_BYTES] {
            let mut torn = whole.clone();
            torn[slot] ^= 0x01;
            std::fs::write(&path, torn).unwrap();
            assert_eq!(read_mark(&path).unwrap().note, longest);
        }
    }

    #[test]
    fn every_byte_of_a_torn_mark_gives_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut file = HighWater::create(&path).unwrap();
        file.write(head(1), &note(1)).unwrap();
        file.write(head(2), &note(2)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for at in 0..SLOT_BYTES {
            let mut torn = whole.clone();
            torn[at] ^= 0x01;
            std::fs::write(&path, torn).unwrap();
            assert_eq!(HighWater::open(&path).unwrap().mark(), &mark(1), "byte {at}");
        }
    }

    #[test]
    fn two_damaged_marks_are_said_to_be_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        HighWater::create(&path).unwrap();
        std::fs::write(&path, vec![b'\n'; 2 * SLOT_BYTES]).unwrap();
        assert!(matches!(HighWater::open(&path), Err(OpenError::Damaged { .. })));
    }
}
