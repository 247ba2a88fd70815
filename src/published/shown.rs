//! What is published, as it is shown over HTTP: nothing that was not held against the log since it last changed. Others
//! keep what they are shown for a week, and a disk does not say what it has flipped.

use crate::ledger::Reader;
use crate::published::kept::{check_note, check_root, is_hand_over};
use crate::published::{Folder, NewestPublished, PublishError};
use minutebook_log::{
    Frontier, HashIndex, HashReader as _, PublishedPath, Tile, TileLevel, TileRow, TileWidth, TreeHash,
    TreeSize, parse_bundle, parse_hash_tile,
};
use minutebook_store::{Engine, SledEngine};
use quick_cache::sync::Cache;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// Of how many files it is remembered that they are right.
const CHECKED_MAX: usize = 64 * 1024;

/// How many levels of the tree a tile spans.
const TILE_HEIGHT: u8 = 8;

/// What tells that a file is the very one that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp {
    changed: [i64; 4],
    inode: u64,
    length: u64,
}

impl FileStamp {
    fn of(file: &Metadata) -> Self {
        let changed = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
        Self { changed, inode: file.ino(), length: file.len() }
    }
}

/// What is shown of the log.
#[derive(Debug)]
pub enum ShownFile {
    /// The checkpoint, or the log's keys.
    Newest(Vec<u8>),
    /// A file that was held against the log.
    File(CheckedFile),
}

/// A file that was held against the log, to be read in parts: nobody has it in memory who waits for somebody to take it.
#[derive(Debug, Clone)]
pub struct CheckedFile {
    place: PathBuf,
    stamp: FileStamp,
}

impl CheckedFile {
    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.stamp.length
    }

    /// At most `max` of its bytes, from `offset` on; none at its end. Blocks.
    ///
    /// # Errors
    /// [`PublishError::Files`] where it can't be read, or is no longer the file that was found.
    pub fn read(&self, offset: u64, max: usize) -> Result<Vec<u8>, PublishError> {
        let rest = usize::try_from(self.stamp.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; rest.min(max)];
        let read = File::open(&self.place).and_then(|file| {
            file.read_exact_at(&mut bytes, offset)?;
            let is_the_same = FileStamp::of(&file.metadata()?) == self.stamp;
            is_the_same.then_some(()).ok_or_else(|| io::Error::other("it changed while it was being read"))
        });
        read.map_err(PublishError::files("reading", &self.place)).map(|()| bytes)
    }
}

/// The published files of a ledger, for whoever asks for them.
pub struct Shown<E: Engine = SledEngine> {
    folder: Folder,
    reader: Arc<Reader<E>>,
    published: watch::Receiver<NewestPublished>,
    right: Cache<PublishedPath, FileStamp>,
}

impl<E: Engine> Shown<E> {
    pub(super) fn of(
        folder: Folder,
        reader: Arc<Reader<E>>,
        published: watch::Receiver<NewestPublished>,
    ) -> Self {
        Self { folder, reader, published, right: Cache::new(CHECKED_MAX) }
    }

    /// A file, if it is there, and is what the log has. The checkpoint and the log's keys are those that were published,
    /// whatever stands in their files. Blocks.
    ///
    /// # Errors
    /// [`PublishError::Damaged`] for one that is not what the log has; [`PublishError`] where it can't be read.
    pub fn find(&self, path: PublishedPath) -> Result<Option<ShownFile>, PublishError> {
        let newest = self.published.borrow().clone();
        match path {
            PublishedPath::Checkpoint => {
                Ok(newest.map(|newest| ShownFile::Newest(newest.encode().into_bytes())))
            }
            PublishedPath::Keys => {
                let size = newest.map_or(TreeSize::EMPTY, |newest| newest.unverified().head.size);
                let keys = self.reader.log_keys().up_to(size).encode().into_bytes();
                Ok(Some(ShownFile::Newest(keys)))
            }
            PublishedPath::Tile(_) | PublishedPath::Witnessed(_) | PublishedPath::Rotated(_) => {
                Ok(self.checked(path)?.map(ShownFile::File))
            }
        }
    }

    /// All of its bytes. Blocks.
    ///
    /// # Errors
    /// As [`Shown::find`].
    pub fn bytes(&self, path: PublishedPath) -> Result<Option<Vec<u8>>, PublishError> {
        match self.find(path)? {
            None => Ok(None),
            Some(ShownFile::Newest(bytes)) => Ok(Some(bytes)),
            Some(ShownFile::File(file)) => file.read(0, usize::MAX).map(Some),
        }
    }

    /// The checkpoints that are kept beside the newest, in no order. Blocks.
    ///
    /// # Errors
    /// [`PublishError`] where the folder can't be listed.
    pub fn kept(&self) -> Result<Vec<PublishedPath>, PublishError> {
        let mut paths = self.folder.rotated()?;
        paths.extend(self.folder.witnessed()?);
        Ok(paths)
    }

    fn checked(&self, path: PublishedPath) -> Result<Option<CheckedFile>, PublishError> {
        let place = self.folder.place(path);
        let metadata = match fs::metadata(&place) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            looked => looked.map_err(PublishError::files("reading", &place))?,
        };
        // A pipe, say, would never be opened.
        if !metadata.is_file() {
            return Err(PublishError::Damaged { path: place });
        }
        let file = CheckedFile { place, stamp: FileStamp::of(&metadata) };
        if self.right.get(&path) != Some(file.stamp) {
            if !self.is_right(path, &file.read(0, usize::MAX)?)? {
                return Err(PublishError::Damaged { path: file.place });
            }
            self.right.insert(path, file.stamp);
        }
        Ok(Some(file))
    }

    fn is_right(&self, path: PublishedPath, bytes: &[u8]) -> Result<bool, PublishError> {
        let (reader, keys) = (&self.reader, self.reader.log_keys());
        match path {
            PublishedPath::Tile(tile) => self.is_of_the_tree(tile, bytes),
            PublishedPath::Witnessed(size) => {
                let log = reader.checkpoint().unverified().head.size;
                let Ok(root) = check_note(&self.folder, &keys, (path, size, log), bytes)? else {
                    return Ok(false);
                };
                check_root(&self.folder, reader, (path, size), root)?;
                Ok(true)
            }
            PublishedPath::Rotated(size) => {
                let Some(known) = reader.hand_overs().remove(&size) else { return Ok(false) };
                Ok(is_hand_over(reader, &keys, (size, known.is_waived), bytes)?.is_some())
            }
            PublishedPath::Checkpoint | PublishedPath::Keys => Ok(false),
        }
    }

    /// A full tile is held against the hash above it, which the tree has in memory; one at the right edge against its
    /// hashes themselves.
    fn is_of_the_tree(&self, tile: Tile, bytes: &[u8]) -> Result<bool, PublishError> {
        let hashes = match tile.row {
            TileRow::Hashes(_level) => parse_hash_tile(tile.width, bytes).ok(),
            TileRow::Entries => {
                let entries = parse_bundle(tile.width, bytes).ok();
                entries.map(|entries| entries.into_iter().map(TreeHash::leaf).collect())
            }
        };
        let Some(hashes) = hashes else { return Ok(false) };
        let row = if tile.row == TileRow::Entries { TileRow::Hashes(TileLevel::LEAVES) } else { tile.row };
        let (at, known) = (Tile { row, ..tile }.hashes(), self.reader.known());
        let above = at.first().filter(|_first| tile.width == TileWidth::FULL);
        match above.and_then(|first| first.level.checked_add(TILE_HEIGHT)) {
            None => Ok(!at.is_empty() && known.tree().read_hashes(&at)? == hashes),
            Some(level) => {
                let mut root = Frontier::EMPTY;
                hashes.into_iter().for_each(|hash| drop(root.append(hash)));
                let above = known.tree().read_hashes(&[HashIndex { level, number: tile.index.0 }])?;
                Ok(above.first() == Some(&root.head().root))
            }
        }
    }
}
