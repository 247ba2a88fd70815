//! One entry, by position or id, and its receipt.

use crate::ledger::{Reader, Tree};
use crate::service::{question, status};
use minutebook_log::{EventId, Position, Receipt, SignedCheckpoint, prove_inclusion};
use minutebook_store::{Engine, ReadLimits, Stored};
use tonic::Status;

/// One entry, whatever its size.
const ONE: ReadLimits = ReadLimits { entries: 1, bytes: 0 };

/// Where the event with this id stands.
pub(super) async fn position_of<E: Engine>(reader: &Reader<E>, id: &str) -> Result<Position, Status> {
    let parsed: EventId = question::parse("event_id", id)?;
    let found = reader.find(parsed).await.map_err(|error| status::of_engine(&error))?;
    found.ok_or_else(|| status::not_found("event", id))
}

/// The entry at a position.
pub(super) async fn entry_at<E: Engine>(reader: &Reader<E>, position: Position) -> Result<Stored, Status> {
    let found = reader.entries(position, ONE).await.map_err(|error| status::of_engine(&error))?;
    found.into_iter().next().ok_or_else(|| status::not_found("entry", &position.to_string()))
}

/// The receipt of the entry at a position under a checkpoint of this log that covers it.
pub(super) async fn receipt<E: Engine>(
    reader: &Reader<E>,
    position: Position,
    checkpoint: &SignedCheckpoint,
) -> Result<Vec<u8>, Status> {
    let entry = entry_at(reader, position).await?.bytes;
    receipt_of(reader, entry, position, checkpoint).await
}

/// The same for an entry whose bytes are at hand.
pub(super) async fn receipt_of<E: Engine>(
    reader: &Reader<E>,
    entry: Vec<u8>,
    position: Position,
    checkpoint: &SignedCheckpoint,
) -> Result<Vec<u8>, Status> {
    let size = checkpoint.unverified().head.size;
    let prove = move |tree: &Tree| prove_inclusion(position, size, tree);
    let known = reader.known();
    // Where the leaves are in memory, as those of what was just appended are, proving takes microseconds.
    let proof = if known.tree().has_leaf(position) {
        prove(known.tree())
    } else {
        reader.ask_tree(prove).await.map_err(status::internal)?
    };
    let proof = proof.map_err(status::internal)?;
    let receipt = Receipt { entry, position, proof, checkpoint: checkpoint.clone() };
    Ok(receipt.encode().into_bytes())
}
