use super::called::{MeetingPaper, PartArgs};
use super::context::Context;
use crate::shown::agenda_page;

/// Prints the agenda of one part of a meeting: each item with what is sought, who presents it, which bodies it concerns, and its
/// papers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook agenda notts-2019-07-04
  minutebook agenda notts-2019-07-04 --part private
  minutebook agenda notts-2019-07-04 --md > agenda.md")]
pub(crate) struct Args {
    #[command(flatten)]
    paper: MeetingPaper,
    #[command(flatten)]
    part: PartArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        self.paper.print_called(context, self.part.part, agenda_page).await
    }
}
