use super::context::Context;
use super::show;
use super::view::ViewArgs;
use crate::client::RegisterClient;
use crate::proto::{GetJointAppointmentRequest, GetJointAppointmentResponse, JointLeg};
use owo_colors::OwoColorize as _;

/// Shows a joint appointment: what each body says to one person for all of them, and who is appointed for which.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  minutebook joint-appointment kent-and-medway-2018 --as-at 2018-03-12")]
pub(crate) struct Args {
    /// Its id; appointment/ may be left out.
    id: String,
    #[command(flatten)]
    view: ViewArgs,
}

impl Args {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let appointment = self.id.clone();
        let request = GetJointAppointmentRequest { appointment, view: Some(self.view.to_wire()) };
        let found = context.ask(RegisterClient::get_joint_appointment, request).await?;
        context.answer(&found, show_joint)
    }
}

fn show_joint(found: &GetJointAppointmentResponse) -> anyhow::Result<()> {
    show::sentence(format!("{}  {}", show::title(&found.id), show::title(show::words(&found.office))))?;
    show::field("proposed", show::date_or(found.proposed_on.as_ref(), "not stated"))?;
    for leg in &found.legs {
        show::field("body", leg_line(leg))?;
    }
    for what in &found.waits_for {
        show::field("waits for", what.yellow())?;
    }
    Ok(show::field("rests on", show::why(&found.why))?)
}

fn leg_line(leg: &JointLeg) -> String {
    let steps: Vec<_> = leg
        .steps
        .iter()
        .map(|step| {
            let when = show::date_or(step.decided_on.as_ref(), "not stated");
            let decider = match step.decider_as_written.as_str() {
                "" => String::new(),
                decider => format!(" (decided by {decider})"),
            };
            let mark = format!("{}{}", show::mark(&step.standing), show::perhaps(step.is_perhaps));
            let leg = show::words(&step.leg);
            format!("{leg}, {when}{mark}{decider} {}", show::why(&[step.position]))
        })
        .collect();
    let steps = if steps.is_empty() {
        "not asked, or no word yet".yellow().to_string()
    } else {
        steps.join(", then ")
    };
    let appointed = match leg.person.as_str() {
        "" => String::new(),
        person => format!("; {person} from {}", show::date_or(leg.from.as_ref(), "not stated")),
    };
    format!("{}: {steps}{appointed}", leg.body)
}
