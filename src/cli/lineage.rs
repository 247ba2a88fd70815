use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetLineageRequest, GetLineageResponse, LineageStep};

/// Shows where a body comes from and what becomes of it, over all steps: mergers, splits, absorptions, transformations.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook lineage 04K
  minutebook lineage body/QT1")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = GetLineageRequest { body: self.body, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_lineage, request).await?;
        context.answer(&found, show_lineage)
    }
}

fn show_lineage(found: &GetLineageResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("lineage of {}", show::named(&found.body, found.answered.as_ref()))))?;
    if found.steps.is_empty() {
        return Ok(show::line("Nothing is known to have come before it, or to follow.")?);
    }
    let titles = ["steps", "from", "", "to", "", "how", "on", "units", "entries"];
    Ok(show::line(show::table(titles, found.steps.iter().map(row)))?)
}

fn row(step: &LineageStep) -> [String; 9] {
    [
        format!("{:+}", step.distance),
        show::slug(&step.predecessor),
        step.predecessor_name.clone(),
        show::slug(&step.successor),
        step.successor_name.clone(),
        step.kind.clone(),
        show::date_or(step.effective.as_ref(), "not stated"),
        if step.units.is_empty() { "all".to_owned() } else { step.units.join(" ") },
        show::positions(&step.why),
    ]
}
