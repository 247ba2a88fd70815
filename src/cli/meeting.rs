use super::context::Context;
use super::merger::with_kind;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto::{self, CountedVotes, MeetingCell, MeetingItem};
use owo_colors::OwoColorize as _;

/// Shows a meeting as a matrix of items and bodies: who chairs, whether each body is quorate for each item and why,
/// votes, decisions, and whether the minutes confirm them. With --json also who voted how.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook meeting notts-2019-07-04")]
pub(crate) struct Args {
    /// Its id; meeting/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let meeting = with_kind("meeting", &self.id);
        let request = proto::GetMeetingRequest { meeting, view: Some(self.view.to_wire()) };
        let response = client.register.get_meeting(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("GetMeetingResponse", &response)?);
        }
        if let Some(meeting) = &response.meeting {
            let state = show::words(&meeting.state);
            show::line(format!("{}  {}", show::title(&meeting.id), show::title(state)))?;
            show::field("title", &meeting.title)?;
            show::field("starts", &meeting.starts_at)?;
            show::field("bodies", meeting.bodies.join(", "))?;
        }
        let attended = response.attendees.iter().map(|it| {
            let bodies = if it.bodies.is_empty() { "all".to_owned() } else { it.bodies.join(", ") };
            [it.person.clone(), it.name.clone(), show::words(&it.attending_as), bodies]
        });
        show::line("")?;
        show::line(show::table(["person", "name", "as", "for"], attended))?;
        show::line("")?;
        let rows = response.items.iter().flat_map(|item| item.cells.iter().map(|cell| row(item, cell)));
        let titles = ["item", "part", "body", "quorate", "votes", "decided", "minutes"];
        show::line(show::table(titles, rows))?;
        show_reasons(&response.items)?;
        for awaiting in &response.awaiting_approval {
            show::field("to approve", format!("{awaiting} minutes").yellow())?;
        }
        show::findings(&response.findings)?;
        Ok(show::answered(response.answered.as_ref())?)
    }
}

fn row(item: &MeetingItem, cell: &MeetingCell) -> [String; 7] {
    let decided: Vec<_> = cell.decisions.iter().map(|it| show::words(&it.outcome)).collect();
    let confirmed = if cell.is_confirmed { "confirmed" } else { "" };
    [
        item.reference.clone(),
        item.part.clone(),
        cell.body.clone(),
        cell.is_quorate.clone(),
        cell.votes.as_ref().map_or_else(String::new, votes),
        decided.join(", "),
        confirmed.to_owned(),
    ]
}

/// For, against, abstained, not voting through conflict: four numbers, and a dash where nobody counted.
pub(super) fn votes(votes: &CountedVotes) -> String {
    let or_dash = |count: Option<u32>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
    let (abstained, conflicted) = (or_dash(votes.abstained), or_dash(votes.conflicted));
    format!(
        "{} for, {} against, {abstained} abstained, {conflicted} conflicted",
        votes.in_favour, votes.against
    )
}

/// Why a body is not quorate for an item, or why nobody can tell.
fn show_reasons(items: &[MeetingItem]) -> anyhow::Result<()> {
    for item in items {
        for cell in item.cells.iter().filter(|cell| cell.is_quorate != "yes") {
            let reasons = cell.reasons.join("; ");
            show::field("quorum", format!("{} of {}: {reasons}", item.reference, cell.body))?;
        }
    }
    Ok(())
}
