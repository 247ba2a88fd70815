use super::context::Context;
use super::decisions::show_decisions;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Delegation, GetDelegationRequest, Lapse, ListDecisionsRequest};
use std::collections::BTreeSet;

/// Shows a delegation: of whose functions, to whom, how far and how long, how it ended, and what was decided under it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook delegation 04K-primary-care --as-at 2018-05-01")]
pub(crate) struct Args {
    /// Its id; delegation/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (delegation, view) = (self.id.clone(), Some(self.view.to_wire()));
        let request = GetDelegationRequest { delegation, view: view.clone() };
        let found = context.ask(RegisterClient::get_delegation, request).await?;
        let subject = found.delegation.as_ref().map(|delegation| delegation.id.clone()).unwrap_or_default();
        let request = ListDecisionsRequest { subject, view, ..Default::default() };
        let mut decided = context.ask_all(RegisterClient::list_decisions, request).await?;
        decided.add_up();
        context.answer(&found, |found| {
            found.delegation.as_ref().map_or(Ok(()), show_delegation)?;
            show::sentence(format!("\n{}", show::title("decided under it")))?;
            show_decisions(&decided)?;
            Ok(show::findings(&found.findings)?)
        })
    }
}

fn show_delegation(delegation: &Delegation) -> anyhow::Result<()> {
    let state = format!("{}{}", state(delegation), show::mark(&delegation.standing));
    show::sentence(format!("{}  {}", show::title(&delegation.id), show::title(state)))?;
    show::field("of", &delegation.of)?;
    if delegation.granted_by != delegation.of {
        show::field("granted by", &delegation.granted_by)?;
    }
    show::field("to", show::words(&delegation.to))?;
    show::field("functions", delegation.functions.join("; "))?;
    let limit = delegation.limit_pounds.map(|pounds| format!("up to {pounds} pounds"));
    show::field("limit", limit.unwrap_or_else(|| "none stated".to_owned()))?;
    for condition in &delegation.conditions {
        show::field("on condition", condition)?;
    }
    show::field("onward", if delegation.may_delegate_onward { "allowed" } else { "forbidden" })?;
    show::field("basis", &delegation.basis)?;
    show::field_if("under", &delegation.under)?;
    show::field("from", show::date_or(delegation.effective.as_ref(), "not stated"))?;
    show::field_if("agreed", show::to(delegation.until.as_ref()).trim())?;
    show::field("if succeeded", show::words(&delegation.on_succession))?;
    if let Some(day) = &delegation.revoked_on {
        let because = show::text(delegation.revoked_because.as_ref());
        let because = if because.is_empty() { String::new() } else { format!(": {because}") };
        show::field("revoked", format!("{}{because}", show::date(day)))?;
    }
    let entries = rests_on(&delegation.why, delegation.lapse.as_ref());
    Ok(show::field("rests on", show::why(&entries))?)
}

/// The positions of the entries that a state rests on, those of what it fell with among them.
fn rests_on(why: &[u64], lapse: Option<&Lapse>) -> Vec<u64> {
    let all: BTreeSet<_> =
        why.iter().chain(lapse.into_iter().flat_map(|lapse| &lapse.why)).copied().collect();
    all.into_iter().collect()
}

/// Where it stands; of one that has lapsed, since when and with what.
fn state(delegation: &Delegation) -> String {
    let lapsed = delegation.lapse.as_ref().map(show::lapsed).unwrap_or_default();
    format!("{}{lapsed}{}", show::words(&delegation.state), show::perhaps(delegation.is_perhaps))
}
