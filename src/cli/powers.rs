use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto::{self, Decider};
use owo_colors::OwoColorize as _;

/// Says who may decide what for a body on a day, and why: its governing body, committees, delegations, NHS England;
/// and who decides nothing in law.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook powers 04K --as-at 2018-05-01")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let request = proto::GetPowersRequest { body: self.body, view: Some(self.view.to_wire()) };
        let response = client.register.get_powers(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("GetPowersResponse", &response)?);
        }
        let life = show::words(&response.life);
        show::line(format!("{}  {life}", show::title(format!("who may decide for {}", response.body))))?;
        for decider in &response.deciders {
            show::field(&show::words(&decider.reach), line(decider))?;
        }
        Ok(show::answered(response.answered.as_ref())?)
    }
}

fn line(decider: &Decider) -> String {
    let what = if decider.what.is_empty() { String::new() } else { format!(": {}", decider.what.join("; ")) };
    let limit = decider.limit_pounds.map_or_else(String::new, |pounds| format!(", up to {pounds} pounds"));
    let who = match decider.reach.as_str() {
        "nothing" => decider.who.yellow().to_string(),
        _ => show::title(&decider.who),
    };
    format!("{who}{what}{limit} ({})  {}", decider.because, show::why(&decider.why))
}
