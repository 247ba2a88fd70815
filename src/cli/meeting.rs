use super::context::Context;
use super::merger::with_kind;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{
    CountedVotes, GetMeetingRequest, GetMeetingResponse, MeetingAttendee, MeetingCell, MeetingItem,
};
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
        let meeting = with_kind("meeting", &self.id);
        let request = GetMeetingRequest { meeting, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_meeting, request).await?;
        context.answer(&found, show_meeting)
    }
}

fn show_meeting(found: &GetMeetingResponse) -> anyhow::Result<()> {
    if let Some(meeting) = &found.meeting {
        let state = show::words(&meeting.state);
        show::line(format!("{}  {}", show::title(&meeting.id), show::title(state)))?;
        show::field("title", &meeting.title)?;
        show::field("starts", &meeting.starts_at)?;
        show::field("bodies", meeting.bodies.join(", "))?;
    }
    show::line("")?;
    show::line(show::table(["person", "name", "as", "for"], found.attendees.iter().map(attended)))?;
    show::line("")?;
    let rows = found.items.iter().flat_map(|item| item.cells.iter().map(|cell| row(item, cell)));
    let titles = ["item", "part", "body", "quorate", "votes", "decided", "minutes"];
    show::line(show::table(titles, rows))?;
    show_reasons(&found.items)?;
    for awaiting in &found.awaiting_approval {
        show::field("to approve", format!("{awaiting} minutes").yellow())?;
    }
    Ok(show::findings(&found.findings)?)
}

fn attended(attendee: &MeetingAttendee) -> [String; 4] {
    let bodies = if attendee.bodies.is_empty() { "all".to_owned() } else { attendee.bodies.join(", ") };
    [attendee.person.clone(), attendee.name.clone(), show::words(&attendee.attending_as), bodies]
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
