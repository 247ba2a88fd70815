use super::context::Context;
use super::entry_view::EntryView;
use super::show;
use crate::client::ClientError;
use minutebook_log::{Entry, Position};
use serde_json::json;
use std::collections::VecDeque;
use std::ops::ControlFlow;

/// The call that is spoken of.
const CALL: &str = "ListEntries";

/// Lists entries, newest last: the last 20, or from a position on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook log
  minutebook log --from 0 --limit 50
  minutebook log --subject body/04K")]
pub(crate) struct Args {
    /// The first position; with --subject the first number in its stream.
    #[arg(long, value_name = "N")]
    from: Option<u64>,
    /// Only entries about this: body/04K, merger/nottinghamshire-2019 ...
    #[arg(long, value_name = "SUBJECT", default_value = "", hide_default_value = true)]
    subject: String,
    /// How many entries at most.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let size = known.ledger.size;
        let is_of_all = self.subject.is_empty();
        // The last of the log are known by their positions; the last of a stream only once it was read.
        let last = size.saturating_sub(self.limit as u64);
        let from = self.from.unwrap_or(if is_of_all { last } else { 1 });
        let keeps_last = self.from.is_none();
        let mut entries = VecDeque::new();
        let said = client
            .each_entry(&self.subject, from, |entry| {
                if entries.len() == self.limit && keeps_last {
                    entries.pop_front();
                }
                if entries.len() < self.limit {
                    entries.push_back(entry);
                }
                if entries.len() == self.limit && !keeps_last {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        let given: Vec<_> =
            entries.iter().map(|entry| (Position(entry.position), entry.content.as_slice())).collect();
        let read = client.check_entries(CALL, &known, &given).await?;
        check_listed(&self.subject, self.from, self.limit, size, &read)?;
        let entries: Vec<_> =
            entries.into_iter().map(|entry| EntryView::new(entry.position, entry.content)).collect();
        let is_listed = |position: u64| entries.iter().any(|entry| entry.position == position);
        let contested: Vec<_> = said.contested.into_iter().filter(|it| is_listed(it.position)).collect();
        let corrections: Vec<_> = said.corrections.into_iter().filter(|it| is_listed(it.position)).collect();
        if context.json {
            let entries: Vec<_> = entries.iter().map(EntryView::to_json).collect();
            let contested = contested.iter().map(show::to_json);
            let contested = contested.collect::<Result<Vec<_>, _>>()?;
            let corrections = corrections.iter().map(show::to_json);
            let corrections = corrections.collect::<Result<Vec<_>, _>>()?;
            return show::json(&json!({
                "ledger": known.ledger.id, "size": size, "entries": entries, "contested": contested,
                "corrections": corrections,
            }));
        }
        if entries.is_empty() {
            return Ok(show::line("No entries.")?);
        }
        let rows = entries.iter().map(|entry| {
            let mut row = entry.row();
            if let Some(standing) = row.last_mut() {
                let is_contested = contested.iter().any(|doubt| doubt.position == entry.position);
                standing.push_str(if is_contested { "  CONTESTED" } else { "" });
                let of_it = corrections.iter().filter(|it| it.position == entry.position);
                of_it.for_each(|it| standing.push_str(&format!("  {}", show::corrected(it))));
            }
            row
        });
        show::line(show::table(EntryView::TITLES, rows))?;
        show::contested(&contested)?;
        let complete = if is_of_all { "" } else { "; whether there are later ones is the server's word" };
        show::say(format!(
            "{} of {}, each checked: in the tree that the log signed, and its signatures hold{complete}. One of them: \
             minutebook show POSITION",
            entries.len(),
            show::entries(size)
        ));
        Ok(())
    }
}

/// Whether what was listed is what was asked for, without a gap: of the whole log by its positions, up to where the log is
/// known to end; of one subject by the numbers in its stream.
fn check_listed(
    subject: &str,
    from: Option<u64>,
    limit: usize,
    size: u64,
    entries: &[Entry],
) -> Result<(), ClientError> {
    let is_of_all = subject.is_empty();
    let number = |entry: &Entry| if is_of_all { entry.position.0 } else { entry.stream_number };
    let first = match from {
        Some(from) => Some(if is_of_all { from } else { from.max(1) }),
        None if is_of_all => None,
        None => entries.first().map(|entry| entry.stream_number),
    };
    let first = first.or_else(|| entries.first().map(number)).unwrap_or_default();
    for (expected, entry) in (first..).zip(entries) {
        if number(entry) != expected {
            let what = format!("entry {} where number {expected} was asked for", entry.position);
            return Err(ClientError::lies(CALL, &what));
        }
        if !is_of_all && entry.event().subject.as_str() != subject {
            let what = format!("entry {}, which is about {}", entry.position, entry.event().subject);
            return Err(ClientError::lies(CALL, &what));
        }
    }
    let until = from.unwrap_or(size).saturating_add(limit as u64).min(size);
    let reaches = entries.last().map_or(until.min(from.unwrap_or(size)), |last| last.position.0 + 1);
    let enough = from.is_some() || entries.len() as u64 == reaches.min(limit as u64);
    if is_of_all && (reaches < until || !enough) {
        let what = format!("{} entries up to {reaches}, and the log has signed {size}", entries.len());
        return Err(ClientError::lies(CALL, &what));
    }
    Ok(())
}
