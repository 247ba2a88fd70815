//! Which cosigned checkpoints are kept: one for each hour in which the log grew, so that recorded times are
//! bracketed by others' clocks.

use crate::published::{Folder, PublishError};
use minutebook_log::{NoteSignature, PublishedPath, SignedCheckpoint, TreeSize};

/// The hour that was kept last, by the witnesses' clocks, counted from 1970, and the size that was kept.
#[derive(Debug, Default)]
pub(super) struct Hourly {
    kept: Option<u64>,
    size: Option<TreeSize>,
}

/// How many bytes a cosignature has: eight for the time, then Ed25519.
const COSIGNATURE_BYTES: usize = 8 + 64;

impl Hourly {
    /// What the folder keeps already.
    pub(super) fn of(folder: &Folder) -> Result<Self, PublishError> {
        let (mut kept, mut size) = (None, None);
        for path in folder.witnessed()? {
            let bytes = folder.read(path)?.unwrap_or_default();
            let checkpoint = SignedCheckpoint::parse(&bytes).ok();
            kept = kept.max(checkpoint.as_ref().and_then(hour_of));
            size = size.max(checkpoint.map(|checkpoint| checkpoint.unverified().head.size));
        }
        Ok(Self { kept, size })
    }

    /// The path under which this checkpoint is kept, if it is the first cosigned one of its hour and the log
    /// has grown: what was kept is never written again.
    pub(super) fn keep(&mut self, checkpoint: &SignedCheckpoint) -> Option<PublishedPath> {
        let (hour, size) = (hour_of(checkpoint)?, checkpoint.unverified().head.size);
        (self.kept < Some(hour) && self.size < Some(size)).then(|| {
            (self.kept, self.size) = (Some(hour), Some(size));
            PublishedPath::Witnessed(size)
        })
    }
}

/// The latest hour that a cosignature states. Which of them hold, and whose they are, the cosigner has seen
/// to; the log's own signature is shorter.
fn hour_of(checkpoint: &SignedCheckpoint) -> Option<u64> {
    let seconds = cosignatures(checkpoint)
        .filter_map(|line| line.bytes.first_chunk())
        .map(|time| u64::from_be_bytes(*time));
    seconds.max().map(|seconds| seconds / 3600)
}

/// The lines beneath a checkpoint that have the form of a witness's.
pub(super) fn cosignatures(checkpoint: &SignedCheckpoint) -> impl Iterator<Item = &NoteSignature> {
    let lines = checkpoint.note().signatures().iter();
    lines.filter(|line| line.bytes.len() == COSIGNATURE_BYTES)
}
