//! The log as arithmetic: what the bytes of a minute book are, and how they hold together.
//!
//! An author writes an [`Event`] and signs its bytes; the ledger gives it a place and a time and makes
//! it an [`Entry`], a text that holds the BLAKE3 hash of the entry before it; a [`Chain`] checks that
//! entry follows entry. Over the same bytes stands a tree ([`Frontier`]), whose head the log signs
//! ([`LogKey`]), witnesses sign again ([`WitnessKey`]), and proofs lead to ([`check_inclusion`],
//! [`check_consistency`], [`Receipt`]). `spec/` says the same in prose, with vectors.
//!
//! Deliberately lacks: input and output, a clock, randomness, threads, and any idea of what an event
//! means. One event alone is read beyond its envelope: the opening, because it names the ledger that all
//! others are bound to, and says whose time its entries bear.

// From the ground up: a module imports only from those listed before it.
mod malformed;
pub use malformed::Malformed;
mod text;
mod hash;
pub use hash::Hash;
mod time;
pub use time::Timestamp;
mod names;
pub use names::{EventId, EventType, Origin, Position, Subject};
mod json;
mod keys;
pub use keys::{PAYLOAD_TYPE, PublicKey, SecretKey, Signature, SignatureError, pae};
mod event;
pub use event::{EVENT_BYTES_MAX, Event, EventDraft, Seen};
mod entry;
pub use entry::{ENTRY_BYTES_MAX, ENTRY_FORMAT, Entry, Place, SIGNATURES_MAX, Signed};
mod keyring;
pub use keyring::Keyring;
mod tree;
pub use tree::{TreeHash, TreeHead, TreeSize};
mod stored;
pub use stored::{AnswerError, HashIndex, HashReader, Question, ReadError, read_head};
mod frontier;
pub use frontier::Frontier;
mod proof;
pub use proof::{
    ConsistencyProof, Extended, Included, InclusionProof, PROOF_HASHES_MAX, ProofError, ProveError,
    check_consistency, check_inclusion, consistency_question, inclusion_question, prove_consistency,
    prove_inclusion,
};
mod tile;
pub use tile::{
    Tile, TileHashes, TileIndex, TileLevel, TileMissing, TileRow, TileWidth, encode_bundle, encode_hash_tile,
    parse_bundle, parse_hash_tile,
};
mod proof_lines;
mod vkey;
pub use vkey::{Algorithm, KeyId, KeyName, VerifierKey};
mod note;
pub use note::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, Note, NoteSignature, parse_signature_lines};
mod checkpoint;
pub use checkpoint::{Checkpoint, CheckpointError, LogKey, SignedBy, SignedCheckpoint};
mod continued;
pub use continued::Continued;
mod opening;
pub use opening::{Opening, Purpose, Registrar};
mod chain;
pub use chain::{Chain, ChainError, Head, Unbound};
mod cosignature;
pub use cosignature::{CosignatureError, Cosigned, WitnessKey};
mod any_checkpoint;
pub use any_checkpoint::{AnyCheckpoint, KnownLog};
mod policy;
pub use policy::{POLICY_BYTES_MAX, POLICY_DEFINITIONS_MAX, Policy, PolicyLog, PolicyName, PolicyWitness};
mod trust;
pub use trust::{Opened, TrustError};
mod receipt;
pub use receipt::{RECEIPT_BYTES_MAX, Receipt, ReceiptError, Received};
mod witness;
pub use witness::{AddCheckpoint, WitnessRefusal};
mod published;
pub use published::{HandOver, HandOverError, LogKeys, PublishedPath};
