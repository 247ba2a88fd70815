//! What is written when the log has grown, in the order in which it becomes durable.

use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{
    PublishedPath, SignedCheckpoint, Tile, TileRow, TreeSize, encode_bundle, encode_hash_tile,
};

/// How many files are made ready at once.
const FILES_AT_ONCE: usize = 32;

/// Writes the bundles and tiles that a log of size `new` has and one of size `old` does not, durably.
///
/// # Errors
/// [`PublishError`]. What was written until then is right, and speaks for nothing yet.
pub async fn write_tiles<S: LogSource>(
    folder: &Folder,
    source: &S,
    old: TreeSize,
    new: TreeSize,
) -> Result<(), PublishError> {
    write_these(folder, source, &Tile::grown(old, new)).await
}

/// Writes these bundles and tiles, durably.
pub(super) async fn write_these<S: LogSource>(
    folder: &Folder,
    source: &S,
    tiles: &[Tile],
) -> Result<(), PublishError> {
    for tiles in tiles.chunks(FILES_AT_ONCE) {
        let mut files = Vec::with_capacity(tiles.len());
        for tile in tiles {
            files.push((PublishedPath::Tile(*tile), content(source, *tile).await?));
        }
        write(folder, files).await?;
    }
    Ok(())
}

/// The bytes of a tile.
pub(super) async fn content<S: LogSource>(source: &S, tile: Tile) -> Result<Vec<u8>, PublishError> {
    match tile.row {
        TileRow::Entries => Ok(encode_bundle(&source.entries(tile.positions()).await?)?),
        TileRow::Hashes(_level) => Ok(encode_hash_tile(&source.hashes(&tile.hashes())?)),
    }
}

/// Publishes a checkpoint whose tiles are durable; then partial tiles that have become full ones go.
///
/// A crash before the rename leaves the checkpoint before; a crash after it, partial tiles that the next
/// start removes.
///
/// # Errors
/// [`PublishError`].
pub async fn publish_checkpoint(
    folder: &Folder,
    checkpoint: &SignedCheckpoint,
    old: TreeSize,
) -> Result<(), PublishError> {
    write(folder, vec![(PublishedPath::Checkpoint, checkpoint.encode().into_bytes())]).await?;
    let new = checkpoint.unverified().head.size;
    Tile::grown(old, new).into_iter().try_for_each(|tile| folder.remove_partial(tile))
}

/// Writes files where waiting for the disk holds up no other task.
pub(super) async fn write(folder: &Folder, files: Vec<(PublishedPath, Vec<u8>)>) -> Result<(), PublishError> {
    let folder = folder.clone();
    let written = tokio::task::spawn_blocking(move || folder.write(&files)).await;
    written.map_err(|ended| PublishError::Source(format!("writing ended in the middle: {ended}")))?
}
