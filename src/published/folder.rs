use crate::published::PublishError;
use minutebook_log::{
    LogKeys, PublishedPath, SignedCheckpoint, Tile, TileRow, TileWidth, parse_bundle, parse_hash_tile,
};
use minutebook_store::Files;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Under which name a file is written before it is renamed into its place. One at a time, so that a crash
/// leaves one at most; no published path is spelt so.
const NEW: &str = ".new";

/// The folder of a published log. One process writes to it; the clones of one `Folder` take turns.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    files: Files,
    writing: Arc<Mutex<()>>,
}

impl Folder {
    /// Opens the folder at `root`, makes it if need be, and clears away what a crash has left half-written.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn open(root: &Path) -> Result<Self, PublishError> {
        Self::open_on(Files::default(), root)
    }

    /// The same, on these files.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn open_on(files: Files, root: &Path) -> Result<Self, PublishError> {
        files.make_folders(root).map_err(PublishError::files("making the folder", root))?;
        let (folder, new) = (Self { root: root.to_owned(), files, writing: Arc::default() }, root.join(NEW));
        gone(folder.files.remove(&new)).map_err(PublishError::files("removing", &new))?;
        Ok(folder)
    }

    /// The folder at `root`, whether or not it is there, for whoever only reads.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), files: Files::default(), writing: Arc::default() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of a file, if it is there.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn read(&self, path: PublishedPath) -> Result<Option<Vec<u8>>, PublishError> {
        let path = self.place(path);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PublishError::files("reading", &path)(error)),
        }
    }

    /// The bytes of a file, if it is there, and has the form that its name promises.
    ///
    /// # Errors
    /// [`PublishError::Damaged`] for one that has not: whoever took it for good would keep it for good.
    pub fn read_whole(&self, path: PublishedPath) -> Result<Option<Vec<u8>>, PublishError> {
        let Some(bytes) = self.read(path)? else { return Ok(None) };
        match has_form(path, &bytes) {
            true => Ok(Some(bytes)),
            false => Err(PublishError::Damaged { path: self.place(path) }),
        }
    }

    /// Whether a file is there and as long as its kind has to be. It is not read.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub(super) fn has_length(&self, tile: Tile) -> Result<bool, PublishError> {
        let path = self.place(PublishedPath::Tile(tile));
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(PublishError::files("reading", &path)(error)),
        };
        let count = tile.width.count() as u64;
        Ok(match tile.row {
            TileRow::Hashes(_level) => length == count * 32,
            TileRow::Entries => length > count * 2,
        })
    }

    /// The tiles and bundles that are there, in no order.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn tiles(&self) -> Result<Vec<Tile>, PublishError> {
        let tile = |path| match path {
            PublishedPath::Tile(tile) => Some(tile),
            _ => None,
        };
        Ok(self.below("tile")?.into_iter().filter_map(tile).collect())
    }

    /// Where files of another history are put, which are not to be published and are evidence: a folder beside this one.
    pub fn aside(&self) -> PathBuf {
        self.beside("set-aside")
    }

    /// Where files are put that are damaged, and that nobody here can make anew: a folder beside this one.
    pub fn damaged(&self) -> PathBuf {
        self.beside("damaged")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.root.file_name().unwrap_or_default().to_owned();
        name.push(".");
        name.push(ending);
        self.root.with_file_name(name)
    }

    /// Puts a file aside, into a folder where nobody is served it and nobody loses it.
    ///
    /// A crash before the rename leaves it, and the next start finds it again.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub(super) fn set_aside(&self, path: PublishedPath, aside: &Path) -> Result<(), PublishError> {
        let (from, to) = (self.place(path), aside.join(path.to_string()));
        let rename = || {
            to.parent().map_or(Ok(()), |folder| self.files.make_folders(folder))?;
            self.files.rename(&from, &to)
        };
        rename().map_err(PublishError::files("setting aside", &from))
    }

    /// Writes a file unless what stands there is right, which is asked while nobody else writes: what was published
    /// meanwhile is never written over. What was there in its place is put aside. Returns whether it was written.
    ///
    /// A crash on the way leaves no file there, or the new one.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub(super) fn mend(
        &self,
        path: PublishedPath,
        bytes: &[u8],
        is_right: impl FnOnce(&[u8]) -> bool,
    ) -> Result<bool, PublishError> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        match self.read(path)? {
            Some(found) if is_right(&found) => return Ok(false),
            Some(_other) => self.set_aside(path, &self.damaged())?,
            None => {}
        }
        let place = self.place(path);
        self.write_one(&place, bytes).map_err(PublishError::files("writing", &place))?;
        let folder = place.parent().unwrap_or(&self.root);
        self.files.sync_folder(folder).map_err(PublishError::files("syncing", folder))?;
        Ok(true)
    }

    /// Writes files in their order, each whole or not at all: in another name, synced, renamed; then the
    /// folders that name them are synced. All of it is durable when this returns.
    ///
    /// A crash in between leaves whole files that no checkpoint speaks of, and `.new`.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn write(&self, files: &[(PublishedPath, Vec<u8>)]) -> Result<(), PublishError> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folders = BTreeSet::new();
        for (path, bytes) in files {
            let place = self.place(*path);
            self.write_one(&place, bytes).map_err(PublishError::files("writing", &place))?;
            folders.extend(place.parent().map(Path::to_owned));
        }
        let sync =
            |folder: &PathBuf| self.files.sync_folder(folder).map_err(PublishError::files("syncing", folder));
        folders.iter().try_for_each(sync)
    }

    fn write_one(&self, place: &Path, bytes: &[u8]) -> io::Result<()> {
        place.parent().map_or(Ok(()), |folder| self.files.make_folders(folder))?;
        self.files.put(&self.root.join(NEW), place, bytes)
    }

    /// Removes the partial forms of a tile that is there in full. A reader whose checkpoint speaks of a
    /// partial one takes its beginning from the full one.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn remove_partial(&self, full: Tile) -> Result<(), PublishError> {
        if full.width != TileWidth::FULL {
            return Ok(());
        }
        let folder = self.root.join(format!("{full}.p"));
        gone(self.files.remove_folder(&folder)).map_err(PublishError::files("removing", &folder))
    }

    /// The cosigned checkpoints that are kept, in no order.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn witnessed(&self) -> Result<Vec<PublishedPath>, PublishError> {
        self.below("witnessed")
    }

    /// The checkpoints that are kept because the log's key passed on, in no order.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn rotated(&self) -> Result<Vec<PublishedPath>, PublishError> {
        self.below("rotated")
    }

    fn below(&self, name: &str) -> Result<Vec<PublishedPath>, PublishError> {
        let (mut found, mut folders) = (Vec::new(), vec![self.root.join(name)]);
        while let Some(folder) = folders.pop() {
            let list = match fs::read_dir(&folder) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                list => list.map_err(PublishError::files("reading", &folder))?,
            };
            for file in list {
                let path = file.map_err(PublishError::files("reading", &folder))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(relative) = path.strip_prefix(&self.root) {
                    found.extend(relative.to_string_lossy().parse::<PublishedPath>());
                }
            }
        }
        Ok(found)
    }

    /// Where a published path lies. Such a path has only elements that this software has made, so it leads
    /// nowhere else.
    pub fn place(&self, path: PublishedPath) -> PathBuf {
        self.root.join(path.to_string())
    }
}

/// Whether bytes can be what stands under this name, as far as they tell by themselves.
fn has_form(path: PublishedPath, bytes: &[u8]) -> bool {
    match path {
        PublishedPath::Tile(tile) => match tile.row {
            TileRow::Hashes(_level) => parse_hash_tile(tile.width, bytes).is_ok(),
            TileRow::Entries => parse_bundle(tile.width, bytes).is_ok(),
        },
        PublishedPath::Checkpoint | PublishedPath::Witnessed(_) | PublishedPath::Rotated(_) => {
            SignedCheckpoint::parse(bytes).is_ok()
        }
        PublishedPath::Keys => LogKeys::parse(bytes).is_ok(),
    }
}

/// What was to be removed and was not there is removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
