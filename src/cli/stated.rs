use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListStatedRequest, ListStatedResponse, Stated};
use owo_colors::OwoColorize as _;

/// Lists what sources state about a subject: figures, targets, statements. Papers and the press show with --reported.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook stated partnership/greater-nottingham --reported")]
pub(crate) struct Args {
    /// A subject (partnership/.., merger/..), or a body by id, code or name.
    subject: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let view = Some(self.view.to_wire());
        let request = ListStatedRequest { subject: self.subject, view, ..ListStatedRequest::default() };
        let found = context.ask_all(RegisterClient::list_stated, request).await?;
        context.answer(&found, show_stated)
    }
}

fn show_stated(found: &ListStatedResponse) -> anyhow::Result<()> {
    show::line(show::title(format!(
        "stated about {}",
        show::named(&found.subject, found.answered.as_ref())
    )))?;
    for stated in &found.stated {
        show::field(&show::words(&stated.what), line(stated))?;
    }
    if found.stated.is_empty() {
        show::line("Nothing.")?;
    }
    Ok(())
}

fn line(stated: &Stated) -> String {
    let qualified = stated.qualified.iter().map(|text| format!("; {text}")).collect::<String>();
    let (mark, why) = (show::mark(&stated.standing), show::why(&[stated.position]));
    let perhaps = if stated.is_perhaps { "  [perhaps not said yet on that day]" } else { "" };
    format!("{}{}{mark}{}  {why}", stated.says, qualified.yellow(), perhaps.yellow())
}
