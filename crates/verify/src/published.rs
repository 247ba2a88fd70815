//! A published log as files, in a folder or in a tar of one (spec/published-log.md).

use crate::tar;
use minutebook_governance::Unread;
use minutebook_log::{NOTE_BYTES_MAX, PublishedPath, Tile, TileRow};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Where the files of a published log are. It knows their names; nothing of them has been read.
#[derive(Debug, Clone)]
pub struct Published {
    files: BTreeMap<PublishedPath, FilePlace>,
    strangers: Vec<String>,
}

#[derive(Debug, Clone)]
enum FilePlace {
    File(PathBuf),
    Within { tar: PathBuf, offset: u64, bytes: u64 },
}

/// Why a published log can't be read. What is wrong with its bytes is not said here, but in the audit.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// A file or folder can't be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is no file of a published log.
    #[error("{}: no published log: neither checkpoint nor tile/ is there", .0.display())]
    Nothing(PathBuf),
    /// A tar has several logs: which of them was meant nobody can say.
    #[error("{}: several published logs are in it: {}. Give a tar of one", tar.display(), logs.join(", "))]
    Several {
        /// The tar.
        tar: PathBuf,
        /// The folders that hold them, as far as they are listed.
        logs: Vec<String>,
    },
    /// An entry that had been verified could not be read again when a rule asked for it: this is no verdict.
    #[error(transparent)]
    Again(#[from] Unread),
    /// A tar has the same file twice: readers of it would see different logs.
    #[error("{}: the file {file} stands in it twice", tar.display())]
    Twice {
        /// The tar.
        tar: PathBuf,
        /// The file.
        file: String,
    },
}

/// How deep the folders of a published log are nested at most: `tile/entries/` and seven of three digits.
const DEPTH_MAX: usize = 12;

/// How many files of other names are remembered.
const STRANGERS_MAX: usize = 100;

/// How many of several logs in a tar are named.
const LOGS_NAMED_MAX: usize = 5;

/// The most bytes that a bundle can have: 256 entries, each after its length.
const BUNDLE_BYTES_MAX: u64 = 256 * (2 + 65_535);

impl Published {
    /// Finds the files below a folder, or within a tar. Links and files of other names are left alone.
    ///
    /// # Errors
    /// [`PublishedError`].
    pub fn open(path: &Path) -> Result<Self, PublishedError> {
        let is_folder = fs::metadata(path).map_err(|error| at(path, error))?.is_dir();
        let mut published = Self { files: BTreeMap::new(), strangers: Vec::new() };
        if is_folder {
            published.add_folder(path, "", 0)?;
        } else {
            published.add_tar(path)?;
        }
        let is_there = |path: &PublishedPath| !matches!(path, PublishedPath::Keys);
        if published.files.keys().any(is_there) {
            Ok(published)
        } else {
            Err(PublishedError::Nothing(path.to_owned()))
        }
    }

    /// Which files there are, in order.
    pub fn paths(&self) -> impl Iterator<Item = &PublishedPath> {
        self.files.keys()
    }

    /// Files of other names, which are no part of the log and were not looked at: the first hundred.
    pub fn strangers(&self) -> &[String] {
        &self.strangers
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &PublishedPath) -> bool {
        self.files.contains_key(path)
    }

    /// The bytes of a file; nothing where there is none. Of one that is longer than its kind can be, only
    /// one byte too many is read, so that its reader refuses it.
    ///
    /// # Errors
    /// [`PublishedError::Read`].
    pub fn read(&self, path: &PublishedPath) -> Result<Option<Vec<u8>>, PublishedError> {
        self.read_part(path, 0, bytes_max(path) + 1)
    }

    /// At most so many bytes of a file, from so many after its beginning on.
    ///
    /// # Errors
    /// [`PublishedError::Read`].
    pub(crate) fn read_part(
        &self,
        path: &PublishedPath,
        begins: u64,
        bytes: u64,
    ) -> Result<Option<Vec<u8>>, PublishedError> {
        let (file, offset, limit) = match self.files.get(path) {
            None => return Ok(None),
            Some(FilePlace::File(file)) => (file, begins, bytes),
            Some(FilePlace::Within { tar, offset, bytes: all }) => {
                (tar, offset.saturating_add(begins), bytes.min(all.saturating_sub(begins)))
            }
        };
        let read = || {
            let mut opened = File::open(file)?;
            opened.seek(SeekFrom::Start(offset))?;
            let mut content = Vec::new();
            opened.take(limit).read_to_end(&mut content)?;
            Ok(content)
        };
        read().map(Some).map_err(|error| at(file, error))
    }

    fn add_folder(&mut self, folder: &Path, below: &str, depth: usize) -> Result<(), PublishedError> {
        for entry in fs::read_dir(folder).map_err(|error| at(folder, error))? {
            let entry = entry.map_err(|error| at(folder, error))?;
            let kind = entry.file_type().map_err(|error| at(&entry.path(), error))?;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            match name.parse() {
                _ if kind.is_dir() && depth < DEPTH_MAX => {
                    self.add_folder(&entry.path(), &format!("{name}/"), depth + 1)?;
                }
                Ok(path) if kind.is_file() => drop(self.files.insert(path, FilePlace::File(entry.path()))),
                _ => self.add_stranger(name),
            }
        }
        Ok(())
    }

    fn add_tar(&mut self, tar: &Path) -> Result<(), PublishedError> {
        let opened = File::open(tar).map_err(|error| at(tar, error))?;
        let members = tar::list(io::BufReader::new(opened)).map_err(|error| at(tar, error))?;
        // A tar of a folder has the folder's name before each path.
        let checkpoints = members.iter().filter_map(|member| member.path.strip_suffix("checkpoint"));
        let is_folder = |prefix: &&str| prefix.is_empty() || prefix.ends_with('/');
        let prefixes: BTreeSet<&str> = checkpoints.filter(is_folder).collect();
        if prefixes.len() > 1 {
            let name = |prefix: &&str| if prefix.is_empty() { "./".to_owned() } else { (*prefix).to_owned() };
            let logs = prefixes.iter().take(LOGS_NAMED_MAX).map(name).collect();
            return Err(PublishedError::Several { tar: tar.to_owned(), logs });
        }
        let prefix = prefixes.first().copied().unwrap_or_default();
        for member in &members {
            match member.path.strip_prefix(prefix).map(str::parse) {
                Some(Ok(path)) => {
                    let place =
                        FilePlace::Within { tar: tar.to_owned(), offset: member.offset, bytes: member.bytes };
                    if self.files.insert(path, place).is_some() {
                        return Err(PublishedError::Twice { tar: tar.to_owned(), file: member.path.clone() });
                    }
                }
                _ => self.add_stranger(member.path.clone()),
            }
        }
        Ok(())
    }

    fn add_stranger(&mut self, name: String) {
        if self.strangers.len() < STRANGERS_MAX {
            self.strangers.push(name);
            self.strangers.sort();
        }
    }
}

fn at(path: &Path, error: io::Error) -> PublishedError {
    PublishedError::Read { path: path.to_owned(), error }
}

/// The most bytes that a file of this name can have.
fn bytes_max(path: &PublishedPath) -> u64 {
    match path {
        PublishedPath::Tile(Tile { row: TileRow::Entries, .. }) => BUNDLE_BYTES_MAX,
        PublishedPath::Tile(Tile { row: TileRow::Hashes(_level), .. }) => 256 * 32,
        PublishedPath::Checkpoint
        | PublishedPath::Keys
        | PublishedPath::Witnessed(_)
        | PublishedPath::Rotated(_) => NOTE_BYTES_MAX as u64,
    }
}
