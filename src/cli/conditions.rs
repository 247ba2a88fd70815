use super::context::Context;
use super::merger::condition_line;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto;

/// Lists the conditions that a body has to meet: of approvals that it applied for, and of those that its
/// predecessors passed on to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook conditions 91Q --as-at 2020-06-01")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let request = proto::ListConditionsRequest { body: self.body, view: Some(self.view.to_wire()) };
        let response =
            client.register.list_conditions(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("ListConditionsResponse", &response)?);
        }
        show::line(show::title(format!("open conditions of {}", response.body)))?;
        for open in &response.conditions {
            let Some(condition) = &open.condition else { continue };
            show::field("condition", condition_line(condition))?;
            show::field("of", &open.merger)?;
            show::field_if("passed on by", &open.inherited_from.join(", "))?;
        }
        if response.conditions.is_empty() {
            show::line("None.")?;
        }
        Ok(show::answered(response.answered.as_ref())?)
    }
}
