//! The one writer of a ledger folder: a commit told as durable steps, each with what a crash there leaves.

use crate::batch::check_note;
use crate::database::{Database, WriteError};
use crate::folder::LedgerFolder;
use crate::held::HeldDatabase;
use crate::marks::Marks;
use crate::opening::{self, OpenedStore, check, check_tail, not_reopened};
use crate::{Batch, EngineError, OpenError};
use minutebook_log::Head;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// What writer and readers share. The folder's lock goes last, when sled has closed its files.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) durable: watch::Sender<Head>,
    pub(crate) database: HeldDatabase,
    pub(crate) syncs: SyncWatch,
    pub(crate) folder: LedgerFolder,
}

/// Whoever wants to know how long the disk takes to sync, if anybody does.
#[derive(Default)]
pub(crate) struct SyncWatch(OnceLock<Box<dyn Fn(Duration) + Send + Sync>>);

impl SyncWatch {
    /// Has each time told from now on. The first who asks is told.
    pub(crate) fn tell(&self, told: Box<dyn Fn(Duration) + Send + Sync>) {
        let _first = self.0.set(told);
    }

    fn took(&self, time: Duration) {
        if let Some(told) = self.0.get() {
            told(time);
        }
    }
}

impl fmt::Debug for SyncWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SyncWatch").field(&self.0.get().is_some()).finish()
    }
}

impl Shared {
    /// Where the durable log ends: no reader is shown anything beyond it.
    pub(crate) fn durable(&self) -> Head {
        *self.durable.borrow()
    }

    fn publish(&self, head: Head) {
        self.durable.send_replace(head);
    }
}

/// What waits for the writer.
#[derive(Debug)]
pub(crate) enum Job {
    /// A commit.
    Commit { expected: Head, batch: Batch, reply: oneshot::Sender<Result<Head, EngineError>> },
    /// A note about the head that there is.
    Note { note: Vec<u8>, reply: oneshot::Sender<Result<(), EngineError>> },
    /// Somebody asks for the newest note.
    AskNote { reply: oneshot::Sender<Vec<u8>> },
    /// The store is to be opened anew, after a write that failed.
    Reopen { reply: oneshot::Sender<Result<Head, EngineError>> },
}

/// The thread's own state.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    marks: Marks,
    /// Why no more is written, once a step has failed.
    failed: Option<WriteError>,
    #[cfg(test)]
    fault: Option<tests::Fault>,
}

/// The durable steps of a commit, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Write,
    Flush,
    Sync,
    CheckBlobs,
    WriteMark,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, marks: Marks) -> Self {
        Self {
            shared,
            marks,
            failed: None,
            #[cfg(test)]
            fault: None,
        }
    }

    /// Commits until every sender of jobs is gone.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.blocking_recv() {
            // Whoever asked may have gone; what is committed stays so.
            match job {
                Job::Commit { expected, batch, reply } => drop(reply.send(self.commit(expected, &batch))),
                Job::Note { note, reply } => drop(reply.send(self.keep_note(&note))),
                Job::AskNote { reply } => drop(reply.send(self.marks.note())),
                Job::Reopen { reply } => drop(reply.send(self.reopen())),
            }
        }
    }

    fn keep_note(&mut self, note: &[u8]) -> Result<(), EngineError> {
        self.check_going()?;
        check_note(note)?;
        self.marks.write_note(note).map_err(|why| {
            self.stop(why.clone());
            EngineError::Unknown { why }
        })
    }

    /// What has failed, be it the sync of an earlier mark.
    fn failure(&self) -> Option<WriteError> {
        self.failed.clone().or_else(|| self.marks.failure())
    }

    fn check_going(&self) -> Result<(), EngineError> {
        self.failure().map_or(Ok(()), |why| Err(EngineError::Stopped { why }))
    }

    fn commit(&mut self, expected: Head, batch: &Batch) -> Result<Head, EngineError> {
        self.check_going()?;
        let found = self.shared.durable();
        if found != expected {
            return Err(EngineError::Conflict { expected, found });
        }
        let database = self.shared.database.get()?;
        database.check_new(batch)?;
        let head = batch.head_after(found);
        self.make_durable(&database, (found, head), batch).map_err(|why| {
            self.stop(why.clone());
            EngineError::Unknown { why }
        })?;
        self.shared.publish(head);
        Ok(head)
    }

    /// Opens the store anew, where a step has failed: sled takes nothing more after an error, and of a sync that failed
    /// nobody knows what it has left. What the disk has then is held against all that was acknowledged.
    ///
    /// A crash anywhere here leaves what a crash in an opening does.
    fn reopen(&mut self) -> Result<Head, EngineError> {
        let Some(why) = self.failure() else { return Ok(self.shared.durable()) };
        // As long as nothing can be written the store stays open, for those who read.
        opening::try_out(&self.shared.folder).map_err(not_reopened)?;
        tracing::warn!(why, "the store is opened anew");
        let opened = self.open_anew().map_err(not_reopened)?;
        self.failed = None;
        self.shared.publish(opened);
        tracing::warn!(entries = opened.size, "the store was opened anew, and takes commits");
        Ok(opened)
    }

    fn open_anew(&mut self) -> Result<Head, OpenError> {
        let (shared, acknowledged) = (Arc::clone(&self.shared), self.shared.durable());
        // No mark is on its way any more: it is durable, or has failed.
        let _failed_or_done = self.marks.wait();
        let (database, OpenedStore { mark, head }) = opening::open(&shared.folder, |open| {
            shared.database.exchange(|| {
                opening::forget(&shared.folder)?;
                open()
            })
        })?;
        check(&database, acknowledged)?;
        check_tail(&database, head)?;
        self.marks =
            Marks::keep(mark).map_err(OpenError::files("starting", Path::new("the mark's thread")))?;
        Ok(head)
    }

    fn make_durable(
        &mut self,
        database: &Database,
        (before, after): (Head, Head),
        batch: &Batch,
    ) -> Result<(), WriteError> {
        // A crash here leaves nothing of the batch: it is in this process's memory alone.
        self.step(Step::Write, |_writer| database.write(before, batch))?;
        // A kill here leaves the whole batch or nothing, since sled drops a batch that is not complete; a power
        // cut too. Opening syncs what it finds before anyone reads it. Nothing was acknowledged.
        self.step(Step::Flush, |_writer| database.flush())?;
        // A crash here leaves the whole batch, durable, which nobody has been told; who sends it again gets
        // a conflict, reads on, and finds it.
        let begun = Instant::now();
        self.step(Step::Sync, |_writer| database.sync())?;
        self.shared.syncs.took(begun.elapsed());
        // The same: this only reads.
        self.step(Step::CheckBlobs, |_writer| check_blobs(database))?;
        // A kill here leaves the mark as it is written, with the note of whoever keeps the log. Nobody waits for its
        // sync: a power cut here, or within the commits that follow before it is synced, leaves the newest mark that
        // was, with its note. It is behind the database, which was durable before the mark was written, and opening
        // brings it forward. A write that is torn leaves the durable mark in another slot. (Waiting for a sync of the
        // mark before each acknowledgement took a lone client, on bare files, from 6,300 acknowledgements a second to
        // 3,600.)
        self.step(Step::WriteMark, |writer| writer.marks.write(after, &batch.note))
    }

    fn stop(&mut self, why: WriteError) {
        tracing::error!(%why, "a write failed on its way to the disk; the store takes no more until it is opened anew");
        self.failed = Some(why);
    }

    fn step(
        &mut self,
        step: Step,
        act: impl FnOnce(&mut Self) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        #[cfg(test)]
        if let Some(fault) = self.fault.filter(|fault| fault.step == step) {
            return fault.strike(|| act(self));
        }
        // sled panics over some errors of the operating system.
        panic::catch_unwind(AssertUnwindSafe(|| act(self)))
            .unwrap_or_else(|_said| Err(format!("{step:?} ended in a panic")))
    }
}

/// Whether sled has kept everything in the file that was synced. A look that fails is not a write that
/// failed: what was committed is durable, no value of ours is large enough to lie elsewhere, and the next
/// commit looks again.
fn check_blobs(database: &Database) -> Result<(), WriteError> {
    match database.has_blobs() {
        Ok(false) => Ok(()),
        Ok(true) => Err(database.blobs_found()),
        Err(error) => {
            tracing::warn!(%error, "the folder blobs of the store could not be looked at");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::high_water::HighWater;
    use crate::{Files, FoundBy, NewEntry, OpenError, SledEngine, Stored, marks};
    use minutebook_log::{EventId, Hash};
    use std::path::Path;

    /// A step that fails, after doing its work or without.
    #[derive(Debug, Clone, Copy)]
    pub(super) struct Fault {
        pub(super) step: Step,
        done: bool,
    }

    impl Fault {
        pub(super) fn strike(self, act: impl FnOnce() -> Result<(), WriteError>) -> Result<(), WriteError> {
            if self.done {
                act()?;
            }
            Err(format!("{:?} was made to fail", self.step))
        }
    }

    fn batch(number: u64, count: u64) -> Batch {
        let entries = (number..number + count).map(|number| {
            let bytes = format!("entry {number}").repeat(100).into_bytes();
            let mut random = [0; 10];
            random[..8].copy_from_slice(&number.to_be_bytes());
            NewEntry {
                hash: Hash::of(&bytes),
                bytes,
                id: EventId::from_parts(1, &random),
                subject: "body/04K".parse().unwrap(),
                stream_number: number,
            }
        });
        Batch { entries: entries.collect(), note: format!("from {number}").into_bytes() }
    }

    fn writer(dir: &Path) -> Writer {
        let folder = LedgerFolder::begin(dir, &Files::default()).unwrap();
        let database = Database::create(&folder.store(), &Files::default()).unwrap();
        let mark = HighWater::create(&folder.high_water()).unwrap();
        folder.finish().unwrap();
        let durable = watch::Sender::new(Head::EMPTY);
        let syncs = SyncWatch::default();
        let shared = Shared { durable, database: HeldDatabase::of(database), syncs, folder };
        Writer::new(Arc::new(shared), Marks::keep(mark).unwrap())
    }

    /// What opening finds, the folder left as it was by whoever had it; and everything is there up to it.
    fn head_after_opening(dir: &Path) -> Head {
        let engine = SledEngine::open(dir).unwrap();
        engine.scrub_whole(found_by).unwrap();
        engine.durable()
    }

    fn found_by(stored: &Stored) -> Option<FoundBy> {
        Some(FoundBy::from(batch(stored.position.0 + 1, 1).entries.first()?))
    }

    #[test]
    fn a_commit_whose_step_fails_is_unknown_and_whole_or_absent() {
        use Step::{CheckBlobs, Flush, Sync, Write, WriteMark};
        for (step, done) in
            [Write, Flush, Sync, CheckBlobs, WriteMark].into_iter().flat_map(|s| [(s, false), (s, true)])
        {
            let dir = tempfile::tempdir().unwrap();
            let mut writer = writer(dir.path());
            let before = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
            writer.fault = Some(Fault { step, done });

            let failed = writer.commit(before, &batch(4, 3));
            assert!(matches!(failed, Err(EngineError::Unknown { .. })), "{step:?} {done}: {failed:?}");
            assert_eq!(writer.shared.durable(), before, "{step:?} {done}: readers see what is durable");
            writer.fault = None;
            let next = writer.commit(before, &batch(4, 3));
            assert!(matches!(next, Err(EngineError::Stopped { .. })), "{step:?} {done}: {next:?}");

            drop(writer);
            let head = head_after_opening(dir.path());
            let whole = batch(4, 3).head_after(before);
            let absent = step == Write && !done;
            assert_eq!(head, if absent { before } else { whole }, "{step:?} {done}");
        }
    }

    #[test]
    fn after_a_step_that_failed_the_store_is_opened_anew_and_goes_on() {
        use Step::{CheckBlobs, Flush, Sync, Write, WriteMark};
        for (step, done) in
            [Write, Flush, Sync, CheckBlobs, WriteMark].into_iter().flat_map(|s| [(s, false), (s, true)])
        {
            let dir = tempfile::tempdir().unwrap();
            let mut writer = writer(dir.path());
            let before = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
            assert_eq!(writer.reopen(), Ok(before), "nothing has failed");
            writer.fault = Some(Fault { step, done });
            writer.commit(before, &batch(4, 3)).unwrap_err();
            writer.fault = None;

            let head = writer.reopen().unwrap();
            let absent = step == Write && !done;
            assert_eq!(head, if absent { before } else { batch(4, 3).head_after(before) }, "{step:?} {done}");
            assert_eq!(writer.shared.durable(), head, "readers see all of it");
            let head = writer.commit(head, &batch(head.size + 1, 2)).unwrap();
            drop(writer);
            assert_eq!(head_after_opening(dir.path()), head, "{step:?} {done}");
        }
        for fault in [marks::Fault::Done, marks::Fault::NotDone] {
            let dir = tempfile::tempdir().unwrap();
            let mut writer = writer(dir.path());
            writer.marks.fail(fault);
            let head = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
            writer.marks.wait().unwrap_err();
            assert_eq!(writer.reopen(), Ok(head));
            let head = writer.commit(head, &batch(4, 1)).unwrap();
            writer.marks.wait().unwrap();
            drop(writer);
            assert_eq!(head_after_opening(dir.path()), head);
        }
    }

    #[test]
    fn a_store_that_lacks_what_was_acknowledged_is_not_gone_on_with() {
        let (dir, older) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut writer = writer(dir.path());
        let before = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
        for file in ["store/db", "high-water"] {
            std::fs::copy(dir.path().join(file), older.path().join(file.replace('/', "-"))).unwrap();
        }
        let acknowledged = writer.commit(before, &batch(4, 3)).unwrap();
        writer.marks.wait().unwrap();
        writer.fault = Some(Fault { step: Step::Sync, done: false });
        writer.commit(acknowledged, &batch(7, 1)).unwrap_err();
        // The disk has lost what it had said to have.
        for file in ["store/db", "high-water"] {
            std::fs::copy(older.path().join(file.replace('/', "-")), dir.path().join(file)).unwrap();
        }
        let refused = writer.reopen().unwrap_err();
        assert!(matches!(refused, EngineError::Corrupt { .. }), "{refused}");
        let next = writer.commit(acknowledged, &batch(7, 1));
        assert!(matches!(next, Err(EngineError::Stopped { .. })), "{next:?}");
    }

    #[test]
    fn a_mark_that_is_not_synced_stops_the_commits_after_and_takes_nothing() {
        for fault in [marks::Fault::Done, marks::Fault::NotDone] {
            let dir = tempfile::tempdir().unwrap();
            let mut writer = writer(dir.path());
            writer.marks.fail(fault);
            let head = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
            writer.marks.wait().unwrap_err();
            let next = writer.commit(head, &batch(4, 1));
            assert!(matches!(next, Err(EngineError::Stopped { .. })), "{next:?}");
            let note = writer.keep_note(b"note");
            assert!(matches!(note, Err(EngineError::Stopped { .. })), "{note:?}");
            drop(writer);
            assert_eq!(head_after_opening(dir.path()), head);
        }
    }

    #[test]
    fn a_look_that_fails_is_not_a_write_that_failed() {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = writer(dir.path());
        let (blobs, away) = (dir.path().join("store/blobs"), dir.path().join("away"));
        std::fs::rename(&blobs, &away).unwrap();
        let head = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
        std::fs::rename(&away, &blobs).unwrap();
        let head = writer.commit(head, &batch(4, 3)).unwrap();
        // One that finds something is.
        std::fs::write(blobs.join("1"), "a value").unwrap();
        let found = writer.commit(head, &batch(7, 1));
        assert!(matches!(&found, Err(EngineError::Unknown { why }) if why.contains("blobs")), "{found:?}");
    }

    #[test]
    fn a_mark_that_is_behind_is_brought_forward_and_one_that_is_ahead_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mark = dir.path().join("high-water");
        let mut writer = writer(dir.path());
        let empty = std::fs::read(&mark).unwrap();
        let head = writer.commit(Head::EMPTY, &batch(1, 3)).unwrap();
        drop(writer);

        std::fs::write(&mark, empty).unwrap();
        assert_eq!(head_after_opening(dir.path()), head);
        assert_eq!(HighWater::open(&mark).unwrap().mark().head, head);

        let lost = Head { size: 5, hash: Hash::of(b"lost") };
        HighWater::open(&mark).unwrap().write(lost, b"").unwrap();
        let refused = SledEngine::open(dir.path()).unwrap_err().to_string();
        assert!(refused.contains("position 3 is the first that is missing"), "{refused}");

        let other = Head { size: 3, hash: Hash::of(b"another history") };
        std::fs::remove_file(&mark).unwrap();
        HighWater::create(&mark).unwrap().write(other, b"").unwrap();
        let refused = SledEngine::open(dir.path()).unwrap_err();
        assert!(
            matches!(&refused, OpenError::Damaged { what, .. } if what.contains("position 2")),
            "{refused}"
        );
    }
}
