use super::context::Context;
use super::merger::condition_line;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListConditionsRequest, ListConditionsResponse};

/// Lists the conditions that a body has to meet: of approvals that it applied for, and of those that its
/// predecessors passed on to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook conditions 91Q --as-at 2020-06-01")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let view = Some(self.view.to_wire());
        let request = ListConditionsRequest { body: self.body, view, ..ListConditionsRequest::default() };
        let found = context.ask_all(RegisterClient::list_conditions, request).await?;
        context.answer(&found, show_conditions)
    }
}

fn show_conditions(found: &ListConditionsResponse) -> anyhow::Result<()> {
    show::line(show::title(format!(
        "open conditions of {}",
        show::named(&found.body, found.answered.as_ref())
    )))?;
    for open in &found.conditions {
        let Some(condition) = &open.condition else { continue };
        show::field("condition", condition_line(condition))?;
        show::field("of", &open.merger)?;
        show::field_if("passed on by", &open.inherited_from.join(", "))?;
    }
    if found.conditions.is_empty() {
        show::line("None.")?;
    }
    Ok(())
}
