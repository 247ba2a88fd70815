use super::context::Context;
use super::officer::show_holder;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetAppointmentRequest, GetAppointmentResponse};
use clap::builder::PossibleValuesParser;
use minutebook_governance::people::Office;

/// Shows where an office of a body stands on its way from a vacancy to a holder: recruitment, nomination, the
/// word of whoever determines it, and who holds it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  minutebook appointment 09C --as-at 2018-03-01
  minutebook appointment body/52R chair")]
pub(crate) struct Args {
    /// The body, by id, code or name.
    body: String,
    /// The office.
    #[arg(default_value = "accountable_officer", value_parser = PossibleValuesParser::new(Office::ALL.map(Office::as_str)))]
    office: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (body, office, view) = (self.body, self.office, Some(self.view.to_wire()));
        let request = GetAppointmentRequest { body, office, view };
        let found = context.ask(RegisterClient::get_appointment, request).await?;
        context.answer(&found, show_appointment)
    }
}

fn show_appointment(found: &GetAppointmentResponse) -> anyhow::Result<()> {
    let office = show::words(&found.office);
    show::line(format!(
        "{}  {}",
        show::title(format!("{office} of {}", show::named(&found.body, found.answered.as_ref()))),
        show::title(show::words(&found.stage))
    ))?;
    if !found.candidate.is_empty() {
        show::field("candidate", format!("{}  {}", show::title(&found.candidate_name), found.candidate))?;
    }
    for condition in &found.conditions {
        show::field("on condition", condition)?;
    }
    for refused in &found.refused {
        show::field("refused", refused)?;
    }
    for holder in &found.holders {
        show_holder(holder)?;
    }
    show::field("can come next", &found.possible)?;
    Ok(show::field("rests on", show::why(&found.why))?)
}
