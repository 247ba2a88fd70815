//! The new ledger folder: made beside its place, and moved there when all of it is durable.

use crate::repair::prove::is_by_its_key;
use crate::repair::published::write_published;
use crate::repair::{Assembled, Claim, Found, Proved, RepairError};
use minutebook_log::{Entry, Head, NoteSignature, PublishedPath, SignedCheckpoint, TreeSize};
use minutebook_store::{
    BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Batch, Engine as _, FoundBy, NewEntry, SledEngine,
};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What stands behind the folder's name until it is whole.
const UNFINISHED: &str = "unfinished";

/// Makes the ledger folder `to` of entries that were proved, with the newest checkpoint that is known kept beside
/// its mark, and the cosigned checkpoints that were published, with the files of which the newest of them speaks.
///
/// A crash on the way leaves `to.unfinished`, which no server opens by accident and which can be removed.
///
/// # Errors
/// [`RepairError`]; there is no folder `to` then.
pub async fn build(
    to: &Path,
    assembled: &Assembled,
    found: &Found,
    proved: &Proved,
) -> Result<(), RepairError> {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    let beside = to.with_file_name(name);
    let engine = SledEngine::create(&beside)?;
    let mut head = Head::EMPTY;
    for batch in batches(assembled) {
        head = engine.commit(head, batch).await?;
    }
    if let Some(note) = note(found, proved) {
        engine.keep_note(note).await?;
    }
    drop(engine);
    // Once more from the disk: every entry is read and compared with its hash.
    let again = SledEngine::open(&beside)?;
    tokio::task::block_in_place(|| again.scrub_whole(|stored| FoundBy::parse(&stored.bytes)))?;
    drop(again);
    if let Some(size) = keep_published(&beside, found, proved)? {
        write_published(&beside.join("published"), assembled, &proved.keys, size).await?;
    }
    let moved = fs::rename(&beside, to).and_then(|()| File::open(parent_of(to))?.sync_all());
    moved.map_err(RepairError::files("moving the new folder to", to))
}

fn batches(assembled: &Assembled) -> Vec<Batch> {
    let (mut batches, mut bytes) = (vec![Batch::default()], 0);
    for text in assembled.entries.values() {
        // What was proved has the form of an entry.
        let Ok(entry) = Entry::parse(&text.bytes) else { continue };
        bytes += text.bytes.len();
        let is_full = |batch: &Batch| batch.entries.len() >= BATCH_ENTRIES_MAX || bytes > BATCH_BYTES_MAX;
        if batches.last().is_none_or(is_full) {
            batches.push(Batch::default());
            bytes = text.bytes.len();
        }
        if let Some(batch) = batches.last_mut() {
            batch.entries.push(NewEntry::from(&entry));
        }
    }
    batches
}

/// The checkpoints by the keys that the book names: whoever serves it believes no others.
fn claims<'a>(found: &'a Found, proved: &'a Proved) -> impl Iterator<Item = &'a Claim> {
    found.claims.iter().filter(|claim| is_by_its_key(&proved.keys, &claim.checkpoint))
}

/// The newest checkpoint with the log's own line alone, as the log keeps it.
fn note(found: &Found, proved: &Proved) -> Option<Vec<u8>> {
    let claim = claims(found, proved).max_by_key(|claim| claim.checkpoint.unverified().head.size)?;
    let key = proved.keys.at(claim.checkpoint.unverified().head.size)?;
    let by = claim.checkpoint.verify(std::slice::from_ref(key)).ok()?;
    Some(claim.checkpoint.only_with(vec![by.line]).ok()?.encode().into_bytes())
}

/// Puts into the new folder what can't be published anew from the store: the newest checkpoint with cosignatures,
/// those that were kept by the hour, and those at which one key of the log handed over to the next. Returns of how many
/// entries the newest is.
fn keep_published(dir: &Path, found: &Found, proved: &Proved) -> Result<Option<TreeSize>, RepairError> {
    let root = dir.join("published");
    let cosigned = |signed: &SignedCheckpoint| signed.note().signatures().iter().any(is_cosignature);
    for claim in claims(found, proved) {
        let size = claim.checkpoint.unverified().head.size;
        let kept =
            [PublishedPath::Witnessed(size), PublishedPath::Rotated(size)].map(|path| path.to_string());
        if let Some(path) = kept.iter().find(|path| claim.source.ends_with(path.as_str())) {
            write(&root.join(path), &claim.checkpoint)?;
        }
    }
    let published = claims(found, proved).filter(|claim| cosigned(&claim.checkpoint));
    let newest = published.max_by_key(|claim| claim.checkpoint.unverified().head.size);
    let Some(Claim { checkpoint, .. }) = newest else { return Ok(None) };
    write(&root.join(PublishedPath::Checkpoint.to_string()), checkpoint)?;
    Ok(Some(checkpoint.unverified().head.size))
}

/// A cosignature states a time before it: it is longer than the log's own.
fn is_cosignature(line: &NoteSignature) -> bool {
    line.bytes.len() > 64
}

fn write(path: &Path, checkpoint: &SignedCheckpoint) -> Result<(), RepairError> {
    let write = || {
        let parent = parent_of(path);
        fs::create_dir_all(&parent)?;
        fs::write(path, checkpoint.encode())?;
        File::open(path)?.sync_all()?;
        File::open(parent)?.sync_all()
    };
    write().map_err(RepairError::files("writing", path))
}

fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
