use super::context::Context;
use super::show;
use crate::client::RegisterClient;
use crate::proto::{self, Change, Fact, GetChangesRequest, GetChangesResponse};

/// Says what an entry changed in the register: each fact, the days on which it holds, what it was and what it
/// is. A correction changes the days between the old date and the new; what comes into force later says when.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook changes 812
  minutebook changes 17 --reported")]
pub(crate) struct Args {
    /// The entry's position.
    position: u64,
    /// Compares what papers and the press report too.
    #[arg(long)]
    reported: bool,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let scope = if self.reported { proto::Scope::Reported } else { proto::Scope::Enacted };
        let request = GetChangesRequest { position: self.position, scope: scope.into() };
        let found = context.ask(RegisterClient::get_changes, request).await?;
        context.answer(&found, show_changes)
    }
}

fn show_changes(found: &GetChangesResponse) -> anyhow::Result<()> {
    if found.changes.is_empty() {
        let said = match found.left_out.as_slice() {
            [] => format!("Entry {} changed nothing that is compared.", found.position),
            left_out => format!(
                "What entry {} says of {} is not compared: minutebook show {} has it.",
                found.position,
                left_out.join(", "),
                found.position
            ),
        };
        show::line(said)?;
    } else {
        let titles = ["SUBJECT", "FACT", "FROM", "TO", "WAS", "IS"];
        show::line(show::table(titles, found.changes.iter().filter_map(row)))?;
    }
    let (contested, corrections) = (found.contested.clone(), found.corrections.clone());
    let inferences = found.inferences.clone();
    Ok(show::noted(&proto::Answered { contested, corrections, inferences, ..Default::default() })?)
}

fn row(change: &Change) -> Option<[String; 6]> {
    let difference = change.difference.as_ref()?;
    let or = |text: &str, missing: &str| if text.is_empty() { missing } else { text }.to_owned();
    Some([
        difference.subject.clone(),
        show::words(&difference.fact),
        or(&change.from, "ever"),
        or(&show::last_day(&change.until), "for good"),
        value(difference.before.as_ref()),
        value(difference.after.as_ref()),
    ])
}

/// A value as people read it; a dash where there is none.
pub(super) fn value(fact: Option<&Fact>) -> String {
    let in_words = |fact: &Fact| {
        // What stands in quotes was written so.
        if fact.value.starts_with('"') { fact.value.clone() } else { fact.value.replace('_', " ") }
    };
    fact.map_or_else(|| "-".to_owned(), in_words)
}
