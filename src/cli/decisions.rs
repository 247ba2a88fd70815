use super::context::Context;
use super::meeting::votes;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Decision, ListDecisionsRequest, ListDecisionsResponse};

/// Lists decisions: of a body, at a meeting, about a merger or a consultation; with --topic those whose item, words or
/// effect have these words.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook decisions 04K
  minutebook decisions meeting/notts-2019-07-04 --topic merger")]
pub(crate) struct Args {
    /// A body by id or code, or another subject: meeting/.., merger/.., consultation/..
    subject: String,
    /// Words of the item, the text or the effect.
    #[arg(long, default_value = "", hide_default_value = true)]
    topic: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (subject, topic, view) = (self.subject, self.topic, Some(self.view.to_wire()));
        let request = ListDecisionsRequest { subject, topic, view, ..ListDecisionsRequest::default() };
        let found = context.ask_all(RegisterClient::list_decisions, request).await?;
        context.answer(&found, show_decisions)
    }
}

/// Decisions, as a table.
pub(super) fn show_decisions(found: &ListDecisionsResponse) -> anyhow::Result<()> {
    let titles = ["entry", "decided", "body", "item", "outcome", "effect", "votes", "state"];
    show::rows(titles, found.decisions.iter().map(row))
}

fn row(decision: &Decision) -> [String; 8] {
    [
        decision.position.to_string(),
        show::date_or(decision.decided_on.as_ref(), "not stated"),
        decision.body.clone(),
        decision.item.clone(),
        show::words(&decision.outcome),
        show::words(&decision.effect),
        decision.votes.as_ref().map_or_else(String::new, votes),
        show::words(&decision.state),
    ]
}
