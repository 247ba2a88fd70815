//! The checkpoints that are kept in the published folder beside the newest: cosigned ones, and those at which the
//! log's key passed on.

use crate::proto::{KeptCheckpoint, ListKeptCheckpointsResponse};
use crate::published::{Folder, PublishError};
use crate::service::page::Page;
use crate::service::status;
use minutebook_log::PublishedPath;
use tonic::Status;

/// After how many bytes a page ends, so that it fits into a message whatever the witnesses' number.
const PAGE_BYTES: usize = 1024 * 1024;

/// A page of what is kept there.
pub(super) async fn list(folder: Folder, page: Page) -> Result<ListKeptCheckpointsResponse, Status> {
    let first = page.first()?.unwrap_or_default();
    let read = tokio::task::spawn_blocking(move || read(&folder, &page, first)).await;
    read.map_err(status::internal)?.map_err(|error| {
        tracing::error!(%error, "kept checkpoints could not be read");
        status::internal("the published folder could not be read; the server's log says more")
    })
}

fn read(folder: &Folder, page: &Page, first: u64) -> Result<ListKeptCheckpointsResponse, PublishError> {
    let mut paths = folder.rotated()?;
    paths.extend(folder.witnessed()?);
    paths.retain(|path| number(*path) >= first);
    paths.sort_unstable_by_key(|path| number(*path));
    let (mut listed, mut bytes) = (ListKeptCheckpointsResponse::default(), 0);
    for path in paths {
        if listed.checkpoints.len() == page.size || bytes >= PAGE_BYTES {
            listed.next_page_token = page.token_for(&number(path), &[]);
            break;
        }
        // What is kept is never taken away: a file that is listed is there.
        let checkpoint = folder.read(path)?.unwrap_or_default();
        bytes += checkpoint.len();
        listed.checkpoints.push(KeptCheckpoint { path: path.to_string(), checkpoint });
    }
    Ok(listed)
}

/// The place of a file in the list: by size, so that what is kept later comes behind a page's end.
fn number(path: PublishedPath) -> u64 {
    match path {
        PublishedPath::Rotated(size) => size.0.saturating_mul(2),
        PublishedPath::Witnessed(size) => size.0.saturating_mul(2).saturating_add(1),
        PublishedPath::Checkpoint | PublishedPath::Keys | PublishedPath::Tile(_) => 0,
    }
}
