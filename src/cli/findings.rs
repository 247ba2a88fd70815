use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListFindingsRequest, ListFindingsResponse};

/// Lists the findings: soft rules that entries broke, statements that contradict each other, what is overdue
/// on the day. The entries stand. A finding's id is RULE:SUBJECT:ENTRY, of the first entry that it rests on: it stays, and
/// a RecordAnnotated answers it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook findings --known-at 2019-07-05
  minutebook findings --subject 04K --rule minutes")]
pub(crate) struct Args {
    /// Only those of this rule (minutes.overdue), or of all that begin with it (minutes).
    #[arg(long, default_value = "", hide_default_value = true)]
    rule: String,
    /// Only those about this: a body by id, code or name, or another subject (meeting/..).
    #[arg(long, default_value = "", hide_default_value = true)]
    subject: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = ListFindingsRequest {
            rule: self.rule,
            subject: self.subject,
            view: Some(self.view.to_wire()),
            ..ListFindingsRequest::default()
        };
        let mut found = context.ask_all(RegisterClient::list_findings, request).await?;
        // They come in the order in which they are found, and are read by the entry that each rests on first.
        found
            .findings
            .sort_by(|one, other| (one.why.first(), &one.rule).cmp(&(other.why.first(), &other.rule)));
        context.answer(&found, show_findings)
    }
}

fn show_findings(found: &ListFindingsResponse) -> anyhow::Result<()> {
    if found.findings.is_empty() {
        return Ok(show::none(found.answered.as_ref())?);
    }
    Ok(show::findings(&found.findings)?)
}
