use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Attendance, ListMeetingsRequest, ListMeetingsResponse, Meeting};

/// Lists the meetings of a body by their start, and how often each member was there; cancelled sittings count for
/// nobody.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook meetings 04K")]
pub(crate) struct Args {
    /// The body, by id or code.
    body: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let request = ListMeetingsRequest { body: self.body, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::list_meetings, request).await?;
        context.answer(&found, show_meetings)
    }
}

fn show_meetings(found: &ListMeetingsResponse) -> anyhow::Result<()> {
    show::line(show::table(["starts", "meeting", "kind", "state", "title"], found.meetings.iter().map(row)))?;
    show::line("")?;
    let attendance = |it: &Attendance| [it.person.clone(), it.attended.to_string(), it.meetings.to_string()];
    let rows = found.attendance.iter().map(attendance);
    Ok(show::line(show::table(["member", "attended", "of meetings"], rows))?)
}

fn row(meeting: &Meeting) -> [String; 5] {
    let (kind, state) = (show::words(&meeting.kind), show::words(&meeting.state));
    [meeting.starts_at.clone(), meeting.id.clone(), kind, state, meeting.title.clone()]
}
