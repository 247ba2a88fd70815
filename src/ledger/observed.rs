//! A ledger as a start finds it, for whoever only looks: the same is read, and held against the same, and nothing is signed.

use crate::ledger::known::Growing;
use crate::ledger::start::read;
use crate::ledger::{Index, LedgerError, Tree};
use minutebook_governance::authority::{LogKeyTerm, log_key_terms};
use minutebook_log::{LogKeys, Position};
use minutebook_store::{Engine, EngineError, ReadLimits, SledEngine, Stored};
use std::sync::Arc;

/// A ledger that was read whole. Nobody appends to it.
pub struct Observed<E: Engine = SledEngine> {
    engine: Arc<E>,
    growing: Growing,
    keys: LogKeys,
}

impl<E: Engine> Observed<E> {
    /// Reads what `engine` has, as a start does without an index.
    ///
    /// # Errors
    /// [`LedgerError`], as a start's; no key is asked for.
    pub async fn of(engine: E) -> Result<Self, LedgerError> {
        let engine = Arc::new(engine);
        let (growing, keys, _loaded) = read(&engine, &Index::default()).await?;
        Ok(Self { engine, growing, keys })
    }

    /// The log's keys, each with its position.
    pub fn keys(&self) -> &LogKeys {
        &self.keys
    }

    /// The same, each with whether the one before it had to sign over to it.
    pub fn key_terms(&self) -> Vec<LogKeyTerm> {
        let record = self.growing.book.record();
        log_key_terms(record, record.len())
    }

    /// The tree over the entries.
    pub fn tree(&self) -> &Tree {
        &self.growing.tree
    }

    /// The entries from `from` on, up to the end or the limits.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.engine.entries(from, limits).await
    }
}
