use super::context::Context;
use super::exit::VerificationFailed;
use super::key_copies::KeyCopies;
use super::publish::{from_folder, from_server};
use super::show;
use super::sources::bar;
use anyhow::Context as _;
use minutebook_log::{Hash, LogKeys, PublishedPath, SignedCheckpoint, Tile, TileLevel, TileRow, TreeSize};
use minutebook_verify::{Fault, Published, Trust, check_files};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Backs a ledger up into a folder: every entry, the newest checkpoint, and the checkpoints that are kept. Of a running
/// server, without stopping it; or with --dir of a ledger's folder, which no server may have open. Done again, it brings
/// the folder up to date: only what is new is written.
///
/// All of the backup is then read again and held against its checkpoint. It has the form of a published log, so that
/// minutebook-verify and any other reader of such logs can check it, and minutebook repair can take from it.
///
/// Private keys are never in it. --with-keys copies those by which the log signs into a folder beside, OUT.keys, which
/// only its owner reads: keep it elsewhere. The folder that is named has to have the key that signs this log.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook backup /mnt/backup/book
  minutebook backup /mnt/backup/book --dir book
  minutebook backup /mnt/backup/book --with-keys book")]
pub(crate) struct Args {
    /// The folder: new, empty, or of an earlier backup of the same ledger.
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// A ledger's folder, instead of a server.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The key file that signs the log's checkpoints; again for each other that it has had. Those named log-key*.pem
    /// in the ledger's folder are found.
    #[arg(long, value_name = "FILE", requires = "dir")]
    log_key: Vec<PathBuf>,
    /// Copies the log's private keys, too, from this ledger's folder into OUT.keys.
    #[arg(long, value_name = "LEDGER")]
    with_keys: Option<PathBuf>,
}

/// What a backup holds.
#[derive(Debug)]
pub(super) struct BackedUp {
    pub(super) checkpoint: SignedCheckpoint,
    /// The hash of the checkpoint's file, which `b3sum` prints, too.
    pub(super) digest: Hash,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let mut copies = None;
        let before = |keys: &LogKeys| {
            let Some(from) = &self.with_keys else { return Ok(()) };
            let signs = keys.newest().context("the log has no key")?.key();
            copies = Some(KeyCopies::find(context, from, &beside(&self.out, "keys"), signs)?);
            Ok(())
        };
        match &self.dir {
            Some(dir) => from_folder(context, dir, &self.log_key, &self.out, before).await?,
            // Whatever was acknowledged is in the newest, be it published or not.
            None => from_server(context, &self.out, before, |newest, _published| newest).await?,
        };
        let held = check(&self.out)?;
        let keys = copies.map_or(Ok(Vec::new()), |copies| copies.copy())?;
        let head = held.checkpoint.unverified().head;
        let checkpoint = self.out.join(PublishedPath::Checkpoint.to_string());
        if context.json {
            return show::json(&json!({
                "out": self.out, "size": head.size.0, "root": head.root.to_string(), "checkpoint": checkpoint,
                "digest": held.digest, "keys": keys,
            }));
        }
        show::sentence(show::title(format!("backed up {}", show::entries(head.size.0))))?;
        show::field("folder", self.out.display())?;
        show::field("checkpoint", checkpoint.display())?;
        show::field("root", head.root)?;
        show::field("digest", format!("{} (b3sum of the checkpoint)", held.digest))?;
        for key in keys {
            show::field("private key", key.display())?;
        }
        Ok(())
    }
}

/// Reads all of a backup, and says what it holds.
///
/// # Errors
/// [`VerificationFailed`], with the first file that is wrong.
pub(super) fn check(folder: &Path) -> anyhow::Result<BackedUp> {
    let advice = |damage| format!("{damage}. Keep it as it is, and make another in a new folder");
    look(folder)?.map_err(|damage| VerificationFailed(advice(damage)).into())
}

/// The same; of one that is damaged, with the first file that is wrong.
///
/// # Errors
/// It can't be read, or is none.
pub(super) fn look(folder: &Path) -> anyhow::Result<Result<BackedUp, String>> {
    let published = Published::open(folder)?;
    let damaged = |what: String| Ok(Err(format!("the backup in {} is damaged: {what}", folder.display())));
    let missing = |path: PublishedPath| damaged(format!("there is no file {path}"));
    let Some(bytes) = published.read(&PublishedPath::Checkpoint)? else {
        return missing(PublishedPath::Checkpoint);
    };
    let checkpoint = match SignedCheckpoint::parse(&bytes) {
        Ok(checkpoint) => checkpoint,
        Err(malformed) => return damaged(format!("checkpoint: {malformed}")),
    };
    let Some(keys) = published.read(&PublishedPath::Keys)? else { return missing(PublishedPath::Keys) };
    let keys = match LogKeys::parse(&keys) {
        Ok(keys) => keys,
        Err(malformed) => return damaged(format!("vkey: {malformed}")),
    };
    let bar = bar("reading again", checkpoint.unverified().head.size.0);
    let trust = Trust { keys: keys.into(), policy: None, earlier: None };
    let faults = tokio::task::block_in_place(|| check_files(&published, &trust));
    bar.finish_and_clear();
    match blamed(&faults?, checkpoint.unverified().head.size) {
        None => Ok(Ok(BackedUp { checkpoint, digest: Hash::of(&bytes) })),
        Some(fault) => damaged(fault),
    }
}

/// The first fault. Where an entry and its hash differ, and the entries do not lead to the root of the checkpoint, the
/// entry is wrong, and not the tile of hashes.
fn blamed(faults: &[Fault], size: TreeSize) -> Option<String> {
    let checkpoint = PublishedPath::Checkpoint.to_string();
    let is_other_root = faults.iter().any(|fault| fault.file.as_ref() == Some(&checkpoint));
    let is_of_leaves = |file: &String| {
        matches!(file.parse(), Ok(PublishedPath::Tile(Tile { row: TileRow::Hashes(TileLevel::LEAVES), .. })))
    };
    let first = faults.first()?;
    let entry = first.position.zip(first.file.as_ref().filter(|file| is_other_root && is_of_leaves(file)));
    let bundle = entry.and_then(|(position, tile)| Some((Tile::bundle_of(position, size)?, position, tile)));
    Some(match bundle {
        Some((bundle, position, tile)) => {
            format!("{bundle}, entry {position}: it is not the one of which {tile} has the hash")
        }
        None => in_words(first),
    })
}

/// A fault, with its file and position.
pub(super) fn in_words(fault: &Fault) -> String {
    let at = fault.position.map(|position| format!("entry {position}"));
    let place: Vec<_> = fault.file.iter().cloned().chain(at).collect();
    if place.is_empty() { fault.what.clone() } else { format!("{}: {}", place.join(", "), fault.what) }
}

/// A path beside another, with one more ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    // Without a slash at the end, which would lead inside.
    let mut name = path.components().collect::<PathBuf>().into_os_string();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}
