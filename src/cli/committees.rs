use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Committee, Lapse, ListCommitteesRequest, ListCommitteesResponse};
use std::collections::BTreeSet;

/// Lists the committees of a body, live or not: its own, those that advise it, joint ones and those in common.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook committees 04K --as-at 2018-05-01")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let request = ListCommitteesRequest { body, view, ..ListCommitteesRequest::default() };
        let found = context.ask_all(RegisterClient::list_committees, request).await?;
        context.answer(&found, show_committees)
    }
}

fn show_committees(found: &ListCommitteesResponse) -> anyhow::Result<()> {
    show::line(show::title(format!("committees of {}", found.body)))?;
    let titles = ["committee", "name", "kind", "of", "decides on", "members", "state", "entries"];
    show::rows(titles, found.committees.iter().map(row))
}

fn row(committee: &Committee) -> [String; 8] {
    [
        show::slug(&committee.id),
        committee.name.clone(),
        show::words(&committee.kind),
        show::slugs(of(committee)),
        decides_on(committee),
        committee.members.len().to_string(),
        state(committee),
        show::positions(&rests_on(&committee.why, committee.lapse.as_ref())),
    ]
}

/// The bodies whose committee it is; of one that nobody has any more, those that set it up.
pub(super) fn of(committee: &Committee) -> &[String] {
    if committee.parents.is_empty() { &committee.set_up_by } else { &committee.parents }
}

/// On what its word binds; of one that binds nobody, that it does not.
pub(super) fn decides_on(committee: &Committee) -> String {
    if committee.is_binding { committee.functions.join("; ") } else { "nothing: it does not bind".to_owned() }
}

/// Since when something has lapsed, and what it fell with.
pub(super) fn lapsed(lapse: &Lapse) -> String {
    let since = lapse
        .since
        .as_ref()
        .map_or_else(|| ", and nothing says since when".to_owned(), |day| format!(" {}", show::date(day)));
    let fell = match lapse.because.as_str() {
        "body_left" => "was the last to leave",
        "groundless" => "is no ground to stand on",
        "committee_ended" if lapse.since.is_none() => "does not meet",
        "delegation_ended" => "is in force no more",
        _ => "is no more",
    };
    format!("{since}: {} {fell}", lapse.about)
}

/// The positions of the entries that a state rests on, those of what it fell with among them.
pub(super) fn rests_on(why: &[u64], lapse: Option<&Lapse>) -> Vec<u64> {
    let all: BTreeSet<_> =
        why.iter().chain(lapse.into_iter().flat_map(|lapse| &lapse.why)).copied().collect();
    all.into_iter().collect()
}

/// Where it stands, and since when it is no more.
pub(super) fn state(committee: &Committee) -> String {
    let ended = committee.dissolved_on.as_ref().map(|day| format!(" {}", show::date(day)));
    let begins = committee.established_on.as_ref().filter(|_day| committee.state == "not_yet");
    let begins = begins.map(|day| format!(", from {}", show::date(day)));
    let lapsed = committee.lapse.as_ref().map(lapsed);
    let (when, mark) = (ended.or(begins).or(lapsed).unwrap_or_default(), show::mark(&committee.standing));
    format!("{}{when}{mark}{}", show::words(&committee.state), show::perhaps(committee.is_perhaps))
}
