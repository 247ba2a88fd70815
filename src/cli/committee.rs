use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Committee, CommitteeMember, GetCommitteeRequest, GetCommitteeResponse, Lapse};
use std::collections::BTreeSet;

/// Shows a committee: whose it is, what it decides on, its terms, quorum and members, the delegations that it holds, and
/// how it ended.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook committee nottinghamshire-primary-care --as-at 2018-05-01")]
pub(crate) struct Args {
    /// Its id; committee/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (committee, view) = (self.id.clone(), Some(self.view.to_wire()));
        let request = GetCommitteeRequest { committee, view };
        let found = context.ask(RegisterClient::get_committee, request).await?;
        context.answer(&found, show_found)
    }
}

fn show_found(found: &GetCommitteeResponse) -> anyhow::Result<()> {
    found.committee.as_ref().map_or(Ok(()), show_committee)?;
    show::line(format!("\n{}", show::title("delegated to it")))?;
    show::described_rows(&found.delegations, found.answered.as_ref())?;
    Ok(show::findings(&found.findings)?)
}

fn show_committee(committee: &Committee) -> anyhow::Result<()> {
    show::line(format!("{}  {}", show::title(&committee.id), show::title(&committee.name)))?;
    show::field("kind", show::words(&committee.kind))?;
    show::field("state", state(committee))?;
    show::field_if("because", show::text(committee.dissolved_because.as_ref()))?;
    show::field("since", show::date_or(committee.established_on.as_ref(), "not stated"))?;
    show::field("of", of(committee).join(", "))?;
    let is_over = matches!(committee.state.as_str(), "dissolved" | "lapsed");
    show::field(if is_over { "decided on" } else { "decides on" }, decides_on(committee))?;
    if !committee.is_binding {
        show::field_if("works on", &committee.functions.join("; "))?;
    }
    let quorum = committee.quorum.map_or_else(|| "not stated".to_owned(), |count| format!("{count} voting"));
    show::field("quorum", quorum)?;
    show::field_if("terms", show::text(committee.terms.as_ref()))?;
    for member in &committee.members {
        show::field(&show::words(&member.role), member_line(member))?;
    }
    let entries = rests_on(&committee.why, committee.lapse.as_ref());
    Ok(show::field("rests on", show::why(&entries))?)
}

fn member_line(member: &CommitteeMember) -> String {
    let name = show::title(show::person(&member.name, &member.person));
    let from = show::date_or(member.from.as_ref(), "not stated");
    let (perhaps, why) = (show::perhaps(member.is_perhaps), show::why(&[member.position]));
    format!("{name}  {}, for {}, from {from}{perhaps}  {why}", member.person, member.body)
}

/// The bodies whose committee it is; of one that nobody has any more, those that set it up.
fn of(committee: &Committee) -> &[String] {
    if committee.parents.is_empty() { &committee.set_up_by } else { &committee.parents }
}

/// On what its word binds; of one that binds nobody, that it does not.
fn decides_on(committee: &Committee) -> String {
    if committee.is_binding { committee.functions.join("; ") } else { "nothing: it does not bind".to_owned() }
}

/// The positions of the entries that a state rests on, those of what it fell with among them.
pub(super) fn rests_on(why: &[u64], lapse: Option<&Lapse>) -> Vec<u64> {
    let all: BTreeSet<_> =
        why.iter().chain(lapse.into_iter().flat_map(|lapse| &lapse.why)).copied().collect();
    all.into_iter().collect()
}

/// Where it stands, and since when it is no more.
fn state(committee: &Committee) -> String {
    let ended = committee.dissolved_on.as_ref().map(|day| format!(" {}", show::date(day)));
    let begins = committee.established_on.as_ref().filter(|_day| committee.state == "not_yet");
    let begins = begins.map(|day| format!(", from {}", show::date(day)));
    let lapsed = committee.lapse.as_ref().map(show::lapsed);
    let (when, mark) = (ended.or(begins).or(lapsed).unwrap_or_default(), show::mark(&committee.standing));
    format!("{}{when}{mark}{}", show::words(&committee.state), show::perhaps(committee.is_perhaps))
}
