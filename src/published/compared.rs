//! What is published, gone through at leisure beside the store: a file that was damaged or has gone is made anew, from
//! the entries, or from what was published last.

use crate::ledger::{Beside, Reader};
use crate::published::kept::{damaged_notes, note_sizes, set_damaged_aside};
use crate::published::recover::recover_hand_overs;
use crate::published::tiles::write_these;
use crate::published::{Folder, NewestPublished, PublishError, is_right};
use minutebook_log::{LogKeys, PublishedPath, SignedCheckpoint, Tile, TileWidth, TreeSize};
use minutebook_store::{Engine, SledEngine};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;

/// The published files of a ledger, held against its store.
pub struct Compared<E: Engine = SledEngine> {
    folder: Folder,
    reader: Arc<Reader<E>>,
    published: watch::Receiver<NewestPublished>,
}

impl<E: Engine> Compared<E> {
    pub(super) fn of(
        folder: Folder,
        reader: Arc<Reader<E>>,
        published: watch::Receiver<NewestPublished>,
    ) -> Self {
        Self { folder, reader, published }
    }

    /// The tiles that are complete with the entries up to the end of `done`, and were not at its start; at the
    /// published log's end those that are not full, too.
    fn due(&self, done: &Range<u64>) -> Vec<Tile> {
        let size = self.published_size();
        let (start, end) = (TreeSize(done.start.min(size.0)), TreeSize(done.end.min(size.0)));
        let mut due = Tile::grown(start, end);
        due.retain(|tile| tile.width == TileWidth::FULL);
        if end == size && start < end {
            let edge = Tile::grown(TreeSize::EMPTY, size).into_iter();
            due.extend(edge.filter(|tile| tile.width != TileWidth::FULL));
        }
        due
    }

    async fn compare(&self, done: Range<u64>) -> Result<u64, PublishError> {
        let mut mended = 0;
        for tile in self.due(&done) {
            if is_right(&self.folder, &self.reader, tile).await? {
                continue;
            }
            // A partial tile may have grown into a full one meanwhile, and gone.
            let still_due = self.due(&done).contains(&tile);
            if still_due && !is_right(&self.folder, &self.reader, tile).await? {
                tracing::error!(%tile, "a published file was damaged, and is made anew from the store");
                write_these(&self.folder, &self.reader, &[tile]).await?;
                mended += 1;
            }
        }
        mended += self.look_at_notes(&done)?;
        if self.ends_in(&done) {
            mended += self.mend_notes().await?;
        }
        Ok(mended)
    }

    /// Holds the cosigned checkpoints of these sizes against the tree.
    fn look_at_notes(&self, done: &Range<u64>) -> Result<u64, PublishError> {
        let mut sizes = note_sizes(&self.folder)?;
        sizes.retain(|size| done.start < size.0 && size.0 <= done.end);
        let (keys, log) = (self.reader.log_keys(), self.reader.checkpoint().unverified().head.size);
        let notes = (&sizes, |_size| true);
        set_damaged_aside(&self.folder, &damaged_notes(&self.folder, &self.reader, (&keys, log), notes)?)
    }

    fn ends_in(&self, done: &Range<u64>) -> bool {
        let size = self.published_size().0;
        size > 0 && done.contains(&(size - 1))
    }

    fn published_size(&self) -> TreeSize {
        let newest = self.published.borrow().clone();
        newest.map_or(TreeSize::EMPTY, |newest| newest.unverified().head.size)
    }

    /// The notes, whose tiles are whole: hand-overs, the log's keys, and the checkpoint last.
    async fn mend_notes(&self) -> Result<u64, PublishError> {
        let hand_overs = recover_hand_overs(&self.folder, &self.reader, self.published_size()).await?;
        let (folder, reader, published) =
            (self.folder.clone(), Arc::clone(&self.reader), self.published.clone());
        let mending =
            tokio::task::spawn_blocking(move || mend_newest(&folder, &reader.log_keys(), &published));
        let ended = |error| PublishError::Source(format!("mending ended in the middle: {error}"));
        Ok(hand_overs + mending.await.map_err(ended)??)
    }
}

/// Makes the log's keys and the checkpoint anew that were published last, where they are gone or damaged.
fn mend_newest(
    folder: &Folder,
    keys: &LogKeys,
    published: &watch::Receiver<NewestPublished>,
) -> Result<u64, PublishError> {
    let Some(newest) = published.borrow().clone() else { return Ok(0) };
    let size = newest.unverified().head.size;
    let own = keys.up_to(size);
    // The publisher may be ahead of what it has told, never behind.
    let are_ours = |bytes: &[u8]| {
        LogKeys::parse(bytes)
            .is_ok_and(|found| keys.keys().starts_with(found.keys()) && found.keys().starts_with(own.keys()))
    };
    let is_ours = |bytes: &[u8]| {
        SignedCheckpoint::parse(bytes).is_ok_and(|found| {
            let of = found.unverified().head.size;
            let key: Vec<_> = keys.at(of).into_iter().cloned().collect();
            of >= size && found.verify(&key).is_ok()
        })
    };
    let mended = [
        (PublishedPath::Keys, folder.mend(PublishedPath::Keys, own.encode().as_bytes(), are_ours)?),
        (
            PublishedPath::Checkpoint,
            folder.mend(PublishedPath::Checkpoint, newest.encode().as_bytes(), is_ours)?,
        ),
    ];
    let mended = mended.into_iter().filter(|(_path, is_mended)| *is_mended);
    let told = mended.inspect(|(path, _is_mended)| {
        tracing::error!(%path, "a published file was missing or damaged, and is made anew");
    });
    Ok(told.count() as u64)
}

impl<E: Engine> Beside for Compared<E> {
    fn check(&self, done: Range<u64>) -> Pin<Box<dyn Future<Output = Result<u64, String>> + Send + '_>> {
        Box::pin(async move { self.compare(done).await.map_err(|error| error.to_string()) })
    }
}
