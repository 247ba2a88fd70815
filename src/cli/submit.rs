use super::context::Context;
use super::draft_file::DraftFile;
use super::sign::check_bound;
use super::writing;
use std::path::PathBuf;

/// Submits a draft that everybody has signed. Submitting it again records nothing twice: it gives the place
/// of the first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook submit dissolution.draft.json")]
pub(crate) struct Args {
    /// The draft.
    draft: PathBuf,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let draft = DraftFile::read(&self.draft)?;
        // Said before a server is asked: it needs none.
        let signed = draft.clone().into_signed()?;
        let (mut client, known) = context.connect().await?;
        check_bound(&draft, &mut client, &known).await?;
        writing::submit(context, &mut client, &known, &signed, Some(&self.draft)).await
    }
}
