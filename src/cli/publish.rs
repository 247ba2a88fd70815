use super::context::Context;
use super::exit::VerificationFailed;
use super::log_keys::open_with_keys;
use super::out_folder::check_out;
use super::show;
use crate::client::{Client, ClientError, KnownLedger};
use crate::ledger::{HashMissing, Ledger, SystemClock, Tree};
use crate::proto;
use crate::published::{
    Cosigner, Folder, Growth, LogSource, Publication, PublishError, Publisher, publish_checkpoint,
    write_keys, write_tiles,
};
use anyhow::{Context as _, bail};
use minutebook_log::{
    HashIndex, HashReader as _, LogKeys, PublishedPath, SignedCheckpoint, Tile, TileLevel, TileRow, TreeHash,
    TreeHead, TreeSize, parse_hash_tile,
};
use minutebook_store::SledEngine;
use serde_json::json;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// Exports the published log into a folder: the auditor's bundle, which any web server can serve, too.
///
/// From a running server, checking everything that comes against its checkpoint; or with --dir from a
/// ledger's folder, which no server may have open. Done again, it brings the folder up to date.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook publish export
  minutebook publish export --dir book")]
pub(crate) struct Args {
    /// The folder: new, empty, or of an earlier export of the same log.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// A ledger's folder, instead of a server.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The key file that signs the log's checkpoints; again for each other that it has had. Those named log-key*.pem
    /// in the ledger's folder are found.
    #[arg(long, value_name = "FILE", requires = "dir")]
    log_key: Vec<PathBuf>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let head = match &self.dir {
            Some(dir) => from_folder(context, dir, &self.log_key, &self.out, |_keys| Ok(())).await?,
            // What witnesses have signed is what others may rely on.
            None => {
                let choose = |newest, published: Option<_>| published.unwrap_or(newest);
                from_server(context, &self.out, |_keys| Ok(()), choose).await?
            }
        };
        if context.json {
            return show::json(&json!({"out": self.out, "size": head.size.0, "root": head.root.to_string()}));
        }
        show::sentence(show::title(format!("published {}", show::entries(head.size.0))))?;
        show::field("folder", self.out.display())?;
        show::field("root", head.root)?;
        Ok(())
    }
}

/// Exports the log of a ledger's folder, which no server has open. `before` is told the log's keys, and may refuse, before
/// anything is written.
pub(super) async fn from_folder(
    context: &Context,
    dir: &Path,
    log_key: &[PathBuf],
    out: &Path,
    before: impl FnOnce(&LogKeys) -> anyhow::Result<()>,
) -> anyhow::Result<TreeHead> {
    let engine = SledEngine::open(dir)?;
    let open = async |ring| Ledger::open(engine, SystemClock::new(), ring).await;
    let ledger = open_with_keys(context, dir, log_key, open).await?;
    let keys = ledger.reader().log_keys();
    check_out(out, &keys)?;
    before(&keys)?;
    let own = Folder::open(&dir.join("published"))?;
    copy_kept(&own, own.rotated()?, &Folder::open(out)?)?;
    let kept = Kept(own.read(PublishedPath::Checkpoint)?);
    let mut publisher = Publisher::open(out, &ledger).await.map_err(evidence)?.with_cosigner(Arc::new(kept));
    publisher.publish_newest().await?;
    copy_kept(&own, own.witnessed()?, publisher.folder())?;
    let head = ledger.reader().checkpoint().unverified().head;
    ledger.close().await;
    Ok(head)
}

/// The checkpoint that the ledger's own folder has published, whose cosignatures are worth keeping.
struct Kept(Option<Vec<u8>>);

impl Cosigner for Kept {
    fn cosign<'a>(&'a self, growth: &'a Growth) -> Pin<Box<dyn Future<Output = Publication> + Send + 'a>> {
        let newest = growth.checkpoint();
        let kept = self.0.as_ref().and_then(|bytes| SignedCheckpoint::parse(bytes).ok());
        let kept = kept.filter(|kept| kept.unverified() == newest.unverified());
        let kept = kept.filter(|kept| kept.note().signatures().starts_with(newest.note().signatures()));
        Box::pin(std::future::ready(Publication::Publish(kept.unwrap_or_else(|| newest.clone()))))
    }
}

fn copy_kept(from: &Folder, kept: Vec<PublishedPath>, to: &Folder) -> Result<(), PublishError> {
    for path in kept {
        if let Some(bytes) = from.read(path)?.filter(|_bytes| !to.place(path).exists()) {
            to.write(&[(path, bytes)])?;
        }
    }
    Ok(())
}

/// A folder and a log that contradict each other are a failed verification.
fn evidence(error: PublishError) -> anyhow::Error {
    if error.is_contradiction() { VerificationFailed(error.to_string()).into() } else { error.into() }
}

/// Exports the log of a server, as far as the checkpoint that is chosen of its newest and the one that it publishes.
/// `before` is told the log's keys, and may refuse, before anything is written.
pub(super) async fn from_server(
    context: &Context,
    out: &Path,
    before: impl FnOnce(&LogKeys) -> anyhow::Result<()>,
    choose: impl FnOnce(SignedCheckpoint, Option<SignedCheckpoint>) -> SignedCheckpoint,
) -> anyhow::Result<TreeHead> {
    let (mut client, known) = context.connect().await?;
    check_out(out, &known.keys)?;
    before(&known.keys)?;
    let (newest, published) = client.checkpoints(&known).await?;
    let hand_overs = client.hand_overs(&known).await?;
    let checkpoint = choose(newest, published);
    let folder = Folder::open(out)?;
    let (tree, was) = exported(&folder, &known)?;
    let (old, new) = (tree.head(), checkpoint.unverified().head);
    if old.size > new.size || (old.size == new.size && old.root != new.root) {
        let what = format!(
            "{} has {} with the root {}, and the server publishes {} with {}: keep the folder; it may be evidence",
            out.display(),
            show::entries(old.size.0),
            old.root,
            show::entries(new.size.0),
            new.root
        );
        return Err(VerificationFailed(what).into());
    }
    // After the checkpoint was asked for: what is kept is there before the checkpoint that follows it.
    let mut kept = client.kept_checkpoints().await?;
    // Where the server does not publish, it keeps none; the hand-overs it has all the same.
    let notes = hand_overs.into_iter();
    kept.extend(notes.map(|note| (PublishedPath::Rotated(note.unverified().head.size), note)));
    let source = Server { client: tokio::sync::Mutex::new(client), tree: Mutex::new(tree) };
    write_tiles(&folder, &source, old.size, new.size).await?;
    let tree = source.tree.into_inner().unwrap_or_else(PoisonError::into_inner);
    let found = tree.head();
    if found != new {
        let what = format!("its entries lead to the root {}, its checkpoint says {}", found.root, new.root);
        return Err(ClientError::lies("ListEntries", &what).into());
    }
    write_kept(&folder, &tree, &known.keys, &kept)?;
    write_keys(&folder, &known.keys.up_to(new.size)).await?;
    if was.as_ref() != Some(&checkpoint) {
        publish_checkpoint(&folder, &checkpoint, old.size).await?;
    }
    Ok(new)
}

/// Writes the checkpoints that are kept and are not there yet, each after checking that the tree extends it and the
/// log's key of its size has signed it. Those of larger trees are for the next export.
fn write_kept(
    folder: &Folder,
    tree: &Tree,
    keys: &LogKeys,
    kept: &[(PublishedPath, SignedCheckpoint)],
) -> anyhow::Result<()> {
    for (path, checkpoint) in kept.iter().filter(|(path, _checkpoint)| !folder.place(*path).exists()) {
        let head = checkpoint.unverified().head;
        let Ok(here) = tree.head_at(head.size) else { continue };
        let lies = |what: String| ClientError::lies("ListKeptCheckpoints", &format!("{path}: {what}"));
        if here.root != head.root {
            let (here, there, note) = (here.root, head.root, checkpoint.encode());
            return Err(lies(format!("the entries lead to the root {here}, not {there}:\n{note}")).into());
        }
        let key: Vec<_> = keys.at(head.size).into_iter().cloned().collect();
        checkpoint.verify(&key).map_err(|error| lies(error.to_string()))?;
        if matches!(path, PublishedPath::Rotated(_)) {
            keys.check_hand_over(checkpoint).map_err(|error| lies(error.to_string()))?;
        }
        folder.write(&[(*path, checkpoint.encode().into_bytes())])?;
    }
    Ok(())
}

/// The tree of what was exported before, from its leaves, and the checkpoint that it agrees with.
fn exported(folder: &Folder, known: &KnownLedger) -> anyhow::Result<(Tree, Option<SignedCheckpoint>)> {
    let mut tree = Tree::default();
    let Some(bytes) = folder.read(PublishedPath::Checkpoint)? else { return Ok((tree, None)) };
    let damaged =
        || format!("{} is no whole export of this log: name another folder", folder.root().display());
    let checkpoint = SignedCheckpoint::parse(&bytes).with_context(damaged)?;
    let head = checkpoint.unverified().head;
    let key: Vec<_> = known.keys.at(head.size).into_iter().cloned().collect();
    checkpoint.verify(&key).with_context(damaged)?;
    for tile in Tile::grown(TreeSize::EMPTY, head.size) {
        if tile.row == TileRow::Hashes(TileLevel::LEAVES) {
            let bytes = folder.read(PublishedPath::Tile(tile))?.with_context(damaged)?;
            let leaves = parse_hash_tile(tile.width, &bytes).with_context(damaged)?;
            leaves.into_iter().for_each(|leaf| tree.append(leaf));
        }
    }
    if tree.head() != head {
        bail!(damaged());
    }
    Ok((tree, Some(checkpoint)))
}

/// The log as a server gives it. The tree grows by what is read: bundles are written before the tiles of
/// hashes that follow from them.
struct Server {
    client: tokio::sync::Mutex<Client>,
    tree: Mutex<Tree>,
}

impl Server {
    /// Takes entries into the tree, or compares them with what is there.
    fn take(&self, from: u64, entries: &[Vec<u8>]) -> Result<(), PublishError> {
        let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
        for (position, entry) in (from..).zip(entries) {
            let leaf = TreeHash::leaf(entry);
            if position == tree.size().0 {
                tree.append(leaf);
                continue;
            }
            let known = tree.read_hashes(&[HashIndex { level: 0, number: position }])?;
            if known.first() != Some(&leaf) {
                let what = format!("entry {position} is another than was exported before");
                return Err(PublishError::Source(what));
            }
        }
        Ok(())
    }
}

impl LogSource for Server {
    fn hashes(&self, at: &[HashIndex]) -> Result<Vec<TreeHash>, HashMissing> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner).read_hashes(at)
    }

    async fn entries(&self, positions: Range<u64>) -> Result<Vec<Vec<u8>>, PublishError> {
        let refused = |error: ClientError| PublishError::Source(error.to_string());
        let mut client = self.client.lock().await;
        let mut entries = Vec::new();
        while let Some(wanted) = positions.end.checked_sub(positions.start + entries.len() as u64) {
            let (page_size, from) = (i32::try_from(wanted).unwrap_or(i32::MAX), positions.end - wanted);
            if page_size == 0 {
                break;
            }
            let (page_token, subject) = (String::new(), String::new());
            let request = proto::ListEntriesRequest { page_size, page_token, from, subject };
            let page = client.log.list_entries(request).await.map_err(|status| refused(status.into()))?;
            let page = page.into_inner().entries;
            if page.is_empty() {
                return Err(PublishError::Source(format!("there is no entry {from}")));
            }
            entries.extend(page.into_iter().map(|entry| entry.content));
        }
        drop(client);
        self.take(positions.start, &entries)?;
        Ok(entries)
    }
}
