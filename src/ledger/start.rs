//! How a ledger starts from what its engine has, and from its index as far as that goes.

use crate::ledger::known::Growing;
use crate::ledger::log_key::Signer;
use crate::ledger::{Index, KeyRing, LedgerError, Shelf, noted};
use minutebook_governance::authority::log_keys;
use minutebook_log::LogKeys;
use minutebook_store::Engine;
use std::sync::Arc;

/// What a ledger starts with.
pub(super) struct Started {
    pub(super) growing: Growing,
    /// Whoever signs its checkpoints.
    pub(super) signer: Signer,
    /// How many segments of the index were taken.
    pub(super) loaded: usize,
}

/// Reads what `engine` has, from the index as far as it goes, and holds it against what was signed last. Where that does
/// not agree, the index is made anew from the entries before the store is blamed.
///
/// # Errors
/// [`LedgerError`].
pub(super) async fn start<E: Engine>(
    engine: &Arc<E>,
    index: &Index,
    ring: &KeyRing,
) -> Result<Started, LedgerError> {
    match begin(engine, index, ring).await {
        Err(error) if index.shelf.is_some() && !matches!(error, LedgerError::OtherLogKey { .. }) => {
            tracing::warn!(%error, "the ledger does not start from its index, which is made anew");
            index.shelf.iter().for_each(Shelf::clear);
            begin(engine, index, ring).await
        }
        begun => begun,
    }
}

async fn begin<E: Engine>(engine: &Arc<E>, index: &Index, ring: &KeyRing) -> Result<Started, LedgerError> {
    let (growing, _keys, loaded) = read(engine, index).await?;
    let signer = Signer::of(&growing.book, ring.clone())?;
    Ok(Started { growing, signer, loaded })
}

/// Reads what `engine` has, from the index as far as it goes; the log's keys, by which what was signed last agrees with it;
/// and how many segments were taken.
///
/// # Errors
/// [`LedgerError`].
pub(super) async fn read<E: Engine>(
    engine: &Arc<E>,
    index: &Index,
) -> Result<(Growing, LogKeys, usize), LedgerError> {
    let mut growing = match &index.shelf {
        Some(shelf) => shelf.load(engine, index.keeping),
        None => Growing::of(engine, index.keeping),
    };
    let loaded = growing.book.segments().0;
    growing.read_on(engine.as_ref()).await?;
    let record = growing.book.record();
    let keys = log_keys(record, record.len()).ok_or(LedgerError::Empty)?;
    noted::check(engine.as_ref(), &growing.tree, &keys).await?;
    Ok((growing, keys, loaded))
}
