//! A part of a log: what of it is selected, proved, and written as it travels.

use super::encoded::{self, Proved, Raw};
use crate::ledger::{HashMissing, Known, Tree};
use crate::service::status;
use minutebook_governance::Selection;
use minutebook_log::{Position, ProveError, TreeHash, TreeSize, prove_consistency, prove_inclusion};
use minutebook_store::EngineError;
use prost::bytes::Bytes;
use std::sync::{Arc, Mutex, PoisonError};
use tonic::Status;

/// What can't be read or proved.
#[derive(Debug)]
pub(super) enum PartError {
    Store(EngineError),
    Tree(ProveError<HashMissing>),
}

impl From<EngineError> for PartError {
    fn from(error: EngineError) -> Self {
        Self::Store(error)
    }
}

impl From<ProveError<HashMissing>> for PartError {
    fn from(error: ProveError<HashMissing>) -> Self {
        Self::Tree(error)
    }
}

impl From<PartError> for Status {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Store(error) => status::of_engine(&error),
            PartError::Tree(error) => status::internal(error),
        }
    }
}

/// What is selected of the entries between two positions, at least one: a batch but for what depends on who receives it.
#[derive(Debug)]
pub(super) struct Part {
    /// From where on it was looked for.
    pub(super) from: Position,
    /// Up to where.
    pub(super) next: Position,
    /// How many entries it has.
    pub(super) entries: usize,
    /// The batch without `extends_last`.
    pub(super) encoded: Bytes,
    /// What knows its checkpoint.
    known: Arc<Known>,
    /// The proof that was asked for last: those who follow side by side ask for the same.
    extends: Mutex<Option<(TreeSize, Bytes)>>,
}

impl Part {
    /// Proves these entries in the tree that is known, and writes them. Who has the whole log needs no proof of each.
    pub(super) fn of(
        known: &Arc<Known>,
        selection: &Selection,
        entries: &[Raw<'_>],
        (from, next): (Position, Position),
        is_whole: bool,
    ) -> Result<Self, PartError> {
        let (tree, size) = (known.tree(), known.tree().size());
        let entries_to_prove = if is_whole { &[] } else { entries };
        let inclusions = ends_of_runs(entries_to_prove).map(|last| Ok(prove_inclusion(last, size, tree)?.0));
        let inclusions = inclusions.collect::<Result<Vec<_>, PartError>>()?;
        let extends_entries = if selection.is_all() { prove(tree, TreeSize(next.0))? } else { Vec::new() };
        let checkpoint = known.checkpoint().encode().into_bytes();
        let proved = Proved { checkpoint, extends_entries, inclusions, next: next.0 };
        let (encoded, known) = (encoded::batch(entries, proved), Arc::clone(known));
        Ok(Self { from, next, entries: entries.len(), encoded, known, extends: Mutex::default() })
    }

    /// The size of its checkpoint.
    pub(super) fn size(&self) -> TreeSize {
        self.known.tree().size()
    }

    /// The proof that its checkpoint extends the tree of this size, as a field of the batch.
    pub(super) async fn extends_last(&self, old: TreeSize) -> Result<Bytes, Status> {
        let last = || self.extends.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((size, proof)) = &*last()
            && *size == old
        {
            return Ok(proof.clone());
        }
        let proof = encoded::extends_last(extends(&self.known, old).await?);
        *last() = Some((old, proof.clone()));
        Ok(proof)
    }
}

/// Of entries that stand in order, the last of each run side by side.
fn ends_of_runs(entries: &[Raw<'_>]) -> impl Iterator<Item = Position> {
    let next = entries.iter().skip(1).map(|entry| Some(entry.position)).chain([None]);
    let runs = entries.iter().map(|entry| entry.position).zip(next);
    runs.filter(|(position, next)| *next != Some(position.next())).map(|(position, _next)| position)
}

/// Proves that a tree extends what it was at this size; nothing, where there is nothing to prove.
fn prove(tree: &Tree, old: TreeSize) -> Result<Vec<TreeHash>, ProveError<HashMissing>> {
    if old == TreeSize::EMPTY || old == tree.size() {
        return Ok(Vec::new());
    }
    prove_consistency(old, tree.size(), tree).map(|proof| proof.0)
}

/// Proves that what is known extends the tree of this size, where that may take its time.
pub(super) async fn extends(known: &Arc<Known>, old: TreeSize) -> Result<Vec<Vec<u8>>, Status> {
    let is_in_memory = old.last().is_none_or(|last| known.tree().has_leaf(last));
    let proof = if is_in_memory {
        prove(known.tree(), old)
    } else {
        let known = Arc::clone(known);
        tokio::task::spawn_blocking(move || prove(known.tree(), old)).await.map_err(status::internal)?
    };
    Ok(encoded::hashes(&proof.map_err(status::internal)?))
}
