use super::ask::show_sheet;
use super::context::Context;
use super::misunderstood::type_named;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListNewsRequest, ListNewsResponse};
use minutebook_log::Hash;

/// How much of a book is looked at, from its end, by somebody who has not looked before.
const FIRST_ENTRIES: u64 = 1_000;

/// How many lines of that are shown.
const FIRST_LINES: usize = 20;

/// Says what is new of some bodies, or of all, entry by entry: since they were asked about last on this machine, or
/// since --since. Whoever asks for the first time gets the last of it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook news 04K 04N
  minutebook news 04K --since 2019-07-01
  minutebook news --type DecisionRecorded --since 2020-03-01")]
pub(crate) struct Args {
    /// The bodies, by id, code or name; those of the context, if none is named; all, where that has none.
    bodies: Vec<String>,
    /// What was recorded on this day or later, or at this moment, or from this position on; nothing is remembered then.
    #[arg(long, value_name = "TIME|POSITION")]
    since: Option<String>,
    /// Only entries of this type, as docs/events.md names it.
    #[arg(long, value_name = "TYPE", value_parser = type_named)]
    r#type: Vec<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, known) = context.connect().await?;
        let ledger: Hash = known.ledger.id.parse()?;
        let bodies = if self.bodies.is_empty() { context.bodies.clone() } else { self.bodies };
        let of_whom = if bodies.is_empty() { String::new() } else { format!(" of {}", bodies.join(", ")) };
        let of = remembered_as(&bodies, &self.r#type);
        let last = context.memory.recall_news(ledger, &of)?;
        let is_first = self.since.is_none() && last.is_none();
        let since = self.since.clone().unwrap_or_else(|| {
            last.unwrap_or_else(|| known.ledger.size.saturating_sub(FIRST_ENTRIES)).to_string()
        });
        let request = ListNewsRequest {
            bodies,
            since: since.clone(),
            types: self.r#type,
            view: Some(self.view.to_wire()),
            ..ListNewsRequest::default()
        };
        let mut found = context.all(&mut client, &known, RegisterClient::list_news, request).await?;
        let all = found.news.len();
        if is_first {
            found.news.drain(..all.saturating_sub(FIRST_LINES));
        }
        let title = match (is_first, last) {
            (true, _) => format!("the last that was recorded{of_whom}"),
            (false, Some(last)) if self.since.is_none() => {
                format!("new{of_whom} since entry {}", last.saturating_sub(1))
            }
            _ => format!("recorded{of_whom} since {since}"),
        };
        context.answer(&found, |found: &ListNewsResponse| {
            show_sheet(found, &title)?;
            if found.news.len() < all {
                let more = show::entries((all - found.news.len()) as u64);
                show::sentence(format!("{more} before that: --since 0 has all."))?;
            }
            Ok(())
        })?;
        // What is asked for from a day on, or as of another, is no visit.
        let is_visit = self.since.is_none() && self.view.known.known_at.is_none();
        if let Some(answered) = found.answered.as_ref().filter(|_answered| is_visit) {
            context.memory.keep_news(ledger, &of, answered.known_entries);
        }
        Ok(())
    }
}

/// Under which name it is remembered how far the news of these were read: whatever the order in which they are named.
fn remembered_as(bodies: &[String], types: &[String]) -> String {
    let mut named: Vec<_> = bodies.iter().chain(types).map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    named.join(" ")
}

#[cfg(test)]
mod tests {
    use super::remembered_as;

    #[test]
    fn the_order_of_bodies_makes_no_difference() {
        let of = |bodies: [&str; 2]| remembered_as(&bodies.map(str::to_owned), &["VoteTaken".to_owned()]);
        assert_eq!(of(["04N", "04K"]), of(["04K", "04N"]));
        assert_ne!(of(["04N", "04K"]), of(["04N", "04N"]));
    }
}
