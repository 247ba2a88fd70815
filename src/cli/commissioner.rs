use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetCommissionerRequest, GetCommissionerResponse};
use crate::shown::phrases;

/// Says who commissions for a unit of area on a day. Units are the 211 areas of 2013, by their code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook commissioner 04N --as-at 2020-04-01
  minutebook commissioner 04N --as-at 2020-04-01 --known-at 2019-06-30")]
pub(crate) struct Args {
    /// The unit (04N), a part of one (01Y/glossop), or the name of a body that holds one alone.
    #[arg(required = true, value_name = "UNIT")]
    words: Vec<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let unit = self.words.join(" ");
        let request = GetCommissionerRequest { unit: unit.clone(), view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_commissioner, request).await?;
        context.answer(&found, |found| show_commissioner(&unit, found))
    }
}

fn show_commissioner(unit: &str, found: &GetCommissionerResponse) -> anyhow::Result<()> {
    match &found.body {
        Some(body) => {
            let (id, name) = (show::title(&body.id), show::title(&body.name));
            show::sentence(format!("{id}  {name}  {}", show::why(&found.why)))?;
        }
        None => {
            let day = found.answered.as_ref().map_or("that day", |answered| answered.as_at.as_str());
            show::line(unknown(unit, day, found))?;
        }
    }
    show::field_if("by", &found.sources.join("; "))?;
    for part in &found.parts {
        show::field("but for", format!("{}: {}", part.unit, part.body))?;
    }
    for intention in &found.intentions {
        show::field("intended", show::intention(intention))?;
    }
    Ok(())
}

/// Who it is not known to be, and why.
fn unknown(unit: &str, day: &str, found: &GetCommissionerResponse) -> String {
    let why = phrases::doubt(&found.doubt);
    let entries = show::why(&found.why);
    match found.perhaps.as_slice() {
        [] => format!("Nobody is known to commission for {unit} on {day}.  {entries}"),
        [perhaps] => {
            format!("Not known: perhaps {perhaps} commissions for {unit} on {day}; {why}.  {entries}")
        }
        several => format!(
            "Not known: one of {} commissions for {unit} on {day}; {why}.  {entries}",
            several.join(", ")
        ),
    }
}
