use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListMergersRequest, ListMergersResponse, Merger};
use clap::builder::PossibleValuesParser;
use minutebook_governance::mergers::MergerState;
use std::collections::BTreeMap;

/// Lists mergers and where each stands: of a body and of those that it follows, or all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook mergers --as-at 2019-07-05
  minutebook mergers 04K
  minutebook mergers --state approved")]
pub(crate) struct Args {
    /// Only those of this body, by id or code.
    #[arg(default_value = "", hide_default_value = true)]
    body: String,
    /// Only those in this state.
    #[arg(long, value_parser = PossibleValuesParser::new(MergerState::ALL.map(MergerState::as_str)))]
    state: Option<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, state, view) = (self.body, self.state.unwrap_or_default(), Some(self.view.to_wire()));
        let request = ListMergersRequest { body, state, view, ..ListMergersRequest::default() };
        let found = context.ask_all(RegisterClient::list_mergers, request).await?;
        context.answer(&found, show_mergers)
    }
}

fn show_mergers(found: &ListMergersResponse) -> anyhow::Result<()> {
    let titles = ["merger", "kind", "state", "takes effect", "bodies", "waits for", "entries"];
    show::rows(titles, found.mergers.iter().map(row))
}

fn row(merger: &Merger) -> [String; 7] {
    let requested = merger.effective.as_ref().or(merger.requested_effective.as_ref());
    let waits_for = match merger.waits_for.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, more @ ..] => format!("{first}, and {} more", more.len()),
    };
    [
        show::slug(&merger.id),
        merger.kind.clone(),
        format!("{}{}", show::state(&merger.state, &merger.known_to), show::perhaps(merger.is_perhaps)),
        show::date_or(requested.or(merger.proposed_effective.as_ref()), "not stated"),
        bodies(merger),
        waits_for,
        show::positions(&merger.why),
    ]
}

/// The participants by what each chose last.
fn bodies(merger: &Merger) -> String {
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for leg in &merger.legs {
        let choice =
            leg.choices.last().map_or_else(|| "no decision".to_owned(), |last| show::words(&last.choice));
        chosen.entry(choice).or_default().push(show::slug(&leg.body));
    }
    let groups = chosen.into_iter().map(|(choice, bodies)| format!("{choice}: {}", bodies.join(", ")));
    groups.collect::<Vec<_>>().join("; ")
}
