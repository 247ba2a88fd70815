use super::context::Context;
use super::exit::Usage;
use super::show;
use super::view::KnownArgs;
use crate::client::RegisterClient;
use crate::proto::{CommissionerCount, CountCommissionersRequest, CountCommissionersResponse};
use minutebook_governance::Date;

/// The years whose 1 April is counted where no day is named: CCGs opened in 2013, ICBs replaced them in 2022.
const YEARS: std::ops::RangeInclusive<i16> = 2013..=2022;

/// Counts the commissioners that are open on given days; without one, on each 1 April from 2013 to 2022 and
/// on 1 July 2022, when the ICBs took over.
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
        let days = if self.as_at.is_empty() { usual_days()? } else { self.as_at };
        let as_at = days.iter().map(ToString::to_string).collect();
        let request = CountCommissionersRequest { as_at, view: Some(self.known.to_wire()) };
        let found = context.ask(RegisterClient::count_commissioners, request).await?;
        context.answer(&found, show_counts)
    }
}

fn show_counts(found: &CountCommissionersResponse) -> anyhow::Result<()> {
    let row = |count: &CommissionerCount| [count.as_at.clone(), count.ccg.to_string(), count.icb.to_string()];
    Ok(show::line(show::table(["as at", "CCGs", "ICBs"], found.counts.iter().map(row)))?)
}

fn usual_days() -> Result<Vec<Date>, Usage> {
    let days = YEARS.map(|year| format!("{year}-04-01")).chain(["2022-07-01".to_owned()]);
    days.map(|day| day.parse().map_err(|_malformed| Usage(format!("{day} is no day")))).collect()
}
