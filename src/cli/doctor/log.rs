//! The log: mark, store and published files held against each other; witnesses and clock.

use super::folder::checkpoint_file;
use super::looked::Looked;
use crate::cli::repair::{prove_all, ranges};
use crate::cli::show;
use crate::ledger::Observed;
use crate::repair::{Sources, assemble, gather};
use minutebook_log::{Entry, Hash, LogKeys, Opening, Position, PublishedPath, SignedCheckpoint, Timestamp};
use minutebook_store::{OpenError, ReadLimits};
use std::path::Path;

/// How many bytes a witness's line has: eight for the time, then Ed25519.
const COSIGNATURE_BYTES: usize = 8 + 64;

/// How far the log had come when something was last acknowledged, and how far the store goes, where that is known.
pub(super) fn mark(dir: &Path, stored: Option<u64>) -> Looked {
    let at = "mark";
    match minutebook_store::mark(dir) {
        Ok(mark) if stored.is_some_and(|stored| stored > mark.head.size) => {
            let found = format!(
                "{} acknowledged by what can be read of it, and the store has {}",
                show::entries(mark.head.size),
                stored.unwrap_or_default()
            );
            Looked::notice(at, found, "nothing: the next start brings it forward; but look at the disk")
        }
        Ok(mark) => Looked::well(at, format!("{} acknowledged", show::entries(mark.head.size))),
        Err(error @ OpenError::Damaged { .. }) => {
            let mends = format!(
                "minutebook repair --dir {} --to NEWDIR --without-mark, if you know that no more was acknowledged \
                 than is found",
                dir.display()
            );
            Looked::damaged(at, error.to_string(), mends)
        }
        Err(error) => Looked::wrong(at, error.to_string(), "let who runs the server read it"),
    }
}

/// What the store and the published files have, each entry in its place, and the time of the newest.
pub(super) fn entries(dir: &Path) -> (Looked, Option<(u64, Timestamp)>) {
    let at = "entries";
    let published = dir.join("published");
    let has_published = published.join("tile").is_dir();
    let name = published.display().to_string();
    let sources = Sources {
        ledger: Some(dir.to_owned()),
        published: if has_published { vec![(name, published)] } else { Vec::new() },
        receipts: Vec::new(),
    };
    let repair = |more: &str| format!("minutebook repair --dir {} --to NEWDIR{more}", dir.display());
    let found = match gather(&sources) {
        Ok(found) => found,
        Err(error) => return (Looked::damaged(at, error.to_string(), repair(" --from MIRROR")), None),
    };
    let assembled = match assemble(&found) {
        Ok(assembled) => assembled,
        Err(error) => {
            return (
                Looked::damaged(at, error.to_string(), "keep a copy of everything: it is evidence"),
                None,
            );
        }
    };
    let newest = assembled
        .entries
        .last_key_value()
        .and_then(|(position, text)| Some((position + 1, Entry::parse(&text.bytes).ok()?.recorded)));
    if !assembled.is_whole() {
        let lost: Vec<u64> = assembled.lost.iter().map(|lost| lost.position).collect();
        let what = format!("neither the store nor what is published has {}", ranges(&lost));
        return (Looked::damaged(at, what, repair(" --from MIRROR --receipts RECEIPTS")), newest);
    }
    if let Err(error) = prove_all(&assembled, &found) {
        return (Looked::damaged(at, error.to_string(), repair(" --from MIRROR")), newest);
    }
    let of_store = format!("{} (the store)", dir.display());
    let elsewhere: Vec<u64> = assembled
        .entries
        .iter()
        .filter(|(_position, text)| *text.source != of_store)
        .map(|(position, _text)| *position)
        .collect();
    if !elsewhere.is_empty() {
        let what = format!("the store lacks {}, which are published", ranges(&elsewhere));
        return (Looked::damaged(at, what, repair("")), newest);
    }
    let what =
        format!("{}: none is missing, and the rules hold", show::entries(assembled.entries.len() as u64));
    (Looked::well(at, what), newest)
}

/// The ledger's name, and the hash of the entry that it opens with.
pub(super) async fn opening(observed: &Observed) -> Option<(String, Hash)> {
    let first = observed.entries(Position::FIRST, ReadLimits { entries: 1, bytes: usize::MAX }).await.ok()?;
    let bytes = &first.first()?.bytes;
    let opening = Opening::parse(Entry::parse(bytes).ok()?.event()).ok()?;
    Some((opening.origin.to_string(), Hash::of(bytes)))
}

/// The keys that are published, as far as they can be read.
pub(super) fn published_keys(dir: &Path) -> Option<LogKeys> {
    let file = dir.join("published").join(PublishedPath::Keys.to_string());
    LogKeys::parse(&std::fs::read(file).ok()?).ok()
}

/// Who has signed the published checkpoint beside the log, and when last.
pub(super) fn witnesses(dir: &Path, now: Timestamp) -> Option<Looked> {
    let at = "witnesses";
    let checkpoint = SignedCheckpoint::parse(&std::fs::read(checkpoint_file(dir)).ok()?).ok()?;
    let lines = checkpoint.note().signatures().iter().filter(|line| line.bytes.len() == COSIGNATURE_BYTES);
    let times: Vec<u64> =
        lines.filter_map(|line| line.bytes.first_chunk()).map(|time| u64::from_be_bytes(*time)).collect();
    let newest = times.iter().max()?;
    let seconds = i64::try_from(*newest).ok()?.checked_mul(1_000_000)?;
    let when = Timestamp::from_micros(seconds)?;
    let who = if times.len() == 1 { "one has".to_owned() } else { format!("{} have", times.len()) };
    let found = format!("{who} signed the published checkpoint, the last at {when}");
    let is_ahead = when.as_micros() > now.as_micros() + 60_000_000;
    Some(match is_ahead {
        true => Looked::wrong(
            at,
            format!("{found}, which this machine's clock has yet to say"),
            "set the clock right",
        ),
        false => Looked::well(at, found),
    })
}

/// The clock, held against the newest entry.
pub(super) fn clock(now: Timestamp, newest: Option<(u64, Timestamp)>) -> Looked {
    let at = "clock";
    match newest {
        Some((size, recorded)) if recorded > now => {
            let last = Position(size.saturating_sub(1));
            let found = format!("it says {now}, and entry {last}, the newest, was recorded at {recorded}");
            let mends = format!(
                "set the clock right; or, if the entry's was ahead: minutebook serve --go-on-after {recorded}"
            );
            Looked::wrong(at, found, mends)
        }
        Some((_size, recorded)) => {
            Looked::well(at, format!("it says {now}, after the newest entry ({recorded})"))
        }
        None => Looked::notice(at, format!("it says {now}"), "see that it is right"),
    }
}
