use super::context::Context;
use super::show;
use super::view::KnownArgs;
use crate::client::RegisterClient;
use crate::pages::counted_days;
use crate::proto::{CommissionerCount, CountCommissionersRequest, CountCommissionersResponse};
use minutebook_governance::Date;

/// Counts the commissioners that are open on given days; without one, on each 1 April from 2013 to 2022, on 1 July 2022,
/// when the ICBs took over, and on 1 April 2026, when they became fewer.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook commissioners
  minutebook commissioners --as-at 2020-03-31 --as-at 2020-04-01")]
pub(crate) struct Args {
    /// A day: YYYY-MM-DD. Once for each.
    #[arg(long, value_name = "DATE")]
    as_at: Vec<Date>,
    #[command(flatten)]
    known: KnownArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let named: Vec<_> = self.as_at.iter().map(ToString::to_string).collect();
        let as_at = if named.is_empty() { counted_days() } else { named };
        let request = CountCommissionersRequest { as_at, view: Some(self.known.to_wire()) };
        let found = context.ask(RegisterClient::count_commissioners, request).await?;
        context.answer(&found, show_counts)
    }
}

fn show_counts(found: &CountCommissionersResponse) -> anyhow::Result<()> {
    let row = |count: &CommissionerCount| {
        [count.as_at.clone(), in_words(count.ccg, count.ccg_perhaps), in_words(count.icb, count.icb_perhaps)]
    };
    Ok(show::line(show::table(["as at", "CCGs", "ICBs"], found.counts.iter().map(row)))?)
}

/// A number, and how many more there may be.
fn in_words(open: u32, perhaps: u32) -> String {
    if perhaps == 0 { open.to_string() } else { format!("{open}, and {perhaps} not known") }
}
