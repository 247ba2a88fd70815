use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Audit, ListAuditsRequest, ListAuditsResponse};

/// Lists the audits that were reported: of how many entries, and what each came to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook audits")]
pub(crate) struct Args {
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = ListAuditsRequest { view: Some(self.view.to_wire()), ..ListAuditsRequest::default() };
        let found = context.ask_all(RegisterClient::list_audits, request).await?;
        context.answer(&found, show_audits)
    }
}

fn show_audits(found: &ListAuditsResponse) -> anyhow::Result<()> {
    let titles = ["audit", "day", "auditor", "entries", "came to", "exceptions", "report", "entry"];
    show::rows(titles, found.audits.iter().map(row))
}

fn row(audit: &Audit) -> [String; 8] {
    [
        show::slug(&audit.id),
        show::date_or(audit.audited_on.as_ref(), "not stated"),
        show::or_sealed(&audit.auditor).to_owned(),
        audit.size.to_string(),
        format!("{}{}", show::words(&audit.outcome), show::mark(&audit.standing)),
        audit.exceptions.to_string(),
        show::or_sealed(&audit.report).to_owned(),
        audit.position.to_string(),
    ]
}
