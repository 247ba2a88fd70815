//! What of a ledger is followed, and from where.

use super::evidence::{Checkpoints, Fork, Remembered};
use super::log_keys::is_by;
use super::{Client, ClientError, KnownLedger};
use crate::proto::follow_entries_request::Start;
use crate::proto::{self, FollowEntriesRequest};
use minutebook_log::{Position, SignedCheckpoint, TreeHead};

/// What of a ledger is followed, and from where.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// From where.
    pub from: FollowFrom,
    /// What fits one of these; everything, where there is none.
    pub selections: Vec<proto::Selection>,
    /// The most entries that come at once; 0 for as many as the server likes.
    pub batch_entries: u32,
    /// After how many milliseconds of silence the server says that it lives; 0 for what is usual.
    pub heartbeat_ms: u32,
}

/// From where a ledger is followed.
#[derive(Debug, Clone, Default)]
pub enum FollowFrom {
    /// From its first entry, as from position 0.
    #[default]
    First,
    /// From a position.
    Position(Position),
    /// From what was recorded at a moment or later, RFC 3339.
    Time(String),
    /// From what is recorded from now on.
    Now,
    /// From the end of a checkpoint that was kept, which the log has to extend.
    Kept(Box<SignedCheckpoint>),
}

impl Wanted {
    /// Where the server is asked to begin.
    pub(super) fn start(&self) -> Option<Start> {
        match &self.from {
            FollowFrom::First => Some(Start::From(0)),
            FollowFrom::Position(position) => Some(Start::From(position.0)),
            FollowFrom::Time(time) => Some(Start::FromTime(time.clone())),
            FollowFrom::Now => Some(Start::FromNow(true)),
            FollowFrom::Kept(_) => None,
        }
    }

    /// The request to follow from `start` on, proved from the tree `anchor` on.
    pub(super) fn request(&self, start: Option<Start>, anchor: Option<TreeHead>) -> FollowEntriesRequest {
        FollowEntriesRequest {
            start,
            checkpoint_size: anchor.map_or(0, |anchor| anchor.size.0),
            selections: self.selections.clone(),
            batch_entries: self.batch_entries,
            heartbeat_ms: self.heartbeat_ms,
        }
    }
}

impl Client {
    /// Whether a checkpoint that was kept is by this log, which extends it.
    pub(super) async fn check_kept(
        &mut self,
        known: &KnownLedger,
        kept: &SignedCheckpoint,
    ) -> Result<TreeHead, ClientError> {
        if !is_by(&known.keys, kept) {
            let (size, origin) = (kept.unverified().head.size, &known.reference.origin);
            let what =
                format!("the checkpoint of size {size} that was kept is not signed by the log of {origin}");
            return Err(ClientError::Unexpected(what));
        }
        match self.difference(kept.unverified().head, known.head).await? {
            None => Ok(kept.unverified().head),
            Some(why) => {
                let seen =
                    Remembered::new(&known.ledger, known.reference.id, known.reference.seen, &self.server);
                let fork = Fork::new(seen, None, &known.ledger, &self.server);
                let (now, _published) = self.checkpoints(known).await?;
                Err(self.fork(fork.with(Checkpoints::new(kept, &now, Some(why)))))
            }
        }
    }
}
