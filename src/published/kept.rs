//! The checkpoints that are kept beside the newest, held against the log: cosigned ones, and those at which the log's key
//! passed on.

use crate::ledger::HandOverNote;
use crate::published::newest::root_at;
use crate::published::{Folder, LogSource, PublishError};
use minutebook_log::{CheckpointError, LogKeys, PublishedPath, SignedCheckpoint, TreeHash, TreeSize};
use std::collections::BTreeSet;

/// A kept checkpoint that is not what it was: nobody has signed what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedNote {
    /// Which.
    pub path: PublishedPath,
    /// What is wrong with it.
    pub why: String,
}

/// The cosigned checkpoints of these sizes that are damaged, in their order. Each is held against its name and the log's key;
/// those of which `is_held` says so against the tree, too, for which entries are read.
///
/// # Errors
/// [`PublishError`] for one that the log's own key has signed, and that the log is found not to extend.
pub(super) fn damaged_notes<S: LogSource>(
    folder: &Folder,
    source: &S,
    (keys, log): (&LogKeys, TreeSize),
    (sizes, is_held): (&BTreeSet<TreeSize>, impl Fn(TreeSize) -> bool),
) -> Result<Vec<DamagedNote>, PublishError> {
    let mut damaged = Vec::new();
    for size in sizes {
        let path = PublishedPath::Witnessed(*size);
        let Some(bytes) = folder.read(path)? else { continue };
        match check_note(folder, keys, (path, *size, log), &bytes)? {
            Err(why) => damaged.push(DamagedNote { path, why }),
            Ok(root) if is_held(*size) => check_root(folder, source, (path, *size), root)?,
            Ok(_root) => {}
        }
    }
    Ok(damaged)
}

/// The sizes of the cosigned checkpoints that are there.
///
/// # Errors
/// [`PublishError::Files`].
pub(super) fn note_sizes(folder: &Folder) -> Result<BTreeSet<TreeSize>, PublishError> {
    let size = |path| match path {
        PublishedPath::Witnessed(size) => Some(size),
        _ => None,
    };
    Ok(folder.witnessed()?.into_iter().filter_map(size).collect())
}

/// The root that a kept checkpoint states by the log's key; or why it is damaged, where it is.
///
/// # Errors
/// [`PublishError`] for one that is of more entries than the log has, and signed.
pub(super) fn check_note(
    folder: &Folder,
    keys: &LogKeys,
    (path, size, log): (PublishedPath, TreeSize, TreeSize),
    bytes: &[u8],
) -> Result<Result<TreeHash, String>, PublishError> {
    let signed = match SignedCheckpoint::parse(bytes) {
        Ok(signed) => signed,
        Err(malformed) => return Ok(Err(malformed.to_string())),
    };
    let (head, file) = (signed.unverified().head, folder.place(path));
    if head.size != size {
        return Ok(Err(format!("it is of size {}", head.size)));
    }
    let key: Vec<_> = keys.at(size).into_iter().cloned().collect();
    match signed.verify(&key) {
        Err(error @ CheckpointError::Unsigned { .. }) if size > log => {
            Err(PublishError::NotOurs { path: file, why: error.to_string() })
        }
        Err(error) => Ok(Err(error.to_string())),
        Ok(_by) if size > log => Err(PublishError::Beyond { root: folder.root().to_owned(), file, log }),
        Ok(_by) => Ok(Ok(head.root)),
    }
}

/// Whether the log had this root when it had this size.
///
/// # Errors
/// [`PublishError::OtherHistory`] if it had not: the log's own key has signed it.
pub(super) fn check_root<S: LogSource>(
    folder: &Folder,
    source: &S,
    (path, size): (PublishedPath, TreeSize),
    published: TreeHash,
) -> Result<(), PublishError> {
    let log = root_at(source, size)?;
    let other = || PublishError::OtherHistory { path: folder.place(path), size, published, log };
    if log == published { Ok(()) } else { Err(other()) }
}

/// Puts damaged cosigned checkpoints aside, since nobody but their witnesses could make them anew; returns how many.
pub(super) fn set_damaged_aside(folder: &Folder, damaged: &[DamagedNote]) -> Result<u64, PublishError> {
    for DamagedNote { path, why } in damaged {
        tracing::error!(
            file = %folder.place(*path).display(), why, aside = %folder.damaged().display(),
            "a kept checkpoint is damaged, and is put aside: bring it from an export or a mirror, if there is one"
        );
        folder.set_aside(*path, &folder.damaged())?;
    }
    Ok(damaged.len() as u64)
}

/// Whether bytes are the checkpoint of this size, at which one of these keys hands over to the next.
///
/// # Errors
/// [`PublishError`] where the log could not be read.
pub fn is_hand_over<S: LogSource>(
    source: &S,
    keys: &LogKeys,
    (size, is_waived): (TreeSize, bool),
    bytes: &[u8],
) -> Result<Option<SignedCheckpoint>, PublishError> {
    let root = root_at(source, size)?;
    Ok(SignedCheckpoint::parse(bytes).ok().filter(|found| {
        let head = found.unverified().head;
        let by = keys.check_hand_over(found);
        head.size == size && head.root == root && by.is_ok_and(|by| by.is_signed_by_old || is_waived)
    }))
}

/// What is to be done about the file of a hand-over.
pub(super) enum NoteFile {
    /// It is right.
    Right(SignedCheckpoint),
    /// It is to be written.
    Lacks(SignedCheckpoint),
    /// It is not published yet.
    NotYet,
}

/// Holds the file of a hand-over against what the server knows of it.
///
/// # Errors
/// [`PublishError::HandOver`] where neither has it.
pub(super) fn look_at_hand_over<S: LogSource>(
    folder: &Folder,
    source: &S,
    (keys, published): (&LogKeys, TreeSize),
    (size, known): (TreeSize, HandOverNote),
) -> Result<NoteFile, PublishError> {
    let path = PublishedPath::Rotated(size);
    let bytes = folder.read(path)?;
    let found = bytes.map(|bytes| is_hand_over(source, keys, (size, known.is_waived), &bytes)).transpose()?;
    match (found.flatten(), known.note) {
        (Some(found), _) => Ok(NoteFile::Right(found)),
        (None, Some(note)) if size <= published || folder.place(path).is_file() => Ok(NoteFile::Lacks(note)),
        (None, Some(_note)) => Ok(NoteFile::NotYet),
        (None, None) => Err(PublishError::HandOver { path: folder.place(path), size }),
    }
}
