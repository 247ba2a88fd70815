use super::called::{PageShape, ask};
use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::shown::notice_page;
use serde_json::json;

/// Prints the notice of a meeting: who meets, when and where, whether the public may attend, and the agenda of the public part.
/// Nothing of the private part is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook notice notts-2019-07-04
  minutebook notice notts-2019-07-04 --as-at 2019-06-28
  minutebook notice notts-2019-07-04 --html > notice.html")]
pub(crate) struct Args {
    /// The meeting's id; meeting/ may be left out.
    meeting: String,
    #[command(flatten)]
    shape: PageShape,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (found, calling) = ask(context, (self.meeting, "public".to_owned()), &self.view).await?;
        if context.json {
            return show::json(
                &json!({"called": calling.to_json(&found), "meeting": show::to_json(&found)?}),
            );
        }
        self.shape.print(&notice_page(&found, &calling))
    }
}
