use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetOfficeRequest, GetOfficeResponse, OfficeHolder};
use crate::shown::phrases::nobody;
use clap::builder::PossibleValuesParser;
use minutebook_governance::people::Office;
use owo_colors::OwoColorize as _;

/// Says who holds an office of a body on a day, how that is known, and whether it is vacant.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook officer 04K --as-at 2019-07-04
  minutebook officer body/52R chair --as-at 2020-04-01")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    /// The office.
    #[arg(default_value = "accountable_officer", value_parser = PossibleValuesParser::new(Office::ALL.map(Office::as_str)))]
    office: String,
    /// The same, for who expects a flag.
    #[arg(long = "office", hide = true, value_name = "OFFICE", value_parser = PossibleValuesParser::new(Office::ALL.map(Office::as_str)))]
    named_office: Option<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let office = self.named_office.unwrap_or(self.office);
        let request = GetOfficeRequest { body, office, view };
        let found = context.ask(RegisterClient::get_office, request).await?;
        context.answer(&found, show_office)
    }
}

fn show_office(found: &GetOfficeResponse) -> anyhow::Result<()> {
    show::line(show::title(format!(
        "{} of {}",
        show::words(&found.office),
        show::named(&found.body, found.answered.as_ref())
    )))?;
    for holder in &found.holders {
        show_holder(holder)?;
    }
    for holder in &found.perhaps {
        show::line(format!("  {}", "perhaps: it is not known for that day".yellow()))?;
        show_holder(holder)?;
    }
    if found.holders.is_empty() && (found.perhaps.is_empty() || found.is_vacant) {
        show::field("holder", format!("{}  {}", nobody(found), show::why(&found.why)))?;
    }
    if !found.reports.is_empty() {
        let count = found.reports.len();
        let reports = if count == 1 { "1 report does".to_owned() } else { format!("{count} reports do") };
        show::field("but", format!("{reports}  {}: ask with --reported", show::why(&found.reports)))?;
    }
    Ok(())
}

/// A holder, in lines.
fn show_holder(holder: &OfficeHolder) -> anyhow::Result<()> {
    let name = if holder.name.is_empty() { "(name sealed or not known)" } else { &holder.name };
    let why = show::why(&holder.why);
    show::field(
        "holder",
        format!("{}  {}{}  {why}", show::title(name), holder.person, show::mark(&holder.standing)),
    )?;
    show::field_if("tenure", &holder.tenure)?;
    if let Some(from) = &holder.from {
        show::field("from", show::date(from))?;
    }
    if let Some(until) = &holder.until {
        show::field("to", show::end(until))?;
    }
    for seen in &holder.observations {
        let title = &seen.title_as_written;
        let title = if title.is_empty() { String::new() } else { format!(", as \"{title}\"") };
        show::field(
            "observed",
            format!("{}{title}", show::date_or(seen.observed_on.as_ref(), "not stated")),
        )?;
    }
    if holder.from.is_none() {
        show::field("from", "not stated")?;
    }
    Ok(())
}
