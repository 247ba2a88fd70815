//! What is published, gone through at leisure beside the store: a file that was damaged is made anew from the entries.

use crate::ledger::{Beside, Reader};
use crate::published::recover::is_right;
use crate::published::tiles::write_these;
use crate::published::{Folder, NewestPublished, PublishError};
use minutebook_log::{Tile, TileWidth, TreeSize};
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
        let newest = self.published.borrow().clone();
        let size = newest.map_or(TreeSize::EMPTY, |newest| newest.unverified().head.size);
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
        Ok(mended)
    }
}

impl<E: Engine> Beside for Compared<E> {
    fn check(&self, done: Range<u64>) -> Pin<Box<dyn Future<Output = Result<u64, String>> + Send + '_>> {
        Box::pin(async move { self.compare(done).await.map_err(|error| error.to_string()) })
    }
}
