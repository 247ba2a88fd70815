//! What every command has at hand.

use super::Global;
use crate::client::memory::Memory;
use crate::client::{Client, ClientError, KnownLedger};

/// The server to ask, how to print, and what is remembered.
#[derive(Debug)]
pub(crate) struct Context {
    /// The server's address.
    pub(crate) server: String,
    /// Whether data is printed as JSON.
    pub(crate) json: bool,
    /// Ends of ledgers, as seen last.
    pub(crate) memory: Memory,
}

impl Context {
    pub(crate) fn new(global: Global) -> Self {
        Self { server: global.server, json: global.json, memory: Memory::of_user() }
    }

    /// Connects, and checks that the ledger extends what was seen of it before.
    pub(crate) async fn connect(&self) -> Result<(Client, KnownLedger), ClientError> {
        let mut client = Client::connect(&self.server, self.memory.clone()).await?;
        let known = client.ledger().await?;
        Ok((client, known))
    }
}
