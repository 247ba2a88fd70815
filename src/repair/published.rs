//! What a folder made anew publishes from the first: the files that the checkpoint speaks of which came along.

use crate::ledger::{HashMissing, Tree};
use crate::published::{Folder, LogSource, PublishError, write_keys, write_tiles};
use crate::repair::Assembled;
use minutebook_log::{HashIndex, HashReader as _, LogKeys, TreeHash, TreeSize};
use std::ops::Range;
use std::path::Path;

/// The entries that were proved, and the tree over them.
struct Remade<'a> {
    tree: Tree,
    assembled: &'a Assembled,
}

impl LogSource for Remade<'_> {
    fn hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing> {
        self.tree.read_hashes(at)
    }

    async fn entries(&self, positions: Range<u64>) -> Result<Vec<Vec<u8>>, PublishError> {
        let entries = self.assembled.entries.range(positions);
        Ok(entries.map(|(_position, text)| text.bytes.clone()).collect())
    }
}

/// Writes the tiles and bundles of the first `size` entries, and the log's keys up to there, into the folder `root`, durably.
///
/// A crash on the way leaves files that nobody serves: the ledger's folder is not in its place yet.
///
/// # Errors
/// [`PublishError`].
pub(super) async fn write_published(
    root: &Path,
    assembled: &Assembled,
    keys: &LogKeys,
    size: TreeSize,
) -> Result<(), PublishError> {
    let mut tree = Tree::default();
    assembled.entries.values().for_each(|text| tree.append(TreeHash::leaf(&text.bytes)));
    let folder = Folder::open(root)?;
    write_tiles(&folder, &Remade { tree, assembled }, TreeSize::EMPTY, size).await?;
    write_keys(&folder, &keys.up_to(size)).await
}
