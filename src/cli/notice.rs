use super::called::MeetingPaper;
use super::context::Context;
use crate::shown::notice_page;

/// Prints the notice of a meeting: who meets, when and where, whether the public may attend, and the agenda of the public part.
/// Nothing of the private part is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook notice notts-2019-07-04
  minutebook notice notts-2019-07-04 --as-at 2019-06-28
  minutebook notice notts-2019-07-04 --html > notice.html")]
pub(crate) struct Args {
    #[command(flatten)]
    paper: MeetingPaper,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        self.paper.print_called(context, "public".to_owned(), notice_page).await
    }
}
