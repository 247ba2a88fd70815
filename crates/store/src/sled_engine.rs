use crate::database::{Database, corrupt, panicked};
use crate::folder::LedgerFolder;
use crate::held::HeldDatabase;
use crate::high_water::HighWater;
use crate::marks::Marks;
use crate::opening::{self, OpenedStore, unread};
use crate::writer::{Job, Shared, SyncWatch, Writer};
use crate::{Batch, Engine, EngineError, Files, FoundBy, OpenError, ReadLimits, Stored};
use minutebook_log::{EventId, Head, Position, Subject};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// How many commits may wait for the writer; more wait in their callers.
const JOBS_MAX: usize = 64;

/// How much a scrub of everything reads at once.
const SCRUBBED_AT_ONCE: ReadLimits = ReadLimits { entries: 1024, bytes: 4 * 1024 * 1024 };

/// The engine of a ledger folder: sled, and a high-water mark beside it.
///
/// Commits run on one thread of the engine's own, reads on tokio's blocking threads: its methods need a tokio
/// runtime. Dropping the engine waits for the commit at hand and gives the folder free.
#[derive(Debug)]
pub struct SledEngine {
    shared: Arc<Shared>,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

impl SledEngine {
    /// Makes a ledger folder at `dir`, which must be empty or not exist yet, and opens it. Blocks.
    ///
    /// A crash on the way leaves a folder without `FORMAT`, which is no ledger and is never mistaken for one;
    /// once this returns, the empty ledger is durable.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn create(dir: &Path) -> Result<Self, OpenError> {
        Self::create_on(&Files::default(), dir)
    }

    /// The same, on these files.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn create_on(files: &Files, dir: &Path) -> Result<Self, OpenError> {
        let folder = LedgerFolder::begin(dir, files)?;
        let database = Database::create(&folder.store(), files)?;
        let mark = HighWater::create(&folder.high_water())?;
        folder.finish()?;
        Self::start(database, mark, folder)
    }

    /// Opens the ledger folder at `dir`. Blocks. However long the log is, only its ends are looked at: the first
    /// entry names the ledger, the last has the hash of the head, and that of the high-water mark is there.
    /// [`SledEngine::scrub`] looks at the rest.
    ///
    /// # Errors
    /// [`OpenError`]; a store that ends below its high-water mark, or otherwise, is not opened.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        Self::open_on(&Files::default(), dir)
    }

    /// The same, on these files.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open_on(files: &Files, dir: &Path) -> Result<Self, OpenError> {
        let folder = LedgerFolder::open(dir, files)?;
        let (database, OpenedStore { mark, .. }) = opening::open(&folder, |open| open())?;
        let was_copied = folder.was_copied_while_open();
        let engine = Self::start(database, mark, folder)?;
        if was_copied {
            tracing::warn!(
                dir = %dir.display(),
                "this folder was copied while a program had it open: every entry is read before it is served. The other \
                 must not be served any more: two servers of one ledger tell two histories"
            );
            engine.read_whole().map_err(unread)?;
        }
        Ok(engine)
    }

    /// Tells how long the disk took to sync each commit from now on, on the thread that commits.
    pub fn tell_syncs(&self, told: impl Fn(Duration) + Send + Sync + 'static) {
        self.shared.syncs.tell(Box::new(told));
    }

    /// Reads again what is stored, from `from` on up to the durable head or the limits, and says where to go on:
    /// at the durable head's end nothing is left. Each entry has the hash that was committed, and is found by its id
    /// and its stream number, which `found_by` says ([`FoundBy::parse`] for what the ledger writes). Blocks.
    ///
    /// # Errors
    /// [`EngineError::Corrupt`], naming the first position that is damaged; [`EngineError::Files`].
    pub fn scrub(
        &self,
        from: Position,
        limits: ReadLimits,
        found_by: impl Fn(&Stored) -> Option<FoundBy>,
    ) -> Result<Position, EngineError> {
        self.shared.look(|shared| {
            let read = shared.entries(from, limits)?;
            for stored in &read {
                let position = stored.position;
                let no_entry = || corrupt(format!("position {position}: the bytes are no entry"));
                shared.database.get()?.check_found(position, &found_by(stored).ok_or_else(no_entry)?)?;
            }
            Ok(read.last().map_or(from, |last| last.position.next()))
        })
    }

    /// Scrubs everything that is durable by now, in one go. Blocks as long as that takes.
    ///
    /// # Errors
    /// As for [`SledEngine::scrub`].
    pub fn scrub_whole(&self, found_by: impl Fn(&Stored) -> Option<FoundBy>) -> Result<(), EngineError> {
        let (mut next, end) = (Position::FIRST, self.shared.durable().next());
        while next < end {
            next = self.scrub(next, SCRUBBED_AT_ONCE, &found_by)?;
        }
        Ok(())
    }

    /// Reads every entry, each against its hash.
    fn read_whole(&self) -> Result<(), EngineError> {
        let (mut next, end) = (Position::FIRST, self.shared.durable().next());
        while next < end {
            let read = self.shared.look(|shared| shared.entries(next, SCRUBBED_AT_ONCE))?;
            next = read.last().map_or(end, |last| last.position.next());
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn durable(&self) -> Head {
        self.shared.durable()
    }

    fn start(database: Database, mark: HighWater, folder: LedgerFolder) -> Result<Self, OpenError> {
        let head = database.head().map_err(unread)?;
        let database = HeldDatabase::of(database);
        let (durable, syncs) = (watch::Sender::new(head), SyncWatch::default());
        let shared = Arc::new(Shared { durable, database, syncs, folder });
        let starting = || OpenError::files("starting the writer of", Path::new("the store"));
        let marks = Marks::keep(mark).map_err(starting())?;
        let writer = Writer::new(Arc::clone(&shared), marks);
        let (jobs, queue) = mpsc::channel(JOBS_MAX);
        let thread = thread::Builder::new().name("minutebook-store".to_owned()).spawn(|| writer.run(queue));
        let thread = thread.map_err(starting())?;
        Ok(Self { shared, jobs: Some(jobs), writer: Some(thread) })
    }

    /// Gives the writer something to do, and waits for what it says.
    async fn tell<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, EngineError> {
        let ended = || EngineError::Stopped { why: "its writer has ended".to_owned() };
        let (reply, outcome) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(ended)?;
        jobs.send(job(reply)).await.map_err(|_closed| ended())?;
        let unknown = |_dropped| EngineError::Unknown { why: "the writer ended in the middle".to_owned() };
        outcome.await.map_err(unknown)
    }

    /// Runs a read where it may block.
    async fn beside<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Shared) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let shared = Arc::clone(&self.shared);
        let reading = tokio::task::spawn_blocking(move || shared.look(read));
        reading.await.unwrap_or_else(|error| Err(corrupt(format!("sled did not finish a read: {error}"))))
    }
}

impl Shared {
    /// Runs a read. sled panics on some damage, which ends here as an error.
    fn look<T>(&self, read: impl FnOnce(&Self) -> Result<T, EngineError>) -> Result<T, EngineError> {
        panic::catch_unwind(AssertUnwindSafe(|| read(self)))
            .unwrap_or_else(|said| Err(panicked(said.as_ref())))
    }

    // In each of these the durable head is taken before the read: a commit that is under way is in sled, but a
    // crash could still take it away, so that nobody is shown anything beyond this head.

    fn entry(&self, position: Position) -> Result<Stored, EngineError> {
        let head = self.durable();
        if position >= head.next() {
            return Err(EngineError::Beyond { position, head });
        }
        self.database.get()?.entry(position)
    }

    fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.database.get()?.entries(from, self.durable().next(), limits)
    }

    fn stream(&self, subject: &Subject, from: u64, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.database.get()?.stream(subject, from, self.durable().next(), limits)
    }

    fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        let end = self.durable().next();
        Ok(self.database.get()?.find(id)?.filter(|found| *found < end))
    }
}

impl Engine for SledEngine {
    async fn head(&self) -> Result<Head, EngineError> {
        Ok(self.shared.durable())
    }

    async fn commit(&self, expected: Head, batch: Batch) -> Result<Head, EngineError> {
        batch.check()?;
        self.tell(|reply| Job::Commit { expected, batch, reply }).await?
    }

    async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.beside(move |shared| shared.entries(from, limits)).await
    }

    async fn stream(
        &self,
        subject: &Subject,
        from_number: u64,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        let subject = subject.clone();
        self.beside(move |shared| shared.stream(&subject, from_number, limits)).await
    }

    async fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.beside(move |shared| shared.find(id)).await
    }

    fn read(&self, position: Position) -> Result<Stored, EngineError> {
        self.shared.look(|shared| shared.entry(position))
    }

    fn read_range(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.shared.look(|shared| shared.entries(from, limits))
    }

    fn find_now(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.shared.look(|shared| shared.find(id))
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.shared.durable.subscribe()
    }

    async fn note(&self) -> Result<Vec<u8>, EngineError> {
        self.tell(|reply| Job::AskNote { reply }).await
    }

    async fn keep_note(&self, note: Vec<u8>) -> Result<(), EngineError> {
        self.tell(|reply| Job::Note { note, reply }).await?
    }

    async fn reopen(&self) -> Result<Head, EngineError> {
        self.tell(|reply| Job::Reopen { reply }).await?
    }
}

impl Drop for SledEngine {
    fn drop(&mut self) {
        self.jobs = None;
        // A writer that panicked has said so; there is nothing left to wait for.
        let _ended = self.writer.take().map(JoinHandle::join);
    }
}
