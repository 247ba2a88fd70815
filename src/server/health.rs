//! Whether the server is ready, part by part, and why it is not. Over HTTP and over gRPC the same is said.

use super::around::{QuorumState, Surroundings, WitnessedWatch};
use crate::doors::Tls;
use crate::ledger::{Reader, Scrubbed, Stop};
use crate::published::NewestPublished;
use crate::witnessing::WitnessStanding;
use minutebook_log::Timestamp;
use minutebook_store::Engine;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Beneath so much room on the disk the server is not ready: a commit of full size needs some of it.
pub(crate) const ROOM_BYTES_MIN: u64 = 64 * 1024 * 1024;

/// Beneath so much, somebody should look.
pub(crate) const ROOM_BYTES_DOUBTFUL: u64 = 1024 * 1024 * 1024;

/// How long what is durable may stay unpublished until somebody should look, and until the server is not ready.
const UNPUBLISHED_MAX: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(60));

/// How far the clock may be behind the last entry, in microseconds, without a word: as far as the writer goes on with it.
const CLOCK_MICROS_MAX: i64 = 2_000_000;

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartState {
    /// As it should be.
    Ready,
    /// It works, and somebody should look.
    Doubtful,
    /// It does not work.
    NotReady,
}

impl PartState {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Doubtful => "doubtful",
            Self::NotReady => "not_ready",
        }
    }
}

/// A part, how it is, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHealth {
    /// Its name: writer, scrub, disk, clock, published, witnesses, certificate.
    pub name: &'static str,
    /// How it is.
    pub state: PartState,
    /// Why, in words.
    pub says: String,
}

/// All parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyReport(pub Vec<PartHealth>);

impl ReadyReport {
    /// Whether the server is ready: no part is not.
    pub fn is_ready(&self) -> bool {
        self.0.iter().all(|part| part.state != PartState::NotReady)
    }

    /// As JSON: `{"ready": true, "parts": {"writer": {"state": "ready", "says": "..."}}}`.
    pub fn to_json(&self) -> Value {
        let part = |part: &PartHealth| {
            (part.name.to_owned(), json!({"state": part.state.as_str(), "says": part.says}))
        };
        let parts: Map<_, _> = self.0.iter().map(part).collect();
        json!({"ready": self.is_ready(), "parts": parts})
    }
}

/// What is looked at.
pub(super) struct Health<E: Engine> {
    reader: Arc<Reader<E>>,
    dir: Option<PathBuf>,
    scrub: Option<watch::Receiver<Scrubbed>>,
    witnessed: Option<WitnessedWatch>,
    published: Option<watch::Receiver<NewestPublished>>,
    tls: Option<Arc<Tls>>,
    seen: Mutex<Seen>,
}

/// What was seen while it was looked at, time after time.
#[derive(Debug)]
struct Seen {
    /// The size that was published, and since when no more was, while there is more.
    published: (u64, Instant),
}

fn part(name: &'static str, state: PartState, says: impl Into<String>) -> PartHealth {
    PartHealth { name, state, says: says.into() }
}

impl<E: Engine> Health<E> {
    pub(super) fn new(
        reader: &Arc<Reader<E>>,
        around: &Surroundings,
        published: Option<watch::Receiver<NewestPublished>>,
        tls: Option<Arc<Tls>>,
    ) -> Self {
        let seen = Mutex::new(Seen { published: (0, Instant::now()) });
        let (scrub, witnessed) = (around.scrub.clone(), around.witnessed.clone());
        Self { reader: Arc::clone(reader), dir: around.dir.clone(), scrub, witnessed, published, tls, seen }
    }

    /// How everything is now.
    pub(super) fn report(&self) -> ReadyReport {
        self.look();
        let mut parts = vec![self.writer(), self.clock()];
        parts.extend(self.scrub());
        parts.extend(self.disk());
        parts.extend(self.published());
        parts.extend(self.witnesses());
        parts.extend(self.certificate());
        ReadyReport(parts)
    }

    /// Takes note of what changes with time.
    fn look(&self) {
        let (published, head) = (self.published_size(), self.reader.head().size);
        let mut seen = self.seen();
        if published != seen.published.0 || published >= head {
            seen.published = (published, Instant::now());
        }
    }

    /// What a panic elsewhere left behind is still whole: each change is one assignment.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many entries are published.
    pub(super) fn published_size(&self) -> u64 {
        let newest = self.published.as_ref().and_then(|published| published.borrow().clone());
        newest.map_or(0, |newest| newest.unverified().head.size.0)
    }

    /// How far the scrub is.
    pub(super) fn scrubbed(&self) -> Option<Scrubbed> {
        self.scrub.as_ref().map(|scrub| scrub.borrow().clone())
    }

    /// How old each witness's newest signature is, by this machine's clock, in seconds; since the start, where it gave none.
    pub(super) fn witness_ages(&self) -> Vec<(String, f64)> {
        let (now, witnessed) = (self.reader.now(), self.witnessed.iter());
        let witnesses = witnessed.flat_map(|witnessed| &witnessed.witnesses);
        witnesses.map(|witness| (witness.name().to_owned(), witness.age(now))).collect()
    }

    fn writer(&self) -> PartHealth {
        match self.reader.watch_stop().borrow().as_ref() {
            None => part("writer", PartState::Ready, "the ledger takes entries"),
            Some(stop) => part("writer", PartState::NotReady, stop.to_string()),
        }
    }

    fn clock(&self) -> PartHealth {
        if self.reader.is_re_enactment() {
            return part("clock", PartState::Ready, "a re-enactment tells the events' own time");
        }
        if let Some(Stop::Clock(why)) = self.reader.watch_stop().borrow().as_ref() {
            return part("clock", PartState::NotReady, why.clone());
        }
        let (now, last) = (self.reader.now(), self.reader.known().book().record().last_recorded());
        // The writer goes on by its operator's word.
        if now.as_micros() + CLOCK_MICROS_MAX < last.as_micros() {
            let says = format!(
                "it says {now}, and the last entry was recorded at {last}: what follows is recorded at that time until the \
                 clock has come there"
            );
            return part("clock", PartState::Doubtful, says);
        }
        part("clock", PartState::Ready, format!("it says {now}"))
    }

    fn scrub(&self) -> Option<PartHealth> {
        let Scrubbed { next, rounds, damage, finished, hindered, .. } = self.scrubbed()?;
        if let Some(damage) = damage {
            let says =
                format!("the store is damaged: {damage}; stop the server, and see minutebook repair --help");
            return Some(part("scrub", PartState::NotReady, says));
        }
        let last = finished.map_or_else(
            || "none has ended since the start".to_owned(),
            |last| format!("the last ended at {last}"),
        );
        let says = format!("round {}, at entry {next}; {last}", rounds + 1);
        Some(match hindered {
            Some(why) => part("scrub", PartState::Doubtful, format!("{says}; it could not go on: {why}")),
            None => part("scrub", PartState::Ready, says),
        })
    }

    fn disk(&self) -> Option<PartHealth> {
        let dir = self.dir.as_ref()?;
        let room = match rustix::fs::statvfs(dir) {
            Ok(room) => room.f_bavail.saturating_mul(room.f_frsize),
            Err(why) => {
                let says = format!("{} can't be looked at: {why}", dir.display());
                return Some(part("disk", PartState::NotReady, says));
            }
        };
        let says = format!("{} MiB are free for {}", room / (1024 * 1024), dir.display());
        Some(match room {
            room if room < ROOM_BYTES_MIN => part("disk", PartState::NotReady, format!("{says}: make room")),
            room if room < ROOM_BYTES_DOUBTFUL => {
                part("disk", PartState::Doubtful, format!("{says}: make room"))
            }
            _ => part("disk", PartState::Ready, says),
        })
    }

    fn published(&self) -> Option<PartHealth> {
        self.published.as_ref()?;
        let (size, head) = (self.published_size(), self.reader.head().size);
        let checkpoint = self.dir.as_ref().map(|dir| dir.join("published/checkpoint"));
        if let Some(gone) = checkpoint.filter(|file| size > 0 && !file.is_file()) {
            let says = format!(
                "{} is gone: who asks this server is answered from memory; the scrub makes the folder anew, or what is \
                 published next",
                gone.display()
            );
            return Some(part("published", PartState::Doubtful, says));
        }
        if size >= head {
            return Some(part(
                "published",
                PartState::Ready,
                format!("everything is published: {}", entries(head)),
            ));
        }
        let since = self.seen().published.1.elapsed();
        let (waiting, is) = (head - size, if head - size == 1 { "is" } else { "are" });
        let says = format!("{} of {head} {is} not published, for {} s", entries(waiting), since.as_secs());
        let (doubtful, not_ready) = UNPUBLISHED_MAX;
        Some(match since {
            // Who holds checkpoints back until witnesses have signed them has decided so: appends go on.
            since if since > not_ready && !self.is_held() => {
                part("published", PartState::NotReady, format!("{says}: the log says why"))
            }
            since if since > doubtful => {
                part("published", PartState::Doubtful, format!("{says}: the log says why"))
            }
            _ => part("published", PartState::Ready, says),
        })
    }

    fn certificate(&self) -> Option<PartHealth> {
        let seconds = self.tls.as_ref()?.expires()?;
        let until = Timestamp::from_micros(seconds.saturating_mul(1_000_000))?;
        Some(if until < self.reader.now() {
            let says = format!(
                "it ran out at {until}, and no client believes it: replace its file, which is read again"
            );
            part("certificate", PartState::NotReady, says)
        } else {
            part("certificate", PartState::Ready, format!("it holds until {until}"))
        })
    }

    fn is_held(&self) -> bool {
        let state = self.witnessed.as_ref().map(|witnessed| witnessed.state.borrow().clone());
        matches!(state, Some(QuorumState::Missing { holds: true, .. }))
    }

    fn witnesses(&self) -> Option<PartHealth> {
        let witnessed = self.witnessed.as_ref()?;
        let state = witnessed.state.borrow().clone();
        Some(match state {
            QuorumState::NotAsked => part("witnesses", PartState::Ready, "they were not asked yet"),
            QuorumState::Quorum => signed_by_a_quorum(&witnessed.witnesses),
            QuorumState::Missing { since, holds, why } => {
                let held =
                    if holds { "checkpoints wait for one" } else { "checkpoints are published all the same" };
                let says = format!("no quorum for {} s, and {held}: {why}", since.elapsed().as_secs());
                part("witnesses", PartState::Doubtful, says)
            }
        })
    }
}

/// So many entries.
fn entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// A quorum has signed; those who have not are named.
fn signed_by_a_quorum(witnesses: &[Arc<WitnessStanding>]) -> PartHealth {
    let missing = witnesses.iter().filter_map(|witness| {
        let (since, why) = witness.missing()?;
        Some(format!("; {} has not signed for {} s: {why}", witness.name(), since.elapsed().as_secs()))
    });
    let missing: String = missing.collect();
    let state = if missing.is_empty() { PartState::Ready } else { PartState::Doubtful };
    part("witnesses", state, format!("a quorum has signed the newest checkpoint{missing}"))
}
