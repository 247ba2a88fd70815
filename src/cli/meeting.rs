use super::called::WhichMeeting;
use super::context::Context;
use super::matrix;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetMeetingRequest, GetMeetingResponse, MeetingAttendee, MeetingRescheduled};
use owo_colors::OwoColorize as _;

/// Shows a meeting as a matrix of items and bodies: who chairs, whether each body is quorate for each item and why,
/// votes, decisions, and whether the minutes confirm them. With --json also who voted how.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook meeting notts-2019-07-04
  minutebook meeting Rushcliffe --on 2019-07-04")]
pub(crate) struct Args {
    #[command(flatten)]
    which: WhichMeeting,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let meeting = self.which.name();
        let request = GetMeetingRequest { meeting, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_meeting, request).await?;
        context.answer(&found, show_meeting)
    }
}

fn show_meeting(found: &GetMeetingResponse) -> anyhow::Result<()> {
    if let Some(meeting) = &found.meeting {
        let state = format!("{}{}", show::words(&meeting.state), show::perhaps(meeting.is_perhaps));
        show::sentence(format!("{}  {}", show::title(&meeting.id), show::title(state)))?;
        show::field("title", &meeting.title)?;
        show::field("starts", show::starts(&meeting.starts_at))?;
        for change in &meeting.rescheduled {
            show::field(if change.is_cancelled { "called off" } else { "put off" }, rescheduled(change))?;
        }
        show::field("bodies", meeting.bodies.join(", "))?;
        if !meeting.filled_in.is_empty() {
            show::field("no source", format!("filled in: {}", meeting.filled_in).yellow())?;
        }
    }
    if !found.attendees.is_empty() {
        show::line("")?;
        show::line(show::table(["person", "name", "as", "for"], found.attendees.iter().map(attended)))?;
    }
    matrix::show_matrix(found)?;
    for awaiting in &found.awaiting_approval {
        show::field("to approve", format!("{awaiting} minutes").yellow())?;
    }
    Ok(show::findings(&found.findings)?)
}

/// Its old day, the new one, when that was said, and why.
fn rescheduled(change: &MeetingRescheduled) -> String {
    let known = |moment: &str, otherwise: &str| {
        if moment.is_empty() { otherwise.to_owned() } else { moment.to_owned() }
    };
    let from = known(&change.from, "a day not known");
    let to = match change.is_cancelled {
        true => String::new(),
        false => format!(" to {}", known(&change.to, "a day not known yet")),
    };
    format!(
        "from {from}{to}, said on {}: {} (entry {})",
        change.said_on,
        show::text(change.reason.as_ref()),
        change.position
    )
}

fn attended(attendee: &MeetingAttendee) -> [String; 4] {
    let bodies = if attendee.bodies.is_empty() { "all".to_owned() } else { attendee.bodies.join(", ") };
    [attendee.person.clone(), attendee.name.clone(), show::words(&attendee.attending_as), bodies]
}
