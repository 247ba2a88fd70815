use crate::ledger::{HashMissing, Observed, Reader};
use crate::published::PublishError;
use minutebook_log::{HashIndex, HashReader as _, Position, TreeHash};
use minutebook_store::{Engine, EngineError, ReadLimits, Stored};
use std::ops::Range;
use std::sync::Arc;

/// Whoever has the log: a ledger that is open, or what was fetched from a server and checked.
pub trait LogSource: Send + Sync {
    /// The stored hashes with these indexes.
    ///
    /// # Errors
    /// [`HashMissing`] for one that the tree does not have.
    fn hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing>;

    /// The bytes of the entries at these positions, all of them.
    ///
    /// # Errors
    /// [`PublishError`].
    fn entries(
        &self,
        positions: Range<u64>,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, PublishError>> + Send;
}

impl<E: Engine> LogSource for Arc<Reader<E>> {
    fn hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing> {
        self.known().tree().read_hashes(at)
    }

    async fn entries(&self, positions: Range<u64>) -> Result<Vec<Vec<u8>>, PublishError> {
        all(positions, |from, limits| Reader::entries(self, from, limits)).await
    }
}

impl<E: Engine> LogSource for Observed<E> {
    fn hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing> {
        self.tree().read_hashes(at)
    }

    async fn entries(&self, positions: Range<u64>) -> Result<Vec<Vec<u8>>, PublishError> {
        all(positions, |from, limits| Observed::entries(self, from, limits)).await
    }
}

/// All entries at these positions, as many reads as it takes.
async fn all<R: Future<Output = Result<Vec<Stored>, EngineError>>>(
    positions: Range<u64>,
    read: impl Fn(Position, ReadLimits) -> R,
) -> Result<Vec<Vec<u8>>, PublishError> {
    let mut entries = Vec::new();
    let mut next = positions.start;
    while next < positions.end {
        let count = usize::try_from(positions.end - next).unwrap_or(usize::MAX);
        let stored = read(Position(next), ReadLimits { entries: count, bytes: usize::MAX }).await?;
        if stored.is_empty() {
            return Err(PublishError::Source(format!("there is no entry {next}")));
        }
        next += stored.len() as u64;
        entries.extend(stored.into_iter().map(|stored| stored.bytes));
    }
    Ok(entries)
}
