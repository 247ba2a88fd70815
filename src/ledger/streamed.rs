//! An append in two parts, for whoever has more events than one request: what needs no order runs ahead of what does.

use crate::doors::Share;
use crate::ledger::compute::{Ended, each_checked};
use crate::ledger::queue::{Answer, Reserved};
use crate::ledger::{AppendError, Appended, Ledger, log_key};
use minutebook_governance::ReadEvent;
use minutebook_log::{SignatureError, Signed};
use minutebook_store::Engine;
use std::time::Duration;
use tokio::sync::oneshot;

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

    /// Appends events that were read and whose signatures hold, as [`Ledger::append`] does.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub(crate) async fn append_read(&self, events: Vec<ReadEvent>) -> Result<Vec<Appended>, AppendError> {
        let reserved = self.reserve_read(&events)?;
        answered(reserved.send(events)).await
    }

    /// The same; waits where the queue is full.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub(crate) async fn append_read_in_time(
        &self,
        events: Vec<ReadEvent>,
    ) -> Result<Vec<Appended>, AppendError> {
        let reserved = loop {
            match self.reserve_read(&events) {
                Err(AppendError::QueueFull) => tokio::time::sleep(ROOM_AGAIN).await,
                reserved => break reserved?,
            }
        };
        answered(reserved.send(events)).await
    }

    fn reserve_read(&self, events: &[ReadEvent]) -> Result<Reserved, AppendError> {
        log_key::check_passed_on(events, &self.ring)?;
        match self.reader.stopped() {
            Some(stop) => Err(AppendError::Stopped(stop)),
            None => self.entrance.reserve(events.iter().map(ReadEvent::signed)),
        }
    }
}

/// What the writer says.
pub(super) async fn answered(answer: oneshot::Receiver<Answer>) -> Answer {
    answer.await.unwrap_or_else(|_dropped| {
        Err(AppendError::Unknown { why: "the writer ended in the middle".to_owned() })
    })
}
