use crate::batch::check_note;
use crate::{Batch, Engine, EngineError, InvalidBatch, NewEntry, ReadLimits, Stored};
use minutebook_log::{EventId, Head, Position, Subject};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::watch;

/// An engine that forgets: for tests, and as the plain twin that the sled engine is compared with.
///
/// Clones share one log, as two openings of one folder would.
#[derive(Debug, Clone)]
pub struct MemoryEngine {
    log: Arc<RwLock<Log>>,
    head: watch::Sender<Head>,
}

impl Default for MemoryEngine {
    fn default() -> Self {
        Self { log: Arc::default(), head: watch::Sender::new(Head::EMPTY) }
    }
}

#[derive(Debug, Default)]
struct Log {
    entries: Vec<Stored>,
    ids: HashMap<EventId, Position>,
    streams: BTreeMap<(Subject, u64), Position>,
    note: Vec<u8>,
}

impl MemoryEngine {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    // A panic while the lock was held can't have left half a batch: nothing after the first push can fail.
    fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine for MemoryEngine {
    async fn head(&self) -> Result<Head, EngineError> {
        Ok(self.log().head())
    }

    async fn commit(&self, expected: Head, batch: Batch) -> Result<Head, EngineError> {
        batch.check()?;
        let mut log = self.log.write().unwrap_or_else(PoisonError::into_inner);
        let found = log.head();
        if found != expected {
            return Err(EngineError::Conflict { expected, found });
        }
        log.check_new(&batch)?;
        batch.entries.into_iter().for_each(|entry| log.append(entry));
        if !batch.note.is_empty() {
            log.note = batch.note;
        }
        // Told while the log is held, so that heads are told in their order.
        let head = log.head();
        self.head.send_replace(head);
        Ok(head)
    }

    async fn entries(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        self.read_range(from, limits)
    }

    async fn stream(
        &self,
        subject: &Subject,
        from_number: u64,
        limits: ReadLimits,
    ) -> Result<Vec<Stored>, EngineError> {
        let log = self.log();
        let numbers = (subject.clone(), from_number)..=(subject.clone(), u64::MAX);
        let found = log.streams.range(numbers).filter_map(|(_number, position)| log.at(*position));
        Ok(take(found, limits))
    }

    async fn find(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        self.find_now(id)
    }

    fn read(&self, position: Position) -> Result<Stored, EngineError> {
        let log = self.log();
        log.at(position).cloned().ok_or_else(|| EngineError::Beyond { position, head: log.head() })
    }

    fn read_range(&self, from: Position, limits: ReadLimits) -> Result<Vec<Stored>, EngineError> {
        let from = usize::try_from(from.0).unwrap_or(usize::MAX);
        Ok(take(self.log().entries.iter().skip(from), limits))
    }

    fn find_now(&self, id: EventId) -> Result<Option<Position>, EngineError> {
        Ok(self.log().ids.get(&id).copied())
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    async fn note(&self) -> Result<Vec<u8>, EngineError> {
        Ok(self.log().note.clone())
    }

    async fn keep_note(&self, note: Vec<u8>) -> Result<(), EngineError> {
        check_note(&note)?;
        self.log.write().unwrap_or_else(PoisonError::into_inner).note = note;
        Ok(())
    }
}

impl Log {
    fn head(&self) -> Head {
        let last = self.entries.last();
        last.map_or(Head::EMPTY, |last| Head { size: last.position.next().0, hash: last.hash })
    }

    fn at(&self, position: Position) -> Option<&Stored> {
        self.entries.get(usize::try_from(position.0).ok()?)
    }

    fn check_new(&self, batch: &Batch) -> Result<(), InvalidBatch> {
        for entry in &batch.entries {
            if let Some(first) = self.ids.get(&entry.id) {
                return Err(InvalidBatch::id_stored(entry, *first));
            }
            if let Some(first) = self.streams.get(&(entry.subject.clone(), entry.stream_number)) {
                return Err(InvalidBatch::number_stored(entry, *first));
            }
        }
        Ok(())
    }

    fn append(&mut self, entry: NewEntry) {
        let position = self.head().next();
        self.ids.insert(entry.id, position);
        self.streams.insert((entry.subject, entry.stream_number), position);
        self.entries.push(Stored { position, hash: entry.hash, bytes: entry.bytes });
    }
}

fn take<'a>(entries: impl Iterator<Item = &'a Stored>, limits: ReadLimits) -> Vec<Stored> {
    let (mut taken, mut bytes) = (Vec::new(), 0);
    for entry in entries {
        if !limits.admit(taken.len(), bytes, entry.bytes.len()) {
            break;
        }
        bytes += entry.bytes.len();
        taken.push(entry.clone());
    }
    taken
}
