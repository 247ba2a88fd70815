use crate::published::PublishError;
use minutebook_log::{PublishedPath, Tile, TileWidth};
use minutebook_store::Files;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Under which name a file is written before it is renamed into its place. One at a time, so that a crash
/// leaves one at most; no published path is spelt so.
const NEW: &str = ".new";

/// The folder of a published log. Whoever writes is alone.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    files: Files,
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
        let (folder, new) = (Self { root: root.to_owned(), files }, root.join(NEW));
        gone(folder.files.remove(&new)).map_err(PublishError::files("removing", &new))?;
        Ok(folder)
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

    /// Writes files in their order, each whole or not at all: in another name, synced, renamed; then the
    /// folders that name them are synced. All of it is durable when this returns.
    ///
    /// A crash in between leaves whole files that no checkpoint speaks of, and `.new`.
    ///
    /// # Errors
    /// [`PublishError::Files`].
    pub fn write(&self, files: &[(PublishedPath, Vec<u8>)]) -> Result<(), PublishError> {
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

/// What was to be removed and was not there is removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
