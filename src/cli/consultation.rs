use super::context::Context;
use super::merger::with_kind;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto::{self, Consultation};

/// Shows a consultation as a view sees it, and where it stands at the end of the day asked for.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  minutebook consultation consultation/nottinghamshire-2019 --as-at 2019-06-17"
)]
pub(crate) struct Args {
    /// Its id; consultation/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let consultation = with_kind("consultation", &self.id);
        let request = proto::GetConsultationRequest { consultation, view: Some(self.view.to_wire()) };
        let response =
            client.register.get_consultation(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("GetConsultationResponse", &response)?);
        }
        if let Some(consultation) = &response.consultation {
            show_consultation(consultation)?;
        }
        Ok(show::answered(response.answered.as_ref())?)
    }
}

/// A consultation, in lines.
pub(super) fn show_consultation(consultation: &Consultation) -> anyhow::Result<()> {
    let state = consultation.state.replace('_', " ");
    show::line(format!(
        "{}  {}  {}",
        show::title(&consultation.id),
        show::title(state),
        show::why(&consultation.why)
    ))?;
    show::field_if("topic", &consultation.topic)?;
    show::field_if("owners", &consultation.owners.join(", "))?;
    show::field("opens", show::date_or(consultation.opens.as_ref(), "not stated"))?;
    show::field_if("closes at", &consultation.closes_at)?;
    show::field_if("closed at", &consultation.closed_at)?;
    for question in &consultation.questions {
        show::field("question", question)?;
    }
    Ok(())
}
