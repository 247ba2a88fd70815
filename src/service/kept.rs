//! The checkpoints that are kept in the published folder beside the newest: cosigned ones, and those at which the
//! log's key passed on.

use crate::proto::{KeptCheckpoint, ListKeptCheckpointsResponse};
use crate::published::{PublishError, Shown};
use crate::service::page::Page;
use crate::service::status;
use minutebook_log::PublishedPath;
use minutebook_store::Engine;
use std::sync::{Arc, Mutex, PoisonError};
use tonic::Status;

/// After how many bytes a page ends, so that it fits into a message whatever the witnesses' number.
const PAGE_BYTES: usize = 1024 * 1024;

/// What is kept in a published folder, as it is shown over HTTP. What is kept later is larger, and nothing is taken away: so
/// what was listed once holds, and the folder is listed anew only where a page reaches its end.
pub(super) struct Kept<E: Engine> {
    shown: Shown<E>,
    listed: Mutex<Arc<[PublishedPath]>>,
}

impl<E: Engine> Kept<E> {
    /// What is kept there.
    pub(super) fn of(shown: Shown<E>) -> Self {
        Self { shown, listed: Mutex::default() }
    }

    /// A page of it.
    pub(super) async fn list(self: Arc<Self>, page: Page) -> Result<ListKeptCheckpointsResponse, Status> {
        let first = page.first()?.unwrap_or_default();
        let read = tokio::task::spawn_blocking(move || self.read(&page, first)).await;
        read.map_err(status::internal)?.map_err(|error| {
            tracing::error!(%error, "kept checkpoints could not be read");
            status::internal(
                "what is published could not be read, or is not what was; the server's log says more",
            )
        })
    }

    fn read(&self, page: &Page, first: u64) -> Result<ListKeptCheckpointsResponse, PublishError> {
        let listed = Arc::clone(&self.listed.lock().unwrap_or_else(PoisonError::into_inner));
        let known = self.page(&listed, page, first)?;
        if !known.next_page_token.is_empty() {
            return Ok(known);
        }
        let mut paths = self.shown.kept()?;
        paths.sort_unstable_by_key(|path| number(*path));
        let paths: Arc<[_]> = paths.into();
        *self.listed.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&paths);
        self.page(&paths, page, first)
    }

    /// The page of these files, in their order, that begins with the number `first`.
    fn page(
        &self,
        paths: &[PublishedPath],
        page: &Page,
        first: u64,
    ) -> Result<ListKeptCheckpointsResponse, PublishError> {
        let (mut listed, mut bytes) = (ListKeptCheckpointsResponse::default(), 0);
        let begins = paths.partition_point(|path| number(*path) < first);
        for path in paths.iter().skip(begins).copied() {
            if listed.checkpoints.len() == page.size || bytes >= PAGE_BYTES {
                listed.next_page_token = page.token_for(&number(path), &[]);
                break;
            }
            // What is kept is never taken away: a file that is listed is there.
            let checkpoint = self.shown.bytes(path)?.unwrap_or_default();
            bytes += checkpoint.len();
            listed.checkpoints.push(KeptCheckpoint { path: path.to_string(), checkpoint });
        }
        Ok(listed)
    }
}

/// The place of a file in the list: by size, so that what is kept later comes behind a page's end.
fn number(path: PublishedPath) -> u64 {
    match path {
        PublishedPath::Rotated(size) => size.0.saturating_mul(2),
        PublishedPath::Witnessed(size) => size.0.saturating_mul(2).saturating_add(1),
        PublishedPath::Checkpoint | PublishedPath::Keys | PublishedPath::Tile(_) => 0,
    }
}
