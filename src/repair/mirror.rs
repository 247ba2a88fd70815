//! A published log from another machine, brought here file by file: from a server of this software, or any
//! web server that has the folder.

use crate::repair::RepairError;
use crate::witnessing::Http;
use hyper::Uri;
use minutebook_log::{LogKeys, NOTE_BYTES_MAX, Position, PublishedPath, SignedCheckpoint, Tile};
use std::fs;
use std::path::Path;

/// The most bytes that a bundle can have: 256 entries, each after its length.
const BUNDLE_BYTES_MAX: usize = 256 * (2 + 65_535);

/// Brings checkpoint and entries of the log that is published at `url` into the folder `to`, and the checkpoints at
/// which its key passed on. Nothing is verified here. `progress` is told how many entries of how many are here.
///
/// # Errors
/// [`RepairError::Mirror`] where there is no checkpoint, or the mirror is out of reach. Bundles that it does
/// not have are left out.
pub async fn fetch(
    url: &str,
    to: &Path,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<(), RepairError> {
    let mirror = Mirror::new(url)?;
    let path = PublishedPath::Checkpoint;
    let checkpoint = mirror.file(path, NOTE_BYTES_MAX).await?;
    let checkpoint = checkpoint.ok_or_else(|| mirror.refuse("it has no file checkpoint"))?;
    let signed = SignedCheckpoint::parse(&checkpoint).map_err(|malformed| mirror.refuse(&malformed))?;
    save(to, path, &checkpoint)?;
    bring_hand_overs(&mirror, to).await?;
    let size = signed.unverified().head.size;
    let mut next = Position::FIRST;
    while let Some(tile) = Tile::bundle_of(next, size) {
        let path = PublishedPath::Tile(tile);
        if let Some(bundle) = mirror.file(path, BUNDLE_BYTES_MAX).await? {
            save(to, path, &bundle)?;
        }
        next = Position(tile.positions().end);
        progress(next.0, size.0);
    }
    Ok(())
}

/// Where they are is told by the file of the log's keys; whose those are, by the book.
async fn bring_hand_overs(mirror: &Mirror, to: &Path) -> Result<(), RepairError> {
    let keys = mirror.file(PublishedPath::Keys, NOTE_BYTES_MAX).await?;
    let Some(keys) = keys.and_then(|bytes| LogKeys::parse(&bytes).ok()) else { return Ok(()) };
    for size in keys.hand_overs() {
        let path = PublishedPath::Rotated(size);
        if let Some(note) = mirror.file(path, NOTE_BYTES_MAX).await? {
            save(to, path, &note)?;
        }
    }
    Ok(())
}

struct Mirror {
    base: String,
    http: Http,
}

impl Mirror {
    fn new(url: &str) -> Result<Self, RepairError> {
        let base = format!("{}/", url.trim_end_matches('/'));
        let refuse = |why: String| RepairError::Mirror { url: url.to_owned(), why };
        let address: Uri = base.parse().map_err(|error| refuse(format!("no address: {error}")))?;
        let http = Http::new([&address].into_iter()).map_err(|error| refuse(error.to_string()))?;
        Ok(Self { base, http })
    }

    fn refuse(&self, why: &(impl ToString + ?Sized)) -> RepairError {
        RepairError::Mirror { url: self.base.clone(), why: why.to_string() }
    }

    /// A file; nothing where the mirror does not have it.
    async fn file(&self, path: PublishedPath, bytes_max: usize) -> Result<Option<Vec<u8>>, RepairError> {
        let address = format!("{}{path}", self.base);
        let refuse = |why: String| RepairError::Mirror { url: address.clone(), why };
        let uri: Uri = address.parse().map_err(|error| refuse(format!("no address: {error}")))?;
        match self.http.fetch(&uri, bytes_max).await {
            Ok((200, bytes)) => Ok(Some(bytes)),
            Ok((404 | 410, _page)) => Ok(None),
            Ok((status, _page)) => Err(refuse(format!("the answer was {status}"))),
            Err(error) => Err(refuse(error.to_string())),
        }
    }
}

fn save(to: &Path, path: PublishedPath, bytes: &[u8]) -> Result<(), RepairError> {
    let place = to.join(path.to_string());
    let write = || {
        place.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&place, bytes)
    };
    write().map_err(RepairError::files("writing", &place))
}
