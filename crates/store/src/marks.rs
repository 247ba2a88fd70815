//! The keeper of the high-water mark: the writer hands it each new mark, and a thread of its own makes marks
//! durable, so that no commit waits for the sync of a mark.
//!
//! A mark is written once what it speaks of is durable, so that it is never ahead of the database. A power cut may
//! leave one that is behind, at most by what was committed while one sync was under way; opening brings it forward.

use crate::database::WriteError;
use crate::high_water::HighWater;
use minutebook_log::Head;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// The mark, and the thread that makes it durable. Dropping it waits until the newest mark is.
#[derive(Debug)]
pub(crate) struct Marks {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Told when there is a new mark, when a sync has ended, and at the end.
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    high_water: HighWater,
    /// Why no more is written.
    failed: Option<WriteError>,
    is_closing: bool,
    #[cfg(test)]
    fault: Option<Fault>,
}

/// A sync that fails, after doing its work or without.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Done,
    NotDone,
}

impl Marks {
    /// Starts the thread.
    pub(crate) fn keep(high_water: HighWater) -> io::Result<Self> {
        let state = State {
            high_water,
            failed: None,
            is_closing: false,
            #[cfg(test)]
            fault: None,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let syncing = Arc::clone(&shared);
        let thread = thread::Builder::new().name("minutebook-marks".to_owned());
        Ok(Self { shared, thread: Some(thread.spawn(move || syncing.run())?) })
    }

    /// Why no more can be written, if a sync has failed.
    pub(crate) fn failure(&self) -> Option<WriteError> {
        self.shared.lock().failed.clone()
    }

    /// The newest note.
    pub(crate) fn note(&self) -> Vec<u8> {
        self.shared.lock().high_water.mark().note.clone()
    }

    /// Writes the mark of a head that is durable. It survives this process; what a power cut takes of it, the
    /// thread makes good.
    pub(crate) fn write(&self, head: Head, note: &[u8]) -> Result<(), WriteError> {
        let written = self.shared.lock().high_water.write(head, note);
        self.shared.changed.notify_all();
        written.map_err(|error| format!("writing the high-water mark failed: {error}"))
    }

    /// Puts another note beside the same head, and waits until it is durable.
    pub(crate) fn write_note(&self, note: &[u8]) -> Result<(), WriteError> {
        let head = self.shared.lock().high_water.mark().head;
        self.write(head, note)?;
        self.wait()
    }

    /// Waits until the newest mark is durable.
    pub(crate) fn wait(&self) -> Result<(), WriteError> {
        let is_waiting = |state: &mut State| state.failed.is_none() && !state.high_water.is_durable();
        let waited = self.shared.changed.wait_while(self.shared.lock(), is_waiting);
        waited.unwrap_or_else(PoisonError::into_inner).failed.clone().map_or(Ok(()), Err)
    }

    #[cfg(test)]
    pub(crate) fn fail(&self, fault: Fault) {
        self.shared.lock().fault = Some(fault);
    }
}

impl Shared {
    // Nothing that is done under the lock can leave half of a change behind.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Syncs whenever the newest mark is not durable, until the end, or until a sync fails.
    fn run(&self) {
        let mut state = self.lock();
        while state.failed.is_none() {
            let Some(file) = state.high_water.begin_sync() else {
                if state.is_closing {
                    return;
                }
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            #[cfg(test)]
            let fault = state.fault;
            // The writer goes on beside it, in another slot.
            drop(state);
            #[cfg(test)]
            let synced = match fault {
                Some(Fault::NotDone) => Err(io::Error::other("it was made to fail")),
                Some(Fault::Done) => file.sync_data().and(Err(io::Error::other("it was made to fail"))),
                None => file.sync_data(),
            };
            #[cfg(not(test))]
            let synced = file.sync_data();
            state = self.lock();
            match synced {
                Ok(()) => state.high_water.end_sync(),
                Err(error) => {
                    let why = format!("syncing the high-water mark failed: {error}");
                    tracing::error!(%why, "the store takes no more");
                    state.failed = Some(why);
                }
            }
            self.changed.notify_all();
        }
    }
}

impl Drop for Marks {
    fn drop(&mut self) {
        self.shared.lock().is_closing = true;
        self.shared.changed.notify_all();
        // A thread that panicked has said so; there is nothing left to wait for.
        let _ended = self.thread.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minutebook_log::Hash;

    fn head(size: u64) -> Head {
        Head { size, hash: Hash::of(&size.to_be_bytes()) }
    }

    #[test]
    fn marks_are_written_beside_their_syncs_and_the_newest_is_durable_in_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("high-water");
        let marks = Marks::keep(HighWater::create(&path).unwrap()).unwrap();
        for size in 1..=200 {
            marks.write(head(size), format!("note {size}").as_bytes()).unwrap();
        }
        marks.wait().unwrap();
        assert!(marks.shared.lock().high_water.is_durable());
        marks.write(head(201), b"").unwrap();
        marks.write_note(b"another").unwrap();
        assert!(marks.shared.lock().high_water.is_durable());
        assert_eq!(marks.note(), b"another");
        marks.write(head(202), b"").unwrap();
        let shared = Arc::clone(&marks.shared);
        drop(marks);
        assert!(shared.lock().high_water.is_durable(), "closing waits for the last");
        assert_eq!(HighWater::open(&path).unwrap().mark().head, head(202));
    }

    #[test]
    fn a_sync_that_fails_is_told_and_ends_the_waiting() {
        for fault in [Fault::Done, Fault::NotDone] {
            let dir = tempfile::tempdir().unwrap();
            let marks = Marks::keep(HighWater::create(&dir.path().join("high-water")).unwrap()).unwrap();
            assert_eq!(marks.failure(), None);
            marks.fail(fault);
            marks.write(head(1), b"").unwrap();
            let why = "syncing the high-water mark failed: it was made to fail".to_owned();
            assert_eq!(marks.wait(), Err(why.clone()));
            assert_eq!(marks.failure(), Some(why.clone()));
            assert_eq!(marks.write_note(b"note"), Err(why));
        }
    }
}
