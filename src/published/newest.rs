//! The checkpoint that was published last, held against the log.

use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{LogKeys, Note, PublishedPath, Question, SignedCheckpoint, TreeHash, TreeSize};

/// Whether this is what a full disk, or a copy that was broken off, has left of a checkpoint of the log `origin`: nothing,
/// the beginning of its first line, or that line without a whole note. Nobody has signed such bytes, so they are no
/// evidence of anything; what another log or another hand has written is left alone.
pub(crate) fn is_cut_short(bytes: &[u8], origin: &str) -> bool {
    let line = format!("{origin}\n");
    let is_beginning = line.as_bytes().starts_with(bytes) || bytes.starts_with(line.as_bytes());
    is_beginning && Note::parse(bytes).is_err()
}

/// The published checkpoint, if the log, which has these keys and `log` entries, extends it.
///
/// # Errors
/// [`PublishError`]: it is another's, ahead of the log or of another history.
pub(super) fn check<S: LogSource>(
    folder: &Folder,
    source: &S,
    bytes: &[u8],
    keys: &LogKeys,
    log: TreeSize,
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
    let head = published.unverified().head;
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

/// The root of the log when it had this size.
///
/// # Errors
/// [`PublishError`] where the log could not be read.
pub(super) fn root_at<S: LogSource>(source: &S, size: TreeSize) -> Result<TreeHash, PublishError> {
    let question = Question::root(size);
    let hashes = source.hashes(&question.needs())?;
    let root = question.answer(&hashes).map_err(|error| PublishError::Source(error.to_string()))?;
    Ok(root.first().copied().unwrap_or(TreeHash::EMPTY))
}
