use super::context::Context;
use super::exit::VerificationFailed;
use super::log_keys::key_files;
use super::publish::{from_folder, from_server};
use super::show;
use super::sources::bar;
use crate::keyfile::{self, KeyFileError};
use anyhow::Context as _;
use minutebook_log::{Hash, LogKeys, PublishedPath, SignedCheckpoint};
use minutebook_verify::{Fault, Published, Trust, check_files};
use serde_json::json;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Backs a ledger up into a folder: every entry, the newest checkpoint, and the checkpoints that are kept. Of a running
/// server, without stopping it; or with --dir of a ledger's folder, which no server may have open. Done again, it brings
/// the folder up to date: only what is new is written.
///
/// All of the backup is then read again and held against its checkpoint. It has the form of a published log, so that
/// minutebook-verify and any other reader of such logs can check it, and minutebook repair can take from it.
///
/// Private keys are never in it. --with-keys copies those by which the log signs into a folder beside, OUT.keys, which
/// only its owner reads: keep it elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook backup /mnt/backup/book
  minutebook backup /mnt/backup/book --dir book
  minutebook backup /mnt/backup/book --with-keys book")]
pub(crate) struct Args {
    /// The folder, new or of an earlier backup of the same ledger.
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
        match &self.dir {
            Some(dir) => from_folder(context, dir, &self.log_key, &self.out).await?,
            // Whatever was acknowledged is in the newest, be it published or not.
            None => from_server(context, &self.out, |newest, _published| newest).await?,
        };
        let held = check(&self.out)?;
        let keys = match &self.with_keys {
            Some(ledger) => copy_keys(ledger, &beside(&self.out, "keys"))?,
            None => Vec::new(),
        };
        let head = held.checkpoint.unverified().head;
        let checkpoint = self.out.join(PublishedPath::Checkpoint.to_string());
        if context.json {
            return show::json(&json!({
                "out": self.out, "size": head.size.0, "root": head.root.to_string(), "checkpoint": checkpoint,
                "digest": held.digest, "keys": keys,
            }));
        }
        show::line(show::title(format!("backed up {}", show::entries(head.size.0))))?;
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
    let published = Published::open(folder)?;
    let wrong = |what: String| {
        VerificationFailed(format!(
            "the backup in {} is damaged: {what}. Keep it as it is, and make another in a new folder",
            folder.display()
        ))
    };
    let read = |path: PublishedPath| -> anyhow::Result<Vec<u8>> {
        Ok(published.read(&path)?.ok_or_else(|| wrong(format!("there is no file {path}")))?)
    };
    let bytes = read(PublishedPath::Checkpoint)?;
    let checkpoint = SignedCheckpoint::parse(&bytes).map_err(|malformed| wrong(malformed.to_string()))?;
    let keys =
        LogKeys::parse(&read(PublishedPath::Keys)?).map_err(|malformed| wrong(malformed.to_string()))?;
    let bar = bar("reading again", checkpoint.unverified().head.size.0);
    let trust = Trust { keys: keys.into(), policy: None, earlier: None };
    let faults = tokio::task::block_in_place(|| check_files(&published, &trust));
    bar.finish_and_clear();
    match faults?.first() {
        None => Ok(BackedUp { checkpoint, digest: Hash::of(&bytes) }),
        Some(fault) => Err(wrong(in_words(fault)).into()),
    }
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

/// Copies the log's private keys from a folder into another, which is made for its owner alone; returns the copies.
///
/// # Errors
/// A key that others may read, a file of that name with another key, and what the operating system refuses.
pub(super) fn copy_keys(from: &Path, to: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files = key_files(from);
    if !files.is_empty() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(to);
        made.with_context(|| format!("making the folder {}", to.display()))?;
    }
    let copies = files.iter().map(|old| {
        let place = to.join(old.file_name().unwrap_or_default());
        // Read first, which refuses one that others may read. One under a passphrase need not be opened.
        match keyfile::read(old) {
            Ok(_) | Err(KeyFileError::Encrypted { .. } | KeyFileError::OlderEncrypted { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if place.exists() && fs::read(&place)? == fs::read(old)? {
            return Ok(place);
        }
        if place.exists() {
            anyhow::bail!("{} has another key: move it away, and keep it", place.display());
        }
        let copying = || format!("copying {} to {}", old.display(), place.display());
        fs::copy(old, &place).and_then(|_bytes| keyfile::sync_parent(&place)).with_context(copying)?;
        Ok(place)
    });
    copies.collect()
}
