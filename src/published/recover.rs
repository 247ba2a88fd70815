//! What a start does with a folder that was published before: it goes on from there, or refuses.

use crate::ledger::Reader;
use crate::published::examined::{Examined, examine};
use crate::published::kept::{NoteFile, look_at_hand_over, set_damaged_aside};
use crate::published::tiles::{write, write_these};
use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{LogKeys, PublishedPath, SignedCheckpoint, Tile, TreeSize};
use minutebook_store::Engine;
use std::sync::Arc;

/// Compares the folder with the log, whose newest checkpoint is `newest`. Returns what was published last, if
/// anything; tiles of it that are missing or are not the log's are written anew, as far as this is seen without reading
/// all of them ([`Compared`](crate::published::Compared) does), and `vkey` is. Partial tiles of another history and cosigned
/// checkpoints that are damaged are put aside, and so is what a full disk has left of a checkpoint: the next is published in
/// its place.
///
/// # Errors
/// [`PublishError`]: nothing is written where the published checkpoint, or one that is kept, is ahead of the log or
/// of another history, where it is another log's, nor where there are tiles beyond the log's end: they are evidence as good
/// as a checkpoint.
pub async fn recover<S: LogSource>(
    folder: &Folder,
    source: &S,
    keys: &LogKeys,
    newest: &SignedCheckpoint,
) -> Result<Option<SignedCheckpoint>, PublishError> {
    let log = newest.unverified().head.size;
    let examined = examine(folder, source, keys, log).await?;
    let size = examined.size();
    let Examined { published, is_cut_short, strange, wrong, damaged } = examined;
    if is_cut_short {
        let file = folder.place(PublishedPath::Checkpoint);
        tracing::error!(
            file = %file.display(), aside = %folder.damaged().display(),
            "the published checkpoint is empty or cut short, and is put aside and made anew: look at the disk"
        );
        folder.set_aside(PublishedPath::Checkpoint, &folder.damaged())?;
    }
    for tile in strange {
        let (path, aside) = (PublishedPath::Tile(tile), folder.aside());
        tracing::error!(
            file = %folder.place(path).display(), aside = %aside.display(), entries = log.0,
            "a published partial tile is of another history of this log, and is put aside: keep it, it is evidence"
        );
        folder.set_aside(path, &aside)?;
    }
    set_damaged_aside(folder, &damaged)?;
    for tile in &wrong {
        tracing::error!(%tile, "a published file is missing or damaged, and is made anew from the store");
    }
    write_these(folder, source, &wrong).await?;
    Tile::grown(TreeSize::EMPTY, size).into_iter().try_for_each(|tile| folder.remove_partial(tile))?;
    let keys = keys.up_to(size);
    if published.is_some() && !says_keys(folder, &keys)? {
        let path = PublishedPath::Keys;
        tracing::error!(%path, "a published file is missing or damaged, and is made anew");
    }
    write_keys(folder, &keys).await?;
    Ok(published)
}

/// Whether `vkey` says these keys; after a crash before a checkpoint, perhaps with the next behind them.
fn says_keys(folder: &Folder, keys: &LogKeys) -> Result<bool, PublishError> {
    let found = folder.read(PublishedPath::Keys)?.and_then(|bytes| LogKeys::parse(&bytes).ok());
    Ok(found.is_some_and(|found| found.keys().starts_with(keys.keys())))
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

/// Compares the notes at which the log's key passed on with the folder's: those that this server could not make again
/// are taken from there, and those that are not there are written, up to the size that is published. Returns how many.
///
/// # Errors
/// [`PublishError::HandOver`] for one that is nowhere.
pub(super) async fn recover_hand_overs<E: Engine>(
    folder: &Folder,
    reader: &Arc<Reader<E>>,
    published: TreeSize,
) -> Result<u64, PublishError> {
    let (keys, mut written) = (reader.log_keys(), 0);
    for (size, known) in reader.hand_overs() {
        match look_at_hand_over(folder, reader, (&keys, published), (size, known))? {
            NoteFile::Right(found) => reader.restore_hand_over(found),
            NoteFile::Lacks(note) => {
                let path = PublishedPath::Rotated(size);
                tracing::error!(%path, "a published file is missing or damaged, and is made anew");
                write(folder, vec![(PublishedPath::Rotated(size), note.encode().into_bytes())]).await?;
                written += 1;
            }
            NoteFile::NotYet => {}
        }
    }
    Ok(written)
}
