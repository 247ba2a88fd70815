//! An append in two parts, for whoever has more events than one request: what needs no order runs ahead of what does.

use crate::doors::Share;
use crate::ledger::compute::{Ended, each_checked};
use crate::ledger::{AppendError, Appended, Ledger, log_key};
use minutebook_governance::ReadEvent;
use minutebook_log::{SignatureError, Signed};
use minutebook_store::Engine;
use std::time::Duration;

/// After what time it is asked again whether the queue has room.
const ROOM_AGAIN: Duration = Duration::from_millis(10);

impl<E: Engine> Ledger<E> {
    /// Checks the signatures of each event, and reads those that hold.
    ///
    /// # Errors
    /// [`Ended`], where the work itself ended in the middle.
    pub(crate) async fn read(
        &self,
        events: Vec<Signed>,
        share: &Share,
    ) -> Result<Vec<Result<ReadEvent, SignatureError>>, Ended> {
        each_checked(events, share).await
    }

    /// Appends events that were read and whose signatures hold, as [`Ledger::append`] does; waits where the queue is full.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub(crate) async fn append_read(&self, events: Vec<ReadEvent>) -> Result<Vec<Appended>, AppendError> {
        log_key::check_passed_on(&events, &self.ring)?;
        let reserved = loop {
            if let Some(stop) = self.reader.stopped() {
                return Err(AppendError::Stopped(stop));
            }
            match self.entrance.reserve(events.iter().map(ReadEvent::signed)) {
                Err(AppendError::QueueFull) => tokio::time::sleep(ROOM_AGAIN).await,
                reserved => break reserved?,
            }
        };
        let answer = reserved.send(events).await;
        answer.unwrap_or_else(|_dropped| {
            Err(AppendError::Unknown { why: "the writer ended in the middle".to_owned() })
        })
    }
}
