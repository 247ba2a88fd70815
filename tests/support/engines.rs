//! Engines that fail when they are told to.

use minutebook_log::{Chain, EventId, Head, Position, Signed, Subject};
use minutebook_store::{Batch, Engine, EngineError, MemoryEngine, NewEntry, ReadLimits, Stored};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, watch};

/// What a commit does instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is stored; the head is said to have moved.
    Conflict,
    /// It is stored, and said to be unknown.
    UnknownAndStored,
    /// It is not stored, and said to be unknown.
    UnknownAndNotStored,
    /// Nothing is stored, now or later.
    Stopped,
    /// The store is damaged.
    Corrupt,
}

/// An engine in memory whose next commits fail as planned.
#[derive(Debug, Clone)]
pub struct FaultyEngine {
    pub memory: MemoryEngine,
    plan: Arc<Mutex<VecDeque<Fault>>>,
    batches: Arc<Mutex<Vec<(Head, Batch)>>>,
    gate: Arc<Semaphore>,
    asked: Arc<Semaphore>,
    blind: Arc<AtomicBool>,
    well: Arc<AtomicBool>,
}

impl FaultyEngine {
    /// A ledger that has its opening entry.
    pub async fn with_opening(opening: &Signed) -> Self {
        let memory = MemoryEngine::new();
        let chain = Chain::new();
        let place = chain.place(opening.event(), super::moment("2020-01-01T00:00:00Z"));
        let entry = NewEntry::from(&chain.seal(opening.clone(), place));
        memory.commit(Head::EMPTY, Batch::of(vec![entry])).await.unwrap();
        Self {
            memory,
            plan: Arc::default(),
            batches: Arc::default(),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            asked: Arc::new(Semaphore::new(0)),
            blind: Arc::default(),
            well: Arc::default(),
        }
    }

    /// Plans what the next commits do.
    pub fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        self.plan.lock().unwrap().extend(faults);
    }

    /// What was to be committed, in order, whatever came of it.
    pub fn batches(&self) -> Vec<(Head, Batch)> {
        self.batches.lock().unwrap().clone()
    }

    /// Waits until one more commit is asked for, whether it is let through or not.
    pub async fn commit_asked(&self) {
        self.asked.acquire().await.unwrap().forget();
    }

    /// Whether single entries can't be read: too many files are open, say.
    pub fn be_blind(&self, blind: bool) {
        self.blind.store(blind, Ordering::SeqCst);
    }

    /// Whether the store can be opened anew: there is room again, say.
    pub fn be_well(&self, well: bool) {
        self.well.store(well, Ordering::SeqCst);
    }

    /// Lets no commit through until the gate is opened.
    pub fn shut_gate(&self) {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets every commit through.
    pub fn open_gate(&self) {
        self.gate.add_permits(1_000_000);
    }
}

impl Engine for FaultyEngine {
    async fn head(&self) -> Result<Head, EngineError> {
        self.memory.head().await
    }

    async fn commit(&self, expected: Head, batch: Batch) -> Result<Head, EngineError> {
        self.asked.add_permits(1);
        let _passed = self.gate.acquire().await.unwrap();
        self.batches.lock().unwrap().push((expected, batch.clone()));
        let fault = self.plan.lock().unwrap().pop_front();
        let unknown = || EngineError::Unknown { why: "as planned".to_owned() };
        match fault {
            None => self.memory.commit(expected, batch).await,
            Some(Fault::Conflict) => {
                Err(EngineError::Conflict { expected, found: batch.head_after(expected) })
            }
            Some(Fault::UnknownAndStored) => {
                self.memory.commit(expected, batch).await?;
                Err(unknown())
            }
            Some(Fault::UnknownAndNotStored) => Err(unknown()),
            Some(Fault::Stopped) => Err(EngineError::Stopped { why: "as planned".to_owned() }),
            Some(Fault::Corrupt) => Err(EngineError::Corrupt {
                what: "position 3: a bit is wrong".to_owned(),
                repair: "restore it".to_owned(),
            }),
        }
    }

    async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.memory.entries(from, limits).await
    }

    async fn stream(
        &self,
        subject: &Subject,
        from_number: u64,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        self.memory.stream(subject, from_number, limits).await
    }

    async fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.memory.find(id).await
    }

    fn read(&self, position: Position) -> Result<Stored, EngineError> {
        if self.blind.load(Ordering::SeqCst) {
            let (what, why) = ("reading an entry".to_owned(), "too many open files".to_owned());
            return Err(EngineError::Files { what, why });
        }
        self.memory.read(position)
    }

    fn read_range(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.memory.read_range(from, limits)
    }

    fn find_now(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.memory.find_now(id)
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.memory.watch()
    }

    async fn note(&self) -> Result<Vec<u8>, EngineError> {
        self.memory.note().await
    }

    async fn keep_note(&self, note: Vec<u8>) -> Result<(), EngineError> {
        self.memory.keep_note(note).await
    }

    async fn reopen(&self) -> Result<Head, EngineError> {
        if self.well.load(Ordering::SeqCst) {
            return self.memory.head().await;
        }
        let (what, why) = ("writing a trial".to_owned(), "no space left on device".to_owned());
        Err(EngineError::Files { what, why })
    }
}
