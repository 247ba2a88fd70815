//! The acts of a record: those since a while in memory, the others read again as they are asked for.

use crate::spoken::Spoken;
use crate::{Entries, Unread};
use imbl::Vector;
use minutebook_log::{EventId, Position};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// How much of a book whose entries can be read again is kept in memory all the same.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// The newest entries whose acts always are: at least as many as can wait to become durable, which nobody could
    /// read yet.
    pub recent: usize,
    /// How many bytes the acts may take that were read again, as far as can be told.
    pub cache_bytes: u64,
    /// After how many entries their index is made a segment.
    pub segment_entries: usize,
}

impl Default for Keeping {
    /// 16,384 acts, 96 MiB, segments of 32,768 entries.
    fn default() -> Self {
        Self { recent: 16 * 1024, cache_bytes: 96 * 1024 * 1024, segment_entries: 1 << 15 }
    }
}

/// What an act takes in memory for each byte of its facts, and beside them, roughly.
const WEIGHT_PER_BYTE: u64 = 5;
const WEIGHT_BESIDE: u64 = 1024;

/// The acts of a record. A value: a clone shares what the two have in common.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acts {
    /// The position of the first of `recent`.
    from: u64,
    recent: Vector<Arc<Spoken>>,
    older: Option<Arc<Older>>,
    /// What could not be read since somebody began to ask.
    fault: Arc<OnceLock<Unread>>,
    /// How many acts were read since somebody began to ask.
    looks: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Older {
    entries: Arc<dyn Entries>,
    cache: Cache<u64, Arc<Spoken>, Weight>,
    keeping: Keeping,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<u64, Arc<Spoken>> for Weight {
    fn weight(&self, _position: &u64, spoken: &Arc<Spoken>) -> u64 {
        WEIGHT_BESIDE + spoken.act.bytes as u64 * WEIGHT_PER_BYTE
    }
}

impl Acts {
    /// The acts of a ledger whose first `from` entries `entries` keeps.
    pub(crate) fn kept_by(entries: Arc<dyn Entries>, from: u64, keeping: Keeping) -> Self {
        let items = usize::try_from(keeping.cache_bytes / (WEIGHT_BESIDE * 4)).unwrap_or(usize::MAX);
        let cache = Cache::with_weighter(items.max(1), keeping.cache_bytes, Weight);
        Self { from, older: Some(Arc::new(Older { entries, cache, keeping })), ..Self::default() }
    }

    /// How much is kept, where entries can be read again.
    pub(crate) fn keeping(&self) -> Option<Keeping> {
        self.older.as_ref().map(|older| older.keeping)
    }

    /// The act at `position`. Nothing beyond the end, and nothing that can't be read: then [`Acts::fault`] says why.
    pub(crate) fn get(&self, position: Position) -> Option<Arc<Spoken>> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        if let Some(index) = position.0.checked_sub(self.from) {
            return self.recent.get(usize::try_from(index).ok()?).cloned();
        }
        let older = self.older.as_ref()?;
        if let Some(spoken) = older.cache.get(&position.0) {
            return Some(spoken);
        }
        match older.entries.act(position) {
            Ok(act) => {
                let spoken = Arc::new(Spoken::of(act));
                older.cache.insert(position.0, Arc::clone(&spoken));
                Some(spoken)
            }
            Err(unread) => self.fail(unread),
        }
    }

    /// Where the event with this id stands among those before `end`, whose ids are in memory no more.
    pub(crate) fn find_before(&self, end: u64, id: EventId) -> Option<Position> {
        let entries = &self.older.as_ref().filter(|_older| end > 0)?.entries;
        entries.find(id).unwrap_or_else(|unread| self.fail(unread)).filter(|position| position.0 < end)
    }

    /// Goes on at `position`: what stands before is read as it is asked for.
    pub(crate) fn skip_to(&mut self, position: u64) {
        (self.from, self.recent) = (position, Vector::new());
    }

    /// Adds the act at the next position.
    pub(crate) fn push(&mut self, spoken: Arc<Spoken>) {
        self.recent.push_back(spoken);
        if self.keeping().is_some_and(|keeping| self.recent.len() > keeping.recent) {
            self.recent.pop_front();
            self.from += 1;
        }
    }

    /// The same acts for somebody else who asks: what he can't read is his own affair.
    pub(crate) fn for_somebody(&self) -> Self {
        Self { fault: Arc::default(), looks: Arc::default(), ..self.clone() }
    }

    /// How many acts were read since somebody began to ask.
    pub(crate) fn looks(&self) -> u64 {
        self.looks.load(Ordering::Relaxed)
    }

    /// What could not be read, if anything: what was answered then is no answer.
    pub(crate) fn fault(&self) -> Option<&Unread> {
        self.fault.get()
    }

    fn fail<T>(&self, unread: Unread) -> Option<T> {
        // The first says it all.
        let _later = self.fault.set(unread);
        None
    }
}
