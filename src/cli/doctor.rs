use super::context::Context;
use super::exit::{Amiss, VerificationFailed};
use super::show;
use super::writing::now;
use crate::client::Used;
use crate::client::memory::Memory;
use looked::{Health, Looked};
use minutebook_log::Hash;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

mod looked;
mod folder;
mod log;
mod trial;
mod files;

/// Looks at a ledger's folder, and touches nothing: it may be damaged, in use, or on media that can only be read. Says of
/// each thing how it is, and which command mends it.
///
/// A copy of the store is opened in a temporary folder, as a start opens it, and read whole; every entry is verified with
/// the rules, and held against the high-water mark and what is published. With --quick that is left out. While a server has
/// the folder open, its entries are left to the server's own scrub. The copy needs as much room as the store: TMPDIR says
/// where.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook doctor --dir book
  minutebook doctor --dir book --quick --json

Exit codes: 0 nothing is wrong; 1 something is, and nothing is lost; 4 what is here contradicts what was acknowledged
or published")]
pub(crate) struct Args {
    /// The ledger's folder.
    #[arg(long)]
    dir: PathBuf,
    /// A key file that signs the log's checkpoints; again for each other. Those named log-key*.pem in the folder are
    /// found.
    #[arg(long, value_name = "FILE")]
    log_key: Vec<PathBuf>,
    /// Leaves the entries out, and all that takes long.
    #[arg(long)]
    quick: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let looked = self.look(&context.memory).await?;
        if context.json {
            show::json(&to_json(&self.dir, &looked))?;
        } else {
            let rows = looked.iter().map(|looked| {
                [looked.at.to_owned(), painted(looked.health), looked.found.clone(), looked.mends.clone()]
            });
            show::rows(["what", "is", "found", "what mends it"], rows)?;
        }
        let worst = looked.iter().map(|looked| looked.health).max().unwrap_or(Health::Well);
        let of_kind = looked.iter().filter(|looked| looked.health == worst);
        let said: Vec<_> = of_kind.map(|looked| format!("{}: {}", looked.at, looked.found)).collect();
        match worst {
            Health::Well | Health::Notice => Ok(()),
            Health::Wrong => Err(Amiss(said.join("; ")).into()),
            Health::Damaged => Err(VerificationFailed(said.join("; ")).into()),
        }
    }

    async fn look(&self, memory: &Memory) -> anyhow::Result<Vec<Looked>> {
        let (dir, now) = (self.dir.as_path(), now()?);
        let (format, is_ledger) = folder::format(dir);
        let is_known = format.health == Health::Well;
        let mut looked = vec![format];
        if !is_ledger {
            return Ok(looked);
        }
        let (in_use, is_open) = folder::lock(dir);
        looked.push(in_use);
        looked.extend(folder::permissions(dir));
        let is_whole = !is_open && !self.quick;
        let mut trial = None;
        let store = folder::store(dir);
        if is_whole && is_known && store.health == Health::Well {
            let (store, started) = trial::start(dir).await;
            looked.push(store);
            trial = started;
        } else {
            looked.push(store);
        }
        let observed = trial.as_ref().map(|trial| &trial.observed);
        let published = || log::published_keys(dir);
        let keys = observed.map(|observed| observed.keys().clone()).or_else(published);
        let signs = keys.and_then(|keys| keys.newest().map(|key| key.key()));
        looked.extend(folder::keys(dir, &self.log_key, signs));
        looked.push(log::mark(dir, observed.map(|observed| observed.tree().size().0)));
        let mut newest = None;
        if is_whole {
            let (entries, found) = tokio::task::block_in_place(|| log::entries(dir));
            looked.push(entries);
            newest = found;
            looked.extend(match observed {
                Some(observed) => files::published(dir, observed).await,
                None => tokio::task::block_in_place(|| files::among_themselves(dir)),
            });
        }
        looked.push(folder::segments(dir));
        looked.extend(log::witnesses(dir, now));
        looked.push(folder::room(dir, is_open));
        looked.push(log::clock(now, newest));
        let own = match observed {
            Some(observed) => log::opening(observed).await,
            None => None,
        };
        looked.extend(names(dir, memory, own)?);
        looked.extend(folder::leftovers(dir));
        Ok(looked)
    }
}

/// The names and keys that are remembered here: those that `init` took in folders that are gone are taken still; and a client
/// of this machine believes no second ledger of a name.
fn names(dir: &Path, memory: &Memory, own: Option<(String, Hash)>) -> anyhow::Result<Vec<Looked>> {
    let at = "names";
    let mut looked = Vec::new();
    let namesake = match own {
        // Who has seen this one goes on believing it.
        Some((origin, ledger)) if memory.recall(ledger)?.is_none() => memory.namesake(&origin, ledger)?,
        _ => None,
    };
    if let Some(Used { what, by, file }) = namesake {
        let found =
            format!("{what} is remembered here of another: {by}. Commands on this machine refuse this one");
        let mends = format!(
            "nothing; if you know that the old one is over, move {} away, and keep it",
            file.display()
        );
        looked.push(Looked::notice(at, found, mends));
    }
    for (file, opened) in memory.opened()? {
        let is_this =
            opened.dir.canonicalize().is_ok_and(|opened| dir.canonicalize().is_ok_and(|dir| dir == opened));
        if is_this {
            looked.push(Looked::well(at, format!("{} was opened here", opened.origin)));
        } else if !opened.dir.join("FORMAT").exists() {
            let found = format!(
                "{} (opens with {}) was opened in {}, where it is no more: its name and its log key stay taken",
                opened.origin,
                opened.ledger,
                opened.dir.display()
            );
            let mends = format!("nothing; if nobody has ever seen that ledger: rm {}", file.display());
            looked.push(Looked::notice(at, found, mends));
        }
    }
    if looked.is_empty() {
        looked.push(Looked::well(at, "init remembers none that is gone"));
    }
    Ok(looked)
}

fn painted(health: Health) -> String {
    let word = health.as_str();
    match health {
        Health::Well => word.green().to_string(),
        Health::Notice => word.yellow().to_string(),
        Health::Wrong | Health::Damaged => word.red().to_string(),
    }
}

fn to_json(dir: &Path, looked: &[Looked]) -> Value {
    let worst = looked.iter().map(|looked| looked.health).max().unwrap_or(Health::Well);
    let all: Vec<_> = looked
        .iter()
        .map(|looked| {
            let mends = (!looked.mends.is_empty()).then_some(&looked.mends);
            json!({"what": looked.at, "is": looked.health.as_str(), "found": looked.found, "mends": mends})
        })
        .collect();
    json!({"dir": dir, "is": worst.as_str(), "looked": all})
}
