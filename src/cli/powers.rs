use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Decider, GetPowersRequest, GetPowersResponse, Life};
use owo_colors::OwoColorize as _;

/// Says who may decide what for a body on a day, and why: its governing body, committees, delegations, NHS England;
/// and who decides nothing in law.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook powers 04K --as-at 2018-05-01")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = GetPowersRequest { body: self.body, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_powers, request).await?;
        context.answer(&found, show_powers)
    }
}

fn show_powers(found: &GetPowersResponse) -> anyhow::Result<()> {
    let life = match found.life() {
        Life::Open => "open",
        Life::Closed => "closed",
        Life::NotYetOpen => "not yet open",
        Life::Unknown | Life::Unspecified => "whether it is open is not known",
    };
    show::line(format!(
        "{}  {life}",
        show::title(format!("who may decide for {}", show::named(&found.body, found.answered.as_ref())))
    ))?;
    for decider in &found.deciders {
        show::field(&show::words(&decider.reach), line(decider))?;
    }
    Ok(())
}

fn line(decider: &Decider) -> String {
    let what = if decider.what.is_empty() { String::new() } else { format!(": {}", decider.what.join("; ")) };
    let limit = decider.limit_pounds.map_or_else(String::new, |pounds| format!(", up to {pounds} pounds"));
    let who = match decider.reach.as_str() {
        "nothing" | "not_known" => decider.who.yellow().to_string(),
        _ => show::title(&decider.who),
    };
    format!("{who}{what}{limit} ({})  {}", decider.because, show::why(&decider.why))
}
