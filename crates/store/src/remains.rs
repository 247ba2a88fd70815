//! Reading a ledger folder without touching it, damaged or not. Opening a damaged store is not reading: sled
//! takes a record that it can't make out for the end of its log, and writes over what follows.

use crate::chunks::{self, CHUNK_BYTES, CHUNK_MARK, HASH_BYTES};
use crate::folder::check_format;
use crate::high_water::{self, Mark};
use crate::{FileLock, OpenError};
use minutebook_log::{ENTRY_BYTES_MAX, Hash};
use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// Copies a ledger folder to `to`, a new folder, while nobody else has it open. Nothing is written to the ledger itself: it may lie
/// on a disk that can only be read.
/// The copy can be opened, and opening it costs no evidence. Needs as much room again as the store takes.
///
/// # Errors
/// [`OpenError`]: it is no ledger, somebody has it open, its mark is missing, or the operating system refuses.
pub fn copy_ledger(dir: &Path, to: &Path) -> Result<(), OpenError> {
    check_format(dir)?;
    let _held = hold(dir)?;
    high_water::read_mark(&dir.join("high-water"))?;
    fs::create_dir(to).map_err(OpenError::files("creating the folder", to))?;
    for name in ["FORMAT", "high-water"] {
        let path = dir.join(name);
        fs::copy(&path, to.join(name)).map_err(OpenError::files("copying", &path))?;
    }
    copy_tree(&dir.join("store"), &to.join("store"))
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), OpenError> {
    let copying = OpenError::files("copying", from);
    let copy = || {
        fs::create_dir(to)?;
        fs::read_dir(from)?.collect::<Result<Vec<_>, _>>()
    };
    for entry in copy().map_err(copying)? {
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_tree(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(OpenError::files("copying", &path))?;
        }
    }
    Ok(())
}

/// Holds a ledger folder while it is read, in whatever state it is: no program opens it until this is dropped.
/// Nothing where it has no lock, and nobody ever had it open.
///
/// # Errors
/// [`OpenError::InUse`] where somebody has it open.
pub fn hold(dir: &Path) -> Result<Option<FileLock>, OpenError> {
    let path = dir.join("lock");
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(OpenError::files("opening", &path))?,
    };
    match FileLock::take(file) {
        Ok(lock) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(OpenError::files("locking", &path)(error)),
    }
}

/// How far the ledger in `dir` had come when something was last acknowledged, and the note beside it. The
/// file is read only, and nobody is asked whether the folder is in use.
///
/// # Errors
/// [`OpenError::Damaged`] where the mark is missing or not readable.
pub fn mark(dir: &Path) -> Result<Mark, OpenError> {
    high_water::read_mark(&dir.join("high-water"))
}

/// What every entry's text starts with (spec/entry.md), up to its position.
const START: &[u8] = b"minutebook.entry/v1\nposition ";

/// Chunks after the first that were found intact, by their entry's hash and their number.
type Chunks<'a> = HashMap<(Hash, u8), &'a [u8]>;

/// Every text in the store's file that starts as an entry does, with the position that it names; in the order
/// of the file, copies and damaged ones included. sled writes values as they are: an entry of up to 4 KiB lies there
/// in one piece, as one of any size does in ledgers of the format before; a longer one is put together from its
/// chunks, and stands beside whatever its first chunk runs into. The whole file is read. No entry is checked, and
/// nothing written.
///
/// # Errors
/// [`OpenError::Damaged`] where the file is missing, [`OpenError::Files`] where it can't be read.
pub fn remains(dir: &Path) -> Result<Vec<(u64, Vec<u8>)>, OpenError> {
    let path = dir.join("store").join("db");
    let file = fs::read(&path).map_err(|why| match why.kind() {
        ErrorKind::NotFound => OpenError::damaged(format!("the file {} is missing", path.display())),
        _ => OpenError::files("reading", &path)(why),
    })?;
    Ok(texts_in(&file))
}

fn texts_in(file: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let marks = places(file, CHUNK_MARK).filter_map(|at| chunks::parse_chunk(file.get(at..)?));
    let chunks = marks.map(|chunk| ((chunk.entry, chunk.number), chunk.bytes)).collect();
    let texts = places(file, START).flat_map(|at| {
        let joined = joined(file, at, &chunks).and_then(|bytes| text_from(&bytes));
        joined.into_iter().chain(file.get(at..).and_then(text_from))
    });
    texts.collect()
}

fn places<'a>(file: &'a [u8], start: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    file.windows(start.len()).enumerate().filter(move |(_at, bytes)| *bytes == start).map(|(at, _start)| at)
}

/// The entry whose first chunk is at `at`, if it has others.
fn joined(file: &[u8], at: usize, chunks: &Chunks<'_>) -> Option<Vec<u8>> {
    let (hash, _bytes) = chunks::parse_first(file.get(at.checked_sub(HASH_BYTES)?..)?)?;
    let rest: Vec<_> = (1..=u8::MAX).map_while(|number| chunks.get(&(hash, number)).copied()).collect();
    let first = file.get(at..at + CHUNK_BYTES).filter(|_first| !rest.is_empty())?;
    Some([first, &rest.concat()].concat())
}

/// The text at the start of `bytes`: up to the line feed after the line that follows the first empty one.
fn text_from(bytes: &[u8]) -> Option<(u64, Vec<u8>)> {
    let bytes = bytes.get(..ENTRY_BYTES_MAX.min(bytes.len()))?;
    let header = bytes.windows(2).position(|pair| pair == b"\n\n")? + 2;
    let event = bytes.get(header..)?.iter().position(|byte| *byte == b'\n')? + 1;
    let digits = bytes.get(START.len()..)?.split(|byte| *byte == b'\n').next()?;
    let position = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((position, bytes.get(..header + event)?.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::Position;

    #[test]
    fn a_file_that_is_missing_is_told_as_that() {
        let dir = tempfile::tempdir().unwrap();
        let refused = remains(dir.path()).unwrap_err();
        assert!(
            matches!(&refused, OpenError::Damaged { what, .. } if what.contains("store/db is missing")),
            "{refused}"
        );
        fs::create_dir_all(dir.path().join("store/db")).unwrap();
        assert!(
            matches!(remains(dir.path()), Err(OpenError::Files { .. })),
            "it is there, and can't be read"
        );
    }

    #[test]
    fn a_text_ends_with_its_event() {
        let text = b"minutebook.entry/v1\nposition 7\nprevious 00\n\n{}\n";
        let (position, found) = text_from(&[&text[..], b"\x00other bytes\n"].concat()).unwrap();
        assert_eq!((position, found.as_slice()), (7, &text[..]));
        assert_eq!(text_from(&text[..text.len() - 1]), None, "cut short");
        assert_eq!(text_from(b"minutebook.entry/v1\nposition x\n\n{}\n"), None, "no position");
    }

    /// A text of about `length` bytes, as an entry's are.
    fn text(position: u64, length: usize) -> Vec<u8> {
        let event = format!("{{\"{}\"}}", "x".repeat(length));
        format!("minutebook.entry/v1\nposition {position}\nprevious 00\n\n{event}\n").into_bytes()
    }

    #[test]
    fn texts_are_found_in_one_piece_or_in_chunks() {
        for length in [10, 4000, 4096, 9000, 60_000] {
            let text = text(7, length);
            let hash = Hash::of(&text);
            let values: Vec<_> =
                chunks::encode(Position(7), hash, &text).map(|(_key, value)| value).collect();
            // Among other bytes, in whatever order, a damaged copy of the last before it.
            let mut last = values.last().unwrap().clone();
            *last.last_mut().unwrap() ^= 1;
            let others =
                values.iter().rev().flat_map(|value| [&b"other\nbytes"[..], value]).collect::<Vec<_>>();
            let file = [b"\n\n", &last[..], &others.concat(), b"\x00\n"].concat();
            let found = texts_in(&file);
            assert!(found.contains(&(7, text.clone())), "{length}");
            // As it lay before entries were cut.
            assert_eq!(texts_in(&[&b"\x01"[..], hash.as_bytes(), &text, b"\n"].concat()), [(7, text)]);
        }
    }

    #[test]
    fn a_text_without_one_of_its_chunks_is_not_made_up() {
        let text = text(7, 9000);
        let values: Vec<_> =
            chunks::encode(Position(7), Hash::of(&text), &text).map(|(_key, value)| value).collect();
        for lost in 1..values.len() {
            let left = values.iter().enumerate().filter(|(at, _value)| *at != lost).map(|(_at, value)| value);
            let file: Vec<u8> = left.flatten().copied().collect();
            assert!(!texts_in(&file).contains(&(7, text.clone())), "chunk {lost}");
        }
    }
}
