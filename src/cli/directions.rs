use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Direction, ListDirectionsRequest, ListDirectionsResponse};
use owo_colors::OwoColorize as _;

/// Lists the directions and conditions of authorisation that NHS England imposed on a body, lifted or not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook directions 04K --as-at 2019-01-01")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let request = ListDirectionsRequest { body, view, ..ListDirectionsRequest::default() };
        let found = context.ask_all(RegisterClient::list_directions, request).await?;
        context.answer(&found, show_directions)
    }
}

fn show_directions(found: &ListDirectionsResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("imposed on {}", found.body)))?;
    for direction in &found.directions {
        show_direction(direction)?;
    }
    if found.directions.is_empty() {
        show::line("None.")?;
    }
    Ok(())
}

fn show_direction(direction: &Direction) -> anyhow::Result<()> {
    let from = show::date_or(direction.effective.as_ref(), "not stated");
    let stands = match &direction.lifted_on {
        Some(day) => format!("lifted {}", show::date(day)),
        None => "in force".yellow().to_string(),
    };
    let (kind, why) = (show::words(&direction.kind), show::why(&direction.why));
    let mark = format!("{}{}", show::mark(&direction.standing), show::perhaps(direction.is_perhaps));
    show::line(format!("{}  {kind}, from {from}, {stands}{mark}  {why}", show::title(&direction.id)))?;
    show::field("asks", show::or_sealed(&direction.text))?;
    show::field_if("about", &direction.scope)?;
    show::field_if("by", &show::date_or(direction.due.as_ref(), ""))?;
    Ok(show::field_if("basis", &direction.basis)?)
}
