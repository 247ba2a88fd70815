use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto;

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
        let (mut client, _known) = context.connect().await?;
        let (subject, topic, view) = (self.subject, self.topic, Some(self.view.to_wire()));
        let request = proto::ListDecisionsRequest { subject, topic, view };
        let response = client.register.list_decisions(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("ListDecisionsResponse", &response)?);
        }
        let rows = response.decisions.iter().map(|it| {
            let when = show::date_or(it.decided_on.as_ref(), "not stated");
            let votes = it.votes.as_ref().map_or_else(String::new, super::meeting::votes);
            let what = show::words(&it.effect);
            [
                it.position.to_string(),
                when,
                it.body.clone(),
                it.item.clone(),
                show::words(&it.outcome),
                what,
                votes,
                show::words(&it.state),
            ]
        });
        let titles = ["entry", "decided", "body", "item", "outcome", "effect", "votes", "state"];
        show::line(show::table(titles, rows))?;
        Ok(show::answered(response.answered.as_ref())?)
    }
}
