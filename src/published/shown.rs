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
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;
use tokio::sync::watch;

/// Of how many files it is remembered that they are right.
const CHECKED_MAX: usize = 64 * 1024;

/// How many levels of the tree a tile spans.
const TILE_HEIGHT: u8 = 8;

/// What tells that a file is the very one that was looked at: its length, its inode, when it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileStamp([i64; 4], u64, u64);

impl FileStamp {
    fn of(file: &Metadata) -> Self {
        Self([file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()], file.ino(), file.len())
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

    /// The bytes of a file, if it is there, and the log has them. The checkpoint and the log's keys are those that were
    /// published, whatever stands in their files. Blocks.
    ///
    /// # Errors
    /// [`PublishError::Damaged`] for one that is not what the log has; [`PublishError`] where it can't be read.
    pub fn file(&self, path: PublishedPath) -> Result<Option<Vec<u8>>, PublishError> {
        let newest = self.published.borrow().clone();
        match path {
            PublishedPath::Checkpoint => Ok(newest.map(|newest| newest.encode().into_bytes())),
            PublishedPath::Keys => {
                let size = newest.map_or(TreeSize::EMPTY, |newest| newest.unverified().head.size);
                Ok(Some(self.reader.log_keys().up_to(size).encode().into_bytes()))
            }
            PublishedPath::Tile(_) | PublishedPath::Witnessed(_) | PublishedPath::Rotated(_) => {
                self.checked(path)
            }
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

    fn checked(&self, path: PublishedPath) -> Result<Option<Vec<u8>>, PublishError> {
        let place = self.folder.place(path);
        let mut file = match File::open(&place) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(PublishError::files("reading", &place))?,
        };
        let (mut bytes, mut stamp) = (Vec::new(), None);
        let read = file.metadata().and_then(|metadata| {
            stamp = Some(FileStamp::of(&metadata));
            file.read_to_end(&mut bytes)
        });
        read.map_err(PublishError::files("reading", &place))?;
        if stamp.is_some() && self.right.get(&path) == stamp {
            return Ok(Some(bytes));
        }
        if !self.is_right(path, &bytes)? {
            return Err(PublishError::Damaged { path: place });
        }
        stamp.into_iter().for_each(|stamp| self.right.insert(path, stamp));
        Ok(Some(bytes))
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
