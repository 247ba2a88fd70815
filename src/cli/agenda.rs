use super::called::{PageShape, ask};
use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::shown::agenda_page;
use serde_json::json;

/// Prints the agenda of one part of a meeting: each item with what is sought, who presents it, which bodies it concerns, and its
/// papers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook agenda notts-2019-07-04
  minutebook agenda notts-2019-07-04 --part private
  minutebook agenda notts-2019-07-04 --md > agenda.md")]
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
        let (found, calling) = ask(context, (self.meeting, self.part), &self.view).await?;
        if context.json {
            return show::json(
                &json!({"called": calling.to_json(&found), "meeting": show::to_json(&found)?}),
            );
        }
        self.shape.print(&agenda_page(&found, &calling))
    }
}
