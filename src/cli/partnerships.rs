use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListPartnershipsRequest, ListPartnershipsResponse, ListedPartnership};

/// Lists the partnerships, or those to which a body belongs or belonged. None decides anything in law.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook partnerships --reported
  minutebook partnerships 04K --reported --as-at 2017-06-20")]
pub(crate) struct Args {
    /// Only those of this body, by id or code.
    #[arg(default_value = "", hide_default_value = true)]
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let request = ListPartnershipsRequest { body, view, ..ListPartnershipsRequest::default() };
        let found = context.ask_all(RegisterClient::list_partnerships, request).await?;
        context.answer(&found, show_partnerships)
    }
}

fn show_partnerships(found: &ListPartnershipsResponse) -> anyhow::Result<()> {
    let titles = ["partnership", "name", "kind", "state", "members", "entries"];
    show::rows(titles, found.partnerships.iter().map(row))
}

fn row(listed: &ListedPartnership) -> [String; 6] {
    let kind = if listed.kind.is_empty() { "not stated".to_owned() } else { show::words(&listed.kind) };
    [
        show::slug(&listed.id),
        listed.name.clone(),
        kind,
        show::words(&listed.state),
        show::slugs(&listed.members),
        show::positions(&listed.why),
    ]
}
