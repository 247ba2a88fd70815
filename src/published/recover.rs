//! What a start does with a folder that was published before: it goes on from there, or refuses.

use crate::ledger::Reader;
use crate::published::tiles::{content, write, write_these};
use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{
    LogKeys, Note, PublishedPath, Question, SignedCheckpoint, Tile, TileIndex, TileLevel, TileRow, TileWidth,
    TreeHash, TreeSize,
};
use minutebook_store::Engine;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compares the folder with the log, whose newest checkpoint is `newest`. Returns what was published last, if
/// anything; tiles of it that are missing or are not the log's are written anew, as far as this is seen without reading
/// all of them ([`Compared`](crate::published::Compared) does), and `vkey` is. Partial tiles of another history are put
/// aside. What a full disk has left of a checkpoint is none: the next is published in its place.
///
/// # Errors
/// [`PublishError`]: nothing is written where the published checkpoint is another log's, ahead of the log or
/// of another history, nor where there are tiles beyond the log's end: they are evidence as good as a checkpoint.
pub async fn recover<S: LogSource>(
    folder: &Folder,
    source: &S,
    keys: &LogKeys,
    newest: &SignedCheckpoint,
) -> Result<Option<SignedCheckpoint>, PublishError> {
    let published = match folder.read(PublishedPath::Checkpoint)? {
        None => None,
        Some(bytes) if is_cut_short(&bytes, newest.unverified().origin.as_str()) => {
            let (file, bytes) = (folder.place(PublishedPath::Checkpoint), bytes.len());
            tracing::error!(
                file = %file.display(), bytes,
                "the published checkpoint is empty or cut short, and is made anew: look at the disk"
            );
            None
        }
        Some(bytes) => Some(check(folder, source, &bytes, keys, newest)?),
    };
    let size = published.as_ref().map_or(TreeSize::EMPTY, |published| published.unverified().head.size);
    let log = newest.unverified().head.size;
    let found = folder.tiles()?;
    if let Some(beyond) = found.iter().find(|tile| !tile.is_of(log)) {
        let (root, file) = (folder.root().to_owned(), folder.place(PublishedPath::Tile(*beyond)));
        return Err(PublishError::Beyond { root, file, log });
    }
    set_aside_strange(folder, source, (&found, log)).await?;
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

/// Whether this is what a full disk, or a copy that was broken off, has left of a checkpoint of the log `origin`: nothing,
/// the beginning of its first line, or that line without a whole note. Nobody has signed such bytes, so they are no
/// evidence of anything; what another log or another hand has written is left alone.
pub(crate) fn is_cut_short(bytes: &[u8], origin: &str) -> bool {
    let line = format!("{origin}\n");
    let is_beginning = line.as_bytes().starts_with(bytes) || bytes.starts_with(line.as_bytes());
    is_beginning && Note::parse(bytes).is_err()
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

/// Puts aside the partial tiles that are not the beginning of what the log has in their place: they are of another
/// history, and whoever put them there has seen it.
async fn set_aside_strange<S: LogSource>(
    folder: &Folder,
    source: &S,
    (found, log): (&[Tile], TreeSize),
) -> Result<(), PublishError> {
    let mut partial: BTreeMap<(TileRow, TileIndex), Vec<Tile>> = BTreeMap::new();
    for tile in found.iter().filter(|tile| tile.width != TileWidth::FULL) {
        partial.entry((tile.row, tile.index)).or_default().push(*tile);
    }
    for (_place, tiles) in partial {
        let Some(widest) = tiles.iter().max_by_key(|tile| tile.width).copied() else { continue };
        let right = content(source, widest).await?;
        for tile in tiles {
            let path = PublishedPath::Tile(tile);
            // One that is damaged is no other history: where it is needed it is written anew.
            let strange = matches!(folder.read_whole(path), Ok(Some(bytes)) if !right.starts_with(&bytes));
            if strange {
                let (file, aside) = (folder.place(path), folder.aside());
                tracing::error!(
                    file = %file.display(), aside = %aside.display(), entries = log.0,
                    "a published partial tile is of another history of this log, and is put aside: keep it, it is evidence"
                );
                folder.set_aside(path)?;
            }
        }
    }
    Ok(())
}

/// Writes anew what is missing of a published log of this size, and what is seen to be wrong: by its length, and at the
/// right edge and above the leaves by its content. Removes partial tiles that have become full ones.
async fn repair<S: LogSource>(folder: &Folder, source: &S, size: TreeSize) -> Result<(), PublishError> {
    let tiles = Tile::grown(TreeSize::EMPTY, size);
    let edge = Tile::grown(TreeSize(size.0.saturating_sub(1)), size);
    let mut wrong = Vec::new();
    for tile in &tiles {
        let is_low = matches!(tile.row, TileRow::Entries | TileRow::Hashes(TileLevel::LEAVES));
        let is_right = folder.has_length(*tile)?
            && ((is_low && !edge.contains(tile)) || is_right(folder, source, *tile).await?);
        if !is_right {
            tracing::error!(%tile, "a published file is missing or damaged, and is made anew from the store");
            wrong.push(*tile);
        }
    }
    if !wrong.is_empty() {
        write_these(folder, source, &wrong).await?;
    }
    tiles.into_iter().try_for_each(|tile| folder.remove_partial(tile))
}

/// Whether a published file is there and is what the log has.
pub(super) async fn is_right<S: LogSource>(
    folder: &Folder,
    source: &S,
    tile: Tile,
) -> Result<bool, PublishError> {
    Ok(folder.read(PublishedPath::Tile(tile))? == Some(content(source, tile).await?))
}
