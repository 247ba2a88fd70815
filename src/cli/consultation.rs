use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{Consultation, GetConsultationRequest};

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
        let consultation = self.id.clone();
        let request = GetConsultationRequest { consultation, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_consultation, request).await?;
        context.answer(&found, |found| found.consultation.as_ref().map_or(Ok(()), show_consultation))
    }
}

/// A consultation, in lines.
pub(super) fn show_consultation(consultation: &Consultation) -> anyhow::Result<()> {
    let state = show::title(show::state(&consultation.state, &consultation.known_to));
    show::sentence(format!(
        "{}  {}{}  {}",
        show::title(&consultation.id),
        state,
        show::perhaps(consultation.is_perhaps),
        show::why(&consultation.why)
    ))?;
    show::field_if("topic", &consultation.topic)?;
    show::field_if("kind", &consultation.kind)?;
    show::field_if("owners", &consultation.owners.join(", "))?;
    show::field_if("asks", &consultation.audiences.join(", "))?;
    show::field("opens", show::date_or(consultation.opens.as_ref(), "not stated"))?;
    show::field_if("closes at", &consultation.closes_at)?;
    show::field_if("closed at", &consultation.closed_at)?;
    for change in &consultation.changes {
        show::field("changed", change)?;
    }
    for question in &consultation.questions {
        show::field("question", question)?;
    }
    show::field_if("waiting for it", &consultation.gates.join(", "))?;
    show_answers(consultation)
}

/// What was answered, and what was made of it.
fn show_answers(consultation: &Consultation) -> anyhow::Result<()> {
    if consultation.responses_on_time + consultation.responses_late > 0 {
        let (on_time, late) = (consultation.responses_on_time, consultation.responses_late);
        show::field("responses", format!("{on_time} on time, {late} late"))?;
    }
    for held in &consultation.engagement {
        let came = held.attendees.map_or_else(String::new, |count| format!(", {count} came"));
        let form = if held.form.is_empty() { String::new() } else { format!(", {}", held.form) };
        let when = show::date_or(held.held_on.as_ref(), "not stated");
        show::field("met", format!("{}{form}, {when}{came}", held.audience))?;
    }
    show::field_if("evaluator", &consultation.evaluators.join(", "))?;
    if let Some(when) = &consultation.evaluated_on {
        show::field("evaluated", show::date(when))?;
    }
    for result in &consultation.results {
        let against = result.oppose_percent.map_or_else(String::new, |share| format!(", {share}% against"));
        let line = format!("question {}: {}% in support{against}", result.question, result.support_percent);
        show::field("result", line)?;
    }
    for by in &consultation.considered {
        let when = show::date_or(by.decided_on.as_ref(), "not stated");
        show::field("considered", format!("{}, {when}  {}", by.body, show::why(&[by.position])))?;
    }
    if !consultation.considered.is_empty() || consultation.evaluated_on.is_some() {
        show::field_if("yet to", &consultation.yet_to_consider.join(", "))?;
    }
    if let Some(when) = &consultation.answered_on {
        show::field("answered", show::date(when))?;
    }
    Ok(())
}
