use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListFindingsRequest, ListFindingsResponse};

/// Lists the findings: soft rules that entries broke, statements that contradict each other, what is overdue
/// on the day. The entries stand. A finding's id is RULE:SUBJECT:ENTRY, of the first entry that it rests on: it stays, and
/// a RecordAnnotated answers it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook findings --known-at 2019-07-05")]
pub(crate) struct Args {
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request =
            ListFindingsRequest { view: Some(self.view.to_wire()), ..ListFindingsRequest::default() };
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
