//! What is left of a ledger, as the command line names it: folders, tars, addresses, receipts.

use super::context::Context;
use super::show;
use crate::client::memory::Memory;
use crate::client::{Client, ClientError};
use crate::published::Folder;
use crate::repair::{Found, Sources, fetch};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::timeout;

/// How long a mirror may take to list what it keeps: one that does not speak gRPC may never answer.
const LIST_TIMEOUT: Duration = Duration::from_secs(30);

/// What was named.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    /// The ledger's folder.
    pub(crate) ledger: Option<PathBuf>,
    /// Published logs: folders, tars, addresses.
    pub(crate) published: Vec<String>,
    /// Receipts and folders of them.
    pub(crate) receipts: Vec<PathBuf>,
}

impl Named {
    /// Tells ledger folders, published logs and receipts apart by what they hold.
    pub(crate) fn sorted(names: &[String]) -> Self {
        let mut named = Self::default();
        for name in names {
            let path = Path::new(name);
            if name.contains("://") {
                named.published.push(name.clone());
            } else if named.ledger.is_none() && is_ledger(path) {
                named.ledger = Some(path.to_owned());
            } else if path.join("checkpoint").exists() || path.join("tile").is_dir() || is_tar(path) {
                named.published.push(name.clone());
            } else {
                named.receipts.push(path.to_owned());
            }
        }
        named
    }
}

fn is_tar(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "tar")
}

/// Whether a folder is a ledger's, whatever state it is in.
fn is_ledger(path: &Path) -> bool {
    ["FORMAT", "store", "high-water"].iter().any(|name| path.join(name).exists())
}

/// Brings what is elsewhere into a temporary folder, which lasts as long as what is returned beside.
///
/// # Errors
/// A mirror is out of reach, or a temporary folder can't be made.
pub(crate) async fn read(named: &Named, context: &Context) -> anyhow::Result<(Sources, Vec<TempDir>)> {
    let mut sources =
        Sources { ledger: named.ledger.clone(), receipts: named.receipts.clone(), ..Sources::default() };
    // A damaged ledger's own published folder is the first place to look.
    let own = named.ledger.as_ref().map(|dir| dir.join("published")).filter(|own| own.join("tile").is_dir());
    let own = own.map(|own| own.display().to_string());
    let mut mirrored = Vec::new();
    for name in own.iter().chain(&named.published) {
        if !name.contains("://") {
            sources.published.push((name.clone(), PathBuf::from(name)));
            continue;
        }
        let folder = tempfile::tempdir()?;
        let bar = bar("fetching", 0);
        fetch(name, folder.path(), |here, of| {
            bar.set_length(of);
            bar.set_position(here);
        })
        .await?;
        bar.finish_and_clear();
        bring_kept(name, folder.path(), &context.memory).await?;
        sources.published.push((name.clone(), folder.path().to_owned()));
        mirrored.push(folder);
    }
    Ok((sources, mirrored))
}

/// Brings the cosigned checkpoints that are kept there. A server of this software lists them; what only has the files
/// does not, and a ledger is made anew without them all the same.
async fn bring_kept(url: &str, to: &Path, memory: &Memory) -> anyhow::Result<()> {
    let listing = async { Client::connect(url, memory.clone()).await?.kept_checkpoints().await };
    let late = || ClientError::Unexpected("no answer".to_owned());
    match timeout(LIST_TIMEOUT, listing).await.map_err(|_elapsed| late()).and_then(|listed| listed) {
        Ok(kept) => {
            let kept = kept.into_iter().map(|(path, checkpoint)| (path, checkpoint.encode().into_bytes()));
            Folder::open(to)?.write(&kept.collect::<Vec<_>>())?;
        }
        Err(error) => show::say(format!(
            "{url} does not list the cosigned checkpoints that it keeps, and they are left out ({error})"
        )),
    }
    Ok(())
}

/// Takes the checkpoint that this machine's user has seen last of the ledger.
///
/// # Errors
/// What is remembered can't be read.
pub(crate) fn remember(found: &mut Found, context: &Context) -> anyhow::Result<()> {
    for id in found.possible_ids() {
        if let Some(keys) = context.memory.recall_keys(id)? {
            found.trust(&keys);
        }
        if let Some((path, checkpoint)) =
            context.memory.checkpoint_of(id).zip(context.memory.recall_checkpoint(id)?)
        {
            found.believe(&format!("what you saw last of it ({})", path.display()), checkpoint);
        }
    }
    Ok(())
}

/// A progress bar, which shows on a terminal alone.
pub(crate) fn bar(what: &'static str, size: u64) -> ProgressBar {
    let bar = ProgressBar::new(size);
    let style =
        ProgressStyle::with_template("{msg} {bar:30} {human_pos} of {human_len} entries, {eta} to go");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.with_message(what)
}
