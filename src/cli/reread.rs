//! Where `verify` reads entries again that it has verified: a book of millions does not stand in its memory.

use minutebook_log::Position;
use minutebook_store::{Engine as _, SledEngine};
use minutebook_verify::EntryBytes;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, PoisonError, RwLock};

/// The entries of a store.
#[derive(Debug)]
pub(crate) struct FromStore(pub(crate) Arc<SledEngine>);

impl EntryBytes for FromStore {
    fn bytes(&self, position: Position) -> io::Result<Vec<u8>> {
        self.0.read(position).map(|stored| stored.bytes).map_err(io::Error::other)
    }
}

/// Entries that a server sent, in a temporary file that has no name.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    /// Where each entry ends.
    ends: RwLock<Vec<u64>>,
}

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    /// The system's own.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile()?, ends: RwLock::default() })
    }

    /// Adds the next entry.
    ///
    /// # Errors
    /// The system's own.
    pub(crate) fn push(&self, entry: &[u8]) -> io::Result<()> {
        let mut ends = self.ends.write().unwrap_or_else(PoisonError::into_inner);
        let begins = ends.last().copied().unwrap_or(0);
        self.file.write_all_at(entry, begins)?;
        ends.push(begins + entry.len() as u64);
        Ok(())
    }

    /// Where an entry begins, and how long it is.
    fn place(&self, position: Position) -> Option<(u64, usize)> {
        let ends = self.ends.read().unwrap_or_else(PoisonError::into_inner);
        let index = usize::try_from(position.0).ok()?;
        let end = *ends.get(index)?;
        let begins = index.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
        Some((begins, usize::try_from(end - begins).ok()?))
    }
}

impl EntryBytes for Spool {
    fn bytes(&self, position: Position) -> io::Result<Vec<u8>> {
        let never = || io::Error::new(io::ErrorKind::NotFound, "no such entry was received");
        let (begins, length) = self.place(position).ok_or_else(never)?;
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, begins)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spool_gives_back_what_it_was_given() {
        let spool = Spool::new().unwrap();
        let entries: Vec<Vec<u8>> = (0..50_u8).map(|number| vec![number; usize::from(number)]).collect();
        for entry in &entries {
            spool.push(entry).unwrap();
        }
        for (position, entry) in entries.iter().enumerate().rev() {
            assert_eq!(&spool.bytes(Position(position as u64)).unwrap(), entry);
        }
        assert_eq!(spool.bytes(Position(50)).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
