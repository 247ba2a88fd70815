//! The folder of a ledger: `FORMAT` (what it is), `lock` (who has it), `store/` (sled), `high-water`.

use crate::files::above;
use crate::{Files, OpenError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What `FORMAT` says, with a line feed after it.
const FORMAT: &str = "minutebook.ledger/v2";

/// What it said before large entries were cut into chunks.
const FORMAT_BEFORE: &str = "minutebook.ledger/v1";

/// What `FORMAT` starts with in every version, before the version's number.
const FORMAT_PREFIX: &str = "minutebook.ledger/v";

/// A ledger folder that this process alone has open, until this is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct LedgerFolder {
    dir: PathBuf,
    files: Files,
    _lock: File,
}

impl LedgerFolder {
    /// Makes the folder, empty but for its lock. It is no ledger before [`LedgerFolder::finish`]: a crash in
    /// between leaves a folder that opening refuses and that creating refuses too, as not empty.
    pub(crate) fn begin(dir: &Path, files: &Files) -> Result<Self, OpenError> {
        match files.make_folder(dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => check_empty(dir)?,
            made => made.map_err(OpenError::files("creating the folder", dir))?,
        }
        files.sync_folder(above(dir)).map_err(OpenError::files("syncing", above(dir)))?;
        Self::lock(dir, files)
    }

    /// Says that the folder is a ledger, once everything else in it is durable.
    ///
    /// A crash before the last sync leaves no `FORMAT`, or a whole one: it is renamed into place.
    pub(crate) fn finish(&self) -> Result<(), OpenError> {
        let (new, path) = (self.dir.join("FORMAT.new"), self.dir.join("FORMAT"));
        let written = self.files.replace(&new, &path, format!("{FORMAT}\n").as_bytes());
        written.map_err(OpenError::files("writing", &path))
    }

    /// Opens a ledger folder, whatever state its store is in.
    pub(crate) fn open(dir: &Path, files: &Files) -> Result<Self, OpenError> {
        check_format(dir)?;
        Self::lock(dir, files)
    }

    /// Where sled keeps its files.
    pub(crate) fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// The file of the high-water mark.
    pub(crate) fn high_water(&self) -> PathBuf {
        self.dir.join("high-water")
    }

    fn lock(dir: &Path, files: &Files) -> Result<Self, OpenError> {
        let path = dir.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(OpenError::files("opening", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), files: files.clone(), _lock: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(OpenError::files("locking", &path)(error)),
        }
    }
}

fn check_empty(dir: &Path) -> Result<(), OpenError> {
    if dir.join("FORMAT").exists() {
        return Err(OpenError::AlreadyExists { dir: dir.to_owned() });
    }
    match fs::read_dir(dir).map_err(OpenError::files("reading the folder", dir))?.next() {
        Some(_file) => Err(OpenError::NotEmpty { dir: dir.to_owned() }),
        None => Ok(()),
    }
}

fn check_format(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("FORMAT");
    let format = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(OpenError::NotALedger { dir: dir.to_owned() });
        }
        Err(error) => return Err(OpenError::files("reading", &path)(error)),
    };
    let found = format.strip_suffix('\n').unwrap_or(&format);
    let version = found.strip_prefix(FORMAT_PREFIX).and_then(|version| version.parse::<u32>().ok());
    match version {
        _ if found == FORMAT => Ok(()),
        _ if found == FORMAT_BEFORE => {
            Err(OpenError::OlderFormat { dir: dir.to_owned(), found: found.to_owned() })
        }
        Some(3..) => Err(OpenError::NewerFormat { dir: dir.to_owned(), found: found.to_owned() }),
        _ => Err(OpenError::NotALedger { dir: dir.to_owned() }),
    }
}

/// Makes a folder and everything beneath it durable.
pub(crate) fn sync_tree(dir: &Path, files: &Files) -> Result<(), OpenError> {
    for file in fs::read_dir(dir).map_err(OpenError::files("reading the folder", dir))? {
        let path = file.map_err(OpenError::files("reading the folder", dir))?.path();
        if path.is_dir() {
            sync_tree(&path, files)?;
        } else {
            files.sync(&path).map_err(OpenError::files("syncing", &path))?;
        }
    }
    files.sync_folder(dir).map_err(OpenError::files("syncing", dir))
}

/// Moves files that a kill has left behind into a folder `set-aside` within `dir`, where nobody takes them for
/// what they are not. A crash here leaves the rest of them to the next opening.
pub(crate) fn set_aside(dir: &Path, files: &Files, is_left: impl Fn(&str) -> bool) -> Result<(), OpenError> {
    let aside = dir.join("set-aside");
    for file in fs::read_dir(dir).map_err(OpenError::files("reading the folder", dir))? {
        let name = file.map_err(OpenError::files("reading the folder", dir))?.file_name();
        if !is_left(&name.to_string_lossy()) {
            continue;
        }
        tracing::warn!(file = %name.display(), "a start was cut short before; what it left is set aside");
        files.make_folders(&aside).map_err(OpenError::files("creating the folder", &aside))?;
        let from = dir.join(&name);
        files.rename(&from, &aside.join(&name)).map_err(OpenError::files("setting aside", &from))?;
    }
    Ok(())
}
