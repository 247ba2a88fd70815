use super::called::{MeetingPaper, PartArgs};
use super::context::Context;

/// Prints the minutes of a meeting: place and times, who was there, declarations, and each item with its motions, votes,
/// decisions, reasons, conditions and actions; then what the public asked. It prints what is in the book: a draft that lies
/// elsewhere may say more.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook minutes notts-2019-07-04
  minutebook minutes Rushcliffe --on 2019-07-04
  minutebook minutes notts-2019-07-04 --part private
  minutebook minutes notts-2019-07-04 --html > minutes.html")]
pub(crate) struct Args {
    #[command(flatten)]
    paper: MeetingPaper,
    #[command(flatten)]
    part: PartArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        self.paper.print_minutes(context, self.part.part).await
    }
}
