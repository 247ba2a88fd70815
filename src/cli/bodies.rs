use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Body, ListBodiesRequest, ListBodiesResponse};
use clap::builder::PossibleValuesParser;
use minutebook_governance::bodies::BodyKind;

/// Lists the bodies that are open, of one kind or of all; with --all those too that are closed, or open later.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook bodies --kind icb
  minutebook bodies --all --as-at 2020-04-01")]
pub(crate) struct Args {
    /// Only those of this kind.
    #[arg(long, value_parser = PossibleValuesParser::new(BodyKind::ALL.map(BodyKind::as_str)))]
    kind: Option<String>,
    /// Those too that are closed, or open later.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (kind, include_closed) = (self.kind.unwrap_or_default(), self.all);
        let view = Some(self.view.to_wire());
        let request = ListBodiesRequest { kind, include_closed, view, ..ListBodiesRequest::default() };
        let found = context.ask_all(RegisterClient::list_bodies, request).await?;
        context.answer(&found, show_bodies)
    }
}

fn show_bodies(found: &ListBodiesResponse) -> anyhow::Result<()> {
    let titles = ["body", "kind", "name", "life", "opened", "last day"];
    show::rows(titles, found.bodies.iter().map(row))
}

fn row(body: &Body) -> [String; 6] {
    let opened = body.opened.as_ref().and_then(|opened| opened.value.as_ref());
    let closed = body.closed.as_ref().and_then(|closed| closed.value.as_ref());
    [
        show::slug(&body.id),
        body.kind.clone(),
        body.name.clone(),
        show::life(body.life),
        show::date_or(opened, "not stated"),
        closed.map_or_else(String::new, show::end),
    ]
}
