use super::called::PageShape;
use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::GetMinutesRequest;
use crate::shown::minutes_page;

/// Prints the minutes of a meeting: place and times, who was there, declarations, and each item with its motions, votes,
/// decisions, reasons, conditions and actions; then what the public asked. It prints what is in the book: a draft that lies
/// elsewhere may say more.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook minutes notts-2019-07-04
  minutebook minutes notts-2019-07-04 --part private
  minutebook minutes notts-2019-07-04 --html > minutes.html")]
pub(crate) struct Args {
    /// The meeting's id; meeting/ may be left out.
    meeting: String,
    /// Which part: public or private.
    #[arg(long, default_value = "public", value_parser = ["public", "private"])]
    part: String,
    #[command(flatten)]
    shape: PageShape,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let meeting = self.meeting.clone();
        let request = GetMinutesRequest { meeting, part: self.part, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_minutes, request).await?;
        // A page says of itself what an answer says beneath it.
        match context.json {
            true => show::json(&show::to_json(&found)?),
            false => self.shape.print(&minutes_page(&found)),
        }
    }
}
