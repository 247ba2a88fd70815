//! The lock of a folder: a file that one process alone holds.

use std::fs::{File, TryLockError};

/// A file that this process alone holds locked, until this is dropped or the process ends.
///
/// Dropping unlocks it, and does not leave that to the closing of the file: a process that is being started by another
/// thread has a copy of each descriptor for a moment, and would have the lock with it.
#[derive(Debug)]
pub struct FileLock(File);

impl FileLock {
    /// Locks the file, without waiting for anybody.
    ///
    /// # Errors
    /// [`TryLockError::WouldBlock`] where somebody else holds it.
    pub fn take(file: File) -> Result<Self, TryLockError> {
        file.try_lock()?;
        Ok(Self(file))
    }

    /// The file, to read and to write.
    pub(crate) fn file(&self) -> &File {
        &self.0
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "a lock could not be let go of; it goes as soon as its file is closed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_free_at_once_even_while_a_copy_of_its_descriptor_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let open = || File::create(folder.path().join("lock")).unwrap();
        let held = FileLock::take(open()).unwrap();
        assert!(matches!(FileLock::take(open()), Err(TryLockError::WouldBlock)));
        let copy = held.0.try_clone().unwrap();
        drop(held);
        assert!(FileLock::take(open()).is_ok());
        drop(copy);
    }
}
