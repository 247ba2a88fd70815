use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto;

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
        let (mut client, _known) = context.connect().await?;
        let request = proto::ListMeetingsRequest { body: self.body, view: Some(self.view.to_wire()) };
        let response = client.register.list_meetings(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("ListMeetingsResponse", &response)?);
        }
        let rows = response.meetings.iter().map(|it| {
            [
                it.starts_at.clone(),
                it.id.clone(),
                show::words(&it.kind),
                show::words(&it.state),
                it.title.clone(),
            ]
        });
        show::line(show::table(["starts", "meeting", "kind", "state", "title"], rows))?;
        show::line("")?;
        let rows = response
            .attendance
            .iter()
            .map(|it| [it.person.clone(), it.attended.to_string(), it.meetings.to_string()]);
        show::line(show::table(["member", "attended", "of meetings"], rows))?;
        Ok(show::answered(response.answered.as_ref())?)
    }
}
