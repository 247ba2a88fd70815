use super::changes::value;
use super::context::Context;
use super::exit::Usage;
use super::show;
use super::view::{Known, KnownArgs, ViewArgs, parse_known_at};
use crate::client::RegisterClient;
use crate::proto::{Answered, Difference, ListDifferencesRequest, ListDifferencesResponse};
use minutebook_governance::Date;

/// Compares two answers of the register: the view of --as-at and --known-at with that of --with-as-at and
/// --with-known-at. Two days say what happened between them; two states of knowledge say what was learned.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook compare body/52R --as-at 2020-03-31 --with-as-at 2020-04-01
  minutebook compare --as-at 2019-06-30 --known-at 2019-07-05 --with-as-at 2019-06-30")]
pub(crate) struct Args {
    /// One subject alone: body/04K, unit/04N, merger/nottinghamshire-2019 ...
    subject: Option<String>,
    #[command(flatten)]
    view: ViewArgs,
    /// The day of the second answer; else that of the first.
    #[arg(long, value_name = "DATE", help_heading = "View", value_parser = super::view::parse_day)]
    with_as_at: Option<Date>,
    /// What is known for the second answer; else all of the book.
    #[arg(long, value_name = "TIME|POSITION", value_parser = parse_known_at, help_heading = "View")]
    with_known_at: Option<Known>,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        if self.with_as_at.is_none() && self.with_known_at.is_none() && self.view.known.known_at.is_none() {
            let needed =
                "name what to compare with: --with-as-at, --with-known-at, or --known-at for the first";
            return Err(Usage(needed.to_owned()).into());
        }
        let second = ViewArgs {
            as_at: self.with_as_at.or(self.view.as_at),
            known: KnownArgs { known_at: self.with_known_at.clone(), reported: self.view.known.reported },
        };
        let request = ListDifferencesRequest {
            subject: self.subject.clone().unwrap_or_default(),
            before: Some(self.view.to_wire()),
            after: Some(second.to_wire()),
            ..ListDifferencesRequest::default()
        };
        let found = context.ask_all(RegisterClient::list_differences, request).await?;
        context.answer(&found, show_differences)
    }
}

fn show_differences(all: &ListDifferencesResponse) -> anyhow::Result<()> {
    let said = |answered: &Answered| {
        format!("{}, with {} known", answered.as_at, show::entries(answered.known_entries))
    };
    let (before, after) =
        (all.before.as_ref().map(said).unwrap_or_default(), all.after.as_ref().map(said).unwrap_or_default());
    show::sentence(show::title(format!("{before}  ->  {after}")))?;
    if all.differences.is_empty() {
        show::line("Nothing differs of what is compared.")?;
        return show_coverage(all);
    }
    let titles = ["SUBJECT", "FACT", "WAS", "IS", "RESTS ON"];
    show::line(show::table(titles, all.differences.iter().map(row)))?;
    show::noted(&noted(all))?;
    show_coverage(all)
}

/// What either answer says of the entries that it rests on.
fn noted(all: &ListDifferencesResponse) -> Answered {
    let mut both = Answered::default();
    for answered in all.before.iter().chain(&all.after) {
        both.contested.extend(answered.contested.iter().cloned());
        both.corrections.extend(answered.corrections.iter().cloned());
        both.inferences.extend(answered.inferences.iter().cloned());
    }
    both
}

/// What was compared, and what was not.
fn show_coverage(all: &ListDifferencesResponse) -> anyhow::Result<()> {
    let Some(coverage) = &all.coverage else { return Ok(()) };
    show::line("")?;
    show::field("compared", coverage.compared.join(", "))?;
    Ok(show::field_if("not compared", &coverage.left_out.join(", "))?)
}

fn row(difference: &Difference) -> [String; 5] {
    let (before, after) = (difference.before.as_ref(), difference.after.as_ref());
    [
        difference.subject.clone(),
        show::words(&difference.fact),
        value(before),
        value(after),
        after.or(before).map(|fact| show::why(&fact.why)).unwrap_or_default(),
    ]
}
