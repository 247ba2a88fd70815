//! Reading a ledger folder without touching it, damaged or not. Opening a damaged store is not reading: sled
//! takes a record that it can't make out for the end of its log, and writes over what follows.

use crate::OpenError;
use crate::folder::LedgerFolder;
use crate::high_water::{self, Mark};
use minutebook_log::ENTRY_BYTES_MAX;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// Copies a ledger folder to `to`, a new folder, while nobody else has it open; the ledger itself is read only.
/// The copy can be opened, and opening it costs no evidence. Needs as much room again as the store takes.
///
/// # Errors
/// [`OpenError`]: it is no ledger, somebody has it open, or the operating system refuses.
pub fn copy_ledger(dir: &Path, to: &Path) -> Result<(), OpenError> {
    let folder = LedgerFolder::open(dir)?;
    fs::create_dir(to).map_err(OpenError::files("creating the folder", to))?;
    for name in ["FORMAT", "high-water"] {
        let path = dir.join(name);
        fs::copy(&path, to.join(name)).map_err(OpenError::files("copying", &path))?;
    }
    copy_tree(&folder.store(), &to.join("store"))
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
pub fn hold(dir: &Path) -> Result<Option<File>, OpenError> {
    let path = dir.join("lock");
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(OpenError::files("opening", &path))?,
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
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

/// Every text in the store's file that starts as an entry does, with the position that it names; in the order
/// of the file, copies and damaged ones included. sled writes values as they are, so an entry that was
/// committed lies there in one piece. The whole file is read. Nothing is checked, and nothing written.
///
/// # Errors
/// [`OpenError::Files`] where the file can't be read.
pub fn remains(dir: &Path) -> Result<Vec<(u64, Vec<u8>)>, OpenError> {
    let path = dir.join("store").join("db");
    let file = fs::read(&path).map_err(OpenError::files("reading", &path))?;
    let starts = file.windows(START.len()).enumerate().filter(|(_at, bytes)| *bytes == START);
    Ok(starts.filter_map(|(at, _start)| text_from(file.get(at..)?)).collect())
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

    #[test]
    fn a_text_ends_with_its_event() {
        let text = b"minutebook.entry/v1\nposition 7\nprevious 00\n\n{}\n";
        let (position, found) = text_from(&[&text[..], b"\x00other bytes\n"].concat()).unwrap();
        assert_eq!((position, found.as_slice()), (7, &text[..]));
        assert_eq!(text_from(&text[..text.len() - 1]), None, "cut short");
        assert_eq!(text_from(b"minutebook.entry/v1\nposition x\n\n{}\n"), None, "no position");
    }
}
