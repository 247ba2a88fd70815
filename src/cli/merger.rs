use super::consultation::show_consultation;
use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::ClientError;
use crate::proto::{self, Merger, MergerCondition, MergerLeg};
use owo_colors::OwoColorize as _;

/// Shows a merger as a view sees it: who takes part, what each body decided, consultations, application,
/// conditions, and what it waits for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook merger merger/nottinghamshire-2019 --known-at 2019-07-05")]
pub(crate) struct Args {
    /// Its id; merger/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (mut client, _known) = context.connect().await?;
        let merger = with_kind("merger", &self.id);
        let request = proto::GetMergerRequest { merger, view: Some(self.view.to_wire()) };
        let response = client.register.get_merger(request).await.map_err(ClientError::from)?.into_inner();
        if context.json {
            return show::json(&show::to_json("GetMergerResponse", &response)?);
        }
        if let Some(merger) = &response.merger {
            show_merger(merger)?;
        }
        Ok(show::answered(response.answered.as_ref())?)
    }
}

/// An id with its kind, which people leave out.
pub(super) fn with_kind(kind: &str, id: &str) -> String {
    if id.contains('/') { id.to_owned() } else { format!("{kind}/{id}") }
}

fn show_merger(merger: &Merger) -> anyhow::Result<()> {
    show::line(format!("{}  {}", show::title(&merger.id), show::title(merger.state.replace('_', " "))))?;
    show::field_if("to be named", &merger.proposed_name)?;
    if let Some(when) = &merger.proposed_effective {
        show::field("to take effect", show::date(when))?;
    }
    for leg in &merger.legs {
        show::field("participant", leg_line(leg))?;
    }
    for consultation in &merger.consultations {
        show_consultation(consultation)?;
    }
    if merger.application_number > 0 {
        show::field("application", merger.application_number)?;
    }
    show::field_if("regulator", &merger.regulator_outcome.replace('_', " "))?;
    for condition in &merger.conditions {
        show::field("condition", condition_line(condition))?;
    }
    show::field_if("successors", &merger.successors.join(", "))?;
    for what in &merger.waits_for {
        show::field("waits for", what.yellow())?;
    }
    Ok(show::field("rests on", show::why(&merger.why))?)
}

fn leg_line(leg: &MergerLeg) -> String {
    let choices: Vec<_> = leg
        .choices
        .iter()
        .map(|choice| {
            let when = show::date_or(choice.decided_on.as_ref(), "not stated");
            let mark = show::mark(&choice.standing);
            format!("{}, {when}{mark} {}", choice.choice.replace('_', " "), show::why(&[choice.position]))
        })
        .collect();
    let choices =
        if choices.is_empty() { "no decision yet".yellow().to_string() } else { choices.join(", then ") };
    format!("{} {}: {choices}", leg.body, leg.name)
}

fn condition_line(condition: &MergerCondition) -> String {
    let due = if condition.is_due_before_effect { "before it takes effect" } else { "continuing" };
    let state = if condition.resolution.is_empty() { "open" } else { &condition.resolution };
    format!("{}: {} ({due}; {state})  {}", condition.id, condition.text, show::why(&condition.why))
}
