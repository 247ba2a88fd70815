//! The database as its readers and the writer hold it. After a write that failed it is closed and opened anew beneath
//! them: whoever is reading is waited for, and whoever comes in between is told to come again.

use crate::database::Database;
use crate::{EngineError, OpenError};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

/// How long those who are reading are waited for, in steps of a millisecond.
const READERS_MS_MAX: u32 = 30_000;

/// A database that is open, or is being opened anew.
#[derive(Debug)]
pub(crate) struct HeldDatabase(RwLock<Option<Arc<Database>>>);

impl HeldDatabase {
    pub(crate) fn of(database: Database) -> Self {
        Self(RwLock::new(Some(Arc::new(database))))
    }

    /// The database, for one read or one commit.
    ///
    /// # Errors
    /// [`EngineError::Files`] while it is being opened anew, or could not be.
    pub(crate) fn get(&self) -> Result<Arc<Database>, EngineError> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        held.ok_or_else(|| EngineError::Files {
            what: "reading the store".to_owned(),
            why: "it is being opened anew, after a write that failed".to_owned(),
        })
    }

    /// Closes the database, once nobody reads it, and holds what `open` opens instead. Where that fails none is held,
    /// until this is tried again.
    ///
    /// # Errors
    /// What `open` says; [`OpenError::Files`] where readers do not come to an end: the database stays open then.
    pub(crate) fn exchange(
        &self,
        open: impl FnOnce() -> Result<Database, OpenError>,
    ) -> Result<Arc<Database>, OpenError> {
        self.close()?;
        let opened = Arc::new(open()?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn close(&self) -> Result<(), OpenError> {
        let taken = self.0.write().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut held) = taken else { return Ok(()) };
        for _ms in 0..READERS_MS_MAX {
            match Arc::try_unwrap(held) {
                Ok(database) => {
                    // sled's own closing flushes and syncs where nothing has failed yet, and panics where that fails.
                    if panic::catch_unwind(AssertUnwindSafe(|| drop(database))).is_err() {
                        tracing::warn!("sled did not close its files in order");
                    }
                    return Ok(());
                }
                Err(still) => held = still,
            }
            thread::sleep(Duration::from_millis(1));
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        let why = || std::io::Error::other("somebody still reads it");
        Err(OpenError::files("closing", std::path::Path::new("the store"))(why()))
    }
}
