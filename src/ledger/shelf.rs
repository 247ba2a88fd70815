//! The index's segments in a folder beside the store: what a ledger is started from, and what may be removed at any time.
//!
//! A file is written once: beside its place, synced, renamed, and the folder synced. A crash before the rename leaves a
//! file that nobody reads; after it, a whole one. There is no manifest: the files that continue each other from entry 0 on
//! are the index, and the rest is read from the store. Nothing is believed of a file but what agrees with its digest, with
//! the ledger's id, with the hash of the last entry in the store, and with the checkpoint that was signed last.

use crate::ledger::known::Growing;
use crate::ledger::stored_entries::StoredLeaves;
use crate::ledger::tree::{BLOCK_ENTRIES, Tree};
use crate::ledger::{Known, Reader};
use minutebook_governance::{Book, Keeping};
use minutebook_log::{Hash, Position, TreeHash, TreeSize};
use minutebook_store::{Engine, Files};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};
use tokio_util::sync::CancellationToken;

/// How the files' names end.
const ENDING: &str = "segment";

/// How many entries are worth a segment of their own when the ledger is closed: fewer are soon read.
const LAST_ENTRIES: usize = 4096;

/// A folder of segments.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
    files: Files,
}

/// How a ledger keeps its index: how much in memory, and where it finds it again.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// In memory.
    pub keeping: Keeping,
    /// In a folder; without one, every entry is read when the ledger is opened.
    pub shelf: Option<Shelf>,
}

impl Shelf {
    /// The folder of a ledger's segments, which is made when there is one.
    pub fn of(ledger: &Path) -> Self {
        Self::on(Files::default(), ledger)
    }

    /// The same, on these files.
    pub fn on(files: Files, ledger: &Path) -> Self {
        Self { folder: ledger.join("segments"), files }
    }

    /// The files that are not as they were written, by their own digests. Nothing is touched.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn damaged(&self) -> io::Result<Vec<PathBuf>> {
        let mut damaged = Vec::new();
        for path in self.names() {
            if parse(&fs::read(&path)?).is_none() {
                damaged.push(path);
            }
        }
        Ok(damaged)
    }

    /// How many files there are.
    pub fn files(&self) -> usize {
        self.names().len()
    }

    /// Goes on from the segments as far as they continue each other and the store. What is not believed is removed: it is
    /// made anew from the entries.
    pub(super) fn load<E: Engine>(&self, engine: &Arc<E>, keeping: Keeping) -> Growing {
        let (mut growing, mut blocks) = (Growing::of(engine, keeping), Vec::new());
        let mut names = self.names().into_iter();
        for path in names.by_ref() {
            if let Err(why) = take(&path, engine.as_ref(), &mut growing.book, &mut blocks) {
                tracing::warn!(file = %path.display(), why, "a segment of the index is made anew");
                self.remove(&path);
                break;
            }
        }
        // Whatever continues a file that is gone continues nothing.
        names.for_each(|path| self.remove(&path));
        let size = TreeSize(growing.book.chain().head().size);
        if size == TreeSize::EMPTY {
            return growing;
        }
        match Tree::restore(size, blocks, Arc::new(StoredLeaves::of(engine))) {
            Ok(tree) => Growing { tree, ..growing },
            Err(error) => {
                tracing::warn!(%error, "the index is made anew");
                self.clear();
                Growing::of(engine, keeping)
            }
        }
    }

    /// Removes everything.
    pub(super) fn clear(&self) {
        self.names().iter().for_each(|path| self.remove(path));
    }

    /// Writes the segments from the `written`th on, and returns how many are written then.
    pub(super) fn write(&self, known: &Known, written: usize) -> io::Result<usize> {
        let book = known.book();
        for number in written..book.segments().0 {
            let Some((first, end, index)) = book.segment_file(number) else {
                return Err(io::Error::other("it has a type without a name"));
            };
            let blocks = known.tree().blocks(first.0 / BLOCK_ENTRIES, TreeSize(end.0));
            self.write_one(first, end, &encode(&index, &blocks))?;
        }
        Ok(book.segments().0)
    }

    /// Writes what is left when the ledger is closed, if it is worth it.
    pub(super) fn write_last(&self, known: &Known, written: usize) -> io::Result<usize> {
        self.write(&known.sealed_from(LAST_ENTRIES), written)
    }

    /// Writes each segment that comes to be, and once the writer has ended what is left. What fails is said in the log and
    /// tried again with the next: the ledger goes on without it.
    pub(super) async fn keep<E: Engine>(
        self,
        reader: Arc<Reader<E>>,
        loaded: usize,
        ended: CancellationToken,
    ) {
        let (mut watch, mut written) = (reader.watch(), loaded);
        loop {
            let is_last = ended.is_cancelled();
            let known = Arc::clone(&watch.borrow_and_update());
            if is_last || known.book().segments().0 > written {
                let shelf = self.clone();
                let write = move || match is_last {
                    true => shelf.write_last(&known, written),
                    false => shelf.write(&known, written),
                };
                match tokio::task::spawn_blocking(write).await {
                    Ok(Ok(now)) => written = now,
                    Ok(Err(error)) => tracing::warn!(%error, "a segment of the index was not written"),
                    Err(error) => tracing::warn!(%error, "a segment of the index was not written"),
                }
            }
            if is_last {
                return;
            }
            tokio::select! {
                _more = watch.changed() => {}
                () = ended.cancelled() => {}
            }
        }
    }

    fn write_one(&self, first: Position, end: Position, bytes: &[u8]) -> io::Result<()> {
        self.files.make_folders(&self.folder)?;
        let name = format!("{:012}-{:012}", first.0, end.0);
        let (beside, place) = (self.folder.join(format!("{name}.new")), self.path(&name));
        // A crash here leaves the file beside its place, which is written again; or the segment.
        self.files.replace(&beside, &place, bytes)
    }

    fn remove(&self, path: &Path) {
        if let Err(error) = self.files.remove(path) {
            tracing::warn!(file = %path.display(), %error, "a segment of the index could not be removed");
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{ENDING}"))
    }

    /// The files in the order of their entries; none where there is no folder.
    fn names(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(&self.folder).into_iter().flatten();
        let paths = files.filter_map(|file| Some(file.ok()?.path()));
        let mut paths: Vec<_> =
            paths.filter(|path| path.extension().is_some_and(|ending| ending == ENDING)).collect();
        paths.sort();
        paths
    }
}

/// Takes a file on top of `book`, and its blocks of the tree.
fn take<E: Engine>(
    path: &Path,
    engine: &E,
    book: &mut Book,
    blocks: &mut Vec<TreeHash>,
) -> Result<(), String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let (index, new) = parse(&bytes).ok_or("it is damaged")?;
    let ledger = engine.read(Position::FIRST).map_err(|error| error.to_string())?.hash;
    let mut longer = book.clone();
    longer.load_segment(ledger, index).map_err(|error| error.to_string())?;
    let head = longer.chain().head();
    let last = head.size.checked_sub(1).map(Position).ok_or("it has no entries")?;
    let stored = engine.read(last).map_err(|error| error.to_string())?.hash;
    if stored != head.hash {
        return Err(format!("entry {last} has another hash in the store"));
    }
    *book = longer;
    blocks.extend(new);
    Ok(())
}

/// The index, its length before it; the tree's blocks; the digest of both.
fn encode(index: &[u8], blocks: &[TreeHash]) -> Vec<u8> {
    let mut bytes = (index.len() as u64).to_le_bytes().to_vec();
    bytes.extend(index);
    blocks.iter().for_each(|block| bytes.extend(block.as_bytes()));
    let digest = Hash::of(&bytes);
    bytes.extend(digest.as_bytes());
    bytes
}

fn parse(bytes: &[u8]) -> Option<(&[u8], Vec<TreeHash>)> {
    let (content, digest) = bytes.split_last_chunk::<32>()?;
    if Hash::of(content).as_bytes() != digest {
        return None;
    }
    let (length, rest) = content.split_first_chunk()?;
    let (index, blocks) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let (blocks, rest) = blocks.as_chunks();
    rest.is_empty().then(|| (index, blocks.iter().map(|block| TreeHash::from_bytes(*block)).collect()))
}
