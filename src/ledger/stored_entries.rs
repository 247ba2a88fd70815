//! Entries read again from the store, for questions and for judging, and as the leaves of the tree.

use crate::ledger::tree::{BLOCK_ENTRIES, Leaves};
use minutebook_governance::{Act, Entries, Unread, catalogue};
use minutebook_log::{EventId, Position, TreeHash};
use minutebook_store::{Engine, ReadLimits};
use quick_cache::sync::Cache;
use std::fmt;
use std::sync::Arc;

/// The entries that an engine has.
pub(super) struct StoredEntries<E>(pub(super) Arc<E>);

impl<E> fmt::Debug for StoredEntries<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredEntries")
    }
}

impl<E: Engine> Entries for StoredEntries<E> {
    fn act(&self, position: Position) -> Result<Arc<Act>, Unread> {
        let stored = self.0.read(position);
        let stored = stored.map_err(|error| Unread::Failed { position, what: error.to_string() })?;
        catalogue::read_again(position, &stored.bytes)
    }

    fn find(&self, id: EventId) -> Result<Option<Position>, Unread> {
        self.0.find_now(id).map_err(|error| Unread::NotFound { id, what: error.to_string() })
    }
}

/// The leaves of what an engine has, made again. What was made lately is in memory.
pub(super) struct StoredLeaves<E> {
    engine: Arc<E>,
    blocks: Cache<u64, Arc<Vec<TreeHash>>>,
}

/// How many blocks of leaves are in memory, of 512 bytes each.
const BLOCKS_MAX: usize = 8 * 1024;

impl<E> StoredLeaves<E> {
    pub(super) fn of(engine: &Arc<E>) -> Self {
        Self { engine: Arc::clone(engine), blocks: Cache::new(BLOCKS_MAX) }
    }
}

impl<E> fmt::Debug for StoredLeaves<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredLeaves")
    }
}

impl<E: Engine> Leaves for StoredLeaves<E> {
    fn leaves(&self, block: u64) -> Result<Arc<Vec<TreeHash>>, String> {
        if let Some(leaves) = self.blocks.get(&block) {
            return Ok(leaves);
        }
        let mut leaves = Vec::with_capacity(BLOCK_ENTRIES as usize);
        let (begin, end) = (block * BLOCK_ENTRIES, (block + 1) * BLOCK_ENTRIES);
        while begin + (leaves.len() as u64) < end {
            let from = begin + leaves.len() as u64;
            let limits = ReadLimits { entries: (end - from) as usize, bytes: 4 * 1024 * 1024 };
            let stored = self.engine.read_range(Position(from), limits).map_err(|error| error.to_string())?;
            if stored.is_empty() {
                break;
            }
            leaves.extend(stored.iter().map(|stored| TreeHash::leaf(&stored.bytes)));
        }
        let leaves = Arc::new(leaves);
        // A block that is not complete grows.
        if leaves.len() as u64 == BLOCK_ENTRIES {
            self.blocks.insert(block, Arc::clone(&leaves));
        }
        Ok(leaves)
    }
}
