//! Entries that were verified, read again as questions ask for them: a book of millions does not stand in memory.

use crate::published::PublishedError;
use crate::{Published, tiles::Bundle};
use minutebook_governance::{Act, Entries, Keeping, Unread, catalogue};
use minutebook_log::{EventId, Hash, Position, PublishedPath};
use std::collections::HashMap;
use std::fmt::{self, Display};
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

/// Whoever has the bytes of entries that were verified. It need not be believed: what it gives is held against the hash of
/// what was verified.
pub trait EntryBytes: fmt::Debug + Send + Sync {
    /// The bytes of the entry at `position`, which it gave before. Blocks for as long as reading takes.
    ///
    /// # Errors
    /// The system's own.
    fn bytes(&self, position: Position) -> io::Result<Vec<u8>>;
}

/// What an auditor's book keeps in memory all the same: some thousand acts, and segments of an index.
pub(crate) const KEEPING: Keeping =
    Keeping { recent: 4096, cache_bytes: 128 * 1024 * 1024, segment_entries: 1 << 15 };

/// The entries of a book that is being verified.
#[derive(Debug)]
pub(crate) struct Again {
    source: Arc<dyn EntryBytes>,
    verified: RwLock<Verified>,
}

#[derive(Debug, Default)]
struct Verified {
    hashes: Vec<Hash>,
    ids: HashMap<EventId, u64>,
}

impl Again {
    pub(crate) fn of(source: Arc<dyn EntryBytes>) -> Self {
        Self { source, verified: RwLock::default() }
    }

    /// The next entry has been verified.
    pub(crate) fn push(&self, id: EventId, hash: Hash) {
        // Whoever panicked has not left half of an entry: the two are added one after the other, and the hashes count.
        let mut verified = self.verified.write().unwrap_or_else(PoisonError::into_inner);
        let position = verified.hashes.len() as u64;
        verified.ids.entry(id).or_insert(position);
        verified.hashes.push(hash);
    }

    fn hash_at(&self, position: Position) -> Option<Hash> {
        let verified = self.verified.read().unwrap_or_else(PoisonError::into_inner);
        verified.hashes.get(usize::try_from(position.0).ok()?).copied()
    }
}

impl Entries for Again {
    fn act(&self, position: Position) -> Result<Arc<Act>, Unread> {
        let failed = |what: &dyn Display| Unread::Failed { position, what: what.to_string() };
        let hash = self.hash_at(position).ok_or_else(|| failed(&"it was not verified"))?;
        let bytes = self.source.bytes(position).map_err(|error| failed(&error))?;
        if Hash::of(&bytes) != hash {
            return Err(failed(&"its bytes are others than those that were verified a while ago"));
        }
        catalogue::read_again(position, &bytes)
    }

    fn find(&self, id: EventId) -> Result<Option<Position>, Unread> {
        let verified = self.verified.read().unwrap_or_else(PoisonError::into_inner);
        Ok(verified.ids.get(&id).copied().map(Position))
    }
}

/// Where each entry of a published log stands in its files.
#[derive(Debug)]
pub(crate) struct BundlePlaces {
    published: Published,
    found: RwLock<Found>,
}

#[derive(Debug, Default)]
struct Found {
    bundles: Vec<PublishedPath>,
    /// For each entry, the number of its bundle, where it begins there, and its length.
    entries: Vec<(u32, u32, u16)>,
}

impl BundlePlaces {
    pub(crate) fn of(published: &Published) -> Self {
        Self { published: published.clone(), found: RwLock::default() }
    }

    /// The entries of the next bundle have been read.
    pub(crate) fn push(&self, bundle: &Bundle) {
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        // A log has at most 2^32 bundles of 2^8 entries here, more than any folder holds.
        let number = u32::try_from(found.bundles.len()).unwrap_or(u32::MAX);
        found.bundles.push(*bundle.path());
        let mut begins = 0_u32;
        for entry in bundle.entries() {
            let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
            begins = begins.saturating_add(2);
            found.entries.push((number, begins, length));
            begins = begins.saturating_add(length.into());
        }
    }
}

impl EntryBytes for BundlePlaces {
    fn bytes(&self, position: Position) -> io::Result<Vec<u8>> {
        let gone = || io::Error::other("the file that it stood in can't be found any more");
        let (path, begins, length) = {
            let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
            let index = usize::try_from(position.0).ok();
            let place = index.and_then(|index| found.entries.get(index).copied());
            let (bundle, begins, length) = place.ok_or_else(gone)?;
            (found.bundles.get(bundle as usize).copied().ok_or_else(gone)?, begins, length)
        };
        let read = self.published.read_part(&path, begins.into(), length.into());
        read.map_err(|error| match error {
            PublishedError::Read { path, error } => {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            }
            error => io::Error::other(error),
        })?
        .ok_or_else(gone)
    }
}
