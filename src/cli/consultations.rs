use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Consultation, ListConsultationsRequest, ListConsultationsResponse};
use clap::builder::PossibleValuesParser;
use minutebook_governance::consultations::ConsultationState;

/// Lists consultations by the instant at which each closes: of a body and of those that it follows, or all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook consultations --as-at 2019-06-17
  minutebook consultations 04K --state open")]
pub(crate) struct Args {
    /// Only those of this body, by id or code.
    #[arg(default_value = "", hide_default_value = true)]
    body: String,
    /// Only those in this state.
    #[arg(long, value_parser = PossibleValuesParser::new(ConsultationState::ALL.map(ConsultationState::as_str)))]
    state: Option<String>,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, state, view) = (self.body, self.state.unwrap_or_default(), Some(self.view.to_wire()));
        let request = ListConsultationsRequest { body, state, view, ..ListConsultationsRequest::default() };
        let found = context.ask_all(RegisterClient::list_consultations, request).await?;
        context.answer(&found, show_consultations)
    }
}

fn show_consultations(found: &ListConsultationsResponse) -> anyhow::Result<()> {
    let titles = ["closes at", "consultation", "topic", "of", "state", "on time", "late", "entries"];
    show::rows(titles, found.consultations.iter().map(row))
}

fn row(consultation: &Consultation) -> [String; 8] {
    [
        show::day_and_time(&consultation.closes_at),
        show::slug(&consultation.id),
        consultation.topic.clone(),
        show::slugs(&consultation.owners),
        show::words(&consultation.state),
        consultation.responses_on_time.to_string(),
        consultation.responses_late.to_string(),
        show::positions(&consultation.why),
    ]
}
