use super::context::Context;
use super::entry_view::EntryView;
use super::exit::VerificationFailed;
use super::show;
use crate::client::ClientError;
use crate::proto::follow_entries_response::Step;
use crate::proto::{Entry, FollowEntriesRequest};
use anyhow::Context as _;
use minutebook_log::{Chain, Position, Seen};
use owo_colors::OwoColorize as _;

/// Follows the book live. Each entry is checked against the chain from entry 0 on, and its signatures before
/// it is shown; with --json, one object on each line.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook watch
  minutebook watch --from 0 --once --json | jq .type")]
pub(crate) struct Args {
    /// The first position to show. Else what comes from now on.
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,
    /// Stops when everything that there is has been shown.
    #[arg(long)]
    once: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let from = self.from.unwrap_or(known.ledger.size);
        let mut chain = Chain::new();
        let request = FollowEntriesRequest { from: 0 };
        let mut steps = client.log.follow_entries(request).await.map_err(ClientError::from)?.into_inner();
        loop {
            let step = tokio::select! {
                step = steps.message() => step.map_err(ClientError::from),
                stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
            };
            let resume = || format!("to go on: minutebook watch --from {}", from.max(chain.head().size));
            match step.with_context(resume)?.and_then(|response| response.step) {
                Some(Step::Batch(batch)) => {
                    for entry in batch.entries {
                        take(&mut chain, entry, from, context.json)?;
                    }
                    let head = chain.head();
                    let position = Position(head.size.saturating_sub(1));
                    client.remember(&known, Seen { position, hash: head.hash });
                }
                Some(Step::CaughtUp(at)) if self.once => {
                    show::say(format!("{}, each in the chain.", show::entries(at.size)));
                    return Ok(());
                }
                Some(Step::CaughtUp(at)) => show::say(
                    format!("{}, each in the chain; waiting for more", show::entries(at.size)).dimmed(),
                ),
                None => anyhow::bail!("the server ended the stream; {}", resume()),
            }
        }
    }
}

/// Takes an entry into the chain and shows it, if it is one of those asked for.
fn take(chain: &mut Chain, entry: Entry, from: u64, is_json: bool) -> anyhow::Result<()> {
    let position = chain.head().next();
    let failed =
        |what: &dyn ToString| VerificationFailed(format!("entry {position} fails: {}", what.to_string()));
    let read = chain.extend(&entry.content).map_err(|error| failed(&error))?;
    if position.0 < from {
        return Ok(());
    }
    read.signed.verify().map_err(|error| failed(&error))?;
    let view = EntryView::new(position.0, entry.content);
    if is_json {
        return Ok(show::json_line(&view.to_json())?);
    }
    let [position, recorded, type_name, subject, standing] = view.row();
    Ok(show::line(format!("{position:>8}  {recorded}  {type_name:<25}  {subject}  {}", standing.dimmed()))?)
}
