use super::context::Context;
use super::entry_view::EntryView;
use super::show;
use serde_json::json;
use std::collections::VecDeque;
use std::ops::ControlFlow;

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
        let contested = client
            .each_entry(&self.subject, from, |entry| {
                if entries.len() == self.limit && keeps_last {
                    entries.pop_front();
                }
                if entries.len() < self.limit {
                    entries.push_back(EntryView::new(entry.position, entry.content));
                }
                if entries.len() == self.limit && !keeps_last {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        let is_listed = |position: u64| entries.iter().any(|entry| entry.position == position);
        let contested: Vec<_> = contested.into_iter().filter(|doubt| is_listed(doubt.position)).collect();
        if context.json {
            let entries: Vec<_> = entries.iter().map(EntryView::to_json).collect();
            let contested = contested.iter().map(show::to_json);
            let contested = contested.collect::<Result<Vec<_>, _>>()?;
            return show::json(
                &json!({"ledger": known.ledger.id, "size": size, "entries": entries, "contested": contested}),
            );
        }
        if entries.is_empty() {
            return Ok(show::line("No entries.")?);
        }
        let rows = entries.iter().map(|entry| {
            let mut row = entry.row();
            if let Some(standing) = row
                .last_mut()
                .filter(|_standing| contested.iter().any(|doubt| doubt.position == entry.position))
            {
                standing.push_str("  CONTESTED");
            }
            row
        });
        show::line(show::table(EntryView::TITLES, rows))?;
        show::contested(&contested)?;
        show::say(format!(
            "{} of {}. One of them: minutebook show POSITION",
            entries.len(),
            show::entries(size)
        ));
        Ok(())
    }
}
