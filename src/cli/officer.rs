use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetOfficeRequest, GetOfficeResponse, OfficeHolder};
use clap::builder::PossibleValuesParser;
use minutebook_governance::people::Office;

/// Says who holds an office of a body on a day, how that is known, and whether it is vacant.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook officer 04K --as-at 2019-07-04
  minutebook officer body/52R chair --as-at 2020-04-01")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    /// The office.
    #[arg(default_value = "accountable_officer", value_parser = PossibleValuesParser::new(Office::ALL.map(Office::as_str)))]
    office: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, office, view) = (self.body, self.office, Some(self.view.to_wire()));
        let request = GetOfficeRequest { body, office, view };
        let found = context.ask(RegisterClient::get_office, request).await?;
        context.answer(&found, show_office)
    }
}

fn show_office(found: &GetOfficeResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("{} of {}", show::words(&found.office), found.body)))?;
    for holder in &found.holders {
        show_holder(holder)?;
    }
    if found.holders.is_empty() {
        let said = if found.is_vacant { "vacant" } else { "not known: no entry says who" };
        show::field("holder", format!("{said}  {}", show::why(&found.why)))?;
    }
    Ok(())
}

/// A holder, in lines.
pub(super) fn show_holder(holder: &OfficeHolder) -> anyhow::Result<()> {
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
        show::field("until", show::date(until))?;
    }
    for day in &holder.observed_on {
        let title = if holder.title_as_written.is_empty() {
            String::new()
        } else {
            format!(", as \"{}\"", holder.title_as_written)
        };
        show::field("observed", format!("{}{title}", show::date(day)))?;
    }
    if holder.from.is_none() {
        show::field("from", "not stated")?;
    }
    Ok(())
}
