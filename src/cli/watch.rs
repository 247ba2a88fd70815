use super::context::Context;
use super::entry_view::EntryView;
use super::exit::VerificationFailed;
use super::show;
use super::watched_keys::WatchedKeys;
use crate::client::{ClientError, Followed, Following};
use anyhow::Context as _;
use minutebook_governance::BodyId;
use minutebook_log::Entry;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use std::future::pending;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long it waits before it tries again to reach a server, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Follows the book live. Each entry is checked against the chain from entry 0 on and against a checkpoint that
/// extends the last one seen, and its signatures before it is shown; with --json, one object on each line. Where the
/// connection is lost it says so, tries again, and goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook watch
  minutebook watch --body body/04K
  minutebook watch --from 0 --once --json | jq .type")]
pub(crate) struct Args {
    /// The first position to show. Else what comes from now on.
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,
    /// Stops when everything that there is has been shown, or when the connection is lost.
    #[arg(long)]
    once: bool,
    /// Marks the entries that let somebody sign for this body, or end that.
    #[arg(long, value_name = "ID")]
    body: Option<BodyId>,
}

/// A book that is followed, and what is shown of it.
struct Watch {
    following: Following,
    keys: Option<WatchedKeys>,
    from: u64,
    /// How many entries had their signatures checked.
    verified: u64,
    is_json: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let from = self.from.unwrap_or(known.ledger.size);
        let (following, keys) = (client.follow(&known).await?, self.body.map(WatchedKeys::new));
        let mut watch = Watch { following, keys, from, verified: 0, is_json: context.json };
        tokio::select! {
            ended = watch.run(self.once) => {
                let resume = format!("to go on: minutebook watch --from {}", from.max(watch.following.size()));
                ended.context(resume)
            }
            stopped = tokio::signal::ctrl_c() => Ok(stopped?),
        }
    }
}

impl Watch {
    async fn run(&mut self, is_once: bool) -> anyhow::Result<()> {
        loop {
            match self.following.next().await {
                Ok(Some(Followed::Entries(entries))) => {
                    for (entry, bytes) in entries {
                        self.take(&entry, bytes)?;
                    }
                }
                Ok(Some(Followed::CaughtUp(size))) => {
                    let checked = format!(
                        "{}, each in the chain and in the tree that the log signed; of {} the signatures, which hold",
                        show::entries(size),
                        self.verified
                    );
                    if is_once {
                        show::say(format!("{checked}."));
                        return Ok(());
                    }
                    show::say(format!("{checked}; waiting for more").dimmed());
                }
                Ok(None) if is_once => anyhow::bail!("the server ended the stream"),
                Ok(None) => self.come_back("the server ended the stream").await?,
                Err(error) if error.is_passing() && !is_once => self.come_back(&error.to_string()).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Shows an entry, if it is to be shown, and what it changes for the body whose keys are watched, once its signatures
    /// hold.
    fn take(&mut self, entry: &Entry, bytes: Vec<u8>) -> anyhow::Result<()> {
        let is_shown = entry.position.0 >= self.from;
        if is_shown || self.keys.is_some() {
            let fails = |error| VerificationFailed(format!("entry {} fails: {error}", entry.position));
            entry.signed.verify().map_err(fails)?;
            self.verified += 1;
        }
        let change = self.keys.as_mut().and_then(|keys| keys.take(entry));
        if is_shown {
            show_entry(entry, bytes, change, self.keys.as_ref(), self.is_json)?;
        }
        Ok(())
    }

    /// Tries to go on until that works, and says for how long it has not: whatever was recorded meanwhile is not seen here.
    async fn come_back(&mut self, why: &str) -> Result<(), ClientError> {
        let (lost, mut wait) = (Instant::now(), AGAIN.0);
        show::say(format!("{} {why}; trying again", "not connected:".yellow().bold()));
        loop {
            let _elapsed = timeout(wait, pending::<()>()).await;
            wait = (wait * 2).min(AGAIN.1);
            match self.following.resume().await {
                Ok(()) => {
                    let after = lost.elapsed().as_secs();
                    show::say(format!(
                        "connected again after {after} s, on from entry {}",
                        self.following.size()
                    ));
                    return Ok(());
                }
                Err(error) if error.is_passing() => show::say(format!(
                    "{} for {} s, and what is recorded meanwhile is not seen here: {error}",
                    "not connected".yellow().bold(),
                    lost.elapsed().as_secs()
                )),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Shows an entry, and what it changes for the body whose keys are watched.
fn show_entry(
    entry: &Entry,
    bytes: Vec<u8>,
    change: Option<String>,
    keys: Option<&WatchedKeys>,
    is_json: bool,
) -> anyhow::Result<()> {
    let view = EntryView::new(entry.position.0, bytes);
    if is_json {
        let mut said = view.to_json();
        if let (Value::Object(members), Some(keys)) = (&mut said, keys) {
            members.insert("keys_of".to_owned(), json!({"body": keys.body(), "change": change}));
        }
        return Ok(show::json_line(&said)?);
    }
    let [position, recorded, type_name, subject, standing] = view.row();
    show::line(format!("{position:>8}  {recorded}  {type_name:<25}  {subject}  {}", standing.dimmed()))?;
    match change {
        Some(change) => Ok(show::line(format!("{:>8}  {}", "!".red().bold(), change.red()))?),
        None => Ok(()),
    }
}
