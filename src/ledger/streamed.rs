//! An append in two parts, for whoever has more events than one request: what needs no order runs ahead of what does.

use crate::ledger::queue::Reserved;
use crate::ledger::{AppendError, Appended, Ledger, log_key};
use minutebook_governance::ReadEvent;
use minutebook_store::Engine;

impl<E: Engine> Ledger<E> {
    /// Appends events that were read and whose signatures hold, as [`Ledger::append`] does.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub(crate) async fn append_read(&self, events: Vec<ReadEvent>) -> Result<Vec<Appended>, AppendError> {
        let reserved = self.reserve_read(&events)?;
        reserved.send(events).answer().await
    }

    /// The same; waits where the queue is full.
    ///
    /// # Errors
    /// [`AppendError`]: only after `Unknown` may any of it be stored.
    pub(crate) async fn append_read_in_time(
        &self,
        events: Vec<ReadEvent>,
    ) -> Result<Vec<Appended>, AppendError> {
        self.check_takes(&events)?;
        let reserved = self.entrance.reserve_in_time(events.iter().map(ReadEvent::signed)).await?;
        reserved.send(events).answer().await
    }

    fn reserve_read(&self, events: &[ReadEvent]) -> Result<Reserved, AppendError> {
        self.check_takes(events)?;
        self.entrance.reserve(events.iter().map(ReadEvent::signed))
    }

    /// Whether these can be taken now at all.
    fn check_takes(&self, events: &[ReadEvent]) -> Result<(), AppendError> {
        log_key::check_passed_on(events, &self.ring)?;
        self.reader.stopped().map_or(Ok(()), |stop| Err(AppendError::Stopped(stop)))
    }
}
