//! The folder of a ledger: `FORMAT` (what it is), `lock` (who has it), `store/` (sled), `high-water`.

use crate::files::above;
use crate::{FileLock, Files, OpenError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
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
    lock: FileLock,
    was_copied: bool,
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

    /// The files of this folder.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// The file that is written and removed to find out whether the folder can be written to.
    pub(crate) fn trial(&self) -> PathBuf {
        self.dir.join("trial")
    }

    /// Whether this is a copy of a folder that somebody had open: its files need not be of one moment.
    pub(crate) fn was_copied_while_open(&self) -> bool {
        self.was_copied
    }

    fn lock(dir: &Path, files: &Files) -> Result<Self, OpenError> {
        let path = dir.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(OpenError::files("opening", &path))?;
        match FileLock::take(file) {
            Ok(lock) => {
                let was_copied = sign(lock.file()).map_err(OpenError::files("writing", &path))?;
                Ok(Self { dir: dir.to_owned(), files: files.clone(), lock, was_copied })
            }
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(OpenError::files("locking", &path)(error)),
        }
    }
}

impl Drop for LedgerFolder {
    fn drop(&mut self) {
        // What stays there says that nobody let go of the folder in order, which is true then.
        if let Err(error) = self.lock.file().write_all_at(line("closed").as_bytes(), 0) {
            tracing::warn!(%error, "the lock of the ledger's folder could not be signed off");
        }
    }
}

/// What the lock says while it is held, before the number of its own file.
const OPEN: &str = "open as file ";

/// A line of the lock: always of the same length, so that one is written over another.
fn line(says: &str) -> String {
    format!("{says:<63}\n")
}

/// Writes into the lock which file it is, for as long as it is held. A kill leaves that, and it is still so; in a copy it
/// is not: returns whether it was.
///
/// Nobody waits for the disk here: a power cut leaves one line or another, and none that it leaves speaks of another file.
fn sign(lock: &File) -> io::Result<bool> {
    let own = line(&format!("{OPEN}{}", lock.metadata()?.ino()));
    let mut found = vec![0; own.len()];
    let length = lock.read_at(&mut found, 0)?;
    found.truncate(length);
    lock.write_all_at(own.as_bytes(), 0)?;
    Ok(found.starts_with(OPEN.as_bytes()) && found != own.as_bytes())
}

/// What the lock of a ledger's folder says of who has had it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastOpened {
    /// Whoever had it open has let go of it in order; or nobody ever had.
    Closed,
    /// Somebody has it open, or was killed.
    Open,
    /// Somebody had it open when this copy of it was made.
    OpenWhenCopied,
}

/// Reads what the lock says, and touches nothing.
///
/// # Errors
/// [`OpenError::Files`].
pub fn last_opened(dir: &Path) -> Result<LastOpened, OpenError> {
    let path = dir.join("lock");
    let read = || Ok::<_, io::Error>((fs::read_to_string(&path)?, fs::metadata(&path)?.ino()));
    match read() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(LastOpened::Closed),
        Err(error) => Err(OpenError::files("reading", &path)(error)),
        Ok((found, own)) => Ok(match found.strip_prefix(OPEN) {
            None => LastOpened::Closed,
            Some(file) if file.trim_end() == own.to_string() => LastOpened::Open,
            Some(_other) => LastOpened::OpenWhenCopied,
        }),
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

/// Whether `dir` is a ledger's folder whose format this program knows. `FORMAT` is read alone.
///
/// # Errors
/// [`OpenError`].
pub fn check_format(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("FORMAT");
    let format = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(without_format(dir, "lost"));
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
        _ => Err(without_format(dir, "damaged")),
    }
}

/// What a folder is that has no `FORMAT`, or one that says nothing known. Whoever is told that it is no ledger removes
/// it, and with it the entries.
fn without_format(dir: &Path, left: &'static str) -> OpenError {
    let dir = dir.to_owned();
    match dir.join("store").is_dir() || dir.join("high-water").is_file() {
        true => OpenError::FormatLost { dir, left },
        false => OpenError::NotALedger { dir },
    }
}

/// The files in `store/` without which a ledger is not opened. sled would make one that is missing anew, and the log
/// would be empty.
const STORE_FILES: [&str; 2] = ["conf", "db"];

/// Which of the files that a ledger's store needs are missing in the ledger's folder `dir`. Nothing is read.
pub fn missing_files(dir: &Path) -> Vec<PathBuf> {
    let files = STORE_FILES.map(|name| dir.join("store").join(name)).into_iter();
    files.filter(|file| !file.is_file()).collect()
}

/// Looks whether the files of the store in the folder `store` are there, and hold something: sled would make one that is
/// missing anew, and has no words for one that is empty.
///
/// # Errors
/// [`OpenError`], naming the file.
pub(crate) fn check_files(store: &Path) -> Result<(), OpenError> {
    for name in STORE_FILES {
        let file = store.join(name);
        let damaged = |how: &str| Err(OpenError::damaged(format!("the file {} is {how}", file.display())));
        match fs::metadata(&file) {
            Ok(found) if !found.is_file() => return damaged("missing"),
            Ok(found) if found.len() == 0 => return damaged("empty"),
            Ok(_found) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return damaged("missing"),
            Err(error) => return Err(OpenError::files("reading", &file)(error)),
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for name in ["FORMAT", "lock"] {
            fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }

    #[test]
    fn a_ledger_without_its_format_is_never_told_to_be_removed() {
        let dir = tempfile::tempdir().unwrap();
        let open = || LedgerFolder::open(dir.path(), &Files::default()).unwrap_err();
        assert!(matches!(open(), OpenError::NotALedger { .. }), "{}", open());
        for (rest, is_folder) in [("store", true), ("high-water", false)] {
            let path = dir.path().join(rest);
            if is_folder { fs::create_dir(&path) } else { fs::write(&path, "") }.unwrap();
            for format in [None, Some("minutebook.led")] {
                format.into_iter().for_each(|text| fs::write(dir.path().join("FORMAT"), text).unwrap());
                let said = open().to_string();
                assert!(matches!(open(), OpenError::FormatLost { .. }), "{rest}: {said}");
                let repair = format!("minutebook repair --dir {} --to", dir.path().display());
                assert!(said.contains(&repair) && !said.contains("remove"), "{said}");
            }
            fs::remove_file(dir.path().join("FORMAT")).unwrap();
            if is_folder { fs::remove_dir(&path) } else { fs::remove_file(&path) }.unwrap();
        }
    }

    #[test]
    fn the_files_that_a_store_needs_are_missed_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let [conf, db] = ["store/conf", "store/db"].map(|name| dir.path().join(name));
        assert_eq!(missing_files(dir.path()), [conf.as_path(), db.as_path()]);
        fs::create_dir(dir.path().join("store")).unwrap();
        fs::write(&db, "").unwrap();
        assert_eq!(missing_files(dir.path()), std::slice::from_ref(&conf));
        fs::write(&conf, "conf").unwrap();
        assert!(missing_files(dir.path()).is_empty());
        let said = check_files(&dir.path().join("store")).unwrap_err().to_string();
        assert!(said.contains(&format!("the file {} is empty", db.display())), "{said}");
        fs::write(&db, "db").unwrap();
        check_files(&dir.path().join("store")).unwrap();
    }

    #[test]
    fn a_copy_of_a_folder_that_was_open_is_known_as_that() {
        let dir = tempfile::tempdir().unwrap();
        let [own, open, closed, killed] =
            ["own", "open", "closed", "killed"].map(|name| dir.path().join(name));
        let folder = LedgerFolder::begin(&own, &Files::default()).unwrap();
        folder.finish().unwrap();
        copy(&own, &open);
        let line = fs::read(own.join("lock")).unwrap();
        drop(folder);
        copy(&own, &closed);
        let was_copied =
            |dir: &Path| LedgerFolder::open(dir, &Files::default()).unwrap().was_copied_while_open();
        assert_eq!([&own, &open, &closed].map(|dir| was_copied(dir)), [false, true, false]);
        assert!(!was_copied(&open), "it is told once: it was read whole then, or did not open");
        // A kill leaves the line, in the very file of which it speaks.
        fs::write(own.join("lock"), line).unwrap();
        copy(&own, &killed);
        assert_eq!([&own, &killed].map(|dir| was_copied(dir)), [false, true]);
    }
}
