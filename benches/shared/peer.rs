//! What is asked of each.

use minutebook::proto::SignedEvent;
use std::future::Future;
use std::path::Path;

/// Whatever went wrong.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// An event: Minutebook is sent it with its signatures, others its bytes.
pub(crate) type Payload = SignedEvent;

/// A program that stores events.
pub(crate) trait Peer: Sized + Send + Sync + 'static {
    /// What it is called.
    const NAME: &'static str;
    /// What an answer means.
    const SAYS: &'static str;
    /// Whether it refuses to store an event twice.
    const IS_UNIQUE: bool = false;

    /// A connection that appends.
    type Writer: Writer;

    /// Starts it on an empty folder; `template` is a ledger that knows who signs.
    fn start(folder: &Path, template: &Path) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Connects.
    fn connect(&self) -> impl Future<Output = Result<Self::Writer, Error>> + Send;

    /// Reads everything as a stream, and hands over each event's bytes.
    fn read(&self, take: impl FnMut(&[u8]) + Send) -> impl Future<Output = Result<(), Error>> + Send;

    /// Stops it.
    fn stop(self) -> impl Future<Output = Result<(), Error>> + Send;
}

/// A connection that appends.
pub(crate) trait Writer: Send + 'static {
    /// Appends events in their order, all or none, durably.
    fn append(&mut self, events: Vec<Payload>) -> impl Future<Output = Result<(), Error>> + Send;
}
