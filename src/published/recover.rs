//! What a start does with a folder that was published before: it goes on from there, or refuses.

use crate::ledger::Reader;
use crate::published::tiles::{content, write, write_these};
use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{LogKeys, PublishedPath, Question, SignedCheckpoint, Tile, TileRow, TreeHash, TreeSize};
use minutebook_store::Engine;
use std::sync::Arc;

/// Compares the folder with the log, whose newest checkpoint is `newest`. Returns what was published last, if
/// anything; tiles of it that are missing or are not the log's are written anew, and `vkey` is.
///
/// # Errors
/// [`PublishError`]: nothing is written where the published checkpoint is another log's, ahead of the log or
/// of another history.
pub async fn recover<S: LogSource>(
    folder: &Folder,
    source: &S,
    keys: &LogKeys,
    newest: &SignedCheckpoint,
) -> Result<Option<SignedCheckpoint>, PublishError> {
    let published = match folder.read(PublishedPath::Checkpoint)? {
        None => None,
        Some(bytes) => Some(check(folder, source, &bytes, keys, newest)?),
    };
    let size = published.as_ref().map_or(TreeSize::EMPTY, |published| published.unverified().head.size);
    repair(folder, source, size).await?;
    write_keys(folder, &keys.up_to(size)).await?;
    Ok(published)
}

/// Writes `vkey`, unless it says so already.
///
/// # Errors
/// [`PublishError`].
pub async fn write_keys(folder: &Folder, keys: &LogKeys) -> Result<(), PublishError> {
    let keys = keys.encode().into_bytes();
    if folder.read(PublishedPath::Keys)?.as_ref() == Some(&keys) {
        return Ok(());
    }
    write(folder, vec![(PublishedPath::Keys, keys)]).await
}

/// The published checkpoint, if the log extends it.
fn check<S: LogSource>(
    folder: &Folder,
    source: &S,
    bytes: &[u8],
    keys: &LogKeys,
    newest: &SignedCheckpoint,
) -> Result<SignedCheckpoint, PublishError> {
    let path = folder.place(PublishedPath::Checkpoint);
    let not_ours = |why: String| PublishError::NotOurs { path, why };
    let published = match SignedCheckpoint::parse(bytes) {
        Ok(published) => published,
        Err(malformed) => return Err(not_ours(malformed.to_string())),
    };
    let key: Vec<_> = keys.at(published.unverified().head.size).into_iter().cloned().collect();
    if let Err(error) = published.verify(&key) {
        return Err(not_ours(error.to_string()));
    }
    let (head, log) = (published.unverified().head, newest.unverified().head.size);
    let path = folder.root().to_owned();
    if head.size > log {
        return Err(PublishError::Ahead { path, published: head.size, log });
    }
    let root = root_at(source, head.size)?;
    if root != head.root {
        return Err(PublishError::OtherHistory { path, size: head.size, published: head.root, log: root });
    }
    Ok(published)
}

/// Compares the notes at which the log's key passed on with the folder's: those that this server could not make again
/// are taken from there, and those that are not there are written, up to the size that is published.
///
/// # Errors
/// [`PublishError::HandOver`] for one that is nowhere.
pub(super) async fn recover_hand_overs<E: Engine>(
    folder: &Folder,
    reader: &Arc<Reader<E>>,
    published: TreeSize,
) -> Result<(), PublishError> {
    let keys = reader.log_keys();
    for (size, known) in reader.hand_overs() {
        let path = PublishedPath::Rotated(size);
        let found = folder.read(path)?.and_then(|bytes| SignedCheckpoint::parse(&bytes).ok());
        let root = root_at(reader, size)?;
        let found = found.filter(|found| {
            let head = found.unverified().head;
            let by = keys.check_hand_over(found);
            head.size == size
                && head.root == root
                && by.is_ok_and(|by| by.is_signed_by_old || known.is_waived)
        });
        match (found, known.note) {
            (Some(found), _) => reader.restore_hand_over(found),
            (None, Some(note)) if size <= published || folder.place(path).is_file() => {
                write(folder, vec![(path, note.encode().into_bytes())]).await?;
            }
            (None, Some(_not_published_yet)) => {}
            (None, None) => return Err(PublishError::HandOver { path: folder.place(path), size }),
        }
    }
    Ok(())
}

fn root_at<S: LogSource>(source: &S, size: TreeSize) -> Result<TreeHash, PublishError> {
    let question = Question::root(size);
    let hashes = source.hashes(&question.needs())?;
    let root = question.answer(&hashes).map_err(|error| PublishError::Source(error.to_string()))?;
    Ok(root.first().copied().unwrap_or(TreeHash::EMPTY))
}

/// Writes anew what is missing of a published log of this size, and tiles of hashes that are not the log's;
/// removes partial tiles that have become full ones. Bundles are not read here: whoever takes them compares
/// them with the tiles.
async fn repair<S: LogSource>(folder: &Folder, source: &S, size: TreeSize) -> Result<(), PublishError> {
    let tiles = Tile::grown(TreeSize::EMPTY, size);
    let mut wrong = Vec::new();
    for tile in &tiles {
        let is_right = match tile.row {
            TileRow::Entries => folder.place(PublishedPath::Tile(*tile)).is_file(),
            TileRow::Hashes(_level) => {
                folder.read(PublishedPath::Tile(*tile))? == Some(content(source, *tile).await?)
            }
        };
        if !is_right {
            wrong.push(*tile);
        }
    }
    if !wrong.is_empty() {
        tracing::warn!(files = wrong.len(), "published files were missing or wrong, and are written anew");
        write_these(folder, source, &wrong).await?;
    }
    tiles.into_iter().try_for_each(|tile| folder.remove_partial(tile))
}
