use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{ListDocumentsRequest, ListDocumentsResponse, RegisteredDocument, Scope};

/// Lists the documents that are registered. They stay outside the book, which has their digest where they are held.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook documents")]
pub(crate) struct Args {
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let view = Some(self.view.to_wire());
        let request = ListDocumentsRequest { view, ..ListDocumentsRequest::default() };
        let found = context.ask_all(RegisterClient::list_documents, request).await?;
        context.answer(&found, show_documents)
    }
}

fn show_documents(found: &ListDocumentsResponse) -> anyhow::Result<()> {
    if found.documents.is_empty() {
        let is_wide = found.answered.as_ref().is_some_and(|it| it.scope() == Scope::Reported);
        let hint =
            if is_wide { "" } else { " With --reported also those that papers and the press are known by." };
        return Ok(show::line(format!("None.{hint}"))?);
    }
    found.documents.iter().try_for_each(show_document)
}

fn show_document(document: &RegisteredDocument) -> anyhow::Result<()> {
    let (title, why) = (show::title(show::or_sealed(&document.title)), show::why(&[document.position]));
    show::line(format!("{title}  {}{}  {why}", document.id, show::mark(&document.standing)))?;
    show::field_if("published by", &document.publisher)?;
    show::field_if("published", &show::date_or(document.published.as_ref(), ""))?;
    show::field_if("speaks to", &document.speaks_to)?;
    show::field_if("licence", &document.licence)?;
    Ok(show::field_if("sha256", &document.sha256)?)
}
