//! Where the log lives: the [`Engine`] trait, an engine in memory, an engine on sled, and (in `tests/`) one
//! conformance suite that both pass.
//!
//! An engine keeps entries as bytes under their positions and finds them again by id and by stream. A commit
//! is one atomic, durable write, conditional on the head; what a reader sees is durable.
//!
//! Deliberately lacks: any idea of what an entry says (it is handed bytes, hash, id, subject and stream
//! number), the checks of the chain, signatures and rules, and whatever is not the log.

// From the ground up: a module imports only from those listed before it.
mod batch;
pub use batch::{
    BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Batch, FoundBy, InvalidBatch, MARK_NOTE_BYTES_MAX, NewEntry,
};
mod engine;
pub use engine::{Engine, EngineError, ReadLimits, Stored};
mod memory;
pub use memory::MemoryEngine;
mod open_error;
pub use open_error::OpenError;
mod files;
pub use files::{FileFaults, FileStep, Files};
mod file_lock;
pub use file_lock::FileLock;
mod folder;
pub use folder::{LastOpened, check_format, last_opened, missing_files};
mod high_water;
pub use high_water::Mark;
mod keys;
mod chunks;
mod remains;
pub use remains::{copy_ledger, hold, mark, remains};
mod database;
mod held;
mod opening;
mod marks;
mod writer;
mod sled_engine;
pub use sled_engine::SledEngine;
