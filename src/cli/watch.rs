use super::context::Context;
use super::entry_view::EntryView;
use super::exit::{Usage, VerificationFailed};
use super::new_ids::{body_of, id_of};
use super::show;
use super::watched_keys::WatchedKeys;
use crate::client::memory::write_whole;
use crate::client::{ClientError, FollowFrom, Followed, Following, Wanted};
use crate::printed::is_unread;
use crate::proto::Selection;
use crate::selections;
use anyhow::Context as _;
use minutebook_governance::BodyId;
use minutebook_log::{Entry, Position, SignedCheckpoint};
use owo_colors::OwoColorize as _;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::future::pending;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long it waits before it tries again to reach a server, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Follows the book live, all of it or a selection. What is shown is in the tree that the log has signed, whose every
/// checkpoint extends the last one seen, and its signatures hold; of a subject that is selected, none is left out. From
/// the first entry on, all of it is checked against the chain as well. With --json, one object on each line. Where the
/// connection is lost it says so, tries again, and goes on where it was.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook watch
  minutebook watch --subject body/04K --keep seen.checkpoint
  minutebook watch --about body/04K --type DecisionRecorded --standing own_act
  minutebook watch --since 2019-04-01T00:00:00Z --subject 'merger/*'
  minutebook watch --body body/04K
  minutebook watch --from 0 --once --json | jq .type")]
pub(crate) struct Args {
    /// The first position to show. Else what comes from now on.
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,
    /// Shows what was recorded at this moment or later.
    #[arg(long, value_name = "TIME", conflicts_with = "from")]
    since: Option<String>,
    /// Goes on from the checkpoint in this file, if it is there, and keeps there the one up to which everything was shown.
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
    #[command(flatten)]
    select: Select,
    /// Stops when everything that there is has been shown, or when the connection is lost.
    #[arg(long)]
    once: bool,
    /// Marks the entries that let somebody sign for this body, or end that. All of the book is read for it.
    #[arg(
        long,
        value_name = "ID",
        value_parser = body_of,
        conflicts_with_all = ["since", "keep", "subject", "about", "type", "standing"],
    )]
    body: Option<BodyId>,
}

/// What is shown, where anything is said: what fits all of it. Of several values of one flag any will do.
#[derive(Debug, clap::Args)]
struct Select {
    /// Only entries about this subject; with a star behind it, about those that begin so.
    #[arg(long, value_name = "SUBJECT")]
    subject: Vec<String>,
    /// Only entries about this: those that name it, whatever their own subject is, and of a body what is said of its meetings,
    /// mergers and grants.
    #[arg(long, value_name = "ID", value_parser = id_of)]
    about: Vec<String>,
    /// Only entries of this type.
    #[arg(long, value_name = "TYPE")]
    r#type: Vec<String>,
    /// Only entries with this standing: own_act, own_record, register, own_document, third_party.
    #[arg(long, value_name = "STANDING")]
    standing: Vec<String>,
}

impl Select {
    fn selections(self) -> Vec<Selection> {
        let (prefixes, subjects): (Vec<_>, Vec<_>) =
            self.subject.into_iter().partition(|subject| subject.ends_with('*'));
        let selection = Selection {
            subjects,
            subject_prefixes: prefixes.iter().map(|prefix| prefix.trim_end_matches('*').to_owned()).collect(),
            about: self.about,
            types: self.r#type,
            standings: self.standing,
        };
        if selection == Selection::default() { Vec::new() } else { vec![selection] }
    }
}

/// A book that is followed, and what is shown of it.
struct Watch {
    following: Following,
    keys: Option<WatchedKeys>,
    from: u64,
    keep: Option<PathBuf>,
    /// How many entries had their signatures checked.
    verified: u64,
    is_whole: bool,
    is_json: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let selections = self.select.selections();
        selections::read(&selections).map_err(|malformed| Usage(malformed.to_string()))?;
        let (mut client, known) = context.connect().await?;
        let is_whole = self.body.is_some() || (self.from == Some(0) && selections.is_empty());
        let kept = self.keep.as_deref().map(kept).transpose()?.flatten();
        let shown_from = match (&kept, self.from) {
            (None, Some(from)) => from,
            (None, None) if is_whole => known.ledger.size,
            _ => 0,
        };
        let from = match (kept, self.from, self.since) {
            (Some(kept), _, _) => FollowFrom::Kept(Box::new(kept)),
            _ if is_whole => FollowFrom::First,
            (None, Some(from), _) => FollowFrom::Position(Position(from)),
            (None, None, Some(since)) => FollowFrom::Time(since),
            (None, None, None) => FollowFrom::Now,
        };
        let is_whole = is_whole && matches!(from, FollowFrom::First);
        let following =
            client.follow_wanted(&known, Wanted { from, selections, ..Wanted::default() }).await?;
        let (keys, is_json) = (self.body.map(WatchedKeys::new), context.json);
        let mut watch =
            Watch { following, keys, from: shown_from, keep: self.keep, verified: 0, is_whole, is_json };
        tokio::select! {
            ended = watch.run(self.once) => {
                let resume = format!("to go on: minutebook watch --from {}", shown_from.max(watch.following.size()));
                ended.context(resume)
            }
            stopped = tokio::signal::ctrl_c() => Ok(stopped?),
        }
    }
}

/// The checkpoint that was kept, if there is one.
fn kept(path: &Path) -> anyhow::Result<Option<SignedCheckpoint>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(SignedCheckpoint::parse(&bytes).with_context(|| path.display().to_string())?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

impl Watch {
    async fn run(&mut self, is_once: bool) -> anyhow::Result<()> {
        loop {
            match self.following.next().await {
                Ok(Some(Followed::Entries(entries))) => {
                    self.take(entries)?;
                    if is_unread() {
                        return Ok(());
                    }
                    self.keep()?;
                }
                Ok(Some(Followed::CaughtUp(size))) => {
                    self.keep()?;
                    let checked = self.checked(size);
                    if is_once {
                        show::say(format!("{checked}."));
                        return Ok(());
                    }
                    show::say(format!("{checked}; waiting for more").dimmed());
                }
                Ok(Some(Followed::FellBehind(next, size))) => {
                    let behind = show::entries(size.saturating_sub(next.0));
                    show::say(format!("the book grows faster than this is read: {behind} behind").dimmed());
                }
                Ok(Some(Followed::Heartbeat(_next))) => self.keep()?,
                Ok(None) if is_once => anyhow::bail!("the server ended the stream"),
                Ok(None) => self.come_back("the server ended the stream").await?,
                Err(error) if error.is_passing() && !is_once => self.come_back(&error.to_string()).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What was checked of so many entries.
    fn checked(&self, size: u64) -> String {
        let (all, verified) = (show::entries(size), self.verified);
        if self.is_whole {
            return format!(
                "{all}, each in the chain and in the tree that the log signed; of {verified} the signatures, which hold"
            );
        }
        format!(
            "of {all}, {verified} that were asked for, each in the tree that the log signed, and their signatures hold"
        )
    }

    /// Keeps the checkpoint up to which everything was shown.
    fn keep(&self) -> anyhow::Result<()> {
        let checkpoint = self.following.checkpoint();
        let whole =
            checkpoint.filter(|checkpoint| checkpoint.unverified().head.size.0 == self.following.size());
        if let Some((path, checkpoint)) = self.keep.as_ref().zip(whole) {
            write_whole(path, &checkpoint.encode()).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    /// Shows the entries that are to be shown, and what they change for the body whose keys are watched, once their
    /// signatures hold: on all cores, which cost most.
    fn take(&mut self, entries: Vec<(Entry, Vec<u8>)>) -> anyhow::Result<()> {
        let (from, is_watched) = (self.from, self.keys.is_some());
        let is_checked = |entry: &Entry| is_watched || entry.position.0 >= from;
        let checked: Result<Vec<()>, VerificationFailed> = entries
            .par_iter()
            .filter(|(entry, _bytes)| is_checked(entry))
            .map(|(entry, _bytes)| {
                let fails = |error| VerificationFailed(format!("entry {} fails: {error}", entry.position));
                entry.signed.verify().map_err(fails)
            })
            .collect();
        self.verified += checked?.len() as u64;
        for (entry, bytes) in entries {
            let change = self.keys.as_mut().and_then(|keys| keys.take(&entry));
            if entry.position.0 >= from {
                show_entry(&entry, bytes, change, self.keys.as_ref(), self.is_json)?;
            }
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
    let says = view.headline(&|_id| None);
    show::sentence(format!(
        "{position:>8}  {recorded}  {type_name:<25}  {subject}  {}  {says}",
        standing.dimmed()
    ))?;
    match change {
        Some(change) => Ok(show::sentence(format!("{:>8}  {}", "!".red().bold(), change.red()))?),
        None => Ok(()),
    }
}
