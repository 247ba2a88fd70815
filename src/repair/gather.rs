//! Reads everything that is brought, and believes of it what is signed by the ledger's own keys.

use crate::repair::found::Identity;
use crate::repair::{Found, RepairError};
use minutebook_log::{
    Algorithm, Entry, Frontier, Hash, LogKeys, Opening, Position, PublicKey, PublishedPath,
    RECEIPT_BYTES_MAX, Receipt, SignedCheckpoint, TileRow, TreeHash, VerifierKey,
};
use minutebook_store::{Mark, OpenError, mark, remains};
use minutebook_verify::Published;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is brought together.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The damaged ledger's folder.
    pub ledger: Option<PathBuf>,
    /// Published logs, each a folder or a tar of one, with the name that it is called by.
    pub published: Vec<(String, PathBuf)>,
    /// Receipts, and folders in which to look for them.
    pub receipts: Vec<PathBuf>,
}

/// A published log as read: what each position has there, and the checkpoints.
struct Log {
    source: Arc<str>,
    leaves: BTreeMap<u64, (TreeHash, Hash)>,
    newest: Option<SignedCheckpoint>,
    keys: Option<LogKeys>,
    /// The checkpoints that are kept beside the newest, and that one.
    signed: Vec<(Arc<str>, SignedCheckpoint)>,
}

impl Log {
    fn named(name: &str) -> Self {
        Self { source: name.into(), leaves: BTreeMap::new(), newest: None, keys: None, signed: Vec::new() }
    }
}

/// Reads all sources. None of them is written to.
///
/// # Errors
/// [`RepairError`] where a source that was named can't be read at all, where there is no opening entry, or where
/// the sources are of several ledgers. What is there and can't be believed is put aside.
pub fn gather(sources: &Sources) -> Result<Found, RepairError> {
    let mut found = Found::default();
    let mark = sources.ledger.as_deref().map(|dir| add_ledger(&mut found, dir)).transpose()?.flatten();
    let mut logs = Vec::new();
    for (name, path) in &sources.published {
        logs.push(add_published(&mut found, name, path)?);
    }
    let mut receipts = Vec::new();
    for path in &sources.receipts {
        find_receipts(&mut found, path, &mut receipts)?;
    }
    let identity = identify(&found, receipts.iter().map(|(_source, receipt)| receipt))?;
    found.identity = Some(identity.clone());
    for (dir, mark) in sources.ledger.iter().zip(&mark) {
        found.believe_mark(&format!("the high-water mark ({})", dir.join("high-water").display()), mark);
    }
    logs.iter().for_each(|log| believe_log(&mut found, &identity, log));
    receipts.into_iter().for_each(|(source, receipt)| found.believe_receipt(&source, receipt));
    logs.into_iter().for_each(|log| believe_signed(&mut found, log));
    Ok(found)
}

/// Hears what a published log says of its end, and by which keys; its entries are left out. Returns whether it has a
/// checkpoint.
///
/// # Errors
/// [`RepairError`] where it can't be read.
pub fn hear(found: &mut Found, name: &str, path: &Path) -> Result<bool, RepairError> {
    let published = Published::open(path)?;
    let mut log = Log::named(name);
    let is_told = |path: &&PublishedPath| !matches!(path, PublishedPath::Tile(_));
    for path in published.paths().filter(is_told) {
        add_file(found, &published, *path, &mut log);
    }
    let has_checkpoint = log.newest.is_some();
    believe_signed(found, log);
    Ok(has_checkpoint)
}

/// Takes the checkpoints of a published log, and first the keys that it leads to.
fn believe_signed(found: &mut Found, log: Log) {
    if let Some(keys) = &log.keys {
        let notes: Vec<_> = log.signed.iter().map(|(_source, note)| note.clone()).collect();
        found.follow(keys, &notes);
    }
    log.signed.into_iter().for_each(|(source, checkpoint)| found.believe(&source, checkpoint));
}

/// The store's texts; returns its mark.
fn add_ledger(found: &mut Found, dir: &Path) -> Result<Option<Mark>, RepairError> {
    let source: Arc<str> = format!("{} (the store)", dir.display()).into();
    match remains(dir) {
        Ok(texts) => {
            for (position, text) in texts {
                found.add(position, text, &source);
            }
        }
        Err(error @ OpenError::InUse { .. }) => return Err(error.into()),
        Err(error) => found.put_aside(source.to_string(), what_is_wrong(error)),
    }
    match mark(dir) {
        Ok(mark) => Ok(Some(mark)),
        Err(error) => {
            found.put_aside(dir.join("high-water").display().to_string(), what_is_wrong(error));
            Ok(None)
        }
    }
}

/// What is wrong, without the advice to make the ledger anew: that is what is being done.
fn what_is_wrong(error: OpenError) -> String {
    match error {
        OpenError::Damaged { what, .. } => what,
        other => other.to_string(),
    }
}

fn add_published(found: &mut Found, name: &str, path: &Path) -> Result<Log, RepairError> {
    let published = Published::open(path)?;
    let mut log = Log::named(name);
    for path in published.paths() {
        add_file(found, &published, *path, &mut log);
    }
    Ok(log)
}

fn add_file(found: &mut Found, published: &Published, path: PublishedPath, log: &mut Log) {
    let place = format!("{}: {path}", log.source);
    let bytes = match published.read(&path) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) => return found.put_aside(place, error),
    };
    match path {
        PublishedPath::Tile(tile) if tile.row == TileRow::Entries => {
            for (position, entry) in (tile.positions().start..).zip(split(&bytes)) {
                if let Some(hash) = found.add(position, entry.to_owned(), &log.source) {
                    log.leaves.insert(position, (TreeHash::leaf(entry), hash));
                }
            }
        }
        PublishedPath::Checkpoint | PublishedPath::Witnessed(_) | PublishedPath::Rotated(_) => {
            match SignedCheckpoint::parse(&bytes) {
                Ok(checkpoint) => {
                    if path == PublishedPath::Checkpoint {
                        log.newest = Some(checkpoint.clone());
                    }
                    log.signed.push((place.into(), checkpoint));
                }
                Err(malformed) => found.put_aside(place, malformed),
            }
        }
        // It is no evidence by itself: what it leads to is signed.
        PublishedPath::Keys => log.keys = LogKeys::parse(&bytes).ok(),
        PublishedPath::Tile(_) => {}
    }
}

/// The entries of a bundle as far as its lengths lead: a damaged one may still have some.
fn split(bundle: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bundle;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let (entry, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
        rest = after;
        Some(entry)
    })
}

/// Reads a receipt, or every `.tlog-proof` below a folder.
fn find_receipts(
    found: &mut Found,
    path: &Path,
    receipts: &mut Vec<(Arc<str>, Receipt)>,
) -> Result<(), RepairError> {
    let reading = RepairError::files("reading", path);
    if path.is_dir() {
        let entries = fs::read_dir(path).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
        let mut paths: Vec<_> = entries.map_err(reading)?.iter().map(fs::DirEntry::path).collect();
        paths.sort();
        let is_receipt =
            |path: &&PathBuf| path.is_dir() || path.extension().is_some_and(|end| end == "tlog-proof");
        return paths.iter().filter(is_receipt).try_for_each(|path| find_receipts(found, path, receipts));
    }
    let mut bytes = Vec::new();
    let file =
        File::open(path).and_then(|file| file.take(RECEIPT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes));
    file.map_err(reading)?;
    match Receipt::parse(&bytes) {
        Ok(receipt) => receipts.push((path.display().to_string().into(), receipt)),
        Err(malformed) => found.put_aside(path.display().to_string(), format!("no receipt: {malformed}")),
    }
    Ok(())
}

/// Whose ledger it is: what all opening entries that were found agree on.
fn identify<'a>(found: &Found, receipts: impl Iterator<Item = &'a Receipt>) -> Result<Identity, RepairError> {
    let texts = found.texts.get(&0).into_iter().flatten();
    let texts = texts.map(|text| (text.bytes.as_slice(), text.source.as_ref()));
    let received = receipts.filter(|receipt| receipt.position == Position::FIRST);
    let received = received.map(|receipt| (receipt.entry.as_slice(), "a receipt of entry 0"));
    let mut agreed: Option<(Opening, &str)> = None;
    for (bytes, source) in texts.chain(received) {
        let Some(opening) = opening_of(bytes) else { continue };
        match &agreed {
            None => agreed = Some((opening, source)),
            Some((one, first))
                if (&one.origin, one.checkpoint_key) != (&opening.origin, opening.checkpoint_key) =>
            {
                let name = |opening: &Opening, source: &str| {
                    format!("{} with the log key {} in {source}", opening.origin, opening.checkpoint_key)
                };
                let (one, other) = (name(one, first), name(&opening, source));
                return Err(RepairError::SeveralLedgers { one, other });
            }
            Some(_same) => {}
        }
    }
    let (opening, _source) = agreed.ok_or(RepairError::NoOpening)?;
    Ok(Identity { keys: keys_of(found, &opening), origin: opening.origin, log_key: opening.checkpoint_key })
}

/// What an entry 0 says whose registrars' signatures hold.
fn opening_of(bytes: &[u8]) -> Option<Opening> {
    let entry = Entry::parse(bytes).ok()?;
    let opening = Opening::parse(entry.event()).ok()?;
    (entry.signed.verify().is_ok() && opening.is_signed_by(entry.signed.keys())).then_some(opening)
}

/// The log's keys: the first, and those that a text which registrars signed enrols for it.
fn keys_of(found: &Found, opening: &Opening) -> Vec<VerifierKey> {
    let enrolled = found.texts.values().flatten().filter_map(|text| log_key_in(&text.bytes, opening));
    let keys = [opening.checkpoint_key].into_iter().chain(enrolled);
    keys.filter_map(|key| VerifierKey::new((&opening.origin).into(), Algorithm::Ed25519, key).ok()).collect()
}

fn log_key_in(bytes: &[u8], opening: &Opening) -> Option<PublicKey> {
    // Most texts are something else, and parsing each once more would take as long as all the rest.
    bytes.windows(ENROLS.len()).any(|part| part == ENROLS).then_some(())?;
    let entry = Entry::parse(bytes).ok()?;
    let event = entry.event();
    let is_logs = event.data.get("facts")?.get("use")?.as_str()? == "log";
    let is_by_registrar = |key| opening.registrars.iter().any(|registrar| registrar.key == key);
    let is_signed = entry.signed.keys().any(is_by_registrar) && entry.signed.verify().is_ok();
    (is_logs && is_signed).then(|| event.subject.name()?.parse().ok())?
}

/// What stands in every event that enrols a key.
const ENROLS: &[u8] = b".KeyEnrolled.v1\"";

/// Pins the end of a published log whose entries lead to its own checkpoint.
fn believe_log(found: &mut Found, identity: &Identity, log: &Log) {
    let Some(newest) = log.newest.as_ref().filter(|newest| newest.verify(&identity.keys).is_ok()) else {
        return;
    };
    let head = newest.unverified().head;
    let (mut frontier, mut last) = (Frontier::EMPTY, None);
    for (position, (leaf, hash)) in log.leaves.range(..head.size.0) {
        if *position != frontier.size().0 {
            break;
        }
        frontier.append(*leaf);
        last = Some((*position, *hash));
    }
    if frontier.head() == head {
        if let Some((position, hash)) = last {
            found.pin(position, hash, &log.source);
        }
        return;
    }
    let why = if frontier.size() < head.size {
        format!(
            "entry {} of the {} that its checkpoint speaks of is not there, or damaged",
            frontier.size(),
            head.size
        )
    } else {
        format!(
            "its entries lead to the root {}, and its checkpoint says {}",
            frontier.head().root,
            head.root
        )
    };
    found.put_aside(format!("{} (as proof; its entries are looked at)", log.source), why);
}
