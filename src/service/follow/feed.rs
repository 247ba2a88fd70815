//! What has just become durable, for those who have everything before it: read, proved and written once for each
//! selection, whatever the number of those who follow.
//!
//! One task goes from commit to commit. It makes a part for each selection that somebody follows and wakes those who follow
//! that, unless nothing new is selected: then nobody is woken. The newest parts are kept for a while, in bounds; who wants
//! older ones reads history.

use super::asked::STEP_ENTRIES;
use super::encoded::Raw;
use super::part::{Part, PartError};
use crate::ledger::{Known, Ledger, Reader};
use minutebook_governance::{Selected, Selection};
use minutebook_log::Position;
use minutebook_store::{BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Engine, ReadLimits, Stored};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How many parts are kept for each selection at most.
const PARTS_MAX: usize = 64;

/// How many bytes the parts of all selections may have together: 64 MiB.
const PARTS_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How many bytes those of one selection may have, however many there are: 64 KiB.
const PARTS_BYTES_MIN: usize = 64 * 1024;

/// How many bytes of entries a part has, at most, but for one entry that is larger.
const PART_BYTES_MAX: usize = 512 * 1024;

/// The selections that are followed.
pub(in crate::service) struct Feeds<E: Engine> {
    reader: Arc<Reader<E>>,
    followed: Mutex<Followed>,
    /// Ends the task with the last who could follow.
    _ends: DropGuard,
    ended: CancellationToken,
}

#[derive(Default)]
struct Followed {
    by_selection: HashMap<Arc<Selection>, Weak<Feed>>,
    is_worked_on: bool,
}

/// What has just become durable of one selection.
#[derive(Debug)]
pub(super) struct Feed {
    selection: Arc<Selection>,
    /// What it is made of, up to now. Whoever waits is woken where something of it is selected.
    known: watch::Sender<Arc<Known>>,
    /// Up to where it was looked for, whether anything was found or not.
    looked: watch::Sender<Position>,
    kept: Mutex<Kept>,
}

/// The newest parts.
#[derive(Debug)]
struct Kept {
    /// From where on all that is selected is in the parts.
    from: Position,
    parts: VecDeque<Arc<Part>>,
    bytes: usize,
}

/// What comes behind a position, as far as it is kept.
#[derive(Debug)]
pub(super) enum Behind {
    /// This part, and nothing before it.
    Part(Arc<Part>),
    /// Nothing that is selected.
    Nothing,
    /// It is not kept.
    NotKept,
}

impl<E: Engine> Feeds<E> {
    /// None yet, of this reader's ledger.
    pub(in crate::service) fn of(reader: &Arc<Reader<E>>) -> Arc<Self> {
        let ended = CancellationToken::new();
        let (reader, followed, ends) = (Arc::clone(reader), Mutex::default(), ended.clone().drop_guard());
        Arc::new(Self { reader, followed, _ends: ends, ended })
    }

    /// What has just become durable of a selection; the first who asks starts the work on `ledger`.
    pub(super) fn join(self: &Arc<Self>, ledger: &Ledger<E>, selection: &Arc<Selection>) -> Arc<Feed> {
        let mut followed = lock(&self.followed);
        if !std::mem::replace(&mut followed.is_worked_on, true) {
            let durable = self.reader.watch();
            ledger.work(work(Arc::downgrade(self), durable, ledger.closing().clone(), self.ended.clone()));
        }
        if let Some(feed) = followed.by_selection.get(selection).and_then(Weak::upgrade) {
            return feed;
        }
        // Asked for under the lock: whatever becomes durable later finds the feed there.
        let feed = Arc::new(Feed::new(selection, self.reader.known()));
        followed.by_selection.insert(Arc::clone(selection), Arc::downgrade(&feed));
        feed
    }

    /// How many bytes are kept for all of them.
    pub(in crate::service) fn bytes(&self) -> usize {
        self.live().iter().map(|feed| lock(&feed.kept).bytes).sum()
    }

    /// Those that somebody still follows.
    fn live(&self) -> Vec<Arc<Feed>> {
        let mut followed = lock(&self.followed);
        let mut live = Vec::with_capacity(followed.by_selection.len());
        followed.by_selection.retain(|_selection, feed| {
            let feed = feed.upgrade();
            live.extend(feed.clone());
            feed.is_some()
        });
        live
    }

    /// Brings every feed up to what is known.
    fn go_on(&self, known: &Arc<Known>) {
        let feeds: Vec<_> =
            self.live().into_iter().filter(|feed| feed.upto() < known.head().next()).collect();
        let Some(first) = feeds.iter().map(|feed| feed.upto()).min() else { return };
        let bytes_max = (PARTS_BYTES_MAX / feeds.len()).max(PARTS_BYTES_MIN);
        let mut window = None;
        for feed in feeds {
            let selected = feed.select(known);
            if selected.as_ref().is_some_and(Vec::is_empty) {
                feed.pass_over(known);
                continue;
            }
            let window = window.get_or_insert_with(|| self.window(first, known.head().next()));
            let parts = selected.zip(window.as_ref()).and_then(|(selected, window)| {
                feed.parts(known, window, &selected).inspect_err(|error| say(error)).ok()
            });
            feed.take(known, parts, bytes_max);
        }
    }

    /// The entries between two positions; nothing where they are too many, or can't be read.
    fn window(&self, from: Position, end: Position) -> Option<Vec<Stored>> {
        let entries = usize::try_from(end.0 - from.0).ok().filter(|entries| *entries <= BATCH_ENTRIES_MAX)?;
        let limits = ReadLimits { entries, bytes: BATCH_BYTES_MAX };
        let read = self.reader.read_range(from, limits).inspect_err(|error| say(error)).ok()?;
        (read.len() == entries).then_some(read)
    }
}

/// Whoever follows reads history then, and is told what is wrong.
fn say(error: &dyn std::fmt::Debug) {
    tracing::warn!(?error, "what became durable could not be read for those who follow");
}

/// Goes from commit to commit until the ledger closes, or nobody could follow any more.
async fn work<E: Engine>(
    feeds: Weak<Feeds<E>>,
    mut durable: watch::Receiver<Arc<Known>>,
    closing: CancellationToken,
    ended: CancellationToken,
) {
    loop {
        tokio::select! {
            changed = durable.changed() => if changed.is_err() { return },
            () = closing.cancelled() => return,
            () = ended.cancelled() => return,
        }
        let known = Arc::clone(&durable.borrow_and_update());
        let Some(feeds) = feeds.upgrade() else { return };
        if let Err(error) = tokio::task::spawn_blocking(move || feeds.go_on(&known)).await {
            tracing::error!(%error, "what became durable was not passed on to those who follow");
        }
    }
}

impl Feed {
    fn new(selection: &Arc<Selection>, known: Arc<Known>) -> Self {
        let kept = Kept { from: known.head().next(), parts: VecDeque::new(), bytes: 0 };
        let (looked, known) = (watch::Sender::new(known.head().next()), watch::Sender::new(known));
        Self { selection: Arc::clone(selection), known, looked, kept: Mutex::new(kept) }
    }

    /// What it is made of, and each time that something new is selected.
    pub(super) fn watch(&self) -> watch::Receiver<Arc<Known>> {
        self.known.subscribe()
    }

    /// Waits until it was looked for up to this position.
    pub(super) async fn reached(&self, position: Position) {
        let mut looked = self.looked.subscribe();
        // The sender is this very feed's.
        let _open = looked.wait_for(|looked| *looked >= position).await;
    }

    /// What comes behind this position.
    pub(super) fn behind(&self, position: Position) -> Behind {
        let kept = lock(&self.kept);
        if position < kept.from {
            return Behind::NotKept;
        }
        match kept.parts.iter().find(|part| part.next > position) {
            None => Behind::Nothing,
            Some(part) if part.from >= position => Behind::Part(Arc::clone(part)),
            // Who reads history in small steps may stand in the middle of one.
            Some(_part) => Behind::NotKept,
        }
    }

    fn upto(&self) -> Position {
        self.known.borrow().head().next()
    }

    /// What is new and selected; nothing where it is too much to be told at once.
    fn select(&self, known: &Known) -> Option<Vec<Position>> {
        let record = known.book().record();
        let end = known.head();
        let Selected { positions, next } =
            record.select(&self.selection, self.upto(), end.size, BATCH_ENTRIES_MAX);
        (next == end.next()).then_some(positions)
    }

    /// Nothing new is selected: nobody is woken, and who looks sees how far it was looked.
    fn pass_over(&self, known: &Arc<Known>) {
        self.known.send_if_modified(|now| {
            *now = Arc::clone(known);
            false
        });
        self.looked.send_replace(known.head().next());
    }

    /// The entries at these positions, which the window has, in parts.
    fn parts(
        &self,
        known: &Arc<Known>,
        window: &[Stored],
        selected: &[Position],
    ) -> Result<Vec<Part>, PartError> {
        let first = window.first().map_or(0, |stored| stored.position.0);
        let at = |position: &Position| window.get(usize::try_from(position.0.checked_sub(first)?).ok()?);
        let mut selected = selected.iter().filter_map(at).peekable();
        let (mut parts, mut from) = (Vec::new(), self.upto());
        while selected.peek().is_some() {
            let mut bytes = 0;
            let mut stored: Vec<&Stored> = Vec::new();
            while let Some(next) = selected.next_if(|next| {
                let fits = stored.is_empty() || bytes + next.bytes.len() <= PART_BYTES_MAX;
                fits && stored.len() < STEP_ENTRIES
            }) {
                bytes += next.bytes.len();
                stored.push(next);
            }
            let end = selected
                .peek()
                .map_or(known.head().next(), |_more| stored.last().map_or(from, |last| last.position.next()));
            let raw: Vec<_> = stored.iter().map(|stored| Raw::from(*stored)).collect();
            parts.push(Part::of(known, &self.selection, &raw, (from, end), false)?);
            from = end;
        }
        Ok(parts)
    }

    /// Keeps new parts, where there are any, and wakes those who wait.
    fn take(&self, known: &Arc<Known>, parts: Option<Vec<Part>>, bytes_max: usize) {
        {
            let mut kept = lock(&self.kept);
            match parts {
                Some(parts) => parts.into_iter().for_each(|part| kept.push(part)),
                None => *kept = Kept { from: known.head().next(), parts: VecDeque::new(), bytes: 0 },
            }
            kept.shrink_to(bytes_max);
        }
        self.known.send_replace(Arc::clone(known));
        self.looked.send_replace(known.head().next());
    }
}

impl Kept {
    fn push(&mut self, part: Part) {
        self.bytes += part.encoded.len();
        self.parts.push_back(Arc::new(part));
    }

    fn shrink_to(&mut self, bytes_max: usize) {
        while self.parts.len() > PARTS_MAX || self.bytes > bytes_max {
            let Some(oldest) = self.parts.pop_front() else { return };
            (self.bytes, self.from) = (self.bytes - oldest.encoded.len(), oldest.next);
        }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
