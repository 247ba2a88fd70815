use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto;
use owo_colors::OwoColorize as _;

/// Lists what sources state about a subject: figures, targets, statements. Papers and the press show with --reported.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook stated partnership/greater-nottingham --reported")]
pub(crate) struct Args {
    /// A subject (partnership/.., merger/..), or a body by id or code.
    subject: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let request = proto::ListStatedRequest { subject: self.subject, view: Some(self.view.to_wire()) };
        let response = client.register.list_stated(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("ListStatedResponse", &response)?);
        }
        show::line(show::title(format!("stated about {}", response.subject)))?;
        for stated in &response.stated {
            let qualified = stated.qualified.iter().map(|text| format!("; {text}")).collect::<String>();
            let (mark, why) = (show::mark(&stated.standing), show::why(&[stated.position]));
            show::field(
                &show::words(&stated.what),
                format!("{}{}{mark}  {why}", stated.says, qualified.yellow()),
            )?;
        }
        if response.stated.is_empty() {
            show::line("Nothing.")?;
        }
        Ok(show::answered(response.answered.as_ref())?)
    }
}
