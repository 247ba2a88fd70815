//! How the database and the mark of a ledger folder are opened and held against each other: at a start, and again
//! after a write that failed while the ledger was open.
//!
//! A sync that failed must not be asked for again as if nothing had happened: the operating system may have taken the
//! bytes for written that the disk refused, and keeps showing them until the memory is needed for something else. So a
//! reopening makes it forget them, reads what the disk has, and believes that alone.

use crate::database::Database;
use crate::folder::LedgerFolder;
use crate::high_water::HighWater;
use crate::{EngineError, OpenError, ReadLimits};
use minutebook_log::{Head, Position};
use rustix::fs::{Advice, fadvise};
use std::borrow::Borrow;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// How much room there has to be before a store is closed to be opened anew: what sled writes when it opens.
const ROOM_BYTES: usize = 4 * 1024 * 1024;

/// How much of the log's end is read again when it is opened anew.
const TAIL: ReadLimits = ReadLimits { entries: 1024, bytes: 16 * 1024 * 1024 };

/// What was opened: the mark, and where the log ends.
#[derive(Debug)]
pub(crate) struct OpenedStore {
    pub(crate) mark: HighWater,
    pub(crate) head: Head,
}

/// Opens mark and database, and looks at the ends of the log. `hold` is given what opens the database.
///
/// # Errors
/// [`OpenError`]; a store that ends below its high-water mark, or otherwise, is not opened.
pub(crate) fn open<D: Borrow<Database>>(
    folder: &LedgerFolder,
    hold: impl FnOnce(&dyn Fn() -> Result<Database, OpenError>) -> Result<D, OpenError>,
) -> Result<(D, OpenedStore), OpenError> {
    // The mark is read first, since it says whether sled's opening has dropped anything.
    let path = folder.high_water();
    let mut mark = HighWater::open(&path)?;
    let held = hold(&|| Database::open(&folder.store(), folder.files()))?;
    let head = check(held.borrow(), mark.mark().head)?;
    // A crash between a commit and its mark has left the store ahead. A crash here does so again.
    if head != mark.mark().head {
        mark.write(head, b"").and_then(|()| mark.sync()).map_err(OpenError::files("writing", &path))?;
    }
    Ok((held, OpenedStore { mark, head }))
}

/// Whether the database ends as it says, at or above the mark: what was acknowledged is there.
pub(crate) fn check(database: &Database, mark: Head) -> Result<Head, OpenError> {
    let head = database.head().map_err(unread)?;
    if head.size < mark.size {
        return Err(OpenError::damaged(format!(
            "it ends after {} entries, and {} were acknowledged: position {} is the first that is missing",
            head.size, mark.size, head.size
        )));
    }
    database.check_ends(head).map_err(unread)?;
    let Some(last) = mark.size.checked_sub(1).map(Position) else { return Ok(head) };
    let found = database.entry(last).map_err(unread)?.hash;
    if found != mark.hash {
        return Err(OpenError::damaged(format!(
            "position {last}: the entry has the hash {found}, and {} was acknowledged",
            mark.hash
        )));
    }
    Ok(head)
}

/// Reads the newest entries again, each against its hash.
pub(crate) fn check_tail(database: &Database, head: Head) -> Result<(), OpenError> {
    let from = Position(head.size.saturating_sub(TAIL.entries as u64));
    database.entries(from, head.next(), TAIL).map(drop).map_err(unread)
}

/// Whether the folder can be written to, by writing to it: as long as it can't, the store is left as it is, and read.
///
/// A crash here leaves the file, which the next try writes over.
pub(crate) fn try_out(folder: &LedgerFolder) -> Result<(), OpenError> {
    let path = folder.trial();
    let write = || {
        let mut file = File::create(&path)?;
        let written = file.write_all(&vec![b'.'; ROOM_BYTES]).and_then(|()| file.sync_all());
        fs::remove_file(&path)?;
        written
    };
    write().map_err(OpenError::files("writing a trial to", &path))
}

/// Makes the operating system forget what it holds of these files, so that whoever reads them next reads the disk.
/// Bytes that it has yet to write stay, and are made durable by whoever opens the store.
pub(crate) fn forget(folder: &LedgerFolder) -> Result<(), OpenError> {
    let store = folder.store();
    let list = fs::read_dir(&store).and_then(|files| files.collect::<Result<Vec<_>, _>>());
    let list = list.map_err(OpenError::files("reading the folder", &store))?;
    let files = list.iter().map(fs::DirEntry::path).filter(|path| path.is_file());
    files.chain([folder.high_water()]).try_for_each(|path| {
        let path = &path;
        let forgotten = File::open(path).and_then(|file| Ok(fadvise(&file, 0, None, Advice::DontNeed)?));
        forgotten.map_err(OpenError::files("reading anew", path))
    })
}

/// What an opening says that could not read.
pub(crate) fn unread(error: EngineError) -> OpenError {
    match error {
        EngineError::Corrupt { what, repair } => OpenError::Damaged { what, repair },
        EngineError::Files { what, why } => OpenError::Files {
            what: "reading",
            path: PathBuf::from("the store"),
            why: format!("{why} ({what})"),
        },
        other => OpenError::damaged(other.to_string()),
    }
}

/// What an engine says whose store was not opened anew.
pub(crate) fn not_reopened(error: OpenError) -> EngineError {
    match error {
        OpenError::Damaged { what, repair } => EngineError::Corrupt { what, repair },
        OpenError::Files { what, path, why } => {
            EngineError::Files { what: format!("{what} {}", Path::display(&path)), why }
        }
        other => EngineError::Files { what: "opening the store anew".to_owned(), why: other.to_string() },
    }
}
