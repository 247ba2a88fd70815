use super::context::Context;
use super::entry_view::EntryView;
use super::exit::VerificationFailed;
use super::show;
use super::watched_keys::WatchedKeys;
use crate::client::Followed;
use anyhow::Context as _;
use minutebook_governance::BodyId;
use minutebook_log::Entry;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};

/// Follows the book live. Each entry is checked against the chain from entry 0 on and against a checkpoint that
/// extends the last one seen, and its signatures before it is shown; with --json, one object on each line.
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
    /// Stops when everything that there is has been shown.
    #[arg(long)]
    once: bool,
    /// Marks the entries that let somebody sign for this body, or end that.
    #[arg(long, value_name = "ID")]
    body: Option<BodyId>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let from = self.from.unwrap_or(known.ledger.size);
        let mut keys = self.body.map(WatchedKeys::new);
        let mut following = client.follow(&known).await?;
        loop {
            let resume = format!("to go on: minutebook watch --from {}", from.max(following.size()));
            let followed = tokio::select! {
                followed = following.next() => followed,
                stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
            };
            match followed.with_context(|| resume.clone())? {
                Some(Followed::Entries(entries)) => {
                    for (entry, bytes) in entries {
                        let change = keys.as_mut().and_then(|keys| keys.take(&entry));
                        if entry.position.0 >= from {
                            show_entry(&entry, bytes, change, keys.as_ref(), context.json)?;
                        }
                    }
                }
                Some(Followed::CaughtUp(size)) if self.once => {
                    show::say(format!("{}, each in the chain.", show::entries(size)));
                    return Ok(());
                }
                Some(Followed::CaughtUp(size)) => show::say(
                    format!("{}, each in the chain; waiting for more", show::entries(size)).dimmed(),
                ),
                None => anyhow::bail!("the server ended the stream; {resume}"),
            }
        }
    }
}

/// Shows an entry once its signatures hold, and what it changes for the body whose keys are watched.
fn show_entry(
    entry: &Entry,
    bytes: Vec<u8>,
    change: Option<String>,
    keys: Option<&WatchedKeys>,
    is_json: bool,
) -> anyhow::Result<()> {
    let position = entry.position;
    entry.signed.verify().map_err(|error| VerificationFailed(format!("entry {position} fails: {error}")))?;
    let view = EntryView::new(position.0, bytes);
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
