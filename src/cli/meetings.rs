use super::context::Context;
use super::meeting::starts;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListMeetingsRequest, ListMeetingsResponse, Meeting};

/// Lists the meetings of a body by their start. How often each member was there, `minutebook attendance` says.
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
        let (body, view) = (self.body, Some(self.view.to_wire()));
        let request = ListMeetingsRequest { body, view, ..ListMeetingsRequest::default() };
        let found = context.ask_all(RegisterClient::list_meetings, request).await?;
        context.answer(&found, show_meetings)
    }
}

fn show_meetings(found: &ListMeetingsResponse) -> anyhow::Result<()> {
    let titles = ["starts", "meeting", "kind", "state", "title"];
    show::rows(titles, found.meetings.iter().map(row))
}

fn row(meeting: &Meeting) -> [String; 5] {
    let kind = show::words(&meeting.kind);
    let state = format!("{}{}", show::words(&meeting.state), show::perhaps(meeting.is_perhaps));
    [starts(&meeting.starts_at), show::slug(&meeting.id), kind, state, meeting.title.clone()]
}
