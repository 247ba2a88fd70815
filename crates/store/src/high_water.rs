//! The high-water mark: how far the log had come when something was last acknowledged, kept outside the
//! database, so that a store that has lost its end is noticed (sled opens one without a word).
//!
//! Two slots of 4,096 bytes, written in turn and in place: a write that a crash tears leaves the other one.
//! Each is text that a person can read, then line feeds:
//!
//! ```text
//! minutebook.high-water/v1
//! size 00000000000000000017
//! hash 5d1f...                 the BLAKE3 hash of the last entry, 64 hex digits
//! check 0a9c...                the BLAKE3 hash of the lines before
//! ```

use crate::OpenError;
use minutebook_log::{Hash, Head};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The bytes of a slot: a page, so that no write touches both.
const SLOT_BYTES: usize = 4096;

/// The open file, and which slot holds the newest mark.
#[derive(Debug)]
pub(crate) struct HighWater {
    file: File,
    head: Head,
    newest: u64,
}

impl HighWater {
    /// Makes the file, at its full length from the start: what follows overwrites in place, so that its sync
    /// has no file length to bring along.
    pub(crate) fn create(path: &Path) -> Result<Self, OpenError> {
        let make = || {
            let file = File::create_new(path)?;
            file.write_all_at(&encode(Head::EMPTY), 0)?;
            file.write_all_at(&encode(Head::EMPTY), SLOT_BYTES as u64)?;
            file.sync_all()?;
            Ok(Self { file, head: Head::EMPTY, newest: 0 })
        };
        make().map_err(OpenError::files("writing", path))
    }

    /// Reads the newest mark that is whole.
    ///
    /// # Errors
    /// [`OpenError::Damaged`] if neither slot is whole, which no crash does.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return OpenError::damaged(format!("the file {} is missing", path.display()));
            }
            OpenError::files("opening", path)(error)
        })?;
        let slots = [0, 1].map(|slot| read_slot(&file, slot).map(|head| (head.size, slot, head)));
        match slots.into_iter().flatten().max_by_key(|(size, slot, _head)| (*size, *slot)) {
            Some((_size, newest, head)) => Ok(Self { file, head, newest }),
            None => Err(OpenError::damaged(format!("the file {} is not readable", path.display()))),
        }
    }

    /// The newest mark.
    pub(crate) fn head(&self) -> Head {
        self.head
    }

    /// Writes `head` over the older of the two marks. Every process sees it from here on; a power cut may
    /// take it until [`HighWater::sync`].
    pub(crate) fn write(&mut self, head: Head) -> io::Result<()> {
        let slot = 1 - self.newest;
        self.file.write_all_at(&encode(head), slot * SLOT_BYTES as u64)?;
        (self.head, self.newest) = (head, slot);
        Ok(())
    }

    /// Makes the mark durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

fn read_slot(file: &File, slot: u64) -> Option<Head> {
    let mut bytes = vec![0; SLOT_BYTES];
    file.read_exact_at(&mut bytes, slot * SLOT_BYTES as u64).ok()?;
    parse(&bytes)
}

fn encode(head: Head) -> Vec<u8> {
    let lines = format!("minutebook.high-water/v1\nsize {:020}\nhash {}\n", head.size, head.hash);
    let mut bytes = format!("{lines}check {}\n", Hash::of(lines.as_bytes())).into_bytes();
    bytes.resize(SLOT_BYTES, b'\n');
    bytes
}

/// Only what [`encode`] writes is accepted.
fn parse(bytes: &[u8]) -> Option<Head> {
    let mut lines = std::str::from_utf8(bytes).ok()?.split('\n').skip(1);
    let size = lines.next()?.strip_prefix("size ")?.parse().ok()?;
    let hash = lines.next()?.strip_prefix("hash ")?.parse().ok()?;
    Some(Head { size, hash }).filter(|head| encode(*head) == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(size: u64) -> Head {
        Head { size, hash: Hash::of(&size.to_be_bytes()) }
    }

    #[test]
    fn the_newest_whole_mark_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut mark = HighWater::create(&path).unwrap();
        for size in 1..=5 {
            mark.write(head(size)).unwrap();
            mark.sync().unwrap();
            assert_eq!(HighWater::open(&path).unwrap().head(), head(size));
        }
    }

    #[test]
    fn every_byte_of_a_torn_mark_gives_the_one_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let mut mark = HighWater::create(&path).unwrap();
        mark.write(head(1)).unwrap();
        mark.write(head(2)).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for at in 0..SLOT_BYTES {
            let mut torn = whole.clone();
            torn[at] ^= 0x01;
            std::fs::write(&path, torn).unwrap();
            assert_eq!(HighWater::open(&path).unwrap().head(), head(1), "byte {at}");
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
