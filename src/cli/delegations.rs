use super::committees::{lapsed, rests_on};
use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Delegation, ListDelegationsRequest};

/// Lists what a body has delegated, and what is delegated to a body, a committee or a partnership; in force or not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook delegations 04K --as-at 2018-05-01
  minutebook delegations committee/nottinghamshire-primary-care")]
pub(crate) struct Args {
    /// A body by id or code, or another subject: committee/.., partnership/..
    subject: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (subject, view) = (self.subject, Some(self.view.to_wire()));
        let request = ListDelegationsRequest { subject, view, ..ListDelegationsRequest::default() };
        let found = context.ask_all(RegisterClient::list_delegations, request).await?;
        context.answer(&found, |found| {
            show::line(show::title(format!("delegations of and to {}", found.subject)))?;
            show_delegations(&found.delegations)
        })
    }
}

/// Delegations, as a table.
pub(super) fn show_delegations(delegations: &[Delegation]) -> anyhow::Result<()> {
    let titles = ["delegation", "of", "to", "functions", "pounds", "from", "last day", "state", "entries"];
    show::rows(titles, delegations.iter().map(row))
}

/// Where it stands; of one that has lapsed, since when and with what.
pub(super) fn state(delegation: &Delegation) -> String {
    let lapsed = delegation.lapse.as_ref().map(lapsed).unwrap_or_default();
    format!("{}{lapsed}{}", show::words(&delegation.state), show::perhaps(delegation.is_perhaps))
}

/// To whom, with room to break between kind and name.
fn to(delegation: &Delegation) -> String {
    show::words(&delegation.to).replace('/', " ")
}

fn row(delegation: &Delegation) -> [String; 9] {
    let ends = delegation.revoked_on.as_ref().or(delegation.until.as_ref());
    [
        show::slug(&delegation.id),
        show::slug(&delegation.of),
        to(delegation),
        delegation.functions.join("; "),
        delegation.limit_pounds.map_or_else(String::new, |pounds| format!("up to {pounds}")),
        show::date_or(delegation.effective.as_ref(), "not stated"),
        ends.map_or_else(String::new, show::end),
        format!("{}{}", state(delegation), show::mark(&delegation.standing)),
        show::positions(&rests_on(&delegation.why, delegation.lapse.as_ref())),
    ]
}
